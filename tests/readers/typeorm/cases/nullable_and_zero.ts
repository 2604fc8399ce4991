import { Column, Entity, PrimaryColumn } from "typeorm";
const nullable = true;
@Entity() export class N { @PrimaryColumn("int") id = 0; @Column({ nullable }) a: string; @Column({ type: Number, nullable: true }) b: number | null; @Column({ type: Date, default: () => "now()" }) e: Date; @Column({ length: "20" }) f: string; @Column({ type: Boolean }) g: unknown; }
