import { Column, Entity, JoinColumn, ManyToOne, OneToMany, PrimaryGeneratedColumn } from "typeorm";
@Entity() export class Author { @PrimaryGeneratedColumn("uuid") id: string; @Column({ unique: true, length: 20 }) code: string; @OneToMany(() => Book, (b) => b.author) books: Book[]; }
@Entity() export class Book {
  @PrimaryGeneratedColumn() id: number;
  @ManyToOne(() => Author, (a) => a.books) author: Author;
  @ManyToOne(() => Author, { nullable: false, onDelete: "CASCADE", onUpdate: "SET NULL" }) editor: Author;
  @ManyToOne(() => Author, { onDelete: "SET NULL" }) @JoinColumn({ name: "reviewer_id" }) reviewer: Author;
  @ManyToOne("Author", { deferrable: "INITIALLY DEFERRED" }) @JoinColumn({ name: "code", referencedColumnName: "code", foreignKeyConstraintName: "book_code_fk" }) byCode: Author;
  @ManyToOne(() => Author, { createForeignKeyConstraints: false }) loose: Author;
  @Column() ownerId: string;
  @ManyToOne(() => Author) @JoinColumn({ name: "ownerId" }) owner: Author;
  @ManyToOne(() => Book) parent: Book;
}
