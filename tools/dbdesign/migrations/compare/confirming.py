"""What the caller says of renames and drops, checked against the schemas."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from dbdesign.errors import UnknownNameError
from dbdesign.migrations.compare.renaming import Place, Renames
from dbdesign.model.schema import Schema, label


@dataclass
class Confirmed:
    """What is renamed for certain: tables, columns, types, views; and by an enum's label its values."""

    renames: Renames = field(default_factory=Renames)
    values: dict[str, dict[str, str]] = field(default_factory=dict)


def confirmed_renames(before: Schema, after: Schema, renames: Mapping[str, str], drops: Collection[str]) -> Confirmed:
    """The renames by what they are of.

    `orders` names a table, type, sequence or view by its label; `orders.total` a column, `mood.sad` an enum's value.

    Raises:
        UnknownNameError: there is nothing of that name before, or nothing of the new name after.
    """
    found = Confirmed()
    for old, new in renames.items():
        if not _object(found, before, after, old, new) and not _inside(found, before, old, new):
            raise UnknownNameError.among("table, column, type or value", old, _known(before), where="rename")
    _check_columns(found, after)
    known = _known(before)
    for name in drops:
        if name not in known:
            raise UnknownNameError.among("table, column or value", name, known, where="drop")
    return found


def _known(schema: Schema) -> set[str]:
    groups = (schema.tables, schema.enums, schema.domains, schema.composites, schema.sequences, schema.views)
    labels = {one.label for group in groups for one in group}
    columns = {f"{one.label}.{column.name}" for one in schema.tables for column in one.columns}
    return labels | columns | {f"{one.label}.{value}" for one in schema.enums for value in one.values}


def _object(found: Confirmed, before: Schema, after: Schema, old: str, new: str) -> bool:
    if old in before.table_by_label:
        found.renames.tables[old] = _place({one.label: (one.namespace, one.name) for one in after.tables}, old, new)
        return True
    for group in ("enums", "domains", "composites", "sequences", "views"):
        if any(one.label == old for one in getattr(before, group)):
            place = _place({one.label: (one.namespace, one.name) for one in getattr(after, group)}, old, new)
            if group in {"sequences", "views"}:
                found.renames.others[group.removesuffix("s"), old] = place
            else:
                found.renames.types[old] = place
            return True
    return False


def _place(there: Mapping[str, Place], old: str, new: str) -> Place:
    """The place of the new name: a label, or a bare name in the same namespace."""
    namespace = old.rpartition(".")[0] or None
    for one in (label(namespace, new), new):
        if one in there:
            return there[one]
    raise UnknownNameError.among("object", new, there, where=f"rename={old}:{new}")


def _inside(found: Confirmed, before: Schema, old: str, new: str) -> bool:
    for table in before.tables:
        name = old.removeprefix(f"{table.label}.")
        if name != old and table.column(name):
            bare = new.removeprefix(f"{table.label}.")
            found.renames.columns.setdefault(table.label, {})[name] = bare
            return True
    for enum in before.enums:
        value = old.removeprefix(f"{enum.label}.")
        if value != old and value in enum.values:
            found.values.setdefault(enum.label, {})[value] = new.removeprefix(f"{enum.label}.")
            return True
    return False


def _check_columns(found: Confirmed, after: Schema) -> None:
    for table, names in found.renames.columns.items():
        target = after.table_by_label.get(found.renames.label(table))
        for old, new in names.items():
            if target is not None and target.column(new) is None:
                raise UnknownNameError.among("column", new, target.column_by_name, where=f"rename={table}.{old}:{new}")
