"""The arms of a model side by side, as a short text."""

from __future__ import annotations

from collections.abc import Sequence

from dbdesign_evals.samples import Sample


def arms_text(samples: Sequence[Sample]) -> str:
    """One line an arm and model."""
    lines = []
    for arm, model in dict.fromkeys((one.arm, one.model) for one in samples):
        own = [one for one in samples if (one.arm, one.model) == (arm, model)]
        mean = sum(one.score for one in own) / len(own)
        cost = sum(one.usage.cost for one in own)
        lines.append(f"{arm} {model}: {mean:.3f} over {len(own)} samples, ${cost:.2f}")
    return "\n".join(lines)
