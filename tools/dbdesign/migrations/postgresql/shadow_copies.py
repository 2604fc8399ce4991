"""How rows come into a table that is made anew: a trigger for every change, batches for what was there."""

from __future__ import annotations

from dbdesign.migrations.postgresql.backfills import LOCKED_ROWS, arbiter, copy, walk
from dbdesign.migrations.postgresql.draft import BACKFILL, SCAN
from dbdesign.migrations.postgresql.planning import Planning, temporary
from dbdesign.migrations.postgresql.rebuilt_tables import Rebuilt
from dbdesign.writers.postgresql.spelling import identifier


def copy_triggers(one: Rebuilt, place: str) -> list[str]:
    """The triggers that write every change of a table to the other one."""
    name, emptied = identifier(one.trigger), identifier(temporary(one.trigger, "truncate"))
    call = f"EXECUTE FUNCTION {one.function}()"
    return [
        f"CREATE TRIGGER {name} AFTER INSERT OR UPDATE OR DELETE ON {place} FOR EACH ROW {call}",
        f"CREATE TRIGGER {emptied} AFTER TRUNCATE ON {place} FOR EACH STATEMENT {call}",
    ]


def drop_copy_triggers(one: Rebuilt, place: str) -> list[str]:
    """What takes those triggers away."""
    names = (one.trigger, temporary(one.trigger, "truncate"))
    return [f"DROP TRIGGER {identifier(name)} ON {place}" for name in names]


def copy_function(one: Rebuilt, *, forward: bool, replace: bool = False) -> str:
    """What the trigger does: the row of the other table becomes this one's."""
    target = one.new if forward else one.parked
    values = one.pairs.values if forward else one.pairs.back
    key = one.pairs.key if forward else {new: old for old, new in one.pairs.key.items()}
    columns = one.interim if forward else one.old
    same = " AND ".join(f"o.{identifier(new)} = OLD.{identifier(old)}" for old, new in key.items())
    fixed = {column.name for column in columns.columns if column.identity and column.identity.mode == "always"}
    assigned = ", ".join(f"{identifier(name)} = n.{identifier(name)}" for name in values if name not in fixed)
    names = ", ".join(map(identifier, values))
    computed = ", ".join(f"{value} AS {identifier(name)}" for name, value in values.items())
    row = f"(SELECT {computed} FROM (SELECT NEW.*) AS t) AS n"
    overriding = " OVERRIDING SYSTEM VALUE" if fixed else ""
    head = "CREATE OR REPLACE FUNCTION" if replace else "CREATE FUNCTION"
    update = (
        f"        UPDATE {target} AS o SET {assigned} FROM {row} WHERE {same};\n        IF FOUND THEN RETURN NULL; END IF;\n"
        if assigned
        else ""
    )
    return (
        f"{head} {one.function}() RETURNS trigger LANGUAGE plpgsql AS $copy$\nBEGIN\n"
        f"    IF TG_OP = 'TRUNCATE' THEN\n        TRUNCATE {target};\n        RETURN NULL;\n    END IF;\n"
        f"    IF TG_OP = 'DELETE' THEN\n        DELETE FROM {target} AS o WHERE {same};\n        RETURN NULL;\n    END IF;\n"
        f"    IF TG_OP = 'UPDATE' THEN\n{update}    END IF;\n"
        f"    INSERT INTO {target} ({names}){overriding} SELECT {', '.join(f'n.{identifier(name)}' for name in values)} FROM {row};\n"
        f"    RETURN NULL;\nEND\n$copy$"
    )


def copy_rows(planning: Planning, one: Rebuilt) -> None:
    """Copy the rows that are there, in batches."""
    of = walk(planning, one.old, one.here)
    values = one.pairs.values
    names = ", ".join(map(identifier, values))
    overriding = (
        " OVERRIDING SYSTEM VALUE" if any(c.identity and c.identity.mode == "always" for c in one.final.columns) else ""
    )
    work = (
        f"INSERT INTO {one.new} ({names}){overriding}\n    SELECT {', '.join(values.values())} FROM {LOCKED_ROWS}\n"
        f"    {arbiter(one.interim, one.pairs.key.values())}"
    )
    script, batches = copy(of, work, planning.settings.pace)
    planning.add("backfill", f"Copy the rows of {one.label}", [script], manner=BACKFILL, batches=batches)
    planning.add("backfill", f"Collect statistics of the new {one.label}", [f"ANALYZE {one.new}"], manner=SCAN)
