"""The least and the greatest value of a column, where more is known of them than the histogram says.

A histogram's ends are those of ANALYZE's sample. Where the planner can, it looks the true ends up in a B-tree while it plans
(`get_actual_variable_range` of PostgreSQL's selfuncs.c, called for the first and last bin by `ineq_histogram_selectivity`, which merge
joins ask through `mergejoinscansel`). On an index without entries it finds none and keeps the histogram's. Of whole numbers that do not
repeat, the number of rows says more than the sample: there must be room for them between the ends.
"""

from __future__ import annotations

import struct

from dbdesign.model.statistics import ColumnStatistics
from dbdesign.twin.array_literal import split_array

_FORMATS = {"smallint": "=h", "integer": "=i", "bigint": "=q"}


def ends(column: ColumnStatistics, type_name: str, rows: float) -> tuple[int, int] | None:
    """The least and the greatest value of a column of unique whole numbers that leave no gap; None where the sample says as much.

    Keys are numbered from 1: what is missing below the sample's least value is added there, the rest above its greatest.
    """
    if type_name not in _FORMATS or column.n_distinct != -1 or column.null_frac or not column.histogram_bounds:
        return None
    try:
        bounds = [int(value or "") for value in split_array(column.histogram_bounds)]
    except ValueError:
        return None
    if len(bounds) < 2:
        return None
    low, high = bounds[0], bounds[-1]
    missing = round(rows) - (high - low + 1)
    if missing <= 0:
        return None
    below = low - 1 if 1 <= low <= missing + 1 else 0
    high += missing - below
    return (low - below, high) if high < 2 ** (8 * struct.calcsize(_FORMATS[type_name]) - 1) else None


def entry(value: int, type_name: str, columns: int) -> bytes:
    """An entry of a B-tree leaf whose first column has this value and whose others are NULL, for the first row of the table's first
    block (PostgreSQL source, `src/include/access/itup.h`).
    """
    datum = struct.pack(_FORMATS[type_name], value).ljust(8, b"\0")
    if columns == 1:
        return struct.pack("=HHHH", 0, 0, 1, 16) + datum
    return struct.pack("=HHHHBxxxxxxx", 0, 0, 1, 24 | 0x8000, 1) + datum
