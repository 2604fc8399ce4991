"""The whole script for a schema that is PostgreSQL's own."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from dbdesign.model.schema import Carried, CompositeType, Domain, EnumType, Routine, Schema, Sequence, Table, View
from dbdesign.writers.base import WriteOptions
from dbdesign.writers.postgresql import objects
from dbdesign.writers.postgresql.order import Creatable, plan
from dbdesign.writers.postgresql.tables import TableWriter


def script(schema: Schema, options: WriteOptions, major: int) -> str:
    """The DDL, each statement with its semicolon, paragraphs apart."""
    paragraphs = _Script(schema, options, major).paragraphs()
    return "\n\n".join(";\n".join(one) + ";" for one in paragraphs if one) + "\n"


class _Script:
    def __init__(self, schema: Schema, options: WriteOptions, major: int) -> None:
        self._schema = schema
        self._options = options
        self._major = major
        self._tables = TableWriter(schema)
        self._later: list[list[str]] = []

    def paragraphs(self) -> Iterator[list[str]]:
        """Statements that belong together."""
        schema, order = self._schema, plan(self._wanted())
        if order.loose_bodies:
            yield ["SET check_function_bodies = false"]
        yield [objects.namespace(one) for one in schema.namespaces]
        yield [objects.extension(one) for one in schema.extensions]
        for one in order.objects:
            yield from self._object(one)
        yield from self._later
        yield list(objects.sequence_owners(schema))
        yield list(self._tables.attached_indexes(schema.tables))
        yield from self._guards()
        if self._options.carried:
            yield from ([one.sql] for one in order.last if one.kind != "default privileges")
        if self._options.comments:
            yield list(objects.comments(schema))
            yield list(chain.from_iterable(map(objects.late_table_comments, schema.tables)))
        if self._options.grants:
            yield list(objects.privileges(schema, self._major))
            yield [one.sql for one in order.last if one.kind == "default privileges"]

    def _wanted(self) -> Schema:
        """The schema without what the options leave out."""
        if self._options.carried:
            carried = tuple(one for one in self._schema.carried if self._options.grants or one.kind != "grant")
            carried = tuple(one for one in carried if self._options.comments or one.kind != "comment")
            return self._schema.model_copy(update={"carried": carried})
        tables = tuple(table.model_copy(update={"triggers": ()}) for table in self._schema.tables)
        return self._schema.model_copy(update={"routines": (), "carried": (), "tables": tables})

    def _object(self, one: Creatable) -> Iterator[list[str]]:
        match one:
            case Table():
                yield from self._table(one)
            case View():
                yield [*objects.view(one), *(objects.view_comments(one) if self._options.comments else ())]
            case Routine():
                yield [one.definition]
            case EnumType():
                yield [objects.enum(one)]
            case Domain():
                yield list(objects.domain(one))
            case CompositeType():
                yield [objects.composite(one)]
            case Sequence():
                yield [objects.sequence(one)]
            case Carried():
                yield [one.sql]

    def _table(self, table: Table) -> Iterator[list[str]]:
        written = self._tables.write(table)
        comments = list(objects.table_comments(table)) if self._options.comments else []
        if written.later:
            indexes = [one for one in written.later if one.startswith(("CREATE INDEX", "CREATE UNIQUE INDEX"))]
            self._later = [indexes, *self._later, [one for one in written.later if one not in indexes]]
        if any(index_is_late(one) for one in written.later):
            late = [one for one in comments if one.startswith("COMMENT ON INDEX")]
            self._later.append(late)
            comments = [one for one in comments if one not in late]
        yield [*written.before, *written.now, *comments]

    def _guards(self) -> Iterator[list[str]]:
        guarded: tuple[Table | View, ...] = (*self._schema.tables, *self._schema.views)
        for of in guarded:
            if self._options.carried:
                yield list(objects.triggers(of))
            if isinstance(of, Table):
                yield list(objects.row_security(of))


def index_is_late(statement: str) -> bool:
    """Whether a statement makes an index after all tables are there."""
    return statement.startswith(("CREATE INDEX", "CREATE UNIQUE INDEX"))
