"""The indexes that patterns need: equalities, then what they are ordered by or compared with by a range; none that another begins with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dbdesign.dialects.base import dialect
from dbdesign.model.patterns import AccessModel, AccessPattern, Attribute
from dbdesign.model.schema import Engine, Index, IndexKey, Table
from dbdesign.patterns.relational.statements import Statements

SQL = dialect(Engine.POSTGRESQL)
PAGE = 10
"""Rows of a page from which on looking up each of them is worth avoiding."""
CARRIED = 100.0
"""Bytes that an index may carry beside its keys for that."""
SELECTIVE = 0.1
"""Share of the rows up to which a filter makes a partial index worth it."""


@dataclass(frozen=True)
class Wanted:
    """What one pattern needs.

    Attributes:
        equal: in any order.
        after: what follows, in this order.
        where: of a partial index.
        include: what else a page of many rows reads, so that the index alone answers.
    """

    equal: frozenset[str]
    after: tuple[IndexKey, ...] = ()
    where: str | None = None
    include: frozenset[str] = frozenset()

    @property
    def columns(self) -> tuple[str, ...]:
        """What follows the equalities, by name."""
        return tuple(one.column or "" for one in self.after)


def with_indexes(
    tables: Mapping[str, Table], access: AccessModel, patterns: tuple[AccessPattern, ...], statements: Statements
) -> dict[str, Table]:
    """The tables with the indexes that the patterns need beside keys, and foreign keys whose parents' rows go."""
    wanted: dict[str, list[Wanted]] = {name: [] for name in tables}
    for pattern in patterns:
        if (table := tables.get(pattern.entity)) is not None:
            wanted[pattern.entity] += _of_pattern(pattern, table, statements)
            for name in pattern.together if pattern.operation != "inserts" else ():
                wanted.get(name, []).extend(_of_reference(tables, name, table))
    going = {one.name for one in access.entities if one.retention_days} | {
        one.entity for one in patterns if one.operation == "deletes"
    }
    for name in tables:
        for parent in sorted(going - {name}):
            if parent in tables:
                wanted[name] += _of_reference(tables, name, tables[parent])
    found = {name: _with_wider_key(table, wanted[name]) for name, table in tables.items()}
    return {
        name: table.model_copy(update={"indexes": (*table.indexes, *_kept(table, wanted[name]))})
        for name, table in found.items()
    }


def _kept(table: Table, wanted: list[Wanted]) -> Iterator[Index]:
    """The longest first, those that begin as one that is kept left out; given in the order of the patterns."""
    kept: list[Wanted] = []
    order = list(dict.fromkeys(wanted))
    for one in sorted(order, key=lambda one: (-len(one.equal) - len(one.after), -len(one.include), order.index(one))):
        if not _by_key(table, one) and not any(_begins(table, other, one) for other in kept):
            kept.append(one)
    for one in order:
        if one in kept:
            include = tuple(column.name for column in table.columns if column.name in one.include)
            yield Index(keys=_keys(table, one), where=one.where, include=include)


def _with_wider_key(table: Table, wanted: list[Wanted]) -> Table:
    """The primary key carries what pages that it serves read beside it, so that they need not look up each row."""
    primary = table.primary_key
    if primary is None:
        return table
    carried = {
        name for one in wanted if _serves(primary.columns, one) and one.where is None for name in one.include
    } - set(primary.columns)
    if not carried:
        return table
    include = tuple(column.name for column in table.columns if column.name in carried)
    return table.model_copy(update={"primary_key": primary.model_copy(update={"include": include})})


def _keys(table: Table, one: Wanted) -> tuple[IndexKey, ...]:
    """Equalities in the order of the primary key, then of the columns, and what follows."""
    primary = table.primary_key.columns if table.primary_key else ()
    places = list(dict.fromkeys((*primary, *(column.name for column in table.columns))))
    return (*(IndexKey(column=name) for name in sorted(one.equal, key=places.index)), *one.after)


def _by_key(table: Table, one: Wanted) -> bool:
    """Whether a key or an index of the table serves it: at most one row, or the equalities first and then what follows."""
    if any(key <= one.equal for key in table.candidate_keys):
        return True
    return any(_serves(prefix, one) for prefix in table.index_prefixes()) and one.where is None


def _begins(table: Table, longer: Wanted, one: Wanted) -> bool:
    """Whether the index of `longer` begins as that of `one`, over the same rows."""
    names = tuple(key.column or "" for key in _keys(table, longer))
    return longer.where == one.where and one.include <= longer.include | set(names) and _serves(names, one)


def _serves(names: tuple[str, ...], one: Wanted) -> bool:
    reached = len(one.equal)
    mixed = len({key.descending for key in one.after}) > 1
    return (
        frozenset(names[:reached]) == one.equal
        and tuple(names[reached : reached + len(one.after)]) == one.columns
        and not mixed
    )


def _of_pattern(pattern: AccessPattern, table: Table, statements: Statements) -> Iterator[Wanted]:
    if pattern.operation == "inserts":
        return
    equal = {name for name in pattern.equal if table.column(name) is not None}
    predicates = []
    for name, share in pattern.filter.items():
        literal = statements.literal(pattern, table, name, share)
        if share > SELECTIVE or table.column(name) is None:
            continue
        if literal is None:
            equal.add(name)
        else:
            predicates.append(f"{SQL.identifier(name)} = {literal}")
    after = tuple(_after(pattern, frozenset(equal)))
    where = " AND ".join(predicates) or None
    if where and not equal and not after and table.primary_key:
        after = tuple(IndexKey(column=name) for name in table.primary_key.columns)
    if equal or after:
        keys = {*equal, *(one.column for one in after)}
        yield Wanted(frozenset(equal), after, where, frozenset(_carried(pattern, statements.access, keys)))


def _carried(pattern: AccessPattern, access: AccessModel, keys: set[str | None]) -> Iterator[str]:
    """What a page of many rows reads beside the keys, where that is little and never changes."""
    entity = access.entity_by_name.get(pattern.entity)
    beside = [name for name in pattern.project if name not in keys]
    if pattern.operation != "reads" or (pattern.page or PAGE) < PAGE or pattern.together or entity is None:
        return
    attributes = [entity.attribute_by_name.get(name) for name in beside]
    small = sum(_bytes(one) for one in attributes if one is not None) <= CARRIED
    if small and all(one is not None and not _changes(one, access, pattern.entity) for one in attributes):
        yield from beside


def _changes(attribute: Attribute, access: AccessModel, entity: str) -> bool:
    """Whether it is said to change, or a pattern changes it."""
    return bool(attribute.mutable) or any(
        one.entity == entity and attribute.name in one.changes for one in access.patterns
    )


def _bytes(attribute: Attribute) -> float:
    if attribute.size is not None:
        return attribute.size.large
    return {"string": 16.0, "uuid": 16.0, "decimal": 8.0, "json": 1e9, "list": 1e9, "binary": 1e9}.get(
        attribute.type, 8.0
    )


def _after(pattern: AccessPattern, equal: frozenset[str]) -> Iterator[IndexKey]:
    """What it is ordered by; the range where it is not, or where all of the range is read anyway and sorted."""
    ordered = [one for one in pattern.order if one.attribute not in equal]
    ranged = pattern.range if pattern.range not in equal else None
    if ranged is not None and (not ordered or (pattern.page is None and ordered[0].attribute != ranged)):
        yield IndexKey(column=ranged)
        return
    mixed = len({one.descending for one in ordered}) > 1
    yield from (IndexKey(column=one.attribute, descending=one.descending and mixed) for one in ordered)


def _of_reference(tables: Mapping[str, Table], child: str, parent: Table) -> Iterator[Wanted]:
    """The columns by which a child refers to a parent."""
    table = tables.get(child)
    for key in table.foreign_keys if table else ():
        if key.references == parent.label:
            yield Wanted(frozenset(key.columns))
