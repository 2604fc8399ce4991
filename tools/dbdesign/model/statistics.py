"""What a planner knows of a database's contents: sizes, distributions and settings. As values, without the contents.

Conventions that every source keeps and the twin relies on:

- Lists of values (`most_common_vals`, `histogram_bounds` …) are PostgreSQL array literals, as `pg_stats` shows them: the twin's
  server parses them with the column's own type. Lists of numbers are numbers.
- `pages` are blocks of 8,192 bytes; `tuples` are live rows (of an index: its entries), None where nobody knows.
- `n_distinct` is PostgreSQL's: a count when positive, minus the share of the rows when negative (-1 is unique), 0 unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from dbdesign.model.base import Model
from dbdesign.model.schema import label

BLOCK = 8192
"""Bytes of a block (BLCKSZ), which a PostgreSQL that is not built specially uses."""


class ColumnStatistics(Model):
    """The distribution of one column of a table, or of one expression of an index (`position` is then its number, from 1).

    Attributes:
        inherited: whether partitions and heirs are counted in.
        correlation: between the order of values and of rows, -1 to 1.
        most_common_elems, most_common_elem_freqs, elem_count_histogram: of arrays and text search vectors.
        range_length_histogram, range_empty_frac, range_bounds_histogram: of ranges.
    """

    column: str | None = None
    position: int | None = None
    inherited: bool = False
    null_frac: float = 0.0
    avg_width: int = 4
    n_distinct: float = 0.0
    most_common_vals: str | None = None
    most_common_freqs: tuple[float, ...] = ()
    histogram_bounds: str | None = None
    correlation: float | None = None
    most_common_elems: str | None = None
    most_common_elem_freqs: tuple[float, ...] = ()
    elem_count_histogram: tuple[float, ...] = ()
    range_length_histogram: str | None = None
    range_empty_frac: float | None = None
    range_bounds_histogram: str | None = None


class GinStatistics(Model):
    """What the first page of a GIN index says of it, as of its last build or VACUUM: pages in all, of the tree of keys and of the trees of
    rows, how many different keys there are, and pages of the list of what is not yet in the trees.
    """

    total_pages: int
    entry_pages: int
    data_pages: int
    entries: int
    pending_pages: int = 0


class RelationStatistics(Model):
    """A table, a partition, an index or a materialised view.

    Attributes:
        kind: `table` (also partitioned), `index`, `materialized view`.
        pages: None where no physical size is known: the twin computes it.
        height: of a B-tree: levels above the leaves, as `bt_metap` gives `fastlevel`.
        gin: of a GIN index, where it could be read: what its cost depends on beside its pages.
        table: of an index: the label of its table.
    """

    namespace: str | None = None
    name: str
    kind: Literal["table", "index", "materialized view"] = "table"
    pages: int | None = None
    tuples: float | None = None
    all_visible: int | None = None
    all_frozen: int | None = None
    height: int | None = None
    gin: GinStatistics | None = None
    table: str | None = None
    columns: tuple[ColumnStatistics, ...] = ()

    @property
    def label(self) -> str:
        """`namespace.name`, or the name alone in the default namespace."""
        return label(self.namespace, self.name)


class ExtendedStatistics(Model):
    """What CREATE STATISTICS collected, as the output of its types' functions (`pg_ndistinct`, `pg_dependencies`) and, for the list of
    commonest values, as `pg_mcv_list_items` shows it.

    Attributes:
        inherited: whether partitions and heirs are counted in.
        keys: numbers of its columns where it was collected; empty where that is not known.
        most_common: rows of (values of columns and then of expressions, frequency, base frequency).
        expressions: the distributions of its expressions, by `position` from 1; those without one are missing.
    """

    namespace: str | None = None
    name: str
    inherited: bool = False
    keys: tuple[int, ...] = ()
    n_distinct: str | None = None
    dependencies: str | None = None
    most_common: tuple[tuple[tuple[str | None, ...], float, float], ...] = ()
    expressions: tuple[ColumnStatistics, ...] = ()


class Statistics(Model):
    """All that a planner knows of one database.

    Attributes:
        source: where it comes from, for people: `pg_dump of PostgreSQL 18.4`, `database:shop (PostgreSQL 16.2)`, `the design's volumes`.
        version: of the server, `18.4`; None where there was none.
        settings: those that change plans, by name, where they are not the defaults.
        assumptions: what was not said and therefore assumed, a sentence each.
        problems: what could not be used, a sentence each.
    """

    source: str
    version: str | None = None
    relations: tuple[RelationStatistics, ...] = ()
    extended: tuple[ExtendedStatistics, ...] = ()
    settings: Mapping[str, str] = Field(default_factory=dict)
    assumptions: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
