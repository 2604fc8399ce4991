import { Column, DefaultNamingStrategy, Entity, JoinTable, ManyToMany, ManyToOne, PrimaryGeneratedColumn, Index } from "typeorm";
import { SnakeNamingStrategy } from "typeorm-naming-strategies";
export class Part2 { @Column() zipCode: string; @Column({ name: "given_name" }) other: string; }
@Entity() export class UserAccount { @PrimaryGeneratedColumn() id: number; @Index() @Column() firstName: string; @ManyToOne(() => UserAccount) invitedBy: UserAccount; @ManyToMany(() => UserAccount) @JoinTable() bestFriends: UserAccount[]; @Column(() => Part2) homeAddress: Part2; @Column({ name: "Kept" }) kept: string; }
export const options = { typeormOptions: { namingStrategy: new SnakeNamingStrategy() } };
