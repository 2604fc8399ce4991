import { Column, Entity, Index, PrimaryColumn } from "typeorm";
@Entity()
@Index(["a", "b"])
@Index("named_ix", ["b", "a"], { unique: true })
@Index("partial_ix", ["a"], { where: '"b" > 5' })
@Index(["c"], { where: "c IS NOT NULL" })
@Index("gin_ix", ["tags"], { type: "gin" })
@Index("hash_ix", ["c"], { type: "hash" })
@Index("off_ix", { synchronize: false })
@Index((o: I) => [o.c, o.a])
@Index((o: I) => ({ b: 1 }))
@Index("spatial_ix", ["spot"], { spatial: true })
export class I {
  @PrimaryColumn() id: number;
  @Column() @Index() a: number;
  @Column() b: number;
  @Index("prop_ix") @Column({ nullable: true }) c: string;
  @Column("text", { array: true }) tags: string[];
  @Column("point") spot: string;
}
