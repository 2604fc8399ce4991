import { Column, Entity, ManyToOne, PrimaryGeneratedColumn, JoinTable, ManyToMany } from "typeorm";
@Entity({ schema: "schemas_two" }) export class Far { @PrimaryGeneratedColumn() id: number; @Column({ type: "enum", enum: ["p", "q"] }) e: string; }
@Entity() export class Near { @PrimaryGeneratedColumn() id: number; @ManyToOne(() => Far) far: Far; @ManyToMany(() => Far) @JoinTable({ schema: "schemas_two" }) fars: Far[]; }
