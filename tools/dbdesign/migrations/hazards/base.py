"""What a hazard is, and how it is found."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import ClassVar

import dbdesign.migrations.hazards
from dbdesign.dialects.base import dialect
from dbdesign.errors import UnknownNameError
from dbdesign.migrations.check.subject import Subject
from dbdesign.migrations.durations import Work, seconds_text
from dbdesign.model.finding import Severity
from dbdesign.model.migration import Duration, HazardFinding, LockMode
from dbdesign.model.schema import Engine

SECTIONS = ("What it does", "Why is this bad?", "Example", "Use instead", "References")
"""The sections of a hazard's page. `Example` and `Use instead` hold SQL: what stands before a line `-- migration` is the state that the
migration meets, the rest is the migration, as a file that psql executes. Tests check both: the first has the hazard, the second none."""

_registry: dict[str, type[Hazard]] = {}


class Hazard:
    """One danger that a statement of a migration can be.

    The class docstring is the page; the module's name is the id, with hyphens.

    Attributes:
        severity: where no volume is known.
        engines: that it is about.
        once: whether a migration has it told once.
    """

    id: ClassVar[str]
    severity: ClassVar[Severity] = Severity.MEDIUM
    engines: ClassVar[tuple[Engine, ...]] = (Engine.POSTGRESQL,)
    once: ClassVar[bool] = False

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        parts = cls.__module__.split(".")
        if (
            parts[:-1] == ["dbdesign", "migrations", "hazards"]
            and parts[-1] != "base"
            and not cls.__name__.startswith("_")
        ):
            cls.id = parts[-1].replace("_", "-")
            _registry[cls.id] = cls

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """Every danger of this kind in the statement."""
        raise NotImplementedError

    def finding(
        self,
        message: str,
        *,
        relation: str | None = None,
        safe: str | None = None,
        severity: Severity | None = None,
    ) -> HazardFinding:
        """A finding of this hazard."""
        return HazardFinding(
            hazard=self.id, severity=severity or self.severity, message=message, safe=safe, relation=relation
        )

    def blocking(
        self,
        subject: Subject,
        relation: str,
        mode: LockMode,
        why: str,
        work: list[tuple[Work, str, int]],
        *,
        safe: str | None = None,
        advice: str = "",
    ) -> HazardFinding:
        """A finding about a lock that is held during work: graded by how long that takes.

        Args:
            relation: that is locked, with `mode`.
            work: what is done under the lock: kind, table, how often.
            advice: a sentence on what to do where `safe` cannot say it.
        """
        duration = subject.durations.total(subject.durations.of_work(*one) for one in work)
        held = subject.trace.held.get(relation)
        if held is not None and held.rank > mode.rank:
            mode, why = held, f"{why} under a lock that an earlier statement of the transaction took"
        to_the_end = ", and on to the end of the transaction" if subject.transaction.later else ""
        message = f"{why}: {told(mode)} on {relation} blocks {mode.blocks} {for_how_long(duration)}{to_the_end}"
        message = f"{message}. {advice}" if advice else message
        return self.finding(message, relation=relation, safe=safe, severity=graded(mode, duration, self.severity))


def told(mode: LockMode) -> str:
    """`ACCESS EXCLUSIVE`."""
    return mode.name.replace("_", " ")


def for_how_long(duration: Duration) -> str:
    """`for about 4 min (scan of 100,000,000 rows (12.0 GB))`, or what is missing to tell."""
    if duration.seconds is None:
        return f"for as long as that takes ({duration.basis})"
    return f"for about {seconds_text(duration.seconds)} ({duration.basis})".replace("about under", "under")


_LIMITS: Mapping[bool, tuple[float, float, float]] = {True: (0.1, 1.0, 5.0), False: (0.2, 2.0, 10.0)}
"""Seconds from which a lock is low, medium, high: one that blocks reads too, one that blocks writes alone. A web request that waits for
a second is noticed, one of five has been given up (Nielsen, "Response Times", 1993); connection pools run dry in between."""


def graded(mode: LockMode, duration: Duration, unknown: Severity) -> Severity:
    """The severity of a lock that is held for a time."""
    if duration.seconds is None:
        return unknown
    limits = _LIMITS[mode is LockMode.ACCESS_EXCLUSIVE]
    return [Severity.INFO, Severity.LOW, Severity.MEDIUM, Severity.HIGH][sum(duration.seconds >= one for one in limits)]


@cache
def hazards() -> Mapping[str, Hazard]:
    """Every hazard by id, sorted; imports the modules once."""
    for module in iter_modules(dbdesign.migrations.hazards.__path__, "dbdesign.migrations.hazards."):
        import_module(module.name)
    return {name: _registry[name]() for name in sorted(_registry)}


def hazard(name: str) -> Hazard:
    """The hazard of that id, or an `UnknownNameError` with the nearest."""
    try:
        return hazards()[name]
    except KeyError:
        raise UnknownNameError.among("hazard", name, hazards()) from None


def sections(of: Hazard) -> dict[str, str]:
    """The page: section title → Markdown, with the first line of the docstring under `""`."""
    text = inspect.getdoc(type(of)) or ""
    head, *rest = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    return {"": head.strip()} | {title.strip(): body.strip() for title, body in zip(rest[::2], rest[1::2], strict=True)}


def page(of: Hazard) -> str:
    """The page as Markdown."""
    parts = sections(of)
    engines = ", ".join(dialect(one).title for one in of.engines)
    lines = [
        f"# {of.id}",
        "",
        parts.pop(""),
        "",
        f"Severity: {of.severity.value} where no volume is known; with volumes by how long what is blocked waits. For {engines}.",
    ]
    for title, body in parts.items():
        lines += ["", f"## {title}", "", body]
    lines += ["", "## How to allow it", "", f"`-- dbdesign: allow {of.id} <reason>` on a line before the statement."]
    return "\n".join(lines) + "\n"


def index() -> str:
    """All hazards by engine, one line each."""
    lines = [
        "# Migration hazards",
        "",
        f"{len(hazards())} hazards, each on a page of its own, found by `dbdesign migrate check`.",
    ]
    for engine in Engine:
        mine = [one for one in hazards().values() if engine in one.engines]
        if mine:
            lines += ["", f"## {dialect(engine).title}", "", "| hazard | severity | what it is |", "|---|---|---|"]
            lines += [
                f"| [{one.id}]({one.id}.md) | {one.severity.value} | {' '.join(sections(one)[''].split())} |"
                for one in mine
            ]
    return "\n".join(lines) + "\n"
