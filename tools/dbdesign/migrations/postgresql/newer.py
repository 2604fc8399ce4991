"""A target that its server cannot have: what came with a later version of PostgreSQL than the plan is for."""

from __future__ import annotations

from dbdesign.errors import InputError
from dbdesign.model.schema import Schema
from dbdesign.writers.postgresql.notes import Notes
from dbdesign.writers.postgresql.versions import for_version

NAMED = "the name of a NOT NULL"
"""What a dump of 18 says of each column and no server needs: it is left out."""


def refuse_newer(after: Schema, major: int) -> None:
    """Refuse a target with something that PostgreSQL of this version does not have.

    Raises:
        InputError: with each such thing, the version that brought it, and what stands in its place before.
    """
    notes = Notes()
    for_version(after, str(major), notes)
    found = [one for one in notes.all() if not one.lost.startswith(NAMED)]
    if not found:
        return
    told = [f"{one.object}: {one.lost}" + (f" (before it: {one.instead})" if one.instead else "") for one in found]
    raise InputError(
        f"PostgreSQL {major} cannot have what the target has: {'; '.join(told)}",
        where=found[0].object,
        remedy="Change the target, or name the version of the server that it is for",
    )
