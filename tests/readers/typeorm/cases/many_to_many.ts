import { Column, Entity, JoinTable, ManyToMany, PrimaryColumn, PrimaryGeneratedColumn } from "typeorm";
@Entity() export class Post {
  @PrimaryGeneratedColumn() id: number;
  @ManyToMany(() => Tag, (t) => t.posts) @JoinTable() tags: Tag[];
  @ManyToMany(() => Tag) @JoinTable({ name: "post_labels", joinColumn: { name: "post_id", referencedColumnName: "id", foreignKeyConstraintName: "pl_post_fk" }, inverseJoinColumn: { name: "label", referencedColumnName: "name" } }) labels: Tag[];
  @ManyToMany(() => Post) @JoinTable() related: Post[];
  @ManyToMany(() => Tag, { onDelete: "NO ACTION", createForeignKeyConstraints: false }) @JoinTable({ name: "free" }) free: Tag[];
}
@Entity() export class Tag { @PrimaryColumn("uuid") uid: string; @Column({ length: 30, unique: true }) name: string; @ManyToMany(() => Post, (p) => p.tags, { onDelete: "RESTRICT", onUpdate: "NO ACTION" }) posts: Post[]; }
