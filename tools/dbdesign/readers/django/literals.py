"""Python values as SQL literals, as Django's schema editor writes them."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation

from dbdesign.dialects.base import dialect
from dbdesign.model.schema import Engine
from dbdesign.readers.django.fields import AUTO, FieldState
from dbdesign.readers.django.state import UnsayableError
from dbdesign.readers.django.values import Called, Reference, Value, is_known

_POSTGRES = frozenset({Engine.POSTGRESQL, Engine.COCKROACHDB})
_INTEGERS = frozenset(
    {"IntegerField", "BigIntegerField", "SmallIntegerField", "PositiveIntegerField", "PositiveBigIntegerField",
     "PositiveSmallIntegerField", "OrderWrt", *AUTO}
)  # fmt: skip
_TEXTS = frozenset({"CharField", "TextField", "SlugField", "FileField", "FilePathField", "CITextField"})
_MOMENTS = {"datetime.datetime": datetime, "datetime.date": date, "datetime.time": time}


def literal(value: Value, engine: Engine, one: FieldState | None = None) -> str:
    """A literal for a value that belongs to a field. Raises `UnsayableError` for what has none."""
    if isinstance(value, Called):
        return _called(value, engine)
    if isinstance(value, Reference):
        return _referenced(value, engine)
    if not is_known(value):
        raise UnsayableError("a value that is known only when the program runs")
    if one is not None:
        if one.kind == "JSONField":
            return _json(value, engine)
        if one.kind == "ArrayField" and isinstance(value, list | tuple):
            return _array(value, engine, one)
        value = _prepared(value, one)
    return _plain(value, engine, one)


def _prepared(value: Value, one: FieldState) -> Value:
    """The value as the field hands it to the database (`get_prep_value`)."""
    if value is None:
        return None
    try:
        if one.kind in _INTEGERS:
            return int(value)
        if one.kind == "BooleanField" and value in (0, 1, "True", "False"):
            return value in (1, "True")
        if one.kind in _TEXTS and not isinstance(value, bytes):
            return str(value)
        if one.kind == "FloatField":
            return float(value)
        if one.kind == "DecimalField":
            return Decimal(repr(value) if isinstance(value, float) else str(value))
    except (TypeError, ValueError, InvalidOperation):
        raise UnsayableError(f"{value!r} is no value of a {one.kind}") from None
    return value


def _plain(value: Value, engine: Engine, one: FieldState | None) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return ("true" if value else "false") if engine in _POSTGRES else str(int(value))
    if isinstance(value, int | float | Decimal):
        return format(value, "f") if isinstance(value, Decimal) else repr(value)
    if isinstance(value, bytes):
        return f"'\\x{value.hex()}'::bytea" if engine in _POSTGRES else f"X'{value.hex()}'"
    if isinstance(value, str):
        return _text(value, engine, one)
    raise UnsayableError(f"{value!r} has no literal")


def _text(value: str, engine: Engine, one: FieldState | None) -> str:
    if one is not None and one.kind == "UUIDField" and engine not in _POSTGRES:
        value = value.replace("-", "")
    quoted = dialect(engine).literal(value)
    if engine in _POSTGRES and one is not None:
        cast = {"DateField": "date", "DateTimeField": "timestamptz", "UUIDField": "uuid", "TimeField": "time"}.get(
            one.kind
        )
        return f"{quoted}::{cast}" if cast else quoted
    return quoted


def _json(value: Value, engine: Engine) -> str:
    quoted = dialect(engine).literal(json.dumps(value))
    return f"{quoted}::jsonb" if engine in _POSTGRES else quoted


def _array(values: Value, engine: Engine, one: FieldState) -> str:
    inner = one.get("base_field")
    given = inner if isinstance(inner, FieldState) else None
    return f"ARRAY[{', '.join(literal(value, engine, given) for value in values)}]" if values else "'{}'"


def _called(value: Called, engine: Engine) -> str:
    if value.path in _MOMENTS and all(isinstance(one, int) for one in value.args):
        return _moment(value, engine)
    if value.last == "timedelta":
        return _duration(value, engine)
    if value.last == "Decimal" and len(value.args) == 1 and isinstance(value.args[0], str | int | float):
        try:
            return format(Decimal(value.args[0]), "f")
        except InvalidOperation:
            raise UnsayableError("no decimal number") from None
    if value.last == "UUID" and len(value.args) == 1 and isinstance(value.args[0], str):
        return f"'{value.args[0]}'::uuid" if engine in _POSTGRES else f"'{value.args[0].replace('-', '')}'"
    if value.last in {"dict", "list"} and not value.args and not value.kwargs:
        return _json({} if value.last == "dict" else [], engine)
    raise UnsayableError(f"{value.path}() is known only when the program runs")


def _moment(value: Called, engine: Engine) -> str:
    numbers = {name: one for name, one in value.kwargs.items() if isinstance(one, int)}
    try:
        found = _MOMENTS[value.path](*value.args, **numbers)
    except (TypeError, ValueError):
        raise UnsayableError("no point in time") from None
    zone = "+00:00" if "tzinfo" in value.kwargs and isinstance(found, datetime) else ""
    text = f"'{found.isoformat(' ') if isinstance(found, datetime) else found.isoformat()}{zone}'"
    if engine not in _POSTGRES:
        return text
    cast = {datetime: "timestamptz" if zone else "timestamp", date: "date", time: "time"}[type(found)]
    return f"{text}::{cast}"


def _duration(value: Called, engine: Engine) -> str:
    names = ("days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks")
    numbers = {**dict(zip(names, value.args, strict=False)), **value.kwargs}
    if not all(isinstance(one, int | float) for one in numbers.values()):
        raise UnsayableError("a duration that is known only when the program runs")
    try:
        found = timedelta(**numbers)
    except (TypeError, OverflowError, ValueError):
        raise UnsayableError("no duration") from None
    if engine in _POSTGRES:
        return f"'{found.days} days {found.seconds}.{found.microseconds:06d} seconds'::interval"
    return str((found.days * 86_400 + found.seconds) * 1_000_000 + found.microseconds)


def _referenced(value: Reference, engine: Engine) -> str:
    if value.path == "datetime.timezone.utc":
        raise UnsayableError("no value")
    if value.last in {"dict", "list"}:
        return _json({} if value.last == "dict" else [], engine)
    raise UnsayableError(f"{value.path} is not in the sources")
