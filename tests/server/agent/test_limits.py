"""Limits on output, turns, time and cost: reached, they end a conversation with a reason, and a limit on cost is never passed."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import anyio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from inline_snapshot import snapshot

from dbdesign.errors import InputError
from dbdesign_server.agent import Usage, prices
from dbdesign_server.agent.request import FINISH
from dbdesign_server.agent.run import CONTINUATIONS
from scripted_model import Reply, Script, broken, call, raw_call, reply, results, say, think

from .conftest import Asking, Tools

pytestmark = [pytest.mark.anyio, pytest.mark.httpx2(assert_all_called=False)]


def last_text(request: dict[str, Any]) -> str:
    """The last text of a request."""
    return str(request["messages"][-1]["content"][-1]["text"])


async def test_an_answer_that_was_cut_goes_on_where_it_stopped(asking: Asking) -> None:
    script = Script(reply(say("CREATE TABLE a (id big"), stop_reason="max_tokens"), reply(say("int);")))
    transcript = await asking(script)
    assert transcript.answer == "CREATE TABLE a (id bigint);"
    assert "Go on exactly where it stopped" in last_text(script.requests[1])
    assert [message["role"] for message in script.requests[1]["messages"]] == ["user", "assistant", "user"]
    assert set(script.requests[1]["messages"][-1]) == {"role", "content"}


async def test_a_call_that_was_cut_is_not_made_and_the_model_is_told(asking: Asking, tools: Tools) -> None:
    cut = reply(say("So: "), raw_call("note", '{"text": "CREATE TAB'), stop_reason="max_tokens")
    script = Script(cut, reply(call("note", text="short")), reply(say("Noted.")))
    transcript = await asking(script)
    assert "Your call of note was cut" in last_text(script.requests[1])
    assert [block["type"] for block in script.requests[1]["messages"][1]["content"]] == ["text"]
    assert tools.log == ["begin short", "end short"]
    assert transcript.stop_reason == "end_turn"


async def test_calls_before_a_cut_are_made_all_the_same(asking: Asking, tools: Tools) -> None:
    cut = reply(call("echo", text="whole"), raw_call("echo", '{"te', id="toolu_2"), stop_reason="max_tokens")
    script = Script(cut, reply(say("Done.")))
    await asking(script)
    assert results(script.requests[1]) == [("you said whole", False)]


async def test_a_thought_that_took_all_the_output_is_left_out(asking: Asking) -> None:
    script = Script(reply(think("So if", signature=""), stop_reason="max_tokens"), reply(say("Short.")))
    transcript = await asking(script)
    assert "Think less" in last_text(script.requests[1])
    assert [message["role"] for message in script.requests[1]["messages"]] == ["user", "user"]
    assert transcript.answer == "Short."


async def test_an_answer_that_is_cut_for_ever_is_given_up(asking: Asking) -> None:
    transcript = await asking(Script(forever=reply(say("x"), stop_reason="max_tokens")))
    assert transcript.stop_reason == "max_tokens"
    assert transcript.answer == "x" * (CONTINUATIONS + 1)


async def test_a_model_that_never_stops_calling_is_told_to_finish_and_then_stopped(asking: Asking) -> None:
    script = Script(forever=lambda body: reply(call("echo", text=str(len(body["messages"])))))
    transcript = await asking(script, max_turns=5)
    assert len(script.requests) == 5
    assert [request.get("tool_choice") for request in script.requests] == [None] * 4 + [{"type": "none"}]
    assert last_text(script.requests[-1]) == FINISH
    assert (transcript.stop_reason, transcript.stop_detail) == snapshot(
        ("max_turns", "the model was told to finish with answer 5, the last that was allowed")
    )
    assert len(transcript.tool_calls) == 4


async def test_a_model_that_finishes_when_told_has_an_answer_and_the_limit_is_named(asking: Asking) -> None:
    script = Script(reply(call("echo", text="x")), reply(say("As far as I came.")))
    transcript = await asking(script, max_turns=2)
    assert (transcript.answer, transcript.stop_reason) == ("As far as I came.", "max_turns")


async def test_time_that_is_used_up_stops_the_conversation_also_within_a_call(asking: Asking, tools: Tools) -> None:
    tools.together = 2  # never reached: the call would wait for ever
    transcript = await asking(Script(reply(call("meet", name="alone"))), max_seconds=0.2)
    assert (transcript.stop_reason, transcript.stop_detail) == snapshot(
        ("max_seconds", "0.2 seconds, as many as were allowed, were used up")
    )


async def test_a_conversation_that_outgrows_the_context_says_so(asking: Asking) -> None:
    transcript = await asking(Script(reply(say("So"), stop_reason="model_context_window_exceeded")))
    assert (transcript.answer, transcript.stop_reason) == ("So", "context_window")


async def test_near_the_limit_on_cost_the_model_is_told_to_finish_with_what_can_be_paid(asking: Asking) -> None:
    heavy = {"input_tokens": 10_000, "output_tokens": 4_000}
    script = Script(reply(call("echo", text="x"), usage=heavy), reply(say("In short: yes.")))
    transcript = await asking(script, max_cost=0.25)
    first, second = script.requests
    assert first["max_tokens"] < 32_000
    assert second["max_tokens"] < 6_000
    assert (second["tool_choice"], last_text(second)) == ({"type": "none"}, FINISH)
    assert (transcript.stop_reason, transcript.stop_detail) == snapshot(
        ("max_cost", "$0.1214 spent; the model was told to finish within $0.25")
    )
    assert transcript.answer == "In short: yes."


async def test_nothing_is_asked_that_cannot_be_paid(asking: Asking) -> None:
    script = Script()
    transcript = await asking(script, max_cost=0.0001)
    assert (script.requests, transcript.stop_reason) == ([], "max_cost")
    assert "$0.0000 spent" in transcript.stop_detail


async def test_an_answer_cut_because_money_ran_out_is_not_gone_on_with(asking: Asking) -> None:
    script = Script(
        forever=lambda body: reply(say("x"), stop_reason="max_tokens", usage={"output_tokens": body["max_tokens"]})
    )
    transcript = await asking(script, max_cost=0.10)
    assert len(script.requests) == 1
    assert transcript.stop_reason == "max_cost"
    assert 0.05 < (transcript.cost or 0) <= 0.10


async def test_attempts_that_broke_off_count_towards_the_limit(asking: Asking) -> None:
    def half(body: dict[str, Any]) -> Reply:
        return broken(say("x" * 3 * min(body["max_tokens"], 5_000)))  # $0.10 at most

    transcript = await asking(Script(forever=half), max_cost=0.25, attempts=20)
    assert (transcript.stop_reason, transcript.answer) == ("max_cost", "")
    assert "on answers that broke off" in transcript.stop_detail
    assert 0.2 < (transcript.cost or 0) <= 0.25


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    limit=st.floats(0.001, 3),
    words=st.lists(st.integers(0, 5_000), min_size=1, max_size=6),
    greed=st.floats(0, 1),
    model=st.sampled_from(["claude-opus-5-5", "claude-haiku-5-5", "claude-haiku-4-5-20251001"]),
)
def test_no_conversation_costs_more_than_its_limit(
    limit: float, words: list[int], greed: float, model: str, asking: Asking
) -> None:
    """The API counts a token for every three bytes that it is sent, reads from its cache what it was sent before, and answers as long as
    it may or less.
    """
    sent: list[int] = []

    def answer(body: dict[str, Any]) -> Reply:
        size, cached = len(str(body)) // 3, sent[-1] if sent else 0
        sent.append(size)
        usage = {
            "input_tokens": 0,
            "cache_creation_input_tokens": size - cached,
            "cache_read_input_tokens": cached,
            "output_tokens": max(int(body["max_tokens"] * greed), 1),
        }
        text = "a" * words[len(body["messages"]) % len(words)]
        return reply(call("echo", text=text), usage=usage, model=model)

    async def run() -> None:
        transcript = await asking(Script(forever=answer), max_cost=limit, model=model, max_turns=12)
        assert transcript.cost is not None
        assert transcript.cost <= limit
        assert transcript.stop_reason in {"max_cost", "max_turns"}

    anyio.run(run)


async def test_a_limit_that_cannot_be_kept_is_refused_before_anything_is_spent(asking: Asking) -> None:
    with pytest.raises(InputError, match=r"the price of 'claude-opus-9' is not known .* such as claude-opus-5"):
        await asking(Script(), model="claude-opus-9", max_cost=1.0)


async def test_a_model_that_answers_under_another_name_costs_what_was_asked_for(asking: Asking) -> None:
    transcript = await asking(Script(reply(say("Hm."), model="claude-opus-next")), max_cost=1.0)
    assert (transcript.cost, transcript.unpriced) == (pytest.approx(0.0014), [])


async def test_a_limit_cannot_be_set_on_what_has_cost_nobody_knows_what(asking: Asking, tmp_path: Path) -> None:
    file = tmp_path / "t.jsonl"
    await asking(Script(reply(say("Hm."), model="claude-opus-9")), model="claude-opus-9", transcript=file)
    with pytest.raises(InputError, match=r"spent before is not known \(claude-opus-9\)"):
        await asking(Script(), question="And?", resume=file, model="claude-opus-5-5", max_cost=1.0)


async def test_a_model_without_a_price_is_reported_in_tokens(asking: Asking) -> None:
    transcript = await asking(Script(reply(say("Hm."), model="claude-opus-9")), model="claude-opus-9")
    assert (transcript.cost, transcript.unpriced) == (None, ["claude-opus-9"])
    assert transcript.usage_by_model["claude-opus-9"].total_tokens == 150


def test_prices_are_dated_and_told_by_model_snapshot_and_length_of_the_prompt() -> None:
    assert prices().as_of >= date(2026, 11, 28)
    million = Usage(input_tokens=1_000_000)
    found = {
        name: price.cost(million)
        for name in ("claude-opus-5-5", "claude-haiku-4-5-20251001")
        if (price := prices().of(name))
    }
    assert found == {"claude-opus-5-5": 4.0, "claude-haiku-4-5-20251001": 1.0}
    haiku = prices().of("claude-haiku-5-5")
    assert haiku is not None
    assert haiku.cost(Usage(cache_read_tokens=100_000, output_tokens=100_000)) == pytest.approx(0.051)
    assert haiku.cost(Usage(cache_read_tokens=100_001, output_tokens=100_000)) == pytest.approx(0.255, abs=1e-6)
    assert prices().of("claude-opus-9") is None


@pytest.mark.parametrize("name", ["max_cost", "max_turns", "max_tokens", "max_seconds", "attempts", "parallel"])
async def test_limits_must_be_positive(asking: Asking, name: str) -> None:
    with pytest.raises(InputError, match=f"{name.replace('_', '-')}: must be more than 0"):
        await asking(Script(), **{name: 0})
