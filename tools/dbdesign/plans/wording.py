"""How plans are spoken of: nodes, counts, times and sizes for people."""

from __future__ import annotations

from dbdesign.model.plan import PlanNode

_AGGREGATES = {"Hashed": "HashAggregate", "Sorted": "GroupAggregate", "Mixed": "MixedAggregate"}


def count(number: float) -> str:
    """`4`, `1,200`, `3.4 million`, `2.1 billion`; a fraction below 10 keeps a digit."""
    for limit, unit in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        if number >= limit:
            return f"{number / limit:,.3g} {unit}"
    return f"{number:,.1f}" if 0 < number < 10 and number != int(number) else f"{number:,.0f}"


def rows(number: float) -> str:
    """`1 row`, `1,200 rows`."""
    return "1 row" if number == 1 else f"{count(number)} rows"


def milliseconds(number: float) -> str:
    """`0.04 ms`, `12 ms`, `3.4 s`, `2 min`."""
    if number >= 120_000:
        return f"{number / 60_000:,.1f} min"
    if number >= 1000:
        return f"{number / 1000:,.2f} s"
    return f"{number:,.0f} ms" if number >= 10 else f"{number:.2g} ms"


def size(number: float) -> str:
    """Bytes for people: `12.7 GB`."""
    for limit, unit in ((1024**4, "TB"), (1024**3, "GB"), (1024**2, "MB")):
        if number >= limit:
            return f"{number / limit:,.1f} {unit}"
    return f"{number / 1024:,.0f} kB"


def percent(share: float) -> str:
    """`12 %`; of less than a percent two digits."""
    return f"{share:.0%}".replace("%", " %") if share >= 0.01 or share == 0 else f"{share * 100:.2g} %"


def times(factor: float) -> str:
    """How far an estimate is off, one way or the other: `120 times`."""
    return f"{count(round(max(factor, 1 / factor if factor else 1.0), 1))} times"


def title(node: PlanNode) -> str:
    """A node as people name it: `Index Scan using orders_pkey on orders o`, `Hash Left Join`, `Insert on orders`."""
    said = _verb(node)
    if node.index and node.index != node.relation:
        said += f" using {node.index}" if node.relation else f" on {node.index}"
    name = node.relation_label or node.cte_name or node.function_name
    if name:
        said += f" on {name}"
    if node.alias and name and node.alias not in {node.relation, name}:
        said += f" {node.alias}"
    return said


def _verb(node: PlanNode) -> str:
    said = node.type
    if node.type == "Aggregate" and node.strategy in _AGGREGATES:
        said = _AGGREGATES[node.strategy]
    elif node.type == "ModifyTable" and node.operation:
        said = node.operation
    elif node.type.endswith("Join") and node.join_type not in {None, "Inner"} and "Join" in node.type:
        said = f"{node.type.removesuffix('Join').strip()} {node.join_type} Join"
    elif node.type == "Nested Loop" and node.join_type not in {None, "Inner"}:
        said = f"Nested Loop {node.join_type} Join"
    if node.partial_mode in {"Partial", "Finalize"} and node.type == "Aggregate":
        said = f"{node.partial_mode} {said}"
    if node.parallel_aware and not said.startswith("Parallel"):
        said = f"Parallel {said}"
    return f"{said} Backward" if node.scan_direction == "Backward" and "Backward" not in said else said


def label(node: PlanNode) -> str:
    """A node with its number in the tree: `#3 Seq Scan on orders`."""
    return f"#{node.number} {title(node)}"
