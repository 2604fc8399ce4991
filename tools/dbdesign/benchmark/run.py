"""Runs a workload from several connections: the queries in the mix of their rates, with real values, for some seconds.

- Every connection is a process with prepared statements and its own sequence of queries and values, both from the seed.
- The loop is closed: a connection sends its next query when it has the last one's answer. Throughput is therefore what this many
  connections can get, not what the rates ask for.
- A query that writes runs in a transaction that is rolled back, so that every execution meets the same data; what is timed is the
  statement, without the commit.
- Before the mix each query is run a few times, which is not counted. Queries that the mix ran seldom are run more often after it, for
  their percentiles alone.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from dbdesign.benchmark.queries import MOST_ROWS, Ready, explained
from dbdesign.benchmark.results import PlanFacts, QueryResult, Run, latency, percentile
from dbdesign.benchmark.session import Session
from dbdesign.benchmark.worker import ENOUGH, Tally
from dbdesign.engines.cancellation import cancellation
from dbdesign.errors import EngineError, LimitError
from dbdesign.model.workload import Query

IDLE_SHARE = 0.02
"""Executions of a statement that does nothing, for each of the others."""

PATIENCE = 600.0
"""Seconds that the connections may take beyond the mix's own before they are given up."""


@dataclass(frozen=True)
class Plan:
    """How to run a workload.

    Attributes:
        seconds: of the mix.
        executions: in all, after which the mix ends; None for the seconds alone.
    """

    seconds: float = 10.0
    connections: int = 4
    executions: int | None = None
    seed: int = 1


def _quiet(_done: float, _message: str) -> None:
    """Nobody is told."""


def run(
    session: Session, ready: Sequence[Ready], plan: Plan, *, title: str, tell: Callable[[float, str], None] = _quiet
) -> Run:
    """Run the workload.

    Raises:
        LimitError: where nobody waits any more.
        EngineError: where a connection was lost.
    """
    tell(0.0, f"explaining {len(ready)} queries")
    plans, refused = _explained(session, ready)
    connect = {"protocol": "postgresql", "uri": session.database.user_uri}
    return measured(Connect(connect, session.begins), ready, plan, plans, refused, title=title, tell=tell)


def measured(
    connect: Connect,
    ready: Sequence[Ready],
    plan: Plan,
    plans: Mapping[int, PlanFacts],
    refused: Mapping[int, str],
    *,
    title: str,
    tell: Callable[[float, str], None] = _quiet,
) -> Run:
    """Run queries that were explained.

    Args:
        plans, refused: of each, by its number: the plan, or why it is not run.
    """
    usable = [number for number, one in enumerate(ready) if one.error is None and number not in refused]
    everything = [*ready, _idle([ready[number] for number in usable])]
    tallies = [Tally() for _ in everything]
    seconds = 0.0
    if usable:
        with _connections(connect, everything, [*usable, len(ready)], plan) as connections:
            tell(0.05, "warming up")
            connections.set_up()
            seconds = connections.mix(tallies, tell)
            tell(0.85, "running the queries that the mix ran seldom")
            connections.complete(tallies)
    results = tuple(
        _result(one, tallies[number], seconds, plans.get(number), refused.get(number))
        for number, one in enumerate(ready)
    )
    executions = sum(tally.in_mix for tally in tallies[:-1])
    idle = latency(sorted(tallies[-1].milliseconds)) if tallies[-1].milliseconds else None
    return Run(title, results, seconds, plan.connections, executions, executions / seconds if seconds else 0.0, idle)


def _idle(others: Sequence[Ready]) -> Ready:
    """A statement that does nothing, at a small share of the others' rates."""
    return Ready(Query(name="nothing", sql="SELECT 1", rate=IDLE_SHARE * sum(map(weight, others)) or 1.0), "SELECT 1")


def _explained(session: Session, ready: Sequence[Ready]) -> tuple[dict[int, PlanFacts], dict[int, str]]:
    """The plan of each query, and why some are not run."""
    import psycopg

    plans: dict[int, PlanFacts] = {}
    refused: dict[int, str] = {}
    for number, one in enumerate(ready):
        if one.error is not None:
            continue
        try:
            plans[number] = explained(session, one)
        except psycopg.Error as error:
            refused[number] = " ".join(str(error.diag.message_primary or error).split())
            continue
        if plans[number].actual > MOST_ROWS:
            refused[number] = f"it gives {plans[number].actual:,.0f} rows; more than {MOST_ROWS:,} are not fetched"
    return plans, refused


@dataclass(frozen=True)
class Connect:
    """How the processes connect. `told` holds a secret; `begins` are statements with which each connection begins."""

    told: Mapping[str, Any] = field(repr=False)
    begins: Sequence[str] = ()


@dataclass
class _Connections:
    """The processes, told and asked all at once."""

    processes: list[subprocess.Popen[str]]
    connect: Connect
    ready: Sequence[Ready]
    usable: list[int]
    plan: Plan
    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(thread_name_prefix="benchmark"))

    def set_up(self) -> None:
        queries = [{"sql": one.sql, "values": one.values, "writes": one.writes} for one in self.ready]
        told = [
            {
                "do": "setup",
                "connect": self.connect.told,
                "begins": list(self.connect.begins),
                "queries": queries,
                "usable": self.usable,
                "seed": self.plan.seed * 1000 + number,
            }
            for number in range(len(self.processes))
        ]
        self._ask(told, PATIENCE, lambda: None)

    def mix(self, tallies: list[Tally], tell: Callable[[float, str], None]) -> float:
        """All connections at once; gives the seconds that it took."""
        most = None if self.plan.executions is None else -(-self.plan.executions // len(self.processes))
        told = {
            "do": "mix",
            "weights": [weight(self.ready[one]) for one in self.usable],
            "seconds": self.plan.seconds,
            "most": most,
        }
        begun = time.monotonic()

        def progress() -> None:
            share = min((time.monotonic() - begun) / max(self.plan.seconds, 0.001), 1.0)
            tell(0.1 + 0.75 * share, f"running the workload on {len(self.processes)} connections")

        found = self._ask([told] * len(self.processes), self.plan.seconds + PATIENCE, progress)
        seconds = time.monotonic() - begun
        for one in found:
            for tally, more in zip(tallies, one, strict=True):
                tally.add(more)
        return seconds

    def complete(self, tallies: list[Tally]) -> None:
        """More executions of the queries that were run seldom."""
        counts = {
            number: ENOUGH - done
            for number in self.usable
            if (done := len(tallies[number].milliseconds) + tallies[number].errors) < ENOUGH
        }
        told = {"do": "complete", "counts": counts, "seconds": max(self.plan.seconds / 2, 1.0)}
        first = self._ask([told], PATIENCE, lambda: None)[0]
        for tally, more in zip(tallies, first, strict=True):
            tally.add(more)

    def _ask(self, told: list[dict[str, Any]], seconds: float, look: Callable[[], None]) -> list[list[Tally]]:
        """Tell each process one thing; their answers."""
        waiting = [
            self.pool.submit(_exchange, process, one) for process, one in zip(self.processes, told, strict=False)
        ]
        deadline, cancelled = time.monotonic() + seconds, cancellation()
        while not all(one.done() for one in waiting):
            if cancelled.wait(0.05):
                raise LimitError("the benchmark was stopped: the call was cancelled")
            if time.monotonic() > deadline:
                raise LimitError("the connections did not answer in time", remedy="Leave out the slowest queries")
            look()
        return [[Tally(**tally) for tally in one.result()] for one in waiting]

    def close(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    with contextlib.suppress(OSError):
                        stream.close()
        self.pool.shutdown(wait=True)


def _exchange(process: subprocess.Popen[str], told: dict[str, Any]) -> Any:
    assert process.stdin is not None  # noqa: S101
    assert process.stdout is not None  # noqa: S101
    try:
        process.stdin.write(json.dumps(told) + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
    except (OSError, ValueError):
        line = ""
    if not line:
        raise EngineError(
            "a connection of the benchmark was lost", remedy="Check free memory, or use fewer connections"
        )
    return json.loads(line)


@contextlib.contextmanager
def _connections(connect: Connect, ready: Sequence[Ready], usable: list[int], plan: Plan) -> Iterator[_Connections]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    command = [sys.executable, "-c", "from dbdesign.benchmark.worker import main; main()"]
    processes = [
        subprocess.Popen(  # noqa: S603
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a driver's error may name host and user
            text=True,
            env=environment,
        )
        for _ in range(max(plan.connections, 1))
    ]
    connections = _Connections(processes, connect, ready, usable, plan)
    try:
        yield connections
    finally:
        connections.close()


def weight(ready: Ready) -> float:
    """How often a query is run, in proportion: its rate, else its peak, else once a second."""
    return ready.query.rate or ready.query.peak or 1.0


def _result(one: Ready, tally: Tally, seconds: float, plan: PlanFacts | None, refused: str | None) -> QueryResult:
    ordered = sorted(tally.milliseconds)
    target = one.query.target
    return QueryResult(
        name=one.query.name,
        sql=one.sql,
        rate=one.query.rate,
        target=target,
        executions=len(ordered),
        errors=tally.errors,
        throughput=tally.in_mix / seconds if seconds else 0.0,
        rows=tally.rows / len(ordered) if ordered else 0.0,
        latency=latency(ordered) if ordered else None,
        at_target=percentile(ordered, target.percentile) if ordered and target else None,
        plan=plan,
        error=one.error or refused or tally.error,
        parameters=one.parameters,
        retries=tally.retries,
    )
