"""`dbdesign evals` from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dbdesign_server.commands import run
from eval_tasks import make_task

MUTANTS = (
    "m:\n  defect: no key\n  fails: [loads]\n  edits: [{file: schema.sql, find: 'name text', replace: 'name tekst'}]\n"
)


def _suite(tmp_path: Path) -> list[str]:
    files = {"mutants/mutants.yaml": MUTANTS}
    for name in ("one", "two"):
        files[f"alternatives/{name}/schema.sql"] = "create table room (id int);\n"
    make_task(tmp_path / "tasks", files=files)
    return ["--tasks", str(tmp_path / "tasks"), "--results", str(tmp_path / "results.jsonl")]


def test_a_run_ends_with_the_table_and_says_what_does_not_hold(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(["evals", "run", *_suite(tmp_path), "--parallel", "1"])
    out, err = capsys.readouterr()
    assert code == 1
    assert out.splitlines()[0].startswith("task ")
    assert "rooms   | 1.00      | 1.00  | 1/1" in out
    assert "problem: rooms: the naive answer scores 1.00, not below 0.5" in err
    assert "problem: rooms: has 1 mutants, fewer than 6" in err


def test_json_holds_samples_and_problems(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["evals", "run", *_suite(tmp_path), "--arm", "reference", "--json"]) == 0
    value = json.loads(capsys.readouterr().out)
    assert [(one["task"], one["arm"], one["score"]) for one in value["samples"]] == [("rooms", "reference", 1.0)]
    assert value["problems"] == []


def test_the_report_and_an_answers_checks_are_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = _suite(tmp_path)
    run(["evals", "run", *arguments, "--arm", "reference,alternatives"])
    assert run(["evals", "report", *arguments[2:], "-o", str(tmp_path / "report")]) == 0
    assert (tmp_path / "report" / "report.md").read_text().startswith("# Results of the eval suite")
    assert (tmp_path / "report" / "report.html").read_text().startswith("<!doctype html>")
    assert run(["evals", "show", "rooms", "two", *arguments[2:]]) == 0
    assert "1.00 of 1  loads: passed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "--arm", "loud"], "no arm named 'loud'"),
        (["run", "--task", "nothing"], "no task named 'nothing'"),
        (["run", "--arm", "bare"], "needs a model"),
        (["report", "--results", "nowhere.jsonl"], "there are no results"),
        (["show", "rooms", "--results", "nowhere.jsonl"], "there are no results"),
        (["run", "--epochs", "0"], "Try 'dbdesign evals run --help'"),
    ],
    ids=lambda one: one if isinstance(one, str) else " ".join(one),
)
def test_a_mistake_is_one_line_and_exit_code_2(
    tmp_path: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["evals", *arguments]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert len(err.strip().splitlines()) == 1


def test_without_a_key_the_message_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert run(["evals", "run", *_suite(tmp_path), "--arm", "bare", "--model", "claude-opus-5-5"]) == 2
    assert "ANTHROPIC_API_KEY" in capsys.readouterr().err


def test_help_is_that_of_the_suite(capsys: pytest.CaptureFixture[str]) -> None:
    run(["evals", "--help"])
    out = capsys.readouterr().out
    assert "run" in out
    assert "report" in out
