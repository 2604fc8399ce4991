"""Data that moves between tables by declared intent: a table split or merged, a column moved to another table.

Two triggers keep both places equal while both versions run: one carries what the old version writes, the other what the new one writes.
A session setting keeps the two from answering each other.
"""

from __future__ import annotations

from dataclasses import dataclass

from dbdesign.errors import InputError
from dbdesign.migrations.postgresql.backfills import LOCKED_ROWS, arbiter, copy, walk
from dbdesign.migrations.postgresql.copies import converted
from dbdesign.migrations.postgresql.draft import BACKFILL
from dbdesign.migrations.postgresql.planning import Planning, temporary
from dbdesign.migrations.settings import Intent
from dbdesign.model.schema import Column, Table
from dbdesign.writers.postgresql.spelling import identifier, qualified

_GUARD = "dbdesign.carrying"
"""A setting of the session that is `on` while one of the two triggers writes."""


@dataclass(frozen=True)
class Move:
    """One intent with its tables, as they are called while the plan runs."""

    intent: Intent
    source: Table
    target: Table

    @property
    def from_place(self) -> str:
        """The source as SQL."""
        return qualified(self.source.namespace, self.source.name)

    @property
    def to_place(self) -> str:
        """The target as SQL."""
        return qualified(self.target.namespace, self.target.name)

    def function(self, direction: str) -> str:
        """A trigger function, as SQL."""
        return qualified(self.target.namespace, self.trigger(direction))

    def trigger(self, direction: str) -> str:
        """A trigger's name."""
        return temporary(f"{self.source.name}_{self.target.name}", direction)


def plan(planning: Planning) -> None:
    """Every declared move; what it drops needs no consent, since its data lives on."""
    for intent in planning.settings.intents:
        one = _move(planning, intent)
        _forward(planning, one)
        _backward(planning, one)
        _fill(planning, one)
        _stop(planning, one)
        _consent(planning, one)


def _move(planning: Planning, intent: Intent) -> Move:
    """The tables of an intent.

    Raises:
        InputError: for a table or column that is not where the intent says.
    """
    source, target = (
        planning.renamed.table_by_label.get(intent.source),
        planning.after.table_by_label.get(intent.target),
    )
    if source is None or target is None:
        name = intent.source if source is None else intent.target
        raise InputError(
            f"there is no table {name}",
            where=intent.kind,
            remedy="Name the source of the schema before and the target of that after",
        )
    for table, names in (
        (source, (*intent.columns, *intent.key)),
        (target, (*intent.columns.values(), *intent.key.values())),
    ):
        for name in names:
            if table.column(name) is None:
                raise InputError(f"{table.label} has no column {name}", where=intent.kind)
    shown = planning.table(intent.target)
    here = planning.table(intent.source) if intent.source in planning.after.table_by_label else source
    return Move(intent, source.model_copy(update={"name": here.name}), shown)


def _value(planning: Planning, before: Column, after: Column, row: str) -> str:
    cast = planning.settings.casts.get(after.name)
    return converted(before, after, cast).replace("t.", f"{row}.", 1)


def _assignments(planning: Planning, one: Move, row: str, *, forward: bool) -> str:
    pairs = one.intent.columns.items()
    parts = []
    for old, new in pairs:
        source, target = one.source.column_by_name[old], one.target.column_by_name[new]
        if forward:
            parts.append(f"{identifier(new)} = {_value(planning, source, target, row)}")
        else:
            parts.append(f"{identifier(old)} = {_value(planning, target, source, row)}")
    return ", ".join(parts)


def _same(one: Move, row: str, *, forward: bool) -> str:
    """The condition on the other table's row `o`."""
    pairs = one.intent.key.items()
    if forward:
        return " AND ".join(f"o.{identifier(new)} = {row}.{identifier(old)}" for old, new in pairs)
    return " AND ".join(f"o.{identifier(old)} = {row}.{identifier(new)}" for old, new in pairs)


def _insert(planning: Planning, one: Move, row: str, *, forward: bool) -> str:
    names = {**one.intent.key, **one.intent.columns}
    listed, values = [], []
    for old, new in names.items():
        source, target = one.source.column_by_name[old], one.target.column_by_name[new]
        listed.append(identifier(new if forward else old))
        values.append(_value(planning, source, target, row) if forward else _value(planning, target, source, row))
    place = one.to_place if forward else one.from_place
    return f"INSERT INTO {place} ({', '.join(listed)}) VALUES ({', '.join(values)})"


def _guarded(body: str, name: str) -> str:
    return (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $move$\nBEGIN\n"
        f"    IF current_setting('{_GUARD}', true) = 'on' THEN RETURN coalesce(NEW, OLD); END IF;\n"
        f"    PERFORM set_config('{_GUARD}', 'on', true);\n{body}"
        f"    PERFORM set_config('{_GUARD}', 'off', true);\n    RETURN coalesce(NEW, OLD);\nEND\n$move$"
    )


def _made_by(kind: str, *, forward: bool) -> bool:
    """Whether the row on the other side is made, or is there already: splitting makes the target's, merging the source's."""
    return kind == ("split" if forward else "merge")


def _body(planning: Planning, one: Move, *, forward: bool) -> str:
    place = one.to_place if forward else one.from_place
    made = _made_by(one.intent.kind, forward=forward)
    assigned, same = _assignments(planning, one, "NEW", forward=forward), _same(one, "NEW", forward=forward)
    update = f"        UPDATE {place} AS o SET {assigned} WHERE {same};\n"
    if made:
        update += f"        IF NOT FOUND THEN\n            {_insert(planning, one, 'NEW', forward=forward)};\n        END IF;\n"
        gone = f"        DELETE FROM {place} AS o WHERE {_same(one, 'OLD', forward=forward)};\n"
    else:
        names = one.intent.columns.values() if forward else one.intent.columns
        cleared = ", ".join(f"{identifier(name)} = NULL" for name in names)
        gone = f"        UPDATE {place} AS o SET {cleared} WHERE {_same(one, 'OLD', forward=forward)};\n"
    return f"    IF TG_OP = 'DELETE' THEN\n{gone}    ELSE\n{update}    END IF;\n"


def _events(table: str, name: str, columns: list[str], function: str) -> list[str]:
    """Deletions are carried before the row goes, since the other table may refer to it."""
    watched = ", ".join(map(identifier, columns))
    removed = temporary(name, "gone")
    return [
        f"CREATE TRIGGER {identifier(name)} AFTER INSERT OR UPDATE OF {watched} ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()",
        f"CREATE TRIGGER {identifier(removed)} BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()",
    ]


def _without(table: str, name: str) -> list[str]:
    return [f"DROP TRIGGER {identifier(one)} ON {table}" for one in (name, temporary(name, "gone"))]


def _forward(planning: Planning, one: Move) -> None:
    function, name = one.function("forth"), one.trigger("forth")
    up = [
        _guarded(_body(planning, one, forward=True), function),
        *_events(one.from_place, name, [*one.intent.columns, *one.intent.key], function),
    ]
    down = [*_without(one.from_place, name), f"DROP FUNCTION {function}()"]
    if one.intent.kind == "move":
        late, early = _fetch(planning, one)
        up, down = up + late, early + down
    title = f"Carry {', '.join(one.intent.columns)} from {one.intent.source} to {one.intent.target}"
    planning.add("expand", title, up, down)


def _fetch(planning: Planning, one: Move) -> tuple[list[str], list[str]]:
    """A row of the target that comes later than its source takes the values along."""
    function, name = one.function("fetch"), one.trigger("fetch")
    condition = _same(one, "NEW", forward=False)
    lines = "".join(
        f"    IF NEW.{identifier(new)} IS NULL THEN\n"
        f"        NEW.{identifier(new)} := (SELECT {_value(planning, one.source.column_by_name[old], one.target.column_by_name[new], 'o')} "
        f"FROM {one.from_place} AS o WHERE {condition});\n    END IF;\n"
        for old, new in one.intent.columns.items()
    )
    body = f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $move$\nBEGIN\n{lines}    RETURN NEW;\nEND\n$move$"
    trigger = (
        f"CREATE TRIGGER {identifier(name)} BEFORE INSERT ON {one.to_place} FOR EACH ROW EXECUTE FUNCTION {function}()"
    )
    return [body, trigger], [f"DROP TRIGGER {identifier(name)} ON {one.to_place}", f"DROP FUNCTION {function}()"]


def _backward(planning: Planning, one: Move) -> None:
    function, name = one.function("back"), one.trigger("back")
    columns = [*one.intent.columns.values(), *one.intent.key.values()]
    up = [_guarded(_body(planning, one, forward=False), function), *_events(one.to_place, name, columns, function)]
    down = [*_without(one.to_place, name), f"DROP FUNCTION {function}()"]
    title = f"Carry {', '.join(one.intent.columns.values())} back from {one.intent.target} to {one.intent.source}"
    planning.add("switch", title, up, down, notes=["So that the old version sees what the new one writes."])


def _fill(planning: Planning, one: Move) -> None:
    of = walk(planning, one.source, one.from_place)
    if not of.key:
        planning.manual.append(f"{one.intent.source} has no key to walk over: copy its columns by hand")
        return
    if one.intent.kind == "split":
        names = {**one.intent.key, **one.intent.columns}
        listed = ", ".join(identifier(new) for new in names.values())
        values = ", ".join(
            _value(planning, one.source.column_by_name[old], one.target.column_by_name[new], "t")
            for old, new in names.items()
        )
        settled = arbiter(one.target, one.intent.key.values())
        if settled is None:
            planning.manual.append(
                f"{one.intent.target} has no key over {listed}, by which a row is told from its copy"
            )
            return
        work = f"INSERT INTO {one.to_place} ({listed}) SELECT {values} FROM {LOCKED_ROWS} {settled}"
    else:
        work = (
            f"UPDATE {one.to_place} AS o SET {_assignments(planning, one, 't', forward=True)} "
            f"FROM {LOCKED_ROWS} WHERE {_same(one, 't', forward=True)}"
        )
    script, batches = copy(of, work, planning.settings.pace)
    planning.add(
        "backfill",
        f"Fill {', '.join(one.intent.columns.values())} of {one.intent.target}",
        [script],
        manner=BACKFILL,
        batches=batches,
    )
    planning.filled |= {f"{one.intent.target}.{name}" for name in one.intent.columns.values()}


def _stop(planning: Planning, one: Move) -> None:
    """The triggers go before what they write to."""
    up, down = list[str](), list[str]()
    for direction, place in (("forth", one.from_place), ("back", one.to_place)):
        final = planning.place(one.intent.source if direction == "forth" else one.intent.target, "contract")
        up += [*_without(final, one.trigger(direction)), f"DROP FUNCTION {one.function(direction)}()"]
        columns = (
            [*one.intent.columns, *one.intent.key]
            if direction == "forth"
            else [*one.intent.columns.values(), *one.intent.key.values()]
        )
        function = one.function(direction)
        body = _guarded(_body(planning, one, forward=direction == "forth"), function)
        down += [body, *_events(place, one.trigger(direction), columns, function)]
    if one.intent.kind == "move":
        late, early = _fetch(planning, one)
        up, down = early + up, down + late
    planning.add("contract", f"Stop carrying between {one.intent.source} and {one.intent.target}", up, down)


def _consent(planning: Planning, one: Move) -> None:
    """What the source loses lives on in the target."""
    label = one.intent.source
    kept = []
    for operation in planning.left:
        moved = (
            operation.kind == "column"
            and operation.action == "drop"
            and operation.table == label
            and operation.name in one.intent.columns
        )
        merged = operation.kind == "table" and operation.action == "drop" and operation.name == label
        kept.append(operation.model_copy(update={"destructive": False}) if moved or merged else operation)
    planning.left = kept
