"""Reads ahead: one server is read in a thread while the other is written to."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Iterator
from typing import Generic, TypeVar

WAITING = 2
"""Items that are read ahead."""
TICK = 0.1
"""Seconds after which a thread that waits for room looks whether anybody still reads."""

T = TypeVar("T")


class ReadAhead(Generic[T]):
    """The items of a generator, which a thread reads; use it as a context manager, whose end is the thread's too.

    What the generator raises is raised where its items are taken.
    """

    def __init__(self, source: Generator[T, None, None]) -> None:
        self._source = source
        self._items: queue.Queue[tuple[T | None, BaseException | None]] = queue.Queue(WAITING)
        self._left = threading.Event()
        self._reader = threading.Thread(target=self._read, name="reading rows", daemon=True)

    def __enter__(self) -> Iterator[T]:
        self._reader.start()
        return self._taken()

    def __exit__(self, *_: object) -> None:
        self._left.set()
        self._reader.join()

    def _taken(self) -> Iterator[T]:
        while True:
            item, error = self._items.get()
            if error is not None:
                raise error
            if item is None:
                return
            yield item

    def _read(self) -> None:
        error: BaseException | None = None
        try:
            for item in self._source:
                if not self._put(item, None):
                    break
            self._source.close()
        except BaseException as raised:  # noqa: BLE001 - raised again where the items are taken
            error = raised
        self._put(None, error)

    def _put(self, item: T | None, error: BaseException | None) -> bool:
        """Whether somebody still reads."""
        while not self._left.is_set():
            try:
                self._items.put((item, error), timeout=TICK)
            except queue.Full:
                continue
            return True
        return False
