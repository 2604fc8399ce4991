"""Expressions as a statement has them. An index serves an expression that is equal to its own, constants included, and sqlglot does not
keep all of them: it writes `DATE_TRUNC('DAY', …)` for `date_trunc('day', …)`. PostgreSQL's own parser tells how they were."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from itertools import islice
from typing import Any

postgast: Any = import_module("postgast")  # by name, since its stubs do not type-check
pb: Any = import_module("postgast.pg_query_pb2")

MOST_EXPRESSIONS = 2_000
"""Expressions of a statement beyond which the rest are taken as sqlglot writes them."""


class Written:
    """The expressions of one statement by their columns, found when the first is asked for."""

    def __init__(self, sql: str) -> None:
        self._sql = sql
        self._found: dict[tuple[str, ...], list[Any]] | None = None

    def expression(self, text: str, columns: Mapping[str, str]) -> str:
        """An expression that sqlglot wrote, as the statement has it: by PostgreSQL's deparser, columns unqualified.

        Args:
            columns: by the name that the statement has for each, in small letters, its own.
        """
        if self._found is None:
            self._found = _expressions(self._sql)
        nodes = self._found.get(tuple(sorted(columns)), [])
        spellings = {said.lower(): said for node in nodes if (said := _text(_renamed(node, columns)))}
        own = _respelled(text) or text
        if own.lower() in spellings:
            return spellings[own.lower()]
        return next(iter(spellings.values())) if len(spellings) == 1 else own


def _parsed(sql: str) -> Any:
    try:
        return postgast.parse(sql)
    except (postgast.PgQueryError, RecursionError, ValueError):
        return None


def _respelled(text: str) -> str | None:
    tree = _parsed(f"SELECT {text}")
    if tree is None or len(tree.stmts) != 1 or len(tree.stmts[0].stmt.select_stmt.target_list) != 1:
        return None
    return _text(tree.stmts[0].stmt.select_stmt.target_list[0].res_target.val)


def _expressions(sql: str) -> dict[tuple[str, ...], list[Any]]:
    """By the names of their columns: the operands of comparisons and what is sorted by."""
    found: dict[tuple[str, ...], list[Any]] = {}
    tree = _parsed(sql)
    if tree is not None:
        for node in islice(_operands(tree), MOST_EXPRESSIONS):
            names = {one.fields[-1].string.sval.lower() for one in _columns(node)}
            if names and node.WhichOneof("node") != "column_ref":
                found.setdefault(tuple(sorted(names)), []).append(node)
    return found


def _operands(tree: Any) -> Iterator[Any]:
    for _, node in postgast.walk(tree):
        kind = type(node).__name__
        if kind == "A_Expr":
            yield from (side for side in (node.lexpr, node.rexpr) if side.WhichOneof("node"))
        elif kind == "SortBy":
            yield node.node
        elif kind in {"NullTest", "BooleanTest"}:
            yield node.arg


def _columns(node: Any) -> Iterator[Any]:
    for _, one in postgast.walk(node):
        if type(one).__name__ == "ColumnRef" and one.fields and one.fields[-1].WhichOneof("node") == "string":
            yield one


def _renamed(node: Any, columns: Mapping[str, str]) -> Any:
    """The expression with its columns by their own names alone."""
    copy = type(node)()
    copy.CopyFrom(node)
    for one in _columns(copy):
        del one.fields[:-1]
        name = one.fields[0].string
        name.sval = columns[name.sval.lower()]
    return copy


def _text(node: Any) -> str | None:
    """An expression as PostgreSQL's deparser writes it; None where it cannot."""
    tree = pb.ParseResult()
    target = tree.stmts.add().stmt.select_stmt.target_list.add()
    target.res_target.val.CopyFrom(node)
    try:
        return str(postgast.deparse(tree)).removeprefix("SELECT ").replace('"substring"(', "substring(")
    except postgast.PgQueryError:
        return None
