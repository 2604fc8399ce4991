"""A plan is the same however it was pasted: each wrapper on each of some plans, and wrappers around wrappers."""

from __future__ import annotations

import html
import json
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from dbdesign.model.plan import PlanText
from dbdesign.plans.read import read_plans

FOLDER = Path(__file__).parent / "documented"
WHOLE = (
    "version 12 with workers, JIT and I/O timings",
    "version 17 with everything said of the statement",
    "triggers of foreign keys",
    "custom scans of extensions",
    "subplans, a hashed one and an alternative that never ran",
)


def plain(plan: str) -> str:
    """A documented plan without psql's frame."""
    lines = [
        line
        for line in plan.split("\n")
        if "QUERY PLAN" not in line and "----" not in line and not line.strip().endswith("rows)")
    ]
    return textwrap.dedent("\n".join(lines)).strip("\n")


PLANS: dict[str, str] = {
    case["name"]: plain(case["plan"])
    for case in yaml.safe_load((FOLDER / "postgresql.yaml").read_text())
    if case["name"] in WHOLE
}


def rows(plan: str) -> list[str]:
    return [line for line in plan.split("\n") if line.strip()]


def hard_wrapped(plan: str, width: int = 80) -> str:
    """As a terminal of 80 columns breaks lines when they are copied."""
    return "\n".join(
        line[begin : begin + width] for line in plan.split("\n") for begin in range(0, max(len(line), 1), width)
    )


def word_wrapped(plan: str) -> str:
    """As a mail program breaks lines: at spaces, which it drops."""
    return "\n".join(
        piece
        for line in rows(plan)
        for piece in (textwrap.wrap(line, 78, break_long_words=False) if len(line) > 78 else [line])
    )


def markdown_table(plan: str) -> str:
    return "\n".join(["| QUERY PLAN |", "| --- |", *(f"| {line} |" for line in rows(plan))])


def syslog(plan: str) -> str:
    lines = ["LOG:  duration: 812.5 ms  plan:", "Query Text: SELECT 1", *rows(plan)]
    return "\n".join(
        f"Jan  1 10:00:00 db1 postgres[4321]: [7-{number}] {'' if number == 1 else '#011'}{line}"
        for number, line in enumerate(lines, 1)
    )


def container_log(plan: str) -> str:
    lines = [
        "2024-05-01 10:00:00.123 UTC [61] LOG:  duration: 812.5 ms  plan:",
        "\tQuery Text: SELECT 1",
        *(f"\t{line}" for line in rows(plan)),
    ]
    return "\n".join(f"db-1  | {line}" for line in lines)


WRAPPERS: dict[str, Callable[[str], str]] = {
    "nothing": lambda plan: plan,
    "windows line ends": lambda plan: plan.replace("\n", "\r\n"),
    "a byte-order mark": lambda plan: f"\ufeff{plan}",
    "indented": lambda plan: textwrap.indent(plan, "        "),
    "a code block": lambda plan: f"see below\n\n```text\n{plan}\n```\nbye",
    "a mail quote": lambda plan: textwrap.indent(plan, "> ", lambda _: True),
    "html": lambda plan: html.escape(plan),
    "pgadmin": lambda plan: "\n".join(['"QUERY PLAN"', *('"' + line.replace('"', '""') + '"' for line in rows(plan))]),
    "quoted rows without a header": lambda plan: "\n".join('"' + line.replace('"', '""') + '"' for line in rows(plan)),
    "a json string": json.dumps,
    "json rows": lambda plan: json.dumps([[line] for line in rows(plan)]),
    "json objects": lambda plan: json.dumps([{"QUERY PLAN": line} for line in rows(plan)], indent=2),
    "a driver's result": lambda plan: json.dumps(
        {"command": "EXPLAIN", "rows": [{"QUERY PLAN": line} for line in rows(plan)]}
    ),
    "python rows": lambda plan: repr([(line,) for line in rows(plan)]),
    "escaped line feeds": lambda plan: plan.replace('"', '\\"').replace("\n", "\\n"),
    "a markdown table": markdown_table,
    "line numbers": lambda plan: "\n".join(f"{number:3} | {line}" for number, line in enumerate(rows(plan), 1)),
    "a comment": lambda plan: textwrap.indent(plan, "-- ", lambda _: True),
    "blank lines": lambda plan: plan.replace("\n", "\n\n"),
    "a hard wrap": hard_wrapped,
    "a word wrap": word_wrapped,
    "tabs": lambda plan: "\n".join(
        "\t" * ((len(line) - len(line.lstrip())) // 8) + " " * ((len(line) - len(line.lstrip())) % 8) + line.lstrip()
        for line in plan.split("\n")
    ),
    "syslog": syslog,
    "a container's log": container_log,
    "a json string in a code block": lambda plan: f"```json\n{json.dumps(plan)}\n```",
    "a quoted code block": lambda plan: textwrap.indent(f"```\n{plan}\n```", "> ", lambda _: True),
    "a quoted markdown table": lambda plan: textwrap.indent(markdown_table(plan), "> "),
}


SCAN = "Seq Scan on articles  (cost=0.00..12.50 rows=100 width=256) (actual time=0.015..0.032 rows=75 loops=1)"
FOUND = {
    "before and after in two code blocks of a report": (
        (
            f"## Before\n```sql\nEXPLAIN ANALYZE\nSELECT 1;\n\n-- Result:\n{SCAN}\nPlanning time: 0.160 ms\nExecution time: 0.902 ms\n```\n"
            f"## After\n```sql\nEXPLAIN ANALYZE\nSELECT 1;\n\n-- Result:\n{SCAN}\nExecution Time: 0.065 ms\n```\n"
        ),
        [["Seq Scan on articles"], ["Seq Scan on articles"]],
    ),
    "in the comments of a script below its statement": (
        f"EXPLAIN ANALYZE SELECT 1;\n\n-- Output (PostgreSQL):\n-- {SCAN}\n--   Filter: (published = true)\n-- Execution Time: 0.048 ms\n",
        [["Seq Scan on articles"]],
    ),
    "in the comments of a program between its lines": (
        f"plan = await articles.explain()\nprint(plan)\n# {SCAN}\n#   Filter: (published = true)\n\nrows = 5\n",
        [["Seq Scan on articles"]],
    ),
    "a tree of MySQL with its figures on lines of their own in a quoted code block": (
        (
            "> ```\n> mysql> EXPLAIN ANALYZE SELECT 1;\n> -> Filter: (p.name = 'x')  (cost=10276 rows=9819)\n>    (actual time=0.05..91.8 rows=1 loops=1)\n"
            ">    -> Table scan on p  (cost=10276 rows=98191)\n>       (actual time=0.03..81.4 rows=100000 loops=1)\n> ```"
        ),
        [["Filter", "Table scan on p"]],
    ),
    "entries of a collector of logs": (
        (
            '{"severity":"INFO","textPayload":"2026-03-04 10:11:12 UTC [7] LOG:  duration: 5.312 ms  plan:\\n\\tQuery Text: SELECT 1\\n'
            '\\tSort  (cost=1.00..2.00 rows=3 width=4)\\n\\t  ->  Seq Scan on t  (cost=0.00..0.50 rows=3 width=4)"}\n'
        ),
        [["Sort", "Seq Scan on t"]],
    ),
    "mysql's table with one space between the cells": (
        (
            "id select_type table type possible_keys key key_len ref rows Extra\n"
            "1 PRIMARY p index NULL PRIMARY 4 NULL 9 Using index\n2 DEPENDENT SUBQUERY q ref a a 5 shop.p.id 2 Using where; Using index\n"
        ),
        [["query_block", "table index using PRIMARY on p", "query_block", "table ref using a on q"]],
    ),
    "execution statistics alone": (
        "{ executionSuccess: true, nReturned: 3, executionTimeMillis: 2, executionStages: { stage: 'COLLSCAN', nReturned: 3 } }",
        [["COLLSCAN"]],
    ),
    "one field of an expanded record among others": (
        (
            "-[ RECORD 1 ]-------\nqueryid | 4294305104\nquery   | SELECT id FROM t;\nplan    | Sort  (cost=1.00..2.00 rows=3 width=4)       +\n"
            "        |   Sort Key: t.id                             +\n        |   ->  Seq Scan on t  (cost=0.00..0.50 rows=3 width=4)+\n        |\n"
        ),
        [["Sort", "Seq Scan on t"]],
    ),
}


@pytest.mark.parametrize("name", FOUND)
def test_a_form_that_is_found_in_the_wild_is_read(name: str) -> None:
    text, titles = FOUND[name]
    assert [[node.title for node in plan.nodes] for plan in read_plans(text).plans] == titles


def essence(read: PlanText) -> list[Any]:
    """What a wrapper must not change."""
    return [
        [node.model_dump(exclude={"children", "line"}, exclude_defaults=True) for node in plan.nodes]
        for plan in read.plans
    ]


@pytest.mark.parametrize("wrapper", WRAPPERS)
@pytest.mark.parametrize("name", PLANS)
def test_a_wrapped_plan_is_the_plan(name: str, wrapper: str) -> None:
    read = read_plans(WRAPPERS[wrapper](PLANS[name]))
    expected = essence(read_plans(PLANS[name]))
    if wrapper in {"syslog", "a container's log"}:  # they say how long it took, so that shares are of more
        for nodes in (*expected, *essence(read)):
            for node in nodes:
                node.pop("share", None)
        assert [[node["type"] for node in nodes] for nodes in essence(read)] == [
            [node["type"] for node in nodes] for nodes in expected
        ]
        assert read.plans[0].query == "SELECT 1"
        return
    assert essence(read) == expected
    assert [note for note in read.notes if "code block" not in note.reason] == []
