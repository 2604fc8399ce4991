"""What a schema that comes back from TypeORM differs in, but for what a note names and what the server spells another way."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import get_args

from dbdesign.migrations.compare import compare
from dbdesign.model.migration import Kind, Operation
from dbdesign.model.schema import Schema
from dbdesign.writers.base import Note


def unsaid(before: Schema, after: Schema, notes: Iterable[Note], *, execute: bool) -> list[str]:
    """The differences that no note names. A note on a table covers it as a whole where it is no entity, else only what hangs on it."""
    objects = {one.object for one in notes}
    missing = {table.label for table in before.tables} - {table.label for table in after.tables}
    found = []
    for one in compare(before, after, execute=execute).operations:
        whole = one.table in objects and (one.table in missing or one.kind in HANGING)
        if (
            not _own(one) & objects
            and not whole
            and (one.table or one.name) not in missing & objects
            and one.kind not in LEFT_OUT
            and not _is_cast(one)
        ):
            found.append(one)
    return told(found)


def _own(one: Operation) -> set[str]:
    """What a note on the operation's object may be on. A comment's and an option's names begin with the kind of their object."""
    if one.kind in {"comment", "option"}:
        kind = next(kind for kind in sorted(KINDS, key=len, reverse=True) if one.name.startswith(f"{kind} "))
        name = one.name.removeprefix(f"{kind} ")
        inner = name.removeprefix(f"{one.table}.")
        name, inner = (each.rpartition(":")[0] if one.kind == "option" else each for each in (name, inner))
        return {name, f"{one.table} ({inner})"}
    if one.action == "rename":
        return {one.name, getattr(one.before, "label", one.name)}
    return {f"{one.table}.{one.name}", f"{one.table} ({one.name})"} if one.table else {one.name}


def _is_cast(one: Operation) -> bool:
    """Whether a default differs only in the cast to the column's own type, which the server adds, or in how backslashes are escaped."""
    if one.kind != "column" or tuple(one.changed) != ("default",):
        return False
    before, after = (_bare(getattr(side, "default", None)) for side in (one.before, one.after))
    return before == after


def _bare(default: str | None) -> str:
    text = default or ""
    if text.startswith("E'"):
        text = text[1:].replace("\\\\", "\\")
    return re.sub(r"::[\w \".]+(?:\(\d+\))?(?:\[\])?\Z", "", text)


KINDS = get_args(Kind)
HANGING = {"table", "trigger", "policy", "grant", "privilege", "row security", "partitioning"}
LEFT_OUT = {
    "view",
    "schema",
    "namespace",
    "extension",
    "grant",
    "owner",
    "routine",
    "carried",
    "domain",
    "sequence",
    "composite",
}


def told(operations: object) -> list[str]:
    lines = []
    for one in operations:  # type: ignore[attr-defined]
        before, after = (side.model_dump() if hasattr(side, "model_dump") else {} for side in (one.before, one.after))
        sides = [f"{key}: {before.get(key)!r} → {after.get(key)!r}" for key in one.changed]
        lines.append(f"{one.action} {one.kind} {one.name} of {one.table} {'; '.join(sides)}")
    return lines
