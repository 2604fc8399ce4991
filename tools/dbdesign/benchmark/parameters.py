"""What a query's parameters stand for: the column that each is compared with, found in the query's text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from dbdesign.dialects.negations import plainly_negated
from dbdesign.model.schema import Schema, Table
from dbdesign.queries.placeholders import spaced

Role = Literal[
    "equal", "least", "most", "like", "contains", "search", "array", "insert", "set", "limit", "offset", "unknown"
]


@dataclass(frozen=True)
class Parameter:
    """One parameter.

    Attributes:
        role: how its value is used; `unknown` where the query does not tell.
        table: label of the table whose column it is compared with.
        alias: what the table is called in the query: parameters of one alias come from one row.
    """

    number: int
    role: Role = "unknown"
    table: str | None = None
    alias: str | None = None
    column: str | None = None


def infer(sql: str, count: int, schema: Schema) -> list[Parameter]:
    """The parameters `$1` … `$count` of a query; `unknown` ones where it cannot be parsed or does not tell."""
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    found: dict[int, Parameter] = {}
    try:
        tree = plainly_negated(sqlglot.parse_one(spaced(sql), dialect="postgres"))
    except (SqlglotError, RecursionError):
        return [Parameter(number) for number in range(1, count + 1)]
    for node in tree.find_all(exp.Parameter):
        text = node.name
        if text.isdigit() and (int(text) not in found or found[int(text)].role == "unknown"):
            found[int(text)] = _inferred(int(text), node, tree, schema)
    return [found.get(number, Parameter(number)) for number in range(1, count + 1)]


def _inferred(number: int, node: Any, tree: Any, schema: Schema) -> Parameter:
    from sqlglot import exp

    inner, outer = node, node.parent
    while outer is not None:
        if isinstance(outer, exp.Limit | exp.Fetch):
            return Parameter(number, "limit")
        if isinstance(outer, exp.Offset):
            return Parameter(number, "offset")
        if isinstance(outer, exp.Insert):
            return Parameter(number)
        if isinstance(outer, exp.Values | exp.Tuple) and isinstance(tree, exp.Insert):
            return _inserted(number, inner, outer, tree, schema)
        if isinstance(outer, exp.Select) and isinstance(tree, exp.Insert) and tree.expression is outer:
            return _inserted(number, inner, outer, tree, schema)
        if isinstance(outer, exp.Connector | exp.Select | exp.Where):
            return Parameter(number)
        if (role := _role(outer, inner)) is not None and (column := _compared(outer, inner)) is not None:
            return _resolved(number, role, column, tree, schema)
        inner, outer = outer, outer.parent
    return Parameter(number)


def _role(outer: Any, inner: Any) -> Role | None:
    """What a node makes of the operand in which the parameter stands; None where it is no comparison."""
    from sqlglot import exp

    if isinstance(outer, exp.EQ):
        if isinstance(outer.parent, exp.Update):
            return "set"
        return "array" if isinstance(inner, exp.Any) else "equal"
    if isinstance(outer, exp.NEQ | exp.In | exp.NullSafeEQ | exp.NullSafeNEQ):
        return "equal"
    if isinstance(outer, exp.GT | exp.GTE):
        return "least" if inner is outer.expression else "most"
    if isinstance(outer, exp.LT | exp.LTE):
        return "most" if inner is outer.expression else "least"
    if isinstance(outer, exp.Between):
        return "least" if inner is outer.args.get("low") else "most"
    if isinstance(outer, exp.Like | exp.ILike | exp.RegexpLike | exp.RegexpILike | exp.SimilarTo):
        return "like"
    if outer.key in {"matchagainst", "tsmatch"} or (
        isinstance(outer, exp.Binary) and "@@" in outer.sql(dialect="postgres")
    ):
        return "search"
    if isinstance(outer, exp.ArrayContainsAll | exp.ArrayContainedBy | exp.ArrayOverlaps) or outer.key.startswith(
        "jsonb"
    ):
        return "contains"
    return None


def _compared(outer: Any, inner: Any) -> Any:
    """The first column in another operand."""
    from sqlglot import exp

    for value in outer.args.values():
        for operand in value if isinstance(value, list) else [value]:
            if hasattr(operand, "find") and operand is not inner and (column := operand.find(exp.Column)):
                return column
    return None


def _inserted(number: int, inner: Any, outer: Any, tree: Any, schema: Schema) -> Parameter:
    """The column of an INSERT whose place in VALUES, or in the list of its SELECT, the parameter has."""
    from sqlglot import exp

    target = tree.this
    table = _table(target.this if isinstance(target, exp.Schema) else target, schema)
    row = outer if isinstance(outer, exp.Tuple | exp.Select) else None
    if table is None or row is None:
        return Parameter(number)
    listed = (
        [one.name for one in target.expressions]
        if isinstance(target, exp.Schema)
        else [one.name for one in table.columns]
    )
    place = next((at for at, one in enumerate(row.expressions) if one is inner), None)
    if place is None or place >= len(listed):
        return Parameter(number)
    column = _named(table, listed[place])
    return Parameter(number, "insert", table.label, "insert", column) if column else Parameter(number)


def _named(table: Table, text: str) -> str | None:
    return next((one.name for one in table.columns if one.name.lower() == text.lower()), None)


def _resolved(number: int, role: Role, column: Any, tree: Any, schema: Schema) -> Parameter:
    """The column's table: by its alias, else the only one near that has such a column."""
    from sqlglot import exp

    scope, tried = column.parent, set()
    while scope is not None:
        if isinstance(scope, exp.Select | exp.Update | exp.Delete | exp.Insert):
            tried.add(id(scope))
            if (found := _among(list(scope.find_all(exp.Table)), column, schema)) is not None:
                alias, table = found
                return Parameter(number, role, table.label, alias, _named(table, column.name))
        scope = scope.parent
    found = _among(list(tree.find_all(exp.Table)), column, schema, loosely=True)
    return (
        Parameter(number, role, found[1].label, found[0], _named(found[1], column.name)) if found else Parameter(number)
    )


def _among(tables: list[Any], column: Any, schema: Schema, *, loosely: bool = False) -> tuple[str, Table] | None:
    matching: list[tuple[str, Table]] = []
    for one in tables:
        table = _table(one, schema)
        fits = loosely or not column.table or column.table.lower() == one.alias_or_name.lower()
        if table is not None and fits and _named(table, column.name):
            matching.append((one.alias_or_name, table))
    return matching[0] if len({table.label for _, table in matching}) == 1 or (matching and column.table) else None


def _table(node: Any, schema: Schema) -> Table | None:
    label = f"{node.db}.{node.name}" if node.db and node.db != "public" else node.name
    return schema.table(label)
