import { EntitySchema } from "typeorm";
export class Category { id: number; name: string; }
export const CategorySchema = new EntitySchema<Category>({ name: "category", target: Category, columns: { id: { type: Number, primary: true, generated: true }, name: { type: String, length: 50, unique: true } } });
export const BlogSchema = new EntitySchema({
  name: "BlogPost", tableName: "blog_posts",
  columns: { id: { type: "uuid", primary: true, generated: "uuid" }, title: { type: "varchar", nullable: true, default: "x" }, createdAt: { type: "timestamptz", createDate: true }, rank: { type: "int" }, deletedAt: { type: "timestamp", deleteDate: true } },
  relations: {
    category: { type: "many-to-one", target: "Category", joinColumn: { name: "cat_id" }, onDelete: "CASCADE", nullable: false },
    others: { type: "many-to-many", target: () => Category, joinTable: { name: "blog_others", joinColumn: { name: "blog" }, inverseJoinColumn: { name: "cat" } } },
    twin: { type: "one-to-one", target: "BlogPost", joinColumn: true },
  },
  indices: [{ name: "blog_ix", columns: ["title", "rank"], unique: true }, { columns: ["rank"], where: "rank > 1" }],
  uniques: [{ columns: ["rank", "title"] }], checks: [{ expression: '"rank" > 0' }, { name: "ck2", expression: '"rank" < 10' }],
});
