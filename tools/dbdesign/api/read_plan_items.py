"""How plans with their findings become entries of pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dbdesign.api.answer import plural
from dbdesign.api.paging import Item, shortened
from dbdesign.api.read_plan_answer import ProposalOut, RewriteOut
from dbdesign.plans.hot_path import hot_path
from dbdesign.plans.titles import TITLES
from dbdesign.plans.tree import tree_lines
from dbdesign.plans.wording import label, milliseconds, percent, title

if TYPE_CHECKING:
    from dbdesign.model.plan import Plan, PlanNode, PlanText
    from dbdesign.plans.compare import Comparison
    from dbdesign.plans.findings.base import PlanFinding

SECTIONS = ("plans", "proposals", "rewrites", "comparison", "notes")
ALWAYS = ("type", "relation", "index", "estimated_rows", "actual_rows", "loops", "total_ms", "exclusive_ms")
"""What every node has, null where the plan does not say."""

LEFT_OUT = frozenset({"children", "output", "workers", "exclusive_buffers", "exclusive_io", "line", "kind", *ALWAYS})
SMALL = 0.01
"""Share below which a node without a finding is left out of an answer that is too long."""

NODE_TOKENS = 30
"""Tokens that a node's entry has at least; a plan of more nodes than fit is not written in full to see that it does not."""


@dataclass(frozen=True)
class Reading:
    """All that was found out of a text, before it is cut into pages."""

    text: PlanText
    findings: tuple[tuple[PlanFinding, ...], ...]
    name: str
    proposals: tuple[ProposalOut, ...] = ()
    rewrites: tuple[RewriteOut, ...] = ()
    comparison: Comparison | None = None
    files: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    proof: tuple[str, ...] = field(default=())


def plan_summary(plan: Plan, findings: tuple[PlanFinding, ...]) -> str:
    """One plan in one sentence: how long, where the time is, what to do first."""
    said = _measure(plan)
    dearest = max(plan.nodes, key=lambda node: node.share or 0.0)
    if plan.measured_by and dearest.share:
        said += f", {percent(dearest.share)} of it in {label(dearest)}"
    if not findings:
        return f"{said}; nothing is wrong with the plan"
    first = findings[0]
    more = f"; {plural(len(findings), 'finding')}, first " if len(findings) > 1 else "; "
    return f"{said}{more}{first.id} at {first.place}: {first.message}"


def _measure(plan: Plan) -> str:
    if plan.total_ms is not None and plan.measured_by == "time":
        return f"{milliseconds(plan.total_ms)} for {plural(len(plan.nodes), 'node')}"
    if plan.root.total_cost is not None:
        return f"cost {plan.root.total_cost:,.0f} for {plural(len(plan.nodes), 'node')}, not run"
    return f"{plural(len(plan.nodes), 'node')}, neither times nor costs"


def summary_of(reading: Reading) -> str:
    """The whole in a sentence."""
    text = reading.text
    engine = TITLES[text.engine.value]
    if len(text.plans) == 1:
        said = f"{engine} plan ({text.format}): {plan_summary(text.plans[0], reading.findings[0])}."
    else:
        found = sum(len(one) for one in reading.findings)
        slowest = max(text.plans, key=lambda plan: plan.total_ms or plan.root.total_cost or 0.0)
        said = f"{len(text.plans)} plans of {engine} ({text.format}), {plural(found, 'finding')}; the dearest is plan {slowest.number}: "
        said += f"{plan_summary(slowest, reading.findings[text.plans.index(slowest)])}."
    if any(plan.truncated for plan in text.plans):
        said += " The text ended before the plan did; what was read until there is in the tree."
    if reading.comparison is not None:
        said += f" Against the other plan: {reading.comparison.summary}."
    for one in reading.proposals[:1]:
        if one.cost_before is not None and one.cost_after is not None:
            used = "is used" if one.used else "is not used"
            said += f" On the twin {one.index} {used}: cost {one.cost_before:,.0f} → {one.cost_after:,.0f}."
    return said


def items_of(reading: Reading, budget: int | None) -> list[Item]:
    """Every entry, in order; plans that are too long for a page without their small nodes."""
    items = []
    for plan, findings in zip(reading.text.plans, reading.findings, strict=True):
        items.append(_plan_item(plan, findings, budget))
    items += [Item("proposals", one.model_dump(exclude_none=True), _proposal_text(one)) for one in reading.proposals]
    items += [Item("rewrites", one.model_dump(), _rewrite_text(one)) for one in reading.rewrites]
    if reading.comparison is not None:
        items.append(_comparison_item(reading.comparison))
    notes = [*reading.notes, *(_note(one.line, one.reason, one.text) for one in reading.text.notes)]
    return [*items, *(Item("notes", text, text) for text in shortened(notes, 500))]


def _note(line: int | None, reason: str, text: str | None) -> str:
    return (f"line {line}: " if line else "") + reason + (f": {' '.join(text.split())}" if text else "")


def _plan_item(plan: Plan, findings: tuple[PlanFinding, ...], budget: int | None) -> Item:
    limit = budget * 0.7 if budget else float("inf")
    item = Item("plans", {}, "")
    for least, longest in ((0.0, 4000), (0.0, 300), (SMALL, 300), (0.05, 200), (2.0, 120)):
        if least == 0.0 and len(plan.nodes) * NODE_TOKENS > limit:
            continue
        kept = _kept(plan, findings, least)
        value = _plan_value(plan, findings, kept, compact=budget is not None)
        if budget:
            value = shortened(value, longest)
        item = Item("plans", value, "\n".join(_plan_text(plan, findings, kept, longest if budget else 10**9)))
        if item.tokens <= limit:
            return item
    shown = {**item.value, "findings": item.value["findings"][:12], "tables": item.value["tables"][:5], "indexes": []}
    return Item("plans", shown, "\n".join(_plan_text(plan, findings[:12], frozenset({1}), 120)))


def _kept(plan: Plan, findings: tuple[PlanFinding, ...], least: float) -> frozenset[int]:
    """The nodes that stay: those of some share or with a finding, and all above them."""
    if least == 0.0:
        return frozenset(node.number for node in plan.nodes)
    wanted = {node.number for node in hot_path(plan)} | {
        node.number for node in plan.nodes if (node.share or 0.0) >= least
    }
    wanted |= {one.node.number for one in findings if one.node is not None}
    kept: set[int] = set()
    for number in wanted:
        while number not in kept:
            kept.add(number)
            parent = plan.parents.get(number)
            if parent is None:
                break
            number = parent.number
    return frozenset(kept | {1})


def _plan_value(
    plan: Plan, findings: tuple[PlanFinding, ...], kept: frozenset[int], *, compact: bool
) -> dict[str, Any]:
    value: dict[str, Any] = {"number": plan.number, "summary": plan_summary(plan, findings)}
    if plan.query:
        value["query"] = plan.query
    value |= {"planning_ms": plan.planning_ms, "execution_ms": plan.execution_ms, "measured_by": plan.measured_by}
    value["findings"] = [finding_value(one) for one in findings]
    value["hot_path"] = [label(node) for node in hot_path(plan)]
    value["tables"] = [_total(one) for one in plan.tables[: 10 if compact else None]]
    value["indexes"] = [_total(one) for one in plan.indexes[: 10 if compact else None]]
    value["root"] = node_value(plan.root, kept, compact=compact)
    if plan.truncated:
        value["truncated"] = True
    return value


def _total(one: Any) -> dict[str, Any]:
    label_ = f"{one.relation_schema}.{one.name}" if one.relation_schema else one.name
    found = {
        "name": label_,
        "scans": one.scans,
        "loops": one.loops,
        "rows": one.rows,
        "share": one.share,
        "exclusive_ms": one.exclusive_ms,
    }
    return {key: _rounded(value) for key, value in found.items() if value is not None}


def finding_value(one: PlanFinding) -> dict[str, Any]:
    """A finding as JSON."""
    value: dict[str, Any] = {"id": one.id, "node": one.place, "message": one.message, "share": one.share}
    value |= {"remedy": one.remedy, "when": one.when, "saves": round(one.saves, 4), "numbers": dict(one.numbers)}
    if one.others:
        value["also"] = [label(node) for node in one.others[:20]]
    return value


def node_value(root: PlanNode, kept: frozenset[int], *, compact: bool) -> dict[str, Any]:
    """A node with all below it as JSON; iterative, since plans may be deeper than Python's stack."""
    values: dict[int, dict[str, Any]] = {}
    nodes = list(root.walk())
    for node in reversed(nodes):
        value = {"number": node.number, "title": title(node), **_facts(node, compact=compact)}
        below = [values[child.number] for child in node.children if child.number in kept]
        left_out = sum(1 for child in node.children if child.number not in kept)
        values[node.number] = {**value, **({"left_out": left_out} if left_out else {}), "children": below}
    return values[root.number]


def _facts(node: PlanNode, *, compact: bool) -> dict[str, Any]:
    found: dict[str, Any] = {name: _rounded(getattr(node, name)) for name in ALWAYS}
    found |= {"share": _rounded(node.share)}
    others = node.model_dump(mode="json", exclude_defaults=True, exclude=set(LEFT_OUT | {"number", "share"}))
    if compact:
        others = {
            key: value
            for key, value in others.items()
            if key not in {"extra", "buffers", "io", "flags", "startup_cost"}
        }
    return found | {key: _rounded(value) for key, value in others.items()}


def _rounded(value: Any) -> Any:
    """A number to six digits behind the point at most, and three where it is large."""
    return round(value, 3 if abs(value) >= 10 else 6) if isinstance(value, float) else value


def _plan_text(plan: Plan, findings: tuple[PlanFinding, ...], kept: frozenset[int], longest: int) -> Iterator[str]:
    yield f"Plan {plan.number}: {plan_summary(plan, findings)}"
    for number, one in enumerate(findings, start=1):
        yield f"{number}. {one.id} at {one.place}: {shortened(one.message, longest)}"
        yield f"   remedy: {shortened(one.remedy, longest)}"
        yield f"   when: {one.when}"
    yield "Hot path: " + " → ".join(label(node) for node in hot_path(plan))
    yield from (shortened(line, longest) for line in tree_lines(plan, kept))


def _proposal_text(one: ProposalOut) -> str:
    if one.error:
        return f"{one.index}: not tried: {one.error}"
    used = "used" if one.used else "not used"
    return f"{one.index}: {used}; cost {one.cost_before:,.2f} → {one.cost_after:,.2f}"


def _rewrite_text(one: RewriteOut) -> str:
    costs = (
        f"; cost {one.cost_before:,.2f} → {one.cost_after:,.2f}"
        if one.cost_before is not None and one.cost_after is not None
        else ""
    )
    return f"{one.name}: {one.checked}{costs}; {one.when}\n{one.query}"


def comparison_value(comparison: Comparison) -> dict[str, Any]:
    """A comparison as JSON."""
    return {
        "summary": comparison.summary,
        "measured_by": comparison.measured_by,
        "before": _rounded(comparison.before),
        "after": _rounded(comparison.after),
        "changes": [_change(one) for one in comparison.changes],
    }


def _change(one: Any) -> dict[str, Any]:
    found: Mapping[str, Any] = {
        "change": one.change,
        "before": label(one.before) if one.before else None,
        "after": label(one.after) if one.after else None,
        "ms_before": _rounded(one.spent_before),
        "ms_after": _rounded(one.spent_after),
        "detail": one.detail,
    }
    return {key: value for key, value in found.items() if value not in (None, "")}


def _comparison_item(comparison: Comparison) -> Item:
    lines = [comparison.summary, *(one.said for one in comparison.changes)]
    return Item("comparison", comparison_value(comparison), "\n".join(lines))
