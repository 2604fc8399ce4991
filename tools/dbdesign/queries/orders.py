"""In which order a statement wants the rows of its tables: ORDER BY, GROUP BY, DISTINCT, windows, extreme values, nearest rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

from dbdesign.queries.operators import DISTANCES
from dbdesign.queries.origins import Origins, bare
from dbdesign.queries.predicates import Predicates, operator_of
from dbdesign.queries.uses import ComputedKey, Nearest, Ordering, StatementUse, TableUse


class Orders:
    """Notes orders in the uses of the tables."""

    def __init__(self, origins: Origins, predicates: Predicates, found: StatementUse) -> None:
        self._origins, self._predicates, self._found = origins, predicates, found

    def read(self, select: exp.Select, scope: Scope) -> None:
        """Look at one SELECT."""
        self._grouping(select, scope)
        self._ordering(select, scope)
        self._windows(select, scope)
        self._extremes(select, scope)

    def _grouping(self, select: exp.Select, scope: Scope) -> None:
        group = select.args.get("group")
        nodes = list(_group_keys(group, alone=len(scope.sources) == 1)) if group is not None else []
        if not nodes and select.args.get("distinct") is not None:
            nodes = [one.this if isinstance(one, exp.Alias) else one for one in select.selects]
        origins = [self._origins.of(_output(node, select), scope) for node in nodes]
        found = [one for one in origins if one]
        if nodes and len(found) == len(nodes) and len({id(one.use) for one in found}) == 1:
            use = found[0].use
            use.grouped = use.grouped or list(dict.fromkeys(one.column for one in found))

    def _ordering(self, select: exp.Select, scope: Scope) -> None:
        order = select.args.get("order")
        limited = select.args.get("limit") is not None or select.args.get("fetch") is not None
        for place, node in enumerate(order.expressions if order is not None else ()):
            said = _output(node.this, select)
            origin = self._origins.of(said, scope)
            if origin is None:
                if place == 0:
                    self._computed_order(node, said, scope, limited=limited)
                return
            if self._ordered_by_another(origin.use, limited=limited):
                return
            ordering = _ordering_of(node, origin.column)
            if ordering not in origin.use.ordered:
                origin.use.ordered.append(ordering)
            origin.use.limited = origin.use.limited or limited

    def _ordered_by_another(self, use: TableUse, *, limited: bool) -> bool:
        others = (one for one in self._found.uses if one is not use and one.ordered)
        return any(one.limited == limited for one in others)

    def _computed_order(self, node: exp.Expr, said: exp.Expr, scope: Scope, *, limited: bool) -> None:
        """`ORDER BY place <-> $1`, which a search tree is walked by, or `ORDER BY lower(name)`; for a few rows alone it pays."""
        if not limited:
            return
        if isinstance(said, exp.Operator):
            operator = operator_of(said)
            if operator in DISTANCES and not node.args.get("desc"):
                self._nearest(said, operator, scope)
        elif found := self._predicates.computed(said, scope):
            use, sql, columns = found
            use.computed.append(ComputedKey(sql, columns, "order"))

    def _nearest(self, said: exp.Operator, operator: str, scope: Scope) -> None:
        for side in (said.this, said.expression):
            origin = self._origins.of(side, scope)
            if origin:
                origin.use.nearest.append(Nearest(origin.column, operator))
                origin.use.limited = True

    def _windows(self, select: exp.Select, scope: Scope) -> None:
        """The order that a window wants, where the select reads one table and does not group: then its index saves the sort."""
        if len(scope.sources) != 1 or select.args.get("group") is not None:
            return
        for window in (*select.args.get("windows", ()), *_outermost(select, exp.Window)):
            order = window.args.get("order")
            keys = [
                *((one, None) for one in window.args.get("partition_by") or ()),
                *((one.this, one) for one in (order.expressions if order is not None else ())),
            ]
            origins = [(self._origins.of(node, scope), ordered) for node, ordered in keys]
            found = [(one, ordered) for one, ordered in origins if one]
            if found and len(found) == len(keys):
                parts = [
                    _ordering_of(ordered, one.column) if ordered else Ordering(one.column) for one, ordered in found
                ]
                use = found[0][0].use
                use.windows.append(tuple(dict.fromkeys(parts)))

    def _extremes(self, select: exp.Select, scope: Scope) -> None:
        """`min(x)`, `max(x)` of one table without groups: the first or last entry of an index (planagg.c)."""
        if len(scope.sources) != 1 or select.args.get("group") is not None:
            return
        for node in _outermost(select, exp.Min, exp.Max):
            origin = self._origins.of(node.this, scope)
            if origin and origin.column not in origin.use.extremes:
                origin.use.extremes.append(origin.column)


def _outermost(select: exp.Select, *kinds: type[exp.Expr]) -> Iterator[exp.Expr]:
    """Nodes of these kinds in what a select puts out, not those of its subqueries."""
    stack: list[exp.Expr] = list(select.selects)
    while stack:
        node = stack.pop()
        if isinstance(node, kinds):
            yield node
        elif not isinstance(node, (exp.Query, exp.Window)):
            stack += list(node.iter_expressions())


def _group_keys(group: exp.Expr, *, alone: bool) -> Iterator[exp.Expr]:
    """What rows are grouped by: of one table's ROLLUP and GROUPING SETS the longest set, whose order gives its beginnings' too."""
    yield from (one for one in group.expressions if not isinstance(one, (exp.Cube, exp.Rollup, exp.GroupingSets)))
    for one in group.expressions if alone else ():
        if isinstance(one, exp.Rollup):
            yield from _flat(one.expressions)
        elif isinstance(one, exp.GroupingSets):
            sets = [list(_flat([part])) for part in one.expressions]
            yield from max(sets, key=len, default=[])


def _flat(nodes: Iterable[exp.Expr]) -> Iterator[exp.Expr]:
    for node in nodes:
        if isinstance(node, exp.Tuple):
            yield from node.expressions
        else:
            yield node


def _ordering_of(node: exp.Expr, column: str) -> Ordering:
    said = node.args.get("nulls_first")
    nulls = None if said is None else ("first" if said else "last")
    descending = bool(node.args.get("desc"))
    default = "first" if descending else "last"
    return Ordering(column, descending, None if nulls == default else nulls)


def _output(node: exp.Expr, select: exp.Select) -> exp.Expr:
    """What an output's number or alias stands for."""
    node = bare(node) or node
    if isinstance(node, exp.Literal) and node.is_int:
        number = int(node.this)
        if 0 < number <= len(select.selects):
            return _named(select.selects[number - 1])
    if isinstance(node, exp.Column) and not node.table:
        for one in select.selects:
            named = isinstance(one, exp.Alias) and one.alias.lower() == node.name.lower()
            if named and not isinstance(one.this, exp.Column):
                return _named(one)
    return node


def _named(output: exp.Expr) -> exp.Expr:
    inner: exp.Expr = output.this if isinstance(output, exp.Alias) else output
    return bare(inner) or inner
