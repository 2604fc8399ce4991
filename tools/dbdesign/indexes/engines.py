"""The advised indexes as each engine builds them. PostgreSQL's planner chose them; for another engine they are adapted by rule.

Sources: MySQL 8.4 manual, CREATE INDEX and "InnoDB Limits"; SQL Server, "Maximum capacity specifications" and CREATE INDEX;
CockroachDB, CREATE INDEX and "Hash-sharded indexes"; TiDB, CREATE INDEX; SQLite, CREATE INDEX.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dbdesign.dialects.base import dialect
from dbdesign.indexes.access_methods import extension_of
from dbdesign.indexes.candidate import Candidate, KeyPart
from dbdesign.indexes.existing import Existing
from dbdesign.model.schema import Engine, Schema, Table

MYSQL_KEY_BYTES = 3072
MYSQL_KEYS = 16
MYSQL_PREFIX = 191
"""Characters of a long text that are indexed: 764 bytes of utf8mb4."""

SQLSERVER_KEY_BYTES = 1700


@dataclass(frozen=True)
class Built:
    """A statement, and what differs from the index that was advised."""

    ddl: str
    notes: tuple[str, ...] = ()


def build(candidate: Candidate, name: str, schema: Schema) -> Built:
    """An advised index for the engine of a schema."""
    table = schema.table_by_label[candidate.label]
    if schema.engine is Engine.POSTGRESQL:
        return Built(candidate.ddl(name), tuple(_postgresql_notes(candidate, schema)))
    makers = {
        Engine.MYSQL: _mysql,
        Engine.TIDB: _mysql,
        Engine.SQLSERVER: _sqlserver,
        Engine.COCKROACHDB: _cockroachdb,
        Engine.SQLITE: _sqlite,
    }
    return makers[schema.engine](candidate, name, table, schema)


def drop(existing: Existing, schema: Schema) -> str:
    """The statement that takes an index of the schema away, without stopping writes where the engine can."""
    name = _identifier(existing.name, schema)
    table = schema.table_by_label[existing.candidate.label]
    relation = dialect(schema.engine).qualified(table.namespace, table.name)
    if schema.engine in {Engine.MYSQL, Engine.TIDB}:
        return f"ALTER TABLE {relation} DROP INDEX {name};"
    if schema.engine is Engine.SQLSERVER:
        return f"DROP INDEX {name} ON {relation};"
    if schema.engine is Engine.COCKROACHDB:
        return f"DROP INDEX {relation}@{name};"
    whole = dialect(schema.engine).qualified(existing.namespace, existing.name)
    how = " CONCURRENTLY" if schema.engine is Engine.POSTGRESQL and table.partitioning is None else ""
    return f"DROP INDEX{how} {whole};"


def _postgresql_notes(candidate: Candidate, schema: Schema) -> Iterator[str]:
    extension = extension_of(candidate)
    if extension is not None and all(one.name != extension for one in schema.extensions):
        yield f"needs CREATE EXTENSION {extension}; first, which the schema does not have"
    classes = {key.opclass for key in candidate.keys if (key.opclass or "").endswith("_pattern_ops")}
    if classes:
        yield (
            f"{min(map(str, classes))} serves LIKE 'x%' and = whatever the collation, and no ORDER BY; "
            "a database in the C collation can do without it"
        )
    if candidate.method == "hnsw":
        yield "its answers are approximate: raise hnsw.ef_search where too few of the nearest are found"


def _identifier(name: str, schema: Schema) -> str:
    return dialect(schema.engine).identifier(name)


def _mysql(candidate: Candidate, name: str, table: Table, schema: Schema) -> Built:
    """Included columns become keys; the primary key, which every secondary index carries, is left out of them; no predicate."""
    notes = []
    primary = set(table.primary_key.columns) if table.primary_key else set()
    columns = [*candidate.keys, *(KeyPart(one) for one in candidate.include if one not in primary)]
    if candidate.where:
        notes.append(f"there are no partial indexes: all rows are indexed, not only those where {candidate.where}")
        condition = next((column.name for column in table.columns if column.name in candidate.where), None)
        if condition and all(key.column != condition for key in columns):
            columns.insert(0, KeyPart(condition))
    if candidate.method not in {"btree", "hash"}:
        notes.append(
            f"there is no {candidate.method} index: use a FULLTEXT or a multi-valued index where the predicate allows it"
        )
    if len(columns) > MYSQL_KEYS:
        notes.append(f"only the first {MYSQL_KEYS} columns are kept")
    keys = [_mysql_key(key, table, schema, notes) for key in columns[:MYSQL_KEYS]]
    relation = dialect(schema.engine).qualified(table.namespace, table.name)
    how = "" if schema.engine is Engine.TIDB else ", ALGORITHM=INPLACE, LOCK=NONE"
    return Built(
        f"ALTER TABLE {relation} ADD INDEX {_identifier(name, schema)} ({', '.join(keys)}){how};", tuple(notes)
    )


def _mysql_key(key: KeyPart, table: Table, schema: Schema, notes: list[str]) -> str:
    if key.column is None:
        return f"({key.expression})"
    column = table.column(key.column)
    length = ""
    if column and column.type.is_text and (column.type.length is None or column.type.length * 4 > MYSQL_KEY_BYTES):
        length = f"({MYSQL_PREFIX})"
        notes.append(
            f"{key.column}: the first {MYSQL_PREFIX} characters are indexed, so that it does not cover the column"
        )
    return f"{_identifier(key.column, schema)}{length}{' DESC' if key.descending else ''}"


def _sqlserver(candidate: Candidate, name: str, table: Table, schema: Schema) -> Built:
    notes = []
    keys = []
    for key in candidate.keys:
        if key.column is None:
            notes.append(f"({key.expression}): make it a computed column and index that")
            continue
        keys.append(f"{_identifier(key.column, schema)}{' DESC' if key.descending else ''}")
    if candidate.method != "btree":
        notes.append(f"there is no {candidate.method} index: a full-text or columnstore index may serve the predicate")
    include = (
        f" INCLUDE ({', '.join(_identifier(one, schema) for one in candidate.include)})" if candidate.include else ""
    )
    where = f" WHERE {candidate.where}" if candidate.where else ""
    if where:
        notes.append(
            "a filtered index is used only where the query repeats its condition with constants, not with parameters"
        )
    wide = [
        one
        for one in candidate.keys
        if (column := table.column(one.column or "")) and column.type.is_text and column.type.length is None
    ]
    if wide:
        notes.append(f"{wide[0].column}: a key takes at most {SQLSERVER_KEY_BYTES} bytes, so (max) types cannot be one")
    relation = dialect(schema.engine).qualified(table.namespace, table.name)
    ddl = f"CREATE INDEX {_identifier(name, schema)} ON {relation} ({', '.join(keys)}){include}{where} WITH (ONLINE = ON);"
    notes.append(
        "ONLINE = ON needs the Enterprise edition or Azure; leave it out elsewhere and build outside working hours"
    )
    return Built(ddl, tuple(notes))


def _cockroachdb(candidate: Candidate, name: str, table: Table, schema: Schema) -> Built:
    notes = []
    keys = ", ".join(
        f"({key.expression})"
        if key.column is None
        else f"{_identifier(key.column, schema)}{' DESC' if key.descending else ''}"
        for key in candidate.keys
    )
    kind = "INVERTED INDEX" if candidate.method == "gin" else "INDEX"
    if candidate.method not in {"btree", "gin", "hash"}:
        notes.append(f"there is no {candidate.method} index: a plain one is written")
    sharded = ""
    leading = table.column(candidate.keys[0].column or "")
    if leading is not None and kind == "INDEX" and (leading.identity or leading.type.is_time):
        sharded = " USING HASH"
        notes.append(
            f"{leading.name} grows with the rows: the index is hash-sharded, so that writes do not meet in one range"
        )
    storing = (
        f" STORING ({', '.join(_identifier(one, schema) for one in candidate.include)})" if candidate.include else ""
    )
    where = f" WHERE {candidate.where}" if candidate.where else ""
    relation = dialect(schema.engine).qualified(table.namespace, table.name)
    return Built(
        f"CREATE {kind} {_identifier(name, schema)} ON {relation} ({keys}){sharded}{storing}{where};", tuple(notes)
    )


def _sqlite(candidate: Candidate, name: str, table: Table, schema: Schema) -> Built:
    notes = []
    if candidate.method != "btree":
        notes.append(f"there is no {candidate.method} index: FTS5 or a table of keys may serve the predicate")
    keys = [
        f"{key.expression}"
        if key.column is None
        else f"{_identifier(key.column, schema)}{' DESC' if key.descending else ''}"
        for key in (*candidate.keys, *map(KeyPart, candidate.include))
    ]
    where = f" WHERE {candidate.where}" if candidate.where else ""
    ddl = f"CREATE INDEX {_identifier(name, schema)} ON {_identifier(table.name, schema)} ({', '.join(keys)}){where};"
    return Built(ddl, tuple(notes))
