"""The whole script for a schema that is PostgreSQL's own."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, groupby

from dbdesign.model.schema import Carried, CompositeType, Domain, EnumType, Routine, Schema, Sequence, Table, View
from dbdesign.writers.base import WriteOptions
from dbdesign.writers.postgresql import objects
from dbdesign.writers.postgresql.order import Creatable, Plan, plan
from dbdesign.writers.postgresql.tables import TableWriter


def script(schema: Schema, options: WriteOptions, major: int) -> str:
    """The DDL, each statement with its semicolon, paragraphs apart."""
    paragraphs = _Script(schema, options, major).paragraphs()
    return "\n\n".join(";\n".join(one) + ";" for one in paragraphs if one) + "\n"


_SAID = {"comment", "grant", "default privileges"}


class _Script:
    def __init__(self, schema: Schema, options: WriteOptions, major: int) -> None:
        self._schema = schema
        self._options = options
        self._major = major
        self._tables = TableWriter(schema)
        self._later: list[list[str]] = []

    def paragraphs(self) -> Iterator[list[str]]:
        """Statements that belong together."""
        schema, options = self._schema, self._options
        order = plan(schema, carried=options.carried)
        if order.loose_bodies:
            yield ["SET check_function_bodies = false"]
        yield [objects.namespace(one) for one in schema.namespaces]
        yield [objects.extension(one) for one in schema.extensions]
        for kind, group in groupby(order.objects, key=type):
            yield from self._group(kind, list(group))
        yield from self._later
        yield list(objects.sequence_owners(schema))
        yield list(self._tables.attached_indexes(schema.tables))
        yield from self._guards()
        last = [one for one in order.last if one.kind not in _SAID]
        yield from ([one.sql] for one in last)
        if options.comments:
            written = _written(schema, order)
            yield [*objects.comments(written), *(one.sql for one in order.last if one.kind == "comment")]
            yield list(chain.from_iterable(map(objects.late_table_comments, self._bare(schema.tables))))
        if options.grants:
            yield list(objects.privileges(_written(schema, order), self._major))
            yield [one.sql for one in order.last if one.kind in {"grant", "default privileges"}]

    def _bare(self, tables: tuple[Table, ...]) -> tuple[Table, ...]:
        """The tables without triggers where these are left out."""
        if self._options.carried:
            return tables
        return tuple(table.model_copy(update={"triggers": ()}) for table in tables)

    def _group(self, kind: type, group: list[Creatable]) -> Iterator[list[str]]:
        """Sequences stand together; everything else is a paragraph of its own."""
        paragraphs = [one for item in group for one in self._object(item)]
        if kind is Sequence:
            yield list(chain.from_iterable(paragraphs))
        else:
            yield from paragraphs

    def _object(self, one: Creatable) -> Iterator[list[str]]:
        match one:
            case Table():
                yield from self._table(one)
            case View():
                shown = one if self._options.carried else one.model_copy(update={"triggers": ()})
                yield [*objects.view(one), *(objects.view_comments(shown) if self._options.comments else ())]
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


def _written(schema: Schema, order: Plan) -> Schema:
    """The schema with only those routines that are written."""
    kept = {id(one) for one in order.objects if isinstance(one, Routine)}
    return schema.model_copy(update={"routines": tuple(one for one in schema.routines if id(one) in kept)})
