"""What `dbdesign ask` shows: the answer as it arrives, the calls of tools, and what it cost."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import Any

from dbdesign_server.agent.events import Event, TextSaid, ToolFinished, ToolStarted, Waiting
from dbdesign_server.agent.prices import prices
from dbdesign_server.agent.transcript import ToolCall, Transcript
from dbdesign_server.agent.usage import Usage

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""What a terminal would obey; a model's text may hold what a file says."""

_WIDEST = 100


def printable(text: str) -> str:
    """The text without what a terminal would obey."""
    return _CONTROL.sub("", text)


class Watcher:
    """Shows events: text on standard output where it streams, the rest on standard error, a line each."""

    def __init__(self, *, streams: bool) -> None:
        self._streams = streams
        self._within_line = False

    def __call__(self, event: Event) -> None:
        """Show what happened."""
        match event:
            case TextSaid(text):
                self._say(text)
            case ToolStarted(_, name, arguments):
                self._tell(f"→ {name} {_arguments(arguments)}")
            case ToolFinished(call):
                self._tell(f"  {call.name}: {_outcome(call)}")
            case Waiting(seconds, reason):
                self._tell(f"  {reason}: asking again in {seconds:.0f} s")

    def end(self) -> None:
        """End a line that was begun."""
        if self._within_line:
            sys.stdout.write("\n")
            sys.stdout.flush()
            self._within_line = False

    def _say(self, text: str) -> None:
        if self._streams and (shown := printable(text)):
            sys.stdout.write(shown)
            sys.stdout.flush()
            self._within_line = not shown.endswith("\n")

    def _tell(self, line: str) -> None:
        self.end()
        sys.stderr.write(f"{printable(line)}\n")


def _arguments(arguments: dict[str, Any]) -> str:
    shown = " ".join(f"{name}={' '.join(str(value).split())[:60]}" for name, value in arguments.items())
    return shown if len(shown) <= _WIDEST else f"{shown[:_WIDEST]}…"


def _outcome(call: ToolCall) -> str:
    first = next((line for line in call.text.splitlines() if line.strip()), "")
    shown = first if len(first) <= _WIDEST else f"{first[:_WIDEST]}…"
    return f"{call.seconds:.1f} s, {'error: ' if call.is_error else ''}{shown}"


def report(transcript: Transcript, place: str) -> Iterator[str]:
    """Tokens and cost by model, time, and where the transcript is."""
    yield ""
    for model, usage in transcript.usage_by_model.items():
        yield f"{model}: {_tokens(usage)}; {_cost(transcript, model)}"
    errors = sum(call.is_error for call in transcript.tool_calls)
    calls = f"{len(transcript.tool_calls)} calls of tools" + (f" ({errors} refused)" if errors else "")
    yield f"{len(transcript.turns)} answers, {calls}, {transcript.seconds:.0f} s. Transcript: {place}"


def _tokens(usage: Usage) -> str:
    cached = f" ({usage.cache_read_tokens:,} from the cache)" if usage.cache_read_tokens else ""
    return f"{usage.prompt_tokens:,} tokens in{cached}, {usage.output_tokens:,} out"


def _cost(transcript: Transcript, model: str) -> str:
    costs = [turn.cost for turn in transcript.turns if turn.model == model]
    known = [cost for cost in costs if cost is not None]
    if len(known) < len(costs):
        return f"no price is known for it (prices of {prices().as_of})"
    return f"${sum(known):.4f} at the prices of {prices().as_of}"


def structured(transcript: Transcript, place: str) -> dict[str, Any]:
    """What `--json` prints."""
    return {
        "answer": transcript.answer,
        "stop_reason": transcript.stop_reason,
        "stop_detail": transcript.stop_detail,
        "cost": transcript.cost,
        "prices_as_of": prices().as_of.isoformat(),
        "unpriced": transcript.unpriced,
        "usage": {model: usage.model_dump() for model, usage in transcript.usage_by_model.items()},
        "seconds": round(transcript.seconds, 3),
        "turns": len(transcript.turns),
        "tool_calls": [
            call.model_dump(include={"name", "input", "is_error", "seconds", "turn"}) for call in transcript.tool_calls
        ],
        "transcript": place,
    }
