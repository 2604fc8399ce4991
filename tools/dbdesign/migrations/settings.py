"""What a planner is told besides the two schemas: consents, answers to questions, declared intents, volumes, the pace of backfills."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from dbdesign.errors import DesignError
from dbdesign.model.base import Model
from dbdesign.model.workload import Workload


class ConsentError(DesignError):
    """Data would be lost, and nobody has agreed to it."""


class Pace(Model):
    """How fast a backfill goes.

    Attributes:
        rows: in the first batch; then as many as are done in `seconds`, from `fewest` to `most`. `seconds` None: `rows` always.
        pause: seconds between two batches at least, and `rest` for each second that a batch took.
        throttle: SQL that is true while it must wait; by default while a replica lags.
    """

    rows: int = 1000
    fewest: int = 50
    most: int = 20_000
    seconds: float | None = 0.05
    pause: float = 0.01
    rest: float = 0.25
    throttle: str | None = "SELECT EXISTS (SELECT FROM pg_stat_replication WHERE replay_lag > interval '5 seconds')"


class Intent(Model):
    """That data moves, which two schemas cannot say.

    Attributes:
        kind: `split`: columns of `source` become rows of the new table `target`; `merge`: columns of `source`, which is dropped, go into
            `target`, whose rows it refers to; `move`: single columns go from one existing table to another.
        columns: names in the source → names in the target.
        key: how rows of the two find each other: columns of the source → columns of the target.
    """

    kind: Literal["split", "merge", "move"]
    source: str
    target: str
    columns: Mapping[str, str]
    key: Mapping[str, str]


class PlanSettings(Model):
    """What the caller decides.

    Attributes:
        version: of PostgreSQL, `12` to `18`; the target schema's where None.
        allow_destructive: whether data may be dropped.
        renames: `old:new` pairs that are confirmed: `orders.total:orders.amount`, `orders:purchases`.
        drops: labels of tables and columns that are dropped, not renamed: `orders.total`.
        fills: values for rows that exist already, by column label: `{"orders.note": "''"}`; SQL expressions over the row.
        casts: how a column's old value becomes its new one, by label: `{"orders.code": "code::integer"}`.
        intents: declared moves of data.
        workload: the volumes, for durations.
        verify: whether the plan is executed before it is returned.
        rows: generated for that in each table, about.
        edition: of SQL Server: what it does online depends on it.
    """

    version: str | None = None
    allow_destructive: bool = False
    renames: tuple[str, ...] = ()
    drops: tuple[str, ...] = ()
    fills: Mapping[str, str] = Field(default_factory=dict)
    casts: Mapping[str, str] = Field(default_factory=dict)
    intents: tuple[Intent, ...] = ()
    workload: Workload = Workload()
    pace: Pace = Pace()
    verify: bool = True
    rows: int = 20
    edition: Literal["enterprise", "standard", "azure"] = "enterprise"
