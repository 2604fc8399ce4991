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
        constraint: whether a key or an exclusion needs it, so that it may not go.
        kind: `primary key`, `unique` (a constraint), `exclusion`, or `index`.
        movable: whether it is unique and another unique index could take its place: no foreign key refers to it, it is not
            deferrable, and its NULLs count as different.
    """

    name: str
    namespace: str | None
    candidate: Candidate
    constraint: bool
    foreign_key: bool = False
    """Whether it finds the rows that refer to a parent's."""

    kind: str = "index"
    movable: bool = False

    def pages(self, twin: Twin) -> int:
        """Blocks on a twin."""
        label = f"{self.namespace}.{self.name}" if self.namespace else self.name
        relation = twin.relation(label)
        return twin.pages(relation) if relation else 0


def existing_indexes(schema: Schema) -> list[Existing]:
    """All indexes of a schema, those of constraints included."""
    referred = {
        (key.references, frozenset(key.referenced_columns)) for table in schema.tables for key in table.foreign_keys
    }
    return [one for table in schema.tables for one in _of_table(table, referred)]


def _of_table(table: Table, referred: Collection[tuple[str, frozenset[str]]]) -> Iterator[Existing]:
    for key in (*((table.primary_key,) if table.primary_key else ()), *table.unique_keys):
        kind = "primary key" if key is table.primary_key else "unique"
        plain = not (key.deferrable or key.nulls_not_distinct or key.keys or key.without_overlaps)
        movable = plain and bool(key.name) and (table.label, frozenset(key.columns)) not in referred
        yield Existing(key.name or "", table.namespace, _key(table, key), constraint=True, kind=kind, movable=movable)
    for exclusion in table.exclusions:
        keys = tuple(KeyPart(one.column, one.expression, opclass=one.opclass) for one in exclusion.keys)
        candidate = Candidate((table.namespace, table.name), keys, exclusion.include, exclusion.where, exclusion.method)
        yield Existing(exclusion.name or "", table.namespace, candidate, constraint=True, kind="exclusion")
    for index in table.indexes:
        if index.valid:
            leading = tuple(one for one in index.columns if one)
            refers = any(
                leading[: len(key.columns)] and set(leading[: len(key.columns)]) == set(key.columns)
                for key in table.foreign_keys
            )
            movable = index.unique and not index.nulls_not_distinct and bool(index.name)
            movable = movable and (table.label, frozenset(leading)) not in referred
            candidate = _index(table, index)
            yield Existing(
                index.name or "",
                table.namespace,
                candidate,
                constraint=index.unique,
                foreign_key=refers,
                movable=movable,
            )


def _key(table: Table, key: Key) -> Candidate:
    return Candidate((table.namespace, table.name), tuple(KeyPart(name) for name in key.columns), key.include)


def _index(table: Table, index: Index) -> Candidate:
    keys = tuple(KeyPart(key.column, key.expression, key.descending, key.nulls, key.opclass) for key in index.keys)
    return Candidate((table.namespace, table.name), keys, index.include, index.where, index.method)


def surplus(
    existing: Sequence[Existing], advised: Sequence[Candidate], used: Collection[str]
) -> Iterator[tuple[Existing, str]]:
    """Indexes that may go, with the reason: another one does their work, or no query of the workload uses them.

    Of two equal ones the later goes, or the one that no constraint needs. One that a constraint needs stays; so does, though unused,
    one that finds the rows of a foreign key, which deleting a parent looks for.
    """
    gone: set[int] = set()
    for place, one in enumerate(existing):
        if one.constraint:
            continue
        reason = _reason(place, existing, advised, used, gone)
        if reason is not None:
            gone.add(place)
            yield one, reason


def _reason(
    place: int, existing: Sequence[Existing], advised: Sequence[Candidate], used: Collection[str], gone: Collection[int]
) -> str | None:
    one = existing[place]
    others = [(number, other) for number, other in enumerate(existing) if number != place and number not in gone]
    same = next(
        (
            other
            for number, other in others
            if other.candidate == one.candidate and (other.constraint or number < place)
        ),
        None,
    )
    if same:
        return f"it is the same as {same.name}"
    wider = next((other for _, other in others if one.candidate.is_prefix_of(other.candidate)), None)
    if wider:
        return f"{wider.name} serves every search that it serves"
    new = next((other for other in advised if one.candidate.is_prefix_of(other)), None)
    if new is not None:
        return f"the advised index on ({', '.join(new.columns)}) serves every search that it serves"
    if one.name not in used and not one.foreign_key:
        return "no query of this workload uses it: check that nothing else does"
    return None
