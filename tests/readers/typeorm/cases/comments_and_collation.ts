import { Column, Entity, PrimaryColumn } from "typeorm";
@Entity({ comment: "a table's comment" }) export class Commented { @PrimaryColumn({ comment: "key" }) id: number; @Column({ comment: "it's a name", collation: "C" }) name: string; }
