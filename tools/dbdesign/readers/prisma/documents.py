"""A Prisma schema for MongoDB as collections: composite types nest, relations are references, indexes have Prisma's names."""

from __future__ import annotations

from typing import Any

from dbdesign.errors import LimitError
from dbdesign.model.documents import BsonType, Collection, DocumentField, DocumentIndex, DocumentSchema
from dbdesign.model.finding import Proof
from dbdesign.model.schema import Engine, Schema
from dbdesign.readers.base import ReadResult, Skipped
from dbdesign.readers.prisma.models import Declarations, Model
from dbdesign.readers.prisma.relations import field_names_of
from dbdesign.readers.prisma.syntax import Attribute, Block, Expression, FieldSyntax

TYPES: dict[str, BsonType] = {
    "String": "string",
    "Boolean": "bool",
    "Int": "int",
    "BigInt": "long",
    "Float": "double",
    "Decimal": "decimal",
    "DateTime": "date",
    "Json": "mixed",
    "Bytes": "binData",
}
"""What Prisma stores a scalar as ("MongoDB", type mapping)."""
NATIVE: dict[str, BsonType] = {
    "String": "string",
    "Double": "double",
    "Long": "long",
    "Int": "int",
    "BinData": "binData",
    "ObjectId": "objectId",
    "Bool": "bool",
    "Date": "date",
    "Timestamp": "timestamp",
    "Json": "mixed",
}
MAX_NAME = 127
"""Bytes of an index's name, where Prisma cuts those that it makes."""
MAX_FIELDS = 20_000
"""Fields that a schema may unfold into; composite types may hold each other many times over."""
DEPTH = 100
"""Levels that MongoDB lets documents nest (manual, "MongoDB Limits and Thresholds")."""


def document_schema(found: Declarations) -> ReadResult:
    """The collections of the models.

    Raises:
        LimitError: composite types that unfold into far more than the text.
    """
    unfolding = _Unfolding(found)
    models = [one for one in found.models.values() if not one.is_view]
    collections = tuple(unfolding.collection(model) for model in models)
    views = [one.block.line for one in found.models.values() if one.is_view]
    reason = "Prisma reads from a view and does not create it"
    return ReadResult(
        schema=Schema(engine=Engine.POSTGRESQL),
        documents=DocumentSchema(collections=collections),
        unread=tuple(sorted(found.document.unread, key=lambda one: (one.path or "", one.line))),
        skipped=(Skipped(kind="view", count=len(views), lines=tuple(views), reason=reason),) if views else (),
        lines={one.table: one.block.line for one in models},
        files={one.table: one.block.path for one in models},
        notes=found.settings.notes,
        proof=Proof(level="parsed", by="dbdesign's Prisma parser"),
    )


class _Unfolding:
    def __init__(self, found: Declarations) -> None:
        self.found = found
        self.count = 0

    def collection(self, model: Model) -> Collection:
        references = self._references(model)
        fields = tuple(self.field(model.block, one, references, ()) for one in model.columns.values())
        return Collection(
            name=model.table,
            model=model.name,
            fields=fields,
            indexes=tuple(self._indexes(model)),
            comment=model.block.comment,
        )

    def _references(self, model: Model) -> dict[str, str]:
        """The fields that hold ids of another collection."""
        found: dict[str, str] = {}
        for one in model.relations.values():
            said = one.attribute("relation")
            names = field_names_of(said, "fields") if said else []
            if len(names) == 1:
                found[names[0]] = self.found.models[one.type].table
        return found

    # Fields

    def field(
        self, block: Block, one: FieldSyntax, references: dict[str, str], inside: tuple[str, ...]
    ) -> DocumentField:
        """A field with what it nests. A type inside itself is cut off there, as an object whose fields are said above."""
        self.count += 1
        if self.count > MAX_FIELDS or len(inside) > DEPTH:
            raise LimitError(
                f"the composite types unfold into more than {MAX_FIELDS} fields, or nest more than {DEPTH} deep",
                where=block.path,
                remedy="Give the models without those types",
            )
        bare = self._bare(block, one, references.get(one.name), inside)
        options: dict[str, Any] = {"updatedAt": True} if one.attribute("updatedAt") else {}
        said: dict[str, Any] = {
            "name": one.mapped,
            "required": one.arity == "",
            "alias": one.name if one.name != one.mapped else None,
            "comment": one.comment,
            "options": {**bare.options, **options},
            **self._default(one),
        }
        if one.arity == "[]":
            return DocumentField.model_validate({"type": "array", "element": bare, **said, "options": options})
        return bare.model_copy(update=said)

    def _bare(self, block: Block, one: FieldSyntax, references: str | None, inside: tuple[str, ...]) -> DocumentField:
        """The type of one value."""
        composite, enum = self.found.types.get(one.type), self.found.enums.get(one.type)
        if composite is not None:
            if one.type in inside:
                return DocumentField(type="object", options={"recursive": one.type})
            nested = tuple(
                self.field(composite, member, {}, (*inside, one.type)) for member in self._members(composite)
            )
            return DocumentField(type="object", fields=nested)
        if enum is not None:
            return DocumentField(type="string", values=tuple(value.mapped for value in enum.fields))
        native = next((said for said in one.attributes if "." in said.name), None)
        name = native.name.rpartition(".")[2] if native else ""
        if native is not None and name not in NATIVE:
            self.found.complain(block, one.line, f"{block.name}.{one.name}", f"mongodb has no native type {name}")
        return DocumentField(type=NATIVE.get(name) or TYPES.get(one.type, "mixed"), references=references)

    def _members(self, composite: Block) -> list[FieldSyntax]:
        known = self.found.types.keys() | self.found.enums.keys() | TYPES.keys()
        for one in composite.fields:
            if one.type not in known and one.unsupported is None:
                place = f"{composite.name}.{one.name}"
                self.found.complain(
                    composite, one.line, place, f"no type named {one.type!r} is declared; read as anything"
                )
        return list(composite.fields)

    def _default(self, one: FieldSyntax) -> dict[str, Any]:
        said = one.attribute("default")
        value = said.argument("value", 0) if said else None
        if value is None:
            return {}
        if value.kind == "call":
            return {"default_expression": f"{value.text}({', '.join(item.value.text for item in value.arguments)})"}
        return {"default": self._constant(value, one)}

    def _constant(self, value: Expression, one: FieldSyntax) -> Any:
        if value.kind == "list":
            return [self._constant(item, one) for item in value.items]
        if value.kind == "number":
            return float(value.text) if "." in value.text or "e" in value.text.lower() else int(value.text[:400])
        if value.kind == "name" and value.text in {"true", "false"}:
            return value.text == "true"
        enum = self.found.enums.get(one.type)
        return self.found.enum_value(enum, value.text) if enum else value.text

    # Indexes

    def _indexes(self, model: Model) -> list[DocumentIndex]:
        drafts: list[DocumentIndex] = []
        for name, one in model.columns.items():
            if said := one.attribute("unique"):
                drafts += self._index(model, said, [Expression("call", name, said.arguments)])
        for said in model.block.every("index", "unique", "fulltext"):
            listed = said.argument("fields", 0)
            drafts += self._index(model, said, list(listed.items) if listed else [])
        return drafts

    def _index(self, model: Model, said: Attribute, keys: list[Expression]) -> list[DocumentIndex]:
        paths = [self._path(model, one.text) for one in keys]
        if not paths or None in paths:
            self.found.complain(model.block, said.line, f"{model.name} @@{said.name}", "an index of what is no field")
            return []
        suffix = "_key" if said.name == "unique" else "_idx"
        stem = "_".join([model.table, *(str(one).replace(".", "_") for one in paths)])
        name = said.text("map") or stem.encode()[: MAX_NAME - len(suffix)].decode(errors="ignore") + suffix
        order = {str(path): self._order(one, said) for path, one in zip(paths, keys, strict=True)}
        return [DocumentIndex(name=name, keys=order, unique=said.name == "unique")]

    def _order(self, key: Expression, said: Attribute) -> int | str:
        sort = key.argument("sort")
        if sort is not None and sort.text == "Desc":
            return -1
        return "text" if said.name == "fulltext" and sort is None else 1

    def _path(self, model: Model, dotted: str) -> str | None:
        """The stored path of `address.street.name`."""
        names: list[str] = []
        fields: dict[str, FieldSyntax] = model.columns
        for part in dotted.split("."):
            one = fields.get(part)
            if one is None:
                return None
            names.append(one.mapped)
            composite = self.found.types.get(one.type)
            fields = {member.name: member for member in composite.fields} if composite else {}
        return ".".join(names)
