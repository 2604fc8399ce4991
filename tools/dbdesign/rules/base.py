"""What a rule is, and how it is found."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import ClassVar

import dbdesign.rules
from dbdesign.errors import UnknownNameError
from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Check, Column, Engine, Exclusion, ForeignKey, Index, Key, Table
from dbdesign.model.types import Kind
from dbdesign.rules.subject import Subject

SECTIONS = ("What it does", "Why is this bad?", "Example", "Use instead", "References")
"""The sections that every rule's page has, in this order; `When it does not apply` may stand before References."""

_registry: dict[str, type[Rule]] = {}

Evidence = Mapping[str, str | int | float | bool | list[str]]


class Rule:
    """One defect that a schema can have.

    The class docstring is the rule's page: a first line, then the sections of `SECTIONS`. `Example` and `Use instead` hold
    SQL in the dialect of `engines[0]` (or PostgreSQL), or, where the rule needs a workload, a whole design file as YAML.
    Every Example is run in the tests and must be reported, every Use instead must be clean under all rules.

    Attributes:
        severity: the default one; `finding(..., severity=)` overrides it where the schema makes it better or worse.
        engines: that it applies to; all if empty.
        since: by engine, the first version that the rule applies to, as a tuple; engines that are not named: every version.
        needs_workload: whether it looks at queries; it is skipped, and says so, where a design has none.
        repeats: the message of a group, with `{count}`: two or more findings of this rule with the same severity have one cause
            and become one finding. None where every finding is a cause of its own.
    """

    name: ClassVar[str]
    family: ClassVar[str]
    severity: ClassVar[Severity] = Severity.MEDIUM
    engines: ClassVar[tuple[Engine, ...]] = ()
    since: ClassVar[Mapping[Engine, tuple[int, ...]]] = {}
    needs_workload: ClassVar[bool] = False
    repeats: ClassVar[str | None] = None

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        parts = cls.__module__.split(".")
        if len(parts) >= 4 and parts[:2] == ["dbdesign", "rules"]:
            cls.name, cls.family = parts[-1].replace("_", "-"), parts[2]
            _registry[cls.name] = cls

    def inapplicable(self, subject: Subject) -> str | None:
        """Why the rule has nothing to say of this design; None where it has."""
        if self.engines and subject.engine not in self.engines:
            return f"not for {subject.dialect.title}"
        since = self.since.get(subject.engine)
        if since is not None and not subject.at_least(*since):
            return f"only from {subject.dialect.title} {'.'.join(map(str, since))} on"
        if self.needs_workload and not subject.design.workload.queries:
            return "the design has no workload"
        return None

    def check(self, subject: Subject) -> Iterator[Finding]:
        """Every place where the schema has the defect."""
        raise NotImplementedError

    def finding(
        self,
        target: str,
        message: str,
        *,
        fix: str | None = None,
        severity: Severity | None = None,
        evidence: Evidence | None = None,
    ) -> Finding:
        """A finding of this rule on `target`: a label, or what `on_column` and `on_constraint` make."""
        return Finding(
            rule=self.name,
            severity=severity or self.severity,
            object=target,
            message=message,
            evidence=evidence or {},
            fix=fix,
        )


class TableRule(Rule):
    """A rule that looks at one table at a time. Partitions are left to their parent."""

    def check(self, subject: Subject) -> Iterator[Finding]:
        """Every table in turn."""
        for table in subject.tables:
            yield from self.check_table(table, subject)

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """Every place in this table that has the defect."""
        raise NotImplementedError


class ColumnRule(Rule):
    """A rule that looks at one column at a time; columns that a table inherits, and partitions, are left to the parent.

    Attributes:
        kinds: of the columns, domains resolved, that it looks at; every column if empty.
    """

    kinds: ClassVar[frozenset[Kind]] = frozenset()

    def check(self, subject: Subject) -> Iterator[Finding]:
        """Every column of these kinds in turn."""
        kinds = self.kinds
        for table, column, kind in subject.columns:
            if not kinds or kind in kinds:
                yield from self.check_column(column, table, subject)

    def check_column(self, column: Column, table: Table, subject: Subject) -> Iterator[Finding]:
        """The defect of this column, if it has it."""
        raise NotImplementedError


def on_column(table: Table, column: Column | str) -> str:
    """The label of a column: `orders.customer_id`."""
    return f"{table.label}.{column if isinstance(column, str) else column.name}"


def on_constraint(table: Table, constraint: Key | ForeignKey | Check | Exclusion | Index) -> str:
    """The label of a constraint or an index: `orders (orders_customer_id_fkey)`; one without a name by its columns."""
    if constraint.name:
        return f"{table.label} ({constraint.name})"
    return f"{table.label} ({', '.join(getattr(constraint, 'columns', ())) or 'unnamed'})"


@cache
def rules() -> Mapping[str, Rule]:
    """Every rule by name, sorted; imports the families' modules once."""
    for family in iter_modules(dbdesign.rules.__path__, "dbdesign.rules."):
        if family.ispkg:
            for module in iter_modules(import_module(family.name).__path__, f"{family.name}."):
                import_module(module.name)
    return {name: _registry[name]() for name in sorted(_registry)}


def rule(name: str) -> Rule:
    """The rule of that name, or an `UnknownNameError` with the nearest."""
    try:
        return rules()[name]
    except KeyError:
        raise UnknownNameError.among("rule", name, rules()) from None


@cache
def families() -> tuple[str, ...]:
    """The families of rules, sorted."""
    return tuple(sorted({one.family for one in rules().values()}))


def sections(of: Rule | type[Rule]) -> dict[str, str]:
    """The page of a rule: section title → Markdown, with the first line of the docstring under `""`."""
    text = inspect.getdoc(of if isinstance(of, type) else type(of)) or ""
    head, *rest = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    return {"": head.strip()} | {title.strip(): body.strip() for title, body in zip(rest[::2], rest[1::2], strict=True)}
