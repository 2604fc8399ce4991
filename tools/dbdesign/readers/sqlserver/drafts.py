"""The catalog that a script builds up, statement by statement; names are found as SQL Server does: whatever their case."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from dbdesign.model.schema import (
    Carried,
    Check,
    Column,
    Domain,
    Engine,
    ForeignKey,
    Grant,
    Index,
    IndexKey,
    Key,
    Namespace,
    Partitioning,
    Routine,
    Schema,
    Sequence,
    Table,
    Trigger,
    View,
    label,
)
from dbdesign.readers.base import Skipped, Unread

Name = tuple[str | None, str]


def fold(name: Name) -> str:
    """What names are compared by (the default collation of an installation is case-insensitive)."""
    return label(*name).lower()


@dataclass
class TableDraft:
    """A table under construction; `columns` by folded name, in order."""

    namespace: str | None
    name: str
    columns: dict[str, Column] = field(default_factory=dict)
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

    @property
    def label(self) -> str:
        """As the model has it."""
        return label(self.namespace, self.name)

    def column_name(self, name: str) -> str:
        """The column's name as it was declared."""
        column = self.columns.get(name.lower())
        return column.name if column else name

    def update_column(self, name: str, **changes: object) -> bool:
        """Change a column; False if there is none of that name."""
        column = self.columns.get(name.lower())
        if column is None:
            return False
        self.columns[name.lower()] = column.model_copy(update=changes)
        return True

    def build(self) -> Table:
        """The table; keys' columns are NOT NULL, and names are spelt as declared."""
        for name in self.primary_key.columns if self.primary_key else ():
            self.update_column(name, nullable=False)
        return Table(
            namespace=self.namespace,
            name=self.name,
            columns=tuple(self.columns.values()),
            primary_key=self._spelt_key(self.primary_key) if self.primary_key else None,
            unique_keys=tuple(self._with_nulls(self._spelt_key(key)) for key in self.unique_keys),
            foreign_keys=tuple(self.foreign_keys),
            checks=tuple(self.checks),
            indexes=tuple(self._index_with_nulls(self.spelt_index(index)) for index in self.indexes),
            triggers=tuple(self.triggers),
            grants=tuple(self.grants),
            partitioning=self.partitioning,
            comment=self.comment,
            options=self.options,
        )

    def _with_nulls(self, key: Key) -> Key:
        """A unique key takes one NULL in SQL Server: NULLs are equal to it."""
        return key.model_copy(update={"nulls_not_distinct": True}) if self._may_be_null(key.columns) else key

    def _index_with_nulls(self, index: Index) -> Index:
        """A unique index likewise, unless it leaves NULLs out."""
        said = (index.where or "").lower().replace("[", "").replace("]", "")
        columns = [one for one in index.columns if f"{one.lower()} is not null" not in said]
        lax = index.unique and self._may_be_null(columns)
        return index.model_copy(update={"nulls_not_distinct": True}) if lax else index

    def _may_be_null(self, columns: Iterable[str]) -> bool:
        return any((column := self.columns.get(one.lower())) is not None and column.nullable for one in columns)

    def _spelt_key(self, key: Key) -> Key:
        columns = tuple(self.column_name(one) for one in key.columns)
        return key.model_copy(update={"columns": columns, "keys": self._spelt(key.keys)})

    def _spelt(self, keys: tuple[IndexKey, ...]) -> tuple[IndexKey, ...]:
        return tuple(
            key.model_copy(update={"column": self.column_name(key.column)}) if key.column else key for key in keys
        )

    def spelt_index(self, index: Index) -> Index:
        """The index with its columns' names as declared."""
        include = tuple(self.column_name(one) for one in index.include)
        return index.model_copy(update={"keys": self._spelt(index.keys), "include": include})


@dataclass
class Catalog:
    """Everything that a script makes, and what it did not make of it."""

    tables: dict[str, TableDraft] = field(default_factory=dict)
    views: dict[str, View] = field(default_factory=dict)
    routines: dict[str, Routine] = field(default_factory=dict)
    namespaces: dict[str, Namespace] = field(default_factory=dict)
    domains: dict[str, Domain] = field(default_factory=dict)
    sequences: dict[str, Sequence] = field(default_factory=dict)
    carried: list[Carried] = field(default_factory=list)
    options: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    unread: list[Unread] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    skipped: dict[str, tuple[str, list[int]]] = field(default_factory=dict)

    def skip(self, kind: str, line: int, reason: str) -> None:
        """Count something that is left out on purpose."""
        self.skipped.setdefault(kind, (reason, []))[1].append(line)

    def missed(self, line: int, text: str, reason: str) -> None:
        """Something that was not understood."""
        self.unread.append(Unread(line=line, text=" ".join(text.split())[:200], reason=reason))

    def table(self, name: Name) -> TableDraft | None:
        """The table of that name."""
        return self.tables.get(fold(name))

    def schema(self) -> Schema:
        """The whole, with foreign keys resolved."""
        self._resolve()
        return Schema(
            engine=Engine.SQLSERVER,
            namespaces=tuple(self.namespaces.values()),
            domains=tuple(self.domains.values()),
            sequences=tuple(self.sequences.values()),
            tables=tuple(draft.build() for draft in self.tables.values()),
            views=tuple(self.views.values()),
            routines=tuple(self.routines.values()),
            carried=tuple(self.carried),
            options=self.options,
        )

    def skips(self) -> tuple[Skipped, ...]:
        """What was left out on purpose, by kind; at most 20 lines each."""
        return tuple(
            Skipped(kind=kind, count=len(lines), lines=tuple(lines[:20]), reason=reason)
            for kind, (reason, lines) in sorted(self.skipped.items())
        )

    def _resolve(self) -> None:
        by_fold: dict[str, list[TableDraft]] = defaultdict(list)
        for draft in self.tables.values():
            by_fold[draft.name.lower()].append(draft)
        for draft in self.tables.values():
            draft.foreign_keys = [self._resolved(draft, key) for key in draft.foreign_keys]
            self._resolve_types(draft)
        for repeated in self._repeated_names():
            self.notes.append(repeated)

    def _resolved(self, draft: TableDraft, key: ForeignKey) -> ForeignKey:
        parent = self.table((key.referenced_namespace, key.referenced_table))
        columns = tuple(draft.column_name(one) for one in key.columns)
        if parent is None:
            return key.model_copy(update={"columns": columns, "referenced_columns": key.referenced_columns or columns})
        referenced = key.referenced_columns or (parent.primary_key.columns if parent.primary_key else columns)
        return key.model_copy(
            update={
                "columns": columns,
                "referenced_namespace": parent.namespace,
                "referenced_table": parent.name,
                "referenced_columns": tuple(parent.column_name(one) for one in referenced),
            }
        )

    def _resolve_types(self, draft: TableDraft) -> None:
        """A column of an alias type is as nullable as the type says, where the column says nothing (CREATE TYPE)."""
        for folded, column in draft.columns.items():
            domain = self.domains.get(str(column.type.name).lower()) if column.type.name else None
            if domain is not None and "null" not in column.options and not domain.nullable:
                draft.columns[folded] = column.model_copy(update={"nullable": False})
            if "null" in column.options:
                rest = {name: value for name, value in column.options.items() if name != "null"}
                draft.columns[folded] = draft.columns[folded].model_copy(update={"options": rest})

    def _repeated_names(self) -> Iterator[str]:
        names = Counter(
            (draft.namespace or "dbo", key.name.lower())
            for draft in self.tables.values()
            for key in (draft.primary_key, *draft.unique_keys, *draft.foreign_keys, *draft.checks)
            if key is not None and key.name
        )
        for (_, name), count in names.items():
            if count > 1:
                yield f"{count} constraints are named {name}; SQL Server would refuse all but the first"
