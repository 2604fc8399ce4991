"""Changesets: what the three formats say in their own words."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dbdesign.migrations.writers.headers import header
from dbdesign.migrations.writers.scripts import NOTHING, down_statements, own_down, own_up, up_statements
from dbdesign.migrations.writers.units import Unit

DOLLAR = "dbdesign.dollar"
"""A parameter whose value is a dollar sign: Liquibase puts values for `${user.name}`, and by default knows no way to say it literally."""

_PARAMETER = re.compile(r"\$(?=\{[^{}]*\})")


@dataclass(frozen=True)
class Changeset:
    """One changeset.

    Attributes:
        statements: each a change of its own.
        rollback: the same; empty where nothing is to be done; None where Liquibase is to refuse.
        in_transaction: `runInTransaction`, which holds for both directions.
    """

    id: str
    author: str
    labels: str
    comment: str
    statements: tuple[str, ...]
    rollback: tuple[str, ...] | None
    in_transaction: bool


def changesets_of(unit: Unit, author: str, name: str) -> tuple[Changeset, ...]:
    """The unit's changeset; statements are its changes, so that nothing has to be split."""
    up = own_up(unit) if unit.runs_outside else up_statements(unit)
    down = own_down(unit) if unit.runs_outside else down_statements(unit)
    if unit.down is None:
        return (changeset(unit, author, name, up, None),)
    return (changeset(unit, author, name, up, () if down == (NOTHING,) else down),)


def changeset(
    unit: Unit, author: str, name: str, up: tuple[str, ...], down: tuple[str, ...] | None, suffix: str = ""
) -> Changeset:
    """A changeset with what comes from the unit."""
    return Changeset(
        id=f"{name}-{unit.id}{suffix}",
        author=re.sub(r"[^\w.@+-]+", "_", author).strip("_") or "dbdesign",
        labels=f"{unit.phase.name},release-{unit.release}",
        comment="; ".join(header(unit)),
        statements=tuple(literal_dollars(one) for one in up),
        rollback=None if down is None else tuple(literal_dollars(one) for one in down),
        in_transaction=not unit.runs_outside,
    )


def literal_dollars(sql: str) -> str:
    """The SQL with what looks like a parameter said by one that is a dollar sign."""
    return _PARAMETER.sub(f"${{{DOLLAR}}}", sql)


def needs_dollar(changesets: list[Changeset]) -> bool:
    """Whether the parameter has to be declared."""
    return any(DOLLAR in one for each in changesets for one in [*each.statements, *(each.rollback or ())])
