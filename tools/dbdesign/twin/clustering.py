"""What a column's number of distinct values really is where equal values stand together.

ANALYZE reads blocks and takes its rows out of them: 30,000 out of as many blocks, or of all (`acquire_sample_rows` of
src/backend/commands/analyze.c). Two rows of one block are then of one value far more often than two rows of the table, where equal values
stand side by side, as the lines of an order do; the estimator takes rows for independent and sees too few values. How the sample comes
about is known, so that it can be undone: from the estimate to the pairs of equal values in the sample, and from these to rows of a value.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

CLUSTERED = 0.99
"""The correlation of values and rows from which on equal values are taken to stand together."""

_RARE = 0.25
"""Pairs for each row of the sample, beyond which values come up more than twice in it, and pairs alone do not tell."""


def sampled_pairs(distinct: float, rows: float, sample: float) -> float:
    """Pairs of equal values in a sample by the estimate that was made of it: the estimator of ANALYZE (`compute_scalar_stats`: Haas and
    Stokes' Duj1) solved for a sample in which no value comes up more than twice.
    """
    return sample**2 * (1 - distinct / rows) / (2 * distinct * (1 - sample / rows) + sample)


@dataclass(frozen=True)
class Sampling:
    """How ANALYZE samples a table.

    Attributes:
        rows, pages: of the table.
        sample: rows that are read, all at most.
    """

    rows: float
    pages: int
    sample: float

    def expected(self, values: float, groups: float) -> float:
        """What is to be expected as the estimate of a column's distinct values.

        Args:
            values: that there are to choose from.
            groups: of rows that stand together and choose one value each, at random; as many as rows where each chooses by itself.
        """
        blocks = min(self.sample, self.pages) / self.pages
        share, together = self.sample / self.rows / blocks, max(self.rows / groups, 1.0)
        left = math.log1p(-min(share, 1 - 1e-9))
        seen, once = blocks * -math.expm1(left * together), blocks * together * share * math.exp(left * (together - 1))
        each = groups / values
        found = values * -math.expm1(-each * seen)
        single = values * each * once * math.exp(-each * seen)
        return self.sample * found / (self.sample - single + single * self.sample / self.rows)


def clustered_distinct(distinct: float, rows: float, pages: int, sample: float) -> float:
    """The number of distinct values of a column whose equal values stand together.

    Args:
        distinct: as ANALYZE estimates it.
        sample: rows that it reads.

    Returns:
        The estimate where it is right, since all blocks were read, or cannot be told better: values have more rows than a block.
    """
    if not 1 <= distinct < rows or pages <= sample or rows < 2 * pages:
        return distinct
    pairs, in_block = sampled_pairs(distinct, rows, sample), rows / pages
    if pairs > _RARE * sample:
        return distinct
    neighbours = sample / 2  # pairs of rows out of one block, of as many blocks
    others = pairs / neighbours * (in_block - 1)
    others /= max(1 - (others + 2) / (3 * in_block), 0.5)  # some groups go on in the next block
    if others > in_block / 2:
        return distinct
    return min(rows, max(distinct, rows / _group(others)))


def _group(others: float) -> float:
    """Rows of a value, by how many others a row of it meets: in the middle between values that all have as many rows, and values that
    choose theirs at random (the Poisson distribution without zero)."""
    return (1 + others + others / -math.expm1(-others)) / 2 if others > 1e-6 else 1.0
