import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn, Tree, TreeChildren, TreeLevelColumn, TreeParent } from "typeorm";
@Entity() @Tree("closure-table") export class Closed { @PrimaryGeneratedColumn() id: number; @TreeChildren() children: Closed[]; @TreeParent() parent: Closed; }
@Entity() @Tree("closure-table", { closureTableName: "cat", ancestorColumnName: (c) => "anc_id", descendantColumnName: (c) => "desc_id" }) export class Cat { @PrimaryGeneratedColumn("uuid") id: string; @TreeChildren() children: Cat[]; @TreeParent({ onDelete: "CASCADE" }) parent: Cat; }
@Entity() @Tree("materialized-path") export class Path { @PrimaryGeneratedColumn() id: number; @TreeChildren() children: Path[]; @TreeParent() parent: Path; }
@Entity() @Tree("nested-set") export class Nested { @PrimaryGeneratedColumn() id: number; @TreeChildren() children: Nested[]; @TreeParent() parent: Nested; }
