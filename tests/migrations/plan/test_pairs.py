"""Every pair of schemas is planned and executed: up and down by phases, against a fresh target, with rows; no step is a hazard."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dbdesign.migrations.check.checker import Checked, Checker
from dbdesign.migrations.check.migration import Migration, sql_statements
from dbdesign.migrations.compare import compare
from dbdesign.migrations.plan import plan_migration
from dbdesign.model.migration import MigrationPlan, Step
from dbdesign.model.schema import Schema
from dbdesign.readers.base import reader
from migrations.plan.pairs import VERSIONS, Pair, pairs, scripts, settings

GROUP = 12
"""Pairs that share a database, and a plan."""

ACCEPTED = {
    ("contract", "drop-column"): "nothing names it any more: the phase's condition",
    ("contract", "drop-table"): "likewise",
    ("contract", "drop-fk"): "brief, with lock_timeout and retry; its parent is locked along",
    ("switch", "drop-fk"): "brief, with lock_timeout and retry; its parent is locked along",
    ("switch", "drop-not-null"): "the new version expects NULL: the phase's condition",
    (
        "switch",
        "rename-table",
    ): "the name that goes is one that the plan gave; the one that comes was freed in the same transaction",
    ("contract", "rename-table"): "the name that goes is one that the plan gave",
    ("expand", "enum-rename"): "the version that runs knows both names: the step's note",
    ("validate", "domain-validate"): "PostgreSQL has no way around SHARE on the tables that use a domain",
}
"""Hazards that the condition of their phase answers, or that there is no way around."""

PROVEN = {"partition-unique", "partition-pk", "partition-not-null", "partition-add-volatile"}
"""Whose last step a rule takes for a scan: executed, it finds the partitions' own indexes, or checks, and reads nothing."""


def _groups() -> list[tuple[str, tuple[Pair, ...]]]:
    found = []
    for version in VERSIONS:
        for destructive in (False, True):
            mine = [
                one for one in pairs() if one.version == version and bool(one.options.get("destructive")) == destructive
            ]
            for at in range(0, len(mine), GROUP):
                name = f"{version}-{'destructive' if destructive else 'kept'}-{at // GROUP}"
                found.append((name, tuple(mine[at : at + GROUP])))
    return found


GROUPS = dict(_groups())


def _schema(script: str) -> Schema:
    result = reader("postgresql").read(script)
    assert result.unread == ()
    return result.schema_


def _placed(group: tuple[Pair, ...]) -> list[tuple[str, Pair]]:
    return [(f"s{number}", pair) for number, pair in enumerate(group)]


def _schemas(placed: list[tuple[str, Pair]]) -> tuple[Schema, Schema]:
    before, after = scripts(placed)
    return _schema(before), _schema(after)


def test_there_are_at_least_three_hundred_pairs_over_every_kind_of_operation() -> None:
    assert len(pairs()) >= 300
    last = [one for one in pairs() if one.version == VERSIONS[-1]]
    before, after = _schemas(_placed(tuple(last)))
    kinds = {operation.kind for operation in compare(before, after, execute=False).operations}
    assert kinds >= {
        "namespace", "enum", "domain", "composite", "sequence", "table", "column", "primary key", "unique key", "foreign key", "check",
        "exclusion", "index", "partitioning", "partition", "trigger", "policy", "row security", "grant", "comment", "option", "view",
        "routine", "carried",
    }  # fmt: skip


@pytest.mark.parametrize("name", GROUPS)
def test_a_plan_holds_up_and_down_with_rows_ends_at_the_target_and_has_no_hazard(name: str) -> None:
    placed = _placed(GROUPS[name])
    before, after = _schemas(placed)
    plan = plan_migration(before, after, settings(placed))
    assert (plan.manual, plan.questions) == ((), ())
    assert plan.verification is not None
    assert plan.verification.ok, _alone(GROUPS[name]) or plan.verification.checks
    assert _hazards(before, plan, GROUPS[name]) == []


def _alone(group: tuple[Pair, ...]) -> dict[str, str]:
    """Which pairs of a group fail by themselves, and how."""
    found = {}
    for pair in group:
        before, after = _schemas([("s", pair)])
        plan = plan_migration(before, after, settings([("s", pair)]))
        if plan.verification is None or not plan.verification.ok:
            found[pair.id] = plan.verification.summary if plan.verification else "no steps"
    return found


def _hazards(before: Schema, plan: MigrationPlan, group: tuple[Pair, ...]) -> list[str]:
    proven = {f"s{number}." for number, pair in enumerate(group) if pair.id in PROVEN}
    return [
        f"{step.id}: {one.hazard} on {one.relation}: {checked.statement.sql[:120]}"
        for step, checked in _checked(before, plan)
        for one in checked.findings
        if (step.id.rpartition("-")[0], one.hazard) not in ACCEPTED
        and not any(namespace in checked.statement.sql for namespace in proven)
    ]


def _checked(before: Schema, plan: MigrationPlan) -> Iterator[tuple[Step, Checked]]:
    with Checker(before, version=plan.version, execute=False) as checker:
        for step in plan.steps:
            for checked in checker.check([_migration(step)]):
                yield step, checked


def _migration(step: Step) -> Migration:
    """A step as a file of a tool that runs each in a transaction, or outside any."""
    local = "LOCAL " if step.transactional else ""
    statements, _ = sql_statements(f"SET {local}lock_timeout = '{step.lock_timeout}';\n{step.sql}")
    return Migration(step.id, statements, transaction="file" if step.transactional else "each")
