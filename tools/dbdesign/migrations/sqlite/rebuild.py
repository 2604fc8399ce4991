"""Tables built anew: the twelve steps of SQLite's manual (lang_altertable.html, section 7), for all of a plan's in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dbdesign.dialects.sqlite import DIALECT
from dbdesign.migrations.compare.mentions import names_table
from dbdesign.model.schema import Column, Schema, Table, View
from dbdesign.writers.base import WriteOptions
from dbdesign.writers.sqlite.printing import create_index, create_table, create_view, identifier

OPTIONS = WriteOptions(prove=False)
PREFIX = "dbdesign_new_"


@dataclass(frozen=True)
class Rebuild:
    """How one table becomes another of the same name.

    Attributes:
        before, after: the table; `before` with its new names.
        fills: SQL for rows without a value, by column.
        casts: SQL over the old row for a changed column, by column.
    """

    before: Table
    after: Table
    fills: Mapping[str, str]
    casts: Mapping[str, str]

    def statements(self) -> Iterator[str]:
        """The statements inside the transaction."""
        interim = self.after.model_copy(update={"name": f"{PREFIX}{self.after.name}"})
        table = identifier(self.after.name)
        yield create_table(interim, OPTIONS).rstrip(";")
        yield from self._copy(interim)
        yield from self._numbering(interim)
        yield f"DROP TABLE {identifier(self.before.name)}"
        yield f"ALTER TABLE {identifier(interim.name)} RENAME TO {table}"
        yield from (create_index(self.after.name, one).rstrip(";") for one in self.after.indexes)

    def back(self) -> Rebuild:
        """From the new table to the old one."""
        return Rebuild(self.after, self.before, {}, {})

    def _copy(self, interim: Table) -> Iterator[str]:
        values = [(one.name, value) for one in self.after.columns if (value := self._value(one)) is not None]
        if values:
            names = ", ".join(identifier(name) for name, _ in values)
            chosen = ", ".join(value for _, value in values)
            yield f"INSERT INTO {identifier(interim.name)} ({names}) SELECT {chosen} FROM {identifier(self.before.name)}"

    def _numbering(self, interim: Table) -> Iterator[str]:
        """AUTOINCREMENT goes on behind numbers that were given away and deleted since."""
        if any(one.identity and one.identity.mode == "auto_increment" for one in self.after.columns):
            new, old = DIALECT.literal(interim.name), DIALECT.literal(self.before.name)
            yield f"DELETE FROM sqlite_sequence WHERE name = {new}"
            yield f"INSERT INTO sqlite_sequence (name, seq) SELECT {new}, seq FROM sqlite_sequence WHERE name = {old}"

    def _value(self, column: Column) -> str | None:
        """What a column's value is in the copy; None where it is computed, or its default says it."""
        if column.generated is not None:
            return None
        if column.name in self.casts:
            return f"({self.casts[column.name]})"
        there = self.before.column(column.name)
        if there is None:
            return f"({self.fills[column.name]})" if column.name in self.fills else None
        name = identifier(column.name)
        if there.nullable and not column.nullable and column.name in self.fills:
            return f"coalesce({name}, {self.fills[column.name]})"
        return name


def transaction(rebuilds: Sequence[Rebuild], dropped: Sequence[View], made: Sequence[View]) -> list[str]:
    """Everything that builds some tables anew.

    Args:
        dropped: the views that read them as they stand, each behind what it reads.
        made: the views that there are to be in their place, in the same order.
    """
    return [
        "PRAGMA foreign_keys = OFF",
        "PRAGMA legacy_alter_table = ON",
        "BEGIN IMMEDIATE",
        *(f"DROP VIEW {identifier(one.name)}" for one in reversed(dropped)),
        *(statement for one in rebuilds for statement in one.statements()),
        *(trigger.definition for one in rebuilds for trigger in one.after.triggers),
        *(create_view(one, OPTIONS).rstrip(";") for one in made),
        "COMMIT",
        "PRAGMA legacy_alter_table = OFF",
        "PRAGMA foreign_keys = ON",
    ]


def reading_views(schema: Schema, tables: Iterable[str]) -> list[View]:
    """The views that read some tables, and those that read these, in the schema's order."""
    found: list[View] = []
    known = set(tables)
    changed = True
    while changed:
        fresh = [
            one for one in schema.views if one not in found and any(names_table(one.definition, name) for name in known)
        ]
        changed = bool(fresh)
        found += fresh
        known |= {one.name for one in fresh}
    return [one for one in schema.views if one in found]
