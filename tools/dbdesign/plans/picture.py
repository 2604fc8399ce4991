"""A plan as a picture: SVG of boxes by time, Mermaid of the tree, and a self-contained page with both and the
findings."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from dbdesign.model.plan import Plan, PlanNode
from dbdesign.plans.findings.base import PlanFinding
from dbdesign.plans.layout import Box, boxes
from dbdesign.plans.style import STYLE
from dbdesign.plans.tree import conditions, counts, figures, with_depth
from dbdesign.plans.wording import milliseconds, percent, title

WIDTH, ROW, GAP = 1120, 34, 2
LETTER = 6.6
"""Width of a letter of 12 px, about."""
STEPS = ((0.4, "h4"), (0.2, "h3"), (0.1, "h2"), (0.02, "h1"))
"""Colours by a node's own share; pev2's steps of 10 and 40 % are among them."""


def svg(plan: Plan, findings: Sequence[PlanFinding] = ()) -> str:
    """The boxes as one `<svg>` element with its own style, to stand alone."""
    return _svg(plan, findings, style=f"<style>{STYLE}</style>")


def _svg(plan: Plan, findings: Sequence[PlanFinding], *, style: str = "") -> str:
    placed = boxes(plan)
    height = (max(box.depth for box in placed) + 1) * (ROW + GAP) + 4
    marks: dict[int, list[str]] = {}
    for number, one in enumerate(findings, start=1):
        for node in (one.node, *one.others):
            if node is not None:
                marks.setdefault(node.number, []).append(str(number))
    parts = [_box(box, marks) for box in placed]
    label = f"Plan of {len(placed)} nodes, each as wide as the {_measure(plan)} that it takes with all below it"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="plan" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(label)}">'
        f"{style}{''.join(parts)}</svg>"
    )


def _measure(plan: Plan) -> str:
    return {"time": "time", "cost": "cost"}.get(plan.measured_by or "", "part of the tree")


def colour(node: PlanNode) -> str:
    """The class of a node's colour."""
    return next((name for least, name in STEPS if (node.share or 0.0) >= least), "h0")


def _box(box: Box, marks: dict[int, list[str]]) -> str:
    x, width, y = box.x * WIDTH, max(box.width * WIDTH - 1, 0.6), box.depth * (ROW + GAP) + 2
    node = box.node
    words = _fitted(title(node), width - 8)
    share = _fitted(_short(node), width - 8)
    texts = f'<text x="{x + 4:.1f}" y="{y + 14}">{escape(words)}</text>' if words else ""
    texts += f'<text class="soft" x="{x + 4:.1f}" y="{y + 28}">{escape(share)}</text>' if share else ""
    for place, number in enumerate(reversed(marks.get(node.number, [])[:5])):
        if width > 20 * (place + 1):
            centre = x + width - 9 - 18 * place
            texts += f'<circle class="mark" cx="{centre:.1f}" cy="{y + 9}" r="8"/>'
            texts += f'<text class="number" x="{centre:.1f}" y="{y + 13}">{number}</text>'
    tip = "\n".join(
        [f"#{node.number} {title(node)}", figures(node), *(f"{word}: {text}" for word, text in conditions(node))]
    )
    return (
        f'<g class="{colour(node)}" data-n="{node.number}"><title>{escape(tip[:1500])}</title>'
        f'<rect x="{x:.1f}" y="{y}" width="{width:.2f}" height="{ROW}" rx="3"/>{texts}</g>'
    )


def _short(node: PlanNode) -> str:
    share = percent(node.share) if node.share is not None else ""
    spent = milliseconds(node.exclusive_ms) if node.exclusive_ms is not None else ""
    return " · ".join(one for one in (share, spent) if one)


def _fitted(text: str, width: float) -> str:
    """As much of a text as a box holds; nothing where that is too little to read."""
    letters = int(width / LETTER)
    if letters < 4:
        return ""
    return text if len(text) <= letters else f"{text[: letters - 1]}…"


def mermaid(plan: Plan, findings: Sequence[PlanFinding] = ()) -> str:
    """The tree as a Mermaid flowchart, rows flowing upwards; colours by a node's own share."""
    marks = {one.node.number: one.id for one in reversed(findings) if one.node}
    lines = ["flowchart BT"]
    for node in plan.nodes:
        said = [title(node), figures(node), *([f"⚠ {marks[node.number]}"] if node.number in marks else [])]
        lines.append(f'  n{node.number}["{"<br/>".join(_plain(one) for one in said if one)}"]:::{colour(node)}')
    for node in plan.nodes:
        lines += [f"  n{child.number} --> n{node.number}" for child in node.children]
    shades = {"h0": "#eef2f7", "h1": "#fdf3d7", "h2": "#fbdc9a", "h3": "#f6b26b", "h4": "#e8705f"}
    lines += [f"  classDef {name} fill:{shade},stroke:#94a3b8,color:#1c2330" for name, shade in shades.items()]
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    """A text inside a Mermaid label: quotation marks and markup as entities of Mermaid."""
    return text.replace("#", "#35;").replace('"', "#quot;").replace("<", "#lt;").replace(">", "#gt;").replace("\n", " ")


def page(
    plans: Sequence[tuple[Plan, Sequence[PlanFinding]]], *, heading: str, summary: str, lines: Sequence[str] = ()
) -> str:
    """A page that needs nothing else: the picture, the findings and the tree of each plan; `lines` are further"
    " paragraphs."""
    parts = [_section(plan, findings, several=len(plans) > 1) for plan, findings in plans]
    more = "".join(f"<p>{escape(line)}</p>" for line in lines)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(heading)}</title><style>{STYLE}</style></head><body><main><h1>{escape(heading)}</h1>"
        f"<p>{escape(summary)}</p>{more}{''.join(parts)}</main></body></html>\n"
    )


def _section(plan: Plan, findings: Sequence[PlanFinding], *, several: bool) -> str:
    head = f"<h2>Plan {plan.number}</h2>" if several else ""
    query = f"<details><summary>The statement</summary><pre>{escape(plan.query)}</pre></details>" if plan.query else ""
    found = "".join(_finding(number, one) for number, one in enumerate(findings, start=1))
    what = f"<h3>Findings</h3>{found}" if found else '<p class="soft">Nothing is wrong with the plan.</p>'
    width = {
        "time": "wide as its time with all below it; what no other box hangs from is its own",
        "cost": "wide as its cost",
    }
    key = width.get(plan.measured_by or "", "of the same weight: the plan has neither times nor costs")
    legend = (
        f'<p class="key soft">Each box is a node, as {key}. Own share: <i class="h0"></i> below 2 % <i class="h1"></i> 2 % '
        '<i class="h2"></i> 10 % <i class="h3"></i> 20 % <i class="h4"></i> 40 % and more</p>'
    )
    return f"<section>{head}{_tiles(plan)}{query}{legend}<div class=scroll>{_svg(plan, findings)}</div>{what}{_table(plan)}</section>"


def _tiles(plan: Plan) -> str:
    facts = [
        ("execution", milliseconds(plan.total_ms) if plan.total_ms is not None else None),
        ("planning", milliseconds(plan.planning_ms) if plan.planning_ms is not None else None),
        ("cost", f"{plan.root.total_cost:,.0f}" if plan.root.total_cost is not None else None),
        ("nodes", f"{len(plan.nodes):,}"),
    ]
    return '<div class="tiles">' + "".join(_tile(name, value) for name, value in facts if value) + "</div>"


def _tile(name: str, value: str) -> str:
    return f'<div class="tile"><b>{escape(value)}</b><span>{name}</span></div>'


def _finding(number: int, one: PlanFinding) -> str:
    share = f"{percent(one.share)} · " if one.share is not None else ""
    return (
        f'<article><span class="badge">{number}</span><div><b>{escape(one.place)}</b> <span class="soft">{share}{one.id}</span>'
        f'<p>{escape(one.message)}</p><pre>{escape(one.remedy)}</pre><p class="soft">{escape(one.when)}</p></div></article>'
    )


def _table(plan: Plan) -> str:
    rows = "".join(
        f'<tr class="{colour(node)}"><td>{node.number}</td><td class="left" style="padding-left:{8 + 18 * min(depth, 30)}px">'
        f"{escape(title(node))}{_conditions(node)}</td><td>{escape(_short(node))}</td><td"
        f" class=left>{escape(counts(node) if not node.never_executed else 'never executed')}</td></tr>"
        for node, depth in with_depth(plan.root)
    )
    return (
        "<details open><summary>All nodes</summary><div class=scroll><table><thead><tr><th>#</th><th"
        " class=left>node</th>"
        f"<th>own</th><th class=left>rows</th></tr></thead><tbody>{rows}</tbody></table></div></details>"
    )


def _conditions(node: PlanNode) -> str:
    return "".join(f'<div class="soft cond">{word}: {escape(text[:400])}</div>' for word, text in conditions(node))
