import { Column, Entity, Index, PrimaryColumn } from "typeorm";
const LIMITS = { name: 10, code: { max: 4 } } as const;
enum Names { TABLE = "const_table", IX = "const_ix" }
const common = { nullable: true } as const;
@Entity(Names.TABLE) @Index(Names.IX, ["name", ...["code"]]) export class K { @PrimaryColumn() id: number; @Column({ ...common, length: LIMITS.name }) name: string; @Column({ length: LIMITS["code"].max * 2, ...common, nullable: false }) code: string; @Column({ default: `${LIMITS.name}px` }) px: string; }
