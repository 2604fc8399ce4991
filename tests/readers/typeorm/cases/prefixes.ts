import { Column, Entity, JoinTable, ManyToMany, ManyToOne, PrimaryGeneratedColumn, Index, Tree, TreeParent, TreeChildren } from "typeorm";
@Entity("user") export class User { @PrimaryGeneratedColumn() id: number; @Index() @Column({ unique: true }) email: string; @ManyToMany(() => Group) @JoinTable() groups: Group[]; }
@Entity() export class Group { @PrimaryGeneratedColumn() id: number; @ManyToOne(() => User) owner: User; }
@Entity() @Tree("closure-table") export class Node1 { @PrimaryGeneratedColumn() id: number; @TreeChildren() c: Node1[]; @TreeParent() p: Node1; }
export const options = { typeormOptions: { entityPrefix: "app_" } };
