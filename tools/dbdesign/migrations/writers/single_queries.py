"""Units for tools that send a file to the server as one query.

PostgreSQL runs the statements of one query in one transaction, so what refuses a transaction (CREATE INDEX CONCURRENTLY, a DO block that
commits) has to be a file's only statement (protocol, chapter 54.2.2.1). SQL Server takes one batch.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from dbdesign.migrations.writers.guards import POSTGRESQL_LIKE
from dbdesign.migrations.writers.headers import header, one_line
from dbdesign.migrations.writers.scripts import down_statements, up_statements
from dbdesign.migrations.writers.units import Unit


def single_queries(units: tuple[Unit, ...]) -> tuple[Unit, ...]:
    """The units, those that hold several queries taken apart into `expand-3.1`, `expand-3.2` …

    The ways down are dealt out from the last part, so that they run in their order when the parts are taken back.
    """
    return tuple(part for unit in units for part in _parts(unit))


def query_up(unit: Unit) -> tuple[str, ...]:
    """What a file holds on the way up: with its guards where they can stand in one query with the statements."""
    return up_statements(unit, guards=_takes_guards(unit, transactional=unit.transactional))


def query_down(unit: Unit) -> tuple[str, ...]:
    """The same on the way down."""
    return down_statements(unit, guards=_takes_guards(unit, transactional=unit.down_transactional))


def query_header(unit: Unit) -> list[str]:
    """The unit's header, with the checks that its file cannot hold as statements."""
    lines = header(unit)
    if unit.kind == "sql" and not _takes_guards(unit, transactional=unit.transactional):
        lines += [f"True before: {one_line(unit.step.precondition)}"] if unit.step.precondition else []
        lines += [f"True afterwards: {one_line(unit.step.postcondition)}"] if unit.step.postcondition else []
    return lines


def lost_guards(units: tuple[Unit, ...]) -> list[str]:
    """Notes about what a file with one statement cannot hold: its limits, and the transaction of several."""
    limits: dict[str, list[str]] = {}
    apart = [one.id for one in units if one.transactional and one.id.endswith(".1") and one.id != one.step.id]
    for unit in units:
        if unit.kind == "sql" and not _takes_guards(unit, transactional=unit.transactional):
            settings = (("lock_timeout", unit.step.lock_timeout), ("statement_timeout", unit.step.statement_timeout))
            if said := " and ".join(f"{name} = {value}" for name, value in settings if value):
                limits.setdefault(said, []).append(unit.id)
    return [
        *[f"{one}: the step is one transaction, and its batches are files of their own" for one in apart],
        *[
            f"{', '.join(some)}: the file holds nothing but the statement; set {said} for the tool's connection"
            for said, some in limits.items()
        ],
    ]


def _takes_guards(unit: Unit, *, transactional: bool) -> bool:
    if unit.kind != "sql":
        return True
    if unit.engine in POSTGRESQL_LIKE:
        return transactional
    return unit.engine != "sqlserver"


def _parts(unit: Unit) -> Iterator[Unit]:
    up, down = unit.up, unit.down or ()
    apart_up = not _takes_guards(unit, transactional=unit.transactional) and len(up) > 1
    apart_down = not _takes_guards(unit, transactional=unit.down_transactional) and len(down) > 1
    if not (apart_up or apart_down):
        yield unit
        return
    ups: list[tuple[str, ...]] = [(one,) for one in up] if apart_up else [up]
    downs: list[tuple[str, ...]] = [(one,) for one in down] if apart_down else [down]
    of_up = len(ups)
    count = max(of_up, len(downs))
    ups += [()] * (count - len(ups))
    downs = [()] * (count - len(downs)) + downs[::-1]
    for number, (one_up, one_down) in enumerate(zip(ups, downs, strict=True), start=1):
        conditions = {
            "precondition": unit.step.precondition if number == 1 else None,
            "postcondition": unit.step.postcondition if number == of_up else None,
        }
        yield replace(
            unit,
            step=unit.step.model_copy(update=conditions),
            id=f"{unit.id}.{number}",
            up=one_up,
            down=one_down if unit.down is not None else None,
            title=f"{unit.title} ({number} of {count})",
        )
