"""The tool `benchmark_schema`: rows that follow a design's volumes, its workload on them, before and after indexes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import PurePath
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, Field

from dbdesign.api.answer import SHOWN, note_items, paged, plural, section, text_of
from dbdesign.api.arguments import Format, Overwrite, Page, Source, WriteTo
from dbdesign.api.benchmark_answer import BenchmarkSchemaAnswer
from dbdesign.api.call import Call
from dbdesign.api.files import stem_of
from dbdesign.api.paging import Item, chosen, paginate
from dbdesign.api.recent import Recent
from dbdesign.errors import AccessError, InputError

if TYPE_CHECKING:
    from dbdesign.api.source import Loaded
    from dbdesign.benchmark.benchmark import Outcome
    from dbdesign.benchmark.results import QueryResult, Run
    from dbdesign.model.profile import Profile

MOST_ROWS, MOST_SECONDS, MOST_CONNECTIONS, MOST_INDEXES = 200_000_000, 3600.0, 24, 100


_recent: Recent[Outcome] = Recent(2)


def _statements(value: Any) -> Any:
    """DDL given as one text, as a list of its statements."""
    return [part.strip() for part in value.split(";") if part.strip()] if isinstance(value, str) else value


def benchmark_schema(
    source: Source,
    *,
    rows: Annotated[
        float, Field(description="Rows in all tables together, such as 2000000; lookup tables keep their size.", gt=0)
    ] = 1e6,
    seconds: Annotated[float, Field(description="How long the workload runs.", gt=0, le=MOST_SECONDS)] = 10.0,
    connections: Annotated[int, Field(description="Connections that run it at once.", ge=1, le=MOST_CONNECTIONS)] = 4,
    indexes: Annotated[
        list[str],
        BeforeValidator(_statements),
        Field(description="CREATE INDEX statements: the workload runs again with them, and both runs are compared."),
    ] = [],  # noqa: B006 - never changed
    at: Annotated[
        str | None, Field(description="Horizon that the volumes grow to, such as 24mo. Today when left out.")
    ] = None,
    seed: Annotated[
        int, Field(description="Of the rows and of the parameters' values; the same gives the same.", ge=0)
    ] = 1,
    format: Format = None,  # noqa: A002
    write_to: WriteTo = None,
    overwrite: Overwrite = False,
    page: Page = 1,
    call: Call | None = None,
) -> BenchmarkSchemaAnswer:
    """Fill a PostgreSQL 18 of its own with rows that follow a design's volumes and measure its workload there.

    Rows satisfy every constraint of the schema and are made by the server: distinct counts, skew, value shares, NULLs and
    correlation as the design file says, proportional to its volumes. Queries run with values drawn from the rows, in the mix of their
    rates; writes are rolled back. Per query: p50/p95/p99, throughput, buffers, plan, estimated against actual rows, target met. With
    `indexes` the same again after building them. `write_to` a folder gets a Markdown and an HTML report. Nothing else is touched.
    """
    from dbdesign.api.source import load

    call = call or Call()
    indexes = _statements(indexes)
    _check(rows, seconds, connections, indexes)
    paths = _report_paths(write_to, source, call, overwrite=overwrite)
    loaded, months = load(source, _first_part(call), format=format), _months(at)
    key = sha256(
        f"{loaded.design.model_dump_json()} {rows} {seconds} {connections} {indexes} {months} {seed}".encode()
    ).hexdigest()
    profile = _profile(loaded, months)
    outcome = _recent.get(key) if page > 1 else None  # another page is of the same measurement
    if outcome is None:
        outcome = _measured(loaded, profile, call, int(rows), seconds, connections, tuple(indexes), seed)
        _recent.put(key, outcome)
    notes = _notes(outcome, loaded, seconds)
    call.step(0.97, "composing the answer")
    said = _summary(loaded, outcome)
    files = _written(paths, loaded, outcome, said, [*notes, *profile.assumptions], call, overwrite=overwrite)
    pages = paginate(list(_items(outcome, notes, profile)), call.tokens)
    items = chosen(pages, page)
    summary = paged(f"{said} Written: {', '.join(files)}." if files else said, page, len(pages))
    answer = {
        "summary": summary,
        "page": page,
        "pages": len(pages),
        "rows": outcome.loaded.rows,
        "bytes": outcome.loaded.bytes,
        "load_seconds": round(outcome.loaded.seconds, 2),
        "runs": [_run(one) for one in outcome.runs],
        **{
            name: section(items, name)
            for name in ("queries", "indexes", "problems", "tables", "notes", "assumptions", "plans")
        },
        "files": files,
        "proof": f"executed on PostgreSQL {outcome.version} with {outcome.loaded.rows:,} rows",
    }
    return BenchmarkSchemaAnswer.model_validate(answer).with_text(text_of(summary, items, _TITLES))


_TITLES = {
    "queries": "Queries",
    "indexes": "Indexes",
    "problems": "Not as wanted",
    "tables": "Tables",
    "plans": "Plans",
}


def _first_part(call: Call) -> Call:
    """The terms of the reading, which is a small part of the work."""
    return replace(call, progress=lambda done, said: call.progress(0.05 * done, said))


def _check(rows: float, seconds: float, connections: int, indexes: list[str]) -> None:
    if not 1 <= rows <= MOST_ROWS:
        raise InputError(f"{rows:g} is not between 1 and {MOST_ROWS:,}", where="rows", remedy="Write such as 2e6")
    if not 0 < seconds <= MOST_SECONDS:
        raise InputError(f"{seconds:g} is not between 0 and {MOST_SECONDS:g}", where="seconds")
    if not 1 <= connections <= MOST_CONNECTIONS:
        raise InputError(f"{connections} is not between 1 and {MOST_CONNECTIONS}", where="connections")
    if len(indexes) > MOST_INDEXES:
        raise InputError(f"{len(indexes)} statements are more than {MOST_INDEXES}", where="indexes")
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
    loaded: Loaded,
    profile: Profile,
    call: Call,
    rows: int,
    seconds: float,
    connections: int,
    indexes: tuple[str, ...],
    seed: int,
) -> Outcome:
    from dbdesign.benchmark.benchmark import Wanted, benchmark
    from dbdesign.benchmark.run import Plan
    from dbdesign.engines.cancellation import cancelled_by
    from dbdesign.writers.base import WriteOptions, writer

    ddl = writer("postgresql").write(loaded.design.schema_, WriteOptions(prove=False)).text
    wanted = Wanted(
        rows=rows, plan=Plan(seconds=seconds, connections=connections, seed=seed), indexes=indexes, seed=seed
    )
    with cancelled_by(call.cancelled):
        return benchmark(
            loaded.design, profile, ddl, wanted, tell=lambda done, said: call.step(0.05 + 0.9 * done, said)
        )


def _notes(outcome: Outcome, loaded: Loaded, seconds: float) -> list[str]:
    asked = sum(one.rate or 0.0 for one in loaded.design.workload.queries)
    said = [*outcome.loaded.notes]
    if asked:
        said.append(
            f"The workload asks for {asked:,.1f} executions a second; what was measured is what {outcome.runs[0].connections} connections "
            f"get in a closed loop, client and server on one machine."
        )
    said += [
        f"Of the times of the run {run.title!r}, what is not the queries': SELECT 1 among them took p50 {run.idle.p50:.2f}, "
        f"p95 {run.idle.p95:.2f}, p99 {run.idle.p99:.2f} ms (connections, client and server shared the machine's processors)."
        for run in outcome.runs
        if run.idle is not None
    ]
    if any(one.executions for one in outcome.runs[0].queries):
        said.append(
            f"The mix ran for {seconds:g} seconds; queries that it ran fewer than 100 times were run more often after it, for their "
            "percentiles alone. Writes ran in transactions that were rolled back, commits not counted in. Caches were warm."
        )
    elif not loaded.design.workload.queries:
        said.append("There is no workload: name the queries in a design file to have them measured.")
    return said


def _summary(loaded: Loaded, outcome: Outcome) -> str:
    tables, runs = outcome.loaded, outcome.runs
    said = [
        (
            f"{loaded.name}: {tables.rows:,} rows in {tables.filled} of {plural(len(tables.tables), 'table')} on PostgreSQL "
            f"{outcome.version}, {tables.bytes / 1024**2:,.0f} MB, loaded in {tables.seconds:.1f} s; "
            f"{plural(tables.foreign_keys, 'foreign key')} validated."
        )
    ]
    queries = runs[-1].queries
    if queries:
        change = " → ".join(f"{one.throughput:,.0f}" for one in runs)
        said.append(
            f"{plural(len(queries), 'query')} on {plural(runs[0].connections, 'connection')}: {change} executions per second."
        )
    aimed = [one for one in queries if one.target is not None]
    if aimed:
        missed = [one.name for one in aimed if one.met is False]
        met = " → ".join(f"{sum(one.met is True for one in run.queries)}" for run in runs)
        said.append(f"{met} of {len(aimed)} latency targets met{f'; missed: {_list(missed)}' if missed else ''}.")
    if failed := [one.name for one in queries if one.error]:
        said.append(f"Errors in {_list(failed)}.")
    if empty := [one.label for one in tables.tables if not one.rows]:
        said.append(f"Not filled: {_list(empty)}.")
    if tables.problems or outcome.refused:
        said.append(f"{plural(len(tables.problems) + len(outcome.refused), 'problem')} (see problems).")
    return " ".join(said)


def _list(names: list[str]) -> str:
    return f"{', '.join(names[:5])}{f' and {len(names) - 5} more' if len(names) > 5 else ''}"


def _items(outcome: Outcome, notes: list[str], profile: Profile) -> Iterator[Item]:
    for number in range(len(outcome.runs[0].queries)):
        value = _query(outcome.runs, number)
        yield Item("queries", value, _in_words(value))
    for one in outcome.indexes:
        built = (
            {"ddl": one.ddl, "error": one.error}
            if one.error
            else {"ddl": one.ddl, "bytes": one.bytes, "seconds": round(one.seconds, 3)}
        )
        yield Item("indexes", built, f"{one.ddl}: {one.error or f'{one.bytes:,} bytes, {one.seconds:.2f} s'}")
    for text in (*outcome.refused, *outcome.loaded.problems):
        yield Item("problems", text[:500], text[:500])
    yield from (Item("notes", item.value, item.text) for item in note_items(notes))
    yield from _table_items(outcome)
    yield from (Item("assumptions", item.value, item.text) for item in note_items(profile.assumptions[: 4 * SHOWN]))
    for run in outcome.runs:
        for query in run.queries:
            if query.plan is not None:
                yield Item(
                    "plans",
                    {"query": query.name, "run": run.title, "plan": query.plan.plan},
                    f"{query.name}, {run.title}: {' > '.join(query.plan.nodes)}",
                )


def _table_items(outcome: Outcome) -> Iterator[Item]:
    sizes = {one.label: one for one in outcome.sizes}
    for table in sorted(outcome.loaded.tables, key=lambda one: (one.rows > 0, one.reason is None)):
        size = sizes.get(table.label)
        value = {
            "name": table.label,
            "rows": table.rows,
            "wanted": table.wanted,
            "bytes": size.heap if size else 0,
            "index_bytes": size.indexes if size else 0,
            **({"reason": table.reason} if table.reason else {}),
            **({"notes": list(table.notes)} if table.notes else {}),
        }
        why = "".join(f"; {text}" for text in ([table.reason] if table.reason else []) + list(table.notes))
        yield Item("tables", value, f"{table.label}: {table.rows:,} rows{why}")


def _query(runs: tuple[Run, ...], number: int) -> dict[str, Any]:
    from dbdesign.benchmark.report import verdict

    one = runs[0].queries[number]
    return {
        "name": one.name,
        **({"target": verdict(one).split(":")[0]} if one.target else {}),
        **({"parameters": list(one.parameters)} if one.parameters else {}),
        "before": _measure(one),
        **({"after": _measure(runs[1].queries[number])} if len(runs) > 1 else {}),
    }


def _measure(one: QueryResult) -> dict[str, Any]:
    found: dict[str, Any] = {"executions": one.executions, "errors": one.errors}
    if one.error:
        found["error"] = one.error
    if one.latency is not None:
        times = {
            "mean_ms": one.latency.mean,
            "p50_ms": one.latency.p50,
            "p95_ms": one.latency.p95,
            "p99_ms": one.latency.p99,
            "max_ms": one.latency.maximum,
        }
        found |= {"per_second": round(one.throughput, 2), **{name: round(value, 4) for name, value in times.items()}}
        found |= {"rows": round(one.rows, 2)}
    if one.met is not None:
        found["met"] = one.met
    if one.plan is not None:
        found |= {"shared_hit": one.plan.hit, "shared_read": one.plan.read}
        found |= {"estimated_rows": one.plan.estimated, "actual_rows": one.plan.actual, "access": list(one.plan.nodes)}
    return found


def _in_words(value: dict[str, Any]) -> str:
    parts = []
    for title in ("before", "after"):
        one = value.get(title)
        if one is None:
            continue
        prefix = f"{title} " if "after" in value else ""
        if "p50_ms" not in one:
            parts.append(f"{prefix}not run: {one.get('error', 'no time')}")
            continue
        met = {True: ", target met", False: ", TARGET MISSED"}.get(one.get("met"), "")
        failed = f", {one['errors']} errors: {one['error']}" if one["errors"] else ""
        parts.append(
            f"{prefix}p50 {one['p50_ms']:.2f} / p95 {one['p95_ms']:.2f} / p99 {one['p99_ms']:.2f} ms, {one['per_second']:,.1f}/s, "
            f"rows {one.get('estimated_rows', 0):,.0f} estimated / {one.get('actual_rows', 0):,.0f} actual, "
            f"buffers {one.get('shared_hit', 0):,} hit / {one.get('shared_read', 0):,} read, "
            f"{' > '.join(one.get('access', ())[:4])}{met}{failed}"
        )
    return f"{value['name']}: {'; '.join(parts)}"


def _run(one: Run) -> dict[str, Any]:
    return {
        "title": one.title,
        "executions": one.executions,
        "seconds": round(one.seconds, 2),
        "connections": one.connections,
        "per_second": round(one.throughput, 1),
        **({"idle_p50_ms": round(one.idle.p50, 4), "idle_p99_ms": round(one.idle.p99, 4)} if one.idle else {}),
    }


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

    report = Report(loaded.name, summary, outcome, (*outcome.refused, *outcome.loaded.problems, *notes))
    makers = {".md": markdown, ".html": html}
    return [call.access.write_text(path, makers[suffix](report), overwrite=overwrite) for suffix, path in paths.items()]
