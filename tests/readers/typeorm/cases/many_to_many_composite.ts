import { Column, Entity, JoinTable, ManyToMany, PrimaryColumn } from "typeorm";
@Entity() export class L { @PrimaryColumn() a: number; @PrimaryColumn() b: string; @ManyToMany(() => R) @JoinTable({ name: "l_r", joinColumns: [{ name: "la", referencedColumnName: "a" }, { name: "lb", referencedColumnName: "b" }], inverseJoinColumns: [{ name: "rid", referencedColumnName: "id" }] }) rs: R[]; }
@Entity() export class R { @PrimaryColumn("uuid") id: string; }
