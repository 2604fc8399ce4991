"""What waits with a column that waits for an answer: indexes, keys, checks and views over it cannot be made before it is there."""

from __future__ import annotations

import re

from dbdesign.migrations.compare.mentions import mentions
from dbdesign.migrations.postgresql.planning import Planning
from dbdesign.model.migration import Operation
from dbdesign.model.schema import Column, Table, View


def set_aside(planning: Planning, table: Table, column: Column) -> None:
    """Leave out of the plan what rests on a column that is not added, and say so."""
    waiting = [one for one in planning.left if _rests_on(one, table, column.name)]
    if not waiting:
        return
    gone = {id(one) for one in waiting}
    planning.left = [one for one in planning.left if id(one) not in gone]
    names = ", ".join(dict.fromkeys(f"{one.kind} {one.name}" for one in waiting))
    planning.notes.append(f"Until {table.label}.{column.name} has its answer, what rests on it waits: {names}.")


def _rests_on(operation: Operation, table: Table, name: str) -> bool:
    if operation.action not in {"add", "alter"} or operation.after is None:
        return False
    if isinstance(operation.after, View):
        return mentions(operation.after.definition, table.name, name)
    if operation.table != table.label:
        return False
    if isinstance(operation.after, Column):
        generated = operation.after.generated
        return generated is not None and _has_word(generated.expression, name)
    return _has_word(operation.model_dump_json(include={"after"}), name)


def _has_word(text: str, name: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None
