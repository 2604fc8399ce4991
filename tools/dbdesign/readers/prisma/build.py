"""From declarations to a schema: the SQL that Prisma would send, as the engine's own reader understands it, with Prisma's comments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from dbdesign.dialects.prisma import LISTS
from dbdesign.errors import InputError
from dbdesign.model.finding import Proof
from dbdesign.model.schema import Column, Engine, Schema, Table, label
from dbdesign.readers.base import ReadResult, Skipped, Unread, reader
from dbdesign.readers.prisma.defaults import CLIENT_MADE
from dbdesign.readers.prisma.models import Declarations, Model, declarations
from dbdesign.readers.prisma.parser import parse
from dbdesign.readers.prisma.roots import one_schema
from dbdesign.readers.prisma.script import Script, script
from dbdesign.readers.prisma.settings import settings
from dbdesign.readers.prisma.syntax import FieldSyntax

PROOF = Proof(level="parsed", by="dbdesign's Prisma parser")


def build(files: Mapping[str, str], engine: Engine | None) -> ReadResult:
    """The schema of some files.

    Raises:
        InputError: where no model, enum, view or type is declared.
    """
    schemas = {path: text for path, text in files.items() if path.endswith(".prisma") or len(files) == 1}
    others = {path: text for path, text in files.items() if path not in schemas}
    schemas, left_out = one_schema(schemas, engine)
    document = parse(schemas)
    said = settings(document, others, engine)
    if left_out:
        note = (
            f"{len(left_out)} schemas were given, and {left_out[0]} was read; the others are {', '.join(left_out[1:4])}"
        )
        said = replace(said, notes=(*said.notes, note))
    found = declarations(document, said)
    if not (found.models or found.enums or found.types):
        where = ", ".join(sorted(schemas)[:3]) or None
        raise InputError(
            "no model, view, type or enum of Prisma is declared",
            where=where,
            remedy="Give the schema.prisma, or its folder",
        )
    if said.is_document:
        from dbdesign.readers.prisma.documents import document_schema

        return document_schema(found)
    return _relational(found)


def _relational(found: Declarations) -> ReadResult:
    written = script(found)
    read = _read(found.settings.engine, written)
    notes = [*found.settings.notes, *_notes(found, written)]
    for piece in read.unread:
        path, line = written.place_of(piece.line)
        found.document.unread.append(Unread(line=line, text=piece.text, reason=piece.reason, path=path))
    for enum in found.enums.values():
        if not enum.fields:
            found.complain(enum, enum.line, enum.name, "the enum has no values")
    schema = _with_comments(read.schema_, found)
    known = set(schema.table_by_label)
    places = {
        one: place for one, place in written.places.items() if one in known or "." in one or one in schema.enum_by_label
    }
    return ReadResult(
        schema=schema,
        unread=tuple(sorted(found.document.unread, key=lambda one: (one.path or "", one.line))),
        skipped=tuple(_skipped(found)),
        declared_tables=sum(not one.is_view for one in found.models.values()) + len(written.relations),
        lines={name: line for name, (_, line) in places.items()},
        files={name: path for name, (path, _) in places.items()},
        notes=tuple(notes),
        proof=PROOF,
    )


def _read(engine: Engine, written: Script) -> ReadResult:
    if not written.statements:
        return ReadResult(schema=Schema(engine=engine), proof=PROOF)
    return reader(engine.value).read(written.text, execute=False)


def _notes(found: Declarations, written: Script) -> list[str]:
    notes = []
    if not found.settings.foreign_keys:
        kept = sum(_holds(one) for model in found.models.values() for one in model.relations.values())
        notes.append(
            f'relationMode = "prisma": the database has no foreign keys; Prisma\'s client alone keeps {kept} relations'
        )
    if written.relations and found.settings.version is None and found.settings.engine is Engine.POSTGRESQL:
        notes.append(
            f"tables of implicit relations ({', '.join(written.relations[:3])}{' …' if len(written.relations) > 3 else ''}) have"
            " primary keys as Prisma 6 and later make them; older versions made unique indexes"
        )
    made = sum(_is_client_made(model, one) for model in found.models.values() for one in model.columns)
    if made:
        notes.append(
            f"{made} columns have values that Prisma's client makes (uuid(), cuid(), @updatedAt …): no default in the database"
        )
    return notes


def _holds(field: FieldSyntax) -> bool:
    said = field.attribute("relation")
    return said is not None and said.argument("fields") is not None


def _is_client_made(model: Model, name: str) -> bool:
    column = model.columns[name]
    said = column.attribute("default")
    value = said.argument("value", 0) if said else None
    return column.attribute("updatedAt") is not None or (
        value is not None and value.kind == "call" and value.text in CLIENT_MADE
    )


def _skipped(found: Declarations) -> list[Skipped]:
    views = [one.block.line for one in found.models.values() if one.is_view]
    generators = [one.line for one in found.document.every("generator")]
    skipped = []
    if views:
        reason = "Prisma reads from a view and does not create it: its query is not in the schema"
        skipped.append(Skipped(kind="view", count=len(views), lines=tuple(views), reason=reason))
    if generators:
        skipped.append(
            Skipped(
                kind="generator", count=len(generators), lines=tuple(generators), reason="of the client, not the schema"
            )
        )
    return skipped


def _with_comments(schema: Schema, found: Declarations) -> Schema:
    """The schema with Prisma's documentation as comments."""
    models = {label(one.namespace, one.table): one for one in reversed(found.models.values()) if not one.is_view}
    tables = tuple(_commented(one, models.get(one.label)) for one in schema.tables)
    update: dict[str, object] = {"tables": tables}
    if found.settings.engine is Engine.POSTGRESQL:
        update["extensions"] = found.settings.extensions
    if found.settings.engine in LISTS:
        enums = {label(found.namespace(one), one.mapped): one for one in reversed(found.enums.values())}
        update["enums"] = tuple(
            one.model_copy(update={"comment": enums[one.label].comment}) if one.label in enums else one
            for one in schema.enums
        )
    return schema.model_copy(update=update)


def _commented(table: Table, model: Model | None) -> Table:
    if model is None:
        return table
    comments = {one.mapped: one.comment for one in reversed(model.columns.values()) if one.comment}
    if not comments and not model.block.comment:
        return table

    def commented(column: Column) -> Column:
        return column.model_copy(update={"comment": comments[column.name]}) if column.name in comments else column

    return table.model_copy(update={"columns": tuple(map(commented, table.columns)), "comment": model.block.comment})
