"""Access patterns as SQL: the statements that an application sends for them, with `$1` … for what it gives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from dbdesign.dialects.base import dialect
from dbdesign.model.patterns import AccessModel, AccessPattern, Relation
from dbdesign.model.schema import Engine, ForeignKey, Table
from dbdesign.model.types import NUMBERS, TIMES, Kind
from dbdesign.model.workload import Query

SQL = dialect(Engine.POSTGRESQL)


@dataclass
class _Parameters:
    """Numbers what the application gives."""

    given: int = 0

    def next(self) -> str:
        self.given += 1
        return f"${self.given}"

    def equal(self, columns: Iterable[str]) -> str:
        return " AND ".join(f"t.{SQL.identifier(name)} = {self.next()}" for name in columns)


@dataclass
class Statements:
    """Writes the statements of patterns.

    Attributes:
        tables: by entity name.
        assumptions: what the patterns do not say and the statements had to.
    """

    access: AccessModel
    tables: Mapping[str, Table]
    assumptions: list[str] = field(default_factory=list)

    def queries(self, pattern: AccessPattern) -> Iterator[Query]:
        """The statements of one pattern; none where its entity has no table."""
        table = self.tables.get(pattern.entity)
        if table is None:
            self.assumptions.append(f"pattern {pattern.name!r} is left out: {pattern.entity} has no table")
            return
        if pattern.operation == "reads":
            yield self._query(pattern, self._select(pattern, table))
            return
        yield self._query(pattern, self._write(pattern, table))
        for name in pattern.together:
            yield from self._also(pattern, table, name)

    @staticmethod
    def _query(pattern: AccessPattern, sql: str, *, name: str | None = None, times: float = 1.0) -> Query:
        peak = None if pattern.peak is None else pattern.peak * times
        target = pattern.target if name is None else None
        return Query(
            name=name or pattern.name, sql=sql, rate=pattern.rate * times, peak=peak, target=target, line=pattern.line
        )

    def _select(self, pattern: AccessPattern, table: Table) -> str:
        """One entity with its conditions; what is read together is joined to the page that was found."""
        given = _Parameters()
        columns = ", ".join(f"t.{SQL.identifier(name)}" for name in self._projected(pattern, table)) or "t.*"
        order = ", ".join(
            f"t.{SQL.identifier(one.attribute)}{' DESC' if one.descending else ''}" for one in pattern.order
        )
        joins = list(self._joined(pattern, table))
        page = f" LIMIT {pattern.page}" if pattern.page else ""
        where = " AND ".join(self._conditions(pattern, table, given))
        tail = (f" WHERE {where}" if where else "") + (f" ORDER BY {order}" if order else "") + page
        source = SQL.qualified(table.namespace, table.name)
        if not joins:
            return f"SELECT {columns} FROM {source} t{tail}"
        inner = f"(SELECT * FROM {source} t{tail}) t" if page else f"{source} t"
        also = "".join(f", {alias}.*" for alias, _ in joins)
        return f"SELECT {columns}{also} FROM {inner}{''.join(join for _, join in joins)}" + ("" if page else tail)

    def _projected(self, pattern: AccessPattern, table: Table) -> tuple[str, ...]:
        return tuple(name for name in pattern.project if table.column(name) is not None)

    def _joined(self, pattern: AccessPattern, table: Table) -> Iterator[tuple[str, str]]:
        """Alias and JOIN of what is read together."""
        for number, name in enumerate(pattern.together, 1):
            other, alias = self.tables.get(name), f"j{number}"
            if other is None:
                continue
            if (pairs := _pairs(table, other)) is not None:
                yield alias, _left_join("t", alias, other, pairs)
            elif (between := self._between(table, other)) is not None:
                first, second = _pairs(table, between) or [], _pairs(between, other) or []
                yield (
                    alias,
                    _left_join("t", f"m{number}", between, first) + _left_join(f"m{number}", alias, other, second),
                )
            else:
                self.assumptions.append(
                    f"pattern {pattern.name!r} reads {name} too, which no foreign key joins: left out"
                )

    def _between(self, table: Table, other: Table) -> Table | None:
        """The table that relates two tables of which both have many of each other."""
        both = {table.label, other.label}
        return next(
            (
                one
                for one in self.tables.values()
                if one.label not in both and both <= {key.references for key in one.foreign_keys}
            ),
            None,
        )

    def _conditions(self, pattern: AccessPattern, table: Table, given: _Parameters) -> Iterator[str]:
        if pattern.equal:
            yield given.equal(pattern.equal)
        if pattern.range is not None:
            yield self._range(pattern, table, given)
        for name, share in pattern.filter.items():
            literal = self.literal(pattern, table, name, share)
            yield f"t.{SQL.identifier(name)} = {literal if literal is not None else given.next()}"

    def _range(self, pattern: AccessPattern, table: Table, given: _Parameters) -> str:
        """Of points in time a window; of anything else what follows the last one that was seen, where it is read in that order."""
        name = pattern.range or ""
        column = table.column(name)
        place = f"t.{SQL.identifier(name)}"
        ordered = pattern.order[0] if pattern.order and pattern.order[0].attribute == name else None
        if ordered is not None and (column is None or column.type.kind not in TIMES):
            return f"{place} {'<' if ordered.descending else '>'} {given.next()}"
        return f"{place} BETWEEN {given.next()} AND {given.next()}"

    def literal(self, pattern: AccessPattern, table: Table, name: str, share: float) -> str | None:
        """The value that a filter looks for: the one whose share is nearest to what passes."""
        entity = self.access.entity_by_name.get(pattern.entity)
        attribute = entity.attribute_by_name.get(name) if entity else None
        column = table.column(name)
        if column is not None and column.type.kind is Kind.BOOLEAN:
            return _boolean(attribute.values if attribute else {}, share)
        if attribute is None or not attribute.values:
            return None
        nearest = min(attribute.values, key=lambda value: abs(attribute.values[value] - share))
        if column is not None and column.type.kind in NUMBERS:
            return nearest
        return "'" + nearest.replace("'", "''") + "'"

    def _write(self, pattern: AccessPattern, table: Table) -> str:
        if pattern.operation == "inserts":
            return insert(table)
        given = _Parameters()
        target = f"{SQL.qualified(table.namespace, table.name)} t"
        changed = self._changed(pattern, table)
        sets = ", ".join(self._set(pattern, table, name, given) for name in changed)
        where = " AND ".join(self._conditions(pattern, table, given))
        tail = f" WHERE {where}" if where else ""
        return f"DELETE FROM {target}{tail}" if pattern.operation == "deletes" else f"UPDATE {target} SET {sets}{tail}"

    def _changed(self, pattern: AccessPattern, table: Table) -> list[str]:
        key = set(table.primary_key.columns) if table.primary_key else set()
        said = [name for name in pattern.changes if table.column(name) is not None]
        return said or [one.name for one in table.columns if one.name not in key] or [one.name for one in table.columns]

    @staticmethod
    def _set(pattern: AccessPattern, table: Table, name: str, given: _Parameters) -> str:
        column, place = table.column(name), SQL.identifier(name)
        counts = pattern.increments and column is not None and column.type.kind in NUMBERS
        return f"{place} = t.{place} + {given.next()}" if counts else f"{place} = {given.next()}"

    def _also(self, pattern: AccessPattern, table: Table, name: str) -> Iterator[Query]:
        """What is written in the same transaction: children as many as a parent has on average, a parent once; one beside an update."""
        other, relation = self.tables.get(name), self.access.relation_between(pattern.entity, name)
        if other is None or relation is None:
            self.assumptions.append(f"pattern {pattern.name!r} writes {name} too, which nothing relates: left out")
            return
        down = relation.parent == pattern.entity
        times = max(relation.children.average, 1.0) if down else 1.0
        called = f"{pattern.name}: {name}"
        if pattern.operation == "updates":
            yield self._query(pattern, insert(other), name=called)
            return
        if pattern.operation == "inserts" and not (down and self._claimed(relation)):
            yield self._query(pattern, insert(other), name=called, times=times)
            return
        sql, each = self._related(pattern, table, other, relation, down=down)
        if sql is not None:
            yield self._query(pattern, sql, name=called, times=times if each else 1.0)

    def _claimed(self, relation: Relation) -> bool:
        """Whether the children are there before their parent, which is then written into them (a seat's booking)."""
        child = self.access.entity_by_name.get(relation.child)
        held = [child.attribute_by_name.get(name) for name in relation.by] if child else []
        return relation.optional and any(one is not None and one.mutable for one in held)

    def _related(
        self, pattern: AccessPattern, table: Table, other: Table, relation: Relation, *, down: bool
    ) -> tuple[str | None, bool]:
        """The statement that changes or deletes what is related, and whether it runs once for each of them."""
        given = _Parameters()
        target = f"{SQL.qualified(other.namespace, other.name)} t"
        if pattern.operation == "inserts":
            sets = ", ".join(f"{SQL.identifier(name)} = {given.next()}" for name in relation.by)
            key = other.primary_key.columns if other.primary_key else ()
            return (f"UPDATE {target} SET {sets} WHERE {given.equal(key)}" if key else None), True
        pairs = _pairs(table, other)
        if pairs is None:
            return None, False
        columns = [there for _, there in pairs]
        if pattern.operation == "deletes" and down:
            return f"DELETE FROM {target} WHERE {given.equal(columns)}", False
        held = {*columns, *(other.primary_key.columns if other.primary_key else ())}
        free = [one.name for one in other.columns if one.name not in held][-1:]
        if not free:
            return None, False
        sets = ", ".join(f"{SQL.identifier(name)} = {given.next()}" for name in free)
        return f"UPDATE {target} SET {sets} WHERE {given.equal(columns)}", False


def _left_join(near: str, alias: str, table: Table, pairs: Iterable[tuple[str, str]]) -> str:
    on = " AND ".join(f"{alias}.{SQL.identifier(there)} = {near}.{SQL.identifier(here)}" for here, there in pairs)
    return f" LEFT JOIN {SQL.qualified(table.namespace, table.name)} {alias} ON {on}"


def insert(table: Table) -> str:
    """An INSERT of one row."""
    columns = [
        SQL.identifier(one.name)
        for one in table.columns
        if one.generated is None and not (one.identity is not None and one.identity.mode in {"always", "identity"})
    ]
    values = ", ".join(f"${number}" for number in range(1, len(columns) + 1))
    return f"INSERT INTO {SQL.qualified(table.namespace, table.name)} ({', '.join(columns)}) VALUES ({values})"


def _boolean(values: Mapping[str, float], share: float) -> str:
    """`true` or `false`, whichever passes that share; where no values are said, `false` passes what is filtered."""
    shares = {value.lower(): part for value, part in values.items()}
    truth = shares.get("true", 1 - shares["false"] if "false" in shares else 1 - share)
    return "true" if abs(truth - share) < abs(1 - truth - share) else "false"


def _pairs(table: Table, other: Table) -> list[tuple[str, str]] | None:
    """Columns of the first table with those of the other that a foreign key, either way, says are equal."""
    for key in other.foreign_keys:
        if key.references == table.label:
            return [(there, here) for here, there in _columns(key)]
    for key in table.foreign_keys:
        if key.references == other.label:
            return list(_columns(key))
    return None


def _columns(key: ForeignKey) -> Iterator[tuple[str, str]]:
    return zip(key.columns, key.referenced_columns, strict=False)
