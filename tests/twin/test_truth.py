"""The statistics of a profile against those that ANALYZE computes of generated rows with the same contents: 200,000 rows, of which it reads
a sample, and 20,000, which it reads whole.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any, LiteralString, cast

import pytest

from dbdesign.engines.postgres import embedded
from dbdesign.engines.postgres.scratch import ScratchDatabase
from dbdesign.model.types import Kind
from dbdesign.twin.distribution import Contents, zipf_sum
from dbdesign.twin.profiles import resolve
from dbdesign.twin.values import ordinal, stride
from dbdesign.twin.volumes import as_statistics, contents_of
from profile_designs import TODAY, design, restore

SIZES = (200_000, 20_000)

DDL = """
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy', 'elated');
CREATE TABLE parents (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text);
CREATE TABLE facts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    parent_id bigint NOT NULL REFERENCES parents,
    hot_parent_id bigint NOT NULL REFERENCES parents,
    status text NOT NULL CHECK (status IN ('new', 'paid', 'shipped', 'cancelled')),
    state text NOT NULL,
    mood mood,
    flag boolean NOT NULL,
    deleted_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    day date NOT NULL,
    amount numeric(10, 2) NOT NULL,
    quantity integer NOT NULL,
    score double precision,
    city text NOT NULL,
    title varchar(40),
    token uuid NOT NULL,
    address inet,
    code char(6) NOT NULL
);
"""
VOLUMES = """
  parents: {{rows: {parents}}}
  facts:
    rows: {rows}
    columns:
      hot_parent_id: {{distinct: {hot}, skew: zipf 1.1}}
      status: {{values: {{paid: 0.9, new: 0.07}}}}
      state: {{distinct: 40, skew: zipf 1.0}}
      mood: {{nulls: 30%, skew: zipf 1.5}}
      flag: {{values: {{"true": 0.02}}}}
      deleted_at: {{nulls: 97%, distinct: {few}}}
      amount: {{distinct: {amounts}, min: "0.50", max: "900.00"}}
      quantity: {{distinct: {few}, skew: zipf 0.8, min: "1", max: "5000"}}
      city: {{distinct: {cities}, skew: zipf 1.2, values: {{Berlin: 0.2}}}}
      day: {{correlation: 0.0}}
"""


def sizes(rows: int) -> dict[str, int]:
    """The numbers that go with a number of rows."""
    shares = {"parents": 0.15, "hot": 0.1, "few": 0.005, "amounts": 0.025, "cities": 0.015}
    return {"rows": rows} | {name: int(rows * share) for name, share in shares.items()}


def value_sql(contents: Contents, k: str, count: str) -> str:
    """The formula of `values.value_at` in SQL, for the number `k` of `count`."""
    low, high = contents.profile.low or "", contents.profile.high or ""
    kind = contents.type.kind
    if kind is Kind.FLOAT64:
        return f"({low} + ({high}::float8 - {low}) * {k} / ({count} - 1))"
    first, last = ordinal(kind, low, like=high), ordinal(kind, high, like=low)
    number = f"({first}::numeric + div(({k})::numeric * {last - first}, greatest({count} - 1, 1)))"
    if kind is Kind.UUID:
        digits = f"lpad(to_hex({number}::bigint), 15, '0')"
        return f"(overlay(overlay({digits} placing '4' from 13 for 0) || '8000' placing '' from 21 for 0) || '000000000000')::uuid"
    written = {
        Kind.INT32: f"{number}::integer",
        Kind.INT64: f"{number}::bigint",
        Kind.DECIMAL: f"({number} / 100)::numeric(10, 2)",
        Kind.DATE: f"date '1970-01-01' + {number}::integer",
        Kind.TIMESTAMPTZ: f"timestamptz '1970-01-01 00:00:00+00' + {number}::bigint * interval '1 microsecond'",
        Kind.INET: f"inet '0.0.0.0' + {number}::bigint",
    }
    if kind in written:
        return written[kind]
    same = next((i for i, (one, other) in enumerate(zip(low, high, strict=True)) if one != other), len(low))
    end = next((i for i, (one, other) in enumerate(zip(low[::-1], high[::-1], strict=True)) if one != other), 0)
    tail = low[len(low) - end :] if end else ""
    return f"('{low[:same]}' || lpad({number}::text, {len(low) - same - end}, '0') || '{tail}')"


def column_sql(contents: Contents, rows: int) -> str:
    """A random value of the column; `i` is the row's number, from 0."""
    profile, rest, count = contents.profile, contents.rest, max(round(contents.source), 1)
    if profile.unique or profile.correlation == 1:
        return value_sql(
            contents, f"least(i * {count}::bigint / {rows}, {count - 1})" if not profile.unique else "i", str(count)
        )
    if not profile.skew and rest > rows / 10:
        rank_sql = f"mod(mod(i * {stride(rows)}::bigint, {rows}), {rest})"
    elif profile.skew:
        total = zipf_sum(rest, profile.skew)
        bounds, sums = [], 0.0
        for rank in range(rest):
            sums += (rank + 1) ** -profile.skew / total
            bounds.append(sums)
        rank_sql = f"least(width_bucket(random(), '{{{','.join(map(repr, bounds))}}}'::float8[]), {rest - 1})"
    else:
        rank_sql = f"least(floor(random() * {max(rest, 1)})::bigint, {max(rest - 1, 0)})"
    number = f"mod({rank_sql} * {stride(count)}::numeric + {count // 2}, {count})"
    arms, sums = [], 0.0
    if profile.nulls:
        arms.append(f"when u < {profile.nulls} then null")
        sums = profile.nulls
    for value, share in profile.common:
        sums += share
        arms.append(f"when u < {sums!r} then '{value}'::{contents.type.native}")
    other = value_sql(contents, number, str(count)) if rest else f"'{profile.common[-1][0]}'::{contents.type.native}"
    return f"(select case {' '.join(arms)} else {other} end from (select random() + 0 * i as u) u)" if arms else other


PREDICATES = {
    "a number": "id = 4711",
    "a range of keys": "id between {rows} / 10 and {rows} / 10 * 3",
    "a parent": "parent_id = 17",
    "few parents": "parent_id in (1, 2, 3, 4, 5)",
    "low parents": "parent_id < {parents} / 30",
    "the hottest parent": "hot_parent_id = {{hot_parent_id:0}}",
    "a warm parent": "hot_parent_id = {{hot_parent_id:60}}",
    "a cold parent": "hot_parent_id = {{hot_parent_id:{cities}}}",
    "half of the hot parents": "hot_parent_id < {parents} / 2",
    "the commonest label": "status = 'paid'",
    "the other labels": "status <> 'paid'",
    "a rare label": "status = 'cancelled'",
    "two labels": "status in ('new', 'shipped')",
    "a hot text": "state = '{{state:0}}'",
    "a cold text": "state = '{{state:39}}'",
    "an enum": "mood = 'sad'",
    "no enum": "mood is null",
    "enums from one on": "mood >= 'happy'",
    "a true flag": "flag",
    "a false flag": "not flag",
    "live rows": "deleted_at is null",
    "deleted of late": "deleted_at > '2026-06-01'",
    "the last month": "created_at >= '2026-10-01'",
    "the first year": "created_at < '2024-11-01'",
    "a day": "day = '2025-06-01'",
    "a quarter": "day between '2025-01-01' and '2025-03-31'",
    "an amount": "amount = {{amount:7}}",
    "large amounts": "amount > 800",
    "amounts between": "amount between 100 and 150.5",
    "the hottest quantity": "quantity = {{quantity:0}}",
    "a warm quantity": "quantity = {{quantity:20}}",
    "quantities": "quantity < 1000",
    "scores": "score > 4",
    "the named city": "city = 'Berlin'",
    "a hot city": "city = '{{city:1}}'",
    "a cold city": "city = '{{city:{amounts}}}'",
    "cities from one on": "city >= '{{city:3}}'",
    "a title": "title = '{{title:5}}'",
    "no title": "title is null",
    "titles from one on": "title >= '{{title:3}}'",
    "a token": "token = '{{token:5}}'",
    "an eighth of the tokens": "token < '20000000-0000-0000-0000-000000000000'",
    "a network": "address >= '10.64.0.0' and address < '10.128.0.0'",
    "a code": "code = '{{code:5}}'",
    "labels of a hot parent": "hot_parent_id = {{hot_parent_id:0}} and status = 'new'",
}


class Loaded:
    """The facts: what ANALYZE says of them, and what the profile's statistics make of the same table."""

    def __init__(self, db: ScratchDatabase, rows: int) -> None:
        self.rows = rows
        made = design(DDL, VOLUMES.format(**sizes(rows)))
        profile = resolve(made, today=TODAY)
        facts = made.schema.table_by_label["facts"]
        self.contents = {one.name: contents_of(profile, made.schema, facts, one) for one in facts.columns}
        assert not db.run_script(DDL.replace(" REFERENCES parents", "")).failures
        self.connection = db.user
        values = ", ".join(column_sql(one, rows) for one in self.contents.values() if one is not None)
        self._run("select setseed(0.5)")
        self._run(f"insert into facts overriding system value select {values} from generate_series(0, {rows - 1}) i")
        self._run("analyze facts")
        self.truth = self._statistics()
        self.estimates = {name: self._estimate(predicate) for name, predicate in self.predicates().items()}
        self._run(
            "select pg_clear_attribute_stats('public', 'facts', attname, false) from pg_stats where tablename = 'facts'"
        )
        pages = self._run("select relpages from pg_class where relname = 'facts'")[0][0]
        [relation] = [one for one in as_statistics(profile, made.schema).relations if one.name == "facts"]
        restore(self.connection, relation, pages=pages)
        self.ours = self._statistics()
        self.twin = {name: self._estimate(predicate) for name, predicate in self.predicates().items()}

    def predicates(self) -> dict[str, str]:
        """The predicates with `{column:rank}` in the place of values."""

        def value(match: re.Match[str]) -> str:
            return str(self.contents[match[1]].value(int(match[2])))  # type: ignore[union-attr]

        return {
            name: re.sub(r"\{(\w+):(\d+)\}", value, predicate.format(**sizes(self.rows)))
            for name, predicate in PREDICATES.items()
        }

    def _run(self, sql: str) -> list[tuple[Any, ...]]:
        cursor = self.connection.execute(cast(LiteralString, sql))
        return cursor.fetchall() if cursor.description else []

    def _statistics(self) -> dict[str, dict[str, Any]]:
        rows = self._run(
            "select attname, n_distinct, null_frac, correlation, most_common_vals::text::text[], most_common_freqs,"
            " histogram_bounds::text::text[] from pg_stats where tablename = 'facts'"
        )
        names = ("distinct", "nulls", "correlation", "values", "shares", "bounds")
        return {row[0]: dict(zip(names, row[1:], strict=True)) for row in rows}

    def _estimate(self, predicate: str) -> float:
        plan = self._run(f"explain (format json) select * from facts where {predicate}")[0][0]
        return float(plan[0]["Plan"]["Plan Rows"])

    def actual(self, name: str) -> int:
        """How many rows there really are."""
        return int(self._run(f"select count(*) from facts where {self.predicates()[name]}")[0][0])


@pytest.fixture(scope="module", params=SIZES)
def loaded(request: pytest.FixtureRequest) -> Iterator[Loaded]:
    with embedded().scratch() as database:
        yield Loaded(database, request.param)


def off(one: float, other: float) -> float:
    """By what factor two numbers of rows differ; a single row is no difference."""
    low, high = sorted((max(one, 1.0), max(other, 1.0)))
    return high / low if high - low > 1 else 1.0


def test_sql_makes_the_same_values_by_the_same_formulas(loaded: Loaded) -> None:
    for name, contents in loaded.contents.items():
        if contents is None or not contents.rest or contents.type.kind is Kind.FLOAT64:
            continue
        count = max(round(contents.source), 1)
        for k in {0, 1, 7, count // 3, count // 2, count - 1}:
            if k < count:
                expected = contents.numbered(k, count)
                formula = value_sql(contents, f"{k}::bigint", str(count))
                assert loaded._run(f"select {formula} = '{expected}'::{contents.type.native}") == [(True,)], (
                    name,
                    k,
                    expected,
                )


def test_distinct_values_are_what_analyze_estimates(loaded: Loaded) -> None:
    def count(value: float) -> float:
        return value if value > 0 else -value * loaded.rows

    factors = {
        name: off(count(truth["distinct"]), count(loaded.ours[name]["distinct"]))
        for name, truth in loaded.truth.items()
    }
    assert {name: round(factor, 2) for name, factor in factors.items() if factor > 1.25} == {}


def test_shares_of_nulls_and_of_the_commonest_values_are_what_analyze_counts(loaded: Loaded) -> None:
    for name, truth in loaded.truth.items():
        assert truth["nulls"] == pytest.approx(loaded.ours[name]["nulls"], abs=0.01)
        ours = dict(zip(loaded.ours[name]["values"] or (), loaded.ours[name]["shares"] or (), strict=True))
        unlike = {
            value: (share, ours.get(value, 0.0))
            for value, share in zip(truth["values"] or (), truth["shares"] or (), strict=True)
            if share > 0.005 and abs(share - ours.get(value, 0.0)) > chance(ours.get(value, 0.0), loaded.rows)
        }
        assert unlike == {}, name


SAMPLE = 30_000
"""Rows that ANALYZE reads: 300 for each unit of the statistics target (`std_typanalyze`)."""


def chance(share: float, rows: int) -> float:
    """Five standard deviations of a share that is counted in a sample of rows that were themselves drawn at random: of some thousand
    comparisons none is beyond that in a thousand runs.
    """
    return 5 * math.sqrt(share * (1 - share) * (1 / rows + 1 / min(SAMPLE, rows)))


def test_correlation_is_what_analyze_measures(loaded: Loaded) -> None:
    unlike = {
        name: (truth["correlation"], loaded.ours[name]["correlation"])
        for name, truth in loaded.truth.items()
        if name != "deleted_at" and abs(truth["correlation"] - loaded.ours[name]["correlation"]) > 0.06
    }
    assert unlike == {}


def test_every_histogram_of_analyze_is_there_with_as_many_bounds(loaded: Loaded) -> None:
    for name, truth in loaded.truth.items():
        assert abs(len(truth["bounds"] or ()) - len(loaded.ours[name]["bounds"] or ())) <= 2, name


def test_the_planner_expects_as_many_rows_as_with_the_statistics_of_analyze(loaded: Loaded) -> None:
    unlike = {
        name: (round(estimate), round(loaded.twin[name]))
        for name, estimate in loaded.estimates.items()
        if off(estimate, loaded.twin[name]) > 1.5
    }
    assert unlike == {}


def test_the_planner_expects_as_many_rows_as_there_are_where_analyze_lets_it(loaded: Loaded) -> None:
    actual = {name: loaded.actual(name) for name in PREDICATES}
    unlike = {
        name
        for name, twin in loaded.twin.items()
        if off(actual[name], twin) > 1.5 and abs(actual[name] - twin) > 3 * math.sqrt(max(actual[name], twin))
    }
    assert unlike <= {"a cold city", "a cold parent"}  # Zipf's tail: the planner has one average for all of it
    assert unlike <= {name for name, estimate in loaded.estimates.items() if off(actual[name], estimate) > 1.5}
