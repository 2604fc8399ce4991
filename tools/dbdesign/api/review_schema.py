"""The tool `review_schema`: what is wrong with a schema, with evidence and the fix."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, Field

from dbdesign.api.answer import (
    Answer,
    UnreadOut,
    accounted,
    note_items,
    paged,
    place_of,
    plural,
    section,
    text_of,
    unread_items,
)
from dbdesign.api.arguments import EngineVersion, Format, Names, Page, Source
from dbdesign.api.call import Call
from dbdesign.api.paging import Item, chosen, paginate, shortened
from dbdesign.api.recent import Recent

if TYPE_CHECKING:
    from dbdesign.api.source import Loaded
    from dbdesign.model.finding import Finding, Severity
    from dbdesign.rules.review import Review, SuppressedFinding
    from dbdesign.rules.suppression import ReviewConfig

Detail = Literal["names", "summary", "full"]
Level = Literal["info", "low", "medium", "high"]


class FindingOut(BaseModel):
    """One defect. `names` gives rule, severity and object; `summary` adds the message; `full` evidence and fix."""

    rule: str = Field(description="its page is the resource dbdesign://rules/<rule>")
    severity: Level
    object: str
    message: str | None = None
    evidence: dict[str, Any] = Field(default_factory=dict)
    fix: str | None = Field(default=None, description="SQL that removes the cause, where a statement can")
    objects: list[str] = Field(
        default_factory=list, description="all objects with the same cause, where repeats are grouped"
    )
    object_count: int | None = None
    line: int | None = None
    path: str | None = Field(default=None, description="of the file that the line is of, where the source has several")


class SuppressedOut(BaseModel):
    """A finding that a comment or the configuration asked not to report."""

    rule: str
    object: str
    by: str
    reason: str = ""


class ReviewSchemaAnswer(Answer):
    """What `review_schema` answers."""

    engine: str
    format: str
    detail: Detail
    counts: dict[str, int] = Field(description="findings by severity, worst first")
    findings: list[FindingOut]
    suppressed: list[SuppressedOut] = Field(default_factory=list)
    below_minimum: dict[str, int] = Field(
        default_factory=dict, description="findings under the least severity, by rule"
    )
    problems: list[str] = Field(default_factory=list, description="what is wrong with suppressions and settings")
    unused_suppressions: list[str] = Field(default_factory=list)
    rules_run: int
    rules_skipped: dict[str, int] = Field(default_factory=dict, description="rules that were not run, by reason")
    unread: list[UnreadOut] = Field(description="what was not understood, and therefore not reviewed")
    notes: list[str] = Field(default_factory=list)
    proof: str


def review_schema(
    source: Source,
    *,
    format: Format = None,  # noqa: A002
    engine_version: EngineVersion = None,
    only: Annotated[list[str], Names, Field(description="Only these rules or families.")] = [],  # noqa: B006
    ignore: Annotated[list[str], Names, Field(description="Not these.")] = [],  # noqa: B006
    minimum: Annotated[Level | None, Field(description="From this severity on.")] = None,
    detail: Annotated[
        Detail | None,
        Field(description="names, summary or full (evidence, fix); what fits a page when left out."),
    ] = None,
    page: Page = 1,
    call: Call | None = None,
) -> ReviewSchemaAnswer:
    """Review a schema for defects: keys, types, constraints, indexes, naming, security, lifecycle, speed.

    Each finding has rule, severity, object, evidence and, where it can, the fix as SQL. With a design file (`engine`, `schema`, `workload`,
    `volumes` in YAML) queries and row counts are judged too, and `transactions` are run interleaved for anomalies.
    `-- dbdesign: allow <rule> <reason>` suppresses one; pages are at dbdesign://rules/<rule>.
    """
    answer, _, _ = reviewed(
        source,
        format=format,
        engine_version=engine_version,
        only=only,
        ignore=ignore,
        minimum=minimum,
        detail=detail,
        page=page,
        call=call or Call(),
    )
    return answer


def reviewed(
    source: str,
    *,
    format: str | None,  # noqa: A002
    engine_version: str | None,
    only: list[str],
    ignore: list[str],
    minimum: Level | None,
    detail: Detail | None,
    page: int,
    call: Call,
) -> tuple[ReviewSchemaAnswer, Review, Loaded]:
    """The answer together with the review itself, which a SARIF report needs."""
    from dbdesign.api.source import load
    from dbdesign.model.finding import Severity

    loaded = load(source, call, format=format, engine_version=engine_version, documents=True)
    call.step(0.65, "reviewing")
    result, ran = _reviewed(loaded, only, ignore, Severity(minimum) if minimum else None, call)
    beyond = _beyond_version(loaded)
    if ran or beyond:
        ran = (*beyond, *ran)
        read = loaded.result.model_copy(update={"notes": (*loaded.result.notes, *ran)})
        loaded = replace(loaded, result=read)
    call.step(0.95, "composing the answer")
    level, pages = _pages(loaded, result, detail, call.tokens)
    items = chosen(pages, page)
    summary = paged(_summary(loaded, result, level, beyond), page, len(pages))
    found = {
        "summary": summary,
        "page": page,
        "pages": len(pages),
        "engine": loaded.result.documents.engine if loaded.result.documents else loaded.result.schema_.engine.value,
        "format": loaded.format,
        "detail": level,
        "counts": {severity.value: count for severity, count in result.counts.items()},
        "findings": section(items, "findings"),
        "suppressed": section(items, "suppressed"),
        "below_minimum": dict(result.below_minimum),
        "problems": section(items, "problems"),
        "unused_suppressions": section(items, "unused_suppressions"),
        "rules_run": result.rules_run,
        "rules_skipped": dict(Counter(result.skipped.values())),
        "unread": section(items, "unread"),
        "notes": section(items, "notes"),
        "proof": str(loaded.result.proof),
    }
    return ReviewSchemaAnswer.model_validate(found).with_text(text_of(summary, items, _TITLES)), result, loaded


_recent: Recent[tuple[Review, tuple[str, ...]]] = Recent(2)
_TITLES = {
    "unread": "Not understood, and therefore not reviewed",
    "problems": "Problems with suppressions and settings",
}


def _reviewed(
    loaded: Loaded, only: list[str], ignore: list[str], minimum: Severity | None, call: Call
) -> tuple[Review, tuple[str, ...]]:
    """The review, and notes on what was run for it; the same one is not made again for the next page."""
    from dbdesign.api.document_review import review_documents, without_documents
    from dbdesign.integrity.pages import FOLDERS, pages
    from dbdesign.rules.review import Review, review

    config = _config(call)
    if loaded.result.documents is not None:
        return review_documents(loaded, only, ignore, minimum, config), ()
    config = without_documents(config)
    asked = (
        loaded.key,
        loaded.design.workload.model_dump_json(),
        loaded.design.lifecycle,
        only,
        ignore,
        minimum,
        config,
    )
    found = _recent.get(repr(asked)) if loaded.key else None
    if found is None:
        ours = {*pages(), *FOLDERS}
        rules = [one for one in only if one not in ours]
        if only and not rules:
            result = Review()
        else:
            result = review(
                loaded.design,
                only=rules,
                ignore=[one for one in ignore if one not in ours],
                minimum=minimum,
                config=config,
            )
        found = _with_runs(result, loaded, set(only), set(ignore), minimum, call)
        if loaded.key:
            _recent.put(repr(asked), found)
    return found


def _with_runs(
    result: Review, loaded: Loaded, only: set[str], ignore: set[str], minimum: Severity | None, call: Call
) -> tuple[Review, tuple[str, ...]]:
    """The review with what was found by running the design's transactions against each other, and of its lifecycle."""
    from dbdesign.api.lifecycle_findings import lifecycle_findings
    from dbdesign.api.transaction_findings import transaction_findings
    from dbdesign.integrity.pages import LIFECYCLE, TRANSACTIONS, pages

    said: list[str] = []
    kept: list[Finding] = []
    for family, there, find in (
        (TRANSACTIONS, bool(loaded.design.workload.transactions), transaction_findings),
        (LIFECYCLE, loaded.design.lifecycle is not None, lifecycle_findings),
    ):
        wanted = {name for name in pages(family) if not only or {name, family} & only} - ignore
        if family in ignore or not wanted or not there:
            continue
        found, notes = find(loaded.design, call, loaded.name)
        kept += [one for one in found if one.rule in wanted and (minimum is None or one.severity.rank >= minimum.rank)]
        said += notes
    findings = sorted((*result.findings, *kept), key=lambda one: -one.severity.rank)
    return result.model_copy(update={"findings": tuple(findings)}), tuple(said)


def _beyond_version(loaded: Loaded) -> tuple[str, ...]:
    """What the schema, which was executed on the newest PostgreSQL, says and the design's own version does not know."""
    from dbdesign.model.schema import Engine

    schema = loaded.result.schema_
    if loaded.result.documents is not None or schema.engine is not Engine.POSTGRESQL or schema.version is None:
        return ()
    from dbdesign.writers.postgresql.notes import Notes
    from dbdesign.writers.postgresql.versions import for_version

    lacking = Notes()
    for_version(schema, schema.version.partition(".")[0], lacking)
    return tuple(
        f"PostgreSQL {schema.version} does not have this: {one.object}: {one.lost}{f'; instead: {one.instead}' if one.instead else ''}"
        for one in lacking.all()
    )


def _config(call: Call) -> ReviewConfig | None:
    """The project's settings: `[review]` in dbdesign.toml, or `[tool.dbdesign.review]` in pyproject.toml, in the first root."""
    from dbdesign.api.text import decoded
    from dbdesign.rules.suppression import read_config

    for name in ("dbdesign.toml", "pyproject.toml"):
        if call.access.exists(name):
            return read_config(decoded(call.access.read_bytes(name), name)[0], where=name)
    return None


def _pages(
    loaded: Loaded, review: Review, detail: Detail | None, budget: int | None
) -> tuple[Detail, list[list[Item]]]:
    level: Detail = detail or "full"
    pages = paginate(_items(loaded, review, level, budget), budget)
    if detail is None and len(pages) > 1:
        level = "summary"
        pages = paginate(_items(loaded, review, level, budget), budget)
    return level, pages


def _items(loaded: Loaded, review: Review, detail: Detail, budget: int | None) -> list[Item]:
    unread, more_unread = unread_items(loaded)
    limit = budget * 0.3 if budget else float("inf")
    problems = [Item("problems", text, text) for text in review.problems]
    unused = [Item("unused_suppressions", str(one), f"suppresses nothing: {one}") for one in review.unused]
    items = [*problems, *unread]
    for finding in review.findings:
        value = _finding_json(finding, detail)
        item = Item("findings", value, _finding_text(value))
        if item.tokens > limit:
            value = _fitted(value)
            item = Item("findings", value, _finding_text(value))
        items.append(item)
    items += [_suppressed_item(one) for one in review.suppressed]
    return [*items, *unused, *note_items(loaded.result.notes), *more_unread]


_OBJECTS = 12


def _finding_json(finding: Finding, detail: Detail) -> dict[str, Any]:
    found: dict[str, Any] = {"rule": finding.rule, "severity": finding.severity.value, "object": finding.object}
    if len(finding.objects) > 1:
        found["object_count"] = len(finding.objects)
    if detail == "names":
        return found
    found["message"] = finding.message
    if finding.line is not None:
        found["line"] = finding.line
        if finding.path is not None:
            found["path"] = finding.path
    if detail == "summary":
        return found
    found |= {"evidence": dict(finding.evidence), "fix": finding.fix}
    if len(finding.objects) > 1:
        found["objects"] = list(finding.objects)
    return found


def _fitted(value: dict[str, Any]) -> dict[str, Any]:
    """A finding that would fill a page by itself: its lists and texts cut, which each of them says."""
    value = shortened(value, 4000)
    if len(value.get("objects", ())) > _OBJECTS:
        value["objects"] = [*value["objects"][:_OBJECTS], f"and {len(value['objects']) - _OBJECTS} more"]
    evidence = {
        name: [*one[:_OBJECTS], f"and {len(one) - _OBJECTS} more"]
        if isinstance(one, list) and len(one) > _OBJECTS
        else one
        for name, one in value.get("evidence", {}).items()
    }
    return {**value, **({"evidence": evidence} if evidence else {})}


def _finding_text(value: dict[str, Any]) -> str:
    more = f" and {value['object_count'] - 1} more" if "object_count" in value else ""
    line = f" ({place_of(value.get('path'), value['line'])})" if "line" in value else ""
    said = f"{value['severity']} {value['rule']}: {value['object']}{more}{line}"
    if "message" in value:
        said += f": {value['message']}"
    if value.get("evidence"):
        said += " [" + "; ".join(f"{name} {_plain(one)}" for name, one in value["evidence"].items()) + "]"
    if len(value.get("objects", ())) > 1:
        said += f"\n  all: {', '.join(value['objects'])}"
    if value.get("fix"):
        said += "\n  fix: " + value["fix"].replace("\n", "\n  ")
    return said


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_plain(one) for one in value)
    return f"{value:,.0f}" if isinstance(value, float) and value.is_integer() else str(value)


def _suppressed_item(one: SuppressedFinding) -> Item:
    value = {"rule": one.finding.rule, "object": one.finding.object, "by": str(one.by), "reason": one.by.reason[:300]}
    reason = f": {value['reason']}" if value["reason"] else ""
    return Item("suppressed", value, f"{value['rule']} on {value['object']} ({value['by']}){reason}")


def _summary(loaded: Loaded, review: Review, detail: Detail, beyond: tuple[str, ...]) -> str:
    by_severity = ", ".join(f"{count} {severity.value}" for severity, count in review.counts.items())
    found = f"{plural(len(review.findings), 'finding')} ({by_severity})" if review.findings else "no findings"
    by = f" by {plural(review.rules_run, 'rule')}" if review.rules_run else ""
    said = [f"{loaded.name} ({_what(loaded)}): {found}{by}."]
    if beyond:
        said.append(f"The schema says {plural(len(beyond), 'thing')} that its version does not have (see notes).")
    if review.findings:
        worst = Counter(finding.rule for finding in review.findings).most_common(4)
        said.append(f"Most frequent: {', '.join(f'{rule} {count}' for rule, count in worst)}.")
    if review.suppressed:
        said.append(f"{plural(len(review.suppressed), 'finding')} suppressed.")
    if below := sum(review.below_minimum.values()):
        said.append(f"{plural(below, 'finding')} below the least severity asked for.")
    if review.problems:
        said.append(f"{plural(len(review.problems), 'problem')} with suppressions or settings.")
    if loaded.result.documents is not None and not loaded.result.documents.pipelines:
        said.append(
            "No queries were given: those of a script for mongosh, or of a design file's `pipelines`, are judged too."
        )
    elif loaded.result.documents is None and not loaded.design.workload.queries and review.rules_run:
        said.append("No workload was given: rules that need one did not run.")
    if accounts := accounted(loaded):
        said.append(f"Of the source: {accounts}")
    return " ".join([*said, f"Detail: {detail}."])


def _what(loaded: Loaded) -> str:
    schema, documents = loaded.result.schema_, loaded.result.documents
    if documents is None:
        return f"{schema.engine.value}, {plural(len(schema.tables), 'table')}"
    parts = [documents.engine, plural(len(documents.collections), "collection")]
    return ", ".join([*parts, plural(len(documents.pipelines), "query")] if documents.pipelines else parts)
