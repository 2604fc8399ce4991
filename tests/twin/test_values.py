"""The values of a column: what the formulas make, in the server's own order, for every type."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, LiteralString, cast

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dbdesign.engines.postgres import embedded
from dbdesign.model.profile import ColumnProfile
from dbdesign.model.types import DataType, Kind
from dbdesign.twin.distribution import Contents, statistics_of
from dbdesign.twin.values import (
    ORDERED,
    capacity,
    compare,
    from_ordinal,
    number_of_rank,
    ordinal,
    stride,
    value_at,
)

NATIVE = {
    Kind.BOOLEAN: "boolean", Kind.INT8: "smallint", Kind.INT16: "smallint", Kind.INT24: "integer", Kind.INT32: "integer", Kind.INT64: "bigint",
    Kind.YEAR: "smallint", Kind.DECIMAL: "numeric", Kind.MONEY: "money", Kind.FLOAT32: "real", Kind.FLOAT64: "double precision",
    Kind.CHAR: "character(40)", Kind.VARCHAR: "character varying(40)", Kind.TEXT: "text", Kind.CITEXT: "citext", Kind.BINARY: "bytea",
    Kind.VARBINARY: "bytea", Kind.BLOB: "bytea", Kind.BIT: "bit(24)", Kind.VARBIT: "bit varying", Kind.DATE: "date",
    Kind.TIME: "time", Kind.TIMETZ: "timetz", Kind.TIMESTAMP: "timestamp", Kind.TIMESTAMPTZ: "timestamptz", Kind.INTERVAL: "interval",
    Kind.UUID: "uuid", Kind.INET: "inet", Kind.CIDR: "cidr", Kind.MACADDR: "macaddr",
}  # fmt: skip

SOME = [
    (Kind.INT32, 11, "0", "100", ["0", "10", "50", "100"]),
    (Kind.INT64, 3, "-5", "9000000000000000000", ["-5", "4499999999999999997", "9000000000000000000", "9000000000000000000"]),
    (Kind.DECIMAL, 3, "0", "1.50", ["0.00", "0.75", "1.50", "1.50"]),
    (Kind.FLOAT64, 3, "0", "1", ["0.0", "0.5", "1.0", "1.0"]),
    (Kind.BOOLEAN, 2, "f", "t", ["f", "t", "t", "t"]),
    (Kind.DATE, 366, "2024-01-01", "2024-12-31", ["2024-01-01", "2024-01-02", "2024-01-06", "2024-01-11"]),
    (Kind.TIMESTAMPTZ, 3, "2024-01-01 00:00:00+02", "2024-01-03", [
        "2023-12-31 22:00:00.000000+00", "2024-01-01 23:00:00.000000+00", "2024-01-03 00:00:00.000000+00", "2024-01-03 00:00:00.000000+00"]),
    (Kind.TIME, 25, "00:00:00", "12:00:00", ["00:00:00.000000", "00:30:00.000000", "02:30:00.000000", "05:00:00.000000"]),
    (Kind.INTERVAL, 3, "0 seconds", "1 day", ["0 seconds", "43200 seconds", "86400 seconds", "86400 seconds"]),
    (Kind.UUID, 2, "00000000-0000-4000-8000-000000000000", "ffffffff-ffff-4fff-8000-000000000000", [
        "00000000-0000-4000-8000-000000000000", *["ffffffff-ffff-4fff-8000-000000000000"] * 3]),
    (Kind.TEXT, 1000, "user000@example.com", "user999@example.com", [
        "user000@example.com", "user001@example.com", "user005@example.com", "user010@example.com"]),
    (Kind.CHAR, 676, "AA", "ZZ", ["AA", "AB", "AF", "AK"]),
    (Kind.TEXT, 100, "apple", "zoo", ["apple", "b01", "c05", "d10"]),
    (Kind.INET, 256, "10.0.0.0", "10.0.0.255", ["10.0.0.0", "10.0.0.1", "10.0.0.5", "10.0.0.10"]),
    (Kind.MACADDR, 256, "00:00:00:00:00:00", "00:00:00:00:00:ff", ["00:00:00:00:00:00", "00:00:00:00:00:01", "00:00:00:00:00:05", "00:00:00:00:00:0a"]),
    (Kind.BLOB, 256, r"\x0000", r"\xff00", [r"\x0000", r"\x0100", r"\x0500", r"\x0a00"]),
    (Kind.BIT, 16, "0000", "1111", ["0000", "0001", "0101", "1010"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "distinct", "low", "high", "expected"), SOME, ids=[f"{one[0]}-{one[2]}" for one in SOME]
)
def test_values_lie_evenly_between_the_least_and_the_greatest(
    kind: Kind, distinct: int, low: str, high: str, expected: list[str]
) -> None:
    assert [value_at(kind, k, distinct, low, high) for k in (0, 1, 5, 10)] == expected


def test_every_ordered_kind_has_a_type_on_the_server() -> None:
    assert set(NATIVE) == ORDERED


@pytest.mark.parametrize("distinct", [1, 2, 3, 4, 10, 97, 1000, 4096, 30030])
def test_every_value_has_one_rank(distinct: int) -> None:
    assert math.gcd(stride(distinct), distinct) == 1
    assert sorted(number_of_rank(rank, distinct) for rank in range(distinct)) == list(range(distinct))


def test_common_values_lie_evenly_among_all() -> None:
    first = sorted(number_of_rank(rank, 1_000_000) for rank in range(100))
    gaps = [later - earlier for earlier, later in pairwise(first)]
    assert max(gaps) < 3 * min(gaps)


WRONG = [(Kind.INT32, "1.5"), (Kind.INT32, "x"), (Kind.DATE, "yesterday"), (Kind.UUID, "1"), (Kind.BOOLEAN, "perhaps"), (Kind.INET, "::1"),
         (Kind.DECIMAL, "NaN"), (Kind.TIME, "25:00"), (Kind.JSONB, "{}"), (Kind.BLOB, "00"), (Kind.BIT, "2"), (Kind.MACADDR, "0")]  # fmt: skip


@pytest.mark.parametrize(("kind", "text"), WRONG)
def test_what_is_no_value_of_the_kind_is_refused(kind: Kind, text: str) -> None:
    with pytest.raises(ValueError, match=r"is not|have no order"):
        ordinal(kind, text)


# -- on the server ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server() -> Iterator[psycopg.Connection[Any]]:
    with embedded().scratch() as database:
        assert not database.run_script("create extension citext").failures
        yield database.user


@dataclass(frozen=True)
class Range:
    kind: Kind
    low: str
    high: str


SIZES: dict[Kind, tuple[int, int]] = {
    Kind.BOOLEAN: (0, 1), Kind.INT8: (-128, 127), Kind.INT16: (-(2**15), 2**15 - 1), Kind.INT24: (-(2**23), 2**23 - 1),
    Kind.INT32: (-(2**31), 2**31 - 1), Kind.INT64: (-(2**63), 2**63 - 1), Kind.YEAR: (1901, 2155), Kind.DECIMAL: (-(10**12), 10**12),
    Kind.MONEY: (-(10**12), 10**12), Kind.DATE: (-700_000, 2_900_000), Kind.TIME: (0, 86_399_999_999), Kind.TIMETZ: (0, 86_399_999_999),
    Kind.TIMESTAMP: (-62_000_000_000_000_000, 250_000_000_000_000_000), Kind.TIMESTAMPTZ: (-62_000_000_000_000_000, 250_000_000_000_000_000),
    Kind.INTERVAL: (-(10**10), 10**10), Kind.UUID: (0, 2**60 - 1), Kind.INET: (0, 2**32 - 1), Kind.CIDR: (0, 2**32 - 1),
    Kind.MACADDR: (0, 2**48 - 1), Kind.BINARY: (0, 2**48 - 1), Kind.VARBINARY: (0, 2**24 - 1), Kind.BLOB: (0, 2**60 - 1),
    Kind.BIT: (0, 2**24 - 1), Kind.VARBIT: (0, 2**10 - 1),
}  # fmt: skip
FORMS = {
    Kind.DECIMAL: ("0.00", "0.00"), Kind.MONEY: ("0.00", "0.00"), Kind.UUID: ("00000000-0000-4000-8000-000000000000",) * 2,
    Kind.BINARY: (r"\x" + "00" * 6,) * 2, Kind.VARBINARY: (r"\x" + "00" * 3,) * 2, Kind.BLOB: (r"\x" + "00" * 20,) * 2, Kind.BIT: ("0" * 24,) * 2,
    Kind.VARBIT: ("0" * 10,) * 2,
}  # fmt: skip


@st.composite
def ranges(draw: st.DrawFn) -> Range:
    kind = draw(st.sampled_from(sorted(ORDERED)))
    if kind in {Kind.FLOAT32, Kind.FLOAT64}:
        whole = st.integers(-(10**6), 10**6).map(lambda number: number / 8)
        low, high = sorted((draw(whole), draw(whole)))
        return Range(kind, repr(low), repr(high))
    if kind in SIZES:
        first, last = SIZES[kind]
        low, high = sorted((draw(st.integers(first, last)), draw(st.integers(first, last))))
        form = FORMS.get(kind, ("", ""))
        if kind is Kind.BLOB:  # 15 of its digits count
            return Range(kind, rf"\x{low:015x}0", rf"\x{high:015x}0")
        return Range(kind, from_ordinal(kind, low, *form), from_ordinal(kind, high, *form))
    return _texts(draw, kind)


def _texts(draw: st.DrawFn, kind: Kind) -> Range:
    if draw(st.booleans()):
        head = draw(st.sampled_from(["", "user ", 'q"uo\\te ', "ü-", "{a,b}"]))
        low, high = sorted((draw(st.integers(0, 10**6 - 1)), draw(st.integers(0, 10**6 - 1))))
        return Range(kind, f"{head}{low:06}", f"{head}{high:06}")
    letters = st.characters(
        codec="utf-8", exclude_categories=["Cs", "Cc"], max_codepoint=0x2FF if kind is Kind.CITEXT else None
    )
    text = st.text(letters, min_size=0, max_size=3).map(lambda one: one.strip())
    one, other = draw(text), draw(text)
    return Range(kind, one, other) if compare(kind, one, other) <= 0 else Range(kind, other, one)


def sorted_on(server: psycopg.Connection[Any], literal: str, native: str) -> tuple[int, bool]:
    """How many elements an array literal has, and whether they rise strictly."""
    sql = (
        f"select count(*), coalesce(bool_and(later is null or value < later), true) from (select value, lead(value) over (order by place) as later"
        f" from unnest(%s::{native}[]) with ordinality as u (value, place)) as pairs"
    )
    row = server.execute(cast(LiteralString, sql), [literal]).fetchone()
    assert row is not None
    return int(row[0]), bool(row[1])


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    span=ranges(),
    share=st.floats(0.001, 1),
    skew=st.sampled_from([0.0, 0.7, 1.0, 1.4]),
    rows=st.sampled_from([10, 5_000, 10**6, 10**9]),
)
def test_bounds_rise_strictly_in_the_servers_order(
    server: psycopg.Connection[Any], span: Range, share: float, skew: float, rows: int
) -> None:
    distinct = max(min(capacity(span.kind, span.low, span.high), rows * share), 1.0)
    profile = ColumnProfile(column="c", distinct=distinct, skew=skew, low=span.low, high=span.high)
    data_type = DataType(kind=span.kind, native=NATIVE[span.kind], length=40 if span.kind is Kind.CHAR else None)
    made = statistics_of(Contents(profile, data_type, float(rows), round(distinct)))
    common = 0
    if made.most_common_vals:
        common, _ = sorted_on(server, made.most_common_vals, NATIVE[span.kind])
        assert common == len(made.most_common_freqs)
        assert sum(made.most_common_freqs) <= 1 + 1e-6
    if made.histogram_bounds:
        bounds, rising = sorted_on(server, made.histogram_bounds, NATIVE[span.kind])
        assert rising, made.histogram_bounds
        assert 2 <= bounds <= 101
        if made.most_common_vals:
            overlap = server.execute(
                cast(LiteralString, f"select %s::{NATIVE[span.kind]}[] && %s::{NATIVE[span.kind]}[]"),
                [made.most_common_vals, made.histogram_bounds],
            ).fetchone()
            assert overlap == (False,)
