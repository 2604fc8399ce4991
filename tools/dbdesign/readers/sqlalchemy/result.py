"""From the files of a program to its schema: SQLAlchemy writes the DDL of what was declared, and the engine's own reader reads it."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SAWarning

from dbdesign.errors import InputError
from dbdesign.model.schema import Engine, Schema, Table
from dbdesign.readers.base import ReadResult, Unread, reader
from dbdesign.readers.sqlalchemy import flask, sqlmodel, type_classes
from dbdesign.readers.sqlalchemy.ddl import NOWHERE, Script, script_of
from dbdesign.readers.sqlalchemy.engine import DIALECTS, engine_of
from dbdesign.readers.sqlalchemy.interpret import Interpreter
from dbdesign.readers.sqlalchemy.program import Program
from dbdesign.readers.sqlalchemy.values import PLACE, Native, Place


def ddl_of(files: Mapping[str, str], engine: Engine) -> str:
    """The DDL alone that a program's models make, statements of SQLAlchemy's with those that it takes for granted before them."""
    with _read(files, engine) as (_, _, script):
        return script.text


def read_files(files: Mapping[str, str], engine: Engine | None = None, *, execute: bool = True) -> ReadResult:
    """See `readers.sqlalchemy.read`."""
    found, how = (engine, None) if engine is not None else engine_of(files)
    with _read(files, found) as (interpreter, metadatas, script):
        if not script.statements:
            raise _nothing([*interpreter.program.unread, *interpreter.unread])
        result = reader(str(found)).read(script.text, execute=execute)
        return _finished(result, script, metadatas, interpreter, how)


@contextmanager
def _read(files: Mapping[str, str], engine: Engine) -> Iterator[tuple[Interpreter, list[sa.MetaData], Script]]:
    models = sqlmodel.names()
    lenient = frozenset(["engine_options", "query_class", "session_options", "app"])
    specials = {
        **models,
        "sqlalchemy.ext.compiler.compiles": Native(type_classes.compiles, raw=True),
        "flask_sqlalchemy.SQLAlchemy": Native(flask.database, lenient=lenient),
    }
    interpreter = Interpreter(Program(files), DIALECTS[engine], specials.get)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SAWarning)  # of the program, whose affair they are
            interpreter.read()
            metadatas = _metadatas(interpreter, models["sqlmodel.SQLModel"].metadata)
            script = script_of(metadatas, DIALECTS[engine], interpreter)
        yield interpreter, metadatas, script
    finally:
        for base in interpreter.classes.bases:
            base.registry.dispose()


def _metadatas(interpreter: Interpreter, of_models: sa.MetaData) -> list[sa.MetaData]:
    """Every MetaData that names of the program lead to, in the order of its modules; those without a table are left out."""
    found: dict[int, sa.MetaData] = {}
    for module in interpreter.program.modules.values():
        for value in module.scope.names.values():
            for one in _held(value):
                found.setdefault(id(one), one)
    found |= {id(one): one for one in [*interpreter.metadatas.values(), of_models]}
    held = [one for one in found.values() if one.tables or one._sequences]  # noqa: SLF001 - there is no other list of them
    return sorted(held, key=lambda one: -len(one.tables))


def _held(value: Any) -> Iterator[sa.MetaData]:
    if isinstance(value, sa.MetaData):
        yield value
    elif isinstance(value, sa.Table) or (
        isinstance(getattr(value, "metadata", None), sa.MetaData) and not isinstance(value, sqlmodel.Field)
    ):
        yield value.metadata


def _nothing(unread: list[Unread]) -> InputError:
    if unread:
        first = unread[0]
        return InputError(
            f"no table could be read; line {first.line}: {first.reason}", where=first.path, remedy="Mend that first"
        )
    return InputError(
        "no table is declared",
        where="SQLAlchemy models",
        remedy="Give the files that declare mapped classes or Table(...)",
    )


def _finished(
    result: ReadResult, script: Script, metadatas: list[sa.MetaData], interpreter: Interpreter, how: str | None
) -> ReadResult:
    lines: dict[str, int] = {}
    files: dict[str, str] = {}
    schema = result.schema_
    for metadata in metadatas:
        for table in metadata.tables.values():
            for name, place in _places(table, schema):
                if place is not NOWHERE:
                    lines[name], files[name] = place.line, place.path
    refused = [_at(script.place(one.line), one) for one in result.unread]
    unread = [*interpreter.program.unread, *interpreter.unread, *refused]
    return result.model_copy(
        update={
            "unread": tuple(sorted(unread, key=lambda one: (one.path or "", one.line))),
            "lines": lines,
            "files": files,
            "comments": {},
            "declared_tables": sum(len(one.tables) for one in metadatas),
            "notes": tuple(_notes(result, interpreter, how)),
        }
    )


def _notes(result: ReadResult, interpreter: Interpreter, how: str | None) -> Iterator[str]:
    if how is not None:
        yield how
    yield f"the DDL is SQLAlchemy {sa.__version__}'s; nothing of the program was executed"
    if (count := interpreter.evaluator.python_defaults) > 0:
        yield f"{count} columns have a default that Python computes: the database has none for them"
    yield from result.notes
    for text, count in interpreter.notes.items():
        yield text if count == 1 else f"{text} ({count} times)"


def _at(place: Place, one: Unread) -> Unread:
    return one.model_copy(update={"line": place.line, "path": place.path or None})


def _places(table: sa.Table, schema: Schema) -> Iterator[tuple[str, Place]]:
    """The names of a table and its parts in the schema, with where each was declared."""
    label = table.key.removeprefix("public.") if schema.engine is Engine.POSTGRESQL else table.key
    there = schema.table(label)
    own = _info(table)
    if there is None:
        return
    yield there.label, own
    for column in table.columns:
        yield f"{there.label}.{column.name}", _info(column, own)
    items: list[Any] = [*table.constraints, *table.indexes]
    for item in items:
        columns = [one.name for one in item.columns]
        first = next(iter(item.columns), None)
        place = _info(item, _info(first, own) if first is not None else own)
        name = str(item.name) if isinstance(item.name, str) else _name_in(there, item, columns)
        if name:
            yield f"{there.label}.{name}", place


def _info(item: Any, otherwise: Place = NOWHERE) -> Place:
    found = getattr(item, "info", {}).get(PLACE) if isinstance(item, sa.schema.SchemaItem) else None
    return found if isinstance(found, Place) else otherwise


def _name_in(there: Table, item: Any, columns: list[str]) -> str | None:
    """The name that the engine gave a constraint."""
    if isinstance(item, sa.PrimaryKeyConstraint):
        return there.primary_key.name if there.primary_key else None
    groups = (there.foreign_keys, there.unique_keys)
    chosen = (
        groups[0]
        if isinstance(item, sa.ForeignKeyConstraint)
        else groups[1]
        if isinstance(item, sa.UniqueConstraint)
        else ()
    )
    return next((one.name for one in chosen if list(one.columns) == columns), None)
