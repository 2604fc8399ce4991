"""The tool `read_schema`: a schema from any source, as names, as a summary, or in full."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from dbdesign.api.answer import (
    Answer,
    SkippedOut,
    UnreadOut,
    accounted,
    note_items,
    paged,
    plural,
    section,
    skipped_items,
    text_of,
    unread_items,
)
from dbdesign.api.arguments import EngineVersion, Format, Page, Source, Tables
from dbdesign.api.call import Call
from dbdesign.api.describe_documents import collection_text, collections_json, document_counts
from dbdesign.api.paging import Item, chosen, paginate, pieces
from dbdesign.api.recent import Recent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dbdesign.api.source import Loaded
    from dbdesign.model.schema import Schema, Table

Detail = Literal["names", "summary", "full"]


class ColumnOut(BaseModel):
    """A column; fields that have their default are left out."""

    model_config = ConfigDict(extra="allow")
    name: str
    type: str = Field(description="as the engine spells it")
    nullable: bool


class KeyOut(BaseModel):
    """A primary or unique key."""

    model_config = ConfigDict(extra="allow")
    name: str | None = None
    columns: list[str]


class ForeignKeyOut(BaseModel):
    """A foreign key."""

    model_config = ConfigDict(extra="allow")
    name: str | None = None
    columns: list[str]
    references: str = Field(description="the table referenced, by its name in this answer")
    referenced_columns: list[str] = Field(default_factory=list)
    on_delete: str = "no action"


class TableOut(BaseModel):
    """A table. `names` gives the name alone, `summary` keys and counts, `full` everything; a very wide table goes on as `continued`."""

    model_config = ConfigDict(extra="allow")
    name: str
    line: int | None = None
    path: str | None = Field(default=None, description="of the file that the line is of, where the source has several")
    columns: list[ColumnOut] = Field(default_factory=list)
    primary_key: KeyOut | None = None
    foreign_keys: list[ForeignKeyOut] = Field(default_factory=list)


class ReadSchemaAnswer(Answer):
    """What `read_schema` answers."""

    engine: str
    version: str | None = None
    format: str = Field(description="what the source was read as")
    detail: Detail
    counts: dict[str, int]
    tables: list[TableOut]
    collections: list[dict[str, Any]] = Field(
        default_factory=list, description="of a document database: fields by their paths, which nest, and indexes"
    )
    extensions: list[dict[str, Any]] = Field(default_factory=list)
    enums: list[dict[str, Any]] = Field(default_factory=list)
    domains: list[dict[str, Any]] = Field(default_factory=list)
    composites: list[dict[str, Any]] = Field(default_factory=list)
    sequences: list[dict[str, Any]] = Field(default_factory=list)
    views: list[dict[str, Any]] = Field(default_factory=list)
    routines: list[dict[str, Any]] = Field(default_factory=list)
    other_objects: list[dict[str, Any]] = Field(default_factory=list)
    unread: list[UnreadOut] = Field(description="what was not understood; empty is what you want to see")
    skipped: list[SkippedOut] = Field(default_factory=list)
    notes: list[str] = Field(default_factory=list)
    proof: str = Field(description="how far this was proven")


_recent: Recent[tuple[Detail, list[list[Item]]]] = Recent(2)
_TITLES = {
    "tables": "Tables (? = nullable)",
    "collections": "Collections (! = required)",
    "unread": "Not understood",
    "skipped": "Left out on purpose",
}
_PAGE_SHARE = 0.9


def read_schema(
    source: Source,
    *,
    format: Format = None,  # noqa: A002
    engine_version: EngineVersion = None,
    detail: Annotated[
        Detail | None,
        Field(description="names, summary or full; what fits a page when left out."),
    ] = None,
    tables: Tables = [],  # noqa: B006 - never changed; the default that the schema shows
    page: Page = 1,
    call: Call | None = None,
) -> ReadSchemaAnswer:
    """Read a database schema and say what is in it: tables, columns, keys, foreign keys, indexes, types, views and the rest.

    Of DDL and dumps of PostgreSQL, MySQL, SQL Server, SQLite, CockroachDB, TiDB; DBML, design files, databases; models of Prisma, TypeORM,
    SQLAlchemy, Django, Drizzle, Mongoose; folders of migrations, replayed. PostgreSQL is executed on an embedded server; programs are
    never run. What was not understood is under `unread`.
    """
    from dbdesign.api.source import load

    call = call or Call()
    loaded = load(source, call, format=format, engine_version=engine_version, documents=True)
    schema = loaded.result.schema_
    documents = loaded.result.documents
    wanted = _wanted(schema, tables) if documents is None else []
    call.step(0.8, "describing the schema")
    key = repr((loaded.key, loaded.result.notes, tables, detail, call.tokens))
    known = _recent.get(key) if loaded.key else None
    level, pages = known or _pages(loaded, wanted, tables, detail, call.tokens)
    if loaded.key and call.tokens:
        _recent.put(key, (level, pages))
    items = chosen(pages, page)
    summary = paged(_summary(loaded, len(wanted), level), page, len(pages))
    sections = {name: section(items, name) for name in dict.fromkeys(item.section for item in items)}
    answer = ReadSchemaAnswer.model_validate(
        {
            "summary": summary,
            "page": page,
            "pages": len(pages),
            "engine": documents.engine if documents else schema.engine.value,
            "version": documents.version if documents else schema.version,
            "format": loaded.format,
            "detail": level,
            "counts": document_counts(documents) if documents else _counts(schema),
            "tables": [],
            "unread": [],
            "skipped": [],
            "notes": [],
            "proof": str(loaded.result.proof),
            **sections,
        }
    )
    return answer.with_text(text_of(summary, items, _TITLES))


def _counts(schema: Schema) -> Mapping[str, int]:
    from dbdesign.api.describe import counts

    return counts(schema)


def _wanted(schema: Schema, patterns: list[str]) -> list[Table]:
    """The tables that match; a name that matches nothing is an error with the nearest."""
    from dbdesign.errors import UnknownNameError

    if not patterns:
        return list(schema.tables)
    keep: set[str] = set()
    for pattern in patterns:
        named = schema.table(pattern)
        found = [named.label] if named else [t.label for t in schema.tables if fnmatchcase(t.label, pattern)]
        if not found:
            raise UnknownNameError.among("table", pattern, schema.table_by_label, where="tables")
        keep.update(found)
    return [table for table in schema.tables if table.label in keep]


def _pages(
    loaded: Loaded, wanted: list[Table], patterns: list[str], detail: Detail | None, budget: int | None
) -> tuple[Detail, list[list[Item]]]:
    """The level of detail that was asked for, or the fullest that fits one page; and its pages."""
    level: Detail = detail or "full"
    pages = paginate(_items(loaded, wanted, patterns, level, budget), budget)
    if detail is None and len(pages) > 1:
        level = "summary"
        pages = paginate(_items(loaded, wanted, patterns, level, budget), budget)
    return level, pages


def _items(loaded: Loaded, wanted: list[Table], patterns: list[str], detail: Detail, budget: int | None) -> list[Item]:
    from dbdesign.api.describe import object_text, objects_json, table_json, table_text

    limit = budget * _PAGE_SHARE / 2 if budget else float("inf")
    lines, files = loaded.result.lines, loaded.result.files
    first, rest = unread_items(loaded)
    items = note_items(loaded.result.notes) + first + skipped_items(loaded)
    for table in wanted:
        for piece in pieces(table_json(table, detail, lines.get(table.label), files.get(table.label)), limit * 0.7):
            items.append(Item("tables", piece, table_text(piece)))
    if (documents := loaded.result.documents) is not None:
        for one in collections_json(documents, patterns, detail, lines, files):
            items += [Item("collections", piece, collection_text(piece)) for piece in pieces(one, limit * 0.7)]
    elif not patterns:
        for name, found in objects_json(loaded.result.schema_, detail):
            items += [Item(name, piece, object_text(name, piece)) for piece in pieces(found, limit * 0.7)]
    return items + rest


def _summary(loaded: Loaded, shown: int, detail: Detail) -> str:
    """One paragraph that stands alone."""
    schema, documents = loaded.result.schema_, loaded.result.documents
    if documents is not None:
        nouns = ", ".join(plural(count, _NOUNS[name]) for name, count in document_counts(documents).items())
        found = f"{loaded.name}: collections of {documents.engine}, read as {loaded.format}: {nouns} ({loaded.result.proof})."
        return f"{found} {accounted(loaded)}".strip() + f" Detail: {detail}."
    counted = _counts(schema)
    nouns = ", ".join(plural(count, _NOUNS[name]) for name, count in counted.items())
    version = f" {schema.version}" if schema.version else ""
    part = "" if shown == len(schema.tables) else f" {plural(shown, 'table')} of them shown."
    text = f"{loaded.name}: a {schema.engine.value}{version} schema with {nouns} ({loaded.result.proof}).{part} {accounted(loaded)}"
    return f"{text.strip()} Detail: {detail}."


_NOUNS = {
    "collections": "collection",
    "fields": "field",
    "references": "reference",
    "tables": "table",
    "columns": "column",
    "foreign_keys": "foreign key",
    "indexes": "index",
    "unique_keys": "unique key",
    "checks": "check",
    "exclusions": "exclusion constraint",
    "triggers": "trigger",
    "policies": "policy",
    "partitions": "partition",
    "enums": "enum",
    "domains": "domain",
    "composites": "composite type",
    "sequences": "sequence",
    "views": "view",
    "routines": "routine",
    "extensions": "extension",
    "other_objects": "other object",
}
