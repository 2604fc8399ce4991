"""A plan as lines that a person can check: what each node is, what it read and gave, and what it took."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import Plan, PlanNode, PlanText


def outline(read: PlanText) -> str:
    """Everything that was read, in lines."""
    return "\n".join(_lines(read)) + "\n"


def _lines(read: PlanText) -> Iterator[str]:
    wrapped = f", pasted as {', '.join(read.pasted_as)}" if read.pasted_as else ""
    yield f"{read.engine} {read.format}{wrapped}"
    for note in read.notes:
        yield f"note at line {note.line}: {note.reason}" + (f": {note.text}" if note.text else "")
    for plan in read.plans:
        yield from _plan(plan)


def _plan(plan: Plan) -> Iterator[str]:
    yield f"plan {plan.number}" + _said(
        planning_ms=plan.planning_ms,
        execution_ms=plan.execution_ms,
        nodes_ms=plan.nodes_ms,
        measured_by=plan.measured_by,
        parameters=[f"{one.name} {one.compiled} {one.runtime}" for one in plan.parameters],
        missing=[
            f"{one.table} {one.impact} {one.equality} {one.inequality} {one.include}" for one in plan.missing_indexes
        ],
        grant=plan.memory_grant and f"{plan.memory_grant.granted_kb} of {plan.memory_grant.desired_kb}",
        waits=[f"{one.type} {one.ms:g} ms" for one in plan.waits],
        warnings=[f"{one.kind} {one.detail or ''}".strip() for one in plan.warnings],
        rejected=[one.title for one in plan.rejected],
    )
    depths = {plan.root.number: 0}
    for node in plan.nodes:
        for child in node.children:
            depths[child.number] = depths[node.number] + 1
        yield f"{'  ' * (depths[node.number] + 1)}{_node(node)}"


def _node(node: PlanNode) -> str:
    return f"{node.number} {node.title} [{node.kind}]" + _said(
        relationship=node.parent_relationship,
        subplan=node.subplan_name,
        rows=_pair(node.estimated_rows, node.actual_rows),
        loops=node.loops,
        never_executed=node.never_executed,
        examined=node.rows_examined,
        keys=node.keys_examined,
        removed=node.total_rows_removed,
        total_ms=node.total_ms,
        exclusive_ms=node.exclusive_ms,
        exclusive_cost=node.exclusive_cost,
        share=node.share,
        sort=", ".join(node.sort_key),
        group=", ".join(node.group_key),
        columns=", ".join(node.index_columns),
        partitions=", ".join(node.partitions),
        flags="; ".join(node.flags),
        warnings=[f"{one.kind} {one.detail or ''}".strip() for one in node.warnings],
        memory=node.memory_bytes,
        disk=node.disk_bytes,
        **dict(node.conditions),
    )


def _pair(estimated: float | None, actual: float | None) -> str | None:
    if estimated is None and actual is None:
        return None
    return "/".join("?" if one is None else f"{one:g}" for one in (estimated, actual))


def _said(**figures: object) -> str:
    said = []
    for name, value in figures.items():
        if value in (None, "", [], False):
            continue
        said.append(f"{name}={value:.4g}" if isinstance(value, float) else f"{name}={value}")
    return f" {', '.join(said)}" if said else ""
