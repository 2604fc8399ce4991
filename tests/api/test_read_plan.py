"""The tool `read_plan`: names that stay, remedies that are tried, plans compared and drawn, bad input answered in its place."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from dbdesign.api.access import Access
from dbdesign.api.call import Call, CancelledError
from dbdesign.api.paging import tokens
from dbdesign.api.read_plan import read_plan
from dbdesign.errors import AccessError, DesignError, InputError

SLOW = """\
 Limit  (cost=1028.89..1029.10 rows=10 width=12) (actual time=222.240..222.422 rows=10 loops=1)
   ->  Sort  (cost=9105.15..9105.15 rows=200 width=16) (actual time=222.1..222.2 rows=10 loops=1)
         Sort Key: o.total DESC
         Sort Method: top-N heapsort  Memory: 25kB
         ->  Nested Loop  (cost=0.29..9105.15 rows=200 width=16) (actual time=0.033..184.251 rows=20000 loops=1)
               ->  Seq Scan on orders o  (cost=0.00..4970.00 rows=4000 width=12) (actual time=0.243..112.320 rows=4000 loops=1)
                     Filter: (code = 'k77'::text)
                     Rows Removed by Filter: 196000
               ->  Index Scan using customers_pkey on customers c  (cost=0.29..1.01 rows=5 width=12) (actual time=0.001..0.010 rows=5 loops=4000)
                     Index Cond: (id = o.customer_id)
 Planning Time: 0.363 ms
 Execution Time: 222.560 ms
"""
FAST = """\
 Limit  (cost=1028.89..1029.10 rows=10 width=12) (actual time=22.240..22.422 rows=10 loops=1)
   ->  Sort  (cost=9105.15..9105.15 rows=200 width=16) (actual time=22.1..22.2 rows=10 loops=1)
         Sort Key: o.total DESC
         Sort Method: top-N heapsort  Memory: 25kB
         ->  Nested Loop  (cost=0.29..9105.15 rows=20000 width=16) (actual time=0.033..18.251 rows=20000 loops=1)
               ->  Index Scan using orders_code on orders o  (cost=0.00..497.00 rows=4000 width=12) (actual time=0.243..11.320 rows=4000 loops=1)
                     Index Cond: (code = 'k77'::text)
               ->  Index Scan using customers_pkey on customers c  (cost=0.29..1.01 rows=5 width=12) (actual time=0.001..0.001 rows=5 loops=4000)
                     Index Cond: (id = o.customer_id)
 Planning Time: 0.363 ms
 Execution Time: 22.560 ms
"""
QUERY = "select o.id, c.name from orders o join customers c on c.id = o.customer_id where o.code = 'k77' order by o.total desc limit 10"
SCHEMA = """\
create table customers (id bigint primary key, name text not null);
create table orders (
  id bigint primary key, customer_id bigint not null references customers, code text not null, total integer not null,
  placed timestamp not null
);
create table refunds (id bigint primary key, order_id bigint not null references orders);
"""


def read(source: str, **arguments: Any) -> dict[str, Any]:
    return read_plan(source, **arguments).structured()


def test_the_names_that_stay() -> None:
    answer = read(SLOW)
    assert list(answer)[:1] == ["summary"]
    assert {"summary", "engine", "format", "plans"} <= set(answer)
    assert (answer["engine"], answer["format"]) == ("postgresql", "text")
    [plan] = answer["plans"]
    assert {"root", "planning_ms", "execution_ms", "findings"} <= set(plan)
    assert (plan["planning_ms"], plan["execution_ms"]) == (0.363, 222.56)
    for finding in plan["findings"]:
        assert {"id", "node", "message", "share", "remedy"} <= set(finding)
    names = {
        "type",
        "relation",
        "index",
        "estimated_rows",
        "actual_rows",
        "loops",
        "total_ms",
        "exclusive_ms",
        "children",
    }
    waiting = [plan["root"]]
    while waiting:
        node = waiting.pop()
        assert names <= set(node)
        waiting += node["children"]
    scan = plan["root"]["children"][0]["children"][0]["children"][0]
    assert (scan["type"], scan["relation"], scan["index"], scan["actual_rows"]) == ("Seq Scan", "orders", None, 4000)
    assert scan["total_ms"] == scan["exclusive_ms"] == 112.32


def test_the_summary_is_one_sentence_that_says_where_the_time_is_and_what_to_do_first() -> None:
    summary = read(SLOW)["summary"]
    assert "223 ms for 5 nodes, 50 % of it in #4 Seq Scan on orders o" in summary
    assert "indexable-seqscan at #4 Seq Scan on orders o" in summary
    assert "nothing is wrong with the plan" in read(FAST)["summary"]


def test_findings_are_ranked_by_what_they_save_and_the_hot_path_leads_to_the_work() -> None:
    [plan] = read(SLOW)["plans"]
    saves = [one["saves"] for one in plan["findings"]]
    assert saves == sorted(saves, reverse=True)
    assert plan["hot_path"] == ["#1 Limit", "#2 Sort", "#3 Nested Loop", "#4 Seq Scan on orders o"]


def test_the_proposed_index_is_tried_on_the_twin_at_the_size_that_the_plan_shows() -> None:
    answer = read(SLOW, query=QUERY, schema=SCHEMA)
    [proposal] = answer["proposals"]
    assert proposal["index"] == "CREATE INDEX CONCURRENTLY ON orders (code)"
    assert proposal["used"]
    assert proposal["cost_after"] < proposal["cost_before"] / 2
    assert proposal["size_bytes"] > 500_000
    assert "On the twin CREATE INDEX CONCURRENTLY ON orders (code) is used: cost" in answer["summary"]
    assert "planned by PostgreSQL 18." in answer["proof"]


NOT_IN = """\
Seq Scan on orders o  (cost=0.00..904704.00 rows=200 width=12) (actual time=0.043..4920.320 rows=100000 loops=1)
  Filter: (NOT (ANY (id = (SubPlan 1).col1)))
  Rows Removed by Filter: 100000
  SubPlan 1
    ->  Materialize  (cost=0.00..5154.00 rows=200000 width=4) (actual time=0.001..0.009 rows=50000 loops=200000)
          ->  Seq Scan on refunds  (cost=0.00..30820.00 rows=2000000 width=4) (actual time=0.001..9.008 rows=2000000 loops=1)
Planning Time: 0.363 ms
Execution Time: 4950.360 ms
"""


def test_a_rewrite_is_checked_for_equal_rows_on_generated_data() -> None:
    query = "select id from orders o where o.id not in (select order_id from refunds)"
    answer = read(NOT_IN, query=query, schema=SCHEMA)
    [rewrite] = [one for one in answer["rewrites"] if one["name"] == "not-in-as-not-exists"]
    assert rewrite["equal"] is True
    assert re.search(r"gives the same [\d,]+ rows, on [\d,]+ generated rows", rewrite["checked"])
    assert "NOT EXISTS" in rewrite["query"]
    assert rewrite["cost_after"] < rewrite["cost_before"]
    assert "rewrites executed on generated rows" in answer["proof"]


def test_a_rewrite_that_gives_other_rows_is_said_to() -> None:
    schema = SCHEMA.replace("order_id bigint not null references orders", "order_id bigint references orders")
    design = (
        "engine: postgresql 18\nschema: |\n" + "".join(f"  {line}\n" for line in schema.splitlines())
        + "volumes:\n  orders: 200k\n  refunds: {rows: 2M, columns: {order_id: {nulls: 20%}}}\n"
    )  # fmt: skip
    query = "select id from orders o where o.id not in (select order_id from refunds)"
    rewrites = {one["name"]: one for one in read(NOT_IN, query=query, schema=design)["rewrites"]}
    assert rewrites["not-in-as-not-exists"]["equal"] is False
    assert "gives other rows" in rewrites["not-in-as-not-exists"]["checked"]


def test_two_plans_are_compared_node_by_node() -> None:
    comparison = read(FAST, against=SLOW)["comparison"]
    assert comparison["summary"] == (
        "223 ms → 23 ms (90 % less); #4 Index Scan using orders_code on orders o gains 101 ms"
    )
    first = comparison["changes"][0]
    assert first["change"] == "other access"
    assert (first["before"], first["after"]) == (
        "#4 Seq Scan on orders o",
        "#4 Index Scan using orders_code on orders o",
    )
    assert (first["ms_before"], first["ms_after"]) == (112.32, 11.32)
    assert read(SLOW, against=SLOW)["comparison"]["changes"] == []


def test_plans_of_different_engines_are_not_compared() -> None:
    with pytest.raises(InputError, match="is a plan of SQLite, the other one of PostgreSQL"):
        read(SLOW, against="QUERY PLAN\n`--SCAN o\n")


def test_pictures_are_written_where_they_are_wanted(tmp_path: Path) -> None:
    call = Call(access=Access.beneath(tmp_path))
    (tmp_path / "slow.txt").write_text(SLOW)
    answer = read("slow.txt", write_to="out/", call=call)
    assert answer["files"] == ["out/slow.html", "out/slow.svg", "out/slow.mmd"]
    page = (tmp_path / "out" / "slow.html").read_text()
    assert page.startswith("<!doctype html>")
    assert "indexable-seqscan" in page
    assert re.findall(r"(?:src|href)=|@import|url\(", page) == []
    picture = ElementTree.fromstring((tmp_path / "out" / "slow.svg").read_text())
    boxes = picture.findall(".//{http://www.w3.org/2000/svg}rect")
    assert len(boxes) == 5
    assert all(
        float(one.attrib["x"]) >= 0 and float(one.attrib["x"]) + float(one.attrib["width"]) <= 1120.5 for one in boxes
    )
    assert (tmp_path / "out" / "slow.mmd").read_text().startswith("flowchart BT\n")
    with pytest.raises(AccessError, match="exists already"):
        read("slow.txt", write_to="out/slow.svg", call=call)
    read("slow.txt", write_to="out/slow.svg", overwrite=True, call=call)


def test_names_in_a_plan_are_no_markup_in_a_picture(tmp_path: Path) -> None:
    hostile = SLOW.replace("orders o", '"<script>alert(1)</script>" o')
    call = Call(access=Access.beneath(tmp_path))
    read(hostile, write_to="out/plan.html", call=call)
    assert "<script" not in (tmp_path / "out" / "plan.html").read_text()
    read(hostile, write_to="out/plan.mmd", call=call)
    assert "<script" not in (tmp_path / "out" / "plan.mmd").read_text()


def test_a_plan_of_thousands_of_nodes_stays_within_the_budget() -> None:
    lines = ["Append  (cost=0.00..723.00 rows=1000 width=3) (actual time=0.021..900.561 rows=1000 loops=1)"]
    for number in range(1500):
        spent = 0.9 if number != 700 else 300.0
        lines += [
            f"  ->  Seq Scan on part_{number}  (cost=0.00..187.40 rows=264 width=3) (actual time=0.020..{spent} rows=264 loops=1)",
            f"        Filter: (kind = 'k{number}'::text)",
            "        Rows Removed by Filter: 10168",
        ]
    lines += ["Planning Time: 0.544 ms", "Execution Time: 1902.601 ms"]
    answer = read_plan("\n".join(lines), call=Call(tokens=18_000))
    structured = answer.structured()
    assert tokens(json.dumps(structured, ensure_ascii=False)) + tokens(answer.readable) < 20_000
    [plan] = structured["plans"]
    kept = [one["relation"] for one in plan["root"]["children"]]
    assert "part_700" in kept
    assert plan["root"]["left_out"] == 1500 - len(kept)
    assert len(read_plan("\n".join(lines)).structured()["plans"][0]["root"]["children"]) == 1500


def test_several_plans_in_a_text_come_in_pages() -> None:
    text = "\n\n".join(SLOW.replace("k77", f"k{number}") for number in range(40))
    call = Call(tokens=18_000)
    first = read_plan(text, call=call)
    assert "40 plans of PostgreSQL (text)" in first.summary
    numbers = [
        plan.number for page in range(1, first.pages + 1) for plan in read_plan(text, page=page, call=call).plans
    ]
    assert numbers == list(range(1, 41))


BAD = {
    "a query in place of a plan": (QUERY, "EXPLAIN"),
    "not a plan": ("the quick brown fox\njumps over", "not an execution plan"),
    "JSON that breaks off": ('[{"Plan": {"Node Type": "Seq Scan", "Relation', "JSON"),
    "another JSON": ('{"a": 1}\n', "JSON"),
    "an URL": ("postgresql://user:secret@host/db", "not accepted"),
    "nothing": ("  ", "is empty"),
    "a file that is not there": ("missing.txt", "no such file"),
    "a database that is not configured": ("database:shop", "configured"),
}


@pytest.mark.parametrize("kind", BAD)
def test_bad_input_is_refused_in_words(kind: str, tmp_path: Path) -> None:
    source, said = BAD[kind]
    with pytest.raises(DesignError, match=said) as caught:
        read(source, call=Call(access=Access.beneath(tmp_path)))
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"analyze": True}, "a plan that was given is not run"),
        ({"schema": SCHEMA}, "does not hold the query"),
        ({"schema": SCHEMA, "query": "vacuum orders; select 1"}, "holds 2 statements"),
        ({"schema": SCHEMA, "query": "select nope from orders"}, "nope"),
        ({"schema": "select 1;", "query": QUERY}, "no format recognises this text as a schema"),
        ({"query": " "}, "is empty"),
        ({"write_to": "plan.pdf"}, "neither a folder"),
        ({"against": "nonsense\nof two lines"}, "not an execution plan"),
        ({"page": 9}, "there is no page 9"),
    ],
)
def test_arguments_that_cannot_be_are_refused(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(DesignError, match=said):
        read(SLOW, **arguments)


def test_a_caller_can_give_up() -> None:
    call = Call()
    call.cancelled.set()
    with pytest.raises(CancelledError):
        read(SLOW, call=call)


def test_constants_that_do_not_occur_in_generated_data_are_drawn_from_it() -> None:
    plan = (
        "Seq Scan on orders o  (cost=0.00..904704.00 rows=200 width=12) (actual time=0.043..4920.320 rows=20 loops=1)\n"
        "  Filter: ((placed)::date = '1999-12-31'::date)\n  Rows Removed by Filter: 199980\n"
        "Planning Time: 0.363 ms\nExecution Time: 4950.360 ms\n"
    )
    query = "select id from orders o where o.placed::date = '1999-12-31' order by id limit 5"
    schema = SCHEMA + "create index orders_placed on orders (placed);\n"
    [rewrite] = read(plan, query=query, schema=schema)["rewrites"]
    assert rewrite["name"] == "date-cast-as-range"
    assert rewrite["equal"] is True
    assert rewrite["checked"].endswith("generated rows and constants drawn from them")
    assert rewrite["cost_after"] < rewrite["cost_before"]
