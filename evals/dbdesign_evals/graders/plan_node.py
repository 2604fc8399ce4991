"""A diagnosis names the node of a plan where the time goes, found out by the plan reader when the answer is graded.

with: `file` (the structured answer), `at` (a dotted path to what it says of the node: its line in the plan as given, or its title),
`plan` (the task's), `like` (an expression for the node's title, where it is not simply the one with the most exclusive time), `lines`
(how far a line may be off; 0 by default). A title is right when it has the node's type and the relation, index or alias that it works
on, and no other node of the plan has both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from dbdesign_evals import structured
from dbdesign_evals.graders.base import Grader, Outcome, failed, passed
from dbdesign_evals.plan_truth import costliest, plan_of
from dbdesign_evals.task import Data
from dbdesign_evals.workbench import Workbench

if TYPE_CHECKING:
    from dbdesign.model.plan import PlanNode


class Parameters(Data):
    """`file`, `at`, `plan`, `like`, `lines`."""

    file: str
    at: str
    plan: str
    like: str | None = None
    lines: int = 0


def grade(parameters: Parameters, bench: Workbench) -> Outcome:
    """Compare with the costliest node."""
    name = parameters.file.removeprefix("answer:")
    said = structured.at(structured.load(bench.text(parameters.file), name), parameters.at, name)
    plan = plan_of(bench.text(parameters.plan))
    node = costliest(plan, re.compile(parameters.like) if parameters.like else None)
    evidence = f"the node is {node.title}, line {node.line}, {node.exclusive_ms or 0:.0f} ms of its own"
    if _by_line(said, node, parameters.lines) or _by_title(said, node, list(plan.root.walk())):
        return passed(evidence)
    return failed(f"it names {structured.words(said)[:120]!r}", evidence=[evidence])


def _by_line(said: Any, node: PlanNode, off: int) -> bool:
    found = re.fullmatch(r"(?:line\s*)?(\d+)", structured.words(said))
    return bool(found and node.line is not None and abs(int(found[1]) - node.line) <= off)


def _by_title(said: Any, node: PlanNode, nodes: list[PlanNode]) -> bool:
    text = structured.words(said)[:2000]
    same = [one for one in nodes if _fits(text, one)]
    if node not in same:
        return False
    best = max(len(_named(text, one)) for one in same)
    return len(_named(text, node)) == best and sum(len(_named(text, one)) == best for one in same) == 1


def _fits(text: str, node: PlanNode) -> bool:
    kind = node.name.lower().removeprefix("parallel ")
    return kind in text and (bool(_named(text, node)) or not list(_names(node)))


def _named(text: str, node: PlanNode) -> set[str]:
    return {name for name in _names(node) if re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", text)}


def _names(node: PlanNode) -> Iterator[str]:
    for name in (node.relation, node.index, node.alias, node.cte_name, node.function_name):
        if name:
            yield name.lower()


GRADER = Grader("plan_node", Parameters, grade)
