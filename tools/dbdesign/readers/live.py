"""Reads a live database by its configured name: exactly where the engine shows its own DDL, by SQLAlchemy's inspector otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from dbdesign.errors import InputError
from dbdesign.model.finding import Proof
from dbdesign.model.schema import Engine
from dbdesign.readers.base import ReadResult, Unread

if TYPE_CHECKING:
    from dbdesign.engines.connections import ConfiguredDatabase, LiveConnection

BATCH = 100
"""SHOW statements sent to MySQL in one round trip."""
TABLE_TYPES = {"BASE TABLE": "TABLE", "SYSTEM VERSIONED": "TABLE", "SEQUENCE": "SEQUENCE", "VIEW": "VIEW"}
PROGRAM_MARK = "$dbdesign$"


def read_live(database: ConfiguredDatabase) -> ReadResult:
    """The schema of a live database.

    Raises:
        InputError: the configured URL cannot be used, or names no database.
        EngineError: the database could not be reached or read; nothing of the URL is in the text.
    """
    from dbdesign.engines.connections import connect_read_only

    with connect_read_only(database) as connection:
        reading = {
            Engine.POSTGRESQL: _postgresql,
            Engine.COCKROACHDB: _cockroachdb,
            Engine.MYSQL: _mysql,
            Engine.TIDB: _mysql,
            Engine.SQLITE: _sqlite,
            Engine.SQLSERVER: _sqlserver,
        }[connection.engine]
        result = reading(connection)
        return result.model_copy(
            update={
                "proof": Proof(level="executed", by=connection.title, detail="read from its catalog"),
                "declared_tables": None,
                "lines": {},
                "comments": {},
                "skipped": (),
                "notes": (*result.notes, f"read-only: {connection.guarantee}"),
            }
        )


def _postgresql(connection: LiveConnection) -> ReadResult:
    from dbdesign.readers.postgresql.catalog import read_whole_catalog

    reading = read_whole_catalog(connection.raw)
    return ReadResult(schema=reading.schema, unread=reading.unread, proof=Proof(level="executed"))


def _cockroachdb(connection: LiveConnection) -> ReadResult:
    from dbdesign.readers.base import reader

    statements: list[str] = []
    for kind in ("SCHEMAS", "TYPES", "TABLES"):
        statements += [str(row[0]).rstrip(";") for row in connection.raw.execute(f"SHOW CREATE ALL {kind}").fetchall()]
    return _read_text(reader("cockroachdb").read, statements, Engine.COCKROACHDB)


def _read_text(read: Any, statements: Iterable[str], engine: Engine) -> ReadResult:
    text = ";\n".join(statements)
    if not text.strip():
        return _empty(engine)
    result = read(f"{text};\n")
    assert isinstance(result, ReadResult)  # noqa: S101 - a reader that gives anything else is a defect of ours
    return result


def _empty(engine: Engine) -> ReadResult:
    from dbdesign.model.schema import Schema

    return ReadResult(schema=Schema(engine=engine), proof=Proof(level="executed"))


def _mysql(connection: LiveConnection) -> ReadResult:
    from dbdesign.readers.mysql.script import read_script

    with connection.raw.cursor() as cursor:
        cursor.execute("SELECT DATABASE()")
        row = cursor.fetchone()
        if not row or row[0] is None:
            raise InputError(
                f"the URL of database {connection.database.name!r} names no database", remedy="End it with /name"
            )
        statements, unread = _shown(cursor, connection.engine)
    if not statements:
        return _empty(connection.engine)
    text = f"-- Server version {connection.version}\n" + f"{PROGRAM_MARK}\n".join(
        ["DELIMITER " + PROGRAM_MARK + "\n", *statements, ""]
    )
    text = text.replace(f"DELIMITER {PROGRAM_MARK}\n{PROGRAM_MARK}\n", f"DELIMITER {PROGRAM_MARK}\n", 1)
    result = read_script(text, connection.engine)
    return result.model_copy(update={"unread": (*unread, *result.unread)})


def _shown(cursor: Any, engine: Engine) -> tuple[list[str], list[Unread]]:
    """What SHOW CREATE says of every object of the database in use, in an order that the reader follows."""
    objects = list(_objects(cursor, engine))
    statements: list[str] = []
    unread: list[Unread] = []
    for start in range(0, len(objects), BATCH):
        batch = objects[start : start + BATCH]
        for (kind, name), row in zip(batch, _show(cursor, batch), strict=True):
            definition = row[COLUMN.get(kind, 1)] if row else None
            if definition:
                statements.append(str(definition))
            else:
                unread.append(Unread(line=0, text=f"{kind} {name}", reason="the login may not see its definition"))
    return statements, unread


COLUMN = {"TRIGGER": 2, "PROCEDURE": 2, "FUNCTION": 2, "EVENT": 3}
"""Which column of SHOW CREATE holds the definition; 1 for the others (show-create-…)."""


def _objects(cursor: Any, engine: Engine) -> Iterator[tuple[str, str]]:
    cursor.execute("SHOW FULL TABLES")
    named = [(TABLE_TYPES.get(str(row[1]), "TABLE"), str(row[0])) for row in cursor.fetchall()]
    for kind in ("SEQUENCE", "TABLE", "VIEW"):
        yield from (one for one in named if one[0] == kind)
    if engine is Engine.TIDB:
        return
    cursor.execute(
        "SELECT routine_type, routine_name FROM information_schema.routines WHERE routine_schema = DATABASE() ORDER BY 1, 2"
    )
    yield from ((str(row[0]), str(row[1])) for row in cursor.fetchall() if row[0] in {"PROCEDURE", "FUNCTION"})
    cursor.execute(
        "SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = DATABASE() ORDER BY created, action_order, 1"
    )
    yield from (("TRIGGER", str(row[0])) for row in cursor.fetchall())
    cursor.execute("SELECT event_name FROM information_schema.events WHERE event_schema = DATABASE() ORDER BY 1")
    yield from (("EVENT", str(row[0])) for row in cursor.fetchall())


def _show(cursor: Any, batch: Sequence[tuple[str, str]]) -> Iterator[tuple[Any, ...] | None]:
    names = [(kind, name.replace("`", "``")) for kind, name in batch]
    cursor.execute("; ".join(f"SHOW CREATE {kind} `{name}`" for kind, name in names))
    for number in range(len(batch)):
        yield cursor.fetchone()
        if number + 1 < len(batch):
            cursor.nextset()


def _sqlite(connection: LiveConnection) -> ReadResult:
    from dbdesign.readers.base import reader

    rows = connection.raw.execute(
        "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        " ORDER BY CASE type WHEN 'table' THEN 1 WHEN 'index' THEN 2 WHEN 'view' THEN 3 ELSE 4 END, rowid"
    ).fetchall()
    return _read_text(reader("sqlite").read, (str(row[0]) for row in rows), Engine.SQLITE)


def _sqlserver(connection: LiveConnection) -> ReadResult:
    """Through SQLAlchemy's reflection, printed as T-SQL and read by the T-SQL reader, so that types mean the same from both."""
    from sqlalchemy import MetaData, inspect
    from sqlalchemy.schema import CreateIndex, CreateTable

    from dbdesign.readers.base import reader

    inspector, dialect = inspect(connection.raw), connection.raw.dialect
    statements: list[str] = []
    for schema in inspector.get_schema_names():
        if schema in {"sys", "INFORMATION_SCHEMA", "guest"} or schema.startswith("db_"):
            continue
        reflected = MetaData()
        reflected.reflect(connection.raw, schema=schema)
        for table in reflected.sorted_tables:
            statements.append(str(CreateTable(table).compile(dialect=dialect)))
            statements += [str(CreateIndex(index).compile(dialect=dialect)) for index in table.indexes]
        statements += [
            definition
            for name in inspector.get_view_names(schema)
            if (definition := inspector.get_view_definition(name, schema))
        ]
    text = "\nGO\n".join(statement.strip() for statement in statements)
    if not text:
        return _empty(Engine.SQLSERVER)
    result = reader("sqlserver").read(text)
    note = "read by SQLAlchemy's inspector: check constraints, triggers, routines and options of indexes are not in it"
    return result.model_copy(update={"notes": (*result.notes, note)})
