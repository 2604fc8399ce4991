"""The workload's queries, parsed: which columns they filter, join and order by, and which keys of JSON documents they read.

Only the module-level import of sqlglot makes this heavy; it is loaded for designs with a workload alone.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.scope import Scope, traverse_scope

from dbdesign.dialects.negations import plainly_negated
from dbdesign.model.schema import Schema, Table
from dbdesign.model.workload import Query
from dbdesign.queries.analysis import conjuncts
from dbdesign.queries.placeholders import spaced

logging.getLogger("sqlglot").setLevel(logging.ERROR)

_RANGES = (exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between, exp.Like, exp.ILike)
_JSON = (exp.JSONExtract, exp.JSONExtractScalar, exp.JSONBExtract, exp.JSONBExtractScalar)

ColumnOf = tuple[str, str]
"""A column as (label of the table, name)."""


@dataclass
class Access:
    """How one occurrence of a table in a query is looked up.

    Attributes:
        equal, ranges: columns compared with constants or parameters: `=`, `IN`, `IS`; and `<`, `BETWEEN`, `LIKE 'x%'`.
        joined: columns equated with a column of another table.
        wrapped: (column, expression) where a function of the column is compared instead.
        wildcards: columns compared with a pattern that begins with a wildcard.
    """

    table: Table
    equal: set[str] = field(default_factory=set)
    ranges: set[str] = field(default_factory=set)
    joined: set[str] = field(default_factory=set)
    wrapped: list[tuple[str, str]] = field(default_factory=list)
    wildcards: set[str] = field(default_factory=set)


@dataclass
class ParsedQuery:
    """A query and what it asks of the schema.

    Attributes:
        accesses: one for each table in each scope.
        joins: pairs of columns that are equated.
        order_by: columns in order, of the outermost query.
        json_keys: keys read out of JSON columns, with how often they are filtered by.
        writes: labels of the tables that it inserts into, updates or deletes from.
        tree: sqlglot's.
    """

    query: Query
    tree: exp.Expr
    accesses: list[Access] = field(default_factory=list)
    joins: list[tuple[ColumnOf, ColumnOf]] = field(default_factory=list)
    order_by: list[ColumnOf] = field(default_factory=list)
    json_keys: set[tuple[str, str, str]] = field(default_factory=set)
    writes: set[str] = field(default_factory=set)
    limited: bool = False

    @property
    def tables(self) -> list[str]:
        """The labels of the tables that it touches, in order of appearance."""
        return list(dict.fromkeys([access.table.label for access in self.accesses] + sorted(self.writes)))


def parse_queries(queries: Iterable[Query], schema: Schema, dialect: str) -> tuple[list[ParsedQuery], list[str]]:
    """The queries that sqlglot's dialect understands, and the names of the others."""
    parsed: list[ParsedQuery] = []
    failed: list[str] = []
    for query in queries:
        try:
            statements = sqlglot.parse(spaced(query.sql), dialect=dialect)
            trees = [plainly_negated(tree) for tree in statements if tree is not None]
            parsed += [_Reading(query, tree, schema).read() for tree in trees]
        except (SqlglotError, RecursionError):
            failed.append(query.name)
    return parsed, failed


class _Reading:
    """Reads one statement."""

    def __init__(self, query: Query, tree: exp.Expr, schema: Schema) -> None:
        self.schema = schema
        self.found = ParsedQuery(query=query, tree=tree)

    def read(self) -> ParsedQuery:
        tree = self.found.tree
        if isinstance(tree, (exp.Insert, exp.Update, exp.Delete, exp.Merge)):
            self._read_write(tree)
        for scope in traverse_scope(tree):
            self._read_scope(scope, outermost=scope.expression is tree)
        return self.found

    def _read_write(self, tree: exp.Expr) -> None:
        target = tree.find(exp.Table)
        table = self._table(target) if target else None
        if table is None:
            return
        self.found.writes.add(table.label)
        where = tree.args.get("where")
        if where is not None:
            access = Access(table)
            self.found.accesses.append(access)
            self._read_predicates(where, {table.name.lower(): access, (target.alias if target else "").lower(): access})

    def _table(self, node: exp.Table) -> Table | None:
        name, namespace = node.name, node.text("db")
        return self.schema.table(f"{namespace}.{name}" if namespace else name) or self.schema.table(name)

    def _read_scope(self, scope: Scope, *, outermost: bool) -> None:
        accesses: dict[str, Access] = {}
        for alias, source in scope.sources.items():
            table = self._table(source) if isinstance(source, exp.Table) else None
            if table is not None:
                accesses[alias.lower()] = Access(table)
        self.found.accesses += accesses.values()
        expression = scope.expression
        for part in self._predicates(expression):
            self._read_predicates(part, accesses)
        for node in scope.find_all(*_JSON):
            self._read_json(node, accesses)
        if outermost:
            self._read_order(expression, accesses)

    @staticmethod
    def _predicates(select: exp.Expr) -> Iterator[exp.Expr]:
        for join in select.args.get("joins") or ():
            if join.args.get("on") is not None:
                yield join.args["on"]
        if select.args.get("where") is not None:
            yield select.args["where"]

    def _column(self, node: exp.Expr | None, accesses: dict[str, Access]) -> tuple[Access, str] | None:
        if not isinstance(node, exp.Column):
            return None
        if node.table:
            access = accesses.get(node.table.lower())
            return (access, name) if access and (name := _stored(access.table, node.name)) else None
        owners = [(access, name) for access in accesses.values() if (name := _stored(access.table, node.name))]
        distinct = {id(access) for access, _ in owners}
        return owners[0] if len(distinct) == 1 else None

    def _read_predicates(self, part: exp.Expr, accesses: dict[str, Access]) -> None:
        for node in conjuncts(part):
            if isinstance(node, exp.EQ):
                self._read_equality(node, accesses)
            elif isinstance(node, (exp.In, exp.Is)):
                self._note(node.this, accesses, "equal")
            elif isinstance(node, _RANGES):
                self._read_range(node, accesses)

    def _read_equality(self, node: exp.EQ, accesses: dict[str, Access]) -> None:
        left, right = self._column(node.this, accesses), self._column(node.expression, accesses)
        if left and right:
            for access, name in (left, right):
                access.joined.add(name)
            self.found.joins.append(((left[0].table.label, left[1]), (right[0].table.label, right[1])))
            return
        self._note(node.this, accesses, "equal")
        self._note(node.expression, accesses, "equal")

    def _read_range(self, node: exp.Expr, accesses: dict[str, Access]) -> None:
        if isinstance(node, (exp.Like, exp.ILike)):
            pattern = node.expression
            column = self._column(node.this, accesses)
            if column and _begins_with_wildcard(pattern):
                column[0].wildcards.add(column[1])
                return
        self._note(node.this, accesses, "ranges")

    def _note(self, node: exp.Expr | None, accesses: dict[str, Access], kind: str) -> None:
        column = self._column(node, accesses)
        if column:
            getattr(column[0], kind).add(column[1])
        elif isinstance(node, exp.Func) and not isinstance(node, _JSON):
            inner = [self._column(one, accesses) for one in node.find_all(exp.Column)]
            if len(inner) == 1 and inner[0]:
                inner[0][0].wrapped.append((inner[0][1], node.sql()))

    def _read_json(self, node: exp.Expr, accesses: dict[str, Access]) -> None:
        column = self._column(node.this, accesses)
        literal = node.expression.find(exp.JSONPathKey) if node.expression is not None else None
        key = (
            str(literal.this) if literal is not None else (node.expression.name if node.expression is not None else "")
        )
        if column and key:
            self.found.json_keys.add((column[0].table.label, column[1], key))

    def _read_order(self, select: exp.Expr, accesses: dict[str, Access]) -> None:
        order = select.args.get("order")
        self.found.limited = select.args.get("limit") is not None
        for one in order.expressions if order is not None else ():
            column = self._column(one.this, accesses)
            if column is None:
                return
            self.found.order_by.append((column[0].table.label, column[1]))


def _begins_with_wildcard(pattern: exp.Expr) -> bool:
    """Whether a pattern is known to begin with a wildcard: `'%x'`, `'%' || $1`, `CONCAT('%', ?)`."""
    first = next(iter(pattern.find_all(exp.Literal, bfs=False)), None)
    leading = pattern
    while isinstance(leading, (exp.DPipe, exp.Add, exp.Concat, exp.Paren)):
        leading = leading.expressions[0] if isinstance(leading, exp.Concat) else leading.this
    return first is not None and leading is first and str(first.this).startswith(("%", "_"))


def _stored(table: Table, name: str) -> str | None:
    """The column's name as stored; the query may write it in another case."""
    if table.column(name):
        return name
    lower = name.lower()
    return next((column.name for column in table.columns if column.name.lower() == lower), None)
