"""A folder of Prisma Migrate is replayed without Prisma as Prisma itself applies it."""

from __future__ import annotations

from pathlib import Path

from dbdesign.engines.postgres import embedded
from dbdesign.migrations.compare import compare
from dbdesign.migrations.files import read_migrations
from dbdesign.migrations.files.source_file import SourceFile
from dbdesign.readers.base import reader
from dbdesign.readers.postgresql.catalog import read_catalog
from dbdesign.readers.prisma import read
from migration_tools import prisma
from prisma_engine import prisma_engine

FIRST = """
datasource db {
  provider = "postgresql"
}

enum Role {
  ADMIN
  USER
}

model User {
  id    Int    @id @default(autoincrement())
  mail  String @unique
  role  Role   @default(USER)
  posts Post[]
}

model Post {
  id     Int    @id @default(autoincrement())
  title  String
  userId Int
  user   User   @relation(fields: [userId], references: [id])
  tags   Tag[]

  @@index([title])
}

model Tag {
  id    String @id
  posts Post[]
}
"""
LAST = (
    FIRST.replace("  USER\n}", "  USER\n  GUEST\n}")
    .replace("  title  String\n", '  headline String @db.VarChar(80)\n  seen   DateTime @default(now())\n  votes  BigInt?\n')
    .replace("  @@index([title])", "  @@unique([userId, headline])")
    .replace("references: [id])", "references: [id], onDelete: Cascade)")
)  # fmt: skip
SECOND = """-- AlterEnum
ALTER TYPE "Role" ADD VALUE 'GUEST';
"""
THIRD = """-- A column is renamed by hand: Prisma would drop it and add another.
DROP INDEX "Post_title_idx";
ALTER TABLE "Post" RENAME COLUMN "title" TO "headline";
ALTER TABLE "Post" ALTER COLUMN "headline" SET DATA TYPE VARCHAR(80),
ADD COLUMN "seen" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
ADD COLUMN "votes" BIGINT;
CREATE UNIQUE INDEX "Post_userId_headline_key" ON "Post"("userId", "headline");
ALTER TABLE "Post" DROP CONSTRAINT "Post_userId_fkey";
ALTER TABLE "Post" ADD CONSTRAINT "Post_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;
"""


def migrations(folder: Path) -> list[SourceFile]:
    texts = {
        "0_init/migration.sql": prisma_engine().sql(FIRST),
        "20240102000000_guests/migration.sql": SECOND,
        "20240103000000_head-lines/migration.sql": THIRD,
        "20240103000000_head-lines/down.sql": 'DROP TABLE "Post";\n',
    }
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (folder / "migration_lock.toml").write_text('provider = "postgresql"\n')
    return [SourceFile(f"prisma/migrations/{name}", text) for name, text in texts.items()]


def test_a_replayed_history_is_what_prisma_migrate_leaves_and_what_the_schema_says(tmp_path: Path) -> None:
    files = migrations(tmp_path / "migrations")
    reading = read_migrations(files)
    assert reading.tools == ("prisma",)
    assert [one.file.split("/")[2] for one in reading.migrations] == [
        "0_init", "20240102000000_guests", "20240103000000_head-lines"
    ]  # fmt: skip
    assert reading.notes == (
        "prisma/migrations/20240103000000_head-lines/down.sql: Prisma runs migration.sql alone, left out",
    )
    script = "".join(f"{statement.sql};\n" for one in reading.migrations for statement in one.statements)
    replayed = reader("postgresql").read(script, execute=False)
    assert replayed.unread == ()
    with embedded().scratch() as database:
        prisma(database, tmp_path / "migrations", str(tmp_path / "migrations"))
        applied = read_catalog(database.admin)
    own = tuple(one for one in applied.tables if one.name != "_prisma_migrations")
    assert len(own) == len(applied.tables) - 1
    applied = applied.model_copy(update={"tables": own})
    assert compare(applied, replayed.schema_).operations == ()
    operations = compare(applied, read({"schema.prisma": LAST}).schema_).operations
    # PostgreSQL 18 names NOT NULL constraints, and a renamed column's keeps its name.
    assert [(one.name, one.changed) for one in operations] == [("headline", ("not_null_name",))]
