"""What the predicates of a statement ask of each table: equalities, ranges, joins, containment, expressions, constants."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

from dbdesign.queries.operators import COMMUTED, KINDS
from dbdesign.queries.origins import Origin, Origins, bare
from dbdesign.queries.uses import ComputedKey, Condition, Containment, TableUse
from dbdesign.queries.written import Written

_RANGES = (exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between)
_PATTERNS: dict[Any, str] = {
    exp.Like: "~~",
    exp.ILike: "~~*",
    exp.RegexpLike: "~",
    exp.RegexpILike: "~*",
    exp.SimilarTo: "~",
    exp.StartsWith: "^@",
}
_OPERATORS: dict[Any, str] = {
    exp.ArrayContainsAll: "@>",
    exp.ArrayContainedBy: "<@",
    exp.JSONBContainsTopKey: "?",
    exp.JSONBContainsAnyTopKeys: "?|",
    exp.JSONBContainsAllTopKeys: "?&",
    exp.ArrayOverlaps: "&&",
    exp.MatchAgainst: "@@",
    exp.Mod: "%",
}
"""Containment as sqlglot reads it; of other operators it says the name (see `operators`)."""

_COMPARISONS: dict[str, type[exp.Expr]] = {
    "=": exp.EQ,
    "<": exp.LT,
    "<=": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
}
_NO_KEYS = (exp.Select, exp.AggFunc, exp.Placeholder, exp.Parameter, exp.Window, exp.Any, exp.All, exp.Tuple)
"""What stands in no index expression."""


class Predicates:
    """Notes what predicates ask, in the uses of the tables."""

    def __init__(self, origins: Origins, written: Written, dialect: str) -> None:
        self._origins, self._written, self._dialect = origins, written, dialect

    def read(self, part: exp.Expr, scope: Scope, *, either: bool = False) -> None:
        """Take a WHERE, ON or HAVING apart.

        Args:
            either: whether it is a part of an OR.
        """
        for node in conjuncts(part):
            self._one(node, scope, either=either)

    def _one(self, node: exp.Expr, scope: Scope, *, either: bool) -> None:
        if isinstance(node, exp.Or):
            for branch in _branches(node):
                self.read(branch, scope, either=True)
        elif isinstance(node, exp.Not):
            self._negated(node, scope, either=either)
        elif isinstance(node, (exp.EQ, exp.NullSafeEQ)):
            self._equality(node, scope, either=either)
        elif isinstance(node, exp.In):
            self._in(node, scope, either=either)
        elif isinstance(node, exp.Is):
            self._note(node.this, node, scope, "equal", either=either)
        elif isinstance(node, _RANGES):
            self._range(node, scope, either=either)
        elif type(node) in _PATTERNS:
            self._pattern(node, scope, either=either)
        elif isinstance(node, exp.Column):
            self._note(node, node, scope, "equal", either=either)
        else:
            self._operator(node, scope, either=either)

    def _negated(self, node: exp.Not, scope: Scope, *, either: bool) -> None:
        inner = bare(node.this)
        if isinstance(inner, (exp.Is, exp.Column)):
            self._note(inner.this if isinstance(inner, exp.Is) else inner, node, scope, "condition", either=either)

    def _equality(self, node: exp.Expr, scope: Scope, *, either: bool) -> None:
        pairs = list(_pairs(node))
        if pairs:
            for one in pairs:
                self._equality(one, scope, either=either)
            return
        left, right = self._origins.of(node.this, scope), self._origins.of(node.expression, scope)
        if left and right:
            if left.use is not right.use:
                left.joins(right)
            return
        self._note(node.this, node, scope, "equal", either=either)
        self._note(node.expression, node, scope, "equal", either=either)

    def _in(self, node: exp.In, scope: Scope, *, either: bool) -> None:
        query = node.args.get("query")
        inner = query.unnest() if isinstance(query, exp.Subquery) else query
        sides = _row(node.this) or [node.this]
        selects = inner.selects if isinstance(inner, exp.Query) else []
        inside = next((one for one in scope.subquery_scopes if one.expression is inner), None)
        for number, side in enumerate(sides):
            origin = self._origins.of(side, scope)
            select = selects[number] if number < len(selects) else None
            other = self._origins.of(select.this if isinstance(select, exp.Alias) else select, inside)
            if origin and other:
                origin.joins(other)
            else:
                self._note(side, node, scope, "equal", either=either)

    def _range(self, node: exp.Expr, scope: Scope, *, either: bool) -> None:
        other = node.args.get("expression")
        left, right = self._origins.of(node.this, scope), self._origins.of(other, scope)
        if (left and right and left.use is right.use) or isinstance(other, exp.All):
            return  # two columns of one row, or more than one bound: no index finds it
        for side in (node.this, other):
            self._row_range(side, scope)
            self._note(side, node, scope, "ranges", either=either)

    def _row_range(self, side: exp.Expr | None, scope: Scope) -> None:
        """`(a, b) > ($1, $2)`: a range over both columns, as one index over them has it."""
        origins = [self._origins.of(one, scope) for one in _row(side) or ()]
        found = [one for one in origins if one]
        if found and len(found) == len(origins) and len({id(one.use) for one in found}) == 1:
            use = found[0].use
            use.ranges.add(found[0].column)
            columns = tuple(one.column for one in found)
            if columns not in use.rows:
                use.rows.append(columns)

    def _pattern(self, node: exp.Expr, scope: Scope, *, either: bool) -> None:
        if _anchored(node):
            origin = self._origins.of(node.this, scope)
            if origin:
                origin.use.prefixes.add(origin.column)
            self._note(node.this, node, scope, "ranges", either=either)
        else:
            self._contained(node.this, _PATTERNS[type(node)], "pattern", scope)

    def _operator(self, node: exp.Expr, scope: Scope, *, either: bool) -> None:
        name = operator_of(node) if isinstance(node, exp.Operator) else _OPERATORS.get(type(node), "")
        if name in _COMPARISONS:
            self._one(_COMPARISONS[name](this=node.this, expression=node.expression), scope, either=either)
        if name not in KINDS:
            return
        self._contained(node.this, name, KINDS[name], scope)
        others = [*([node.expression] if node.args.get("expression") is not None else []), *node.expressions]
        for side in others:
            commuted = COMMUTED.get(name, name if name == "@@" else None)
            if commuted is not None:
                self._contained(side, commuted, KINDS[commuted], scope)

    def _contained(self, side: exp.Expr | None, operator: str, kind: str, scope: Scope) -> None:
        origin = self._origins.of(side, scope)
        if origin:
            origin.use.contained.append(Containment(origin.column, operator, kind))
        elif found := self.computed(side, scope):
            use, sql, columns = found
            use.contained.append(Containment(sql, operator, kind, columns))

    def _note(self, side: exp.Expr | None, whole: exp.Expr, scope: Scope, kind: str, *, either: bool) -> None:
        """One side of a comparison: a column, or an expression of one table's columns."""
        origin = self._origins.of(side, scope)
        if origin is None:
            if found := self.computed(side, scope):
                use, sql, columns = found
                use.computed.append(ComputedKey(sql, columns, "range" if kind == "ranges" else "equal"))
            return
        if kind != "condition":
            target = origin.use.either if either else getattr(origin.use, kind)
            target.add(origin.column)
        if not either and (condition := self._condition(whole, origin)):
            origin.use.conditions.append(condition)

    def _condition(self, node: exp.Expr, origin: Origin) -> Condition | None:
        """A comparison of the column with constants alone."""
        if any(True for _ in node.find_all(exp.Placeholder, exp.Parameter, exp.Subquery, exp.Select)):
            return None
        columns = list(node.find_all(exp.Column))
        if len(columns) != 1:
            return None
        if isinstance(node, exp.Column):
            return Condition(origin.column, exp.column(exp.to_identifier(origin.column)).sql(self._dialect))
        copy = node.copy()
        for column in copy.find_all(exp.Column):
            column.replace(exp.column(exp.to_identifier(origin.column, quoted=_needs_quotes(origin.column))))
        return Condition(origin.column, copy.sql(self._dialect))

    def computed(self, side: exp.Expr | None, scope: Scope) -> tuple[TableUse, str, tuple[str, ...]] | None:
        """An expression of one table's columns: the table, it as SQL, and its columns; None where it is anything else."""
        node = bare(side)
        if node is None or isinstance(node, (exp.Column, exp.Literal)) or _row(node) is not None:
            return None
        if any(True for _ in node.find_all(*_NO_KEYS)):
            return None
        columns = list(node.find_all(exp.Column))
        origins = [self._origins.of(column, scope) for column in columns]
        found = [one for one in origins if one]
        if not columns or len(found) != len(columns) or len({id(one.use) for one in found}) != 1:
            return None
        copy = node.copy()
        for column, origin in zip(copy.find_all(exp.Column), found, strict=False):
            column.set("table", None)
            column.set("this", exp.to_identifier(origin.column, quoted=_needs_quotes(origin.column)))
        text = copy.sql(self._dialect)
        if self._dialect == "postgres":
            names = {column.name.lower(): one.column for column, one in zip(columns, found, strict=True)}
            text = self._written.expression(text, names)
        return found[0].use, text, tuple(dict.fromkeys(one.column for one in found))


def conjuncts(part: exp.Expr) -> Iterator[exp.Expr]:
    """The predicates that must all hold; what stands under OR or NOT is left out, since no single index serves it."""
    stack = [part]
    while stack:
        node = stack.pop()
        if isinstance(node, (exp.Where, exp.Paren)):
            stack.append(node.this)
        elif isinstance(node, exp.And):
            stack += [node.expression, node.this]
        else:
            yield node


def operator_of(node: exp.Operator) -> str:
    """The operator in `OPERATOR(…)`, without its schema."""
    return str(node.args["operator"]).rpartition(".")[2]


def _branches(part: exp.Expr) -> Iterator[exp.Expr]:
    stack = [part]
    while stack:
        node = stack.pop()
        if isinstance(node, exp.Paren):
            stack.append(node.this)
        elif isinstance(node, exp.Or):
            stack += [node.expression, node.this]
        else:
            yield node


def _row(node: exp.Expr | None) -> list[exp.Expr] | None:
    """The parts of `(a, b)` or `ROW(a, b)`."""
    if isinstance(node, exp.Tuple):
        return list(node.expressions)
    if isinstance(node, exp.Anonymous) and str(node.this).lower() == "row":
        return list(node.expressions)
    return None


def _pairs(node: exp.Expr) -> Iterator[exp.Expr]:
    """The equalities of `(a, b) = (c, d)`, one by one."""
    left, right = _row(node.this), _row(node.expression)
    if left and right and len(left) == len(right):
        yield from (type(node)(this=one, expression=other) for one, other in zip(left, right, strict=True))


_LITERAL_START = re.compile(r"\^[\w ]")


def _anchored(node: exp.Expr) -> bool:
    """Whether a pattern begins with characters that must be there, so that a B-tree finds them."""
    if isinstance(node, exp.StartsWith):
        return True
    if isinstance(node, (exp.Like, exp.SimilarTo)):
        return not _begins_with_wildcard(node.expression)
    pattern = node.expression
    if not isinstance(node, exp.RegexpLike) or not isinstance(pattern, exp.Literal):
        return False
    return bool(_LITERAL_START.match(str(pattern.this))) and "|" not in str(pattern.this)


def _begins_with_wildcard(pattern: exp.Expr) -> bool:
    leading = pattern
    while isinstance(leading, (exp.DPipe, exp.Add, exp.Concat, exp.Paren)):
        leading = leading.expressions[0] if isinstance(leading, exp.Concat) else leading.this
    return isinstance(leading, exp.Literal) and str(leading.this).startswith(("%", "_"))


def _needs_quotes(name: str) -> bool:
    return not (name.isidentifier() and name == name.lower())
