"""The names of indexes and constraints that exist while a history is replayed: Django asks the database for them, the replay asks here."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

NamedKind = Literal["unique", "foreign", "check", "index", "primary", "sequence"]


@dataclass(frozen=True)
class Named:
    """An index or a constraint over some columns of a table."""

    kind: NamedKind
    columns: tuple[str, ...]
    name: str


@dataclass
class Deferred:
    """A name that Django has not used yet: statements wait for the end of a migration, and their names follow renames until then.

    Attributes:
        suffix: what the name ends in, after the digest.
    """

    kind: NamedKind
    table: str
    columns: list[str]
    suffix: str
    name: str


@dataclass
class PhysicalNames:
    """What each table has, by its present name, and what the present migration has put off."""

    by_table: dict[str, list[Named]] = field(default_factory=dict)
    deferred: list[Deferred] = field(default_factory=list)

    def add(self, table: str, kind: NamedKind, columns: tuple[str, ...], name: str) -> None:
        """Note something that was made."""
        self.by_table.setdefault(table, []).append(Named(kind, columns, name))

    def find(self, table: str, kind: NamedKind, columns: tuple[str, ...], exclude: set[str]) -> list[str]:
        """The names of what is over exactly these columns."""
        found = self.by_table.get(table, [])
        return [one.name for one in found if one.kind == kind and one.columns == columns and one.name not in exclude]

    def drop(self, table: str, name: str) -> None:
        """Forget something."""
        self.by_table[table] = [one for one in self.by_table.get(table, []) if one.name != name]

    def rename(self, table: str, old: str, new: str) -> None:
        """Something has another name."""
        self.by_table[table] = [
            replace(one, name=new) if one.name == old else one for one in self.by_table.get(table, [])
        ]

    def rename_table(self, old: str, new: str) -> None:
        """A table has another name; what it has keeps its names."""
        if old in self.by_table:
            self.by_table[new] = self.by_table.pop(old)

    def rename_column(self, table: str, old: str, new: str) -> None:
        """A column has another name."""
        found = self.by_table.get(table, [])
        self.by_table[table] = [
            replace(one, columns=tuple(new if name == old else name for name in one.columns)) for one in found
        ]

    def drop_column(self, table: str, column: str) -> None:
        """A column is gone, and everything over it."""
        self.by_table[table] = [one for one in self.by_table.get(table, []) if column not in one.columns]

    def drop_table(self, table: str) -> None:
        """A table is gone."""
        self.by_table.pop(table, None)
