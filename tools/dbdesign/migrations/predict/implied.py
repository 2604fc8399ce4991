"""What a table's valid constraints prove, so that PostgreSQL does not read it: NOT NULL, and a partition's bounds.

It follows ConstraintImpliedByRelConstraint (tablecmds.c) as far as the constraints are conjunctions of simple comparisons; what the
server may prove beyond that counts as not proven.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dbdesign.readers.postgresql import grammar_nodes as nodes
from dbdesign.readers.postgresql.grammar_drafts import TableDraft
from dbdesign.readers.postgresql.libpg_query import ParseError, parse, pb

_TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "="}
Comparison = tuple[str, str, str]
"""Column, operator, constant as SQL; the operator `is not null` has no constant."""


def parsed_expression(text: str) -> Any | None:
    """The tree of an expression in SQL; None where it does not parse."""
    try:
        return parse(f"SELECT {text}").stmts[0].stmt.select_stmt.target_list[0].res_target.val
    except (ParseError, IndexError):
        return None


def conjuncts(node: Any) -> Iterator[Any]:
    """The parts of an AND, and of those inside it."""
    if nodes.kind_of(node) == "bool_expr" and node.bool_expr.boolop == pb.AND_EXPR:
        for part in node.bool_expr.args:
            yield from conjuncts(part)
    else:
        yield node


def comparison(node: Any) -> Comparison | None:
    """A comparison of a column with a constant, or IS NOT NULL."""
    which = nodes.kind_of(node)
    if which == "null_test" and node.null_test.nulltesttype == pb.IS_NOT_NULL:
        column = _column(node.null_test.arg)
        return (column, "is not null", "") if column else None
    if which == "a_expr" and node.a_expr.kind == pb.AEXPR_OP and len(node.a_expr.name) == 1:
        operator = node.a_expr.name[0].string.sval
        left, right = node.a_expr.lexpr, node.a_expr.rexpr
        if operator in _TURNED and _column(left):
            return _column(left), operator, _constant(right)
        if operator in _TURNED and _column(right):
            return _column(right), _TURNED[operator], _constant(left)
    return None


def _column(node: Any) -> str:
    if nodes.kind_of(node) == "type_cast":
        return _column(node.type_cast.arg)
    if nodes.kind_of(node) == "column_ref" and nodes.kind_of(node.column_ref.fields[-1]) == "string":
        return str(node.column_ref.fields[-1].string.sval)
    return ""


def _constant(node: Any) -> str:
    while nodes.kind_of(node) == "type_cast":
        node = node.type_cast.arg
    return nodes.expression(node)


def _checks(table: TableDraft) -> Iterator[Any]:
    for check in table.checks:
        if check.valid and check.enforced and (node := parsed_expression(check.expression)) is not None:
            yield from conjuncts(node)


def facts(table: TableDraft) -> set[Comparison]:
    """The comparisons that every row passes."""
    found = {one for node in _checks(table) if (one := comparison(node)) is not None}
    found |= {
        (column.name, "is not null", "")
        for column in table.columns.values()
        if not column.nullable and column.not_null_valid
    }
    return found


def not_null_is_proven(table: TableDraft, column: str) -> bool:
    """Whether a valid CHECK says `column IS NOT NULL`, alone or within an AND (12 and later)."""
    return any(comparison(node) == (column, "is not null", "") for node in _checks(table))


def bound_is_proven(child: TableDraft, parent: TableDraft, bound: Any) -> bool:
    """Whether a table's constraints prove what a partition's bound asks for; bounds of hash partitions are never proven."""
    wanted = _bound(parent, bound)
    return wanted is not None and all(_follows(one, facts(child)) for one in wanted)


def _bound(parent: TableDraft, bound: Any) -> list[Comparison] | None:
    """A bound on one column as comparisons; None for others."""
    keys = parent.partitioning.keys if parent.partitioning is not None else ()
    if len(keys) != 1 or keys[0].column is None or bound.is_default:
        return None
    column = keys[0].column
    if bound.strategy == "l":
        return (
            [(column, "is not null", ""), (column, "=", _constant(bound.listdatums[0]))]
            if len(bound.listdatums) == 1
            else None
        )
    if bound.strategy != "r" or len(bound.lowerdatums) != 1:
        return None
    low, high = (nodes.expression(one[0]) for one in (bound.lowerdatums, bound.upperdatums))
    wanted = [(column, "is not null", "")]
    if low.lower() != "minvalue":
        wanted.append((column, ">=", _constant(bound.lowerdatums[0])))
    if high.lower() != "maxvalue":
        wanted.append((column, "<", _constant(bound.upperdatums[0])))
    return wanted


def _follows(wanted: Comparison, known: set[Comparison]) -> bool:
    column, operator, value = wanted
    if wanted in known:
        return True
    for other, by, limit in known:
        if other != column or not limit or by == "is not null":
            continue
        if operator == "is not null":
            continue
        order = _order(limit, value)
        if order is None:
            continue
        if operator == ">=" and (by in {">", ">=", "="} and order >= 0):
            return True
        if operator == "<" and ((by == "<" and order <= 0) or (by in {"<=", "="} and order < 0)):
            return True
    return False


def _order(one: str, other: str) -> int | None:
    """How two constants compare: numbers as such, strings only when they have one length (dates)."""
    try:
        first, second = float(one), float(other)
    except ValueError:
        if len(one) != len(other) or not one.startswith("'"):
            return 0 if one == other else None
        return (one > other) - (one < other)
    return (first > second) - (first < second)


def default_is_proven(default: TableDraft, parent: TableDraft, bound: Any) -> bool:
    """Whether the default partition's checks exclude the values of a new partition: `NOT (…)` of the bound, or the two outsides."""
    wanted = _bound(parent, bound)
    if wanted is None:
        return False
    inner = {one for one in wanted if one[1] != "is not null"}
    return any(_excludes(node, inner) for node in _checks(default))


def _excludes(node: Any, bound: set[Comparison]) -> bool:
    if nodes.kind_of(node) == "bool_expr" and node.bool_expr.boolop == pb.NOT_EXPR:
        inside = {comparison(one) for one in conjuncts(node.bool_expr.args[0])}
        return {one for one in inside if one is None or one[1] != "is not null"} == bound
    if nodes.kind_of(node) == "bool_expr" and node.bool_expr.boolop == pb.OR_EXPR:
        outside = {comparison(one) for one in node.bool_expr.args}
        opposite = {">=": "<", "<": ">=", "=": "<>"}
        return {(column, opposite[operator], value) for column, operator, value in bound} == outside
    return False
