"""The conditions of a plan's nodes, taken apart: which column is compared, how, and whether something is computed of it first.

Each engine writes its conditions nearly as SQL; what is not SQL (PostgreSQL's SubPlans, SQL Server's doubled names,
TiDB's functions) is put into SQL before sqlglot parses it. What cannot be parsed says nothing, and no finding is made
from it.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from dbdesign.dialects.negations import plainly_negated
from dbdesign.model.plan import PlanEngine, PlanNode
from dbdesign.queries.placeholders import spaced

Kind = Literal["equal", "range", "prefix", "pattern", "null", "other"]
Against = Literal["constant", "column", "subquery"]

_DIALECTS = {
    "postgresql": "postgres",
    "cockroachdb": "postgres",
    "mysql": "mysql",
    "mariadb": "mysql",
    "tidb": "mysql",
    "sqlserver": "tsql",
    "sqlite": "sqlite",
}
"""sqlglot's dialect by the engine's name."""

LONGEST = 20_000
"""Characters of a condition that are parsed; a longer one (an IN list of thousands) says nothing."""

_SUBPLAN = re.compile(
    r"\(?(?:hashed |ANY |ALL )?(?:SubPlan|InitPlan|InitPlan) (?:expr_|exists_)?\d+\)?(?:\.col\d+)?", re.IGNORECASE
)
_DOUBLED = re.compile(r"(?:\[[^\]]+\]\.)+\[[^\]]+\] as (?=\[)", re.IGNORECASE)
_FUNCTIONS = {"eq": "=", "ne": "<>", "gt": ">", "ge": ">=", "lt": "<", "le": "<=", "like": "LIKE"}
_CALLED = re.compile(r"\b(eq|ne|gt|ge|lt|le|like|not|or|and|in|isnull)\(", re.IGNORECASE)


@dataclass(frozen=True)
class Comparison:
    """One conjunct: a column of a table, compared.

    Attributes:
        table: the alias or name in front of the column; None where there is none.
        computed: the expression around the column, as the engine's SQL; None where the column stands alone.
        cast: the type that the column is converted to, where the expression is nothing but a conversion.
        against: what it is compared with: a constant or parameter, another column, the result of a subquery.
        value: what it is compared with, as SQL.
    """

    column: str
    table: str | None
    kind: Kind
    operator: str
    against: Against
    value: str
    computed: str | None = None
    cast: str | None = None


def comparisons(condition: str | None, engine: str) -> tuple[Comparison, ...]:
    """The conjuncts of a condition that compare one column; an OR is none, except of the same column (IN)."""
    if not condition or len(condition) > LONGEST:
        return ()
    if engine == "mongodb":
        return tuple(_of_document(condition))
    return _comparisons(condition, engine) if engine in _DIALECTS else ()


_MONGO: dict[str, tuple[Kind, str]] = {
    "$eq": ("equal", "="),
    "$in": ("equal", "IN"),
    "$gt": ("range", ">"),
    "$gte": ("range", ">="),
    "$lt": ("range", "<"),
    "$lte": ("range", "<="),
    "$regex": ("pattern", "~"),
}


def _of_document(condition: str) -> Iterator[Comparison]:
    """The comparisons of a filter of MongoDB: `{"$and": [{"code": {"$eq": "a"}}, …]}`."""
    try:
        waiting: list[Any] = [json.loads(condition)]
    except ValueError:
        return
    while waiting:
        part = waiting.pop(0)
        if not isinstance(part, dict):
            continue
        for field, compared in part.items():
            if field == "$and" and isinstance(compared, list):
                waiting += compared
            elif not field.startswith("$"):
                yield from _of_field(field, compared)


def _of_field(field: str, compared: Any) -> Iterator[Comparison]:
    operators = (
        compared if isinstance(compared, dict) and any(one.startswith("$") for one in compared) else {"$eq": compared}
    )
    for name, value in operators.items():
        if name in _MONGO:
            kind, operator = _MONGO[name]
            yield Comparison(field, None, kind, operator, "constant", json.dumps(value, ensure_ascii=False))


@lru_cache(maxsize=2048)
def _comparisons(condition: str, engine: str) -> tuple[Comparison, ...]:
    tree = _parsed(condition, engine)
    return tuple(_each(tree, _DIALECTS[engine])) if tree is not None else ()


def order_columns(query: str | None, node: PlanNode, engine: PlanEngine) -> list[str]:
    """The columns of a node's table by which a query is ordered, up to the first that is not the table's; none where it says none."""
    if not query or engine.value not in _DIALECTS or len(query) > LONGEST:
        return []
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    try:
        tree: Any = plainly_negated(sqlglot.parse_one(spaced(query), dialect=_DIALECTS[engine.value]))
    except (SqlglotError, RecursionError):
        return []
    order, found = tree.args.get("order"), []
    for one in order.expressions if order is not None else ():
        column = one.this
        if not isinstance(column, exp.Column) or (column.table and column.table not in {node.alias, node.relation}):
            break
        found.append(column.name)
    return found


def alternatives(condition: str | None, engine: str) -> tuple[tuple[Comparison, ...], ...]:
    """The branches of a condition that is one OR, each taken apart; empty where it is none."""
    if not condition or len(condition) > LONGEST or engine not in _DIALECTS:
        return ()
    from sqlglot import exp

    tree = _parsed(condition, engine)
    while isinstance(tree, exp.Paren):
        tree = tree.this
    if not isinstance(tree, exp.Or):
        return ()
    return tuple(tuple(_each(branch, _DIALECTS[engine])) for branch in tree.flatten())


def _parsed(condition: str, engine: str) -> Any:
    import sqlglot
    from sqlglot.errors import SqlglotError

    logging.getLogger("sqlglot").setLevel(logging.ERROR)
    try:
        return plainly_negated(sqlglot.parse_one(_as_sql(condition, engine), dialect=_DIALECTS[engine]))
    except (SqlglotError, RecursionError):
        return None


def _as_sql(condition: str, engine: str) -> str:
    if engine == "postgresql":
        return _SUBPLAN.sub("(SELECT 1)", condition)
    if engine == "sqlserver":
        return _DOUBLED.sub("", condition)
    if engine == "tidb":
        return " AND ".join(_infix(part) for part in _arguments(condition))
    return condition


def _infix(call: str) -> str:
    """TiDB's `eq(test.t.a, 1)` as `test.t.a = 1`."""
    call = call.strip()
    match = _CALLED.match(call)
    if match is None or not call.endswith(")"):
        return call
    name, arguments = match[1].lower(), list(_arguments(call[match.end() : -1]))
    if name in _FUNCTIONS and len(arguments) >= 2:
        return f"({_infix(arguments[0])} {_FUNCTIONS[name]} {_quoted(arguments[1])})"
    if name in {"and", "or"}:
        return "(" + f" {name.upper()} ".join(_infix(one) for one in arguments) + ")"
    if name == "not" and len(arguments) == 1:
        return f"(NOT {_infix(arguments[0])})"
    if name == "isnull" and len(arguments) == 1:
        return f"({_infix(arguments[0])} IS NULL)"
    if name == "in" and len(arguments) >= 2:
        return f"({_infix(arguments[0])} IN ({', '.join(_quoted(one) for one in arguments[1:])}))"
    return call


def _quoted(value: str) -> str:
    """A constant: TiDB writes texts both with quotes and without."""
    value = value.strip()
    if re.fullmatch(r'-?\d+(?:\.\d+)?|".*"|\'.*\'|[\w`]+(?:\.[\w`]+)+|\w+\(.*\)|NULL|\?', value, re.DOTALL):
        return value
    return "'" + value.replace("'", "''") + "'"


def _arguments(text: str) -> Iterator[str]:
    """The parts of a text between commas outside of parentheses and quotes."""
    depth, start, quote = 0, 0, ""
    for place, character in enumerate(text):
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'`":
            quote = character
        elif character in "([":
            depth += 1
        elif character in ")]":
            depth -= 1
        elif character == "," and depth == 0:
            yield text[start:place]
            start = place + 1
    yield text[start:]


def _each(tree: Any, sqlglot_dialect: str) -> Iterator[Comparison]:
    from sqlglot import exp

    tree = _bare(tree)
    if isinstance(tree, exp.And):
        for part in tree.flatten():
            yield from _each(part, sqlglot_dialect)
        return
    found = _comparison(tree, sqlglot_dialect)
    if found is not None:
        yield found


def _comparison(parsed: Any, sqlglot_dialect: str) -> Comparison | None:
    from sqlglot import exp

    tree: Any = parsed
    equal: tuple[Any, ...] = (exp.EQ, exp.NullSafeEQ)
    ranges: dict[Any, str] = {exp.GT: ">", exp.GTE: ">=", exp.LT: "<", exp.LTE: "<="}
    if isinstance(tree, exp.Not) and isinstance(tree.this, exp.Is):
        return None
    if isinstance(tree, exp.Is):
        return _sided(tree.this, tree.expression, "null", "IS", sqlglot_dialect)
    if isinstance(tree, exp.In):
        return _listed(tree, sqlglot_dialect)
    if isinstance(tree, exp.Between):
        return _sided(tree.this, tree.args["low"], "range", "BETWEEN", sqlglot_dialect)
    if isinstance(tree, (exp.Like, exp.ILike)):
        kind: Kind = "prefix" if isinstance(tree, exp.Like) and _is_prefix(tree.expression) else "pattern"
        return _sided(
            tree.this, tree.expression, kind, "ILIKE" if isinstance(tree, exp.ILike) else "LIKE", sqlglot_dialect
        )
    if type(tree) not in {*equal, *ranges}:
        return None
    kind = "equal" if isinstance(tree, equal) else "range"
    operator = ranges.get(type(tree), "=")
    left = _sided(tree.this, tree.expression, kind, operator, sqlglot_dialect)
    if left is not None:
        return left
    mirrored = {">": "<", ">=": "<=", "<": ">", "<=": ">="}.get(operator, operator)
    return _sided(tree.expression, tree.this, kind, mirrored, sqlglot_dialect)


def _listed(tree: Any, sqlglot_dialect: str) -> Comparison | None:
    from sqlglot import exp

    values = tree.args.get("expressions") or [tree.args.get("query") or exp.Null()]
    return _sided(tree.this, values[0], "equal", "IN", sqlglot_dialect)


def _is_prefix(pattern: Any) -> bool:
    from sqlglot import exp

    literal = pattern.find(exp.Literal)
    return literal is not None and bool(re.match(r"[^%_]", str(literal.this)))


def _sided(side: Any, other: Any, kind: Kind, operator: str, sqlglot_dialect: str) -> Comparison | None:
    """The comparison seen from one side, if that side is about exactly one column."""
    from sqlglot import exp

    columns = [one for one in side.find_all(exp.Column) if not one.name.startswith(("@", "$")) and not _is_type(one)]
    if len(columns) != 1 or side.find(exp.Subquery, exp.Select):
        return None
    column, bare = columns[0], _bare(side)
    computed = cast = None
    if not isinstance(bare, exp.Column) and not _relabelled(bare):
        computed = side.sql(dialect=sqlglot_dialect)
        if isinstance(bare, (exp.Cast, exp.TryCast)) and isinstance(_bare(bare.this), exp.Column):
            cast = bare.to.sql(dialect=sqlglot_dialect)
    return Comparison(
        column=column.name,
        table=column.table or None,
        kind=kind,
        operator=operator,
        against=_against(other),
        value=other.sql(dialect=sqlglot_dialect),
        computed=computed,
        cast=cast,
    )


def _is_type(column: Any) -> bool:
    """SQL Server's CONVERT_IMPLICIT(int, …) has a type where sqlglot sees a column."""
    from sqlglot import exp

    parent = column.parent
    return (
        isinstance(parent, exp.Anonymous)
        and parent.name.upper() == "CONVERT_IMPLICIT"
        and column.arg_key == "expressions"
        and column.index == 0
    )


def _relabelled(tree: Any) -> bool:
    """PostgreSQL shows a varchar column compared with a text as `(code)::text`: nothing is computed, an index serves it."""
    from sqlglot import exp

    if not isinstance(tree, exp.Cast) or not isinstance(_bare(tree.this), exp.Column):
        return False
    return tree.to.this in {exp.DType.TEXT, exp.DType.VARCHAR, exp.DType.BPCHAR}


def _against(other: Any) -> Against:
    from sqlglot import exp

    if other.find(exp.Subquery, exp.Select):
        return "subquery"
    if any(not one.name.startswith(("@", "$")) for one in other.find_all(exp.Column)):
        return "column"
    return "constant"


def _bare(tree: Any) -> Any:
    from sqlglot import exp

    while isinstance(tree, exp.Paren):
        tree = tree.this
    return tree
