"""The statistics of a database that holds what a profile says, as ANALYZE would leave them: the twin's input where there is no database."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.profile import ColumnProfile, Profile, TableProfile
from dbdesign.model.schema import Column, Index, Schema, Table
from dbdesign.model.statistics import ColumnStatistics, RelationStatistics, Statistics
from dbdesign.model.types import DataType, Kind
from dbdesign.twin.containers import ARRAYS, RANGES, VECTORS, container_statistics
from dbdesign.twin.distribution import Contents, is_ranked, statistics_of
from dbdesign.twin.expressions import column_of

SOURCE = "the design's volumes"
DEEPEST = 32
"""Foreign keys that are followed from a column to where its values begin."""


def as_statistics(profile: Profile, schema: Schema, *, source: str = SOURCE) -> Statistics:
    """What the planner knows of a database with these contents.

    Partitioned tables and parents of heirs have statistics that count their heirs in (`inherited`); partitions and all other tables
    their own. Virtual generated columns have none, as in PostgreSQL. Sizes are not said: the twin computes them.

    Args:
        source: for people.
    """
    relations = [relation for table in schema.tables for relation in _relations(profile, schema, table)]
    return Statistics(
        source=source,
        relations=tuple(relations),
        assumptions=(*profile.assumptions, *_container_assumptions(relations)),
    )


def _container_assumptions(relations: list[RelationStatistics]) -> Iterator[str]:
    """What is assumed of the insides of columns, as far as there are such columns."""
    columns = [column for relation in relations for column in relation.columns if not column.inherited]
    kinds = {
        ARRAYS: [one for one in columns if one.elem_count_histogram],
        VECTORS: [one for one in columns if one.most_common_elems and not one.elem_count_histogram],
        RANGES: [one for one in columns if one.range_bounds_histogram],
    }
    for (noun, sentence), found in kinds.items():
        if found:
            yield f"{len(found)} {noun}{'s' if len(found) > 1 else ''}: {sentence}"


def contents_of(profile: Profile, schema: Schema, table: Table, column: Column) -> Contents | None:
    """A column's values by rank; None for what the profile does not know."""
    known = profile.tables.get(table.label)
    found = known.columns.get(column.name) if known else None
    if known is None or found is None:
        return None
    data_type = schema.resolve_type(column.type)
    labels = data_type.values if data_type.kind is Kind.ENUM else ()
    return Contents(found, data_type, known.rows, _source(profile, found), labels, column.type.kind is Kind.DOMAIN)


def _source(profile: Profile, column: ColumnProfile) -> float:
    """How many values the column's are taken from: the distinct values of the column at the end of its chain of references."""
    last, own = column, max(column.distinct - len(column.common), 1.0)
    for _ in range(DEEPEST):
        reference = last.reference
        parent = profile.tables.get(reference.table) if reference else None
        source = parent.columns.get(reference.column) if parent and reference else None
        if source is None or source is last:
            break
        last = source
    if last is column or (last.low, last.high) != (column.low, column.high):
        return own
    return max(last.distinct, own)


def _relations(profile: Profile, schema: Schema, table: Table) -> Iterator[RelationStatistics]:
    known = profile.tables.get(table.label)
    if known is None:
        return
    columns = tuple(_columns(profile, schema, table))
    yield RelationStatistics(namespace=table.namespace, name=table.name, tuples=known.rows, columns=columns)
    for index in table.indexes:
        yield from _index(profile, schema, table, index, known)


def _columns(profile: Profile, schema: Schema, table: Table) -> Iterator[ColumnStatistics]:
    heirs = any(table.label in other.inherits for other in schema.tables)
    for column in table.columns:
        contents = contents_of(profile, schema, table, column)
        if contents is None or (column.generated is not None and not column.generated.stored):
            continue
        if table.partitioning is None:
            yield column_statistics(contents)
        if table.partitioning is not None or heirs:
            yield column_statistics(contents, inherited=True)


def column_statistics(contents: Contents, *, inherited: bool = False) -> ColumnStatistics:
    """Statistics by the column's type."""
    if not is_ranked(contents.type.kind) or not (contents.generated or contents.profile.common):
        return container_statistics(contents, inherited=inherited)
    return statistics_of(contents, inherited=inherited, shown=lambda value: _shown(contents.type, value))


def _shown(data_type: DataType, value: str) -> str:
    """A value as the server stores it: `character(n)` is padded."""
    return value.ljust(data_type.length or 1) if data_type.kind is Kind.CHAR else value


def _index(
    profile: Profile, schema: Schema, table: Table, index: Index, known: TableProfile
) -> Iterator[RelationStatistics]:
    """The statistics of an index's expressions, by position; nothing for an index without."""
    if index.name is None or known.rows < 1 or table.partitioning is not None:
        return
    found = tuple(
        statistics
        for position, key in enumerate(index.keys, 1)
        if key.expression is not None and (statistics := _expression(profile, schema, table, key.expression, position))
    )
    if found:
        yield RelationStatistics(
            namespace=table.namespace, name=index.name, kind="index", table=table.label, columns=found
        )


def _expression(
    profile: Profile, schema: Schema, table: Table, expression: str, position: int
) -> ColumnStatistics | None:
    known = column_of(expression)
    column = table.column(known[0]) if known else None
    contents = contents_of(profile, schema, table, column) if column else None
    changed = known[1](contents) if known and contents else None
    if changed is None:
        return None
    return column_statistics(changed).model_copy(update={"column": None, "position": position})
