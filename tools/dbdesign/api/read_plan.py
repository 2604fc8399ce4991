"""The tool `read_plan`: what an execution plan says, of any engine: where the time goes, what is wrong, and what to"
" do about it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from dbdesign.api.answer import paged, section, text_of
from dbdesign.api.arguments import Overwrite, Page
from dbdesign.api.call import Call
from dbdesign.api.paging import chosen, paginate
from dbdesign.api.plan_source import pick, plan_of, statement_text
from dbdesign.api.read_plan_answer import ReadPlanAnswer
from dbdesign.api.recent import Recent
from dbdesign.errors import AccessError, InputError
from dbdesign.plans.titles import TITLES

if TYPE_CHECKING:
    from collections.abc import Callable

    from dbdesign.api.read_plan_items import Reading

_recent: Recent[Reading] = Recent(3)

SECTIONS = {
    "plans": "",
    "comparison": "Comparison",
    "proposals": "Proposed indexes, tried on the twin",
    "rewrites": "The query in other words",
}


def read_plan(
    source: Annotated[
        str,
        Field(
            description="The plan: a path or the text as a client or log shows it; or `database:<name>` to have `query` explained there."
        ),
    ],
    *,
    query: Annotated[
        str | None, Field(description="The statement or its path; for `database:`, and to try remedies.")
    ] = None,
    schema: Annotated[
        str | None,
        Field(description="Schema or design file: tries indexes and rewrites of the query on the twin."),
    ] = None,
    against: Annotated[
        str | None,
        Field(description="An earlier plan of it: what changed."),
    ] = None,
    analyze: Annotated[
        bool,
        Field(description="Run the query, where the user allows it."),
    ] = False,
    write_to: Annotated[
        str | None,
        Field(description="Write .html, .svg, .mmd, or all three into a folder."),
    ] = None,
    overwrite: Overwrite = False,
    page: Page = 1,
    call: Call | None = None,
) -> ReadPlanAnswer:
    """Read an execution plan: where the time goes, what is wrong with it, what to do, proven where a schema is given.

    PostgreSQL, MySQL, MariaDB, SQL Server, SQLite, CockroachDB, TiDB, MongoDB, in any format, also as pasted or logged:
    exclusive times, ranked findings with remedies, hot path, tree. With `query` and `schema`, indexes are tried on the production twin and
    rewrites also for equal rows.
    """
    call = call or Call()
    key = repr((source, query, schema, against, analyze, write_to))
    found = _recent.get(key) if page > 1 else None
    if found is None:
        paths = _paths(write_to, source, call, overwrite=overwrite)
        found = _read(source, query, schema, against, analyze, call)
        found = _drawn(found, paths, call, overwrite=overwrite)
        _recent.put(key, found)
    return _answer(found, page, call)


def _read(
    source: str, query: str | None, schema: str | None, against: str | None, analyze: bool, call: Call
) -> Reading:
    from dbdesign.api.read_plan_items import Reading
    from dbdesign.plans.findings.base import findings_of

    statement = statement_text(query, call)
    text, name, live = plan_of(source, statement, call, analyze=analyze)
    call.step(0.2, "looking for what is wrong")
    findings = tuple(findings_of(plan, text.engine) for plan in text.plans)
    reading = Reading(text, findings, name, proof=(live,) if live else ())
    if against is not None:
        reading = _compared(reading, against, call)
    if schema is not None:
        reading = _tried(reading, statement, schema, call)
    return reading


def _compared(reading: Reading, against: str, call: Call) -> Reading:
    from dbdesign.plans.compare import compare

    other, name, _ = plan_of(against, None, call)
    if other.engine is not reading.text.engine:
        raise InputError(
            f"is a plan of {TITLES[other.engine.value]}, the other one of {TITLES[reading.text.engine.value]}",
            where="against",
            remedy="Give two plans of the same engine",
        )
    before = pick(other, name, "against")
    after = pick(reading.text, reading.name, "source")
    return replace(reading, comparison=compare(before, after))


def _tried(reading: Reading, statement: str | None, schema: str, call: Call) -> Reading:
    from dbdesign.api.plan_trial import try_out

    plan = pick(reading.text, reading.name, "source")
    findings = reading.findings[reading.text.plans.index(plan)]
    trial = try_out(plan, reading.text.engine, findings, call, query=statement, schema=schema)
    return replace(
        reading,
        proposals=trial.proposals,
        rewrites=trial.rewrites,
        notes=(*reading.notes, *trial.notes),
        proof=(*reading.proof, *trial.proof),
    )


_DRAWN = (".html", ".svg", ".mmd")


def _paths(write_to: str | None, source: str, call: Call, *, overwrite: bool) -> dict[str, str]:
    """Where the pictures go, by suffix, refused before any work is done."""
    from dbdesign.api.files import stem_of

    if write_to is None:
        return {}
    if not write_to.strip():
        raise InputError("is empty", where="write_to", remedy="Name a file or a folder, or leave it out")
    suffix = PurePath(write_to).suffix.lower()
    if write_to.endswith("/") or call.access.is_folder(write_to):
        stem = stem_of(source) if len(source) < 1000 and "\n" not in source else "plan"
        paths = {one: str(PurePath(write_to) / f"{'plan' if stem == 'schema' else stem}{one}") for one in _DRAWN}
    elif suffix in _DRAWN:
        paths = {suffix: write_to}
    else:
        raise InputError(
            f"{write_to!r} is neither a folder nor a .html, .svg or .mmd file",
            where="write_to",
            remedy="End a folder's name with /",
        )
    if there := [path for path in paths.values() if not overwrite and call.access.exists(path)]:
        raise AccessError(
            "the file exists already",
            where=", ".join(there),
            remedy="Choose another path, or say overwrite=true (--overwrite)",
        )
    return paths


def _drawn(reading: Reading, paths: dict[str, str], call: Call, *, overwrite: bool) -> Reading:
    if not paths:
        return reading
    from dbdesign.api.read_plan_items import summary_of
    from dbdesign.plans import picture

    call.step(0.95, "drawing")
    plan, findings = max(
        zip(reading.text.plans, reading.findings, strict=True),
        key=lambda pair: pair[0].total_ms or pair[0].root.total_cost or 0.0,
    )
    heading = f"{TITLES[reading.text.engine.value]} plan"
    lines = [reading.comparison.summary] if reading.comparison else []
    makers: dict[str, Callable[[], str]] = {
        ".html": lambda: picture.page(
            list(zip(reading.text.plans, reading.findings, strict=True)),
            heading=heading,
            summary=summary_of(reading),
            lines=lines,
        ),
        ".svg": lambda: picture.svg(plan, findings) + "\n",
        ".mmd": lambda: picture.mermaid(plan, findings),
    }
    files = [call.access.write_text(path, makers[suffix](), overwrite=overwrite) for suffix, path in paths.items()]
    return replace(reading, files=tuple(files))


def _answer(reading: Reading, page: int, call: Call) -> ReadPlanAnswer:
    from dbdesign.api.read_plan_items import items_of, summary_of

    pages = paginate(items_of(reading, call.tokens), call.tokens)
    items = chosen(pages, page)
    summary = summary_of(reading)
    if reading.files:
        summary += f" Written: {', '.join(reading.files)}."
    summary = paged(summary, page, len(pages))
    found: dict[str, Any] = {"summary": summary, "page": page, "pages": len(pages)}
    found |= {"engine": reading.text.engine.value, "format": reading.text.format}
    if reading.text.pasted_as:
        found["pasted_as"] = list(reading.text.pasted_as)
    for name in ("plans", "proposals", "rewrites", "notes"):
        found[name] = section(items, name)
    for one in section(items, "comparison"):
        found["comparison"] = one
    if reading.files:
        found["files"] = list(reading.files)
    found["proof"] = "; ".join(("computed from the plan", *reading.proof))
    return ReadPlanAnswer.model_validate(found).with_text(text_of(summary, items, SECTIONS))
