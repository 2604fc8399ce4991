import { Column, Entity, PrimaryGeneratedColumn, UpdateDateColumn } from "typeorm";
type Ctor<T = {}> = new (...args: any[]) => T;
export function Timestamps<T extends Ctor>(Base: T) { abstract class Stamped extends Base { @UpdateDateColumn() updatedAt: Date; } return Stamped; }
export function Owned(column: string) { class O { @Column({ name: column }) owner: string; } return O; }
class Root { @PrimaryGeneratedColumn() id: number; }
@Entity() export class Mixed extends Timestamps(Root) { @Column() name: string; }
@Entity() export class Mine extends Owned("owned_by") { @PrimaryGeneratedColumn() id: number; }
