"""SQL Server DDL says what the schema means, in SQL Server's own words, with a note on whatever it cannot say."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from dbdesign.errors import InputError
from dbdesign.model.schema import Engine, Schema
from dbdesign.readers.base import reader
from dbdesign.writers.base import WriteOptions, WriteResult, writer
from dbdesign.writers.sqlserver.filters import is_filter
from real_schemas import read_real, real_sql
from strategies import schemas

WRITERS = Path(__file__).parent.parent
GOLDEN = WRITERS / "golden"
EVERYTHING = WRITERS.parent / "readers" / "sqlserver" / "everything.sql"
READ_BACK = "parsed by dbdesign's T-SQL reader (read back equal to what was meant; not executed)"


@cache
def schema_of(text: str, engine: str = "postgresql") -> Schema:
    result = reader(engine).read(text, execute=False)
    assert result.unread == ()
    return result.schema_


def write(schema: Schema, **options: Any) -> WriteResult:
    return writer("sqlserver").write(schema, WriteOptions(**options))


def from_postgresql(text: str) -> WriteResult:
    return write(schema_of(text))


def check_golden(name: str, text: str) -> None:
    """Compare with a reviewed file; `UPDATE_GOLDEN=1` writes it anew, to be reviewed as code."""
    path = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(text)
    assert text == path.read_text()


def said(result: WriteResult) -> str:
    return "\n".join(f"{note.object}: {note.lost} -> {note.instead}" for note in result.notes) + "\n"


@pytest.mark.parametrize(
    ("source", "engine", "golden"),
    [
        (WRITERS / "orders.postgres.sql", "postgresql", "orders.sqlserver"),
        (WRITERS / "orders.mysql.sql", "mysql", "orders_mysql.sqlserver"),
        (EVERYTHING, "sqlserver", "everything.sqlserver"),
        (EVERYTHING.with_name("migrations.sql"), "sqlserver", "migrations.sqlserver"),
    ],
    ids=["from PostgreSQL", "from MySQL", "its own", "its own, migrated"],
)
def test_the_whole_script_is_as_reviewed(source: Path, engine: str, golden: str):
    result = write(schema_of(source.read_text(), engine))
    assert str(result.proof) == READ_BACK
    check_golden(f"{golden}.sql", result.text)
    check_golden(f"{golden}.notes", said(result))


@pytest.mark.parametrize("entry", real_sql("postgresql", "mysql", "sqlite", "cockroachdb"))
def test_a_real_schema_of_another_engine_is_written_and_reads_back_as_meant(entry: dict[str, Any]):
    engine = entry["dialect"]
    schema = reader(engine).read(read_real(entry), execute=engine == "sqlite").schema_
    result = write(schema)
    assert str(result.proof) == READ_BACK, said(result)
    again = reader("sqlserver").read(result.text)
    assert again.unread == ()
    assert len(again.schema_.tables) == sum(table.partition_of is None for table in schema.tables)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(schema=schemas())
def test_any_schema_of_postgresql_is_written_and_reads_back_as_meant(schema: Schema):
    result = write(schema)
    assert str(result.proof) == READ_BACK, said(result)


CASES: dict[str, tuple[str, str]] = {
    "a unique key over nullable columns becomes a filtered unique index": (
        "CREATE TABLE t (a int, b int NOT NULL, CONSTRAINT u UNIQUE (a, b))",
        "CREATE UNIQUE INDEX u ON dbo.t (a, b) WHERE a IS NOT NULL;",
    ),
    "a unique key over required columns stays one": (
        "CREATE TABLE t (a int NOT NULL, CONSTRAINT u UNIQUE (a))",
        "CONSTRAINT u UNIQUE (a)",
    ),
    "a unique key where NULLs are equal stays one": (
        "CREATE TABLE t (a int, CONSTRAINT u UNIQUE NULLS NOT DISTINCT (a))",
        "CONSTRAINT u UNIQUE (a)",
    ),
    "a unique key that is referenced stays one": (
        "CREATE TABLE t (a int CONSTRAINT u UNIQUE); CREATE TABLE c (a int REFERENCES t (a))",
        "CONSTRAINT u UNIQUE (a)",
    ),
    "a predicate of ANDs filters an index": (
        "CREATE TABLE t (a int, s text); CREATE INDEX i ON t (a) WHERE s = 'x' AND a IS NOT NULL AND a <> 3",
        "CREATE INDEX i ON dbo.t (a) WHERE s = 'x' AND a IS NOT NULL AND a <> 3;",
    ),
    "NOT of a boolean filters an index": (
        "CREATE TABLE t (a int, gone boolean); CREATE INDEX i ON t (a) WHERE NOT gone",
        "CREATE INDEX i ON dbo.t (a) WHERE gone = 0;",
    ),
    "an expression is computed and then indexed": (
        "CREATE TABLE t (a varchar(20) NOT NULL); CREATE UNIQUE INDEX i ON t (lower(a))",
        "    i_key AS (LOWER(a))\n);\nCREATE UNIQUE INDEX i ON dbo.t (i_key);",
    ),
    "a key of random values is not clustered": (
        "CREATE TABLE t (id uuid DEFAULT gen_random_uuid() CONSTRAINT p PRIMARY KEY)",
        "CONSTRAINT p PRIMARY KEY NONCLUSTERED (id)",
    ),
    "a text in a key is bounded": (
        "CREATE TABLE t (a text, b text, c int, CONSTRAINT p PRIMARY KEY (a, b, c))",
        "a nvarchar(224) NOT NULL,\n    b nvarchar(224) NOT NULL,",
    ),
    "a referencing column has the type of what it references": (
        "CREATE TABLE p (a text PRIMARY KEY); CREATE TABLE c (a varchar(20) REFERENCES p (a))",
        "CREATE TABLE dbo.c (\n    a nvarchar(450) NULL,",
    ),
    "tables that reference each other are joined by ALTER TABLE": (
        (
            "CREATE TABLE a (i int PRIMARY KEY, b int); CREATE TABLE b (i int PRIMARY KEY, a int CONSTRAINT ba REFERENCES a);"
            "ALTER TABLE a ADD CONSTRAINT ab FOREIGN KEY (b) REFERENCES b"
        ),
        "ALTER TABLE dbo.a WITH CHECK ADD CONSTRAINT ab FOREIGN KEY (b) REFERENCES dbo.b (i);",
    ),
    "a reserved word is bracketed": ('CREATE TABLE "order" ("select" int)', "CREATE TABLE dbo.[order] (\n    [select] int NULL"),
    "a default has a name": ("CREATE TABLE t (a int DEFAULT 3)", "a int NULL CONSTRAINT DF_t_a DEFAULT (3)"),
    "an enumeration is checked": (
        "CREATE TYPE e AS ENUM ('it''s', 'b'); CREATE TABLE t (a e)",
        "a nvarchar(4) NULL,\n    CONSTRAINT CK_t_a CHECK (a IN ('it''s', 'b'))",
    ),
    "a sequence starts within its bounds": (
        "CREATE SEQUENCE s MINVALUE 10; CREATE TABLE t (n bigint DEFAULT nextval('s'))",
        "CREATE SEQUENCE dbo.s START WITH 10 MINVALUE 10",
    ),
    "bits are a binary constant": ("CREATE TABLE t (a varbit(9) DEFAULT B'101')", "a varbinary(2) NULL CONSTRAINT DF_t_a DEFAULT (0x05)"),
    "a check that is not enforced is switched off": (
        "CREATE TABLE t (a int, CONSTRAINT c CHECK (a > 0) NOT ENFORCED)",
        "ALTER TABLE dbo.t WITH NOCHECK ADD CONSTRAINT c CHECK (a > 0);\nALTER TABLE dbo.t NOCHECK CONSTRAINT c;",
    ),
    "a view keeps its check": (
        "CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t WHERE a > 0 WITH LOCAL CHECK OPTION",
        "\nWITH CHECK OPTION;",
    ),
    "a constraint name that a table has is given the table's": (
        "CREATE TABLE t (a int CONSTRAINT u CHECK (a > 0)); CREATE TABLE u (a int)",
        "CONSTRAINT t_u CHECK (a > 0)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_nearest_equivalent_is_written(name: str):
    text, expected = CASES[name]
    result = from_postgresql(text)
    assert expected in result.text
    assert str(result.proof) == READ_BACK, said(result)


CASCADES = {
    "to one table twice": (
        (
            "CREATE TABLE p (i int PRIMARY KEY); CREATE TABLE c (a int CONSTRAINT one REFERENCES p ON DELETE CASCADE,"
            " b int CONSTRAINT two REFERENCES p ON DELETE SET NULL)"
        ),
        ["two"],
    ),
    "by two ways": (
        (
            "CREATE TABLE a (i int PRIMARY KEY); CREATE TABLE b (i int PRIMARY KEY, a int CONSTRAINT ba REFERENCES a ON DELETE CASCADE);"
            "CREATE TABLE c (i int, a int CONSTRAINT ca REFERENCES a ON DELETE CASCADE, b int CONSTRAINT cb REFERENCES b ON DELETE CASCADE)"
        ),
        ["cb"],
    ),
    "to itself": ("CREATE TABLE t (i int PRIMARY KEY, p int CONSTRAINT own REFERENCES t ON DELETE CASCADE)", ["own"]),
    "in a ring": (
        (
            "CREATE TABLE a (i int PRIMARY KEY, b int); CREATE TABLE b (i int PRIMARY KEY, a int CONSTRAINT ba REFERENCES a ON DELETE CASCADE);"
            "ALTER TABLE a ADD CONSTRAINT ab FOREIGN KEY (b) REFERENCES b ON DELETE CASCADE"
        ),
        ["ba"],
    ),
    "deletes and updates apart": (
        (
            "CREATE TABLE a (i int PRIMARY KEY); CREATE TABLE b (x int CONSTRAINT d REFERENCES a ON DELETE CASCADE,"
            " y int CONSTRAINT u REFERENCES a ON UPDATE CASCADE)"
        ),
        [],
    ),
    "from two parents": (
        (
            "CREATE TABLE a (i int PRIMARY KEY); CREATE TABLE b (i int PRIMARY KEY);"
            "CREATE TABLE c (x int CONSTRAINT ca REFERENCES a ON DELETE CASCADE, y int CONSTRAINT cb REFERENCES b ON DELETE CASCADE)"
        ),
        [],
    ),
}


@pytest.mark.parametrize("name", CASCADES)
def test_only_one_path_of_cascades_leads_to_a_table(name: str):
    text, refused = CASCADES[name]
    result = from_postgresql(text)
    noted = [note.object for note in result.notes if "1785" in note.lost]
    assert sorted(one.partition("(")[2].rstrip(")") for objects in noted for one in objects.split(", ")) == refused
    cascading = [
        key
        for table in reader("sqlserver").read(result.text).schema_.tables
        for key in table.foreign_keys
        if key.on_delete != "no action"
    ]
    assert not {key.name for key in cascading} & set(refused)


@pytest.mark.parametrize(
    ("predicate", "accepted"),
    [
        ("a = 1", True),
        ("a IS NOT NULL AND (b <> 'x' AND c >= -1)", True),
        ("a IN (1, 2)", True),
        ("[a] = N'x'", True),
        ("a = 1 OR b = 2", False),
        ("NOT a = 1", False),
        ("a LIKE 'x%'", False),
        ("a BETWEEN 1 AND 2", False),
        ("LEN(a) > 1", False),
        ("a = b", False),
        ("a = GETDATE()", False),
        ("(a", False),
    ],
)
def test_only_what_create_index_documents_is_a_filter(predicate: str, accepted: bool):
    assert is_filter(predicate) is accepted


def test_comments_grants_and_programs_are_left_out_on_request():
    schema = schema_of(EVERYTHING.read_text(), "sqlserver")
    full, bare = write(schema), write(schema, comments=False, grants=False, carried=False)
    for word in ("sp_addextendedproperty", "GRANT", "CREATE PROCEDURE", "CREATE TRIGGER"):
        assert (word in full.text, word in bare.text) == (True, False)
    assert str(bare.proof) == READ_BACK


def test_without_proof_nothing_is_read_back():
    assert str(write(schema_of("CREATE TABLE t (a int)"), prove=False).proof) == "by rule, not executed"


def test_a_version_that_cannot_be_written_for_is_refused():
    with pytest.raises(InputError, match="2019, 2022"):
        write(Schema(engine=Engine.SQLSERVER), version="2008")


def test_the_columns_of_a_primary_key_are_not_null_though_sqlite_lets_them_be():
    result = write(schema_of("CREATE TABLE t (a text, b int, PRIMARY KEY (a, b));", "sqlite"))
    assert "a nvarchar(446) NOT NULL,\n    b bigint NOT NULL," in result.text, result.text
    assert str(result.proof) == READ_BACK, said(result)


ALIKE = """
    create table "Orders" (id int primary key);
    create table orders (id int primary key references "Orders");
    create schema s;
    create table s.orders (id int default nextval('"ORDERS"'::regclass));
    create sequence "ORDERS";
    create view v as select orders.id from orders;
"""


def test_names_that_differ_in_case_only_are_told_apart() -> None:
    result = from_postgresql(ALIKE)
    assert [line for line in result.text.splitlines() if line.startswith("CREATE")] == [
        "CREATE SCHEMA s;",
        "CREATE SEQUENCE dbo.ORDERS_3 START WITH 1;",
        "CREATE TABLE dbo.Orders (",
        "CREATE TABLE dbo.orders_2 (",
        "CREATE TABLE s.orders (",
        "CREATE VIEW dbo.v (id) AS",
    ]
    assert "FOREIGN KEY (id) REFERENCES dbo.Orders (id)" in result.text
    assert "NEXT VALUE FOR dbo.ORDERS_3" in result.text
    assert "FROM orders_2 AS orders" in result.text
    lost = "the name differs from Orders in case only, which SQL Server does not tell apart by default"
    assert f"orders: {lost} -> written as orders_2\n" in said(result)
    assert f"ORDERS: {lost} -> written as ORDERS_3\n" in said(result)
    assert str(result.proof) == READ_BACK


@pytest.mark.parametrize("target", ["sqlserver", "mysql", "tidb", "sqlite"])
def test_columns_that_differ_in_case_only_are_noted_with_both_names(target: str) -> None:
    schema = schema_of('create table t (id int primary key, "ID" text, other int);')
    (note,) = (one for one in writer(target).write(schema, WriteOptions()).notes if one.object == "t.ID")
    assert note.lost.startswith("the name differs from the column id in case only, which ")
    assert note.instead == "both, which it refuses: rename one of them"
