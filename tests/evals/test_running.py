"""A run keeps each result at once, goes on where it was cut off, stays within its cost, and passes over what crashes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from dbdesign.errors import DesignError
from dbdesign_evals import grading
from dbdesign_evals.answer import Answer
from dbdesign_evals.asking import Asked
from dbdesign_evals.graders.base import Grader, Outcome
from dbdesign_evals.runner import Plan, run
from dbdesign_evals.samples import ResultsFile, Sample, Usage, latest, read_results
from dbdesign_evals.table import problems, text
from dbdesign_evals.task import Task
from dbdesign_server.agent import AgentError
from eval_tasks import ROOMS, make_task

MUTANTS = """no-key:
  defect: a room may be booked twice a day
  fails: [once-a-day]
  edits: [{file: schema.sql, find: ", unique (room_id, day)", replace: ""}]
harmless:
  defect: none
  fails: [once-a-day]
  edits: [{file: schema.sql, find: "name text not null", replace: "name text"}]
broken:
  defect: it does not load
  fails: [once-a-day]
  edits: [{file: schema.sql, find: "create table booking", replace: "create tabel booking"}]
"""
TWICE = [
    "insert into room values (1, 'A'); insert into booking values (1, 1, '2026-01-01')",
    "insert into booking values (2, 1, '2026-01-01')",
]
CHECKS = [
    {"id": "loads", "grader": "ddl_loads", "claim": "It loads.", "weight": 0.2, "with": {"state": "empty"}},
    {
        "id": "once-a-day",
        "grader": "must_reject",
        "claim": "A room is booked once a day.",
        "with": {"state": "empty", "cases": [{"because": "twice", "sql": TWICE}]},
    },
]


@pytest.fixture
def task(tmp_path: Path) -> Task:
    """A task with mutants, one of which survives and one of which does not load."""
    return make_task(tmp_path / "tasks", checks=CHECKS, files={"mutants/mutants.yaml": MUTANTS})


def _results(tmp_path: Path) -> ResultsFile:
    return ResultsFile(tmp_path / "results.jsonl")


def test_mutants_count_as_caught_where_they_load_and_fail_what_they_name(tmp_path: Path, task: Task) -> None:
    found = run(Plan([task], ["reference", "naive", "mutants"], _results(tmp_path))).samples
    assert [(one.name, one.caught) for one in found if one.arm == "mutants"] == [
        ("no-key", True),
        ("harmless", False),
        ("broken", False),
    ]
    said = list(problems(found))
    assert "rooms: the mutant harmless does not fail once-a-day" in said
    assert "rooms: the mutant broken fails loads too" in said
    assert "rooms   | 1.00      | 0.17  | 1/3" in text(found)


def test_what_is_there_is_not_run_again(tmp_path: Path, task: Task) -> None:
    first = run(Plan([task], ["reference", "naive"], _results(tmp_path)))
    again = run(Plan([task], ["reference", "naive", "mutants"], _results(tmp_path)))
    assert (first.cached, again.cached, len(again.samples)) == (0, 2, 5)
    assert run(Plan([task], ["naive"], _results(tmp_path), fresh=True)).cached == 0


def test_a_changed_task_is_run_again(tmp_path: Path) -> None:
    run(Plan([make_task(tmp_path / "a")], ["reference"], _results(tmp_path)))
    changed = make_task(tmp_path / "b", files={"brief.md": "# Other rooms\n"})
    assert run(Plan([changed], ["reference"], _results(tmp_path))).cached == 0
    assert len(latest(read_results(tmp_path / "results.jsonl"))) == 1


def test_a_last_line_that_a_kill_cut_short_is_left_out(tmp_path: Path, task: Task) -> None:
    run(Plan([task], ["reference", "naive"], _results(tmp_path)))
    path = tmp_path / "results.jsonl"
    path.write_text(path.read_text()[:-40])
    assert len(list(read_results(path))) == 1
    assert run(Plan([task], ["reference", "naive"], _results(tmp_path))).cached == 1
    assert len(list(read_results(path))) == 2


def test_a_file_that_holds_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "results.jsonl").write_text("hello\n{}\n")
    with pytest.raises(DesignError, match="line 1: is no result"):
        _results(tmp_path)


def test_a_grader_that_crashes_is_a_reason(tmp_path: Path, task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(_parameters: object, _bench: object) -> Outcome:
        raise ZeroDivisionError("oh")

    real = grading.grader("must_reject")
    monkeypatch.setattr(
        grading,
        "grader",
        lambda name: Grader(name, real.parameters, crash) if name == "must_reject" else real_grader(name),
    )
    (sample,) = run(Plan([task], ["reference"], _results(tmp_path))).samples
    check = sample.grade["checks"][1]
    assert (sample.status, check["status"], check["score"]) == ("graded", "crashed", 0.0)
    assert "ZeroDivisionError: oh (crash" in check["reasons"][0]


real_grader = grading.grader


def _answers(schema: str = ROOMS, *, cost: float = 1.0, stopped: str | None = None) -> Callable[..., Asked]:
    def ask(_task: Task, _arm: str, _epoch: int, _left: float | None) -> Asked:
        return Asked(Answer({"schema.sql": schema}), Usage({"input": 10, "output": 5}, cost, 2.0, 1), stopped)

    return ask


def test_a_model_is_asked_as_often_as_there_are_epochs_and_resumed(tmp_path: Path, task: Task) -> None:
    plan = Plan([task], ["bare"], _results(tmp_path), model="m", epochs=3, ask=_answers())
    assert [(one.epoch, one.score, one.model) for one in run(plan).samples] == [
        (1, 1.0, "m"),
        (2, 1.0, "m"),
        (3, 1.0, "m"),
    ]
    assert run(Plan([task], ["bare"], _results(tmp_path), model="m", epochs=4, ask=_answers())).cached == 3


def test_nothing_is_asked_beyond_the_cost(tmp_path: Path, task: Task) -> None:
    plan = Plan([task], ["bare"], _results(tmp_path), model="m", epochs=5, parallel=1, max_cost=2.0, ask=_answers())
    outcome = run(plan)
    assert (len(outcome.samples), outcome.skipped) == (2, 3)


def test_a_stopped_sample_is_graded_by_what_there_is_and_tried_again(tmp_path: Path, task: Task) -> None:
    plan = Plan(
        [task],
        ["bare"],
        _results(tmp_path),
        model="m",
        ask=_answers("create table room (id int);", stopped="max_turns: 80 answers"),
    )
    (sample,) = run(plan).samples
    assert (sample.status, sample.reason, sample.score < 0.5) == ("stopped", "max_turns: 80 answers", True)
    assert run(Plan([task], ["bare"], _results(tmp_path), model="m", ask=_answers())).cached == 0


def test_without_a_key_the_rest_is_left_out_and_the_reason_said(tmp_path: Path, task: Task) -> None:
    def ask(*_: object) -> Asked:
        raise AgentError("no key for the Anthropic API is configured")

    outcome = run(Plan([task], ["bare", "reference"], _results(tmp_path), model="m", epochs=3, parallel=1, ask=ask))
    assert outcome.closed == "no key for the Anthropic API is configured"
    assert [(one.arm, one.status) for one in outcome.samples] == [("bare", "stopped"), ("reference", "graded")]
    assert outcome.skipped == 2


def test_a_sample_that_crashes_does_not_end_the_run(tmp_path: Path, task: Task) -> None:
    def ask(_task: Task, _arm: str, epoch: int, _left: float | None) -> Asked:
        if epoch == 1:
            raise OSError("disk full")
        return Asked(Answer({"schema.sql": ROOMS}))

    found = run(Plan([task], ["bare"], _results(tmp_path), model="m", epochs=2, ask=ask)).samples
    assert [(one.status, one.score) for one in found] == [("crashed", 0.0), ("graded", 1.0)]
    assert "OSError: disk full" in (found[0].reason or "")


def test_an_unknown_arm_and_an_arm_without_a_model_are_refused(tmp_path: Path, task: Task) -> None:
    with pytest.raises(DesignError, match="no arm named 'loud'"):
        run(Plan([task], ["loud"], _results(tmp_path)))
    with pytest.raises(DesignError, match="the arm tools needs a model"):
        run(Plan([task], ["tools"], _results(tmp_path)))


HOSTILE = {
    "never ends": "do $$ begin loop end loop; end $$;",
    "lifts its timeout": "set statement_timeout = 0; select count(*) from generate_series(1, 1e12);",
    "reads files": "create table t as select pg_read_file('/etc/passwd');",
    "runs programs": "copy (select 1) to program 'touch /tmp/never';",
    "ends others": "select pg_terminate_backend(pid) from pg_stat_activity;",
    "becomes another": "set role postgres; create role boss superuser;",
    "is deep": "select " + "(" * 3000 + "1" + ")" * 3000 + ";",
    "is no SQL": "Lorem ipsum $$ dolor 'sit",
    "is a bomb": "create view v as select 1 as a;" + "create or replace view v as select * from v;" * 3,
}


@pytest.mark.parametrize("script", HOSTILE.values(), ids=list(HOSTILE))
def test_an_answer_that_attacks_the_sandbox_is_scored_or_stopped(
    tmp_path: Path, task: Task, script: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dbdesign.engines.postgres import Limits

    monkeypatch.setattr("dbdesign_evals.workbench.LIMITS", Limits(seconds=1.0, disk=64 * 1024 * 1024))
    plan = Plan([task], ["bare"], _results(tmp_path), model="m", ask=_answers(script))
    (sample,) = run(plan).samples
    assert (sample.status, sample.score < 0.5) == ("graded", True)
    assert [one["status"] for one in sample.grade["checks"]] in (
        ["failed", "failed"],
        ["passed", "failed"],
        ["partial", "failed"],
    )
    assert sample.grade["checks"][1]["reasons"]
    after = run(Plan([task], ["reference"], _results(tmp_path))).samples
    assert after[0].score == 1.0


def test_results_are_lines_of_json(tmp_path: Path, task: Task) -> None:
    (sample,) = run(Plan([task], ["reference"], _results(tmp_path))).samples
    (line,) = (tmp_path / "results.jsonl").read_text().splitlines()
    value = json.loads(line)
    assert {"task", "arm", "score", "grade", "usage", "seconds"} <= set(value)
    assert next(read_results(tmp_path / "results.jsonl")) == sample
    assert isinstance(sample, Sample)
