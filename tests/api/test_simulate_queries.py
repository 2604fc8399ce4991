"""The tool `simulate_queries`: names that stay, pages within the budget, every kind of bad input answered in its place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dbdesign.api.access import Access
from dbdesign.api.call import Call, CancelledError
from dbdesign.api.paging import tokens
from dbdesign.api.simulate_queries import simulate_queries
from dbdesign.errors import DesignError, InputError, UnknownNameError
from dbdesign.twin import session

DDL = """\
CREATE TABLE customers (id bigint PRIMARY KEY, email text NOT NULL UNIQUE, name text NOT NULL);
CREATE TABLE orders (
  id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customers, status text NOT NULL, total numeric(10, 2) NOT NULL,
  placed_at timestamptz NOT NULL
);
CREATE INDEX orders_customer ON orders (customer_id, placed_at DESC);
CREATE INDEX orders_total ON orders (total);
"""
DESIGN = """\
engine: postgresql 18
schema: schema.sql
targets: {latency: p95 20ms}
workload:
  - name: recent
    sql: select id, total from orders where customer_id = $1 order by placed_at desc limit 20
    rate: 300/s
  - name: by status
    sql: select count(*) from orders where status = $1
    rate: 1/min
  - name: place
    sql: insert into orders (id,customer_id,status,total,placed_at) values ($1,$2,$3,$4,now())
volumes:
  customers: 20M
  orders: {rows: 2e9, growth: 5% per month}
"""


@pytest.fixture
def design(tmp_path: Path) -> str:
    (tmp_path / "schema.sql").write_text(DDL)
    (tmp_path / "design.yaml").write_text(DESIGN)
    return str(tmp_path / "design.yaml")


def simulate(source: str | None, **arguments: Any) -> dict[str, Any]:
    return simulate_queries(source, **arguments).structured()


def by_name(answer: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in answer["queries"]}


def test_the_names_that_stay(design: str) -> None:
    answer = simulate(design)
    assert next(iter(answer)) == "summary"
    assert {"summary", "queries", "assumptions", "proof"} <= set(answer)
    assert answer["proof"].startswith("planned by PostgreSQL 18.")
    assert answer["proof"].endswith(", no data")
    for one in answer["queries"]:
        assert {"name", "sql", "cost", "rows", "plan", "findings"} <= set(one)
        assert one["plan"]["Plan"]["Total Cost"] == one["cost"]
        assert one["plan"]["Plan"]["Plan Rows"] == one["rows"]
    recent = by_name(answer)["recent"]
    assert recent["plan"]["Plan"]["Node Type"] == "Limit"
    assert recent["latency"]["verdict"] == "plausible"
    assert (recent["rate"], recent["latency"]["target"]) == (300, "p95 20ms")
    slow = by_name(answer)["by status"]
    assert slow["latency"]["verdict"] == "implausible"
    assert [one["index"] for one in answer["unused_indexes"]] == ["orders_total"]
    assert by_name(answer)["place"]["writes"][0]["foreign_keys"][0]["side"] == "referencing"


def test_a_horizon_shows_today_the_way_and_the_end(design: str) -> None:
    growth = by_name(simulate(design, at="24mo"))["by status"]["growth"]
    assert [point["months"] for point in growth["points"]] == [0, 6, 12, 18, 24]
    assert growth["class"] == "linear"
    assert growth["factor"] == pytest.approx(1.05**24, rel=0.05)


def test_a_planner_setting_of_the_target_changes_the_plan(design: str) -> None:
    here, there = (
        by_name(simulate(design, only=["recent"], settings=chosen))["recent"]
        for chosen in ([], ["enable_indexscan=off"])
    )
    assert here["shape"] != there["shape"]
    assert (
        by_name(simulate(design, only=["recent"], settings=["random_page_cost=1.1"]))["recent"]["cost"] < here["cost"]
    )


DUMP = """\
CREATE TABLE public.items (id integer NOT NULL, code text);
SELECT * FROM pg_catalog.pg_restore_relation_stats(
	'version', '180000'::integer, 'schemaname', 'public', 'relname', 'items',
	'relpages', '80000'::integer, 'reltuples', '9e+06'::real, 'relallvisible', '0'::integer, 'relallfrozen', '0'::integer
);
SELECT * FROM pg_catalog.pg_restore_attribute_stats(
	'version', '180000'::integer, 'schemaname', 'public', 'relname', 'items', 'attname', 'code', 'inherited', 'f'::boolean,
	'null_frac', '0'::real, 'avg_width', '8'::integer, 'n_distinct', '3000'::real
);
"""


def test_a_dump_and_a_file_of_queries_need_no_design_file(tmp_path: Path) -> None:
    (tmp_path / "dump.sql").write_text(DUMP)
    (tmp_path / "q.sql").write_text(
        "-- name: by code\n-- rate: 5/s\nselect id from items where code = 'a';\nselect nope from items;\n"
    )
    dump, queries = str(tmp_path / "dump.sql"), str(tmp_path / "q.sql")
    for answer in (simulate(None, statistics=dump, queries=queries), simulate(dump, queries=queries)):
        good, bad = answer["queries"]
        assert (good["name"], good["rate"], good["rows"], good["pages"]) == ("by code", 5, 3000, 80000)
        assert "nope" in bad["error"]


BROKEN = {
    "does not parse": ("selec id from orders", "selec is not planned"),
    "breaks off": ("select id from orders where", "syntax error"),
    "names an unknown column": ("select no_such_column from orders", 'column "no_such_column" does not exist'),
    "names an unknown table": ("select id from nowhere", 'relation "nowhere" does not exist'),
    "is two statements": ("select 1; select 2", "holds 2 statements"),
    "is no query": ("vacuum orders", "vacuum is not planned"),
    "is not closed": ("select 'a from orders", "Close the quotation"),
    "is empty": ("-- nothing", "holds 0 statements"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_query_that_cannot_be_planned_says_so_in_its_place_and_the_others_go_on(kind: str, tmp_path: Path) -> None:
    sql, said = BROKEN[kind]
    (tmp_path / "schema.sql").write_text(DDL)
    design = tmp_path / "design.yaml"
    indented = sql.replace("\n", "\n      ")
    design.write_text(DESIGN.replace("volumes:", f"  - name: broken\n    sql: |\n      {indented}\nvolumes:"))
    answer = simulate(str(design))
    broken = by_name(answer)["broken"]
    assert said in broken["error"]
    assert "cost" not in broken
    assert [one["name"] for one in answer["queries"] if "plan" in one] == ["recent", "by status", "place"]
    assert "1 query could not be planned (broken)" in answer["summary"]


def test_a_query_that_the_planner_takes_too_long_on_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "PLANNING_SECONDS", 0.5)
    joins = " ".join(f"join orders o{number} on o{number}.customer_id = o0.customer_id" for number in range(1, 16))
    (tmp_path / "schema.sql").write_text(DDL)
    (tmp_path / "q.sql").write_text(
        f"-- name: endless\nselect 1 from orders o0 {joins};\n-- name: fine\nselect id from orders where id = 1;\n"
    )
    answer = simulate(
        str(tmp_path / "schema.sql"),
        queries=str(tmp_path / "q.sql"),
        settings=["geqo=off", "join_collapse_limit=100", "from_collapse_limit=100"],
    )
    assert "the planner took more than 0.5 seconds" in by_name(answer)["endless"]["error"]
    assert by_name(answer)["fine"]["cost"] < 10


def test_writes_are_planned_and_never_executed(design: str) -> None:
    answer = simulate(design, only=["place"])
    assert by_name(answer)["place"]["plan"]["Plan"]["Node Type"] == "ModifyTable"


def test_statistics_of_another_schema_are_said(design: str, tmp_path: Path) -> None:
    (tmp_path / "dump.sql").write_text(DUMP)
    answer = simulate(design, statistics=str(tmp_path / "dump.sql"))
    assert any("statistics of items: no such relation in the schema" in note for note in answer["notes"])


def test_a_histogram_out_of_order_is_left_out_and_said(tmp_path: Path) -> None:
    broken = DUMP.replace("'attname', 'code'", "'attname', 'id'").replace(
        "'3000'::real\n", "'-1'::real, 'histogram_bounds', '{5,1,9}'::text\n"
    )
    (tmp_path / "dump.sql").write_text(broken)
    (tmp_path / "q.sql").write_text("select id from items where id < 3")
    answer = simulate(str(tmp_path / "dump.sql"), queries=str(tmp_path / "q.sql"))
    assert answer["notes"] == ["statistics of items.id: the histogram is out of order and was left out"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("customers: 20M", "customers: -5"), "not a count"),
        (("growth: 5% per month", "growth: -200% per month"), "no rows"),
        (("customers: 20M", "nobody: 20M"), "no table 'nobody'"),
        (("orders: {rows: 2e9", "orders: {columns: {status: {nulls: 300%}}, rows: 2e9"), "not a share"),
    ],
)
def test_impossible_volumes_are_said_and_the_rest_is_used(change: tuple[str, str], said: str, tmp_path: Path) -> None:
    (tmp_path / "schema.sql").write_text(DDL)
    (tmp_path / "design.yaml").write_text(DESIGN.replace(*change))
    answer = simulate(str(tmp_path / "design.yaml"))
    assert [note for note in answer["notes"] if said in note and note.endswith("left out, the rest is used")]
    assert answer["queries"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"settings": ["work_memory=1"]}, "Did you mean"),
        ({"settings": ["work_mem"]}, "not name=value"),
        ({"settings": ["work_mem=much"]}, "work_mem"),
        ({"at": "soon"}, "not a horizon"),
        ({"at": "-3mo"}, "not a horizon"),
        ({"only": ["recnt"]}, "Did you mean recent"),
        ({"page": 99}, "there is no page 99"),
        ({"queries": "missing.sql"}, "missing.sql"),
        ({"statistics": "missing.sql"}, "missing.sql"),
    ],
)
def test_arguments_that_cannot_be_are_refused(arguments: dict[str, Any], said: str, design: str) -> None:
    with pytest.raises(DesignError, match=said):
        simulate(design, **arguments)


def test_neither_a_design_nor_a_dump_is_refused() -> None:
    with pytest.raises(InputError, match="neither a design nor statistics"):
        simulate(None)
    with pytest.raises(InputError, match="there is no query"):
        simulate(DDL)
    with pytest.raises(UnknownNameError):
        simulate(None, settings=["nothing=1"])


def test_a_table_of_500_columns(tmp_path: Path) -> None:
    columns = ", ".join(f"c{number} integer" for number in range(500))
    (tmp_path / "q.sql").write_text("select * from wide where c3 = ? and c499 > ?")
    answer = simulate(f"CREATE TABLE wide (id bigint PRIMARY KEY, {columns});\n", queries=str(tmp_path / "q.sql"))
    assert answer["queries"][0]["width"] > 1900


def test_thousands_of_queries_come_in_pages_within_the_budget(tmp_path: Path) -> None:
    (tmp_path / "schema.sql").write_text(DDL)
    (tmp_path / "q.sql").write_text(
        "".join(f"select id + {number} from orders where customer_id = {number};\n" for number in range(2000))
    )
    call = Call(access=Access(), tokens=18_000)
    answers = [
        simulate_queries(str(tmp_path / "schema.sql"), queries=str(tmp_path / "q.sql"), page=page, call=call)
        for page in (1, 2)
    ]
    assert answers[0].detail == "summary"
    for answer in answers:
        assert tokens(json.dumps(answer.structured(), ensure_ascii=False)) + tokens(answer.readable) < 20_000
    names = [one.name for answer in answers for one in answer.queries]
    assert names == [f"query {number}" for number in range(1, len(names) + 1)]
    assert "2,000 queries simulated" in answers[0].summary


def test_a_plan_that_is_longer_than_a_page_is_left_out_and_said(tmp_path: Path) -> None:
    (tmp_path / "schema.sql").write_text(DDL)
    union = " union all ".join(f"select id from orders where customer_id = {number}" for number in range(300))
    (tmp_path / "q.sql").write_text(union)
    answer = simulate_queries(
        str(tmp_path / "schema.sql"), queries=str(tmp_path / "q.sql"), detail="full", call=Call(tokens=18_000)
    ).structured()
    assert tokens(json.dumps(answer, ensure_ascii=False)) < 18_000
    assert "plan" not in answer["queries"][0]
    assert "too long for a page" in answer["queries"][0]["notes"][0]


def test_another_engine_is_simulated_by_postgresql_and_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "schema.sql").write_text(
        "CREATE TABLE `t` (`id` int NOT NULL AUTO_INCREMENT, `name` varchar(40) NOT NULL, PRIMARY KEY (`id`)) ENGINE=InnoDB;\n"
    )
    (tmp_path / "design.yaml").write_text(
        "engine: mysql 8.4\nschema: schema.sql\nworkload:\n  - name: one\n    sql: select `name` from `t` where `id` = ? limit 5, 10\nvolumes: {t: 5M}\n"
    )
    answer = simulate(str(tmp_path / "design.yaml"))
    assert answer["queries"][0]["sql"] == 'SELECT "name" FROM "t" WHERE "id" = $1 LIMIT 10 OFFSET 5'
    assert any("PostgreSQL stands in for mysql" in note for note in answer["notes"])


def test_a_design_may_be_given_as_text() -> None:
    text = DESIGN.replace("schema: schema.sql", "schema: |\n" + "".join(f"  {line}\n" for line in DDL.splitlines()))
    assert [one["name"] for one in simulate(text)["queries"]] == ["recent", "by status", "place"]


def test_a_caller_can_give_up(design: str) -> None:
    call = Call()
    call.cancelled.set()
    with pytest.raises(CancelledError):
        simulate_queries(design, call=call)


def test_volumes_that_cannot_be_are_left_out_and_said_and_the_rest_goes_on() -> None:
    design = """engine: postgresql 18
schema: |
  CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint NOT NULL);
  CREATE TABLE customers (id bigint PRIMARY KEY, email text);
workload:
  - {name: by customer, sql: select * from orders where customer_id = $1}
volumes:
  orders: {rows: -5}
  nothing: {rows: 3}
  customers: {rows: 1e6, columns: {email: {nulls: 0.9, values: {a: 0.5}}, nope: {distinct: 3}}}
"""
    answer = simulate_queries(design)
    assert [query.name for query in answer.queries] == ["by customer"]
    assert [note for note in answer.notes if note.endswith("left out, the rest is used")] == [
        "line 8: volumes.orders.rows: '-5' is not a count; write it as 2e9, 5M or 1_000_000; left out, the rest is used",
        "line 10: volumes.customers.email: the shares of values and nulls add up to 1.4, more than 1; left out, the rest is used",
        "line 9: volumes: no table 'nothing'; left out, the rest is used",
        "line 10: volumes: customers has no column 'nope'; left out, the rest is used",
    ]
