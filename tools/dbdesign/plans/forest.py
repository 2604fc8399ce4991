"""A plan's nodes by position, and who pays for each: the tree, but with CTEs and InitPlans below the nodes that ran them.

EXPLAIN prints a CTE or an InitPlan below the node that its query level starts with, while its time is spent, and counted, in the node that
reads it: the CTE Scan, the node whose condition names `$0` or `(InitPlan 1).col1`, the Gather that hands the value to its workers.
Subtracting it where it is printed makes that node negative and the reader of the CTE dear (`subselect.c`, `nodeCtescan.c`,
`ExecSetParamPlan` in `nodeSubplan.c`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from dbdesign.model.plan import PlanNode

SUBPLANS = frozenset({"InitPlan", "SubPlan"})
GATHERS = frozenset({"Gather", "Gather Merge"})
ROUNDING = 0.999
"""Times are rounded: what is nearly enough is enough."""

RETURNS = re.compile(r"\$\d+")
NAMED = re.compile(r"\bInitPlan (?:\d+|[\w.]+)")
PARAMETER = re.compile(r"\$\d+|\bInitPlan (?:\d+|[\w.]+)")


@dataclass
class Forest:
    """The nodes of a plan by position, parents first.

    Attributes:
        parent: position of the parent; -1 of the root.
        children: positions, in the plan's order.
        end: the position after the last node of the subtree.
    """

    nodes: list[PlanNode]
    parent: list[int] = field(default_factory=list)
    children: list[list[int]] = field(default_factory=list)
    end: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, root: PlanNode) -> Forest:
        """The nodes of a tree."""
        forest = cls([])
        waiting = [(root, -1)]
        while waiting:
            node, parent = waiting.pop()
            position = len(forest.nodes)
            forest.nodes.append(node)
            forest.parent.append(parent)
            forest.children.append([])
            if parent >= 0:
                forest.children[parent].append(position)
            waiting.extend((child, position) for child in reversed(node.children))
        forest.end = [position + 1 for position in range(len(forest.nodes))]
        for position in range(len(forest.nodes) - 1, 0, -1):
            above = forest.parent[position]
            forest.end[above] = max(forest.end[above], forest.end[position])
        return forest

    @cached_property
    def inputs(self) -> list[list[int]]:
        """Of each node the children that give it rows: no InitPlan and no SubPlan."""
        return [
            [one for one in below if self.nodes[one].parent_relationship not in SUBPLANS] for below in self.children
        ]

    def above(self, position: int) -> Iterator[int]:
        """Positions from this one up to the root, itself first."""
        while position >= 0:
            yield position
            position = self.parent[position]

    def below(self, position: int, other: int) -> bool:
        """Whether `other` is in the subtree of `position`."""
        return position <= other < self.end[position]

    @cached_property
    def apart(self) -> list[int]:
        """Positions of CTEs and InitPlans: printed below one node, run by another."""
        return [position for position, node in enumerate(self.nodes) if node.parent_relationship == "InitPlan"]

    @cached_property
    def set_apart(self) -> frozenset[int]:
        """The same, to look up."""
        return frozenset(self.apart)

    @cached_property
    def readers(self) -> Mapping[int, list[int]]:
        """The nodes that read each CTE or name each InitPlan."""
        found: dict[int, list[int]] = defaultdict(list)
        by_name: dict[tuple[int, str], int] = {}
        by_parameter: dict[str, list[int]] = defaultdict(list)
        for position in self.apart:
            name = self.nodes[position].subplan_name or ""
            by_name[self.parent[position], name] = position
            for parameter in RETURNS.findall(name) or NAMED.findall(name):
                by_parameter[parameter].append(position)
        if not by_name:
            return found
        for position, node in enumerate(self.nodes):
            if node.cte_name and (read := self._cte(position, f"CTE {node.cte_name}", by_name)) is not None:
                found[read].append(position)
            for parameter in set(_parameters(node)) & by_parameter.keys():
                for read in by_parameter[parameter]:
                    if self.below(self.parent[read], position) and not self.below(read, position):
                        found[read].append(position)
        return found

    def _cte(self, position: int, name: str, by_name: Mapping[tuple[int, str], int]) -> int | None:
        for above in self.above(position):
            found = by_name.get((above, name))
            if found is not None and not self.below(found, position):
                return found
        return None


def hashed_subplans(forest: Forest) -> list[bool]:
    """Which nodes are SubPlans that their parent calls `hashed SubPlan 1`."""
    found = [False] * len(forest.nodes)
    for position, node in enumerate(forest.nodes):
        below = [one for one in forest.children[position] if forest.nodes[one].parent_relationship == "SubPlan"]
        if below:
            said = "\n".join(_texts(node))
            for child in below:
                found[child] = (
                    re.search(rf"hashed {re.escape(forest.nodes[child].subplan_name or '?')}\b", said) is not None
                )
    return found


def _texts(node: PlanNode) -> list[str]:
    """Every expression of a node."""
    texts: list[str] = [*node.conditions.values(), *node.output, *node.sort_key, *node.group_key]
    texts += [one for one in (node.order_by, node.cache_key) if one]
    for value in node.extra.values():
        texts += [str(one) for one in value] if isinstance(value, (list, tuple)) else [str(value)]
    return texts


def _parameters(node: PlanNode) -> Iterator[str]:
    for text in _texts(node):
        if "$" in text or "InitPlan" in text:
            yield from PARAMETER.findall(text)


@dataclass
class Payers:
    """Who pays for each node, and with which share of it.

    Attributes:
        of: for each position the payers with their shares, which sum to 1. Empty for the root and for what no node pays for.
    """

    of: list[list[tuple[int, float]]]

    @cached_property
    def pays_for(self) -> list[list[tuple[int, float]]]:
        """For each position what it pays for."""
        found: list[list[tuple[int, float]]] = [[] for _ in self.of]
        for position, payers in enumerate(self.of):
            for payer, share in payers:
                found[payer].append((position, share))
        return found

    def order(self) -> Iterator[int]:
        """Positions, payers before what they pay for. What pays for itself in a circle is left out."""
        open_payers = [len(payers) for payers in self.of]
        ready = [position for position, count in enumerate(open_payers) if count == 0][::-1]
        while ready:
            position = ready.pop()
            yield position
            for paid, _ in self.pays_for[position]:
                open_payers[paid] -= 1
                if open_payers[paid] == 0:
                    ready.append(paid)


def by_tree(forest: Forest) -> Payers:
    """Each node is paid for by its parent."""
    return Payers([[] if parent < 0 else [(parent, 1.0)] for parent in forest.parent])


def by_reader(forest: Forest, totals: Sequence[float]) -> Payers:
    """Each node is paid for by its parent; a CTE by its CTE Scans, as they have taken time; an InitPlan by the node that needed it first.

    A CTE that is never read (one that changes data) is paid for by nobody: it runs after the root (`ExecPostprocessPlan`).
    """
    payers = by_tree(forest)
    for position in forest.apart:
        if (forest.nodes[position].subplan_name or "").startswith("CTE "):
            payers.of[position] = _shared(forest.readers.get(position, []), totals)
        else:
            payers.of[position] = [(_first_needing(forest, position, totals), 1.0)]
    return payers


def _shared(readers: Sequence[int], totals: Sequence[float]) -> list[tuple[int, float]]:
    whole = sum(totals[one] for one in readers)
    if whole <= 0:
        return [(one, 1.0 / len(readers)) for one in readers]
    return [(one, totals[one] / whole) for one in readers if totals[one] > 0]


def _first_needing(forest: Forest, position: int, totals: Sequence[float]) -> int:
    """The node in whose time an InitPlan ran: the first that names it and took long enough, in its own part if there is such a one."""
    home, needed = forest.parent[position], totals[position] * ROUNDING
    named = [_outside_workers(forest, one, home) for one in forest.readers.get(position, [])]
    able = [one for one in named if totals[one] >= needed]
    spare = next((one for one in able if _own(forest, one, totals) >= needed), None)
    if spare is not None or able:
        return able[0] if spare is None else spare
    return _descend(forest, home, needed, totals)


def _outside_workers(forest: Forest, position: int, home: int) -> int:
    """The node itself, or the outermost Gather above it: that evaluates the parameters of its workers (`ExecInitParallelPlan`)."""
    found = position
    for above in forest.above(position):
        if forest.nodes[above].type in GATHERS:
            found = above
        if above == home:
            break
    return found


def _own(forest: Forest, position: int, totals: Sequence[float]) -> float:
    return totals[position] - sum(totals[one] for one in forest.children[position] if one not in forest.set_apart)


def _descend(forest: Forest, position: int, needed: float, totals: Sequence[float]) -> int:
    """The topmost node whose own part is long enough, where the plan does not show who names an InitPlan (no VERBOSE)."""
    start = position
    while _own(forest, position, totals) < needed:
        longer = [one for one in forest.inputs[position] if totals[one] >= needed]
        if not longer:
            return start
        position = longer[0]
    return position
