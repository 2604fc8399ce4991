import { Column, Entity, PrimaryGeneratedColumn, ManyToOne } from "typeorm";
export abstract class B0 { @PrimaryGeneratedColumn() id: number; @Column({ length: 5 }) v: string; }
@Entity() export class O1 extends B0 { @Column({ length: 50, nullable: true }) v: string; }
@Entity() export class O2 extends B0 { @PrimaryGeneratedColumn("uuid") id: any; }
