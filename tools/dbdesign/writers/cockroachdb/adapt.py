"""A schema of another engine as a schema of CockroachDB's; what it cannot say becomes notes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbdesign.dialects.cockroachdb import DIALECT
from dbdesign.model.schema import (
    Check,
    Column,
    CompositeType,
    Engine,
    EnumType,
    Generated,
    Grant,
    Identity,
    Index,
    Policy,
    Routine,
    Schema,
    Sequence,
    Table,
    Trigger,
    View,
)
from dbdesign.writers.cockroachdb.adapt_keys import KeyAdapter, strange_columns, words
from dbdesign.writers.cockroachdb.adapt_types import TypeMapper
from dbdesign.writers.cockroachdb.spelling import Expressions, identifier
from dbdesign.writers.postgresql.adapt import adapt as adapt_to_postgresql
from dbdesign.writers.postgresql.notes import Notes
from dbdesign.writers.translate import translate

_BUILT_IN_EXTENSIONS = {
    "pgcrypto",
    "uuid-ossp",
    "citext",
    "fuzzystrmatch",
    "pg_trgm",
    "postgis",
    "vector",
    "ltree",
    "plpgsql",
}
_UUID_SEVEN = re.compile(r"\buuidv7\([^()]*\)|\buuid_generate_v7\(\)", re.IGNORECASE)
_VALUE = re.compile(r"""('(?:[^']|'')*'|"(?:[^"]|"")*")|(?<![\w.])VALUE(?![\w(])""", re.IGNORECASE)
_ROW_TRIGGER = re.compile(r"\bFOR\s+(?:EACH\s+)?ROW\b", re.IGNORECASE)
_UPDATE_OF = re.compile(r"\bUPDATE\s+OF\b", re.IGNORECASE)
_CONSTRAINT_TRIGGER = re.compile(r"\bCREATE\s+CONSTRAINT\s+TRIGGER\b", re.IGNORECASE)
_LANGUAGES = {"sql", "plpgsql"}
_PRIVILEGES = {"SELECT", "INSERT", "UPDATE", "DELETE", "USAGE", "EXECUTE", "CREATE", "TRIGGER"}
_WHOLE = {"SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"}
_OWN_OPTIONS = ("ttl", "family ", "locality", "schema_locked", "exclude_data_from_backup")
_SPREAD = {"auto_random", "unique_rowid"}
BYTE_ORDER = {"C", "POSIX", "ucs_basic", "pg_c_utf8", "default"}


def adapt(schema: Schema, version: str, notes: Notes) -> Schema:
    """The schema for CockroachDB; unchanged where it already is."""
    if schema.engine is Engine.COCKROACHDB:
        return schema
    return _Adapter(_as_postgresql(schema, notes), version, notes).schema()


def _as_postgresql(schema: Schema, notes: Notes) -> Schema:
    """Another engine's schema in PostgreSQL's words, with what CockroachDB has and PostgreSQL has not put back."""
    if schema.engine is Engine.POSTGRESQL:
        return schema
    kept: dict[tuple[str, str], dict[str, object]] = {}
    tables = []
    for table in schema.tables:
        columns = []
        for column in table.columns:
            changes: dict[str, object] = {}
            if column.on_update is not None:
                update = translate(column.on_update, schema.engine, Engine.POSTGRESQL)
                if update is not None:
                    changes["on_update"] = update
                    column = column.model_copy(update={"on_update": None})
            if column.identity is not None and column.identity.mode in _SPREAD:
                changes["identity"] = Identity(mode="unique_rowid")
                column = column.model_copy(update={"identity": None})
            kept[table.label, column.name] = changes
            columns.append(column)
        tables.append(table.model_copy(update={"columns": tuple(columns)}))
    own = adapt_to_postgresql(schema.model_copy(update={"tables": tuple(tables)}), notes)
    return own.model_copy(update={"tables": tuple(_put_back(table, kept) for table in own.tables)})


def _put_back(table: Table, kept: dict[tuple[str, str], dict[str, object]]) -> Table:
    columns = (column.model_copy(update=kept.get((table.label, column.name), {})) for column in table.columns)
    return table.model_copy(update={"columns": tuple(columns)})


class _Adapter:
    def __init__(self, schema: Schema, version: str, notes: Notes) -> None:
        self._schema = schema
        self._version = version
        self._notes = notes
        self._types = TypeMapper(schema, version, notes)
        self._expression = Expressions(self._types.casts())
        self._keys = KeyAdapter(version, notes, self._expression)

    def schema(self) -> Schema:
        schema = self._schema
        tables = [table for table in schema.tables if table.partition_of is None]
        written = {table.label for table in tables}
        self._say_partitions()
        self._say_left_out()
        routines = tuple(self._routines())
        return Schema(
            engine=Engine.COCKROACHDB,
            namespaces=tuple(
                one.model_copy(update={"grants": self._grants(one.name, one.grants), "owner": None})
                for one in schema.namespaces
            ),
            enums=tuple(self._enum(one) for one in schema.enums),
            composites=tuple(self._composite(one) for one in schema.composites),
            sequences=tuple(self._sequence(one) for one in schema.sequences),
            tables=tuple(self._table(table, written, {one.label for one in routines}) for table in tables),
            views=tuple(self._view(view) for view in schema.views),
            routines=routines,
        )

    def _say_partitions(self) -> None:
        for table in self._schema.tables:
            if table.partition_of is not None:
                self._notes.add(
                    table.label,
                    f"a partition of {table.partition_of.label}",
                    "the rows are in the whole table; row-level TTL removes old ones, ranges split by themselves",
                )

    def _say_left_out(self) -> None:
        for extension in self._schema.extensions:
            if extension.name not in _BUILT_IN_EXTENSIONS:
                self._notes.add(extension.name, "an extension", None)
        for one in self._schema.carried:
            self._notes.add(one.name, f"the {one.kind}", None)
        for domain in self._schema.domains:
            self._notes.add(domain.label, "a domain", "its type, default and checks at every column that has it")

    def _grants(self, target: str, grants: tuple[Grant, ...]) -> tuple[Grant, ...]:
        kept = []
        for grant in grants:
            if grant.columns:
                self._notes.add(target, "privileges on columns", None)
                continue
            if set(grant.privileges) >= _WHOLE:
                kept.append(grant.model_copy(update={"privileges": ("ALL",)}))
                continue
            known = tuple(one for one in grant.privileges if one in _PRIVILEGES)
            lost = [one for one in grant.privileges if one not in _PRIVILEGES]
            if lost:
                self._notes.add(target, f"the privileges {', '.join(lost)}", None)
            if known:
                kept.append(grant.model_copy(update={"privileges": known}))
        return tuple(kept)

    def _enum(self, one: EnumType) -> EnumType:
        return one.model_copy(update={"grants": self._grants(one.label, one.grants), "owner": None})

    def _composite(self, one: CompositeType) -> CompositeType:
        fields = tuple(
            Column(name=field.name, type=self._types.map(field.type, f"{one.label}.{field.name}"))
            for field in one.fields
        )
        return one.model_copy(update={"fields": fields, "grants": self._grants(one.label, one.grants), "owner": None})

    def _sequence(self, one: Sequence) -> Sequence:
        if one.options.cycle:
            self._notes.add(one.label, "CYCLE of a sequence", "it ends at its maximum")
        if one.comment:
            self._notes.add(one.label, "a comment on a sequence", None)
        return one.model_copy(
            update={
                "options": one.options.model_copy(update={"cycle": False}),
                "type": None,
                "comment": None,
                "grants": self._grants(one.label, one.grants),
                "owner": None,
                "unlogged": False,
            }
        )

    def _table(self, table: Table, written: set[str], routines: set[str]) -> Table:
        self._say_table(table)
        columns = tuple(self._column(table, column) for column in table.columns)
        own = table.model_copy(update={"columns": tuple(_numbered(column) for column in table.columns)})
        return Table(
            namespace=table.namespace,
            name=table.name,
            columns=columns,
            primary_key=self._keys.primary_key(own),
            unique_keys=self._keys.unique_keys(own),
            foreign_keys=tuple(self._keys.foreign_keys(own, written)),
            checks=(*self._keys.checks(self._with_base_types(table)), *self._domain_checks(table)),
            indexes=tuple(self._keys.indexes(self._with_base_types(own))),
            triggers=tuple(self._triggers(table, routines)),
            policies=self._policies(table),
            row_security=table.row_security if DIALECT.has("row_security", self._version) else "off",
            grants=self._grants(table.label, table.grants),
            comment=table.comment,
        )

    def _with_base_types(self, table: Table) -> Table:
        columns = (
            column.model_copy(update={"type": self._schema.resolve_type(column.type)}) for column in table.columns
        )
        return table.model_copy(update={"columns": tuple(columns)})

    def _say_table(self, table: Table) -> None:
        if table.inherits:
            self._notes.add(
                table.label, f"INHERITS ({', '.join(table.inherits)})", "a table of its own with all columns"
            )
        if table.partitioning:
            self._notes.add(
                table.label,
                f"PARTITION BY {table.partitioning.strategy.upper()}",
                "one table; CockroachDB splits it into ranges by its primary key, and partitions only to place rows",
            )
        for name in table.options:
            if name == "unlogged":
                self._notes.add(table.label, "UNLOGGED", "an ordinary table")
            elif not name.startswith(_OWN_OPTIONS):
                self._notes.add("tables", f"the table option {name}", None)

    def _column(self, table: Table, column: Column) -> Column:
        target = f"{table.label}.{column.name}"
        domain = self._types.domain_of(column.type)
        identity = self._identity(column, target)
        base = column.default if column.default is not None or domain is None else domain.default
        for name in column.options:
            self._notes.add("columns", f"the column option {name}", None)
        if column.collation and column.collation.strip('"') not in BYTE_ORDER:
            self._notes.add(
                target, f"the collation {column.collation}", "byte order; STRING COLLATE makes a type of its own"
            )
        generated = self._generated(table, column, target)
        return Column(
            name=column.name,
            type=self._types.map(column.type, target),
            nullable=column.nullable and (domain is None or domain.nullable) and identity is None,
            default=self._default(base, target) if identity is None else None,
            identity=identity,
            generated=generated,
            on_update=self._expression(column.on_update) if column.on_update else None,
            comment=column.comment,
        )

    def _generated(self, table: Table, column: Column, target: str) -> Generated | None:
        if column.generated is None:
            return None
        if words(column.generated.expression) & strange_columns(self._with_base_types(table)):
            self._notes.add(target, f"the expression that computes it: {column.generated.expression}", "a plain column")
            return None
        return Generated(expression=self._expression(column.generated.expression), stored=column.generated.stored)

    def _identity(self, column: Column, target: str) -> Identity | None:
        found = _numbered(column).identity
        if found is None or found.mode == "unique_rowid":
            return found
        if column.identity is not None and column.identity.mode == "serial":
            self._notes.add(
                target,
                "serial, which is unique_rowid() in CockroachDB and would number otherwise",
                "GENERATED BY DEFAULT AS IDENTITY, which counts up as before",
            )
        if found.options.cycle:
            self._notes.add(target, "CYCLE of a sequence", "it ends at its maximum")
        changes: dict[str, object] = {"cycle": False, "data_type": None}
        if found.options.start is not None and found.options.start == found.options.minimum:
            changes["start"] = None
        options = found.options.model_copy(update=changes)
        return Identity(mode=found.mode, options=options)

    def _default(self, text: str | None, target: str) -> str | None:
        if text is None or text.strip().upper() == "NULL":
            return None
        if _UUID_SEVEN.search(text):
            self._notes.add(
                target, "uuidv7(), whose values ascend", "gen_random_uuid(), which spreads inserts over ranges"
            )
            return "gen_random_uuid()"
        return self._expression(text)

    def _domain_checks(self, table: Table) -> Iterator[Check]:
        for column in table.columns:
            domain = self._types.domain_of(column.type)
            while domain is not None:
                for check in domain.checks:
                    name = identifier(column.name)
                    text = _VALUE.sub(lambda match, name=name: match[1] or name, check.expression)  # type: ignore[misc]
                    yield Check(expression=self._expression(text))
                domain = self._types.domain_of(domain.type)

    def _triggers(self, table: Table | View, routines: set[str]) -> Iterator[Trigger]:
        for trigger in table.triggers:
            why = self._refusal(trigger, routines)
            if why is None and isinstance(table, Table):
                yield trigger.model_copy(update={"comment": None, "enabled": "enabled"})
            else:
                self._notes.add(f"{table.label} ({trigger.name})", f"a trigger: {why or 'on a view'}", None)

    def _refusal(self, trigger: Trigger, routines: set[str]) -> str | None:
        if not DIALECT.has("trigger", self._version):
            return "there are none before 24.3"
        if trigger.timing == "instead of" or "truncate" in trigger.events:
            return "INSTEAD OF and TRUNCATE are not supported"
        if not _ROW_TRIGGER.search(trigger.definition):
            return "FOR EACH STATEMENT is not supported"
        if _UPDATE_OF.search(trigger.definition) or _CONSTRAINT_TRIGGER.search(trigger.definition):
            return "UPDATE OF and CONSTRAINT TRIGGER are not supported"
        if trigger.enabled != "enabled":
            return "it is disabled, which is not supported"
        return None if trigger.function in routines else "its function is not written"

    def _policies(self, table: Table) -> tuple[Policy, ...]:
        if table.policies and not DIALECT.has("row_security", self._version):
            self._notes.add(table.label, "row-level security, which is there from 25.2 on", None)
            return ()
        return tuple(
            one.model_copy(
                update={
                    "using": self._expression(one.using) if one.using else None,
                    "check": self._expression(one.check) if one.check else None,
                    "comment": None,
                }
            )
            for one in table.policies
        )

    def _view(self, view: View) -> View:
        for name in view.options:
            self._notes.add(view.label, f"the view option {name}", None)
        if view.comment or view.column_comments:
            self._notes.add(view.label, "comments on a view", None)
        for _ in self._triggers(view, set()):
            pass
        indexes: tuple[Index, ...] = ()
        if view.indexes:
            columns = tuple(
                Column(name=name, type=view.column_types[at])
                for at, name in enumerate(view.columns[: len(view.column_types)])
            )
            indexes = tuple(
                self._keys.indexes(
                    Table(namespace=view.namespace, name=view.name, columns=columns, indexes=view.indexes)
                )
            )
        return View(
            namespace=view.namespace,
            name=view.name,
            definition=self._expression(view.definition.strip().removesuffix(";")),
            materialized=view.materialized,
            columns=view.columns,
            column_types=view.column_types,
            indexes=indexes,
            depends_on=view.depends_on,
            grants=self._grants(view.label, view.grants),
        )

    def _routines(self) -> Iterator[Routine]:
        for one in self._schema.routines:
            if one.kind == "aggregate" or (one.language or "").lower() not in _LANGUAGES:
                what = "the aggregate" if one.kind == "aggregate" else f"the {one.kind} in {one.language}"
                self._notes.add(one.label, what, None)
                continue
            self._notes.add(
                "routines",
                "functions and procedures are carried as they are",
                "CockroachDB knows a part of PL/pgSQL: try each of them",
            )
            yield one.model_copy(update={"grants": self._grants(one.label, one.grants), "owner": None, "comment": None})


def _numbered(column: Column) -> Column:
    """A serial column as an identity column, which CockroachDB numbers alike."""
    if column.identity is None or column.identity.mode != "serial":
        return column
    return column.model_copy(update={"identity": column.identity.model_copy(update={"mode": "by_default"})})
