"""How names, literals and expressions are spelt in PostgreSQL's DDL."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from dbdesign.dialects.postgresql import DIALECT, NOT_FUNCTION_OR_TYPE
from dbdesign.model.schema import IndexKey, SequenceOptions

INDENT = "    "
_PLAIN_VALUE = re.compile(
    r"""(?:-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|E?'(?:[^']|'')*'|true|false|null|current_(?:date|timestamp|time|user|role)|"""
    r"""localtime(?:stamp)?|session_user|ARRAY\[[\w., :'"]*\])(?:::[\w ."]+(?:\(\d+(?:,\d+)?\))?(?:\[\])?)*\Z""",
    re.IGNORECASE,
)
_CALL = re.compile(r"""(?:(?:[a-z_][\w$]*|"(?:[^"]|"")+")\.)?(?:[a-z_][\w$]*|"(?:[^"]|"")+")\(""", re.IGNORECASE)
_BRACKET = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|[()]""")
_PLAIN_OPTION = re.compile(r"-?[A-Za-z0-9_.]+\Z")

identifier = DIALECT.identifier
literal = DIALECT.literal


def identifiers(names: Iterable[str]) -> str:
    """Names, quoted where they must be, with commas."""
    return ", ".join(identifier(name) for name in names)


def qualified(namespace: str | None, name: str) -> str:
    """The name of a relation."""
    return DIALECT.qualified(namespace, name)


def type_identifier(namespace: str | None, name: str) -> str:
    """The name of a type: more words must be quoted than for a table, in its namespace too."""
    return ".".join(f'"{one}"' if one in NOT_FUNCTION_OR_TYPE else identifier(one) for one in (namespace, name) if one)


def role(name: str) -> str:
    """A role as GRANT takes it."""
    return {"public": "PUBLIC", "current_user": "CURRENT_USER"}.get(name) or identifier(name)


def is_call(expression: str) -> bool:
    """Whether the expression is one function call and nothing else."""
    match = _CALL.match(expression)
    if match is None or not expression.endswith(")"):
        return False
    depth = 0
    for bracket in _BRACKET.finditer(expression):
        depth += {"(": 1, ")": -1}.get(bracket.group(), 0)
        if depth == 0 and bracket.group() == ")":
            return bracket.end() == len(expression)
    return False


def default(expression: str) -> str:
    """An expression as DEFAULT takes it: with parentheses unless it is a plain value or a call."""
    return expression if _PLAIN_VALUE.match(expression) or is_call(expression) else f"({expression})"


def index_key(key: IndexKey) -> str:
    """A key of an index, of an exclusion constraint (without its operator) or of PARTITION BY."""
    if key.column is not None:
        text = identifier(key.column)
    else:
        expression = key.expression or ""
        text = expression if is_call(expression) else f"({expression})"
    if key.collation:
        text += f" COLLATE {key.collation}"
    if key.opclass:
        text += f" {key.opclass}"
    if key.descending:
        text += " DESC"
    if key.nulls:
        text += f" NULLS {key.nulls.upper()}"
    return text


def storage(options: Mapping[str, str]) -> str:
    """` WITH (fillfactor = 70)`, or nothing."""
    if not options:
        return ""
    return " WITH (" + ", ".join(f"{name} = {_option(value)}" for name, value in options.items()) + ")"


def _option(value: str) -> str:
    return value if _PLAIN_OPTION.match(value) else literal(value)


def sequence_clauses(options: SequenceOptions) -> list[str]:
    """What a sequence does differently from a plain one."""
    clauses = []
    if options.data_type:
        clauses.append(f"AS {options.data_type}")
    for keyword, value in (
        ("START WITH", options.start),
        ("INCREMENT BY", options.increment),
        ("MINVALUE", options.minimum),
        ("MAXVALUE", options.maximum),
        ("CACHE", options.cache),
    ):
        if value is not None:
            clauses.append(f"{keyword} {value}")
    if options.cycle:
        clauses.append("CYCLE")
    return clauses


def statement(*parts: str) -> str:
    """Parts joined by spaces, empty ones left out."""
    return " ".join(part for part in parts if part)
