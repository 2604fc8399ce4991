"""What a run of the designer is given: model, limits, tools, and where its transcript goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from dbdesign.errors import InputError

if TYPE_CHECKING:
    from mcp.server import MCPServer

DEFAULT_MODEL = "claude-opus-5-5"
"""The vendor's recommendation to start from for most work (its page on choosing a model)."""

Effort = Literal["low", "medium", "high", "xhigh", "max"]


@dataclass(frozen=True)
class AgentConfig:
    """The terms of a run.

    Attributes:
        model: name at the API.
        system: the system prompt; empty for none. `persona()` gives the designer's.
        tools: servers in this process whose tools are offered, in order; none for a model alone.
        max_cost: US dollars that the whole conversation may cost; no request is sent that could go beyond.
        max_turns: answers of the model in this run; it is told to finish with the last.
        max_tokens: of one answer, thoughts included.
        max_seconds: of this run.
        effort: how hard the model thinks; its own default where None.
        transcript: file that the transcript is written to, line by line; None keeps it in memory.
        resume: transcript to go on with, which is written on. Its model and system prompt stay, unless `model` is given here.
        attempts: requests for one answer before it is given up.
        parallel: calls of tools at the same time.
    """

    model: str = ""
    system: str = ""
    tools: Sequence[MCPServer[Any]] = field(default_factory=tuple)
    max_cost: float | None = None
    max_turns: int = 60
    max_tokens: int = 32_000
    max_seconds: float | None = None
    effort: Effort | None = None
    transcript: Path | None = None
    resume: Path | None = None
    attempts: int = 8
    parallel: int = 4

    def __post_init__(self) -> None:
        """Refuse what makes no sense.

        Raises:
            InputError: for a limit that is not positive, or a transcript beside one to resume.
        """
        for name in ("max_cost", "max_turns", "max_tokens", "max_seconds", "attempts", "parallel"):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise InputError("must be more than 0", where=name.replace("_", "-"))
        if self.transcript is not None and self.resume is not None:
            raise InputError("a resumed transcript is written on", where="transcript", remedy="Leave transcript out")
