"""A query in other words that the planner can do better with.

Each rewrite is valid under a condition that it names; whether it gives the same rows is then tried on generated data,
and whether it is cheaper on the twin: nothing here is taken for granted.

Queries are PostgreSQL's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from dbdesign.dialects.negations import plainly_negated
from dbdesign.model.schema import Schema, Table
from dbdesign.queries.placeholders import spaced

DIALECT = "postgres"


@dataclass(frozen=True)
class Rewrite:
    """The query in other words.

    Attributes:
        name: what was done: `not-in-as-not-exists`.
        when: the condition under which both are the same.
    """

    name: str
    sql: str
    when: str


def rewrites(sql: str, schema: Schema) -> list[Rewrite]:
    """Every rewrite that applies to a query; none where it cannot be parsed or is no SELECT."""
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    try:
        tree = plainly_negated(sqlglot.parse_one(spaced(sql), dialect=DIALECT))
    except (SqlglotError, RecursionError):
        return []
    if not isinstance(tree, exp.Query):
        return []
    found = []
    for make in _MAKERS:
        for other, when in make(tree.copy(), schema):
            found.append(
                Rewrite(make.__name__.strip("_").replace("_", "-"), other.sql(dialect=DIALECT, pretty=True), when)
            )
            break
    return found


def _not_in_as_not_exists(tree: Any, schema: Schema) -> Iterator[tuple[Any, str]]:
    from sqlglot import exp

    done = False
    for negation in list(tree.find_all(exp.Not)):
        inside = negation.this.this if isinstance(negation.this, exp.Paren) else negation.this
        query = inside.args.get("query") if isinstance(inside, exp.In) else None
        select = query.this if isinstance(query, exp.Subquery) else query
        if not isinstance(select, exp.Select) or len(select.expressions) != 1 or select.args.get("group"):
            continue
        outer = _qualified(inside.this, negation.find_ancestor(exp.Select), schema)
        inner = _qualified(select.expressions[0].unalias(), select, schema)
        if outer is None or inner is None or outer.table == inner.table:
            continue
        exists = select.copy().select(exp.Literal.number(1), append=False).where(exp.EQ(this=inner, expression=outer))
        for key in ("order", "distinct"):
            exists.set(key, None)
        negation.replace(exp.Not(this=exp.Exists(this=exists)))
        done = True
    if done:
        yield tree, "the same where neither column is NULL; NOT IN gives no row at all where the list has a NULL"


def _date_cast_as_range(tree: Any, _schema: Schema) -> Iterator[tuple[Any, str]]:
    from sqlglot import exp

    done = False
    for equality in list(tree.find_all(exp.EQ)):
        cast, value = equality.this, equality.expression
        column = cast.this if isinstance(cast, exp.Cast) else None
        while isinstance(column, exp.Paren):
            column = column.this
        if not isinstance(column, exp.Column) or cast.to.this != exp.DType.DATE or value.find(exp.Column):
            continue
        day = (
            value if isinstance(value, exp.Cast) and value.to.this == exp.DType.DATE else exp.cast(value.copy(), "DATE")
        )
        after = exp.cast(exp.Add(this=day.copy(), expression=exp.Literal.number(1)), "DATE")
        lower = exp.GTE(this=column.copy(), expression=day.copy())
        equality.replace(exp.paren(exp.and_(lower, exp.LT(this=column.copy(), expression=after))))
        done = True
    if done:
        yield tree, "the same: the day begins and ends in the session's time zone either way"


def _or_as_union_all(tree: Any, _schema: Schema) -> Iterator[tuple[Any, str]]:
    from sqlglot import exp

    where = tree.args.get("where") if isinstance(tree, exp.Select) else None
    if where is None or any(
        tree.args.get(key) for key in ("group", "having", "distinct", "order", "limit", "offset", "with_")
    ):
        return
    if any(one.find(exp.AggFunc) for one in tree.expressions):
        return
    condition = where.this
    while isinstance(condition, exp.Paren):
        condition = condition.this
    if not isinstance(condition, exp.Or):
        return
    branches = list(condition.flatten())
    named = [frozenset(one.sql() for one in branch.find_all(exp.Column)) for branch in branches]
    if not 2 <= len(branches) <= 4 or len(set(named)) == 1:
        return
    parts = []
    for number, branch in enumerate(branches):
        part = tree.copy()
        excluded = [
            exp.Not(this=exp.Is(this=exp.paren(one.copy()), expression=exp.true())) for one in branches[:number]
        ]
        part.set("where", exp.Where(this=exp.and_(branch.copy(), *excluded)))
        parts.append(part)
    whole = parts[0]
    for part in parts[1:]:
        whole = exp.union(whole, part, distinct=False)
    yield whole, "the same: each branch leaves out what the ones before it gave"


def _subquery_as_join(whole: Any, _schema: Schema) -> Iterator[tuple[Any, str]]:
    from sqlglot import exp

    tree: Any = whole
    if not isinstance(whole, exp.Select) or tree.args.get("group") or tree.args.get("distinct"):
        return
    number = 0
    for subquery in list(tree.find_all(exp.Subquery)):
        select = subquery.this
        if not isinstance(select, exp.Select) or subquery.find_ancestor(exp.Select) is not tree:
            continue
        if not any(subquery is part or subquery in part.find_all(exp.Subquery) for part in tree.expressions):
            continue
        joined = _grouped(select, f"grouped_{number + 1}")
        if joined is None:
            continue
        number += 1
        join, value = joined
        parent = subquery.parent
        replacement = (
            value
            if isinstance(parent, exp.Alias) or parent is not tree
            else exp.alias_(value, select.expressions[0].alias_or_name or "value")
        )
        subquery.replace(replacement)
        tree = tree.join(join[0], on=join[1], join_type="left")
    if number:
        yield tree, "the same: a group for each key, NULL (0 for count) where there is none"


def _grouped(select: Any, alias: str) -> tuple[tuple[Any, Any], Any] | None:
    """An aggregate over one correlated equality as a grouped subquery to join, and what stands for the old one."""
    from sqlglot import exp

    where = select.args.get("where")
    if (
        where is None
        or any(select.args.get(key) for key in ("group", "order", "limit", "having", "with_"))
        or len(select.expressions) != 1
    ):
        return None
    value = select.expressions[0].unalias()
    if not isinstance(value, (exp.Count, exp.Sum, exp.Max, exp.Min, exp.Avg)) or value.find(exp.Distinct):
        return None
    conjuncts = list(where.this.flatten()) if isinstance(where.this, exp.And) else [where.this]
    inside = {source.alias_or_name for source in select.find_all(exp.Table)}
    correlated = [one for one in conjuncts if _refers_outside(one, inside)]
    if len(correlated) != 1 or not isinstance(correlated[0], exp.EQ):
        return None
    sides = [correlated[0].this, correlated[0].expression]
    key = next((one for one in sides if isinstance(one, exp.Column) and one.table in inside), None)
    other = next((one for one in sides if isinstance(one, exp.Column) and one.table not in inside and one.table), None)
    if key is None or other is None:
        return None
    rest = [one.copy() for one in conjuncts if one is not correlated[0]]
    grouped = select.copy().select(exp.alias_(key.copy(), "key"), exp.alias_(value.copy(), "value"), append=False)
    grouped.set("where", exp.Where(this=exp.and_(*rest)) if rest else None)
    grouped = grouped.group_by(key.copy())
    result: Any = exp.column("value", alias)
    if isinstance(value, exp.Count):
        result = exp.Coalesce(this=result, expressions=[exp.Literal.number(0)])
    return (grouped.subquery(alias), exp.EQ(this=exp.column("key", alias), expression=other.copy())), result


def _refers_outside(condition: Any, inside: set[str]) -> bool:
    from sqlglot import exp

    return any(one.table and one.table not in inside for one in condition.find_all(exp.Column))


def _counted_as_exists(tree: Any, _schema: Schema) -> Iterator[tuple[Any, str]]:
    from sqlglot import exp

    done = False
    for comparison in list(tree.find_all(exp.GT, exp.GTE)):
        subquery, least = comparison.this, comparison.expression
        least_value = 0 if isinstance(comparison, exp.GT) else 1
        if (
            not isinstance(subquery, exp.Subquery)
            or not isinstance(least, exp.Literal)
            or str(least.this) != str(least_value)
        ):
            continue
        select = subquery.this
        if not isinstance(select, exp.Select) or len(select.expressions) != 1 or select.args.get("group"):
            continue
        value = select.expressions[0].unalias()
        if not isinstance(value, exp.Count) or not isinstance(value.this, exp.Star):
            continue
        comparison.replace(exp.Exists(this=select.copy().select(exp.Literal.number(1), append=False)))
        done = True
    if done:
        yield tree, "the same: more than none is at least one, and EXISTS stops at the first"


def _cte_inlined(tree: Any, _schema: Schema) -> Iterator[tuple[Any, str]]:
    from sqlglot import exp

    done = False
    for cte in tree.find_all(exp.CTE):
        if isinstance(cte.this, exp.Select) and cte.args.get("materialized") is not False:
            cte.set("materialized", False)
            done = True
    if done:
        yield tree, "the same unless the CTE calls volatile functions"


_MAKERS: tuple[Callable[[Any, Schema], Iterator[tuple[Any, str]]], ...] = (
    _not_in_as_not_exists,
    _date_cast_as_range,
    _or_as_union_all,
    _subquery_as_join,
    _counted_as_exists,
    _cte_inlined,
)


def _qualified(column: Any, select: Any, schema: Schema) -> Any:
    """A column with its table's alias; None where it is no column or its table is not certain."""
    from sqlglot import exp

    if not isinstance(column, exp.Column) or select is None:
        return None
    if column.table:
        return column.copy()
    sources = [source for source in select.find_all(exp.Table) if source.find_ancestor(exp.Select) is select]
    owners = [
        one for one in sources if (table := _table(one, schema)) is not None and table.column(column.name) is not None
    ]
    return exp.column(column.this.copy(), owners[0].alias_or_name) if len(owners) == 1 else None


def _table(source: Any, schema: Schema) -> Table | None:
    name = f"{source.db}.{source.name}" if source.db else source.name
    return schema.table(name) or schema.table(source.name)


def owner_of(column: Any, select: Any, schema: Schema) -> tuple[str, str] | None:
    """The table that a column is of, as SQL, and its alias in the query; None where that is not certain."""
    from sqlglot import exp

    while select is not None:
        named = _qualified(column, select, schema)
        sources = [one for one in select.find_all(exp.Table) if one.find_ancestor(exp.Select) is select]
        for source in sources:
            if named is not None and source.alias_or_name == named.table and _table(source, schema) is not None:
                return f"{f'{source.db}.' if source.db else ''}{source.this.sql(dialect=DIALECT)}", source.alias_or_name
        select = select.find_ancestor(exp.Select)
    return None
