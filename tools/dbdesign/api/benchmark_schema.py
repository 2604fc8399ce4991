"""The tool `benchmark_schema`: rows that follow a design's volumes, its workload on them, before and after indexes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import PurePath
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, Field

from dbdesign.api import benchmark_items as composing
from dbdesign.api.advise_indexes import Budget, advised_ddl, bytes_of
from dbdesign.api.answer import paged, section, text_of
from dbdesign.api.arguments import Format, Overwrite, Page, Source, WriteTo
from dbdesign.api.benchmark_answer import BenchmarkSchemaAnswer
from dbdesign.api.call import Call
from dbdesign.api.files import stem_of
from dbdesign.api.paging import chosen, paginate
from dbdesign.api.recent import Recent
from dbdesign.errors import AccessError, InputError

if TYPE_CHECKING:
    from dbdesign.api.benchmark_server import Beside
    from dbdesign.api.source import Loaded
    from dbdesign.benchmark.benchmark import Outcome
    from dbdesign.benchmark.place import Place
    from dbdesign.model.profile import Profile

MOST_ROWS, MOST_SECONDS, MOST_CONNECTIONS, MOST_INDEXES = 200_000_000, 3600.0, 24, 100


_recent: Recent[tuple[Outcome, tuple[str, ...]]] = Recent(2)
"""Outcomes with the notes on the advice."""


@dataclass(frozen=True)
class Request:
    """What is asked of a benchmark; as the arguments of `benchmark_schema`.

    Attributes:
        place: where it runs, if not on a server of its own.
        beside: another server that gets the same rows and queries, to be compared with the one of its own.
    """

    source: str
    rows: float = 1e6
    seconds: float = 10.0
    connections: int = 4
    indexes: tuple[str, ...] = ()
    advise: bool = False
    budget: str | None = None
    at: str | None = None
    seed: int = 1
    format: str | None = None
    write_to: str | None = None
    overwrite: bool = False
    page: int = 1
    place: Place | None = None
    beside: Beside | None = None


def _statements(value: Any) -> Any:
    """DDL given as one text, as a list of its statements."""
    return [part.strip() for part in value.split(";") if part.strip()] if isinstance(value, str) else value


def _counted(value: Any) -> Any:
    """`500k` and `2M` as numbers, as in a design file; pydantic turns the ValueError of another text into a message."""
    from dbdesign.model.quantity import count

    return count(value) if isinstance(value, str) else value


def benchmark_schema(
    source: Source,
    *,
    rows: Annotated[float, BeforeValidator(_counted), Field(description="In all tables together.", gt=0)] = 1e6,
    seconds: Annotated[float, Field(description="Of the workload's run.", gt=0, le=MOST_SECONDS)] = 10.0,
    connections: Annotated[int, Field(description="At once.", ge=1, le=MOST_CONNECTIONS)] = 4,
    indexes: Annotated[
        list[str],
        BeforeValidator(_statements),
        Field(description="CREATE INDEX …"),
    ] = [],  # noqa: B006 - never changed
    advise: Annotated[
        bool,
        Field(description="The same with what advise_indexes finds."),
    ] = False,
    budget: Budget = None,
    at: Annotated[str | None, Field(description="Horizon, such as 24mo.")] = None,
    seed: Annotated[int, Field(description="Of rows and parameters.", ge=0)] = 1,
    format: Format = None,  # noqa: A002
    write_to: WriteTo = None,
    overwrite: Overwrite = False,
    page: Page = 1,
    call: Call | None = None,
) -> BenchmarkSchemaAnswer:
    """Fill a PostgreSQL 18 of its own with rows that follow a design's volumes and measure its workload there.

    Rows satisfy every constraint and follow the design's distributions. Per query: p50/p95/p99, throughput, buffers, plan, target met, what
    the twin had said; with `indexes` or `advise` again after building them. `write_to` a folder gets reports.
    """
    wanted = Request(
        source,
        rows,
        seconds,
        connections,
        tuple(_statements(indexes)),
        advise or budget is not None,
        budget,
        at,
        seed,
        format,
        write_to,
        overwrite,
        page,
    )
    return benchmarked(wanted, call or Call())


def benchmarked(wanted: Request, call: Call) -> BenchmarkSchemaAnswer:
    """What `benchmark_schema` does, wherever it is to run."""
    from dbdesign.api.source import load

    _check(wanted)
    if wanted.place is not None:
        wanted.place.check()
    paths = _report_paths(wanted.write_to, wanted.source, call, overwrite=wanted.overwrite)
    loaded, months = load(wanted.source, _part(call, 0.0, 0.05), format=wanted.format), _months(wanted.at)
    original = loaded
    if wanted.beside is not None:
        from dbdesign.api.design_translation import as_postgresql

        loaded = as_postgresql(original)
    profile = _profile(loaded, months)
    found = _recent.get(_key(loaded, wanted)) if wanted.page > 1 else None  # another page is of the same measurement
    if found is None:
        found = _measured(loaded, original, profile, months, wanted, call)
        _recent.put(_key(loaded, wanted), found)
    outcome, advice = found
    notes = [*advice, *composing.notes(outcome, loaded, wanted.seconds)]
    call.step(0.97, "composing the answer")
    said = composing.summary(loaded, outcome)
    files = _written(paths, loaded, outcome, said, [*notes, *profile.assumptions], call, overwrite=wanted.overwrite)
    pages = paginate(list(composing.items(outcome, notes, profile)), call.tokens)
    items = chosen(pages, wanted.page)
    summary = paged(f"{said} Written: {', '.join(files)}." if files else said, wanted.page, len(pages))
    answer = {
        "summary": summary,
        "page": wanted.page,
        "pages": len(pages),
        "rows": outcome.loaded.rows,
        "bytes": outcome.loaded.bytes,
        "load_seconds": round(outcome.loaded.seconds, 2),
        "checksum": outcome.loaded.checksum,
        "runs": [composing.run(one) for one in outcome.runs],
        **{
            name: section(items, name)
            for name in ("queries", "indexes", "problems", "tables", "notes", "assumptions", "plans")
        },
        "files": files,
        "proof": f"executed on PostgreSQL {outcome.version} with {outcome.loaded.rows:,} rows"
        + (f" in {outcome.place}" if wanted.place else ""),
    }
    if outcome.other is None:
        return BenchmarkSchemaAnswer.model_validate(answer).with_text(text_of(summary, items, _TITLES))
    from dbdesign.api import benchmark_server_items as beside

    return beside.answer(answer, outcome.other, items).with_text(text_of(summary, items, _TITLES | beside.TITLES))


def _key(loaded: Loaded, wanted: Request) -> str:
    asked = replace(wanted, source="", write_to=None, overwrite=False, page=1)
    return sha256(f"{loaded.design.model_dump_json()} {asked}".encode()).hexdigest()


_TITLES = {
    "queries": "Queries",
    "indexes": "Indexes",
    "problems": "Not as wanted",
    "tables": "Tables",
    "plans": "Plans",
}


def _part(call: Call, low: float, high: float) -> Call:
    """The terms of a part of the work, from one share of it to another."""
    return replace(call, progress=lambda done, said: call.progress(low + (high - low) * done, said))


def _check(wanted: Request) -> None:
    rows, seconds, connections, indexes = wanted.rows, wanted.seconds, wanted.connections, wanted.indexes
    if not 1 <= rows <= MOST_ROWS:
        raise InputError(f"{rows:g} is not between 1 and {MOST_ROWS:,}", where="rows", remedy="Write such as 2e6")
    if not 0 < seconds <= MOST_SECONDS:
        raise InputError(f"{seconds:g} is not between 0 and {MOST_SECONDS:g}", where="seconds")
    if not 1 <= connections <= MOST_CONNECTIONS:
        raise InputError(f"{connections} is not between 1 and {MOST_CONNECTIONS}", where="connections")
    if len(indexes) > MOST_INDEXES:
        raise InputError(f"{len(indexes)} statements are more than {MOST_INDEXES}", where="indexes")
    if indexes and wanted.advise:
        raise InputError("goes without indexes", where="advise", remedy="Name the indexes, or have them advised")
    if wanted.budget is not None:
        bytes_of(wanted.budget)
    for ddl in indexes:
        if not ddl.lower().lstrip().startswith(("create index", "create unique index", "drop index")):
            raise InputError(
                f"{ddl[:60]!r} does not create or drop an index", where="indexes", remedy="Write CREATE INDEX …"
            )


def _months(at: str | None) -> float:
    from dbdesign.model.quantity import months

    try:
        return months(at) if at else 0.0
    except ValueError as error:
        raise InputError(str(error), where="at") from None


def _report_paths(write_to: str | None, source: str, call: Call, *, overwrite: bool) -> dict[str, str]:
    """Where the reports go, by suffix, refused before any work is done."""
    if write_to is None:
        return {}
    if not write_to.strip():
        raise InputError("is empty", where="write_to", remedy="Name a folder, or leave it out")
    suffix = PurePath(write_to).suffix.lower()
    if write_to.endswith("/") or call.access.is_folder(write_to):
        stem = stem_of(source if len(source) < 1000 and "\n" not in source else "schema")
        paths = {one: str(PurePath(write_to) / f"{stem}.benchmark{one}") for one in (".md", ".html")}
    elif suffix in {".md", ".html"}:
        paths = {suffix: write_to}
    else:
        raise InputError(
            f"{write_to!r} is neither a folder nor a .md or .html file",
            where="write_to",
            remedy="End a folder's name with /",
        )
    there = [path for path in paths.values() if not overwrite and call.access.exists(path)]
    if there:
        raise AccessError(
            "the file exists already", where=", ".join(there), remedy="Choose another path, or say overwrite=true"
        )
    return paths


def _profile(loaded: Loaded, months: float) -> Profile:
    from dbdesign.model.schema import Engine
    from dbdesign.twin.profiles import resolve

    if loaded.design.schema_.engine is not Engine.POSTGRESQL:
        raise InputError(
            f"the schema is for {loaded.design.schema_.engine.value}; benchmarks run on PostgreSQL",
            where=loaded.name,
            remedy="Generate it for postgresql first and benchmark that",
        )
    return resolve(loaded.design, months=months)


def _measured(
    loaded: Loaded, original: Loaded, profile: Profile, months: float, wanted: Request, call: Call
) -> tuple[Outcome, tuple[str, ...]]:
    """The outcome, and what to know of the advice."""
    from dbdesign.api.relocation import relocated
    from dbdesign.benchmark.benchmark import Wanted, benchmark
    from dbdesign.benchmark.run import Plan
    from dbdesign.engines.cancellation import cancelled_by
    from dbdesign.writers.base import WriteOptions, writer

    with cancelled_by(call.cancelled):
        indexes, begun = wanted.indexes, 0.05
        advice: tuple[str, ...] = ()
        if wanted.advise:
            begun = 0.25
            indexes, advice = advised_ddl(loaded, months, wanted.budget, _part(call, 0.05, begun))
        design = loaded.design
        ddl = writer("postgresql").write(design.schema_, WriteOptions(prove=False)).text
        if wanted.place is not None:
            design, ddl, indexes, notes = relocated(design, ddl, indexes, wanted.place)
            advice += notes
        elsewhere = wanted.beside.elsewhere(original, loaded, indexes) if wanted.beside else None
        asked = Wanted(
            rows=int(wanted.rows),
            plan=Plan(seconds=wanted.seconds, connections=wanted.connections, seed=wanted.seed),
            indexes=indexes,
            seed=wanted.seed,
            place=wanted.place,
            elsewhere=elsewhere,
        )
        measuring = _part(call, begun, 0.95)
        return benchmark(design, profile, ddl, asked, tell=measuring.step), advice


def _written(
    paths: dict[str, str],
    loaded: Loaded,
    outcome: Outcome,
    summary: str,
    notes: list[str],
    call: Call,
    *,
    overwrite: bool,
) -> list[str]:
    from dbdesign.benchmark.report import Report, html, markdown

    problems = (*outcome.refused, *outcome.loaded.problems, *outcome.unpredicted)
    report = Report(loaded.name, summary, outcome, (*problems, *notes))
    makers = {".md": markdown, ".html": html}
    return [call.access.write_text(path, makers[suffix](report), overwrite=overwrite) for suffix, path in paths.items()]
