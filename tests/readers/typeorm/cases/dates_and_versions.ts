import { CreateDateColumn, DeleteDateColumn, Entity, PrimaryGeneratedColumn, UpdateDateColumn, VersionColumn } from "typeorm";
@Entity() export class Stamped {
  @PrimaryGeneratedColumn() id: number;
  @CreateDateColumn() createdAt: Date;
  @UpdateDateColumn() updatedAt: Date;
  @DeleteDateColumn() deletedAt?: Date;
  @VersionColumn() version: number;
}
@Entity() export class Zoned {
  @PrimaryGeneratedColumn() id: number;
  @CreateDateColumn({ type: "timestamptz", name: "created_at", precision: 3 }) createdAt: Date;
  @UpdateDateColumn({ type: "timestamp with time zone", name: "updated_at", default: () => "CURRENT_TIMESTAMP" }) updatedAt: Date;
  @DeleteDateColumn({ type: "timestamptz", nullable: true }) deletedAt: Date | null;
}
