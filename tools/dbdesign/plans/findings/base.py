"""What a finding on a plan is, and how it is found: each module of this package with a class that derives from `PlanCheck`.

A check names the condition under which what it says is true and stays silent elsewhere: a finding on a plan that is fine is a defect. Of
several checks that say the same cause of the same node, the one that knows most speaks (`yields_to`); nodes with the same cause, such as
the partitions of a table, are one finding.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from importlib import import_module
from pkgutil import iter_modules
from typing import ClassVar

import dbdesign.plans.findings
from dbdesign.model.plan import Plan, PlanEngine, PlanNode
from dbdesign.plans.conditions import Comparison, comparisons
from dbdesign.plans.remedies import NewIndex
from dbdesign.plans.wording import label, milliseconds, percent

SECTIONS = ("What it does", "Why is this bad?", "Example", "Use instead", "References")
"""The sections that every finding's page has, in this order. Example and Use instead hold a plan each, as the engine
writes it."""

MATTERS = 0.05
"""Share of a plan below which a part of it is not worth a word: the smallest slowdown that people act on."""

MANY_ROWS = 10_000.0
"""Rows that cost some milliseconds to read one by one (about 0.1 µs to 1 µs each, PostgreSQL on current hardware)."""

FULL_SCANS = frozenset({"table scan"})
TRANSPARENT = frozenset({"exchange", "subquery", "append", "limit", "materialize", "filter"})


@dataclass(frozen=True)
class PlanFinding:
    """One thing that is wrong with a plan.

    Attributes:
        id: the check's name, which stays.
        node: the node at fault; None for the statement as a whole.
        message: one sentence with the numbers of the plan.
        share: of the plan's time, or of its cost where it was not run, that goes into this; None where the plan has neither.
        saves: the share that the remedy saves at best, by which findings are ranked.
        remedy: what to do: SQL where there is a statement for it.
        when: the condition under which the remedy helps.
        numbers: the facts that it rests on.
        index: the index that the remedy makes, to be tried on the twin.
        others: further nodes with the same cause.
    """

    id: str
    node: PlanNode | None
    message: str
    share: float | None
    saves: float
    remedy: str
    when: str
    numbers: Mapping[str, float | str] = field(default_factory=dict)
    index: NewIndex | None = None
    others: tuple[PlanNode, ...] = ()

    @property
    def place(self) -> str:
        """The node as people find it in the tree: `#3 Seq Scan on orders`; `the statement`."""
        return label(self.node) if self.node is not None else "the statement"


@dataclass(frozen=True)
class Subject:
    """What a check looks at: one plan, with what several checks ask of it."""

    plan: Plan
    engine: PlanEngine

    @property
    def total_ms(self) -> float | None:
        """The time of the whole statement; None where it was not run or not timed."""
        return self.plan.total_ms if self.plan.measured_by == "time" else None

    @cached_property
    def _inclusive(self) -> dict[int, float]:
        """By node: the sum of the shares of it and all below."""
        found: dict[int, float] = {}
        for node in reversed(self.plan.nodes):
            found[node.number] = (node.share or 0.0) + sum(found[child.number] for child in node.children)
        return found

    def inclusive(self, node: PlanNode) -> float:
        """The share of a node with all below it, 0 to 1."""
        return min(1.0, self._inclusive[node.number])

    def known(self, share: float) -> float | None:
        """A share, or None where the plan has neither time nor cost."""
        return round(min(1.0, max(0.0, share)), 4) if self.plan.measured_by else None

    def matters(self, node: PlanNode, least: float = MATTERS) -> bool:
        """Whether a node itself takes a part of the plan that is worth a word; true where the plan does not say."""
        return self.plan.measured_by is None or (node.share or 0.0) >= least

    def parent(self, node: PlanNode) -> PlanNode | None:
        """The node above."""
        return self.plan.parents.get(node.number)

    def above(self, node: PlanNode) -> Iterator[PlanNode]:
        """The nodes above, the nearest first."""
        found = self.parent(node)
        while found is not None:
            yield found
            found = self.parent(found)

    def repeated(self, node: PlanNode) -> bool:
        """Whether a node is run again for each row of something: the inner side of a nested loop, or in a subplan."""
        for below, above in zip((node, *self.above(node)), self.above(node), strict=False):
            if above.kind == "nested loop" and len(above.children) > 1 and above.children[0] is not below:
                return True
            if (below.parent_relationship or "").lower() == "subplan":
                return True
        return False

    def comparisons(self, condition: str | None) -> tuple[Comparison, ...]:
        """A condition's conjuncts, taken apart."""
        return comparisons(condition, self.engine.value)

    def time_of(self, share: float | None) -> str:
        """`, 43 % of the time` for a message; empty where it is not known."""
        if share is None or self.plan.measured_by is None:
            return ""
        total = self.total_ms
        of = "the time" if total is not None else "the cost"
        spent = f" ({milliseconds(share * total)})" if total is not None else ""
        return f", {percent(share)} of {of}{spent}"


@dataclass(frozen=True)
class Reading:
    """How many rows a scan looks at and how many it keeps, over all its loops.

    Attributes:
        estimated: whether these are the planner's numbers, since the plan was not run.
    """

    read: float
    kept: float
    estimated: bool = False

    @property
    def removed(self) -> float:
        """Rows that were read for nothing."""
        return max(0.0, self.read - self.kept)

    @property
    def waste(self) -> float:
        """Share of the rows read that were thrown away."""
        return self.removed / self.read if self.read else 0.0


def reading(node: PlanNode) -> Reading | None:
    """What a scan reads and keeps; None where the plan does not say."""
    loops = float(node.loops or 1)
    if node.actual_rows is not None and (
        node.rows_removed_by_filter is not None or node.rows_removed_by_recheck is not None
    ):
        removed = (node.rows_removed_by_filter or 0.0) + (node.rows_removed_by_recheck or 0.0)
        return Reading((node.actual_rows + removed) * loops, node.actual_rows * loops)
    if node.rows_examined is None:
        return None
    if node.actual_rows is not None:
        return Reading(max(node.rows_examined, node.actual_rows) * loops, node.actual_rows * loops)
    if node.filtered_percent is not None:
        return Reading(node.rows_examined, node.rows_examined * node.filtered_percent / 100, estimated=True)
    if node.estimated_rows is not None:
        return Reading(max(node.rows_examined, node.estimated_rows), node.estimated_rows, estimated=True)
    return None


@dataclass(frozen=True)
class Scanned:
    """A scan with the filter that its rows go through: its own, or that of a node of its own right above it.

    Attributes:
        share: of both nodes.
    """

    node: PlanNode
    reading: Reading
    condition: str | None
    share: float


def scanned(node: PlanNode, subject: Subject) -> Scanned | None:
    """What a scan reads and what its filter keeps; None where the plan does not say.

    PostgreSQL and MySQL's JSON have the filter in the scan; MySQL's tree, TiDB, CockroachDB and SQL Server may have it in a node above.
    """
    share = node.share or 0.0
    above = subject.parent(node)
    while above is not None and above.kind == "exchange" and len(above.children) == 1:
        above = subject.parent(above)
    if above is None or above.kind != "filter" or above.filter is None or len(above.children) != 1:
        found = reading(node)
        return Scanned(node, found, node.filter, share) if found is not None else None
    share += above.share or 0.0
    conditions = " AND ".join(f"({one})" for one in (node.filter, above.filter) if one) if node.filter else above.filter
    if above.actual_rows is not None and node.actual_rows is not None:
        read = (node.actual_rows + (node.rows_removed_by_filter or 0.0)) * (node.loops or 1)
        return Scanned(node, Reading(max(read, 0.0), above.actual_rows * (above.loops or 1)), conditions, share)
    if above.estimated_rows is None or node.estimated_rows is None:
        return None
    read = max(node.rows_examined or 0.0, node.estimated_rows)
    return Scanned(node, Reading(read, min(above.estimated_rows, read), estimated=True), conditions, share)


def own(parts: tuple[Comparison, ...], node: PlanNode) -> list[Comparison]:
    """The comparisons of a node's own table's columns."""
    return [one for one in parts if one.table in {None, node.alias, node.relation}]


def both_sides(condition: str | None, subject: Subject) -> list[Comparison]:
    """The comparisons of a join's condition, each of two columns once from either side."""
    found = list(subject.comparisons(condition))
    for one in list(found):
        alias, dot, column = one.value.rpartition(".")
        if one.against == "column" and dot:
            other = alias.rpartition(".")[2].strip('`"[]')
            found.append(replace(one, table=other, column=column.strip('`"[]')))
    return found


def index_keys(parts: list[Comparison]) -> list[str]:
    """The columns of an index for these conditions: those compared by equality, then the first range."""
    plain = [one for one in parts if one.computed is None and one.against != "subquery"]
    keys = [one.column for one in plain if one.kind in {"equal", "null"}]
    ranges = [one.column for one in plain if one.kind in {"range", "prefix"} and one.column not in keys]
    return list(dict.fromkeys([*keys, *ranges[:1]]))


class PlanCheck:
    """One thing that may be wrong with a plan. The class docstring is its page, with the sections of `SECTIONS`.

    Attributes:
        name: the module's, with hyphens: the finding's id.
        engines: that it applies to; every engine if empty.
        yields_to: checks that say the same cause better: where one of them speaks of the same node, this one is silent.
        fallback: whether it speaks only of nodes of which no other does.
    """

    name: ClassVar[str]
    engines: ClassVar[tuple[PlanEngine, ...]] = ()
    yields_to: ClassVar[tuple[str, ...]] = ()
    fallback: ClassVar[bool] = False

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        parts = cls.__module__.split(".")
        if len(parts) == 4 and parts[:3] == ["dbdesign", "plans", "findings"] and parts[3] != "base":
            cls.name = parts[-1].replace("_", "-")
            _registry[cls.name] = cls

    def check(self, subject: Subject) -> Iterator[PlanFinding]:
        """Every place of the plan where it is so."""
        for node in subject.plan.nodes:
            if not node.never_executed:
                yield from self.check_node(node, subject)

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """The same for a check that looks at one node at a time."""
        raise NotImplementedError

    def finding(
        self,
        node: PlanNode | None,
        message: str,
        remedy: str,
        *,
        when: str,
        share: float | None,
        saves: float | None = None,
        index: NewIndex | None = None,
        numbers: Mapping[str, float | str] | None = None,
    ) -> PlanFinding:
        """A finding of this check; what it saves at best is its share where nothing else is said."""
        saved = saves if saves is not None else share if share is not None else MATTERS
        return PlanFinding(self.name, node, message, share, saved, remedy, when, numbers or {}, index)


_registry: dict[str, type[PlanCheck]] = {}


@cache
def plan_checks() -> Mapping[str, PlanCheck]:
    """Every check by name, sorted; imports the package's modules once."""
    for module in iter_modules(dbdesign.plans.findings.__path__, "dbdesign.plans.findings."):
        import_module(module.name)
    return {name: _registry[name]() for name in sorted(_registry)}


def findings_of(plan: Plan, engine: PlanEngine) -> tuple[PlanFinding, ...]:
    """All findings on a plan, what saves most first."""
    subject = Subject(plan, engine)
    checks = [one for one in plan_checks().values() if not one.engines or engine in one.engines]
    found = [finding for one in checks if not one.fallback for finding in one.check(subject)]
    spoken = _spoken_of(found, subject)
    found = _grouped([one for one in found if not _said_better(one, found)], subject)
    for one in checks:
        if one.fallback:
            found += [finding for finding in one.check(subject) if finding.node and finding.node.number not in spoken]
    return tuple(sorted(found, key=lambda one: (-one.saves, one.node.number if one.node else 0, one.id)))


def _spoken_of(found: list[PlanFinding], subject: Subject) -> set[int]:
    """The nodes that findings are about, with those next to them, where the same cause shows its effect."""
    numbers: set[int] = set()
    for node in (one.node for one in found if one.node is not None):
        above = subject.parent(node)
        numbers |= {node.number, *(child.number for child in node.children), *([above.number] if above else [])}
    return numbers


def _said_better(finding: PlanFinding, all_of_them: list[PlanFinding]) -> bool:
    better = plan_checks()[finding.id].yields_to
    return any(
        one.id in better
        and one.node is not None
        and finding.node is not None
        and one.node.number == finding.node.number
        for one in all_of_them
    )


def _grouped(found: list[PlanFinding], subject: Subject) -> list[PlanFinding]:
    """Findings of one cause as one: of the partitions below an Append, or with the same remedy."""
    groups: dict[tuple[object, ...], list[PlanFinding]] = {}
    for one in found:
        groups.setdefault(_cause(one, subject), []).append(one)
    return [_one_of(group, subject) for group in groups.values()]


def _cause(finding: PlanFinding, subject: Subject) -> tuple[object, ...]:
    if finding.node is None:
        return (finding.id, finding.message)
    parent = subject.parent(finding.node)
    if parent is not None and parent.kind == "append":
        return (finding.id, "below", parent.number)
    return (finding.id, finding.remedy)


def _one_of(group: list[PlanFinding], subject: Subject) -> PlanFinding:
    first = max(group, key=lambda one: one.saves)
    if len(group) == 1:
        return first
    others = tuple(one.node for one in group if one is not first and one.node is not None)
    share = subject.known(sum(one.share or 0.0 for one in group))
    more = f"; the same at {len(others)} more node{'s' if len(others) > 1 else ''}"
    saves = min(1.0, sum(one.saves for one in group))
    return replace(first, message=f"{first.message}{more}", share=share, saves=saves, others=others)


def sections(of: PlanCheck | type[PlanCheck]) -> dict[str, str]:
    """The page of a finding: section title → Markdown, with the first line of the docstring under `""`."""
    text = inspect.getdoc(of if isinstance(of, type) else type(of)) or ""
    head, *rest = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    return {"": head.strip()} | {title.strip(): body.strip() for title, body in zip(rest[::2], rest[1::2], strict=True)}
