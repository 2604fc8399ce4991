import {
  Check, ChildEntity, Column, CreateDateColumn, DataSource, DeleteDateColumn, Entity, Generated, Index, JoinColumn, JoinTable, ManyToMany, ManyToOne,
  OneToMany, OneToOne, PrimaryColumn, PrimaryGeneratedColumn, TableInheritance, Tree, TreeChildren, TreeParent, Unique, UpdateDateColumn,
  VersionColumn, ViewEntity, ViewColumn,
} from "typeorm";

export enum State { New = "new", Paid = "paid" }

export class Address {
  @Column({ length: 80 }) street: string;
  @Column({ type: "char", length: 5, nullable: true }) code: string | null;
}

@Entity({ comment: "who buys" })
@Unique("one_mail", ["email", "tenant"])
@Index(["tenant", "name"])
export class Customer {
  @PrimaryGeneratedColumn({ unsigned: true }) id: number;
  @Column({ comment: "it's theirs" }) email: string;
  @Column({ type: "int", unsigned: true, default: 7 }) tenant: number;
  @Index({ fulltext: true }) @Column({ type: "varchar", length: 120, charset: "latin1", collation: "latin1_german1_ci" }) name: string;
  @Column("decimal", { precision: 12, scale: 3, default: "1.5" }) limit: string;
  @Column("mediumtext", { nullable: true }) note: string | null;
  @Column("json", { nullable: true }) extra: object;
  @Column({ type: "boolean", default: false }) active: boolean;
  @Column("double", { nullable: true }) score: number;
  @Column("set", { enum: State, default: [State.New] }) states: State[];
  @Column("enum", { enum: State, default: State.New }) state: State;
  @Column(() => Address) address: Address;
  @Column(() => Address, { prefix: "ship" }) shipping: Address;
  @CreateDateColumn() createdAt: Date;
  @UpdateDateColumn({ type: "timestamp", precision: 3 }) updatedAt: Date;
  @DeleteDateColumn() deletedAt: Date;
  @VersionColumn() version: number;
  @OneToMany(() => Order, (one) => one.customer) orders: Order[];
}

@Entity("orders", { engine: "InnoDB" })
@Check("positive", "`total` >= 0")
export class Order {
  @PrimaryGeneratedColumn("uuid") id: string;
  @ManyToOne(() => Customer, (one) => one.orders, { onDelete: "CASCADE", onUpdate: "RESTRICT", nullable: false }) customer: Customer;
  @OneToOne(() => Customer, { nullable: true, onDelete: "SET NULL" }) @JoinColumn({ name: "payer" }) payer: Customer;
  @Column("bigint", { unsigned: true }) total: string;
  @Column("datetime", { precision: 0, default: () => "CURRENT_TIMESTAMP" }) at: Date;
  @Column("time", { nullable: true }) hour: string;
  @Column("year", { nullable: true }) year: number;
  @Column("date", { default: "2024-02-29" }) day: string;
  @Column("varbinary", { length: 32, nullable: true }) hash: Buffer;
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
  @PrimaryGeneratedColumn("increment", { type: "bigint" }) id: string;
}
@ChildEntity() export class Truck extends Vehicle { @Column("float") load: number; }
@ChildEntity("bike") export class Bike extends Vehicle { @Column("tinyint") gears: number; }

export const source = new DataSource({ type: "mysql", synchronize: true });
