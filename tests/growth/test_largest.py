"""What makes the largest machine too small: log that no standby replays, restores that take days; and rows that could be larger."""

from __future__ import annotations

import pytest

from dbdesign.growth.largest import REPLAY_RATE, RESTORE_RATE, RESTORE_WINDOW, uses_of
from dbdesign.growth.limits import BUSY
from dbdesign.growth.report import verdict_of
from growth_scenarios import SCENARIOS, text_plan

IOT = (SCENARIOS / "iot.yaml").read_text(encoding="utf-8")
LOOKED_UP = "  - {name: one reading, reads: reading, equal: [device_id, taken_at], rate: 5/s}\n"
CHANGED = "  - {name: correct, updates: reading, equal: [device_id, taken_at], changes: quality, rate: 0.1/s}\n"
WIDE = """
entities:
  event: {key: id, count: 2e10, retention: 7 days, attributes: {id: {type: number, monotonic: true}, body: {type: string, size: 1500}}}
patterns:
  - {name: store, inserts: event, rate: RATE/s}
  - {name: one, reads: event, equal: id, rate: 10/s}
"""


def test_sensors_are_told_to_batch_before_they_shard() -> None:
    plan = text_plan(IOT)
    [batch] = plan.batches
    assert (batch.table, batch.rows) == ("reading", 6)  # 20,000 a second of 200,000 devices: six a minute
    assert 0.3 < batch.left < 0.6
    assert plan.shard_limit == "restore"
    assert plan.full
    assert not plan.shards
    assert plan.shard_due is not None
    assert plan.batched_due is not None
    assert plan.shard_due <= 36 < plan.batched_due
    assert str(verdict_of(plan)["verdict"]).startswith(
        "Batch before sharding: written row by row, the largest machine is full month 28"
    )
    names = [one.measure for one in plan.ladder]
    assert names.index("batching of reading") < names.index("a larger machine") < names.index("sharding")


@pytest.mark.parametrize("pattern", [LOOKED_UP, CHANGED])
def test_rows_that_are_looked_up_or_changed_one_by_one_are_not_batched(pattern: str) -> None:
    plan = text_plan(IOT + pattern)
    assert plan.batches == ()
    assert plan.shards
    assert str(verdict_of(plan)["verdict"]).startswith("Shard before month 28: ")


def test_readings_that_go_on_at_the_end_of_each_device_dirty_a_block_a_device_and_not_one_a_reading() -> None:
    at = text_plan(IOT).situation
    rate, ends = at.load.advanced(0.0)["reading"]
    assert rate == pytest.approx(26_000)
    assert ends == pytest.approx(200_000, rel=0.15)
    assert at.random_writes(0.0) < 2_000
    assert at.log_a_day(0.0) < 2 * 2**40


@pytest.mark.parametrize(("rate", "limit"), [("70_000", True), ("7_000", False)])
def test_log_that_a_standby_cannot_replay_is_a_reason_to_shard(rate: str, limit: bool) -> None:
    plan = text_plan(WIDE.replace("RATE", rate))
    uses = uses_of(plan.situation, 36.0)
    assert uses["replay of the log"] == pytest.approx(plan.situation.log_carried(36.0) / (REPLAY_RATE * BUSY))
    assert (uses["replay of the log"] >= 1) is limit
    if limit:
        assert plan.shard_limit == "replay of the log"
        assert plan.shards


def test_a_restore_takes_all_bytes_at_the_rate_that_is_stated() -> None:
    at = text_plan(IOT).situation
    assert uses_of(at, 0.0)["restore"] == pytest.approx(at.stored(0.0) / (RESTORE_RATE * RESTORE_WINDOW))
