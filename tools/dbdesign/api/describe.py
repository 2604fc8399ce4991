"""A schema as JSON and as short lines: what `read_schema` answers with, at each level of detail.

The JSON leaves out what has its default value, except what users script against. Names are labels: `orders`, `sales.orders`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal

from dbdesign.api.text import without_secrets

if TYPE_CHECKING:
    from pydantic import BaseModel

    from dbdesign.model.schema import Column, ForeignKey, Identity, Index, IndexKey, Key, Schema, Table
    from dbdesign.model.types import DataType

Detail = Literal["names", "summary", "full"]
Json = dict[str, Any]


def type_text(data_type: DataType) -> str:
    """The type as its engine spells it."""
    return data_type.native


def key_text(key: IndexKey) -> str:
    """`created_at desc`, `lower(email)`, `name(20)`, `tags gin_trgm_ops`."""
    text = key.column if key.column is not None else f"({key.expression})"
    parts = [f"{text}({key.length})" if key.length else text]
    parts += [f"collate {key.collation}"] if key.collation else []
    parts += [key.opclass] if key.opclass else []
    parts += ["desc"] if key.descending else []
    parts += [f"nulls {key.nulls}"] if key.nulls else []
    parts += [f"with {key.operator}"] if key.operator else []
    return " ".join(parts)


def set_only(value: BaseModel, *leave: str) -> Json:
    """The fields that differ from their defaults, without those named."""
    return value.model_dump(mode="json", exclude_defaults=True, exclude=set(leave))


def _identity(identity: Identity) -> Json:
    options = set_only(identity.options)
    rest = set_only(identity, "mode", "options")
    return {"mode": identity.mode, **rest, **({"options": options} if options else {})}


def column_json(column: Column) -> Json:
    """`{name, type, nullable, default?, identity?, …}`."""
    found: Json = {"name": column.name, "type": type_text(column.type), "nullable": column.nullable}
    if column.type.values and "'" not in column.type.native:
        found["values"] = list(column.type.values)
    if column.identity:
        found["identity"] = _identity(column.identity)
    if column.generated:
        found["generated"] = {"expression": column.generated.expression, "stored": column.generated.stored}
    return found | set_only(column, "name", "type", "nullable", "identity", "generated")


def key_json(key: Key | None) -> Json | None:
    """`{name, columns, include?, …}`."""
    if key is None:
        return None
    rest = set_only(key, "name", "columns", "keys")
    if any(key_text(one) != one.column for one in key.keys):
        rest["keys"] = [key_text(one) for one in key.keys]
    return {"name": key.name, "columns": list(key.columns), **rest}


def foreign_key_json(key: ForeignKey) -> Json:
    """`{name, columns, references, referenced_columns, on_delete, …}`."""
    return {
        "name": key.name,
        "columns": list(key.columns),
        "references": key.references,
        "referenced_columns": list(key.referenced_columns),
        "on_delete": key.on_delete,
        **set_only(
            key, "name", "columns", "referenced_namespace", "referenced_table", "referenced_columns", "on_delete"
        ),
    }


def index_json(index: Index) -> Json:
    """`{name, keys, unique, method?, where?, …}`."""
    return {
        "name": index.name,
        "keys": [key_text(key) for key in index.keys],
        "unique": index.unique,
        **set_only(index, "name", "keys", "unique"),
    }


def table_json(table: Table, detail: Detail, line: int | None = None, path: str | None = None) -> Json:
    """A table at a level of detail; `line` is where it is declared, and `path` in which of several files."""
    if detail == "names":
        return {"name": table.label}
    if detail == "summary":
        return _table_summary(table)
    found: Json = {
        "name": table.label,
        **({"line": line} if line else {}),
        **({"path": path} if path else {}),
        "columns": [column_json(column) for column in table.columns],
        "primary_key": key_json(table.primary_key),
        "foreign_keys": [foreign_key_json(key) for key in table.foreign_keys],
    }
    if table.unique_keys:
        found["unique_keys"] = [key_json(key) for key in table.unique_keys]
    if table.indexes:
        found["indexes"] = [index_json(index) for index in table.indexes]
    rest = set_only(
        table, "namespace", "name", "columns", "primary_key", "foreign_keys", "unique_keys", "indexes", "partition_of"
    )
    if table.partition_of:
        found["partition_of"] = {"table": table.partition_of.label, "bound": table.partition_of.bound}
    return found | rest


def _table_summary(table: Table) -> Json:
    found: Json = {
        "name": table.label,
        "column_count": len(table.columns),
        "primary_key": {"columns": list(table.primary_key.columns)} if table.primary_key else None,
        "foreign_keys": [{"columns": list(key.columns), "references": key.references} for key in table.foreign_keys],
        "index_count": len(table.indexes) + len(table.unique_keys),
    }
    if table.partition_of:
        found["partition_of"] = {"table": table.partition_of.label, "bound": table.partition_of.bound}
    if table.comment:
        found["comment"] = table.comment[:120]
    return found


def table_text(found: Json) -> str:
    """The same table as lines of text: `orders (id bigint, note text?)`, where `?` marks a nullable column."""
    name = found["name"]
    if found.get("continued"):
        name += " (continued)"
    if "columns" in found or "continued" in found:
        return "\n  ".join([name, *_full_lines(found)])
    if "column_count" not in found:
        return str(name)
    keys = ", ".join(f"{'+'.join(key['columns'])} -> {key['references']}" for key in found["foreign_keys"])
    primary = "+".join(found["primary_key"]["columns"]) if found["primary_key"] else "none"
    indexes = f", {found['index_count']} more indexes" if found["index_count"] else ""
    counts = f"{found['column_count']} columns{indexes}"
    tail = f"; of {found['partition_of']['table']}" if "partition_of" in found else ""
    comment = f"; {found['comment']}" if "comment" in found else ""
    return f"{name}: key {primary}, {counts}{'; ' + keys if keys else ''}{tail}{comment}"


_SAID = {
    "name",
    "line",
    "path",
    "continued",
    "columns",
    "primary_key",
    "foreign_keys",
    "unique_keys",
    "indexes",
    "checks",
    "comment",
}


def _full_lines(found: Json) -> Iterable[str]:
    if found.get("comment"):
        yield f"-- {found['comment']}"
    if found.get("columns"):
        yield ", ".join(_column_text(column) for column in found["columns"])
    if found.get("primary_key"):
        yield f"key {'+'.join(found['primary_key']['columns'])}"
    for key in found.get("foreign_keys", ()):
        action = "" if key.get("on_delete", "no action") == "no action" else f" on delete {key['on_delete']}"
        target = f"{key['references']}({', '.join(key['referenced_columns'])})"
        yield f"{'+'.join(key['columns'])} -> {target}{action}{_rest(key, _FOREIGN_KEY)}"
    for key in found.get("unique_keys", ()):
        yield f"unique {'+'.join(key['columns'])}{_rest(key, {'name', 'columns'})}"
    for index in found.get("indexes", ()):
        unique = "unique " if index.get("unique") else ""
        yield f"{unique}index {index['name'] or ''} ({', '.join(index['keys'])}){_rest(index, {'name', 'keys', 'unique'})}"
    for check in found.get("checks", ()):
        yield f"check {check['expression']}{_rest(check, {'name', 'expression'})}"
    for kind, value in found.items():
        if kind not in _SAID:
            yield f"{kind.replace('_', ' ')}: {_plain(value)}"


_FOREIGN_KEY = {"name", "columns", "references", "referenced_columns", "on_delete"}


def _column_text(column: Json) -> str:
    text = f"{column['name']} {column['type']}{'?' if column['nullable'] else ''}"
    if "default" in column:
        text += f" = {column['default']}"
    if "identity" in column:
        text += f" {column['identity']['mode'].replace('_', ' ')}"
    if "generated" in column:
        text += f" as ({column['generated']['expression']})"
    return text + _rest(column, {"name", "type", "nullable", "default", "identity", "generated"})


def _rest(value: Json, said: set[str]) -> str:
    left = {key: one for key, one in value.items() if key not in said}
    return f" [{'; '.join(f'{key} {_plain(one)}' for key, one in left.items())}]" if left else ""


def _plain(value: Any) -> str:
    """A JSON value on one line without its punctuation."""
    if isinstance(value, dict):
        return " ".join(f"{key}={_plain(one)}" for key, one in value.items())
    if isinstance(value, list):
        return ", ".join(_plain(one) for one in value)
    return " ".join(str(value).split())


def objects_json(schema: Schema, detail: Detail) -> Iterable[tuple[str, Json]]:
    """Everything that is not a table: section of the answer, entry."""
    sections: tuple[tuple[str, Iterable[Any]], ...] = (
        ("extensions", schema.extensions),
        ("enums", schema.enums),
        ("domains", schema.domains),
        ("composites", schema.composites),
        ("sequences", schema.sequences),
        ("views", schema.views),
        ("routines", schema.routines),
        ("other_objects", schema.carried),
    )
    for section, objects in sections:
        for one in objects:
            yield section, without_secrets(_object_json(one, detail))


def _object_json(one: Any, detail: Detail) -> Json:
    name = getattr(one, "label", None) or (f"{one.namespace}.{one.name}" if one.namespace else one.name)
    if detail == "names":
        return {"name": name, **_kind(one)}
    if detail == "summary":
        return {"name": name, **_kind(one), **({"values": list(one.values)} if hasattr(one, "values") else {})}
    found = {"name": name, **set_only(one, "namespace", "name", "type", "fields", "column_types", "indexes")}
    if getattr(one, "type", None) is not None:
        found["type"] = type_text(one.type)
    if hasattr(one, "fields"):
        found["fields"] = [column_json(column) for column in one.fields]
    if getattr(one, "indexes", ()):
        found["indexes"] = [index_json(index) for index in one.indexes]
    return found


def _kind(one: Any) -> Json:
    if getattr(one, "materialized", False):
        return {"materialized": True}
    return {"kind": one.kind} if hasattr(one, "kind") else {}


def object_text(section: str, found: Json) -> str:
    """`enum order_status: paid, failed`."""
    title = section.replace("_", " ").removesuffix("s")
    return f"{title} {found['name']}{_rest(found, {'name'})}"


def counts(schema: Schema) -> dict[str, int]:
    """How many of each kind of object, zeros left out except for tables, columns and foreign keys."""
    tables = schema.tables
    found = {
        "tables": len(tables),
        "columns": sum(len(table.columns) for table in tables),
        "foreign_keys": sum(len(table.foreign_keys) for table in tables),
        "indexes": sum(len(table.indexes) for table in tables),
        "unique_keys": sum(len(table.unique_keys) for table in tables),
        "checks": sum(len(table.checks) for table in tables),
        "exclusions": sum(len(table.exclusions) for table in tables),
        "triggers": sum(len(table.triggers) for table in tables),
        "policies": sum(len(table.policies) for table in tables),
        "partitions": sum(table.partition_of is not None for table in tables),
        "enums": len(schema.enums),
        "domains": len(schema.domains),
        "composites": len(schema.composites),
        "sequences": len(schema.sequences),
        "views": len(schema.views),
        "routines": len(schema.routines),
        "extensions": len(schema.extensions),
        "other_objects": len(schema.carried),
    }
    always = {"tables", "columns", "foreign_keys"}
    return {name: count for name, count in found.items() if count or name in always}
