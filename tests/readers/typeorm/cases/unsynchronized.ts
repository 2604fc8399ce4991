import { Column, Entity, PrimaryColumn, ManyToOne, OneToMany } from "typeorm";
@Entity({ synchronize: false }) export class Outside { @PrimaryColumn() id: number; }
@Entity() export class Inside { @PrimaryColumn() id: number; @Column({ select: false }) hidden: string; @Column({ update: false, insert: false, transformer: { to: (x: string) => x, from: (x: string) => x } }) t: string; }
