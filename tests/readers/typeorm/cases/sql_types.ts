import { Column, Entity, PrimaryColumn } from "typeorm";
@Entity("types")
export class SqlTypes {
  @PrimaryColumn("bigint") id: string;
  @Column("varchar", { length: 50 }) a: string;
  @Column("char", { length: 3 }) b: string;
  @Column({ type: "decimal", precision: 12, scale: 2 }) c: string;
  @Column("numeric", { precision: 5 }) d: string;
  @Column("float") e: number;
  @Column("real") f: number;
  @Column("double precision") g: number;
  @Column("timestamptz", { precision: 3 }) h: Date;
  @Column("timestamp with time zone") i: Date;
  @Column("time") j: string;
  @Column("timetz") k: string;
  @Column("date") l: string;
  @Column("interval") m: any;
  @Column("jsonb") n: object;
  @Column("json", { nullable: true }) o: object;
  @Column("uuid") p: string;
  @Column("bytea") q: Buffer;
  @Column("inet") r: string;
  @Column("cidr") s: string;
  @Column("macaddr") t: string;
  @Column("int4range") u: string;
  @Column("tsvector") v: string;
  @Column("xml") w: string;
  @Column("simple-array") x: string[];
  @Column("simple-json") y: { a: string };
  @Column("int2") z: number;
  @Column("int8") aa: string;
  @Column("bit", { length: 4 }) bb: string;
  @Column("varbit", { length: 8 }) cc: string;
  @Column("money") dd: string;
  @Column("point") ee: string;
  @Column("text") ff: string;
  @Column("citext") gg: string;
  @Column("bool") hh: boolean;
}
