import { Column, Entity, JoinColumn, JoinTable, ManyToMany, ManyToOne, PrimaryColumn } from "typeorm";
@Entity() export class Part { @PrimaryColumn() maker: string; @PrimaryColumn("int") serial: number; @Column() name: string; }
@Entity() export class Assembly {
  @PrimaryColumn() id: number;
  @ManyToOne(() => Part) part: Part;
  @ManyToOne(() => Part) @JoinColumn([{ name: "m", referencedColumnName: "maker" }, { name: "s", referencedColumnName: "serial" }]) other: Part;
  @ManyToMany(() => Part) @JoinTable() parts: Part[];
}
