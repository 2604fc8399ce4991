"""Pages and I/O time of each node without what is below it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dbdesign.model.plan import Buffers, IoTimings
from dbdesign.plans.forest import Forest, Payers

BLOCKS = tuple(Buffers.model_fields)
TIMINGS = tuple(IoTimings.model_fields)


def exclusive_buffers(forest: Forest, payers: Payers) -> list[Buffers | None]:
    """Pages that each node itself touched; None where the plan has no buffers."""
    counts = [None if node.buffers is None else node.buffers.__dict__ for node in forest.nodes]
    own = _exclusive(counts, payers, BLOCKS)
    return [None if one is None else Buffers(**{name: int(one[name]) for name in BLOCKS}) for one in own]


def exclusive_io(forest: Forest, payers: Payers) -> list[IoTimings | None]:
    """Milliseconds that each node itself read and wrote; None where the plan has no I/O times."""
    counts = [None if node.io is None else node.io.__dict__ for node in forest.nodes]
    return [None if one is None else IoTimings(**one) for one in _exclusive(counts, payers, TIMINGS)]


def _exclusive(
    counts: Sequence[Mapping[str, float] | None], payers: Payers, names: tuple[str, ...]
) -> list[dict[str, float] | None]:
    """Subtract from each node what it pays for; of a CTE with several readers, from the first as far as it goes."""
    own: list[dict[str, float] | None] = [
        None if one is None else {name: one[name] for name in names} for one in counts
    ]
    for position, paid in enumerate(counts):
        if paid is None:
            continue
        due = {name: paid[name] for name in names if paid[name]}
        for payer, _ in payers.of[position]:
            has = own[payer]
            if has is None or not due:
                continue
            for name, amount in list(due.items()):
                taken = min(amount, max(has[name], 0))
                has[name] -= taken
                due[name] = amount - taken
    return own
