"""What is no plan, or cannot be read, is refused with what it is and what to do; encodings are put right."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from dbdesign.errors import DesignError, InputError, LimitError
from dbdesign.plans.read import MOST_CHARACTERS, read_plans
from dbdesign.plans.recognise import HOW

PLAN = "Seq Scan on t  (cost=0.00..35.50 rows=2550 width=4)\n  Filter: (name = 'Größe'::text)\n"
DOCUMENTED = Path(__file__).parent / "documented"


def documented(engine: str, name: str) -> str:
    cases = yaml.safe_load((DOCUMENTED / f"{engine}.yaml").read_text())
    return str(next(case["plan"] for case in cases if case["name"] == name))


BAD = {
    "nothing": " \n\t\n",
    "words": "The quick brown fox jumps over the lazy dog, and none of it is a plan.",
    "a query": "SELECT * FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.total > 10",
    "an explain statement": "EXPLAIN (ANALYZE, BUFFERS) SELECT 1",
    "a query with a comment": "-- slow one\n/* really */ WITH a AS (SELECT 1) SELECT * FROM a;",
    "a mongo query": "db.orders.find({status: 'new'}).sort({created: -1})",
    "an error message": 'ERROR:  relation "orderz" does not exist\nLINE 1: EXPLAIN SELECT * FROM orderz',
    "truncated json": json.dumps(
        [{"Plan": {"Node Type": "Sort", "Plans": [{"Node Type": "Seq Scan", "Alias": "t"}]}}], indent=1
    )[:120],
    "other json": '{"name": "package", "version": "1.0.0"}',
    "json of another kind of plan": '{"Plan": "gold", "price": 10}',
    "spanish": "Escaneo secuencial en t  (costo=0.00..35.50 filas=2550 ancho=4)\n  Filtro: (a > 1)",
    "german": "Seq Scan auf t  (Kosten=0.00..35.50 Zeilen=2550 Breite=4)",
    "a document type": '<!DOCTYPE x [<!ENTITY a "b">]><explain xmlns="http://www.postgresql.org/2009/explain"><Query><Plan></Plan></Query></explain>',
    "broken xml": '<ShowPlanXML xmlns="x"><BatchSequence></Batch></ShowPlanXML>',
    "a showplan without operators": '<ShowPlanXML xmlns="x"><BatchSequence><Batch><Statements><StmtSimple/></Statements></Batch></BatchSequence></ShowPlanXML>',
    "a plan on one line": "Sort  (cost=1.00..2.00 rows=3 width=4) ->  Seq Scan on t  (cost=0.00..0.50 rows=3 width=4)",
    "mysql's tree on one line": "-> Sort: t.a  (cost=1.5 rows=3)  -> Table scan on t  (cost=0.5 rows=3)",
    "json too deep": "[" * 100_000,
    "a value of another kind": '[{"Plan": {"Node Type": "Sort", "Total Cost": {"a": 1}}}]',
}
ONE_LINE = (
    "the line breaks of the plan are lost, and with them which step belongs to which. Paste it with its line breaks and indentation,"
    " or as JSON (EXPLAIN (FORMAT JSON), EXPLAIN FORMAT=JSON)"
)
EXPECTED = {
    "a plan on one line": ONE_LINE,
    "mysql's tree on one line": ONE_LINE,
    "nothing": "the text is empty. Give the output of EXPLAIN",
    "words": f"this is not an execution plan that is known; it begins with 'The quick brown fox jumps over the lazy dog, and none of it is a plan.'. {HOW}",
    "a query": f"this is a statement, not its plan. Run it under EXPLAIN. {HOW}",
    "an explain statement": "this is an EXPLAIN statement, not its output. Run it and give what it returns",
    "a query with a comment": f"this is a statement, not its plan. Run it under EXPLAIN. {HOW}",
    "a mongo query": "this is a MongoDB query, not its plan. Append .explain('executionStats') to it, run it and give the output",
    "an error message": "this is an error message of a server, not a plan. Put the statement right and run EXPLAIN again",
    "truncated json": "line 11: this is a plan of PostgreSQL as JSON that cannot be read: the text ends within it. Give the whole output, not cut off by the client",
    "other json": f"line 1: this is JSON, but not an execution plan. {HOW}",
    "json of another kind of plan": f"line 1: this is JSON, but not an execution plan as PostgreSQL writes it. {HOW}",
    "spanish": "this looks like a PostgreSQL plan in another language (costo, filas, ancho for cost, rows, width). Run EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON), after SET lc_messages = 'C', and give it untranslated",
    "german": "this looks like a PostgreSQL plan in another language (Kosten, Zeilen, Breite for cost, rows, width). Run EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON), after SET lc_messages = 'C', and give it untranslated",
    "a document type": "a plan as XML has no document type; this one does. Run EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) and give its output as it is",
    "broken xml": "line 1: the XML of this plan is not well-formed: mismatched tag: line 1, column 40. Save the plan as .sqlplan (SET STATISTICS XML ON, or Include Actual Execution Plan) and give the whole file",
    "a showplan without operators": "this is a SQL Server showplan, but no statement in it has a plan with operators. Save the plan as .sqlplan (SET STATISTICS XML ON, or Include Actual Execution Plan) and give the whole file",
    "json too deep": "line 1: this is JSON that cannot be read: it is nested too deeply. Give the whole output, not cut off by the client",
    "a value of another kind": "this is PostgreSQL's EXPLAIN (FORMAT JSON), but a value in it is not of its kind (TypeError: float() argument must be a string or a real number, not 'dict'). Give the output as the server wrote it",
}


def test_every_bad_input_says_what_it_is_and_what_to_do() -> None:
    said = {}
    for name, text in BAD.items():
        with pytest.raises(DesignError) as error:
            read_plans(text)
        said[name] = str(error.value)
    assert said == EXPECTED


def test_a_text_that_is_too_long_is_refused_before_it_is_looked_at() -> None:
    with pytest.raises(LimitError, match="100 million characters"):
        read_plans("x" * 100_000_000)
    assert MOST_CHARACTERS < 100_000_000


def test_a_plan_deeper_than_can_be_printed_is_refused() -> None:
    lines = ["Limit  (cost=0.00..1.00 rows=1 width=4)"]
    lines += [f"{' ' * (6 * level - 4)}->  Limit  (cost=0.00..1.00 rows=1 width=4)" for level in range(1, 300)]
    with pytest.raises(LimitError, match="levels deep"):
        read_plans("\n".join([*lines, f"{' ' * 1796}->  Result  (cost=0.00..1.00 rows=1 width=4)"]))


def test_a_plan_that_is_nearly_too_deep_is_read_and_printed_as_json() -> None:
    lines = ["Limit  (cost=0.00..1.00 rows=1 width=4)"]
    lines += [f"{' ' * (6 * level - 4)}->  Limit  (cost=0.00..1.00 rows=1 width=4)" for level in range(1, 199)]
    plan = read_plans("\n".join([*lines, f"{' ' * 1190}->  Result  (cost=0.00..1.00 rows=1 width=4)"])).plans[0]
    assert len(plan.nodes) == 200
    assert json.loads(plan.model_dump_json())["root"]["type"] == "Limit"


def test_plans_of_two_engines_in_a_text_are_refused() -> None:
    mysql = documented("mysql", "json version 2 with the root beside the query")
    postgresql = '[{"Plan": {"Node Type": "Result", "Total Cost": 0.01}}]'
    with pytest.raises(InputError, match=r"PostgreSQL.*MySQL|MySQL.*PostgreSQL"):
        read_plans(f"{postgresql}\n{mysql}")


def test_two_plans_of_one_engine_are_both_read() -> None:
    assert [plan.line for plan in read_plans(f"{PLAN}\n{PLAN}").plans] == [1, 4]


def test_utf_16_that_was_decoded_byte_by_byte_is_put_right() -> None:
    read = read_plans("Result  (cost=0.00..0.01 rows=1 width=4)".encode("utf-16").decode("latin-1"))
    assert read.plans[0].root.type == "Result"


def test_lost_indentation_is_said() -> None:
    flat = "\n".join(
        line.strip()
        for line in documented("postgresql", "subplans, a hashed one and an alternative that never ran").splitlines()
    )
    with pytest.raises(InputError, match="indentation"):
        read_plans(flat)


QUOTED = """{
  "query_block": {
    "select_id": 1,
    "table": {
      "table_name": "t",
      "access_type": "ALL",
      "rows": 100,
      "attached_condition": "json_extract(t.doc,'$."a b"') = 1 and t.n = 'c\\d'"
    }
  }
}
"""


def test_quotes_within_a_condition_that_are_not_escaped_are_part_of_it() -> None:
    twice = read_plans(QUOTED + QUOTED)
    assert [node.filter for plan in twice.plans for node in plan.nodes if node.relation] == [
        """json_extract(t.doc,'$."a b"') = 1 and t.n = 'c\\d'"""
    ] * 2


def test_what_is_broken_beyond_its_quotes_is_refused_with_its_line() -> None:
    with pytest.raises(DesignError, match=r"line 7: .*cannot be read: "):
        read_plans(QUOTED.replace('"rows": 100', '"rows": 1 00'))
