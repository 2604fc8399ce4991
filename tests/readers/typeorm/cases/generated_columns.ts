import { Column, Entity, PrimaryColumn } from "typeorm";
@Entity() export class Gen { @PrimaryColumn() id: number; @Column() first: string; @Column() last: string; @Column({ generatedType: "STORED", asExpression: `"first" || ' ' || "last"` }) full: string; @Column("int", { generatedType: "STORED", asExpression: "id * 2", nullable: true }) twice: number; }
