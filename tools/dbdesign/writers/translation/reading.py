# ruff: noqa: ARG001 - every rewrite has one signature, whether it needs the context or not
"""From a source's expression to a neutral tree: what only the source says is replaced by what every engine has a word for."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sqlglot import exp

from dbdesign.model.types import Kind
from dbdesign.writers.translation.context import Context, Family, Rewrite, UntranslatableError, rewrite, unwrapped

TEXT_TYPES = frozenset(
    {
        exp.DType.TEXT,
        exp.DType.VARCHAR,
        exp.DType.NVARCHAR,
        exp.DType.CHAR,
        exp.DType.NCHAR,
        exp.DType.BPCHAR,
        exp.DType.NAME,
        exp.DType.CHARACTER_SET,
    }
)
NUMBER_TYPES = frozenset(
    {
        exp.DType.TINYINT,
        exp.DType.SMALLINT,
        exp.DType.INT,
        exp.DType.BIGINT,
        exp.DType.DECIMAL,
        exp.DType.FLOAT,
        exp.DType.DOUBLE,
        exp.DType.MONEY,
    }
)
TIME_TYPES = frozenset(
    {
        exp.DType.DATE,
        exp.DType.TIME,
        exp.DType.TIMETZ,
        exp.DType.TIMESTAMP,
        exp.DType.TIMESTAMPTZ,
        exp.DType.DATETIME,
        exp.DType.DATETIME2,
    }
)
QUOTED_VALUE_TYPES = frozenset(
    {exp.DType.UUID, exp.DType.JSON, exp.DType.JSONB, exp.DType.INET, exp.DType.USERDEFINED, exp.DType.XML}
)
RANDOM_UUIDS = frozenset({"gen_random_uuid", "uuid_generate_v4", "uuidv4", "newid", "newsequentialid"})
CLOCKS = frozenset({"now", "statement_timestamp", "clock_timestamp", "transaction_timestamp", "localtimestamp"})
UTC_CLOCKS = frozenset({"getutcdate", "sysutcdatetime", "utc_timestamp"})
UNITS = {
    "year": "YEAR", "yyyy": "YEAR", "yy": "YEAR", "mon": "MONTH", "month": "MONTH", "mm": "MONTH", "week": "WEEK", "wk": "WEEK",
    "day": "DAY", "dd": "DAY", "hour": "HOUR", "hh": "HOUR", "minute": "MINUTE", "min": "MINUTE", "mi": "MINUTE",
    "second": "SECOND", "sec": "SECOND", "ss": "SECOND",
}  # fmt: skip
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "\\": "\\", "'": "'"}
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?\Z")
INTERVAL = re.compile(r"(-?\d+)\s*([a-z]+?)s?\Z", re.IGNORECASE)
PIECE = re.compile(r"""\b[eE]'(?P<escaped>(?:[^'\\]|\\.|'')*)'|'(?:[^']|'')*'|"(?:[^"]|"")*\"""", re.DOTALL)
CLOCK_TIME = re.compile(r"(\d+):(\d\d):(\d\d)\Z")


def normalise(tree: exp.Expr, context: Context) -> None:
    """Make the tree neutral, in place."""
    rewrite(tree, {**_COMMON, **_BY_FAMILY[context.reads]}, context)


def unit(name: str) -> str:
    """`days`, `mon`, `yyyy` → `DAY`, `MONTH`, `YEAR`."""
    found = UNITS.get(name.lower()) or UNITS.get(name.lower().removesuffix("s"))
    if found is None:
        raise UntranslatableError(name)
    return found


def interval(text: str) -> exp.Expr:
    """`7 days`, `01:30:00` as an interval of one unit."""
    if match := CLOCK_TIME.match(text.strip()):
        seconds = int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3])
        return exp.Interval(this=exp.Literal.number(seconds), unit=exp.Var(this="SECOND"))
    if match := INTERVAL.match(text.strip()):
        return exp.Interval(this=exp.Literal.number(int(match[1])), unit=exp.Var(this=unit(match[2])))
    raise UntranslatableError(text)


def json_valid(argument: exp.Expr) -> exp.Expr:
    """The neutral form of `JSON_VALID(x)`, a predicate."""
    return exp.Anonymous(this="JSON_VALID", expressions=[argument.copy()])


def _anonymous(node: exp.Expr, context: Context) -> exp.Expr:
    name, arguments = node.name.lower(), node.expressions
    if name in RANDOM_UUIDS and not arguments:
        return exp.Uuid()
    if name in CLOCKS:
        return exp.CurrentTimestamp()
    if name in UTC_CLOCKS:
        return exp.UtcTimestamp()
    if name in {"num_nonnulls", "num_nulls"} and context.reads is Family.POSTGRES and arguments:
        return _count_nulls(arguments, counted=1 if name == "num_nulls" else 0)
    if name == "timezone" and len(arguments) == 2:
        return _at_utc(arguments[1], arguments[0])
    if name in {"datetime", "date"} and [one.name for one in arguments] == ["now"]:
        return exp.CurrentTimestamp() if name == "datetime" else exp.CurrentDate()
    if name == "json_unquote" and isinstance(arguments[0], exp.JSONExtract):
        return exp.JSONExtractScalar(this=arguments[0].this.copy(), expression=arguments[0].expression.copy())
    if name in {"octet_length", "datalength"} and len(arguments) == 1:
        return exp.Length(this=arguments[0].copy(), binary=True)
    if name in {"json_valid", "isjson"} and len(arguments) == 1:
        return json_valid(arguments[0])
    return node


def _count_nulls(arguments: list[exp.Expr], counted: int) -> exp.Expr:
    cases = [
        exp.Case(
            ifs=[exp.If(this=exp.Is(this=one.copy(), expression=exp.Null()), true=exp.Literal.number(counted))],
            default=exp.Literal.number(1 - counted),
        )
        for one in arguments
    ]
    total: exp.Expr = cases[0]
    for case in cases[1:]:
        total = exp.Add(this=total, expression=case)
    return exp.Paren(this=total)


def _at_utc(value: exp.Expr, zone: exp.Expr) -> exp.Expr:
    if isinstance(unwrapped(value), exp.CurrentTimestamp) and zone.name.lower() in {"utc", "gmt", "etc/utc"}:
        return exp.UtcTimestamp()
    raise UntranslatableError("AT TIME ZONE")


def _at_time_zone(node: exp.Expr, context: Context) -> exp.Expr:
    return _at_utc(node.this, node.args["zone"])


def _clock(node: exp.Expr, context: Context) -> exp.Expr:
    return exp.CurrentTimestamp()


def _cast(node: exp.Expr, context: Context) -> exp.Expr:
    to, inner = node.args["to"], unwrapped(node.this)
    if isinstance(inner, exp.Literal):
        return _cast_literal(node, inner, to)
    if isinstance(inner, exp.Null | exp.BitString):
        return inner.copy()
    if isinstance(inner, exp.Neg) and isinstance(inner.this, exp.Literal) and to.this in NUMBER_TYPES:
        return inner.copy()
    if to.this in TEXT_TYPES and not to.expressions and _is_text_already(node, inner, context):
        assert inner is not None  # noqa: S101 - narrowed by _is_text_already
        return inner.copy()
    return node


def _cast_literal(node: exp.Expr, literal: exp.Literal, to: exp.Expr) -> exp.Expr:
    kind = to.this
    if kind is exp.DType.INTERVAL:
        return interval(literal.name)
    if literal.is_string and literal.name == "now" and (kind in TEXT_TYPES or kind in TIME_TYPES):
        return _now(literal, kind)
    if literal.is_string and kind is exp.DType.BOOLEAN:
        return exp.Boolean(this=literal.name.lower() in {"t", "true", "yes", "on", "1", "y"})
    if kind in NUMBER_TYPES and NUMBER.match(literal.name):
        return node if isinstance(node.parent, exp.Div) else exp.Literal.number(literal.name)
    if kind in TEXT_TYPES and (literal.is_string or not to.expressions):
        return _shortened(literal.name, to)
    if kind in TIME_TYPES | QUOTED_VALUE_TYPES and literal.is_string:
        return literal.copy()
    if kind is exp.DType.BIT and not literal.is_string:
        return exp.Literal.number(literal.name)
    return node


def _now(literal: exp.Literal, kind: exp.DType) -> exp.Expr:
    """PostgreSQL's old spellings: `('now'::text)::date` and so on; the inner cast stays until the outer is met."""
    if kind is exp.DType.DATE:
        return exp.CurrentDate()
    return literal.copy() if kind in TEXT_TYPES else exp.CurrentTimestamp()


def _shortened(text: str, to: exp.Expr) -> exp.Expr:
    if to.expressions and (size := to.expressions[0].name).isdigit() and len(text) > int(size):
        text = text[: int(size)]
    return exp.Literal.string(text)


def _is_text_already(node: exp.Expr, inner: exp.Expr | None, context: Context) -> bool:
    """Whether a cast to text changes nothing that matters: of a text, or of a column where only texts are compared or searched."""
    if isinstance(inner, exp.Lower | exp.Upper | exp.Trim | exp.Substring | exp.DPipe | exp.JSONExtractScalar):
        return True
    kind = context.kind_of(inner)
    if kind is not None:
        return kind in {Kind.TEXT, Kind.VARCHAR, Kind.CHAR, Kind.CITEXT, Kind.ENUM}
    parent = node.parent
    while isinstance(parent, exp.Paren):
        parent = parent.parent
    compares = exp.EQ | exp.NEQ | exp.Like | exp.ILike | exp.RegexpLike | exp.RegexpILike | exp.In
    return isinstance(inner, exp.Column) and isinstance(
        parent, compares | exp.Lower | exp.Upper | exp.Length | exp.Trim
    )


def _any_of_array(node: exp.Expr, context: Context) -> exp.Expr:
    """`x = ANY (ARRAY[…])` and `x <> ALL (ARRAY[…])`, as PostgreSQL prints IN lists."""
    right = unwrapped(node.expression)
    negative = isinstance(node, exp.NEQ)
    if negative and isinstance(right, exp.Anonymous) and right.name.upper() == "ALL" and right.expressions:
        array = unwrapped(right.expressions[0])
    elif (not negative and isinstance(right, exp.Any)) or (isinstance(right, exp.All) and negative):
        array = unwrapped(right.this)
    else:
        return node
    if isinstance(array, exp.Cast):
        array = unwrapped(array.this)
    if not isinstance(array, exp.Array) or not array.expressions:
        raise UntranslatableError("ANY")
    found = exp.In(this=node.this.copy(), expressions=[one.copy() for one in array.expressions])
    return exp.Not(this=found) if negative else found


def _isjson_equals(node: exp.Expr, context: Context) -> exp.Expr:
    left, right = unwrapped(node.this), unwrapped(node.expression)
    valid = isinstance(left, exp.Anonymous) and left.name == "JSON_VALID" and isinstance(right, exp.Literal)
    if valid and left is not None and right is not None:
        wanted = "1" if isinstance(node, exp.EQ) else "0"
        return left.copy() if right.name == wanted else exp.Not(this=left.copy())
    return node


def _like(node: exp.Expr, context: Context) -> exp.Expr:
    if not node.args.get("negate"):
        return node
    positive = node.copy()
    positive.set("negate", None)
    return exp.Not(this=positive)


def _tsql_like(node: exp.Expr, context: Context) -> exp.Expr:
    pattern = unwrapped(node.expression)
    if not isinstance(pattern, exp.Literal) or "[" in pattern.name:
        raise UntranslatableError("LIKE with a character class")
    return _like(node, context)


def _extract(node: exp.Expr, context: Context) -> exp.Expr:
    return exp.Extract(this=exp.Var(this=unit(node.this.name)), expression=node.expression.copy())


def _octets(node: exp.Expr, context: Context) -> exp.Expr:
    return exp.Length(this=node.this.copy(), binary=True)


def standard_strings(expression: str) -> str:
    r"""PostgreSQL's E'a\n' as '…' with what it stands for; sqlglot would tell `\\n` and `\n` apart no longer."""
    return PIECE.sub(_standard_string, expression)


def _standard_string(match: re.Match[str]) -> str:
    if match["escaped"] is None:
        return match[0]
    inner = match["escaped"].replace("''", "\\'")
    if re.search(r"\\[^ntrbf\\']", inner):
        raise UntranslatableError(match[0])
    text = re.sub(r"\\(.)", lambda escape: ESCAPES[escape[1]], inner, flags=re.DOTALL)
    return "'" + text.replace("'", "''") + "'"


def _interval(node: exp.Expr, context: Context) -> exp.Expr:
    if node.args.get("unit") is None:
        return interval(node.this.name)
    amount = node.this
    if not NUMBER.match(amount.name):
        raise UntranslatableError("INTERVAL")
    return exp.Interval(this=exp.Literal.number(amount.name), unit=exp.Var(this=unit(node.args["unit"].name)))


def _bits_as_number(node: exp.Expr, context: Context) -> exp.Expr:
    return exp.Literal.number(int(node.name, 2))


def _introducer(node: exp.Expr, context: Context) -> exp.Expr:
    literal: exp.Expr = node.args["expression"]
    return literal.copy()


def _case(node: exp.Expr, context: Context) -> exp.Expr:
    """IF(a, b, c) and IIF as CASE; the branches of a CASE are of the same class, and stay."""
    if isinstance(node.parent, exp.Case) and node.arg_key == "ifs":
        return node
    branch = exp.If(this=node.this.copy(), true=node.args["true"].copy())
    otherwise = node.args.get("false")
    return exp.Case(ifs=[branch], default=otherwise.copy() if otherwise else None)


def _date_part(node: exp.Expr, context: Context) -> exp.Expr:
    value = node.this
    while isinstance(value, exp.TsOrDsToDate | exp.TsOrDsToTimestamp):
        value = value.this
    return exp.Extract(this=exp.Var(this=type(node).__name__.upper()), expression=value.copy())


def _date_add(node: exp.Expr, context: Context) -> exp.Expr:
    amount, name = node.expression, node.args.get("unit")
    if isinstance(amount, exp.Interval):
        amount, name = amount.this, amount.args.get("unit")
    if name is None or not NUMBER.match(amount.name):
        raise UntranslatableError("DATE_ADD")
    step = exp.Interval(this=exp.Literal.number(amount.name), unit=exp.Var(this=unit(name.name)))
    base = node.this
    while isinstance(base, exp.TsOrDsToDate | exp.TsOrDsToTimestamp):
        base = base.this
    kind: type[exp.Expr] = exp.Sub if isinstance(node, exp.DateSub) else exp.Add
    return kind(this=base.copy(), expression=step)


def _national(node: exp.Expr, context: Context) -> exp.Expr:
    return exp.Literal.string(node.name)


def _convert(node: exp.Expr, context: Context) -> exp.Expr:
    if node.args.get("style") is not None:
        raise UntranslatableError("CONVERT with a style")
    return _cast(exp.Cast(this=node.expression.copy(), to=node.this.copy()), context)


def _plain_length(node: exp.Expr, context: Context) -> exp.Expr:
    inner = node.this
    return exp.Length(this=inner.this.copy()) if isinstance(inner, exp.Cast) else node


def _plus(node: exp.Expr, context: Context) -> exp.Expr:
    """T-SQL's `+` is addition or concatenation: told by a literal or a known column on either side."""
    texts = {Kind.TEXT, Kind.VARCHAR, Kind.CHAR, Kind.CITEXT}
    for side in (unwrapped(node.this), unwrapped(node.expression)):
        kind = context.kind_of(side)
        if isinstance(side, exp.DPipe) or (isinstance(side, exp.Literal) and side.is_string) or kind in texts:
            return exp.DPipe(this=node.this.copy(), expression=node.expression.copy())
        if isinstance(side, exp.Interval) or (isinstance(side, exp.Literal) and not side.is_string) or kind is not None:
            return node
        if isinstance(side, exp.Lower | exp.Upper | exp.Trim | exp.Substring | exp.Left | exp.Right):
            return exp.DPipe(this=node.this.copy(), expression=node.expression.copy())
        if isinstance(side, exp.Add | exp.Sub | exp.Mul | exp.Div | exp.Case):
            return node
    raise UntranslatableError("+ of unknown types")


def _json_value(node: exp.Expr, context: Context) -> exp.Expr:
    path = node.args.get("path")
    if path is None:
        raise UntranslatableError("JSON_VALUE")
    return exp.JSONExtractScalar(this=node.this.copy(), expression=path.copy())


def _time_to_text(node: exp.Expr, context: Context) -> exp.Expr:
    inner = node.this
    while isinstance(inner, exp.TsOrDsToTimestamp | exp.TsOrDsToDate):
        inner = inner.this
    if inner.name == "now" and node.args["format"].name.startswith(("%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M")):
        return exp.CurrentTimestamp()
    raise UntranslatableError("strftime")


def _date_function(node: exp.Expr, context: Context) -> exp.Expr:
    if node.this is not None and node.this.name == "now" and not node.args.get("expressions"):
        return exp.CurrentDate()
    return node


def _bare_number(node: exp.Expr, context: Context) -> exp.Expr:
    """SQL Server stores `((0))` for 0."""
    return node.this.copy() if isinstance(node.this, exp.Literal | exp.Paren) else node


_COMMON: Mapping[type[exp.Expr], Rewrite] = {
    exp.Anonymous: _anonymous,
    exp.Cast: _cast,
    exp.Like: _like,
    exp.ILike: _like,
    exp.Extract: _extract,
    exp.Interval: _interval,
    exp.If: _case,
    exp.CurrentTimestamp: _clock,
    exp.Localtimestamp: _clock,
    exp.EQ: _isjson_equals,
    exp.GT: _isjson_equals,
    exp.DateAdd: _date_add,
    exp.DateSub: _date_add,
    exp.ByteLength: _octets,
    exp.Year: _date_part,
    exp.Month: _date_part,
    exp.Day: _date_part,
}
_BY_FAMILY: Mapping[Family, Mapping[type[exp.Expr], Rewrite]] = {
    Family.POSTGRES: {
        exp.EQ: _any_of_array,
        exp.NEQ: _any_of_array,
        exp.AtTimeZone: _at_time_zone,
    },
    Family.MYSQL: {exp.BitString: _bits_as_number, exp.Introducer: _introducer},
    Family.TSQL: {
        exp.National: _national,
        exp.Paren: _bare_number,
        exp.Convert: _convert,
        exp.Length: _plain_length,
        exp.Add: _plus,
        exp.Like: _tsql_like,
        exp.CurrentTimestampLTZ: _clock,
        exp.JSONValue: _json_value,
    },
    Family.SQLITE: {exp.TimeToStr: _time_to_text, exp.Date: _date_function},
}
