import { Column, Entity, PrimaryColumn, ManyToOne } from "typeorm";
export class Ids { @PrimaryColumn() a: number; @PrimaryColumn() b: string; }
@Entity() export class Keyed { @Column(() => Ids) ids: Ids; @Column() v: string; }
@Entity() export class RefKeyed { @PrimaryColumn() id: number; @ManyToOne(() => Keyed) k: Keyed; }
