"""What PostgreSQL 14 to 17 cannot say of a schema for 18, and what stands in its place."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbdesign.dialects.postgresql import DIALECT
from dbdesign.model.schema import Carried, Check, Column, ForeignKey, Key, Schema, Sequence, Table, View
from dbdesign.writers.postgresql.notes import Notes


def for_version(schema: Schema, version: str, notes: Notes) -> Schema:
    """The schema with only what this version can say; unchanged for the newest."""
    if version == DIALECT.versions[-1]:
        return schema
    return _Older(schema, version, notes).schema()


class _Older:
    def __init__(self, schema: Schema, version: str, notes: Notes) -> None:
        self._schema = schema
        self._version = version
        self._notes = notes

    def _lacks(self, feature: str) -> bool:
        return not DIALECT.has(feature, self._version)

    def _say(self, target: str, lost: str, instead: str | None) -> None:
        self._notes.add(target, f"{lost}: not before PostgreSQL {self._since(lost)}", instead)

    def _since(self, lost: str) -> int:
        return next(since for text, since in _SINCE.items() if lost.startswith(text))

    def schema(self) -> Schema:
        partitioned = {table.label for table in self._schema.tables if table.partitioning}
        return self._schema.model_copy(
            update={
                "tables": tuple(self._table(table, table.label in partitioned) for table in self._schema.tables),
                "views": tuple(self._view(view) for view in self._schema.views),
                "sequences": tuple(self._sequence(one) for one in self._schema.sequences),
                "carried": tuple(self._carried(one) for one in self._schema.carried),
            }
        )

    def _table(self, table: Table, partitioned: bool) -> Table:
        label = table.label
        return table.model_copy(
            update={
                "columns": tuple(self._column(label, column) for column in table.columns),
                "primary_key": next(self._keys(label, table.primary_key), None),
                "unique_keys": tuple(self._keys(label, *table.unique_keys)),
                "foreign_keys": tuple(self._references(label, table.foreign_keys, partitioned)),
                "checks": tuple(self._checks(label, table.checks)),
                "indexes": tuple(
                    index.model_copy(
                        update={"nulls_not_distinct": self._nulls(label, index.name, index.nulls_not_distinct)}
                    )
                    for index in table.indexes
                ),
            }
        )

    def _nulls(self, label: str, name: str | None, wanted: bool) -> bool:
        if wanted and self._lacks("nulls_not_distinct"):
            self._say(
                f"{label} ({name})",
                "NULLS NOT DISTINCT",
                "NULLs are distinct; make the columns NOT NULL, or index coalesce()",
            )
            return False
        return wanted

    def _column(self, label: str, column: Column) -> Column:
        target, changes = f"{label}.{column.name}", dict[str, object]()
        if column.generated and not column.generated.stored and self._lacks("virtual_generated"):
            self._say(target, "a virtual generated column", "a stored one")
            changes["generated"] = column.generated.model_copy(update={"stored": True})
        if self._lacks("not_null_constraints"):
            if not column.not_null_valid:
                self._say(target, "NOT NULL … NOT VALID", "a nullable column; SET NOT NULL once no row has a NULL")
                changes |= {"nullable": True, "not_null_valid": True}
            elif column.not_null_name or column.not_null_comment:
                self._say(target, "the name of a NOT NULL", "NOT NULL without a name")
            if column.not_null_no_inherit:
                self._say(target, "NOT NULL … NO INHERIT", "NOT NULL for children too")
            changes |= {"not_null_name": None, "not_null_no_inherit": False, "not_null_comment": None}
        if column.default and self._lacks("uuidv7") and (text := _random_uuids(column.default)) != column.default:
            self._say(
                target, "uuidv7()", "gen_random_uuid(), whose values do not ascend; or the program gives the value"
            )
            changes["default"] = text
        return column.model_copy(update=changes) if changes else column

    def _keys(self, label: str, *keys: Key | None) -> Iterator[Key]:
        for key in filter(None, keys):
            if key.without_overlaps and self._lacks("without_overlaps"):
                self._say(
                    f"{label} ({key.name})",
                    "WITHOUT OVERLAPS",
                    "nothing; an exclusion constraint with btree_gist does the same",
                )
                continue
            yield key.model_copy(update={"nulls_not_distinct": self._nulls(label, key.name, key.nulls_not_distinct)})

    def _references(self, label: str, keys: tuple[ForeignKey, ...], partitioned: bool) -> Iterator[ForeignKey]:
        for key in keys:
            target, changes = f"{label} ({key.name})", dict[str, object]()
            if key.period and self._lacks("without_overlaps"):
                self._say(target, "a foreign key with PERIOD", "nothing; a trigger can check it")
                continue
            if not key.enforced and self._lacks("not_enforced"):
                self._say(target, "NOT ENFORCED", "nothing")
                continue
            if key.set_columns and self._lacks("set_null_columns"):
                self._say(target, "ON DELETE SET of some columns", "all of its columns are set")
                changes["set_columns"] = ()
            if partitioned and not key.valid and self._lacks("partitioned_not_valid"):
                self._say(target, "NOT VALID on a partitioned table", "a valid foreign key")
                changes["valid"] = True
            yield key.model_copy(update=changes) if changes else key

    def _checks(self, label: str, checks: tuple[Check, ...]) -> Iterator[Check]:
        for check in checks:
            if not check.enforced and self._lacks("not_enforced"):
                self._say(f"{label} ({check.name})", "NOT ENFORCED", "nothing")
            else:
                yield check

    def _view(self, view: View) -> View:
        if "security_invoker" in view.options and self._lacks("security_invoker"):
            self._say(view.label, "security_invoker", "the view reads with its owner's rights")
            options = {name: value for name, value in view.options.items() if name != "security_invoker"}
            return view.model_copy(update={"options": options})
        return view

    def _sequence(self, one: Sequence) -> Sequence:
        if one.unlogged and self._lacks("unlogged_sequence"):
            self._say(one.label, "an unlogged sequence", "a logged one")
            return one.model_copy(update={"unlogged": False})
        return one

    def _carried(self, one: Carried) -> Carried:
        if one.kind == "collation" and "provider = builtin" in one.sql and self._lacks("builtin_collations"):
            self._say(one.name, "a collation of the builtin provider", "libc's C, which orders by code point too")
            return one.model_copy(update={"sql": _BUILTIN.sub("(provider = libc, locale = 'C'", one.sql)})
        return one


def _random_uuids(default: str) -> str:
    """The default with random UUIDs in place of those of version 7."""
    return _UUID_SEVEN.sub("gen_random_uuid()", default)


_UUID_SEVEN = re.compile(r"(?<![\w'\"])uuidv7\([^()]*\)")
_BUILTIN = re.compile(r"\(provider = builtin, locale = '[^']*'")
_SINCE: dict[str, int] = {
    text: (DIALECT.features[feature].since or (0,))[0]
    for text, feature in {
        "NULLS NOT DISTINCT": "nulls_not_distinct",
        "a virtual generated": "virtual_generated",
        "NOT NULL …": "not_null_not_valid",
        "the name of a NOT NULL": "not_null_constraints",
        "WITHOUT OVERLAPS": "without_overlaps",
        "a foreign key with PERIOD": "without_overlaps",
        "NOT ENFORCED": "not_enforced",
        "ON DELETE SET of": "set_null_columns",
        "NOT VALID on a partitioned": "partitioned_not_valid",
        "security_invoker": "security_invoker",
        "an unlogged sequence": "unlogged_sequence",
        "a collation of": "builtin_collations",
        "uuidv7()": "uuidv7",
    }.items()
}
