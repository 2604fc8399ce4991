"""What a schema must carry: queries with their rates and latency targets, and how much data there will be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from dbdesign.model.base import Model


class LatencyTarget(Model):
    """`p95 20ms`: the percentile and the milliseconds that it must not exceed."""

    percentile: float = 95.0
    milliseconds: float


class Query(Model):
    """One query of the workload.

    Attributes:
        sql: with `$1`, `?`, `:name` or `@name` placeholders, in the engine's dialect.
        rate: executions per second on average; None where unknown.
        peak: executions per second at peak.
        line: of the design file.
    """

    name: str
    sql: str
    rate: float | None = None
    peak: float | None = None
    target: LatencyTarget | None = None
    line: int | None = None


Isolation = Literal["read committed", "repeatable read", "serializable"]


class Step(Model):
    """One statement of a transaction, as the application sends it.

    Attributes:
        sql: with `:name` placeholders: parameters of the transaction, and names that earlier steps bound.
        into: names that the columns of the first row are bound to, in order; NULL where there is no row.
        when: an SQL expression over the names; the step and all after it are left out where it is not true.
    """

    sql: str
    into: tuple[str, ...] = ()
    when: str | None = None
    line: int | None = None


class Transaction(Model):
    """What an application does in one database transaction, with what it decides in between.

    Attributes:
        isolation: level that it runs at.
        rate: executions per second on average; None where unknown.
        parameters: values to try for a parameter, as SQL literals' texts; chosen from generated rows where not said.
        given: statements that bring generated rows into a state in which the transaction does something.
    """

    name: str
    steps: tuple[Step, ...]
    isolation: Isolation = "read committed"
    rate: float | None = None
    parameters: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    given: tuple[str, ...] = ()
    line: int | None = None


class ColumnVolume(Model):
    """How a column's values are distributed; every part is optional.

    Attributes:
        distinct: number of different values.
        nulls: share of NULLs, 0 to 1.
        values: shares of the commonest values.
        skew: exponent of a Zipf distribution of the values' frequencies; None for uniform.
        minimum, maximum: as literals of the column's type.
        correlation: between value order and physical order, -1 to 1.
        width: average bytes.
    """

    distinct: float | None = None
    nulls: float | None = None
    values: Mapping[str, float] = Field(default_factory=dict)
    skew: float | None = None
    minimum: str | None = None
    maximum: str | None = None
    correlation: float | None = None
    width: float | None = None


class Growth(Model):
    """How a table grows: by a share a month (`rate`, compounding), or by rows a second (`rows_per_second`)."""

    rate_per_month: float | None = None
    rows_per_second: float | None = None


class TableVolume(Model):
    """How many rows a table has today, and how it grows."""

    rows: float | None = None
    growth: Growth | None = None
    retention_days: float | None = None
    columns: Mapping[str, ColumnVolume] = Field(default_factory=dict)


class Workload(Model):
    """The queries, the transactions and the volumes by table label."""

    queries: tuple[Query, ...] = ()
    transactions: tuple[Transaction, ...] = ()
    volumes: Mapping[str, TableVolume] = Field(default_factory=dict)

    def rows(self, table: str) -> float | None:
        """The rows of a table today, where they are known."""
        volume = self.volumes.get(table)
        return volume.rows if volume else None
