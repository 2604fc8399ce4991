"""How MySQL says what it has no words for, and the notes on it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from dbdesign.errors import InputError, SqlError
from dbdesign.model.schema import Column, Engine, Identity, Index, IndexKey, Key, Schema, Table
from dbdesign.model.types import DataType, Kind
from dbdesign.readers.base import reader
from dbdesign.writers.base import WriteOptions, WriteResult, writer
from mariadb_servers import for_mariadb, server

FEATURES = Path(__file__).with_name("features.sql")


@cache
def features() -> WriteResult:
    return writer("mysql").write(reader("postgresql").read(FEATURES.read_text()).schema_, WriteOptions(prove=False))


LINES = [
    ("schemas become prefixes", "CREATE TABLE sales_customer ("),
    ("identity", "id bigint NOT NULL AUTO_INCREMENT,"),
    ("where numbering starts", "AUTO_INCREMENT=100 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_as_cs;"),
    ("uuid", "uid binary(16) NOT NULL DEFAULT (UUID_TO_BIN(UUID())),"),
    ("a text that a check bounds", "name varchar(99) NOT NULL DEFAULT 'x',"),
    ("a text default is an expression", "`Group` longtext DEFAULT ('g')"),
    ("a text in a unique key is bounded", "nick varchar(255),"),
    ("an enumeration is in line", "mood enum('sad','ok','it''s') DEFAULT 'ok',"),
    ("an array", "tags json DEFAULT ('[]'),"),
    ("a point in time", "created datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),"),
    ("today", "born date DEFAULT (CURRENT_DATE),"),
    ("bytes", "raw longblob DEFAULT (x'dead'),"),
    ("bits", "bits bit(3) DEFAULT b'101',"),
    ("a domain's type and default", "price decimal(10,2) DEFAULT 1,"),
    ("a domain's check", "CHECK (price > 0)"),
    ("an expression default", "until datetime(6) DEFAULT (CURRENT_TIMESTAMP + INTERVAL 7 DAY),"),
    ("a generated column", "full_name longtext GENERATED ALWAYS AS (CONCAT(CONCAT(name, ' '), UPPER(email))) STORED,"),
    ("INCLUDE", "KEY ix_created (created DESC, mood, level),"),
    ("full text", "FULLTEXT KEY ix_fts (name, nick),"),
    (
        "a partial unique index",
        "u_nick_when varchar(255) GENERATED ALWAYS AS (CASE WHEN deleted_at IS NULL THEN nick END) VIRTUAL INVISIBLE,",
    ),
    (
        "a key that is too long",
        "long_sha256 binary(32) GENERATED ALWAYS AS (UNHEX(SHA2(`long`, 256))) VIRTUAL INVISIBLE,",
    ),
    ("equal types on both ends", "cust_small bigint,"),
    ("range partitions", "  PARTITION log_2 VALUES LESS THAN ('2024-03-01 00:00:00'),"),
    ("the default partition", "  PARTITION log_d VALUES LESS THAN (MAXVALUE)"),
    ("list partitions", "  PARTITION by_list_a VALUES IN ('a', 'b')"),
    ("hash partitions", "PARTITION BY KEY (id) PARTITIONS 2;"),
    ("reserved words", "CREATE TABLE `order` ("),
    ("a cycle of foreign keys", "  ADD CONSTRAINT a_b_id_fkey FOREIGN KEY (b_id) REFERENCES b (id);"),
    ("comments", "COMMENT='it''s a \\\\ table';"),
    ("a view", "CREATE VIEW v (id, n, k) AS"),
]


@pytest.mark.parametrize(("what", "line"), LINES)
def test_it_is_said_so(what: str, line: str):
    assert line in features().text


NOTES = [
    ("sales.orders (orders_customer_id_fkey)", "SET DEFAULT is refused by InnoDB", "NO ACTION"),
    ("sales.orders (orders_cust_small_check)", "error 3823", "left out"),
    ("sales.orders (orders_cuid_fkey)", "MATCH FULL", "MATCH SIMPLE"),
    ("sales.customer (ix_created)", "INCLUDE (prefs)", "left out"),
    ("sales.customer (ix_gin)", "gin indexes", "left out"),
    ("sales.customer (ix_brin)", "BRIN", "B-tree"),
    ("sales.customer.n", "numeric without precision", "decimal(38,10)"),
    ("sales.orders.a", "65,535 bytes", "longtext for varchar(9000)"),
    ("mv", "materialized", "plain view"),
    ("ticket", "sequences", "left out"),
]


@pytest.mark.parametrize(("where", "lost", "instead"), NOTES)
def test_what_is_lost_is_a_note_with_what_stands_instead(where: str, lost: str, instead: str):
    found = [
        note
        for note in features().notes
        if where in note.object and lost in note.lost and instead in (note.instead or "")
    ]
    assert len(found) == 1


def test_notes_with_one_cause_are_one_note():
    notes = [note for note in features().notes if "2038" in note.lost]
    assert [note.object for note in notes] == ["sales.customer.created, sales.customer.deleted_at, log.at and 3 more"]


BEHAVIOUR = """
INSERT INTO sales_customer (email, name, nick, level) VALUES ('A@x', 'n1', 'nick', 1);
INSERT INTO sales_customer (email, name, nick, level, deleted_at) VALUES ('a@x', 'n2', 'nick', 2, NOW());
INSERT INTO sales_customer (email, name, nick, level) VALUES ('b@x', 'n3', NULL, 5);
"""

REFUSED = {
    "a second live row with the same nick": "INSERT INTO sales_customer (email, name, nick, level) VALUES ('c@x', 'n4', 'nick', 3);",
    "a second live row with the same e-mail in another case": "INSERT INTO sales_customer (email, name, nick, level) VALUES ('a@X', 'n5', 'other', 3);",
    "a second NULL where NULLs are not distinct": "INSERT INTO sales_customer (email, name, nick, level) VALUES ('d@x', 'n6', NULL, 5);",
    "a value that the domain refuses": "INSERT INTO sales_customer (email, name, nick, price) VALUES ('e@x', 'n7', 'n7', 0);",
    "a second long value": "INSERT INTO sales_orders (id, `long`) VALUES (1, REPEAT('x', 2000)), (2, REPEAT('x', 2000));",
}

ACCEPTED = {
    "a further deleted row with the same nick": "INSERT INTO sales_customer (email, name, nick, level, deleted_at) VALUES ('A@X', 'n8', 'nick', 9, NOW());",
    "texts that differ in case": "INSERT INTO by_list VALUES (1, 'a'); INSERT INTO sales_customer (email, name, nick, level) VALUES ('f@x', 'n9', 'NICK', 3);",
    "long values that differ at the end": "INSERT INTO sales_orders (id, `long`) VALUES (1, CONCAT(REPEAT('x', 1999), 'a')), (2, REPEAT('x', 2000));",
    "a NULL with another level": "INSERT INTO sales_customer (email, name, nick, level) VALUES ('g@x', 'n10', NULL, 6);",
}


@pytest.fixture(scope="module")
def customers():
    running = server()
    with running.database() as name:
        running.run(for_mariadb(features().text), name)
        running.run(BEHAVIOUR, name)
        yield lambda script: running.run(f"START TRANSACTION; {script} ROLLBACK;", name)


@pytest.mark.parametrize("what", REFUSED)
def test_the_constraint_holds_as_in_the_source(customers, what: str):
    with pytest.raises(SqlError, match=r"Duplicate entry|CONSTRAINT"):
        customers(REFUSED[what])


@pytest.mark.parametrize("what", ACCEPTED)
def test_the_constraint_refuses_no_more_than_in_the_source(customers, what: str):
    customers(ACCEPTED[what])


def test_a_select_of_everything_does_not_show_the_columns_of_indexes(customers):
    assert "u_nick_when" not in customers("SELECT * FROM sales_customer;")


def _integer(name: str, **more: object) -> Column:
    return Column.model_validate(
        {"name": name, "type": DataType(kind=Kind.INT32, native="integer"), "nullable": False, **more}
    )


def written(*tables: Table) -> WriteResult:
    return writer("mysql").write(Schema(engine=Engine.POSTGRESQL, tables=tables), WriteOptions(prove=False))


def test_an_auto_increment_column_without_a_key_gets_one():
    result = written(Table(name="t", columns=(_integer("n", identity=Identity(mode="serial")),)))
    assert "KEY t_n (n)" in result.text
    assert any("must begin a key" in note.lost for note in result.notes)


def test_a_second_auto_increment_column_is_an_ordinary_one():
    columns = (_integer("a", identity=Identity(mode="serial")), _integer("b", identity=Identity(mode="serial")))
    result = written(Table(name="t", columns=columns, primary_key=Key(columns=("b",))))
    assert "b int NOT NULL AUTO_INCREMENT" in result.text
    assert "a int NOT NULL,\n" in result.text


def test_names_of_more_than_64_characters_are_cut_and_stay_different():
    long = "x" * 70
    result = written(
        Table(name=long + "a", columns=(_integer("n"),), indexes=(Index(name=long, keys=(IndexKey(column="n"),)),)),
        Table(name=long + "b", columns=(_integer("n"),)),
    )
    names = [line.split()[2] for line in result.text.splitlines() if line.startswith("CREATE TABLE")]
    assert [len(name) for name in names] == [64, 64]
    assert len(set(names)) == 2


def test_tables_that_differ_by_schema_alone_stay_two():
    result = written(
        Table(namespace="a", name="b", columns=(_integer("n"),)), Table(name="a_b", columns=(_integer("n"),))
    )
    assert "CREATE TABLE a_b (" in result.text
    assert "CREATE TABLE a_b_2 (" in result.text


def test_constraints_of_one_name_in_two_tables_get_two_names():
    from dbdesign.model.schema import Check

    check = Check(name="positive", expression="n > 0")
    result = written(*(Table(name=name, columns=(_integer("n"),), checks=(check,)) for name in ("a", "b")))
    assert "CONSTRAINT positive CHECK" in result.text
    assert "CONSTRAINT b_positive CHECK" in result.text


def test_a_version_that_is_not_written_for_is_refused_with_those_that_are():
    with pytest.raises(InputError, match=r"8\.0, 8\.4"):
        writer("mysql").write(Schema(engine=Engine.MYSQL), WriteOptions(version="5.7"))


def test_an_empty_schema_is_an_empty_text():
    assert writer("mysql").write(Schema(engine=Engine.POSTGRESQL), WriteOptions()).text == ""


def test_comments_and_grants_are_left_out_when_asked():
    schema = (
        reader("mysql").read("CREATE TABLE a (b int COMMENT 'x') COMMENT='y'; GRANT SELECT ON a TO 'u'@'h';").schema_
    )
    both = writer("mysql").write(schema, WriteOptions(prove=False)).text
    assert "COMMENT 'x'" in both
    assert "GRANT SELECT ON a TO 'u'@'h';" in both
    neither = writer("mysql").write(schema, WriteOptions(prove=False, comments=False, grants=False)).text
    assert "COMMENT" not in neither
    assert "GRANT" not in neither


MARIADB = """
CREATE SEQUENCE s;
CREATE TABLE p (id uuid NOT NULL DEFAULT uuid(), n int, PRIMARY KEY (id), KEY n (n) IGNORED) WITH SYSTEM VERSIONING;
CREATE TABLE c (n int, CONSTRAINT f FOREIGN KEY (n) REFERENCES p (n));
"""


def test_what_only_mariadb_takes_is_written_and_noted():
    schema = reader("mysql").read(MARIADB).schema_
    result = writer("mysql").write(schema, WriteOptions(prove=False, version="8.0"))
    assert [note.lost for note in result.notes] == [
        "MySQL has no sequences",
        "MySQL has no system-versioned tables",
        "MySQL has no type uuid",
        "IGNORED is MariaDB's word for INVISIBLE",
    ]
    assert reader("mysql").read(result.text).schema_ == schema


def test_a_foreign_key_to_no_whole_key_is_noted_for_8_4():
    schema = (
        reader("mysql")
        .read(
            "CREATE TABLE p (id int PRIMARY KEY, n int, KEY (n)); CREATE TABLE c (n int, FOREIGN KEY (n) REFERENCES p (n));"
        )
        .schema_
    )
    notes = {
        version: len(writer("mysql").write(schema, WriteOptions(prove=False, version=version)).notes)
        for version in ("8.0", "8.4")
    }
    assert notes == {"8.0": 0, "8.4": 1}


def lost(text: str, source: str = "postgresql") -> tuple[str, set[tuple[str, str]]]:
    """What a text becomes, and what its notes say of which object."""
    written = writer("mysql").write(reader(source).read(text).schema_, WriteOptions(prove=False))
    return written.text, {(note.object, note.lost) for note in written.notes}


def test_a_sequence_that_numbers_a_key_tells_auto_increment_where_to_start():
    text, notes = lost(
        "CREATE SEQUENCE s MINVALUE 10 INCREMENT 5; CREATE TABLE t (n int PRIMARY KEY DEFAULT nextval('s'))"
    )
    assert "AUTO_INCREMENT=10 " in text
    assert ("t.n", "the step of 5 is a setting of the server (auto_increment_increment)") in notes


def test_bits_of_no_fixed_length_keep_their_default():
    text, _ = lost("CREATE TABLE t (a varbit(9) DEFAULT B'101')")
    assert "a varbinary(2) DEFAULT b'101'" in text


def test_a_view_keeps_its_check_and_whose_rights_it_has():
    text, _ = lost(
        "CREATE TABLE t (a int); CREATE VIEW v WITH (security_invoker) AS SELECT a FROM t WHERE a > 0 WITH CHECK OPTION"
    )
    assert "CREATE SQL SECURITY INVOKER VIEW v" in text
    assert text.endswith("WITH CASCADED CHECK OPTION;\n")


def test_what_rows_or_readers_notice_is_not_lost_in_silence():
    _, notes = lost(
        "CREATE TABLE dbo.t (id int PRIMARY KEY, m nvarchar(20) MASKED WITH (FUNCTION = 'default()'),"
        " a datetime2 GENERATED ALWAYS AS ROW START NOT NULL, b datetime2 GENERATED ALWAYS AS ROW END NOT NULL,"
        " PERIOD FOR SYSTEM_TIME (a, b)) WITH (SYSTEM_VERSIONING = ON)",
        "sqlserver",
    )
    assert {
        ("t", "system_versioning cannot be said"),
        ("t.m", "the column option masked cannot be said"),
        ("t.a, t.b", "the column option generated cannot be said"),
    } <= notes


def test_a_prefix_of_what_has_none_is_the_whole_column_in_mysql_too():
    columns = (
        Column(name="name", type=DataType(kind=Kind.TEXT, native="text")),
        Column(name="at", type=DataType(kind=Kind.TIMESTAMP, native="datetime")),
    )
    keys = (IndexKey(column="name", length=8), IndexKey(column="at", length=8))
    table = Table(name="t", columns=columns, indexes=(Index(name="i", keys=keys),))
    text = writer("mysql").write(Schema(engine=Engine.MYSQL, tables=(table,)), WriteOptions()).text
    assert "KEY i (name(8), `at`)" in text or "KEY i (name(8), at)" in text
    running = server()
    with running.database() as name:
        running.run(for_mariadb(text), name)
