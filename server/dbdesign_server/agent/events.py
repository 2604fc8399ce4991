"""What happens during a run, for who watches it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dbdesign_server.agent.transcript import ToolCall, Turn


@dataclass(frozen=True)
class TextSaid:
    """A piece of the answer, as it arrives."""

    text: str


@dataclass(frozen=True)
class ThoughtSaid:
    """A piece of a thought, where the model shows them."""

    text: str


@dataclass(frozen=True)
class ToolStarted:
    """A tool is called."""

    id: str
    name: str
    input: dict[str, Any]


@dataclass(frozen=True)
class ToolFinished:
    """A tool has answered."""

    call: ToolCall


@dataclass(frozen=True)
class Waiting:
    """A request failed and is sent again after so many seconds; what was said of this answer is void."""

    seconds: float
    reason: str


@dataclass(frozen=True)
class TurnFinished:
    """An answer is complete."""

    turn: Turn


Event = TextSaid | ThoughtSaid | ToolStarted | ToolFinished | Waiting | TurnFinished

Watch = Callable[[Event], None]


def ignore(_event: Event) -> None:
    """Nobody watches."""
