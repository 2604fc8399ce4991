"""What was asked, said, called and used: the record of a conversation with the designer, which can be gone on with."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from dbdesign_server.agent.usage import Usage

Message = dict[str, Any]
"""A message as the API takes it: `role`, and `content` as text or blocks."""

StopReason = Literal[
    "end_turn",
    "stop_sequence",
    "refusal",
    "max_tokens",
    "max_turns",
    "max_cost",
    "max_seconds",
    "context_window",
    "failed",
]
"""Why a conversation ended: the first two are the model's own doing; `failed` is an error of the API's, which `ask` raises too."""


class ToolCall(BaseModel):
    """One call of a tool.

    Attributes:
        input: the arguments as the model gave them; `{"malformed": text}` where they were not JSON.
        text: what the model was told.
        seconds: that it took.
        turn: number of the turn that asked for it, from 1.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    input: dict[str, Any]
    text: str
    is_error: bool = False
    seconds: float = 0.0
    turn: int = 1


class Turn(BaseModel):
    """One answer of the model's.

    Attributes:
        number: from 1.
        model: that answered, as the API names it.
        stop_reason: as the API says it; None for an answer that broke off and was asked for again.
        usage: tokens, also those of an answer that broke off.
        cost: US dollars; None where the model's price is not known.
        seconds: from the request to the end of the answer.
        attempts: requests that were needed.
        elapsed: seconds of work on the whole conversation so far, waiting and tools included.
    """

    model_config = ConfigDict(frozen=True)

    number: int
    model: str
    stop_reason: str | None
    usage: Usage
    cost: float | None
    seconds: float
    attempts: int = 1
    elapsed: float = 0.0


class Transcript(BaseModel):
    """A conversation so far.

    Attributes:
        question: the first that was asked.
        model: that was asked for.
        tools: names of those offered, in order.
        started: when, in UTC (ISO 8601).
        messages: the conversation as the API takes it, the first question first.
        seconds: of work, waiting and tools included, over all runs.
        stop_reason: why it ended; None while it goes on, and where it was killed.
        stop_detail: the reason as a sentence for a person.
    """

    question: str
    model: str
    system: str = ""
    tools: list[str] = Field(default_factory=list)
    started: str = ""
    messages: list[Message] = Field(default_factory=list)
    turns: list[Turn] = Field(default_factory=list)
    tool_calls: list[ToolCall] = Field(default_factory=list)
    seconds: float = 0.0
    stop_reason: StopReason | None = None
    stop_detail: str = ""

    @property
    def usage(self) -> Usage:
        """Tokens of all turns."""
        return sum((turn.usage for turn in self.turns), Usage())

    @property
    def usage_by_model(self) -> dict[str, Usage]:
        """Tokens by the model that answered, in the order of first use."""
        found: dict[str, Usage] = {}
        for turn in self.turns:
            found[turn.model] = found.get(turn.model, Usage()) + turn.usage
        return found

    @property
    def cost(self) -> float | None:
        """US dollars of all turns; None where the price of one is not known."""
        known = [turn.cost for turn in self.turns if turn.cost is not None]
        return sum(known) if len(known) == len(self.turns) else None

    @property
    def unpriced(self) -> list[str]:
        """Models that answered and whose price is not known."""
        return list(dict.fromkeys(turn.model for turn in self.turns if turn.cost is None))

    @property
    def answer(self) -> str:
        """What the model said last, of several answers where it was cut and went on; empty where it wanted to call tools instead."""
        parts: list[str] = []
        if self.pending():
            return ""
        for message in reversed(self.messages):
            if message["role"] == "assistant":
                parts.append(text_of(message))
            elif parts and not message.get("continues"):
                break
        return "".join(reversed(parts))

    @property
    def text(self) -> str:
        """Everything that the model said, answers apart by a blank line."""
        said = [text_of(one) for one in self.messages if one["role"] == "assistant"]
        return "\n\n".join(one for one in said if one)

    def use_model(self, model: str) -> None:
        """Go on with another model. Thoughts are left out: each model reads only its own."""
        self.model = model
        for message in self.messages:
            if isinstance(message["content"], list):
                message["content"] = [block for block in message["content"] if "thinking" not in block["type"]]

    def pending(self) -> list[dict[str, Any]]:
        """The blocks of calls that the last message asks for."""
        if not self.messages or self.messages[-1]["role"] != "assistant":
            return []
        return [block for block in self.messages[-1]["content"] if block["type"] == "tool_use"]


def text_of(message: Message) -> str:
    """The text of a message, without thoughts and calls."""
    content = message["content"]
    if isinstance(content, str):
        return content
    return "".join(block["text"] for block in content if block["type"] == "text")
