"""A column as a field of a Django model, in Python source."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dbdesign.model.schema import Column
from dbdesign.model.types import DataType, Kind

_PLAIN = {
    Kind.BOOLEAN: "BooleanField",
    Kind.INT16: "SmallIntegerField",
    Kind.INT32: "IntegerField",
    Kind.INT64: "BigIntegerField",
    Kind.FLOAT64: "FloatField",
    Kind.TEXT: "TextField",
    Kind.BLOB: "BinaryField",
    Kind.DATE: "DateField",
    Kind.TIME: "TimeField",
    Kind.TIMESTAMPTZ: "DateTimeField",
    Kind.INTERVAL: "DurationField",
    Kind.UUID: "UUIDField",
    Kind.JSONB: "JSONField",
    Kind.JSON: "JSONField",
    Kind.INET: "GenericIPAddressField",
}
"""The field whose column Django makes of this type on PostgreSQL (django.db.backends.postgresql.base.data_types)."""

_MYSQL = {Kind.TIMESTAMP: "DateTimeField", Kind.INT8: "BooleanField"}
_AUTO = {Kind.INT16: "SmallAutoField", Kind.INT32: "AutoField", Kind.INT64: "BigAutoField"}
_MADE_BY_DJANGO = {"auto_created": "True", "primary_key": "True", "serialize": "False", "verbose_name": "'ID'"}
"""What Django says of the key `id` that it adds to a model without one."""

_ON_DELETE = "DO_NOTHING"
"""The database acts by itself; what the application does is the model's own to say."""


def field_of(column: Column, engine: str, name: str, *, unique: bool = False, primary: bool = False) -> str | None:
    """`models.CharField(max_length=20, null=True)`; None where Django has no field of this type.

    Args:
        name: the field's, which need not be the column's.
    """
    if column.generated:
        return None
    kind, arguments = _class_of(column, engine, primary=primary)
    if kind is None:
        return None
    if column.name != name:
        arguments["db_column"] = repr(column.name)
    if primary:
        arguments |= _MADE_BY_DJANGO if column.name == "id" and kind.endswith("AutoField") else {"primary_key": "True"}
    elif column.nullable:
        arguments["null"] = "True"
    if unique and not primary:
        arguments["unique"] = "True"
    return f"models.{kind}({_said(arguments)})"


def relation_of(column: Column, target: str, name: str, *, unique: bool = False) -> str:
    """A foreign key of one column; the database's own constraint stands for Django's."""
    arguments = {"to": repr(target), "on_delete": f"models.deletion.{_ON_DELETE}"}
    if column.name != f"{name}_id":
        arguments["db_column"] = repr(column.name)
    arguments["db_index"] = "False"
    if column.nullable:
        arguments["null"] = "True"
    return f"models.{'OneToOneField' if unique else 'ForeignKey'}({_said(arguments)})"


def _class_of(column: Column, engine: str, *, primary: bool) -> tuple[str | None, dict[str, str]]:
    kind = column.type.kind
    if column.identity and primary and kind in _AUTO:
        return _AUTO[kind], {}
    if kind in _SIZED:
        return _SIZED[kind](column.type)
    if engine == "mysql" and kind in _MYSQL:
        return _MYSQL[kind], {}
    return _PLAIN.get(kind), {}


def _decimal(data_type: DataType) -> tuple[str | None, dict[str, str]]:
    if data_type.precision is None:
        return None, {}
    return "DecimalField", {"max_digits": str(data_type.precision), "decimal_places": str(data_type.scale or 0)}


def _varchar(data_type: DataType) -> tuple[str | None, dict[str, str]]:
    return "CharField", {"max_length": str(data_type.length)} if data_type.length else {}


_SIZED: Mapping[Kind, Callable[[DataType], tuple[str | None, dict[str, str]]]] = {
    Kind.DECIMAL: _decimal,
    Kind.VARCHAR: _varchar,
}


def _said(arguments: dict[str, str]) -> str:
    return ", ".join(f"{name}={value}" for name, value in arguments.items())
