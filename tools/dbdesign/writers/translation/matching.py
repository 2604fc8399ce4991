"""What looks into a text: LIKE, regular expressions, and JSON with its paths, as each target spells them."""

from __future__ import annotations

import re

from sqlglot import exp

from dbdesign.model.types import Kind
from dbdesign.writers.translation.context import (
    OURS,
    Context,
    Family,
    UntranslatableError,
    call,
    compound,
    ours,
    raw,
    text_of,
    unwrapped,
)
from dbdesign.writers.translation.patterns import GLOB, LIKE, shapes
from dbdesign.writers.translation.vocabulary import UNTOLD_REGEX

INSENSITIVE = "insensitive"
"""Marks a LIKE whose sides have been lower-cased."""


def _json_path(node: exp.Expr) -> str:
    path = node.expression
    if isinstance(path, exp.Literal):
        if path.is_string and path.name.startswith("$"):
            return str(path.name)
        return f"$.{_json_key(path.name)}" if path.is_string else f"$[{path.name}]"
    if not isinstance(path, exp.JSONPath):
        raise UntranslatableError("JSON path")
    text = "$"
    for part in path.expressions:
        if isinstance(part, exp.JSONPathKey):
            text += f".{_json_key(part.name)}"
        elif isinstance(part, exp.JSONPathSubscript) and str(part.this).isdigit():
            text += f"[{part.this}]"
        elif not isinstance(part, exp.JSONPathRoot):
            raise UntranslatableError("JSON path")
    return text


def _json_key(key: str) -> str:
    if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", key):
        return key
    if '"' in key or "\\" in key:
        raise UntranslatableError(key)
    return f'"{key}"'


def json(node: exp.Expr, context: Context) -> exp.Expr:
    """A part of a JSON value by its path, as JSON or as text."""
    path, scalar = _json_path(node), isinstance(node, exp.JSONExtractScalar)
    if context.writes is Family.MYSQL:
        found = call("JSON_EXTRACT", node.this, path)
        return call("JSON_UNQUOTE", found) if scalar else found
    if context.writes is Family.TSQL:
        return call("JSON_VALUE" if scalar else "JSON_QUERY", node.this, path)
    if context.writes is Family.SQLITE:
        if scalar:
            return _json_text(node, path, context)
        return compound("{} -> {}", [node.this, exp.Literal.string(path)], context)
    keys = re.findall(r'\."([^"]+)"|\.(\w+)|\[(\d+)\]', path)
    steps = [f"'{quoted or plain}'" if quoted or plain else index for quoted, plain, index in keys]
    if not steps:
        raise UntranslatableError("JSON path")
    arrows = ["->"] * (len(steps) - 1) + ["->>" if scalar else "->"]
    is_text = context.kind_of(node.this) not in {None, Kind.JSON, Kind.JSONB}
    document = "CAST({} AS jsonb)" if is_text else "{}"
    return compound(document + "".join(f" {a} {s}" for a, s in zip(arrows, steps, strict=True)), [node.this], context)


def _json_text(node: exp.Expr, path: str, context: Context) -> exp.Expr:
    """SQLite gives numbers as numbers and truth as 0 or 1, where `->>` gives texts."""
    parent = node.parent
    while isinstance(parent, exp.Paren):
        parent = parent.parent
    other = [unwrapped(one) for one in (parent.iter_expressions() if parent is not None else ())]
    if any(isinstance(one, exp.Literal) and one.name in {"true", "false"} for one in other):
        raise UntranslatableError("JSON truth as text")
    if context.reads is Family.SQLITE:
        return call("JSON_EXTRACT", node.this, path)
    return raw(f"CAST({text_of(call('JSON_EXTRACT', node.this, path), context)} AS TEXT)")


def json_valid(node: exp.Expr, context: Context) -> exp.Expr:
    """The neutral JSON_VALID as a condition; other calls are left as they are."""
    if node.name != "JSON_VALID" or node.meta.get(OURS):
        return node
    if context.writes is Family.TSQL:
        return compound("ISJSON({}) = 1", node.expressions, context, predicate=True)
    if context.writes is Family.POSTGRES:
        raise UntranslatableError("JSON_VALID")
    if context.writes is Family.SQLITE:
        # json_valid(NULL) is 0 before SQLite 3.45, and NULL in the other engines.
        value = node.expressions[0]
        return compound("{} IS NULL OR JSON_VALID({})", [value, value.copy()], context, predicate=True)
    return call("JSON_VALID", *node.expressions)


def regex(node: exp.Expr, context: Context) -> exp.Expr:
    """A pattern match. MySQL and MariaDB follow the collation, so that the case is told in the pattern (ICU and PCRE: `(?i)`)."""
    pattern = unwrapped(node.expression)
    if not isinstance(pattern, exp.Literal) or UNTOLD_REGEX.search(pattern.name):
        raise UntranslatableError("regular expression")
    insensitive = isinstance(node, exp.RegexpILike) or context.reads is Family.MYSQL
    if context.writes is Family.POSTGRES:
        return compound("{} ~* {}" if insensitive else "{} ~ {}", [node.this, pattern], context, predicate=True)
    if context.writes is not Family.MYSQL:
        return _shape(node.this, pattern.name, context, insensitive=insensitive)
    flagged = exp.Literal.string(("(?i)" if insensitive else "(?-i)") + pattern.name)
    return compound("{} REGEXP {}", [node.this, flagged], context, predicate=True)


def _shape(value: exp.Expr, pattern: str, context: Context, *, insensitive: bool) -> exp.Expr:
    """A simple pattern by LIKE under a binary collation, or by GLOB, which tells cases apart anyway."""
    is_tsql = context.writes is Family.TSQL
    like, unlike = shapes(pattern, LIKE if is_tsql else GLOB, insensitive=insensitive)
    if not like.isascii() or not (unlike or "").isascii():
        raise UntranslatableError("regular expression beyond ASCII")
    text = text_of(value, context)
    text = f"LOWER({text})" if insensitive else text
    if is_tsql:
        text = f"{text} COLLATE Latin1_General_BIN2"
    word = "LIKE" if is_tsql else "GLOB"
    condition = f"{text} {word} {_quoted(like)}"
    if unlike is not None:
        condition += f" AND {text} NOT {word} {_quoted(unlike)}"
    return ours(exp.Paren(this=ours(exp.Var(this=condition), predicate=True)), predicate=True)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def ilike(node: exp.Expr, context: Context) -> exp.Expr:
    """LIKE of two lower-cased texts."""
    if context.writes is Family.POSTGRES:
        return ours(node)
    lowered = exp.Like(this=exp.Lower(this=node.this.copy()), expression=_lowered(node.expression))
    lowered.meta[INSENSITIVE] = True
    return like(lowered, context)


def _lowered(pattern: exp.Expr) -> exp.Expr:
    if isinstance(pattern, exp.Literal):
        return exp.Literal.string(pattern.name.lower())
    return exp.Lower(this=pattern.copy())


def like(node: exp.Expr, context: Context) -> exp.Expr:
    """PostgreSQL and MySQL escape with a backslash unasked; SQL Server and SQLite must be told, and T-SQL has classes in brackets."""
    pattern, escaped = node.expression, isinstance(node.parent, exp.Escape)
    backslash_at_home = {Family.POSTGRES, Family.MYSQL}
    if not isinstance(pattern, exp.Literal):
        if context.writes is Family.TSQL or (context.reads in backslash_at_home) != (
            context.writes in backslash_at_home
        ):
            raise UntranslatableError("LIKE with a computed pattern")
        return node
    text = pattern.name
    told = context.writes is Family.SQLITE and context.reads is Family.POSTGRES and not node.meta.get(INSENSITIVE)
    if told and re.search("[A-Za-z]", text):
        return _case_sensitive_like(node, text, context)
    if context.writes is Family.TSQL and context.reads is not Family.TSQL and "[" in text:
        text = text.replace("[", "[[]")
    spelt = exp.Like(this=node.this.copy(), expression=exp.Literal.string(text))
    if "\\" in text and not escaped and context.reads in backslash_at_home and context.writes not in backslash_at_home:
        return exp.Escape(this=spelt, expression=exp.Literal.string("\\"))
    return spelt


def _case_sensitive_like(node: exp.Expr, text: str, context: Context) -> exp.Expr:
    """SQLite's LIKE takes `a` for `A`; its GLOB does not."""
    if isinstance(node.parent, exp.Escape):
        raise UntranslatableError("LIKE with its own escape")
    pieces = re.findall(r"\\.|.", text, re.DOTALL)
    wild = {"%": GLOB.text, "_": GLOB.character}
    spelt = "".join(
        GLOB.literal(one[1]) if one[0] == "\\" and len(one) > 1 else wild.get(one) or GLOB.literal(one)
        for one in pieces
    )
    return compound(
        f"{{}} GLOB {_quoted(spelt).replace('{', '{{').replace('}', '}}')}", [node.this], context, predicate=True
    )
