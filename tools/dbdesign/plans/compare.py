"""Two plans of one statement: what changed, and which node pays for it.

Nodes are paired from the top down: a node with the node at the same place if both do the same work on the same table; else, among all nodes
that are left, with the one that reads the same table. What has no partner was added or went away.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Literal

from dbdesign.model.plan import Plan, PlanNode
from dbdesign.plans.wording import count, label, milliseconds, percent

Change = Literal["other access", "other join", "slower", "faster", "rows differ", "added", "removed", "moved"]

NOTICED = 0.05
"""Share of the dearer plan's total from which a difference of one node is worth a line."""
ROWS_DIFFER = 2.0


@dataclass(frozen=True)
class NodeChange:
    """What is different of one node.

    Attributes:
        spent_before, spent_after: exclusive, in what both plans are measured by: milliseconds or cost.
    """

    change: Change
    before: PlanNode | None
    after: PlanNode | None
    spent_before: float | None
    spent_after: float | None
    detail: str = ""

    @property
    def difference(self) -> float:
        """What the node pays more."""
        return (self.spent_after or 0.0) - (self.spent_before or 0.0)

    @property
    def said(self) -> str:
        """For people."""
        names = [label(node) for node in (self.before, self.after) if node is not None]
        where = " → ".join(dict.fromkeys(names))
        spent = (
            f" ({_amount(self.spent_before)} → {_amount(self.spent_after)})"
            if self.spent_before or self.spent_after
            else ""
        )
        return f"{self.change}: {where}{spent}{f': {self.detail}' if self.detail else ''}"


@dataclass(frozen=True)
class Comparison:
    """Two plans compared.

    Attributes:
        before, after: of the whole, in milliseconds or cost.
        measured_by: `time` where both plans were run, else `cost`, else None.
    """

    summary: str
    measured_by: str | None
    before: float | None
    after: float | None
    changes: tuple[NodeChange, ...] = field(default=())


def compare(before: Plan, after: Plan) -> Comparison:
    """What changed from one plan to the other, the dearest changes first."""
    by = _common_measure(before, after)
    whole = (_whole(before, by), _whole(after, by))
    pairs = _pairs(before, after)
    changes = [one for left, right in pairs for one in _change(left, right, by, max(whole[0] or 0.0, whole[1] or 0.0))]
    changes.sort(key=lambda one: -abs(one.difference))
    return Comparison(_summary(by, whole, changes), by, *whole, tuple(changes))


def _common_measure(before: Plan, after: Plan) -> str | None:
    if before.measured_by == after.measured_by == "time":
        return "time"
    if before.root.total_cost is not None and after.root.total_cost is not None:
        return "cost"
    return None


def _whole(plan: Plan, by: str | None) -> float | None:
    return plan.total_ms if by == "time" else plan.root.total_cost if by == "cost" else None


def _spent(node: PlanNode | None, by: str | None) -> float | None:
    if node is None or by is None:
        return None
    return node.exclusive_ms if by == "time" else node.exclusive_cost


def _amount(spent: float | None) -> str:
    return "nothing" if spent is None else count(round(spent, 2))


def _pairs(before: Plan, after: Plan) -> list[tuple[PlanNode | None, PlanNode | None]]:
    """Nodes that do the same part of the work; None where there is no partner."""
    pairs: list[tuple[PlanNode | None, PlanNode | None]] = []
    waiting = [(before.root, after.root)]
    left_over: tuple[list[PlanNode], list[PlanNode]] = ([], [])
    while waiting:
        left, right = waiting.pop()
        if not _alike(left, right):
            left_over[0].extend(left.walk())
            left_over[1].extend(right.walk())
            continue
        pairs.append((left, right))
        mine, theirs = list(left.children), list(right.children)
        while mine and theirs:
            one = mine.pop(0)
            partner = next((other for other in theirs if _alike(one, other)), None)
            if partner is None:
                left_over[0].extend(one.walk())
            else:
                theirs.remove(partner)
                waiting.append((one, partner))
        for one in mine:
            left_over[0].extend(one.walk())
        for one in theirs:
            left_over[1].extend(one.walk())
    return pairs + _by_table(*left_over)


def _alike(left: PlanNode, right: PlanNode) -> bool:
    if _reads(left) or _reads(right):
        return _reads(left) == _reads(right)
    return left.kind == right.kind and left.type == right.type


def _reads(node: PlanNode) -> tuple[str | None, str | None] | None:
    return (node.relation, node.alias) if node.relation and node.kind != "bitmap index scan" else None


def _by_table(before: list[PlanNode], after: list[PlanNode]) -> list[tuple[PlanNode | None, PlanNode | None]]:
    """What is left, paired by the table that it reads, then by what it does."""
    pairs: list[tuple[PlanNode | None, PlanNode | None]] = []
    for key in (_reads, lambda node: (node.kind, node.type, node.index)):
        known: dict[object, list[PlanNode]] = defaultdict(list)
        for node in after:
            known[key(node)].append(node)
        rest: list[PlanNode] = []
        for node in before:
            partners = known.get(key(node)) if key(node) is not None else None
            if partners:
                partner = partners.pop(0)
                after.remove(partner)
                pairs.append((node, partner))
            else:
                rest.append(node)
        before = rest
    return [*pairs, *((node, None) for node in before), *((None, node) for node in after)]


def _change(left: PlanNode | None, right: PlanNode | None, by: str | None, whole: float) -> list[NodeChange]:
    spent = (_spent(left, by), _spent(right, by))
    change, detail = _what(left, right, spent, whole)
    return [NodeChange(change, left, right, *spent, detail)] if change else []


def _what(
    left: PlanNode | None, right: PlanNode | None, spent: tuple[float | None, float | None], whole: float
) -> tuple[Change | None, str]:
    if left is None or right is None:
        return ("added" if left is None else "removed"), ""
    if _reads(left) and (left.type, left.index) != (right.type, right.index):
        return "other access", _rows_detail(left, right)
    if left.type != right.type:
        return (
            "other join" if "join" in f"{left.kind}{right.kind}" or "loop" in f"{left.kind}{right.kind}" else "moved"
        ), ""
    difference = (spent[1] or 0.0) - (spent[0] or 0.0)
    if whole and abs(difference) >= whole * NOTICED:
        return ("slower" if difference > 0 else "faster"), _rows_detail(left, right)
    if rows := _rows_detail(left, right):
        return "rows differ", rows
    return None, ""


def _rows_detail(left: PlanNode, right: PlanNode) -> str:
    """Where the rows of a node are more than twice or less than half as many."""
    before = left.total_rows if left.total_rows is not None else left.estimated_rows
    after = right.total_rows if right.total_rows is not None else right.estimated_rows
    if (left.total_rows is None) != (right.total_rows is None) or before is None or after is None:
        return ""
    if max(before, 1.0) >= ROWS_DIFFER * max(after, 1.0) or max(after, 1.0) >= ROWS_DIFFER * max(before, 1.0):
        return f"{count(before)} → {count(after)} rows"
    return ""


def _summary(by: str | None, whole: tuple[float | None, float | None], changes: list[NodeChange]) -> str:
    said = _whole_said(by, whole)
    if not changes:
        return f"{said}; the plans do the same"
    pays = max(changes, key=lambda one: one.difference)
    gains = min(changes, key=lambda one: one.difference)
    worse = (whole[1] or 0.0) > (whole[0] or 0.0)
    node = pays if worse else gains
    if by is None or not node.difference:
        return f"{said}; {changes[0].said}"
    verb = "pays" if worse else "gains"
    place = label(node.after or node.before) if (node.after or node.before) else ""  # type: ignore[arg-type]
    return f"{said}; {place} {verb} {_of(by, abs(node.difference))}"


def _whole_said(by: str | None, whole: tuple[float | None, float | None]) -> str:
    before, after = whole
    if before is None or after is None:
        return "neither times nor costs to compare"
    change = (after - before) / before if before else 0.0
    direction = "the same" if abs(change) < 0.005 else f"{percent(abs(change))} {'more' if change > 0 else 'less'}"
    return f"{_of(by, before)} → {_of(by, after)} ({direction})"


def _of(by: str | None, amount: float) -> str:
    return milliseconds(amount) if by == "time" else f"cost {count(round(amount, 2))}"
