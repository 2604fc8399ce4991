import { Column, Entity, PrimaryColumn, VirtualColumn } from "typeorm";
@Entity() export class V { @PrimaryColumn() id: number; @VirtualColumn({ query: (a) => `SELECT 1` }) v: number; @Column() w: string; }
