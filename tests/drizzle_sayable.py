"""A schema without what Drizzle cannot say (and its writer notes), and without spellings that mean the same."""

from __future__ import annotations

import re
from typing import Any

from dbdesign.dialects.mysql_names import with_chosen_names
from dbdesign.model.schema import Column, Engine, Index, Key, Schema, Table, View
from dbdesign.model.types import DataType, Kind

_NOTHING: dict[str, Any] = {"comment": None, "owner": None, "grants": ()}


def sayable(schema: Schema) -> Schema:
    """The part of a schema that Drizzle says."""
    schema = with_chosen_names(schema)
    return schema.model_copy(
        update={
            "version": None,
            "options": {},
            "extensions": (),
            "domains": (),
            "composites": (),
            "routines": (),
            "carried": (),
            "namespaces": tuple(one.model_copy(update=_NOTHING) for one in schema.namespaces),
            "enums": tuple(one.model_copy(update=_NOTHING) for one in schema.enums),
            "sequences": tuple(
                one.model_copy(update={**_NOTHING, "owned_by": None, "type": None}) for one in schema.sequences
            ),
            "tables": tuple(_table(one, schema.engine) for one in schema.tables),
            "views": tuple(_view(one) for one in schema.views),
        }
    )


def _table(table: Table, engine: Engine) -> Table:
    unique = () if engine is Engine.SQLITE else tuple(_key(one, table, engine) for one in table.unique_keys)
    indexes = tuple(_index(one) for one in table.indexes if one.method not in {"fulltext", "spatial"})
    keys = {one.name for one in table.foreign_keys}
    indexes = tuple(one for one in indexes if engine is not Engine.MYSQL or one.name not in keys)
    if engine is Engine.SQLITE:  # drizzle-kit makes unique indexes of unique keys
        indexes = tuple(one for one in indexes if not one.unique)
    return table.model_copy(
        update={
            **_NOTHING,
            "options": {},
            "triggers": (),
            "exclusions": (),
            "partitioning": None,
            "partition_of": None,
            "inherits": (),
            "inherited": (),
            "row_security": "enabled" if table.row_security != "off" or table.policies else "off",
            "columns": tuple(_column(one, engine) for one in table.columns),
            "primary_key": _key(table.primary_key, table, engine) if table.primary_key else None,
            "unique_keys": unique,
            "foreign_keys": tuple(
                one.model_copy(
                    update={
                        "comment": None,
                        "deferrable": False,
                        "initially_deferred": False,
                        "valid": True,
                        "match": "simple",
                        "set_columns": (),
                        "name": None if engine is Engine.SQLITE else one.name,
                    }
                )
                for one in table.foreign_keys
            ),
            "checks": tuple(
                one.model_copy(update={"comment": None, "valid": True, "no_inherit": False}) for one in table.checks
            ),
            "indexes": indexes,
            "policies": tuple(one.model_copy(update={"comment": None}) for one in table.policies),
        }
    )


def _column(column: Column, engine: Engine) -> Column:
    update: dict[str, Any] = {
        "comment": None, "collation": None, "options": {}, "not_null_name": None, "not_null_comment": None, "not_null_no_inherit": False,
        "not_null_valid": True,
    }  # fmt: skip
    if engine is Engine.SQLITE:
        update["type"] = column.type.model_copy(update={"native": column.type.native.upper()})
    if engine is Engine.MYSQL and column.default is not None:
        update["default"] = {"TRUE": "true", "FALSE": "false"}.get(column.default, column.default)
    if column.type.kind is Kind.ARRAY and column.default is not None:
        update["default"] = re.sub(r"::[\w\s.\"]+(?:\(\d+\))?\[\]\Z", "", column.default)
    if column.default is not None and column.default.startswith("E'"):  # the grammar's spelling of a backslash
        update["default"] = column.default[1:].replace("\\\\", "\\")
    if engine is Engine.POSTGRESQL:
        update["type"] = _unquoted(column.type)
    if column.generated is not None and engine is Engine.POSTGRESQL:
        update["generated"] = column.generated.model_copy(update={"stored": True})
    return column.model_copy(update=update)


def _unquoted(data_type: DataType) -> DataType:
    """The type with its names unquoted: the grammar quotes fewer words than the server."""
    element = _unquoted(data_type.element) if data_type.element is not None else None
    return data_type.model_copy(update={"native": data_type.native.replace('"', ""), "element": element})


def _key(key: Key, table: Table, engine: Engine) -> Key:
    update: dict[str, Any] = {
        "comment": None,
        "include": (),
        "deferrable": False,
        "initially_deferred": False,
        "options": {},
    }
    if engine is not Engine.POSTGRESQL and key is table.primary_key:
        update["name"] = None
    return key.model_copy(update=update)


def _index(index: Index) -> Index:
    return index.model_copy(update={"comment": None, "include": (), "nulls_not_distinct": False})


def _view(view: View) -> View:
    return view.model_copy(update={**_NOTHING, "indexes": (), "triggers": (), "options": {}, "column_comments": {}})
