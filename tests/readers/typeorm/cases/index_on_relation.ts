import { Column, Entity, Index, ManyToOne, PrimaryGeneratedColumn, Unique } from "typeorm";
@Entity() export class Team { @PrimaryGeneratedColumn() id: number; }
@Entity() @Unique(["team", "nr"]) @Index(["team", "name"]) export class Player { @PrimaryGeneratedColumn() id: number; @Index() @ManyToOne(() => Team) team: Team; @Column() nr: number; @Column() name: string; }
