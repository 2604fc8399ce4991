"""EXPLAIN QUERY PLAN of the SQLite library here, in every form that clients give it."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator

import pytest

from dbdesign.model.plan import PlanNode
from dbdesign.plans.read import read_plans
from plan_outline import outline

SCHEMA = """
CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, country TEXT);
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers, status TEXT, created TEXT, total REAL);
CREATE TABLE "odd name" (a INTEGER, "b c" TEXT);
CREATE INDEX orders_customer ON orders (customer_id, created);
CREATE INDEX orders_status ON orders (status) WHERE status <> 'done';
CREATE INDEX orders_total ON orders (total);
CREATE INDEX "odd: index" ON "odd name" ("b c");
CREATE VIEW big AS SELECT * FROM orders WHERE total > 100;
"""
QUERIES = {
    "a whole table": "SELECT * FROM orders",
    "by rowid": "SELECT * FROM orders WHERE id = 7",
    "by an index": "SELECT * FROM orders WHERE customer_id = 7 AND created > '2024'",
    "by a covering index": "SELECT customer_id, created FROM orders WHERE customer_id = 7",
    "by a partial index": "SELECT * FROM orders WHERE status = 'new' AND status <> 'done'",
    "a whole index": "SELECT customer_id FROM orders ORDER BY customer_id",
    "a sort": "SELECT * FROM orders ORDER BY status",
    "a partial sort": "SELECT * FROM orders ORDER BY customer_id, total",
    "groups": "SELECT status, count(*) FROM orders GROUP BY status",
    "distinct": "SELECT DISTINCT status FROM orders",
    "count distinct": "SELECT count(DISTINCT status), count(DISTINCT created) FROM orders",
    "a join": "SELECT * FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.total > 5",
    "a left join": "SELECT * FROM customers c LEFT JOIN orders o ON o.customer_id = c.id",
    "an automatic index": 'SELECT * FROM customers c JOIN "odd name" x ON x.a = c.country',
    "a cross join": "SELECT * FROM customers a, customers b",
    "or": "SELECT * FROM orders WHERE customer_id = 3 OR total = 5",
    "a subquery in from": "SELECT * FROM (SELECT customer_id, count(*) AS n FROM orders GROUP BY customer_id) t JOIN customers c ON c.id = t.customer_id",
    "a scalar subquery": "SELECT *, (SELECT count(*) FROM orders o WHERE o.customer_id = c.id) FROM customers c",
    "an uncorrelated subquery": "SELECT * FROM orders WHERE total > (SELECT avg(total) FROM orders)",
    "in a list": "SELECT * FROM orders WHERE customer_id IN (SELECT id FROM customers WHERE country = 'de')",
    "exists": "SELECT * FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id)",
    "union all": "SELECT id FROM orders UNION ALL SELECT id FROM customers",
    "union": "SELECT id FROM orders UNION SELECT id FROM customers ORDER BY 1",
    "except": "SELECT id FROM orders EXCEPT SELECT id FROM customers",
    "a recursive query": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT * FROM n",
    "a materialized query": "WITH t AS MATERIALIZED (SELECT * FROM orders WHERE total > 3) SELECT * FROM t a JOIN t b ON a.id = b.customer_id",
    "a window": "SELECT row_number() OVER (PARTITION BY status ORDER BY total) FROM orders",
    "values": "SELECT * FROM (VALUES (1), (2), (3))",
    "a view": "SELECT * FROM big WHERE customer_id = 4",
    "odd names": 'SELECT * FROM "odd name" WHERE "b c" = \'x\'',
    "an alias": 'SELECT * FROM "odd name" AS "x y"',
    "an update": "UPDATE orders SET total = 0 WHERE customer_id = 5",
    "a delete": "DELETE FROM orders WHERE total < 0",
    "a json function": "SELECT * FROM json_each('[1, 2]')",
}
Row = tuple[int, int, int, str]


@pytest.fixture(scope="module")
def database() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    connection.executescript(SCHEMA)
    yield connection
    connection.close()


def rows_of(database: sqlite3.Connection, query: str) -> list[Row]:
    return [tuple(row) for row in database.execute(f"EXPLAIN QUERY PLAN {query}")]


def tree(rows: list[Row]) -> str:
    """As the shell draws it (`eqp_render` in shell.c)."""

    def below(parent: int, margin: str) -> Iterator[str]:
        children = [row for row in rows if row[1] == parent]
        for child in children:
            last = child is children[-1]
            yield f"{margin}{'`--' if last else '|--'}{child[3]}"
            yield from below(child[0], margin + ("   " if last else "|  "))

    return "\n".join(["QUERY PLAN", *below(0, "")])


def details(node: PlanNode) -> list[str]:
    return sorted(one.extra["detail"] for one in node.walk() if "detail" in one.extra)


@pytest.mark.parametrize("name", QUERIES)
def test_a_tree_has_every_row_of_the_plan(database: sqlite3.Connection, name: str) -> None:
    rows = rows_of(database, QUERIES[name])
    read = read_plans(tree(rows))
    assert (read.engine, read.format, read.notes) == ("sqlite", "tree", ())
    assert details(read.plans[0].root) == sorted(row[3] for row in rows)
    relations = {one.relation for one in read.plans[0].nodes if one.relation}
    assert relations <= {
        "customers",
        "orders",
        "odd name",
        "json_each",
        "o",
        "c",
        "a",
        "b",
        "x",
        "x y",
        "n",
        "t",
        "big",
    }


@pytest.mark.parametrize("name", QUERIES)
def test_rows_in_any_form_give_the_tree(database: sqlite3.Connection, name: str) -> None:
    rows = rows_of(database, QUERIES[name])
    expected = outline(read_plans(tree(rows))).partition("\n")[2]
    names = ("id", "parent", "notused", "detail")
    forms = {
        "pipes": "\n".join("|".join(map(str, row)) for row in rows),
        "pipes with a header": "\n".join(["|".join(names), *("|".join(map(str, row)) for row in rows)]),
        "json": json.dumps([dict(zip(names, row, strict=True)) for row in rows], indent=1),
        "python": repr(rows),
        "a frame": "\n".join(
            ["+----+--------+---------+--------+", f"| {' | '.join(names)} |", "+----+--------+---------+--------+"]
            + [f"| {' | '.join(map(str, row))} |" for row in rows]
            + ["+----+--------+---------+--------+"]
        ),
        "tabs": "\n".join(["\t".join(names), *("\t".join(map(str, row)) for row in rows)]),
    }
    for form, text in forms.items():
        assert outline(read_plans(text)).partition("\n")[2] == expected, form


def test_the_shells_own_tree_is_read(database: sqlite3.Connection) -> None:
    program = shutil.which("sqlite3")
    if program is None:
        pytest.skip("the shell of SQLite is not installed (sqlite3)")
    query = QUERIES["a join"]
    done = subprocess.run(
        [program, ":memory:"],
        input=f"{SCHEMA}\nEXPLAIN QUERY PLAN {query};",
        capture_output=True,
        text=True,
        check=True,
    )
    read = read_plans(done.stdout)
    assert (read.engine, read.format) == ("sqlite", "tree")
    assert [node.relation for node in read.plans[0].nodes if node.relation]
