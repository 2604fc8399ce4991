"""What tokens cost, from `prices.yaml`: dated figures by model. A model that is not there has no price, and nothing is guessed."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from dbdesign_server.agent.usage import Usage

MILLION = 1_000_000
_DATED = re.compile(r"-20\d{6}\Z")


class Rate(BaseModel):
    """US dollars for a million tokens of each kind."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    input: float
    output: float
    cache_write_5m: float
    cache_write_1h: float
    cache_read: float

    def cost(self, usage: Usage) -> float:
        """US dollars of what one request used."""
        return (
            usage.input_tokens * self.input
            + usage.output_tokens * self.output
            + usage.cache_write_5m_tokens * self.cache_write_5m
            + usage.cache_write_1h_tokens * self.cache_write_1h
            + usage.cache_read_tokens * self.cache_read
        ) / MILLION


class LongPromptRate(Rate):
    """The rate of a request whose prompt is longer than so many tokens."""

    tokens: int


class Price(Rate):
    """What a model costs.

    Attributes:
        beyond: the rate of long prompts, where it differs.
    """

    beyond: LongPromptRate | None = None

    def rate(self, prompt_tokens: int) -> Rate:
        """The rate of a request with so long a prompt, cached parts included."""
        return self.beyond if self.beyond is not None and prompt_tokens > self.beyond.tokens else self

    def cost(self, usage: Usage) -> float:
        """US dollars of what one request used."""
        return Rate.cost(self.rate(usage.prompt_tokens), usage)


class Prices(BaseModel):
    """The prices of a day."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    as_of: date
    models: dict[str, Price]

    def of(self, model: str) -> Price | None:
        """The price of a model; a snapshot (`…-20251001`) costs what its model does. None where it is not known."""
        return self.models.get(model) or self.models.get(_DATED.sub("", model))


@cache
def prices() -> Prices:
    """What `prices.yaml` says."""
    text = (Path(__file__).parent / "prices.yaml").read_text(encoding="utf-8")
    return Prices.model_validate(yaml.safe_load(text))
