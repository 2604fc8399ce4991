"""The design file: what it says is read; what is wrong with it is named with its line."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbdesign.errors import InputError
from dbdesign.model.finding import Proof
from dbdesign.model.schema import Column, Engine, Schema, Table
from dbdesign.model.types import DataType, Kind
from dbdesign.readers.base import ReadResult
from dbdesign.readers.design import DesignFileError, is_design, parse_design, read_design

GOOD = """\
engine: postgres 17
schema: orders.sql
targets: {latency: p95 50ms}
workload:
  - name: recent
    sql: select * from orders where customer_id = $1 order by id desc limit 20;
    rate: 300/s
    peak: 2k/s
    target: p99 20ms
  - sql: select 1
volumes:
  orders:
    rows: 2e9
    growth: 3% per month
    retention: 2 years
    columns:
      customer_id: {distinct: 5e6, skew: zipf 1.1, nulls: 1%, correlation: -0.2, width: 8}
      status: {values: {paid: 0.95, failed: 4%}, min: a, max: z}
  public.empty: 5M
"""


def load(source: str, _format: str | None) -> ReadResult:
    text = DataType(kind=Kind.TEXT, native="text")
    names = ("id", "customer_id", "status")
    orders = Table(name="orders", columns=tuple(Column(name=name, type=text) for name in names))
    return ReadResult(
        schema=Schema(engine=Engine.POSTGRESQL, tables=(orders,)), proof=Proof(level="by rule"), notes=(source,)
    )


def problems(text: str) -> list[str]:
    with pytest.raises(DesignFileError) as caught:
        read_design(text, load)
    return [str(problem) for problem in caught.value.problems]


def test_every_part_of_a_design_file_is_read() -> None:
    document = parse_design(GOOD)
    assert (document.engine, document.version, document.schema_source) == (Engine.POSTGRESQL, "17", "orders.sql")
    recent, plain = document.workload.queries
    assert (recent.rate, recent.peak, recent.line) == (300, 2000, 5)
    assert recent.sql.endswith("limit 20")
    assert recent.target is not None
    assert plain.target is not None
    assert (recent.target.percentile, plain.target.milliseconds, plain.name) == (99, 50, "query 2")
    orders = document.workload.volumes["orders"]
    assert orders.rows == 2e9
    assert orders.growth is not None
    assert orders.growth.rate_per_month == pytest.approx(0.03)
    assert orders.retention_days == pytest.approx(730.485)
    assert orders.columns["customer_id"].nulls == 0.01
    assert orders.columns["status"].values == {"paid": 0.95, "failed": 0.04}
    assert document.workload.volumes["public.empty"].rows == 5e6


@pytest.mark.parametrize(
    ("source", "expected"),
    [("schema.prisma", None), ("schema.sql", "postgresql"), ("create table t (id int);", "postgresql")],
)
def test_a_schema_is_in_the_engine_s_own_language_unless_its_file_is_a_model(source: str, expected: str | None) -> None:
    asked: list[str | None] = []

    def heard(text: str, form: str | None) -> ReadResult:
        asked.append(form)
        return load(text, form)

    read_design(f"engine: postgresql\nschema: {source}\n", heard)
    read_design(f"engine: postgresql\nschema: {source}\nformat: sqlite\n", heard)
    assert asked == [expected, "sqlite"]


def test_volumes_are_bound_to_the_tables_of_the_schema() -> None:
    design, result = read_design(GOOD.replace("  public.empty: 5M\n", "").replace("  orders:", "  ORDERS:"), load)
    assert list(design.workload.volumes) == ["orders"]
    assert design.schema_.version == "17"
    assert result.notes == ("orders.sql",)


def test_json_is_a_design_file_too() -> None:
    assert parse_design('{"engine": "mysql 8.4", "schema": "a.sql", "volumes": {"t": 5}}').version == "8.4"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "line 1: the file is empty"),
        ("engine: [", "line 1: not YAML: "),
        ("- a", "line 1: the design file must be a mapping (`key: value`)"),
        ("schema: x\nvolume:\n  a: 1", "line 2: the design file has no entry 'volume'; did you mean volumes?"),
        ("schema: x\nschema: y", "line 2: the design file has 'schema' twice"),
        ("schema: x\nengine: oracle 23", "line 2: engine 'oracle 23' is not known; use one of postgresql, "),
        ("engine: postgresql", "line 1: `schema` is missing: name a file, or put the DDL there"),
        ("schema: x\nengine: mysql", "line 2: engine is mysql, but the schema was read as postgresql"),
        ("schema: x\nworkload: many", "line 2: workload must be a list of queries (`- name: …`)"),
        ("schema: x\nworkload:\n  - name: a", "line 3: query 1 has no `sql`"),
        ("schema: x\nworkload:\n  - sql: select\n    rate: 9", "line 4: query 'query 1': rate: '9' is not a rate; "),
        ("schema: x\nworkload:\n  - sql: select from where", "line 3: query 'query 1' cannot be parsed: "),
        ("schema: x\nworkload:\n  - sql: select * from ordrs", "line 3: query 'query 1' reads 'ordrs', which the schema does not have; did you mean orders?"),
        ("schema: x\nvolumes:\n  order: 5", "line 3: volumes: no table 'order'; did you mean orders?"),
        ("schema: x\nvolumes:\n  orders: lots", "line 3: volumes.orders: 'lots' is not a count; "),
        ("schema: x\nvolumes:\n  orders:\n    columns:\n      statsu: {distinct: 5}", "line 5: volumes: orders has no column 'statsu'; did you mean status?"),
        ("schema: x\nvolumes:\n  orders:\n    columns:\n      status: {values: {a: 0.9, b: 0.2}}", "line 5: volumes.orders.status: the shares of values and nulls add up to 1.1, more than 1"),
        ("schema: x\nvolumes:\n  orders:\n    columns:\n      status: {correlation: 3}", "line 5: volumes.orders.status.correlation: '3' is not a correlation; "),
    ],
)  # fmt: skip
def test_a_problem_is_named_with_its_line_and_remedy(text: str, expected: str) -> None:
    assert [one for one in problems(text) if one.startswith(expected)], problems(text)


def test_all_problems_come_at_once() -> None:
    text = "schema: x\nworkload:\n  - sql: select\n    rate: 9\n  - sql: select\n    peak: 9\nvolumes:\n  orders: lots"
    assert [one.split(":")[0] for one in problems(text)] == ["line 4", "line 6", "line 8"]


def test_an_alias_bomb_is_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    assert "too many aliases" in problems("\n".join(lines))[0]


def test_deep_nesting_is_refused_not_a_crash() -> None:
    assert problems("schema: " + "[" * 5000 + "]" * 5000)


@pytest.mark.parametrize(
    ("text", "design"),
    [
        (GOOD, True),
        ("create table schema_a (engine int);", False),
        ('{"schema": "a"}', True),
        ("Table users { id int }", False),
    ],
)
def test_a_design_file_is_told_from_a_schema(text: str, design: bool) -> None:
    assert is_design(text) is design


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_any_text_is_a_design_or_an_input_error(text: str) -> None:
    with contextlib.suppress(InputError):
        parse_design(text)


@pytest.mark.parametrize("condition", ["(" * 300 + "total > 1" + ")" * 300, "not " * 400 + "(total > 1)"])
def test_a_query_that_is_nested_too_deeply_is_a_problem_of_its_own(condition: str) -> None:
    text = f"schema: x\nworkload:\n  - sql: select id from orders where {condition}\n  - sql: select * from ordrs"
    assert problems(text) == [
        "line 3: query 'query 1' cannot be parsed: it is nested too deeply",
        "line 4: query 'query 2' reads 'ordrs', which the schema does not have; did you mean orders?",
    ]
