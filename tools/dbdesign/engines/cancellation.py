"""How work on an engine learns that nobody waits for it any more.

The caller sets an event in the context of the thread that works; engines look at it where they wait.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Event

_NEVER = Event()
_current: ContextVar[Event] = ContextVar("dbdesign_cancelled", default=_NEVER)


@contextmanager
def cancelled_by(event: Event) -> Iterator[None]:
    """Work inside this context stops soon after the event is set."""
    token = _current.set(event)
    try:
        yield
    finally:
        _current.reset(token)


def cancellation() -> Event:
    """The event to look at; one that is never set where nobody can cancel."""
    return _current.get()
