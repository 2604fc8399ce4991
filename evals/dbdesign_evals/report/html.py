"""The report as one page that needs nothing else: tables, a bar for each score, every sample's checks and conversation to unfold."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Any

from dbdesign_evals import table
from dbdesign_evals.report.markdown import HEAD, cells
from dbdesign_evals.report.summary import Line, by_area, by_task, lines, tool_use
from dbdesign_evals.samples import Sample

MOST_TRANSCRIPT = 60_000
"""Characters of one conversation that the page shows."""

STYLE = """
:root { color-scheme: light dark; --line: #8884; --good: #2a7f4f; --bad: #b3372f; --bar: #4a7fd0 }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 78rem; padding: 0 1rem }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th, td { text-align: left; padding: .25rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top }
th { font-weight: 600 } .wide { overflow-x: auto }
.bar { position: relative; width: 9rem; height: .7rem; background: var(--line); border-radius: 2px }
.bar i { position: absolute; inset: 0 auto 0 0; background: var(--bar); border-radius: 2px }
.bar b { position: absolute; top: .25rem; height: .2rem; background: currentColor; opacity: .7 }
.passed { color: var(--good) } .failed, .crashed, .partial { color: var(--bad) }
details { margin: .3rem 0; padding-left: .5rem } summary { cursor: pointer }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--line); padding: .6rem; border-radius: 4px; font-size: 13px }
"""


def page(samples: Sequence[Sample], folder: Path) -> str:
    """The whole page.

    Args:
        folder: that transcripts are found from.
    """
    return "\n".join(_parts(samples, folder)) + "\n"


def _parts(samples: Sequence[Sample], folder: Path) -> Iterator[str]:
    yield '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Results of the eval suite</title>'
    yield f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head><body>'
    yield "<h1>Results of the eval suite</h1>"
    yield "<p>Score: mean of the tasks' means, interval by bootstrap over tasks. Passed: every check holds, interval by Wilson.</p>"
    yield _table(lines(samples))
    yield f"<h2>By area</h2>{_table(by_area(samples))}<h2>By task</h2>{_table(by_task(samples))}"
    if offline := [one for one in samples if one.model is None]:
        yield f"<h2>The suite itself</h2><pre>{escape(table.text(offline))}</pre>"
    if used := tool_use(samples):
        rows = "".join(f"<tr><td>{escape(arm)}<td>{escape(tool)}<td>{count}" for arm, tool, count in used)
        yield f"<h2>Tools</h2><table><tr><th>arm<th>tool<th>calls{rows}</table>"
    yield "<h2>Samples</h2>"
    yield from (_sample(one, folder) for one in samples if one.arm != "mutants")
    yield "</body></html>"


def _table(found: Sequence[Line]) -> str:
    head = "".join(f"<th>{escape(name)}" for name in (*HEAD[:4], "", *HEAD[4:]))
    rows = "".join(f"<tr>{_row(line)}" for line in found)
    return f'<div class="wide"><table><tr>{head}{rows}</table></div>'


def _row(line: Line) -> str:
    shown = [escape(cell) for cell in cells(line)]
    score = line.score
    bar = (
        f'<div class="bar"><i style="width:{score.value:.0%}"></i>'
        f'<b style="left:{score.low:.0%};width:{score.high - score.low:.0%}"></b></div>'
    )
    return "".join(f"<td>{cell}" for cell in (*shown[:4], bar, *shown[4:]))


def _sample(sample: Sample, folder: Path) -> str:
    title = f"{sample.task}, {sample.arm} {sample.model or sample.name}, epoch {sample.epoch}: {sample.score:.2f}"
    kind = "passed" if sample.passed else "failed"
    parts = [f'<details><summary class="{kind}">{escape(title)}</summary>']
    if sample.reason:
        parts.append(f"<p>{escape(sample.status)}: {escape(sample.reason)}</p>")
    parts += [f"<p>{escape(note)}</p>" for note in sample.grade.get("notes", [])]
    parts += [_check(check) for check in sample.grade.get("checks", [])]
    if sample.unproven:
        said = "".join(f"<li>{escape(claim)}" for claim in sample.unproven)
        parts.append(f"<p>Claims that nothing proved:</p><ul>{said}</ul>")
    if sample.transcript:
        parts.append(_transcript(folder / sample.transcript))
    return "".join([*parts, "</details>"])


def _check(check: dict[str, Any]) -> str:
    said = "".join(f"<li>{escape(str(one))}" for one in (*check["reasons"], *check["evidence"]))
    title = f"{check['id']}: {check['status']}, {check['score']:.2f} of {check['weight']:g}"
    return (
        f'<details><summary class="{escape(check["status"].replace(" ", "-"))}">{escape(title)}</summary>'
        f"<p>{escape(check['claim'])}</p><ul>{said}</ul></details>"
    )


def _transcript(path: Path) -> str:
    if not path.is_file():
        return f"<p>The conversation, {escape(path.name)}, is not there.</p>"
    text = "\n\n".join(_said(path.read_text(encoding="utf-8", errors="replace")))
    more = f"\n\n[{len(text) - MOST_TRANSCRIPT} more characters in {path.name}]" if len(text) > MOST_TRANSCRIPT else ""
    return f"<details><summary>Conversation</summary><pre>{escape(text[:MOST_TRANSCRIPT] + more)}</pre></details>"


def _said(text: str) -> Iterator[str]:
    """The messages of a transcript's file, each as who said what."""
    for line in text.splitlines():
        try:
            record = json.loads(line)
        except ValueError:
            continue
        message = record.get("message") if isinstance(record, dict) else None
        if not isinstance(message, dict):
            continue
        content = message.get("content")
        for block in content if isinstance(content, list) else [{"type": "text", "text": content}]:
            yield f"{message.get('role')}: {_block(block)}"


def _block(block: dict[str, Any]) -> str:
    if block.get("type") == "tool_use":
        return f"[calls {block.get('name')}] {json.dumps(block.get('input'), ensure_ascii=False)[:3000]}"
    if block.get("type") == "tool_result":
        parts = block.get("content")
        said = parts if isinstance(parts, str) else "".join(one.get("text", "") for one in parts or [])
        return f"[result] {said[:3000]}"
    return str(block.get("text", ""))
