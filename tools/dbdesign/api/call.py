"""The terms of one call: what it may touch, how long its answer may be, whom it tells of its progress, and whether it is still wanted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event

from dbdesign.api.access import Access
from dbdesign.errors import LimitError


class CancelledError(LimitError):
    """The caller does not want the answer any more."""


def _silent(_done: float, _message: str) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True)
class Call:
    """The terms of one call.

    Attributes:
        tokens: that the answer may take, text and structure together; None for no limit (the command line).
        progress: told the share of the work done, 0 to 1, and what comes next.
        cancelled: set by the caller to give up.
    """

    access: Access = field(default_factory=Access)
    tokens: int | None = None
    progress: Callable[[float, str], None] = _silent
    cancelled: Event = field(default_factory=Event)

    def step(self, done: float, message: str) -> None:
        """Tell the caller what comes next.

        Raises:
            CancelledError: where he has given up.
        """
        if self.cancelled.is_set():
            raise CancelledError("the call was cancelled")
        self.progress(done, message)
