import { BaseEntity, Column, CreateDateColumn, Entity, Index, PrimaryGeneratedColumn } from "typeorm";
export abstract class WithId extends BaseEntity { @PrimaryGeneratedColumn() id: number; }
export abstract class Tracked extends WithId { @CreateDateColumn() createdAt: Date; @Index() @Column({ default: "base" }) source: string; }
@Entity() export class First extends Tracked { @Column() name: string; }
@Entity() export class Second extends Tracked { @Column({ default: "own" }) source: string; @Column() last: number; }
@Entity() export class Third extends First { @Column() more: string; }
