"""Each operator that PostgreSQL has beside B-trees' gets the index that serves it: made on the twin, and used in the planner's plan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from dbdesign.api.call import Call
from dbdesign.api.twin_source import TwinInput, twin_input
from dbdesign.indexes.access_methods import PG_TRGM, extension_of, offered
from dbdesign.indexes.candidate import Candidate
from dbdesign.indexes.candidates import Facts, candidates_of
from dbdesign.queries.analysis import analyse
from dbdesign.twin.twin import Hypothetical, Twin, production_twin

DESIGN = """
engine: postgresql
schema: |
  create extension vector; create extension hstore; create extension ltree;
  create table booking (
    id bigint primary key, room bigint not null, during tstzrange not null, starts timestamptz not null, ends timestamptz not null);
  create table place (id bigint primary key, at point not null, area box not null, attributes hstore not null, path ltree not null);
  create table event (
    id bigint primary key, tenant bigint not null, ip inet not null, payload jsonb not null, tags text[] not null, title text not null,
    email varchar(200) not null, code text collate "C" not null, words tsvector not null, happened_at timestamptz not null,
    meaning vector(3) not null);
workload: [{name: any, sql: select 1 from event}]
volumes:
  booking: {rows: 2e7, columns: {room: {distinct: 1e4}}}
  place: {rows: 1e7}
  event: {rows: 5e7, columns: {tenant: {distinct: 1e4}, title: {width: 60}, email: {distinct: 5e7}, code: {distinct: 5e7}}}
"""

SERVED = {
    "select id from event where payload @> $1": "ON public.event USING gin (payload jsonb_path_ops)",
    "select id from event where payload @? '$.a[*] ? (@.b == 1)'": "ON public.event USING gin (payload jsonb_path_ops)",
    "select id from event where payload @@ '$.a == 1'": "ON public.event USING gin (payload jsonb_path_ops)",
    "select id from event where payload ?| array['a', 'b']": "ON public.event USING gin (payload)",
    "select id from event where (payload -> 'a') @> $1": "ON public.event USING gin ((payload -> 'a') jsonb_path_ops)",
    "select id from event where $1 <@ tags": "ON public.event USING gin (tags)",
    "select id from event where tenant = $1 and tags && $2": "ON public.event USING gin (tenant, tags)",
    "select id from event where words @@ to_tsquery('english', $1)": "ON public.event USING gin (words)",
    "select id from event where to_tsvector('english', title) @@ plainto_tsquery('english', $1)": (
        "ON public.event USING gin ((to_tsvector('english', title)))"
    ),
    "select id from event where ip >>= '10.1.2.3'": "ON public.event USING gist (ip inet_ops)",
    "select id from event where title % 'late'": "ON public.event USING gin (title gin_trgm_ops)",
    "select id from event where 'late' <% title": "ON public.event USING gin (title gin_trgm_ops)",
    "select id from event where lower(title) like '%late%'": "ON public.event USING gin ((lower(title)) gin_trgm_ops)",
    "select id from event where email like 'ann%'": "ON public.event (email varchar_pattern_ops)",
    "select id from event where email ~ '^ann'": "ON public.event (email varchar_pattern_ops)",
    "select id from event where code like 'ann%'": "ON public.event (code)",
    "select id from event order by title <-> 'late' limit 10": "ON public.event USING gist (title gist_trgm_ops)",
    "select id from event order by meaning <=> $1 limit 10": "ON public.event USING hnsw (meaning vector_cosine_ops)",
    "select id from event order by meaning <#> $1 limit 10": "ON public.event USING hnsw (meaning vector_ip_ops)",
    "select id from booking where during && tstzrange($1, $2)": "ON public.booking USING gist (during)",
    "select id from booking where now() <@ during": "ON public.booking USING gist (during)",
    "select id from booking where during -|- $1": "ON public.booking USING gist (during)",
    "select id from booking where room = $1 and during && $2": "ON public.booking USING gist (room, during)",
    "select id from booking where tstzrange(starts, ends) && $1": "ON public.booking USING gist ((tstzrange(starts, ends)))",
    "select id from place order by at <-> point (1, 2) limit 10": "ON public.place USING gist (at)",
    "select id from place where at <@ box '((0,0),(1,1))'": "ON public.place USING gist (at)",
    "select id from place where area operator(pg_catalog.&&) $1": "ON public.place USING gist (area)",
    "select id from place where path <@ 'a.b'": "ON public.place USING gist (path)",
    "select id from place where attributes ? 'a'": "ON public.place USING gin (attributes)",
    "select id from event where (happened_at, id) < ($1, $2) order by happened_at desc, id desc limit 9": (
        "ON public.event (happened_at, id)"
    ),
    "select * from event where (tenant, title) in (($1, $2), ($3, $4))": "ON public.event (title, tenant)",
    "select max(happened_at) from event where tenant = $1": "ON public.event (tenant, happened_at)",
    "select id, rank() over (partition by tenant order by happened_at desc) from event": (
        "ON public.event (tenant, happened_at DESC) INCLUDE (id)"
    ),
    "select id from event where date_trunc('day', happened_at, 'utc') = $1": (
        "ON public.event ((date_trunc('day', happened_at, 'utc')))"
    ),
    "select tenant, title, count(*) from event group by rollup (tenant, title)": "ON public.event (tenant, title)",
}


@dataclass(frozen=True)
class Asked:
    """A twin with what candidates depend on."""

    twin: Twin
    given: TwinInput
    facts: Facts

    def candidates(self, sql: str) -> list[Candidate]:
        uses = analyse(sql, self.given.design.schema_, "postgres").uses
        return list(dict.fromkeys(one for use in uses for one in candidates_of(use, self.facts, partial=False)))


@pytest.fixture(scope="module")
def asked() -> Iterator[Asked]:
    given = twin_input(DESIGN, Call())
    with production_twin(given.ddl, given.statistics) as twin:
        schema = given.design.schema_
        everything = [use for sql in SERVED for use in analyse(sql, schema, "postgres").uses]
        extensions = offered(twin, schema, everything)
        relations = {one.label: one for one in twin.relations.values()}

        def distinct(label: str, name: str) -> float:
            column = twin.column(relations[label], name)
            return abs(column.n_distinct) if column else 1.0

        facts = Facts(lambda label: twin.rows(relations[label]), distinct, lambda *_: 16.0, lambda *_: 0.0, extensions)
        yield Asked(twin, given, facts)


@pytest.mark.parametrize("sql", SERVED)
def test_an_operator_gets_the_index_that_serves_it(sql: str, asked: Asked) -> None:
    expected = SERVED[sql]
    assert expected in [one.definition for one in asked.candidates(sql)]
    (index,) = asked.twin.add_indexes([expected])
    assert isinstance(index, Hypothetical), index
    before, after = asked.twin.explain(sql, []), asked.twin.explain(sql, [index])
    assert index.name in after.indexes
    assert after.cost < before.cost


@pytest.mark.parametrize(
    "sql",
    [
        "select id from place where area @> point(1, 2)",
        "select id from event order by title <-> 'late' desc limit 10",
        "select id from event where not (payload @> $1)",
        "select id from event where payload <@ $1",
        "select id from event where $1 = any (tags)",
        "select id from event where title not like 'a%'",
    ],
)
def test_what_no_index_serves_gets_none_that_the_planner_would_take(sql: str, asked: Asked) -> None:
    made = asked.twin.add_indexes([one.definition for one in asked.candidates(sql) if one.method != "btree"])
    shown = [one for one in made if isinstance(one, Hypothetical)]
    assert not asked.twin.explain(sql, shown).indexes & {one.name for one in shown}


def test_every_candidate_of_these_operators_can_be_built(asked: Asked) -> None:
    found = {
        one.definition: sql for sql in SERVED for one in asked.candidates(sql) if one.method in {"gin", "gist", "hnsw"}
    }
    refused = [one for one in asked.twin.add_indexes(list(found)) if isinstance(one, str)]
    assert not refused


def test_an_index_says_which_extension_it_needs(asked: Asked) -> None:
    needed = {
        one.definition: extension_of(one)
        for sql in ("select 1 from event where title % 'x'", "select 1 from booking where room = $1 and during && $2")
        for one in asked.candidates(sql)
    }
    assert needed["ON public.event USING gin (title gin_trgm_ops)"] == PG_TRGM
    assert needed["ON public.booking USING gist (room, during)"] == "btree_gist"
    assert needed["ON public.booking USING gist (during)"] is None
