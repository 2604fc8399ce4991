"""What the plan of another server says, by the readers of that server's plans."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dbdesign.benchmark.results import PlanFacts
from dbdesign.errors import DesignError

if TYPE_CHECKING:
    from dbdesign.engines.server_session import Described
    from dbdesign.model.plan import PlanNode

MOST_FINDINGS = 5


def facts_of(described: Described) -> PlanFacts:
    """Rows, time, nodes and findings of the rows that EXPLAIN gave; the text alone where it cannot be read."""
    from dbdesign.plans.findings.base import findings_of
    from dbdesign.plans.read import read_plans

    text = plan_text(described)
    try:
        found = read_plans(text)
    except DesignError as error:
        return PlanFacts(text, 0, 0, 0.0, 0.0, 0.0, (), (f"the plan could not be read: {error}",))
    plan = found.plans[0]
    nodes = tuple(node.title for node in plan.root.walk())
    said = tuple(one.message for one in findings_of(plan, found.engine)[:MOST_FINDINGS])
    top = _speaking(plan.root)
    return PlanFacts(
        text,
        0,
        0,
        top.estimated_rows or 0.0,
        round(top.actual_rows or 0.0, 1),
        plan.execution_ms or plan.total_ms or 0.0,
        nodes,
        said,
    )


def _speaking(root: PlanNode) -> PlanNode:
    """The first node from the top that has both the rows that were expected and those that came; MySQL's and MariaDB's do not all."""
    nodes = list(root.walk())
    both = (one for one in nodes if one.estimated_rows is not None and one.actual_rows is not None)
    either = (one for one in nodes if one.estimated_rows is not None or one.actual_rows is not None)
    return next(both, next(either, root))


def plan_text(described: Described) -> str:
    """The plan as the server's own client shows it: a document or lines as they are, a table framed."""
    import json

    from dbdesign.plans.live import framed

    if len(described.names) > 1:
        return framed(list(described.names), described.rows)
    values = [row[0] for row in described.rows]
    return "\n".join(one if isinstance(one, str) else json.dumps(one) for one in values)
