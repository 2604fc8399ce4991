"""Turns a schema of another engine into one that is SQL Server's, with a note on whatever that costs."""

from __future__ import annotations

import re

from dbdesign.dialects.sqlserver import DIALECT, MAX_COLUMNS
from dbdesign.model.schema import (
    Check,
    Column,
    Engine,
    ForeignKey,
    Generated,
    Identity,
    Key,
    Namespace,
    Schema,
    Sequence,
    SequenceOptions,
    Table,
    Trigger,
    View,
)
from dbdesign.model.types import Kind
from dbdesign.writers.foreign import note_columns_alike, note_lost_objects, plain_column, values_check, whole_tables
from dbdesign.writers.mysql.context import Context
from dbdesign.writers.sqlserver.cascades import CascadePaths
from dbdesign.writers.sqlserver.clauses import identifier, object_name
from dbdesign.writers.sqlserver.indexes import IndexAdaptation
from dbdesign.writers.sqlserver.naming import Names, fitting, told_apart
from dbdesign.writers.sqlserver.types import APPROXIMATE, JSON_KINDS, UNSIGNED, native_type
from dbdesign.writers.sqlserver.widths import Widths
from dbdesign.writers.translate import Kinds, column_kinds, translate, translate_default, translate_query

_BITS = {Kind.BIT, Kind.VARBIT}
_BIT_STRING = re.compile(r"\(?[bB]?'([01]+)'(?:::(?:\"bit\"|bit)|\Z)")
NEXT_VALUE = re.compile(r"nextval\(['`]?(?P<name>[^'`)]+)['`]?(?:::(?:regclass|text))?\)\Z", re.IGNORECASE)
NULLS_DIFFER = frozenset({Engine.POSTGRESQL, Engine.COCKROACHDB, Engine.MYSQL, Engine.TIDB, Engine.SQLITE})
"""Engines where a unique key takes many NULLs; SQL Server's takes one."""
CASE_SENSITIVE = frozenset({Engine.POSTGRESQL, Engine.COCKROACHDB, Engine.SQLITE})


def adapt(schema: Schema, context: Context) -> Schema:
    """The schema in SQL Server's terms."""
    return _Adaptation(schema, context).schema()


class _Adaptation:
    def __init__(self, schema: Schema, context: Context) -> None:
        schema, self.renames = told_apart(schema, context)
        self.source = schema
        self.context = context
        self.engine = schema.engine
        self.tables = whole_tables(schema, context)
        self.names = Names(schema, self.tables, context)
        self.cascades = CascadePaths(self.tables)
        self.referenced = {
            (key.references, frozenset(key.referenced_columns)) for table in self.tables for key in table.foreign_keys
        }
        self.plain = {table.label: [plain_column(column, schema) for column in table.columns] for table in self.tables}
        natives = {
            (label, column.name): native_type(column, self.engine)
            for label, columns in self.plain.items()
            for column, _ in columns
        }
        self.natives = Widths(schema, self.tables, natives, context).correct()

    def schema(self) -> Schema:
        source, context = self.source, self.context
        note_lost_objects(source, context, DIALECT.title)
        note_columns_alike(self.tables, context, DIALECT.title)
        tables = tuple(self._table(table) for table in self.tables)
        if self.engine in CASE_SENSITIVE and any(
            column.type.is_text for table in source.tables for column in table.columns
        ):
            context.note(
                "texts",
                "texts are compared by their exact characters",
                "the database's collation, which is usually case-insensitive; a _BIN2 or _CS collation compares exactly",
            )
        return Schema(
            engine=Engine.SQLSERVER,
            version=context.version,
            namespaces=tuple(
                Namespace(name=one.name, comment=one.comment) for one in source.namespaces if one.name != "dbo"
            ),
            sequences=tuple(self._sequence(one) for one in source.sequences),
            tables=tables,
            views=tuple(view for one in source.views if (view := self._view(one)) is not None),
        )

    def _sequence(self, sequence: Sequence) -> Sequence:
        native = native_type(Column(name="", type=sequence.type), self.engine) if sequence.type else "bigint"
        options = sequence.options
        lowest = options.maximum if (options.increment or 1) < 0 else options.minimum
        kind = sequence.type.model_copy(update={"native": native}) if sequence.type else None
        kept = options.model_copy(
            update={"start": options.start or lowest or 1, "cache": options.cache if options.cache != 1 else None}
        )
        return Sequence(
            namespace=sequence.namespace, name=sequence.name, type=kind, options=kept, comment=sequence.comment
        )

    def _table(self, table: Table) -> Table:
        plain = self.plain[table.label]
        kinds = column_kinds(column for column, _ in plain)
        self.numbered = False
        checks = [
            self._named(table, found, str(number))
            for number, check in enumerate(table.checks, start=1)
            if (found := self._check(table, check, kinds)) is not None
        ]
        columns = []
        for column, own in plain:
            columns.append(self._column(table, column, kinds))
            checks += self._column_checks(table, column, own, kinds)
        if len(columns) > MAX_COLUMNS:
            self.context.note(
                table.label, f"{len(columns)} columns; SQL Server takes {MAX_COLUMNS}", "all of them; split the table"
            )
        if table.options:
            self.context.note(table.label, f"storage options ({', '.join(sorted(table.options))})")
        base = Table(namespace=table.namespace, name=table.name, columns=tuple(columns), comment=table.comment)
        indexes = IndexAdaptation(table, base, kinds, self.engine, self.context)
        unique = [self._unique(table, key, indexes) for key in table.unique_keys]
        indexes.add_all(table.indexes)
        return base.model_copy(
            update={
                "columns": (*base.columns, *indexes.columns),
                "primary_key": self._primary_key(table, table.primary_key) if table.primary_key else None,
                "unique_keys": tuple(key for key in unique if key is not None),
                "foreign_keys": tuple(
                    self._foreign_key(table, key, number) for number, key in enumerate(table.foreign_keys)
                ),
                "checks": tuple(checks),
                "indexes": tuple(indexes.indexes),
                "triggers": tuple(self._touching(table)),
            }
        )

    def _column(self, table: Table, column: Column, kinds: Kinds) -> Column:
        where = f"{table.label}.{column.name}"
        if column.type.kind in APPROXIMATE:
            _, lost, instead = APPROXIMATE[column.type.kind]
            self.context.note(where, f"{lost} ({column.type.native or 'unknown'})", instead)
        if column.type.kind is Kind.DECIMAL and (column.type.precision is None or column.type.precision > 38):
            self.context.note(where, "a decimal of any size", self.natives[table.label, column.name])
        generated = self._generated(column, kinds, where)
        identity = self._identity(column, where)
        default = None if column.identity or generated else self._default(column, where)
        name = (
            self.names.constraint(table, column.default_name, f"DF_{table.name}_{column.name}")
            if default is not None
            else None
        )
        kind = column.type.model_copy(
            update={"native": self.natives[table.label, column.name], "name": None, "element": None, "unsigned": False}
        )
        return Column(
            name=column.name,
            type=kind,
            nullable=column.nullable and identity is None and not self._in_primary_key(table, column),
            default=default,
            default_name=name,
            identity=identity,
            generated=generated,
            collation=self._collation(column, where),
            comment=column.comment,
        )

    def _in_primary_key(self, table: Table, column: Column) -> bool:
        """NOT NULL in SQL Server (error 8111); SQLite lets NULL into most primary keys by an old mistake."""
        return table.primary_key is not None and column.name in table.primary_key.columns

    def _collation(self, column: Column, where: str) -> str | None:
        usual = {"default", "binary", "nocase"}
        folded = (column.collation or "default").lower()
        if column.type.is_text and folded not in usual and not folded.endswith("_ci"):
            self.context.note(where, f"the collation {column.collation}", "the database's collation")
        return None

    def _identity(self, column: Column, where: str) -> Identity | None:
        if column.identity is None:
            return None
        if self.numbered:
            self.context.note(where, "a second column that numbers itself", "a plain column; default it to a sequence")
            return None
        self.numbered = True
        options = column.identity.options
        if column.identity.mode in {"auto_random", "unique_rowid"}:
            self.context.note(where, "numbers that are spread over shards", "IDENTITY, in order")
        start = None if options.start in {None, 1} else options.start
        increment = None if options.increment in {None, 1} else options.increment
        return Identity(mode="identity", options=SequenceOptions(start=start, increment=increment))

    def _generated(self, column: Column, kinds: Kinds, where: str) -> Generated | None:
        if column.generated is None:
            return None
        text = self._translated(column.generated.expression, kinds, predicate=False, immutable=True)
        if text is None:
            self.context.note(
                where,
                f"is computed as {column.generated.expression}",
                "a plain column; compute it in the application or a trigger",
            )
            return None
        if column.type.kind is Kind.DECIMAL and column.type.precision is not None:
            # T-SQL would give the column the precision of the operation; the source rounds to the declared one.
            text = f"CAST({text} AS {native_type(column, self.engine)})"
        return Generated(expression=text, stored=column.generated.stored)

    def _default(self, column: Column, where: str) -> str | None:
        if column.default is None:
            return None
        match = NEXT_VALUE.match(column.default)
        if match is not None and (sequence := self._named_sequence(match["name"])):
            return f"NEXT VALUE FOR {object_name(sequence.namespace, sequence.name)}"
        bits = _BIT_STRING.match(column.default) if column.type.kind in _BITS else None
        if bits and native_type(column, self.engine) != "bit":
            return _bytes(bits[1])
        text = translate_default(column.default, self.engine, Engine.SQLSERVER, column.type.kind)
        if text is None:
            self.context.note(where, f"the default {column.default}", "no default; set it in the application")
        return text

    def _named_sequence(self, name: str) -> Sequence | None:
        plain = name.replace('"', "").removeprefix("public.")
        wanted = self.renames.get(plain, plain)
        return next((one for one in self.source.sequences if one.label == wanted), None)

    def _translated(self, expression: str, kinds: Kinds, *, predicate: bool, immutable: bool = False) -> str | None:
        return translate(
            expression, self.engine, Engine.SQLSERVER, predicate=predicate, immutable=immutable, kinds=kinds
        )

    def _check(self, table: Table, check: Check, kinds: Kinds) -> Check | None:
        where = f"{table.label} ({check.name})" if check.name else table.label
        text = self._translated(check.expression, kinds, predicate=True)
        if text is None:
            self.context.note(
                where,
                f"the check {' '.join(check.expression.split())}",
                "none; check it in the application or a trigger",
            )
            return None
        return Check(
            name=check.name,
            expression=text,
            valid=check.valid and check.enforced,  # what NOCHECK switches off is not trusted either
            enforced=check.enforced,
            comment=check.comment,
        )

    def _column_checks(self, table: Table, column: Column, own: tuple[Check, ...], kinds: Kinds) -> list[Check]:
        name = identifier(column.name)
        found = [check for one in own if (check := self._check(table, one, kinds)) is not None]
        if values := values_check(column, name):
            text = re.sub(
                r"'((?:[^']|'')*)'", lambda match: match[0] if match[0].isascii() else f"N{match[0]}", values.expression
            )
            found.append(Check(expression=text))
        if column.type.kind in JSON_KINDS and not any(
            "json_valid" in check.expression.lower() for check in table.checks
        ):
            found.append(Check(expression=f"ISJSON({name}) = 1"))
        references = {one for key in table.foreign_keys for one in key.columns}
        is_counted = column.type.unsigned and column.type.kind in UNSIGNED and column.type.kind is not Kind.INT8
        if is_counted and column.identity is None and column.name not in references:
            found.append(Check(expression=f"{name} >= 0"))
        return [self._named(table, one, column.name) for one in found]

    def _named(self, table: Table, check: Check, suffix: str) -> Check:
        name = self.names.constraint(table, check.name, f"CK_{table.name}_{suffix}")
        return check.model_copy(update={"name": name})

    def _primary_key(self, table: Table, key: Key) -> Key:
        self._note_key(table, key)
        invented = f"PK_{table.name}"
        name = self.names.constraint(table, key.name if key.name != "PRIMARY" else None, invented)
        columns = [column for column, _ in self.plain[table.label] if column.name in key.columns]
        is_random = len(columns) == 1 and columns[0].type.kind is Kind.UUID
        if is_random:
            self.context.note(
                f"{table.label} ({name})",
                "a primary key of random values, which clustered would scatter every insert over the table",
                "NONCLUSTERED; with NEWSEQUENTIALID() as its only source it could be clustered",
            )
        return Key(name=name, columns=key.columns, clustered=not is_random, comment=key.comment)

    def _note_key(self, table: Table, key: Key) -> None:
        where = f"{table.label} ({key.name})" if key.name else table.label
        if key.deferrable:
            self.context.note(where, "a deferrable key", "one that is checked at once")
        if key.include:
            self.context.note(where, f"carries {', '.join(key.include)} in its index")
        if key.without_overlaps:
            self.context.note(where, "periods that must not overlap", "a plain key; check it in a trigger")

    def _unique(self, table: Table, key: Key, indexes: IndexAdaptation) -> Key | None:
        """A unique key; over nullable columns of an engine where NULLs differ, a filtered unique index instead."""
        self._note_key(table, key)
        nullable = [one for one in key.columns if (column := table.column(one)) is not None and column.nullable]
        is_referenced = (table.label, frozenset(key.columns)) in self.referenced
        where = f"{table.label} ({key.name or ', '.join(key.columns)})"
        lax = bool(nullable) and not key.nulls_not_distinct and self.engine in NULLS_DIFFER
        if lax and not is_referenced:
            name = fitting(key.name or f"UX_{table.name}_{'_'.join(key.columns)}")
            indexes.add_unique(name, key.columns, nullable, key.comment)
            self.context.note(
                where,
                "a unique key that takes many NULLs, where SQL Server's takes one",
                "a unique index of the rows without NULL",
            )
            return None
        if lax:
            self.context.note(
                where,
                "a unique key that takes many NULLs, and that a foreign key references",
                "a unique key that takes one NULL",
            )
        name = self.names.constraint(table, key.name, f"UQ_{table.name}_{'_'.join(key.columns)}")
        return Key(name=name, columns=key.columns, comment=key.comment)

    def _foreign_key(self, table: Table, key: ForeignKey, number: int) -> ForeignKey:
        where = f"{table.label} ({key.name})" if key.name else f"{table.label} ({', '.join(key.columns)})"
        name = self.names.constraint(table, key.name, f"FK_{table.name}_{key.referenced_table}_{'_'.join(key.columns)}")
        changes: dict[str, object] = {
            "name": name,
            "match": "simple",
            "deferrable": False,
            "initially_deferred": False,
            "set_columns": (),
            "period": False,
        }
        if key.deferrable:
            self.context.note(where, "a deferrable foreign key", "one that is checked at once")
        if key.match != "simple":
            self.context.note(where, f"MATCH {key.match.upper()}", "MATCH SIMPLE")
        if key.set_columns:
            self.context.note(where, "sets some of its columns alone", "sets all of them")
        for event, refused in (("on_delete", self.cascades.deletes), ("on_update", self.cascades.updates)):
            action = getattr(key, event)
            if (table.label, number) in refused:
                self.context.note(
                    where,
                    f"{event.replace('_', ' ').upper()} {action.upper()}, a second path or a cycle of cascades (error 1785)",
                    "NO ACTION; do it in the application or a trigger",
                )
            if action == "restrict" or (table.label, number) in refused:
                changes[event] = "no action"
        return key.model_copy(update=changes)

    def _touching(self, table: Table) -> list[Trigger]:
        """ON UPDATE CURRENT_TIMESTAMP as triggers."""
        found = []
        for column in table.columns:
            if column.on_update is None:
                continue
            value = translate_default(column.on_update, self.engine, Engine.SQLSERVER, column.type.kind)
            if value is None or table.primary_key is None:
                self.context.note(
                    f"{table.label}.{column.name}",
                    f"is set to {column.on_update} on every change",
                    "set it in the application",
                )
                continue
            found.append(_touch(table, column.name, value, table.primary_key.columns))
        return found

    def _view(self, view: View) -> View | None:
        body = translate_query(view.definition, self.engine, Engine.SQLSERVER, renames=frozenset(self.renames.items()))
        if body is None:
            self.context.note(
                view.label, "a view whose query T-SQL does not know as it is", "none; write it again by hand"
            )
            return None
        columns = view.columns if view.columns and not view.column_types else ()
        return View(
            namespace=view.namespace,
            name=view.name,
            definition=body,
            columns=columns,
            comment=view.comment,
            options={"check_option": "cascaded"} if "check_option" in view.options else {},
        )


def _bytes(bits: str) -> str:
    """A binary constant: T-SQL turns no text into binary by itself (CAST and CONVERT, "Implicit conversions")."""
    digits = 2 * -(-len(bits) // 8)
    return f"0x{int(bits, 2):0{digits}X}"


def _touch(table: Table, column: str, value: str, key: tuple[str, ...]) -> Trigger:
    name = fitting(f"TR_{table.name}_{column}")
    own, quoted = object_name(table.namespace, table.name), identifier(column)
    join = " AND ".join(f"t.{identifier(one)} = i.{identifier(one)}" for one in key)
    definition = (
        f"CREATE TRIGGER {object_name(table.namespace, name)} ON {own}\nAFTER UPDATE AS\nBEGIN\n    SET NOCOUNT ON;\n"
        f"    IF UPDATE({quoted}) OR TRIGGER_NESTLEVEL(@@PROCID) > 1 RETURN;\n"
        f"    UPDATE t SET {quoted} = {value}\n    FROM {own} AS t\n    JOIN inserted AS i ON {join};\nEND"
    )
    return Trigger(name=name, definition=definition, timing="after", events=("update",))
