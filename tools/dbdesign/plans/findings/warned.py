"""The warnings that an engine writes into its plans, by kinds whose spelling differs between versions and formats."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping

from dbdesign.model.plan import Plan, PlanNode, PlanWarning

_NOT_A_LETTER = re.compile(r"[^a-z]")


def warned(of: PlanNode | Plan, *kinds: str) -> Iterator[PlanWarning]:
    """The warnings of a node or a statement whose kind is one of these, letters only: `PlanAffectingConvert`, `no"
    " join predicate`."""
    wanted = {_NOT_A_LETTER.sub("", kind.lower()) for kind in kinds}
    return (one for one in of.warnings if _NOT_A_LETTER.sub("", one.kind.lower()) in wanted)


def number(node: PlanNode, name: str) -> float | None:
    """A number among what else the plan says of a node, such as `EstimateRowsWithoutRowGoal`; also as MongoDB's"
    " shell wraps it."""
    value = node.extra.get(name)
    if isinstance(value, Mapping) and len(value) == 1:
        value = next(iter(value.values()))
    try:
        found = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return found if math.isfinite(found) else None
