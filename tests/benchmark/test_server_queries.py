"""Queries, values and results between PostgreSQL and other servers: translated where needed, sent as they are meant, compared as values."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from dbdesign.benchmark.parameters import Parameter
from dbdesign.benchmark.servers.catalogue import SERVERS
from dbdesign.benchmark.servers.compare import canonical, compare
from dbdesign.benchmark.servers.translate import translated
from dbdesign.benchmark.servers.values import elements_of, seconds_of, sent, unpacked, with_values
from dbdesign.readers.base import reader

CASES = yaml.safe_load((Path(__file__).parent / "translations.yaml").read_text())
SCHEMA = (
    reader("postgresql")
    .read(
        "create table orders (id bigint primary key, user_id bigint not null, placed_at timestamptz not null, note text, body jsonb not null);"
        'create table "Odd" ("Order" integer not null);'
    )
    .schema_
)


@pytest.mark.parametrize("case", CASES, ids=[one["sql"][:60] for one in CASES])
def test_a_query_is_translated_or_said_not_to_be(case: dict[str, Any]) -> None:
    found = translated(case["sql"], SERVERS["mysql"], SCHEMA, case.get("parameters", []), {("orders", "id"): "binary"})
    if "cannot" in case:
        assert case["cannot"] in str(found.error)
        return
    assert (found.error, found.sql, list(found.order or ())) == (None, case["mysql"], case["order"])
    assert case.get("says", "") in "; ".join(found.notes)


@pytest.mark.parametrize("name", ["postgresql", "citus", "cockroachdb"])
def test_a_server_of_postgresqls_protocol_gets_queries_as_they_are(name: str) -> None:
    for case in CASES:
        assert translated(case["sql"], SERVERS[name], SCHEMA, [], {}).sql == case["sql"]


PARAMETERS = (
    ("7", "integer", "equal", "int", 7, 7),
    ("12.30", "numeric", "equal", "decimal", {"decimal": "12.30"}, Decimal("12.30")),
    ("0.5", "double precision", "equal", "double", 0.5, 0.5),
    ("t", "boolean", "equal", "tinyint", 1, 1),
    ("f", "boolean", "equal", "tinyint", 0, 0),
    (
        "550e8400-e29b-41d4-a716-446655440000",
        "uuid",
        "equal",
        "binary",
        {"hex": "550e8400e29b41d4a716446655440000"},
        UUID("550e8400-e29b-41d4-a716-446655440000").bytes,
    ),
    ("550e8400-e29b-41d4-a716-446655440000", "uuid", "equal", "uuid", "550e8400-e29b-41d4-a716-446655440000", None),
    ("\\xff00", "bytea", "equal", "longblob", {"hex": "ff00"}, b"\xff\x00"),
    (
        "2026-01-01 02:00:00+02",
        "timestamp with time zone",
        "most",
        "datetime",
        "2026-01-01 00:00:00",
        "2026-01-01 00:00:00",
    ),
    ('{1,NULL,"3"}', "bigint[]", "array", "bigint", [1, None, 3], [1, None, 3]),
    ('{a,"b c"}', "text[]", "contains", "json", '["a", "b c"]', '["a", "b c"]'),
    ("3 days 04:00:00", "interval", "unknown", "", 273_600.0, 273_600.0),
    ("O'Hara", "text", "equal", "varchar", "O'Hara", "O'Hara"),
    (None, "integer", "equal", "int", None, None),
)


@pytest.mark.parametrize(("text", "kind", "role", "target", "told", "value"), PARAMETERS)
def test_a_value_is_sent_as_what_it_is(
    text: str | None, kind: str, role: Any, target: str, told: object, value: object
) -> None:
    parameter = Parameter(1, role, "orders", "o", "c")
    found = sent([text], [kind], [parameter], [1, 1], {("orders", "c"): target})
    assert found == [told, told]
    assert unpacked(found[0]) == (told if value is None and text is not None else value)


@settings(deadline=None)
@given(st.lists(st.one_of(st.none(), st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)), max_size=6))
def test_the_text_of_an_array_gives_its_elements(elements: list[str | None]) -> None:
    def written(one: str | None) -> str:
        return "NULL" if one is None else '"' + one.replace("\\", "\\\\").replace('"', '\\"') + '"'

    assert elements_of("{" + ",".join(map(written, elements)) + "}") == elements


@pytest.mark.parametrize(
    ("text", "seconds"), [("7 days", 604_800), ("-01:30:00", -5400), ("1 day 00:00:01.5", 86_401.5), ("00:00:00", 0)]
)
def test_an_interval_has_seconds(text: str, seconds: float) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["1 mon", "2 years 3 days", "soon"])
def test_an_interval_of_months_has_none(text: str) -> None:
    with pytest.raises(ValueError, match="no number of seconds"):
        seconds_of(text)


def test_values_are_written_in_place_of_parameters_but_not_in_texts() -> None:
    found = with_values(
        "select '$1' from t where a = $2 and b = $1 limit $3", ["O'Hara", None, "20"], ["text", "text", "bigint"]
    )
    assert found == "select '$1' from t where a = NULL and b = 'O''Hara' limit 20"


ALIKE: tuple[tuple[object, object], ...] = (
    (True, 1),
    (Decimal("12.30"), 12.3),
    (Decimal("1E+2"), 100),
    (Decimal("-0.00"), 0),
    (datetime(2026, 1, 1, 2, tzinfo=UTC), datetime(2026, 1, 1, 2)),
    (date(2026, 1, 1), datetime(2026, 1, 1)),
    (time(1, 2, 3), timedelta(hours=1, minutes=2, seconds=3)),
    (UUID("550e8400-e29b-41d4-a716-446655440000"), bytes.fromhex("550e8400e29b41d4a716446655440000")),
    (["a", "b"], '["a", "b"]'),
    ({"b": 1, "a": [True, None]}, '{"a": [true, null], "b": 1.0}'),
    ("$1,234.50", Decimal("1234.5000")),
    ("AB  ", "AB"),
    (b"\x01", memoryview(b"\x01")),
)


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_what_drivers_give_for_one_value_is_one_text(one: object, other: object) -> None:
    assert canonical(one) == canonical(other)


@pytest.mark.parametrize(
    ("one", "other"), [(None, ""), (1, "x"), ("a", "A"), (0.1, 0.2), ({"a": 1}, {"a": 2}), (b"a", b"b")]
)
def test_other_values_are_other_texts(one: object, other: object) -> None:
    assert canonical(one) != canonical(other)


COMPARED: tuple[tuple[list[Any], list[Any], bool, bool, str, str], ...] = (
    ([(1, "a"), (2, "b")], [(1, "a"), (2, "b")], True, False, "same", ""),
    ([(1,), (2,)], [(2,), (1,)], False, False, "same", ""),
    ([(1,), (2,)], [(2,), (1,)], True, False, "order", "another order"),
    ([(1,)], [(1,), (2,)], False, False, "rows", "1 rows on the embedded server, 2 here"),
    ([(Decimal("0.33333333"),)], [(Decimal("0.3333"),)], False, False, "rounded", "4 digits"),
    (
        [(1, "a"), (2, "b")],
        [(1, "a"), (2, "c")],
        False,
        False,
        "values",
        "1 of 2 rows differ, such as 'b' on the embedded server and 'c' here (column 2)",
    ),
    ([(1,)], [(2,)], True, True, "values", "each server may choose others"),
    ([(1,)], [(1, 2)], False, False, "values", "1 columns on the embedded server, 2 here"),
    ([], [], True, True, "same", ""),
)


@pytest.mark.parametrize(("mine", "theirs", "ordered", "limited", "verdict", "said"), COMPARED)
def test_two_results_are_the_same_or_the_difference_is_said(
    mine: list[Any], theirs: list[Any], ordered: bool, limited: bool, verdict: str, said: str
) -> None:
    found = compare(mine, theirs, ordered=ordered, limited=limited)
    assert found.verdict == verdict
    assert said in found.said
    assert (found.checksums[0] == found.checksums[1]) == (verdict in {"same", "order"})
