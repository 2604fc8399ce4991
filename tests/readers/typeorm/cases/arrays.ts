import { Column, Entity, PrimaryColumn } from "typeorm";
@Entity()
export class Lists {
  @PrimaryColumn() id: number;
  @Column("text", { array: true }) a: string[];
  @Column("int", { array: true, default: [1, 2] }) b: number[];
  @Column({ type: "varchar", length: 10, array: true, default: () => "'{}'" }) c: string[];
  @Column("uuid", { array: true, nullable: true }) d: string[] | null;
  @Column({ type: "enum", enum: ["a", "b"], array: true, default: ["a"] }) e: string[];
}
