"""What CHECK constraints ask of a row, as far as it helps to make rows that satisfy them.

Only what an expression certainly says is taken from it; whatever is not understood here is still enforced, because every generated
row is filtered by the constraint itself before it is inserted (see `statement`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from dbdesign.dialects.negations import plainly_negated
from dbdesign.model.schema import DataType, Schema, Table

if TYPE_CHECKING:
    from sqlglot import exp

_VALUE = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\bVALUE\b", re.IGNORECASE)
_LENGTHS = {"length", "char_length", "character_length", "octet_length"}
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "<>": "<>"}


@dataclass(frozen=True)
class Bound:
    """`column operator literal`."""

    column: str
    operator: str
    value: str


@dataclass(frozen=True)
class Labels:
    """`column IN (values)`."""

    column: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Pair:
    """`left operator right`, two columns."""

    left: str
    operator: str
    right: str


@dataclass(frozen=True)
class Filled:
    """Exactly, at least or at most `count` of the columns are not NULL."""

    columns: tuple[str, ...]
    operator: str
    count: int


@dataclass(frozen=True)
class Length:
    """`length(column) operator count`."""

    column: str
    operator: str
    count: int


@dataclass(frozen=True)
class Pattern:
    """`column ~ pattern`, a regular expression, or LIKE (`like`)."""

    column: str
    text: str
    like: bool = False


@dataclass(frozen=True)
class Present:
    """`column IS NOT NULL`."""

    column: str


@dataclass(frozen=True)
class Equation:
    """`column = expression` of other columns."""

    column: str
    sql: str
    others: tuple[str, ...]


Fact = Bound | Labels | Pair | Filled | Length | Pattern | Present | Equation


@dataclass(frozen=True)
class Condition:
    """A constraint that a row must satisfy.

    Attributes:
        title: how it is called in messages.
        sql: over the table's column names.
        columns: that it names.
        facts: what it says that helps.
        maybe: what one branch of its ORs says: enough, where the row's own values do not do.
    """

    title: str
    sql: str
    columns: tuple[str, ...]
    facts: tuple[Fact, ...] = ()
    maybe: tuple[Fact, ...] = field(default=(), compare=False)


def conditions(table: Table, schema: Schema, bounds: str | None = None) -> list[Condition]:
    """All conditions of a table: its checks, its domains', the partition's bounds and, of arrays of them, none."""
    found = [
        condition(check.name or f"check ({check.expression})", check.expression, table)
        for check in table.checks
        if check.enforced
    ]
    for column in table.columns:
        data_type, depth = column.type, 0
        while data_type.name and (domain := schema.domain_by_label.get(str(data_type.name))) and depth < 32:
            base = schema.resolve_type(domain.type)
            for check in domain.checks:
                sql = _with_column(check.expression, column.name, base)
                found.append(condition(f"domain {domain.label}", sql, table, optional=True))
            if not domain.nullable:
                found.append(condition(f"domain {domain.label}", f"{_quoted(column.name)} IS NOT NULL", table))
            data_type, depth = domain.type, depth + 1
    if bounds:
        found.append(condition("the partition's bounds", bounds, table))
    return found


def _quoted(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _with_column(expression: str, column: str, base: DataType) -> str:
    """A domain's check with the column, as the domain's base type, in place of VALUE."""

    def replaced(match: re.Match[str]) -> str:
        return f"({_quoted(column)})::{base.native}" if match[0].lower() == "value" else match[0]

    return _VALUE.sub(replaced, expression)


def condition(title: str, sql: str, table: Table, *, optional: bool = False) -> Condition:
    """A condition taken apart."""
    tree = _parsed(sql)
    if tree is None:
        mentioned = tuple(
            one.name for one in table.columns if re.search(rf'(?<![\w"]){re.escape(one.name)}(?![\w])', sql)
        )
        return Condition(title, sql, mentioned)
    known = {column.name.lower(): column.name for column in table.columns}
    reader = _Reader(known)
    facts = tuple(reader.facts(tree))
    named = tuple(dict.fromkeys(known[one.name.lower()] for one in _columns(tree) if one.name.lower() in known))
    if optional:
        facts = tuple(one for one in facts if not isinstance(one, Present))
    return Condition(title, sql, named, facts, tuple(reader.maybe))


@cache
def _parsed(sql: str) -> Any:
    import sqlglot
    from sqlglot.errors import SqlglotError

    try:
        return plainly_negated(sqlglot.parse_one(f"SELECT {sql}", dialect="postgres")).expressions[0]
    except (SqlglotError, RecursionError, IndexError):
        return None


def _columns(tree: Any) -> Iterator[exp.Column]:
    from sqlglot import exp

    yield from tree.find_all(exp.Column)


class _Reader:
    """Takes facts out of an expression: those that always hold, and in `maybe` those of the first branch of an OR."""

    def __init__(self, known: dict[str, str]) -> None:
        self.known = known
        self.maybe: list[Fact] = []

    def facts(self, node: Any) -> Iterator[Fact]:
        from sqlglot import exp

        node = _bare(node)
        if isinstance(node, exp.And):
            yield from self.facts(node.left)
            yield from self.facts(node.right)
        elif isinstance(node, exp.Or):
            yield from self._either(node)
        elif column := self._column(node):
            yield Labels(column, ("t",))
        elif isinstance(node, exp.Not) and (column := self._column(_bare(node.this))):
            yield Labels(column, ("f",))
        elif isinstance(node, exp.Not):
            if isinstance(_bare(node.this), exp.Is) and (column := self._column(_bare(node.this).this)):
                yield Present(column)
        elif isinstance(node, exp.Between):
            yield from self._compare(node.this, ">=", node.args["low"])
            yield from self._compare(node.this, "<=", node.args["high"])
        elif isinstance(node, exp.In):
            yield from self._labels(node.this, node.expressions)
        elif isinstance(node, exp.RegexpLike | exp.Like | exp.ILike | exp.RegexpILike):
            yield from self._pattern(node)
        elif isinstance(node, exp.EQ | exp.NEQ | exp.LT | exp.LTE | exp.GT | exp.GTE):
            yield from self._compare(node.left, _OPERATORS[type(node).__name__], node.right)

    def _either(self, node: Any) -> Iterator[Fact]:
        """`column IS NULL OR rest`: what the rest says of the column when it is there. Otherwise one branch is enough."""
        from sqlglot import exp

        left, right = _bare(node.this), _bare(node.expression)
        for one, other in ((left, right), (right, left)):
            if isinstance(one, exp.Is) and isinstance(one.expression, exp.Null) and self._column(one.this):
                yield from (fact for fact in self.facts(other) if not isinstance(fact, Present))
                return
        self.maybe += list(self.facts(left))

    def _compare(self, left: Any, operator: str, right: Any) -> Iterator[Fact]:
        from sqlglot import exp

        left, right = _bare(left), _bare(right)
        if isinstance(right, exp.Any | exp.Array) and operator == "=":
            yield from self._labels(left, _elements(right))
            return
        one, other = self._column(left), self._column(right)
        if one and other:
            yield Pair(one, operator, other)
        elif one is not None and (value := _literal(right)) is not None:
            yield Labels(one, (value,)) if operator == "=" else Bound(one, operator, value)
        elif other is not None and (value := _literal(left)) is not None:
            yield Labels(other, (value,)) if operator == "=" else Bound(other, _MIRRORED[operator], value)
        elif operator == "=" and (one or other):
            yield from self._equation(one or other or "", right if one else left)
        elif (value := _literal(right)) is not None and value.lstrip("-").isdigit():
            yield from self._function(left, operator, int(value))

    def _equation(self, column: str, side: Any) -> Iterator[Fact]:
        found = [self.known.get(one.name.lower()) for one in _columns(side)]
        others = tuple(dict.fromkeys(one for one in found if one))
        if others and column not in others and len(others) == len({one.name.lower() for one in _columns(side)}):
            yield Equation(column, side.sql(dialect="postgres"), others)

    def _function(self, call: Any, operator: str, count: int) -> Iterator[Fact]:
        from sqlglot import exp

        title = call.name.lower() if isinstance(call, exp.Anonymous) else call.key
        arguments = call.expressions if isinstance(call, exp.Anonymous) else [call.this, *call.expressions]
        columns = [self._column(_bare(one)) for one in arguments if hasattr(one, "find")]
        if title in _LENGTHS and columns and columns[0]:
            yield Length(columns[0], operator, count)
        elif title in {"num_nonnulls", "num_nulls"} and all(columns):
            there = tuple(one for one in columns if one)
            if title == "num_nulls":
                operator, count = _MIRRORED[operator], len(there) - count
            yield Filled(there, operator, count)

    def _labels(self, left: Any, items: list[Any]) -> Iterator[Fact]:
        column = self._column(_bare(left))
        values = [_literal(_bare(item)) for item in items]
        if column and values and all(value is not None for value in values):
            yield Labels(column, tuple(value for value in values if value is not None))

    def _pattern(self, node: Any) -> Iterator[Fact]:
        from sqlglot import exp

        column, text = self._column(_bare(node.this)), _literal(_bare(node.expression))
        if column and text is not None:
            yield Pattern(column, text, like=isinstance(node, exp.Like | exp.ILike))

    def _column(self, node: Any) -> str | None:
        from sqlglot import exp

        return self.known.get(node.name.lower()) if isinstance(node, exp.Column) else None


_OPERATORS = {"EQ": "=", "NEQ": "<>", "LT": "<", "LTE": "<=", "GT": ">", "GTE": ">="}


def _bare(node: Any) -> Any:
    """Without parentheses and casts around it."""
    from sqlglot import exp

    while isinstance(node, exp.Paren | exp.Cast):
        node = node.this
    return node


def _elements(node: Any) -> list[Any]:
    from sqlglot import exp

    inner = _bare(node.this) if isinstance(node, exp.Any) else node
    if isinstance(inner, exp.Array):
        return list(inner.expressions)
    return []


def _literal(node: Any) -> str | None:
    from sqlglot import exp

    node = _bare(node)
    if isinstance(node, exp.Neg):
        inner = _literal(node.this)
        return None if inner is None else f"-{inner}"
    if isinstance(node, exp.Boolean):
        return "t" if node.this else "f"
    return str(node.this) if isinstance(node, exp.Literal) else None
