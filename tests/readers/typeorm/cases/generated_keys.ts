import { Column, Entity, Generated, PrimaryColumn, PrimaryGeneratedColumn } from "typeorm";
@Entity() export class Inc { @PrimaryGeneratedColumn() id: number; }
@Entity() export class Big { @PrimaryGeneratedColumn({ type: "bigint" }) id: string; }
@Entity() export class Small { @PrimaryGeneratedColumn("increment", { type: "smallint", name: "small_id" }) id: number; }
@Entity() export class Uuid { @PrimaryGeneratedColumn("uuid") id: string; }
@Entity() export class Identity { @PrimaryGeneratedColumn("identity") id: number; }
@Entity() export class Always { @PrimaryGeneratedColumn("identity", { generatedIdentity: "ALWAYS", type: "bigint" }) id: number; }
@Entity() export class Named { @PrimaryGeneratedColumn("uuid", { primaryKeyConstraintName: "named_pk", comment: "its id" }) id: string; }
@Entity() export class Later { @PrimaryColumn("int") id: number; @Column() @Generated("uuid") token: string; @Column() @Generated("increment") seq: number; }
