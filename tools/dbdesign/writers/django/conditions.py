"""SQL expressions as Django's: conditions as Q objects, scalars as F, Value and functions, through sqlglot's syntax tree.

What has no exact counterpart is None: the caller writes a note. Nothing is approximated.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from dbdesign.dialects.base import dialect
from dbdesign.model.schema import Table
from dbdesign.model.types import NUMBERS, TEXTS, Kind
from dbdesign.writers.django.context import Context
from dbdesign.writers.django.layout import Call, Joined, Listing, Node, Pair, Prefixed, text

if TYPE_CHECKING:
    from sqlglot import exp

MAX_LENGTH = 20_000
MAX_NESTING = 60
_LOOKUPS = {"EQ": "", "GT": "__gt", "GTE": "__gte", "LT": "__lt", "LTE": "__lte"}
_LOOKUP_CLASSES = {
    "EQ": "Exact",
    "GT": "GreaterThan",
    "GTE": "GreaterThanOrEqual",
    "LT": "LessThan",
    "LTE": "LessThanOrEqual",
}
_SWAPPED = {"EQ": "EQ", "GT": "LT", "GTE": "LTE", "LT": "GT", "LTE": "GTE"}
_ARITHMETIC = {"Add": "+", "Sub": "-", "Mul": "*", "Div": "/", "Mod": "%"}
_FUNCTIONS: Mapping[str, str] = {
    "Lower": "Lower", "Upper": "Upper", "Length": "Length", "Abs": "Abs", "Coalesce": "Coalesce", "Ceil": "Ceil", "Floor": "Floor",
    "Sqrt": "Sqrt", "Nullif": "NullIf", "Greatest": "Greatest", "Least": "Least", "Left": "Left", "Right": "Right",
}  # fmt: skip
_MOVING = frozenset({"now", "today", "tomorrow", "yesterday"})
"""Inputs of dates and times that mean another one each day (chapter 8.5.1.4 of PostgreSQL's manual)."""
_DATES = frozenset({Kind.DATE, Kind.TIMESTAMPTZ, Kind.UUID})
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)?")


class UntranslatableError(Exception):
    """An expression that Django's query expressions cannot say exactly."""


class Translator:
    """Translates the expressions of one table."""

    def __init__(self, context: Context, table: Table) -> None:
        self.context = context
        self.table = table
        self.fields = context.fields_of(table)

    def condition(self, expression: str) -> Node | None:
        """A Q, or Q objects joined, for a condition; None where there is none."""
        tree = self._parsed(expression)
        try:
            return self._as_q(self._condition(tree, 0)) if tree is not None else None
        except UntranslatableError:
            return None

    def scalar(self, expression: str) -> Node | None:
        """An expression for a value; None where there is none."""
        tree = self._parsed(expression)
        try:
            return self._scalar(tree, 0) if tree is not None else None
        except UntranslatableError:
            return None

    def _parsed(self, expression: str) -> exp.Expr | None:
        import sqlglot
        from sqlglot.errors import SqlglotError

        if len(expression) > MAX_LENGTH or expression.count("(") > 500 or expression.count("[") > 500:
            return None
        logger = logging.getLogger("sqlglot")
        before, logger.disabled = logger.disabled, True
        try:
            tree = sqlglot.parse_one(f"SELECT ({expression})", dialect=dialect(self.context.schema.engine).sqlglot)
            return tree.selects[0] if len(tree.selects) == 1 else None  # type: ignore[attr-defined]
        except (SqlglotError, RecursionError):
            return None
        finally:
            logger.disabled = before

    def _q(self, name: str, value: Node) -> Node:
        return Call("models.Q", (), ((name, value),))

    def _condition(self, node: exp.Expr, depth: int) -> Node:
        from sqlglot import exp

        if depth > MAX_NESTING:
            raise UntranslatableError
        if isinstance(node, exp.Paren):
            return self._condition(node.this, depth + 1)
        if isinstance(node, exp.And | exp.Or):
            return self._joined(node, depth)
        if isinstance(node, exp.Not):
            return self._negated(node.this, depth)
        if node.args.get("negate"):
            plain = node.copy()
            plain.set("negate", None)
            return self._negated(plain, depth)
        kind = type(node).__name__
        if kind in _LOOKUPS:
            return self._comparison(kind, node.this, node.expression, depth)
        if isinstance(node, exp.NEQ):
            return self._different(node, depth)
        return self._predicate(node, depth)

    def _predicate(self, node: exp.Expr, depth: int) -> Node:
        from sqlglot import exp

        if isinstance(node, exp.Is):
            return self._null(node)
        if isinstance(node, exp.In):
            return self._in(node)
        if isinstance(node, exp.Between):
            name, column_kind = self._column(node.this)
            ends = Pair(
                (self._value(node.args["low"], column_kind, depth), self._value(node.args["high"], column_kind, depth))
            )
            return self._q(f"{name}__range", ends)
        if isinstance(node, exp.Like | exp.RegexpLike):
            return self._pattern(node)
        if isinstance(node, exp.Column):
            name, column_kind = self._column(node)
            if column_kind is Kind.BOOLEAN:
                return self._q(name, "True")
        raise UntranslatableError

    def _joined(self, node: exp.Expr, depth: int) -> Node:
        from sqlglot import exp

        operator = "&" if isinstance(node, exp.And) else "|"
        parts = [self._condition(one, depth + 1) for one in node.flatten()]
        if operator == "&" and all(isinstance(one, Call) and one.name == "models.Q" and not one.args for one in parts):
            pairs = [pair for one in parts if isinstance(one, Call) for pair in one.kwargs]
            names = [name for name, _ in pairs]
            if len(set(names)) == len(names) and names == sorted(names):
                return Call("models.Q", (), tuple(pairs))
        return Joined(operator, tuple(self._as_q(one) for one in parts))

    def _as_q(self, node: Node) -> Node:
        """Only Q objects can be joined by operators."""
        if isinstance(node, Call) and node.name != "models.Q":
            return Call("models.Q", (node,))
        return node

    def _negated(self, node: exp.Expr, depth: int) -> Node:
        from sqlglot import exp

        while isinstance(node, exp.Paren):
            node = node.this
        if isinstance(node, exp.Is) and isinstance(node.expression, exp.Null):
            name, _ = self._column(node.this)
            return self._q(f"{name}__isnull", "False")
        if isinstance(node, exp.Column) and self._column(node)[1] is Kind.BOOLEAN:
            return self._q(self._column(node)[0], "False")
        if self._has_nullable(node):
            raise UntranslatableError  # Django would add IS NOT NULL
        return Prefixed("~", self._as_q(self._condition(node, depth + 1)))

    def _different(self, node: exp.Expr, depth: int) -> Node:
        if self._has_nullable(node):
            return self._function_like(node, "<>", depth)
        return Prefixed("~", self._as_q(self._comparison("EQ", node.this, node.expression, depth)))

    def _function_like(self, node: exp.Expr, operator: str, depth: int) -> Node:
        arguments = (self._scalar(node.this, depth + 1), self._scalar(node.expression, depth + 1))
        return Call(
            "models.Func",
            arguments,
            (
                ("template", text("%(expressions)s")),
                ("arg_joiner", text(f" {operator} ")),
                ("output_field", Call("models.BooleanField")),
            ),
        )

    def _has_nullable(self, node: exp.Expr) -> bool:
        from sqlglot import exp

        columns = [self.table.column(one.name) for one in node.find_all(exp.Column)]
        return any(one is None or one.nullable for one in columns)

    def _column(self, node: exp.Expr) -> tuple[str, Kind]:
        """A plain column, casts between texts aside: its field and kind."""
        from sqlglot import exp

        while isinstance(node, exp.Paren):
            node = node.this
        if isinstance(node, exp.Cast):
            inner = node.this
            while isinstance(inner, exp.Paren):
                inner = inner.this
            if (
                isinstance(inner, exp.Column)
                and self._column(inner)[1] in TEXTS
                and node.to.sql("postgres").lower() in {"text", "varchar", "character varying"}
            ):
                node = inner
        if not isinstance(node, exp.Column) or node.table or node.name not in self.fields:
            raise UntranslatableError
        column = self.table.column(node.name)
        if column is None:
            raise UntranslatableError
        return self.fields[node.name], self.context.base_type(column).kind

    def _comparison(self, kind: str, left: exp.Expr, right: exp.Expr, depth: int) -> Node:
        from sqlglot import exp

        if kind == "EQ" and isinstance(right, exp.Any):
            return self._any(left, right.this)
        try:
            name, column_kind = self._column(left)
        except UntranslatableError:
            return self._by_class(kind, left, right, depth)
        if column_kind in {Kind.JSON, Kind.JSONB, Kind.ARRAY, Kind.BOOLEAN}:
            return self._by_class(kind, left, right, depth)
        return self._q(f"{name}{_LOOKUPS[kind]}", self._value(right, column_kind, depth))

    def _by_class(self, kind: str, left: exp.Expr, right: exp.Expr, depth: int) -> Node:
        name = _LOOKUP_CLASSES[kind]
        arguments = (self._scalar(left, depth + 1), self._scalar(right, depth + 1))
        return Call(self.context.imports.use("django.db.models.lookups", name), arguments)

    def _any(self, left: exp.Expr, right: exp.Expr) -> Node:
        from sqlglot import exp

        while isinstance(right, exp.Paren | exp.Cast):
            right = right.this
        if not isinstance(right, exp.Array) or not right.expressions:
            raise UntranslatableError
        name, kind = self._column(left)
        return self._q(f"{name}__in", Listing(tuple(self._constant(one, kind) for one in right.expressions)))

    def _in(self, node: exp.In) -> Node:
        if not node.expressions or node.args.get("query") is not None:
            raise UntranslatableError
        name, kind = self._column(node.this)
        return self._q(f"{name}__in", Listing(tuple(self._constant(one, kind) for one in node.expressions)))

    def _null(self, node: exp.Is) -> Node:
        from sqlglot import exp

        name, _ = self._column(node.this)
        if not isinstance(node.expression, exp.Null):
            raise UntranslatableError
        return self._q(f"{name}__isnull", "True")

    def _pattern(self, node: exp.Expr) -> Node:
        from sqlglot import exp

        name, kind = self._column(node.this)
        pattern = self._literal(node.expression)
        if kind not in TEXTS or not isinstance(pattern, str) or not self.context.is_postgresql:
            raise UntranslatableError
        if isinstance(node, exp.RegexpLike):
            return self._q(f"{name}__regex", text(pattern))
        match = re.fullmatch(r"(%?)((?:[^%_\\]|\\[%_\\])*)(%?)", pattern)
        lookup = (
            {("", "%"): "startswith", ("%", ""): "endswith", ("%", "%"): "contains"}.get((match[1], match[3]))
            if match
            else None
        )
        if match is None or lookup is None:
            raise UntranslatableError
        return self._q(f"{name}__{lookup}", text(re.sub(r"\\([%_\\])", r"\1", match[2])))

    def _value(self, node: exp.Expr, kind: Kind, depth: int) -> Node:
        """The right side of a lookup: a constant as the field takes it, or an expression."""
        try:
            return self._constant(node, kind)
        except UntranslatableError:
            return self._scalar(node, depth + 1)

    def _constant(self, node: exp.Expr, kind: Kind) -> Node:
        value = self._literal(node)
        if isinstance(value, bool):
            raise UntranslatableError
        if kind in NUMBERS and isinstance(value, int | float):
            return self._number(node, kind, value)
        if (kind in TEXTS or kind in _DATES) and isinstance(value, str):
            return text(value)
        if kind is Kind.TIMESTAMP and isinstance(value, str) and _MOMENT.fullmatch(value):
            return self._moment(value)
        raise UntranslatableError

    def _moment(self, value: str) -> Node:
        """A moment without a time zone: Django keeps moments in UTC, and takes one without a zone to be in the project's `TIME_ZONE`."""
        if self.context.is_postgresql:
            lost = "that moments in conditions have no time zone"
            self.context.note(self.table.label, lost, "moments in UTC, as Django keeps them")
        return text(f"{value}{' 00:00:00' if len(value) == 10 else ''}+00:00")

    def _number(self, node: exp.Expr, kind: Kind, value: float) -> Node:
        if kind is Kind.DECIMAL and isinstance(value, float):
            from sqlglot import exp

            number = node.find(exp.Literal)
            sign = "-" if value < 0 else ""
            return Call(
                self.context.imports.use("decimal", "Decimal"), (text(f"{sign}{number.this if number else value}"),)
            )
        if isinstance(value, float) and kind not in {Kind.FLOAT32, Kind.FLOAT64}:
            raise UntranslatableError
        return repr(value)

    def _literal(self, node: exp.Expr) -> str | float | bool | None:
        """A constant's value, casts that say its own type aside."""
        from sqlglot import exp

        while isinstance(node, exp.Paren | exp.Cast):
            node = node.this
        if isinstance(node, exp.Neg):
            value = self._literal(node.this)
            if isinstance(value, int | float):
                return -value
        if isinstance(node, exp.Boolean):
            return bool(node.this)
        if isinstance(node, exp.Literal):
            if node.is_string:
                return str(node.this)
            return int(node.this) if re.fullmatch(r"\d+", node.this) else float(node.this)
        raise UntranslatableError

    def _scalar(self, node: exp.Expr, depth: int) -> Node:
        from sqlglot import exp

        if depth > MAX_NESTING:
            raise UntranslatableError
        if isinstance(node, exp.Paren):
            return self._scalar(node.this, depth + 1)
        if isinstance(node, exp.Column):
            return Call("models.F", (text(self._column(node)[0]),))
        kind = type(node).__name__
        if kind in _ARITHMETIC:
            left, right = (self._operand(one, depth + 1) for one in (node.this, node.expression))
            return Joined(_ARITHMETIC[kind], (left, right))
        if isinstance(node, exp.Cast):
            return self._cast(node, depth)
        if isinstance(node, exp.Literal | exp.Neg | exp.Boolean):
            return self._value_of(node)
        if kind in _FUNCTIONS:
            return self._function(node, kind, depth)
        if isinstance(node, exp.CurrentTimestamp) and not node.this and self.context.is_postgresql:
            return Call(self.context.imports.use("django.contrib.postgres.functions", "TransactionNow"))
        if kind == "Uuid" and not any(node.args.values()) and self.context.is_postgresql:
            return Call(self.context.imports.use("django.contrib.postgres.functions", "RandomUUID"))
        if isinstance(node, exp.Anonymous):
            return self._anonymous(node, depth)
        raise UntranslatableError

    def _operand(self, node: exp.Expr, depth: int) -> Node:
        """A constant beside an operator is a plain Python one."""
        try:
            value = self._literal(node)
        except UntranslatableError:
            return self._scalar(node, depth)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return self._scalar(node, depth)
        return repr(value)

    def _value_of(self, node: exp.Expr) -> Node:
        value = self._literal(node)
        if isinstance(value, str) and value.strip().lower() in _MOVING:
            raise UntranslatableError  # it is read when it is used, a constant of Django's once and for all
        return Call("models.Value", (text(value) if isinstance(value, str) else repr(value),))

    def _cast(self, node: exp.Cast, depth: int) -> Node:
        from sqlglot import exp

        inner = node.this
        while isinstance(inner, exp.Paren):
            inner = inner.this
        target = node.to.sql("postgres").lower()
        if isinstance(inner, exp.Literal | exp.Neg) and target in {
            "text",
            "varchar",
            "int",
            "bigint",
            "decimal",
            "numeric",
            "smallint",
        }:
            return self._value_of(inner)
        if isinstance(inner, exp.Column) and target in {"text", "varchar"} and self._column(inner)[1] in TEXTS:
            return self._scalar(inner, depth + 1)
        made = {
            "text": "TextField",
            "int": "IntegerField",
            "bigint": "BigIntegerField",
            "date": "DateField",
            "double precision": "FloatField",
        }.get(target)
        if made is None:
            raise UntranslatableError
        cast = self.context.imports.use("django.db.models.functions", "Cast")
        return Call(cast, (self._scalar(inner, depth + 1), Call(f"models.{made}")))

    def _function(self, node: exp.Expr, kind: str, depth: int) -> Node:
        given = [node.this, *(node.args.get(name) for name in ("expression", "expressions") if node.args.get(name))]
        arguments: list[Node] = []
        for one in given:
            arguments += [self._scalar(inner, depth + 1) for inner in (one if isinstance(one, list) else [one])]
        return Call(self.context.imports.use("django.db.models.functions", _FUNCTIONS[kind]), tuple(arguments))

    def _anonymous(self, node: exp.Anonymous, depth: int) -> Node:
        name = str(node.this)
        if not re.fullmatch(r"[a-z_][a-z0-9_]*", name) or not node.expressions:
            raise UntranslatableError
        return Call(
            "models.Func", tuple(self._scalar(one, depth + 1) for one in node.expressions), (("function", text(name)),)
        )
