"""What definitions mean in the model, and what is reported when a part of them is not understood."""

from __future__ import annotations

import pytest

from dbdesign.model.schema import Index, IndexKey, Key, Table
from dbdesign.model.types import Kind
from dbdesign.readers.base import ReadResult, reader


def read(text: str) -> ReadResult:
    return reader("mysql").read(text)


def table(body: str, options: str = "") -> Table:
    result = read(f"CREATE TABLE t ({body}) {options};")
    assert result.unread == ()
    return result.schema_.tables[0]


TYPES = [
    ("BOOLEAN", Kind.BOOLEAN, "tinyint(1)", {}),
    ("tinyint(1) unsigned", Kind.INT8, "tinyint(1) unsigned", {"unsigned": True}),
    ("INTEGER(10) UNSIGNED ZEROFILL", Kind.INT32, "int(10) unsigned zerofill", {"unsigned": True}),
    ("INT3", Kind.INT24, "mediumint", {}),
    ("DEC(10)", Kind.DECIMAL, "decimal(10)", {"precision": 10, "scale": 0}),
    ("NUMERIC", Kind.DECIMAL, "decimal", {"precision": 10, "scale": 0}),
    ("REAL", Kind.FLOAT64, "double", {}),
    ("FLOAT(24)", Kind.FLOAT32, "float", {}),
    ("FLOAT(25)", Kind.FLOAT64, "double", {}),
    ("CHARACTER VARYING(20)", Kind.VARCHAR, "varchar(20)", {"length": 20}),
    ("NATIONAL CHARACTER VARYING(20)", Kind.VARCHAR, "varchar(20)", {"length": 20}),
    ("LONG VARBINARY", Kind.BLOB, "mediumblob", {}),
    ("TIMESTAMP(3)", Kind.TIMESTAMPTZ, "timestamp(3)", {"precision": 3}),
    ("DATETIME", Kind.TIMESTAMP, "datetime", {"precision": 0}),
    ("ENUM('a','it''s')", Kind.ENUM, "enum('a','it''s')", {"values": ("a", "it's")}),
    ("SET(\"x\",'y')", Kind.SET, "set('x','y')", {"values": ("x", "y")}),
    ("BIT", Kind.BIT, "bit", {"length": 1}),
    ("MULTIPOLYGON", Kind.GEOMETRY, "multipolygon", {}),
    ("VECTOR(3)", Kind.VECTOR, "vector(3)", {"length": 3}),
    ("INET6", Kind.INET, "inet6", {}),
]


@pytest.mark.parametrize(("written", "kind", "native", "more"), TYPES)
def test_a_type_is_read_with_its_kind_and_canonical_name(
    written: str, kind: Kind, native: str, more: dict[str, object]
):
    data_type = table(f"c {written}").columns[0].type
    assert data_type.model_dump(exclude_defaults=True) == {"kind": kind, "native": native, **more}


DEFAULTS = [
    ("DEFAULT NULL", None),
    ("DEFAULT 'it''s'", "'it''s'"),
    ('DEFAULT "it\'s"', "'it''s'"),
    ("DEFAULT -1.5e3", "-1.5e3"),
    ("DEFAULT b'01'", "b'01'"),
    ("DEFAULT _utf8mb4'x'", "_utf8mb4'x'"),
    ("DEFAULT CURRENT_TIMESTAMP(6)", "CURRENT_TIMESTAMP(6)"),
    ("DEFAULT (a + (b))", "a + (b)"),
    ("DEFAULT uuid() COMMENT 'x'", "uuid()"),
    ("DEFAULT NEXT VALUE FOR shop.`s`", "nextval(shop.`s`)"),
]


@pytest.mark.parametrize(("written", "expected"), DEFAULTS)
def test_a_default_is_read_as_an_expression(written: str, expected: str | None):
    assert table(f"c varchar(99) {written}").columns[0].default == expected


def test_serial_is_what_the_manual_says():
    found = table("id SERIAL")
    assert found.columns[0].type.native == "bigint unsigned"
    assert not found.columns[0].nullable
    assert found.columns[0].identity is not None
    assert found.unique_keys == (Key(columns=("id",)),)


def test_the_columns_of_a_primary_key_are_not_nullable():
    found = table("a int, b int NULL, PRIMARY KEY (a, b)")
    assert [column.nullable for column in found.columns] == [False, False]


def test_keys_are_found_wherever_they_are_written():
    found = table(
        "a int PRIMARY KEY, b int UNIQUE, c int KEY_BLOCK, KEY k (c DESC, b), UNIQUE u (b, c), INDEX (a), FULLTEXT f (d), d text, KEY e ((lower(d)))".replace(
            " KEY_BLOCK", ""
        )
    )
    assert found.primary_key == Key(columns=("a",))
    assert found.unique_keys == (Key(columns=("b",)), Key(name="u", columns=("b", "c")))
    assert found.indexes == (
        Index(name="k", keys=(IndexKey(column="c", descending=True), IndexKey(column="b"))),
        Index(keys=(IndexKey(column="a"),)),
        Index(name="f", keys=(IndexKey(column="d"),), method="fulltext"),
        Index(name="e", keys=(IndexKey(expression="lower(d)"),)),
    )


def test_a_unique_key_over_an_expression_is_a_unique_index():
    found = table("a text, UNIQUE KEY u ((sha2(a, 256)), a(10))")
    assert found.unique_keys == ()
    assert found.indexes == (
        Index(name="u", unique=True, keys=(IndexKey(expression="sha2(a, 256)"), IndexKey(column="a", length=10))),
    )


def test_the_index_that_a_foreign_key_implies_is_in_the_model():
    result = read(
        "CREATE TABLE p (id int PRIMARY KEY);"
        "CREATE TABLE c (a int, b int, KEY (b), CONSTRAINT f FOREIGN KEY (a) REFERENCES p (id), FOREIGN KEY (b) REFERENCES p (id));"
    )
    child = result.schema_.table_by_label["c"]
    assert child.indexes == (Index(keys=(IndexKey(column="b"),)), Index(name="f", keys=(IndexKey(column="a"),)))
    assert any("adds by itself" in note for note in result.notes)


def test_names_are_found_whatever_their_case():
    schema = read(
        "CREATE TABLE Parent (Id int PRIMARY KEY); CREATE TABLE c (P_Id int, FOREIGN KEY (p_id) REFERENCES parent (ID));"
    ).schema_
    (key,) = schema.tables[1].foreign_keys
    assert (key.columns, key.referenced_table, key.referenced_columns) == (("P_Id",), "Parent", ("Id",))


def test_a_reference_in_line_is_a_foreign_key_and_says_that_mysql_8_ignores_it():
    result = read("CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p_id int REFERENCES p ON DELETE CASCADE);")
    (key,) = result.schema_.tables[1].foreign_keys
    assert (key.references, key.referenced_columns, key.on_delete) == ("p", ("id",), "cascade")
    assert any("MySQL 8 parses and ignores it" in note for note in result.notes)


def test_mariadbs_json_is_json():
    found = table("j longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL CHECK (json_valid(`j`))")
    assert found.columns[0].type.kind is Kind.JSON
    assert found.checks == ()


def test_the_stand_ins_of_views_in_a_dump_are_no_tables():
    result = read(
        "/*!50001 CREATE TABLE `v` (\n `a` tinyint NOT NULL\n) ENGINE=MyISAM */;\n"
        "/*!50001 DROP TABLE IF EXISTS `v`*/;\n"
        "/*!50001 CREATE ALGORITHM=UNDEFINED */\n/*!50013 DEFINER=`root`@`localhost` SQL SECURITY DEFINER */\n"
        "/*!50001 VIEW `v` AS select 1 AS `a` */;\n"
    )
    assert result.schema_.tables == ()
    (view,) = result.schema_.views
    assert (view.name, view.definition) == ("v", "select 1 AS `a`")
    assert view.options == {"algorithm": "undefined", "definer": "`root`@`localhost`", "sql_security": "definer"}


UNREAD = [
    ("CREATE TABLE a (x int,\n y int SPARKLING 7,\n z int);", 2, "column y"),
    ("CREATE TABLE a (x int,\n FOREIGN KEY (x) REFERENCES b (y) ON DELETE EXPLODE,\n z int);", 2, "expected RESTRICT"),
    ("CREATE TABLE a (x int, z int)\nSELECT 1 AS q;", 2, "a query gives"),
    ("CREATE TABLE a (x int, z int);\nALTER TABLE a FROBNICATE x;", 2, "ALTER TABLE"),
    ("CREATE TABLE a (x int, z int);\nALTER TABLE nowhere ADD y int;", 2, "not declared"),
    ("CREATE TABLE a (x int, z int);\nCREATE TABLE a (y int);", 2, "declared twice, first on line 1"),
    ("CREATE TABLE a (x int, z int);\nCREATE INDEX i ON nowhere (x);", 2, "not declared"),
    ("CREATE TABLE a (x int, z int);\nMAKE TABLE b (c int);", 2, "not a statement"),
    ("CREATE TABLE a (x int, z int, FOREIGN KEY (x) REFERENCES nowhere);", 1, "cannot be known"),
]


@pytest.mark.parametrize(("text", "line", "reason"), UNREAD)
def test_what_is_not_understood_is_reported_with_its_line_and_the_rest_is_kept(text: str, line: int, reason: str):
    result = read(text)
    assert [(one.line, reason in one.reason) for one in result.unread] == [(line, True)]
    assert {"x", "z"} <= {column.name for column in result.schema_.tables[0].columns}


def test_lines_are_known_for_tables_columns_and_constraints():
    result = read("\nCREATE TABLE a (\n  x int,\n  KEY k (x),\n  CONSTRAINT c CHECK (x > 0)\n);")
    assert result.lines == {"a": 2, "a.x": 3, "a.k": 4, "a.c": 5}


def test_a_thousand_nested_parentheses_do_no_harm():
    deep = "(" * 1000 + "1" + ")" * 1000
    assert table(f"x int DEFAULT {deep}").columns[0].default == deep[1:-1]


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ("shop.*", "shop.*"),
        ("`my shop`.*", "my shop.*"),
        ("*.*", "*.*"),
        ("other.orders", "other.orders"),
        ("PROCEDURE shop.p", "PROCEDURE shop.p"),
    ],
)
def test_a_grant_on_no_table_of_the_text_is_named_by_what_it_is_on(target: str, name: str):
    sql = f"GRANT SELECT, INSERT ON {target} TO 'u'@'h'"
    schema = read(f"CREATE TABLE t (id int);\n{sql};").schema_
    assert [(one.kind, one.name, one.sql) for one in schema.carried] == [("grant", name, sql)]
