import { Column, Entity, Generated, JoinColumn, ManyToOne, PrimaryColumn } from "typeorm";
export enum Kind { A = "a", B = "b" }
@Entity() export class ByEnum { @PrimaryColumn({ type: "enum", enum: Kind }) kind: Kind; }
@Entity() export class ByDecimal { @PrimaryColumn("decimal", { precision: 8, scale: 3 }) num: string; }
@Entity() export class ByText { @PrimaryColumn({ length: 12, collation: "C" }) code: string; }
@Entity() export class Refers { @PrimaryColumn() id: number; @ManyToOne(() => ByDecimal) d: ByDecimal; @ManyToOne(() => ByText, { nullable: false }) t: ByText; }
