"""The indexes that a schema has already, and which of them nothing would be lost without."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dbdesign.indexes.candidate import Candidate, KeyPart
from dbdesign.model.schema import Index, Key, Schema, Table

if TYPE_CHECKING:
    from dbdesign.twin.twin import Twin


@dataclass(frozen=True)
class Existing:
    """An index of the schema.

    Attributes:
        constraint: whether a primary, unique or foreign key needs it, so that it may not go.
    """

    name: str
    namespace: str | None
    candidate: Candidate
    constraint: bool
    foreign_key: bool = False
    """Whether it finds the rows that refer to a parent's."""

    def pages(self, twin: Twin) -> int:
        """Blocks on a twin."""
        label = f"{self.namespace}.{self.name}" if self.namespace else self.name
        relation = twin.relation(label)
        return twin.pages(relation) if relation else 0


def existing_indexes(schema: Schema) -> list[Existing]:
    """All indexes of a schema, those of constraints included."""
    return [one for table in schema.tables for one in _of_table(table)]


def _of_table(table: Table) -> Iterator[Existing]:
    for key in (*((table.primary_key,) if table.primary_key else ()), *table.unique_keys):
        yield Existing(key.name or "", table.namespace, _key(table, key), constraint=True)
    for index in table.indexes:
        if index.valid:
            candidate = _index(table, index)
            refers = any(
                index.columns[: len(key.columns)] and set(index.columns[: len(key.columns)]) == set(key.columns)
                for key in table.foreign_keys
            )
            yield Existing(index.name or "", table.namespace, candidate, constraint=index.unique, foreign_key=refers)


def _key(table: Table, key: Key) -> Candidate:
    return Candidate((table.namespace, table.name), tuple(KeyPart(name) for name in key.columns), key.include)


def _index(table: Table, index: Index) -> Candidate:
    keys = tuple(KeyPart(key.column, key.expression, key.descending, key.nulls, key.opclass) for key in index.keys)
    return Candidate((table.namespace, table.name), keys, index.include, index.where, index.method)


def surplus(
    existing: Sequence[Existing], advised: Sequence[Candidate], used: Collection[str]
) -> Iterator[tuple[Existing, str]]:
    """Indexes that may go, with the reason: another one does their work, or no query of the workload uses them.

    Of two equal ones the later goes. One that a constraint needs stays; so does, though unused, one that finds the rows of a foreign key,
    which deleting a parent looks for.
    """
    for place, one in enumerate(existing):
        if one.constraint:
            continue
        others = [other for other in existing if other is not one]
        wider = next((other.name for other in others if one.candidate.is_prefix_of(other.candidate)), None)
        same = next((other.name for other in existing[:place] if other.candidate == one.candidate), None)
        new = next((other for other in advised if one.candidate.is_prefix_of(other)), None)
        if same or wider:
            yield one, f"{same or wider} serves every search that it serves"
        elif new is not None:
            yield one, f"the advised index on ({', '.join(new.columns)}) serves every search that it serves"
        elif one.name not in used and not one.foreign_key:
            yield one, "no query of this workload uses it: check that nothing else does"
