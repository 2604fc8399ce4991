"""Expressions, defaults and view bodies from one engine's dialect to another's; None rather than something wrong.

sqlglot parses and prints; what it would print wrongly is rewritten first (`translation/`), only what every engine is known to say
alike passes, and the result must parse in the target. Everything is cached: a schema repeats its expressions.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from dbdesign.dialects.expressions import without_outer_parentheses
from dbdesign.model.schema import Column, Engine, Schema
from dbdesign.model.types import NUMBERS, Kind

if TYPE_CHECKING:
    from sqlglot import exp

    from dbdesign.writers.translation.context import Context

Kinds = frozenset[tuple[str, Kind]]
Renames = frozenset[tuple[str, str]]

MAX_EXPRESSION = 20_000
"""Characters; longer expressions are not translated (sqlglot's parser is recursive and quadratic in places)."""
MAX_NESTING = 100

NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?\Z", re.IGNORECASE)
STRING = re.compile(r"N?('(?:[^'\\]|'')*')\Z", re.IGNORECASE)
PG_CAST = re.compile(
    r"(?P<value>'(?:[^'\\]|'')*'|NULL|-?\d+(?:\.\d+)?|\(-?\d+(?:\.\d+)?\))"
    r"::(?P<type>[A-Za-z_\"][\w\s\".]*(?:\([\d, ]+\))?)(?P<array>\[\])?\Z"
)
PG_EMPTY_ARRAY = re.compile(
    r"ARRAY\[\](?:::[\w\s.\"]+(?:\(\d+\))?\[\])?\Z|'\{\}'::[\w\s.\"]+(?:\(\d+\))?\[\]\Z", re.IGNORECASE
)
BITS = re.compile(r"b'([01]+)'\Z", re.IGNORECASE)
TRUE_WORDS, FALSE_WORDS = (
    frozenset({"1", "true", "'t'", "'true'", "'1'"}),
    frozenset({"0", "false", "'f'", "'false'", "'0'"}),
)
QUOTES = {Engine.MYSQL: "'\"`", Engine.TIDB: "'\"`", Engine.SQLSERVER: "'\"[", Engine.SQLITE: "'\"`["}
_NOT_FINITE = frozenset({"nan", "inf", "-inf", "infinity", "-infinity", "+infinity"})
"""Numbers that PostgreSQL alone has (chapter 8.1.3)."""
POSTGRES_FAMILY = frozenset({Engine.POSTGRESQL, Engine.COCKROACHDB})
MYSQL_FAMILY = frozenset({Engine.MYSQL, Engine.TIDB})


def column_kinds(columns: Iterable[Column], schema: Schema | None = None) -> Kinds:
    """The kinds of a table's columns, as `translate` takes them; with a schema, domains are resolved."""
    return frozenset(
        (column.name, (schema.resolve_type(column.type) if schema else column.type).kind) for column in columns
    )


@lru_cache(maxsize=20_000)
def translate(
    expression: str,
    source: Engine,
    target: Engine,
    *,
    predicate: bool | None = None,
    immutable: bool = False,
    kinds: Kinds = frozenset(),
    kind: Kind | None = None,
) -> str | None:
    """A scalar expression or a predicate in the target's dialect, without outer parentheses; None where it cannot be said.

    Args:
        predicate: True for a CHECK or WHERE, False for a value (a generated column): SQL Server tells them apart.
        immutable: refuse clocks, random values and the current user (generated columns, index predicates, MySQL's and SQLite's CHECKs).
        kinds: what `column_kinds` gives; decides between booleans and numbers, and what `+` and `/` mean.
        kind: of the column that the expression is for.
    """
    if source == target or {source, target} <= MYSQL_FAMILY:
        return expression
    if {source, target} <= POSTGRES_FAMILY:
        return None if "unique_rowid" in expression else expression
    if not expression.strip() or len(expression) > MAX_EXPRESSION or not _is_flat(expression):
        return None
    from dbdesign.writers.translation.context import Context
    from dbdesign.writers.translation.vocabulary import SCALAR_NODES

    context = Context(source, target, kinds=dict(kinds), kind=kind, immutable=immutable, allowed=SCALAR_NODES)
    return _translated(expression, context, predicate=predicate)


def _is_flat(expression: str) -> bool:
    depth = deepest = 0
    for character in expression:
        depth += (character == "(") - (character == ")")
        deepest = max(deepest, depth)
    return deepest <= MAX_NESTING


def _translated(expression: str, context: Context, *, predicate: bool | None) -> str | None:
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    from dbdesign.writers.translation.context import Family, UntranslatableError
    from dbdesign.writers.translation.predicates import settle
    from dbdesign.writers.translation.reading import normalise, standard_strings
    from dbdesign.writers.translation.writing import spell

    try:
        if context.reads is Family.POSTGRES:
            expression = standard_strings(expression)
        tree = _parsed(f"SELECT ({expression})", context.reads)
        if type(tree) is not exp.Select or len(tree.expressions) != 1 or set(_filled(tree)) != {"expressions"}:
            return None
        normalise(tree, context)
        settle(tree, context, predicate=predicate)
        spell(tree, context)
        text = _printed(tree.expressions[0], context)
        _parsed(f"SELECT {text}", context.writes)
    except (SqlglotError, UntranslatableError, RecursionError):
        return None
    return without_outer_parentheses(text, quotes=QUOTES.get(context.target, "'\""))


def _parsed(text: str, dialect: str) -> exp.Expr:
    import sqlglot

    logger = logging.getLogger("sqlglot")
    before, logger.disabled = logger.disabled, True  # it warns of what it does not know, which is refused here anyway
    try:
        tree: exp.Expr = sqlglot.parse_one(text, dialect=dialect)
    finally:
        logger.disabled = before
    return tree


def _filled(tree: exp.Expr) -> list[str]:
    return [name for name, value in tree.args.items() if value]


def _printed(tree: exp.Expr, context: Context, *, pretty: bool = False) -> str:
    from sqlglot.errors import ErrorLevel

    lower = context.target in POSTGRES_FAMILY
    return str(
        tree.sql(
            dialect=context.writes,
            unsupported_level=ErrorLevel.RAISE,
            normalize_functions="lower" if lower else "upper",
            comments=False,
            pretty=pretty,
        )
    )


_ZERO_DATE = re.compile(r"'0000-00-00(?:[ T][0:.]+)?'")
"""MySQL's date that is none (manual, "Server SQL Modes", NO_ZERO_DATE); SQLite keeps any text."""

_TAKE_ZERO_DATES = MYSQL_FAMILY | {Engine.SQLITE}

_OF_REGIONS = re.compile(r"\b(?:default_to_database_primary_region|gateway_region|rehome_row)\s*\(|\bcrdb_internal")
"""Functions and types that only CockroachDB has (its manual, "Functions and Operators", system info)."""


@lru_cache(maxsize=20_000)
def translate_default(expression: str, source: Engine, target: Engine, kind: Kind | None = None) -> str | None:
    """A column's default in the target's dialect, without outer parentheses: the writer puts them where its syntax asks; None where
    the target has no such default.

    Args:
        kind: of the column; booleans, arrays and points in time depend on it.
    """
    if source is Engine.COCKROACHDB and target is not source and _OF_REGIONS.search(expression):
        return None
    if source == target or {source, target} <= MYSQL_FAMILY or {source, target} <= POSTGRES_FAMILY:
        return translate(expression, source, target)
    bare = without_outer_parentheses(expression, quotes=QUOTES.get(source, "'\""))
    if re.search(r"\b(nextval|unique_rowid)\s*\(|\bNEXT\s+VALUE\s+FOR\b", bare, re.IGNORECASE):
        return None
    if source in MYSQL_FAMILY and target not in _TAKE_ZERO_DATES and _ZERO_DATE.fullmatch(bare):
        return None
    if source in POSTGRES_FAMILY and PG_EMPTY_ARRAY.match(bare):
        return "'[]'"
    literal = _literal(bare, source)
    if literal is not None:
        is_endless = kind in NUMBERS and literal.strip("'").lower() in _NOT_FINITE
        return None if is_endless and target not in POSTGRES_FAMILY else _literal_default(literal, target, kind)
    found = translate(bare, source, target, predicate=False, kind=kind)
    return _literal_default(found, target, kind) if kind is Kind.BOOLEAN and found in {"0", "1"} else found


def _literal(bare: str, source: Engine) -> str | None:
    """The number, string or word that a default is, without prefixes and casts; None if it is something else."""
    if NUMBER.match(bare) or bare.upper() in {"NULL", "TRUE", "FALSE"}:
        return bare
    if match := STRING.match(bare):
        return match[1]
    if source in MYSQL_FAMILY and (match := BITS.match(bare)):
        return str(int(match[1], 2))
    cast = PG_CAST.match(bare) if source in POSTGRES_FAMILY else None
    if cast is None or cast["array"] or cast["type"].strip(' "').lower().startswith(("interval", "bytea", "reg")):
        return None
    if cast["value"].strip("'").lower() in {"now", "today"} or re.search(r"char.*\(\d+\)", cast["type"]):
        return None
    value = cast["value"].strip("()")
    is_number = re.match(r"(?:numeric|decimal|integer|bigint|smallint|double precision|real|money)", cast["type"])
    return value[1:-1] if is_number and NUMBER.match(value[1:-1]) and value.startswith("'") else value


def _literal_default(literal: str, target: Engine, kind: Kind | None) -> str:
    word = literal.lower()
    if kind is Kind.BOOLEAN or word in {"true", "false"}:
        names = ("true", "false") if target in POSTGRES_FAMILY else ("1", "0")
        if word in TRUE_WORDS:
            return names[0]
        if word in FALSE_WORDS:
            return names[1]
    if word == "null":
        return "NULL"
    if kind in NUMBERS and NUMBER.match(literal[1:-1]) and literal.startswith("'"):
        return literal[1:-1]
    if target is Engine.SQLSERVER and not literal.isascii():
        return f"N{literal}"
    if target in MYSQL_FAMILY:
        return literal.replace("\\", "\\\\")
    return literal


@lru_cache(maxsize=2_000)
def translate_query(query: str, source: Engine, target: Engine, *, renames: Renames = frozenset()) -> str | None:
    """A view's SELECT in the target's dialect; None where it cannot be said. `ORDER BY` of the whole is left out for SQL Server.

    Args:
        renames: (label, new label) of the tables whose names the target's writer changes.
    """
    if source == target and not renames:
        return query
    if len(query) > MAX_EXPRESSION or not _is_flat(query):
        return None
    from sqlglot.errors import SqlglotError

    from dbdesign.writers.translation.context import Context, Family, UntranslatableError
    from dbdesign.writers.translation.predicates import settle
    from dbdesign.writers.translation.queries import check_query, prepare_query
    from dbdesign.writers.translation.reading import normalise, standard_strings
    from dbdesign.writers.translation.vocabulary import QUERY_NODES
    from dbdesign.writers.translation.writing import spell

    context = Context(source, target, allowed=QUERY_NODES)
    try:
        tree = _parsed(standard_strings(query) if context.reads is Family.POSTGRES else query, context.reads)
        check_query(tree)
        prepare_query(tree, context, dict(renames))
        normalise(tree, context)
        settle(tree, context, predicate=None)
        spell(tree, context)
        text = _printed(tree, context, pretty=True)
        _parsed(text, context.writes)
    except (SqlglotError, UntranslatableError, RecursionError):
        return None
    return text


__all__ = [
    "Kinds",
    "Renames",
    "column_kinds",
    "translate",
    "translate_default",
    "translate_query",
    "without_outer_parentheses",
]
