"""What a finding on a plan is, and how its rules are found: each module of this package that derives from `PlanRule`.

A rule names a condition under which what it says is true, and stays silent elsewhere: a finding on a plan that is fine is a defect.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, ClassVar

import dbdesign.simulate.findings
from dbdesign.model.finding import Severity

if TYPE_CHECKING:
    from dbdesign.model.schema import Schema
    from dbdesign.model.workload import Query
    from dbdesign.queries.uses import StatementUse
    from dbdesign.simulate.conditions import Asker
    from dbdesign.simulate.parameters import Parameter
    from dbdesign.simulate.plans import Node, Plan
    from dbdesign.simulate.relations import Catalog
    from dbdesign.simulate.writes import Written

LARGE = 100_000.0
"""Rows from which on reading all of a table for a few of them is worth a word: some 10 ms and more of one processor."""


@dataclass(frozen=True)
class PlanFinding:
    """One thing that is wrong with a plan.

    Attributes:
        id: the rule's name, which stays.
        node: of the plan, as `Node.title` says it.
        numbers: the facts that it rests on.
        remedy: what to do.
    """

    id: str
    severity: Severity
    node: str
    message: str
    numbers: Mapping[str, float | str]
    remedy: str


@dataclass(frozen=True)
class Case:
    """A custom plan: for values of the parameters.

    Attributes:
        name: common, typical or rare.
        raw: PostgreSQL's EXPLAIN object.
    """

    name: str
    values: tuple[str | None, ...]
    plan: Plan
    raw: Mapping[str, object]

    @property
    def cost(self) -> float:
        """Its total cost."""
        return self.plan.root.cost


@dataclass(frozen=True)
class Subject:
    """What a rule looks at: one query's plan with everything known of it.

    Attributes:
        plan: that the server keeps to; of a statement with parameters for typical values, or the generic one.
        generic: without knowledge of the parameters.
        use: how the statement uses the tables; None where sqlglot does not understand it.
    """

    query: Query
    sql: str
    plan: Plan
    generic: Plan
    cases: tuple[Case, ...]
    parameters: tuple[Parameter, ...]
    catalog: Catalog
    asker: Asker
    schema: Schema
    use: StatementUse | None = None
    writes: tuple[Written, ...] = ()

    @property
    def work_memory(self) -> float:
        """work_mem in bytes."""
        return self.catalog.settings.bytes("work_mem")

    @property
    def hash_memory(self) -> float:
        """Bytes that a hash table may take: work_mem × hash_mem_multiplier."""
        return self.work_memory * self.catalog.settings.number("hash_mem_multiplier")


class PlanRule:
    """One thing that may be wrong with a plan. The class docstring says what, under which condition, and by which source.

    Attributes:
        name: of the module, with hyphens.
    """

    name: ClassVar[str]
    severity: ClassVar[Severity] = Severity.MEDIUM

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        cls.name = cls.__module__.rpartition(".")[2].replace("_", "-")
        _registry[cls.name] = cls

    def check(self, subject: Subject) -> Iterator[PlanFinding]:
        """Every place of the plan where it is so."""
        raise NotImplementedError

    def finding(
        self,
        node: Node | str,
        message: str,
        remedy: str,
        *,
        severity: Severity | None = None,
        **numbers: float | str,
    ) -> PlanFinding:
        """A finding of this rule."""
        title = node if isinstance(node, str) else node.title
        return PlanFinding(self.name, severity or self.severity, title, message, numbers, remedy)


_registry: dict[str, type[PlanRule]] = {}


@cache
def plan_rules() -> tuple[PlanRule, ...]:
    """Every rule, by name; imports the package's modules once."""
    for module in iter_modules(dbdesign.simulate.findings.__path__, "dbdesign.simulate.findings."):
        import_module(module.name)
    return tuple(_registry[name]() for name in sorted(_registry))


def findings_of(subject: Subject) -> list[PlanFinding]:
    """All findings on a query, worst first; equal ones once, and those on the partitions of a table as one."""
    roots = {
        node.title: root.label
        for node in subject.plan.nodes
        if node.table is not None and (root := subject.catalog.root(node.table)) != node.table
    }
    found: dict[tuple[str, str], list[PlanFinding]] = {}
    for rule in plan_rules():
        for one in rule.check(subject):
            alike = found.setdefault((one.id, roots.get(one.node, one.node)), [])
            alike += [one] if one.node not in {other.node for other in alike} else []
    merged = [_merged(alike, roots) for alike in found.values()]
    return sorted(merged, key=lambda one: (-one.severity.rank, one.id))


def _merged(alike: list[PlanFinding], roots: Mapping[str, str]) -> PlanFinding:
    """The worst of findings on partitions, which says how many more there are."""
    first = max(alike, key=lambda one: one.severity.rank)
    if len(alike) == 1:
        return first
    others = f"; so {len(alike) - 1} more partitions of {roots[first.node]}"
    return replace(first, message=first.message + others, numbers={**first.numbers, "partitions": float(len(alike))})
