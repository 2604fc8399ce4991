"""What index advice consists of."""

from __future__ import annotations

from dataclasses import dataclass

from dbdesign.indexes.candidate import Candidate
from dbdesign.indexes.existing import Existing
from dbdesign.indexes.uniqueness import Replacement
from dbdesign.twin.twin import Hypothetical


@dataclass(frozen=True)
class Advised:
    """An index that is worth building.

    Attributes:
        gain: weighted cost that is lost again without it.
        queries: the names of the queries whose plans use it.
        sizes: bytes if its columns depend on each other in ways that nothing tells of, and if their values meet by chance.
        heap_only_lost: columns that statements set, and that no other index reads (see `upkeep`).
        replaces: the unique index whose place it takes; then `candidate` is unique.
    """

    candidate: Candidate
    index: Hypothetical
    gain: float
    upkeep: float
    queries: tuple[str, ...]
    sizes: tuple[int, int]
    heap_only_lost: tuple[str, ...] = ()
    replaces: Replacement | None = None


@dataclass(frozen=True)
class Rejected:
    """An index that was considered, what it would save beside nothing else, and why it is not advised."""

    candidate: Candidate
    index: Hypothetical
    gain: float
    reason: str


@dataclass(frozen=True)
class Dropped:
    """An index of the schema that may go, why, and what it costs on the workload's writes meanwhile."""

    existing: Existing
    reason: str
    upkeep: float = 0.0


@dataclass(frozen=True)
class QueryAdvice:
    """A query before and after; `indexes` are those that its plan uses, by the names that they have on the twin."""

    name: str
    sql: str
    weight: float
    before: float
    after: float
    indexes: tuple[str, ...]


@dataclass(frozen=True)
class Advice:
    """The whole advice."""

    indexes: tuple[Advised, ...]
    drop: tuple[Dropped, ...]
    before: float
    after: float
    queries: tuple[QueryAdvice, ...]
    failures: tuple[tuple[str, str], ...]
    cut_short: tuple[tuple[str, str], ...]
    """Queries that were not asked about any further, and why: their costs after are upper bounds."""

    curve: tuple[tuple[int, int, float], ...]
    """(budget in bytes, bytes used, weighted cost)."""

    rejected: tuple[Rejected, ...]
    considered: int
    calls: int
    gap: float = 0.0
    """The share of the cost before by which another set may be cheaper, at most, over all answers of the planner."""

    asked: int = 0
    """Queries that stood for all others in the choice; as many as there are unless very many are alike."""

    questions: tuple[str, ...] = ()
    """What would be worth declaring if it is so, a sentence each."""
