"""The tool `detect_stack`: which databases, ORMs and migration tools a repository uses, with the lines that prove it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, Field

from dbdesign.api.answer import Answer, paged, plural, section, text_of
from dbdesign.api.arguments import Page
from dbdesign.api.call import Call
from dbdesign.api.paging import Item, chosen, paginate

if TYPE_CHECKING:
    from dbdesign.model.detection import Detection, Evidence, Technology


class EvidenceOut(BaseModel):
    """A line that speaks for a technology, or against it."""

    path: str
    line: int | None = None
    text: str = Field(description="the line, secrets hidden")
    tier: str = Field(description="A decides, B is strong, C is weak alone")


class TechnologyOut(BaseModel):
    """A technology in use."""

    name: str
    family: str
    kind: str = Field(description="engine, orm or migration")
    role: str = Field(
        description="primary, alternative, cache, queue, search, analytics, optional, target (of its users), test"
    )
    version: str | None = Field(default=None, description="as locked, else as declared; an engine's from its image")
    declared: str | None = None
    confidence: float
    component: str = Field(description="folder of the package that uses it")
    components: list[str] = Field(default_factory=list)
    evidence: list[EvidenceOut]
    counter_evidence: list[EvidenceOut] = Field(default_factory=list)


class SchemaOut(BaseModel):
    """A file or folder that declares the schema."""

    path: str
    format: str
    readable: bool = Field(description="whether read_schema takes it")


class UnseenOut(BaseModel):
    """A file or folder that was not looked at."""

    path: str
    reason: str


class DetectStackAnswer(Answer):
    """What `detect_stack` answers."""

    technologies: list[TechnologyOut]
    schemas: list[SchemaOut]
    patterns: list[str] = Field(
        default_factory=list, description="pages that apply: the resources dbdesign://patterns/<name>"
    )
    skipped: list[UnseenOut]
    proof: str


_TITLES = {
    "technologies": "Technologies",
    "schemas": "Where the schema is declared",
    "patterns": "Patterns that apply",
    "skipped": "Not looked at",
}
_NOT_ITS_OWN = frozenset({"target", "test"})
"""Roles of databases that are not the application's own store."""


def detect_stack(
    path: Annotated[str, Field(description="Folder of a repository, or a part of it.")] = ".",
    *,
    page: Page = 1,
    call: Call | None = None,
) -> DetectStackAnswer:
    """Detect which databases, ORMs, query layers and migration tools a repository uses, with the lines that prove it.

    Says role and version of each and where the schema is declared; executes nothing, shows no secret. Call it first in a project that
    exists.
    """
    from dbdesign.api.migration_history import ALIASES, TOOLS
    from dbdesign.detect.detect import detect
    from dbdesign.readers.base import readers, source_readers

    call = call or Call()
    folder = call.access.folder(path)
    readable = frozenset({"sql", *readers(), *source_readers(), *TOOLS, *ALIASES})
    detection = detect(folder, readable=readable, step=call.step)
    return _answer(detection, path, page, call)


def _answer(detection: Detection, path: str, page: int, call: Call) -> DetectStackAnswer:
    items = [_technology(one) for one in detection.technologies]
    items += [Item("schemas", one.model_dump(), f"{one.path} ({one.format})") for one in detection.schemas]
    items += [Item("patterns", name, f"dbdesign://patterns/{name}") for name in _patterns(detection)]
    items += [Item("skipped", one.model_dump(), f"{one.path}: {one.reason}") for one in detection.skipped]
    pages = paginate(items, call.tokens)
    shown = chosen(pages, page)
    summary = paged(_summary(detection, path), page, len(pages))
    return DetectStackAnswer.model_validate(
        {
            "summary": summary,
            "page": page,
            "pages": len(pages),
            "technologies": section(shown, "technologies"),
            "schemas": section(shown, "schemas"),
            "patterns": section(shown, "patterns"),
            "skipped": section(shown, "skipped"),
            "proof": "read statically, nothing executed",
        }
    ).with_text(text_of(summary, shown, _TITLES))


def _technology(one: Technology) -> Item:
    value: dict[str, Any] = one.model_dump(exclude_none=True)
    for empty in ("components", "counter_evidence"):
        if not value[empty]:
            del value[empty]
    version = f" {one.version}" if one.version else ""
    lines = [f"{one.name}{version}: {one.kind}, {one.role}, {one.confidence:.0%} sure, in {one.component}"]
    lines += [f"    {said}" for said in map(_line, one.evidence[:4])]
    lines += [f"    but: {said}" for said in map(_line, one.counter_evidence[:2])]
    return Item("technologies", value, "\n".join(lines))


def _line(one: Evidence) -> str:
    place = f"{one.path}:{one.line}" if one.line else one.path
    return f"[{one.tier}] {place}: {one.text}"


def _patterns(detection: Detection) -> list[str]:
    """The pages for what the repository itself uses, in the order in which the technologies stand."""
    from dbdesign.frameworks import page_of

    own = (page_of(one.name) for one in detection.technologies if one.role not in _NOT_ITS_OWN)
    return list(dict.fromkeys(name for name in own if name))


def _for_reading(detection: Detection, path: str) -> str | None:
    """How read_schema is called for the most telling place of the schema: models before histories before scripts."""
    from dbdesign.api.migration_history import ALIASES, TOOLS
    from dbdesign.readers.base import source_readers

    def rank(format_: str) -> int:
        return 0 if format_ in source_readers() else 1 if format_ in {*TOOLS, *ALIASES} else 2

    found = sorted((one for one in detection.schemas if one.readable), key=lambda one: rank(one.format))
    if not found:
        return None
    first = found[0]
    place = first.path if path in {"", "."} else f"{path.rstrip('/')}/{first.path}" if first.path != "." else path
    given = f"source={place}" + (f" format={first.format}" if first.format != "sql" else "")
    return f"read_schema takes {given}{' and others (see schemas)' if len(found) > 1 else ''}."


def _summary(detection: Detection, path: str) -> str:
    parts = [f"{plural(detection.files, 'file')} read."]
    for kind, title in (("engine", "Databases"), ("orm", "Object mappers"), ("migration", "Migrations")):
        found = [one for one in detection.technologies if one.kind == kind]
        named = ", ".join(f"{one.name} ({one.role})" if one.role != "primary" else one.name for one in found)
        parts.append(f"{title}: {named or 'none found'}.")
    if detection.schemas:
        parts.append(f"The schema is declared in {', '.join(one.path for one in detection.schemas[:3])}.")
    if (said := _for_reading(detection, path)) is not None:
        parts.append(said)
    if detection.skipped:
        parts.append(
            f"{plural(len(detection.skipped), 'file or folder')} not looked at (see skipped).".replace(
                "file or folders", "files or folders"
            )
        )
    return " ".join(parts)
