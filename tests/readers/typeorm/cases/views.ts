import { Column, DataSource, Entity, Index, PrimaryGeneratedColumn, ViewColumn, ViewEntity } from "typeorm";
@Entity("item") export class Item { @PrimaryGeneratedColumn() id: number; @Column() name: string; @Column() price: number; }
@ViewEntity({ expression: `SELECT "id", "name" FROM "views"."item" WHERE "price" > 10` }) export class DearItem { @ViewColumn() id: number; @ViewColumn() name: string; }
@ViewEntity({ name: "mat_items", expression: `SELECT count(*) AS "n" FROM "views"."item"`, materialized: true }) export class MatItems { @ViewColumn() n: number; }
@ViewEntity({ name: "second", dependsOn: [DearItem], expression: `SELECT "id" FROM "views"."dear_item"` }) export class SecondView { @ViewColumn() id: number; }
