import { Column, Entity, PrimaryColumn, BeforeInsert, AfterLoad } from "typeorm";
@Entity() export class G { @PrimaryColumn() id: number; private _n: string; @Column() get n(): string { return this._n; } set n(v: string) { this._n = v; } @BeforeInsert() before() {} static s: string; @Column("text") public readonly ro: string; }
