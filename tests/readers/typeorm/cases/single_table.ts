import { ChildEntity, Column, Entity, ManyToOne, PrimaryGeneratedColumn, TableInheritance, Index } from "typeorm";
@Entity() @TableInheritance({ column: { type: "varchar", name: "kind" } }) export class Content { @PrimaryGeneratedColumn() id: number; @Column() title: string; }
@ChildEntity() export class Photo extends Content { @Column() size: string; @ManyToOne(() => Content) cover: Content; }
@ChildEntity("q") export class Question extends Content { @Index() @Column() answers: number; @Column({ nullable: true }) hint: string; }
@Entity() @TableInheritance({ column: "sort" }) export class Animal { @PrimaryGeneratedColumn() id: number; @Column({ length: 5 }) sort: string; }
@ChildEntity() export class Dog extends Animal { @Column() bark: boolean; }
