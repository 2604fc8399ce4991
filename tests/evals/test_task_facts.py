"""Facts that tasks state as numbers follow from their inputs."""

from __future__ import annotations

import csv
from collections import Counter
from math import ceil
from typing import Any

import pytest

from dbdesign_evals.grading import parameters_of
from dbdesign_evals.index_set import Subject, priced
from dbdesign_evals.offline import reference
from dbdesign_evals.task import Task, tasks
from dbdesign_evals.workbench import Shelf, Workbench

ALL = tasks()


def _stated(task: str, check: str) -> dict[str, float]:
    parameters: Any = parameters_of(next(one for one in ALL[task].checks if one.id == check))
    return {case.at: case.value for case in parameters.cases if case.value is not None}


def test_the_meters_numbers_follow_from_the_utilities() -> None:
    with ALL["meter-readings"].inputs["utilities.csv"].open() as file:
        meters = {int(row["utility_id"]): int(row["meters"]) for row in csv.DictReader(file)}
    servers: Counter[int] = Counter()
    for utility, count in meters.items():
        servers[utility % 12] += count
    total = sum(meters.values())
    assert total == 4_000_000
    assert _stated("meter-readings", "spread")["largest_share_by_utility"] == pytest.approx(
        max(servers.values()) / total
    )
    assert _stated("meter-readings", "arithmetic") == {
        "readings_per_day": total * 96,
        "peak_inserts_per_second": pytest.approx(total / 90, rel=1e-5),
        "hours_rows_per_year": total * 24 * 365,
        "servers_by_rate": ceil(total / 90 / 15_000),
    }


INDEXED = [task for task in ALL.values() if any(one.grader == "index_set_cost" for one in task.checks)]


@pytest.mark.parametrize("task", INDEXED, ids=[task.id for task in INDEXED])
def test_the_best_known_indexes_are_those_of_the_reference(task: Task) -> None:
    parameters: Any = parameters_of(next(one for one in task.checks if one.grader == "index_set_cost"))
    shelf = Shelf()
    try:
        with Workbench(task, reference(task), shelf) as bench:
            found = priced(bench, Subject(**parameters.model_dump(include=set(Subject.model_fields))))
    finally:
        shelf.close()
    assert found.share == pytest.approx(parameters.best, rel=0.01)
    assert parameters.best * (1 + parameters.within) < parameters.none_at
