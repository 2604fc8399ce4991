"""What is read from a Prisma schema is what Prisma's own schema engine would create."""

from __future__ import annotations

from pathlib import Path

import pytest

from dbdesign.engines.postgres import embedded
from dbdesign.migrations.compare import compare
from dbdesign.readers.base import ReadResult, reader
from dbdesign.readers.postgresql.catalog import read_catalog
from dbdesign.readers.prisma import read
from dbdesign.writers.base import WriteOptions, writer
from mariadb_servers import dump_of, for_mariadb
from postgresql_comparison import differences
from prisma_engine import newest, prisma_engine, read_sql, without_comments
from real_schemas import REAL_SCHEMAS

SCHEMAS = Path(__file__).with_name("schemas")


def real(name: str) -> str:
    path = REAL_SCHEMAS / name
    if not path.exists():
        pytest.skip("the real schemas are not beside this checkout")
    return path.read_text()


def check_against_engine(text: str) -> ReadResult:
    """The same model from the schema and from the SQL that the engine makes of it."""
    mine = read({"schema.prisma": text})
    theirs = read_sql(mine.schema_.engine.value, prisma_engine().sql(newest(text)))
    assert theirs.unread == ()
    assert differences(without_comments(mine.schema_), theirs.schema_) == []
    return mine


@pytest.mark.parametrize("name", ["postgresql", "cockroachdb", "sqlite"])
def test_everything_that_the_language_says_becomes_what_the_engine_creates(name: str) -> None:
    mine = check_against_engine((SCHEMAS / f"{name}.prisma").read_text())
    assert mine.unread == ()
    assert mine.declared_tables == len(mine.schema_.tables)


@pytest.mark.parametrize(("name", "tables", "notes"), [("langfuse.prisma", 71, 1), ("umami.prisma", 17, 2)])
def test_a_real_schema_is_read_in_full(name: str, tables: int, notes: int) -> None:
    mine = check_against_engine(real(name))
    assert mine.unread == ()
    assert (len(mine.schema_.tables), mine.declared_tables, len(mine.notes)) == (tables, tables, notes)


@pytest.mark.parametrize("name", ["postgresql.prisma", "langfuse.prisma", "umami.prisma"])
def test_the_database_that_the_engine_creates_needs_no_migration(name: str) -> None:
    text = (SCHEMAS / name).read_text() if (SCHEMAS / name).exists() else real(name)
    sql = prisma_engine().sql(newest(text))
    with embedded().scratch() as database:
        assert not database.run_script(sql).failures
        created = read_catalog(database.admin)
    comparison = compare(created, without_comments(read({"schema.prisma": text}).schema_))
    assert [(one.action, one.kind, one.name) for one in comparison.operations] == []


@pytest.mark.parametrize("name", ["mysql", "sqlserver"])
def test_providers_that_the_engine_cannot_show_here_are_read_as_its_renderers_write_them(name: str) -> None:
    prisma_engine().validate((SCHEMAS / f"{name}.prisma").read_text())
    mine = read({"schema.prisma": (SCHEMAS / f"{name}.prisma").read_text()})
    written = reader(name).read((SCHEMAS / f"{name}.sql").read_text(), execute=False)
    assert (mine.unread, written.unread) == ((), ())
    assert differences(without_comments(mine.schema_), written.schema_) == []
    assert mine.schema_.tables[0].comment == ("People." if name == "mysql" else None)


def test_mariadb_makes_the_tables_that_are_read_as_it_makes_those_of_prismas_renderer() -> None:
    mine = without_comments(read({"schema.prisma": (SCHEMAS / "mysql.prisma").read_text()}).schema_)
    theirs = (SCHEMAS / "mysql.sql").read_text().replace("T00:00:00+00:00", "")  # MariaDB has no offsets in literals
    ours = writer("mysql").write(mine, WriteOptions(prove=False)).text.replace("T00:00:00+00:00", "")
    assert dump_of(for_mariadb(ours), "prisma") == dump_of(for_mariadb(theirs), "prisma")


VARIANTS = {
    "names cut at 63 bytes, in whole characters": f"""
model A {{
  id    Int @id
  long  Int @unique @map("{"ü" * 31}")
  other Int

  @@index([other, long])
  @@map("{"ö" * 29}")
}}
""",
    "referential actions by default": """
model A {
  id Int  @id
  n  Int?
  m  Int
  a  A?   @relation("n", fields: [n], references: [id], map: "1")
  as A[]  @relation("n")
  b  A    @relation("m", fields: [m], references: [id], map: "2")
  bs A[]  @relation("m")
  c  A    @relation("c", fields: [m], references: [id], onDelete: SetNull, onUpdate: Restrict, map: "3")
  cs A[]  @relation("c")
  d  A?   @relation("d", fields: [n], references: [id], onDelete: SetDefault, onUpdate: SetNull, map: "4")
  ds A[]  @relation("d")
}
""",
    "several joins between two models": """
model B {
  id String @id
  as A[]    @relation("first")
  bs A[]    @relation("second")
  cs C[]
}

model A {
  id   Int @id
  ones B[] @relation("first")
  twos B[] @relation("second")
}

model C {
  id BigInt @id
  bs B[]

  @@map("other")
}
""",
    "names as older schemas say them": """
model A {
  id Int @id
  x  Int @map(name: "The X")

  @@unique([id, x], name: "of_the_client")
  @@index([x], name: "of_the_database")
  @@index(fields: [x, id])
  @@map(name: "table")
}
""",
    "conditions of partial indexes": """
model A {
  id Int     @id
  a  Int?
  b  Boolean
  s  String?

  @@index([a], where: { b: true, a: { not: null } }, map: "i1")
  @@index([a], where: { s: null }, map: "i2")
  @@index([a], where: { s: { not: "x'y" } }, map: "i3")
  @@index([a], where: { a: 5, b: { not: true } }, map: "i4")
  @@unique([a], where: raw("s > 'a'"), map: "i5")
}
""",
}


@pytest.mark.parametrize("name", VARIANTS)
def test_special_cases_become_what_the_engine_creates(name: str) -> None:
    head = 'generator c {\n  provider = "prisma-client"\n  previewFeatures = ["partialIndexes"]\n}\n'
    mine = check_against_engine(f'{head}datasource db {{\n  provider = "postgresql"\n}}\n{VARIANTS[name]}')
    assert mine.unread == ()


def test_sqlite_numbers_every_integer_that_is_the_whole_key() -> None:
    models = {
        "A": "Int @id @default(9)",
        "B": "BigInt @id",
        "C": "BigInt @id @default(autoincrement())",
        "D": "Int @id",
    }
    text = "".join(f"model {name} {{\n  id {field}\n}}\n" for name, field in models.items())
    mine = check_against_engine(f'datasource db {{\n  provider = "sqlite"\n}}\n{text}')
    modes = [one.columns[0].identity and one.columns[0].identity.mode for one in mine.schema_.tables]
    assert modes == ["auto_increment", None, None, "auto_increment"]
