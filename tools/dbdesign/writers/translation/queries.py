"""What view bodies need beyond scalar expressions: names of tables, and what a SELECT may hold to be the same in the target."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from dbdesign.writers.translation.context import Context, Family, UntranslatableError

SELECT_PARTS = frozenset(
    {"expressions", "from_", "from", "joins", "where", "group", "having", "order", "distinct", "with_", "with"}
)
SET_PARTS = frozenset({"this", "expression", "distinct", "order", "with_", "with", "by_name"})
DEFAULT_NAMESPACES = frozenset({"public", "dbo", "main"})


def check_query(tree: exp.Expr) -> None:
    """Refuse what is not a plain query: LIMIT, DISTINCT ON, LATERAL, windows, FOR UPDATE …"""
    if not isinstance(tree, exp.Select | exp.Union | exp.Except | exp.Intersect):
        raise UntranslatableError(type(tree).__name__)
    for node in tree.walk():
        if isinstance(node, exp.Select):
            _check_parts(node, SELECT_PARTS)
        elif isinstance(node, exp.Union | exp.Except | exp.Intersect):
            _check_parts(node, SET_PARTS)
        elif isinstance(node, exp.Table) and not isinstance(node.this, exp.Identifier):
            raise UntranslatableError("a function in FROM")
        elif isinstance(node, exp.Distinct) and node.args.get("on") is not None:
            raise UntranslatableError("DISTINCT ON")
        elif isinstance(node, exp.Group) and {name for name, value in node.args.items() if value} - {"expressions"}:
            raise UntranslatableError("GROUP BY with grouping sets")
        elif isinstance(node, exp.Join) and (node.args.get("using") or node.args.get("method")):
            raise UntranslatableError("JOIN USING")


def _check_parts(node: exp.Expr, allowed: frozenset[str]) -> None:
    extra = {name for name, value in node.args.items() if value} - allowed
    if extra:
        raise UntranslatableError(", ".join(sorted(extra)))


def prepare_query(tree: exp.Expr, context: Context, renames: Mapping[str, str]) -> None:
    """Rename the tables, and leave out what has no meaning in a view of the target."""
    if context.writes is Family.TSQL and tree.args.get("order") is not None:
        tree.set("order", None)
    names = {cte.alias for cte in tree.find_all(exp.CTE)}
    for table in tree.find_all(exp.Table):
        if table.name not in names or table.args.get("db"):
            _rename(table, renames)
    for column in tree.find_all(exp.Column):
        if column.args.get("db") is not None:
            column.set("db", None)


def _rename(table: exp.Table, renames: Mapping[str, str]) -> None:
    namespace = table.db if table.db not in DEFAULT_NAMESPACES else ""
    label = f"{namespace}.{table.name}" if namespace else table.name
    new = renames.get(label, label)
    space, _, name = new.rpartition(".")
    table.set("this", exp.to_identifier(name))
    table.set("db", exp.to_identifier(space) if space else None)
    table.set("catalog", None)
    if new != label and not table.alias:
        table.set("alias", exp.TableAlias(this=exp.to_identifier(label.rpartition(".")[2])))
