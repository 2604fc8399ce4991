"""Sagas: a worker dies at each step and compensation; every saga ends done or compensated, with the effects that belong to it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

from dbdesign.integrity.lifecycle.base import Step
from dbdesign.integrity.lifecycle.proof.stand import Connection, Outcome, Stand, attempt, step, undone
from dbdesign.model.lifecycle import Saga

MOST_TURNS = 60
STATES = ("running", "compensating", "done", "compensated")
REFUSED = "23514"
EFFECTS = (
    "CREATE TABLE saga_effect (saga bigint, step int, PRIMARY KEY (saga, step));"
    "GRANT SELECT, INSERT, DELETE ON saga_effect TO PUBLIC"
)


class _Worker:
    """A program that works sagas off with the statements of the scripts, and can be killed at a turn."""

    def __init__(self, stand: Stand, saga: Saga) -> None:
        self.stand, self.saga = stand, saga
        names = ("start a saga", "take a saga", "a step is done", "turn back", "a compensation is done")
        self.program = stand.connect(stand.application)
        self.start, self.take, self.done, self.back, self.undone = (stand.statement("sagas", name) for name in names)

    def begin(self, correlation: str) -> int:
        """A new saga."""
        rows = attempt(
            self.program, self.start, {"name": self.saga.name, "correlation_id": correlation, "data": "{}"}
        ).rows
        return int(rows[0][0])

    def run(self, number: int, *, fails_at: int | None, dies_at: int | None) -> tuple[str, int]:
        """Work until nothing is left to do.

        Args:
            fails_at: the step that does not succeed.
            dies_at: the turn at which the worker's session is killed after its effect, before COMMIT; another one goes on.
        """
        for turn in range(MOST_TURNS):
            worker = self.program
            worker.execute(b"BEGIN")
            rows = attempt(worker, self.take).rows
            if not rows:
                worker.execute(b"ROLLBACK")
                break
            self._turn(worker, rows[0], fails_at)
            if turn == dies_at:
                self.stand.end(worker)
                self.program = self.stand.connect(self.stand.application)
            else:
                worker.execute(b"COMMIT")
        return self._end(number)

    def _turn(self, worker: Connection, row: tuple[Any, ...], fails_at: int | None) -> None:
        number, state, steps_done, may_turn_back = row[0], row[3], row[4], row[-1]
        given = {"id": number, "steps_done": steps_done, "result": "{}", "error": "failed"}
        if state == "compensating":
            worker.execute(b"DELETE FROM saga_effect WHERE saga = %s AND step = %s", (number, steps_done))
            attempt(worker, self.undone, given)
        elif fails_at == steps_done + 1 and may_turn_back:
            attempt(worker, self.back, given)
        else:  # a step that fails where there is no way back is tried again until it succeeds
            worker.execute(b"INSERT INTO saga_effect VALUES (%s, %s)", (number, steps_done + 1))
            attempt(worker, self.done, given)

    def _end(self, number: int) -> tuple[str, int]:
        state = str(self.stand.value("SELECT state FROM saga WHERE id = %s", (number,)))
        return state, int(self.stand.value("SELECT count(*) FROM saga_effect WHERE saga = %s", (number,)))


def prove_sagas(stand: Stand) -> Iterator[Step]:
    """The steps for a design with sagas."""
    if not stand.target.lifecycle.sagas:
        return
    owner = stand.owner
    owner.execute(EFFECTS.encode())
    for saga in stand.target.lifecycle.sagas:
        yield _interrupted(stand, saga)
        yield _transitions(stand, saga)
    yield _late(stand, stand.target.lifecycle.sagas[0])
    owner.execute(b"DROP TABLE saga_effect")


def _interrupted(stand: Stand, saga: Saga) -> Step:
    worker = _Worker(stand, saga)
    steps = len(saga.steps)
    wrong, ends = [], {"done": 0, "compensated": 0}
    runs = list(product([None, *range(1, steps + 1)], [None, *range(2 * steps)]))
    for fails_at, dies_at in runs:
        state, effects = worker.run(worker.begin(f"{fails_at} {dies_at}"), fails_at=fails_at, dies_at=dies_at)
        if (state, effects) in {("done", steps), ("compensated", 0)}:
            ends[state] += 1
        else:
            wrong.append(f"step {fails_at} fails, killed at turn {dies_at}: {state} with {effects} effects")
    return step(
        "sagas",
        f"{saga.name}: whatever fails and whenever a worker dies, it ends done with every effect, or compensated"
        " with none",
        f"{len(runs)} runs: each step failing or none, the worker's session killed at each turn or at none",
        "; ".join(wrong) or f"done {ends['done']}, compensated {ends['compensated']}",
        holds=not wrong and ends["done"] > 0,
    )


def _transitions(stand: Stand, saga: Saga) -> Step:
    """Every state and number of steps from every other, by UPDATE: the legal ones pass, all others are refused."""
    steps, wrong, refused, passed = len(saga.steps), [], 0, 0
    pivots = [number for number, one in enumerate(saga.steps, start=1) if one.compensation is None]
    program = stand.connect(stand.application)
    for (before, done), (after, then) in product(product(STATES, range(steps + 1)), repeat=2):
        if not _reachable(before, done, steps, pivots):
            continue
        outcome = _moved(program, saga, (before, done), (after, then))
        legal = _legal((before, done), (after, then), steps, pivots)
        if (outcome.state is None) != legal or (outcome.state not in {None, REFUSED}):
            wrong.append(f"{before} {done} → {after} {then}: {outcome.told}")
        refused, passed = refused + (outcome.state == REFUSED), passed + (outcome.state is None)
    return step(
        "sagas",
        f"{saga.name}: no other transition than the legal ones",
        "UPDATE of state and steps_done from and to each combination",
        "; ".join(wrong[:3]) or f"{passed} passed, {refused} refused with {REFUSED}",
        holds=not wrong and refused > 0,
    )


def _reachable(state: str, done: int, steps: int, pivots: list[int]) -> bool:
    if state == "done":
        return done == steps
    if state == "compensated":
        return done == 0
    return done < steps and (state == "running" or not any(pivot <= done for pivot in pivots))


def _legal(before: tuple[str, int], after: tuple[str, int], steps: int, pivots: list[int]) -> bool:
    (state, done), (then, now) = before, after
    if state == "running":
        forward = then == "running" and now in {done, done + 1} and now <= steps
        finished = then == "done" and now == steps and done >= steps - 1
        back = then == "compensating" and now == done and not any(pivot <= done for pivot in pivots)
        return forward or finished or back
    if state == "compensating":
        return (then == "compensating" and now in {done, done - 1} and now >= 0) or (
            then == "compensated" and now == 0 and done <= 1
        )
    return False


def _moved(program: Connection, saga: Saga, before: tuple[str, int], after: tuple[str, int]) -> Outcome:
    """In a transaction that is undone: a saga is brought into a state by legal steps, then moved."""
    with undone(program):
        number = program.execute(
            b"INSERT INTO saga (name, correlation_id, deadline) VALUES (%s, 'moved', now()) RETURNING id", (saga.name,)
        ).fetchone()
        assert number is not None  # noqa: S101 - INSERT … RETURNING gives a row
        for state, done in _way(*before):
            attempt(
                program,
                "UPDATE saga SET state = :state, steps_done = :done WHERE id = :id",
                {"state": state, "done": done, "id": number[0]},
            )
        return attempt(
            program,
            "UPDATE saga SET state = :state, steps_done = :done WHERE id = :id",
            {"state": after[0], "done": after[1], "id": number[0]},
        )


def _way(state: str, done: int) -> Iterator[tuple[str, int]]:
    """Legal steps to a state."""
    if state == "compensated":
        yield ("compensating", 0)
    else:
        yield from (("running", number) for number in range(1, done + (state != "done")))
    if state != "running":
        yield (state, done)


def _late(stand: Stand, saga: Saga) -> Step:
    worker = _Worker(stand, saga)
    number = worker.begin("late")
    with stand.acting(stand.application) as program:
        attempt(program, "UPDATE saga SET deadline = now() - interval '10 minutes' WHERE id = :id", {"id": number})
        row = attempt(program, worker.take).rows
        alarms = attempt(program, stand.statement("sagas", "sagas that need somebody")).rows
        again = attempt(program, worker.start, {"name": saga.name, "correlation_id": "late", "data": "{}"})
        worker.run(number, fails_at=1, dies_at=None)
    late = bool(row) and row[0][7] is True
    return step(
        "sagas",
        "a saga that is late is found, and none is started twice",
        "let the deadline of a saga pass, took it, asked for those that need somebody, started it again",
        f"late is {late}; {len(alarms)} need somebody; started again: {again.count} rows",
        holds=late and [one[0] for one in alarms] == [number] and again.count == 0,
    )
