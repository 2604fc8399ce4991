"""A limit on cost that holds: a request is sent only where even its longest answer stays within it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from dbdesign.errors import InputError
from dbdesign_server.agent.prices import MILLION, Price, prices
from dbdesign_server.agent.transcript import Message, Turn

BYTES_PER_TOKEN = 2.0
"""At least so many bytes of English, SQL or JSON make a token; twice the usual density, so that estimates err upwards."""

OVERHEAD = 1_000
"""Tokens that a request has beside what is sent: the API's own words on tools (its pricing page names up to some 700)."""

CACHE_SECONDS = 240.0
"""How long after an answer its prompt is counted on to be in the cache, which keeps it for 300 s after the last use."""

LEAST, ENOUGH = 500, 6_000
"""Tokens of output: with less nothing is asked, with less than enough the model is told to finish."""


@dataclass(frozen=True)
class Allowance:
    """What the next answer may take.

    Attributes:
        tokens: of output; 0 where nothing more can be paid.
        last: whether it should be the last answer.
    """

    tokens: int
    last: bool


def price_for(model: str, max_cost: float | None) -> Price | None:
    """The price of a model.

    Raises:
        InputError: where a limit is set that cannot be kept, because the price is not known.
    """
    found = prices().of(model)
    if max_cost is not None and found is None:
        near = get_close_matches(model, prices().models, n=2, cutoff=0.5) or list(prices().models)[:6]
        raise InputError(
            f"the price of {model!r} is not known (prices of {prices().as_of}), so that a limit on cost cannot be kept",
            where="max-cost",
            remedy=f"Leave it out and limit the turns, or choose a model with a known price, such as {', '.join(near)}",
        )
    return found


def estimated_tokens(*values: Any) -> int:
    """An upper estimate of the tokens of texts, messages or descriptions of tools."""
    text = "".join(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) for value in values)
    return int(len(text.encode("utf-8", "surrogatepass")) / BYTES_PER_TOKEN)


def prompt_cost(price: Price, before: Turn | None, new: int, since: float) -> float:
    """An upper estimate of what the next prompt costs, in US dollars.

    Args:
        before: the answer before, whose counts are exact.
        new: estimated tokens that are new since.
        since: seconds since that answer.
    """
    known = before.usage.prompt_tokens + before.usage.output_tokens if before else 0
    cached = before.usage.cached_tokens if before and since < CACHE_SECONDS else 0
    rate = price.rate(known + new)
    written = max(rate.input, rate.cache_write_5m)
    return (cached * rate.cache_read + (known - cached + new) * written) / MILLION


def allowance(price: Price, left: float, prompt: float, prompt_tokens: int, wanted: int) -> Allowance:
    """What can be paid of the wanted tokens of output, with so many US dollars left and so much for the prompt."""
    tokens = int((left - prompt) * MILLION / price.rate(prompt_tokens).output)
    if tokens < min(LEAST, wanted):
        return Allowance(0, last=True)
    return Allowance(min(tokens, wanted), last=tokens < min(ENOUGH, wanted))


def new_messages(messages: Sequence[Message]) -> Sequence[Message]:
    """The messages after the last answer, whose tokens nobody has counted yet."""
    for index in range(len(messages) - 1, -1, -1):
        if messages[index]["role"] == "assistant":
            return messages[index + 1 :]
    return messages
