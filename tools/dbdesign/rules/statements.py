"""Fixes as SQL in the schema's dialect. Where the engine has no statement for it (SQLite alters little), the answer is None."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from dbdesign.dialects.base import Dialect
from dbdesign.model.schema import (
    Check,
    Column,
    CompositeType,
    Domain,
    Engine,
    EnumType,
    Exclusion,
    ForeignKey,
    Index,
    IndexKey,
    Key,
    Schema,
    Sequence,
    Table,
    View,
)

_WORD = re.compile(r"\w+|\*")
_MYSQL = (Engine.MYSQL, Engine.TIDB)
_POSTGRESQL = (Engine.POSTGRESQL, Engine.COCKROACHDB)


class Statements:
    """Writes the statements that fixes are made of. Each ends in a semicolon; several are joined by newlines."""

    def __init__(self, schema: Schema, dialect: Dialect, version: tuple[int, ...]) -> None:
        self.schema = schema
        self.engine = schema.engine
        self.dialect = dialect
        self.version = version
        self._taken: set[tuple[str | None, str]] | None = None

    def table(self, table: Table) -> str:
        """The table's name as SQL."""
        return self.dialect.qualified(table.namespace, table.name)

    def names(self, names: Iterable[str]) -> str:
        """Names as SQL, joined by commas."""
        return ", ".join(self.dialect.identifier(name) for name in names)

    def name(self, name: str) -> str:
        """One name as SQL."""
        return self.dialect.identifier(name)

    def alter(self, table: Table, action: str) -> str:
        """`ALTER TABLE … action;`."""
        return f"ALTER TABLE {self.table(table)} {action};"

    def free_name(self, table: Table, columns: Iterable[str], suffix: str) -> str:
        """A name for a new index or constraint that fits the engine's limit and that nothing in the namespace has, nor any earlier fix."""
        base = "_".join((table.name, *columns))
        number = 0
        while True:
            ending = f"_{suffix}{number or ''}"
            candidate = base + ending
            while not self.dialect.fits(candidate):
                base = base[:-1]
                candidate = base + ending
            if (table.namespace, candidate.lower()) not in self._taken_names():
                self._taken_names().add((table.namespace, candidate.lower()))
                return candidate
            number += 1

    def is_free(self, namespace: str | None, name: str) -> bool:
        """Whether no table, view, index or constraint of the namespace has the name."""
        return (namespace, name.lower()) not in self._taken_names()

    def _taken_names(self) -> set[tuple[str | None, str]]:
        if self._taken is None:
            self._taken = set()
            for table in self.schema.tables:
                self._taken.add((table.namespace, table.name.lower()))
                named: list[Index | Key | ForeignKey | Check | Exclusion] = [
                    *table.indexes,
                    *table.unique_keys,
                    *table.foreign_keys,
                ]
                named += [*table.checks, *table.exclusions]
                self._taken.update((table.namespace, (part.name or "").lower()) for part in named)
                if table.primary_key:
                    self._taken.add((table.namespace, (table.primary_key.name or "").lower()))
            others: list[View | EnumType | Domain | CompositeType | Sequence] = [*self.schema.views, *self.schema.enums]
            others += [*self.schema.domains, *self.schema.composites, *self.schema.sequences]
            self._taken.update((one.namespace, one.name.lower()) for one in others)
        return self._taken

    def create_index(
        self,
        table: Table,
        columns: Iterable[str],
        *,
        unique: bool = False,
        where: str | None = None,
        method: str | None = None,
        name: str | None = None,
    ) -> str:
        """CREATE INDEX on columns."""
        columns = tuple(columns)
        name = name or self.free_name(table, columns, "key" if unique else "idx")
        using = f" USING {method}" if method else ""
        predicate = f" WHERE {where}" if where else ""
        kind = "UNIQUE INDEX" if unique else "INDEX"
        return f"CREATE {kind} {self.name(name)} ON {self.table(table)}{using} ({self.names(columns)}){predicate};"

    def drop_index(self, table: Table, index: Index | Key) -> str | None:
        """DROP INDEX; None if the index has no name to drop it by."""
        if index.name is None:
            return None
        if self.engine in _MYSQL or self.engine is Engine.SQLSERVER:
            return f"DROP INDEX {self.name(index.name)} ON {self.table(table)};"
        if self.engine is Engine.COCKROACHDB:
            return f"DROP INDEX {self.table(table)}@{self.name(index.name)};"
        return f"DROP INDEX {self.dialect.qualified(table.namespace, index.name)};"

    def add_unique(self, table: Table, columns: Iterable[str], *, nulls_not_distinct: bool = False) -> str:
        """A unique constraint, or a unique index where the engine cannot add constraints."""
        columns = tuple(columns)
        if self.engine is Engine.SQLITE:
            return self.create_index(table, columns, unique=True)
        name = self.name(self.free_name(table, columns, "key"))
        nulls = " NULLS NOT DISTINCT" if nulls_not_distinct else ""
        return self.alter(table, f"ADD CONSTRAINT {name} UNIQUE{nulls} ({self.names(columns)})")

    def add_primary_key(self, table: Table, columns: Iterable[str]) -> str | None:
        """A primary key over existing columns."""
        if self.engine is Engine.SQLITE:
            return None
        return self.alter(table, f"ADD PRIMARY KEY ({self.names(columns)})")

    def drop_unique(self, table: Table, key: Key | Index) -> str | None:
        """Drops a unique constraint."""
        if key.name is None or self.engine is Engine.SQLITE:
            return None
        if isinstance(key, Index) or self.engine in _MYSQL:
            return self.drop_index(table, key)
        if self.engine is Engine.COCKROACHDB:
            return f"DROP INDEX {self.table(table)}@{self.name(key.name)} CASCADE;"
        return self.alter(table, f"DROP CONSTRAINT {self.name(key.name)}")

    def foreign_key(self, key: ForeignKey) -> str:
        """`FOREIGN KEY (…) REFERENCES … (…) ON DELETE …` from a model."""
        parent = self.dialect.qualified(key.referenced_namespace, key.referenced_table)
        text = f"FOREIGN KEY ({self.names(key.columns)}) REFERENCES {parent} ({self.names(key.referenced_columns)})"
        if key.match == "full":
            text += " MATCH FULL"
        for event, action in (("DELETE", key.on_delete), ("UPDATE", key.on_update)):
            if action != "no action":
                text += f" ON {event} {action.upper()}"
                if event == "DELETE" and key.set_columns:
                    text += f" ({self.names(key.set_columns)})"
        if key.deferrable:
            text += " DEFERRABLE" + (" INITIALLY DEFERRED" if key.initially_deferred else "")
        return text

    def add_foreign_key(self, table: Table, key: ForeignKey, *, name: str | None = None) -> str | None:
        """Adds a foreign key, under its own name or a new one."""
        if self.engine is Engine.SQLITE:
            return None
        name = name or self.free_name(table, key.columns, "fkey")
        return self.alter(table, f"ADD CONSTRAINT {self.name(name)} {self.foreign_key(key)}")

    def drop_foreign_key(self, table: Table, key: ForeignKey) -> str | None:
        """Drops a foreign key."""
        if self.engine is Engine.SQLITE or key.name is None:
            return None
        kind = "FOREIGN KEY" if self.engine in _MYSQL else "CONSTRAINT"
        return self.alter(table, f"DROP {kind} {self.name(key.name)}")

    def replace_foreign_key(self, table: Table, old: ForeignKey, new: ForeignKey) -> str | None:
        """Drops a foreign key and adds another in its place, under the same name."""
        drop = self.drop_foreign_key(table, old)
        add = self.add_foreign_key(table, new, name=old.name)
        return f"{drop}\n{add}" if drop and add else None

    def add_check(self, table: Table, columns: Iterable[str], expression: str) -> str | None:
        """A check constraint named after its columns."""
        if self.engine is Engine.SQLITE:
            return None
        name = self.name(self.free_name(table, columns, "check"))
        return self.alter(table, f"ADD CONSTRAINT {name} CHECK ({expression})")

    def definition(self, column: Column, data_type: str | None = None, *, nullable: bool | None = None) -> str:
        """A whole column definition in MySQL's way, as MODIFY needs it, with another type or nullability."""
        null = column.nullable if nullable is None else nullable
        text = f"{self.name(column.name)} {data_type or column.type.native}"
        if column.charset and data_type is None:
            text += f" CHARACTER SET {column.charset}"
        if column.collation and data_type is None:
            text += f" COLLATE {column.collation}"
        text += " NULL" if null else " NOT NULL"
        if column.default is not None:
            text += f" DEFAULT {column.default}"
        if column.on_update:
            text += f" ON UPDATE {column.on_update}"
        if column.identity and column.identity.mode == "auto_increment":
            text += " AUTO_INCREMENT"
        if column.comment:
            text += f" COMMENT {self.dialect.literal(column.comment)}"
        return text

    @cached_property
    def _read_by_views(self) -> Mapping[str, frozenset[str]]:
        """The words in the definitions of the views that read a table, by its label; `*` for all of its columns."""
        found: dict[str, set[str]] = {}
        for view in self.schema.views:
            mentioned = set(_WORD.findall(view.definition.replace("(*)", "()")))
            named = (
                [table.label for table in self.schema.tables if table.name in mentioned] if not view.depends_on else []
            )
            for label in (*view.depends_on, *named):
                found.setdefault(label, set()).update(mentioned)
        return {label: frozenset(names) for label, names in found.items()}

    @cached_property
    def _children(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for table in self.schema.tables:
            for label in (*table.inherits, *([table.partition_of.label] if table.partition_of else [])):
                found.setdefault(label, []).append(table.label)
        return found

    def _heirs(self, label: str) -> Iterator[str]:
        """The tables that inherit from one, and its partitions, at any depth."""
        for child in self._children.get(label, ()):
            yield child
            yield from self._heirs(child)

    def is_needed_as_it_is(self, table: Table, column: Column) -> bool:
        """Whether a view, a policy, a generated column or the partitioning may need the column, so that PostgreSQL refuses to change
        its type before they are gone (ALTER TABLE, notes on SET DATA TYPE).
        """
        texts = [one.generated.expression for one in table.columns if one.generated]
        texts += [text for policy in table.policies for text in (policy.using, policy.check) if text]
        texts += [key.column or key.expression or "" for key in table.partitioning.keys] if table.partitioning else []
        readers = (self._read_by_views.get(label, ()) for label in (table.label, *self._heirs(table.label)))
        mentioned: set[str] = set().union(*readers, *map(_WORD.findall, texts))
        plain = _WORD.fullmatch(column.name) is not None
        inherited = column.name in table.inherited
        return inherited or "*" in mentioned or column.name in mentioned or (bool(mentioned) and not plain)

    def change_type(self, table: Table, column: Column, data_type: str, *, using: str | None = None) -> str | None:
        """Changes a column's type; `using` converts the values where the engine takes an expression (PostgreSQL family).

        None where a view or the like reads the column: PostgreSQL has it dropped first, to be created again with its grants.
        """
        if self.engine is Engine.SQLITE or (self.engine in _POSTGRESQL and self.is_needed_as_it_is(table, column)):
            return None
        if column.generated and self.engine is Engine.SQLSERVER:
            return None  # its type is that of the expression (ALTER TABLE, on computed columns)
        if self.engine in _MYSQL:
            return self.alter(table, f"MODIFY {self.definition(column, data_type)}")
        if self.engine is Engine.SQLSERVER:
            return self._alter_column(table, column, data_type, nullable=column.nullable)
        conversion = f" USING {using}" if using else ""
        return self.alter(table, f"ALTER COLUMN {self.name(column.name)} TYPE {data_type}{conversion}")

    def _alter_column(self, table: Table, column: Column, data_type: str, *, nullable: bool) -> str | None:
        """SQL Server's ALTER COLUMN. A default is taken off and put on again; a column that a key, an index, a check or a computed
        column needs cannot be altered at all (ALTER TABLE, on ALTER COLUMN): None.
        """
        used = {name for key in table.unique_keys for name in key.columns}
        used |= {name for key in table.foreign_keys for name in key.columns}
        used |= set(table.primary_key.columns) if table.primary_key else set()
        used |= {name for index in table.indexes for name in (*index.columns, *index.include)}
        texts = [check.expression for check in table.checks] + [
            one.generated.expression for one in table.columns if one.generated
        ]
        if column.name in used or any(column.name in _WORD.findall(text) for text in texts):
            return None
        alter = self.alter(
            table, f"ALTER COLUMN {self.name(column.name)} {data_type} {'NULL' if nullable else 'NOT NULL'}"
        )
        if column.default is None:
            return alter
        if column.default_name is None:
            return None
        name = self.name(column.default_name)
        drop = self.alter(table, f"DROP CONSTRAINT {name}")
        add = self.alter(table, f"ADD CONSTRAINT {name} DEFAULT {column.default} FOR {self.name(column.name)}")
        return f"{drop}\n{alter}\n{add}"

    def set_nullable(self, table: Table, column: Column, nullable: bool) -> str | None:
        """SET or DROP NOT NULL."""
        if self.engine is Engine.SQLITE:
            return None
        if self.engine in _MYSQL:
            return self.alter(table, f"MODIFY {self.definition(column, nullable=nullable)}")
        if self.engine is Engine.SQLSERVER:
            return self._alter_column(table, column, column.type.native, nullable=nullable)
        return self.alter(table, f"ALTER COLUMN {self.name(column.name)} {'DROP' if nullable else 'SET'} NOT NULL")

    def drop_column(self, table: Table, column: Column) -> str:
        """Drops a column (SQLite: from 3.35 on)."""
        return self.alter(table, f"DROP COLUMN {self.name(column.name)}")

    def add_column(self, table: Table, definition: str) -> str:
        """Adds a column; the definition is SQL."""
        keyword = "ADD" if self.engine is Engine.SQLSERVER else "ADD COLUMN"
        return self.alter(table, f"{keyword} {definition}")

    def rename_column(self, table: Table, old: str, new: str) -> str:
        """Renames a column."""
        if self.engine is Engine.SQLSERVER:
            path = self.dialect.literal(f"{self.table(table)}.{self.name(old)}")
            return f"EXEC sp_rename {path}, {self.dialect.literal(new)}, 'COLUMN';"
        return self.alter(table, f"RENAME COLUMN {self.name(old)} TO {self.name(new)}")

    def rename_table(self, table: Table, new: str) -> str:
        """Renames a table."""
        if self.engine is Engine.SQLSERVER:
            return f"EXEC sp_rename {self.dialect.literal(self.table(table))}, {self.dialect.literal(new)};"
        return self.alter(table, f"RENAME TO {self.name(new)}")

    def index_key(self, key: IndexKey) -> str:
        """One key of an index as SQL."""
        text = self.name(key.column) if key.column else f"({key.expression})"
        if key.collation:
            text += f" COLLATE {key.collation}"
        if key.opclass:
            text += f" {key.opclass}"
        if key.descending:
            text += " DESC"
        return text + (f" NULLS {key.nulls.upper()}" if key.nulls else "")

    def recreate_index(
        self, table: Table, index: Index, *, method: str | None = None, where: str | None = None
    ) -> str | None:
        """Drops an index and creates it with another method or predicate, under the same name. What belongs to the old method alone (order,
        operator classes, included columns) is left out with another one.
        """
        drop = self.drop_index(table, index)
        if drop is None or index.name is None:
            return None
        method = method or (index.method if index.method != "btree" else None)
        using = f" USING {method}" if method else ""
        other = method is not None and method != index.method
        plain = tuple(IndexKey(column=key.column, expression=key.expression) for key in index.keys)
        keys = ", ".join(self.index_key(key) for key in (plain if other else index.keys))
        include = f" INCLUDE ({self.names(index.include)})" if index.include and not other else ""
        predicate = f" WHERE {where}" if where else ""
        kind = "UNIQUE INDEX" if index.unique else "INDEX"
        create = f"CREATE {kind} {self.name(index.name)} ON {self.table(table)}{using} ({keys}){include}{predicate};"
        return f"{drop}\n{create}"

    @staticmethod
    def join(*statements: str | None) -> str | None:
        """The statements on lines of their own; None if one of them cannot be written."""
        known = [one for one in statements if one is not None]
        return "\n".join(known) if len(known) == len(statements) else None
