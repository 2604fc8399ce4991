"""The tool `benchmark_schema`: names that scripts use, reports where they are wanted, mistakes before any work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dbdesign.api.access import Access
from dbdesign.api.benchmark_answer import BenchmarkSchemaAnswer
from dbdesign.api.benchmark_schema import benchmark_schema
from dbdesign.api.call import Call, CancelledError
from dbdesign.api.paging import tokens
from dbdesign.errors import AccessError, DesignError, InputError

DESIGN = """\
engine: postgresql 18
schema: |
  create table users (id bigint generated always as identity primary key, email text not null unique);
  create table orders (id bigint generated always as identity primary key, user_id bigint not null references users, number text not null);
targets: {latency: p95 10s}
workload:
  - {name: sign in, sql: select id from users where email = $1, rate: 5/s}
  - {name: by number, sql: select * from orders where number = $1, rate: 5/s}
volumes:
  users: 1000
  orders: {rows: 10k, growth: 10% per month}
"""


def test_it_gives_the_names_that_scripts_use(tmp_path: Path) -> None:
    steps: list[tuple[float, str]] = []
    call = Call(access=Access.beneath(tmp_path), progress=lambda done, said: steps.append((done, said)))
    answer = benchmark_schema(
        DESIGN,
        format="design",
        rows=3000,
        seconds=0.5,
        connections=2,
        indexes=["create index on orders (number)"],
        at="24mo",
        write_to="out/",
        call=call,
    )
    found = answer.structured()
    assert next(iter(found)) == "summary"
    assert found["proof"].startswith("executed on PostgreSQL 18.")
    assert found["proof"].endswith(f"with {found['rows']:,} rows")
    assert [one["title"] for one in found["runs"]] == ["before", "after"]
    by_number = found["queries"][1]
    assert by_number["name"] == "by number"
    assert by_number["target"] == "p95 ≤ 10000 ms"
    assert {
        "executions",
        "p50_ms",
        "p95_ms",
        "p99_ms",
        "per_second",
        "rows",
        "shared_hit",
        "estimated_rows",
        "met",
    } <= by_number["after"].keys()
    assert by_number["before"]["access"][0] == "Seq Scan on orders"
    assert "orders_number_idx" in by_number["after"]["access"][-1]
    assert by_number["after"]["twin"]["same_plan"] is True
    assert by_number["after"]["twin"]["rows_factor"] == 1
    assert found["indexes"][0]["bytes"] > 0
    assert {one["name"]: one["rows"] for one in found["tables"]}.keys() == {"users", "orders"}
    assert found["plans"][0]["plan"][0]["Plan"]["Node Type"]
    assert found["files"] == ["out/schema.benchmark.md", "out/schema.benchmark.html"]
    assert (tmp_path / "out" / "schema.benchmark.html").read_text().startswith("<!doctype html>")
    assert "2 → 2 of 2 latency targets met" in answer.summary
    assert answer.readable.startswith(answer.summary)
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)
    assert any("filling orders" in said for _, said in steps)


def test_the_advised_indexes_are_built_for_the_second_run_without_being_named() -> None:
    answer = benchmark_schema(DESIGN, format="design", rows=3000, seconds=0.3, connections=2, budget="1GB")
    assert "CREATE INDEX CONCURRENTLY orders_number_idx ON public.orders (number);" in [
        one.ddl for one in answer.indexes
    ]
    assert {one.error for one in answer.indexes} == {None}
    assert answer.queries[1].before.access == ["Seq Scan on orders"]
    assert answer.queries[1].after
    assert answer.queries[1].after.access[-1].endswith("Scan on orders_number_idx")
    assert "bring the workload's cost to" in answer.notes[0]


def test_where_no_index_is_worth_building_there_is_one_run() -> None:
    keys = DESIGN.replace("number = $1", "id = $1").replace("email = $1", "id = $1")
    answer = benchmark_schema(keys, format="design", rows=500, seconds=0.2, advise=True)
    assert [one.title for one in answer.runs] == ["workload"]
    assert "no index is worth building" in answer.notes[0]


def test_pages_are_of_one_measurement_and_within_the_budget() -> None:
    def ask(page: int) -> BenchmarkSchemaAnswer:
        return benchmark_schema(DESIGN, format="design", rows=500, seconds=0.2, page=page, call=Call(tokens=2_000))

    first = ask(1)
    pages = [first, *(ask(number) for number in range(2, first.pages + 1))]
    assert first.pages > 1
    assert len({page.load_seconds for page in pages}) == 1
    assert [one.name for page in pages for one in page.queries] == ["sign in", "by number"]
    assert len([one for page in pages for one in page.plans]) == 2
    assert all(tokens(page.readable) < 2_000 for page in pages)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"rows": 0}, "rows"),
        ({"rows": 1e12}, "rows"),
        ({"seconds": 0}, "seconds"),
        ({"connections": 1000}, "connections"),
        ({"indexes": ["drop table users"]}, "does not create or drop an index"),
        ({"at": "soon"}, "24mo"),
        ({"budget": "lots"}, "is not a size"),
        ({"advise": True, "indexes": ["create index on orders (number)"]}, "goes without indexes"),
        ({"write_to": "report.pdf"}, "neither a folder"),
        ({"write_to": "there.md"}, "exists already"),
    ],
)
def test_mistakes_are_told_before_any_work(arguments: dict[str, Any], said: str, tmp_path: Path) -> None:
    (tmp_path / "there.md").write_text("mine")
    with pytest.raises((InputError, AccessError), match=said):
        benchmark_schema(DESIGN, format="design", call=Call(access=Access.beneath(tmp_path)), **arguments)


def test_a_schema_of_another_engine_is_refused_with_the_way_out() -> None:
    with pytest.raises(DesignError, match="Generate it for postgresql first"):
        benchmark_schema("CREATE TABLE `t` (`id` int AUTO_INCREMENT PRIMARY KEY) ENGINE=InnoDB;", format="mysql")


def test_a_cancelled_benchmark_ends_soon() -> None:
    call = Call()

    def cancel(_done: float, said: str) -> None:
        if said.startswith("running"):
            call.cancelled.set()

    with pytest.raises((CancelledError, DesignError), match="cancelled"):
        benchmark_schema(
            DESIGN, format="design", rows=500, seconds=300, call=Call(progress=cancel, cancelled=call.cancelled)
        )
