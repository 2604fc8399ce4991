"""The tool `generate_schema`: a schema written for an engine, or as a diagram, with what could not be said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, Field

from dbdesign.api.answer import (
    SHOWN,
    Answer,
    UnreadOut,
    accounted,
    note_items,
    paged,
    plural,
    section,
    text_of,
    unread_items,
)
from dbdesign.api.arguments import EngineVersion, Format, Overwrite, Page, Source, WriteTo
from dbdesign.api.call import Call
from dbdesign.api.lifecycle import Living, StatementOut, StepOut, lifecycle_items, lifecycle_summary, living
from dbdesign.api.paging import Item, chosen, paginate, statements
from dbdesign.api.recent import Recent
from dbdesign.errors import InputError

if TYPE_CHECKING:
    from dbdesign.api.source import Loaded
    from dbdesign.writers.base import WriteOptions, Writer, WriteResult


class NoteOut(BaseModel):
    """Something that the target cannot say as the source does."""

    object: str
    lost: str
    instead: str | None = Field(default=None, description="the nearest equivalent, or what to do by hand")


class PartOut(BaseModel):
    """One of several texts; a long one goes on in an entry of the same name with `continued`."""

    name: str
    text: str
    continued: bool = False


class GenerateSchemaAnswer(Answer):
    """What `generate_schema` and `draw_erd` answer."""

    target: str
    version: str | None = Field(default=None, description="of the target engine")
    text: str | None = Field(default=None, description="the text, or this page of it; not there when written to files")
    parts: list[PartOut] = Field(
        default_factory=list, description="further texts, where one would be too large to render"
    )
    files: list[str] = Field(default_factory=list, description="what was written, where write_to was given")
    notes: list[NoteOut] = Field(description="what the target cannot express, with the nearest equivalent")
    unread: list[UnreadOut] = Field(
        description="what was not understood in the source and is therefore not in the text"
    )
    source_notes: list[str] = Field(default_factory=list, description="what to know about how the source was read")
    statements: list[StatementOut] = Field(
        default_factory=list, description="of a design with a lifecycle: what the program, jobs and people send"
    )
    proof_steps: list[StepOut] = Field(
        default_factory=list, description="of a design with a lifecycle: what was executed and seen"
    )
    proof: str = Field(description="how far the text was proven")


OF_DOCUMENTS = frozenset({"mongoose", "mongodb"})
"""Targets that take collections of documents as well as tables."""

_recent: Recent[WriteResult] = Recent(2)
_PIECE = 3000
_PART = 10_000


def generate_schema(
    source: Source,
    *,
    to: Annotated[
        str | None,
        Field(
            description="An engine: postgresql, mysql, sqlserver, sqlite, cockroachdb, tidb, mongodb; models: prisma, typeorm, sqlalchemy, "
            "sqlmodel, django, drizzle, mongoose; or a diagram: mermaid, dbml, dot, html. Else the source's engine."
        ),
    ] = None,
    target_version: Annotated[
        str | None,
        Field(description="Of the target, else the newest."),
    ] = None,
    style: Annotated[str | None, Field(description="typeorm: data-mapper or active-record.")] = None,
    format: Format = None,  # noqa: A002
    engine_version: EngineVersion = None,
    write_to: WriteTo = None,
    overwrite: Overwrite = False,
    page: Page = 1,
    call: Call | None = None,
) -> GenerateSchemaAnswer:
    """Generate idiomatic DDL for another engine or version, or an ORM's models, from a schema in any format, and prove it.

    What the target cannot express comes back in `notes` with the nearest equivalent that was written. PostgreSQL and SQLite results are
    executed, others parsed; `proof` says which. For more than a few tables give `write_to`.
    """
    from dbdesign.api.source import load
    from dbdesign.writers.base import WriteOptions, writer

    call = call or Call()
    target = writer(to) if to is not None else None
    documents = target is not None and target.name in OF_DOCUMENTS
    loaded = load(source, call, format=format, engine_version=engine_version, documents=documents)
    if target is None:
        target, own_version = _own_target(loaded)
        target_version = target_version or own_version
    options = WriteOptions(version=target_version, style=_style(target, style))
    return write(loaded, target, options, call, write_to, overwrite=overwrite, page=page)


def _own_target(loaded: Loaded) -> tuple[Writer, str | None]:
    """The engine that the source is for, and its version where the source says it."""
    from dbdesign.writers.base import writer

    schema = loaded.design.schema
    return writer(schema.engine.value), schema.version


def _style(target: Writer, style: str | None) -> str | None:
    if style is not None and target.kind != "orm":
        raise InputError(f"{target.name} has no styles", where="style", remedy="Leave it out")
    return style


def write(
    loaded: Loaded,
    target: Writer,
    options: WriteOptions,
    call: Call,
    write_to: str | None,
    *,
    overwrite: bool,
    page: int,
) -> GenerateSchemaAnswer:
    """Write a schema that was read, and answer with the text or with where it is."""
    call.step(0.65, f"writing {target.name}")
    life = living(loaded, target, options, call)
    result = life.result if life is not None else _without_lifecycle(loaded, target, _written(loaded, target, options))
    files = _files(loaded, target, result, call, write_to, overwrite=overwrite, life=life)
    call.step(0.95, "composing the answer")
    pages = paginate(_items(loaded, result, life, with_text=not files), call.tokens)
    items = chosen(pages, page)
    said = _summary(loaded, target, options, result, files)
    said += f" {lifecycle_summary(life)}" if life is not None else ""
    if len(pages) > 1 and not files:
        said += " Let write_to put it into a file instead of paging through it."
    summary = paged(said, page, len(pages))
    text = "".join(item.text for item in items if item.section == "text")
    found = {
        "summary": summary,
        "page": page,
        "pages": len(pages),
        "target": target.name,
        **({"version": options.version} if options.version else {}),
        **({} if files else {"text": text}),
        **({"files": files} if files else {}),
        **({"parts": parts} if (parts := section(items, "parts")) else {}),
        "notes": section(items, "notes"),
        "unread": section(items, "unread"),
        "source_notes": section(items, "source_notes"),
        **({name: found for name in ("statements", "proof_steps") if (found := section(items, name))}),
        "proof": str(result.proof),
    }
    readable = text_of(summary, [item for item in items if item.section != "text"], _TITLES)
    readable += "".join(f"\nWritten: {file}" for file in files) + (f"\n\n{text}" if text else "")
    return GenerateSchemaAnswer.model_validate(found).with_text(readable)


_TITLES = {
    "notes": "What the target cannot express",
    "unread": "Not understood, and therefore not in the text",
    "source_notes": "How the source was read",
    "parts": "Further texts",
    "statements": "What the program, jobs and people send",
    "proof_steps": "What was executed on the embedded server, and seen",
}


def _without_lifecycle(loaded: Loaded, target: Writer, result: WriteResult) -> WriteResult:
    """The result with a note that what the design's lifecycle asks for is not in it, where it should be."""
    from dbdesign.writers.base import Note

    if loaded.design.lifecycle is None or target.kind == "diagram":
        return result
    lost = f"what it asks for is DDL of an engine, and is not written for {target.name}"
    note = Note(object="lifecycle", lost=lost, instead="write it for the engine too, and run it in a migration")
    return result.model_copy(update={"notes": (*result.notes, note)})


def _written(loaded: Loaded, target: Writer, options: WriteOptions) -> WriteResult:
    """What the writer made; of an equal schema with equal options it is not made again for the next page."""
    subject = loaded.result.documents or loaded.result.schema_
    if loaded.key is None:
        return target.write(subject, options)
    key = f"{loaded.key} {target.name} {options.model_dump_json()}"
    found = _recent.get(key)
    if found is None:
        found = target.write(subject, options)
        _recent.put(key, found)
    return found


def _files(
    loaded: Loaded,
    target: Writer,
    result: WriteResult,
    call: Call,
    write_to: str | None,
    *,
    overwrite: bool,
    life: Living | None,
) -> list[str]:
    from dbdesign.api.files import stem_of, write_folder, write_texts

    if write_to is None:
        return []
    call.step(0.9, f"writing {write_to}")
    if target.kind == "orm" and result.parts and len(result.parts) > 1:
        return write_folder(call.access, write_to, result.parts, overwrite=overwrite)
    texts = {"": result.text, **_others(result), **({"statements": life.script} if life is not None else {})}
    stem = stem_of(loaded.name)
    suffix = f".{target.name}{target.suffix}" if target.kind == "ddl" else target.suffix
    return write_texts(call.access, write_to, texts, stem=stem, suffix=suffix, overwrite=overwrite)


def _others(result: WriteResult) -> dict[str, str]:
    """The parts beside the one that is the text."""
    return {name: text for name, text in (result.parts or {}).items() if text != result.text}


def _items(loaded: Loaded, result: WriteResult, life: Living | None, *, with_text: bool) -> list[Item]:
    notes = [
        Item(
            "notes",
            {"object": note.object, "lost": note.lost, "instead": note.instead},
            f"{note.object}: {note.lost}{f'; instead: {note.instead}' if note.instead else ''}",
        )
        for note in result.notes
    ]
    unread, more_unread = unread_items(loaded)
    about_source = [Item("source_notes", item.value, item.text) for item in note_items(loaded.result.notes)]
    items = [*notes[:SHOWN], *unread, *about_source, *_lifecycle(life, with_text=with_text)]
    if with_text:
        items += [Item("text", piece, piece) for piece in statements(result.text, _PIECE)]
        for name, text in _others(result).items():
            for number, piece in enumerate(statements(text, _PART)):
                value = {"name": name, "text": piece, **({"continued": True} if number else {})}
                items.append(Item("parts", value, f"{name}:\n{piece}"))
    return [*items, *notes[SHOWN:], *more_unread]


def _lifecycle(life: Living | None, *, with_text: bool) -> list[Item]:
    return lifecycle_items(life, in_a_file=not with_text) if life is not None else []


def _summary(loaded: Loaded, target: Writer, options: WriteOptions, result: WriteResult, files: list[str]) -> str:
    schema, documents = loaded.result.schema_, loaded.result.documents
    version = f" {options.version}" if options.version else ""
    others = _others(result)
    size = len(result.text.splitlines()) + sum(len(text.splitlines()) for text in others.values())
    several = f" in {len(others) + 1} texts" if others else ""
    counted = plural(len(documents.collections), "collection") if documents else plural(len(schema.tables), "table")
    source = f"{loaded.name} ({documents.engine if documents else schema.engine.value}, {counted})"
    drawn = {"diagram": "drawn as", "orm": "written as models of"}.get(target.kind, "written for")
    said = [f"{source} {drawn} {target.name}{version}: {plural(size, 'line')}{several} ({result.proof})."]
    if files:
        said.append(f"Written to {', '.join(files[:6])}{f' and {len(files) - 6} more' if len(files) > 6 else ''}.")
    if result.notes:
        said.append(f"{plural(len(result.notes), 'note')} on what is not said as in the source (see notes).")
    elif target.kind != "diagram" and not loaded.result.unread:
        said.append("Nothing was lost.")
    if accounts := accounted(loaded):
        said.append(f"Of the source: {accounts}")
    return " ".join(said)
