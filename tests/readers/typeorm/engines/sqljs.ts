import {
  Check, ChildEntity, Column, CreateDateColumn, DataSource, DeleteDateColumn, Entity, Generated, Index, JoinColumn, JoinTable, ManyToMany, ManyToOne,
  OneToMany, OneToOne, PrimaryColumn, PrimaryGeneratedColumn, TableInheritance, Tree, TreeChildren, TreeParent, Unique, UpdateDateColumn,
  VersionColumn, ViewEntity, ViewColumn,
} from "typeorm";

export enum State { New = "new", Paid = "paid" }

export class Address {
  @Column({ length: 80 }) street: string;
  @Column({ type: "character", length: 5, nullable: true }) code: string | null;
}

@Entity({ comment: "who buys" })
@Unique("one_mail", ["email", "tenant"])
@Index(["tenant", "name"])
export class Customer {
  @PrimaryGeneratedColumn() id: number;
  @Column({ comment: "it's theirs" }) email: string;
  @Column({ type: "int", default: 7 }) tenant: number;
  @Column({ type: "varchar", length: 120, collation: "NOCASE" }) name: string;
  @Column("decimal", { precision: 12, scale: 3, default: "1.5" }) limit: string;
  @Column("text", { nullable: true }) note: string | null;
  @Column("simple-json", { nullable: true }) extra: object;
  @Column("simple-array") tags: string[];
  @Column({ type: "boolean", default: false }) active: boolean;
  @Column("double", { nullable: true }) score: number;
  @Column("simple-enum", { enum: State, default: State.New }) state: State;
  @Column(() => Address) address: Address;
  @Column(() => Address, { prefix: "ship" }) shipping: Address;
  @CreateDateColumn() createdAt: Date;
  @UpdateDateColumn() updatedAt: Date;
  @DeleteDateColumn() deletedAt: Date;
  @VersionColumn() version: number;
  @Column({ type: "varchar", asExpression: "email || '!'", generatedType: "STORED" }) loud: string;
  @Index({ where: "email IS NOT NULL" }) @Column({ type: "real", nullable: true }) weight: number;
  @OneToMany(() => Order, (one) => one.customer) orders: Order[];
}

@Entity("orders")
@Check("positive", "`total` >= 0")
export class Order {
  @PrimaryGeneratedColumn("uuid") id: string;
  @ManyToOne(() => Customer, (one) => one.orders, { onDelete: "CASCADE", onUpdate: "RESTRICT", nullable: false }) customer: Customer;
  @OneToOne(() => Customer, { nullable: true, onDelete: "SET NULL" }) @JoinColumn({ name: "payer" }) payer: Customer;
  @Column("bigint") total: string;
  @Column("datetime", { default: () => "CURRENT_TIMESTAMP" }) at: Date;
  @Column("time", { nullable: true }) hour: string;
  @Column("date", { default: "2024-02-29" }) day: string;
  @Column("blob", { nullable: true }) scan: Buffer;
  @Column({ generated: "uuid" }) token: string;
  @ManyToMany(() => Tag) @JoinTable() tags: Tag[];
  @Index("short", { unique: true }) @Column("smallint") number: number;
}

@Entity()
export class Tag {
  @PrimaryColumn({ length: 20 }) name: string;
  @PrimaryColumn("int") kind: number;
}

@Entity() @Tree("closure-table")
export class Category {
  @PrimaryGeneratedColumn() id: number;
  @TreeParent({ onDelete: "CASCADE" }) parent: Category;
  @TreeChildren() children: Category[];
}

@Entity() @TableInheritance({ column: { type: "varchar", name: "kind", length: 10 } })
export class Vehicle {
  @PrimaryGeneratedColumn() id: number;
}
@ChildEntity() export class Truck extends Vehicle { @Column("float") load: number; }
@ChildEntity("bike") export class Bike extends Vehicle { @Column("tinyint") gears: number; }

export const source = new DataSource({ type: "sqljs", synchronize: true });
