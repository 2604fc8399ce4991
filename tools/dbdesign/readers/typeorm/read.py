"""Reads entities: registers what the files declare, builds the tables, writes what TypeORM would execute, and reads that as SQL."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from dbdesign.errors import InputError, SqlError
from dbdesign.model.finding import Proof
from dbdesign.model.schema import Engine, Schema
from dbdesign.readers.base import ReadResult, Unread
from dbdesign.readers.typeorm.build import Builder
from dbdesign.readers.typeorm.data_source import DataSource, find_data_source
from dbdesign.readers.typeorm.decorators import Collector
from dbdesign.readers.typeorm.documents import read_documents
from dbdesign.readers.typeorm.drivers import Driver, driver_for
from dbdesign.readers.typeorm.drivers.tables import SqlTable
from dbdesign.readers.typeorm.entity_schemas import entity_schemas, read_entity_schema
from dbdesign.readers.typeorm.metadata import ColumnMetadata, EntityMetadata
from dbdesign.readers.typeorm.storage import Place, Storage
from dbdesign.readers.typeorm.values import sql_of
from dbdesign.readers.typescript import UNDEFINED, Program

_TABLES = {"Entity", "ViewEntity", "ChildEntity"}
_TEXT = re.compile(r"@\s*(?:\w+\.)?(?:Entity|ViewEntity|ChildEntity)\s*\(|\bEntitySchema\b")
PROOF = Proof(level="by rule", detail="put together as TypeORM does it; nothing of the program was run")


def declares(text: str) -> float:
    """How sure it is, 0 to 1, that a text declares entities of TypeORM."""
    if "typeorm" not in text:
        return 0.0
    return 0.95 if _TEXT.search(text) else 0.3 if re.search(r"@(?:Column|PrimaryGeneratedColumn)\s*\(", text) else 0.0


def read_entities(files: Mapping[str, str], *, engine: Engine | None = None) -> ReadResult:
    """Read the entities of some files as the schema that `synchronize` would create.

    Args:
        files: path → text; files that declare nothing may be imported by those that do, and hold the data source.
        engine: that the schema is for; None for that of the data source, else PostgreSQL.

    Raises:
        InputError: no file declares an entity.
    """
    program = Program(files)
    storage = _collected(program)
    source = find_data_source(program, engine)
    if not storage.tables:
        _nothing(program)
    if source.type == "mongodb" and engine is None:
        return read_documents(storage, source, _problems(program))
    driver = driver_for(source.engine, source.naming, uuid_extension=source.uuid_extension)
    entities = Builder(storage, source, driver).build()
    return _result(entities, driver, source, storage, program)


def _collected(program: Program) -> Storage:
    collector = Collector(program)
    for path in program.paths:
        if "@" in program.files[path]:
            for cls in program.classes([path]):
                if any(one.name in _TABLES for one in cls.decorators):
                    collector.register(cls)
    for call in entity_schemas(program):
        read_entity_schema(call, collector.storage)
    return collector.storage


def _nothing(program: Program) -> None:
    problems = _problems(program)
    if problems:
        first = problems[0]
        raise InputError(first.reason, where=f"{first.path}, line {first.line}", remedy="Mend the file")
    raise InputError("no file declares an entity of TypeORM", remedy="Give the files that have @Entity classes")


def _problems(program: Program) -> list[Unread]:
    return [
        Unread(line=problem.line, text=problem.text, reason=problem.reason, path=path)
        for path, problem in program.problems()
    ]


class _Script:
    """The statements that TypeORM would execute, each on lines of its own, with where they come from."""

    def __init__(self, driver: Driver, storage: Storage) -> None:
        self.driver = driver
        self.storage = storage
        self.statements: list[str] = []

    def tables(self, entities: list[EntityMetadata]) -> list[SqlTable]:
        """Every table, in TypeORM's order: tables, indexes, foreign keys, views."""
        made = [(one, self._table(one)) for one in entities if one.synchronized and one.kind != "view"]
        tables = [table for _, table in made]
        self.statements += self.driver.prologue(tables)
        enums: set[str] = set()
        for table in tables:
            for sql in self.driver.create_table(table):
                if not sql.startswith("CREATE TYPE") or sql.split(" AS ")[0] not in enums:
                    self.statements.append(sql)
                enums.add(sql.split(" AS ")[0])
        for table in tables:
            if not self.driver.uniques_are_indices:
                self.statements += [self.driver.create_index(table, one) for one in table.indices]
        if not _inline_foreign_keys(self.driver):
            for table in tables:
                self.statements += [self.driver.create_foreign_key(table, one) for one in table.foreign_keys]
        return tables

    def _table(self, entity: EntityMetadata) -> SqlTable:
        for column in entity.columns:
            kind = self.driver.implied_type(column)
            if not self.driver.known_type(kind) and column.mode != "virtual-property":
                text = f"{entity.args.class_name}.{column.member}"
                reason = f"no type that TypeORM takes for a column: {(kind or 'none').removeprefix('#')}"
                self.storage.skip(column.place, text, reason)
            self._default(entity, column)
        table = self.driver.table(entity)
        table.columns = [one for one in table.columns if self._is_typed(one.type)]
        return table

    @staticmethod
    def _is_typed(kind: str) -> bool:
        return bool(kind) and not kind[:1].isupper()

    def _default(self, entity: EntityMetadata, column: ColumnMetadata) -> None:
        """Says of a default that is not constant."""
        value = column.options.get("default", UNDEFINED)
        if column.virtual or value is None or value is UNDEFINED:
            return
        if self.driver.default(column, column.type) is None:
            text = f"{entity.args.class_name}.{column.member}: default"
            self.storage.skip(column.place, text, "a default that is known only by executing it")

    def views(self, entities: list[EntityMetadata]) -> None:
        """Views behind what they read."""
        for entity in _views(entities):
            expression = sql_of(entity.args.options.get("expression"))
            if expression is None:
                text = f"view {entity.args.class_name}"
                self.storage.skip(
                    entity.place, text, "a view that a query builder makes; it is known only by executing it"
                )
                continue
            materialized = entity.args.options.get("materialized") is True
            body = expression.strip().rstrip(";")
            self.statements.append(
                self.driver.create_view(entity.table, entity.schema, body, materialized=materialized)
            )
            if materialized:
                table = self.driver.table(entity)
                self.statements += [self.driver.create_index(table, one) for one in table.indices]


def _views(entities: list[EntityMetadata]) -> Iterator[EntityMetadata]:
    """Those that others depend on first; a circle is taken as it stands."""
    waiting = [one for one in entities if one.kind == "view" and one.synchronized]
    while waiting:
        targets = [one.target for one in waiting]
        ready = [one for one in waiting if not any(_depends(one, target) for target in targets if target != one.target)]
        yield from ready or waiting
        waiting = [one for one in waiting if one not in ready] if ready else []


def _depends(entity: EntityMetadata, target: object) -> bool:
    depends = entity.args.options.get("dependsOn")
    return isinstance(depends, list) and any(one == target for one in depends)


def _inline_foreign_keys(driver: Driver) -> bool:
    from dbdesign.readers.typeorm.drivers.sqlite import SqliteDriver

    return isinstance(driver, SqliteDriver)


def _result(
    entities: list[EntityMetadata], driver: Driver, source: DataSource, storage: Storage, program: Program
) -> ReadResult:
    script = _Script(driver, storage)
    tables = script.tables(entities)
    script.views(entities)
    text = "".join(f"{statement};\n" for statement in script.statements if _ends(statement, source.engine, storage))
    read = _read_sql(text, source.engine)
    unread = [*_problems(program), *storage.unread]
    prefix = "in the SQL that TypeORM would execute: "
    unread.extend(Unread(line=0, text=one.text, reason=prefix + one.reason) for one in read.unread)
    lines, files = _places(entities, tables, read.schema)
    return ReadResult(
        schema=read.schema,
        unread=tuple(dict.fromkeys(unread)),
        declared_tables=len(tables),
        lines=lines,
        files=files,
        notes=(*source.notes, *_missing(storage), *_mismatch(read.schema, tables)),
        proof=PROOF,
    )


def _ends(statement: str, engine: Engine, storage: Storage) -> bool:
    """Whether a statement's quotations end; one that does not would swallow those behind it."""
    if engine is not Engine.POSTGRESQL:
        return True
    from dbdesign.readers.postgresql.split import statements

    try:
        list(statements(statement))
    except SqlError as error:
        storage.skip(Place("", 0), statement, f"in the SQL that TypeORM would execute: {error.what}")
        return False
    return True


def _missing(storage: Storage) -> list[str]:
    """Base classes of which nothing is known."""
    return [
        f"{base} was not given: columns that it may declare for {', '.join(classes[:5])}"
        f"{f' and {len(classes) - 5} more' if len(classes) > 5 else ''} are not known"
        for base, classes in storage.missing.items()
    ]


def _mismatch(schema: Schema, tables: list[SqlTable]) -> list[str]:
    """Two entities may stand for one table."""
    if len(schema.tables) == len(tables):
        return []
    return [f"{len(tables)} entities have {len(schema.tables)} tables: some are of the same table, or not understood"]


def _read_sql(text: str, engine: Engine) -> ReadResult:
    """The statements through the engine's own reader, without executing them."""
    if not text:
        return ReadResult(schema=Schema(engine=engine), proof=PROOF)
    if engine is Engine.POSTGRESQL:
        from dbdesign.readers.postgresql.grammar import read_by_grammar

        return read_by_grammar(text, engine=engine)
    from dbdesign.readers.base import reader

    return reader(engine.value).read(
        text.replace(";\n", ";\nGO\n") if engine is Engine.SQLSERVER else text, execute=False
    )


def _places(
    entities: list[EntityMetadata], tables: list[SqlTable], schema: Schema
) -> tuple[dict[str, int], dict[str, str]]:
    """Where tables, columns and keys are declared."""
    lines: dict[str, int] = {}
    files: dict[str, str] = {}
    made = [one for one in entities if one.synchronized and one.kind != "view"]
    for entity, table in zip(made, tables, strict=True):
        label = f"{table.schema}.{table.name}" if table.schema else table.name
        lines.setdefault(label, table.line)
        files.setdefault(label, entity.place.path)
        by_name = {one.name: one.line for one in table.columns}
        by_name.update(table.key_lines())
        for name, line in by_name.items():
            lines.setdefault(f"{label}.{name}", line)
            files.setdefault(f"{label}.{name}", entity.place.path)
    for view in schema.views:
        found = next((one for one in entities if one.kind == "view" and one.table == view.name), None)
        if found is not None:
            lines[view.label], files[view.label] = found.place.line, found.place.path
    return lines, files


__all__ = ["declares", "read_entities"]
