"""A task is put to a model: what it is told, what it may use, how its answer is taken and what it is found to have claimed."""

from __future__ import annotations

from pathlib import Path

import pytest

from dbdesign_evals.asking import Asker, question
from dbdesign_evals.claims import claims
from dbdesign_evals.report.html import page
from dbdesign_evals.report.markdown import document
from dbdesign_evals.runner import Plan, run
from dbdesign_evals.samples import ResultsFile
from dbdesign_evals.task import Task
from dbdesign_server.agent import AgentError
from eval_tasks import ROOMS, make_task
from scripted_model import MODEL, Reply, Script, broken, call, failure, reply, results, say

OLD = "create table room (id int, name text);\n"
ANSWER = (
    f"Two tables. I tested it on PostgreSQL 18, and the plan shows an index scan.\n\n```sql schema.sql\n{ROOMS}```\n"
)


@pytest.fixture
def task(tmp_path: Path) -> Task:
    """A task with an input."""
    return make_task(tmp_path / "tasks", files={"inputs/old.sql": OLD})


def _asker(tmp_path: Path, script: Script) -> Asker:
    return Asker(MODEL, tmp_path / "transcripts", client=script.client)


def _run(tmp_path: Path, task: Task, arm: str, script: Script, *, fresh: bool = False) -> Plan:
    results = ResultsFile(tmp_path / "results.jsonl")
    return Plan([task], [arm], results, model=MODEL, parallel=1, ask=_asker(tmp_path, script), fresh=fresh)


def test_a_model_without_tools_gets_the_brief_the_inputs_and_the_form(tmp_path: Path, task: Task) -> None:
    script = Script(reply(say(ANSWER)))
    (sample,) = run(_run(tmp_path, task, "bare", script)).samples
    (request,) = script.requests
    asked = request["messages"][0]["content"][0]["text"]
    for part in (task.brief.strip(), "- `schema.sql` (sql): the schema", "## Input: old.sql", OLD.strip()):
        assert part in asked
    assert "system" not in request or not request["system"]
    assert not request.get("tools")
    assert (sample.score, sample.usage.tokens["output"], sample.usage.turns, sample.usage.tools) == (1.0, 50, 1, {})
    assert sample.usage.cost > 0
    assert sample.unproven == ("I tested it on PostgreSQL 18, and the plan shows an index scan.",)


def test_the_persona_is_the_system_prompt_of_its_arm(tmp_path: Path, task: Task) -> None:
    script = Script(reply(say(ANSWER)))
    run(_run(tmp_path, task, "persona", script))
    assert "# Database designer" in str(script.requests[0]["system"])
    assert not script.requests[0].get("tools")


def test_a_whole_task_is_driven_through_the_tools(tmp_path: Path, task: Task) -> None:
    """Reads the input, checks a first draft, is told of an error, writes the file, checks it, and answers in words alone."""

    def react(request: dict[str, object]) -> Reply:
        text, is_error = results(request)[0]
        assert not is_error
        assert "room" in text
        return reply(say("A draft."), call("review_schema", source="nothing.sql"))

    def react_to_error(request: dict[str, object]) -> Reply:
        text, is_error = results(request)[0]
        assert is_error
        assert "nothing.sql" in text
        return reply(call("write_file", path="schema.sql", text=ROOMS))

    script = Script(
        reply(call("read_schema", source="old.sql")),
        react,
        react_to_error,
        reply(
            call("review_schema", source="schema.sql"),
            call("simulate_queries", source="schema.sql", queries="none.sql"),
        ),
        reply(say("The schema is in `schema.sql`. I tested it: it loads.")),
    )
    (sample,) = run(_run(tmp_path, task, "tools", script)).samples
    assert script.left == 0
    assert (sample.status, sample.score) == ("graded", 1.0)
    assert sample.grade["notes"] == ["schema.sql: taken from the file that was written"]
    assert sample.usage.tools == {"read_schema": 1, "review_schema": 2, "simulate_queries": 1, "write_file": 1}
    assert sample.usage.tool_errors == 2
    assert sample.unproven == ()
    assert {tool["name"] for tool in script.requests[0]["tools"]} >= {"read_schema", "check_migration", "write_file"}
    assert "The inputs are in the project's folder: `old.sql`" in str(script.requests[0]["messages"])


def test_the_answer_block_wins_over_a_file_that_was_written(tmp_path: Path, task: Task) -> None:
    script = Script(reply(call("write_file", path="schema.sql", text="create table x ();")), reply(say(ANSWER)))
    (sample,) = run(_run(tmp_path, task, "tools", script)).samples
    assert (sample.score, sample.grade["notes"]) == (1.0, [])


def test_prose_alone_is_scored_with_the_reason(tmp_path: Path, task: Task) -> None:
    (sample,) = run(_run(tmp_path, task, "bare", Script(reply(say("Use two tables."))))).samples
    assert (sample.status, sample.score) == ("graded", 0.0)
    assert "could not be extracted: the answer has no fenced block" in sample.grade["checks"][0]["reasons"][0]


def test_a_model_that_never_stops_calling_tools_is_stopped_and_what_there_is_is_graded(
    tmp_path: Path, task: Task
) -> None:
    script = Script(forever=reply(call("write_file", path="schema.sql", text=ROOMS, overwrite=True)))
    asker = Asker(MODEL, tmp_path / "transcripts", client=script.client, max_turns=4)
    plan = Plan([task], ["tools"], ResultsFile(tmp_path / "results.jsonl"), model=MODEL, ask=asker)
    (sample,) = run(plan).samples
    assert (sample.status, sample.score) == ("stopped", 1.0)
    assert (sample.reason or "").startswith("max_turns")


def test_a_refusal_is_a_reason(tmp_path: Path, task: Task) -> None:
    (sample,) = run(_run(tmp_path, task, "bare", Script(reply(say(""), stop_reason="refusal")))).samples
    assert (sample.status, sample.score) == ("stopped", 0.0)
    assert (sample.reason or "").startswith("refusal")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (failure(401, "authentication_error", "invalid x-api-key"), "ANTHROPIC_API_KEY"),
        (failure(404, "not_found_error", "model: nope"), "knows no model"),
    ],
    ids=["a wrong key", "an unknown model"],
)
def test_what_every_sample_would_meet_ends_the_asking(tmp_path: Path, task: Task, given: Reply, said: str) -> None:
    outcome = run(_run(tmp_path, task, "bare", Script(given)))
    assert said in (outcome.closed or "")
    assert outcome.samples[0].status == "stopped"


def test_no_key_is_said_as_such(tmp_path: Path, task: Task) -> None:
    asker = Asker(MODEL, tmp_path / "transcripts", client=lambda: Script().client(key=""))
    with pytest.raises(AgentError, match="no key for the Anthropic API"):
        asker(task, "bare", 1, None)


def test_a_conversation_that_a_kill_cut_off_goes_on(tmp_path: Path, task: Task) -> None:
    script = Script(reply(call("read_schema", source="old.sql")), reply(say(ANSWER)))
    run(_run(tmp_path, task, "tools", script))
    (file,) = (tmp_path / "transcripts").glob("*.jsonl")
    lines = file.read_text().splitlines(keepends=True)
    upto = next(number for number, line in enumerate(lines) if '"type": "tool_call"' in line)
    file.write_text("".join(lines[: upto + 1]))
    again = Script(reply(say(ANSWER)))
    (sample,) = run(_run(tmp_path, task, "tools", again, fresh=True)).samples
    assert sample.score == 1.0
    assert len(again.requests) == 1
    assert [message["role"] for message in again.requests[0]["messages"]][:3] == ["user", "assistant", "user"]


def test_a_broken_stream_is_asked_again(tmp_path: Path, task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dbdesign_server.agent.retry.FIRST_WAIT", 0.0, raising=False)
    script = Script(broken(say("Half")), reply(say(ANSWER)))
    (sample,) = run(_run(tmp_path, task, "bare", script)).samples
    assert (sample.score, len(script.requests)) == (1.0, 2)


def test_an_input_with_fences_stays_whole_in_the_prompt(tmp_path: Path) -> None:
    task = make_task(tmp_path, files={"inputs/notes.md": "a\n````\nb\n````\n"})
    assert "`````\na\n````\nb\n````\n`````" in question(task, "bare")


def test_claims_are_sentences_that_say_something_was_proven() -> None:
    text = (
        "I verified the rollback. This should be tested first. Nothing was measured. If you ran it, you would see.\n"
        "```sql\n-- tested on production\n```\nThe benchmark shows 3 ms. Indexes are good."
    )
    assert claims(text) == ["I verified the rollback.", "The benchmark shows 3 ms."]


def test_the_report_shows_scores_costs_and_what_was_missed(tmp_path: Path, task: Task) -> None:
    script = Script(reply(say("Use <b>two</b> tables. I tested it.")))
    found = run(_run(tmp_path, task, "bare", script)).samples
    found += run(Plan([task], ["reference", "naive"], ResultsFile(tmp_path / "results.jsonl"))).samples
    markdown = document(found)
    assert f"| all tasks | bare | {MODEL} | 1 | 0.00 (0.00 to 0.00) | 0.00 (0.00 to 0.79) | 150 | $" in markdown
    assert "## What was missed" in markdown
    assert "## Claims that nothing proved" in markdown
    html = page(found, tmp_path)
    assert "Use &lt;b&gt;two&lt;/b&gt; tables." in html
    assert "<b>two</b>" not in html
    assert "http" not in html.replace("http-equiv", "")
