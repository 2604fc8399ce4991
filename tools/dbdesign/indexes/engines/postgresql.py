"""Indexes of PostgreSQL, as they were tried on the twin."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.indexes.access_methods import extension_of
from dbdesign.indexes.candidate import Candidate, quoted
from dbdesign.indexes.engines.base import Built, Order
from dbdesign.indexes.existing import Existing
from dbdesign.model.schema import Schema, Table


def build(order: Order) -> Built:
    """The index itself, built without stopping writes."""
    return Built(order.candidate.ddl(order.name), tuple(_notes(order.candidate, order.schema)))


def drop(existing: Existing, table: Table) -> str:
    """DROP INDEX, without stopping writes where PostgreSQL can."""
    name = f"{quoted(existing.namespace)}.{quoted(existing.name)}" if existing.namespace else quoted(existing.name)
    return f"DROP INDEX{' CONCURRENTLY' if table.partitioning is None else ''} {name};"


def _notes(candidate: Candidate, schema: Schema) -> Iterator[str]:
    extension = extension_of(candidate)
    if extension is not None and all(one.name != extension for one in schema.extensions):
        yield f"needs CREATE EXTENSION {extension}; first, which the schema does not have"
    classes = {str(key.opclass) for key in candidate.keys if (key.opclass or "").endswith("_pattern_ops")}
    if classes:
        yield (
            f"{min(classes)} serves LIKE 'x%' and = whatever the collation, and no ORDER BY; "
            "a database in the C collation can do without it"
        )
    expressions = [key.expression for key in candidate.keys if key.expression]
    if expressions and candidate.method in {"btree", "hash"}:
        yield (
            f"ANALYZE the table once it is built: only then does the planner know how many values {expressions[0]} has; "
            "here it took its default of 200, so that the index may save more"
        )
    if candidate.method == "hnsw":
        yield "its answers are approximate: raise hnsw.ef_search where too few of the nearest are found"
