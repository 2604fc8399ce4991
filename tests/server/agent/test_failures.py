"""Errors of the API: those that pass are waited out, the others are said with what to do."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest
from anthropic import AsyncAnthropic

from dbdesign_server.agent import AgentConfig, AgentError, ask, load
from dbdesign_server.agent.events import Event, Waiting
from dbdesign_server.agent.retry import LONGEST, asked_for
from scripted_model import KEY, Next, Reply, Script, broken, failure, reply, say

from .conftest import Asking, Pauses

pytestmark = [pytest.mark.anyio, pytest.mark.httpx2(assert_all_called=False)]


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (failure(529, "overloaded_error"), "overloaded (529)"),
        (failure(429, "rate_limit_error"), "rate limit (429)"),
        (failure(500, "api_error"), "api (500)"),
        (failure(503, "api_error"), "api (503)"),
        (failure(408, "timeout_error"), "timeout (408)"),
        (failure(400, "invalid_request_error", x_should_retry="true"), "invalid request (400)"),
        (httpx2.ConnectError("refused"), "the connection failed"),
        (httpx2.ReadError("reset"), "the connection failed"),
        (httpx2.ReadTimeout("slow"), "the request timed out"),
        (broken(say("Half an ans")), "the stream broke off"),
        (broken(say("Half"), error="overloaded_error"), "overloaded"),
        (Reply(b"event: message_start\ndata: {not json\n\n"), "the stream broke off"),
        (Reply(b""), "the stream broke off"),
    ],
)
async def test_what_passes_is_waited_out(asking: Asking, pauses: Pauses, fault: Next, reason: str) -> None:
    events: list[Event] = []
    transcript = await asking(Script(fault, reply(say("Whole."))), events=events)
    assert transcript.answer == "Whole."
    assert [event.reason for event in events if isinstance(event, Waiting)] == [reason]
    assert len(pauses.slept) == 1
    assert 0.75 <= pauses.slept[0] <= 1.0
    assert transcript.turns[-1].attempts == 2


async def test_waits_double_up_to_a_minute_and_end_after_the_attempts(asking: Asking, pauses: Pauses) -> None:
    script = Script(forever=failure(529, "overloaded_error"))
    with pytest.raises(AgentError, match=r"gave up: overloaded \(529\), after 9 attempts.*--resume") as caught:
        await asking(script, attempts=9)
    assert len(script.requests) == 9
    for slept, full in zip(pauses.slept, (1, 2, 4, 8, 16, 32, LONGEST, LONGEST), strict=True):
        assert full * 0.75 <= slept <= full
    assert caught.value.status == 529
    assert caught.value.transcript is not None
    assert caught.value.transcript.stop_reason == "failed"


async def test_what_the_api_asks_for_is_waited(asking: Asking, pauses: Pauses) -> None:
    limited = [
        failure(429, "rate_limit_error", retry_after="17"),
        failure(429, "rate_limit_error", retry_after_ms="2500"),
    ]
    await asking(Script(*limited, reply(say("Now."))))
    assert pauses.slept == [17.0, 2.5]


async def test_a_wait_of_hours_is_left_to_the_user(asking: Asking, pauses: Pauses) -> None:
    with pytest.raises(AgentError, match="after 1 attempts"):
        await asking(Script(failure(429, "rate_limit_error", retry_after="7200")))
    assert pauses.slept == []


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("30", 30.0),
        ("-1", 0.0),
        ("Sat, 28 Nov 2026 12:00:10 GMT", 10.0),
        ("Sat, 28 Nov 2026 11:00:00 GMT", 0.0),
        ("soon", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str, seconds: float | None) -> None:
    assert asked_for({"retry-after": header}, datetime(2026, 11, 28, 12, tzinfo=UTC)) == seconds


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (
            failure(401, "authentication_error", "invalid x-api-key"),
            "refused the request: invalid x-api-key. Check ANTHROPIC_API_KEY",
        ),
        (failure(402, "billing_error", "no credit"), "no credit. Add credit to the account"),
        (failure(403, "permission_error", "not yours"), "not yours. The key may not use this model"),
        (
            failure(404, "not_found_error", "model: claude-opus-55"),
            "knows no model 'claude-opus-55'.* such as claude-opus-5-5",
        ),
        (failure(400, "invalid_request_error", "messages: too many"), "messages: too many. The request is at fault"),
        (failure(413, "request_too_large", "too large"), "too large. Ask for less at once"),
        (failure(529, "overloaded_error", x_should_retry="false"), "no. See the message"),
        (Reply(b"<html>gateway</html>", 418), "refused the request"),
    ],
)
async def test_what_does_not_pass_is_said_at_once_with_what_to_do(
    asking: Asking, pauses: Pauses, fault: Reply, said: str
) -> None:
    script = Script(fault)
    with pytest.raises(AgentError, match=said) as caught:
        await asking(script, model="claude-opus-55")
    assert pauses.slept == []
    assert caught.value.status == fault.status
    assert KEY not in str(caught.value)


async def test_without_a_key_nothing_is_sent_and_the_message_says_what_to_do() -> None:
    with pytest.raises(AgentError, match=r"no key for the Anthropic API is configured\. Set ANTHROPIC_API_KEY"):
        await ask("Why?", config=AgentConfig())


async def test_an_empty_key_is_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "")
    with pytest.raises(AgentError, match="no key for the Anthropic API"):
        await ask("Why?", config=AgentConfig())


async def test_a_broken_profile_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_PROFILE", "nowhere")
    with pytest.raises(AgentError, match="nowhere"):
        await ask("Why?", config=AgentConfig())


async def test_an_api_that_cannot_be_reached_is_named(pauses: Pauses) -> None:
    client = AsyncAnthropic(api_key=KEY, base_url="http://127.0.0.1:9")
    with pytest.raises(
        AgentError, match=r"cannot be reached .*after 2 attempts\. Check the network and ANTHROPIC_BASE_URL"
    ):
        await ask("Why?", config=AgentConfig(attempts=2), client=client, sleep=pauses)


async def test_an_answer_that_broke_off_is_paid_for_and_counted(asking: Asking, tmp_path: Path) -> None:
    half = broken(say("x" * 3_000))
    transcript = await asking(Script(half, reply(say("Whole."))), transcript=tmp_path / "t.jsonl")
    assert [turn.stop_reason for turn in transcript.turns] == [None, "end_turn"]
    assert transcript.turns[0].usage.output_tokens == 1_000
    assert [turn.number for turn in transcript.turns] == [1, 1]
    assert transcript.cost == pytest.approx((200 * 4 + 1_050 * 20) / 1e6)
    assert load(tmp_path / "t.jsonl") == transcript
