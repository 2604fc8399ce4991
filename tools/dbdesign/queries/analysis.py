"""Finds out how a statement uses the tables: predicates, joins, order, grouping, projection, through subqueries, CTEs and UNIONs."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.scope import Scope, traverse_scope

from dbdesign.dialects.negations import plainly_negated
from dbdesign.errors import InputError
from dbdesign.model.schema import Schema
from dbdesign.queries.operators import neutral
from dbdesign.queries.orders import Orders
from dbdesign.queries.origins import Origins, stored
from dbdesign.queries.placeholders import spaced
from dbdesign.queries.predicates import Predicates, conjuncts
from dbdesign.queries.uses import StatementUse, Write
from dbdesign.queries.written import Written

__all__ = ["analyse", "conjuncts"]

logging.getLogger("sqlglot").setLevel(logging.ERROR)

_WRITES = (exp.Update, exp.Delete, exp.Merge, exp.Insert)


def analyse(sql: str, schema: Schema, dialect: str) -> StatementUse:
    """How one statement uses the tables of the schema.

    Raises:
        InputError: where sqlglot cannot parse it.
    """
    try:
        text = neutral(sql) if dialect == "postgres" else sql
        tree = plainly_negated(sqlglot.parse_one(spaced(text), dialect=dialect))
        return _Analysis(schema, sql, dialect).run(tree)
    except (SqlglotError, RecursionError) as error:
        said = str(error).splitlines()[0] if str(error) else "nested too deeply"
        raise InputError(f"cannot be parsed: {said[:200]}", where="query") from None


class _Analysis:
    def __init__(self, schema: Schema, sql: str, dialect: str) -> None:
        self.found = StatementUse()
        self._origins = Origins(schema, self.found)
        self._predicates = Predicates(self._origins, Written(sql), dialect)
        self._orders = Orders(self._origins, self._predicates, self.found)

    def run(self, tree: exp.Expr) -> StatementUse:
        for query in self._queries(tree):
            scopes = list(traverse_scope(query))
            for scope in scopes:
                self._origins.enter(scope)
            for scope in scopes:
                self._origins.read(scope)
                self._clauses(scope)
        return self.found

    def _queries(self, tree: exp.Expr) -> Iterator[exp.Expr]:
        """The SELECTs to look at: a write's predicates as if it were one."""
        if isinstance(tree, _WRITES):
            yield from self._of_write(tree)
        for cte in tree.find_all(exp.CTE):
            if isinstance(cte.this, _WRITES):
                yield from self._of_write(cte.this)
        if isinstance(tree, exp.Query):
            yield tree

    def _of_write(self, tree: exp.Expr) -> Iterator[exp.Expr]:
        target = tree.this.find(exp.Table) if tree.this else None
        table = self._origins.table(target) if target is not None else None
        if table is not None:
            columns = frozenset(name for one in _assigned(tree) if (name := stored(table, one)))
            self.found.writes.append(Write(table, _kind(tree), columns))
        if isinstance(tree, exp.Insert):
            if isinstance(tree.expression, exp.Query):
                yield tree.expression
        elif target is not None:
            yield _as_select(tree, target)

    def _clauses(self, scope: Scope) -> None:
        select = scope.expression
        if not isinstance(select, exp.Select):
            return
        for join in select.args.get("joins") or ():
            if join.args.get("on") is not None:
                self._predicates.read(join.args["on"], scope)
            self._using(join, scope)
        for clause in ("where", "having"):
            if select.args.get(clause) is not None:
                self._predicates.read(select.args[clause].this, scope)
        self._orders.read(select, scope)

    def _using(self, join: exp.Join, scope: Scope) -> None:
        for name in join.args.get("using") or ():
            found = self._origins.named(name.name, scope)
            for left in found:
                for right in found:
                    if left.use is not right.use:
                        left.use.used.add(left.column)
                        left.joins(right)


def _as_select(tree: exp.Expr, target: exp.Expr) -> exp.Expr:
    """A SELECT that looks for the rows that a write changes."""
    query = exp.select(exp.Literal.number(1)).from_(target.copy())
    if isinstance(tree, exp.Merge):
        query = query.join(tree.args["using"].copy(), on=tree.args["on"].copy())
    for other in _other_tables(tree):
        query = query.join(other.copy(), join_type="cross")
    if tree.args.get("where") is not None:
        query = query.where(tree.args["where"].this.copy())
    if tree.args.get("with_") is not None:
        query.set("with_", tree.args["with_"].copy())
    return query


def _other_tables(tree: exp.Expr) -> Iterator[exp.Expr]:
    source = tree.args.get("from_") or tree.args.get("from")
    if source is not None and isinstance(tree, exp.Update):
        yield source.this
        yield from (join.this for join in source.this.args.get("joins") or ())
    using = tree.args.get("using")
    if isinstance(tree, exp.Delete) and using:
        yield from (using if isinstance(using, list) else [using])


def _kind(tree: exp.Expr) -> str:
    """What a statement does to its table; a MERGE that inserts nothing is what it does instead."""
    whens = tree.args.get("whens") if isinstance(tree, exp.Merge) else None
    if whens is None or any(isinstance(one.args.get("then"), exp.Insert) for one in whens.expressions):
        return type(tree).__name__.lower()
    return "update" if any(isinstance(one.args.get("then"), exp.Update) for one in whens.expressions) else "delete"


def _assigned(tree: exp.Expr) -> Iterator[str]:
    """The columns that an UPDATE sets, those of the updates in a MERGE and in ON CONFLICT among them."""
    setting = [tree] if isinstance(tree, exp.Update) else []
    if isinstance(tree, exp.Merge):
        whens = tree.args.get("whens")
        setting += list(whens.find_all(exp.Update)) if whens is not None else []
    if isinstance(tree, exp.Insert) and tree.args.get("conflict") is not None:
        setting.append(tree.args["conflict"])
    for one in setting:
        for part in one.expressions:
            if isinstance(part, exp.EQ):  # one column, or `(a, b) = …`
                yield from (name.name for name in (part.this.expressions or [part.this]))
