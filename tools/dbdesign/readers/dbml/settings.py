"""What the settings in square brackets mean: `[pk, not null, default: 0, note: '…']`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from dbdesign.readers.dbml.lexer import Token
from dbdesign.readers.dbml.syntax import ColumnSyntax, IndexSyntax, Ref

ACTIONS = frozenset({"cascade", "restrict", "set null", "set default", "no action"})


class Setting(NamedTuple):
    """One setting: its words in lower case, and the tokens after the colon."""

    key: str
    value: Sequence[Token]
    line: int


def text_of(value: Sequence[Token], text: str) -> str:
    """The value of a single quoted text, else the source as written."""
    if len(value) == 1:
        return value[0].value
    return text[value[0].start : value[-1].end] if value else ""


def column_setting(column: ColumnSyntax, setting: Setting, text: str) -> str | None:
    """Puts a setting into the column; what is wrong with it, if it is not one of a column's."""
    key = setting.key
    if key in {"pk", "primary key"}:
        column.primary = True
    elif key in {"null", "not null"}:
        column.nullable = key == "null"
    elif key == "unique":
        column.unique = True
    elif key == "increment":
        column.increment = True
    elif key == "note":
        column.note = text_of(setting.value, text)
    elif key == "check" and setting.value:
        column.checks.append((setting.value[0].value, None))
    elif key == "default" and setting.value:
        column.default = default(setting.value, text)
    else:
        return "not a setting of a column"
    return None


def default(value: Sequence[Token], text: str) -> str:
    """A default as SQL: a text becomes a literal, `enum.value` the literal of the value."""
    first = value[0]
    if len(value) == 1 and first.kind in {"string", "name"}:
        return literal(first.value)
    if len(value) == 1 and first.fold == "null":
        return "NULL"
    if len(value) == 1 and first.kind == "expression":
        return first.value
    dotted = len(value) >= 3 and all(token.fold == "." for token in value[1::2])
    if dotted and not first.value[0].isdigit():
        return literal(value[-1].value)
    return text[first.start : value[-1].end]


def literal(text: str) -> str:
    """A standard SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def index_setting(index: IndexSyntax, setting: Setting, text: str) -> str | None:
    """Puts a setting into the index; what is wrong with it, if it is not one of an index's."""
    if setting.key in {"pk", "primary key"}:
        index.primary = True
    elif setting.key == "unique":
        index.unique = True
    elif setting.key == "type" and setting.value:
        index.method = text_of(setting.value, text).lower()
    elif setting.key == "name" and setting.value:
        index.name = text_of(setting.value, text)
    elif setting.key == "note":
        index.note = text_of(setting.value, text)
    else:
        return "not a setting of an index"
    return None


def ref_setting(ref: Ref, setting: Setting, text: str) -> Ref | str | None:
    """The reference with the setting, or what is wrong with it; None for a colour."""
    action = " ".join(text_of(setting.value, text).lower().split())
    if setting.key in {"color", "colour", "inactive"}:
        return None
    if setting.key not in {"delete", "update"}:
        return "not a setting of a reference"
    if action not in ACTIONS:
        return f"not an action; use one of {', '.join(sorted(ACTIONS))}"
    return replace(ref, on_delete=action) if setting.key == "delete" else replace(ref, on_update=action)
