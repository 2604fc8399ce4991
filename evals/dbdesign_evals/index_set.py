"""A set of indexes, priced on the task's twin: what they take up and what the workload costs with them, by PostgreSQL's own planner."""

from __future__ import annotations

import re
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import Field

from dbdesign.engines.postgres import split_script
from dbdesign.errors import DesignError
from dbdesign_evals.task import Data

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dbdesign.model.workload import Query
    from dbdesign.twin.twin import Hypothetical, Twin
    from dbdesign_evals.workbench import Workbench

_CREATE = re.compile(
    r"create\s+(?P<unique>unique\s+)?index\s+(?:concurrently\s+)?(?:if\s+not\s+exists\s+)?"
    r"(?P<name>(?:\"(?:[^\"]|\"\")+\"|[\w.$]+)\s+)?(?P<rest>on\b.*)",
    re.IGNORECASE | re.DOTALL,
)
_SETTING = re.compile(r"(?:set|begin|commit|analyze|comment)\b", re.IGNORECASE)
MOST_INDEXES = 200


class Subject(Data):
    """What is priced.

    Attributes:
        source: a file of the task: a dump of schema and statistics, or a design file with schema and volumes.
        queries: a file of the task with the workload (`-- name:`, `-- rate:`).
        file: the answer's indexes.
        settings: of the planner.
        refuse: an expression for definitions that are not taken, such as those with the constants of one day.
    """

    source: str
    queries: str
    file: str
    settings: dict[str, str] = Field(default_factory=dict)
    refuse: str | None = None


@dataclass
class Market:
    """The twin and what the workload costs on it without further indexes."""

    twin: Twin
    queries: Sequence[Query]
    plain: dict[str, float]

    @property
    def before(self) -> float:
        """The weighted cost."""
        return sum(_weight(query) * self.plain[query.name] for query in self.queries)


@dataclass
class Priced:
    """An answer's indexes.

    Attributes:
        refused: statements that are no index or that the server refused, with the reason.
        by_query: costs by query.
    """

    refused: list[str] = field(default_factory=list)
    indexes: int = 0
    size: int = 0
    before: float = 0.0
    after: float = 0.0
    by_query: dict[str, tuple[float, float]] = field(default_factory=dict)
    proof: str = ""

    @property
    def share(self) -> float:
        """Of the cost without indexes that is left."""
        return self.after / self.before if self.before else 1.0


def priced(bench: Workbench, subject: Subject) -> Priced:
    """What an answer's indexes take up and bring; computed once an answer.

    Raises:
        MissingFileError: where the answer has no such file.
    """
    return bench.once(("indexes", subject.source, subject.queries, subject.file), lambda: _priced(bench, subject))


def _priced(bench: Workbench, subject: Subject) -> Priced:
    text = bench.text(subject.file)
    with bench.shelf.take(
        f"{bench.task.id}/{subject.source}/{subject.queries}", lambda stack: _market(bench, subject, stack)
    ) as market:
        found = Priced(before=market.before, proof=market.twin.proof)
        definitions = _definitions(text, found, subject.refuse)
        made = market.twin.add_indexes(definitions) if definitions else []
        shown: list[Hypothetical] = []
        for definition, one in zip(definitions, made, strict=True):
            if isinstance(one, str):
                found.refused.append(f"{definition[:100]}: {one}")
            else:
                shown.append(one)
        try:
            found.indexes, found.size = len(shown), sum(one.size for one in shown)
            for query in market.queries:
                cost = market.twin.explain(query.sql, shown).cost
                found.by_query[query.name] = (market.plain[query.name], cost)
                found.after += _weight(query) * cost
        finally:
            market.twin.drop_indexes(shown)
        return found


def _definitions(text: str, found: Priced, refuse: str | None = None) -> list[str]:
    definitions: list[str] = []
    for statement in split_script(text).statements:
        match = _CREATE.match(statement.sql.strip())
        if match is None:
            if not _SETTING.match(statement.sql.strip()):
                found.refused.append(f"line {statement.line}: is no CREATE INDEX")
            continue
        if refuse and re.search(refuse, match["rest"]):
            found.refused.append(f"line {statement.line}: is built on a constant of the recorded workload")
            continue
        definitions.append(("UNIQUE " if match["unique"] else "") + match["rest"].rstrip("; \n"))
    if len(definitions) > MOST_INDEXES:
        found.refused.append(f"{len(definitions)} indexes, of which the first {MOST_INDEXES} were priced")
    return definitions[:MOST_INDEXES]


def _market(bench: Workbench, subject: Subject, stack: ExitStack) -> Market:
    from dbdesign.api.access import Access
    from dbdesign.api.call import Call
    from dbdesign.api.twin_source import twin_input
    from dbdesign.twin.twin import production_twin

    call = Call(access=Access())
    folder = bench.task.folder
    given = twin_input(
        str(folder / subject.source),
        call,
        queries=str(folder / subject.queries),
        settings=[f"{name}={value}" for name, value in subject.settings.items()],
    )
    twin = stack.enter_context(production_twin(given.ddl, given.statistics, settings=given.settings))
    if twin.failures:
        raise DesignError(f"the twin could not be made: {twin.failures[0].message}", where=subject.source)
    queries = given.queries
    return Market(twin, queries, {query.name: twin.explain(query.sql, []).cost for query in queries})


def _weight(query: Query) -> float:
    """Executions a second; 1 where no rate is given."""
    return float(query.rate) if query.rate is not None else 1.0
