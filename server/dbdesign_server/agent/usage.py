"""Tokens that a request used, by what they are charged as."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict


class Usage(BaseModel):
    """Tokens, each counted once but `thinking_tokens`, which are part of `output_tokens`.

    Attributes:
        input_tokens: of the prompt, neither read from the cache nor written to it.
        cache_write_5m_tokens: of the prompt, written to the cache for five minutes.
        cache_write_1h_tokens: the same for an hour.
        cache_read_tokens: of the prompt, read from the cache.
    """

    model_config = ConfigDict(frozen=True)

    input_tokens: int = 0
    output_tokens: int = 0
    cache_write_5m_tokens: int = 0
    cache_write_1h_tokens: int = 0
    cache_read_tokens: int = 0
    thinking_tokens: int = 0

    @property
    def prompt_tokens(self) -> int:
        """The whole prompt."""
        return self.input_tokens + self.cached_tokens

    @property
    def cached_tokens(self) -> int:
        """What of the prompt is in the cache afterwards."""
        return self.cache_write_5m_tokens + self.cache_write_1h_tokens + self.cache_read_tokens

    @property
    def total_tokens(self) -> int:
        """Prompt and output."""
        return self.prompt_tokens + self.output_tokens

    def __add__(self, other: Usage) -> Usage:
        """Both together."""
        mine, others = self.model_dump(), other.model_dump()
        return Usage(**{name: mine[name] + others[name] for name in mine})

    def updated(self, said: dict[str, Any]) -> Usage:
        """With what the API says: its counts are running totals, and what it leaves out stays."""
        created = said.get("cache_creation") or {}
        details = said.get("output_tokens_details") or {}
        hour = created.get("ephemeral_1h_input_tokens", self.cache_write_1h_tokens) or 0
        written = said.get("cache_creation_input_tokens")
        found = {
            "input_tokens": said.get("input_tokens"),
            "output_tokens": said.get("output_tokens"),
            "cache_write_1h_tokens": hour,
            "cache_write_5m_tokens": None if written is None else max(written - hour, 0),
            "cache_read_tokens": said.get("cache_read_input_tokens"),
            "thinking_tokens": details.get("thinking_tokens"),
        }
        return self.model_copy(update={name: value for name, value in found.items() if value is not None})
