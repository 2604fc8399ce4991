import { Column, Entity, ForeignKey, PrimaryColumn } from "typeorm";
@Entity() export class City { @PrimaryColumn("int") id: number; @Column({ unique: true }) name: string; }
@Entity() @ForeignKey(() => City, ["city2"], ["id"], { name: "city2_fk" }) export class Street { @PrimaryColumn() id: number; @ForeignKey(() => City, { onDelete: "CASCADE" }) @Column("int") cityId: number; @ForeignKey(() => City, "name") @Column() cityName: string; @Column("int") city2: number; }
