"""Columns of other engines as PostgreSQL's: numbering, defaults, generation, ON UPDATE, collations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from dbdesign.model.schema import (
    Check,
    Column,
    Engine,
    Generated,
    Identity,
    Key,
    Routine,
    Schema,
    SequenceOptions,
    Table,
    Trigger,
)
from dbdesign.model.types import DataType, Kind
from dbdesign.writers.postgresql.adapt_types import BITS, LONGEST_LABEL, SIGNED, TypeMapper, members_check
from dbdesign.writers.postgresql.notes import Notes
from dbdesign.writers.postgresql.spelling import identifier, literal, qualified
from dbdesign.writers.translate import column_kinds, translate, translate_default

_BINARY_COLLATION = re.compile(r"(?:.*_)?(?:bin|bin2)$|binary$", re.IGNORECASE)
_NEXT_VALUE = re.compile(
    r"\(*\s*(?:NEXT\s+VALUE\s+FOR\s+|nextval\s*\(\s*)(?:[\[`]?(\w+)[\]`]?\.)?[\[`]?(\w+)[\]`]?\s*\)*\Z", re.IGNORECASE
)
_WORD = re.compile(r"[\w$]+")
_NOW = re.compile(r"(?:current_timestamp|now|localtimestamp|sysdate|getdate|sysdatetime)\b", re.IGNORECASE)
# Options that mean nothing in PostgreSQL and whose loss nobody notices.
_SILENT = {"charset", "column_format", "storage", "family", "rowguidcol", "key", "not_for_replication", "ansi_padding"}
_BITS = {Kind.BIT, Kind.VARBIT}
_BOUNDING = {Engine.MYSQL, Engine.TIDB, Engine.SQLSERVER}
"""Engines whose small integers refuse what does not fit; to SQLite their names mean nothing."""
# Virtual columns may have built-in types alone (CREATE TABLE, "Generated Columns", PostgreSQL 18).
_OWN_TYPES = {Kind.ENUM, Kind.COMPOSITE, Kind.DOMAIN}


class ColumnAdapter:
    """Adapts the columns of one schema; the functions behind ON UPDATE are made once."""

    def __init__(self, schema: Schema, types: TypeMapper, notes: Notes) -> None:
        self._schema = schema
        self._engine = schema.engine
        self._types = types
        self._notes = notes
        self.routines: dict[str, Routine] = {}

    def columns(self, table: Table) -> tuple[Column, ...]:
        """The columns of a table."""
        looked_up = _looked_up(table)
        own_types = {column.name for column in table.columns if column.type.kind in _OWN_TYPES}
        return tuple(self._column(table, column, looked_up, own_types) for column in table.columns)

    def _column(self, table: Table, column: Column, looked_up: str, own_types: set[str]) -> Column:
        target = f"{table.label}.{column.name}"
        numbered = column.identity is not None
        data_type = self._types.map(column.type, target, table.name, column.name, numbered=numbered)
        generated = self._generated(table, column, target)
        if generated and not generated.stored:
            if _must_be_stored(column, data_type, looked_up):
                self._notes.add(
                    target, "a computed column that is not stored: no key or index may hold it", "a stored one"
                )
                generated = generated.model_copy(update={"stored": True})
            elif own_types & set(_WORD.findall(generated.expression)):
                self._notes.add(
                    target, "a computed column that is not stored: it may read built-in types only", "a stored one"
                )
                generated = generated.model_copy(update={"stored": True})
        self._say_options(column, target)
        identity = self._identity(column, target)
        dropped = column.generated is not None and generated is None
        return Column(
            name=column.name,
            type=data_type,
            nullable=column.nullable and identity is None and not _in_key(column, table.primary_key),
            default=None if identity or generated or dropped else self._default(column, target),
            identity=identity,
            generated=generated,
            collation=self._collation(column, target),
            comment=column.comment,
        )

    def _identity(self, column: Column, target: str) -> Identity | None:
        if column.identity is None:
            return None
        mode = column.identity.mode
        if mode in {"always", "by_default", "serial"}:
            return column.identity.model_copy(update={"mode": "by_default" if mode == "serial" else mode})
        if mode in {"auto_random", "unique_rowid"}:
            self._notes.add(
                target, f"{mode.upper()}, which spreads keys over the cluster", "an identity column, which counts up"
            )
        options = column.identity.options
        kept = SequenceOptions() if mode in {"auto_random", "unique_rowid", "rowid"} else _within_bounds(options)
        return Identity(mode="always" if mode == "identity" else "by_default", options=kept)

    def _default(self, column: Column, target: str) -> str | None:
        if column.default is None:
            return None
        if self._engine is not Engine.SQLITE and (match := _NEXT_VALUE.match(column.default)):
            namespace = None if match[1] in (None, "dbo") else match[1]
            return f"nextval({literal(qualified(namespace, match[2]))}::regclass)"
        if column.type.kind is Kind.SET:
            return _set_default(column.default)
        kind = self._schema.resolve_type(column.type).kind
        found = translate_default(column.default, self._engine, Engine.POSTGRESQL, kind)
        if found is None:
            self._notes.add(target, f"the default {column.default}", None)
        elif column.type.kind in _BITS and found.isdecimal():
            return f"'{int(found):0{column.type.length or 1}b}'"
        return found

    def _generated(self, table: Table, column: Column, target: str) -> Generated | None:
        if column.generated is None:
            return None
        kinds = column_kinds(table.columns, self._schema)
        expression = translate(
            column.generated.expression,
            self._engine,
            Engine.POSTGRESQL,
            predicate=False,
            immutable=True,
            kinds=kinds,
            kind=column.type.kind,
        )
        if expression is None:
            self._notes.add(target, f"the expression that computes it: {column.generated.expression}", "a plain column")
            return None
        return Generated(expression=expression, stored=column.generated.stored)

    def _collation(self, column: Column, target: str) -> str | None:
        if not column.collation:
            return None
        if _BINARY_COLLATION.match(column.collation):
            return '"C"' if column.type.is_text else None
        if column.type.is_text:
            self._notes.add(
                target,
                f"the collation {column.collation}",
                "the database's own; a nondeterministic ICU collation ignores case",
            )
        return None

    def _say_options(self, column: Column, target: str) -> None:
        for name, value in column.options.items():
            if name not in _SILENT:
                self._notes.add(target, f"the column option {name} {value}".rstrip(), None)

    def checks(self, table: Table) -> Iterator[Check]:
        """What a wider or freer type lets in and the original does not."""
        kept = (key for key in table.foreign_keys if key.references in self._schema.table_by_label)
        referring = {name for key in kept for name in key.columns}  # their parents are checked
        for column in table.columns:
            name = identifier(column.name)
            plain = column.identity is None and column.generated is None and column.name not in referring
            if plain and (bound := self._bound(column.type)):
                lost, instead, condition = bound
                self._notes.add(f"{table.label}.{column.name}", lost, instead)
                yield Check(expression=condition.format(name))
            if column.type.kind is Kind.SET:
                yield Check(expression=members_check(name, column.type.values))
            if column.type.kind is Kind.ENUM and any(len(one.encode()) > LONGEST_LABEL for one in column.type.values):
                yield Check(expression=f"{name} IN ({', '.join(literal(value) for value in column.type.values)})")

    def _bound(self, data_type: DataType) -> tuple[str, str, str] | None:
        """What a type bounds and PostgreSQL's does not, what stands in its place, and the condition on `{}`."""
        kind, length = data_type.kind, data_type.length
        if kind in {Kind.BINARY, Kind.VARBINARY} and length:
            fixed = kind is Kind.BINARY
            instead = "bytea with a CHECK of its length" + ("; shorter values are not padded" if fixed else "")
            return "the length of a binary column", instead, f"octet_length({{}}) {'=' if fixed else '<='} {length}"
        bits = BITS.get(kind)
        if data_type.unsigned:
            condition = f"{{}} BETWEEN 0 AND {2**bits - 1}" if bits else "{} >= 0"
            return "unsigned numbers", "a wider type with a CHECK of its range", condition
        if kind in SIGNED and bits and self._engine in _BOUNDING:
            low, high = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
            lost = f"integers of {bits // 8} byte{'s' if bits > 8 else ''}"
            return lost, "a wider type with a CHECK of its range", f"{{}} BETWEEN {low} AND {high}"
        return None

    def triggers(self, table: Table) -> tuple[Trigger, ...]:
        """A trigger for each column that the engine sets at every update."""
        return tuple(self._touch(table, column) for column in table.columns if column.on_update)

    def _touch(self, table: Table, column: Column) -> Trigger:
        target = f"{table.label}.{column.name}"
        value = "CURRENT_TIMESTAMP" if _NOW.match(column.on_update or "") else column.on_update
        function = f"set_{column.name}"[:LONGEST_LABEL]
        name = identifier(column.name)
        self._notes.add(target, "ON UPDATE for a column", "a trigger that sets it when the row changes")
        if function not in self.routines:
            body = f"BEGIN\n    NEW.{name} := {value};\n    RETURN NEW;\nEND"
            self.routines[function] = Routine(
                name=function,
                signature=f"{identifier(function)}()",
                definition=f"CREATE FUNCTION {identifier(function)}() RETURNS trigger LANGUAGE plpgsql AS $$\n{body}\n$$",
                language="plpgsql",
                returns="trigger",
            )
        trigger = f"{table.name}_set_{column.name}"[:LONGEST_LABEL]
        when = f"WHEN ({_row_changed(table)} AND OLD.{name} IS NOT DISTINCT FROM NEW.{name})"
        definition = (
            f"CREATE TRIGGER {identifier(trigger)} BEFORE UPDATE ON {qualified(table.namespace, table.name)}\n"
            f"    FOR EACH ROW {when}\n    EXECUTE FUNCTION {identifier(function)}()"
        )
        return Trigger(name=trigger, definition=definition, timing="before", events=("update",), function=function)


def _row_changed(table: Table) -> str:
    """That an update changes something; a BEFORE trigger may not look at generated columns (CREATE TRIGGER, on WHEN)."""
    if not any(column.generated for column in table.columns):
        return "OLD.* IS DISTINCT FROM NEW.*"
    names = [identifier(column.name) for column in table.columns if not column.generated]
    old, new = (", ".join(f"{row}.{name}" for name in names) for row in ("OLD", "NEW"))
    return f"ROW({old}) IS DISTINCT FROM ROW({new})"


def _in_key(column: Column, key: Key | None) -> bool:
    """A column of a primary key is NOT NULL everywhere but in SQLite, which lets NULL into most of its keys by an old mistake."""
    return key is not None and column.name in key.columns


def _looked_up(table: Table) -> str:
    """The names and expressions that the keys and indexes of a table hold, for a search by name."""
    keys = (*filter(None, (table.primary_key,)), *table.unique_keys)
    names = chain(
        chain.from_iterable(key.columns for key in keys),
        chain.from_iterable(key.columns for key in table.foreign_keys),
        chain.from_iterable(
            (*(one.column or one.expression or "" for one in index.keys), *index.include, index.where or "")
            for index in table.indexes
        ),
    )
    return "\n".join(names)


def _must_be_stored(column: Column, data_type: DataType, looked_up: str) -> bool:
    """Whether PostgreSQL 18 refuses the computed column unless it is stored."""
    found = column.name in looked_up and re.search(rf"(?<!\w){re.escape(column.name)}(?!\w)", looked_up)
    return bool(found) or data_type.kind in _OWN_TYPES


def _within_bounds(options: SequenceOptions) -> SequenceOptions:
    """A sequence starts at 1 or above unless its lower bound is said (CREATE SEQUENCE)."""
    changes: dict[str, object] = {"data_type": None}
    if options.start is not None and options.start < 1 and options.minimum is None and (options.increment or 1) > 0:
        changes["minimum"] = options.start
    return options.model_copy(update=changes)


def _set_default(text: str) -> str | None:
    """MySQL's `'a,b'` as an array."""
    inner = text.strip("'")
    return literal("{" + ",".join(f'"{word}"' for word in inner.split(",")) + "}") if inner else "'{}'"
