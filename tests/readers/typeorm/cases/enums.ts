import { Column, Entity, PrimaryColumn } from "typeorm";
export enum Role { ADMIN = "admin", USER = "user" }
export enum Rank { ONE, TWO, TEN = 10 }
export const KINDS = ["x", "y's"] as const;
const Status = { ON: "on", OFF: "off" } as const;
@Entity("people")
export class Person {
  @PrimaryColumn() id: number;
  @Column({ type: "enum", enum: Role, default: Role.USER }) role: Role;
  @Column({ type: "enum", enum: Rank, default: Rank.TWO }) rank: Rank;
  @Column({ type: "enum", enum: KINDS, nullable: true }) kind: string;
  @Column({ type: "enum", enum: Status, enumName: "status_type" }) status: string;
  @Column({ type: "enum", enum: Object.values(Status), name: "OtherStatus" }) other: string;
  @Column("simple-enum", { enum: Role }) simple: Role;
  @Column("enum", { enum: Role, enumName: "shared_role" }) first: Role;
  @Column("enum", { enum: Role, enumName: "shared_role" }) second: Role;
}
