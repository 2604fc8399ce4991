"""Which table's column each name of a statement means, followed through aliases, subqueries, CTEs and UNIONs."""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

from dbdesign.model.schema import Schema, Table
from dbdesign.queries.uses import StatementUse, TableUse

_DEEP = 12
"""Levels of subqueries through which a column is followed."""


@dataclass(frozen=True)
class Origin:
    """The table that a column comes from."""

    use: TableUse
    column: str

    def joins(self, other: Origin) -> None:
        """Note that two tables' columns must be equal."""
        self.use.joins.setdefault(self.column, set()).add((other.use.table.label, other.column))
        other.use.joins.setdefault(other.column, set()).add((self.use.table.label, self.column))


class Origins:
    """The occurrences of tables in one statement, and what its columns are of."""

    def __init__(self, schema: Schema, found: StatementUse) -> None:
        self._schema, self._found = schema, found
        self._of_node: dict[int, TableUse] = {}

    def table(self, node: exp.Expr) -> Table | None:
        """The table of the schema that a name in FROM means."""
        if not isinstance(node, exp.Table):
            return None
        name, namespace = node.name, node.text("db")
        found = self._schema.table(f"{namespace}.{name}") if namespace else None
        return found or self._schema.table(name) or self._ignoring_case(name)

    def _ignoring_case(self, name: str) -> Table | None:
        return next((table for table in self._schema.tables if table.name.lower() == name.lower()), None)

    def enter(self, scope: Scope) -> None:
        """Note the tables that a scope reads, each once."""
        for source in scope.sources.values():
            table = self.table(source) if isinstance(source, exp.Table) else None
            if table is not None and id(source) not in self._of_node:
                use = self._of_node[id(source)] = TableUse(table)
                self._found.uses.append(use)

    def of(self, node: exp.Expr | None, scope: Scope | None, depth: int = 0) -> Origin | None:
        """The table's column that an expression is; None where it is none, or computed."""
        node = bare(node)
        if not isinstance(node, exp.Column) or scope is None or depth > _DEEP:
            return None
        if node.table:
            source = _named(scope, node.table)
            if source is None:
                return self.of(node, scope.parent, depth + 1)
            return self._within(source, node.name, depth)
        found = self.named(node.name, scope, depth)
        if len({(id(one.use), one.column) for one in found}) == 1:
            return found[0]
        return self.of(node, scope.parent, depth + 1) if not found else None

    def named(self, name: str, scope: Scope, depth: int = 0) -> list[Origin]:
        """The columns of that name of all sources of a scope."""
        return [one for source in scope.sources.values() if (one := self._within(source, name, depth))]

    def _within(self, source: object, name: str, depth: int) -> Origin | None:
        if isinstance(source, exp.Table):
            use = self._of_node.get(id(source))
            known = stored(use.table, name) if use else None
            return Origin(use, known) if use and known else None
        if isinstance(source, Scope):
            return self._projected(source, name, depth + 1)
        return None

    def _projected(self, scope: Scope, name: str, depth: int) -> Origin | None:
        """The origin of a named output of a subquery; of a UNION its first branch's."""
        expression = scope.expression
        if isinstance(expression, exp.SetOperation):
            branches = getattr(scope, "union_scopes", None)  # a recursive CTE that reads itself has none
            return self._projected(branches[0], name, depth + 1) if branches and depth < _DEEP else None
        for one in getattr(expression, "selects", ()):
            if one.alias_or_name.lower() == name.lower():
                inner = one.this if isinstance(one, exp.Alias) else one
                return self.of(inner, scope, depth)
            if isinstance(one, exp.Star):
                found = self.named(name, scope, depth)
                return found[0] if len(found) == 1 else None
        return None

    def read(self, scope: Scope) -> None:
        """Note every column that is read, for covering indexes."""
        for column in scope.columns:
            origin = self.of(column, scope)
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
            source = _named(scope, name)
            use = self._of_node.get(id(source)) if isinstance(source, exp.Table) else None
            if use:
                use.all_columns = True
                use.used.update(column.name for column in use.table.columns)


def _named(scope: Scope, name: str) -> object | None:
    source = scope.sources.get(name)
    if source is not None:
        return source
    return next((one for alias, one in scope.sources.items() if alias.lower() == name.lower()), None)


def stored(table: Table, name: str) -> str | None:
    """The column's name as stored; the statement may write it in another case."""
    if table.column(name):
        return name
    lower = name.lower()
    return next((column.name for column in table.columns if column.name.lower() == lower), None)


def bare(node: exp.Expr | None) -> exp.Expr | None:
    """Without parentheses."""
    while isinstance(node, exp.Paren):
        node = node.this
    return node
