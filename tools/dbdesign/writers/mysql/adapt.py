"""Adapts another engine's schema to MySQL's terms: what MySQL cannot say becomes the nearest that it can, and a note."""

from __future__ import annotations

import re

from dbdesign.dialects import mysql as facts
from dbdesign.dialects import tidb as tidb_facts
from dbdesign.model.schema import Carried, Column, Engine, Index, IndexKey, Key, Schema, Sequence, Table, View
from dbdesign.model.types import Kind
from dbdesign.writers.foreign import MEANT_BY_COLUMN, MEANT_BY_TABLE, note_columns_alike
from dbdesign.writers.mysql.columns import ColumnAdapter, now
from dbdesign.writers.mysql.constraints import ConstraintAdapter
from dbdesign.writers.mysql.context import Context
from dbdesign.writers.mysql.indexes import IndexAdapter
from dbdesign.writers.mysql.keyed import KeyedTypes, Types
from dbdesign.writers.mysql.names import Names, shortened
from dbdesign.writers.mysql.partitions import Partitions
from dbdesign.writers.mysql.statements import WORD, view_order
from dbdesign.writers.translate import translate_query

COLLATIONS = {
    Engine.MYSQL: ("utf8mb4_0900_as_cs", "utf8mb4_0900_as_ci"),
    Engine.TIDB: (tidb_facts.DEFAULT_COLLATION, "utf8mb4_general_ci"),
}
"""For sources that compare texts exactly, and for SQL Server, which ignores case."""
TOUCH = re.compile(
    r"NEW\.\"?(\w+)\"?\s*:?=\s*(?:now\(\)|CURRENT_TIMESTAMP(?:\(\d\))?|clock_timestamp\(\)|\('?now'?(?:::text)?\)::timestamp\S*)",
    re.IGNORECASE,
)
_ON = {"true", "on", "1", "yes"}
CONSTRAINED = re.compile(r"\bNEW\.", re.IGNORECASE)


def adapt(schema: Schema, context: Context) -> Schema:
    """The schema as MySQL can say it."""
    return _Adapter(schema, context).schema()


class _Adapter:
    """One adaptation."""

    def __init__(self, source: Schema, context: Context) -> None:
        self.source = source
        self.context = context
        self.names = Names(source, context)
        self.columns = ColumnAdapter(source, context)
        self.constraints = ConstraintAdapter(source, context, self.names, self.columns)
        self.partitions = Partitions(source, context)
        self.collation = COLLATIONS[context.target][source.engine is Engine.SQLSERVER]

    def schema(self) -> Schema:
        """The adapted schema."""
        note_columns_alike(self.source.tables, self.context, self.context.dialect.title)
        types = self.columns.types()
        KeyedTypes(self.source, types, self.context).settle()
        tables = [self.table(table, types) for table in self.source.tables if not table.partition_of]
        views, comments = self._views()
        self._leave_out()
        sequences = self._sequences if self.context.has("sequence") else ()
        return Schema(
            engine=Engine.MYSQL,
            version=self.context.version,
            tables=tuple(tables),
            views=tuple(views),
            sequences=tuple(
                one.model_copy(update={"namespace": None, "name": self.names.by_label[one.label], "type": None})
                for one in sequences
            ),
            carried=tuple(comments),
        )

    def table(self, table: Table, types: Types) -> Table:
        """One table."""
        columns = {c.name: self.columns.adapt(table, c, types[table.label, c.name]) for c in table.columns}
        self._touch(table, columns)
        self._number_once(table, columns)
        foreign_keys = tuple(self.constraints.foreign_keys(table, columns))
        primary = self.constraints.key(table, table.primary_key) if table.primary_key else None
        if primary:
            columns |= {
                name: columns[name].model_copy(update={"nullable": False})
                for name in primary.columns
                if name in columns
            }
        adapter = IndexAdapter(self.source, table, columns, self.context)
        keys: list[Key] = []
        indexes: list[Index] = []
        for key in table.unique_keys:
            fitted = adapter.unique_key(
                self.constraints.key(table, key).model_copy(update={"nulls_not_distinct": key.nulls_not_distinct})
            )
            keys.append(fitted.model_copy(update={"nulls_not_distinct": False})) if isinstance(
                fitted, Key
            ) else indexes.append(fitted)
        indexes += [one for index in table.indexes if (one := adapter.adapt(index)) is not None]
        unique = [*(key.columns for key in keys), *(index.columns for index in indexes if index.unique)]
        unique += [primary.columns] if primary else []
        indexes += self._for_number(table, columns, unique, indexes)
        if len(indexes) + len(keys) > facts.MAX_SECONDARY_INDEXES:
            self.context.note(
                table.label,
                f"a table has at most {facts.MAX_SECONDARY_INDEXES} secondary indexes",
                "too many are written: choose",
            )
        used = {part.column for index in indexes for part in index.keys} | {
            name for key in keys for name in key.columns
        }
        self._table_notes(table)
        return Table(
            name=self.names.by_label[table.label],
            columns=(*columns.values(), *(column for column in adapter.added if column.name in used)),
            primary_key=primary,
            unique_keys=tuple(keys),
            foreign_keys=foreign_keys,
            checks=tuple(self.constraints.checks(table, foreign_keys)),
            indexes=tuple(_once(indexes)),
            partitioning=self.partitions.clause(table, columns, unique),
            comment=(table.comment or "")[: facts.MAX_COMMENT_TABLE] or None,
            options={"engine": "InnoDB", "charset": facts.DEFAULT_CHARSET, "collation": self.collation},
        )

    def _number_once(self, table: Table, columns: dict[str, Column]) -> None:
        numbered = [column for column in columns.values() if column.identity]
        keyed = set(table.primary_key.columns) if table.primary_key else set()
        for column in sorted(numbered, key=lambda one: one.name not in keyed)[1:]:
            self.context.note(
                f"{table.label}.{column.name}",
                "a table has one AUTO_INCREMENT column",
                "an ordinary column without a default",
            )
            columns[column.name] = column.model_copy(update={"identity": None})

    def _for_number(
        self, table: Table, columns: dict[str, Column], unique: list[tuple[str, ...]], indexes: list[Index]
    ) -> list[Index]:
        """An index for an AUTO_INCREMENT column that begins no key, as InnoDB demands."""
        prefixes = [*unique, *(index.columns for index in indexes)]
        for column in columns.values():
            if column.identity and not any(prefix[:1] == (column.name,) for prefix in prefixes):
                self.context.note(
                    f"{table.label}.{column.name}", "an AUTO_INCREMENT column must begin a key", "an index on it"
                )
                return [Index(name=shortened(f"{table.name}_{column.name}"), keys=(IndexKey(column=column.name),))]
        return []

    def _touch(self, table: Table, columns: dict[str, Column]) -> None:
        """A trigger that does no more than set a column to the time of the change is MySQL's ON UPDATE."""
        routines = {routine.name: routine for routine in self.source.routines}
        for trigger in table.triggers:
            routine = routines.get((trigger.function or "").split("(")[0].split(".")[-1])
            body = routine.definition if routine else ""
            match = TOUCH.search(body)
            where = f"{table.label} ({trigger.name})"
            column = columns.get(match[1]) if match else None
            simple = (
                len(CONSTRAINED.findall(body)) == 1 and trigger.timing == "before" and set(trigger.events) == {"update"}
            )
            if column is not None and simple and column.type.kind is Kind.TIMESTAMP:
                columns[column.name] = column.model_copy(update={"on_update": now(column.type)})
                self.context.note(
                    where, "triggers are not translated", "ON UPDATE CURRENT_TIMESTAMP, which does what this one does"
                )
            else:
                self.context.note(where, "triggers are not translated", "left out: write it by hand")

    def _table_notes(self, table: Table) -> None:
        label, note = table.label, self.context.note
        for exclusion in table.exclusions:
            note(
                f"{label} ({exclusion.name or 'exclusion'})",
                "there are no exclusion constraints",
                "left out: check it in a transaction that locks",
            )
        if table.inherits:
            note(
                label,
                "there is no inheritance: queries of the parent do not see these rows",
                "a table of its own with all columns",
            )
        if table.policies or table.row_security != "off":
            note(
                label, "there is no row-level security", "left out: views with SQL SECURITY DEFINER, or the application"
            )
        if table.grants and self.context.options.grants:
            note(label, "roles differ between servers; grants are not carried over", "left out")
        for word in MEANT_BY_TABLE:
            if word in table.options:
                note(label, f"{word} cannot be said", "an ordinary table")
        for column in table.columns:
            for word in sorted(MEANT_BY_COLUMN & set(column.options)):
                note(f"{label}.{column.name}", f"the column option {word} cannot be said")

    @property
    def _sequences(self) -> list[Sequence]:
        return [one for one in self.source.sequences if one.name not in self.columns.private]

    def _views(self) -> tuple[list[View], list[Carried]]:
        renames = frozenset((label, name) for label, name in self.names.by_label.items())
        written: list[View] = []
        comments: list[Carried] = []
        missing: set[str] = set()
        for view in view_order(self.source):
            query = None
            if (
                not missing & {word.strip('`"').lower() for word in WORD.findall(view.definition)}
                and not view.recursive
            ):
                query = translate_query(view.definition, self.source.engine, self.context.target, renames=renames)
            name = self.names.by_label[view.label]
            if query is None:
                missing.add(view.name.lower())
                self.context.note(view.label, "the query of the view cannot be said in full", "carried as a comment")
                comments.append(_comment(name, view))
                continue
            if view.materialized:
                self.context.note(
                    view.label,
                    "there are no materialized views",
                    "a plain view; a table that an event refreshes is faster to read",
                )
            written.append(
                View(
                    name=name,
                    definition=query,
                    columns=view.columns if view.columns and len(view.columns) else (),
                    options=self._view_options(view),
                )
            )
        return written, comments

    def _view_options(self, view: View) -> dict[str, str]:
        """What an updatable view checks, and whose rights it has."""
        if "security_barrier" in view.options:
            self.context.note(view.label, "security_barrier cannot be said", "an ordinary view")
        options = {"sql_security": "invoker"} if view.options.get("security_invoker") in _ON else {}
        check = view.options.get("check_option")
        return {**options, "check_option": check} if check else options

    def _leave_out(self) -> None:
        source, note = self.source, self.context.note
        for routine in source.routines:
            note(routine.label, f"{routine.kind}s are not translated", "left out: write them in MySQL's language")
        for one in source.carried:
            note(one.name, f"{one.kind}: it has no equal", "left out")
        for composite in source.composites:
            note(composite.label, "there are no composite types", "json where a column has it")
        if not self.context.has("sequence"):
            for sequence in self._sequences:
                note(sequence.label, "there are no sequences", "left out; AUTO_INCREMENT numbers a table's rows")
        for extension in source.extensions:
            if extension.name != "plpgsql":
                note(extension.name, "there are no extensions", "left out")
        if source.engine is not Engine.SQLSERVER and source.tables:
            note(
                "texts",
                f"comparison of texts is set by {self.collation}",
                "accents and case make a difference, as in the source; the order is "
                + ("Unicode's" if self.context.target is Engine.MYSQL else "that of code points"),
            )


def _comment(name: str, view: View) -> Carried:
    lines = "\n".join(f"-- {line}" for line in view.definition.splitlines())
    return Carried(kind="comment", name=name, sql=f"-- The view {name} is not translated:\n{lines}")


def _once(indexes: list[Index]) -> list[Index]:
    """The indexes; names are unique in a table whatever their case."""
    taken: set[str] = set()
    result: list[Index] = []
    for index in indexes:
        name, number = index.name, 2
        while name and name.lower() in taken:
            name, number = shortened(f"{index.name}_{number}"), number + 1
        taken.add((name or "").lower())
        result.append(index if name == index.name else index.model_copy(update={"name": name}))
    return result
