"""Finds out how a statement uses the tables: predicates, joins, order, grouping, projection, through subqueries, CTEs and UNIONs."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.scope import Scope, traverse_scope

from dbdesign.dialects.negations import plainly_negated
from dbdesign.errors import InputError
from dbdesign.model.schema import Schema, Table
from dbdesign.queries.placeholders import spaced
from dbdesign.queries.uses import ComputedKey, Condition, Containment, Ordering, StatementUse, TableUse, Write

logging.getLogger("sqlglot").setLevel(logging.ERROR)

_RANGES = (exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between)
_CONTAINMENTS: dict[Any, tuple[str, str]] = {
    exp.ArrayContainsAll: ("@>", "document"),
    exp.JSONBContainsTopKey: ("?", "document"),
    exp.JSONBContainsAnyTopKeys: ("?|", "document"),
    exp.JSONBContainsAllTopKeys: ("?&", "document"),
    exp.ArrayOverlaps: ("&&", "array"),
    exp.MatchAgainst: ("@@", "text search"),
}
_DEEP = 12
"""Levels of subqueries through which a column is followed."""


@dataclass(frozen=True)
class _Origin:
    """The table that a column comes from."""

    use: TableUse
    column: str


def analyse(sql: str, schema: Schema, dialect: str) -> StatementUse:
    """How one statement uses the tables of the schema.

    Raises:
        InputError: where sqlglot cannot parse it.
    """
    try:
        tree = plainly_negated(sqlglot.parse_one(spaced(sql), dialect=dialect))
    except (SqlglotError, RecursionError) as error:
        said = str(error).splitlines()[0] if str(error) else "nested too deeply"
        raise InputError(f"cannot be parsed: {said[:200]}", where="query") from None
    return _Analysis(schema, dialect).run(tree)


class _Analysis:
    def __init__(self, schema: Schema, dialect: str) -> None:
        self.schema, self.dialect = schema, dialect
        self.found = StatementUse()
        self._uses: dict[tuple[int, str], TableUse] = {}
        self._of_node: dict[int, TableUse] = {}

    def run(self, tree: exp.Expr) -> StatementUse:
        for query in self._queries(tree):
            for scope in traverse_scope(query):
                self._tables(scope)
            for scope in traverse_scope(query):
                self._columns(scope)
                self._clauses(scope)
        return self.found

    def _queries(self, tree: exp.Expr) -> Iterator[exp.Expr]:
        """The SELECTs to look at: a write's predicates as if it were one."""
        if isinstance(tree, (exp.Update, exp.Delete, exp.Merge, exp.Insert)):
            yield from self._of_write(tree)
        for cte in tree.find_all(exp.CTE):
            if isinstance(cte.this, (exp.Update, exp.Delete, exp.Merge, exp.Insert)):
                yield from self._of_write(cte.this)
        if isinstance(tree, exp.Query):
            yield tree

    def _of_write(self, tree: exp.Expr) -> Iterator[exp.Expr]:
        target = tree.this.find(exp.Table) if tree.this else None
        table = self._table(target) if target is not None else None
        kind = type(tree).__name__.lower()
        if table is not None:
            columns = frozenset(name for one in _assigned(tree) if (name := _stored(table, one)))
            self.found.writes.append(Write(table, kind, columns))
        if isinstance(tree, exp.Insert):
            if isinstance(tree.expression, exp.Query):
                yield tree.expression
            return
        if target is None:
            return
        query = exp.select(exp.Literal.number(1)).from_(target.copy())
        if isinstance(tree, exp.Merge):
            query = query.join(tree.args["using"].copy(), on=tree.args["on"].copy())
        for other in self._other_tables(tree):
            query = query.join(other.copy(), join_type="cross")
        if tree.args.get("where") is not None:
            query = query.where(tree.args["where"].this.copy())
        if tree.args.get("with_") is not None:
            query.set("with_", tree.args["with_"].copy())
        yield query

    @staticmethod
    def _other_tables(tree: exp.Expr) -> Iterator[exp.Expr]:
        source = tree.args.get("from_") or tree.args.get("from")
        if source is not None and isinstance(tree, exp.Update):
            yield source.this
            yield from (join.this for join in source.this.args.get("joins") or ())
        using = tree.args.get("using")
        if isinstance(tree, exp.Delete) and using:
            yield from (using if isinstance(using, list) else [using])

    def _table(self, node: exp.Expr) -> Table | None:
        if not isinstance(node, exp.Table):
            return None
        name, namespace = node.name, node.text("db")
        found = self.schema.table(f"{namespace}.{name}") if namespace else None
        return found or self.schema.table(name) or self._ignoring_case(name)

    def _ignoring_case(self, name: str) -> Table | None:
        return next((table for table in self.schema.tables if table.name.lower() == name.lower()), None)

    def _tables(self, scope: Scope) -> None:
        for source in scope.sources.values():
            table = self._table(source) if isinstance(source, exp.Table) else None
            if table is not None and id(source) not in self._of_node:
                use = self._of_node[id(source)] = TableUse(table)
                self.found.uses.append(use)

    # columns and where they come from

    def _origin(self, node: exp.Expr | None, scope: Scope | None, depth: int = 0) -> _Origin | None:
        """The table's column that a column is, followed through subqueries and CTEs."""
        node = _bare(node)
        if not isinstance(node, exp.Column) or scope is None or depth > _DEEP:
            return None
        if node.table:
            source = _get(scope, node.table)
            if source is None:
                return self._origin(node, scope.parent, depth + 1)
            return self._within(source, node.name, depth)
        found = [one for source in scope.sources.values() if (one := self._within(source, node.name, depth))]
        if len({(id(one.use), one.column) for one in found}) == 1:
            return found[0]
        return self._origin(node, scope.parent, depth + 1) if not found else None

    def _within(self, source: object, name: str, depth: int) -> _Origin | None:
        if isinstance(source, exp.Table):
            use = self._of_node.get(id(source))
            stored = _stored(use.table, name) if use else None
            return _Origin(use, stored) if use and stored else None
        if isinstance(source, Scope):
            return self._projected(source, name, depth + 1)
        return None

    def _projected(self, scope: Scope, name: str, depth: int) -> _Origin | None:
        """The origin of a named output of a subquery; of a UNION its first branch's."""
        expression = scope.expression
        if isinstance(expression, exp.SetOperation):
            branches = getattr(scope, "union_scopes", None)  # a recursive CTE that reads itself has none
            return self._projected(branches[0], name, depth + 1) if branches and depth < _DEEP else None
        for one in getattr(expression, "selects", ()):
            if one.alias_or_name.lower() == name.lower():
                inner = one.this if isinstance(one, exp.Alias) else one
                return self._origin(inner, scope, depth)
            if isinstance(one, exp.Star):
                found = [at for source in scope.sources.values() if (at := self._within(source, name, depth))]
                return found[0] if len(found) == 1 else None
        return None

    def _columns(self, scope: Scope) -> None:
        """Every column that is read, for covering indexes."""
        for column in scope.columns:
            origin = self._origin(column, scope)
            if origin:
                origin.use.used.add(origin.column)
        for star in scope.stars:
            self._star(star, scope)
        if isinstance(scope.expression.parent, exp.Exists):
            return  # what EXISTS selects is never looked at
        for one in getattr(scope.expression, "selects", ()):
            if isinstance(one, exp.Star):
                self._star(one, scope)

    def _star(self, star: exp.Expr, scope: Scope) -> None:
        names = [star.table] if isinstance(star, exp.Column) and star.table else list(scope.sources)
        for name in names:
            source = _get(scope, name)
            use = self._of_node.get(id(source)) if isinstance(source, exp.Table) else None
            if use:
                use.all_columns = True
                use.used.update(column.name for column in use.table.columns)

    # clauses

    def _clauses(self, scope: Scope) -> None:
        select = scope.expression
        if not isinstance(select, exp.Select):
            return
        for join in select.args.get("joins") or ():
            if join.args.get("on") is not None:
                self._predicates(join.args["on"], scope)
            self._using(join, scope)
        for clause in ("where", "having"):
            if select.args.get(clause) is not None:
                self._predicates(select.args[clause].this, scope)
        self._grouping(select, scope)
        self._ordering(select, scope)

    def _using(self, join: exp.Join, scope: Scope) -> None:
        for name in join.args.get("using") or ():
            found = [one for source in scope.sources.values() if (one := self._within(source, name.name, 0))]
            for left in found:
                for right in found:
                    if left.use is not right.use:
                        left.use.used.add(left.column)
                        left.use.joins.setdefault(left.column, set()).add((right.use.table.label, right.column))

    def _predicates(self, part: exp.Expr, scope: Scope, *, either: bool = False) -> None:
        for node in conjuncts(part):
            if isinstance(node, exp.Or):
                for branch in _branches(node):
                    self._predicates(branch, scope, either=True)
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
            elif isinstance(node, (exp.Like, exp.ILike, exp.RegexpLike, exp.RegexpILike)):
                self._pattern(node, scope, either=either)
            elif isinstance(node, exp.Column):
                self._note(node, node, scope, "equal", either=either)
            else:
                self._containment(node, scope)

    def _negated(self, node: exp.Not, scope: Scope, *, either: bool) -> None:
        inner = _bare(node.this)
        if isinstance(inner, (exp.Is, exp.Column)):
            self._note(inner.this if isinstance(inner, exp.Is) else inner, node, scope, "condition", either=either)

    def _equality(self, node: exp.Expr, scope: Scope, *, either: bool) -> None:
        left, right = self._origin(node.this, scope), self._origin(node.expression, scope)
        if left and right and left.use is not right.use:
            left.use.joins.setdefault(left.column, set()).add((right.use.table.label, right.column))
            right.use.joins.setdefault(right.column, set()).add((left.use.table.label, left.column))
            return
        if left and right:
            return
        self._note(node.this, node, scope, "equal", either=either)
        self._note(node.expression, node, scope, "equal", either=either)

    def _in(self, node: exp.In, scope: Scope, *, either: bool) -> None:
        query = node.args.get("query")
        inner = query.unnest() if isinstance(query, exp.Subquery) else query
        origin = self._origin(node.this, scope)
        if isinstance(inner, exp.Query) and origin and inner.selects:
            inside = next((one for one in scope.subquery_scopes if one.expression is inner), None)
            select = inner.selects[0]
            other = self._origin(select.this if isinstance(select, exp.Alias) else select, inside)
            if other:
                origin.use.joins.setdefault(origin.column, set()).add((other.use.table.label, other.column))
                other.use.joins.setdefault(other.column, set()).add((origin.use.table.label, origin.column))
                return
        self._note(node.this, node, scope, "equal", either=either)

    def _range(self, node: exp.Expr, scope: Scope, *, either: bool) -> None:
        left, right = self._origin(node.this, scope), self._origin(node.args.get("expression"), scope)
        if left and right and left.use is right.use:
            return  # two columns of one row: no index finds it
        self._note(node.this, node, scope, "ranges", either=either)
        if not isinstance(node, exp.Between):
            self._note(node.expression, node, scope, "ranges", either=either)

    def _pattern(self, node: exp.Expr, scope: Scope, *, either: bool) -> None:
        pattern = node.expression
        anchored = isinstance(node, exp.Like) and not _begins_with_wildcard(pattern)
        if anchored:
            self._note(node.this, node, scope, "ranges", either=either)
            return
        origin = self._origin(node.this, scope)
        if origin:
            operators: dict[Any, str] = {exp.Like: "~~", exp.ILike: "~~*", exp.RegexpLike: "~"}
            operator = operators.get(type(node), "~*")
            origin.use.contained.append(Containment(origin.column, operator, "pattern"))

    def _containment(self, node: exp.Expr, scope: Scope) -> None:
        known = _CONTAINMENTS.get(type(node))
        if known is None:
            return
        sides = [node.this, *([node.expression] if node.args.get("expression") is not None else []), *node.expressions]
        for side in sides:
            origin = self._origin(side, scope)
            if origin:
                origin.use.contained.append(Containment(origin.column, known[0], known[1]))

    def _note(self, side: exp.Expr | None, whole: exp.Expr, scope: Scope, kind: str, *, either: bool) -> None:
        """One side of a comparison: a column, or an expression of one table's columns."""
        origin = self._origin(side, scope)
        if origin is None:
            self._computed(side, scope, "range" if kind == "ranges" else "equal")
            return
        if kind != "condition":
            target = origin.use.either if either else getattr(origin.use, kind)
            target.add(origin.column)
        if not either and (condition := self._condition(whole, origin)):
            origin.use.conditions.append(condition)

    def _condition(self, node: exp.Expr, origin: _Origin) -> Condition | None:
        """A comparison of the column with constants alone."""
        if any(True for _ in node.find_all(exp.Placeholder, exp.Parameter, exp.Subquery, exp.Select)):
            return None
        columns = list(node.find_all(exp.Column))
        if len(columns) != 1:
            return None
        copy = node.copy()
        for column in copy.find_all(exp.Column):
            column.replace(exp.column(exp.to_identifier(origin.column, quoted=_needs_quotes(origin.column))))
        if isinstance(copy, exp.Column) or not isinstance(node, exp.Column):
            text = (
                exp.column(exp.to_identifier(origin.column)).sql(self.dialect)
                if isinstance(node, exp.Column)
                else copy.sql(self.dialect)
            )
            return Condition(origin.column, text)
        return None

    def _computed(self, side: exp.Expr | None, scope: Scope, kind: str) -> None:
        node = _bare(side)
        if node is None or isinstance(node, (exp.Column, exp.Literal, exp.Placeholder, exp.Parameter, exp.AggFunc)):
            return
        if any(True for _ in node.find_all(exp.Select, exp.AggFunc, exp.Placeholder, exp.Parameter, exp.Window)):
            return
        columns = list(node.find_all(exp.Column))
        origins = [self._origin(column, scope) for column in columns]
        uses = {id(one.use): one.use for one in origins if one}
        if not columns or len(uses) != 1 or None in origins:
            return
        copy = node.copy()
        for column, origin in zip(copy.find_all(exp.Column), origins, strict=False):
            if origin:
                column.set("table", None)
                column.set("this", exp.to_identifier(origin.column, quoted=_needs_quotes(origin.column)))
        use = next(iter(uses.values()))
        names = tuple(dict.fromkeys(one.column for one in origins if one))
        use.computed.append(ComputedKey(copy.sql(self.dialect), names, kind))

    def _grouping(self, select: exp.Select, scope: Scope) -> None:
        group = select.args.get("group")
        nodes = list(group.expressions) if group is not None else []
        if not nodes and select.args.get("distinct") is not None:
            nodes = [one.this if isinstance(one, exp.Alias) else one for one in select.selects]
        origins = [self._origin(self._output(node, select), scope) for node in nodes]
        uses = {id(one.use) for one in origins if one}
        if nodes and None not in origins and len(uses) == 1:
            columns = [one.column for one in origins if one]
            use = next(one.use for one in origins if one)
            use.grouped = use.grouped or list(dict.fromkeys(columns))

    def _ordering(self, select: exp.Select, scope: Scope) -> None:
        order = select.args.get("order")
        limited = select.args.get("limit") is not None or select.args.get("fetch") is not None
        for node in order.expressions if order is not None else ():
            origin = self._origin(self._output(node.this, select), scope)
            if origin is None:
                return
            if any(
                use.ordered and use is not origin.use
                for use in self.found.uses
                if use.limited == limited and use.ordered
            ):
                return
            nulls = None if node.args.get("nulls_first") is None else ("first" if node.args["nulls_first"] else "last")
            descending = bool(node.args.get("desc"))
            default = "first" if descending else "last"
            said = None if nulls == default else nulls
            ordering = Ordering(origin.column, descending, said)
            if ordering not in origin.use.ordered:
                origin.use.ordered.append(ordering)
            origin.use.limited = origin.use.limited or limited

    @staticmethod
    def _output(node: exp.Expr, select: exp.Select) -> exp.Expr:
        """What an output's number or alias stands for."""
        node = _bare(node) or node
        if isinstance(node, exp.Literal) and node.is_int:
            number = int(node.this)
            if 0 < number <= len(select.selects):
                one = select.selects[number - 1]
                return one.this if isinstance(one, exp.Alias) else one
        if isinstance(node, exp.Column) and not node.table:
            for one in select.selects:
                if (
                    isinstance(one, exp.Alias)
                    and one.alias.lower() == node.name.lower()
                    and not isinstance(one.this, exp.Column)
                ):
                    inner: exp.Expr = one.this
                    return inner
        return node


def _get(scope: Scope, name: str) -> object | None:
    source = scope.sources.get(name)
    if source is not None:
        return source
    return next((one for alias, one in scope.sources.items() if alias.lower() == name.lower()), None)


def _stored(table: Table, name: str) -> str | None:
    """The column's name as stored; the statement may write it in another case."""
    if table.column(name):
        return name
    lower = name.lower()
    return next((column.name for column in table.columns if column.name.lower() == lower), None)


def _bare(node: exp.Expr | None) -> exp.Expr | None:
    """Without parentheses."""
    while isinstance(node, exp.Paren):
        node = node.this
    return node


def _assigned(tree: exp.Expr) -> Iterator[str]:
    """The columns that an UPDATE sets, those of the updates in a MERGE and in ON CONFLICT among them."""
    setting = [tree] if isinstance(tree, exp.Update) else []
    if isinstance(tree, exp.Merge):
        whens = tree.args.get("whens")
        setting += list(whens.find_all(exp.Update)) if whens is not None else []
    if isinstance(tree, exp.Insert) and tree.args.get("conflict") is not None:
        setting.append(tree.args["conflict"])
    for one in setting:
        yield from (part.this.name for part in one.expressions if isinstance(part, exp.EQ))


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


def _begins_with_wildcard(pattern: exp.Expr) -> bool:
    leading = pattern
    while isinstance(leading, (exp.DPipe, exp.Add, exp.Concat, exp.Paren)):
        leading = leading.expressions[0] if isinstance(leading, exp.Concat) else leading.this
    return isinstance(leading, exp.Literal) and str(leading.this).startswith(("%", "_"))


def _needs_quotes(name: str) -> bool:
    return not (name.isidentifier() and name == name.lower())
