"""What the contents of a table will be like: rows, and for each column its distribution, complete, with what was said and what was assumed.

A design's volumes say a part of it; `dbdesign.twin.profiles` adds the rest from types, keys and foreign keys. The twin makes planner
statistics of a profile, the benchmark makes rows of it, so that both speak of the same contents.
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from dbdesign.model.base import Model


class Reference(Model):
    """The column that a foreign key's column takes its values from."""

    table: str
    column: str


class ColumnProfile(Model):
    """The distribution of one column.

    The values that are not NULL are ranked by frequency: first `common`, in the order of their shares, then the remaining
    `distinct - len(common)`, which follow Zipf's law with exponent `skew` (0: all alike) among themselves.

    Attributes:
        distinct: different values among the rows that are not NULL; at least 1, at most their number.
        nulls: share of all rows that are NULL, 0 to 1.
        common: (value as text of the column's type, share of all rows), most frequent first.
        skew: exponent of Zipf's law of the other values' frequencies; 0 for uniform.
        low, high: the smallest and the greatest value, as text of the column's type (of a range's subtype, in which its bounds lie); None
            for types without a useful order.
        correlation: between the order of values and the order of rows, -1 to 1.
        width: average bytes as stored, headers of variable-length values included.
        unique: whether no value repeats.
        reference: where the values come from, if a foreign key says so.
        assumed: the parts that the design did not say: `distinct`, `nulls`, `range` …
    """

    column: str
    distinct: float
    nulls: float = 0.0
    common: tuple[tuple[str, float], ...] = ()
    skew: float = 0.0
    low: str | None = None
    high: str | None = None
    correlation: float = 0.0
    width: float = 4.0
    unique: bool = False
    reference: Reference | None = None
    assumed: tuple[str, ...] = ()


class TableProfile(Model):
    """What a table will hold at the time in question.

    Attributes:
        table: label.
        rows: at that time, growth and retention counted in; of a partitioned table all its partitions'.
        today: rows today.
        columns: by name, one for every column.
    """

    table: str
    rows: float
    today: float
    columns: Mapping[str, ColumnProfile] = Field(default_factory=dict)


class Profile(Model):
    """What a database will hold.

    Attributes:
        months: from today.
        tables: by label; partitions have their share of their parent's rows.
        assumptions: what was not said and therefore assumed, a sentence each, the weightiest first, repeats grouped.
    """

    months: float = 0.0
    tables: Mapping[str, TableProfile] = Field(default_factory=dict)
    assumptions: tuple[str, ...] = ()
