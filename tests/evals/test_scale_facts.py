"""Facts of tasks of scale that are stated as numbers follow from their inputs."""

from __future__ import annotations

import csv
from collections import Counter
from itertools import pairwise
from typing import Any

import pytest

from dbdesign_evals.graders.redis_access import SLOTS, slot
from dbdesign_evals.grading import parameters_of
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


def _monthly(task: str, file: str, column: str, **only: str) -> dict[tuple[int, int], int]:
    """A column of a task's monthly figures by year and month."""
    with ALL[task].inputs[file].open() as rows:
        return {
            (int(row["month"][:4]), int(row["month"][5:7])): int(row[column])
            for row in ({"month": row.get("end_of", ""), **row} for row in csv.DictReader(rows))
            if all(row[name] == value for name, value in only.items())
        }


def _planned(known: dict[tuple[int, int], int], year: int, month: int) -> float:
    """A month's figure: that of the last known one of its name, 1.31 times as much each year."""
    ago = next(ago for ago in range(20) if (year - ago, month) in known)
    return float(known[year - ago, month] * 1.31**ago)


def test_the_parcels_scans_follow_from_the_months_before() -> None:
    known = _monthly("parcel-scans", "scans.csv", "scans")
    december, year = _planned(known, 2028, 12), sum(_planned(known, 2028, month) for month in range(1, 13))
    stated = {at: case.value for at, case in _cases("parcel-scans", "forecast").items()}
    assert stated == {
        "scans_dec_2028": pytest.approx(december),
        "scans_2028": pytest.approx(year),
        "scans_per_second": pytest.approx(december * 0.004 / 3600, rel=1e-4),
    }
    said = (ALL["parcel-scans"].folder / "task.yaml").read_text()
    assert said.count(f"* {december:.0f} *") == 2
    assert f"select {year:.0f} * sum" in said


INTEGER = 2**31 - 1
RUN_OUT = {
    "scan_parcel_id": ("parcel_id_seq", INTEGER),
    "manifest_id": ("manifest_id_seq", INTEGER),
    "complaint_id": ("complaint_id_seq", 10**7 - 1),
    "label_id": ("label_hi_seq", INTEGER // 50),
}
"""The sequence that gives a column's numbers, and the last value of it that still fits (schema.sql)."""


@pytest.mark.parametrize("column", RUN_OUT)
def test_the_month_in_which_numbers_run_out_follows_from_the_sequences(column: str) -> None:
    sequence, most = RUN_OUT[column]
    values = _monthly("parcel-scans", "sequences.csv", "last_value", sequence=sequence)
    months = sorted(values)
    used = {after: values[after] - values[before] for before, after in pairwise(months)}
    left, year, month = float(most - values[months[-1]]), 2026, 12
    while (need := _planned(used, year, month)) <= left:
        left -= need
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    assert 0.05 < left / need < 0.95, "a month that is as good as another is no fact"
    assert _cases("parcel-scans", "runs-out")[f"exhausted.{column}"].one_of == (f"{year}-{month:02}",)
