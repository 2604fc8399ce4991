"""The report as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dbdesign_evals import table
from dbdesign_evals.report.summary import Line, by_area, by_task, lines, missed, tool_use
from dbdesign_evals.samples import Sample

HEAD = (
    "scope",
    "arm",
    "model",
    "samples",
    "score (95 %)",
    "passed (95 %)",
    "tokens",
    "cost",
    "seconds",
    "tool calls",
    "unproven",
)


def document(samples: Sequence[Sample]) -> str:
    """The whole report."""
    return "\n".join(_parts(samples)).rstrip() + "\n"


def _parts(samples: Sequence[Sample]) -> Iterator[str]:
    yield "# Results of the eval suite\n"
    yield "Score: mean of the tasks' means, interval by bootstrap over tasks. Passed: every check holds, interval by Wilson.\n"
    yield _table(lines(samples))
    yield "\n## By area\n"
    yield _table(by_area(samples))
    yield "\n## By task\n"
    yield _table(by_task(samples))
    if offline := [one for one in samples if one.model is None]:
        yield "\n## The suite itself\n"
        yield "```\n" + table.text(offline) + "\n```"
    yield from _of_models(samples)


def _of_models(samples: Sequence[Sample]) -> Iterator[str]:
    if used := tool_use(samples):
        yield "\n## Tools\n"
        yield "| arm | tool | calls |\n|---|---|---|"
        yield from (f"| {arm} | {tool} | {count} |" for arm, tool, count in used)
    if wrong := missed(samples):
        yield "\n## What was missed\n"
        for sample, reasons in wrong:
            yield f"- **{sample.task}**, {sample.arm} {sample.model}, epoch {sample.epoch}: {sample.score:.2f}"
            yield from (f"  - {_plain(reason)}" for reason in reasons)
    if said := [one for one in samples if one.unproven]:
        yield "\n## Claims that nothing proved\n"
        for sample in said:
            yield f"- **{sample.task}**, {sample.arm} {sample.model}, epoch {sample.epoch}"
            yield from (f"  - {_plain(claim)}" for claim in sample.unproven)


def _plain(text: str) -> str:
    return " ".join(text.replace("|", "\\|").replace("<", "&lt;").split())


def cells(line: Line) -> tuple[str, ...]:
    """A line's cells, as both forms of the report show them."""
    asked = line.model != ""
    return (
        line.scope,
        line.arm,
        line.model,
        str(line.samples) + (f" ({line.stopped} not answered)" if line.stopped else ""),
        str(line.score),
        str(line.passing),
        f"{line.tokens:,.0f}" if asked else "",
        f"${line.cost:.3f}" if asked else "",
        f"{line.seconds:,.0f}" if asked else "",
        f"{line.calls:.1f}" if asked else "",
        f"{line.unproven:.1f}" if asked else "",
    )


def _table(found: Sequence[Line]) -> str:
    rows = [" | ".join(_plain(cell) for cell in cells(line)) for line in found]
    return "\n".join([f"| {' | '.join(HEAD)} |", "|" + "---|" * len(HEAD), *(f"| {row} |" for row in rows)])
