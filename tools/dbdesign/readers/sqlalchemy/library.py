"""What imported names stand for: SQLAlchemy's own classes where they describe a schema, stand-ins for what is beside it."""

from __future__ import annotations

import datetime
import decimal
import enum
import importlib
import ipaddress
import typing
import uuid
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import sqlalchemy as sa
import sqlalchemy.orm as orm
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.ext.declarative import ConcreteBase
from sqlalchemy.schema import SchemaItem
from sqlalchemy.sql import expression, functions
from sqlalchemy.sql.elements import ClauseElement, conv
from sqlalchemy.sql.functions import Function as SqlFunction
from sqlalchemy.types import TypeEngine

from dbdesign.readers.sqlalchemy import further_types, texts
from dbdesign.readers.sqlalchemy.values import IGNORED, PLACE, External, Native, NotStaticError, Place, Unknown

SIDE = frozenset(
    [
        "default",
        "onupdate",
        "info",
        "doc",
        "insert_default",
        "default_factory",
        "init",
        "repr",
        "compare",
        "kw_only",
        "hash",
        "active_history",
        "deferred",
        "deferred_group",
        "deferred_raiseload",
        "dataclass_metadata",
    ]
)
"""Keywords of columns that say nothing of the database."""

TYPES = frozenset(
    ["as_uuid", "convert_unicode", "unicode_error", "none_as_null", "as_tuple", "validate_strings", "sort_key_function"]
)


def without(keywords: dict[str, Any], names: frozenset[str]) -> dict[str, Any]:
    """Keywords without some."""
    return {name: value for name, value in keywords.items() if name not in names}


def made(of: Callable[..., Any], *arguments: Any, **keywords: Any) -> Any:
    """An object of SQLAlchemy's; keywords of other versions, which it does not take, are left out."""
    arguments = tuple(one for one in arguments if one is not IGNORED)
    for _ in range(6):
        try:
            return of(*arguments, **keywords)
        except TypeError as error:
            name = (
                str(error).rpartition("unexpected keyword argument ")[2].strip("'\" ")
                if "keyword" in str(error)
                else ""
            )
            if name not in keywords:
                raise
            keywords = without(keywords, frozenset([name]))
    raise NotStaticError(f"the keywords of {getattr(of, '__name__', of)} are not SQLAlchemy's")


def _placed(of: Callable[..., Any]) -> Callable[..., Any]:
    """A maker of constraints, indexes and the like that keeps where they were declared."""

    def make(*arguments: Any, place: Place, **keywords: Any) -> Any:
        found = made(of, *arguments, **without(keywords, frozenset(["info"])))
        found.info[PLACE] = place
        return found

    return make


def column(*arguments: Any, place: Place, **keywords: Any) -> Any:
    """`Column(...)` in any form."""
    found = made(sa.Column, *arguments, **_of_database(keywords))
    found.info[PLACE] = place
    return found


def mapped(*arguments: Any, place: Place, **keywords: Any) -> Any:
    """`mapped_column(...)`."""
    found = made(orm.mapped_column, *arguments, **_of_database(keywords))
    found.column.info[PLACE] = place
    return found


def _of_database(keywords: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in keywords.items() if name not in SIDE or isinstance(value, sa.Sequence)}


def table(*arguments: Any, place: Place, **keywords: Any) -> Any:
    """`Table(name, metadata, …)`."""
    if keywords.keys() & {"autoload", "autoload_with", "autoload_replace"}:
        raise NotStaticError("the columns of a reflected table (autoload) are known to the database alone")
    if any(isinstance(one, sa.MetaData) for one in arguments[2:]) or not arguments:
        raise NotStaticError("a table whose name is not known")
    dropped = frozenset(["info", "mustexist", "implicit_returning", "sentinel", "quote", "listeners"])
    quote = {"quote": keywords["quote"]} if isinstance(keywords.get("quote"), bool) else {}
    found = made(sa.Table, *arguments, **without(keywords, dropped), **quote)
    found.info[PLACE] = place
    return found


def metadata(*arguments: Any, **keywords: Any) -> sa.MetaData:
    """`MetaData(...)`; what it was bound to is of no account."""
    arguments = tuple(one for one in arguments if isinstance(one, str | None.__class__))
    return sa.MetaData(
        **{name: keywords[name] for name in ("schema", "naming_convention", "quote_schema") if keywords.get(name)}
    )


def declarative_base(**keywords: Any) -> Any:
    """`declarative_base(...)`."""
    kept = {
        name: keywords[name]
        for name in ("metadata", "cls", "name", "type_annotation_map")
        if keywords.get(name) is not None
    }
    base: Any = orm.declarative_base(**kept)
    base.__allow_unmapped__ = True
    return base


class Dataclass:
    """Stands for `MappedAsDataclass`: how the constructor looks is of no account."""

    def __init_subclass__(cls, **_: Any) -> None:
        super().__init_subclass__()


class Base(orm.DeclarativeBase):
    """Stands for DeclarativeBase, so that its subclasses may say annotations of the old kind, and keywords of dataclasses."""

    __abstract__ = True


def _identity(*arguments: Any, **_: Any) -> Any:
    """A decorator, with or without arguments, that changes nothing."""
    if len(arguments) == 1 and isinstance(arguments[0], type):
        return arguments[0]
    return Native(lambda value: value)


def _mutable(sqltype: Any = None, *_: Any, dbtype: Any = None, **__: Any) -> Any:
    return dbtype if dbtype is not None else sqltype


MUTABLE = Native(_identity, attributes={"as_mutable": Native(_mutable), "associate_with": IGNORED})


def _registry(**keywords: Any) -> Any:
    kept = {name: keywords[name] for name in ("metadata", "type_annotation_map") if keywords.get(name) is not None}
    return orm.registry(**kept)


def _property(*arguments: Any, **_: Any) -> Any:
    """`deferred(Column(...))`, `column_property(Column(...))`: the column."""
    first = arguments[0] if arguments else None
    return first if isinstance(first, sa.Column | orm.MappedColumn) else IGNORED


class Composite:
    """The columns that a `composite(...)` declares beside the attribute."""

    def __init__(self, *parts: Any, **_: Any) -> None:
        self.kind = next((one for one in parts if isinstance(one, type)), None)
        self.columns = [one for one in parts if isinstance(one, sa.Column | orm.MappedColumn)]


def _declared(function: Any) -> Any:
    return orm.declared_attr(function)


DECLARED = Native(
    _declared,
    attributes={
        "directive": Native(_declared),
        "cascading": Native(lambda function: orm.declared_attr.cascading(function)),
    },
)

ORM: Mapping[str, Any] = {
    "DeclarativeBase": orm.DeclarativeBase,
    "DeclarativeBaseNoMeta": orm.DeclarativeBase,
    "MappedAsDataclass": Dataclass,
    "Mapped": orm.Mapped,
    "mapped_column": Native(mapped, placed=True, lenient=SIDE),
    "declared_attr": DECLARED,
    "declarative_base": Native(
        declarative_base, lenient=frozenset(["bind", "mapper", "class_registry", "constructor", "metaclass"])
    ),
    "registry": Native(_registry, lenient=frozenset(["class_registry", "constructor"])),
    "declarative_mixin": Native(_identity),
    "as_declarative": Native(lambda **keywords: Native(lambda cls: declarative_base(cls=cls, **keywords))),
    "has_inherited_table": Native(orm.has_inherited_table),
    "column_property": Native(_property, tolerant=True, lenient=SIDE | {"group"}),
    "deferred": Native(_property, tolerant=True, lenient=SIDE | {"group"}),
    "composite": Native(Composite, tolerant=True, lenient=SIDE | {"group"}),
    "AbstractConcreteBase": Dataclass,
    "ConcreteBase": ConcreteBase,
    "DeferredReflection": Dataclass,
    "DynamicMapped": IGNORED,
    "WriteOnlyMapped": IGNORED,
}
"""Of `sqlalchemy.orm` and `sqlalchemy.ext.declarative`; what else is there says nothing of a schema."""

_FUNCTIONS = [
    "text",
    "func",
    "literal_column",
    "null",
    "true",
    "false",
    "column",
    "literal",
    "cast",
    "type_coerce",
    "and_",
    "or_",
    "not_",
    "desc",
    "asc",
    "collate",
    "extract",
    "case",
    "tuple_",
    "distinct",
    "nullslast",
    "nulls_last",
    "nullsfirst",
    "nulls_first",
    "select",
    "exists",
    "bindparam",
    "between",
    "union",
    "union_all",
    "join",
    "outerjoin",
    "lateral",
    "values",
    "try_cast",
    "table",
    "alias",
    "update",
    "insert",
    "delete",
]
_PYTHON: Mapping[str, Mapping[str, Any]] = {
    "typing": {name: getattr(typing, name) for name in ["Any", "Optional", "Union", "List", "Dict", "Set", "FrozenSet",
    "Tuple", "Literal", "Annotated", "ClassVar", "Final", "Type", "Generic", "Sequence", "Mapping", "Iterable", "Collection",
    "MutableMapping", "Hashable"]} | {
        "TYPE_CHECKING": False, "TypeVar": Native(lambda *_, **__: typing.Any), "NewType": Native(typing.NewType),
        "cast": Native(lambda _, value: value), "Protocol": object, "NamedTuple": object, "Self": typing.Any, "TypeAlias": typing.Any,
        "TypedDict": dict, "Text": str,
    },
    "datetime": {name: getattr(datetime, name) for name in ("datetime", "date", "time", "timedelta", "timezone")} | {"UTC": IGNORED},
    "uuid": {"UUID": uuid.UUID},
    "decimal": {"Decimal": decimal.Decimal},
    "ipaddress": {name: getattr(ipaddress, name) for name in ("IPv4Address", "IPv6Address", "IPv4Network", "IPv6Network")},
    "enum": {name: getattr(enum, name) for name in ("Enum", "IntEnum", "StrEnum", "Flag", "IntFlag", "unique", "auto")}
    | {"unique": Native(_identity), "auto": Native(enum.auto)},
    "re": texts.PATTERNS,
    "functools": {"partial": Native(texts.partial), "lru_cache": Native(_identity), "cache": Native(_identity)},
    "abc": {"ABC": object, "abstractmethod": IGNORED},
    "dataclasses": {"dataclass": Native(_identity), "field": IGNORED, "KW_ONLY": IGNORED},
    "collections": {"OrderedDict": dict, "defaultdict": IGNORED},
    "builtins": {},
    "inflection": texts.INFLECTION,
    "os": {"path": IGNORED},
}  # fmt: skip
_TYPING = frozenset(["typing", "typing_extensions", "collections.abc"])


@cache
def member(name: str) -> Any:
    """The value of a dotted name of a package, an `External` for what is not known, or an `Unknown` that says why."""
    package, _, last = name.rpartition(".")
    root = name.partition(".")[0]
    if root == "sqlalchemy":
        return _sqlalchemy(package, last)
    if root == "sqlmodel":
        found = _sqlalchemy("sqlalchemy", last)
        return IGNORED if isinstance(found, External) else found
    if package in _TYPING:
        return _PYTHON["typing"].get(last, IGNORED)
    if package in _PYTHON:
        return _PYTHON[package].get(last, External(name))
    return further_types.member(package, last, External(name))


def _sqlalchemy(package: str, last: str) -> Any:
    if package.startswith(("sqlalchemy.orm", "sqlalchemy.ext.declarative")):
        return ORM.get(last, IGNORED)
    if package == "sqlalchemy.ext.mutable":
        return MUTABLE
    if package.startswith("sqlalchemy.ext.asyncio") and last == "AsyncAttrs":
        return object
    if package.startswith("sqlalchemy.dialects"):
        return _of_dialect(package, last)
    if package == "sqlalchemy.sql" and last in {"func", "text"}:
        return getattr(sa, last) if last == "func" else TEXT
    if package.startswith(
        ("sqlalchemy.ext", "sqlalchemy.event", "sqlalchemy.engine", "sqlalchemy.exc", "sqlalchemy.pool")
    ):
        return External(f"{package}.{last}") if package == "sqlalchemy.ext" else IGNORED
    found = _core(last)
    return External(f"{package}.{last}") if found is None else found


def _core(last: str) -> Any:
    if last in _CONSTRUCTS:
        return _CONSTRUCTS[last]
    if last in {"event", "inspect", "create_engine", "util"}:
        return IGNORED
    if last == "func":
        return sa.func
    if last in _FUNCTIONS:
        return Native(getattr(sa, last))
    for module in (sa, sa.types, sa.schema):
        found = getattr(module, last, None)
        if isinstance(found, type) and issubclass(found, TypeEngine | SchemaItem | ClauseElement | SqlFunction):
            return found
    found = getattr(functions, last, None) or getattr(expression, last, None)
    if isinstance(found, type) and issubclass(found, ClauseElement):
        return found
    return further_types.OLD_NAMES.get(last)


def _of_dialect(package: str, last: str) -> Any:
    """A type or construct of a dialect, wherever in the dialect's package it is said to be."""
    parts = package.split(".")
    if len(parts) < 3:
        return External(f"{package}.{last}")
    try:
        module = importlib.import_module(f"sqlalchemy.dialects.{parts[2]}") if parts[2] in KNOWN_DIALECTS else None
    except ImportError:
        module = None
    found = getattr(module, last, None)
    if found is ExcludeConstraint:
        return Native(_placed(ExcludeConstraint), placed=True, lenient=frozenset(["info"]))
    if isinstance(found, type) and issubclass(found, TypeEngine | SchemaItem | ClauseElement):
        return found
    if last in {
        "array",
        "array_agg",
        "aggregate_order_by",
        "to_tsvector",
        "to_tsquery",
        "websearch_to_tsquery",
    } and callable(found):
        return Native(found)
    return (
        External(f"{package}.{last}") if module is not None and last.islower() else Unknown(f"{package} has no {last}")
    )


KNOWN_DIALECTS = frozenset(["postgresql", "mysql", "sqlite", "mssql", "oracle"])


def _constraint(of: type[Any]) -> Native:
    return Native(_placed(of), placed=True, lenient=frozenset(["info"]))


def _text(value: Any = "", *_: Any, **__: Any) -> Any:
    return sa.text(str(value))


TEXT = Native(_text)

_CONSTRUCTS: Mapping[str, Any] = {
    "Column": Native(column, placed=True, lenient=SIDE),
    "Table": Native(table, placed=True, tolerant=True, lenient=frozenset(["info", "autoload_with", "listeners"])),
    "MetaData": Native(metadata, lenient=frozenset(["bind", "info", "reflect"])),
    "ForeignKeyConstraint": _constraint(sa.ForeignKeyConstraint),
    "PrimaryKeyConstraint": _constraint(sa.PrimaryKeyConstraint),
    "UniqueConstraint": _constraint(sa.UniqueConstraint),
    "CheckConstraint": _constraint(sa.CheckConstraint),
    "Index": _constraint(sa.Index),
    "ForeignKey": Native(
        lambda *arguments, **keywords: made(sa.ForeignKey, *arguments, **keywords),
        lenient=frozenset(["info", "link_to_name"]),
    ),
    "text": TEXT,
    "quoted_name": Native(lambda value, quote=None: sa.sql.quoted_name(value, quote)),
    "conv": Native(lambda value, *_: conv(value)),
    "DDL": IGNORED,
    "FetchedValue": Native(lambda *_, **__: sa.FetchedValue()),
    "DefaultClause": Native(sa.DefaultClause),
    "ColumnDefault": IGNORED,
    "PassiveDefault": Native(sa.DefaultClause),
}
