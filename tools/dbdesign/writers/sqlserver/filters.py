"""What a filtered index may be filtered by: ANDs of comparisons between columns and constants (CREATE INDEX, WHERE)."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=5_000)
def is_filter(predicate: str) -> bool:
    """Whether SQL Server takes the predicate: no OR, NOT, LIKE, BETWEEN, functions, nor columns on both sides."""
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    try:
        tree = sqlglot.parse_one(f"SELECT 1 WHERE {predicate}", dialect="tsql")
    except (SqlglotError, RecursionError):
        return False
    where = tree.find(exp.Where)
    return where is not None and _conjunction(where.this)


def _conjunction(node: object) -> bool:
    from sqlglot import exp

    if isinstance(node, exp.Paren):
        return _conjunction(node.this)
    if isinstance(node, exp.And):
        return _conjunction(node.this) and _conjunction(node.expression)
    if isinstance(node, exp.Not):
        return isinstance(node.this, exp.Is) and _is_null_test(node.this)
    if isinstance(node, exp.Is):
        return _is_null_test(node)
    if isinstance(node, exp.In):
        return (
            isinstance(node.this, exp.Column)
            and all(map(_is_constant, node.expressions))
            and not node.args.get("query")
        )
    if not isinstance(node, exp.EQ | exp.NEQ | exp.GT | exp.GTE | exp.LT | exp.LTE):
        return False
    return isinstance(node.this, exp.Column) and _is_constant(node.expression)


def _is_null_test(node: object) -> bool:
    from sqlglot import exp

    return isinstance(node, exp.Is) and isinstance(node.this, exp.Column) and isinstance(node.expression, exp.Null)


def _is_constant(node: object) -> bool:
    from sqlglot import exp

    if isinstance(node, exp.Paren | exp.Neg):
        return _is_constant(node.this)
    return isinstance(node, exp.Literal | exp.National)
