import { Column, Entity, Index, PrimaryColumn, Unique } from "typeorm";
@Entity()
@Unique(["a", "b"])
@Unique("named_uq", ["b", "c"])
@Unique("fn_uq", (o: U) => [o.c])
export class U {
  @PrimaryColumn() id: number;
  @Column({ unique: true }) a: string;
  @Column() b: string;
  @Column() c: string;
  @Column() @Index({ unique: true }) d: string;
  @Column() @Unique("d_uq", ["e"]) e: string;
  @Column() @Unique(["f"], { deferrable: "INITIALLY DEFERRED" }) f: string;
}
