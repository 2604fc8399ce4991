"""The tool `compare_schemas`: drift between two sources, ORM against database, migrations against models, file against file."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, Field

from dbdesign.api.answer import Answer, note_items, paged, place_of, plural, section, text_of
from dbdesign.api.arguments import EngineVersion, Format, Names, Page, Source
from dbdesign.api.call import Call
from dbdesign.api.paging import Item, chosen, paginate, shortened
from dbdesign.api.recent import Recent
from dbdesign.api.text import without_secrets
from dbdesign.errors import InputError

if TYPE_CHECKING:
    from dbdesign.api.drift import Difference, Drift
    from dbdesign.api.source import Loaded
    from dbdesign.migrations.compare import Comparison
    from dbdesign.model.migration import Operation
    from dbdesign.model.schema import Schema

NEUTRAL = frozenset({"sqlalchemy", "django", "typeorm", "django-migrations", "dbml"})
"""Forms that may not say which engine they are for: they are read for the other side's."""

REFUSED = "spellings were compared as text"
"""How the note begins that the server did not make both schemas."""


class SideOut(BaseModel):
    """One of the sources."""

    source: str
    format: str
    engine: str
    tables: int = Field(description="or collections")
    unread: int = 0


class DifferenceOut(BaseModel):
    """One difference. `left` and `right` are the object on each side, or those of its fields that differ."""

    kind: str
    object: str
    what: str = Field(description="only left, only right, differs, or renamed")
    left: Any = None
    right: Any = None
    left_at: str | None = Field(default=None, description="where it is declared: path:line")
    right_at: str | None = None
    reason: str | None = Field(default=None, description="why it is no drift; for `renamed`, why it is taken for one")


class IgnoredOut(BaseModel):
    """A difference that is none: a tool's own table, or what the caller asked to leave out."""

    kind: str
    object: str
    what: str
    reason: str


class CompareSchemasAnswer(Answer):
    """What `compare_schemas` answers."""

    left: SideOut
    right: SideOut
    drift: bool = Field(
        description="whether there are differences; with `strict` also those that a form cannot express"
    )
    counts: dict[str, int] = Field(description="differences by what they are")
    differences: list[DifferenceOut]
    cannot_express: list[DifferenceOut] = Field(
        default_factory=list, description="what one side's form has no words for: no drift unless `strict`"
    )
    ignored: list[IgnoredOut] = Field(default_factory=list)
    unread: list[str] = Field(default_factory=list, description="what was not understood, by side; it was not compared")
    notes: list[str] = Field(default_factory=list)
    proof: str


_recent: Recent[tuple[Drift, list[str], str]] = Recent(2)


def compare_schemas(
    source: Source,
    other: Annotated[str, Field(description="The right side, in the same ways.")],
    *,
    format: Format = None,  # noqa: A002
    other_format: Annotated[str | None, Field(description="Format of the other source.")] = None,
    engine_version: EngineVersion = None,
    ignore: Annotated[
        list[str],
        Names,
        Field(description="Tables, objects (`audit_*`) or kinds (`comment`) to leave out."),
    ] = [],  # noqa: B006 - never changed
    strict: Annotated[bool, Field(description="Count also what a form cannot express.")] = False,
    page: Page = 1,
    call: Call | None = None,
) -> CompareSchemasAnswer:
    """Compare two sources and list the drift: models against a database, migrations against models, one file against another.

    Each difference has both sides with path and line. What a form cannot say (a CHECK in a Prisma schema) is apart, with the reason;
    names left to the database are none. Both must be for one engine.
    """
    from dbdesign.api.drift import Side

    call = call or Call()
    first, second = _loaded(source, other, format, other_format, engine_version, call)
    call.step(0.6, "comparing")
    left, right = Side(first.format, first.result), Side(second.format, second.result)
    key = repr((first.key, second.key, ignore)) if first.key and second.key else None
    known = _recent.get(key) if key else None
    if known is None:
        known = drift_between(left, right, ignore)
        if key:
            _recent.put(key, known)
    found, notes, proof = known
    return _answer(found, [*notes], proof, (first, second), strict=strict, page=page, call=call)


def _loaded(
    source: str, other: str, format_: str | None, other_format: str | None, version: str | None, call: Call
) -> tuple[Loaded, Loaded]:
    """Both sources, each for the same engine.

    Raises:
        InputError: they are for two engines, or one is of documents and the other is not.
    """
    from dbdesign.api.source import load

    first = load(source, call, format=format_, engine_version=version, documents=True)
    second = load(other, call, format=other_format, engine_version=version, documents=True)
    if (first.result.documents is None) != (second.result.documents is None):
        raise InputError(
            f"{first.name} is {_what(first)}, {second.name} is {_what(second)}: they have no objects in common",
            remedy="Compare tables with tables, and collections with collections",
        )
    if first.result.documents is not None or first.result.schema_.engine is second.result.schema_.engine:
        return first, second
    if first.format in NEUTRAL:
        first = load(source, call, format=format_, documents=True, engine=second.result.schema_.engine)
    elif second.format in NEUTRAL:
        second = load(other, call, format=other_format, documents=True, engine=first.result.schema_.engine)
    one, two = first.result.schema_.engine, second.result.schema_.engine
    if one is not two:
        raise InputError(
            f"{first.name} is for {one.value}, {second.name} for {two.value}: types, defaults and names mean different things there",
            remedy=f"Write the first for the other's engine (generate_schema, to={two.value}, write_to=FILE) and compare that file",
        )
    return first, second


def _what(loaded: Loaded) -> str:
    return "collections of documents" if loaded.result.documents is not None else "a relational schema"


def drift_between(left: Any, right: Any, ignore: list[str]) -> tuple[Drift, list[str], str]:
    """The drift between two sources for one engine, what is to be said of it, and how it was proven."""
    from dbdesign.api.drift import drift, without
    from dbdesign.api.drift_documents import document_drift
    from dbdesign.readers.expressiveness import TOOL_TABLES

    if left.result.documents is not None:
        return document_drift(left, right, ignore), [], "compared by value"
    before, after = left.result.schema_, right.result.schema_
    tools = [name for name in TOOL_TABLES if name != "migrations"]
    comparison, concealed = _both(without(before, tools), without(after, tools), (left.form, right.form))
    everything = [*comparison.operations, *concealed, *_tool_tables(before, after, tools)]
    notes = [*comparison.notes]
    notes += [f"{one.about}: {one.text}" for one in comparison.questions]
    proof = "compared by value" if comparison.proof.level == "by rule" else str(comparison.proof)
    return drift(left, right, everything, ignore), notes, proof


def _both(before: Schema, after: Schema, forms: tuple[str, str]) -> tuple[Comparison, list[Operation]]:
    """The comparison, with what a form cannot say lent to it where the server can make it then, and what is concealed by that."""
    from dbdesign.api.drift_lending import lent
    from dbdesign.migrations.compare import compare

    first, second, concealed = lent(before, after, forms)
    if concealed:
        comparison = compare(first, second)
        if not any(note.startswith(REFUSED) for note in comparison.notes):
            return comparison, concealed
    return compare(before, after), []


def _tool_tables(before: Any, after: Any, tools: list[str]) -> list[Any]:
    """Tables of migration tools that are on one side alone, so that they are said to be ignored."""
    from dbdesign.model.migration import Operation

    found = []
    for action, one, other in (("drop", before, after), ("add", after, before)):
        for table in one.tables:
            if table.label in tools and table.label not in other.table_by_label:
                given = {"before": table} if action == "drop" else {"after": table}
                found.append(
                    Operation.model_validate({"action": action, "kind": "table", "name": table.label, **given})
                )
    return found


def _answer(
    found: Drift, notes: list[str], proof: str, both: tuple[Loaded, Loaded], *, strict: bool, page: int, call: Call
) -> CompareSchemasAnswer:
    pages = paginate(_items(found, notes, both), call.tokens)
    items = chosen(pages, page)
    drifted = bool(found.differences) or (strict and bool(found.cannot_express))
    summary = paged(_summary(found, both, strict=strict), page, len(pages))
    left, right = (_side(one) for one in both)
    values = {
        "summary": summary,
        "page": page,
        "pages": len(pages),
        "left": left,
        "right": right,
        "drift": drifted,
        "counts": dict(Counter(one.what for one in found.differences)),
        "differences": section(items, "differences"),
        "cannot_express": section(items, "cannot_express"),
        "ignored": section(items, "ignored"),
        "unread": section(items, "unread"),
        "notes": section(items, "notes"),
        "proof": proof,
    }
    return CompareSchemasAnswer.model_validate(values).with_text(text_of(summary, items, _TITLES))


_TITLES = {
    "differences": "Differences (left | right)",
    "cannot_express": "What one side's form cannot express",
    "ignored": "No difference",
    "unread": "Not understood, and therefore not compared",
}


def _side(one: Loaded) -> dict[str, Any]:
    documents = one.result.documents
    return {
        "source": one.name,
        "format": one.format,
        "engine": documents.engine if documents else one.result.schema_.engine.value,
        "tables": len(documents.collections) if documents else len(one.result.schema_.tables),
        **({"unread": len(one.result.unread)} if one.result.unread else {}),
    }


def _items(found: Drift, notes: list[str], both: tuple[Loaded, Loaded]) -> list[Item]:
    items = [_item("differences", one) for one in found.differences]
    for side, loaded in zip(("left", "right"), both, strict=True):
        for one in loaded.result.unread:
            text = f"{side}, {place_of(one.path, one.line)}: {one.reason[:300]}"
            items.append(Item("unread", text, text))
    items += [_item("cannot_express", one) for one in found.cannot_express]
    items += [
        Item(
            "ignored",
            {"kind": one.kind, "object": one.object, "what": one.what, "reason": one.reason},
            f"{one.kind} {one.object}: {one.reason}",
        )
        for one in found.ignored
    ]
    said = [f"{side}: {note}" for side, one in zip(("left", "right"), both, strict=True) for note in one.result.notes]
    return items + note_items([*notes, *said])


def _item(name: str, one: Difference) -> Item:
    from dbdesign.api.drift import as_text

    given = {"left": _told(one.left), "right": _told(one.right)}
    value = {
        "kind": one.kind,
        "object": one.object,
        "what": one.what,
        **{side: said for side, said in given.items() if said is not None},
        **{f"{side}_at": place for side, place in one.places.items()},
        **({"reason": one.reason} if one.reason else {}),
    }
    left, right = ("-" if said is None else as_text(said) for said in given.values())
    places = ", ".join(one.places.values())
    text = f"{one.what}: {one.kind} {one.object}{f' [{places}]' if places else ''}: {left[:300]} | {right[:300]}"
    return Item(name, shortened(value, 1000), text + (f" ({one.reason})" if one.reason else ""))


def _told(value: Any) -> Any:
    """A side of a difference without secrets, and of a view without the types that follow from its definition."""
    if isinstance(value, dict):
        value = {name: said for name, said in value.items() if name != "column_types"}
    return without_secrets(value)


def _summary(found: Drift, both: tuple[Loaded, Loaded], *, strict: bool) -> str:
    left, right = both
    named = f"{left.name} ({left.format}) and {right.name} ({right.format})"
    if not found.differences:
        said = [f"No drift between {named}."]
    else:
        kinds = Counter(f"{one.kind} {one.what}" for one in found.differences).most_common(6)
        said = [f"{plural(len(found.differences), 'difference')} between {named}: "]
        said[0] += ", ".join(f"{count} {what}" for what, count in kinds) + "."
    if found.cannot_express:
        counted = "counted as drift" if strict else "no drift"
        said.append(f"{plural(len(found.cannot_express), 'difference')} that a form cannot express: {counted}.")
    if found.ignored:
        said.append(f"{len(found.ignored)} ignored.")
    for side, one in zip(("left", "right"), both, strict=True):
        if one.result.unread:
            said.append(f"{plural(len(one.result.unread), 'statement')} of the {side} not understood and not compared.")
    return " ".join(said)
