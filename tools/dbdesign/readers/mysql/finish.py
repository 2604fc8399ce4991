"""Turns what was read into a `Schema`: the default database, names as declared, what references resolve to, implied indexes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from dbdesign.model.finding import Proof
from dbdesign.model.schema import (
    Check,
    Column,
    Engine,
    ForeignKey,
    Index,
    IndexKey,
    Key,
    Namespace,
    Routine,
    Schema,
    Sequence,
    Table,
    View,
    label,
)
from dbdesign.model.types import Kind
from dbdesign.readers.base import ReadResult, Unread
from dbdesign.readers.mysql.draft import SchemaDraft, TableDraft

JSON_CHECK = re.compile(r"\s*json_valid\s*\(\s*`?([^`)]+?)`?\s*\)\s*", re.IGNORECASE)


def finish(
    draft: SchemaDraft, engine: Engine, version: str | None, comments: Mapping[int, str], proof: Proof
) -> ReadResult:
    """The result. `version` is the server's own: `8.0.36`, `10.11.6-MariaDB`."""
    finisher = _Finisher(draft)
    schema = finisher.schema(engine, version)
    notes = [*draft.notes, *finisher.notes]
    count = len(schema.tables)
    if count != draft.declared_tables and engine in {Engine.MYSQL, Engine.TIDB}:
        notes.append(
            f"{draft.declared_tables} CREATE TABLE statements, {count} tables: see the notes and what was not read"
        )
    return ReadResult(
        schema=schema,
        unread=tuple(draft.unread),
        skipped=tuple(draft.skipped()),
        declared_tables=draft.declared_tables,
        lines=finisher.lines,
        comments=comments,
        notes=tuple(notes),
        proof=proof,
    )


class _Finisher:
    """Freezes a draft."""

    def __init__(self, draft: SchemaDraft) -> None:
        self.draft = draft
        self.default = self._default_database()
        self.lines: dict[str, int] = {}
        self.notes: list[str] = []
        self.by_lower = {(self.namespace(db), name.lower()): table for (db, name), table in draft.tables.items()}
        self.implied = 0

    def _default_database(self) -> str | None:
        """The database of the first object; what has none belongs to it."""
        for names in (self.draft.tables, self.draft.views, self.draft.sequences):
            for database, _ in names:
                if database:
                    return database
        return next(iter(self.draft.databases), None)

    def namespace(self, database: str | None) -> str | None:
        """None for the default database."""
        return None if database in {None, self.default} else database

    def schema(self, engine: Engine, version: str | None) -> Schema:
        """The schema."""
        draft = self.draft
        tables = tuple(self.table(table) for table in draft.tables.values())
        options = {**draft.databases.get(self.default or "", {})}
        if self.default and self.default in draft.databases:
            options["database"] = self.default
        mariadb = version is not None and "mariadb" in version.lower()
        if mariadb:
            options["server"] = f"MariaDB {re.split(r'[^0-9.]', version or '')[0]}"
        if self.implied:
            self.notes.append(
                f"{self.implied} indexes that the engine adds by itself for foreign keys are listed with their tables"
            )
        return Schema(
            engine=engine,
            version=None if mariadb or version is None else re.split(r"[^\d.]", version)[0],
            namespaces=tuple(self._namespaces(tables)),
            tables=tables,
            views=tuple(self._views()),
            sequences=tuple(self._sequences()),
            routines=tuple(self._routines()),
            carried=tuple(c.model_copy(update={"namespace": self.namespace(db)}) for db, c, _ in draft.carried),
            options=options,
        )

    def _namespaces(self, tables: tuple[Table, ...]) -> Iterator[Namespace]:
        names = [*self.draft.databases, *(table.namespace for table in tables)]
        for name in dict.fromkeys(names):
            if name and name != self.default:
                yield Namespace(name=name)

    def _views(self) -> Iterator[View]:
        for one in self.draft.views.values():
            view = one.view.model_copy(update={"namespace": self.namespace(one.database)})
            self.lines[view.label] = one.line
            yield view

    def _sequences(self) -> Iterator[Sequence]:
        for (database, _), (one, line) in self.draft.sequences.items():
            sequence = one.model_copy(update={"namespace": self.namespace(database)})
            self.lines[sequence.label] = line
            yield sequence

    def _routines(self) -> Iterator[Routine]:
        for one, line in self.draft.routines.values():
            routine = one.model_copy(update={"namespace": self.namespace(one.namespace)})
            self.lines.setdefault(routine.label, line)
            yield routine

    def table(self, draft: TableDraft) -> Table:
        """A frozen table."""
        namespace = self.namespace(draft.database)
        name = label(namespace, draft.name)
        self.lines[name] = draft.line
        self.lines.update((f"{name}.{part}", line) for part, line in draft.lines.items())
        self._json_columns(draft)
        spelled = {column.name.lower(): column.name for column in draft.columns}
        foreign_keys = tuple(key for one in draft.foreign_keys if (key := self._foreign_key(draft, one, spelled)))
        table = Table(
            namespace=namespace,
            name=draft.name,
            columns=tuple(_settled(column, draft.options.get("charset")) for column in draft.columns),
            primary_key=_spelled_key(draft.primary_key, spelled) if draft.primary_key else None,
            unique_keys=tuple(_spelled_key(key, spelled) for key in draft.unique_keys),
            foreign_keys=foreign_keys,
            checks=tuple(draft.checks),
            indexes=tuple(_spelled_index(index, spelled) for index in draft.indexes),
            partitioning=draft.partitioning,
            triggers=tuple(draft.triggers),
            grants=tuple(draft.grants),
            comment=draft.comment,
            options=draft.options,
        )
        implied = _implied_indexes(table)
        self.implied += len(implied)
        return table.model_copy(update={"indexes": (*table.indexes, *implied)}) if implied else table

    def _json_columns(self, draft: TableDraft) -> None:
        """MariaDB's JSON is LONGTEXT with this check; read as what was meant."""
        left: list[Check] = []
        for check in draft.checks:
            match = JSON_CHECK.fullmatch(check.expression)
            column = draft.column(match[1]) if match else None
            if column is None or column.type.native not in {"longtext", "json"}:
                left.append(check)
                continue
            json = column.type.model_copy(update={"kind": Kind.JSON, "native": "json"})
            draft.update_column(column.name, type=json, charset=None, collation=None)
        draft.checks = left

    def _foreign_key(self, draft: TableDraft, key: ForeignKey, spelled: Mapping[str, str]) -> ForeignKey | None:
        namespace = self.namespace(key.referenced_namespace)
        parent = self.by_lower.get((namespace, key.referenced_table.lower()))
        columns = key.referenced_columns
        if not columns and parent and parent.primary_key:
            columns = parent.primary_key.columns
        if not columns:
            where = draft.lines.get(key.name or "", draft.line)
            reason = f"table {draft.name}: which columns of {key.referenced_table} are referenced is not said and cannot be known"
            self.draft.unread.append(Unread(line=where, text=f"FOREIGN KEY ({', '.join(key.columns)})", reason=reason))
            return None
        of_parent = {column.name.lower(): column.name for column in parent.columns} if parent else {}
        return key.model_copy(
            update={
                "columns": tuple(spelled.get(name.lower(), name) for name in key.columns),
                "referenced_namespace": namespace,
                "referenced_table": parent.name if parent else key.referenced_table,
                "referenced_columns": tuple(of_parent.get(name.lower(), name) for name in columns),
            }
        )


def _settled(column: Column, table_charset: str | None) -> Column:
    """A column whose collation BINARY chose: the `_bin` collation of its character set."""
    if column.collation != "_bin":
        return column
    return column.model_copy(update={"collation": f"{column.charset or table_charset or 'utf8mb4'}_bin"})


def _spelled_parts(keys: tuple[IndexKey, ...], spelled: Mapping[str, str]) -> tuple[IndexKey, ...]:
    return tuple(
        key
        if key.column is None or key.column in spelled.values()
        else key.model_copy(update={"column": spelled.get(key.column.lower(), key.column)})
        for key in keys
    )


def _spelled_key(key: Key, spelled: Mapping[str, str]) -> Key:
    columns = tuple(spelled.get(name.lower(), name) for name in key.columns)
    return key.model_copy(update={"columns": columns, "keys": _spelled_parts(key.keys, spelled)})


def _spelled_index(index: Index, spelled: Mapping[str, str]) -> Index:
    return index.model_copy(update={"keys": _spelled_parts(index.keys, spelled)})


def _implied_indexes(table: Table) -> list[Index]:
    """The indexes that InnoDB and TiDB add for foreign keys that no index begins with, in their order (create-table-foreign-keys)."""
    if table.options.get("engine", "InnoDB").lower() != "innodb":
        return []
    prefixes = list(table.index_prefixes())
    added: list[Index] = []
    for key in table.foreign_keys:
        size = len(key.columns)
        if any(prefix[:size] == key.columns for prefix in prefixes):
            continue
        added.append(Index(name=key.name, keys=tuple(IndexKey(column=name) for name in key.columns)))
        prefixes.append(key.columns)
    return added
