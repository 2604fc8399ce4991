import { Column, Entity, PrimaryGeneratedColumn, ManyToOne } from "typeorm";
@Entity("order") export class Order { @PrimaryGeneratedColumn() id: number; @Column() select: string; @Column({ name: "from" }) from: string; @ManyToOne(() => Order) user: Order; }
