"""What a rule is, and how it is found."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from pkgutil import walk_packages
from typing import ClassVar

import dbdesign.rules
from dbdesign.dialects.base import dialect
from dbdesign.errors import UnknownNameError
from dbdesign.model.design import Design
from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Column, Engine, Table

SECTIONS = ("What it does", "Why is this bad?", "Example", "Use instead", "References")
_registry: dict[str, type[Rule]] = {}

Evidence = Mapping[str, str | int | float | bool | list[str]]


class Rule:
    """One defect that a schema can have.

    The class docstring is the rule's page: a first line, then the sections of `SECTIONS`. `Example` and `Use instead` hold
    SQL in the dialect of `engines[0]` (or PostgreSQL); a rule that needs a workload puts a whole design file there, as YAML.
    Every Example is run in the tests and must be reported, every Use instead must be clean under all rules.

    Attributes:
        severity: the default one; `finding(..., severity=)` overrides it where the schema makes it better or worse.
        engines: that it applies to; all if empty.
        minimum_version: by engine, where an older server cannot have the defect or the remedy.
    """

    name: ClassVar[str]
    family: ClassVar[str]
    severity: ClassVar[Severity] = Severity.MEDIUM
    engines: ClassVar[tuple[Engine, ...]] = ()

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        parts = cls.__module__.split(".")
        if len(parts) >= 4 and parts[:2] == ["dbdesign", "rules"]:
            cls.name, cls.family = parts[-1].replace("_", "-"), parts[2]
            _registry[cls.name] = cls

    def applies(self, design: Design) -> bool:
        """Whether the rule has anything to say of this engine."""
        return not self.engines or design.schema_.engine in self.engines

    def check(self, design: Design) -> Iterator[Finding]:
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
        """A finding of this rule on `target`, an object's label as in `Design.lines`."""
        return Finding(
            rule=self.name,
            severity=severity or self.severity,
            object=target,
            message=message,
            evidence=evidence or {},
            fix=fix,
        )


class TableRule(Rule):
    """A rule that looks at one table at a time. Partitions are left to their parent unless `partitions` is set."""

    partitions: ClassVar[bool] = False

    def check(self, design: Design) -> Iterator[Finding]:
        """Every table in turn."""
        for table in design.schema_.tables:
            if self.partitions or table.partition_of is None:
                yield from self.check_table(table, design)

    def check_table(self, table: Table, design: Design) -> Iterator[Finding]:
        """Every place in this table that has the defect."""
        raise NotImplementedError


class ColumnRule(TableRule):
    """A rule that looks at one column at a time."""

    def check_table(self, table: Table, design: Design) -> Iterator[Finding]:
        """Every column in turn."""
        for column in table.columns:
            if column.name not in table.inherited:
                yield from self.check_column(column, table, design)

    def check_column(self, column: Column, table: Table, design: Design) -> Iterator[Finding]:
        """The defect of this column, if it has it."""
        raise NotImplementedError


def named(design: Design, table: Table) -> str:
    """The table's name as SQL, quoted where the engine needs it."""
    return dialect(design.schema_.engine).qualified(table.namespace, table.name)


def quoted(design: Design, *names: str) -> str:
    """Names as SQL, joined by commas."""
    identifier = dialect(design.schema_.engine).identifier
    return ", ".join(identifier(name) for name in names)


@cache
def rules() -> Mapping[str, Rule]:
    """Every rule by name, sorted; imports the whole package once."""
    for module in walk_packages(dbdesign.rules.__path__, "dbdesign.rules."):
        import_module(module.name)
    return {name: _registry[name]() for name in sorted(_registry)}


def rule(name: str) -> Rule:
    """The rule of that name, or an `UnknownNameError` with the nearest."""
    try:
        return rules()[name]
    except KeyError:
        raise UnknownNameError.among("rule", name, rules()) from None


def sections(of: Rule | type[Rule]) -> dict[str, str]:
    """The page of a rule: section title → Markdown, with the first line of the docstring under `""`."""
    text = inspect.getdoc(of if isinstance(of, type) else type(of)) or ""
    head, *rest = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    return {"": head.strip()} | {title.strip(): body.strip() for title, body in zip(rest[::2], rest[1::2], strict=True)}
