import { MigrationInterface, QueryRunner, Table, TableCheck, TableColumn, TableForeignKey, TableIndex, TableUnique } from "typeorm";

const LIST = ["a", "b"];

export class Second1700000000001 implements MigrationInterface {
  public async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.addColumn("post", new TableColumn({ name: "views", type: "bigint", default: 0, isNullable: true }));
    await queryRunner.addColumns("post", [
      new TableColumn({ name: "kind", type: "varchar", length: "10", isNullable: true }),
      new TableColumn({ name: "gone", type: "int", isNullable: true }),
    ]);
    await queryRunner.dropColumn("post", "gone");
    await queryRunner.renameColumn("post", "kind", "sort");
    await queryRunner.changeColumn("post", "views", new TableColumn({ name: "views", type: "bigint", default: 1, isNullable: false }));
    await queryRunner.createIndex("post", new TableIndex({ name: "IX_views", columnNames: ["views"], where: '"views" > 5' }));
    await queryRunner.createUniqueConstraint("post", new TableUnique({ columnNames: ["sort", "views"] }));
    await queryRunner.createCheckConstraint("post", new TableCheck({ name: "views_ck", expression: "views >= 0" }));
    for (const letter of LIST) {
      await this.letter(queryRunner, letter);
    }
    await queryRunner.createForeignKey(
      "letter_a",
      new TableForeignKey({ columnNames: ["post_id"], referencedTableName: "post", referencedColumnNames: ["id"], onUpdate: "SET NULL" }),
    );
    await queryRunner.dropIndex("post", "IX_title");
    await queryRunner.renameTable("letter_b", "letter_c");
  }

  private async letter(runner: QueryRunner, letter: string): Promise<void> {
    await runner.createTable(
      new Table({ name: `letter_${letter}`, columns: [{ name: "id", type: "bigint" }, { name: "post_id", type: "int", isNullable: true }] }),
    );
  }

  public async down(): Promise<void> {}
}
