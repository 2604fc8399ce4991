"""Changelogs in formatted SQL: a changeset's text is sent whole, so one that runs outside a transaction holds one statement."""

from __future__ import annotations

import re
from dataclasses import replace

from dbdesign.errors import InputError
from dbdesign.migrations.writers.liquibase.changesets import DOLLAR, Changeset, changeset, changesets_of, needs_dollar
from dbdesign.migrations.writers.scripts import NOTHING, once, script_of
from dbdesign.migrations.writers.single_queries import query_down, query_header, query_up
from dbdesign.migrations.writers.units import Unit

_SENDS_SCRIPTS = frozenset({"postgresql", "cockroachdb", "sqlserver"})
"""Engines whose JDBC drivers take several statements at once without being told to."""

_DIRECTIVE = re.compile(
    r"^\s*(?:--[ \t]*(?:change[- ]?set|rollback|comment|precondition|property|ignore|end|liquibase|validcheck|logicalfilepath)"
    r"|/\*[ \t]*liquibase)",
    re.IGNORECASE | re.MULTILINE,
)


_LONE_RETURN = re.compile("\r(?!\n)")
_BREAK = re.compile("[\x85\u2028\u2029]")
"""Line breaks at which Java's `.` stops, by which Liquibase finds the text of a rollback."""


def sql_changesets(unit: Unit, author: str, name: str) -> tuple[Changeset, ...]:
    """The unit's changesets: one, or one a statement where the driver takes no scripts."""
    up, down = query_up(unit), query_down(unit) if unit.down is not None else None
    if unit.runs_outside and unit.engine == "postgresql":  # runInTransaction holds for both ways
        up = once(up) if unit.transactional else up
        down = once(down) if down and unit.down_transactional else down
    if down == (NOTHING,):
        down = ()
    if unit.engine in _SENDS_SCRIPTS:
        back = None if down is None else _script(down, unit)
        return (replace(changeset(unit, author, name, _script(up, unit), back), comment="; ".join(query_header(unit))),)
    if unit.transactional and len(up) > 1:
        raise InputError(
            f"a changeset in formatted SQL holds one statement for {unit.engine}, and the step is one transaction of {len(up)}",
            where=unit.id,
            remedy="Use format xml or yaml",
        )
    return changesets_of(unit, author, name)


def _script(statements: tuple[str, ...], unit: Unit) -> tuple[str, ...]:
    if not statements:
        return ()
    return (
        statements
        if len(statements) == 1
        else (script_of(statements, "" if unit.engine == "sqlserver" else unit.engine).strip(),)
    )


def sql_changelog(changesets: list[Changeset]) -> str:
    """The changelog. Raises `InputError` where a line of a statement would be read as a directive."""
    declared = f"\n--property name:{DOLLAR} value:$\n" if needs_dollar(changesets) else ""
    return f"--liquibase formatted sql\n{declared}{''.join(_text(one) for one in changesets)}"


def _text(one: Changeset) -> str:
    _refuse_unreadable(one)
    outside = "" if one.in_transaction else " runInTransaction:false"
    whole = "splitStatements:false stripComments:false rollbackSplitStatements:false"
    lines = [
        "",
        f"--changeset {one.author}:{one.id} labels:{one.labels}{outside} {whole}",
        f"--comment: {one.comment}",
        *one.statements,
        *_rollback(one.rollback),
        "",
    ]
    return "\n".join(lines)


def _refuse_unreadable(one: Changeset) -> None:
    back = one.rollback or ()
    found = next((match for text in one.statements if (match := _DIRECTIVE.search(text))), None)
    said = f"a line that Liquibase reads as a directive: {found[0].strip()!r}" if found else None
    if any(_LONE_RETURN.search(text) for text in [*one.statements, *back]) or any(_BREAK.search(text) for text in back):
        said = "a line break that Liquibase reads as another one"
    if said:
        raise InputError(f"the SQL holds {said}", where=one.id, remedy="Use format xml or yaml")


def _rollback(statements: tuple[str, ...] | None) -> list[str]:
    if statements is None:
        return []
    if not statements:
        return ["--rollback empty"]
    return [f"--rollback {line}" for statement in statements for line in statement.split("\n")]
