"""Questions, answers and calls of tools between them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import respx
from anthropic import AsyncAnthropic
from inline_snapshot import snapshot

from dbdesign_server.agent import AgentConfig, ask, persona, toolkit
from dbdesign_server.agent.events import Event, TextSaid, ThoughtSaid, ToolFinished, ToolStarted
from scripted_model import KEY, Script, call, raw_call, reply, results, say, think

from .conftest import Asking, Tools

pytestmark = [pytest.mark.anyio, pytest.mark.httpx2(assert_all_called=False)]


async def test_an_answer_is_streamed_as_it_arrives_and_kept_as_a_whole(asking: Asking) -> None:
    events: list[Event] = []
    transcript = await asking(Script(reply(think("Hm, well."), say("Because it must."))), events=events)
    assert [event.text for event in events if isinstance(event, TextSaid)] == ["Becau", "se it", " must", "."]
    assert "".join(event.text for event in events if isinstance(event, ThoughtSaid)) == "Hm, well."
    assert (transcript.answer, transcript.stop_reason) == ("Because it must.", "end_turn")
    assert transcript.messages[-1]["content"][0]["signature"]


async def test_what_is_sent_goes_to_the_api_with_the_key_and_nothing_that_the_api_no_longer_takes(
    httpx2_mock: respx.Router,
) -> None:
    script = Script(reply(say("Yes.")))
    script.route(httpx2_mock)
    config = AgentConfig(system="Be brief.", effort="low", max_tokens=77)
    await ask("Is it?", config=config, client=AsyncAnthropic(api_key=KEY))
    assert script.headers[0]["authorization"] == f"Bearer {KEY}"
    assert script.headers[0]["anthropic-version"] >= "2026-10-21"
    assert script.requests[0] == snapshot(
        {
            "max_tokens": 77,
            "messages": [
                {
                    "role": "user",
                    "content": [{"type": "text", "text": "Is it?", "cache_control": {"type": "ephemeral"}}],
                }
            ],
            "model": "claude-opus-5-5",
            "output_config": {"effort": "low"},
            "stream": True,
            "system": [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}],
        }
    )


async def test_calls_are_made_and_their_results_told_until_the_model_has_answered(asking: Asking, tools: Tools) -> None:
    script = Script(
        reply(say("Let me see."), call("echo", text="one")),
        reply(call("echo", text="two")),
        reply(say("One, two.")),
    )
    events: list[Event] = []
    transcript = await asking(script, events=events)
    assert tools.log == ["echo one", "echo two"]
    assert [results(request) for request in script.requests] == [
        [],
        [("you said one", False)],
        [("you said two", False)],
    ]
    assert [type(event) for event in events if isinstance(event, ToolStarted | ToolFinished)] == [
        ToolStarted,
        ToolFinished,
    ] * 2
    assert transcript.answer == "One, two."
    assert transcript.text == "Let me see.\n\nOne, two."
    assert [(made.name, made.turn, made.text) for made in transcript.tool_calls] == snapshot(
        [("echo", 1, "you said one"), ("echo", 2, "you said two")]
    )


async def test_calls_of_one_answer_run_at_the_same_time_and_are_told_in_their_order(
    asking: Asking, tools: Tools
) -> None:
    tools.together = 3
    script = Script(reply(*(call("meet", name=name) for name in "abc")), reply(say("Met.")))
    await asking(script)
    assert [text for text, _ in results(script.requests[1])] == ["a met 3", "b met 3", "c met 3"]


async def test_calls_beside_one_that_writes_run_one_after_the_other(asking: Asking, tools: Tools) -> None:
    await asking(Script(reply(call("note", text="a"), call("note", text="b"), call("echo", text="c")), reply(say("."))))
    assert tools.log == ["begin a", "end a", "begin b", "end b", "echo c"]


@pytest.mark.parametrize(
    ("block", "said"),
    [
        (call("refuse", source="shp.sql"), "shp.sql: there is no such file. Did you mean shop.sql?"),
        (call("ecko", text="x"), "no tool named 'ecko'. Did you mean echo?"),
        (raw_call("echo", '{"text": "x"'), "the arguments are no JSON object"),
        (raw_call("echo", '["x"]'), "the arguments are no JSON object"),
        (raw_call("echo", '{"text": NaN}'), "the arguments are no JSON object"),
        (raw_call("echo", "[" * 100_000), "the arguments are no JSON object"),
        (call("echo"), "text\n  Field required"),
        (raw_call("echo", ""), "text\n  Field required"),
    ],
)
async def test_whatever_is_wrong_with_a_call_is_told_to_the_model_which_mends_it(
    asking: Asking, tools: Tools, block: dict[str, Any], said: str
) -> None:
    script = Script(reply(block), reply(call("echo", text="mended")), reply(say("Done.")))
    transcript = await asking(script)
    ((text, is_error),) = results(script.requests[1])
    assert is_error
    assert said in text
    assert len(text) < 1000
    assert tools.log[-1] == "echo mended"
    assert transcript.answer == "Done."


async def test_malformed_arguments_are_sent_back_as_an_object_for_the_api_takes_nothing_else(asking: Asking) -> None:
    script = Script(reply(raw_call("echo", '{"text": "x')), reply(say("Oh.")))
    await asking(script)
    assert script.requests[1]["messages"][1]["content"][0]["input"] == {"malformed": '{"text": "x'}


async def test_the_cache_is_marked_after_tools_system_and_the_last_two_messages_of_the_users(asking: Asking) -> None:
    script = Script(*(reply(call("echo", text=str(number))) for number in range(3)), reply(say("Done.")))
    await asking(script, system="Be brief.")
    request = script.requests[-1]
    assert ["cache_control" in tool for tool in request["tools"]] == [False, False, False, True]
    assert "cache_control" in request["system"][0]
    marked = [["cache_control" in block for block in message["content"]] for message in request["messages"]]
    assert marked == [[False], [False], [False], [False], [True], [False], [True]]
    for before, after in zip(script.requests, script.requests[1:], strict=False):
        assert _bare(after["messages"][: len(before["messages"])]) == _bare(before["messages"])


def _bare(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Messages without marks, which the cache does not compare."""
    return [
        {
            **message,
            "content": [{k: v for k, v in block.items() if k != "cache_control"} for block in message["content"]],
        }
        for message in messages
    ]


async def test_an_answer_of_a_megabyte_is_taken_whole(asking: Asking, tmp_path: Path) -> None:
    text = "CREATE TABLE t (id bigint);\n" * 38_000
    assert len(text) > 1_000_000
    transcript = await asking(Script(reply(say(text))), transcript=tmp_path / "t.jsonl")
    assert transcript.answer == text


async def test_a_turn_that_pauses_goes_on_with_what_it_has_said(asking: Asking) -> None:
    script = Script(reply(say("Wait …"), stop_reason="pause_turn"), reply(say(" there.")))
    transcript = await asking(script)
    assert script.requests[1]["messages"][-1] == {"role": "assistant", "content": [say("Wait …")]}
    assert transcript.answer == "Wait … there."


async def test_a_refusal_ends_the_conversation_with_its_reason(asking: Asking) -> None:
    details = {"type": "refusal", "category": "cyber", "explanation": "It looks like an exploit."}
    transcript = await asking(Script(reply(say("I ca"), stop_reason="refusal", stop_details=details)))
    assert (transcript.stop_reason, transcript.stop_detail) == snapshot(
        ("refusal", "the model refused to answer (cyber): It looks like an exploit.")
    )
    assert transcript.answer == ""
    assert transcript.usage.output_tokens == 50


async def test_a_model_that_calls_the_real_tools_reviews_a_schema(asking: Asking, tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    script = Script(
        reply(call("write_file", path="shop.sql", text="CREATE TABLE t (a integer PRIMARY KEY, price real);")),
        reply(
            call("read_schema", source="shop.sql", format="sqlite"),
            call("review_schema", source="shop.sql", format="sqlite"),
        ),
        reply(call("read_schema", source="/etc/passwd")),
        reply(say("Money in floating point.")),
    )
    transcript = await asking(script, tools=toolkit(project), system=persona())
    read, reviewed = results(script.requests[2])
    assert "price" in read[0]
    assert "money-in-floating-point" in reviewed[0]
    assert results(script.requests[3])[0][1]
    assert [made.is_error for made in transcript.tool_calls] == [False, False, False, True]
