"""Parameters are compared with columns, and custom plans are made for their common, typical and rare values."""

from __future__ import annotations

from simulate_designs import simulated

DDL = """
CREATE TYPE state AS ENUM ('new', 'done', 'void');
CREATE TABLE orders (
    id bigint PRIMARY KEY, status state NOT NULL, code varchar(10) NOT NULL, placed_on date NOT NULL, tags text[] NOT NULL, total numeric NOT NULL
);
CREATE INDEX orders_status ON orders (status);
CREATE INDEX orders_placed ON orders (placed_on);
"""
VOLUMES = """
  orders:
    rows: 50M
    columns:
      status: {values: {done: 0.9998, new: 0.0001, void: 0.0001}}
      placed_on: {min: 2020-01-01, max: 2026-01-01}
"""


def test_each_parameter_is_compared_with_its_column() -> None:
    [one] = simulated(
        DDL,
        VOLUMES,
        [
            "select total from orders o where o.status = $1 and o.code = $2 and o.placed_on >= $3 and id = any($4) limit $5"
        ],
    )
    assert [(parameter.type, parameter.column, parameter.operator) for parameter in one.parameters] == [
        ("state", "status", "="),
        ("text", "code", "="),
        ("date", "placed_on", ">="),
        ("bigint[]", "id", "="),
        ("bigint", None, None),
    ]
    assert all(parameter.values for parameter in one.parameters)
    assert one.notes == ()


def test_common_and_rare_values_have_plans_of_their_own() -> None:
    [one] = simulated(DDL, VOLUMES, ["select sum(total) from orders where status = $1"])
    cases = {case.name: case for case in one.cases}
    assert cases["common"].values == ("done",)
    assert cases["rare"].values == ("void",)
    assert one.sensitive
    assert cases["common"].cost > 10 * cases["rare"].cost
    assert "Seq Scan" in cases["common"].plan.shape
    assert "orders_status" in cases["rare"].plan.shape


def test_a_range_is_wide_typical_and_narrow() -> None:
    [one] = simulated(DDL, VOLUMES, ["select count(*) from orders where placed_on between $1 and $2"])
    rows = {case.name: next(case.plan.scans()).rows for case in one.cases}
    assert rows["common"] > 40e6
    assert rows["rare"] < 4e6 < rows["typical"] < 20e6


def test_a_unique_column_has_one_case() -> None:
    [one] = simulated(DDL, VOLUMES, ["select total from orders where id = $1"])
    assert [case.name for case in one.cases] == ["typical"]
    assert not one.sensitive


def test_what_nothing_is_known_of_is_said() -> None:
    [one] = simulated(DDL, VOLUMES, ["select total from orders where point(1, 2) <@ $1::box"])
    assert one.cases == ()
    assert one.notes == ("no custom plans: nothing is known of values for $1 (box)",)


def test_a_pattern_begins_with_a_wildcard_or_with_letters_or_is_whole() -> None:
    [known, unknown] = simulated(
        DDL,
        VOLUMES,
        ["select total from orders where code like $1", "select total from orders where total || 'x' like $1"],
    )
    assert [case.values for case in known.cases] == [("co2%",), ("%o2%",), ("co49499999%",)]
    assert [case.values for case in unknown.cases] == [("wor%",), ("%or%",), ("words%",)]
    rows = {case.name: next(case.plan.scans()).rows for case in known.cases}
    assert rows["rare"] < rows["typical"]


def test_an_array_is_searched_for_common_and_rare_elements() -> None:
    [one] = simulated(DDL, VOLUMES, ["select total from orders where tags @> $1"])
    rows = {case.name: next(case.plan.scans()).rows for case in one.cases}
    assert rows["rare"] < rows["typical"] < rows["common"]
    assert all(values[0] and values[0].startswith('{"') for values in (case.values for case in one.cases))


def test_findings_are_of_the_plan_that_the_server_keeps_to() -> None:
    ddl = f"{DDL} CREATE INDEX orders_code ON orders (code);"
    [one] = simulated(ddl, VOLUMES, ["select total from orders where ($1::text is null or code = $1)"])
    assert one.custom is not None
    assert one.used is one.cases[0].plan
    assert {finding.id for finding in one.findings} == {"generic-plan-worse"}
    [fixed] = simulated(ddl, VOLUMES, ["select total from orders where id = $1"])
    assert fixed.custom is None
    assert fixed.used is fixed.plan


def test_placeholders_of_every_library_are_numbered() -> None:
    found = simulated(
        DDL,
        VOLUMES,
        [
            "select total from orders where id = ?",
            "select total from orders where id = :id",
            "select total from orders where id = %(id)s",
        ],
    )
    assert {one.sql for one in found} == {"select total from orders where id = $1"}
    assert all(one.error is None for one in found)
