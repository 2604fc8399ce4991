"""One answer of the model's, put together from the events of its stream.

The SDK's own accumulation completes broken JSON of a call's arguments, so that a call cut at the output limit would be made with half of
its text; here arguments are JSON as a whole, or the call is not made.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dbdesign_server.agent.events import TextSaid, ThoughtSaid, Watch, ignore
from dbdesign_server.agent.usage import Usage

if TYPE_CHECKING:
    from anthropic.types import RawMessageStreamEvent

MALFORMED = "malformed"
"""The key under which arguments that were no JSON object are kept."""

CHARACTERS_PER_TOKEN = 3
"""Fewer than English, SQL or JSON have, so that estimates err upwards."""

_PIECES: dict[str, tuple[str, str]] = {
    "text_delta": ("text", "text"),
    "thinking_delta": ("thinking", "thinking"),
    "input_json_delta": ("json", "partial_json"),
    "signature_delta": ("signature", "signature"),
}
"""Kind of a piece: what it belongs to, and the attribute that holds it."""

_EVENTS: dict[str, Callable[[str], TextSaid | ThoughtSaid]] = {"text_delta": TextSaid, "thinking_delta": ThoughtSaid}


@dataclass(frozen=True)
class Reply:
    """A complete answer.

    Attributes:
        content: blocks that can be sent back: no empty text, no thought without its signature, no call that was cut.
        cut: names of tools whose call was cut at the output limit.
    """

    model: str
    content: list[dict[str, Any]]
    stop_reason: str | None
    stop_details: dict[str, Any]
    usage: Usage
    cut: list[str]

    @property
    def calls(self) -> list[dict[str, Any]]:
        """The blocks that call tools."""
        return [block for block in self.content if block["type"] == "tool_use"]


@dataclass
class _Block:
    """A block that is still being said."""

    start: dict[str, Any]
    pieces: dict[str, list[str]] = field(default_factory=dict)
    citations: list[dict[str, Any]] = field(default_factory=list)

    def add(self, delta: Any, watch: Watch) -> None:
        """One more piece."""
        if delta.type in _PIECES:
            name, attribute = _PIECES[delta.type]
            piece = getattr(delta, attribute)
            self.pieces.setdefault(name, []).append(piece)
            if delta.type in _EVENTS:
                watch(_EVENTS[delta.type](piece))
        elif delta.type == "citations_delta":
            self.citations.append(delta.citation.to_dict())

    def value(self) -> dict[str, Any]:
        """The block as the API takes it back."""
        found = dict(self.start)
        for name, pieces in self.pieces.items():
            if name != "json":
                found[name] = found.get(name, "") + "".join(pieces)
        if self.citations:
            found["citations"] = self.citations
        if "json" in self.pieces:
            found["input"] = _arguments("".join(self.pieces["json"]))
        return found


class ReplyReader:
    """Takes the events of a stream; knows what has been used also when the stream breaks off."""

    def __init__(self, model: str, watch: Watch = ignore) -> None:
        self.model = model
        self.usage = Usage()
        self.complete = False
        self._watch = watch
        self._blocks: dict[int, _Block] = {}
        self._stop: dict[str, Any] = {}

    def take(self, event: RawMessageStreamEvent) -> None:
        """The next event; kinds that are not known are passed over, as the API's versioning asks for."""
        match event.type:
            case "message_start":
                self.model = event.message.model or self.model
                self.usage = self.usage.updated(event.message.usage.to_dict())
            case "content_block_start":
                self._blocks[event.index] = _Block(event.content_block.to_dict())
            case "content_block_delta":
                if event.index in self._blocks:
                    self._blocks[event.index].add(event.delta, self._watch)
            case "message_delta":
                self._stop = event.delta.to_dict()
                self.usage = self.usage.updated(event.usage.to_dict())
            case "message_stop":
                self.complete = True

    def used_so_far(self) -> Usage:
        """What an answer that broke off has used: the API counts output only at its end, so that it is estimated by length."""
        said = sum(
            len(piece) for block in self._blocks.values() for pieces in block.pieces.values() for piece in pieces
        )
        return self.usage.model_copy(
            update={"output_tokens": max(self.usage.output_tokens, said // CHARACTERS_PER_TOKEN)}
        )

    def reply(self) -> Reply:
        """The answer, once it is complete."""
        blocks = [self._blocks[index].value() for index in sorted(self._blocks)]
        reason = self._stop.get("stop_reason")
        limit = reason in {"max_tokens", "model_context_window_exceeded"}
        cut = [block["name"] for block in blocks if limit and _is_malformed(block)]
        return Reply(
            model=self.model,
            content=[block for block in blocks if _can_be_sent(block) and not (limit and _is_malformed(block))],
            stop_reason=reason,
            stop_details=self._stop.get("stop_details") or {},
            usage=self.usage,
            cut=cut,
        )


def _arguments(text: str) -> dict[str, Any]:
    """The arguments of a call. What is no JSON object is kept as text, for the answer that tells the model."""
    if not text.strip():
        return {}
    try:
        found = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return {MALFORMED: text}
    return found if isinstance(found, dict) else {MALFORMED: text}


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON")


def _is_malformed(block: dict[str, Any]) -> bool:
    return block["type"] == "tool_use" and list(block["input"]) == [MALFORMED]


def _can_be_sent(block: dict[str, Any]) -> bool:
    """The API refuses empty text, and thoughts without a signature."""
    if block["type"] == "text":
        return bool(block.get("text", "").strip())
    return block["type"] != "thinking" or bool(block.get("signature"))
