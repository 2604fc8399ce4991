"""Values as SQL are those of the twin's formulas; patterns give texts that they match."""

from __future__ import annotations

import re

import pytest

from dbdesign.benchmark.candidates import counted
from dbdesign.benchmark.literals import ordered
from dbdesign.benchmark.numbering import permuted
from dbdesign.engines.postgres import embedded
from dbdesign.model.types import DataType, Kind
from dbdesign.twin.values import value_at

RANGES = [
    (Kind.INT32, "integer", "-5", "1000"),
    (Kind.INT64, "bigint", "1", "9000000000"),
    (Kind.DECIMAL, "numeric(10,2)", "1.00", "1000.50"),
    (Kind.MONEY, "money", "1.00", "1000.50"),
    (Kind.FLOAT64, "double precision", "0", "100"),
    (Kind.DATE, "date", "1999-12-31", "2026-11-28"),
    (Kind.TIMESTAMP, "timestamp without time zone", "2020-01-01 00:00:00", "2026-11-28 12:34:56.789"),
    (Kind.TIMESTAMPTZ, "timestamp with time zone", "2020-01-01 00:00:00+00", "2026-11-28 12:34:56.789+00"),
    (Kind.TIME, "time without time zone", "00:00:00", "23:59:59"),
    (Kind.INTERVAL, "interval", "1 seconds", "86400 seconds"),
    (Kind.UUID, "uuid", "00000000-0000-4000-8000-000000000000", "ffffffff-ffff-4fff-8000-000000000000"),
    (Kind.INET, "inet", "10.0.0.0", "10.255.0.0"),
    (Kind.CIDR, "cidr", "10.0.0.0/32", "10.255.0.0/32"),
    (Kind.MACADDR, "macaddr", "00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff"),
    (Kind.BOOLEAN, "boolean", "f", "t"),
    (Kind.BLOB, "bytea", "\\x" + "00" * 20, "\\x" + "ff" * 20),
    (Kind.BIT, "bit(8)", "00000000", "11111111"),
    (Kind.TEXT, "text", "name 000000", "name 000999"),
    (Kind.TEXT, "text", "AAA", "ZZZ"),
    (Kind.TEXT, "text", "user0000@example.com", "user9999@example.com"),
    (Kind.TEXT, "text", "apple", "zebra crossing"),
]


@pytest.mark.parametrize(("kind", "native", "low", "high"), RANGES, ids=[f"{kind} {low}" for kind, _, low, _ in RANGES])
@pytest.mark.parametrize("count", [1, 2, 97])
def test_a_value_as_sql_is_the_twins(kind: Kind, native: str, low: str, high: str, count: int) -> None:
    count = min(count, 2) if kind is Kind.BOOLEAN else count
    expression = ordered(DataType(kind=kind, native=native), "k", count, low, high)
    expected = [value_at(kind, k, count, low, high) for k in range(count)]
    with embedded().scratch() as database:
        rows = database.user.execute(
            f"SELECT ({expression})::{native}::text FROM generate_series(0::bigint, {count - 1}) k".encode()
        ).fetchall()
        theirs = database.user.execute(
            f"SELECT t::{native}::text FROM unnest(%s::text[]) t".encode(), (expected,)
        ).fetchall()
    assert [row[0] for row in rows] == [row[0] for row in theirs]


@pytest.mark.parametrize("count", [1, 2, 3, 10, 97, 1000])
@pytest.mark.parametrize("seed", [0, 1, 4_000_000_000])
def test_a_permutation_meets_every_number_once(count: int, seed: int) -> None:
    with embedded().scratch() as database:
        sql = f"SELECT {permuted('i', count, seed)} FROM generate_series(0::bigint, {count - 1}) i"
        assert sorted(row[0] for row in database.user.execute(sql.encode()).fetchall()) == list(range(count))


@pytest.mark.parametrize(
    ("pattern", "limit", "different"),
    [
        (r"^[A-Z]{3}$", 3, 200),
        (r"^\+[1-9]\d{7,14}$", None, 200),
        (r"^[a-z0-9._-]+@[a-z]+\.(com|org)$", None, 200),
        (r"^#[0-9a-f]{6}$", None, 200),
        (r"^[a-z]+$", 6, 200),
        (r"^(draft|sent)$", None, 1),
        (r"^x?$", None, 1),
    ],
)
def test_a_pattern_gives_different_texts_that_it_matches(pattern: str, limit: int | None, different: int) -> None:
    expression = counted(pattern, "k", limit)
    assert expression is not None
    with embedded().scratch() as database:
        rows = database.user.execute(f"SELECT {expression} FROM generate_series(0::bigint, 199) k".encode()).fetchall()
    texts = [row[0] for row in rows]
    assert all(re.search(pattern, text) for text in texts)
    assert all(limit is None or len(text) <= limit for text in texts)
    assert len(set(texts)) >= different


@pytest.mark.parametrize("pattern", [r"(?=a)b", r"^(a)\1$", "[", r"^[a-z]{30}$"])
def test_a_pattern_that_is_not_understood_or_too_long_gives_none(pattern: str) -> None:
    assert counted(pattern, "k", 20) is None
