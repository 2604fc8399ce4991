"""A plan as a tree whose nodes know how often they run, how much of them is asked for, and what they read before their filters.

EXPLAIN says of each node what one run of it to its end gives. What a node does in the whole statement follows from its place:

- the inner side of a nested loop runs once for each outer row; a SubPlan once for each row that its parent looks at;
- below a LIMIT only a share of a node's rows is fetched: the share that the planner charges (`adjust_limit_rows_costs`, pathnode.c);
  a node that needs its whole input first (Sort, Hash, HashAggregate …) asks for all of it;
- below Gather, rows are those of one process: workers, and the leader as far as it is not busy with them (`get_parallel_divisor`,
  costsize.c).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dbdesign.simulate.boundaries import entries_passed
from dbdesign.simulate.conditions import Asker

if TYPE_CHECKING:
    from dbdesign.simulate.relations import Catalog
    from dbdesign.twin.relations import Relation

BLOCKING = frozenset(
    {"Sort", "Hash", "Materialize", "SetOp", "Bitmap Index Scan", "BitmapAnd", "BitmapOr", "ModifyTable"}
)
"""Nodes that read their whole input before they give a row."""

LEADER = 0.3
"""Share of the leader's time that each worker takes (`get_parallel_divisor`)."""

CONDITIONS = (
    "Index Cond",
    "Recheck Cond",
    "Hash Cond",
    "Merge Cond",
    "Join Filter",
    "Filter",
    "TID Cond",
    "One-Time Filter",
)
SCANS = frozenset(
    {"Seq Scan", "Index Scan", "Index Only Scan", "Bitmap Heap Scan", "Sample Scan", "Tid Scan", "Tid Range Scan"}
)


@dataclass
class Node:
    """One node of a plan in its place.

    Attributes:
        raw: what EXPLAIN says of it.
        loops: how often it is started in the whole statement.
        share: of its rows that are fetched, each time it is started; below a LIMIT less than 1.
        processes: by how many its rows are to be multiplied, below Gather.
        examined: rows that it reads each time before its filter; None where that is not known or there is none.
        entries: entries of the index that it passes each time, where its condition lets it pass more than it finds.
    """

    raw: Mapping[str, Any]
    parent: Node | None = None
    children: list[Node] = field(default_factory=list)
    loops: float = 1.0
    share: float = 1.0
    processes: float = 1.0
    table: Relation | None = None
    index: Relation | None = None
    examined: float | None = None
    entries: float | None = None

    @property
    def type(self) -> str:
        """`Seq Scan`, `Nested Loop` …"""
        return str(self.raw["Node Type"])

    @property
    def rows(self) -> float:
        """Rows that one run to its end gives, of all processes."""
        rows = float(self.raw.get("Plan Rows", 0))
        return rows * self.processes if rows > 1 else rows

    @property
    def total_rows(self) -> float:
        """Rows that it gives in the whole statement."""
        return self.rows * self.loops * self.share

    @property
    def total_examined(self) -> float:
        """Rows that it reads in the whole statement before its filter."""
        return (self.rows if self.examined is None else self.examined) * self.loops * self.share

    @property
    def width(self) -> float:
        """Bytes of a row."""
        return float(self.raw.get("Plan Width", 0))

    @property
    def startup(self) -> float:
        """Cost up to the first row."""
        return float(self.raw.get("Startup Cost", 0))

    @property
    def cost(self) -> float:
        """Cost of one run to its end."""
        return float(self.raw.get("Total Cost", 0))

    @property
    def relationship(self) -> str:
        """Its part in the parent: Outer, Inner, Member, SubPlan, InitPlan, Subquery."""
        return str(self.raw.get("Parent Relationship", ""))

    @property
    def title(self) -> str:
        """For people: `Seq Scan on sales.orders`, `Index Scan using orders_pkey on sales.orders o`."""
        said = self.type
        if self.raw.get("Join Type") not in (None, "Inner"):
            said = f"{said} ({self.raw['Join Type']})"
        if self.type == "Aggregate":
            said = {"Hashed": "HashAggregate", "Sorted": "GroupAggregate", "Mixed": "MixedAggregate"}.get(
                str(self.raw.get("Strategy")), "Aggregate"
            )
        if self.type == "ModifyTable":
            said = str(self.raw.get("Operation", self.type))
        if "Index Name" in self.raw:
            said += f" using {self.raw['Index Name']}"
        name = self.table.label if self.table else self.raw.get("Relation Name") or self.raw.get("CTE Name")
        if name and self.type != "Bitmap Index Scan":
            alias = self.raw.get("Alias")
            said += f" on {name}"
            said += f" {alias}" if alias and alias != self.raw.get("Relation Name") and alias != name else ""
        return said

    def condition(self, *names: str) -> str:
        """Its conditions of these kinds, or all, as PostgreSQL writes them."""
        return " AND ".join(str(self.raw[name]) for name in names or CONDITIONS if name in self.raw)

    def below(self) -> Iterator[Node]:
        """It and all below it, parents first."""
        yield self
        for child in self.children:
            yield from child.below()

    def above(self) -> Iterator[Node]:
        """Its parents, the nearest first."""
        node = self.parent
        while node is not None:
            yield node
            node = node.parent


@dataclass
class Plan:
    """A plan of which every node knows its place."""

    root: Node
    nodes: list[Node]

    @property
    def shape(self) -> str:
        """What makes two plans the same to a designer: nodes, relations and indexes; not rows, costs and parallelism."""
        return _shape(self.root)

    @property
    def workers(self) -> int:
        """Parallel workers that are planned, in the widest Gather."""
        return max((int(node.raw.get("Workers Planned", 0)) for node in self.nodes), default=0)

    def scans(self) -> Iterator[Node]:
        """The nodes that read a table."""
        return (node for node in self.nodes if node.type in SCANS)


def read_plan(raw: Mapping[str, Any], catalog: Catalog, asker: Asker, *, tables: frozenset[str] = frozenset()) -> Plan:
    """The tree of an EXPLAIN (FORMAT JSON) object.

    Args:
        asker: answers what a condition alone would leave.
        tables: labels that the statement names, where a name occurs in several namespaces.
    """
    root = _node(raw["Plan"], None, catalog, tables)
    _place(root, catalog.leader)
    nodes = list(root.below())
    for node in nodes:
        node.examined = _examined(node, catalog, asker)
        node.entries = entries_passed(node, catalog, asker)
    for node in nodes:  # what a SubPlan's parent looks at is known only now
        _subplans(node)
    return Plan(root, nodes)


def _node(raw: Mapping[str, Any], parent: Node | None, catalog: Catalog, tables: frozenset[str]) -> Node:
    node = Node(raw, parent)
    if "Index Name" in raw:
        node.index = catalog.index(str(raw["Index Name"]), raw.get("Relation Name"), tables)
    if node.index is not None and node.index.table is not None:
        node.table = catalog.by_oid.get(node.index.table)
    elif "Relation Name" in raw:
        node.table = catalog.table(str(raw["Relation Name"]), tables)
    node.children = [_node(one, node, catalog, tables) for one in raw.get("Plans", ())]
    return node


def _place(node: Node, leader: bool) -> None:
    for child in node.children:
        child.processes = node.processes
        child.loops = node.loops
        child.share = _share(node, child)
        if node.type in {"Gather", "Gather Merge"}:
            child.processes *= divisor(int(node.raw.get("Workers Planned", 0)), leader)
        if node.type == "Nested Loop" and child.relationship == "Inner":
            outer = node.children[0]
            child.loops = max(1.0, node.loops * outer.rows * outer.share)
            child.processes = 1.0
        if node.type == "Materialize" and node.parent is not None:  # it is read once and kept
            child.loops = node.parent.loops
        elif child.relationship in {"InitPlan", "SubPlan"} or child.type in {
            "Bitmap Index Scan",
            "BitmapAnd",
            "BitmapOr",
        }:
            child.processes = 1.0
        _place(child, leader)


def divisor(workers: int, leader: bool = True) -> float:
    """Processes that share the rows of a parallel node."""
    helping = 1.0 - LEADER * workers if leader else 0.0
    return max(1.0, workers + max(helping, 0.0))


def _share(node: Node, child: Node) -> float:
    if child.relationship in {"InitPlan", "SubPlan"}:
        return 1.0
    if node.type == "Limit":
        span = child.cost - child.startup
        return node.share * (min(1.0, max(0.0, (node.cost - child.startup) / span)) if span > 0 else 1.0)
    hashed = node.type == "Aggregate" and node.raw.get("Strategy") != "Sorted"
    if node.type in BLOCKING or hashed:
        return 1.0
    return 1.0 if node.type == "Nested Loop" and child.relationship == "Inner" else node.share


def _subplans(node: Node) -> None:
    for child in node.children:
        if child.relationship != "SubPlan" or hashed_subplan(node, child):
            continue
        scale = max(1.0, node.total_examined)
        for one in [child] if child.type == "Materialize" else child.below():
            one.loops *= scale


def hashed_subplan(node: Node, child: Node) -> bool:
    """Whether a SubPlan runs once, its result kept in a hash table."""
    name = str(child.raw.get("Subplan Name", ""))
    return f"hashed {name}" in node.condition() or name.startswith("CTE ")


def _examined(node: Node, catalog: Catalog, asker: Asker) -> float | None:
    """Rows that one run reads, of all processes."""
    if node.table is None or node.type not in SCANS:
        return None
    whole = catalog.twin.rows(node.table)
    if node.type == "Seq Scan":
        return max(whole, node.rows)
    if node.type == "Bitmap Heap Scan" and node.children:
        return max(node.children[0].rows, node.rows)
    if "Filter" not in node.raw:
        return node.rows
    if "Index Cond" not in node.raw:
        entries = catalog.twin.rows(node.index) if node.index else whole
        return max(entries, node.rows)
    asked = asker.rows(node.table, node.raw.get("Alias"), str(node.raw["Index Cond"]))
    return node.rows if asked is None else max(node.rows, min(asked, whole))


def shape_of(raw: Mapping[str, Any], catalog: Catalog) -> str:
    """The shape of an EXPLAIN object without reading more of it."""
    return _shape(_node(raw["Plan"], None, catalog, frozenset()))


_SILENT = frozenset({"Gather", "Gather Merge"})


def _shape(node: Node) -> str:
    inner = [_shape(child) for child in node.children]
    partial = node.raw.get("Partial Mode") == "Partial"
    if (node.type in _SILENT or partial) and inner:
        return " ".join(inner)
    said = node.title.replace("Parallel ", "")
    return f"{said}[{'; '.join(inner)}]" if inner else said


def readable(plan: Plan) -> str:
    """The plan as indented lines, with costs and rows."""
    return "\n".join(_lines(plan.root, 0))


def _lines(node: Node, depth: int) -> Iterator[str]:
    said = f"{'  ' * depth}{node.title}  (cost {node.cost:,.0f}, rows {node.rows:,.0f}"
    said += f", started {node.loops:,.0f} times)" if node.loops >= 2 else ")"
    yield said
    for name in CONDITIONS:
        if name in node.raw and name != "Recheck Cond":
            yield f"{'  ' * depth}    {name.lower()}: {node.raw[name]}"
    for child in node.children:
        yield from _lines(child, depth + 1)
