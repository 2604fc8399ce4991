"""The DDL by which SQLAlchemy would create what was declared, statement by statement, with the place that each comes from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
import sqlalchemy.exc
from sqlalchemy.engine.mock import MockConnection
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlalchemy.types import SchemaType

from dbdesign.readers.sqlalchemy.evaluate import FAILURES
from dbdesign.readers.sqlalchemy.further_types import Spatial, Verbatim
from dbdesign.readers.sqlalchemy.type_classes import dialect_named
from dbdesign.readers.sqlalchemy.values import PLACE, Place

if TYPE_CHECKING:
    from dbdesign.readers.sqlalchemy.interpret import Interpreter

EXTENSIONS = {"vector": "vector", "halfvec": "vector", "sparsevec": "vector", "geometry": "postgis", "geography": "postgis",
    "raster": "postgis_raster",
              "ltree": "ltree", "lquery": "ltree"}  # fmt: skip
NOWHERE = Place("", 1)


@dataclass
class Script:
    """Statements, and by the first line of each where it was declared."""

    dialect: Any
    statements: list[str] = field(default_factory=list)
    places: dict[int, Place] = field(default_factory=dict)
    _lines: int = 1

    def add(self, sql: str, place: Place = NOWHERE) -> None:
        """One statement more."""
        text = f"{sql.strip()};\n"
        self.places[self._lines] = place
        self.statements.append(text)
        self._lines += text.count("\n")

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(self.statements)

    def place(self, line: int) -> Place:
        """Where the statement was declared in which a line stands."""
        start = max((one for one in self.places if one <= line), default=None)
        return NOWHERE if start is None else self.places[start]


def script_of(metadatas: Iterable[sa.MetaData], dialect_name: str, interpreter: Interpreter) -> Script:
    """The DDL of all that was declared. What cannot be written is left out, and said."""
    dialect = dialect_named(dialect_name)
    script = Script(dialect)
    made: set[str] = set()
    for metadata in metadatas:
        for table in list(metadata.tables.values()):
            if table.key in made:
                interpreter.note(f"the table {table.key} is declared in two MetaData; the first is taken")
                metadata.remove(table)
                continue
            _mend(table, metadata, dialect, interpreter)
            made.add(table.key)
        _prelude(metadata, dialect_name, script)
        _create(metadata, script, interpreter)
    return script


def _place(item: Any) -> Place:
    for one in (
        item,
        getattr(item, "element", None),
        getattr(item, "table", None),
        getattr(getattr(item, "element", None), "table", None),
    ):
        found = getattr(one, "info", None)
        if isinstance(found, dict) and isinstance(found.get(PLACE), Place):
            place: Place = found[PLACE]
            return place
    return NOWHERE


def _mend(table: sa.Table, metadata: sa.MetaData, dialect: Any, interpreter: Interpreter) -> None:
    """Take out of a table what cannot be written: a reference to a table that is not there, a type that the engine has not."""
    for constraint in sorted(table.foreign_key_constraints, key=lambda one: one.elements[0].target_fullname):
        try:
            for one in constraint.elements:
                one.column  # noqa: B018 - finds the column that is referenced
        except sqlalchemy.exc.SQLAlchemyError as error:
            _say(interpreter, constraint, table, error)
            _remove_key(table, constraint)
    for column in list(table.columns):
        try:
            dialect.type_compiler_instance.process(column.type, type_expression=column)
        except FAILURES as error:
            _say(interpreter, column, table, error)
            _remove_column(table, column)
    for index in list(table.indexes):
        if not len(index.expressions):
            table.indexes.discard(index)
            continue
        try:
            CreateIndex(index).compile(dialect=dialect)
        except FAILURES as error:
            _say(interpreter, index, table, error)
            table.indexes.discard(index)
    try:
        CreateTable(table).compile(dialect=dialect)
    except FAILURES as error:
        _say(interpreter, table, table, error)
        metadata.remove(table)


def _say(interpreter: Interpreter, item: Any, table: sa.Table, error: BaseException) -> None:
    places = [_own_place(one) for one in (item, next(iter(getattr(item, "columns", ())), None), table)]
    place = next((one for one in places if one is not NOWHERE), NOWHERE)
    text = (str(error).splitlines() or [""])[0].partition(" (Background")[0]
    interpreter.say_at(place, text, f"{table.key}.{getattr(item, 'name', None) or type(item).__name__}")


def _own_place(item: Any) -> Place:
    found = getattr(item, "info", None)
    place = found.get(PLACE) if isinstance(found, dict) else None
    return place if isinstance(place, Place) else NOWHERE


def _remove_key(table: sa.Table, constraint: sa.ForeignKeyConstraint) -> None:
    table.constraints.discard(constraint)
    for one in constraint.elements:
        one.parent.foreign_keys.discard(one)
        table.foreign_keys.discard(one)


def _remove_column(table: sa.Table, column: sa.Column[Any]) -> None:
    for constraint in list(table.constraints):
        if column in list(getattr(constraint, "columns", ())) and not isinstance(constraint, sa.PrimaryKeyConstraint):
            table.constraints.discard(constraint)
    for index in list(table.indexes):
        if column.name in index.columns:
            table.indexes.discard(index)
    if column.primary_key:
        table.primary_key._columns.remove(column)  # noqa: SLF001 - a table has no other way to lose a column
    table._columns.remove(column)  # noqa: SLF001


def _prelude(metadata: sa.MetaData, dialect_name: str, script: Script) -> None:
    """What must be there before the tables: schemas and extensions, which `create_all` does not make."""
    if dialect_name == "postgresql":
        for name in sorted({one for table in metadata.tables.values() for one in _extensions(table)}):
            script.add(f"CREATE EXTENSION IF NOT EXISTS {name}")
    names = {table.schema for table in metadata.tables.values() if table.schema}
    names |= {one.schema for one in metadata._sequences.values() if one.schema}  # noqa: SLF001 - there is no other list of them
    kinds = [getattr(one.type, "item_type", one.type) for table in metadata.tables.values() for one in table.columns]
    kinds += getattr(metadata, "_objects", ())  # types that no column need have; SQLAlchemy 2.1
    names |= {str(one.schema) for one in kinds if isinstance(one, SchemaType) and getattr(one, "schema", None)}
    for name in sorted(names - ({"public"} if dialect_name == "postgresql" else {"dbo"})):
        if dialect_name in {"postgresql", "mssql"}:
            script.add(f"CREATE SCHEMA {script.dialect.identifier_preparer.quote(name)}")


def _extensions(table: sa.Table) -> Iterator[str]:
    for column in table.columns:
        kind = getattr(column.type, "item_type", column.type)
        if isinstance(kind, Verbatim):
            name = kind.text.lower().partition("(")[0].strip()
            if name in EXTENSIONS:
                yield EXTENSIONS[name]
        elif type(kind).__name__ in {"HSTORE", "CITEXT"}:
            yield type(kind).__name__.lower()
    for index in table.indexes:
        options = index.dialect_options["postgresql"]
        if any("trgm" in str(one) for one in (options.get("ops") or {}).values()):
            yield "pg_trgm"


def _create(metadata: sa.MetaData, script: Script, interpreter: Interpreter) -> None:
    def execute(statement: Any, *_: Any, **__: Any) -> None:
        sql = str(statement.compile(dialect=script.dialect)) if not isinstance(statement, str) else statement
        script.add(sql, _place(statement))

    _index_spatial_columns(metadata, script.dialect)
    for table in metadata.tables.values():  # SQLAlchemy keeps them in a set, whose order differs from run to run
        table.indexes = sorted(table.indexes, key=lambda one: (_own_place(one).line, str(one.name)))  # type: ignore[assignment]
    try:
        metadata.create_all(MockConnection(script.dialect, execute), checkfirst=False)
    except FAILURES as error:
        interpreter.note(f"SQLAlchemy refuses to create all of it: {(str(error).splitlines() or [''])[0]}")


def _index_spatial_columns(metadata: sa.MetaData, dialect: Any) -> None:
    if dialect.name != "postgresql":
        return
    for table in metadata.tables.values():
        for column in table.columns:
            if isinstance(column.type, Spatial) and column.type.indexed:
                sa.Index(f"idx_{table.name}_{column.name}", column, postgresql_using="gist")
