"""What EXPLAIN's text leaves out because it is zero, false or implied, put back, so that None goes on meaning "not said".

The rules are those of explain.c: in text, counters that are zero are not printed; the structured formats print them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dbdesign.plans.postgresql.parts import BLOCKS, WAL

Raw = dict[str, Any]

MEMBERS = frozenset({"Append", "Merge Append", "BitmapAnd", "BitmapOr"})
JOINS = frozenset({"Nested Loop", "Hash Join", "Merge Join", "Recursive Union"})
LEAVES = frozenset(
    {
        "Seq Scan", "Sample Scan", "Index Scan", "Index Only Scan", "Bitmap Index Scan", "Tid Scan", "Tid Range Scan", "Function Scan",
        "Table Function Scan", "Values Scan", "CTE Scan", "Named Tuplestore Scan", "WorkTable Scan", "Foreign Scan", "Custom Scan",
        "Result", "Append", "Merge Append", "Utility Statement",
    }
)  # fmt: skip
"""What may have no input. Append may have lost all of them to pruning."""
SINGLE = frozenset(
    {
        "Bitmap Heap Scan", "Subquery Scan", "Materialize", "Memoize", "Sort", "Incremental Sort", "Group", "Aggregate", "WindowAgg",
        "Unique", "LockRows", "Limit", "ProjectSet", "Gather", "Gather Merge", "Hash", "ModifyTable",
    }
)  # fmt: skip
MERGED = ("Tuples Inserted", "Tuples Updated", "Tuples Deleted", "Tuples Skipped")
INDEX_RECHECKED = frozenset({"Index Scan", "Index Only Scan", "Bitmap Heap Scan"})


def below(root: Raw) -> Iterator[Raw]:
    """A node and all below it."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(node.get("Plans") or ())


def complete(root: Raw) -> None:
    """Complete a tree that was read from text, in place."""
    nodes = list(below(root))
    verbose = any("Output" in node for node in nodes)
    analyzed = "Actual Loops" in root
    for node in nodes:
        _relationships(node)
        _grouped(node)
        _implied(node, verbose)
        if analyzed:
            _counters(node)
    for names in (tuple(BLOCKS), tuple(name for name in WAL if name != "WAL FPI Bytes")):
        if any(name in node for node in nodes for name in names):
            _zeros(nodes, names)


def _zeros(nodes: list[Raw], names: tuple[str, ...]) -> None:
    for node in nodes:
        for name in names:
            node.setdefault(name, 0)


def _relationships(node: Raw) -> None:
    order = 0
    for child in node.get("Plans", ()):
        name = child.get("Subplan Name")
        if name is not None:
            child["Parent Relationship"] = "SubPlan" if "SubPlan" in name else "InitPlan"
            continue
        child["Parent Relationship"] = _relationship(node, order)
        order += 1


def _relationship(node: Raw, order: int) -> str:
    kind = node["Node Type"]
    if kind in MEMBERS or (kind == "ModifyTable" and order > 0):
        return "Member"
    if kind == "Subquery Scan":
        return "Subquery"
    if kind == "Custom Scan":
        return "child"
    return "Inner" if order == 1 else "Outer"


def _grouped(node: Raw) -> None:
    """One plain `Group Key` line is simple grouping, as the JSON format has it."""
    sets = node.pop("_sets", None)
    if not sets:
        return
    if (
        len(sets) == 1
        and set(sets[0]) == {"Group Keys"}
        and len(sets[0]["Group Keys"]) == 1
        and sets[0]["Group Keys"][0]
    ):
        node["Group Key"] = sets[0]["Group Keys"][0]
    else:
        node["Grouping Sets"] = sets


def _implied(node: Raw, verbose: bool) -> None:
    kind = node["Node Type"]
    if verbose and "Join Type" in node:
        node.setdefault("Inner Unique", False)
    if kind == "Gather":
        node.setdefault("Single Copy", False)
    if kind == "Aggregate" and node.get("Strategy") in {"Hashed", "Mixed"} and "Plan Rows" in node:
        node.setdefault("Planned Partitions", 0)
    if kind in {"Append", "Merge Append"}:
        node.setdefault("Subplans Removed", 0)


def _counters(node: Raw) -> None:
    kind = node["Node Type"]
    if "Filter" in node:
        node.setdefault("Rows Removed by Filter", 0)
    if "Join Filter" in node:
        node.setdefault("Rows Removed by Join Filter", 0)
    if kind in INDEX_RECHECKED and ("Recheck Cond" in node or ("Index Cond" in node)):
        node.setdefault("Rows Removed by Index Recheck", 0)
    if kind == "Bitmap Heap Scan":
        node.setdefault("Exact Heap Blocks", 0)
        node.setdefault("Lossy Heap Blocks", 0)
    if node.get("Operation") == "Merge" and any(name in node for name in MERGED):
        for name in MERGED:
            node.setdefault(name, 0)
    for ran in (node, *node.get("Workers", ())):
        if "HashAgg Batches" in ran:
            ran.setdefault("Disk Usage", 0)


def incomplete_nodes(root: Raw) -> list[Raw]:
    """Nodes that lack an input that their type must have, so that the text must have ended too early."""
    found = []
    for node in below(root):
        inputs = sum("Subplan Name" not in child for child in node.get("Plans") or ())
        kind = node.get("Node Type")
        needed = 2 if kind in JOINS else int(kind in SINGLE)
        if inputs < needed:
            found.append(node)
    return found


def stops_early(root: Raw) -> str | None:
    """Why a tree of a structured format cannot be whole: what its last node lacks; None where it lacks nothing."""
    nodes = list(below(root))
    for name in ("Plan Width", "Actual Loops"):
        for node in nodes:
            if name in root and name not in node:
                return f"{node.get('Node Type', 'a node')} lacks its {name}"
    missing = incomplete_nodes(root)
    return f"{missing[-1]['Node Type']} lacks an input" if missing else None
