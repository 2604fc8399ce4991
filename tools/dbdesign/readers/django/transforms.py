"""Transforms in a path (`created__year`, `data__key`, `tags__len`) and functions on points in time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dbdesign.dialects.base import dialect
from dbdesign.model.schema import Engine
from dbdesign.readers.django.fields import RANGES, FieldState
from dbdesign.readers.django.state import UnsayableError

if TYPE_CHECKING:
    from dbdesign.readers.django.expressions import Expressions

Path = tuple[str, FieldState | None]
_PARTS = {"year": "YEAR", "month": "MONTH", "day": "DAY", "quarter": "QUARTER", "hour": "HOUR", "minute": "MINUTE", "week": "WEEK",
          "iso_year": "ISOYEAR", "isoyear": "ISOYEAR", "iso_week_day": "ISODOW", "isoweekday": "ISODOW"}  # fmt: skip


def transformed(compiler: Expressions, sql: str, one: FieldState | None, rest: list[str]) -> Path:
    """The SQL of a path after its transforms, and the field whose values it has."""
    if one is not None and one.kind == "JSONField" and rest:
        return _keys(compiler, sql, rest), FieldState("", "JSONField")
    for name in rest:
        sql, one = _step(compiler, sql, one, name)
    return sql, one


def _step(compiler: Expressions, sql: str, one: FieldState | None, name: str) -> Path:
    kind = one.kind if one else None
    if kind in {"DateField", "DateTimeField", "TimeField"}:
        if name in {"date", "time"}:
            return f"({_local(compiler, sql, one)})::{name}", FieldState(
                "", "DateField" if name == "date" else "TimeField"
            )
        return extracted(compiler, sql, name, one), FieldState("", "IntegerField")
    if kind == "ArrayField" and name == "len":
        return _array_length(sql), FieldState("", "IntegerField")
    if kind == "ArrayField" and one is not None and name.isdigit():
        inner = one.get("base_field")
        return f"{sql}[{int(name) + 1}]", inner if isinstance(inner, FieldState) else None
    if kind in RANGES and name in {
        "startswith",
        "endswith",
        "isempty",
        "lower_inc",
        "upper_inc",
        "lower_inf",
        "upper_inf",
    }:
        function = {"startswith": "lower", "endswith": "upper"}.get(name, name)
        return f"{function}({sql})", None
    if kind == "HStoreField":
        return f"({sql} -> {dialect(compiler.engine).literal(name)})", FieldState("", "TextField")
    raise UnsayableError(f"the transform {name}")


def _array_length(sql: str) -> str:
    return f"CASE WHEN {sql} IS NULL THEN NULL ELSE coalesce(array_length({sql}, 1), 0) END"


def _keys(compiler: Expressions, sql: str, keys: list[str]) -> str:
    if not compiler.types.is_postgresql:
        path = "".join(f"[{one}]" if one.isdigit() else f'."{one}"' for one in keys)
        return f"JSON_EXTRACT({sql}, {dialect(compiler.engine).literal('$' + path)})"
    if len(keys) == 1:
        return f"({sql} -> {_key(compiler, keys[0])})"
    return f"({sql} #> {dialect(compiler.engine).literal('{' + ','.join(keys) + '}')})"


def key_text(compiler: Expressions, path: str) -> str:
    """`KT("data__key")`: the text under a key."""
    sql, _ = compiler.path(path)
    return sql.replace(" -> ", " ->> ", 1).replace(" #> ", " #>> ", 1)


def _key(compiler: Expressions, name: str) -> str:
    return name if name.isdigit() else dialect(compiler.engine).literal(name)


def _local(compiler: Expressions, sql: str, one: FieldState | None) -> str:
    zone = dialect(compiler.engine).literal(compiler.registry.settings.time_zone)
    return f"{sql} AT TIME ZONE {zone}" if one is not None and one.kind == "DateTimeField" else sql


def extracted(compiler: Expressions, sql: str, name: str, one: FieldState | None) -> str:
    """A part of a point in time, as Django asks for it."""
    if compiler.engine not in {Engine.POSTGRESQL, Engine.COCKROACHDB}:
        raise UnsayableError(f"the part {name} of a point in time")
    local = _local(compiler, sql, one)
    if name in {"week_day", "weekday"}:
        return f"EXTRACT(DOW FROM {local}) + 1"
    if name == "second":
        return f"EXTRACT(SECOND FROM DATE_TRUNC('second', {local}))"
    if name not in _PARTS:
        raise UnsayableError(f"the transform {name}")
    return f"EXTRACT({_PARTS[name]} FROM {local})"


def truncated(compiler: Expressions, sql: str, name: str, one: FieldState | None) -> str:
    """A point in time cut to a unit."""
    if compiler.engine not in {Engine.POSTGRESQL, Engine.COCKROACHDB}:
        raise UnsayableError(f"cutting a point in time to its {name}")
    if name == "date":
        return f"({_local(compiler, sql, one)})::date"
    return f"DATE_TRUNC('{name}', {_local(compiler, sql, one)})"
