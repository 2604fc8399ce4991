"""How the command line shows a benchmark."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.text import Text

from dbdesign_server.terminal import Verbatim, _emit, _grid

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from dbdesign.api.benchmark_answer import BenchmarkSchemaAnswer, BenchmarkServerAnswer, MeasureOut, QueryOut


MISSED = 2.0
"""Factor from which on the twin's miss of the rows is shown."""


def show_benchmark(answer: BenchmarkSchemaAnswer) -> None:
    """A table of the queries, what is not as wanted, and where the reports are."""
    _emit(_parts(answer))


def _parts(answer: BenchmarkSchemaAnswer) -> Iterator[RenderableType | Verbatim]:
    missed = any((one.after or one.before).met is False for one in answer.queries)
    yield Text(answer.summary, style="bold yellow" if missed else "bold")
    if answer.queries:
        yield _queries(answer)
    for one in answer.indexes:
        said = f"refused: {one.error}" if one.error else f"{one.bytes or 0:,} bytes, built in {one.seconds or 0:.2f} s"
        yield Verbatim(f"{one.ddl}  -- {said}", style="red" if one.error else "green")
    yield from _server(answer)
    for table in answer.tables:
        if table.reason or table.notes:
            said = "; ".join([*([table.reason] if table.reason else []), *table.notes])
            yield Text(f"{table.name}: {table.rows:,} rows; {said}", style="dim" if table.rows else "red")
    for text in answer.problems:
        yield Text(text, style="yellow")
    for text in answer.notes:
        yield Text(f"note: {text}", style="dim")
    if answer.assumptions:
        yield Text(f"note: {len(answer.assumptions)} assumptions about the contents (see --json)", style="dim")


def _queries(answer: BenchmarkSchemaAnswer) -> Table:
    twice = any(one.after for one in answer.queries)
    shown = _grid(
        "query",
        *(("",) if twice else ()),
        "runs",
        "per s",
        "p50 ms",
        "p95 ms",
        "p99 ms",
        "rows",
        "hit/read",
        "est/act",
        "twin",
        "access",
        "target",
    )
    for column in shown.columns[1:-3]:
        column.justify = "right"
    for one in answer.queries:
        shown.add_row(
            Text(one.name, style="bold"), *((Text("before", style="dim"),) if twice else ()), *_measure(one, one.before)
        )
        if one.after is not None:
            shown.add_row("", Text("after", style="cyan"), *_measure(one, one.after))
    return shown


def _server(answer: BenchmarkSchemaAnswer) -> Iterator[RenderableType | Verbatim]:
    """What another server did, where there was one."""
    from dbdesign.api.benchmark_answer import BenchmarkServerAnswer

    if not isinstance(answer, BenchmarkServerAnswer):
        return
    if answer.server_queries:
        yield _server_queries(answer)
    for index in answer.server_indexes:
        said = f"refused: {index.error}" if index.error else f"built in {index.seconds or 0:.2f} s"
        yield Verbatim(f"{index.ddl};  -- {answer.server.title}: {said}", style="red" if index.error else "green")
    for table in answer.server_tables:
        if table.same is not True or table.unlike:
            said = "; ".join([*([table.reason] if table.reason else []), *table.unlike])
            state = f"{table.name}: {table.rows:,} of {table.wanted:,} rows on {answer.server.title}; {said}"
            yield Text(state, style="dim" if table.same else "red")
    for text in answer.server_problems:
        yield Text(f"{answer.server.title}: {text}", style="dim")


def _server_queries(answer: BenchmarkServerAnswer) -> Table:
    shown = _grid(
        f"on {answer.server.title}", "runs", "per s", "p50 ms", "p95 ms", "p99 ms", "retries", "rows", "access"
    )
    for column in shown.columns[1:-2]:
        column.justify = "right"
    for one in answer.server_queries:
        last = one.after or one.before
        times = [f"{value:.2f}" if value is not None else "–" for value in (last.p50_ms, last.p95_ms, last.p99_ms)]
        access = next((node for node in last.access if " on " in node), last.error or "")
        said = one.rows_same + (f": {one.difference}" if one.difference else "")
        good = one.rows_same in {"same", "rounded", "order"}
        shown.add_row(
            Text(one.name, style="bold"),
            f"{last.executions:,}",
            f"{last.per_second:,.1f}",
            *times,
            f"{one.retries:,}",
            Text(said, style="green" if good else "dim" if one.rows_same == "not compared" else "red"),
            Text(access, style="red" if last.error else ""),
        )
    return shown


def _measure(query: QueryOut, one: MeasureOut) -> list[Text]:
    if one.p50_ms is None or one.p95_ms is None or one.p99_ms is None:
        return [Text("0"), *[Text("–")] * 8, Text(one.error or "no time", style="red"), Text("")]
    style = {True: "green", False: "bold red"}.get(one.met, "") if one.met is not None else ""
    access = next((node for node in one.access if " on " in node), one.access[0] if one.access else "")
    verdict = {True: " met", False: " missed"}.get(one.met, "") if one.met is not None else ""
    errors = f" ({one.errors} errors: {one.error})" if one.errors else ""
    return [
        Text(f"{one.executions:,}"),
        Text(f"{one.per_second:,.1f}"),
        *(Text(f"{value:.2f}") for value in (one.p50_ms, one.p95_ms, one.p99_ms)),
        Text(f"{one.rows or 0:,.1f}"),
        Text(f"{one.shared_hit or 0:,}/{one.shared_read or 0:,}"),
        Text(f"{one.estimated_rows or 0:,.0f}/{one.actual_rows or 0:,.0f}"),
        _twin(one),
        Text(f"{access}{errors}", style="red" if errors else ""),
        Text(f"{query.target or ''}{verdict}", style=style),
    ]


def _twin(one: MeasureOut) -> Text:
    """Whether the twin had the same plan, and by how much it missed the rows where that is much."""
    if one.twin is None:
        return Text("–")
    factor = max(one.twin.rows_factor, one.twin.worst_factor or 1.0)
    missed = f" ×{factor:,.0f}" if factor >= MISSED else ""
    return Text(f"{'=' if one.twin.same_plan else '≠'}{missed}", style="green" if one.twin.same_plan else "yellow")
