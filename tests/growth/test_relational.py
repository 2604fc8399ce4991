"""Entities, relations and access patterns as a relational schema with volumes, indexes and statements."""

from __future__ import annotations

from typing import Any

import pytest

from dbdesign.api.call import Call
from dbdesign.api.plan_scaling import plan_scaling
from dbdesign.engines.postgres import embedded
from dbdesign.errors import InputError
from dbdesign.growth.partition_proof import ddl_of
from dbdesign.model.design import Design
from dbdesign.model.patterns import Spread
from dbdesign.patterns.relational.design import only_patterns, with_relational
from dbdesign.patterns.relational.skew import exponent_of
from dbdesign.queries.placeholders import numbered
from dbdesign.twin.distribution import zipf_sum
from dbdesign.twin.profiles import resolve
from growth_plans import read
from growth_scenarios import SCENARIOS, derived
from nosql.mongodb.random_models import Maker

A = "entities:\n  a: {key: id, count: 1e6, attributes: {id: uuid, at: {type: timestamp, monotonic: true}, s: {type: string, size: 20}}}\n"
BY_KEY = "patterns:\n  - {name: x, reads: a, equal: id, rate: 5/s}\n"

TICKETING = """
CREATE TABLE event (
    event_id uuid PRIMARY KEY,
    starts_at timestamp with time zone NOT NULL,
    seats_left bigint NOT NULL,
    venue_id text NOT NULL,
    title text NOT NULL,
    details text NOT NULL
);
CREATE INDEX ON event (venue_id, starts_at);

CREATE TABLE booking (
    booking_id uuid PRIMARY KEY,
    customer_id uuid NOT NULL,
    event_id uuid NOT NULL REFERENCES event (event_id),
    booked_at timestamp with time zone DEFAULT now() NOT NULL,
    total numeric NOT NULL,
    payment jsonb NOT NULL
);
CREATE INDEX ON booking (customer_id, booked_at);

CREATE TABLE seat (
    event_id uuid NOT NULL REFERENCES event (event_id),
    held_until timestamp with time zone,
    booking_id uuid REFERENCES booking (booking_id),
    seat_no text NOT NULL,
    section text NOT NULL,
    price numeric NOT NULL,
    state text NOT NULL,
    PRIMARY KEY (event_id, seat_no)
);
CREATE INDEX ON seat (event_id, section, state) INCLUDE (seat_no, price);
CREATE INDEX ON seat (booking_id);
CREATE INDEX ON seat (held_until) WHERE state = 'held';
"""

STATEMENTS = {
    "free seats of a section": "SELECT t.seat_no, t.price FROM seat t WHERE t.event_id = $1 AND t.section = $2 AND t.state = $3 LIMIT 200",
    "hold a seat": "UPDATE seat t SET state = $1, held_until = $2 WHERE t.event_id = $3 AND t.seat_no = $4",
    "sell seats: seat": "UPDATE seat t SET booking_id = $1 WHERE t.event_id = $2 AND t.seat_no = $3",
    "count down": "UPDATE event t SET seats_left = t.seats_left + $1 WHERE t.event_id = $2",
    "booking": "SELECT t.*, j1.* FROM booking t LEFT JOIN seat j1 ON j1.booking_id = t.booking_id WHERE t.booking_id = $1",
    "holds that ran out": (
        "SELECT t.* FROM seat t WHERE t.held_until > $1 AND t.state = 'held' ORDER BY t.held_until LIMIT 500"
    ),
}


def ticketing() -> Design:
    return derived((SCENARIOS / "ticketing.yaml").read_text(encoding="utf-8"))[0]


def test_entities_become_tables_with_the_indexes_that_the_patterns_need() -> None:
    assert ddl_of(ticketing().schema_).strip() == TICKETING.strip()


def test_patterns_become_statements() -> None:
    found = {one.name: one.sql for one in ticketing().workload.queries}
    assert {name: found[name] for name in STATEMENTS if name != "holds that ran out"} == {
        name: sql for name, sql in STATEMENTS.items() if name != "holds that ran out"
    }
    assert "t.state = 'held' ORDER BY t.held_until LIMIT 500" in found["holds that ran out"]


def test_children_are_written_as_often_as_a_parent_has_them() -> None:
    sold = next(one for one in ticketing().workload.queries if one.name == "sell seats: seat")
    assert sold.rate == pytest.approx(15 * 1.9)
    assert sold.peak == pytest.approx(800 * 1.9)


def test_the_richest_parent_has_as_many_children_as_is_said() -> None:
    design = derived((SCENARIOS / "audit_log.yaml").read_text(encoding="utf-8"))[0]
    tenant = resolve(design).tables["entry"].columns["tenant_id"]
    assert 6e9 / zipf_sum(3000, tenant.skew) == pytest.approx(900e6, rel=0.01)


def test_a_tenant_is_as_hot_in_the_grandchildren_as_in_the_children() -> None:
    volumes = derived((SCENARIOS / "saas.yaml").read_text(encoding="utf-8"))[0].workload.volumes
    assert volumes["task"].columns["tenant_id"].skew == volumes["project"].columns["tenant_id"].skew
    assert volumes["task"].columns["tenant_id"].skew


@pytest.mark.parametrize(
    ("children", "expected"),
    [
        (Spread(average=10), None),
        (Spread(average=10, maximum=10), None),
        (Spread(average=10, maximum=10_000), 1 / 1000),
        (Spread(average=10, maximum=1e9), 0.6),
    ],
)
def test_an_exponent_gives_the_first_its_share(children: Spread, expected: float | None) -> None:
    exponent = exponent_of(children, 1_000_000)
    assert (exponent is None) == (expected is None)
    if exponent is not None:
        assert 1 / zipf_sum(1_000_000, exponent) == pytest.approx(expected, rel=0.02)


def test_the_99th_percentile_alone_gives_the_parent_of_that_rank_its_children() -> None:
    exponent = exponent_of(Spread(average=10, p99=60), 100_000)
    assert exponent
    assert 1e6 * 1000**-exponent / zipf_sum(100_000, exponent) == pytest.approx(60, rel=0.02)


def test_what_both_have_many_of_is_related_by_a_table_that_statements_join() -> None:
    design, said = derived(
        "entities:\n  post: {key: id, count: 1000, attributes: {id: uuid}}\n  tag: {key: id, count: 50, attributes: {id: uuid}}\n"
        "relations: [{parent: post, child: tag, children: 4, parents: 80}]\n"
        "patterns: [{name: x, reads: post, equal: id, together: [tag], rate: 5/s}]\n"
    )
    between = design.schema_.table_by_label["post_tag"]
    assert between.primary_key
    assert between.primary_key.columns == ("id", "tag_id")
    assert design.workload.volumes["post_tag"].rows == 4000
    assert (
        "LEFT JOIN post_tag m1 ON m1.id = t.id LEFT JOIN tag j1 ON j1.id = m1.tag_id" in design.workload.queries[0].sql
    )
    assert any("a table of their own" in one for one in said)


def test_an_update_inserts_one_row_of_each_that_is_named_together_with_it() -> None:
    design, _ = derived(
        "entities:\n  shop: {key: id, count: 1000, attributes: {id: uuid, name: {size: 9, mutable: true}}}\n"
        "  event: {key: no, count: 50_000, attributes: {no: uuid, id: uuid, what: {size: 9, mutable: true}}}\n"
        "relations: [{parent: shop, child: event, by: id, children: 50}]\n"
        "patterns:\n  - {name: rename, updates: shop, equal: id, changes: name, together: [event], rate: 5/s}\n"
        "  - {name: open, inserts: shop, together: [event], rate: 2/s}\n"
    )
    found = {one.name: (one.sql.split(" (")[0], one.rate) for one in design.workload.queries}
    assert found["rename: event"] == ("INSERT INTO event", 5)
    assert found["open: event"] == ("INSERT INTO event", 100)


def test_patterns_on_a_schema_that_is_there_become_statements_and_a_query_of_the_same_name_wins() -> None:
    design, _ = with_relational(
        read(
            "schema: create table a (id uuid primary key, s text not null);\n"
            "workload: [{name: own, sql: select id from a, rate: 1/s}]\n"
            "patterns:\n  - {name: own, reads: a, equal: id, rate: 5/s}\n  - {name: other, reads: a, equal: s, rate: 5/s}\n"
        )
    )
    assert [(one.name, one.sql) for one in design.workload.queries] == [
        ("own", "select id from a"),
        ("other", "SELECT t.* FROM a t WHERE t.s = $1"),
    ]
    assert design.schema_.tables[0].indexes == ()


@pytest.mark.parametrize("seed", range(12))
def test_whatever_a_model_says_its_schema_runs_and_its_statements_are_planned(seed: int) -> None:
    design, _ = with_relational(Design(schema=only_patterns(), access=Maker(seed).model()))
    with embedded().scratch() as database:
        assert not database.run_script(ddl_of(design.schema_)).failures
        for query in design.workload.queries:
            database.user.execute(f"EXPLAIN (GENERIC_PLAN) {numbered(query.sql)}".encode())
        for table in design.schema_.tables:
            keys = [index.keys for index in table.indexes if index.where is None]
            assert len(keys) == len(set(keys)), "no index twice"
    resolve(design)


@pytest.mark.parametrize(
    ("source", "arguments", "said"),
    [
        (A, {}, "no access pattern is given"),
        (A + BY_KEY.replace("5/s", "-5/s"), {}, "line 4: .* is not a rate"),
        (A + BY_KEY.replace("5/s", "1e12/s"), {}, "Check the unit"),
        (A + BY_KEY.replace("5/s", "5/s, peak: 1/s"), {}, "below the average"),
        (A + BY_KEY.replace("equal: id", "equal: idd"), {}, "names 'idd', which a does not have; did you mean id"),
        (A + BY_KEY.replace("5/s", "5/s, consistency: strong, stale: 5s"), {}, "exclude each other"),
        (A.replace("1e6", "0") + BY_KEY, {}, "how many rows"),
        (A.replace("count: 1e6, ", "") + BY_KEY, {}, "or a `count` to each entity"),
        (A + BY_KEY, {"horizon": "0mo"}, "is not a horizon"),
        (A + BY_KEY, {"horizon": "1200mo"}, "120mo or less"),
        ("engine: mysql 8.4\n" + A + BY_KEY, {}, "for PostgreSQL, not for mysql"),
        (A.replace(" s: {", f" {'s' * 70}: {{") + BY_KEY, {}, "63 bytes"),
        (
            "schema: create table a (id uuid primary key);\nvolumes: {a: {rows: 1e6}}\n" + BY_KEY.replace("id", "of"),
            {},
            "line 4: pattern 'x' names 'of', which a does not have",
        ),
    ],
)
def test_a_model_that_cannot_be_planned_is_refused_with_what_to_say(
    source: str, arguments: dict[str, Any], said: str
) -> None:
    with pytest.raises(InputError, match=said):
        plan_scaling(source, **arguments, call=Call())


def test_an_answer_names_the_schema_and_the_workload_that_were_derived_and_how() -> None:
    answer = plan_scaling(A + BY_KEY, call=Call())
    assert {"schema.sql", "workload.sql"} <= set(answer.files)
    assert any("the schema is derived from the entities" in one for one in answer.assumptions)
