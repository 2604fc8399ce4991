"""Two sessions at once leave the data right: a schedule of statements is played, one session waiting where the other holds a lock.

with: `state`; `schedule`: a list of `{session: statement}`; a statement is sent when the one before it has ended or waits for a lock.
`afterwards`: queries with `rows`, run when all is over (`ordered`, `because`). `may_fail`: sessions whose errors are fine when they are
of the classes 23, 40, 55, P0 or 57 (one of two that book the same seat has to fail); any other error is wrong. `at_most`: how many of
those sessions may succeed; `at_least`: how many have to. A session succeeds when none of its statements fails; its last boolean result
`false` counts as not having succeeded.
"""

from __future__ import annotations

import queue
import threading
import time
from typing import Any

import psycopg

from dbdesign_evals.graders.base import Cases, Grader, Outcome
from dbdesign_evals.probing import difference, expected, rows_of, shortened
from dbdesign_evals.task import Data
from dbdesign_evals.workbench import State, Workbench

CONFLICTS = ("23", "40", "55", "P0", "57014")
LOOK = 0.002
"""Seconds between two looks at a session that may wait."""

_WAITS = "select 1 from pg_catalog.pg_locks where pid = %s and not granted limit 1"


class Afterwards(Data):
    """A query and the rows that it has to give."""

    query: str
    rows: tuple[tuple[Any, ...], ...]
    ordered: bool = False
    because: str = ""


class Parameters(Data):
    """`state`, `schedule`, `afterwards`, `may_fail`, `at_most`, `at_least`."""

    state: str
    schedule: tuple[dict[str, str], ...]
    afterwards: tuple[Afterwards, ...] = ()
    may_fail: tuple[str, ...] = ()
    at_most: int | None = None
    at_least: int = 0


class _Player(threading.Thread):
    """A session: executes what it is given, one statement after another."""

    def __init__(self, name: str, connection: psycopg.Connection[Any]) -> None:
        super().__init__(daemon=True)
        self.title, self._connection = name, connection
        self.backend = connection.info.backend_pid
        self.error: str | None = None
        self.sqlstate = ""
        self.last: Any = None
        self._given: queue.Queue[str | None] = queue.Queue()
        self._busy = 0
        self._lock = threading.Lock()

    @property
    def idle(self) -> bool:
        """Whether all that it was given is done."""
        with self._lock:
            return self._busy == 0

    def give(self, statement: str | None) -> None:
        with self._lock:
            self._busy += 1
        self._given.put(statement)

    def run(self) -> None:
        while (statement := self._given.get()) is not None:
            self._execute(statement)
            with self._lock:
                self._busy -= 1
        with self._lock:
            self._busy -= 1

    def _execute(self, statement: str) -> None:
        if self.error is not None:
            return
        try:
            cursor = self._connection.execute(statement.encode())
            if cursor.description and (row := cursor.fetchone()):
                self.last = row[0]
        except psycopg.Error as error:
            self.error = str(error).splitlines()[0] if str(error) else type(error).__name__
            self.sqlstate = error.sqlstate or ""
            if not self._connection.closed:
                self._connection.execute("rollback")

    @property
    def succeeded(self) -> bool:
        return self.error is None and self.last is not False


def grade(parameters: Parameters, bench: Workbench) -> Outcome:
    """Play the schedule on a database of its own."""
    with bench.fresh(parameters.state) as state:
        if own := [one for one in state.failures if one.by_answer]:
            return Outcome(0.0, tuple(f"the state could not be made: {one}" for one in own[:3]))
        cases = Cases()
        with state.guard():
            players = _play(state, parameters)
        _judge(players, parameters, cases)
        with state.session() as connection:
            for one in parameters.afterwards:
                cases.add(_wrong(connection, one))
    return cases.outcome()


def _play(state: State, parameters: Parameters) -> dict[str, _Player]:
    names = list(dict.fromkeys(name for step in parameters.schedule for name in step))
    connections = [state.database.connect_user() for _ in names]
    players = {name: _Player(name, one) for name, one in zip(names, connections, strict=True)}
    for player in players.values():
        player.start()
    try:
        for step in parameters.schedule:
            for name, statement in step.items():
                players[name].give(statement)
                for player in players.values():  # what one gives back lets another go on
                    _settle(state, player)
    finally:
        for player in players.values():
            player.give(None)
        for player in players.values():
            player.join()
        for connection in connections:
            connection.close()
    return players


def _settle(state: State, player: _Player) -> None:
    """Return when the session has done its work, or waits for another."""
    while not player.idle:
        if state.database.server.control(_WAITS, player.backend):
            return
        time.sleep(LOOK)


def _judge(players: dict[str, _Player], parameters: Parameters, cases: Cases) -> None:
    for name, player in players.items():
        if player.error is None:
            cases.evidence.append(f"{name}: went through" + ("" if player.last is not False else ", answered false"))
            continue
        cases.evidence.append(f"{name}: {player.error} ({player.sqlstate})")
        if name not in parameters.may_fail or not player.sqlstate.startswith(CONFLICTS):
            cases.add(f"session {name}: {player.error} ({player.sqlstate})")
    succeeded = sum(players[name].succeeded for name in parameters.may_fail if name in players)
    if parameters.at_most is not None:
        wrong = succeeded > parameters.at_most
        cases.add(f"{succeeded} of the sessions went through, at most {parameters.at_most} may" if wrong else None)
    if parameters.at_least:
        wrong = succeeded < parameters.at_least
        cases.add(f"{succeeded} of the sessions went through, at least {parameters.at_least} must" if wrong else None)


def _wrong(connection: psycopg.Connection[Any], one: Afterwards) -> str | None:
    name = one.because or shortened(one.query, 80)
    try:
        other = difference(rows_of(connection, one.query), expected(one.rows), ordered=one.ordered)
    except psycopg.Error as error:
        if connection.closed:
            raise
        return f"{name}: {str(error).splitlines()[0]}"
    return f"{name}: gives {other}" if other else None


GRADER = Grader("interleaving", Parameters, grade)
