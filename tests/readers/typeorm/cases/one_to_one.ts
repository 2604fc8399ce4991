import { Column, Entity, JoinColumn, OneToOne, PrimaryColumn, PrimaryGeneratedColumn, Relation } from "typeorm";
@Entity() export class Account { @PrimaryGeneratedColumn() id: number; @OneToOne(() => Profile, (p) => p.account) profile: Relation<Profile>; }
@Entity() export class Profile {
  @PrimaryGeneratedColumn() id: number;
  @OneToOne(() => Account, (a) => a.profile, { onDelete: "CASCADE" }) @JoinColumn() account: Account;
  @OneToOne(() => Account) @JoinColumn({ name: "second_id" }) second: Account;
}
@Entity() export class Shared { @PrimaryColumn() accountId: number; @OneToOne(() => Account) @JoinColumn({ name: "accountId" }) account: Account; }
