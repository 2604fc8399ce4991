"""Differences that are none to the engine: spellings of one type, names that it does not keep, what holds where nothing is said."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from dbdesign.model.schema import Column, Engine
from dbdesign.readers.expressiveness import Gap
from dbdesign.readers.sqlite.types import AFFINITIES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dbdesign.model.migration import Operation

_MYSQL = (Engine.MYSQL, Engine.TIDB)
_KEYS = frozenset({"primary key", "unique key", "foreign key"})
_NO_NAMES = "SQLite has no names of keys in its catalogue (https://www.sqlite.org/pragma.html#pragma_foreign_key_list)"
_CLUSTERED = Gap(
    "primary key",
    "a primary key is clustered where neither it nor another index says otherwise",
    "https://learn.microsoft.com/sql/relational-databases/tables/create-primary-keys",
)
_AFFINITY = Gap(
    "column", "SQLite keeps both in one way: types have the same affinity", "https://www.sqlite.org/datatype3.html"
)
_WIDTH = Gap(
    "column",
    "the display width of an integer limits nothing, and MySQL no longer keeps it",
    "https://dev.mysql.com/doc/refman/8.4/en/numeric-type-attributes.html",
)
_NUMERIC = Gap(
    "column",
    "decimal and numeric are synonyms",
    "https://learn.microsoft.com/sql/t-sql/data-types/decimal-and-numeric-transact-sql",
)
_PRECISION = Gap(
    "column",
    "no fractional digits are MySQL's default",
    "https://dev.mysql.com/doc/refman/8.4/en/fractional-seconds.html",
)
_EMPTY_ARRAY = Gap(
    "column",
    "an empty array is the same in braces and brackets",
    "https://www.postgresql.org/docs/18/arrays.html#ARRAYS-INPUT",
)
_EMPTY = re.compile(r"\A'\{\}'::(.+\[\])\Z")
_DISPLAY_WIDTH = re.compile(r"(?<=int)\(\d+\)(?! (?:unsigned )?zerofill)")


def same_to_the_engine(one: Operation, engine: Engine) -> str | None:
    """Why a difference as a whole is none to the engine; None where it is one."""
    if engine is Engine.SQLITE and one.action == "rename" and one.kind in _KEYS:
        return _NO_NAMES
    return None


def same_fields(one: Operation, engine: Engine) -> Mapping[str, Gap]:
    """The fields of an object that say the same to the engine in two ways."""
    before, after = one.before, one.after
    if one.kind == "primary key" and engine is Engine.SQLSERVER:
        clustered = {getattr(before, "clustered", None), getattr(after, "clustered", None)}
        return {"clustered": _CLUSTERED} if clustered == {None, True} else {}
    if isinstance(before, Column) and isinstance(after, Column):
        gap = _same_type(before.type.native, after.type.native, engine)
        found = {"type": gap} if gap is not None else {}
        default = _same_default(before.default or "", after.default or "", engine)
        return found | ({"default": default} if default is not None else {})
    return {}


def _same_default(left: str, right: str, engine: Engine) -> Gap | None:
    if engine in _MYSQL and left.replace("(0)", "") == right.replace("(0)", ""):
        return _PRECISION
    if engine is Engine.POSTGRESQL and _EMPTY.sub(r"ARRAY[]::\1", left) == _EMPTY.sub(r"ARRAY[]::\1", right):
        return _EMPTY_ARRAY
    return None


def _same_type(left: str, right: str, engine: Engine) -> Gap | None:
    if engine is Engine.SQLITE:
        return _AFFINITY if _affinity(left) == _affinity(right) else None
    if engine in _MYSQL:
        if left.replace("(0)", "") == right.replace("(0)", ""):
            return _PRECISION
        return _WIDTH if _plain(left) == _plain(right) else None
    if engine is Engine.SQLSERVER:
        return _NUMERIC if _decimal(left) == _decimal(right) else None
    return None


def _affinity(declared: str) -> int:
    """Which of SQLite's affinities a declared type has, by number; the last is NUMERIC, and no type at all that of BLOB."""
    name = declared.upper() or "BLOB"
    return next((n for n, (pattern, _) in enumerate(AFFINITIES) if pattern.search(name)), len(AFFINITIES))


def _plain(native: str) -> str:
    return _DISPLAY_WIDTH.sub("", native) if not native.startswith("tinyint(1)") else native


def _decimal(native: str) -> Any:
    return re.sub(r"\Anumeric\b", "decimal", native.lower())
