"""What is being read, while statements still change it; frozen into a `Schema` at the end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from dbdesign.errors import SqlError
from dbdesign.model.schema import (
    Carried,
    Check,
    Column,
    ForeignKey,
    Grant,
    Identity,
    Index,
    IndexKey,
    Key,
    Partitioning,
    Routine,
    Sequence,
    Trigger,
    View,
)
from dbdesign.readers.base import Skipped, Unread
from dbdesign.readers.tokens import TokenStream

MAX_SKIPPED_LINES = 100
"""Of the lines of a kind of skipped statement that are listed; the count is always whole."""

Name = tuple[str | None, str]
"""Database as said or used, and name."""


@dataclass
class TableDraft:
    """A table that later statements may still change."""

    database: str | None
    name: str
    line: int
    columns: list[Column] = field(default_factory=list)
    primary_key: Key | None = None
    unique_keys: list[Key] = field(default_factory=list)
    foreign_keys: list[ForeignKey] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    indexes: list[Index] = field(default_factory=list)
    triggers: list[Trigger] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    partitioning: Partitioning | None = None
    comment: str | None = None
    options: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)

    def column(self, name: str) -> Column | None:
        """The column of that name; case does not matter, as in MySQL."""
        wanted = name.lower()
        return next((column for column in self.columns if column.name.lower() == wanted), None)

    def place(self, column: Column, after: str | None, *, first: bool = False) -> None:
        """Puts a column in: first, after another, or at the end."""
        if first:
            self.columns.insert(0, column)
        elif after is not None and (before := self.column(after)) is not None:
            self.columns.insert(self.columns.index(before) + 1, column)
        else:
            self.columns.append(column)

    def replace_column(self, old: str, new: Column) -> None:
        """Puts `new` where `old` was, and renames it in keys, indexes and foreign keys."""
        before = self.column(old)
        if before is None:
            self.columns.append(new)
            return
        self.columns[self.columns.index(before)] = new
        if before.name != new.name:
            self._rename_uses(before.name, new.name)

    def update_column(self, name: str, **changes: object) -> bool:
        """Changes fields of a column; whether there is such a column."""
        column = self.column(name)
        if column is None:
            return False
        self.columns[self.columns.index(column)] = column.model_copy(update=changes)
        return True

    def drop_column(self, name: str) -> None:
        """Removes a column, and itself from every key and index, as MySQL does."""
        column = self.column(name)
        if column is None:
            return
        self.columns.remove(column)
        self.indexes = [one for index in self.indexes if (one := _index_without(index, column.name)) is not None]
        self.unique_keys = [left for key in self.unique_keys if (left := _key_without(key, column.name)) is not None]
        if self.primary_key:
            self.primary_key = _key_without(self.primary_key, column.name)

    def drop_named(self, name: str) -> bool:
        """Removes the key, index, check or foreign key of that name; whether there was one."""
        before = self._counted()
        self.unique_keys = [one for one in self.unique_keys if one.name != name]
        self.indexes = [one for one in self.indexes if one.name != name]
        self.checks = [one for one in self.checks if one.name != name]
        self.foreign_keys = [one for one in self.foreign_keys if one.name != name]
        return self._counted() < before

    def _counted(self) -> int:
        return len(self.unique_keys) + len(self.indexes) + len(self.checks) + len(self.foreign_keys)

    def rename_index(self, old: str, new: str) -> None:
        """Renames a key or index."""
        self.indexes = [one.model_copy(update={"name": new}) if one.name == old else one for one in self.indexes]
        self.unique_keys = [
            one.model_copy(update={"name": new}) if one.name == old else one for one in self.unique_keys
        ]

    def _rename_uses(self, old: str, new: str) -> None:
        def names(columns: Iterable[str]) -> tuple[str, ...]:
            return tuple(new if column == old else column for column in columns)

        def keys(parts: Iterable[IndexKey]) -> tuple[IndexKey, ...]:
            return tuple(part.model_copy(update={"column": new}) if part.column == old else part for part in parts)

        def renamed(key: Key) -> Key:
            return key.model_copy(update={"columns": names(key.columns), "keys": keys(key.keys)})

        self.primary_key = renamed(self.primary_key) if self.primary_key else None
        self.unique_keys = [renamed(key) for key in self.unique_keys]
        self.indexes = [index.model_copy(update={"keys": keys(index.keys)}) for index in self.indexes]
        self.foreign_keys = [key.model_copy(update={"columns": names(key.columns)}) for key in self.foreign_keys]

    def number(self, start: int) -> None:
        """Where AUTO_INCREMENT goes on (a table option)."""
        for column in self.columns:
            if column.identity is not None and column.identity.mode in {"auto_increment", "auto_random"}:
                options = column.identity.options.model_copy(update={"start": start})
                self.update_column(column.name, identity=column.identity.model_copy(update={"options": options}))
                return
        self.options["auto_increment"] = str(start)


def _index_without(index: Index, column: str) -> Index | None:
    keys = tuple(key for key in index.keys if key.column != column)
    return index.model_copy(update={"keys": keys}) if keys else None


def _key_without(key: Key, column: str) -> Key | None:
    columns = tuple(name for name in key.columns if name != column)
    keys = tuple(part for part in key.keys if part.column != column)
    return key.model_copy(update={"columns": columns, "keys": keys}) if columns else None


@dataclass
class ViewDraft:
    """A view with where it belongs."""

    database: str | None
    view: View
    line: int


@dataclass
class SchemaDraft:
    """Everything read so far.

    Attributes:
        database: that USE has chosen.
        databases: by name in order of appearance: their charset, collation and comment.
    """

    database: str | None = None
    databases: dict[str, dict[str, str]] = field(default_factory=dict)
    tables: dict[Name, TableDraft] = field(default_factory=dict)
    views: dict[Name, ViewDraft] = field(default_factory=dict)
    sequences: dict[Name, tuple[Sequence, int]] = field(default_factory=dict)
    routines: dict[tuple[str, str | None, str], tuple[Routine, int]] = field(default_factory=dict)
    carried: list[tuple[str | None, Carried, int]] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    options: dict[str, str] = field(default_factory=dict)
    declared_tables: int = 0
    _skipped: dict[tuple[str, str], list[int]] = field(default_factory=dict)

    def qualify(self, parts: tuple[str, ...]) -> Name:
        """Database and name of a dotted name; the database in use if none is said."""
        *qualifiers, name = parts
        return (qualifiers[-1] if qualifiers else self.database), name

    def table(self, parts: tuple[str, ...]) -> TableDraft | None:
        """The table of that dotted name; failing that, one whose name differs in case only."""
        name = self.qualify(parts)
        found = self.tables.get(name)
        if found is None:
            wanted = name[1].lower()
            found = next(
                (t for (database, n), t in self.tables.items() if n.lower() == wanted and database == name[0]), None
            )
        return found

    def add_table(self, table: TableDraft, *, keep: bool) -> None:
        """A new table. A second one of the same name is a note (`keep`: IF NOT EXISTS, as the engine would) or an unread statement."""
        name = (table.database, table.name)
        first = self.tables.get(name)
        if first is None:
            self.tables[name] = table
        elif keep:
            self.notes.append(
                f"line {table.line}: table {table.name} exists since line {first.line}; IF NOT EXISTS leaves it as it is"
            )
        else:
            raise SqlError(f"table {table.name} is declared twice, first on line {first.line}", line=table.line)

    def rename_table(self, old: Name, new: Name) -> None:
        """Renames a table, in its place, and every reference to it."""
        self.tables = {(new if name == old else name): table for name, table in self.tables.items()}
        table = self.tables[new]
        table.database, table.name = new
        for other in self.tables.values():
            other.foreign_keys = [
                key.model_copy(update={"referenced_namespace": new[0], "referenced_table": new[1]})
                if (key.referenced_namespace, key.referenced_table) == old
                else key
                for key in other.foreign_keys
            ]

    def skip(self, kind: str, reason: str, line: int) -> None:
        """Counts a statement that is left out on purpose."""
        self._skipped.setdefault((kind, reason), []).append(line)

    def skipped(self) -> Iterator[Skipped]:
        """What was left out, by kind."""
        for (kind, reason), lines in self._skipped.items():
            yield Skipped(kind=kind, count=len(lines), lines=tuple(lines[:MAX_SKIPPED_LINES]), reason=reason)

    def not_understood(self, stream: TokenStream, first: int, reason: str) -> None:
        """Reports the tokens from `first` up to the position."""
        token = stream.tokens[min(first, len(stream.tokens) - 1)]
        self.unread.append(Unread(line=stream.lines(token.start), text=stream.source(first)[:200], reason=reason))


def auto_increment() -> Identity:
    """What AUTO_INCREMENT says."""
    return Identity(mode="auto_increment")
