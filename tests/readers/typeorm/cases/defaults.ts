import { Column, Entity, PrimaryColumn } from "typeorm";
const zero = 0;
@Entity()
export class Defaults {
  @PrimaryColumn() id: number;
  @Column({ default: "x" }) a: string;
  @Column({ default: 5 }) b: number;
  @Column({ default: zero }) c: number;
  @Column({ default: true }) d: boolean;
  @Column({ default: false }) e: boolean;
  @Column({ default: () => "now()" }) f: Date;
  @Column({ default: () => "CURRENT_TIMESTAMP", type: "timestamptz" }) g: Date;
  @Column("jsonb", { default: { a: 1, b: ["it's"] } }) h: object;
  @Column("jsonb", { default: [] }) i: object;
  @Column("jsonb", { default: () => "'{}'::jsonb" }) j: object;
  @Column({ default: "" }) k: string;
  @Column("decimal", { default: 1.5 }) l: number;
  @Column({ type: "uuid", default: () => "gen_random_uuid()" }) m: string;
  @Column({ default: -1 }) n: number;
  @Column("date", { default: () => "CURRENT_DATE" }) o: string;
}
