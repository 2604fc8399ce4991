"""`dbdesign ask`, run against a server on this machine that says what a script tells it to."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from inline_snapshot import snapshot

from dbdesign_server.agent import load
from dbdesign_server.ask_terminal import Watcher, printable
from dbdesign_server.commands import run
from scripted_model import KEY, Script, call, failure, reply, say, served


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a schema."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "shop.sql").write_text("CREATE TABLE t (id integer PRIMARY KEY, price real);\n")
    return folder


@contextmanager
def answering(script: Script, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The API is this script."""
    with served(script) as url:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", url)
        monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
        monkeypatch.setenv("NO_PROXY", "*")
        yield


def test_the_answer_goes_to_standard_output_and_the_rest_to_standard_error(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    script = Script(
        reply(say("I look."), call("list_files"), call("read_file", path="shp.sql")),
        reply(say("Prices are floats."), usage={"cache_read_input_tokens": 12_000}),
    )
    file = tmp_path / "t.jsonl"
    with answering(script, monkeypatch):
        assert run(["ask", "--path", str(project), "--transcript", str(file), "Review shop.sql"]) == 0
    said = capsys.readouterr()
    assert said.out == "Prices are floats.\n"
    shown = [line for line in said.err.splitlines() if "  list_files" not in line and "  read_file" not in line]
    assert [line.replace(str(file), "FILE") for line in shown if not line.startswith("2 answers")] == snapshot(
        [
            "→ list_files ",
            "→ read_file path=shp.sql",
            "",
            "claude-opus-5-5: 12,200 tokens in (12,000 from the cache), 100 out; $0.0052 at the prices of 2026-11-28",
        ]
    )
    assert f"Transcript: {file}" in said.err
    system, tools = script.requests[0]["system"][0]["text"], [tool["name"] for tool in script.requests[0]["tools"]]
    assert system.startswith("# Database designer")
    assert {"review_schema", "write_file"} <= set(tools)
    assert all(f"`{name}`" in system for name in tools)


def test_json_is_one_document_with_answer_cost_and_calls(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    script = Script(reply(call("list_files")), reply(say("One file.")))
    with answering(script, monkeypatch):
        assert run(["ask", "--path", str(project), "--json", "--effort", "low", "What is there?"]) == 0
    document = json.loads(capsys.readouterr().out)
    file = Path(document.pop("transcript"))
    assert file.is_relative_to(tmp_path / "state" / "dbdesign" / "asked")
    assert load(file).question == "What is there?"
    assert script.requests[0]["output_config"] == {"effort": "low"}
    assert document.pop("seconds") > 0
    assert document["tool_calls"][0].pop("seconds") >= 0
    assert document == snapshot(
        {
            "answer": "One file.",
            "stop_reason": "end_turn",
            "stop_detail": "the model has answered",
            "cost": 0.0028,
            "prices_as_of": "2026-11-28",
            "unpriced": [],
            "usage": {
                "claude-opus-5-5": {
                    "input_tokens": 200,
                    "output_tokens": 100,
                    "cache_write_5m_tokens": 0,
                    "cache_write_1h_tokens": 0,
                    "cache_read_tokens": 0,
                    "thinking_tokens": 0,
                }
            },
            "turns": 2,
            "tool_calls": [{"name": "list_files", "input": {}, "is_error": False, "turn": 1}],
        }
    )


def test_what_was_stopped_ends_with_one_and_says_how_to_go_on(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "t.jsonl"
    script = Script(forever=reply(call("list_files")))
    with answering(script, monkeypatch):
        code = run(["ask", "--path", str(project), "--max-turns", "2", "--transcript", str(file), "Loop"])
    last = capsys.readouterr().err.splitlines()[-1]
    assert (code, last.replace(str(file), "FILE")) == snapshot(
        (
            1,
            "stopped: the model was told to finish with answer 2, the last that was allowed. Go on with: dbdesign ask --resume FILE",
        )
    )


def test_an_error_of_the_api_ends_with_two_and_says_how_to_go_on(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "t.jsonl"
    with answering(Script(failure(401, "authentication_error", "invalid x-api-key")), monkeypatch):
        assert run(["ask", "--path", str(project), "--transcript", str(file), "Why?"]) == 2
    said = capsys.readouterr().err.replace(str(file), "FILE")
    assert said.splitlines() == snapshot(
        [
            "Go on with: dbdesign ask --resume FILE",
            "dbdesign: the Anthropic API refused the request: invalid x-api-key. Check ANTHROPIC_API_KEY: it may be mistyped, expired or of another account",
        ]
    )


def test_a_question_comes_from_standard_input_too(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO("Wie heißt es?\n".encode())))
    script = Script(reply(say("So.")))
    with answering(script, monkeypatch):
        assert run(["ask", "--path", str(project), "-"]) == 0
    assert script.requests[0]["messages"][0]["content"][0]["text"] == "Wie heißt es?\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["Why?"], "no key for the Anthropic API is configured. Set ANTHROPIC_API_KEY"),
        ([], 'there is nothing to ask. Ask: dbdesign ask "…"'),
        (["--path", "nowhere", "Why?"], "nowhere: the allowed folder does not exist"),
        (["--max-cost", "-1", "Why?"], "max-cost: must be more than 0"),
        (["--max-cost", "dear", "Why?"], "Invalid value for '--max-cost'"),
        (["--effort", "huge", "Why?"], "'huge' is not one of low, medium"),
        (["--resume", "none.jsonl"], "none.jsonl: no such file or directory"),
        (["--resume", "a", "--transcript", "b"], "a resumed transcript is written on"),
    ],
)
def test_bad_input_is_one_line_and_two(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    monkeypatch.chdir(project)
    assert run(["ask", *arguments]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line
    assert list(project.iterdir()) == [project / "shop.sql"]


def test_on_a_terminal_the_answer_streams_and_nothing_that_a_model_says_moves_the_cursor(
    capsys: pytest.CaptureFixture[str],
) -> None:
    from dbdesign_server.agent.events import TextSaid, ToolStarted, Waiting

    watcher = Watcher(streams=True)
    for event in (TextSaid("Red: \x1b[31m"), TextSaid("alert\x07"), ToolStarted("1", "read\x1b[2J", {"a": "b" * 300})):
        watcher(event)
    watcher(Waiting(8.2, "overloaded (529)"))
    said = capsys.readouterr()
    assert said.out == "Red: [31malert\n"
    assert said.err.splitlines()[1] == "  overloaded (529): asking again in 8 s"
    assert len(said.err.splitlines()[0]) < 120
    assert printable("a\tb\nc") == "a\tb\nc"


def test_neither_the_server_nor_the_other_commands_import_the_sdk() -> None:
    """An assistant waits for the server to start; what only `ask` needs is imported by it alone."""
    code = "import sys, dbdesign_server.serve, dbdesign_server.app, dbdesign_server.commands; print('anthropic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
