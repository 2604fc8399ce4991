"""Runs statements on a connection's own socket and keeps nothing of their results.

User SQL may return gigabytes; libpq would keep them in our memory. This speaks the extended query protocol itself (PostgreSQL manual,
"Frontend/Backend Protocol"): all statements of a batch go out as Parse, Bind, Execute with one Sync at the end, so that
they form one transaction, cost one round trip, and answer one by one. Rows are skipped as they arrive.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psycopg

CHUNK = 1 << 18
LONGEST_MESSAGE = 1 << 16
"""Bytes of an error or notice that are kept; a script can raise one of a gigabyte."""

MOST_NOTICES = 1000
SESSION_LOST = "57P02"
"""crash_shutdown: what is reported of a statement that ended the server's session."""

TICK = 0.1
"""Seconds between two looks at the watch."""


@dataclass(frozen=True)
class Report:
    """An error or notice of the server."""

    severity: str
    sqlstate: str
    message: str
    hint: str | None = None
    detail: str | None = None
    position: int | None = None
    """Character in the statement that it is about, from 1."""


@dataclass
class Answer:
    """What the server said to a batch: `done` statements were executed, then `error` if there was one."""

    done: int = 0
    error: Report | None = None
    notices: list[tuple[int, Report]] = field(default_factory=list)
    """Index of the statement in the batch, and what was said."""


class ChannelClosedError(Exception):
    """The server ended the session; `answer` is what it had said until then."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        super().__init__("the server ended the session")


class Channel:
    """The socket of a psycopg connection, which is used for nothing else while something runs here."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self.backend = connection.info.backend_pid
        self._socket = socket.socket(fileno=os.dup(connection.fileno()))
        self._socket.setblocking(False)

    def close(self) -> None:
        """End the session."""
        self._socket.close()
        with contextlib.suppress(Exception):
            self._connection.close()

    def run(self, statements: Sequence[str], stop: Callable[[], None] = lambda: None, *, tick: float = TICK) -> Answer:
        """Execute statements as one transaction; `stop` is called every `tick` seconds or sooner, and may end the backend.

        Raises:
            ChannelClosedError: if the session ended.
        """
        outgoing = memoryview(_messages(statements))
        reader = _Reader()
        poll = select.poll()  # select() itself cannot take descriptors from 1024 on
        poll.register(self._socket, select.POLLIN | select.POLLOUT)
        while not reader.ready:
            events = sum(event for _, event in poll.poll(tick * 1000))
            stop()
            try:
                if events & select.POLLOUT:
                    outgoing = self._send(outgoing)
                    if not outgoing:
                        poll.modify(self._socket, select.POLLIN)
                if events & ~select.POLLOUT:
                    self._receive(reader)
            except (ConnectionError, EOFError) as error:
                raise ChannelClosedError(reader.answer) from error
        return reader.answer

    def _send(self, outgoing: memoryview) -> memoryview:
        try:
            return outgoing[self._socket.send(outgoing[:CHUNK]) :]
        except BlockingIOError:
            return outgoing
        except ConnectionError:
            return outgoing[:0]  # what the server said before it went is still to be read

    def _receive(self, reader: _Reader) -> None:
        with contextlib.suppress(BlockingIOError):
            received = self._socket.recv(CHUNK)
            if not received:
                raise EOFError
            reader.feed(received)


def _messages(statements: Sequence[str]) -> bytes:
    parts: list[bytes] = []
    bind = b"B" + struct.pack("!i2xhhh", 12, 0, 0, 0)
    execute = b"E" + struct.pack("!ixi", 9, 0)
    for sql in statements:
        text = sql.encode(errors="replace").replace(b"\0", b"?")
        parts += (b"P", struct.pack("!ix", len(text) + 8), text, b"\0\0\0", bind, execute)
    parts.append(b"S" + struct.pack("!i", 4))
    return b"".join(parts)


class _Reader:
    """Takes the server's messages apart as they arrive; at most `LONGEST_MESSAGE` bytes are held."""

    def __init__(self) -> None:
        self.answer = Answer()
        self.ready = False
        self._buffer = bytearray()
        self._skip = 0

    def feed(self, received: bytes) -> None:
        if self._skip >= len(received):
            self._skip -= len(received)
            return
        self._buffer += received[self._skip :]
        self._skip = 0
        at = 0
        while len(self._buffer) - at >= 5:
            kind = self._buffer[at]
            length = int.from_bytes(self._buffer[at + 1 : at + 5], "big") + 1
            kept = min(length, LONGEST_MESSAGE) if kind in b"EN" else 5
            if len(self._buffer) - at < kept:
                break
            self._take(kind, bytes(self._buffer[at + 5 : at + kept]) if kept > 5 else b"")
            at += length
        self._skip = max(0, at - len(self._buffer))
        del self._buffer[:at]

    def _take(self, kind: int, body: bytes) -> None:
        if kind in b"CI":
            self.answer.done += 1
        elif kind == ord("E"):
            self.answer.error = self.answer.error or _report(body)
        elif kind == ord("N"):
            if len(self.answer.notices) < MOST_NOTICES:
                self.answer.notices.append((self.answer.done, _report(body)))
        elif kind == ord("G"):  # COPY FROM STDIN: there is no data to send, and no way back in this mode but to end it
            self.answer.error = Report("ERROR", "57014", "COPY FROM STDIN has no data here")
            raise EOFError
        elif kind == ord("Z"):
            self.ready = True


def _report(body: bytes) -> Report:
    fields = {part[:1]: part[1:].decode(errors="replace") for part in body.split(b"\0") if part}
    position = fields.get(b"P", "")
    return Report(
        severity=fields.get(b"V") or fields.get(b"S", ""),
        sqlstate=fields.get(b"C", ""),
        message=fields.get(b"M", ""),
        hint=fields.get(b"H"),
        detail=fields.get(b"D"),
        position=int(position) if position.isdigit() else None,
    )
