"""Operators, attributes and methods that may be applied to values of a program that is read: each is listed, and none can do harm.

A text of a program must not be able to fill the memory, reach the interpreter's own objects or run for long; what is not listed here is
a `NotStaticError`.
"""

from __future__ import annotations

import ast
import enum
import operator
import re
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import MetaData, Table
from sqlalchemy.orm import MappedColumn, registry
from sqlalchemy.orm.attributes import QueryableAttribute
from sqlalchemy.schema import SchemaItem
from sqlalchemy.sql.base import ReadOnlyColumnCollection
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.sql.functions import _FunctionGenerator
from sqlalchemy.sql.visitors import Visitable
from sqlalchemy.types import TypeEngine

from dbdesign.readers.sqlalchemy.values import External, Ignored, Native, NotStaticError, Unknown

LONGEST = 100_000
"""Characters of a text and elements of a list that an operation may make."""

LARGEST_BITS = 128
"""Of a number that an operation may make."""

BINARY: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.LShift: operator.lshift,
    ast.BitOr: operator.or_,
    ast.BitAnd: operator.and_,
    ast.BitXor: operator.xor,
}
COMPARE: Mapping[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda left, right: left in right,
    ast.NotIn: lambda left, right: left not in right,
}
UNARY: Mapping[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.Not: operator.not_,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Invert: operator.invert,
}

_STRING = "lower upper strip lstrip rstrip replace join split startswith endswith title capitalize casefold removeprefix removesuffix"
METHODS: Mapping[type, frozenset[str]] = {
    str: frozenset([*_STRING.split(), "format", "isupper", "islower", "isalpha", "isdigit"]),
    list: frozenset(["append", "extend", "index", "count", "copy", "insert", "sort"]),
    tuple: frozenset(["index", "count"]),
    dict: frozenset(["get", "keys", "values", "items", "copy", "update", "setdefault", "pop"]),
    set: frozenset(["add", "union", "update", "copy", "difference", "intersection"]),
    frozenset: frozenset(["union", "copy", "difference", "intersection"]),
}
CLAUSE = frozenset(
    [
        "asc",
        "desc",
        "nulls_first",
        "nulls_last",
        "nullsfirst",
        "nullslast",
        "label",
        "cast",
        "collate",
        "op",
        "bool_op",
        "is_",
        "isnot",
        "is_not",
        "is_distinct_from",
        "isnot_distinct_from",
        "is_not_distinct_from",
        "in_",
        "notin_",
        "not_in",
        "like",
        "ilike",
        "notlike",
        "not_like",
        "notilike",
        "not_ilike",
        "between",
        "startswith",
        "endswith",
        "contains",
        "match",
        "regexp_match",
        "concat",
        "any_",
        "all_",
        "has_key",
        "has_all",
        "has_any",
        "contained_by",
        "overlap",
        "overlaps",
        "adjacent_to",
        "strictly_left_of",
        "strictly_right_of",
        "not_extend_left_of",
        "not_extend_right_of",
        "astext",
        "as_string",
        "as_integer",
        "as_float",
        "as_boolean",
        "as_json",
        "self_group",
        "bindparams",
        "columns",
        "c",
        "select_from",
        "where",
        "order_by",
        "group_by",
        "limit",
        "distinct",
        "join",
        "outerjoin",
        "alias",
        "subquery",
        "scalar_subquery",
        "cte",
        "exists",
        "correlate",
        "name",
        "key",
        "type",
        "table",
        "nullable",
        "primary_key",
        "schema",
        "unique",
        "index",
        "comment",
        "cast",
        "foreign_keys",
        "with_variant",
        "over",
        "filter",
        "within_group",
        "true",
        "false",
        "expression",
        "element",
        "elements",
        "clauses",
        "desc",
        "union",
        "union_all",
        "having",
        "select",
        "offset",
        "update",
        "insert",
        "delete",
        "values",
        "length",
        "collation",
        "timezone",
        "ddl_if",
        "enums",
        "values",
        "next_value",
        "item_type",
        "precision",
        "scale",
        "impl",
        "data_type",
    ]
)
"""Names on SQLAlchemy's expressions, columns, tables and types."""
CLASS = frozenset(
    [
        "__name__",
        "__table__",
        "__tablename__",
        "__table_args__",
        "__mapper_args__",
        "__members__",
        "__qualname__",
        "__doc__",
    ]
)
REGISTRY = frozenset(["metadata", "generate_base", "mapped", "mapped_as_dataclass", "as_declarative_base"])
METADATA = frozenset(["tables", "schema", "naming_convention", "sorted_tables"])
_BIG_FORMAT = re.compile(r"\d{4,}")


def binary(kind: type[ast.operator], left: Any, right: Any) -> Any:
    """The result of an operator on two values."""
    if kind not in BINARY:
        raise NotStaticError(f"the operator {kind.__name__} is not worked out")
    if kind in {ast.Mult, ast.Pow, ast.LShift}:
        _check_size(kind, left, right)
    if kind is ast.Mod and isinstance(left, str):
        _check_format(left)
    if kind is ast.BitOr and (isinstance(left, type | types.GenericAlias) or _is_typing(left)) and right is None:
        right = type(None)
    found = _guarded(lambda: BINARY[kind](left, right))
    if isinstance(found, str | list | tuple) and len(found) > LONGEST:
        raise NotStaticError("a text or list of more than 100,000 elements is not made")
    return found


def _check_size(kind: type[ast.operator], left: Any, right: Any) -> None:
    if isinstance(left, ClauseElement) or isinstance(right, ClauseElement):
        return
    numbers = [one for one in (left, right) if isinstance(one, int | float)]
    sizes = [len(one) for one in (left, right) if isinstance(one, str | bytes | list | tuple)]
    if sizes and (not numbers or abs(numbers[0]) * sizes[0] > LONGEST):
        raise NotStaticError("a text or list of more than 100,000 elements is not made")
    if any(isinstance(one, int) and one.bit_length() > LARGEST_BITS for one in numbers):
        raise NotStaticError("a very large number is not worked out")
    if kind in {ast.Pow, ast.LShift} and not (0 <= right <= LARGEST_BITS):
        raise NotStaticError("a very large number is not worked out")


def _check_format(template: str) -> None:
    if len(template) > LONGEST or _BIG_FORMAT.search(template):
        raise NotStaticError("a format with a width of thousands is not worked out")


def compare(kind: type[ast.cmpop], left: Any, right: Any) -> Any:
    """The result of a comparison."""
    return _guarded(lambda: COMPARE[kind](left, right))


def unary(kind: type[ast.unaryop], value: Any) -> Any:
    """The result of an operator on one value."""
    return _guarded(lambda: UNARY[kind](value))


def _guarded(work: Callable[[], Any]) -> Any:
    try:
        return work()
    except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError, NotImplementedError) as error:
        raise NotStaticError(f"{type(error).__name__}: {error}") from None


def truth(value: Any) -> bool:
    """Whether a value counts as true; of SQL expressions and unknown values nobody knows."""
    if isinstance(value, Unknown):
        raise NotStaticError(value.reason)
    if isinstance(value, ClauseElement) and not isinstance(value, Table):
        raise NotStaticError("whether an SQL expression is true is known to the database alone")
    return bool(value)


def formatted(value: Any, specification: str, conversion: int) -> str:
    """A replacement field of an f-string."""
    if isinstance(value, enum.Enum) and not isinstance(value, str):
        value = str(value)
    if isinstance(value, External):
        raise NotStaticError(f"{value.name} is of a package that is not read")
    if not isinstance(value, str | int | float | type(None)):
        raise NotStaticError(f"a {type(value).__name__} in a text is not worked out")
    _check_format(specification)
    if conversion in {ord("r"), ord("a")}:
        value = repr(value)
    return str(_guarded(lambda: format(value, specification)))


_INDEXED: Any = (
    str | list | tuple | Mapping | enum.EnumType | ReadOnlyColumnCollection | ClauseElement | QueryableAttribute
)


def subscript(value: Any, key: Any) -> Any:
    """`value[key]`."""
    if isinstance(value, MappedColumn):
        value = value.column
    if isinstance(value, type | _INDEXED) or _is_typing(value):
        return _guarded(lambda: value[key])
    raise NotStaticError(f"an element of a {type(value).__name__} is not worked out")


def _is_typing(value: Any) -> bool:
    return getattr(type(value), "__module__", "") == "typing" or isinstance(value, types.GenericAlias | types.UnionType)


def attribute(value: Any, name: str) -> Any:
    """`value.name` of a value that is no module and no object of the program's."""
    if isinstance(value, Ignored):
        return value
    if isinstance(value, MappedColumn):
        value = value.column
    if isinstance(value, _FunctionGenerator) and not name.startswith("__"):
        return getattr(value, name)
    methods = next((allowed for kind, allowed in METHODS.items() if type(value) is kind), None)
    if methods is None and isinstance(value, str) and not isinstance(value, enum.Enum):
        methods = METHODS[str]
    if methods is not None and name in methods:
        return _format(str(value)) if name == "format" else Native(_limited(getattr(value, name)))
    if isinstance(value, enum.Enum) and name in {"value", "name"}:
        return _guarded(lambda: getattr(value, name))
    if isinstance(value, str) and name in METHODS[str] - {"format"}:
        return Native(_limited(getattr(value, name)))
    if isinstance(value, Native) and name in value.attributes:
        return value.attributes[name]
    return _library_attribute(value, name)


def _library_attribute(value: Any, name: str) -> Any:
    if isinstance(value, enum.EnumType):
        if name == "__members__" or name in value.__members__ or name == "__name__":
            return _guarded(lambda: getattr(value, name))
    elif isinstance(value, type):
        if name in CLASS or not name.startswith("_"):
            return _guarded(lambda: getattr(value, name))
    elif (
        (
            isinstance(value, Visitable | ReadOnlyColumnCollection | QueryableAttribute | TypeEngine | SchemaItem)
            and _allowed(value, name)
        )
        or (isinstance(value, registry) and name in REGISTRY)
        or (isinstance(value, MetaData) and name in METADATA)
    ):
        return _method(_guarded(lambda: getattr(value, name)))
    if name == "__class__" and not callable(value):
        return type(value)
    raise NotStaticError(f"{name} of a {type(value).__name__} is not worked out")


def _method(found: Any) -> Any:
    return Native(found) if isinstance(found, types.MethodType) else found


def _allowed(value: Any, name: str) -> bool:
    if isinstance(value, ReadOnlyColumnCollection):
        return not name.startswith("_") and (name in value or name in {"keys", "values", "items", "get"})
    return name in CLAUSE


def _limited(method: Any) -> Callable[..., Any]:
    """A method of a text or list; what it makes may not be larger than `LONGEST`."""

    def call(*arguments: Any, **keywords: Any) -> Any:
        given: list[Any] = list(arguments)
        longest = len(method.__self__) * len(given[1]) if method.__name__ == "replace" and len(given) > 1 else 0
        if longest > LONGEST:
            raise NotStaticError("a text of more than 100,000 characters is not made")
        if method.__name__ == "join":
            return method([_text(one) for one in given[0]])
        return method(*given, **keywords)

    return call


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST:
        raise NotStaticError("only texts are joined")
    return value


def _format(template: str) -> Native:
    def call(*arguments: Any, **keywords: Any) -> str:
        if re.search(r"\{[^{}]*[.\[]", template) or any(
            not isinstance(one, str | int | float) for one in [*arguments, *keywords.values()]
        ):
            raise NotStaticError("a format of other values than texts and numbers is not worked out")
        _check_format(template)
        return str(_guarded(lambda: template.format(*arguments, **keywords)))

    return Native(call)


def is_plain(value: Any) -> bool:
    """Whether a value may stand in the body of a class that SQLAlchemy maps."""
    return not isinstance(value, Unknown | Ignored | Native | typing.TypeVar)
