"""ALTER SEQUENCE from one set of options to another."""

from __future__ import annotations

from dbdesign.model.schema import Sequence, SequenceOptions
from dbdesign.writers.postgresql.spelling import qualified


def option_changes(before: SequenceOptions, after: SequenceOptions) -> list[str]:
    """The clauses that lead from one to the other."""
    clauses = []
    for old, new, keyword, usual in (
        (before.start, after.start, "START WITH", "1"),
        (before.increment, after.increment, "INCREMENT BY", "1"),
        (before.cache, after.cache, "CACHE", "1"),
    ):
        if old != new:
            clauses.append(f"{keyword} {new if new is not None else usual}")
    for old, new, keyword in ((before.minimum, after.minimum, "MINVALUE"), (before.maximum, after.maximum, "MAXVALUE")):
        if old != new:
            clauses.append(f"{keyword} {new}" if new is not None else f"NO {keyword}")
    if before.cycle != after.cycle:
        clauses.append("CYCLE" if after.cycle else "NO CYCLE")
    return clauses


def alter_sequence(before: Sequence, after: Sequence) -> list[str]:
    """ALTER SEQUENCE, its type, options, owner column and persistence."""
    clauses = option_changes(before.options, after.options)
    old, new = (one.type.native if one.type else "bigint" for one in (before, after))
    if old != new:
        clauses.insert(0, f"AS {new}")
    name = qualified(after.namespace, after.name)
    statements = [f"ALTER SEQUENCE {name} {' '.join(clauses)}"] if clauses else []
    if before.owned_by != after.owned_by:
        statements.append(f"ALTER SEQUENCE {name} OWNED BY {after.owned_by or 'NONE'}")
    if before.unlogged != after.unlogged:
        statements.append(f"ALTER SEQUENCE {name} SET {'UNLOGGED' if after.unlogged else 'LOGGED'}")
    return statements
