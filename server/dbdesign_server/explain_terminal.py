"""How the command line shows a plan: the summary, findings with their remedies, and the tree in colours by share of the time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rich.padding import Padding
from rich.text import Text

from dbdesign_server.terminal import INDENT, Verbatim, _emit

if TYPE_CHECKING:
    from rich.console import RenderableType

    from dbdesign.api.read_plan_answer import FindingOut, PlanOut, ReadPlanAnswer

HOT = ((0.4, "bold red"), (0.1, "yellow"), (0.01, ""))
"""Colours by a node's share: pev2's steps of 10 and 40 %."""
BAR = 12
CONDITIONS = {
    "index_condition": "index",
    "hash_condition": "hash",
    "merge_condition": "merge",
    "join_filter": "join",
    "filter": "filter",
}


def show_plans(answer: ReadPlanAnswer) -> None:
    """Everything that was found out, for people."""
    _emit(_parts(answer))


def _parts(answer: ReadPlanAnswer) -> Iterator[RenderableType | Verbatim]:
    yield Text(answer.summary, style="bold")
    for plan in answer.plans:
        yield from _plan(plan, several=len(answer.plans) > 1)
    for proposal in answer.proposals:
        if proposal.error:
            yield Text(f"not tried on the twin: {proposal.index}: {proposal.error}", style="yellow")
        else:
            used = "used" if proposal.used else "not used"
            style = "green" if proposal.used else "yellow"
            yield Text(
                f"on the twin, {used}: cost {proposal.cost_before:,.0f} → {proposal.cost_after:,.0f}  {proposal.index}",
                style=style,
            )
    for rewrite in answer.rewrites:
        style = "green" if rewrite.equal else "yellow"
        yield Text(f"\nin other words ({rewrite.name}): {rewrite.checked}", style=style)
        if rewrite.cost_before is not None and rewrite.cost_after is not None:
            yield Text(f"{INDENT}cost on the twin {rewrite.cost_before:,.0f} → {rewrite.cost_after:,.0f}")
        yield Verbatim(rewrite.query, style="green" if rewrite.equal else "dim")
    if answer.comparison is not None:
        yield Text(f"\nAgainst the other plan: {answer.comparison.summary}", style="bold")
        for change in answer.comparison.changes:
            names = " → ".join(dict.fromkeys(one for one in (change.before, change.after) if one))
            style = {"slower": "red", "added": "red", "faster": "green", "removed": "green"}.get(
                change.change, "yellow"
            )
            spent = f"  {_number(change.ms_before)} → {_number(change.ms_after)}"
            yield Text.assemble((f"{change.change:13}", style), names, (spent, "bold"), (f"  {change.detail}", "dim"))
    for file in answer.files:
        yield Text(f"written: {file}")
    for note in answer.notes:
        yield Text(f"note: {note}", style="dim")


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:,.2f}"


def _plan(plan: PlanOut, *, several: bool) -> Iterator[RenderableType | Verbatim]:
    if several:
        yield Text(f"\nPlan {plan.number}: {plan.summary}", style="bold cyan")
    yield Text("")
    for number, finding in enumerate(plan.findings, start=1):
        yield from _finding(number, finding)
    marked: dict[str, str] = {}
    for number, one in enumerate(plan.findings, start=1):
        for node in (one.node, *one.also):
            marked[node] = f"{marked[node]}, {number}" if node in marked else str(number)
    yield from _tree(plan.root, marked)


def _finding(number: int, one: FindingOut) -> Iterator[RenderableType | Verbatim]:
    style = next((style for least, style in HOT if one.saves >= least), "")
    yield Text.assemble((f"{number:>{len(INDENT) - 2}}. ", style or "bold"), (one.node, "bold"), (f"  {one.id}", "dim"))
    yield Padding(Text(one.message), (0, 0, 0, len(INDENT)))
    yield Verbatim(one.remedy, style="green")
    yield Padding(Text(one.when, style="dim"), (0, 0, 0, len(INDENT)))
    yield Text("")


def _tree(root: dict[str, Any], marked: dict[str, str]) -> Iterator[RenderableType]:
    """The tree with guides, a bar for each node's share and the numbers of its findings."""
    waiting: list[tuple[dict[str, Any], str, str]] = [(root, "", "")]
    while waiting:
        node, guide, onward = waiting.pop()
        yield _line(node, guide, marked)
        for name, word in CONDITIONS.items():
            if text := node.get(name):
                stem = onward + ("│ " if node["children"] else "  ")
                yield Text(
                    f"{' ' * (BAR + 8)}{stem}  {word}: {' '.join(str(text).split())}",
                    style="dim",
                    no_wrap=True,
                    overflow="ellipsis",
                )
        below = node["children"]
        for place, child in reversed(list(enumerate(below))):
            last = place == len(below) - 1
            waiting.append((child, onward + ("└─" if last else "├─"), onward + ("  " if last else "│ ")))


def _line(node: dict[str, Any], guide: str, marked: dict[str, str]) -> Text:
    share = node.get("share")
    style = next((style for least, style in HOT if (share or 0.0) >= least), "dim")
    bar = "█" * round((share or 0.0) * BAR)
    percent = f"{share:6.1%}" if share is not None else " " * 6
    line = Text.assemble(
        (f"{percent} ", style), (f"{bar:{BAR}} ", style), (guide, "dim"), (node["title"], style or "bold")
    )
    line.append(f"  {_figures(node)}", style="dim")
    if number := marked.get(f"#{node['number']} {node['title']}"):
        line.append(f"  ← {number}", style="bold magenta")
    return line


def _figures(node: dict[str, Any]) -> str:
    from dbdesign.plans.wording import count, milliseconds, rows

    if node.get("never_executed"):
        return "never executed"
    parts = [milliseconds(node["exclusive_ms"])] if node.get("exclusive_ms") is not None else []
    actual, estimated, factor = node.get("actual_rows"), node.get("estimated_rows"), node.get("estimate_factor")
    if actual is not None:
        off = factor is not None and not 0.5 <= factor <= 2 and not node.get("cut_short")
        parts.append(f"{rows(actual)}{f' ({count(estimated or 0)} expected)' if off else ''}")
    elif estimated is not None:
        parts.append(f"{rows(estimated)} expected")
    if (node.get("loops") or 0) > 1:
        parts.append(f"{count(node['loops'])} times")
    if node.get("total_rows_removed"):
        parts.append(f"{count(node['total_rows_removed'])} thrown away")
    return ", ".join(parts)
