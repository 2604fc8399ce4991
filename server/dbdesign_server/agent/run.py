"""The loop: ask the model, make the calls that it asks for, tell it their results, until it has answered or a limit is reached."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import anyio

from dbdesign.errors import DesignError, InputError
from dbdesign_server.agent.budget import (
    OVERHEAD,
    Allowance,
    allowance,
    estimated_tokens,
    new_messages,
    price_for,
    prompt_cost,
)
from dbdesign_server.agent.config import AgentConfig
from dbdesign_server.agent.events import ToolFinished, ToolStarted, TurnFinished, Watch
from dbdesign_server.agent.failures import BrokenStreamError
from dbdesign_server.agent.journal import Journal
from dbdesign_server.agent.prices import prices
from dbdesign_server.agent.reply import Reply, ReplyReader
from dbdesign_server.agent.request import request
from dbdesign_server.agent.retry import Sleep, with_retries
from dbdesign_server.agent.toolbox import Toolbox
from dbdesign_server.agent.transcript import Message, StopReason, ToolCall, Transcript, Turn

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic

CONTINUATIONS = 6
"""How often in a row an answer that is cut at the output limit may go on."""

GO_ON = "Your answer was cut at the limit of output. Go on exactly where it stopped, and repeat nothing."
CUT_CALL = "Your call of {names} was cut at the limit of output and not made. Make it shorter: write long text to a file in parts."
SAID_NOTHING = (
    "Your answer was cut at the limit of output before anything was said. Think less and answer more briefly."
)


class _UnaffordableError(Exception):
    """The attempts before have used up what could be spent."""


class Run:
    """One run of a conversation, which changes its transcript and writes what happens to its journal."""

    def __init__(
        self,
        transcript: Transcript,
        config: AgentConfig,
        *,
        client: AsyncAnthropic,
        journal: Journal,
        watch: Watch,
        sleep: Sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.transcript = transcript
        self._config = config
        self._client = client.with_options(max_retries=0)
        self._journal = journal
        self._watch = watch
        self._sleep = sleep
        self._clock = clock
        self._started = clock() - transcript.seconds
        self._answered: float | None = None
        self._turns = 0
        self._continuations = 0
        self._price = price_for(transcript.model, config.max_cost)
        if config.max_cost is not None and transcript.cost is None:
            what = (
                f"what was spent before is not known ({', '.join(transcript.unpriced)}), so that a limit cannot be kept"
            )
            raise InputError(what, where="max-cost", remedy="Leave it out and limit the turns")

    async def go(self, toolbox: Toolbox) -> None:
        """Run until the conversation ends."""
        while self.transcript.stop_reason is None:
            if pending := self.transcript.pending():
                await self._call_tools(pending, toolbox)
            await self._next_turn(toolbox)

    def stop(self, reason: StopReason, detail: str) -> None:
        """End the conversation."""
        self.transcript.stop_reason, self.transcript.stop_detail = reason, detail
        self.transcript.seconds = self._elapsed()
        end = {"stop_reason": reason, "stop_detail": detail, "seconds": self.transcript.seconds}
        self._journal.write({"type": "end", **end})

    def say(self, message: Message) -> None:
        """Add a message of the user's."""
        self.transcript.messages.append(message)
        self._journal.write({"type": "message", "message": message})

    async def _next_turn(self, toolbox: Toolbox) -> None:
        allowed = self._allowance(toolbox)
        if allowed.tokens == 0:
            self.stop("max_cost", f"{self._spent()}; another answer could go beyond ${self._config.max_cost:.2f}")
        elif self._turns >= self._config.max_turns:
            self.stop("max_turns", f"{self._turns} answers, as many as were allowed")
        else:
            ends = self._turns + 1 == self._config.max_turns
            try:
                reply = await self._ask(toolbox, allowed.tokens, last=ends or allowed.last)
            except _UnaffordableError:
                self.stop(
                    "max_cost", f"{self._spent()}, some of it on answers that broke off; another could cost too much"
                )
            else:
                self._react(reply, allowed, ends=ends, offered=bool(toolbox.described))

    def _allowance(self, toolbox: Toolbox) -> Allowance:
        if self._config.max_cost is None or self._price is None:
            return Allowance(self._config.max_tokens, last=False)
        before = next((turn for turn in reversed(self.transcript.turns) if turn.stop_reason is not None), None)
        new: Sequence[Any] = new_messages(self.transcript.messages)
        if before is None:
            new = [self.transcript.system, *toolbox.described, *self.transcript.messages]
        tokens = estimated_tokens(*new) + OVERHEAD
        since = float("inf") if self._answered is None else self._clock() - self._answered
        known = before.usage.total_tokens if before else 0
        left = self._config.max_cost - (self.transcript.cost or 0.0)
        prompt = prompt_cost(self._price, before, tokens, since)
        return allowance(self._price, left, prompt, known + tokens, self._config.max_tokens)

    async def _ask(self, toolbox: Toolbox, max_tokens: int, *, last: bool) -> Reply:
        """The next answer, in as many attempts as it needs."""
        arguments = request(
            model=self.transcript.model,
            system=self.transcript.system,
            tools=toolbox.described,
            messages=self.transcript.messages,
            max_tokens=max_tokens,
            effort=self._config.effort,
            last=last,
        )
        reply = await with_retries(
            lambda attempt: self._attempt(self._affordable(arguments, attempt, toolbox), attempt),
            model=self.transcript.model,
            attempts=self._config.attempts,
            sleep=self._sleep,
            watch=self._watch,
        )
        self._turns += 1
        return reply

    def _affordable(self, arguments: dict[str, Any], attempt: int, toolbox: Toolbox) -> dict[str, Any]:
        """The request within what is left after the attempts before, which cost too."""
        if attempt == 1:
            return arguments
        allowed = self._allowance(toolbox)
        if allowed.tokens == 0:
            raise _UnaffordableError
        return {**arguments, "max_tokens": min(arguments["max_tokens"], allowed.tokens)}

    async def _attempt(self, arguments: dict[str, Any], attempt: int) -> Reply:
        reader, started = ReplyReader(self.transcript.model, self._watch), self._clock()
        try:
            await self._read(reader, arguments)
        except BaseException:
            self._record_turn(reader, None, started, attempt)
            raise
        reply = reader.reply()
        self._record_turn(reader, reply, started, attempt)
        return reply

    async def _read(self, reader: ReplyReader, arguments: dict[str, Any]) -> None:
        try:
            async with await self._client.messages.create(stream=True, **arguments) as stream:
                async for event in stream:
                    reader.take(event)
        except json.JSONDecodeError:
            raise BrokenStreamError from None
        if not reader.complete:
            raise BrokenStreamError

    def _record_turn(self, reader: ReplyReader, reply: Reply | None, started: float, attempt: int) -> None:
        """Add an answer, or what one that broke off has cost."""
        usage = reader.usage if reply is not None else reader.used_so_far()
        if reply is None and not usage.total_tokens:
            return
        self._answered = self._clock()
        price = prices().of(reader.model) or self._price
        turn = Turn(
            number=self._turn_number() + 1,
            model=reader.model,
            stop_reason=None if reply is None else reply.stop_reason or "unknown",
            usage=usage,
            cost=None if price is None else price.cost(usage),
            seconds=self._answered - started,
            attempts=attempt,
            elapsed=self._elapsed(),
        )
        records: list[dict[str, Any]] = []
        if reply is not None and reply.content and reply.stop_reason != "refusal":
            message = {"role": "assistant", "content": reply.content}
            self.transcript.messages.append(message)
            records.append({"type": "message", "message": message})
        self.transcript.turns.append(turn)
        self._journal.write(*records, {"type": "turn", "turn": turn.model_dump()})
        self._watch(TurnFinished(turn))

    def _turn_number(self) -> int:
        return sum(turn.stop_reason is not None for turn in self.transcript.turns)

    def _react(self, reply: Reply, allowed: Allowance, *, ends: bool, offered: bool) -> None:
        """What follows from an answer: another turn, or the end."""
        reason = reply.stop_reason
        if reason == "refusal":
            self.stop("refusal", _refusal(reply))
        elif reason == "model_context_window_exceeded":
            self.stop("context_window", "the conversation no longer fits the model's context")
        elif reason == "max_tokens" and not reply.calls:
            self._cut(reply, allowed)
        elif (ends or allowed.last) and (offered or reply.calls):
            self._told_to_finish(ends)
        elif reply.calls or reason == "pause_turn":
            self._continuations = 0
        elif reason == "stop_sequence":
            self.stop("stop_sequence", "a stop sequence was said")
        else:
            self.stop("end_turn", "the model has answered" if reason == "end_turn" else f"the model stopped: {reason}")

    def _told_to_finish(self, ends: bool) -> None:
        if ends:
            self.stop("max_turns", f"the model was told to finish with answer {self._turns}, the last that was allowed")
        else:
            self.stop("max_cost", f"{self._spent()}; the model was told to finish within ${self._config.max_cost:.2f}")

    def _cut(self, reply: Reply, allowed: Allowance) -> None:
        """An answer at the limit of output goes on, as often as that is worth it."""
        self._continuations += 1
        if allowed.tokens < self._config.max_tokens:
            self.stop(
                "max_cost", f"{self._spent()}; the answer was cut where ${self._config.max_cost:.2f} were used up"
            )
        elif self._continuations > CONTINUATIONS:
            self.stop("max_tokens", f"the answer was still cut after it had gone on {CONTINUATIONS} times")
        else:
            text = _cut_call(reply.cut) if reply.cut else GO_ON if reply.content else SAID_NOTHING
            self.say({"role": "user", "content": [{"type": "text", "text": text}], "continues": True})

    async def _call_tools(self, blocks: list[dict[str, Any]], toolbox: Toolbox) -> None:
        """Make the calls and tell the model their results, in the order in which it asked."""
        turn = self._turn_number()
        made = {call.id: call for call in self.transcript.tool_calls if call.turn == turn}
        open_calls = [block for block in blocks if block["id"] not in made]
        at_once = 1 if any(toolbox.writes(block["name"]) for block in open_calls) else self._config.parallel
        places = anyio.Semaphore(at_once)

        failures: list[DesignError] = []

        async def make(block: dict[str, Any]) -> None:
            async with places:
                try:
                    made[block["id"]] = await self._call(block, turn, toolbox)
                except DesignError as error:
                    failures.append(error)  # raised outside, where no task group wraps it

        async with anyio.create_task_group() as group:
            for block in open_calls:
                group.start_soon(make, block)
        if failures:
            raise failures[0]
        self.say({"role": "user", "content": [_result(made[block["id"]]) for block in blocks]})

    async def _call(self, block: dict[str, Any], turn: int, toolbox: Toolbox) -> ToolCall:
        self._watch(ToolStarted(block["id"], block["name"], block["input"]))
        call = await toolbox.call(block, turn)
        self.transcript.tool_calls.append(call)
        self._journal.write({"type": "tool_call", "tool_call": call.model_dump()})
        self._watch(ToolFinished(call))
        return call

    def _spent(self) -> str:
        return f"${self.transcript.cost or 0.0:.4f} spent"

    def _elapsed(self) -> float:
        return self._clock() - self._started


def _result(call: ToolCall) -> dict[str, Any]:
    content = [{"type": "text", "text": call.text}]
    return {"type": "tool_result", "tool_use_id": call.id, "content": content, "is_error": call.is_error}


def _cut_call(names: Sequence[str]) -> str:
    return CUT_CALL.format(names=" and ".join(dict.fromkeys(names)))


def _refusal(reply: Reply) -> str:
    category, said = reply.stop_details.get("category"), reply.stop_details.get("explanation")
    return f"the model refused to answer{f' ({category})' if category else ''}{f': {said}' if said else ''}"
