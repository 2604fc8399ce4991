# ruff: noqa: ARG001 - every rewrite has one signature, whether it needs the context or not
"""From the neutral tree to a target's own words. A node of a kind that is not listed here as common to all ends the translation."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from dbdesign.model.types import Kind
from dbdesign.writers.translation import matching
from dbdesign.writers.translation.context import (
    DIVIDES_EXACTLY,
    Context,
    Family,
    Rewrite,
    UntranslatableError,
    call,
    check,
    compound,
    ours,
    raw,
    rewrite,
    text_of,
    unwrapped,
)
from dbdesign.writers.translation.vocabulary import CAST_TYPES, RANDOM_UUID_SQLITE, SIZED, STRFTIME


def spell(tree: exp.Expr, context: Context) -> None:
    """Spell the tree for the target, in place.

    Raises:
        UntranslatableError: where a node is left that the target would not understand, or not in the same way.
    """
    rewrite(tree, {**_COMMON, **_BY_FAMILY[context.writes]}, context)
    check(tree, context)


def _identifier(node: exp.Expr, context: Context) -> exp.Expr:
    """Quoted where the target must have it so."""
    from dbdesign.dialects.base import dialect

    name = node.name
    quoted = dialect(context.target).identifier(name) != name
    return ours(exp.Identifier(this=name, quoted=quoted))


def _moment(node: exp.Expr, context: Context) -> exp.Expr:
    if context.immutable:
        raise UntranslatableError("not immutable")
    tsql = "SYSDATETIMEOFFSET()" if context.kind in {Kind.TIMESTAMPTZ, Kind.TIMETZ} else "SYSDATETIME()"
    return raw(tsql if context.writes is Family.TSQL else "CURRENT_TIMESTAMP")


def _utc_moment(node: exp.Expr, context: Context) -> exp.Expr:
    if context.immutable:
        raise UntranslatableError("not immutable")
    return raw(
        {
            Family.POSTGRES: "timezone('UTC', CURRENT_TIMESTAMP)",
            Family.MYSQL: "UTC_TIMESTAMP()",
            Family.TSQL: "SYSUTCDATETIME()",
            Family.SQLITE: "CURRENT_TIMESTAMP",
        }[context.writes]
    )


def _today(node: exp.Expr, context: Context) -> exp.Expr:
    if context.immutable:
        raise UntranslatableError("not immutable")
    return raw("CAST(SYSDATETIME() AS date)" if context.writes is Family.TSQL else "CURRENT_DATE")


def _time_of_day(node: exp.Expr, context: Context) -> exp.Expr:
    if context.immutable:
        raise UntranslatableError("not immutable")
    return raw("CAST(SYSDATETIME() AS time)" if context.writes is Family.TSQL else "CURRENT_TIME")


def _uuid(node: exp.Expr, context: Context) -> exp.Expr:
    if context.immutable:
        raise UntranslatableError("not immutable")
    return raw(
        {
            Family.POSTGRES: "gen_random_uuid()",
            Family.MYSQL: "UUID()",
            Family.TSQL: "NEWID()",
            Family.SQLITE: RANDOM_UUID_SQLITE,
        }[context.writes]
    )


def _user(node: exp.Expr, context: Context) -> exp.Expr:
    if context.immutable or context.writes is Family.SQLITE:
        raise UntranslatableError("CURRENT_USER")
    return raw("CURRENT_USER()" if context.writes is Family.MYSQL else "CURRENT_USER")


def _join_texts(node: exp.Expr, context: Context) -> exp.Expr:
    """A chain of `||`: NULL if a part is. Written once, at its top."""
    if isinstance(node.parent, exp.DPipe):
        return node
    parts = list(node.flatten()) if isinstance(node, exp.DPipe) else [node]
    if context.writes is Family.MYSQL:
        return call("CONCAT", *parts)
    if context.writes is Family.TSQL:
        return compound(" + ".join(["{}"] * len(parts)), [_as_text(part, context) for part in parts], context)
    return compound(" || ".join(["{}"] * len(parts)), parts, context)


def _as_text(part: exp.Expr, context: Context) -> exp.Expr:
    kind = context.kind_of(part)
    if kind is None or kind in {Kind.TEXT, Kind.VARCHAR, Kind.CHAR, Kind.CITEXT, Kind.ENUM}:
        return part
    return raw(f"CAST({text_of(part, context)} AS nvarchar(max))")


def _concat(node: exp.Expr, context: Context) -> exp.Expr:
    """CONCAT(): PostgreSQL's and SQL Server's leave NULLs out, MySQL's is NULL if an argument is."""
    skips = bool(node.args.get("coalesce")) or context.reads is Family.TSQL
    parts = node.expressions
    if context.writes is Family.TSQL or (context.writes is Family.POSTGRES and skips):
        if skips:
            return call("CONCAT", *parts)
        return _join_texts(_chain(parts), context)
    if skips:
        parts = [call("COALESCE", part, "") if not isinstance(part, exp.Literal) else part for part in parts]
    if context.writes is Family.MYSQL:
        return call("CONCAT", *parts)
    return _join_texts(_chain(parts), context)


def _chain(parts: list[exp.Expr]) -> exp.Expr:
    joined: exp.Expr = parts[0].copy()
    for part in parts[1:]:
        joined = exp.DPipe(this=joined, expression=part.copy())
    return joined


def _length(node: exp.Expr, context: Context) -> exp.Expr:
    if node.args.get("binary"):
        if context.writes is Family.SQLITE:
            return raw(f"LENGTH(CAST({text_of(node.this, context)} AS BLOB))")
        return call("DATALENGTH" if context.writes is Family.TSQL else "OCTET_LENGTH", node.this)
    names = {Family.TSQL: "LEN", Family.MYSQL: "CHAR_LENGTH"}
    return call(names.get(context.writes, "LENGTH"), node.this)


def _trim(node: exp.Expr, context: Context) -> exp.Expr:
    if node.args.get("expression") is not None or node.args.get("collation") is not None:
        raise UntranslatableError("TRIM of characters")
    side = str(node.args.get("position") or "").upper()
    return call({"LEADING": "LTRIM", "TRAILING": "RTRIM"}.get(side, "TRIM"), node.this)


def _substring(node: exp.Expr, context: Context) -> exp.Expr:
    start, length = node.args.get("start"), node.args.get("length")
    if start is None:
        raise UntranslatableError("SUBSTRING with a pattern")
    if length is None and context.writes is Family.TSQL:
        length = call("LEN", node.this.copy())
    parts = [node.this, start] + ([length] if length is not None else [])
    return call("SUBSTR" if context.writes is Family.SQLITE else "SUBSTRING", *parts)


def _left(node: exp.Expr, context: Context) -> exp.Expr:
    if context.writes is Family.SQLITE:
        return call("SUBSTR", node.this, 1, node.expression)
    return call("LEFT", node.this, node.expression)


def _right(node: exp.Expr, context: Context) -> exp.Expr:
    if context.writes is Family.SQLITE:
        return call("SUBSTR", node.this, exp.Neg(this=node.expression.copy()))
    return call("RIGHT", node.this, node.expression)


def _position(node: exp.Expr, context: Context) -> exp.Expr:
    text, part = node.this, node.args["substr"]
    if node.args.get("position") is not None:
        raise UntranslatableError("position from an offset")
    if context.writes is Family.POSTGRES:
        return call("strpos", text, part)
    if context.writes is Family.SQLITE:
        return call("INSTR", text, part)
    return call("LOCATE" if context.writes is Family.MYSQL else "CHARINDEX", part, text)


def _extract(node: exp.Expr, context: Context) -> exp.Expr:
    name, value = node.this.name, text_of(node.expression, context)
    if context.writes is Family.TSQL:
        return raw(f"DATEPART({name}, {value})")
    if context.writes is Family.SQLITE and name in STRFTIME:
        return raw(f"CAST(STRFTIME('{STRFTIME[name]}', {value}) AS INTEGER)")
    if context.writes is Family.SQLITE:
        raise UntranslatableError(name)
    return raw(f"EXTRACT({name} FROM {value})")


def _step(node: exp.Expr, context: Context) -> exp.Expr:
    """`moment + interval` and `moment - interval`; anything else stays as it is."""
    step = unwrapped(node.expression)
    if not isinstance(step, exp.Interval):
        return node
    amount = int(float(step.this.name)) * (-1 if isinstance(node, exp.Sub) else 1)
    name, base = step.args["unit"].name, text_of(node.this, context)
    if context.writes is Family.TSQL:
        return raw(f"DATEADD({name}, {amount}, {base})")
    if context.writes is Family.SQLITE:
        days = {"WEEK": 7}.get(name)
        return raw(f"DATETIME({base}, '{amount * (days or 1):+d} {'days' if days else name.lower() + 's'}')")
    sign = "-" if amount < 0 else "+"
    if context.writes is Family.MYSQL:
        return ours(exp.Paren(this=raw(f"{base} {sign} INTERVAL {abs(amount)} {name}")))
    return ours(exp.Paren(this=raw(f"{base} {sign} INTERVAL '{abs(amount)} {name.lower()}'")))


def _divide(node: exp.Expr, context: Context) -> exp.Expr:
    exact = {Kind.DECIMAL, Kind.FLOAT32, Kind.FLOAT64, Kind.MONEY}
    sides = [node.this, node.expression]
    same = (context.source in DIVIDES_EXACTLY) == (context.target in DIVIDES_EXACTLY)
    decimal = any(
        context.kind_of(side) in exact or (isinstance(bare := unwrapped(side), exp.Literal) and "." in bare.name)
        for side in sides
    )
    if not same and not decimal:
        raise UntranslatableError("division of what may be integers")
    return compound("{} / {}", sides, context)


def _cast(node: exp.Expr, context: Context) -> exp.Expr:
    to, inner = node.args["to"], unwrapped(node.this)
    value = text_of(inner, context) if inner is not None else ""
    if context.writes is Family.SQLITE and to.this in {exp.DType.DATE, exp.DType.TIMESTAMP, exp.DType.TIMESTAMPTZ}:
        return call("DATE" if to.this is exp.DType.DATE else "DATETIME", node.this)
    name = CAST_TYPES[context.writes].get(to.this)
    if name is None:
        raise UntranslatableError(f"CAST AS {to.sql()}")
    sizes = [one.name for one in to.expressions]
    if (
        isinstance(inner, exp.Column)
        and to.this is exp.DType.DECIMAL
        and not sizes
        and not isinstance(node.parent, exp.Div)
    ):
        return inner.copy()
    if to.this is exp.DType.DECIMAL and not sizes and context.writes in {Family.MYSQL, Family.TSQL}:
        sizes = ["38", "10"]
    if name == "nvarchar" and not sizes:
        name = "nvarchar(max)"
    if name == "bit" and sizes:
        raise UntranslatableError("CAST AS BIT(n)")
    sized = sizes and to.this in SIZED and context.writes is not Family.SQLITE
    return raw(f"CAST({value} AS {name}({', '.join(sizes)}))" if sized else f"CAST({value} AS {name})")


def _text(node: exp.Expr, context: Context) -> exp.Expr:
    """SQL Server keeps characters beyond the code page only in N'…'."""
    if isinstance(node, exp.Literal) and node.is_string and not node.name.isascii():
        return ours(exp.National(this=node.name))
    return node


def _same_or_both_null(node: exp.Expr, context: Context) -> exp.Expr:
    different = isinstance(node, exp.NullSafeNEQ)
    left, right = node.this, node.expression
    if context.writes is Family.POSTGRES:
        word = "IS DISTINCT FROM" if different else "IS NOT DISTINCT FROM"
        return compound(f"{{}} {word} {{}}", [left, right], context, predicate=True)
    if context.writes is Family.SQLITE:
        return compound("{} IS NOT {}" if different else "{} IS {}", [left, right], context, predicate=True)
    if context.writes is Family.MYSQL:
        return compound("NOT ({} <=> {})" if different else "{} <=> {}", [left, right], context, predicate=True)
    same = "(({0} IS NOT NULL AND {1} IS NOT NULL AND {0} = {1}) OR ({0} IS NULL AND {1} IS NULL))"
    return compound(f"NOT {same}" if different else same, [left, right], context, predicate=True)


def _not(node: exp.Expr, context: Context) -> exp.Expr:
    """`x IS NOT NULL`, `x NOT IN (…)` as people write them, where sqlglot would print `NOT x IS NULL`."""
    inner = node.this
    negatable = isinstance(inner, exp.In | exp.Between | exp.Like | exp.ILike) or (
        isinstance(inner, exp.Is) and isinstance(inner.expression, exp.Null)
    )
    if not negatable:
        return node
    whole, first = text_of(inner, context), text_of(inner.this, context)
    rest = whole.removeprefix(first)
    text = f"{first} IS NOT NULL" if isinstance(inner, exp.Is) else f"{first} NOT{rest}"
    return ours(exp.Var(this=text), predicate=True)


def _bits(node: exp.Expr, context: Context) -> exp.Expr:
    return ours(node) if context.writes in {Family.MYSQL, Family.POSTGRES} else exp.Literal.number(int(node.name, 2))


def _number_of_boolean(node: exp.Expr, context: Context) -> exp.Expr:
    if isinstance(node.parent, exp.Is):
        return node
    return exp.Literal.number(1 if node.this else 0)


def _coalesce(node: exp.Expr, context: Context) -> exp.Expr:
    return call("COALESCE", node.this, *node.expressions)


def _named(name: str, tsql: str | None = None) -> Rewrite:
    """A function of one or two arguments that most engines have under one name; SQLite may have been built without it."""

    def spelt(node: exp.Expr, context: Context) -> exp.Expr:
        if context.writes is Family.SQLITE:
            raise UntranslatableError(name)
        arguments = [node.this] + ([node.expression] if node.args.get("expression") is not None else [])
        return call(tsql if tsql and context.writes is Family.TSQL else name, *arguments)

    return spelt


_COMMON: Mapping[type[exp.Expr], Rewrite] = {
    exp.Identifier: _identifier,
    exp.CurrentTimestamp: _moment,
    exp.UtcTimestamp: _utc_moment,
    exp.CurrentDate: _today,
    exp.CurrentTime: _time_of_day,
    exp.CurrentUser: _user,
    exp.Uuid: _uuid,
    exp.DPipe: _join_texts,
    exp.Concat: _concat,
    exp.Length: _length,
    exp.Trim: _trim,
    exp.Substring: _substring,
    exp.Left: _left,
    exp.Right: _right,
    exp.StrPosition: _position,
    exp.Extract: _extract,
    exp.Add: _step,
    exp.Sub: _step,
    exp.JSONExtract: matching.json,
    exp.JSONExtractScalar: matching.json,
    exp.Anonymous: matching.json_valid,
    exp.RegexpLike: matching.regex,
    exp.RegexpILike: matching.regex,
    exp.ILike: matching.ilike,
    exp.Like: matching.like,
    exp.Div: _divide,
    exp.Cast: _cast,
    exp.NullSafeEQ: _same_or_both_null,
    exp.NullSafeNEQ: _same_or_both_null,
    exp.Coalesce: _coalesce,
    exp.Not: _not,
    exp.BitString: _bits,
    exp.Ceil: _named("CEILING"),
    exp.Floor: _named("FLOOR"),
    exp.Pow: _named("POWER"),
}


def _enum_as_text(node: exp.Expr, context: Context) -> exp.Expr:
    """An enumeration is no text in PostgreSQL, and becomes one by a cast that is not immutable (enum_out)."""
    is_enum = context.kinds.get(node.name) is Kind.ENUM and context.source is not context.target
    if not is_enum or isinstance(node.parent, exp.EQ | exp.NEQ | exp.In | exp.Is | exp.NullSafeEQ | exp.Case):
        return node
    if context.immutable:
        raise UntranslatableError("the text of an enumeration is not immutable")
    return raw(f"CAST({text_of(node, context)} AS text)")


_BY_FAMILY: Mapping[Family, Mapping[type[exp.Expr], Rewrite]] = {
    Family.POSTGRES: {exp.Column: _enum_as_text},
    Family.MYSQL: {},
    Family.TSQL: {exp.Literal: _text},
    Family.SQLITE: {exp.Boolean: _number_of_boolean},
}
