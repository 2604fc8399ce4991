"""The part of a benchmark's report that puts another server beside the embedded one: times, rows, plans, tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING

from dbdesign.benchmark.figures import cell, ms, size
from dbdesign.benchmark.results import PlanFacts, QueryResult, Run
from dbdesign.benchmark.svg import Bar, Group, bars

if TYPE_CHECKING:
    from dbdesign.benchmark.servers.elsewhere import Other, OtherQuery

EMBEDDED = "embedded PostgreSQL"
SAID = {
    "same": "the same",
    "rounded": "the same, rounded",
    "order": "the same, in another order",
    "rows": "another number of rows",
    "values": "other values",
    "error": "error",
    "not compared": "not compared",
}
CAVEAT = (
    "The embedded server does not wait for its disk and stands on this machine; the other one's times hold its network. Compare plans, "
    "rows and the change that indexes bring before you compare milliseconds."
)


def heads(runs: Sequence[Run], other: Other) -> list[str]:
    """Of the table of times."""
    found = ["query"]
    for name in (EMBEDDED, other.title):
        found += [f"{name}{f', {run.title}' if len(runs) > 1 else ''}" for run in runs]
    return [*found, "per second", "rows", "retries"]


def rows_of(runs: Sequence[Run], other: Other) -> Iterator[list[str]]:
    """A line of it for each query: p50 / p95 / p99 in milliseconds."""
    for number, query in enumerate(other.queries):
        mine = [_times(run.queries[number]) for run in runs]
        theirs = [_times(run.queries[number]) for run in other.runs]
        last = other.runs[-1].queries[number]
        retries = sum(run.queries[number].retries for run in other.runs)
        speeds = f"{runs[-1].queries[number].throughput:,.1f} / {last.throughput:,.1f}"
        yield [query.name, *mine, *theirs, speeds, SAID[query.compared.verdict], f"{retries:,}"]


def _times(one: QueryResult) -> str:
    found = one.latency
    return f"{ms(found.p50)} / {ms(found.p95)} / {ms(found.p99)}" if found else "–"


def lead(other: Other) -> str:
    """What was sent, and what the comparison of tables says."""
    same = sum(one.same is True for one in other.tables)
    held = f", {size(other.bytes)} there" if other.bytes is not None else ""
    speeds = " → ".join(f"{one.throughput:,.0f}" for one in other.runs)
    return (
        f"{other.rows:,} rows were sent in {other.seconds:.1f} s ({other.rate:,.0f} a second){held}; {same} of {len(other.tables)} tables "
        f"have the embedded server's checksum. {speeds} executions per second. It ran in {other.place}."
    )


def differences(other: Other) -> Iterator[tuple[str, str]]:
    """Query and what is to be said of its rows and its translation."""
    for query in other.queries:
        said = [query.compared.said] if query.compared.said else []
        if text := "; ".join([*said, *query.notes]):
            yield query.name, text


def markdown_server(runs: Sequence[Run], other: Other) -> Iterator[str]:
    """The section in Markdown."""
    yield f"## {other.title} beside the {EMBEDDED}\n\n{lead(other)} {CAVEAT}\n"
    if other.queries:
        titles = heads(runs, other)
        yield "p50 / p95 / p99 in milliseconds; executions per second of both.\n"
        yield f"| {' | '.join(titles)} |\n|{'---|' * len(titles)}"
        for row in rows_of(runs, other):
            yield f"| {' | '.join(map(cell, row))} |"
        yield ""
    for name, text in differences(other):
        yield f"- {name}: {text}"
    yield ""
    for one in other.indexes:
        said = f"refused: {one.error}" if one.error else f"built in {one.seconds:.2f} s"
        yield f"- `{' '.join(one.ddl.split())}`: {said}"
    yield from _markdown_plans(other)
    yield "\n| table sent | wanted | rows | same | seconds | |\n|---|--:|--:|---|--:|---|"
    for table in other.tables:
        remark = "; ".join([*([table.reason] if table.reason else []), *table.unlike])
        same = {True: "yes", False: "no", None: "–"}[table.same]
        yield f"| {table.label} | {table.wanted:,} | {table.rows:,} | {same} | {table.seconds:.2f} | {cell(remark)} |"
    yield ""
    for text in (*other.refused, *other.notes):
        yield f"- {text}"
    yield ""


def _markdown_plans(other: Other) -> Iterator[str]:
    for number, query in enumerate(other.queries):
        before, after = other.runs[0].queries[number].plan, other.runs[-1].queries[number].plan
        if before is None or after is None:
            continue
        yield f"- **{query.name}** there: {_change(before, after)}{''.join(f'; {text}' for text in after.findings)}"


def _change(before: PlanFacts, after: PlanFacts) -> str:
    first, last = " > ".join(before.nodes), " > ".join(after.nodes)
    return (first or "not read") if first == last else f"{first} → {last}"


def html_server(runs: Sequence[Run], other: Other) -> str:
    """The section's inside: a plot of both servers' times, the tables, and every plan as the server wrote it."""
    return "".join(_html(runs, other))


def _html(runs: Sequence[Run], other: Other) -> Iterator[str]:
    yield f"<p>{escape(lead(other))}</p>"
    if other.queries:
        yield _key(other) + _plot(runs, other)
        head = "".join(f"<th>{escape(title)}</th>" for title in heads(runs, other))
        rows = "".join(
            f"<tr>{''.join(f'<td>{escape(text)}</td>' for text in row)}</tr>" for row in rows_of(runs, other)
        )
        yield f"<div class='scroll'><table><tr>{head}</tr>{rows}</table></div>"
    said = [f"<li><b>{escape(name)}</b>: {escape(text)}</li>" for name, text in differences(other)]
    said += [
        f"<li><code>{escape(one.ddl)}</code>: {escape(one.error or f'built in {one.seconds:.2f} s')}</li>"
        for one in other.indexes
    ]
    said += [f"<li>{escape(text)}</li>" for text in (*other.refused, *other.notes)]
    yield f"<ul>{''.join(said)}</ul>" if said else ""
    for number, query in enumerate(other.queries):
        yield _plan(query, other.runs[0].queries[number].plan, other.runs[-1].queries[number].plan)
    yield _tables(other)


def _key(other: Other) -> str:
    parts = [
        f"<span><i class='k{level}{shade}'></i>{escape(name)} p{level}</span>"
        for name, shade in ((EMBEDDED, "a"), (other.title, "b"))
        for level in ("50", "95", "99")
    ]
    return f"<div class='key'>{''.join(parts)}</div>"


def _plot(runs: Sequence[Run], other: Other) -> str:
    groups = []
    for number, query in enumerate(other.queries):
        shown = []
        for name, run, shade in ((EMBEDDED, runs[-1], "a"), (other.title, other.runs[-1], "b")):
            found = run.queries[number].latency
            if found is not None:
                text = f"{ms(found.p50)} · {ms(found.p95)} · {ms(found.p99)}"
                nested = ((found.p99, f"{shade}99"), (found.p95, f"{shade}95"), (found.p50, f"{shade}50"))
                shown.append(Bar(nested, text, f"{name}: p50, p95, p99 {text} ms"))
        target = runs[-1].queries[number].target
        if shown:
            groups.append(Group(query.name, tuple(shown), target.milliseconds if target else None))
    return bars(groups, logarithmic=True, unit="ms", label=f"latency of each query on both servers: {other.title}")


def _plan(query: OtherQuery, before: PlanFacts | None, after: PlanFacts | None) -> str:
    if before is None or after is None:
        return ""
    findings = "".join(f"<p class='soft'>{escape(text)}</p>" for text in after.findings)
    return (
        f"<details><summary>{escape(query.name)} <span class='soft'>{escape(_change(before, after))}</span></summary>{findings}"
        f"<pre>{escape(query.sql)}</pre><pre>{escape(str(after.plan))}</pre></details>"
    )


def _tables(other: Other) -> str:
    rows = []
    for table in other.tables:
        remark = "; ".join([*([table.reason] if table.reason else []), *table.unlike])
        same = {True: "yes", False: "no", None: "–"}[table.same]
        rows.append(
            f"<tr><td>{escape(table.label)}</td><td>{table.wanted:,}</td><td>{table.rows:,}</td><td>{same}</td><td>{table.seconds:.2f}</td>"
            f"<td class='left{' bad' if table.reason or table.same is False else ''}'>{escape(remark)}</td></tr>"
        )
    head = "<tr><th>table</th><th>wanted</th><th>rows</th><th>same</th><th>seconds</th><th></th></tr>"
    inside = f"<div class='scroll'><table>{head}{''.join(rows)}</table></div>"
    return f"<details><summary>All {len(rows)} tables that were sent</summary>{inside}</details>"
