"""Idempotency keys: two requests with the same key at the same time, a program that dies in the middle, another request with an old key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dbdesign.integrity.lifecycle.base import Step
from dbdesign.integrity.lifecycle.proof.stand import Connection, Outcome, Stand, attempt, step

WORK = "CREATE TABLE done_work (what text NOT NULL); GRANT SELECT, INSERT ON done_work TO PUBLIC"
BODY = '{"payment": 17}'


class _Requests:
    def __init__(self, stand: Stand, operation: str) -> None:
        self.stand, self.operation = stand, operation
        names = ("claim", "look up", "keep the response")
        self.claim, self.look, self.keep = (stand.statement("idempotency", name) for name in names)

    def given(self, key: str, request: bytes = b"\1" * 32) -> dict[str, Any]:
        """The parameters of a request."""
        return {
            "scope": "account 1",
            "operation": self.operation,
            "key": key,
            "request_hash": request,
            "response_status": 201,
            "response_body": BODY,
        }

    def claimed(self, connection: Connection, key: str) -> Outcome:
        """First statement of a transaction that stays open."""
        connection.execute(b"BEGIN")
        return attempt(connection, self.claim, self.given(key))

    def work(self, connection: Connection, key: str) -> None:
        """The effect, which must happen once."""
        connection.execute(b"INSERT INTO done_work VALUES (%s)", (key,))

    def finish(self, connection: Connection, key: str) -> None:
        """The response is kept, and all is committed."""
        attempt(connection, self.keep, self.given(key))
        connection.execute(b"COMMIT")

    def answer(self, connection: Connection, key: str, request: bytes = b"\1" * 32) -> tuple[Any, ...]:
        """What a later request is answered with: whether it is the same request, the status and the body."""
        rows = attempt(connection, self.look, self.given(key, request)).rows
        return rows[0] if rows else ()

    def effects(self, key: str) -> int:
        """How often the work was done."""
        return int(self.stand.value("SELECT count(*) FROM done_work WHERE what = %s", (key,)))

    def together(self) -> Step:
        """The second waits for the first, and answers as it did."""
        with self.stand.acting(self.stand.application) as first, self.stand.acting(self.stand.application) as second:
            won = self.claimed(first, "k1")
            self.work(first, "k1")
            second.execute(b"BEGIN")
            pending = self.stand.waiting(second, self.claim, self.given("k1"))
            waited = not pending.done()
            self.finish(first, "k1")
            lost = pending.result()
            replayed = self.answer(second, "k1")
            second.execute(b"COMMIT")
        effects = self.effects("k1")
        return step(
            "idempotency",
            "two requests with the same key at the same time have one effect and one answer",
            "claimed the key in two transactions, worked and committed in the first",
            f"first {won.count} row, second {'waited, then ' if waited else ''}{lost.count} rows; effects {effects};"
            f" the second answers {replayed[1:]}",
            holds=waited and (won.count, lost.count, effects) == (1, 0, 1) and replayed[:2] == (True, 201),
        )

    def crashed(self) -> Step:
        """The session of the first is killed after its work, while the second waits."""
        with self.stand.acting(self.stand.application) as second:
            first = self.stand.connect(self.stand.application)
            self.claimed(first, "k2")
            self.work(first, "k2")
            second.execute(b"BEGIN")
            pending = self.stand.waiting(second, self.claim, self.given("k2"))
            self.stand.end(first)
            taken = pending.result()
            self.work(second, "k2")
            self.finish(second, "k2")
        effects = self.effects("k2")
        return step(
            "idempotency",
            "after a crash in the middle the next attempt does the work",
            "killed the session of the first after its work and before COMMIT",
            f"the second claims {taken.count} row and works; effects {effects}",
            holds=(taken.count, effects) == (1, 1),
        )

    def reused(self) -> Step:
        """The same key with another request."""
        with self.stand.acting(self.stand.application) as program:
            claimed = attempt(program, self.claim, self.given("k1", b"\2" * 32))
            same = self.answer(program, "k1", b"\2" * 32)
        return step(
            "idempotency",
            "another request with an old key is refused",
            "claimed and looked up a key that has its response with another request_hash",
            f"{claimed.count} rows claimed; same_request is {same[0] if same else None}",
            holds=claimed.count == 0 and bool(same) and same[0] is False,
        )

    def expired(self) -> Step:
        """A key's time is over: it is claimed anew, and cleaned away."""
        old = "UPDATE idempotency_key SET expires_at = now() - interval '1 second' WHERE key = :key"
        clean = self.stand.statement("idempotency", "let old keys go")
        owner = self.stand.owner
        with self.stand.acting(self.stand.application) as program:
            attempt(owner, old, {"key": "k1"})
            anew = attempt(program, self.claim, self.given("k1"))
            attempt(owner, old, {"key": "k2"})
            gone = attempt(self.stand.jobs, clean)
            left = self.stand.rows("SELECT key FROM idempotency_key")
        return step(
            "idempotency",
            "a key that has expired can be claimed anew, and is cleaned away",
            "let one key expire and claimed it, let another expire and cleaned",
            f"{anew.count} row claimed; {gone.count} deleted, {len(left)} left",
            holds=(anew.count, gone.count, left) == (1, 1, [("k1",)]),
        )


def prove_idempotency(stand: Stand) -> Iterator[Step]:
    """The steps for a design with idempotency keys."""
    wanted = stand.target.lifecycle.idempotency
    if wanted is None:
        return
    owner = stand.owner
    owner.execute(WORK.encode())
    trial = _Requests(stand, wanted.operations[0])
    yield trial.together()
    yield trial.crashed()
    yield trial.reused()
    yield trial.expired()
    owner.execute(b"DROP TABLE done_work")
