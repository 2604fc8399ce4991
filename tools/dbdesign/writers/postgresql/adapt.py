"""A schema of another engine as a schema of PostgreSQL's; what it cannot say becomes notes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbdesign.model.schema import Domain, Engine, EnumType, Extension, Schema, Table, View
from dbdesign.writers.postgresql.adapt_columns import ColumnAdapter
from dbdesign.writers.postgresql.adapt_keys import KeyAdapter
from dbdesign.writers.postgresql.adapt_references import alike_at_both_ends
from dbdesign.writers.postgresql.adapt_types import TypeMapper
from dbdesign.writers.postgresql.notes import Notes
from dbdesign.writers.translate import MYSQL_FAMILY, translate, translate_query

# Table options that mean nothing in PostgreSQL and whose loss nobody notices.
_SILENT = {
    "engine", "charset", "collation", "row_format", "key_block_size", "auto_increment", "strict", "stats_persistent", "checksum",
    "filegroup", "textimage_on", "avg_row_length", "max_rows", "min_rows", "pack_keys", "delay_key_write", "data_compression",
    "ansi_nulls", "quoted_identifier", "without_rowid", "lock_escalation",
}  # fmt: skip


_JOIN = re.compile(r"\bJOIN\b", re.IGNORECASE)


def adapt(schema: Schema, notes: Notes) -> Schema:
    """The schema for PostgreSQL; unchanged where it already is."""
    return schema if schema.engine is Engine.POSTGRESQL else _Adapter(schema, notes).schema()


class _Adapter:
    def __init__(self, schema: Schema, notes: Notes) -> None:
        self._schema = schema
        self._notes = notes
        named: tuple[Table | View | EnumType | Domain, ...]
        named = (*schema.tables, *schema.views, *schema.enums, *schema.domains)
        taken = {one.name for one in named}
        digits = 0 if schema.engine in MYSQL_FAMILY else None  # MySQL keeps none unless it is told, chapter 11.2.6
        self._types = TypeMapper(notes, taken, digits)
        self._columns = ColumnAdapter(schema, self._types, notes)
        self._keys = KeyAdapter(schema, notes)

    def schema(self) -> Schema:
        schema = self._schema
        tables = alike_at_both_ends(tuple(self._table(table) for table in schema.tables), self._notes)
        domains = tuple(self._domain(domain) for domain in schema.domains)
        views = tuple(self._views())
        self._say_carried()
        extensions = (*schema.extensions, *(Extension(name=name) for name in self._types.extensions))
        return Schema(
            engine=Engine.POSTGRESQL,
            namespaces=tuple(one.model_copy(update={"grants": ()}) for one in schema.namespaces),
            extensions=extensions,
            enums=(*(one.model_copy(update={"grants": ()}) for one in schema.enums), *self._types.enums),
            domains=domains,
            sequences=tuple(
                one.model_copy(update={"type": None, "owned_by": None, "grants": (), "owner": None})
                for one in schema.sequences
            ),
            tables=tables,
            views=views,
            routines=tuple(self._columns.routines.values()),
        )

    def _table(self, table: Table) -> Table:
        self._say_options(table)
        columns = self._columns.columns(table)
        return Table(
            namespace=table.namespace,
            name=table.name,
            columns=columns,
            primary_key=self._keys.key(table, table.primary_key) if table.primary_key else None,
            unique_keys=self._keys.unique_keys(table),
            foreign_keys=tuple(self._keys.foreign_keys(table)),
            checks=(*self._keys.checks(table), *self._columns.checks(table)),
            indexes=tuple(self._keys.indexes(table)),
            triggers=self._columns.triggers(table),
            comment=table.comment,
        )

    def _say_options(self, table: Table) -> None:
        for name, value in table.options.items():
            if name.lower() not in _SILENT:
                self._notes.add(table.label, f"the table option {name} {value}".rstrip(), None)
        if table.partitioning:
            how = table.partitioning.text or f"by {table.partitioning.strategy}"
            remedy = "one table; PARTITION BY with the partition key in every unique key splits it"
            self._notes.add(table.label, f"the partitioning {' '.join(how.split())[:200]}", remedy)
        for trigger in table.triggers:
            self._notes.add(
                f"{table.label} ({trigger.name})", "a trigger in another language", "rewrite it in PL/pgSQL"
            )
        if table.grants:
            self._notes.add(table.label, "privileges", "GRANT them to roles of the new server")

    def _domain(self, domain: Domain) -> Domain:
        data_type = self._types.map(domain.type, domain.label, domain.name, "value")
        checks = []
        for check in domain.checks:
            expression = translate(check.expression, self._schema.engine, Engine.POSTGRESQL, predicate=True)
            if expression is None:
                self._notes.add(domain.label, f"CHECK ({check.expression})", None)
            else:
                checks.append(check.model_copy(update={"expression": expression}))
        return domain.model_copy(
            update={"type": data_type, "checks": tuple(checks), "grants": (), "collation": None, "owner": None}
        )

    def _views(self) -> Iterator[View]:
        for view in self._schema.views:
            query = translate_query(view.definition, self._schema.engine, Engine.POSTGRESQL)
            if query is None:
                self._notes.add(view.label, "a view whose query has no equivalent", "rewrite it")
                continue
            if view.triggers:
                self._notes.add(view.label, "triggers on a view", "rewrite them in PL/pgSQL")
            yield View(
                options=self._view_options(view),
                namespace=view.namespace,
                name=view.name,
                definition=query,
                materialized=view.materialized,
                recursive=view.recursive,
                columns=view.columns,
                depends_on=view.depends_on,
                comment=view.comment,
                column_comments=view.column_comments,
            )

    def _view_options(self, view: View) -> dict[str, str]:
        """WITH CHECK OPTION, which PostgreSQL takes where one table is read alone (CREATE VIEW, "Updatable Views")."""
        check = view.options.get("check_option")
        if check is None:
            return {}
        if _JOIN.search(view.definition):
            self._notes.add(view.label, f"WITH {check.upper()} CHECK OPTION on a join", "an INSTEAD OF trigger")
            return {}
        return {"check_option": check}

    def _say_carried(self) -> None:
        for routine in self._schema.routines:
            self._notes.add(routine.label, f"a {routine.kind} in another language", "rewrite it in PL/pgSQL")
        for one in self._schema.carried:
            self._notes.add(one.name, f"{'an' if one.kind[0] in 'aeiou' else 'a'} {one.kind}", None)
