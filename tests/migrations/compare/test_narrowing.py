"""What is called wide enough loses nothing on the server: every pair of types, with the values at their bounds."""

from __future__ import annotations

from itertools import product

import pytest

from dbdesign.engines.postgres import embedded
from dbdesign.migrations.compare.narrowing import why_narrower
from dbdesign.model.types import DataType, Kind
from dbdesign.readers.mysql import read as read_mysql
from dbdesign.readers.postgresql import read

# type: values at its bounds, as literals
TYPES = {
    "smallint": ["-32768", "32767"],
    "integer": ["-2147483648", "2147483647", "16777217"],
    "bigint": ["-9223372036854775808", "9223372036854775807", "9007199254740993"],
    "numeric": ["1e30", "0.000000001", "-99999999999999999999"],
    "numeric(5)": ["99999", "-99999"],
    "numeric(10,2)": ["99999999.99", "-0.01"],
    "numeric(12,2)": ["9999999999.99", "0.01"],
    "numeric(12,4)": ["99999999.9999", "0.0001"],
    "numeric(40)": ["9999999999999999999999999999999999999999"],
    "real": ["1.5", "16777216", "-3e38"],
    "double precision": ["9007199254740992", "-1e300", "0.1"],
    "money": ["92233720368547758.07", "-92233720368547758.08"],
    "boolean": ["true", "false"],
    "character varying(5)": ["abcde", "日本語日本", ""],
    "character varying(20)": ["abcdefghijklmnopqrst", ""],
    "character varying(36)": ["abcdefghijklmnopqrstuvwxyz0123456789"],
    "character varying": ["x" * 300],
    "text": ["y" * 300, ""],
    "character(5)": ["abcde"],
    "uuid": ["0189dc55-3b7c-7c3a-8d2e-0123456789ab"],
    "date": ["4713-01-01 BC", "2024-02-29", "9999-12-31"],
    "timestamp without time zone": ["2024-02-29 23:59:59.999999"],
    "timestamp(3) without time zone": ["2024-02-29 23:59:59.999"],
    "timestamp with time zone": ["2024-02-29 23:59:59.999999+00"],
    "time without time zone": ["23:59:59.999999"],
    "bytea": [r"\x00ff"],
    "bit(8)": ["10101010"],
    "bit varying(8)": ["1010"],
    "inet": ["10.0.0.1/8"],
    "cidr": ["10.0.0.0/8"],
}  # fmt: skip


def native(name: str) -> DataType:
    return read(f"create table t (c {name})", execute=False).schema.tables[0].columns[0].type


def test_nothing_is_lost_between_types_that_are_called_wide_enough() -> None:
    types = {name: native(name) for name in TYPES}
    lost = []
    with embedded().scratch() as database:
        connection = database.user
        connection.execute("SET timezone = 'UTC'")
        for one, other in product(TYPES, TYPES):
            if why_narrower(types[one], types[other]) is not None:
                continue
            for value in TYPES[one]:
                back = f"numeric::{one}" if other == "money" else one
                query = f"SELECT v::{other}::{back} IS NOT DISTINCT FROM v FROM (SELECT %s::{one} AS v) AS s"
                try:
                    kept = connection.execute(query, [value]).fetchone()
                    if kept is None or not kept[0]:
                        lost.append(f"{value!r} of {one} in {other}")
                except Exception as error:  # noqa: BLE001 - whatever the server says is a loss
                    lost.append(f"{value!r} of {one} in {other}: {str(error).splitlines()[0]}")
    assert lost == [], "\n".join(lost)


NARROWER = [
    ("bigint", "integer"), ("integer", "smallint"), ("integer", "numeric(5)"), ("numeric", "numeric(40)"), ("numeric(12,2)", "numeric(10,2)"),
    ("numeric(12,4)", "numeric(12,2)"), ("bigint", "double precision"), ("integer", "real"), ("double precision", "real"), ("double precision", "numeric(10,2)"),
    ("text", "character varying(20)"), ("character varying(20)", "character varying(5)"), ("character varying", "character(5)"), ("text", "uuid"),
    ("timestamp without time zone", "date"), ("timestamp without time zone", "timestamp(3) without time zone"), ("bytea", "text"), ("uuid", "character varying(20)"),
    ("text", "integer"), ("inet", "cidr"), ("bit varying(8)", "bit(8)"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), NARROWER)
def test_a_type_is_narrower(one: str, other: str) -> None:
    assert why_narrower(native(one), native(other)) is not None


MYSQL = [
    ("int", "int unsigned", True), ("int unsigned", "int", True), ("int unsigned", "bigint", False), ("tinyint", "smallint unsigned", True),
    ("varchar(255)", "text", False), ("text", "mediumtext", False), ("mediumtext", "text", True), ("longtext", "varchar(100)", True),
    ("enum('a','b')", "enum('b','a','c')", False), ("enum('a','b')", "enum('a')", True), ("enum('a','bb')", "varchar(2)", False), ("enum('a','bb')", "varchar(1)", True),
    ("set('a','b')", "set('a')", True), ("datetime(6)", "datetime", True), ("datetime", "datetime(6)", False), ("decimal(10,2)", "decimal(9,2)", True),
    ("blob", "longblob", False), ("longblob", "blob", True), ("varbinary(10)", "varbinary(5)", True), ("float", "double", False),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other", "narrower"), MYSQL)
def test_a_mysql_type_is_narrower_or_not(one: str, other: str, narrower: bool) -> None:
    columns = read_mysql(f"create table t (a {one}, b {other});").schema.tables[0].columns
    assert (why_narrower(columns[0].type, columns[1].type) is not None) == narrower


def test_elements_of_arrays_are_compared() -> None:
    integers, bigs = (
        DataType(kind=Kind.ARRAY, native=f"{name}[]", element=native(name)) for name in ("integer", "bigint")
    )
    assert why_narrower(integers, bigs) is None
    assert why_narrower(bigs, integers) is not None
