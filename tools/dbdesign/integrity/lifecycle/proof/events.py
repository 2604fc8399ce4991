"""Outbox: two publishers side by side, one of them killed before or after it has published, and consumers that have an inbox."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from dbdesign.integrity.lifecycle.base import Step
from dbdesign.integrity.lifecycle.proof.stand import Connection, Stand, attempt, step

AGGREGATES, EVENTS = 3, 4


@dataclass
class _Broker:
    """What was published, in order, and what it had as an effect on a consumer with an inbox."""

    published: list[tuple[str, int]] = field(default_factory=list)
    effects: list[int] = field(default_factory=list)

    def in_order(self) -> bool:
        """Whether the events of each aggregate came in their order, those that came again left out."""
        first: dict[str, list[int]] = {}
        for aggregate, number in self.published:
            if number not in first.setdefault(aggregate, []):
                first[aggregate].append(number)
        return all(numbers == sorted(numbers) for numbers in first.values())


class _Publishing:
    """Publishers over the statements of the scripts."""

    def __init__(self, stand: Stand, event: str) -> None:
        self.stand, self.event, self.broker = stand, event, _Broker()
        self.consumer = stand.connect(stand.application)
        self.add, self.take, self.mark, self.receive = (
            stand.statement("outbox", name)
            for name in ("add an event", "take events", "mark an event", "receive an event")
        )

    def fill(self) -> set[int]:
        """Events of some aggregates; the numbers that were committed."""
        numbers = set()
        with self.stand.acting(self.stand.application) as program:
            for _ in range(EVENTS):
                for aggregate in range(AGGREGATES):
                    given = {
                        "aggregate_type": "order",
                        "aggregate_id": str(aggregate),
                        "event_type": self.event,
                        "payload": "{}",
                    }
                    numbers.add(int(attempt(program, self.add, given).rows[0][0]))
            program.execute(b"BEGIN")
            attempt(
                program,
                self.add,
                {"aggregate_type": "order", "aggregate_id": "9", "event_type": self.event, "payload": "{}"},
            )
            program.execute(b"ROLLBACK")
        return numbers

    def taken(self, publisher: Connection) -> tuple[tuple[Any, ...], ...]:
        """Begin a transaction, and take events."""
        publisher.execute(b"BEGIN")
        return attempt(publisher, self.take).rows

    def publish(self, publisher: Connection, rows: tuple[tuple[Any, ...], ...], *, mark: bool = True) -> None:
        """To the broker and its consumer, then mark them."""
        for created_at, number, _, aggregate, *_ in rows:
            self.broker.published.append((aggregate, number))
            if attempt(self.consumer, self.receive, {"consumer": "mail", "event_id": number}).count:
                self.broker.effects.append(number)
            if mark:
                attempt(publisher, self.mark, {"created_at": created_at, "id": number})

    def drain(self) -> None:
        """One publisher alone until nothing is left."""
        with self.stand.acting(self.stand.roles.maintenance) as publisher:
            for _ in range(AGGREGATES * EVENTS + 1):
                rows = self.taken(publisher)
                self.publish(publisher, rows)
                publisher.execute(b"COMMIT")
                if not rows:
                    return

    def side_by_side(self, order: str) -> None:
        """Two publishers take turns: a letter is whose turn it is to take, or, where it has taken, to publish and commit."""
        with (
            self.stand.acting(self.stand.roles.maintenance) as left,
            self.stand.acting(self.stand.roles.maintenance) as right,
        ):
            held: dict[str, tuple[tuple[Any, ...], ...] | None] = {"l": None, "r": None}
            sides = {"l": left, "r": right}
            for letter in order:
                rows = held[letter]
                if rows is None:
                    held[letter] = self.taken(sides[letter])
                else:
                    self.publish(sides[letter], rows)
                    sides[letter].execute(b"COMMIT")
                    held[letter] = None
            for letter, rows in held.items():
                if rows is not None:
                    self.publish(sides[letter], rows)
                    sides[letter].execute(b"COMMIT")

    def killed(self, *, published: bool) -> None:
        """A publisher dies while another one works: before it has published what it took, or after, without having marked it."""
        publisher = self.stand.connect(self.stand.roles.maintenance)
        rows = self.taken(publisher)
        with self.stand.acting(self.stand.roles.maintenance) as other:
            others = self.taken(other)
            if published:
                self.publish(publisher, rows)
            self.stand.end(publisher)
            self.publish(other, others)
            other.execute(b"COMMIT")


def prove_outbox(stand: Stand) -> Iterator[Step]:
    """The steps for a design with an outbox."""
    wanted = stand.target.lifecycle.outbox
    if wanted is None:
        return
    event = wanted.events[0] if wanted.events else "something happened"
    yield _committed(stand, event)
    yield _killed(stand, event, published=False)
    yield _killed(stand, event, published=True)
    yield _ordered_writers(stand, event)
    yield _cleaned(stand)


def _committed(stand: Stand, event: str) -> Step:
    trial = _Publishing(stand, event)
    numbers = trial.fill()
    for order in ("lrlr", "lrrl", "llrr", "lrlrrl"):
        trial.side_by_side(order)
    trial.drain()
    counted = Counter(number for _, number in trial.broker.published)
    twice = sorted(number for number, times in counted.items() if times > 1)
    return step(
        "outbox",
        "publishers side by side publish every committed event once, the events of an aggregate in their order",
        f"{len(numbers)} events of {AGGREGATES} aggregates and one that was rolled back, taken by two publishers in"
        " four interleavings",
        f"published {len(counted)} events, twice {len(twice)}, missing {len(numbers - set(counted))}, in order"
        f" {trial.broker.in_order()}",
        holds=set(counted) == numbers and not twice and trial.broker.in_order(),
    )


def _killed(stand: Stand, event: str, *, published: bool) -> Step:
    trial = _Publishing(stand, event)
    numbers = trial.fill()
    trial.killed(published=published)
    trial.drain()
    again = len(trial.broker.published) - len({number for _, number in trial.broker.published})
    effects = Counter(trial.broker.effects)
    when = "after it had published, before COMMIT" if published else "after it had taken events, before it published"
    return step(
        "outbox",
        "an event of a publisher that dies is published by the next, and has its effect once",
        f"killed the session of a publisher {when}, another one beside it",
        f"{len(numbers)} events; {again} published again; each of {len(effects)} had its effect"
        f" {max(effects.values(), default=0)} time; in order {trial.broker.in_order()}",
        holds=set(effects) == numbers
        and max(effects.values(), default=0) == 1
        and trial.broker.in_order()
        and (again > 0) == published,
    )


def _ordered_writers(stand: Stand, event: str) -> Step:
    """Two transactions add events of one aggregate: the second gets its number after the first has committed."""
    trial = _Publishing(stand, event)
    given = {"aggregate_type": "order", "aggregate_id": "1", "event_type": event, "payload": "{}"}
    with stand.acting(stand.application) as first, stand.acting(stand.application) as second:
        first.execute(b"BEGIN")
        one = attempt(first, trial.add, given)
        pending = stand.waiting(second, trial.add, given)
        waited = not pending.done()
        first.execute(b"COMMIT")
        two = pending.result()
    trial.drain()
    return step(
        "outbox",
        "the numbers of an aggregate's events are in the order of the commits",
        "added an event of the same aggregate in two transactions",
        f"the second {'waited' if waited else 'did not wait'}: {one.rows} then {two.rows}",
        holds=waited and one.rows[0][0] < two.rows[0][0],
    )


def _cleaned(stand: Stand) -> Step:
    """Days that are over: one whose events are published, one with an event that is not."""
    owner = stand.owner
    for days, mark in ((400, "now()"), (401, "NULL")):
        day = f"date_trunc('day', now()) - interval '{days} days'"
        attempt(
            owner,
            f"DO $$ BEGIN EXECUTE format('CREATE TABLE outbox_past_{days} PARTITION OF outbox FOR VALUES FROM (%L) TO"
            f" (%L)', {day}, {day} + interval '1 day'); END $$",
        )
        attempt(
            owner,
            "INSERT INTO outbox (aggregate_type, aggregate_id, event_type, payload, created_at, published_at)"
            f" VALUES ('order', 'past', (SELECT event_type FROM outbox LIMIT 1), '{{}}', {day}, {mark})",
        )
    before = stand.value("SELECT count(*) FROM outbox")
    gone = attempt(stand.jobs, stand.statement("outbox", "keep the outbox"))
    after = stand.value("SELECT count(*) FROM outbox")
    kept = stand.value("SELECT count(*) FROM outbox WHERE aggregate_id = 'past' AND published_at IS NULL")
    owner.execute(b"DELETE FROM outbox")
    return step(
        "outbox",
        "what is published goes with its day, what is not stays",
        "made two days of the past, one with an event that is not published, and cleaned",
        f"{before} events before, {after} after; the one that is not published: {kept}; {gone.told}",
        holds=(before - after, kept) == (1, 1),
    )
