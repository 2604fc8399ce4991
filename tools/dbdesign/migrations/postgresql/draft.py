"""A step while it is being planned, and the manners in which steps run: their timeouts, retries and transactions."""

from __future__ import annotations

from dataclasses import dataclass, field

from dbdesign.model.migration import Batches, PhaseName, Retry, Wait


@dataclass(frozen=True)
class Manner:
    """How a step is run.

    Attributes:
        lock_timeout: how long it may queue for a lock, and everything behind it with it.
        statement_timeout: `0` for none.
        retry: after a lock_timeout; None where it is not tried again.
    """

    transactional: bool
    lock_timeout: str
    statement_timeout: str
    retry: Retry | None


BRIEF = Manner(transactional=True, lock_timeout="2s", statement_timeout="30s", retry=Retry())
"""Metadata only: a waiting ALTER TABLE queues readers behind it for as long as it waits (measured), so it must give up soon."""

SCAN = Manner(transactional=True, lock_timeout="2s", statement_timeout="0", retry=Retry())
"""Reads a whole table under a lock that lets reads and writes go on."""

CONCURRENT = Manner(
    transactional=False,
    lock_timeout="15min",
    statement_timeout="0",
    retry=Retry(attempts=3, first_wait=60.0, longest_wait=600.0),
)
"""Waits for every older transaction to end, which a lock_timeout of seconds would make fail; nobody queues behind it but other DDL."""

BACKFILL = Manner(transactional=False, lock_timeout="2s", statement_timeout="0", retry=Retry())

COPY = Manner(transactional=True, lock_timeout="2s", statement_timeout="0", retry=Retry())
"""Fills a relation that nobody else sees yet."""


@dataclass
class Draft:
    """A step before it has its number, trace and durations. `up` and `down` are statements in the order in which they run."""

    phase: PhaseName
    title: str
    up: list[str]
    down: list[str] = field(default_factory=list)
    manner: Manner = BRIEF
    key: str | None = None
    reversible: bool = True
    down_transactional: bool = True
    precondition: str | None = None
    postcondition: str | None = None
    cleanup: str | None = None
    wait: Wait | None = None
    batches: Batches | None = None
    notes: list[str] = field(default_factory=list)
