"""What a node does in the whole statement, and the blocks that it touches: against what a loaded server really does."""

from __future__ import annotations

import json
from typing import Any, LiteralString, cast

import pytest

from dbdesign.engines.postgres.scratch import ScratchDatabase
from dbdesign.model.workload import LatencyTarget
from dbdesign.simulate.conditions import conjuncts, outer_columns, standalone
from dbdesign.simulate.latency import Latency, count, duration
from dbdesign.simulate.plans import divisor
from simulate_designs import simulated

DDL = """
CREATE TABLE parents (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE children (id bigint PRIMARY KEY, parent_id bigint NOT NULL REFERENCES parents, kind text NOT NULL, amount integer NOT NULL);
CREATE INDEX children_parent ON children (parent_id);
"""
VOLUMES = """
  parents: 10M
  children: {rows: 100M, columns: {parent_id: {distinct: 10M}, kind: {distinct: 4}}}
"""


def test_the_inner_side_of_a_nested_loop_runs_once_for_each_outer_row() -> None:
    [one] = simulated(
        DDL, VOLUMES, ["select c.amount from parents p join children c on c.parent_id = p.id where p.id < 500"]
    )
    assert one.plan is not None
    inner = next(node for node in one.plan.nodes if node.index and node.index.name == "children_parent")
    outer = next(node for node in one.plan.nodes if node.table and node.table.label == "parents")
    assert inner.loops == pytest.approx(outer.rows)
    assert inner.total_rows == pytest.approx(outer.rows * 10, rel=0.2)


def test_a_limit_asks_for_a_share_of_what_is_below_it() -> None:
    [one] = simulated(DDL, VOLUMES, ["select * from children order by id limit 50"])
    assert one.plan is not None
    scan = one.plan.nodes[-1]
    assert scan.total_rows == pytest.approx(50, rel=0.05)
    assert one.pages.total < 60


def test_what_is_materialised_is_read_once() -> None:
    [one] = simulated(
        DDL,
        VOLUMES,
        ["select * from children c join parents p on p.name <> c.kind where c.id < 500 and p.id < 3000"],
        settings={"enable_hashjoin": "off", "enable_mergejoin": "off"},
    )
    assert one.plan is not None
    kept = next(node for node in one.plan.nodes if node.type == "Materialize")
    assert kept.loops > 100
    assert kept.children[0].loops == 1


def test_a_search_by_a_later_column_passes_all_entries_before_it() -> None:
    ddl = f"{DDL} DROP INDEX children_parent; CREATE INDEX ON children (id, parent_id);"
    [one] = simulated(
        ddl, VOLUMES, ["select id from children where parent_id = $1"], settings={"enable_seqscan": "off"}
    )
    assert one.plan is not None
    scan = next(one.plan.scans())
    assert scan.entries == pytest.approx(100e6)
    assert one.pages.total > 250_000


def test_a_sequential_scan_touches_every_block_and_a_point_look_up_a_handful() -> None:
    whole, point = simulated(
        DDL, VOLUMES, ["select * from children where amount = -1", "select * from children where id = $1"]
    )
    assert whole.pages.sequential > 500_000
    assert 3 <= point.pages.total <= 6


def test_the_rows_that_an_index_finds_before_its_filter_are_the_planners_own_estimate() -> None:
    [one] = simulated(DDL, VOLUMES, ["select * from children where parent_id between 500000 and 501000 and kind = $1"])
    assert one.plan is not None
    scan = next(one.plan.scans())
    assert scan.examined == pytest.approx(10_000, rel=0.5)
    assert scan.rows < (scan.examined or 0.0) / 3


LOADED = """
CREATE TABLE t (id bigint PRIMARY KEY, a integer NOT NULL, b integer NOT NULL, pad text NOT NULL);
INSERT INTO t SELECT i, hashint8(i) % 5000, i / 100, repeat('x', 60) FROM generate_series(1, 200000) i;
CREATE INDEX t_a ON t (a);
CREATE INDEX t_b ON t (b);
VACUUM ANALYZE t;
"""


@pytest.mark.parametrize(
    "query",
    [
        "select * from t where a = 7",
        "select * from t where b between 5 and 40",
        "select * from t",
        "select * from t where id = 77777",
    ],
)
def test_estimated_blocks_are_near_to_those_that_a_loaded_server_touches(db: ScratchDatabase, query: str) -> None:
    from dbdesign.simulate.conditions import Asker
    from dbdesign.simulate.pages import pages_of
    from dbdesign.simulate.plans import read_plan
    from dbdesign.simulate.relations import Catalog

    for statement in LOADED.split(";\n"):
        if statement.strip():
            db.user.execute(cast(LiteralString, statement))
    db.user.execute("set max_parallel_workers_per_gather = 0")
    db.user.execute("set jit = off")
    row = db.user.execute(cast(LiteralString, f"explain (analyze, buffers, format json) {query}")).fetchone()
    assert row is not None
    really = row[0][0]["Plan"]
    touched = really["Shared Hit Blocks"] + really["Shared Read Blocks"]
    twin = _loaded(db)
    plan = read_plan(json.loads(json.dumps(row[0][0])), Catalog(twin), Asker(twin))
    estimated = pages_of(plan, Catalog(twin)).total
    assert estimated == pytest.approx(touched, rel=0.35, abs=3)


def _loaded(db: ScratchDatabase) -> Any:
    """A loaded database with the interface of a twin, as far as blocks are asked for."""
    from dbdesign.model.statistics import ColumnStatistics, Statistics
    from dbdesign.twin.relations import Relation, read_relations
    from dbdesign.twin.settings import ServerSettings

    sizes: dict[int, tuple[float, float]] = {
        oid: (pages, rows)
        for oid, pages, rows in db.admin.execute("select oid::bigint, relpages, reltuples from pg_class").fetchall()
    }

    class Loaded:
        def __init__(self) -> None:
            self.relations = {one.oid: one for one in read_relations(db.admin, db.server.data_folder)}

        statistics = Statistics(source="loaded")
        settings = ServerSettings(
            {
                name: (value, unit)
                for name, value, unit in db.user.execute("select name, setting, coalesce(unit, '') from pg_settings")
            }
        )

        def pages(self, relation: Relation) -> float:
            return sizes[relation.oid][0]

        def rows(self, relation: Relation) -> float:
            return sizes[relation.oid][1]

        def column(self, relation: Relation, name: str) -> ColumnStatistics | None:
            row = db.user.execute(
                "select correlation from pg_stats where tablename = %s and attname = %s", (relation.name, name)
            ).fetchone()
            return ColumnStatistics(column=name, correlation=row[0]) if row else None

        def explain(self, query: str) -> Any:
            raise AssertionError(query)

    return Loaded()


@pytest.mark.parametrize(
    ("condition", "parts"),
    [
        ("((a = 1) AND (b > 2))", ["(a = 1)", "(b > 2)"]),
        ("(a = 1)", ["(a = 1)"]),
        ("((a = ' AND ') AND ((b = 1) OR (c = 2)))", ["(a = ' AND ')", "((b = 1) OR (c = 2))"]),
        ("((((a)::text = 'x'::text) AND (b = 2)) AND (c = 3))", ["((a)::text = 'x'::text)", "(b = 2)", "(c = 3)"]),
    ],
)
def test_conditions_come_apart_at_their_outer_ands(condition: str, parts: list[str]) -> None:
    assert conjuncts(condition) == parts


def test_what_only_its_plan_knows_becomes_a_parameter_of_a_condition() -> None:
    assert (
        standalone("((x.a = o.id) AND (x.b = $2) AND (c = (InitPlan 1).col1))", "x")
        == "((x.a = $4) AND (x.b = $2) AND (c = $3))"
    )
    assert standalone("(a = 'it''s o.k.')", "x") == "(a = 'it''s o.k.')"
    assert outer_columns("(x.a = o.id)", "x")
    assert not outer_columns("(x.a = 'o.id')", "x")


def test_a_leader_helps_less_the_more_workers_there_are() -> None:
    assert [divisor(workers) for workers in (0, 1, 2, 4)] == pytest.approx([1.0, 1.7, 2.4, 4.0])


@pytest.mark.parametrize(
    ("warm", "expected", "verdict"),
    [
        (0.1, 1, "plausible"),
        (0.1, 15, "doubtful"),
        (0.1, 500, "implausible"),
        (100, 100, "implausible"),
        (15, 15, "doubtful"),
    ],
)
def test_a_target_is_judged_by_orders_of_magnitude(warm: float, expected: float, verdict: str) -> None:
    assert Latency(warm, expected, "because").against(LatencyTarget(milliseconds=20))[0] == verdict


def test_numbers_are_said_as_people_say_them() -> None:
    assert [duration(one) for one in (0.001, 0.14, 37, 1900, 4e5, 9e6)] == [
        "less than 0.01 ms",
        "0.1 ms",
        "40 ms",
        "2 s",
        "7 min",
        "2 h",
    ]
    assert [count(one) for one in (3, 12_345, 4.56e6, 2e9)] == ["3", "12,345", "4.56 million", "2 billion"]
