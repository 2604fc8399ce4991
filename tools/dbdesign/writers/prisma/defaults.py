"""From a column's default in SQL to `@default(…)`: a constant or a function where the language has it, else `dbgenerated("…")`."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping

from dbdesign.dialects.expressions import without_outer_parentheses
from dbdesign.model.schema import Column, Engine
from dbdesign.writers.prisma.layout import text
from dbdesign.writers.prisma.types import FieldType

Values = Mapping[str, str]
"""The values of an enumeration → their names in the language."""

_CAST = re.compile(r":::?(?:\"[^\"]+\"|[\w. ])+(?:\([\d, ]*\))?(?:\[\])*\Z")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?\Z")
_STRING = re.compile(r"N?'((?:[^'\\]|'')*)'\Z", re.DOTALL)
_BACKSLASHED = re.compile(r"'((?:[^']|'')*)'\Z", re.DOTALL)
_ESCAPED = re.compile(r"E'(?:[^'\\]|''|\\\\)*'\Z", re.DOTALL)
"""PostgreSQL's texts whose only escapes are of backslashes."""
_BYTES = re.compile(r"'\\x((?:[0-9a-fA-F]{2})*)'\Z")
_NOW = frozenset({"now()", "current_timestamp", "getdate()", "current_timestamp()"})
_MYSQL_NOW = re.compile(r"(?:current_timestamp|now)(?:\((\d?)\))?\Z", re.IGNORECASE)
_ARRAY = re.compile(r"ARRAY\[(.*)\]\Z", re.DOTALL)
_ITEM = re.compile(
    r"\s*((?:N?'(?:[^']|'')*'|-?[\w.]+)(?:::(?:\"[^\"]+\"|[\w. ])+(?:\([\d, ]*\))?)?)\s*(?:,|\Z)", re.DOTALL
)
_BITS = {
    "1": "true",
    "0": "false",
    "'1'": "true",
    "'0'": "false",
    "b'1'": "true",
    "b'0'": "false",
    "true": "true",
    "false": "false",
}
_PLAIN_TEXTS = re.compile(r"@db\.(?:VarChar|Char|Text|String|NVarChar|NChar|NText|TinyText|MediumText|LongText)\b|\Z")
_BARE = re.compile(
    r"(?:[bxn]?'(?:[^']|'')*'|[+-]?[\d.]+(?:e[+-]?\d+)?|true|false|null|current_\w+(?:\(\d?\))?|now\(\d?\)|\(.*\))\Z",
    re.DOTALL | re.IGNORECASE,
)
_CALL = re.compile(r"[\w.\"]+\((?:[^()]|\([^()]*\))*\)\Z")
_OWN_SEQUENCE = re.compile(r"nextval\('[^']+'(?:::regclass|::text)*\)\Z")
WHOLE = frozenset({"Int", "BigInt"})


def default(column: Column, of: FieldType, engine: Engine, values: Values) -> str | None:
    """The argument of `@default`; None where the column has none."""
    if column.default is None:
        return None
    said = _uncast(without_outer_parentheses(column.default), engine)
    found = _list(said, of, engine, values) if of.is_list else _constant(said, of, engine, values)
    if found is None and not of.is_list:
        found = _function(said, column, of, engine)
    return found if found is not None else f"dbgenerated({text(_as_sql(column.default, engine))})"


def _as_sql(expression: str, engine: Engine) -> str:
    """What stands behind DEFAULT: in parentheses where it is more than a constant or, elsewhere than on SQLite and MySQL, a call."""
    if _BARE.match(expression) or engine is Engine.SQLSERVER:
        return expression
    family = engine in {Engine.POSTGRESQL, Engine.COCKROACHDB}
    bare = _CAST.sub("", expression) if family else expression
    if family and (_BARE.match(bare) or _CALL.match(bare) or _ARRAY.match(bare) or _ESCAPED.match(bare)):
        return expression
    return f"({expression})"


def is_numbered(column: Column, of: FieldType, engine: Engine) -> bool:
    """Whether the default takes numbers from a sequence that stands by itself."""
    return engine is Engine.POSTGRESQL and of.name in WHOLE and bool(_OWN_SEQUENCE.match(column.default or ""))


def _uncast(expression: str, engine: Engine) -> str:
    if engine not in {Engine.POSTGRESQL, Engine.COCKROACHDB}:
        return expression
    bare = _CAST.sub("", expression)
    if _ESCAPED.match(bare):
        return bare[1:].replace("\\\\", "\\")
    return without_outer_parentheses(bare) if bare != expression and _whole(bare) else expression


def _whole(bare: str) -> bool:
    """Whether what is left of a cast is one operand."""
    return bool(_BACKSLASHED.match(bare) or _NUMBER.match(without_outer_parentheses(bare)) or _ARRAY.match(bare))


def _constant(said: str, of: FieldType, engine: Engine, values: Values) -> str | None:
    if of.enum is not None:
        match = _STRING.match(said)
        return values.get(match[1].replace("''", "'")) if match else None
    if of.name in {"Int", "BigInt", "Float", "Decimal"} and of.native not in {"@db.Money", "@db.SmallMoney"}:
        return _number(said, of)
    if of.name == "Boolean":
        return (
            _BITS.get(said.lower()) if engine is not Engine.POSTGRESQL else said if said in {"true", "false"} else None
        )
    if of.name == "String" and _PLAIN_TEXTS.match(of.native):
        return _quoted(said, engine)
    if of.name == "Json" and engine in {Engine.POSTGRESQL, Engine.COCKROACHDB}:
        return _quoted(said, engine)
    if of.name == "Bytes" and engine in {Engine.POSTGRESQL, Engine.COCKROACHDB} and (match := _BYTES.match(said)):
        return text(base64.b64encode(bytes.fromhex(match[1])).decode())
    return None


def _number(said: str, of: FieldType) -> str | None:
    bare = without_outer_parentheses(said)
    if (quoted := _STRING.match(bare)) is not None:
        bare = quoted[1]
    if not _NUMBER.match(bare) or (of.name in WHOLE and ("." in bare or not -(2**63) <= int(bare) < 2**63)):
        return None
    return bare


def _quoted(said: str, engine: Engine) -> str | None:
    """A text. MySQL's with backslashes are left as SQL: Prisma hands them on unescaped."""
    match = (_STRING if engine in {Engine.MYSQL, Engine.TIDB} else _BACKSLASHED).match(said.removeprefix("N"))
    return text(match[1].replace("''", "'")) if match else None


def _function(said: str, column: Column, of: FieldType, engine: Engine) -> str | None:
    if of.name != "DateTime":
        return None
    if engine not in {Engine.MYSQL, Engine.TIDB}:
        return "now()" if said.lower() in _NOW else None
    match = _MYSQL_NOW.match(said)
    return "now()" if match and int(match[1] or 0) == (column.type.precision or 0) else None


def _list(said: str, of: FieldType, engine: Engine, values: Values) -> str | None:
    if said in {"'{}'", "ARRAY[]"}:
        return "[]"
    array = _ARRAY.match(said)
    if array is None:
        return None
    single = FieldType(of.name, of.native, enum=of.enum)
    items: list[str] = []
    at = 0
    while at < len(array[1]):
        match = _ITEM.match(array[1], at)
        item = _constant(_uncast(match[1].strip(), engine), single, engine, values) if match else None
        if match is None or item is None:
            return None
        items.append(item)
        at = match.end()
    return f"[{', '.join(items)}]"
