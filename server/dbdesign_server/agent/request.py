"""The request for the next answer, with marks for the prompt cache."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dbdesign_server.agent.transcript import Message

FINISH = (
    "This is your last answer: tools cannot be called any more. Answer the question now from what you have found, and say what is not "
    "proven."
)

CACHED = {"type": "ephemeral"}
"""Kept for five minutes after its last use."""


def request(
    *,
    model: str,
    system: str,
    tools: Sequence[dict[str, Any]],
    messages: Sequence[Message],
    max_tokens: int,
    effort: str | None,
    last: bool,
) -> dict[str, Any]:
    """The arguments of the API's call.

    Four marks are allowed: after the tools, after the system prompt, and after the last two messages of the user's, so that the part
    before is found again although one turn may add more blocks than the cache looks back over (20).

    Args:
        last: whether no tool may be called any more.
    """
    found: dict[str, Any] = {"model": model, "max_tokens": max_tokens, "messages": _marked(messages)}
    if last and tools and len(messages) > 1:
        found["messages"].append({"role": "user", "content": [{"type": "text", "text": FINISH}]})
    if system:
        found["system"] = [{"type": "text", "text": system, "cache_control": CACHED}]
    if tools:
        found["tools"] = [*tools[:-1], {**tools[-1], "cache_control": CACHED}]
        if last:
            found["tool_choice"] = {"type": "none"}
    if effort is not None:
        found["output_config"] = {"effort": effort}
    return found


def _marked(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """The messages as the API takes them, the last two of the user's marked."""
    users = [index for index, message in enumerate(messages) if message["role"] == "user"]
    return [
        {"role": message["role"], "content": _content(message["content"], marked=index in users[-2:])}
        for index, message in enumerate(messages)
    ]


def _content(content: str | list[dict[str, Any]], *, marked: bool) -> list[dict[str, Any]]:
    blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
    if not marked or not blocks:
        return blocks
    return [*blocks[:-1], {**blocks[-1], "cache_control": CACHED}]
