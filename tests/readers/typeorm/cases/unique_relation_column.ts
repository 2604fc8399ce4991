import { Column, Entity, JoinColumn, ManyToOne, OneToOne, PrimaryGeneratedColumn } from "typeorm";
@Entity() export class Ua { @PrimaryGeneratedColumn("uuid") id: string; }
@Entity() export class Ub { @PrimaryGeneratedColumn() id: number; @Column({ unique: true, nullable: true }) uaId: string; @OneToOne(() => Ua, { nullable: true }) @JoinColumn({ name: "uaId" }) ua: Ua; @Column({ name: "other_id", type: "uuid" }) otherId: string; @ManyToOne(() => Ua, { onDelete: "RESTRICT" }) @JoinColumn({ name: "other_id" }) other: Ua; }
