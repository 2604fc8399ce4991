import { Column, CreateDateColumn, Entity, Index, ManyToOne, PrimaryGeneratedColumn } from "typeorm";
@Entity() export class Country { @PrimaryGeneratedColumn() id: number; }
export class Money { @Column("decimal", { precision: 10, scale: 2 }) amount: string; @Column({ length: 3, default: "EUR" }) currencyCode: string; }
export class Size { @Column("int") width: number; @Column("int", { nullable: true }) fullHeight: number; }
export class Address { @Column() street: string; @Index() @Column({ name: "post_code" }) postCode: string; @Column(() => Money) rent: Money; @ManyToOne(() => Country) country: Country; }
@Entity() export class Shop {
  @PrimaryGeneratedColumn() id: number;
  @Column(() => Address) home: Address;
  @Column(() => Address, { prefix: "work_" }) work: Address;
  @Column(() => Money, { prefix: false }) price: Money;
  @Column(() => Size, { prefix: "" }) size: Size;
}
