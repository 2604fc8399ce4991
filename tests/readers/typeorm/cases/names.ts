import { Column, Entity, PrimaryColumn } from "typeorm";
const TABLE = `tbl_${"x"}`;
@Entity({ name: TABLE }) export class A { @PrimaryColumn({ name: "ID" }) id: number; @Column({ name: "full name" }) fullName: string; }
@Entity("CamelTable") export class B { @PrimaryColumn() someId: number; @Column() URLValue: string; }
@Entity() export class HTTPRequestLog2 { @PrimaryColumn() id: number; }
