"""A design's schema and indexes in the words of the server that a benchmark runs on: by writers, the plan for growth, index rules."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from dbdesign.benchmark.servers.base import Script
from dbdesign.dialects.base import dialect
from dbdesign.errors import DesignError, InputError
from dbdesign.model.schema import Engine, ForeignKey, Identity, Schema, Table
from dbdesign.writers.base import Note, WriteOptions, writer

if TYPE_CHECKING:
    from dbdesign.api.source import Loaded
    from dbdesign.benchmark.servers.base import Server
    from dbdesign.engines.server_session import Identity as ServerIdentity
    from dbdesign.growth.plan import GrowthPlan
    from dbdesign.growth.sharding import KeyCandidate
    from dbdesign.indexes.existing import Existing

MARIADB_COLLATIONS = {"utf8mb4_0900_as_cs": "utf8mb4_uca1400_as_cs", "utf8mb4_0900_as_ci": "utf8mb4_uca1400_as_ci"}
"""MySQL's collations by Unicode 9 and what MariaDB has in their place since 10.10 (Knowledge Base, "Supported Character Sets and
Collations")."""
OLD_MARIADB = {"utf8mb4_0900_as_cs": "utf8mb4_bin", "utf8mb4_0900_as_ci": "utf8mb4_general_ci"}
UUID_TO_BIN = re.compile(r"UUID_TO_BIN\(((?:UUID\(\))|'[^']*')\)")
"""A function that MariaDB lacks."""
_STATEMENT = re.compile(r";[ \t]*\n(?:\n|\Z)")
"""Between two statements of a writer of MySQL's family: no text in them has a line break."""
_NEXTVAL = re.compile(r"nextval\('((?:[^']|'')+)'", re.IGNORECASE)
_CALL = re.compile(r"SELECT (?:create_|citus_)[^\n]*?;", re.MULTILINE)
_MAKES = re.compile(
    r"CREATE\s+(?:TABLE|SEQUENCE|TYPE|(?:UNIQUE\s+|INVERTED\s+|VECTOR\s+)?INDEX)\b|ALTER\s+TABLE\b", re.IGNORECASE
)
_DROP = re.compile(r"\s*DROP\s+INDEX\s+(?:CONCURRENTLY\s+)?(?:IF\s+EXISTS\s+)?\"?(\w+)\"?", re.IGNORECASE)
MOST_NOTES = 12


def script_of(
    original: Loaded, loaded: Loaded, server: Server, answers: ServerIdentity, indexes: Sequence[str]
) -> Script:
    """What makes the design's tables on a server.

    Args:
        original: the design in a dialect that the server speaks, or PostgreSQL's.
        loaded: the design as PostgreSQL's, which indexes are read by.
        answers: who answers there, which decides the version.
        indexes: of the second run, as PostgreSQL's DDL.

    Raises:
        InputError: where the design has schemas of its own, or nothing by which Citus could distribute it.
    """
    schema = original.design.schema_
    named = {one.namespace for one in schema.tables} | {
        key.referenced_namespace for one in schema.tables for key in one.foreign_keys
    }
    elsewhere = sorted(one for one in named if one)
    if elsewhere:
        raise InputError(
            f"the design has tables in schemas of their own: {', '.join(elsewhere[:5])}",
            where=loaded.name,
            remedy="Benchmark it on a server of its own, without --into",
        )
    bare = schema.model_copy(
        update={"views": (), "routines": (), "carried": (), "namespaces": (), "options": _without_database(schema)}
    )
    if server.protocol == "mysql":
        return _mysql(bare, loaded.design.schema_, server, answers, indexes)
    if server.name == "citus":
        return _citus(loaded, bare, answers, indexes)
    if server.name == "cockroachdb":
        return _cockroachdb(bare, loaded.design.schema_, indexes)
    return Script(
        _postgresql(without_references(bare), answers),
        (*numbered_on(bare), *references(bare)),
        tuple(map(_relocated, indexes)),
        notes=(),
    )


def _without_database(schema: Schema) -> dict[str, str]:
    """The schema's options without the database that its script makes and goes to."""
    return {name: value for name, value in schema.options.items() if name != "database"}


def _kept(statements: Iterable[str]) -> tuple[tuple[str, ...], list[str]]:
    """Those that make tables and what they are made of; the others could do more than hold rows, and are said."""
    kept: list[str] = []
    said: list[str] = []
    for one in statements:
        if _MAKES.match(one):
            kept.append(one)
        else:
            said.append(f"not executed: {' '.join(one.split())[:100]}")
    return tuple(kept), said


def without_references(schema: Schema) -> Schema:
    """The schema without foreign keys, which are added once the rows are there: cycles could not be sent otherwise."""
    tables = tuple(table.model_copy(update={"foreign_keys": ()}) for table in schema.tables)
    return schema.model_copy(update={"tables": tables})


def references(schema: Schema) -> Iterator[str]:
    """The foreign keys that were left out, as ALTER TABLE."""
    words = dialect(schema.engine)

    def listed(columns: Sequence[str]) -> str:
        return ", ".join(map(words.identifier, columns))

    for table in schema.tables:
        for key in table.foreign_keys if table.partition_of is None else ():
            if key.period or not key.enforced:
                continue
            parent = words.identifier(key.referenced_table)
            yield (
                f"ALTER TABLE {words.identifier(table.name)} ADD FOREIGN KEY ({listed(key.columns)}) "
                f"REFERENCES {parent} ({listed(key.referenced_columns)}){_actions(key)}"
            )


def numbered_on(schema: Schema) -> Iterator[str]:
    """Statements after which each sequence goes on behind the greatest number that its column holds."""
    words = dialect(schema.engine)
    for table in schema.tables:
        for column in table.columns if table.partition_of is None else ():
            if column.identity is not None and column.identity.mode in {"always", "by_default", "serial"}:
                sequence = f"pg_get_serial_sequence({words.literal(table.name)}, {words.literal(column.name)})"
            elif column.default and (match := _NEXTVAL.search(column.default)):
                sequence = words.literal(match[1].removeprefix("public."))
            else:
                continue
            greatest = f"(SELECT max({words.identifier(column.name)}) FROM {words.identifier(table.name)})"
            yield f"SELECT setval({sequence}, {greatest})"


def _actions(key: ForeignKey) -> str:
    said = "" if key.on_delete == "no action" else f" ON DELETE {key.on_delete.upper()}"
    return said if key.on_update == "no action" else f"{said} ON UPDATE {key.on_update.upper()}"


def _notes(notes: Sequence[Note]) -> tuple[str, ...]:
    said = [f"{one.object}: {one.lost}{f'; instead: {one.instead}' if one.instead else ''}" for one in notes]
    more = len(said) - MOST_NOTES
    return (*said[:MOST_NOTES], *([f"and {more} more differences of the schema"] if more > 0 else []))


def _mysql(schema: Schema, ours: Schema, server: Server, answers: ServerIdentity, indexes: Sequence[str]) -> Script:
    target = "tidb" if server.name == "tidb" else "mysql"
    options = WriteOptions(
        grants=False, comments=False, carried=False, prove=False, version=_version(server.engine, answers)
    )
    written = writer(target).write(schema, options)
    text = for_mariadb(written.text, answers.version) if server.name == "mariadb" else written.text
    made, left_out = _kept(part.strip().rstrip(";") for part in _STATEMENT.split(text) if part.strip())
    built, said = _for_engine(indexes, ours, _read_back(written.text, target, server.engine))
    if server.name == "mariadb":
        built = tuple(ddl.replace(", ALGORITHM=INPLACE, LOCK=NONE", "") for ddl in built)
    return Script(made, (), built, notes=(*_notes(written.notes), *said, *left_out))


def _version(engine: Engine, answers: ServerIdentity) -> str | None:
    """The server's version where the writers know it; MariaDB's numbers are its own."""
    if answers.kind == "mariadb" or not answers.version:
        return None
    text = ".".join(map(str, answers.version[: 1 if engine is Engine.POSTGRESQL else 2]))
    try:
        return dialect(engine).check_version(text)
    except DesignError:
        return None


def for_mariadb(sql: str, version: tuple[int, ...]) -> str:
    """MySQL's DDL as MariaDB takes it: what only MySQL has is said in MariaDB's words."""
    for collation, substitute in (MARIADB_COLLATIONS if version >= (10, 10) else OLD_MARIADB).items():
        sql = sql.replace(collation, substitute)
    return UUID_TO_BIN.sub(r"UNHEX(REPLACE(\1, '-', ''))", sql)


def _cockroachdb(schema: Schema, ours: Schema, indexes: Sequence[str]) -> Script:
    from dbdesign.engines.postgres import split_script

    settled = schema.model_copy(update={"tables": tuple(map(_given_keys, schema.tables))})
    written = writer("cockroachdb").write(
        without_references(settled), WriteOptions(grants=False, comments=False, carried=False, prove=False)
    )
    statements, left_out = _kept(one.sql for one in split_script(written.text).statements)
    whole = settled.model_copy(update={"engine": Engine.COCKROACHDB})
    built, said = _for_engine(indexes, ours, _read_back(written.text, "cockroachdb", Engine.COCKROACHDB))
    return Script(
        statements, (*numbered_on(whole), *references(whole)), built, notes=(*_notes(written.notes), *said, *left_out)
    )


def _given_keys(table: Table) -> Table:
    """Identity columns that take the rows' own numbers."""
    columns = tuple(
        one.model_copy(update={"identity": one.identity.model_copy(update={"mode": "by_default"})})
        if isinstance(one.identity, Identity) and one.identity.mode == "always"
        else one
        for one in table.columns
    )
    return table.model_copy(update={"columns": columns})


def _postgresql(schema: Schema, answers: ServerIdentity) -> tuple[str, ...]:
    """The statements that make tables and what they are made of, without what could do more than hold rows."""
    from dbdesign.api.relocation import Relocation
    from dbdesign.engines.postgres import split_script

    options = WriteOptions(
        grants=False, comments=False, carried=False, prove=False, version=_version(Engine.POSTGRESQL, answers)
    )
    written = writer("postgresql").write(schema, options)
    return tuple(one.sql for one in split_script(Relocation().script(written.text)).statements)


def _relocated(ddl: str) -> str:
    from dbdesign.api.relocation import Relocation

    return Relocation.index(ddl)


def _citus(loaded: Loaded, schema: Schema, answers: ServerIdentity, indexes: Sequence[str]) -> Script:
    """Tables with the key in them, distributed and copied as the plan for growth says, before the rows; foreign keys after them."""
    from dbdesign.growth.distributed import citus
    from dbdesign.growth.distributed.keyed import lost_references
    from dbdesign.growth.files import sharded

    plan = _growth(loaded)
    if not plan.candidates:
        raise InputError(
            "there is no column by which Citus could distribute the tables",
            where=loaded.name,
            remedy="Let the large tables share a key, such as the tenant or the customer, and say their rows in `volumes`",
        )
    design = sharded(plan, plan.candidates[0])
    keyed = design.keyed.model_copy(update={"views": (), "routines": (), "carried": ()})
    calls = tuple(call.rstrip(";") for call in _CALL.findall(citus.files(design)["citus.sql"]))
    notes = [
        (
            f"Citus distributes by {design.key.key}: {_listed(design.tables('distributed'))}; copied to every node: "
            f"{_listed(design.tables('reference'))}; apart: {_listed(design.tables('apart'))}."
        ),
    ]
    if added := design.tables("key to be added"):
        notes.append(
            f"The key was added to {_listed(added)} and filled from the parent; statements that insert there must write it, and joins "
            "that do not compare it cross shards."
        )
    notes += [f"Not kept, since it crosses shards: the foreign key {one}." for one in lost_references(schema, keyed)]
    return Script(
        (*_postgresql(without_references(keyed), answers), *calls),
        (*numbered_on(keyed), *references(keyed)),
        tuple(map(_relocated, indexes)),
        _filled_from_parents(schema, design.key, {label: design.column(label) for label in added}),
        tuple(notes),
    )


def _listed(labels: Sequence[str]) -> str:
    return ", ".join(labels) or "none"


def _growth(loaded: Loaded) -> GrowthPlan:
    from dbdesign.api.twin_source import input_of
    from dbdesign.growth.machine import parse_machine
    from dbdesign.growth.plan import plan_growth

    given = input_of(loaded, 0.0)
    return plan_growth(given.design, given.ddl, given.statistics, parse_machine(None), 0.0, date.today())


def _filled_from_parents(schema: Schema, key: KeyCandidate, added: dict[str, str]) -> dict[tuple[str, str], str]:
    """For each column that was added, the expression that finds the key of the row `t` by its parents."""
    found: dict[tuple[str, str], str] = {}
    for label, column in added.items():
        if (sql := _key_of(schema, key, added, label, "t", frozenset())) is not None:
            found[label, column] = sql
    return found


def _key_of(
    schema: Schema, key: KeyCandidate, added: dict[str, str], label: str, alias: str, seen: frozenset[str]
) -> str | None:
    words = dialect(Engine.POSTGRESQL)
    table = schema.table_by_label[label]
    for reference in table.foreign_keys:
        parent = reference.references
        if parent in seen or parent == label or key.roles.get(parent) not in {"distributed", "key to be added"}:
            continue
        inner = f"{alias}p"
        if parent in key.columns:
            value: str | None = f"{inner}.{words.identifier(key.columns[parent])}"
        else:
            value = _key_of(schema, key, added, parent, inner, seen | {label})
        if value is None:
            continue
        same = " AND ".join(
            f"{inner}.{words.identifier(to)} = {alias}.{words.identifier(one)}"
            for one, to in zip(reference.columns, reference.referenced_columns, strict=True)
        )
        name = words.qualified(schema.table_by_label[parent].namespace or "public", schema.table_by_label[parent].name)
        return f"(SELECT {value} FROM {name} {inner} WHERE {same})"
    return None


def _read_back(text: str, name: str, engine: Engine) -> Schema:
    """The schema as it was written for an engine: its columns' own types decide how they are indexed."""
    from dbdesign.readers.base import reader

    return reader(name).read(text).schema_.model_copy(update={"engine": engine})


def _for_engine(statements: Sequence[str], schema: Schema, spoken: Schema) -> tuple[tuple[str, ...], list[str]]:
    """CREATE INDEX and DROP INDEX of PostgreSQL by another engine's rules, and how they differ, a sentence each.

    Args:
        schema: PostgreSQL's, to which the statements belong.
        spoken: the other engine's.
    """
    from dbdesign.indexes.engines import build

    made: list[str] = []
    said: list[str] = []
    indexed = _indexed(schema) if statements else _Indexed("", frozenset())
    for ddl in statements:
        match = _DROP.match(ddl)
        found = [_dropped(match[1], spoken)] if match else []
        for one in [] if match else indexed.more(ddl):
            built = build(one.candidate, one.name, spoken)
            found.append(built.ddl.rstrip(";"))
            said += [f"{one.name}: {note}" for note in built.notes]
        made += [one for one in found if one]
        if not any(found):
            said.append(f"not built: {ddl!r} names nothing of the design")
    return tuple(made), said


def _dropped(name: str, schema: Schema) -> str:
    """The statement; empty where there is no such index."""
    words = dialect(schema.engine)
    table = next((one for one in schema.tables for index in one.indexes if index.name == name), None)
    if table is None:
        return ""
    on, gone = words.identifier(table.name), words.identifier(name)
    return f"DROP INDEX {on}@{gone}" if schema.engine is Engine.COCKROACHDB else f"ALTER TABLE {on} DROP INDEX {gone}"


@dataclass(frozen=True)
class _Indexed:
    """A schema's DDL with the names of its indexes, to which index statements are added one at a time."""

    text: str
    names: frozenset[str]

    def more(self, ddl: str) -> list[Existing]:
        """What an index statement adds."""
        from dbdesign.indexes.existing import existing_indexes
        from dbdesign.readers.base import reader

        plain = re.sub(r"\bCONCURRENTLY\b", "", ddl, flags=re.IGNORECASE).rstrip().rstrip(";")
        after = reader("postgresql").read(f"{self.text}\n{plain};").schema_
        return [one for one in existing_indexes(after) if one.name not in self.names]


def _indexed(schema: Schema) -> _Indexed:
    from dbdesign.indexes.existing import existing_indexes
    from dbdesign.readers.base import reader

    text = writer("postgresql").write(schema, WriteOptions(grants=False, comments=False, prove=False)).text
    return _Indexed(text, frozenset(one.name for one in existing_indexes(reader("postgresql").read(text).schema_)))
