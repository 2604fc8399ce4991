"""One connection of a benchmark, as a process of its own: threads of one Python would wait for each other, and measure that.

It is told what to do by lines of JSON on its standard input and answers each with a line on its standard output: `setup` (where to
connect, the queries and their values), `mix` (weights, seconds), `complete` (which queries to run more often); it ends with its input.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any

from dbdesign.benchmark.clients import client

if TYPE_CHECKING:
    from dbdesign.benchmark.clients import Client

WARM_UP = 3
"""Executions of each query that are not counted."""

ENOUGH = 100
"""Executions that a query has at least, where there is time for them."""

MOST_RETRIES = 10
"""Of one execution that the server asks to repeat; then it counts as an error."""


@dataclass
class Tally:
    """What was measured of one query. `retries` are executions that the server asked to repeat; their time is part of the latency."""

    milliseconds: list[float] = field(default_factory=list)
    rows: int = 0
    errors: int = 0
    error: str | None = None
    in_mix: int = 0
    retries: int = 0

    def add(self, other: Tally) -> None:
        """Count another connection's in."""
        self.milliseconds += other.milliseconds
        self.rows += other.rows
        self.errors += other.errors
        self.error = self.error or other.error
        self.in_mix += other.in_mix
        self.retries += other.retries


@dataclass
class Worker:
    """A connection with its queries: each an SQL text, sets of values, and whether it writes."""

    client: Client
    queries: list[tuple[str, list[list[Any]], bool]]
    usable: list[int]
    random: Random

    def warm_up(self) -> None:
        """Run each query a few times without counting."""
        for number in self.usable:
            for _ in range(WARM_UP):
                self.execute(number, Tally())

    def mix(self, weights: list[float], seconds: float, most: int | None) -> list[Tally]:
        """Run queries as their weights say until the time, or `most` executions, are over."""
        tallies = [Tally() for _ in self.queries]
        deadline, done = time.monotonic() + seconds, 0
        while time.monotonic() < deadline and (most is None or done < most):
            for number in self.random.choices(self.usable, weights, k=16 if most is None else min(16, most - done)):
                self.execute(number, tallies[number])
                tallies[number].in_mix += 1
                done += 1
                if time.monotonic() > deadline:
                    break
        return tallies

    def complete(self, counts: dict[int, int], seconds: float) -> list[Tally]:
        """Run some queries so many times more, each for its part of the time at most."""
        tallies = [Tally() for _ in self.queries]
        last = time.monotonic() + seconds
        for number, count in counts.items():
            deadline = min(last, time.monotonic() + seconds * 0.4)
            for _ in range(count):
                self.execute(number, tallies[number])
                if time.monotonic() > deadline:
                    break
        return tallies

    def execute(self, number: int, tally: Tally) -> None:
        """Execute a query once, with one of its sets of values."""
        sql, sets, writes = self.queries[number]
        values = sets[self.random.randrange(len(sets))] or None
        spent = 0.0
        for left in range(MOST_RETRIES, -1, -1):
            milliseconds, rows, error = self._once(sql, values, writes=writes)
            spent += milliseconds
            if error is None:
                tally.milliseconds.append(spent)
                tally.rows += rows
                return
            if not left or not self.client.asks_to_repeat(error):
                tally.errors += 1
                tally.error = tally.error or self.client.said(error)
                return
            tally.retries += 1

    def _once(self, sql: str, values: list[Any] | None, *, writes: bool) -> tuple[float, int, BaseException | None]:
        """Milliseconds of the statement alone, its rows, and what the server said against it."""
        if writes:
            self.client.begin()
        begun = time.perf_counter()
        rows, refused = 0, None
        try:
            rows = self.client.run(sql, values)
        except self.client.errors as error:
            refused = error
        milliseconds = (time.perf_counter() - begun) * 1000
        if writes:
            self.client.roll_back()
        return milliseconds, rows, refused


def _set_up(told: dict[str, Any]) -> Worker:
    opened = client(told["connect"], told["begins"])
    queries = [
        (one["sql"], [opened.values(values) for values in one["values"]], one["writes"]) for one in told["queries"]
    ]
    return Worker(opened, queries, told["usable"], Random(told["seed"]))  # noqa: S311 - reproducible, not secret


def main() -> None:
    """Do what the lines of the standard input say until it ends."""
    worker: Worker | None = None
    for line in sys.stdin:
        told = json.loads(line)
        tallies: list[Tally] = []
        if told["do"] == "setup":
            worker = _set_up(told)
            worker.warm_up()
        elif worker is not None and told["do"] == "mix":
            tallies = worker.mix(told["weights"], told["seconds"], told["most"])
        elif worker is not None:
            tallies = worker.complete({int(number): count for number, count in told["counts"].items()}, told["seconds"])
        sys.stdout.write(json.dumps([vars(one) for one in tallies]) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
