import { Column, Entity, PrimaryColumn, Unique, Index } from "typeorm";
export class BaseName { @Column() first: string; }
export class FullName extends BaseName { @Column() last: string; }
@Entity() @Index(["name.first", "name.last"]) @Unique(["name.last"]) export class Human { @PrimaryColumn() id: number; @Column(() => FullName) name: FullName; }
