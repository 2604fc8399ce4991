"""A small memory of what was worked out last, shared by the threads that serve calls."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Generic, TypeVar

_Value = TypeVar("_Value")


class Recent(Generic[_Value]):
    """The last few results by content, so that a second tool, or a second page, does not read the same text again."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._lock = Lock()
        self._found: OrderedDict[str, _Value] = OrderedDict()

    def get(self, key: str) -> _Value | None:
        """What was kept under the key, if it still is."""
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
            return self._found.get(key)

    def put(self, key: str, result: _Value) -> None:
        """Keep it; the one that was not wanted for longest goes."""
        with self._lock:
            self._found[key] = result
            while len(self._found) > self._size:
                self._found.popitem(last=False)
