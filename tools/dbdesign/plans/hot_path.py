"""Where the time of a plan goes, from the top to where most of it stays."""

from __future__ import annotations

from dbdesign.model.plan import Plan, PlanNode


def hot_path(plan: Plan) -> tuple[PlanNode, ...]:
    """The nodes from the root to the one where most of the time stays, each the dearest child of the one before."""
    inclusive: dict[int, float] = {}
    for node in reversed(plan.nodes):
        inclusive[node.number] = (node.share or 0.0) + sum(inclusive[child.number] for child in node.children)
    path = [plan.root]
    while path[-1].children:
        dearest = max(path[-1].children, key=lambda child: inclusive[child.number])
        if inclusive[dearest.number] < max(path[-1].share or 0.0, 1e-9):
            break
        path.append(dearest)
    return tuple(path)
