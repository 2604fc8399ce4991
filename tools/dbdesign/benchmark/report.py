"""A benchmark's report: as Markdown, and as one HTML page with plots that needs nothing from anywhere."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from dbdesign.benchmark.benchmark import Outcome, TableSize
from dbdesign.benchmark.figures import cell, ms, size
from dbdesign.benchmark.report_servers import CAVEAT, html_server, markdown_server
from dbdesign.benchmark.report_twin import MISSED, SAID, html_twin, markdown_twin
from dbdesign.benchmark.results import PlanFacts, QueryResult, Run, factor
from dbdesign.benchmark.style import STYLE
from dbdesign.benchmark.svg import Bar, Group, bars

LARGEST = 20
"""Tables that the plot of sizes shows."""


@dataclass(frozen=True)
class Report:
    """What a report says beside the outcome.

    Attributes:
        title: what was benchmarked.
        summary: one paragraph.
        notes: what to know, a sentence each.
    """

    title: str
    summary: str
    outcome: Outcome
    notes: tuple[str, ...] = ()


def estimate(plan: PlanFacts) -> str:
    """`48 / 17`, with the factor where it is large."""
    missed = factor(plan.estimated, plan.actual)
    return f"{plan.estimated:,.0f} / {plan.actual:,.0f}" + (f" (×{missed:,.0f})" if missed >= MISSED else "")


def verdict(one: QueryResult) -> str:
    """Whether the target was met, with the target."""
    if one.target is None:
        return "–"
    said = f"p{one.target.percentile:g} ≤ {one.target.milliseconds:g} ms"
    return f"{said}: {'not measured' if one.met is None else 'met' if one.met else f'missed ({ms(one.at_target or 0)} ms)'}"


# -- Markdown ---------------------------------------------------------------------------------------------------------------


def markdown(report: Report) -> str:
    """The report as Markdown."""
    return "\n".join(_markdown(report)) + "\n"


def _markdown(report: Report) -> Iterator[str]:
    outcome = report.outcome
    yield f"# Benchmark of {report.title}\n\n{report.summary}\n"
    for run in outcome.runs:
        yield f"## {_titled(run)}\n"
        said = f"{run.executions:,} executions in {run.seconds:.1f} s on {run.connections} connections"
        yield f"{said}: {run.throughput:,.0f} per second.{_idle(run)}\n"
        yield (
            "| query | executions | per second | p50 ms | p95 ms | p99 ms | max ms | rows | buffers hit / read "
            "| estimated / actual rows | target |"
        )
        yield "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|"
        for one in run.queries:
            yield f"| {' | '.join(cell(text) for text in _cells(one))} |"
        yield ""
        for one in run.queries:
            if one.error:
                yield (
                    f"- {one.name}: {one.errors:,} errors: {one.error}"
                    if one.errors
                    else f"- {one.name}: not run: {one.error}"
                )
        yield ""
    yield from _markdown_indexes(outcome)
    if outcome.other is not None:
        yield from markdown_server(outcome.runs, outcome.other)
    yield from markdown_twin(outcome.runs)
    yield "## Plans\n"
    for number, one in enumerate(outcome.runs[-1].queries):
        before = outcome.runs[0].queries[number].plan
        if one.plan is not None and before is not None:
            changed = (
                f"{_access(before)} → {_access(one.plan)}"
                if _access(before) != _access(one.plan)
                else _access(one.plan)
            )
            yield f"- **{one.name}**: {changed}. Parameters: {', '.join(one.parameters) or 'none'}."
    yield "\n## Tables\n\n| table | wanted | rows | data | indexes | |\n|---|--:|--:|--:|--:|---|"
    sizes = {one.label: one for one in outcome.sizes}
    for table in outcome.loaded.tables:
        found = sizes.get(table.label, TableSize(table.label, table.rows, 0, 0))
        remark = "; ".join([*([table.reason] if table.reason else []), *table.notes])
        yield f"| {table.label} | {table.wanted:,} | {table.rows:,} | {size(found.heap)} | {size(found.indexes)} | {cell(remark)} |"
    yield "\n## Notes\n"
    for note in report.notes:
        yield f"- {note}"


def _idle(run: Run) -> str:
    found = run.idle
    return (
        f" SELECT 1 among them took p50 {ms(found.p50)}, p95 {ms(found.p95)}, p99 {ms(found.p99)} ms." if found else ""
    )


def _titled(run: Run) -> str:
    return {"before": "Before the indexes", "after": "After the indexes"}.get(run.title, "Workload")


def _cells(one: QueryResult) -> list[str]:
    found = one.latency
    times = [ms(found.p50), ms(found.p95), ms(found.p99), ms(found.maximum)] if found else ["–"] * 4
    buffers = f"{one.plan.hit:,} / {one.plan.read:,}" if one.plan else "–"
    rows = estimate(one.plan) if one.plan else "–"
    return [
        one.name,
        f"{one.executions:,}",
        f"{one.throughput:,.1f}",
        *times,
        f"{one.rows:,.1f}",
        buffers,
        rows,
        verdict(one),
    ]


def _markdown_indexes(outcome: Outcome) -> Iterator[str]:
    if outcome.indexes:
        yield "## Indexes of the second run\n"
    for one in outcome.indexes:
        said = f"refused: {one.error}" if one.error else f"{size(one.bytes)}, built in {one.seconds:.2f} s"
        yield f"- `{' '.join(one.ddl.split())}`: {said}"
    yield ""


def _access(plan: PlanFacts) -> str:
    """How a plan reaches its tables."""
    found = [node for node in plan.nodes if " on " in node and not node.startswith("Bitmap Heap Scan")]
    return ", ".join(dict.fromkeys(found)) or plan.nodes[0]


# -- HTML -------------------------------------------------------------------------------------------------------------------


def html(report: Report) -> str:
    """The report as one page."""
    body = "".join(_html(report))
    title = escape(f"Benchmark of {report.title}")
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{title}</title><style>{STYLE}</style></head><body><main>{body}</main></body></html>\n"
    )


def _html(report: Report) -> Iterator[str]:
    outcome = report.outcome
    yield f"<h1>Benchmark of {escape(report.title)}</h1><p class='soft'>{escape(report.summary)}</p>{_tiles(outcome)}"
    yield _section(
        "Latency",
        "Milliseconds as the client saw them; the axis is logarithmic.",
        _key(outcome.runs) + _latency_plot(outcome.runs),
    )
    yield _section(
        "Throughput", "Executions per second in the mix of the queries' rates.", _throughput_plot(outcome.runs)
    )
    for run in outcome.runs:
        said = f"{run.executions:,} executions in {run.seconds:.1f} s on {run.connections} connections.{_idle(run)}"
        yield _section(_titled(run), said, _table(run))
    if outcome.indexes:
        yield _section("Indexes of the second run", "", _indexes(outcome))
    if outcome.other is not None:
        title = f"{outcome.other.title} beside the embedded server"
        yield _section(title, CAVEAT, html_server(outcome.runs, outcome.other))
    yield _section("The twin beside the truth", SAID, html_twin(outcome.runs))
    yield _section("Plans", "One execution each, explained; estimated against actual rows.", _plans(outcome))
    yield _section(
        "Tables",
        f"{outcome.loaded.rows:,} rows, {size(outcome.loaded.bytes)}.",
        _sizes_plot(outcome) + _tables(outcome),
    )
    yield _section("Notes", "", f"<ul>{''.join(f'<li>{escape(note)}</li>' for note in report.notes)}</ul>")


def _section(title: str, said: str, inner: str) -> str:
    about = f"<p class='soft'>{escape(said)}</p>" if said else ""
    return f"<section><h2>{escape(title)}</h2>{about}{inner}</section>" if inner else ""


def _tiles(outcome: Outcome) -> str:
    first, last = outcome.runs[0], outcome.runs[-1]
    change = f"{first.throughput:,.0f} → {last.throughput:,.0f}" if len(outcome.runs) > 1 else f"{last.throughput:,.0f}"
    aimed = [one for one in last.queries if one.target is not None]
    met = " → ".join(str(sum(one.met is True for one in run.queries)) for run in outcome.runs)
    tiles = [
        (f"{outcome.loaded.rows:,}", f"rows in {outcome.loaded.filled} of {len(outcome.loaded.tables)} tables"),
        (change, "executions per second"),
        (f"{met} of {len(aimed)}" if aimed else "none", "latency targets met"),
        (size(outcome.loaded.bytes), f"loaded in {outcome.loaded.seconds:.0f} s"),
        (f"PostgreSQL {outcome.version}", outcome.place),
    ]
    drawn = (f"<div class='tile'><b>{escape(big)}</b><span>{escape(small)}</span></div>" for big, small in tiles)
    return f"<div class='tiles'>{''.join(drawn)}</div>"


def _key(runs: Sequence[Run]) -> str:
    shades = ["b"] if len(runs) == 1 else ["a", "b"]
    parts = []
    for run, shade in zip(runs, shades, strict=True):
        prefix = "" if len(runs) == 1 else f"{run.title} "
        parts += [f"<span><i class='k{level}{shade}'></i>{prefix}p{level}</span>" for level in ("50", "95", "99")]
    if any(one.target for run in runs for one in run.queries):
        parts.append("<span><i class='km'></i>target</span>")
    return f"<div class='key'>{''.join(parts)}</div>"


def _latency_plot(runs: Sequence[Run]) -> str:
    groups = []
    for number, one in enumerate(runs[-1].queries):
        shown = []
        for run in runs:
            found, shade = run.queries[number].latency, "b" if run is runs[-1] else "a"
            if found is not None:
                text = f"{ms(found.p50)} · {ms(found.p95)} · {ms(found.p99)}"
                nested = ((found.p99, f"{shade}99"), (found.p95, f"{shade}95"), (found.p50, f"{shade}50"))
                shown.append(Bar(nested, text, f"{run.title}: p50, p95, p99 {text} ms"))
        if shown:
            groups.append(Group(one.name, tuple(shown), one.target.milliseconds if one.target else None))
    return bars(groups, logarithmic=True, unit="ms", label="latency of each query: p50, p95, p99")


def _throughput_plot(runs: Sequence[Run]) -> str:
    groups = []
    for number, one in enumerate(runs[-1].queries):
        shown = [
            Bar(
                ((run.queries[number].throughput, "b50" if run is runs[-1] else "a50"),),
                f"{run.queries[number].throughput:,.1f}",
                run.title,
            )
            for run in runs
            if run.queries[number].throughput > 0
        ]
        if shown:
            groups.append(Group(one.name, tuple(shown)))
    return bars(groups, logarithmic=False, unit="/s", label="executions per second of each query")


def _table(run: Run) -> str:
    heads = (
        "query",
        "executions",
        "per second",
        "p50",
        "p95",
        "p99",
        "max ms",
        "rows",
        "hit / read",
        "estimated / actual",
        "target",
    )
    rows = []
    for one in run.queries:
        cells = _cells(one)
        kind = "" if one.met is None else " good" if one.met else " bad"
        named = f"<td title='{escape(one.sql, quote=True)}'>{escape(cells[0])}{_failure(one)}</td>"
        rows.append(
            f"<tr>{named}{''.join(f'<td>{escape(text)}</td>' for text in cells[1:-1])}<td class='left{kind}'>{escape(cells[-1])}</td></tr>"
        )
    head = "".join(f"<th{' class=left' if title == 'target' else ''}>{title}</th>" for title in heads)
    return f"<div class='scroll'><table><tr>{head}</tr>{''.join(rows)}</table></div>"


def _failure(one: QueryResult) -> str:
    if not one.error:
        return ""
    said = f"{one.errors:,} errors: {one.error}" if one.errors else f"not run: {one.error}"
    return f"<br><span class='bad'>{escape(said)}</span>"


def _indexes(outcome: Outcome) -> str:
    rows = [
        f"<tr><td><code>{escape(one.ddl)}</code></td><td>{size(one.bytes)}</td><td>{one.seconds:.2f} s</td></tr>"
        if one.error is None
        else f"<tr><td><code>{escape(one.ddl)}</code></td><td class='left bad' colspan=2>{escape(one.error)}</td></tr>"
        for one in outcome.indexes
    ]
    return (
        f"<div class='scroll'><table><tr><th>index</th><th>size</th><th>built in</th></tr>{''.join(rows)}</table></div>"
    )


def _plans(outcome: Outcome) -> str:
    parts = []
    for number, one in enumerate(outcome.runs[-1].queries):
        before = outcome.runs[0].queries[number].plan
        if one.plan is None:
            continue
        changed = before is not None and _access(before) != _access(one.plan)
        access = (
            f"{_access(before)} → <b>{escape(_access(one.plan))}</b>"
            if before and changed
            else escape(_access(one.plan))
        )
        about = f"<p class='soft'>{escape('; '.join(one.parameters) or 'no parameters')}. Rows {escape(estimate(one.plan))}.</p>"
        document = escape(json.dumps(one.plan.plan, indent=1, ensure_ascii=False))
        parts.append(
            f"<details><summary>{escape(one.name)} <span class='soft'>{access}</span></summary>{about}"
            f"<pre>{escape(one.sql)}</pre><pre>{document}</pre></details>"
        )
    return "".join(parts)


def _sizes_plot(outcome: Outcome) -> str:
    largest = sorted(outcome.sizes, key=lambda one: -(one.heap + one.indexes))[:LARGEST]
    groups = [
        Group(
            one.label,
            (
                Bar(
                    (((one.heap + one.indexes) / 1024**2, "b95"), (one.heap / 1024**2, "b50")),
                    f"{size(one.heap)} + {size(one.indexes)}",
                    "data + indexes",
                ),
            ),
        )
        for one in largest
    ]
    key = "<div class='key'><span><i class='k50b'></i>data</span><span><i class='k95b'></i>indexes</span></div>"
    return key + bars(groups, logarithmic=False, unit="MB", label="size of the largest tables with their indexes")


def _tables(outcome: Outcome) -> str:
    sizes = {one.label: one for one in outcome.sizes}
    rows = []
    for table in outcome.loaded.tables:
        found = sizes.get(table.label, TableSize(table.label, table.rows, 0, 0))
        remark = "; ".join([*([table.reason] if table.reason else []), *table.notes])
        rows.append(
            f"<tr><td>{escape(table.label)}</td><td>{table.wanted:,}</td><td>{table.rows:,}</td><td>{size(found.heap)}</td>"
            f"<td>{size(found.indexes)}</td><td class='left{' bad' if not table.rows else ''}'>{escape(remark)}</td></tr>"
        )
    head = "<tr><th>table</th><th>wanted</th><th>rows</th><th>data</th><th>indexes</th><th></th></tr>"
    return f"<details><summary>All {len(rows)} tables</summary><div class='scroll'><table>{head}{''.join(rows)}</table></div></details>"
