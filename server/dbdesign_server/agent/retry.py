"""Sending a request again: how often, and after how long."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from dbdesign_server.agent.events import Waiting, Watch
from dbdesign_server.agent.failures import BrokenStreamError, described, is_transient, reason

FIRST, LONGEST = 1.0, 60.0
"""Seconds to wait at first, and at most; doubled each time, with a quarter of it left to chance so that many do not come back at once."""

PATIENCE = 600.0
"""Seconds that the API may ask to be waited for; beyond it the user is told instead."""

Sleep = Callable[[float], Awaitable[None]]
T = TypeVar("T")


async def with_retries(
    request: Callable[[int], Awaitable[T]], *, model: str, attempts: int, sleep: Sleep, watch: Watch
) -> T:
    """What the request gives, sent again while its failure may pass; told the number of the attempt, from 1.

    Raises:
        AgentError: an error that does not pass, or that did not in so many attempts.
    """
    import anthropic
    import httpx2

    attempt = 0
    while True:
        attempt += 1
        try:
            return await request(attempt)
        except (anthropic.AnthropicError, httpx2.HTTPError, BrokenStreamError) as error:
            seconds = waiting_time(error, attempt)
            if not is_transient(error) or attempt >= attempts or seconds > PATIENCE:
                raise described(error, model, attempts=attempt) from error
            watch(Waiting(seconds, reason(error)))
            await sleep(seconds)


def waiting_time(error: Exception, attempt: int, now: datetime | None = None) -> float:
    """Seconds to wait after this failure: what the API asks for, else twice as long each time."""
    response = getattr(error, "response", None)
    asked = None if response is None else asked_for(response.headers, now)
    if asked is not None:
        return asked
    return min(FIRST * 2.0 ** (attempt - 1), LONGEST) * random.uniform(0.75, 1.0)  # noqa: S311 - no secret


def asked_for(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Seconds that `retry-after-ms` or `retry-after` (seconds, or a date) asks for; None where there is none, or nonsense."""
    for name, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        try:
            return max(float(headers[name]) / unit, 0.0)
        except (KeyError, ValueError):
            continue
    try:
        until = parsedate_to_datetime(headers["retry-after"])
    except (KeyError, ValueError):
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max((until - (now or datetime.now(UTC))).total_seconds(), 0.0)
