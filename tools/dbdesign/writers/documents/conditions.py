"""What a document's field can say of a CHECK or an index's predicate, found in sqlglot's tree of the expression."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from dbdesign.model.schema import Engine

if TYPE_CHECKING:
    from sqlglot import exp

DIALECTS = {
    Engine.POSTGRESQL: "postgres", Engine.COCKROACHDB: "postgres", Engine.MYSQL: "mysql", Engine.TIDB: "mysql", Engine.SQLSERVER: "tsql",
    Engine.SQLITE: "sqlite",
}  # fmt: skip
MAX_EXPRESSION = 4_000
MAX_NESTING = 60


@dataclass
class Condition:
    """One conjunct: what it says of one column. Empty `says` with `column` None: it cannot be said."""

    column: str | None = None
    says: dict[str, Any] = field(default_factory=dict)


def conditions(expression: str, engine: Engine) -> list[Condition] | None:
    """The conjuncts of an expression; None where one of them cannot be said of a single field."""
    tree = _tree(expression, engine)
    if tree is None:
        return None
    found = []
    for one in _conjuncts(tree):
        condition = _condition(one)
        if condition is None:
            return None
        found.append(condition)
    return found


@lru_cache(maxsize=2_000)
def _tree(expression: str, engine: Engine) -> exp.Expr | None:
    import sqlglot
    from sqlglot.errors import SqlglotError

    depth = max(_depths(expression), default=0)
    if len(expression) > MAX_EXPRESSION or depth > MAX_NESTING:
        return None
    logger = logging.getLogger("sqlglot")
    before, logger.disabled = logger.disabled, True
    try:
        found: exp.Expr = sqlglot.parse_one(f"SELECT ({expression})", dialect=DIALECTS[engine]).expressions[0]
    except (SqlglotError, RecursionError, IndexError):
        return None
    finally:
        logger.disabled = before
    return found


def _depths(expression: str) -> Iterator[int]:
    depth = 0
    for character in expression:
        depth += (character == "(") - (character == ")")
        yield depth


def _conjuncts(tree: exp.Expr) -> Iterator[exp.Expr]:
    from sqlglot import exp

    stack = [tree]
    while stack:
        one = _bare(stack.pop())
        if isinstance(one, exp.And):
            stack += [one.expression, one.this]
        else:
            yield one


def _bare(node: Any) -> Any:
    """The node without parentheses and casts."""
    from sqlglot import exp

    while isinstance(node, exp.Paren | exp.Cast):
        node = node.this
    return node


def _condition(node: exp.Expr) -> Condition | None:
    from sqlglot import exp

    if isinstance(node, exp.In) and not node.args.get("query"):
        return _values(node.this, node.expressions)
    if isinstance(node, exp.Or):
        return _either(node)
    if isinstance(node, exp.Between):
        low, high = _value(node.args["low"]), _value(node.args["high"])
        return None if low is None or high is None else _bounds(node.this, {"minimum": low, "maximum": high})
    if (
        isinstance(node, exp.Not)
        and isinstance(_bare(node.this), exp.Is)
        and isinstance(_bare(node.this).expression, exp.Null)
    ):
        return _named(_bare(node.this).this, {"exists": True})
    if isinstance(node, exp.Is) and isinstance(node.expression, exp.Null):
        return _named(node.this, {"null": True})
    if isinstance(node, exp.RegexpLike) and (pattern := _text(node.expression)) is not None:
        return _named(node.this, {"pattern": pattern})
    if isinstance(node, exp.Column):
        return Condition(node.name, {"equals": True})
    if isinstance(node, exp.Not) and isinstance(_bare(node.this), exp.Column):
        return Condition(_bare(node.this).name, {"equals": False})
    return _comparison(node)


def _either(node: exp.Or) -> Condition | None:
    """`a = 1 OR a = 2 …` as a list of values."""
    from sqlglot import exp

    found: list[Any] = [node]
    values: list[Any] = []
    columns: set[str] = set()
    while found:
        one = _bare(found.pop())
        if isinstance(one, exp.Or):
            found += [one.expression, one.this]
            continue
        column, value = _bare(one.this), _value(one.args.get("expression"))
        if not isinstance(one, exp.EQ) or not isinstance(column, exp.Column) or value is None:
            return None
        columns.add(column.name)
        values.append(value)
    return Condition(columns.pop(), {"values": tuple(values)}) if len(columns) == 1 else None


def _values(of: Any, items: list[Any]) -> Condition | None:
    values = [_value(one) for one in items]
    return None if None in values or not values else _named(of, {"values": tuple(values)})


def _named(of: Any, says: dict[str, Any]) -> Condition | None:
    from sqlglot import exp

    of = _bare(of)
    return Condition(of.name, says) if isinstance(of, exp.Column) else None


_TURNED = {"GT": "LT", "GTE": "LTE", "LT": "GT", "LTE": "GTE", "EQ": "EQ"}


def _comparison(node: exp.Expr) -> Condition | None:
    from sqlglot import exp

    word = type(node).__name__.upper()
    if word not in _TURNED:
        return None
    left, right = _bare(node.this), _bare(node.expression)
    if isinstance(right, exp.Any) or isinstance(node.expression, exp.Any):
        members = _bare(right.this if isinstance(right, exp.Any) else node.expression.this)
        return _values(left, members.expressions) if word == "EQ" and isinstance(members, exp.Array) else None
    if isinstance(left, exp.Literal | exp.Neg):
        left, right, word = right, left, _TURNED[word]
    value = _value(right)
    if value is None:
        return None
    if word == "EQ":
        return _named(left, {"equals": value})
    bound = {"GTE": {"minimum": value}, "LTE": {"maximum": value}, "GT": {"above": value}, "LT": {"below": value}}[word]
    return _bounds(left, bound)


def _bounds(of: Any, bounds: dict[str, Any]) -> Condition | None:
    """Bounds of a number, or of a text's length."""
    from sqlglot import exp

    of = _bare(of)
    if isinstance(of, exp.Length) and isinstance(_bare(of.this), exp.Column):
        lengths: dict[str, Any] = {}
        for name, value in bounds.items():
            if not isinstance(value, int):
                return None
            lengths |= {"minimum": {"min_length": value}, "above": {"min_length": value + 1}, "maximum": {"max_length": value},
                        "below": {"max_length": value - 1}}[name]  # fmt: skip
        return Condition(_bare(of.this).name, lengths)
    return _named(of, bounds)


def _value(node: Any) -> Any:
    """The JSON value of a literal; None where it is none."""
    from sqlglot import exp

    node = _bare(node)
    if isinstance(node, exp.Neg):
        inner = _value(node.this)
        return -inner if isinstance(inner, int | float) else None
    if isinstance(node, exp.Boolean):
        return bool(node.this)
    if isinstance(node, exp.Literal):
        if node.is_string:
            return str(node.this)
        text = str(node.this)
        return (
            int(text)
            if re.fullmatch(r"\d{1,18}", text)
            else float(text)
            if re.fullmatch(r"\d*\.\d+|\d+\.", text)
            else None
        )
    return str(node.this) if isinstance(node, exp.National) else None


def _text(node: Any) -> str | None:
    value = _value(node)
    return value if isinstance(value, str) else None
