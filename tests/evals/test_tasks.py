"""Every task of the suite is complete and holds together; one of them is graded in full."""

from __future__ import annotations

from pathlib import Path

import pytest

from dbdesign.errors import DesignError
from dbdesign_evals.grading import parameters_of
from dbdesign_evals.offline import OFFLINE, given
from dbdesign_evals.runner import Plan, run
from dbdesign_evals.samples import ResultsFile
from dbdesign_evals.table import FEWEST_ALTERNATIVES, FEWEST_MUTANTS, problems, rows
from dbdesign_evals.task import Apply, Task, load_task, tasks
from eval_tasks import make_task

ALL = tasks()
SAMPLE = "fleet-report-plan"


@pytest.mark.parametrize("task", ALL.values(), ids=list(ALL))
def test_each_task_names_graders_with_parameters_that_they_take(task: Task) -> None:
    for check in task.checks:
        parameters = parameters_of(check).model_dump()
        assert parameters.get("state") is None or parameters["state"] in task.states, check.id
        assert check.claim.endswith("."), check.id


@pytest.mark.parametrize("task", ALL.values(), ids=list(ALL))
def test_each_task_has_its_answers_whole_and_enough_mutants(task: Task) -> None:
    wanted = {one.file for one in task.deliverables if not one.optional}
    for arm in OFFLINE:
        for one in given(task, arm):
            assert wanted <= set(one.answer.files), f"{arm} {one.name}"
    assert len(task.mutants()) >= FEWEST_MUTANTS
    assert len(task.alternatives) >= FEWEST_ALTERNATIVES


@pytest.mark.parametrize("task", ALL.values(), ids=list(ALL))
def test_no_fixture_lies_unused_and_no_brief_names_one(task: Task) -> None:
    said = (task.folder / "task.yaml").read_text()
    items = {item.apply if isinstance(item, Apply) else item for state in task.states.values() for item in state}
    for path in (task.folder / "fixtures").glob("*"):
        assert f"fixtures/{path.name}" in items or f"fixtures/{path.name}" in said, path.name
    assert "fixtures" not in task.brief


@pytest.mark.parametrize("task", ALL.values(), ids=list(ALL))
def test_every_file_of_the_answer_is_looked_at_by_a_check(task: Task) -> None:
    said = (task.folder / "task.yaml").read_text()
    for one in task.deliverables:
        assert f"answer:{one.file}" in said, one.file


def test_most_tasks_need_what_only_computation_or_execution_gives() -> None:
    beyond = [task for task in ALL.values() if set(task.needs) & {"computation", "execution"}]
    assert len(beyond) * 3 >= len(ALL) * 2


def test_a_task_of_the_suite_shows_what_each_has_to_show(tmp_path: Path) -> None:
    results = ResultsFile(tmp_path / "results.jsonl")
    found = run(Plan([ALL[SAMPLE]], OFFLINE, results)).samples
    assert list(problems(found)) == []
    (row,) = rows(found)
    assert (row.reference, row.caught, row.passing) == (1.0, row.mutants, row.alternatives)
    assert row.naive is not None
    assert row.naive < 0.5


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"id": "other"}, "its id is 'other'"),
        ({"area": "gardening"}, "area"),
        ({"states": {"empty": ["fixtures/none.sql"]}}, "there is no file fixtures/none.sql"),
        ({"states": {"empty": ["answer:other.sql"]}}, "is no deliverable"),
        ({"colour": "blue"}, "colour"),
    ],
    ids=["another id", "an unknown area", "a missing file", "an unknown deliverable", "an unknown field"],
)
def test_a_task_that_does_not_hold_is_refused_with_its_fault(
    tmp_path: Path, parts: dict[str, object], said: str
) -> None:
    with pytest.raises(DesignError, match=said):
        make_task(tmp_path, **parts)


def test_checks_of_the_same_id_are_refused(tmp_path: Path) -> None:
    check = {"id": "loads", "grader": "ddl_loads", "claim": "It loads.", "with": {"state": "empty"}}
    with pytest.raises(DesignError, match="checks of the same id: loads"):
        make_task(tmp_path, checks=[check, check])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("m:\n  defect: d\n  fails: [other]\n  edits: [{file: schema.sql, find: day, replace: x}]\n", "no check named"),
        (
            "m:\n  defect: d\n  fails: [loads]\n  edits: [{file: schema.sql, find: nowhere, replace: x}]\n",
            "stands 0 times",
        ),
        ("m:\n  defect: d\n  fails: [loads]\n  edits: [{file: schema.sql, find: int, replace: x}]\n", "stands 3 times"),
        ("m:\n  defect: d\n  fails: []\n  edits: []\n", "fails"),
        ("- m\n", "is no mapping"),
    ],
    ids=["unknown check", "text that is not there", "text that is there thrice", "no check", "no mapping"],
)
def test_a_mutant_that_does_not_fit_is_refused(tmp_path: Path, text: str, said: str) -> None:
    task = make_task(tmp_path, files={"mutants/mutants.yaml": text})
    with pytest.raises(DesignError, match=said):
        list(given(task, "mutants"))


def test_an_edit_matches_whatever_the_white_space(tmp_path: Path) -> None:
    text = "m:\n  defect: d\n  fails: [loads]\n  edits:\n    - {file: schema.sql, find: 'date   not null, unique', replace: 'dat not null, unique'}\n"
    task = load_task(make_task(tmp_path, files={"mutants/mutants.yaml": text}).folder)
    (mutant,) = given(task, "mutants")
    assert "day dat not null, unique (room_id, day)" in mutant.answer.files["schema.sql"]
