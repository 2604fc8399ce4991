"""CockroachDB's DDL, as people write it and as SHOW CREATE TABLE prints it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from dbdesign.errors import InputError, SqlError
from dbdesign.model.schema import Engine, IndexKey, Table
from dbdesign.readers.cockroachdb import read, recognise
from dbdesign.readers.postgresql import READER as POSTGRESQL
from real_schemas import read_real, real_sql

SHOWN = (Path(__file__).parent / "shown.sql").read_text()


@pytest.fixture(scope="module")
def tables() -> dict[str, Table]:
    result = read(SHOWN)
    assert result.unread == ()
    assert result.declared_tables == len(result.schema.tables) == 3
    assert result.schema.engine is Engine.COCKROACHDB
    return {table.name: table for table in result.schema.tables}


def test_columns_are_read_with_their_own_types_and_clauses(tables: dict[str, Table]) -> None:
    found = [
        (one.name, one.type.native, one.nullable, one.default, one.on_update, dict(one.options))
        for one in tables["users"].columns
    ]
    assert found == [
        ("id", "UUID", False, "gen_random_uuid()", None, {}),
        ("city", "VARCHAR", False, None, None, {}),
        ("name", "STRING(40)", True, None, None, {}),
        ("bio", "STRING", True, "'none'", None, {}),
        ("mail", "STRING", False, None, None, {}),
        ("mood", "mood", True, "'ok'::public.mood", None, {}),
        ("tags", "STRING[]", True, None, None, {}),
        ("doc", "JSONB", True, None, None, {}),
        ("n", "INT8", True, "0", None, {}),
        ("price", "DECIMAL(10,2)", True, None, None, {}),
        ("picture", "BYTES", True, None, None, {}),
        ("at", "TIMESTAMPTZ", False, "now()", "current_timestamp", {}),
        ("secret", "STRING", True, None, None, {}),
    ]


def test_computed_columns_and_row_numbers_are_what_they_are(tables: dict[str, Table]) -> None:
    mail, number = tables["users"].column("mail"), tables["orders"].column("number")
    assert mail is not None
    assert mail.generated is not None
    assert (mail.generated.expression, mail.generated.stored) == ("lower(name)", True)
    assert number is not None
    assert number.identity is not None
    assert number.identity.mode == "unique_rowid"
    assert number.default is None


def test_indexes_in_line_and_apart_keep_everything(tables: dict[str, Table]) -> None:
    found = {index.name: index.model_dump(exclude_defaults=True, exclude={"name"}) for index in tables["users"].indexes}
    assert found == {
        "users_mail_key": {"keys": ({"column": "mail"},), "unique": True, "include": ("name", "bio"), "comment": "one a person"},
        "users_when_idx": {"keys": ({"column": "at"},), "options": {"hash_sharded": "true", "bucket_count": "16"}},
        "users_doc_idx": {"keys": ({"column": "doc"},), "method": "inverted"},
        "users_city_expr_idx": {
            "keys": ({"column": "city"}, {"expression": "lower(name)", "descending": True}), "where": "n > 5", "visible": False,
        },
        "users_tags_idx": {"keys": ({"column": "tags"},), "method": "inverted"},
        "trigrams": {"keys": ({"column": "name", "opclass": "gin_trgm_ops"},), "method": "inverted"},
    }  # fmt: skip
    assert [
        (index.name, index.method, index.unique, index.where, index.include) for index in tables["orders"].indexes
    ] == [
        ("few", "btree", True, "total > 0", ()),
        ("near", "vector", False, None, ()),
        ("by_total", "btree", True, "total > 10", ("region",)),
        ("orders_user_id_idx", "btree", False, None, ()),
    ]


def test_keys_keep_order_sharding_and_stored_columns(tables: dict[str, Table]) -> None:
    users, orders = tables["users"].primary_key, tables["orders"].primary_key
    assert users is not None
    assert orders is not None
    assert users.keys == (IndexKey(column="city"), IndexKey(column="id", descending=True))
    assert (orders.columns, dict(orders.options)) == (("region", "id"), {"hash_sharded": "true"})
    assert [(key.name, key.columns, key.include) for key in tables["orders"].unique_keys] == [
        ("orders_rank_key", ("rank",), ()),
        ("orders_region_number_key", ("region", "number"), ("total",)),
        ("orders_id_key", ("id",), ()),
    ]


def test_table_options_families_locality_and_partitions_are_kept(tables: dict[str, Table]) -> None:
    assert dict(tables["users"].options) == {
        "family primary": "id, city, name",
        "family rest": "bio, doc, n, price, picture, at, secret",
        "ttl": "on",
        "ttl_expire_after": "30 days",
        "schema_locked": "true",
        "locality": "GLOBAL",
    }
    partitioning = tables["orders"].partitioning
    assert partitioning is not None
    assert partitioning.strategy == "list"
    assert partitioning.text == (
        "PARTITION BY LIST (region) (PARTITION eu VALUES IN ('de', 'fr'), PARTITION rest VALUES IN (DEFAULT))"
    )


def test_what_belongs_to_the_cluster_is_carried_or_said_to_be_left_out() -> None:
    result = read(SHOWN)
    assert [(one.kind, one.name) for one in result.schema.carried] == [
        ("zone configuration", "users"),
        ("zone configuration", "eu"),
    ]
    assert {one.kind: one.lines for one in result.skipped} == {
        "SET": (58,),
        "UPSERT": (60,),
        "placement of ranges": (50,),
        "CREATE DATABASE": (59,),
    }


def test_lines_are_those_of_the_text_as_given() -> None:
    lines = read(SHOWN).lines
    wanted = {
        "users": 3, "users.at": 15, "users.users_pkey": 18, "users.users_mail_key": 19, "users.users_city_expr_idx": 22, "orders": 27,
        "orders.few": 38, "orders.near": 39, "orders.by_total": 41, "orders.note": 45,
    }  # fmt: skip
    assert {name: lines.get(name) for name in wanted} == wanted


def test_a_statement_that_is_not_understood_is_named_and_the_rest_is_read() -> None:
    result = read(
        "CREATE TABLE a (id INT PRIMARY KEY, INDEX (id) STORING);\nCREATE TABLE b (x STRING WHAT EVER);\nCREATE TABLE c (id INT);"
    )
    assert [table.name for table in result.schema.tables] == ["a", "c"]
    assert [one.line for one in result.unread] == [2]


@pytest.mark.parametrize("entry", real_sql("cockroachdb"))
def test_every_table_and_foreign_key_of_a_real_schema_is_read(entry: dict[str, Any]) -> None:
    text = read_real(entry)
    result = read(text)
    code = re.sub(r"--[^\n]*", "", text)
    assert (
        len(result.schema.tables)
        == result.declared_tables
        == entry["tables"]
        == len(re.findall(r"(?i)\bCREATE\s+TABLE\b", code))
    )
    assert sum(len(table.foreign_keys) for table in result.schema.tables) == len(
        re.findall(r"(?i)\bREFERENCES\b", code)
    )
    assert sum(len(table.indexes) for table in result.schema.tables) == len(
        re.findall(r"(?i)\bCREATE\s+(?:UNIQUE\s+)?INDEX\b", code)
    )
    assert len(result.schema.views) == len(re.findall(r"(?i)\bCREATE\s+VIEW\b", code))
    assert result.unread == ()


@pytest.mark.parametrize("entry", real_sql("postgresql", "mysql", "sqlserver", "sqlite"))
def test_no_other_engines_schema_is_taken_for_cockroachdbs(entry: dict[str, Any]) -> None:
    assert recognise(read_real(entry)) == 0.0


@pytest.mark.parametrize(
    "text",
    [
        SHOWN,
        "CREATE TABLE t (id INT PRIMARY KEY DEFAULT unique_rowid(), b BYTES NOT NULL);",
        "CREATE TABLE t (id UUID PRIMARY KEY, name STRING, INDEX (name) STORING (id));",
        "CREATE TABLE t (id INT PRIMARY KEY USING HASH WITH (bucket_count = 8));",
        "CREATE TABLE t (id UUID PRIMARY KEY DEFAULT gen_random_uuid(), doc JSONB, INVERTED INDEX (doc));",
        "CREATE TABLE t (id INT8 NOT NULL, CONSTRAINT t_pkey PRIMARY KEY (id ASC), FAMILY f (id));",
    ],
)
def test_cockroachdbs_sql_is_recognised_before_postgresqls(text: str) -> None:
    assert recognise(text) > POSTGRESQL.recognise(text)


def test_plain_sql_is_left_to_postgresql() -> None:
    assert recognise("CREATE TABLE t (id int PRIMARY KEY, name text);") == 0.0


def test_bad_text_is_refused_with_its_place() -> None:
    with pytest.raises(InputError):
        read(" ")
    with pytest.raises(SqlError) as caught:
        read("CREATE TABLE t (a INT);\n/* never")
    assert caught.value.line == 2


@pytest.mark.parametrize("text", ["CREATE TABLE", "CREATE TABLE t (", "CREATE INDEX", "CREATE INDEX i ON", "ALTER TABLE", "ALTER TABLE t ADD",
                                  "CREATE TABLE t (,)", "CREATE TABLE t (a)", "CREATE TABLE t (FAMILY)", "CREATE TABLE t (INDEX)",
                                  "ALTER TABLE t ALTER", "ALTER TABLE t ALTER PRIMARY KEY", "CREATE TABLE t (a INT PRIMARY KEY USING HASH WITH)",
                                  "CREATE TABLE t (UNIQUE INDEX", "ALTER TABLE t SET ("])  # fmt: skip
def test_a_statement_cut_short_is_unread_and_nothing_worse(text: str) -> None:
    assert len(read(f"{text};").unread) == 1


def test_a_unique_key_without_an_index_stays_one() -> None:
    result = read(
        "CREATE TABLE t (id INT8 PRIMARY KEY, a INT8 UNIQUE WITHOUT INDEX, b INT8, UNIQUE WITHOUT INDEX (a, b))"
    )
    (table,) = result.schema.tables
    assert [(key.columns, dict(key.options)) for key in table.unique_keys] == [
        (("a",), {"without_index": "true"}),
        (("a", "b"), {"without_index": "true"}),
    ]
