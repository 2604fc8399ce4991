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

    @property
    def label(self) -> str:
        """By which a twin calls it."""
        return f"{self.namespace}.{self.name}" if self.namespace else self.name

    def pages(self, twin: Twin) -> int:
        """Blocks on a twin."""
        relation = twin.relation(self.label)
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
    """Indexes that may go, with the reason: another one that stays does their work, or no query of the workload uses them.

    Of two equal ones the later goes, or the one that no constraint needs. One that a constraint needs stays; so does, though unused,
    one that finds the rows of a foreign key, which deleting a parent looks for.

    Args:
        existing: of the tables that the workload reads or writes; of others it tells nothing.
        used: the names of those that a query could use.
    """
    stays = [one for one in existing if one.constraint or one.foreign_key or one.name in used]
    for place, one in enumerate(existing):
        if one.constraint:
            continue
        reason = _reason(one, stays, existing[:place], advised)
        if reason is not None:
            stays = [other for other in stays if other is not one]
            yield one, reason
        elif all(other is not one for other in stays):
            yield one, "no query of this workload uses it: check that nothing else does"


def _reason(
    one: Existing, stays: Sequence[Existing], before: Sequence[Existing], advised: Sequence[Candidate]
) -> str | None:
    """By what else an index's work is done."""
    others = [other for other in stays if other is not one]
    same = (other for other in others if other.candidate == one.candidate)
    twin = next((other for other in same if other.constraint or any(other is earlier for earlier in before)), None)
    if twin:
        return f"it is the same as {twin.name}"
    wider = _widest([other for other in others if one.candidate.is_prefix_of(other.candidate)])
    if wider:
        return f"{wider.name} serves every search that it serves"
    new = next((other for other in advised if one.candidate.is_prefix_of(other)), None)
    return f"the advised index on ({', '.join(new.columns)}) serves every search that it serves" if new else None


def _widest(wider: Sequence[Existing]) -> Existing | None:
    """Of indexes that do another's work, the narrowest of those that none of the rest makes needless in turn."""
    last = [
        one
        for one in wider
        if one.constraint or not any(one.candidate.is_prefix_of(other.candidate) for other in wider)
    ]
    return min(last or wider, key=lambda one: (len(one.candidate.columns), one.name), default=None)
