"""Expressions, defaults and queries keep their meaning in another dialect, or are refused."""

from __future__ import annotations

import sqlite3
from decimal import Decimal

import pytest

from dbdesign.engines.postgres import embedded
from dbdesign.model.schema import Engine
from dbdesign.model.types import Kind
from dbdesign.writers.translate import translate, translate_default, translate_query, without_outer_parentheses
from translation_cases import CONDITIONS, DEFAULTS, EXECUTED, EXPRESSIONS

ACTIVE = frozenset({("active", Kind.BOOLEAN)})
COLUMNS = "a integer, b integer, t text, u text, d date, n numeric(10,2), j jsonb, flag boolean"
ROWS = [
    "5, 3, 'abc', 'x', '2024-05-17', 12.25, '{\"k\": \"v\", \"m\": {\"n\": 1}}', true",
    "2, 2, 'a_c ', NULL, '1999-12-31', 0.50, '{}', false",
    "NULL, 7, NULL, 'ä', NULL, NULL, NULL, NULL",
]


@pytest.mark.parametrize(
    ("source", "target", "expression", "expected"),
    [(source, target, text, wanted) for source, text, targets in EXPRESSIONS for target, wanted in targets.items()],
)
def test_an_expression_is_spelt_for_the_target_or_refused(
    source: str, target: str, expression: str, expected: str | None
):
    assert translate(expression, Engine(source), Engine(target)) == expected


@pytest.mark.parametrize(
    ("source", "target", "default", "kind", "expected"),
    [
        (source, target, text, kind, wanted)
        for source, text, kind, targets in DEFAULTS
        for target, wanted in targets.items()
    ],
)
def test_a_default_is_spelt_for_the_target_or_refused(
    source: str, target: str, default: str, kind: str | None, expected: str | None
):
    assert translate_default(default, Engine(source), Engine(target), Kind(kind) if kind else None) == expected


@pytest.mark.parametrize(
    ("source", "target", "condition", "expected"),
    [(source, target, text, wanted) for source, text, targets in CONDITIONS for target, wanted in targets.items()],
)
def test_a_condition_tells_truth_values_from_numbers(source: str, target: str, condition: str, expected: str):
    assert translate(condition, Engine(source), Engine(target), predicate=True, kinds=ACTIVE) == expected


def test_a_condition_as_a_value_of_sql_server_keeps_its_third_value():
    found = translate("a > 1", Engine.POSTGRESQL, Engine.SQLSERVER, predicate=False)
    assert found == "CAST(CASE WHEN a > 1 THEN 1 WHEN NOT (a > 1) THEN 0 END AS bit)"


@pytest.mark.parametrize("expression", ["now()", "gen_random_uuid()", "CURRENT_DATE", "CURRENT_USER"])
@pytest.mark.parametrize("target", [Engine.MYSQL, Engine.SQLSERVER, Engine.SQLITE])
def test_what_changes_by_itself_is_refused_where_it_must_not(expression: str, target: Engine):
    assert translate(f"a = {expression}", Engine.POSTGRESQL, target, immutable=True) is None


@pytest.mark.parametrize("source", list(Engine))
def test_an_expression_for_its_own_engine_is_left_as_it_is(source: Engine):
    assert translate("what::ever [it] `is`", source, source) == "what::ever [it] `is`"


@pytest.mark.parametrize("nested", ["(" * 5000 + "1" + ")" * 5000, "a" + " + a" * 20_000, "NOT " * 3000 + "a"])
def test_an_expression_that_is_too_deep_or_too_long_is_refused(nested: str):
    assert translate(nested, Engine.POSTGRESQL, Engine.SQLITE) is None


@pytest.mark.parametrize(
    ("text", "bare"), [("((a))", "a"), ("(a) + (b)", "(a) + (b)"), ("(')')", "')'"), (" ( [)] ) ", "[)]"), ("()", "")]
)
def test_only_parentheses_around_all_of_it_are_taken_off(text: str, bare: str):
    assert without_outer_parentheses(text) == bare


@pytest.fixture(scope="module")
def on_postgresql() -> dict[str, list[object]]:
    """What PostgreSQL makes of each expression, row by row."""
    values = ", ".join(f"({row}, {number})" for number, row in enumerate(ROWS))
    query = "SELECT " + ", ".join(f"({text})" for text in EXECUTED)
    with embedded().scratch() as database:
        database.user.execute(f"CREATE TABLE x ({COLUMNS}, k integer)")
        database.user.execute(f"INSERT INTO x VALUES {values}")
        rows = database.user.execute(f"{query} FROM x ORDER BY k").fetchall()
    return {text: [plain(row[number]) for row in rows] for number, text in enumerate(EXECUTED)}


def plain(value: object) -> object:
    """A value as both engines may give it: truth as 0 and 1, exact numbers as floats."""
    if isinstance(value, bool):
        return int(value)
    return float(value) if isinstance(value, Decimal | int) else value


@pytest.mark.parametrize("expression", EXECUTED)
def test_sqlite_computes_what_postgresql_does(expression: str, on_postgresql: dict[str, list[object]]):
    kinds = frozenset(
        {("flag", Kind.BOOLEAN), ("n", Kind.DECIMAL), ("a", Kind.INT32), ("b", Kind.INT32), ("t", Kind.TEXT)}
    )
    text = translate(expression, Engine.POSTGRESQL, Engine.SQLITE, kinds=kinds)
    assert text is not None
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "CREATE TABLE x (a INTEGER, b INTEGER, t TEXT, u TEXT, d DATE, n DECIMAL(10,2), j TEXT, flag BOOLEAN)"
    )
    for row in ROWS:
        connection.execute(f"INSERT INTO x VALUES ({row})")
    assert [plain(one) for (one,) in connection.execute(f"SELECT {text} FROM x")] == on_postgresql[expression]
    connection.close()


QUERY = """SELECT c.id, (c.name || ' '::text) || c.surname AS who, c.active AND c.age > 3 AS grown, count(*) AS n
FROM public.customers c LEFT JOIN sales.orders o ON o.customer_id = c.id
WHERE c.active AND (c.status = ANY (ARRAY['a'::text, 'b'::text])) GROUP BY c.id HAVING count(*) > 1 ORDER BY c.id"""


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (
            Engine.SQLITE,
            (
                "SELECT c.id, (c.name || ' ' || c.surname) AS who, c.active AND c.age > 3 AS grown, COUNT(*) AS n "
                "FROM customers AS c LEFT JOIN sales_orders AS o ON o.customer_id = c.id "
                "WHERE c.active AND (c.status IN ('a', 'b')) GROUP BY c.id HAVING COUNT(*) > 1 ORDER BY c.id NULLS LAST"
            ),
        ),
        (
            Engine.SQLSERVER,
            (
                "SELECT c.id, (c.name + ' ' + c.surname) AS who, CAST(CASE WHEN c.active = 1 AND c.age > 3 THEN 1 "
                "WHEN NOT (c.active = 1 AND c.age > 3) THEN 0 END AS bit) AS grown, COUNT_BIG(*) AS n "
                "FROM customers AS c LEFT JOIN sales_orders AS o ON o.customer_id = c.id "
                "WHERE c.active = 1 AND (c.status IN ('a', 'b')) GROUP BY c.id HAVING COUNT_BIG(*) > 1"
            ),
        ),
    ],
)
def test_a_view_is_translated_with_its_tables_renamed(target: Engine, expected: str):
    found = translate_query(QUERY, Engine.POSTGRESQL, target, renames=frozenset({("sales.orders", "sales_orders")}))
    assert found is not None
    assert " ".join(found.split()).replace("( ", "(").replace(" )", ")") == expected


@pytest.mark.parametrize(
    "query",
    [
        "SELECT DISTINCT ON (a) a, b FROM t",
        "SELECT a FROM t LIMIT 3",
        "SELECT a FROM t FOR UPDATE",
        "SELECT a, rank() OVER (ORDER BY b) FROM t",
        "SELECT a FROM t, LATERAL (SELECT 1) x",
        "SELECT a FROM generate_series(1, 3) a",
        "SELECT array_agg(a) FROM t",
        "SELECT a FROM t JOIN u USING (id)",
        "SELECT count(*) FILTER (WHERE a) FROM t",
        "INSERT INTO t VALUES (1)",
        "not sql at all",
    ],
)
def test_a_query_that_means_something_else_elsewhere_is_refused(query: str):
    for target in (Engine.SQLITE, Engine.SQLSERVER, Engine.MYSQL):
        assert translate_query(query, Engine.POSTGRESQL, target) is None
