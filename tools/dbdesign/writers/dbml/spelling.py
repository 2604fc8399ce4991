"""How names, texts, expressions, defaults and types are spelt in DBML.

What may stand unquoted, and which escapes quoted texts know, was established with the language's own parser (@dbml/core 10).
"""

from __future__ import annotations

import re

from dbdesign.model.schema import Engine, Schema
from dbdesign.model.types import DataType, Kind
from dbdesign.writers.selection import short_spelling

KEYWORDS = frozenset({
    "as", "checks", "delete", "dep", "enum", "false", "indexes", "note", "null", "project", "records", "ref", "table", "tablegroup",
    "tablepartial", "true", "update",
})  # fmt: skip

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_PLAIN_TYPE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\([0-9]+(, ?[0-9]+)*\))?\Z")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?\Z")
_STRING = re.compile(r"'(?:[^'\\]|'')*'\Z")
_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_SPECIAL = re.compile(r"[\\\n\t\r\x00-\x1f\x7f\u0085\u2028\u2029]")


def name(text: str) -> str:
    """An identifier, in quotes unless it is plain ASCII and no word of the language."""
    return text if _PLAIN.match(text) and text.lower() not in KEYWORDS else quoted(text, '"')


def qualified(namespace: str | None, text: str) -> str:
    """`namespace.name`."""
    return f"{name(namespace)}.{name(text)}" if namespace else name(text)


def quoted(text: str, mark: str = "'") -> str:
    """A text in quotation marks, on one line whatever it holds."""
    escaped = _SPECIAL.sub(lambda match: _ESCAPES.get(match[0], f"\\u{ord(match[0]):04x}"), text)
    return mark + escaped.replace(mark, "\\" + mark) + mark


def sayable(expression: str) -> bool:
    """Whether an expression can stand between backticks, which nothing escapes inside."""
    return "`" not in expression


def expression(text: str) -> str:
    """An expression between backticks; MySQL's own around names are left out, see `sayable`."""
    return f"`{text.replace('`', '')}`"


def default(text: str) -> str:
    """A default: as a literal where SQL's and DBML's literals are the same thing, else as an expression."""
    if _NUMBER.match(text) or text in {"true", "false"}:
        return text
    if text == "NULL":
        return "null"
    return quoted(text[1:-1].replace("''", "'")) if _STRING.match(text) else expression(text)


def data_type(of: DataType, schema: Schema) -> str:
    """A type: an enum's qualified name, or what the engine calls it, quoted where that is not one word. Of a domain, the type under it."""
    seen = 0
    while of.name and of.kind is Kind.DOMAIN and (domain := schema.domain_by_label.get(str(of.name))) and seen < 32:
        of, seen = domain.type, seen + 1
    enum = schema.enum_by_label.get(str(of.name)) if of.name and of.kind is Kind.ENUM else None
    if enum is not None and enum.values:
        return qualified(enum.namespace, enum.name)
    family = schema.engine in {Engine.POSTGRESQL, Engine.COCKROACHDB}
    spelt = short_spelling(of.native) if family and '"' not in of.native else of.native
    return spelt if _PLAIN_TYPE.match(spelt) and spelt.lower() not in KEYWORDS else quoted(spelt, '"')


USUAL_KEY_NAMES = {Engine.POSTGRESQL, Engine.COCKROACHDB}
"""Engines that name an unnamed primary key `table_pkey` and a unique one `table_column_key`."""


def is_usual(constraint: str | None, engine: Engine, table: str, columns: tuple[str, ...], suffix: str) -> bool:
    """Whether a key's name is the one that the engine gives by itself, so that it need not be written."""
    if constraint is None:
        return True
    if engine in {Engine.MYSQL, Engine.TIDB}:
        return constraint == ("PRIMARY" if suffix == "pkey" else columns[0])
    parts = (table, suffix) if suffix == "pkey" else (table, *columns, suffix)
    return engine in USUAL_KEY_NAMES and constraint == "_".join(parts)
