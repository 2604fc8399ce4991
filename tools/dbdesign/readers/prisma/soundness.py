"""Whether SQL that a schema carries verbatim (`Unsupported`, `dbgenerated`, `raw`) is what it should be, and nothing beside it."""

from __future__ import annotations

from functools import lru_cache

from dbdesign.errors import DesignError
from dbdesign.model.schema import Engine, Table
from dbdesign.readers.base import reader

KNOWN_AT_MOST = 2048
"""Answers that are kept."""


@lru_cache(KNOWN_AT_MOST)
def is_type(engine: Engine, text: str) -> bool:
    """Whether the text is a type, as far as the engine's grammar tells."""
    table = _read(engine, f"CREATE TABLE probe (c {text})")
    return (
        table is not None
        and len(table.columns) == 1
        and table
        == Table(
            name=table.name,
            columns=(table.columns[0].model_copy(update={"default": None, "identity": None}),),
            options=table.options,
        )
        and table.columns[0].nullable
    )


@lru_cache(KNOWN_AT_MOST)
def is_default(engine: Engine, text: str) -> bool:
    """Whether the text is an expression that a column may have as its default."""
    table = _read(engine, f"CREATE TABLE probe (c {_PROBED[engine]} DEFAULT {text})")
    if table is None or len(table.columns) != 1:
        return False
    plain = table.columns[0].model_copy(update={"default": None, "default_name": None})
    return (
        table.columns[0].default is not None
        and table
        == Table(
            name=table.name,
            columns=(
                plain.model_copy(
                    update={"default": table.columns[0].default, "default_name": table.columns[0].default_name}
                ),
            ),
            options=table.options,
        )
        and plain.nullable
    )


@lru_cache(KNOWN_AT_MOST)
def is_predicate(engine: Engine, text: str) -> bool:
    """Whether the text is a condition that an index may have."""
    table = _read(
        engine, f"CREATE TABLE probe (c {_PROBED[engine]});\nCREATE INDEX probe_c ON probe (c) WHERE ({text})"
    )
    return table is not None and len(table.indexes) == 1 and table.indexes[0].where is not None


_PROBED = {engine: "int" if engine is not Engine.SQLITE else "INTEGER" for engine in Engine}


def _read(engine: Engine, script: str) -> Table | None:
    """The only table of a script; None where it is not the only thing there, or not understood."""
    if "--" in script or "/*" in script:
        return None
    try:
        found = reader(engine.value).read(script, execute=False)
    except DesignError:
        return None
    schema = found.schema_
    return schema.tables[0] if len(schema.tables) == 1 and not found.unread and not schema.views else None
