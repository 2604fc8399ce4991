"""Columns as fields of Django models."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from dbdesign.dialects.postgresql import chosen_name
from dbdesign.model.schema import Column, Engine, ForeignKey, Key, Table
from dbdesign.model.types import TEXTS, DataType, Kind
from dbdesign.writers.django.conditions import Translator
from dbdesign.writers.django.context import Context
from dbdesign.writers.django.layout import Call, Node, text

_PLAIN: Mapping[Kind, str] = {
    Kind.BOOLEAN: "BooleanField", Kind.INT16: "SmallIntegerField", Kind.INT32: "IntegerField", Kind.INT64: "BigIntegerField",
    Kind.FLOAT64: "FloatField", Kind.TEXT: "TextField", Kind.BLOB: "BinaryField", Kind.DATE: "DateField", Kind.TIME: "TimeField",
    Kind.TIMESTAMPTZ: "DateTimeField", Kind.INTERVAL: "DurationField", Kind.UUID: "UUIDField", Kind.JSONB: "JSONField",
    Kind.INET: "GenericIPAddressField",
}  # fmt: skip
_OF_ENGINE: Mapping[Engine, Mapping[Kind, str]] = {
    Engine.MYSQL: {Kind.TIMESTAMP: "DateTimeField", Kind.JSON: "JSONField"},
    Engine.TIDB: {Kind.TIMESTAMP: "DateTimeField", Kind.JSON: "JSONField"},
    Engine.SQLITE: {Kind.TIMESTAMP: "DateTimeField", Kind.FLOAT32: "FloatField"},
}
_NEAR: Mapping[Kind, str] = {
    Kind.FLOAT32: "FloatField", Kind.TIMESTAMP: "DateTimeField", Kind.TIMETZ: "TimeField", Kind.JSON: "JSONField", Kind.MONEY: "TextField",
    Kind.BINARY: "BinaryField", Kind.VARBINARY: "BinaryField", Kind.CITEXT: "TextField", Kind.CIDR: "GenericIPAddressField",
    Kind.INT8: "SmallIntegerField", Kind.INT24: "IntegerField", Kind.YEAR: "SmallIntegerField", Kind.ROWVERSION: "BinaryField",
}  # fmt: skip
"""The nearest field of a type that Django has none for; TextField otherwise."""
_UNSIGNED: Mapping[Kind, str] = {
    Kind.INT16: "PositiveSmallIntegerField",
    Kind.INT32: "PositiveIntegerField",
    Kind.INT64: "PositiveBigIntegerField",
}
_AUTO: Mapping[Kind, str] = {Kind.INT16: "SmallAutoField", Kind.INT32: "AutoField", Kind.INT64: "BigAutoField"}
_RANGES = {"int4range": "IntegerRangeField", "int8range": "BigIntegerRangeField", "numrange": "DecimalRangeField",
           "tstzrange": "DateTimeRangeField", "daterange": "DateRangeField"}  # fmt: skip
_ACTIONS = {
    "cascade": "CASCADE",
    "set null": "SET_NULL",
    "restrict": "RESTRICT",
    "no action": "DO_NOTHING",
    "set default": "DO_NOTHING",
}
_CAST = re.compile(
    r"(?P<value>'(?:[^']|'')*'|-?\d+(?:\.\d+)?|NULL|\(-?\d+(?:\.\d+)?\))(?:::[\w\s.\"]+(?:\([\d,\s]+\))?(?:\[\])?)?\Z",
    re.IGNORECASE,
)


class Fields:
    """Writes the fields of one table's model."""

    def __init__(self, context: Context, table: Table) -> None:
        self.context = context
        self.table = table
        self.translator = Translator(context, table)
        self.plain_unique: set[str] = set()
        """Names of unique keys that `unique=True` stands for."""

    def field(self, column: Column) -> Call:
        """`models.CharField(max_length=20, …)`."""
        names = self.context.names[self.table.label]
        name = names.fields[column.name]
        primary = self._primary(column)
        key = names.relations.get(column.name)
        call = self._relation(column, key, name) if key is not None else self._plain(column, primary=primary)
        kwargs: list[tuple[str, Node]] = []
        if column.name != (f"{name}_id" if key is not None else name):
            kwargs.append(("db_column", text(column.name)))
        if primary:
            kwargs.append(("primary_key", "True"))
        elif column.nullable and column.generated is None:
            kwargs += [("blank", "True"), ("null", "True")]
        if self._is_unique(column) and not call.name.endswith("OneToOneField"):
            kwargs.append(("unique", "True"))
        kwargs += self._extras(column, call)
        return Call(call.name, call.args, (*call.kwargs, *kwargs))

    def _subject(self, column: Column) -> str:
        return f"{self.table.label}.{column.name}"

    def _primary(self, column: Column) -> bool:
        return self.table.primary_key is not None and self.table.primary_key.columns == (column.name,)

    def _is_unique(self, column: Column) -> bool:
        """Whether `unique=True` says a unique key exactly: under the name that PostgreSQL chooses, without an index for LIKE beside it."""
        if self._primary(column) or self.context.base_type(column).kind in TEXTS:
            return False
        for key in self.table.unique_keys:
            wanted = chosen_name(self.table.name, column.name, "key") if self.context.is_postgresql else key.name
            if key.columns == (column.name,) and key.name in {wanted, None} and is_plain_key(key):
                self.plain_unique.add(key.name or column.name)
                return True
        return False

    def _extras(self, column: Column, call: Call) -> list[tuple[str, Node]]:
        found: list[tuple[str, Node]] = []
        if column.default is not None and column.identity is None and column.generated is None:
            default = self._default(column)
            if default is not None:
                found.append(("db_default", default))
        if column.collation and call.name in {"models.CharField", "models.TextField"}:
            found.append(("db_collation", text(column.collation.strip('"').replace('""', '"'))))
        elif column.collation and not self.context.names[self.table.label].relations.get(column.name):
            self.context.note(self._subject(column), f"the collation {column.collation}")
        if column.comment:
            found.append(("db_comment", text(column.comment)))
        return found

    def _plain(self, column: Column, *, primary: bool) -> Call:
        if column.generated is not None:
            return self._generated(column)
        if column.identity is not None:
            call = self._numbered(column, primary=primary)
            if call is not None:
                return call
        return self._of_type(column)

    def _numbered(self, column: Column, *, primary: bool) -> Call | None:
        identity, kind = column.identity, self.context.base_type(column).kind
        assert identity is not None  # noqa: S101 - the caller looked
        if not primary or kind not in _AUTO:
            self.context.note(
                self._subject(column), "a column that numbers itself and is not the primary key", "a plain number"
            )
            return None
        if self.context.is_postgresql and identity.mode != "by_default":
            self.context.note(
                self._subject(column),
                f"numbering that is {identity.mode.replace('_', ' ')}",
                "GENERATED BY DEFAULT AS IDENTITY",
            )
        if identity.options.model_dump(exclude_defaults=True):
            self.context.note(self._subject(column), "what its sequence counts by", "a sequence from 1 by 1")
        return Call(f"models.{_AUTO[kind]}")

    def _of_type(self, column: Column) -> Call:
        data_type = self.context.base_type(column)
        if column.type.kind is Kind.DOMAIN:
            self.context.note(
                self._subject(column),
                f"the domain {column.type.native}",
                "its base type; write its checks as constraints",
            )
        call = self.type(data_type, self._subject(column))
        if data_type.kind is Kind.ENUM:
            return self._enumerated(column, data_type)
        return call

    def type(self, data_type: DataType, subject: str) -> Call:
        """A field for a type, without what else the column has."""
        kind, engine = data_type.kind, self.context.schema.engine
        special = self._SPECIAL.get(kind)
        if special is not None:
            call = special(self, data_type, subject)
            if call is not None:
                return call
        if data_type.unsigned and kind in _UNSIGNED:
            return Call(f"models.{_UNSIGNED[kind]}")
        name = _OF_ENGINE.get(engine, {}).get(kind) or _PLAIN.get(kind)
        if name is not None and not (
            data_type.precision is not None and kind in {Kind.TIMESTAMPTZ, Kind.TIME} and self.context.is_postgresql
        ):
            return Call(f"models.{name}")
        near = name or _NEAR.get(kind, "TextField")
        if kind is not Kind.ENUM:
            self.context.note(subject, f"the type {data_type.native}", near)
        return Call(f"models.{near}")

    def _varchar(self, data_type: DataType, _: str) -> Call | None:
        if data_type.length is None and not self.context.is_postgresql:
            return Call("models.TextField")
        return Call("models.CharField", (), (("max_length", str(data_type.length)),) if data_type.length else ())

    def _char(self, data_type: DataType, subject: str) -> Call | None:
        self.context.note(
            subject, f"the type {data_type.native}", f"CharField of at most {data_type.length or 1} characters"
        )
        return Call("models.CharField", (), (("max_length", str(data_type.length or 1)),))

    def _decimal(self, data_type: DataType, subject: str) -> Call | None:
        if data_type.precision is None or (data_type.scale or 0) < 0:
            self.context.note(
                subject, f"the type {data_type.native}", "DecimalField of 1000 digits, 500 of them after the point"
            )
            return Call("models.DecimalField", (), (("max_digits", "1000"), ("decimal_places", "500")))
        return Call(
            "models.DecimalField",
            (),
            (("max_digits", str(data_type.precision)), ("decimal_places", str(data_type.scale or 0))),
        )

    def _array(self, data_type: DataType, subject: str) -> Call | None:
        if not self.context.is_postgresql or data_type.element is None:
            return None
        element = self.context.schema.resolve_type(data_type.element)
        inner = self.type(element, f"{subject} (elements)")
        if element.kind is Kind.ENUM:
            self.context.note(subject, f"the type {data_type.native}", "an array of texts")
        return Call(self.context.imports.use("django.contrib.postgres.fields", "ArrayField"), (inner,))

    def _range(self, data_type: DataType, _: str) -> Call | None:
        name = _RANGES.get(data_type.native)
        return (
            Call(self.context.imports.use("django.contrib.postgres.fields", name))
            if name and self.context.is_postgresql
            else None
        )

    def _store(self, _: DataType, __: str) -> Call | None:
        return (
            Call(self.context.imports.use("django.contrib.postgres.fields", "HStoreField"))
            if self.context.is_postgresql
            else None
        )

    def _vector(self, _: DataType, __: str) -> Call | None:
        return (
            Call(self.context.imports.use("django.contrib.postgres.search", "SearchVectorField"))
            if self.context.is_postgresql
            else None
        )

    def _enumerated(self, column: Column, data_type: DataType) -> Call:
        longest = max((len(one) for one in data_type.values), default=1)
        name = self.context.enums.get(str(data_type.name)) if data_type.name else None
        choices: Node = f"{name}.choices" if name else "None"
        if name is None:
            from dbdesign.writers.django.layout import Listing, Pair

            choices = Listing(tuple(Pair((text(one), text(one))) for one in data_type.values))
        self.context.note(
            self._subject(column),
            f"the enumeration {data_type.native}",
            "a CharField with choices, which Django checks and the database does not",
        )
        return Call("models.CharField", (), (("max_length", str(max(longest, 1))), ("choices", choices)))

    def _generated(self, column: Column) -> Call:
        generated = column.generated
        assert generated is not None  # noqa: S101 - the caller looked
        expression = self.translator.scalar(generated.expression)
        output = self._of_type(column.model_copy(update={"generated": None}))
        if column.collation and output.name in {"models.CharField", "models.TextField"}:
            output = Call(
                output.name, output.args, (*output.kwargs, ("db_collation", text(column.collation.strip('"'))))
            )
        if expression is None:
            self.context.note(
                self._subject(column),
                f"the expression that computes it: {generated.expression}",
                "a plain field; add the column by migrations.RunSQL",
            )
            return Call(output.name, output.args, (*output.kwargs, ("null", "True"), ("editable", "False")))
        stored = "True" if generated.stored else "False"
        return Call(
            "models.GeneratedField", (), (("expression", expression), ("output_field", output), ("db_persist", stored))
        )

    def _relation(self, column: Column, key: ForeignKey, name: str) -> Call:
        self.type(self.context.base_type(column), self._subject(column))  # for the notes on what its type loses
        target = self.context.names[key.references]
        to = text("self") if key.references == self.table.label else text(target.model)
        kwargs: list[tuple[str, Node]] = [("to", to), ("on_delete", f"models.{_ACTIONS[key.on_delete]}")]
        table = self.context.schema.table_by_label[key.references]
        referenced = key.referenced_columns[0]
        if table.primary_key is None or table.primary_key.columns != (referenced,):
            kwargs.append(("to_field", text(target.fields[referenced])))
        kwargs.append(("related_name", text(self._related_name(name))))
        unique = self._primary(column) or self._is_unique(column)
        if not unique:
            kwargs.append(("db_index", "False"))
        self._note_key(key)
        return Call("models.OneToOneField" if unique else "models.ForeignKey", (), tuple(kwargs))

    def _related_name(self, name: str) -> str:
        model = self.context.names[self.table.label].model
        words = re.sub(r"(?<!^)(?=[A-Z])", "_", model).lower()
        return re.sub(r"_+", "_", f"{words}_{name}_set").strip("_")

    def _note_key(self, key: ForeignKey) -> None:
        subject = f"{self.table.label} ({key.name or 'foreign key'})"
        self.context.foreign_names += 1
        if key.on_delete != "no action":
            self.context.note(
                subject,
                f"ON DELETE {key.on_delete.upper()} in the database",
                f"on_delete=models.{_ACTIONS[key.on_delete]}, which Django carries out",
            )
        if key.on_update != "no action":
            self.context.note(subject, f"ON UPDATE {key.on_update.upper()}")
        if key.match != "simple" or not key.valid or not key.enforced or key.set_columns or key.period:
            self.context.note(subject, "MATCH, NOT VALID, NOT ENFORCED or columns of SET NULL", "a plain foreign key")
        if self.context.is_postgresql and not (key.deferrable and key.initially_deferred):
            self.context.note(
                subject, "that it is checked at once", "DEFERRABLE INITIALLY DEFERRED, as Django makes all foreign keys"
            )
        if key.comment:
            self.context.note(subject, "its comment")

    def _default(self, column: Column) -> Node | None:
        kind = self.context.base_type(column).kind
        default = column.default or ""
        bare = _CAST.match(default)
        node = self._literal(bare["value"], kind) if bare else None
        if default.lower() in {"true", "false"} and kind is Kind.BOOLEAN:
            node = default.lower().capitalize()
        if node is None:
            if default.lower() in {"now()", "current_timestamp"} and self.context.is_postgresql:
                return Call(self.context.imports.use("django.contrib.postgres.functions", "TransactionNow"))
            node = self.translator.scalar(default) if bare is None else None
        if node is None:
            self.context.note(
                self._subject(column),
                f"the default {default}",
                "no default; set it by migrations.RunSQL (ALTER COLUMN … SET DEFAULT)",
            )
        return node

    def _literal(self, value: str, kind: Kind) -> Node | None:
        inner = value.strip("()")
        if inner.startswith("'"):
            said = inner[1:-1].replace("''", "'")
            if kind in TEXTS or kind in {Kind.UUID, Kind.ENUM, Kind.INET}:
                return text(said)
            if kind in {Kind.JSONB, Kind.JSON}:
                return _json(said)
            if kind is Kind.DATE and re.fullmatch(r"\d{4}-\d\d-\d\d", said):
                year, month, day = (int(one) for one in said.split("-"))
                return Call(self.context.imports.use("datetime", "date"), (str(year), str(month), str(day)))
            return None
        if kind is Kind.BOOLEAN and inner in {"0", "1"}:
            return "True" if inner == "1" else "False"
        if kind is Kind.DECIMAL and re.fullmatch(r"-?\d+(\.\d+)?", inner):
            return inner if "." not in inner else Call(self.context.imports.use("decimal", "Decimal"), (text(inner),))
        if kind in {Kind.INT16, Kind.INT32, Kind.INT64, Kind.INT8, Kind.INT24} and re.fullmatch(r"-?\d+", inner):
            return inner
        if kind in {Kind.FLOAT64, Kind.FLOAT32} and re.fullmatch(r"-?\d+(\.\d+)?", inner):
            return inner
        return None

    _SPECIAL: ClassVar[Mapping[Kind, Callable[[Any, DataType, str], Call | None]]] = {
        Kind.VARCHAR: _varchar,
        Kind.CHAR: _char,
        Kind.DECIMAL: _decimal,
        Kind.ARRAY: _array,
        Kind.RANGE: _range,
        Kind.HSTORE: _store,
        Kind.TSVECTOR: _vector,
    }


def _json(said: str) -> Node | None:
    try:
        value = json.loads(said)
    except (ValueError, RecursionError):
        return None
    source = _python(value)
    return source if isinstance(value, dict | list) else None if value is None else source


def _python(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{text(str(key))}: {_python(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_python, value)) + "]"
    return text(value) if isinstance(value, str) else repr(value)


def is_plain_key(key: Key) -> bool:
    """Whether a unique key is nothing but its columns."""
    return not (
        key.include or key.nulls_not_distinct or key.deferrable or key.comment or key.options or key.without_overlaps
    )
