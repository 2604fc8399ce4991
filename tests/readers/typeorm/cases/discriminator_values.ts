import { ChildEntity, Column, DiscriminatorValue, Entity, OneToMany, ManyToOne, PrimaryGeneratedColumn, TableInheritance, Unique } from "typeorm";
export enum PayKind { CARD = "card", CASH = "cash" }
@Entity("payments") @TableInheritance({ column: { type: "enum", enum: PayKind, name: "pay_kind" } }) export abstract class Payment { @PrimaryGeneratedColumn() id: number; @Column({ type: "enum", enum: PayKind, default: PayKind.CASH }) pay_kind: PayKind; }
@ChildEntity(PayKind.CARD) @Unique(["number"]) export class Card extends Payment { @Column({ length: 16 }) number: string; }
