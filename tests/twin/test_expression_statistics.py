"""What ANALYZE collected of the expressions of CREATE STATISTICS is on the twin, so that plans over them are those of the loaded database."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import Any

import pytest

from dbdesign.engines.postgres import embedded
from dbdesign.engines.postgres.scratch import ScratchDatabase
from dbdesign.model.statistics import ColumnStatistics, ExtendedStatistics, Statistics
from dbdesign.twin.array_literal import join_array, split_array
from dbdesign.twin.catalog_statistics import read_document
from dbdesign.twin.dump import read_dump
from dbdesign.twin.extended_texts import items
from dbdesign.twin.snapshot import read_snapshot, redact, write_snapshot
from dbdesign.twin.statistics_document import interpret, parse_document
from dbdesign.twin.twin import Hypothetical, Twin, production_twin

LOADED = """
CREATE TYPE mood AS ENUM ('bad', 'fine', 'good');
CREATE FUNCTION shout(text) RETURNS text LANGUAGE sql IMMUTABLE RETURN upper($1) || '!';
CREATE TABLE visits (
    id bigint PRIMARY KEY, dropped int, email text NOT NULL, path text COLLATE "C", seen timestamptz NOT NULL, score int, weight real,
    tags text[], extra jsonb, feeling mood, "Odd {name}" int
);
ALTER TABLE visits DROP COLUMN dropped;
INSERT INTO visits SELECT g, 'Marker' || g % 700 || '@Example.org', '/marker/' || sqrt(g)::int, timestamptz '2017-05-05 05:05:05+00' + g * interval '7 minutes',
    CASE WHEN g % 4 > 0 THEN g % 90 END, CASE WHEN g % 50 = 0 THEN 'NaN'::real ELSE g % 33 END, ARRAY['marker' || g % 7, 'marker' || g % 11],
    jsonb_build_object('country', 'marker' || g % 12, 'token', md5((g % 60)::text)::uuid), (ARRAY['bad', 'fine', 'good'])[1 + (g % 10 > 6)::int]::mood, g % 5
FROM generate_series(1, 6000) g;
CREATE STATISTICS visits_mail ON lower(email) FROM visits;
CREATE STATISTICS visits_day ON (date_trunc('day', seen AT TIME ZONE 'UTC')) FROM visits;
CREATE STATISTICS visits_many (ndistinct, dependencies, mcv) ON score, (score % 10), (extra ->> 'country'), (score > 50) FROM visits;
CREATE STATISTICS visits_odd (mcv) ON (shout(path)), (weight * 2), (NULLIF(score, score)), ((seen AT TIME ZONE 'UTC')::date), ((extra ->> 'token')::uuid),
    (seen - timestamptz '2017-01-01 00:00+00'), (CASE WHEN score > 20 THEN 'good'::mood ELSE feeling END), (tags || tags[1]) FROM visits;
CREATE STATISTICS visits_some (dependencies) ON id, score, "Odd {name}" FROM visits;
CREATE TABLE events (tenant int NOT NULL, name text NOT NULL, at timestamptz NOT NULL) PARTITION BY LIST (tenant);
CREATE TABLE events_1 PARTITION OF events FOR VALUES IN (1);
CREATE TABLE events_2 PARTITION OF events FOR VALUES IN (2, 3);
INSERT INTO events SELECT 1 + g % 3, 'Marker' || g % 40 * (1 + g % 3), timestamptz '2024-01-01' + g * interval '1 minute' FROM generate_series(1, 9000) g;
CREATE STATISTICS events_name ON lower(name), (extract(hour FROM at AT TIME ZONE 'UTC')) FROM events;
CREATE STATISTICS events_2_name ON lower(name) FROM events_2;
"""

QUERIES = {
    "an equality": "select * from visits where lower(email) = 'marker5@example.org'",
    "a value that is not there": "select * from visits where lower(email) = 'nobody'",
    "a group": "select lower(email), count(*) from visits group by 1",
    "a range": "select * from visits where date_trunc('day', seen at time zone 'UTC') < '2017-05-20'",
    "groups of two": "select date_trunc('day', seen at time zone 'UTC'), count(*) from visits group by 1",
    "a group of many": "select score % 10, score, extra ->> 'country' from visits group by 1, 2, 3",
    "dependent expressions": "select * from visits where score % 10 = 3 and score > 50 and extra ->> 'country' = 'marker7'",
    "a column and an expression": "select * from visits where score = 23 and score % 10 = 3",
    "a function of one's own": "select * from visits where shout(path) < '/MARKER/12!'",
    "a number that is none": "select * from visits where weight * 2 > 60",
    "nulls": "select * from visits where nullif(score, score) is null",
    "a date": "select * from visits where (seen at time zone 'UTC')::date between '2017-06-01' and '2017-06-05'",
    "a uuid": "select * from visits where (extra ->> 'token')::uuid = md5('7')::uuid",
    "an interval": "select * from visits where seen - timestamptz '2017-01-01 00:00+00' < interval '130 days'",
    "an enum": "select * from visits where (case when score > 20 then 'good'::mood else feeling end) = 'good'",
    "an array": "select * from visits where (tags || tags[1]) @> array['marker3']",
    "a join": "select * from visits a join visits b on lower(a.email) = lower(b.email) where a.id < 50",
    "a sort of groups": "select extra ->> 'country', max(id) from visits where score > 50 group by 1 order by 1 limit 3",
    "a generic plan": "select * from visits where lower(email) = $1",
    "columns that depend": 'select * from visits where id = 7 and score = 7 and "Odd {name}" = 2',
    "partitions together": "select lower(name), count(*) from events group by 1",
    "hours of partitions": "select extract(hour from at at time zone 'UTC'), count(*) from events group by 1",
    "one partition": "select * from events where tenant = 2 and lower(name) = 'marker8'",
    "one partition by name": "select * from events_2 where lower(name) = 'marker8'",
}


def live(database: ScratchDatabase, *, values: bool = True) -> Statistics:
    with database.server.connect(database.name) as connection:
        connection.autocommit = False
        text = read_document(connection, values=values)
    return interpret(parse_document(text, where="live"), source="live")


def real(database: ScratchDatabase, query: str) -> dict[str, Any]:
    generic = ", generic_plan" if "$1" in query else ""
    row = database.user.execute(f"explain (format json{generic}) {query}".encode()).fetchone()
    assert row
    plan: dict[str, Any] = row[0][0]
    return plan


def as_19_writes(statistics: Statistics) -> str:
    """The calls that pg_dump of PostgreSQL 19 has beside those of 18."""
    tables = {"events_name": "events", "events_2_name": "events_2"}
    return "".join(
        "SELECT * FROM pg_catalog.pg_restore_extended_stats(\n\t'version', '190000'::integer,\n\t'schemaname', 'public',\n"
        f"\t'relname', '{tables.get(one.name, 'visits')}',\n\t'statistics_schemaname', 'public',\n\t'statistics_name', '{one.name}',\n"
        f"\t'inherited', '{'t' if one.inherited else 'f'}'::boolean{''.join(facts_of_19(one))}\n);\n"
        for one in statistics.extended
    )


def facts_of_19(one: ExtendedStatistics) -> Iterator[str]:
    together = [{"attributes": list(parts), "ndistinct": value} for parts, value in items(one.n_distinct or "{}")]
    if together:
        yield f",\n\t'n_distinct', '{json.dumps(together)}'::pg_catalog.pg_ndistinct"
    dependent = [
        {"attributes": list(parts[:-1]), "dependency": parts[-1], "degree": value}
        for parts, value in items(one.dependencies or "{}")
    ]
    if dependent:
        yield f",\n\t'dependencies', '{json.dumps(dependent)}'::pg_catalog.pg_dependencies"
    if one.most_common:
        rows = ",".join(join_array(values) for values, _, _ in one.most_common).replace("'", "''")
        yield f",\n\t'most_common_vals', '{{{rows}}}'::text[]"
        for name, place in (("freqs", 1), ("base_freqs", 2)):
            yield f",\n\t'most_common_{name}', '{{{','.join(str(row[place]) for row in one.most_common)}}}'::double precision[]"
    if one.expressions:
        by_position = {column.position or 0: described(column) for column in one.expressions}
        listed = [by_position.get(position) for position in range(1, max(by_position) + 1)]
        yield f",\n\t'exprs', '{json.dumps(listed).replace(chr(39), 2 * chr(39))}'::jsonb"


def described(column: ColumnStatistics) -> dict[str, str]:
    """Everything as text, lists of numbers as arrays."""
    facts = column.model_dump(exclude={"column", "position", "inherited"})
    return {
        name: "{" + ",".join(map(str, value)) + "}" if isinstance(value, tuple) else str(value)
        for name, value in facts.items()
        if value not in (None, ())
    }


Loaded = tuple[ScratchDatabase, Mapping[str, Twin]]


@pytest.fixture(scope="module")
def loaded() -> Iterator[Loaded]:
    with ExitStack() as stack:
        database = stack.enter_context(embedded().scratch())
        assert [failure.message for failure in database.run_script(LOADED).failures] == []
        database.user.execute("vacuum analyze")
        dump = read_dump(database.dump(statistics=True))
        known = live(database)
        sources = {
            "live": known,
            "snapshot": read_snapshot(write_snapshot(known), name="x"),
            "dump": dump.statistics,
            "dump of 19": read_dump(database.dump(statistics=True) + as_19_writes(known)).statistics,
        }
        yield (
            database,
            {name: stack.enter_context(production_twin(dump.statements, one)) for name, one in sources.items()},
        )


@pytest.mark.parametrize("source", ["live", "snapshot", "dump of 19"])
@pytest.mark.parametrize("query", [pytest.param(query, id=name) for name, query in QUERIES.items()])
def test_plans_over_expressions_are_those_of_the_loaded_database(loaded: Loaded, query: str, source: str) -> None:
    database, twins = loaded
    assert twins[source].explain(query).plan == real(database, query)
    assert twins[source].problems == []


def test_the_twin_of_a_dump_says_that_it_knows_nothing_of_them(loaded: Loaded) -> None:
    _, twins = loaded
    missing = [one for one in twins["dump"].problems if "pg_dump of PostgreSQL 18 leaves it out" in one]
    assert len(missing) == 7


def frequencies(statistics: Statistics) -> dict[str, dict[str, Any]]:
    """What redaction keeps of each expression, by object and position."""
    names = ("null_frac", "avg_width", "n_distinct", "correlation", "most_common_freqs", "most_common_elem_freqs")
    return {
        f"{one.name} {column.position} {one.inherited}": {name: getattr(column, name) for name in names}
        | {"bounds": len(split_array(column.histogram_bounds or "{}"))}
        for one in statistics.extended
        for column in one.expressions
    }


NO_STAND_IN = {"visits_odd 8 False": {"most_common_freqs": (), "bounds": 0}}
"""An array as a whole has none; its elements have."""


ENUMS = {"visits.feeling": "enum", "visits_odd.expression 7": "enum", "visits_odd.7": "enum"}
REFUSED = ["statistics of extended statistics visits_odd.expression 7: invalid input value for enum mood:"]
"""Nothing in the catalogs says that an expression is of an enum, so that its labels get stand-ins there."""


@pytest.mark.parametrize("where", ["on the server", "here"])
def test_redacted_statistics_of_expressions_keep_frequencies_and_hide_values(loaded: Loaded, where: str) -> None:
    database, _ = loaded
    known = live(database)
    hidden = live(database, values=False) if where == "on the server" else redact(known, ENUMS)
    text = write_snapshot(hidden)
    assert not re.findall(r"marker|example|2017-|2024-", text, re.IGNORECASE)
    expected = {name: facts | NO_STAND_IN.get(name, {}) for name, facts in frequencies(known).items()}
    assert frequencies(hidden) == expected
    assert [len(one.most_common) for one in hidden.extended] == [0, 100, 0, 0, 100, 0, 0]
    assert [len(one.most_common) for one in known.extended] == [0, 100, 0, 0, 100, 100, 0]
    with production_twin(read_dump(database.dump()).statements, read_snapshot(text, name="x")) as twin:
        said = [one for one in twin.problems if "of a type without stand-ins" not in one]
        assert [one.partition(' "')[0] for one in said] == (REFUSED if where == "on the server" else [])
        for query in (
            "select lower(email), count(*) from visits group by 1",
            "select lower(name) from events group by 1",
        ):
            assert twin.explain(query).plan == real(database, query)


HYPOTHETICAL = {
    "ON visits USING btree (lower(email))": "select id from visits where lower(email) = 'marker5@example.org'",
    "ON visits USING btree ((extra ->> 'country'), score)": "select * from visits where extra ->> 'country' = 'marker3' and score < 5",
    "ON visits USING btree (date_trunc('day', seen AT TIME ZONE 'UTC')) INCLUDE (score)": (
        "select date_trunc('day', seen at time zone 'UTC'), sum(score) from visits"
        " where date_trunc('day', seen at time zone 'UTC') < '2017-05-08' group by 1"
    ),
}


@pytest.mark.parametrize(("definition", "query"), HYPOTHETICAL.items())
def test_a_hypothetical_index_on_an_expression_is_planned_with_what_extended_statistics_know_of_it(
    loaded: Loaded, definition: str, query: str
) -> None:
    database, twins = loaded
    (index,) = twins["live"].add_indexes([definition])
    assert isinstance(index, Hypothetical)
    predicted = twins["live"].explain(query, [index])
    twins["live"].drop_indexes([index])
    database.user.execute(f"create index really {definition}".encode())
    try:
        database.user.execute("analyze visits")
        truth = real(database, query)
    finally:
        database.user.execute("drop index really")
    assert str(predicted.plan).count(index.name) == str(truth).count("really") > 0
    assert predicted.cost == pytest.approx(truth["Plan"]["Total Cost"], rel=0.005)
