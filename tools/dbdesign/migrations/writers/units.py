"""Units of work: what a migration tool records as done. A step is one; waiting behind it is another, which holds no lock.

A step is one transaction, and so is never merged with its neighbours: adding a constraint NOT VALID and validating it in the same
transaction would hold the first one's lock through the second one's scan.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from dbdesign.migrations.writers.splitting import statements_of
from dbdesign.model.migration import MigrationPlan, Phase, PhaseName, Step

DEPLOYED_BEFORE: frozenset[PhaseName] = frozenset({"contract"})
"""Phases that begin a release: the application that runs before them has to be gone."""

DEPLOYED_WITH: frozenset[PhaseName] = frozenset({"switch"})
"""The same for engines that keep no old name beside the new one; PostgreSQL does, so that the old version may run on."""

LONGEST_SLUG = 60


@dataclass(frozen=True)
class Unit:
    """One file (or changeset, revision …) of a tool.

    Attributes:
        id: the step's, or `expand-3-wait`.
        release: number of the release, from 1.
        kind: `sql`; `wait` for what stands behind a step; `command` for a command line that a person runs instead of the step's SQL.
        up: statements without semicolons; empty for `wait` and `command`.
        down: statements that take it back; empty where nothing is to be done; None where it cannot be taken back.
        transactional, down_transactional: whether the statements run in one transaction.
    """

    id: str
    engine: str
    phase: Phase
    release: int
    step: Step
    kind: Literal["sql", "wait", "command"]
    title: str
    up: tuple[str, ...]
    down: tuple[str, ...] | None
    transactional: bool
    down_transactional: bool
    releases: int = 1
    """How many releases the plan has."""

    @cached_property
    def slug(self) -> str:
        """`expand_3_add_index_on_orders`: for a file name; letters, digits and `_`, at most 60 characters."""
        return slug_of(f"{self.id} {self.title}")

    @property
    def restores(self) -> bool:
        """Whether taking it back brings back what was there, data included."""
        return self.step.reversible

    @property
    def runs_outside(self) -> bool:
        """Whether up or down may not run in a transaction."""
        return not (self.transactional and self.down_transactional)


def slug_of(text: str) -> str:
    """Words as part of a file name: ASCII letters, digits and `_`; accents are dropped, other letters are left out."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:LONGEST_SLUG].strip("_") or "migration"


def units_of(plan: MigrationPlan, phases: tuple[PhaseName, ...] = ()) -> tuple[Unit, ...]:
    """The plan's units in order, of the chosen phases (all where none is chosen)."""
    found: list[Unit] = []
    for release, phase in zip(_releases(plan.phases, plan.engine), plan.phases, strict=True):
        if not phases or phase.name in phases:
            found += [unit for step in phase.steps for unit in _units(step, phase, release, plan.engine)]
    numbers = {number: index for index, number in enumerate(dict.fromkeys(one.release for one in found), start=1)}
    return tuple(replace(one, release=numbers[one.release], releases=len(numbers)) for one in found)


def _releases(phases: tuple[Phase, ...], engine: str) -> list[int]:
    """The release of each phase, from 1."""
    first = DEPLOYED_BEFORE if engine == "postgresql" else DEPLOYED_BEFORE | DEPLOYED_WITH
    numbers: list[int] = []
    for before, phase in zip((None, *phases), phases, strict=False):
        new = before is not None and phase.name in first and before.name != phase.name
        numbers.append((numbers[-1] if numbers else 1) + new)
    return numbers


def _units(step: Step, phase: Phase, release: int, engine: str) -> Iterator[Unit]:
    kind: Literal["sql", "command"] = "command" if step.command else "sql"
    yield Unit(
        id=step.id,
        engine=engine,
        phase=phase,
        release=release,
        step=step,
        kind=kind,
        title=step.title,
        up=() if step.command else statements_of(step.sql, engine),
        down=_down(step, engine),
        transactional=step.transactional and step.batches is None,
        down_transactional=step.rollback is None or step.rollback_transactional,
    )
    if step.wait and not waits_by_itself(step, engine):
        yield Unit(
            id=f"{step.id}-wait",
            engine=engine,
            phase=phase,
            release=release,
            step=step,
            kind="wait",
            title=f"wait: {step.wait.reason}",
            up=(),
            down=(),
            transactional=False,
            down_transactional=True,
        )


def waits_by_itself(step: Step, engine: str) -> bool:
    """Whether the statement returns only when its work is done, so that the query is for another session to see its progress.

    PostgreSQL's CONCURRENTLY does; CockroachDB's and TiDB's schema changes go on as jobs.
    """
    return engine == "postgresql" and not step.transactional


def _down(step: Step, engine: str) -> tuple[str, ...] | None:
    if step.rollback is not None:
        return statements_of(step.rollback, engine)
    return () if step.reversible else None
