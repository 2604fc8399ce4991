"""The models of a document with their names resolved: which fields are columns, which are relations, and to what."""

from __future__ import annotations

from dataclasses import dataclass, field

from dbdesign.dialects.prisma import SCALARS
from dbdesign.readers.base import Unread
from dbdesign.readers.prisma.settings import Settings
from dbdesign.readers.prisma.syntax import Attribute, Block, Document, Expression, FieldSyntax

FIELD_ATTRIBUTES = frozenset({"id", "unique", "default", "updatedAt", "map", "relation", "ignore"})
"""Beside native types, which have a dot."""
BLOCK_ATTRIBUTES = frozenset({"id", "unique", "index", "fulltext", "map", "ignore", "schema"})


@dataclass(frozen=True)
class Model:
    """A model or view with the fields that are columns, by name in the schema."""

    block: Block
    table: str
    namespace: str | None
    columns: dict[str, FieldSyntax]
    relations: dict[str, FieldSyntax]

    @property
    def name(self) -> str:
        """As the schema calls it."""
        return self.block.name

    @property
    def is_view(self) -> bool:
        """Whether Prisma only reads from it, and never creates it."""
        return self.block.kind == "view"

    def column_names(self, fields: list[str]) -> list[str] | None:
        """The columns of these fields; None where one is no column."""
        found = [self.columns[one].mapped for one in fields if one in self.columns]
        return found if len(found) == len(fields) else None

    @property
    def identifier(self) -> list[str]:
        """The fields of the primary key."""
        for name, column in self.columns.items():
            if column.attribute("id"):
                return [name]
        whole = self.block.attribute("id")
        return field_names(whole) if whole else []


@dataclass
class Declarations:
    """Everything that a document declares, by name."""

    document: Document
    settings: Settings
    models: dict[str, Model] = field(default_factory=dict)
    enums: dict[str, Block] = field(default_factory=dict)
    types: dict[str, Block] = field(default_factory=dict)

    def complain(self, block: Block, line: int, text: str, reason: str) -> None:
        """Note something that was read and makes no sense."""
        self.document.unread.append(Unread(line=line, text=text[:200], reason=reason, path=block.path))

    def namespace(self, block: Block) -> str | None:
        """What `@@schema` says, None for the engine's default one."""
        from dbdesign.dialects.base import dialect

        said = block.namespace
        return None if said == dialect(self.settings.engine).default_namespace else said

    def enum_value(self, enum: Block, name: str) -> str:
        """What the database calls a value of an enumeration."""
        return next((one.mapped for one in enum.fields if one.name == name), name)


def field_names(attribute: Attribute | Expression, name: str = "fields") -> list[str]:
    """The names in `fields: [a, b(sort: Desc)]`, without what is said of each; dotted ones as they are."""
    found = attribute.argument(name, 0)
    return [one.text for one in found.items if one.kind in {"name", "call", "number"}] if found else []


def declarations(document: Document, settings: Settings) -> Declarations:
    """The declarations of a document. What is declared twice is taken once."""
    found = Declarations(document, settings)
    taken: dict[str, Block] = {}
    for block in document.every("model", "view", "enum", "type"):
        if block.name in taken:
            found.complain(
                block, block.line, f"{block.kind} {block.name}", f"{block.name} is declared twice; the first was taken"
            )
            continue
        taken[block.name] = block
        _check_attributes(block, found)
        if block.kind == "enum":
            found.enums[block.name] = block
        elif block.kind == "type":
            found.types[block.name] = block
    for block in taken.values():
        if block.kind in {"model", "view"}:
            found.models[block.name] = _model(block, taken, found)
    return found


def _check_attributes(block: Block, found: Declarations) -> None:
    """Note attributes that mean nothing to dbdesign (`@@shardKey`), or to Prisma."""
    for one in block.attributes:
        if one.name not in BLOCK_ATTRIBUTES:
            found.complain(block, one.line, f"@@{one.name}", f"the attribute @@{one.name} is not known")
    for member in block.fields:
        for one in member.attributes:
            if one.name not in FIELD_ATTRIBUTES and "." not in one.name:
                found.complain(block, one.line, f"{member.name} @{one.name}", f"the attribute @{one.name} is not known")


def _model(block: Block, blocks: dict[str, Block], found: Declarations) -> Model:
    columns: dict[str, FieldSyntax] = {}
    relations: dict[str, FieldSyntax] = {}
    for one in block.fields:
        of = blocks.get(one.type)
        if one.name in columns or one.name in relations:
            found.complain(block, one.line, one.name, "the field is declared twice; the first was taken")
        elif one.unsupported is not None or one.type in SCALARS or (of is not None and of.kind in {"enum", "type"}):
            columns[one.name] = one
        elif of is not None:
            relations[one.name] = one
        else:
            found.complain(
                block, one.line, f"{one.name} {one.type}", f"no type, enum or model named {one.type!r} is declared"
            )
    return Model(block, block.mapped, found.namespace(block), columns, relations)
