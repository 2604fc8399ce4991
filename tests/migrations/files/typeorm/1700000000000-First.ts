import { MigrationInterface, QueryRunner, Table, TableForeignKey, TableIndex } from "typeorm";

export class First1700000000000 implements MigrationInterface {
  name = "First1700000000000";

  public async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`CREATE TYPE "public"."user_role_enum" AS ENUM('admin', 'user')`);
    await queryRunner.query(
      `CREATE TABLE "user" ("id" uuid NOT NULL DEFAULT uuid_generate_v4(), "role" "public"."user_role_enum" NOT NULL DEFAULT 'user', CONSTRAINT "PK_user" PRIMARY KEY ("id"))`,
    );
    await queryRunner.createTable(
      new Table({
        name: "post",
        columns: [
          { name: "id", type: "int", isPrimary: true, isGenerated: true, generationStrategy: "increment" },
          { name: "title", type: "varchar", length: "120", isUnique: true },
          { name: "status", type: "enum", enum: ["draft", "live"], default: "'draft'" },
          { name: "user_id", type: "uuid", isNullable: true },
          { name: "price", type: "decimal", precision: 10, scale: 2, default: 0 },
          { name: "tags", type: "text", isArray: true, default: "'{}'" },
          { name: "created_at", type: "timestamptz", default: "now()", comment: "when it was made" },
          { name: "token", type: "uuid", isGenerated: true, generationStrategy: "uuid" },
        ],
        foreignKeys: [{ columnNames: ["user_id"], referencedTableName: "user", referencedColumnNames: ["id"], onDelete: "CASCADE" }],
        indices: [{ columnNames: ["created_at"] }, { name: "IX_title", columnNames: ["title", "status"], isUnique: true }],
        uniques: [{ columnNames: ["user_id", "title"] }],
        checks: [{ name: "price_ck", expression: '"price" >= 0' }],
      }),
      true,
    );
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable("post");
  }
}
