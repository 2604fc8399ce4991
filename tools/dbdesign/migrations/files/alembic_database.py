"""What a revision of Alembic may ask the database: which dialect it speaks, and, where the history is whole, what stands in it by then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dbdesign.migrations.predict.state import State
from dbdesign.model.schema import Column, label
from dbdesign.readers.postgresql.grammar_drafts import TableDraft
from dbdesign.readers.sqlalchemy.values import External, Namespace, Native, Unknown

LOOK = "a look at the database"
DIALECT = "postgresql"


class Connection(Namespace):
    """What `op.get_bind()` and `op.get_context()` give: `execute` is an operation, and what it answers is not known."""


def connection(history: State | None) -> Connection:
    """The connection, its engine and the context of a migration, of which each leads to the others."""
    found: Connection

    def of_dialect(name: str) -> Any:
        if name == "name":
            return DIALECT
        if name == "has_table" and history is not None:
            state = history
            return Native(lambda _, table, schema=None, **__: _find(state, table, schema) is not None)
        return Unknown(f"{name} of the dialect is known to the database alone")

    def lookup(name: str) -> Any:
        if name == "dialect":
            return Namespace(of_dialect)
        if name == "name":
            return DIALECT
        if name in {"engine", "bind", "connection", "impl"}:
            return found
        if name == "as_sql":
            return False
        return Unknown(f"{name} of a connection is known to the database alone")

    found = Connection(lookup)
    return found


def inspector(history: State | None) -> Any:
    """What `inspect(bind)` gives: the state that the revisions before have made; nothing where some of them are not here."""
    if history is None:
        return External(LOOK)
    answers: Mapping[str, Callable[..., Any]] = {
        "clear_cache": lambda: None,
        "has_table": lambda table, schema=None, **_: _find(history, table, schema) is not None,
        "has_index": lambda table, index, schema=None, **_: any(
            one["name"] == index for one in _indexes(_find(history, table, schema))
        ),
        "get_table_names": lambda schema=None, **_: [
            one.name[1] for one in history.drafts.tables.values() if _namespace(one.name[0]) == _namespace(schema)
        ],
        "get_columns": lambda table, schema=None, **_: [
            _column(one) for one in _columns(_find(history, table, schema))
        ],
        "get_indexes": lambda table, schema=None, **_: _indexes(_find(history, table, schema)),
        "get_unique_constraints": lambda table, schema=None, **_: _unique_keys(_find(history, table, schema)),
        "get_pk_constraint": lambda table, schema=None, **_: _primary_key(_find(history, table, schema)),
        "get_foreign_keys": lambda table, schema=None, **_: _foreign_keys(_find(history, table, schema)),
        "get_check_constraints": lambda table, schema=None, **_: [
            {"name": one.name, "sqltext": one.expression} for one in _of(_find(history, table, schema), "checks")
        ],
    }
    return Namespace(lambda name: Native(answers[name]) if name in answers else External(f"{LOOK} ({name})"))


def _namespace(name: object) -> object:
    return None if name == "public" else name


def _find(history: State, table: str, schema: str | None) -> TableDraft | None:
    return history.named(label(None if schema == "public" else schema, str(table)))


def _of(table: TableDraft | None, name: str) -> list[Any]:
    return list(getattr(table, name)) if table is not None else []


def _columns(table: TableDraft | None) -> list[Column]:
    return list(table.columns.values()) if table is not None else []


def _column(one: Column) -> dict[str, Any]:
    return {
        "name": one.name,
        "nullable": one.nullable,
        "default": one.default,
        "comment": one.comment,
        "type": External(f"the type of a column in {LOOK}"),
    }


def _indexes(table: TableDraft | None) -> list[dict[str, Any]]:
    plain = [
        {"name": one.name, "column_names": [key.column for key in one.keys], "unique": one.unique}
        for one in _of(table, "indexes")
    ]
    return plain + [{**one, "unique": True} for one in _unique_keys(table)]


def _unique_keys(table: TableDraft | None) -> list[dict[str, Any]]:
    return [{"name": one.name, "column_names": list(one.columns)} for one in _of(table, "unique_keys")]


def _primary_key(table: TableDraft | None) -> dict[str, Any]:
    key = table.primary_key if table is not None else None
    return {"name": key.name if key else None, "constrained_columns": list(key.columns) if key else []}


def _foreign_keys(table: TableDraft | None) -> list[dict[str, Any]]:
    return [
        {
            "name": one.name,
            "constrained_columns": list(one.columns),
            "referred_table": one.references.rpartition(".")[2],
            "referred_columns": list(one.referenced_columns),
        }
        for one in _of(table, "foreign_keys")
    ]
