"""What is wrong in a workload or its statistics is told of that item alone; the advice for the rest is what it would be without it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest
from mcp.client import Client

from dbdesign.api.advise_indexes import MOST_NAMED, advise_indexes
from dbdesign.errors import DesignError, LimitError
from dbdesign.indexes.advice import Advice
from dbdesign.indexes.advise import Advisor
from dbdesign.twin import session
from dbdesign.twin.twin import Explained, Hypothetical, Twin
from dbdesign_server.app import build_server

SCHEMA = """
engine: postgresql
schema: |
  create table customer (id bigint primary key, email text not null, region text not null);
  create table orders (id bigint primary key, customer_id bigint not null references customer, status text not null, total numeric not null);
  create function dear() returns int immutable language sql as 'select pg_sleep(100); select 1';
"""
FINE = "  - {name: fine, rate: 1/s, sql: select * from orders where customer_id = $1}\n"
VOLUMES = "volumes:\n  customer: {rows: 2e6}\n  orders: {rows: 1e7}\n"
INDEX = "CREATE INDEX CONCURRENTLY orders_customer_id_idx ON public.orders (customer_id);"

NOT_PLANNED = {
    "selec * frm orders": "selec is not planned",
    "select from where": "syntax error",
    "select nonsense from orders": 'column "nonsense" does not exist',
    "select 1 from nowhere": 'relation "nowhere" does not exist',
    "select * from orders where total = 'much'": "invalid input syntax",
    "select 1; drop table orders": "holds 2 statements",
    "drop table orders": "drop is not planned",
    "copy orders to '/tmp/orders'": "copy is not planned",
    "explain analyze delete from orders": "explain is not planned",
    "set statement_timeout = 0": "set is not planned",
    "do $$begin end$$": "do is not planned",
    "-- nothing": "holds 0 statements",
}
WRITES = (
    "delete from orders where status = $1",
    "with gone as (delete from orders returning id) select * from gone",
    "update orders set total = 0 where customer_id = $1",
    "insert into orders select * from orders where id = $1",
    "select * into other from orders",
    "merge into orders o using customer c on c.id = o.customer_id when matched then delete",
)


def workload(*queries: str) -> str:
    entries = "".join(f"  - name: no {number}\n    sql: |-\n      {sql}\n" for number, sql in enumerate(queries, 1))
    return f"{SCHEMA}workload:\n{FINE}{entries}{VOLUMES}"


def test_queries_that_cannot_be_planned_are_told_one_by_one_and_the_rest_is_advised_as_without_them() -> None:
    answer = advise_indexes(workload(*NOT_PLANNED), budget="1GB")
    errors = [one.error for one in answer.per_query if one.error is not None]
    assert len(errors) == len(NOT_PLANNED)
    assert all(said in error for said, error in zip(NOT_PLANNED.values(), errors, strict=True))
    assert [one.ddl for one in answer.indexes] == [INDEX]
    alone = advise_indexes(workload(), budget="1GB")
    assert (answer.cost_before, answer.cost_after) == (alone.cost_before, alone.cost_after)


def test_statements_that_write_are_planned_and_change_nothing() -> None:
    answer = advise_indexes(workload(*WRITES), budget="1GB")
    assert not [one.error for one in answer.per_query if one.error]
    again = next(one for one in answer.per_query if one.name == "fine")
    assert again.indexes == ["orders_customer_id_idx"]


@pytest.mark.anyio
async def test_the_same_holds_through_the_tool() -> None:
    async with Client(build_server()) as client:
        result = await client.call_tool("advise_indexes", {"source": workload(*NOT_PLANNED), "budget": "1GB"})
        refused = await client.call_tool("advise_indexes", {"source": workload(), "budget": "0"})
    answer = result.structured_content or {}
    assert not result.is_error
    assert sum("error" in one and one["error"] is not None for one in answer["per_query"]) == len(NOT_PLANNED)
    assert [one["ddl"] for one in answer["indexes"]] == [INDEX]
    assert "leaves no room for an index" in str(refused.content)


def test_a_query_that_the_planner_takes_minutes_over_is_set_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "PLANNING_SECONDS", 1.0)
    answer = advise_indexes(workload("select * from orders where total = dear()"), budget="1GB")
    assert [(one.name, one.error is None) for one in answer.per_query] == [("fine", True), ("no 1", False)]
    assert [one.ddl for one in answer.indexes] == [INDEX]


class Slow:
    """Makes the twin's planner give up on a query, from a number of hypothetical indexes on, or from a moment on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, marked: str) -> None:
        self.from_now_on = False
        explain = Twin.explain

        def slowly(twin: Twin, query: str, shown: Iterable[Hypothetical] | None = None) -> Explained:
            listed = None if shown is None else list(shown)
            if marked in query and self.from_now_on and listed:
                raise LimitError("the planner took more than 20 seconds", remedy="Simplify the query")
            return explain(twin, query, listed)

        monkeypatch.setattr(Twin, "explain", slowly)


@pytest.mark.parametrize("moment", ["analysing", "what may go"])
def test_a_query_that_becomes_too_slow_with_indexes_keeps_its_known_cost(
    moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, advise = Slow(monkeypatch, "region"), Advisor.advise

    def watched(advisor: Advisor, budget: int, **others: Sequence[float]) -> Advice:
        def heard(_done: float, said: str) -> None:
            slow.from_now_on = slow.from_now_on or said.startswith(moment)

        advisor.tell = heard
        return advise(advisor, budget, **others)

    monkeypatch.setattr(Advisor, "advise", watched)
    answer = advise_indexes(workload("select id from customer where region = $1 and email = $2"), budget="2GB")
    costs = {one.name: one for one in answer.per_query}
    assert INDEX in [one.ddl for one in answer.indexes]
    assert costs["no 1"].error is None
    assert costs["no 1"].cost_after <= costs["no 1"].cost_before
    assert any("no 1: the planner took more than 20 seconds" in note for note in answer.notes)


STATISTICS = """-- Dumped from database version 18.4
CREATE TABLE public.orders (id bigint NOT NULL, customer_id bigint NOT NULL, placed_on date NOT NULL);
SELECT * FROM pg_catalog.pg_restore_relation_stats('version', '180004'::integer, 'schemaname', 'public', 'relname', 'orders',
  'relpages', '100000'::integer, 'reltuples', '1e+07'::real, 'relallvisible', '0'::integer);
"""


def statistics(column: str = "customer_id", relation: str = "orders", **facts: str) -> str:
    said = "".join(
        f", '{name}', '{value}'::{kind}"
        for name, (value, _, kind) in ((key, one.partition("::")) for key, one in facts.items())
    )
    return (
        f"{STATISTICS}SELECT * FROM pg_catalog.pg_restore_attribute_stats('version', '180004'::integer, 'schemaname', 'public', "
        f"'relname', '{relation}', 'attname', '{column}', 'inherited', 'f'::boolean{said});\n"
    )


BAD_STATISTICS = [
    (statistics(null_frac="7::real"), "null_frac"),
    (statistics("nothing", n_distinct="5::real"), "nothing"),
    (statistics(relation="elsewhere", n_distinct="5::real"), "elsewhere"),
    (statistics("placed_on", histogram_bounds="{2024-01-01,2020-01-01,2022-01-01}::text"), "out of order"),
    (statistics("placed_on", histogram_bounds="{soon,later}::text"), "invalid input syntax"),
    (statistics(most_common_vals="{1}::text", most_common_freqs="{1.5}::real[]"), "most_common_freqs"),
    (STATISTICS.replace("'100000'", "'99999999999999'"), "relpages is 99999999999999"),
    (STATISTICS.replace("'1e+07'", "'-5'"), "reltuples is -5"),
]


@pytest.mark.parametrize(("dump", "said"), BAD_STATISTICS, ids=[one[1] for one in BAD_STATISTICS])
def test_statistics_that_cannot_be_are_told_and_left_out(dump: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "dump.sql").write_text(dump)
    (tmp_path / "queries.sql").write_text("select * from orders where customer_id = $1;\n")
    answer = advise_indexes(statistics=str(tmp_path / "dump.sql"), queries=str(tmp_path / "queries.sql"), budget="1GB")
    assert any(said in note for note in answer.notes), answer.notes
    assert answer.per_query[0].error is None


def test_of_thousands_of_queries_an_index_names_some(tmp_path: Path) -> None:
    (tmp_path / "queries.sql").write_text(
        "".join(f"select * from orders where customer_id = {one};\n" for one in range(300))
    )
    answer = advise_indexes(f"{SCHEMA}{VOLUMES}", queries=str(tmp_path / "queries.sql"), budget="1GB")
    (index,) = answer.indexes
    assert len(index.queries) == MOST_NAMED + 1
    assert index.queries[-1] == f"{300 - MOST_NAMED:,} more (see per_query)"
    assert len(answer.per_query) == 300


def test_a_table_of_five_hundred_columns_is_advised_on() -> None:
    columns = ", ".join(f"c{number} int" for number in range(500))
    wide = (
        f"engine: postgresql\nschema: |\n  create table wide (id bigint primary key, {columns});\nworkload:\n"
        "  - {name: all, sql: select * from wide where "
        + " and ".join(f"c{one} = 1" for one in range(0, 500, 25))
        + "}\n"
        "  - {name: one, sql: select c1 from wide where c499 = $1 order by c3 limit 10}\nvolumes:\n  wide: {rows: 1e6}\n"
    )
    answer = advise_indexes(wide, budget="50MB")
    assert {one.name for one in answer.per_query if one.cost_after < one.cost_before} == {"all", "one"}


@pytest.mark.parametrize("budget", ["0", "0GB", "-1GB", "many", "1e400GB", "", "NaN", "inf"])
def test_a_budget_that_is_none_is_refused_before_anything_is_built(budget: str) -> None:
    with pytest.raises(DesignError, match="budget"):
        advise_indexes(workload(), budget=budget)
