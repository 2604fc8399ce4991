"""The part of a benchmark's report that holds the production twin's estimates against the truth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from dbdesign.benchmark.results import PlanFacts, Prediction, QueryResult, Run, factor
from dbdesign.benchmark.svg import Bar, Group, bars

HEADS = ("query", "run", "plan", "cost twin / loaded", "rows twin / loaded / actual", "factor", "worst node")
MISSED = 10.0
"""Factor between estimated and actual rows from which on it is pointed out, as the field does."""

SAID = (
    "What the planner estimates without a row, on a twin made of the volumes at the size that was loaded, beside what it estimates on the "
    "loaded database and what is true. Factors are between the twin's rows and the actual ones."
)


def predicted(runs: Sequence[Run]) -> Iterator[tuple[Run, QueryResult, Prediction, PlanFacts]]:
    """Query by query, run by run, what was predicted."""
    for number in range(len(runs[0].queries)):
        for run in runs:
            one = run.queries[number]
            if one.prediction is not None and one.plan is not None:
                yield run, one, one.prediction, one.plan


def _cells(run: Run, one: QueryResult, said: Prediction, plan: PlanFacts) -> list[str]:
    missed = f"×{factor(said.worst[1], said.worst[2]):,.1f} at {said.worst[0]}" if said.worst else "–"
    return [
        one.name,
        run.title,
        said.difference or "the same",
        f"{said.cost:,.0f} / {said.loaded_cost:,.0f}",
        f"{said.rows:,.0f} / {plan.estimated:,.0f} / {plan.actual:,.0f}",
        f"×{factor(said.rows, plan.actual):,.1f}",
        missed,
    ]


def markdown_twin(runs: Sequence[Run]) -> Iterator[str]:
    """The section in Markdown; nothing where nothing was predicted."""
    rows = [_cells(*one) for one in predicted(runs)]
    if not rows:
        return
    yield f"## The twin beside the truth\n\n{SAID}\n"
    yield f"| {' | '.join(HEADS)} |\n|---|---|---|--:|--:|--:|---|"
    for row in rows:
        yield f"| {' | '.join(' '.join(cell.replace('|', chr(92) + '|').split()) for cell in row)} |"
    yield ""


def html_twin(runs: Sequence[Run]) -> str:
    """The section's inside: a plot of rows, and the table; empty where nothing was predicted."""
    found = list(predicted(runs))
    if not found:
        return ""
    head = "".join(f"<th{' class=left' if title in LEFT else ''}>{title}</th>" for title in HEADS)
    rows = "".join(_row(*one) for one in found)
    return f"{_key()}{_rows_plot(runs)}<div class='scroll'><table><tr>{head}</tr>{rows}</table></div>"


LEFT = ("run", "plan", "worst node")


def _row(run: Run, one: QueryResult, said: Prediction, plan: PlanFacts) -> str:
    cells = []
    for title, text in zip(HEADS, _cells(run, one, said, plan), strict=True):
        kinds = ["left"] if title in LEFT else []
        if title == "plan":
            kinds.append("bad wrap" if said.difference else "good")
        if title == "factor" and factor(said.rows, plan.actual) >= MISSED:
            kinds.append("bad")
        kind = f" class='{' '.join(kinds)}'" if kinds else ""
        cells.append(f"<td{kind}>{escape(text)}</td>")
    return f"<tr>{''.join(cells)}</tr>"


def _key() -> str:
    shades = (("k50b", "the twin, without rows"), ("k95b", "the planner on the loaded database"), ("k50a", "actual"))
    return f"<div class='key'>{''.join(f'<span><i class={shade}></i>{said}</span>' for shade, said in shades)}</div>"


def _rows_plot(runs: Sequence[Run]) -> str:
    groups = []
    for run, one, said, plan in predicted(runs[-1:]):
        values = ((said.rows, "b50", "twin"), (plan.estimated, "b95", "planner"), (plan.actual, "a50", "actual"))
        shown = tuple(
            Bar(((max(rows, 1.0), shade),), f"{rows:,.0f}", f"{run.title}, {name}: {rows:,.0f} rows")
            for rows, shade, name in values
        )
        groups.append(Group(one.name, shown))
    return bars(groups, logarithmic=True, unit="rows", label="rows of each query: by the twin, by the planner, actual")
