"""SQLModel: fields with annotations become columns; a class without `table=True` only hands its fields on.

Source: SQLModel 0.0.50, `sqlmodel/main.py` and `_compat.py`.
"""

from __future__ import annotations

import datetime
import decimal
import enum
import ipaddress
import types
import typing
import uuid
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from dbdesign.readers.sqlalchemy import library
from dbdesign.readers.sqlalchemy.annotations import Unresolved
from dbdesign.readers.sqlalchemy.values import IGNORED, PLACE, Native, NotStaticError, Place, Unknown

if TYPE_CHECKING:
    from dbdesign.readers.sqlalchemy.classes import Body
    from dbdesign.readers.sqlalchemy.interpret import Interpreter


class Required:
    """No default was given."""


REQUIRED = Required()


class Email(str):
    """pydantic's `EmailStr`."""


class Aware(datetime.datetime):
    """pydantic's `AwareDatetime`."""


class Naive(datetime.datetime):
    """pydantic's `NaiveDatetime`."""


class Field:
    """`Field(...)`."""

    def __init__(self, default: Any = REQUIRED, *, place: Place, **keywords: Any) -> None:
        self.default = REQUIRED if default is ... else default
        self.keywords = keywords
        self.place = place


class Model:
    """Stands for `SQLModel`."""

    _dbdesign_fields: typing.ClassVar[dict[str, tuple[Any, Any, Place]]] = {}


MODEL = Model
_SIDE = frozenset(
    [
        "title",
        "description",
        "alias",
        "validation_alias",
        "serialization_alias",
        "exclude",
        "include",
        "const",
        "gt",
        "ge",
        "lt",
        "le",
        "multiple_of",
        "examples",
        "schema_extra",
        "discriminator",
        "pattern",
        "regex",
        "repr",
        "min_length",
        "frozen",
        "allow_mutation",
        "default_factory",
        "json_schema_extra",
        "strict",
        "min_items",
        "max_items",
        "unique_items",
        "decimal_places_",
        "alias_priority",
        "deprecated",
        "validate_default",
    ]
)


def names() -> dict[str, Any]:
    """Names of the packages `sqlmodel` and `pydantic`, of one program: its models share a MetaData."""
    base = library.declarative_base(metadata=sa.MetaData())
    metadata = base.metadata
    model = type("SQLModel", (Model,), {"metadata": metadata, "_dbdesign_base": base, "_dbdesign_fields": {}})
    field = Native(Field, placed=True, lenient=_SIDE)
    found: dict[str, Any] = {
        "sqlmodel.SQLModel": model,
        "sqlmodel.Field": field,
        "sqlmodel.Relationship": IGNORED,
        "sqlmodel.AutoString": sa.String,
    }
    found["sqlmodel.main.SQLModel"], found["sqlmodel.main.Field"] = model, field
    found["sqlmodel.sql.sqltypes.AutoString"] = sa.String
    found |= {f"pydantic.{one}": str for one in ("EmailStr", "SecretStr", "StrictStr", "NameEmail")}
    found |= {"pydantic.AwareDatetime": Aware, "pydantic.NaiveDatetime": Naive, "pydantic.BaseModel": object}
    found |= {f"pydantic.{one}": int for one in ("StrictInt", "PositiveInt", "NonNegativeInt", "NegativeInt")}
    found |= {
        "pydantic.StrictBool": bool,
        "pydantic.Field": field,
        "pydantic.UUID4": uuid.UUID,
        "pydantic.ConfigDict": IGNORED,
    }
    found["pydantic.constr"] = Native(lambda max_length=None, **_: typing.Annotated[str, Length(max_length)])
    return found


class Length:
    """The greatest length of a text, in an annotation."""

    def __init__(self, length: int | None) -> None:
        self.length = length


def is_model(value: Any) -> bool:
    """Whether a class derives from SQLModel."""
    return isinstance(value, type) and issubclass(value, Model)


def create(
    name: str, bases: list[type], body: Body, keywords: dict[str, Any], place: Place, interpreter: Interpreter
) -> Any:
    """A class of SQLModel's; with `table=True` its table too."""
    fields: dict[str, tuple[Any, Any, Place]] = {}
    for one in reversed(bases):
        for base in reversed(one.__mro__):
            fields.update(base.__dict__.get("_dbdesign_fields", {}))
    for field, annotation in body.annotations.items():
        node = body.lines.get(field)
        fields[field] = (annotation, body.values[field], Place(place.path, int(getattr(node, "lineno", place.line))))
    kept = {key: value for key, value in body.values.items() if key not in body.annotations}
    model = next(one for one in bases if is_model(one))
    wanted = {"_dbdesign_fields": fields, "_dbdesign_functions": body.functions, **_directives(kept)}
    if isinstance(metadata := body.values.get("metadata"), sa.MetaData):
        wanted |= {"metadata": metadata, "_dbdesign_base": library.declarative_base(metadata=metadata)}
    if keywords.get("table") is not True:
        return type(name, tuple(bases), wanted)
    table_names = _table_names(name, bases, kept)
    made = type(name, (*bases,), wanted)
    columns = {}
    for field, (annotation, value, at) in fields.items():
        if (
            value is not IGNORED
            and annotation is not None
            and (column := _column(field, annotation, value, at, interpreter)) is not None
        ):
            columns[field] = column
    declarative: Any = getattr(made, "_dbdesign_base", None) or getattr(model, "_dbdesign_base", None)
    mapped = type(
        name, (declarative,), {**table_names, **columns, "__module__": __name__, "_dbdesign_functions": body.functions}
    )
    mapped.__table__.info[PLACE] = place  # type: ignore[attr-defined]
    return _joint(mapped, made)


def _joint(mapped: Any, made: type) -> Any:
    """The model: what stands for it elsewhere has the mapped class's attributes."""
    made.__table__ = mapped.__table__  # type: ignore[attr-defined]
    made.__tablename__ = mapped.__table__.name  # type: ignore[attr-defined]
    for key, column in mapped.__mapper__.columns.items():
        setattr(made, key, column)
    return made


def _directives(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if not isinstance(value, sa.Column)}


def _table_names(name: str, bases: list[type], values: dict[str, Any]) -> dict[str, Any]:
    """What a model says of its table, itself or by its bases."""
    found: dict[str, Any] = {}
    for key in ("__tablename__", "__table_args__"):
        for holder in [values, *(base.__dict__ for kind in bases for base in kind.__mro__)]:
            if key in holder and not (key == "__tablename__" and "__table__" in holder):
                found[key] = holder[key]
                break
    found.setdefault("__tablename__", name.lower())
    return found


def _column(name: str, annotation: Any, value: Any, place: Place, interpreter: Interpreter) -> Any:
    field = value if isinstance(value, Field) else Field(value, place=place)
    given = field.keywords
    if isinstance(value, Unknown):
        interpreter.say_at(place, value.reason, name)
        return None
    if (own := given.get("sa_column")) is not None:
        return own._copy() if own.table is not None else own  # noqa: SLF001 - as SQLAlchemy copies columns of mixins
    try:
        kind = _kind(annotation, given)
    except NotStaticError as error:
        interpreter.say_at(place, str(error), name)
        return None
    if field.default is not REQUIRED and field.default is not None:
        interpreter.evaluator.python_defaults += 1
    primary = bool(given.get("primary_key"))
    nullable = given.get("nullable", not primary and _noneable(annotation))
    keys = []
    if given.get("foreign_key"):
        keys.append(sa.ForeignKey(given["foreign_key"], ondelete=given.get("ondelete")))
    further = {key: one for key, one in (given.get("sa_column_kwargs") or {}).items() if key not in library.SIDE}
    settings = {
        "primary_key": primary,
        "nullable": nullable,
        "index": given.get("index", False),
        "unique": given.get("unique", False),
    }
    found = sa.Column(*keys, *(given.get("sa_column_args") or ()), type_=kind, **{**settings, **further})
    found.info[PLACE] = field.place
    return found


def _noneable(annotation: Any) -> bool:
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return False
    return origin in {typing.Union, types.UnionType} and type(None) in typing.get_args(annotation)


def _bare(annotation: Any) -> tuple[Any, int | None]:
    """The type under `Optional` and `Annotated`, and the length that was said on the way."""
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        first, *further = typing.get_args(annotation)
        length = next((one.length for one in further if isinstance(one, Length)), None)
        length = next((one.keywords.get("max_length") for one in further if isinstance(one, Field)), length)
        bare, inner = _bare(first)
        return bare, length or inner
    if origin in {typing.Union, types.UnionType}:
        parts = [one for one in typing.get_args(annotation) if one is not type(None)]
        if len(parts) != 1:
            raise NotStaticError("SQLModel has no type for a union")
        return _bare(parts[0])
    return (origin or annotation), None


_KINDS: tuple[tuple[Any, Any], ...] = (
    ((str, ipaddress.IPv4Address, ipaddress.IPv4Network, ipaddress.IPv6Address, ipaddress.IPv6Network), None),
    (float, sa.Float),
    (bool, sa.Boolean),
    (int, sa.Integer),
    (Naive, sa.DateTime),
    (datetime.datetime, lambda: sa.DateTime(timezone=True)),
    (datetime.date, sa.Date),
    (datetime.timedelta, sa.Interval),
    (datetime.time, sa.Time),
    (bytes, sa.LargeBinary),
)


def _kind(annotation: Any, given: dict[str, Any]) -> Any:
    """The column's type of an annotation."""
    if given.get("sa_type") is not None:
        return given["sa_type"]
    bare, length = _bare(annotation)
    length = given.get("max_length") or length
    if bare is Unresolved or not isinstance(bare, type):
        raise NotStaticError("the type of Python's that the annotation names is not known")
    if issubclass(bare, enum.Enum):
        return sa.Enum(bare)
    for kinds, made in _KINDS:
        if issubclass(bare, kinds):
            return (
                made()
                if made is not None
                else sa.String(length).with_variant(sa.String(length or 255), "mysql", "mariadb")
            )
    if issubclass(bare, decimal.Decimal):
        return sa.Numeric(given.get("max_digits"), given.get("decimal_places"))
    if issubclass(bare, uuid.UUID):
        return sa.Uuid()
    raise NotStaticError(f"SQLModel has no type for {bare.__name__}")
