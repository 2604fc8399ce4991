"""How the command line shows a simulation: a table of all queries, then what there is to say of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.text import Text

from dbdesign.simulate.latency import count
from dbdesign_server.terminal import INDENT, STYLES, Verbatim, _emit, _grid

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from dbdesign.api.simulate_answer import PlanFindingOut, SimulatedQueryOut, SimulateQueriesAnswer

VERDICTS = {"plausible": "green", "doubtful": "yellow", "implausible": "bold red", "no target": "dim"}


def show_simulation(answer: SimulateQueriesAnswer, *, chosen: str | None) -> None:
    """The table, then findings, values, growth and writes of each query; with `full` also the plans."""
    _emit(_parts(answer, chosen))


def _parts(answer: SimulateQueriesAnswer, chosen: str | None) -> Iterator[RenderableType | Verbatim]:
    yield Text(answer.summary.rpartition(" Detail:")[0], style="bold")
    yield Text("")
    yield _table(answer)
    for one in answer.queries if chosen != "names" else ():
        yield from _query(one, plans=chosen == "full")
    if answer.unused_indexes:
        yield Text("\nIndexes that no plan uses:", style="bold")
        for index in answer.unused_indexes:
            yield Text(f"{INDENT}{index.index} on {index.table}, {_size(index.size_bytes)}: {index.reason}")
    yield Text("")
    for text in answer.notes:
        yield Text(f"note: {text}", style="dim")
    for text in answer.assumptions:
        yield Text(f"assumed: {text}", style="dim")
    yield Text(answer.proof, style="dim")


def _size(size: float) -> str:
    from dbdesign.api.answer import readable_size

    return readable_size(size)


def _table(answer: SimulateQueriesAnswer) -> Table:
    shown = _grid("query", "rate", "cost", "rows", "blocks", "target", "findings")
    for column in shown.columns[1:5]:
        column.justify = "right"
    for one in answer.queries:
        rate = rate_text(one.rate)
        if one.error:
            shown.add_row(Text(one.name), rate, "", "", "", "", Text(f"not planned: {one.error}", style="red"))
            continue
        verdict = one.latency.verdict if one.latency else ""
        target = f"{one.latency.target} " if one.latency and one.latency.target else ""
        shown.add_row(
            Text(one.name),
            rate,
            count(one.cost or 0),
            count(one.rows or 0),
            count(one.pages or 0) if one.pages is not None else "",
            Text(f"{target}{verdict}", style=VERDICTS.get(verdict, "")),
            _counts(one.findings),
        )
    return shown


def rate_text(rate: float | None) -> str:
    """Executions a second as people say them: `300/s`, `1/min`, `4/day`."""
    if rate is None:
        return ""
    for seconds, unit in ((1, "s"), (60, "min"), (3600, "h")):
        if rate * seconds >= 1:
            return f"{rate * seconds:,.3g}/{unit}"
    return f"{rate * 86_400:,.3g}/day"


def _counts(findings: list[PlanFindingOut]) -> Text:
    by_severity: Counter[str] = Counter(one.severity for one in findings)
    parts = [(f"{by_severity[name]} {name}", style) for name, style in STYLES.items() if by_severity[name]]
    return Text(", ").join(Text(said, style=style) for said, style in parts)


def _query(one: SimulatedQueryOut, *, plans: bool) -> Iterator[RenderableType | Verbatim]:
    if one.error:
        return
    yield Text(f"\n{one.name}", style="bold cyan")
    if one.shape and not plans:
        yield Padding(Text(one.shape, style="dim"), (0, 0, 0, len(INDENT)))
    if one.latency and one.latency.target:
        verdict = one.latency.verdict
        said = Text.assemble((verdict, VERDICTS[verdict]), f": {one.latency.reasoning}")
        yield Padding(said, (0, 0, 0, len(INDENT)))
    for finding in one.findings:
        yield Text.assemble(
            (f"{finding.severity:{len(INDENT) - 1}} ", STYLES[finding.severity]),
            (finding.node, "bold"),
            (f"  {finding.id}", "dim"),
        )
        yield Padding(Text(finding.message), (0, 0, 0, len(INDENT)))
        yield Padding(Text(finding.remedy, style="green"), (0, 0, 0, len(INDENT)))
    if one.parameter_sensitive or _spread(one) > 1.5:
        yield Padding(Text(_values(one)), (0, 0, 0, len(INDENT)))
    for line in (*_growth(one), *_writes(one)):
        yield Padding(Text(line), (0, 0, 0, len(INDENT)))
    for note in one.notes:
        yield Padding(Text(f"note: {note}", style="dim"), (0, 0, 0, len(INDENT)))
    if plans and one.plan:
        yield Verbatim("\n".join(_plan_lines(one.plan["Plan"], 0)), style="dim")


def _growth(one: SimulatedQueryOut) -> Iterator[str]:
    if one.growth is None:
        return
    points = " → ".join(count(point["cost"]) for point in one.growth["points"])
    months = one.growth["points"][-1]["months"]
    yield (
        f"growth {one.growth['class']}: cost {points} over {months:g} months (× {one.growth['factor']:.3g}; "
        f"the rows of its tables × {one.growth['rows_factor']:.3g})"
    )
    for flip in one.growth["flips"]:
        when = f"in month {flip['months']:g}" if flip["exact"] else f"before month {flip['months']:g}"
        change = f"from {flip['from']}" if flip["to"] == one.shape else f"to {flip['to']}"
        yield f"the plan changes {when}, at cost {count(flip['cost_before'])}, {change}"


def _writes(one: SimulatedQueryOut) -> Iterator[str]:
    for write in one.writes:
        yield from write["said"]


def _spread(one: SimulatedQueryOut) -> float:
    costs = [case.cost for case in one.custom_plans]
    return max(costs) / max(min(costs), 0.01) if costs else 1.0


def _values(one: SimulatedQueryOut) -> str:
    costs = ", ".join(
        f"{case.case} ({', '.join(_short(value) for value in case.values)}) {count(case.cost)}"
        for case in one.custom_plans
    )
    return f"cost by values: {costs}" + ("; the plan depends on them" if one.parameter_sensitive else "")


def _short(value: str | None) -> str:
    text = "NULL" if value is None else value
    return text if len(text) <= 24 else f"{text[:23]}…"


def _plan_lines(node: dict[str, object], depth: int) -> Iterator[str]:
    """A plan as `EXPLAIN` prints it as text, about."""
    name = str(node["Node Type"])
    name += f" using {node['Index Name']}" if "Index Name" in node else ""
    name += f" on {node['Relation Name']}" if "Relation Name" in node else ""
    figures = f"cost={node['Startup Cost']:.2f}..{node['Total Cost']:.2f} rows={node['Plan Rows']:.0f} width={node['Plan Width']}"
    yield f"{'  ' * depth}{name}  ({figures})"
    for key in ("Index Cond", "Hash Cond", "Merge Cond", "Join Filter", "Filter", "Sort Key", "Group Key"):
        if key in node:
            yield f"{'  ' * depth}  {key}: {node[key]}"
    below = node.get("Plans", ())
    for child in below if isinstance(below, list) else ():
        yield from _plan_lines(child, depth + 1)
