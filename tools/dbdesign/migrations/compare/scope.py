"""The part of a schema that the server has to see to spell some tables' expressions: making all of 400 tables takes seconds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from dbdesign.migrations.compare.tables import parents
from dbdesign.model.schema import Exclusion, Index, Schema, Table

_WORD = re.compile(r'"(?:[^"]|"")+"|[^\W\d][\w$]*')


def around(schema: Schema, labels: Iterable[str]) -> Schema | None:
    """The schema with these tables, what they inherit from, and every type; without references, triggers and views.

    None where an expression calls a routine of the schema, which may need anything.
    """
    wanted = set(labels)
    waiting = list(wanted)
    while waiting:
        table = schema.table_by_label.get(waiting.pop())
        for parent in parents(table) if table else ():
            if parent not in wanted:
                wanted.add(parent)
                waiting.append(parent)
    tables = tuple(
        one.model_copy(update={"foreign_keys": (), "triggers": ()}) for one in schema.tables if one.label in wanted
    )
    routines = {one.name.lower() for one in schema.routines}
    if routines and any(word in routines for word in _words(schema, tables)):
        return None
    kept = tuple(one for one in schema.carried if one.before_tables)
    return schema.model_copy(update={"tables": tables, "views": (), "routines": (), "carried": kept})


def _words(schema: Schema, tables: Iterable[Table]) -> Iterator[str]:
    for text in (*_of_types(schema), *(text for table in tables for text in _of_table(table))):
        yield from (match.group().strip('"').lower() for match in _WORD.finditer(text))


def _of_types(schema: Schema) -> Iterator[str]:
    for one in schema.domains:
        yield one.default or ""
        yield from (check.expression for check in one.checks)
    yield from (one.sql for one in schema.carried if one.before_tables)


def _of_table(table: Table) -> Iterator[str]:
    for column in table.columns:
        yield column.default or ""
        yield column.generated.expression if column.generated else ""
    yield from (one.expression for one in table.checks)
    indexed: tuple[Index | Exclusion, ...] = (*table.indexes, *table.exclusions)
    for part in indexed:
        yield part.where or ""
        yield from (key.expression or "" for key in part.keys)
    for policy in table.policies:
        yield policy.using or ""
        yield policy.check or ""
    if table.partitioning:
        yield from (key.expression or "" for key in table.partitioning.keys)
