"""The conditions of a query that an access pattern derived from it has no place for: they are told, never dropped."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp, parse_one

from dbdesign.dialects.base import dialect
from dbdesign.model.patterns import AccessPattern
from dbdesign.model.schema import Schema
from dbdesign.queries.placeholders import spaced

_RANGES = (exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Between, exp.Like)


def absent_columns(sql: str, schema: Schema) -> set[str]:
    """Columns that must be NULL: that is no value that a key could have."""
    tested = (one for one in _conjuncts(_parsed(sql, schema)) if isinstance(one, exp.Is))
    return {
        one.this.name for one in tested if isinstance(one.expression, exp.Null) and isinstance(one.this, exp.Column)
    }


def unsaid_conditions(sql: str, pattern: AccessPattern, schema: Schema) -> list[str]:
    """Conditions that a pattern derived from the query does not say, as the engine's SQL."""
    tree, table = _parsed(sql, schema), schema.table_by_label.get(pattern.entity)
    aliases = {one.alias_or_name for one in tree.find_all(exp.Table) if table is not None and one.name == table.name}
    unsaid = [one for one in _conjuncts(tree) if not _joins(one) and not _says(pattern, one, aliases)]
    return [one.sql(dialect=dialect(schema.engine).sqlglot) for one in unsaid]


def _parsed(sql: str, schema: Schema) -> exp.Expr:
    return parse_one(spaced(sql), dialect=dialect(schema.engine).sqlglot)


def _conjuncts(tree: exp.Expr) -> Iterator[exp.Expr]:
    """The conditions that must all hold: of WHERE and of inner joins."""
    where, joins = tree.args.get("where"), tree.args.get("joins") or ()
    for one in (where and where.this, *(join.args.get("on") for join in joins if join.side != "LEFT")):
        if one is not None:
            yield from (part.unnest() for part in (one.flatten() if isinstance(one, exp.And) else (one,)))


def _joins(condition: exp.Expr) -> bool:
    """Whether it is an equality of two columns."""
    sides = (condition.this, condition.args.get("expression"))
    return isinstance(condition, exp.EQ) and all(isinstance(one, exp.Column) for one in sides)


def _says(pattern: AccessPattern, condition: exp.Expr, aliases: set[str]) -> bool:
    """Whether a pattern says a condition: one of its entity's attributes against values."""
    columns = list(condition.find_all(exp.Column))
    if len(columns) != 1 or columns[0].table not in {"", *aliases}:
        return not columns
    name = columns[0].name
    if isinstance(condition, (exp.EQ, exp.In, exp.Is)):
        return name in pattern.equal or name in pattern.filter
    return isinstance(condition, _RANGES) and name == pattern.range
