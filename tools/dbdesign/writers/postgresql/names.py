"""Names of other engines as PostgreSQL's: at most 63 bytes, and of indexes only one in a whole namespace."""

from __future__ import annotations

from collections import defaultdict
from typing import TypeVar

from dbdesign.dialects.postgresql import DIALECT, chosen_name, clipped
from dbdesign.model.schema import Check, Column, ForeignKey, Index, IndexKey, Key, Schema, Sequence, Table, View
from dbdesign.writers.postgresql.clauses import usual_key_name
from dbdesign.writers.postgresql.notes import Notes

Named = TypeVar("Named", Check, ForeignKey, Index, Key)


def fitted(schema: Schema, notes: Notes) -> Schema:
    """The schema with names that PostgreSQL takes as they are."""
    return _Fitter(schema, notes).schema()


class _Fitter:
    def __init__(self, schema: Schema, notes: Notes) -> None:
        self._schema = schema
        self._notes = notes
        self._relations: dict[str | None, set[str]] = defaultdict(set)
        relations: tuple[Table | View | Sequence, ...] = (*schema.tables, *schema.views, *schema.sequences)
        for one in relations:
            self._relations[one.namespace].add(self._short(one.name, one.label))

    def schema(self) -> Schema:
        for table in self._schema.tables:  # keys first: their names are the ones that an index must not take
            self._reserve(table)
        return self._schema.model_copy(update={"tables": tuple(self._table(table) for table in self._schema.tables)})

    def _reserve(self, table: Table) -> None:
        """Names that the server will choose by itself."""
        names = self._relations[table.namespace]
        for key in _keys(table):
            if key.name is None:
                names.add(usual_key_name(table, key))
        names.update(chosen_name(table.name, column.name, "seq") for column in table.columns if column.identity)

    def _short(self, name: str, target: str) -> str:
        if DIALECT.fits(name):
            return name
        short = clipped(name, DIALECT.max_identifier)
        self._notes.add(target, "a name of more than 63 bytes", f"shortened to {short}")
        return short

    def _table(self, table: Table) -> Table:
        label, own = table.label, set[str]()
        names = tuple(self._short(name, f"{label}.{name}") for name in (column.name for column in table.columns))
        columns = tuple(_renamed_column(column, name) for column, name in zip(table.columns, names, strict=True))
        primary = table.primary_key
        return table.model_copy(
            update={
                "name": self._short(table.name, label),
                "columns": columns,
                "primary_key": self._relation(table, _clipped_key(primary), own) if primary else None,
                "unique_keys": tuple(self._relation(table, _clipped_key(key), own) for key in table.unique_keys),
                "foreign_keys": tuple(
                    self._constraint(table, _clipped_reference(key), own) for key in table.foreign_keys
                ),
                "checks": tuple(self._constraint(table, check, own) for check in table.checks),
                "indexes": tuple(self._relation(table, _clipped_index(index), set()) for index in table.indexes),
            }
        )

    def _relation(self, table: Table, one: Named, own: set[str]) -> Named:
        """An index or key: its name must be free in the namespace."""
        return self._free(table, one, self._relations[table.namespace], own)

    def _constraint(self, table: Table, one: Named, own: set[str]) -> Named:
        """A constraint without an index: its name must be free in the table."""
        return self._free(table, one, own, own)

    def _free(self, table: Table, one: Named, taken: set[str], own: set[str]) -> Named:
        if one.name is None:
            return one
        name = self._short(one.name, f"{table.label} ({one.name})")
        if name in taken or name in own:
            new = _numbered(f"{table.name}_{name}", taken | own)
            self._notes.add(
                f"{table.label} ({one.name})", "a name that something else in the namespace has", f"named {new}"
            )
            name = new
        taken.add(name)
        own.add(name)
        return one.model_copy(update={"name": name})


def _numbered(name: str, taken: set[str]) -> str:
    found, number = clipped(name, DIALECT.max_identifier), 1
    while found in taken:
        number += 1
        found = f"{clipped(name, DIALECT.max_identifier - len(str(number)) - 1)}_{number}"
    return found


def _keys(table: Table) -> list[Key]:
    return ([table.primary_key] if table.primary_key else []) + list(table.unique_keys)


def _clip(name: str) -> str:
    return clipped(name, DIALECT.max_identifier)


def _clip_all(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(_clip, names))


def _renamed_column(column: Column, name: str) -> Column:
    return column if column.name == name else column.model_copy(update={"name": name})


def _clipped_key(key: Key) -> Key:
    return key.model_copy(update={"columns": _clip_all(key.columns), "include": _clip_all(key.include)})


def _clipped_reference(key: ForeignKey) -> ForeignKey:
    return key.model_copy(
        update={
            "columns": _clip_all(key.columns),
            "referenced_columns": _clip_all(key.referenced_columns),
            "referenced_table": _clip(key.referenced_table),
        }
    )


def _clipped_index(index: Index) -> Index:
    keys: tuple[IndexKey, ...] = tuple(
        key.model_copy(update={"column": _clip(key.column)}) if key.column else key for key in index.keys
    )
    return index.model_copy(update={"keys": keys, "include": _clip_all(index.include)})
