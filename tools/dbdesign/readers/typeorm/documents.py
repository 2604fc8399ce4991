"""Entities of TypeORM on MongoDB as collections: fields, embedded documents, arrays, indexes."""

from __future__ import annotations

from dbdesign.model.documents import BsonType, Collection, DocumentField, DocumentIndex, DocumentSchema
from dbdesign.model.finding import Proof
from dbdesign.model.schema import Engine, Schema
from dbdesign.readers.base import ReadResult, Unread
from dbdesign.readers.typeorm.data_source import DataSource
from dbdesign.readers.typeorm.storage import ColumnArgs, Storage, TableArgs, Target
from dbdesign.readers.typeorm.values import enum_values, is_true, number_of, plain, text_of
from dbdesign.readers.typescript import UNDEFINED, FunctionNode, ObjectValue

_TYPES: dict[str, BsonType] = {
    "#String": "string", "#Number": "double", "#Boolean": "bool", "#Date": "date", "#Buffer": "binData", "#Array": "array",
    "#Object": "object", "#ObjectId": "objectId", "#ObjectID": "objectId", "string": "string", "int": "int", "date": "date",
    "varchar": "string", "text": "string", "boolean": "bool", "bool": "bool", "uuid": "uuid", "array": "array", "json": "object",
    "simple-array": "array", "simple-json": "object", "enum": "string", "timestamp": "date", "datetime": "date", "long": "long",
    "double": "double", "decimal": "decimal", "regex": "regex", "#BigInt": "long",
}  # fmt: skip
_DEEPEST = 16


def read_documents(storage: Storage, source: DataSource, problems: list[Unread]) -> ReadResult:
    """The collections of the entities."""
    collections = [_collection(args, storage, source) for args in storage.tables if args.kind == "regular"]
    return ReadResult(
        schema=Schema(engine=Engine.POSTGRESQL),
        documents=DocumentSchema(collections=tuple(collections)),
        unread=(*problems, *storage.unread),
        lines={one.name: args.place.line for one, args in zip(collections, storage.tables, strict=False)},
        files={one.name: args.place.path for one, args in zip(collections, storage.tables, strict=False)},
        notes=tuple(source.notes),
        proof=Proof(level="by rule"),
    )


def _lineage(target: Target) -> tuple[Target, ...]:
    return (target,) if isinstance(target, str) else target.lineage()


def _collection(args: TableArgs, storage: Storage, source: DataSource) -> Collection:
    name = source.prefix + source.naming.table(args.class_name, args.name)
    tree = _lineage(args.target)
    fields = _fields(tree, storage, 0)
    indexes = [
        DocumentIndex(
            name=key.name,
            keys={_stored(column, fields): 1 for column in key.columns},
            unique=key.options.get("unique") is True or key in storage.uniques,
            sparse=key.options.get("sparse") is True,
            expire_after_seconds=number_of(key.options.get("expireAfterSeconds")),
        )
        for key in (*storage.indices, *storage.uniques)
        if key.target in tree
    ]
    return Collection(name=name, model=args.class_name, fields=fields, indexes=tuple(indexes))


def _stored(property_name: str, fields: tuple[DocumentField, ...]) -> str:
    return next((one.name for one in fields if one.alias == property_name), property_name)


def _fields(tree: tuple[Target, ...], storage: Storage, depth: int) -> tuple[DocumentField, ...]:
    found: dict[str, DocumentField] = {}
    for column in storage.columns:
        if column.target in tree and column.member not in found:
            found[column.member] = _field(column)
    for embedded in storage.embeddeds:
        if embedded.target in tree and depth < _DEEPEST:
            inner = _fields(_lineage(embedded.type), storage, depth + 1)
            element = DocumentField(type="object", fields=inner)
            found[embedded.member] = (
                DocumentField(name=embedded.member, type="array", element=element)
                if embedded.is_array
                else DocumentField(name=embedded.member, type="object", fields=inner)
            )
    return tuple(found.values())


def _field(column: ColumnArgs) -> DocumentField:
    name = text_of(column.options.get("name")) or column.member
    value = column.options.get("default", UNDEFINED)
    computed = isinstance(value, FunctionNode)
    kind: BsonType = "objectId" if column.mode == "objectId" else _TYPES.get(column.type or "", "mixed")
    if column.mode in {"createDate", "updateDate", "deleteDate"}:
        kind = "date"
    elif column.mode == "version":
        kind = "int"
    if is_true(column.options.get("array")) and kind != "array":
        element = DocumentField(type=kind)
        return DocumentField(name=name, type="array", element=element, alias=_alias(name, column))
    return DocumentField(
        name=name,
        type=kind,
        element=DocumentField(type="mixed") if kind == "array" else None,
        alias=_alias(name, column),
        values=enum_values(column.options["enum"]) or () if "enum" in column.options else (),
        default=None if computed or value is UNDEFINED else _json(value),
        default_expression="function" if computed else None,
    )


def _json(value: object) -> object:
    try:
        return plain(value) if isinstance(value, (str, int, float, list, ObjectValue)) else None
    except ValueError:
        return None


def _alias(name: str, column: ColumnArgs) -> str | None:
    return column.member if column.member != name else None


__all__ = ["read_documents"]
