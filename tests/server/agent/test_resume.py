"""Transcripts: every thing that happened is in the file as soon as it has happened, and a conversation goes on from there."""

from __future__ import annotations

import json
import signal
import stat
import subprocess
import sys
from pathlib import Path
from threading import Event as Flag
from typing import Any

import pytest
from inline_snapshot import snapshot

from dbdesign.errors import InputError
from dbdesign_server.agent import AgentError, load
from dbdesign_server.commands import run
from scripted_model import KEY, Reply, Script, call, failure, reply, results, say, served, think

from .conftest import Asking, Pauses, Tools

pytestmark = [pytest.mark.anyio, pytest.mark.httpx2(assert_all_called=False)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the transcript goes."""
    return tmp_path / "asked" / "t.jsonl"


def lines(file: Path) -> list[dict[str, Any]]:
    """The records of a file."""
    return [json.loads(line) for line in file.read_text().splitlines()]


async def test_the_file_holds_what_the_transcript_holds_and_only_the_user_may_read_it(
    asking: Asking, file: Path
) -> None:
    script = Script(reply(think("Hm."), call("echo", text="x"), call("refuse", source="y")), reply(say("Done.")))
    transcript = await asking(script, transcript=file, system="Be brief.")
    assert load(file) == transcript
    assert [record["type"] for record in lines(file)] == snapshot(
        ["start", "message", "message", "turn", "tool_call", "tool_call", "message", "message", "turn", "end"]
    )
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_each_thing_is_in_the_file_before_the_next_is_asked(asking: Asking, file: Path) -> None:
    seen: list[list[str]] = []

    def look(_body: dict[str, Any]) -> Reply:
        seen.append([record["type"] for record in lines(file)])
        return reply(say("Done."))

    await asking(Script(reply(call("echo", text="x")), look), transcript=file)
    assert seen == [["start", "message", "message", "turn", "tool_call", "message"]]


async def test_no_key_is_in_the_file_whoever_says_it(asking: Asking, file: Path) -> None:
    other = "sk-ant-api03-abcdefghijklmnop"
    script = Script(reply(call("echo", text=f"{KEY} and {other}")), reply(say(f"It is {KEY}.")))
    await asking(script, question=f"Is {KEY} mine?", transcript=file)
    assert "sk-ant" not in file.read_text()
    assert "[key]" in file.read_text()


def cut_after(file: Path, kind: str, part: str = "") -> None:
    """The file as if the process had been killed after its last record of this kind, and in the middle of another."""
    kept = file.read_text().splitlines(keepends=True)
    while json.loads(kept[-1])["type"] != kind:
        kept.pop()
    file.write_text("".join(kept) + part)


@pytest.mark.parametrize(
    ("records", "asked_again", "made_again"),
    [
        (1, 2, ["echo x", "refuse"]),  # before the question was written
        (2, 2, ["echo x", "refuse"]),  # before the first answer was
        (3, 1, ["echo x", "refuse"]),  # between the answer and what it cost
        (4, 1, ["echo x", "refuse"]),  # before the calls
        (6, 1, []),  # after them
        (7, 1, []),  # within the last answer
    ],
)
async def test_a_conversation_that_was_killed_goes_on_where_it_was(
    asking: Asking, tools: Tools, file: Path, records: int, asked_again: int, made_again: list[str]
) -> None:
    """The file ends after so many records, and in the middle of another."""
    replies = reply(call("echo", text="x"), call("refuse", source="y")), reply(say("Done."))
    whole = await asking(Script(*replies), transcript=file)
    written = file.read_text().splitlines(keepends=True)
    file.write_text("".join(written[:records]) + written[records][:20])
    tools.log.clear()
    script = Script(*replies[-asked_again:])
    transcript = await asking(script, question="Why?" if records == 1 else None, resume=file)
    assert (sorted(tools.log), script.left) == (made_again, 0)
    assert transcript.messages == whole.messages
    assert load(file) == transcript


async def test_only_the_calls_that_were_not_made_are_made(asking: Asking, tools: Tools, file: Path) -> None:
    first = reply(call("note", text="a"), call("note", text="b"))
    await asking(Script(first, reply(say("Done."))), transcript=file)
    records = file.read_text().splitlines(keepends=True)
    file.write_text("".join(records[:5]))
    assert json.loads(records[4])["type"] == "tool_call"
    tools.log.clear()
    script = Script(reply(say("Done.")))
    await asking(script, question=None, resume=file)
    assert tools.log == ["begin b", "end b"]
    assert results(script.requests[0]) == [("written", False)] * 2


async def test_an_ended_conversation_takes_another_question(asking: Asking, file: Path) -> None:
    await asking(Script(reply(say("Because."))), transcript=file)
    script = Script(reply(say("Still.")))
    transcript = await asking(script, question="Still?", resume=file)
    assert [message["role"] for message in script.requests[0]["messages"]] == ["user", "assistant", "user"]
    assert (transcript.answer, len(transcript.turns)) == ("Still.", 2)


async def test_a_conversation_that_failed_or_reached_a_limit_goes_on(
    asking: Asking, pauses: Pauses, file: Path
) -> None:
    with pytest.raises(AgentError):
        await asking(Script(forever=failure(529, "overloaded_error")), transcript=file, attempts=2)
    assert load(file).stop_reason == "failed"
    limited = await asking(Script(forever=reply(call("echo", text="x"))), question=None, resume=file, max_turns=2)
    assert limited.stop_reason == "max_turns"
    transcript = await asking(Script(reply(say("At last."))), question=None, resume=file)
    assert (transcript.answer, transcript.stop_reason) == ("At last.", "end_turn")
    assert transcript.seconds >= limited.seconds


async def test_a_limit_on_cost_counts_what_was_spent_before(asking: Asking, file: Path) -> None:
    await asking(Script(reply(say("Dear."), usage={"output_tokens": 40_000})), transcript=file)
    script = Script()
    transcript = await asking(script, question="More?", resume=file, max_cost=0.8)
    assert (transcript.stop_reason, script.requests) == ("max_cost", [])


async def test_another_model_goes_on_without_the_thoughts_of_the_first(asking: Asking, file: Path) -> None:
    await asking(Script(reply(think("Hm."), say("So."))), transcript=file)
    script = Script(reply(say("Yes."), model="claude-sonnet-5-5"))
    transcript = await asking(script, question="Sure?", resume=file, model="claude-sonnet-5-5")
    assert script.requests[0]["model"] == "claude-sonnet-5-5"
    assert [block["type"] for block in script.requests[0]["messages"][1]["content"]] == ["text"]
    assert list(transcript.usage_by_model) == ["claude-opus-5-5", "claude-sonnet-5-5"]
    assert load(file) == transcript


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty"),
        ("{}\n", "line 1: is not a record of a transcript"),
        ('{"type": "start", "version": 2, "question": "", "model": ""}\n', "line 1: is not a record"),
        ('{"type": "start", "version": 1}\n', "line 1: lacks a field"),
        ("[]\n", "line 1: is not a record"),
        ("CREATE TABLE t ();\n", "line 1: is not a record"),
        ("[" * 100_000 + "\n", "line 1: is not a record"),
        ('{"type": "start", "version": 1, "question": "", "model": ""}\n{"type": "x"}\n', "line 2: is not a record"),
        (
            '{"type": "start", "version": 1, "question": "", "model": ""}\n{"type": "message", "message": {"role": "system"}}\n',
            "line 2: is not a record",
        ),
    ],
)
async def test_a_file_that_is_no_transcript_is_refused(asking: Asking, file: Path, content: str, said: str) -> None:
    file.parent.mkdir()
    file.write_text(content)
    with pytest.raises(InputError, match=said):
        await asking(Script(), resume=file)
    assert file.read_text() == content


async def test_a_transcript_is_never_written_over(asking: Asking, file: Path) -> None:
    file.parent.mkdir()
    file.write_text("mine")
    with pytest.raises(InputError, match="the transcript exists already"):
        await asking(Script(), transcript=file)
    assert file.read_text() == "mine"


async def test_a_transcript_that_can_no_longer_be_written_stops_the_run(asking: Asking, file: Path) -> None:
    def replace(_body: dict[str, Any]) -> Reply:
        file.unlink()
        file.mkdir()
        return reply(call("echo", text="x"))

    with pytest.raises(InputError, match=r"is a directory\. Name another file for the transcript"):
        await asking(Script(replace, reply(say("Done."))), transcript=file)


@pytest.mark.parametrize(
    ("state", "question", "said"),
    [
        ("ended", None, "the conversation has ended. Say what to do next"),
        ("calling", "And?", "without a question first"),
    ],
)
async def test_what_cannot_go_on_says_why(
    asking: Asking, file: Path, state: str, question: str | None, said: str
) -> None:
    await asking(Script(reply(call("echo", text="x")), reply(say("Done."))), transcript=file)
    if state == "calling":
        cut_after(file, "tool_call")
    with pytest.raises(InputError, match=said):
        await asking(Script(), question=question, resume=file)


def heeds_interrupts() -> None:
    """A shell starts what it runs in the background with interrupts ignored, and children inherit that."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGINT])
def test_a_command_that_is_killed_can_be_resumed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], blow: signal.Signals
) -> None:
    """Killed while it waits for its second answer; what was called before is not called again."""
    project, file, asked, over = tmp_path / "project", tmp_path / "t.jsonl", Flag(), Flag()
    project.mkdir()

    def hold(_body: dict[str, Any]) -> Reply:
        asked.set()
        over.wait()
        return reply(say("Too late."))

    script = Script(reply(call("write_file", path="notes.txt", text="once")), hold, reply(say("Here I am.")))
    with served(script) as url:
        for name, value in {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": url, "NO_PROXY": "*"}.items():
            monkeypatch.setenv(name, value)
        command = ["ask", "--path", str(project), "--transcript", str(file), "Why?"]
        first = subprocess.Popen(
            [sys.executable, "-m", "dbdesign_server.cli", *command],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            preexec_fn=heeds_interrupts,
        )
        assert asked.wait(120)
        first.send_signal(blow)
        _, said = first.communicate(timeout=120)
        over.set()
        if blow is signal.SIGINT:
            assert first.returncode == 130
            assert f"interrupted. Go on with: dbdesign ask --resume {file}" in said.decode()
        assert run(["ask", "--path", str(project), "--resume", str(file)]) == 0
    assert capsys.readouterr().out == "Here I am.\n"
    assert (project / "notes.txt").read_text() == "once"
    assert [made.text for made in load(file).tool_calls] == ["Wrote notes.txt: 1 lines."]
