"""Flask-SQLAlchemy: the `db` object, whose attributes are SQLAlchemy's names, and its rule for names of tables.

Source: Flask-SQLAlchemy 3.1, "Models and Tables" and its `model.py`.
"""

from __future__ import annotations

import re
from typing import Any

import sqlalchemy as sa
import sqlalchemy.orm as orm

from dbdesign.readers.sqlalchemy import library
from dbdesign.readers.sqlalchemy.values import IGNORED, External, Namespace, Native, Place

_SILENT = frozenset(
    ["session", "engine", "engines", "create_all", "drop_all", "init_app", "app", "get_or_404", "first_or_404", "Query"]
)


def database(
    *_: Any, model_class: Any = None, metadata: Any = None, disable_autonaming: Any = False, **__: Any
) -> Namespace:
    """`SQLAlchemy(...)`."""
    base: Any
    if (
        isinstance(model_class, type)
        and issubclass(model_class, orm.DeclarativeBase)
        and hasattr(model_class, "metadata")
    ):
        base = type("Model", (model_class,), {"__abstract__": True, "_dbdesign_flask": not disable_autonaming})
    else:
        if isinstance(model_class, type) and orm.DeclarativeBase in model_class.__mro__:
            base = type("Model", (orm.DeclarativeBase,), {})
        else:
            given = {"cls": model_class} if isinstance(model_class, type) else {}
            base = library.declarative_base(metadata=metadata, **given)
        base._dbdesign_flask = not disable_autonaming  # noqa: SLF001 - our own mark on a class of ours

    def table(*arguments: Any, place: Place, **keywords: Any) -> Any:
        given: list[Any] = list(arguments)
        if not any(isinstance(one, sa.MetaData) for one in given[1:2]):
            given.insert(1, base.metadata)
        return library.table(*given, place=place, **keywords)

    names = {
        "Model": base, "metadata": base.metadata, "metadatas": IGNORED,
        "Table": Native(table, placed=True, tolerant=True, lenient=frozenset(["info", "bind_key"])),
    }  # fmt: skip

    def lookup(name: str) -> Any:
        if name in names:
            return names[name]
        if name in _SILENT:
            return IGNORED
        found = library.member(f"sqlalchemy.{name}")
        if isinstance(found, External):
            found = library.member(f"sqlalchemy.orm.{name}")
        return found

    return Namespace(lookup)


def is_flask(bases: list[type]) -> bool:
    """Whether classes get the names of their tables by the rule."""
    return any(getattr(one, "_dbdesign_flask", False) for one in bases)


def name_table(name: str, bases: list[type], names: dict[str, Any]) -> None:
    """Put the table's name into a class, unless it or a base says one, or it has no primary key and shares its parent's table."""
    if "__tablename__" in names or "__table__" in names or names.get("__abstract__"):
        return
    for one in [base for kind in bases for base in kind.__mro__]:
        if "__tablename__" in one.__dict__:
            mapped = isinstance(one.__dict__.get("__table__"), sa.Table)
            if isinstance(one.__dict__["__tablename__"], orm.declared_attr) or not mapped:
                return
            break
    parent = any(isinstance(base.__dict__.get("__table__"), sa.Table) for kind in bases for base in kind.__mro__)
    if parent and not _has_primary_key(names):
        return
    names["__tablename__"] = snake_case(name)


def _has_primary_key(names: dict[str, Any]) -> bool:
    columns = [one.column if isinstance(one, orm.MappedColumn) else one for one in names.values()]
    return any(isinstance(one, sa.Column) and one.primary_key for one in columns)


def snake_case(name: str) -> str:
    """`HTTPRequest` → `http_request`, `OrderLine2` → `order_line2`."""
    text = "".join(
        f"_{letter}" if letter.isascii() and letter.isupper() and _starts_word(name, at) else letter
        for at, letter in enumerate(name)
    )
    return text.lower().lstrip("_")


def _starts_word(name: str, at: int) -> bool:
    before, after = name[at - 1 : at], name[at + 1 : at + 2]
    return bool(re.match("[a-z0-9]", before)) or (at > 0 and bool(re.match("[a-z]", after)))
