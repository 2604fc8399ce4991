"""Truth values: SQL Server tells predicates from values, and PostgreSQL tells booleans from numbers."""

from __future__ import annotations

from sqlglot import exp

from dbdesign.model.types import INTEGERS, Kind
from dbdesign.writers.translation.context import PREDICATE, Context, Family, UntranslatableError, unwrapped

PREDICATES = (
    exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Is, exp.In, exp.Between, exp.Like, exp.ILike, exp.Escape, exp.And, exp.Or,
    exp.Not, exp.NullSafeEQ, exp.NullSafeNEQ, exp.Exists, exp.RegexpLike, exp.RegexpILike,
)  # fmt: skip


def settle(tree: exp.Expr, context: Context, *, predicate: bool | None) -> None:
    """Put truth values right, in the neutral tree, in place.

    Args:
        predicate: whether the whole is a condition (a CHECK, a WHERE) or a value; None leaves the whole as it is.
    """
    if context.writes is Family.POSTGRES:
        _settle_booleans(tree, context)
    elif context.writes is Family.TSQL:
        _settle_conditions(tree)
        whole = tree.expressions[0] if tree.expressions else None
        if predicate is True and whole is not None:
            _as_condition(whole)
        elif predicate is False and whole is not None:
            _as_value(whole)


def is_predicate(node: exp.Expr | None) -> bool:
    """Whether T-SQL would see a condition here."""
    bare = unwrapped(node)
    return bare is not None and (isinstance(bare, PREDICATES) or bool(bare.meta.get(PREDICATE)) or _is_json_valid(bare))


def _is_json_valid(node: exp.Expr) -> bool:
    return isinstance(node, exp.Anonymous) and node.name == "JSON_VALID"


def _settle_conditions(tree: exp.Expr) -> None:
    """Everywhere below: what stands where a condition must be becomes one, and the other way round."""
    for node in reversed(list(tree.walk(bfs=False))):
        if isinstance(node, exp.And | exp.Or):
            _as_condition(node.this)
            _as_condition(node.expression)
        elif isinstance(node, exp.Not):
            _negation(node)
        elif isinstance(node, exp.Where | exp.Having) or (isinstance(node, exp.If) and node.arg_key == "ifs"):
            _as_condition(node.this)
        elif isinstance(node, exp.Join) and node.args.get("on") is not None:
            _as_condition(node.args["on"])
        else:
            _settle_value(node)
        if isinstance(node, exp.If | exp.Case):
            for part in (node.args.get("true"), node.args.get("default")):
                if part is not None:
                    _as_value(part)


def _settle_value(node: exp.Expr) -> None:
    if isinstance(node, exp.Is):
        _is_truth(node)
    elif isinstance(node, exp.EQ | exp.NEQ):
        _comparison_of_truths(node)
    elif isinstance(node, exp.Alias):
        _as_value(node.this)
    elif isinstance(node, exp.Boolean) and not isinstance(unwrapped(node.parent), exp.And | exp.Or | exp.Not | exp.Is):
        _boolean_value(node)


def _negation(node: exp.Not) -> None:
    """`NOT active` is active = 0, which a filtered index may say too."""
    if isinstance(unwrapped(node.this), exp.Column):
        node.replace(exp.EQ(this=node.this.copy(), expression=exp.Literal.number(0)))
    else:
        _as_condition(node.this)


def _boolean_value(node: exp.Boolean) -> None:
    parent = node.parent
    while isinstance(parent, exp.Paren):
        parent = parent.parent
    if not isinstance(
        parent, exp.And | exp.Or | exp.Not | exp.Is | exp.Where | exp.Having | exp.Join | exp.EQ | exp.NEQ
    ):
        node.replace(exp.Literal.number(1 if node.this else 0))


def _comparison_of_truths(node: exp.Expr) -> None:
    """`(x > 0) = true` is x > 0; `active = true` is active = 1."""
    left, right = node.this, unwrapped(node.expression)
    if not isinstance(right, exp.Boolean):
        return
    wanted = bool(right.this) == isinstance(node, exp.EQ)
    if is_predicate(left):
        node.replace(left.copy() if wanted else exp.Not(this=exp.Paren(this=left.copy())))
    else:
        right.replace(exp.Literal.number(1 if right.this else 0))


def _is_truth(node: exp.Is) -> None:
    """`x IS TRUE` is never unknown: x = 1 and not NULL."""
    truth = unwrapped(node.expression)
    if not isinstance(truth, exp.Boolean):
        return
    if is_predicate(node.this):
        raise UntranslatableError("IS TRUE of a condition")
    value = exp.EQ(this=node.this.copy(), expression=exp.Literal.number(1 if truth.this else 0))
    known = exp.Not(this=exp.Is(this=node.this.copy(), expression=exp.Null()))
    node.replace(exp.Paren(this=exp.And(this=known, expression=value)))


def _as_condition(node: exp.Expr) -> None:
    bare = unwrapped(node)
    if bare is None or is_predicate(bare):
        return
    if isinstance(bare, exp.Boolean):
        one = exp.Literal.number(1)
        bare.replace(exp.EQ(this=one, expression=exp.Literal.number(1 if bare.this else 0)))
    elif isinstance(bare, exp.Column | exp.Coalesce | exp.Case):
        bare.replace(exp.EQ(this=bare.copy(), expression=exp.Literal.number(1)))
    elif isinstance(bare, exp.Literal) and bare.name in {"0", "1"}:
        bare.replace(exp.EQ(this=exp.Literal.number(1), expression=exp.Literal.number(int(bare.name))))
    else:
        raise UntranslatableError("not a condition")


def _as_value(node: exp.Expr) -> None:
    bare = unwrapped(node)
    if isinstance(bare, exp.Boolean):
        bare.replace(exp.Literal.number(1 if bare.this else 0))
    elif bare is not None and is_predicate(bare):
        yes = exp.If(this=bare.copy(), true=exp.Literal.number(1))
        no = exp.If(this=exp.Not(this=exp.Paren(this=bare.copy())), true=exp.Literal.number(0))
        whole = exp.Case(ifs=[yes, no])
        bare.replace(exp.Cast(this=whole, to=exp.DataType(this=exp.DType.BOOLEAN)))


def _settle_booleans(tree: exp.Expr, context: Context) -> None:
    """PostgreSQL: `active = 1` of a boolean is `active = true`, and a number where a condition must be is compared with 0."""
    for node in reversed(list(tree.walk(bfs=False))):
        if isinstance(node, exp.EQ | exp.NEQ):
            _number_as_boolean(node, context)
        elif isinstance(node, exp.In) and context.kind_of(node.this) is Kind.BOOLEAN:
            for one in node.expressions:
                _literal_as_boolean(one)
        elif isinstance(node, exp.And | exp.Or):
            _number_as_condition(node.this, context)
            _number_as_condition(node.expression, context)
        elif isinstance(node, exp.Not | exp.Where):
            _number_as_condition(node.this, context)


def _number_as_boolean(node: exp.Expr, context: Context) -> None:
    for side, other in ((node.this, node.expression), (node.expression, node.this)):
        if context.kind_of(side) is Kind.BOOLEAN:
            _literal_as_boolean(other)


def _literal_as_boolean(node: exp.Expr) -> None:
    bare = unwrapped(node)
    if isinstance(bare, exp.Literal) and not bare.is_string and bare.name in {"0", "1"}:
        node.replace(exp.Boolean(this=bare.name == "1"))


def _number_as_condition(node: exp.Expr, context: Context) -> None:
    if context.kind_of(node) in INTEGERS:
        node.replace(exp.NEQ(this=node.copy(), expression=exp.Literal.number(0)))
