"""The schema with the columns, keys and indexes that its lifecycle needs, still for the engine that it was read from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dbdesign.dialects.base import dialect
from dbdesign.integrity.lifecycle.tenants import TenantShape
from dbdesign.model.lifecycle import Lifecycle, SoftDelete
from dbdesign.model.schema import Column, Engine, Generated, Index, IndexKey, Key, Schema, Table
from dbdesign.model.types import DataType, Kind
from dbdesign.writers.base import Note

POINTS_IN_TIME: Mapping[Engine, DataType] = {
    Engine.POSTGRESQL: DataType(kind=Kind.TIMESTAMPTZ, native="timestamp with time zone"),
    Engine.COCKROACHDB: DataType(kind=Kind.TIMESTAMPTZ, native="TIMESTAMPTZ"),
    Engine.MYSQL: DataType(kind=Kind.TIMESTAMP, native="datetime(6)", precision=6),
    Engine.TIDB: DataType(kind=Kind.TIMESTAMP, native="datetime(6)", precision=6),
    Engine.SQLSERVER: DataType(kind=Kind.TIMESTAMP, native="datetime2(7)", precision=7),
    Engine.SQLITE: DataType(kind=Kind.TEXT, native="TEXT"),
}
"""The type of a column that says when something happened."""
SMALL_INTEGERS: Mapping[Engine, DataType] = {
    engine: DataType(kind=Kind.INT16, native="INTEGER" if engine is Engine.SQLITE else "smallint") for engine in Engine
}
LIVE = "live"
"""Column that is 1 in a live row and NULL in a deleted one, where an engine has no partial index."""
WITHOUT_PARTIAL_INDEX = frozenset({Engine.MYSQL, Engine.TIDB})
COLUMNS_OF_SET_NULL = (15,)
"""PostgreSQL from which on ON DELETE SET NULL names columns (release notes of 15)."""


def shaped(schema: Schema, lifecycle: Lifecycle, target: Engine, version: tuple[int, ...]) -> tuple[Schema, list[Note]]:
    """The schema that is written for `target`, and what was changed in it beyond what was asked for.

    The order matters: the tenant's keys are unique among live rows only where rows are deleted softly.
    """
    notes: list[Note] = []
    if lifecycle.tenant is not None:
        named = target is Engine.POSTGRESQL and version >= COLUMNS_OF_SET_NULL
        tenants = TenantShape(schema, lifecycle.tenant, set_columns=named)
        schema = tenants.shaped()
        notes += tenants.notes
    if lifecycle.soft_delete is not None:
        schema = _softly(schema, lifecycle.soft_delete, target, notes)
    return _aged(schema, lifecycle), notes


def _softly(schema: Schema, wanted: SoftDelete, target: Engine, notes: list[Note]) -> Schema:
    referenced = {
        (key.references, frozenset(key.referenced_columns)) for table in schema.tables for key in table.foreign_keys
    }
    tables = tuple(
        _soft_table(table, wanted, schema.engine, target, referenced, notes) if _is_soft(table, wanted) else table
        for table in schema.tables
    )
    return schema.model_copy(update={"tables": tables})


def _is_soft(table: Table, wanted: SoftDelete) -> bool:
    label = table.partition_of.label if table.partition_of else table.label
    return label in wanted.tables


def _soft_table(
    table: Table, wanted: SoftDelete, source: Engine, target: Engine, referenced: set[tuple[str, frozenset[str]]], notes: list[Note]
) -> Table:  # fmt: skip
    columns = table.columns
    if table.column(wanted.column) is None:
        columns = (*columns, Column(name=wanted.column, type=POINTS_IN_TIME[source]))
    if table.partition_of is not None:
        return table.model_copy(update={"columns": columns})
    plain = target in WITHOUT_PARTIAL_INDEX
    keys, indexes = [], list(table.indexes)
    freed = False
    for key in table.unique_keys:
        if (table.label, frozenset(key.columns)) in referenced:
            keys.append(key)
            if not (table.primary_key and set(table.primary_key.columns) <= set(key.columns)):
                notes.append(_stays(table, key))
            continue
        freed = True
        keys += [_with_live(key)] if plain else []
        indexes += [] if plain else [_among_live(table, key, wanted.column, source)]
    for place, index in enumerate(indexes):
        if index.unique and index.where is None:
            freed = True
            indexes[place] = _index_among_live(index, wanted.column, source, plain=plain)
    if plain and freed and table.column(LIVE) is None:
        columns = (*columns, _live_column(wanted.column, source))
    return table.model_copy(update={"columns": columns, "unique_keys": tuple(keys), "indexes": tuple(indexes)})


def _stays(table: Table, key: Key) -> Note:
    return Note(
        object=f"{table.label} ({', '.join(key.columns)})",
        lost="a unique key that a foreign key refers to: a deleted row keeps its value taken",
        instead="let the foreign key refer to the primary key",
    )


def _live_column(column: str, source: Engine) -> Column:
    name = dialect(source).identifier(column)
    expression = f"CASE WHEN {name} IS NULL THEN 1 END"
    return Column(name=LIVE, type=SMALL_INTEGERS[source], generated=Generated(expression=expression, stored=False))


def _with_live(key: Key) -> Key:
    keys = (*key.keys, IndexKey(column=LIVE)) if key.keys else ()
    return key.model_copy(update={"columns": (*key.columns, LIVE), "keys": keys})


def _among_live(table: Table, key: Key, column: str, source: Engine) -> Index:
    return Index(
        name=key.name or f"{table.name}_{'_'.join(key.columns)}_key"[:60],
        keys=key.keys or tuple(IndexKey(column=one) for one in key.columns),
        unique=True,
        include=key.include,
        nulls_not_distinct=key.nulls_not_distinct,
        where=f"{dialect(source).identifier(column)} IS NULL",
    )


def _index_among_live(index: Index, column: str, source: Engine, *, plain: bool) -> Index:
    if plain:
        return index.model_copy(update={"keys": (*index.keys, IndexKey(column=LIVE))})
    return index.model_copy(update={"where": f"{dialect(source).identifier(column)} IS NULL"})


def _aged(schema: Schema, lifecycle: Lifecycle) -> Schema:
    """An index on what says how old a row is, so that a batch is found without reading the table."""
    wanted = dict(ages(lifecycle))
    tables = tuple(
        table.model_copy(update={"indexes": (*table.indexes, *_age_indexes(table, wanted[table.label]))})
        if table.label in wanted
        else table
        for table in schema.tables
    )
    return schema.model_copy(update={"tables": tables})


def ages(lifecycle: Lifecycle) -> Iterator[tuple[str, str]]:
    """Label and column of every table whose rows go by age."""
    yield from ((one.table, one.by) for one in lifecycle.retention if one.how != "detach")
    if lifecycle.soft_delete and lifecycle.soft_delete.purge:
        yield from ((label, lifecycle.soft_delete.column) for label in lifecycle.soft_delete.tables)


def _age_indexes(table: Table, column: str) -> Iterator[Index]:
    if not table.has_index_on((column,)) and not any(prefix[:1] == (column,) for prefix in table.index_prefixes()):
        yield Index(name=f"{table.name}_{column}_idx"[:60], keys=(IndexKey(column=column),))
