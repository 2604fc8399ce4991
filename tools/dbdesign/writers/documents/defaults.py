"""Defaults of columns as values of JSON, or as the expression that computes them."""

from __future__ import annotations

import json
import re
from typing import Any

from dbdesign.model.documents import DocumentField
from dbdesign.model.schema import Column, Engine, Schema
from dbdesign.writers.postgresql.notes import Notes
from dbdesign.writers.translate import BITS, PG_CAST, without_outer_parentheses

IS_NOW = re.compile(
    r"\(?(?:now\(\)|CURRENT_TIMESTAMP(?:\(\d?\))?|localtimestamp(?:\(\d?\))?|transaction_timestamp\(\)|statement_timestamp\(\)|clock_timestamp\(\)"
    r"|getdate\(\)|sysdatetime\(\)|sysutcdatetime\(\)|getutcdate\(\)|sysdatetimeoffset\(\)|datetime\('now'\)|CURRENT_DATE)\)?(?:::[\w\s]+)?\Z",
    re.IGNORECASE,
)
IS_RANDOM_UUID = re.compile(
    r"\(?(?:gen_random_uuid|uuid_generate_v4|uuid|newid|newsequentialid|uuidv7|uuidv4)\(\)\)?\Z", re.IGNORECASE
)
_STRING = re.compile(r"N?'((?:[^'\\]|'')*)'\Z")
_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d+)?\Z")


def default(column: Column, field: DocumentField, where: str, schema: Schema, notes: Notes) -> dict[str, Any]:
    """`default` or `default_expression` for a field; nothing where there is none or it cannot be said."""
    text = column.default
    if text is None:
        return {}
    bare = without_outer_parentheses(text, quotes="'\"")
    while bare != text:
        text, bare = bare, without_outer_parentheses(bare, quotes="'\"")
    if field.type == "date" and IS_NOW.match(bare):
        return {"default_expression": "Date.now"}
    if field.type in {"uuid", "string"} and IS_RANDOM_UUID.match(bare):
        return {"default_expression": "randomUUID"}
    if bare.upper() == "NULL":
        return {}
    value = _value(bare, field, schema.engine)
    if value is None:
        notes.add(
            where,
            f"DEFAULT {bare if len(bare) < 80 else bare[:77] + '…'}",
            "no default: set it where the document is written",
        )
        return {}
    return {"default": value}


def _value(text: str, field: DocumentField, engine: Engine) -> Any:
    cast = PG_CAST.match(text) if engine in {Engine.POSTGRESQL, Engine.COCKROACHDB} else None
    if cast is not None and not cast["array"]:
        text = cast["value"].strip("()")
    if match := BITS.match(text):
        text = str(int(match[1], 2))
    match = _STRING.match(text)
    plain = match[1].replace("''", "'") if match else text
    if field.type == "bool":
        return {"true": True, "t": True, "1": True, "false": False, "f": False, "0": False}.get(plain.lower())
    if field.type in {"int", "long", "double", "decimal"}:
        return _number(plain, field)
    if field.type == "string" and match:
        return plain if not field.values or plain in field.values else None
    if field.type == "mixed" and match:
        return _document(plain)
    if field.type == "array" and re.match(r"'\{\}'|ARRAY\[\]", text):
        return []
    return None


def _number(text: str, field: DocumentField) -> Any:
    if not _NUMBER.match(text):
        return None
    if field.type == "decimal":
        return text
    value = float(text)
    return int(value) if value.is_integer() else value if field.type == "double" else None


def _document(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
