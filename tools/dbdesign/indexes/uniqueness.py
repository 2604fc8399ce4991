"""Where an advised index may be unique: in place of a unique one that is there, and nowhere else.

That a set of columns is unique is known of declared keys alone, and of every set that holds one. An advised index on such a larger set
gains nothing by UNIQUE: the planner knows the smaller key already (`has_unique_index`, `relation_has_unique_index_for`), and each
insertion would check one more. Where its leading columns are the key, though, it can be the key: `UNIQUE (a) INCLUDE (b)` for `UNIQUE (a)`
beside an index on (a, b). What-ifs of it are right without being unique, since the key that it will replace is there meanwhile.

That every value was different when statistics were gathered is no proof: it is told as a question.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from dbdesign.indexes.candidate import Candidate, KeyPart, quoted
from dbdesign.indexes.existing import Existing
from dbdesign.model.schema import Engine, Schema, Table
from dbdesign.twin.twin import Twin

ALL_DIFFERENT = 0.999
"""Share of the rows with a value from which on all values count as different: ANALYZE samples, and says -1 for no repetition in it."""

MOST_COLUMNS = 32
"""INDEX_MAX_KEYS: keys and included columns together."""


@dataclass(frozen=True)
class Replacement:
    """An index that does the work of an advised one and of a unique one that is there."""

    candidate: Candidate
    replaced: Existing

    def ddl(self, name: str, table: Table) -> str:
        """What puts it, built under a name, in the other's place. A constraint moves in one statement, which takes no time."""
        old = quoted(self.replaced.name)
        if self.replaced.kind == "index":
            return f"DROP INDEX CONCURRENTLY {qualified(self.replaced.namespace, self.replaced.name)};"
        kind = "PRIMARY KEY" if self.replaced.kind == "primary key" else "UNIQUE"
        relation = Candidate((table.namespace, table.name), ()).relation
        return f"ALTER TABLE {relation} DROP CONSTRAINT {old}, ADD CONSTRAINT {old} {kind} USING INDEX {quoted(name)};"


def qualified(namespace: str | None, name: str) -> str:
    """A relation's name, quoted where it must be."""
    return f"{quoted(namespace)}.{quoted(name)}" if namespace else quoted(name)


def replacement(advised: Candidate, existing: Iterable[Existing], schema: Schema) -> Replacement | None:
    """The unique index that an advised one could be, if one is there on its leading columns in the same order.

    Keys that foreign keys refer to stay (they depend on the very index), so do deferrable ones, and those of partitioned tables, where no
    constraint takes an index over (ALTER TABLE, ADD table_constraint_using_index).
    """
    if (
        schema.engine is not Engine.POSTGRESQL
        or advised.method != "btree"
        or not 1 < len(advised.columns) <= MOST_COLUMNS
    ):
        return None
    if schema.table_by_label[advised.label].partitioning is not None:
        return None
    for one in existing:
        own = one.candidate
        count = len(own.keys)
        if (
            not one.movable
            or (own.table, own.where) != (advised.table, advised.where)
            or own.keys != advised.keys[:count]
        ):
            continue
        rest = [key.column for key in advised.keys[count:]]
        carried = {*(name for name in rest if name), *advised.include}
        if None not in rest and set(own.include) <= carried and not {key.text for key in own.keys} & carried:
            unique = Candidate(advised.table, own.keys, tuple(sorted(carried)), own.where, unique=True)
            return Replacement(unique, one) if carried - set(own.include) else None
    return None


def questions(twin: Twin, schema: Schema, looked_up: Iterable[tuple[str, str, str]]) -> Iterator[str]:
    """Columns that seem to be keys and are declared as none, a sentence each.

    Args:
        looked_up: (label of a table, column, name of a query that compares it with one value).
    """
    if twin.statistics.version is None:
        return  # of a design, whose volumes say no more than was assumed
    seen: dict[tuple[str, str], list[str]] = {}
    for label, column, query in looked_up:
        seen.setdefault((label, column), []).append(query)
    for (label, column), queries in sorted(seen.items()):
        table = schema.table_by_label[label]
        if not _declared(table, column) and _all_different(twin, label, column):
            yield _question(table, column, queries)


def _declared(table: Table, column: str) -> bool:
    keys = [table.primary_key, *table.unique_keys]
    whole = [one.columns for one in table.indexes if one.unique and one.where is None]
    return (column,) in [tuple(one.columns) for one in keys if one] or any(tuple(one) == (column,) for one in whole)


def _all_different(twin: Twin, label: str, column: str) -> bool:
    relation = twin.relation(label)
    known = twin.column(relation, column) if relation else None
    if relation is None or known is None:
        return False
    filled = twin.rows(relation) * (1 - known.null_frac)
    distinct = known.n_distinct if known.n_distinct >= 0 else -known.n_distinct * twin.rows(relation)
    return filled > 1 and distinct >= ALL_DIFFERENT * filled


def _question(table: Table, column: str, queries: Sequence[str]) -> str:
    candidate = Candidate((table.namespace, table.name), (KeyPart(column),), unique=True)
    name = quoted(column)
    named = ", ".join(queries[:3]) + (" …" if len(queries) > 3 else "")
    repeated = f"SELECT {name} FROM {candidate.relation} GROUP BY {name} HAVING count(*) > 1"
    return (
        f"{table.label}.{column} is looked up by equality ({named}) and no two rows had the same value when its statistics were "
        f"gathered, but no key says so. If it is one, make sure ({repeated}) and declare it: {candidate.ddl()} "
        "Where values repeat, that fails and leaves an invalid index to drop."
    )
