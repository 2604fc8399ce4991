"""EXPLAIN and ANALYZE of a real MariaDB: its JSON against its tables, in what they share, and in the forms of its client."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from dbdesign.model.plan import Plan, PlanNode
from dbdesign.plans.read import read_plans
from mariadb_servers import server

SCHEMA = """
CREATE TABLE customers (id INT PRIMARY KEY, name VARCHAR(50), country CHAR(2), KEY by_country (country));
INSERT INTO customers SELECT seq, CONCAT('n', seq), ELT(1 + seq % 3, 'de', 'fr', 'us') FROM seq_1_to_1000;
CREATE TABLE orders (id INT PRIMARY KEY, customer_id INT NOT NULL, total INT, note VARCHAR(20), KEY by_customer (customer_id), KEY by_total (total));
INSERT INTO orders SELECT seq, 1 + seq % 1000, seq % 500, CONCAT('x', seq % 7) FROM seq_1_to_4000;
CREATE TABLE parts (id INT, day DATE) PARTITION BY RANGE (YEAR(day)) (PARTITION p0 VALUES LESS THAN (2024), PARTITION p1 VALUES LESS THAN MAXVALUE);
INSERT INTO parts SELECT seq, DATE '2023-01-01' + INTERVAL seq DAY FROM seq_1_to_700;
ANALYZE TABLE customers, orders, parts;
"""
QUERIES = {
    "a whole table": "SELECT * FROM orders",
    "a filter": "SELECT * FROM orders WHERE note = 'x3'",
    "by key": "SELECT * FROM orders WHERE id = 5",
    "a range": "SELECT * FROM orders WHERE total BETWEEN 5 AND 7",
    "a covering index": "SELECT customer_id FROM orders",
    "two indexes": "SELECT * FROM orders WHERE total = 5 OR customer_id = 7",
    "a sort": "SELECT * FROM orders ORDER BY note, total",
    "a sort with a limit": "SELECT * FROM orders ORDER BY note LIMIT 3",
    "groups": "SELECT note, COUNT(*) FROM orders GROUP BY note",
    "groups with a join and a sort": "SELECT c.name, SUM(o.total) FROM customers c JOIN orders o ON o.customer_id = c.id WHERE c.country = 'de' GROUP BY c.name ORDER BY 2 DESC LIMIT 5",
    "a join": "SELECT c.name, o.id FROM customers c JOIN orders o ON o.customer_id = c.id WHERE o.total > 490",
    "a left join": "SELECT c.name, o.id FROM customers c LEFT JOIN orders o ON o.customer_id = c.id AND o.note = 'x1' WHERE c.id < 50",
    "a join without an index": "SELECT COUNT(*) FROM customers a JOIN customers b ON a.name = b.name",
    "distinct": "SELECT DISTINCT note FROM orders",
    "in a subquery": "SELECT id FROM customers WHERE id IN (SELECT customer_id FROM orders WHERE total > 495)",
    "exists": "SELECT id FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id AND o.total > 495)",
    "a dependent subquery": "SELECT id, (SELECT COUNT(*) FROM orders o WHERE o.customer_id = c.id) FROM customers c WHERE id < 10",
    "a subquery that runs once": "SELECT id FROM orders WHERE total > (SELECT AVG(total) FROM orders)",
    "a derived table": "SELECT * FROM (SELECT note, COUNT(*) AS n FROM orders GROUP BY note) t WHERE n > 3",
    "a union": "SELECT id FROM customers WHERE id < 5 UNION SELECT id FROM orders WHERE id < 5",
    "a recursive query": "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT * FROM r",
    "a window": "SELECT id, ROW_NUMBER() OVER (PARTITION BY country ORDER BY name) FROM customers WHERE id < 50",
    "partitions": "SELECT COUNT(*) FROM parts WHERE day > '2024-05-01'",
    "nothing": "SELECT * FROM orders WHERE 1 = 0",
    "no table": "SELECT 1 + 1",
    "an update": "UPDATE orders SET total = 1 WHERE customer_id = 3",
    "a delete": "DELETE FROM orders WHERE customer_id = 999",
}
Run = Callable[..., str]


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    running = server()
    with running.database("plan_shop") as name:
        running.run(SCHEMA, name)

        def client(sql: str, *options: str) -> str:
            command = [*running._client(running.installation.client), "--default-character-set=utf8mb4", *options, name]
            done = subprocess.run(command, input=sql, capture_output=True, text=True, check=False, timeout=60)
            assert done.returncode == 0, done.stderr
            return done.stdout

        yield client


def tables(plan: Plan) -> list[tuple[Any, ...]]:
    """What both formats say of each table that is read."""
    return sorted(
        (node.relation, node.access_type, node.index, node.possible_indexes, node.rows_examined, node.partitions)
        for node in plan.nodes
        if node.access_type and node.relation and not node.relation.startswith("<") and "index_merge" not in node.extra
    )


@pytest.mark.parametrize("name", QUERIES)
def test_the_json_and_the_table_say_the_same_of_tables(run: Run, name: str) -> None:
    as_json = read_plans(run(f"EXPLAIN FORMAT=JSON {QUERIES[name]}", "--batch"))
    as_table = read_plans(run(f"EXPLAIN {'' if name != 'partitions' else 'PARTITIONS '}{QUERIES[name]}", "--batch"))
    assert (as_json.engine, as_json.format, as_json.notes) == ("mariadb", "json", ())
    assert (as_table.format, as_table.notes) == ("table", ())
    if name == "two indexes":
        return  # the table shows the key of an index merge, the JSON its parts
    assert tables(as_json.plans[0]) == tables(as_table.plans[0])


@pytest.mark.parametrize("name", [name for name in QUERIES if name not in {"an update", "a delete"}])
def test_exclusive_times_of_an_analyzed_plan_sum_to_its_time(run: Run, name: str) -> None:
    read = read_plans(run(f"ANALYZE FORMAT=JSON {QUERIES[name]}", "--batch", "--raw"))
    plan = read.plans[0]
    assert (read.engine, read.notes) == ("mariadb", ())
    if plan.nodes_ms is None:
        assert name in {"nothing", "no table"}
        return
    assert plan.analyzed
    assert sum(node.exclusive_ms or 0.0 for node in plan.nodes) == pytest.approx(plan.nodes_ms)
    assert plan.nodes_ms == pytest.approx(plan.root.total_ms)


@pytest.mark.parametrize("name", ["a join", "a filter", "a dependent subquery", "a union", "a range"])
def test_the_analyzed_table_has_the_rows_of_the_analyzed_json(run: Run, name: str) -> None:
    def came(text: str) -> list[tuple[str | None, float | None]]:
        nodes: tuple[PlanNode, ...] = read_plans(text).plans[0].nodes
        return sorted(
            (node.relation, node.rows_examined)
            for node in nodes
            if node.relation and not node.relation.startswith("<") and node.actual_rows is not None
        )

    assert came(run(f"ANALYZE {QUERIES[name]}", "--batch")) == came(
        run(f"ANALYZE FORMAT=JSON {QUERIES[name]}", "--batch")
    )


@pytest.mark.parametrize("options", [("--table",), ("--vertical",), ("--batch", "--raw"), ("--table", "--unbuffered")])
@pytest.mark.parametrize("name", ["a join", "a derived table", "a window"])
def test_the_clients_frames_do_not_matter(run: Run, name: str, options: tuple[str, ...]) -> None:
    for form in ("", "FORMAT=JSON "):
        sql = f"EXPLAIN {form}{QUERIES[name]}"
        plain, framed = read_plans(run(sql, "--batch")), read_plans(run(sql, *options))
        assert framed.notes == ()
        assert [node.title for node in framed.plans[0].nodes] == [node.title for node in plain.plans[0].nodes]
        assert tables(framed.plans[0]) == tables(plain.plans[0])


QUOTING = {
    "a path": ("""json_extract(note, '$."a b"') = 1""", """json_extract(orders.note,'$."a b"') = 1"""),
    "a document": ("""json_contains(note, '{"d": "x"}')""", """json_contains(orders.note,'{"d": "x"}')"""),
    "a backslash": ("""note = 'a\\\\"b'""", """orders.note = 'a\\\\"b'"""),
    "a quote at the end": ("""'"' < note""", """'"' < orders.note"""),
}


@pytest.mark.parametrize("options", [("--batch", "--raw"), ("--batch",), ("--table",), ("--vertical",)])
@pytest.mark.parametrize("name", QUOTING)
def test_quotes_that_mariadb_does_not_escape_are_read_as_part_of_the_condition(
    run: Run, name: str, options: tuple[str, ...]
) -> None:
    condition, said = QUOTING[name]
    for form in ("EXPLAIN", "ANALYZE"):
        read = read_plans(run(f"{form} FORMAT=JSON SELECT * FROM orders WHERE {condition} AND total >= 0", *options))
        assert (read.engine, read.format, len(read.plans)) == ("mariadb", "json", 1)
        assert [said in (node.filter or "") for node in read.plans[0].nodes if node.relation == "orders"] == [True], [
            node.filter for node in read.plans[0].nodes
        ]
