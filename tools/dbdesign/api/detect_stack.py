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
    skipped: list[UnseenOut]
    proof: str


_TITLES = {"technologies": "Technologies", "schemas": "Where the schema is declared", "skipped": "Not looked at"}


def detect_stack(
    path: Annotated[str, Field(description="Folder of a repository, or a part of it.")] = ".",
    *,
    page: Page = 1,
    call: Call | None = None,
) -> DetectStackAnswer:
    """Detect which databases, ORMs, query layers and migration tools a repository uses, with the lines that prove it.

    Says the role and version of each and where the schema is declared, from manifests, lock files, deployment, settings, connection
    strings, imports and migration folders; executes nothing. Call it first in a project that exists. Secrets are never shown.
    """
    from dbdesign.detect.detect import detect
    from dbdesign.readers.base import readers

    call = call or Call()
    folder = call.access.folder(path)
    detection = detect(folder, readable=frozenset({"sql", *readers()}), step=call.step)
    return _answer(detection, page, call)


def _answer(detection: Detection, page: int, call: Call) -> DetectStackAnswer:
    items = [_technology(one) for one in detection.technologies]
    items += [Item("schemas", one.model_dump(), f"{one.path} ({one.format})") for one in detection.schemas]
    items += [Item("skipped", one.model_dump(), f"{one.path}: {one.reason}") for one in detection.skipped]
    pages = paginate(items, call.tokens)
    shown = chosen(pages, page)
    summary = paged(_summary(detection), page, len(pages))
    return DetectStackAnswer.model_validate(
        {
            "summary": summary,
            "page": page,
            "pages": len(pages),
            "technologies": section(shown, "technologies"),
            "schemas": section(shown, "schemas"),
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


def _summary(detection: Detection) -> str:
    parts = [f"{plural(detection.files, 'file')} read."]
    for kind, title in (("engine", "Databases"), ("orm", "Object mappers"), ("migration", "Migrations")):
        found = [one for one in detection.technologies if one.kind == kind]
        named = ", ".join(f"{one.name} ({one.role})" if one.role != "primary" else one.name for one in found)
        parts.append(f"{title}: {named or 'none found'}.")
    if detection.schemas:
        parts.append(f"The schema is declared in {', '.join(one.path for one in detection.schemas[:3])}.")
    if detection.skipped:
        parts.append(
            f"{plural(len(detection.skipped), 'file or folder')} not looked at (see skipped).".replace(
                "file or folders", "files or folders"
            )
        )
    return " ".join(parts)
