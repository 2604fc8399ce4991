"""Gathers what a statement does, and the versions of PostgreSQL that can do it."""

from __future__ import annotations

from collections import Counter
from typing import Literal

from dbdesign.model.finding import Proof
from dbdesign.model.migration import LockMode, Trace


class RefusedError(Exception):
    """The server would refuse the statement; the text is SQLSTATE and message. It never leaves the package: it becomes an error."""


class Effects:
    """The parts of a trace while they are found.

    Attributes:
        hidden: labels of relations that the same statements made, which a trace leaves out.
        unsure: what was assumed, as sentences.
    """

    def __init__(self, version: int) -> None:
        self.version = version
        self.locks: dict[str, LockMode] = {}
        self.index_locks: dict[str, LockMode] = {}
        self.momentary: dict[str, LockMode] = {}
        self.rewrites: set[str] = set()
        self.rebuilds: set[str] = set()
        self.new_indexes: set[str] = set()
        self.dropped: set[str] = set()
        self.scans: Counter[str] = Counter()
        self.waits: Literal["open transactions"] | None = None
        self.hidden: set[str] = set()
        self.unsure: list[str] = []

    def lock(self, name: str, mode: LockMode) -> None:
        """Note a lock on a table or view, unless a stronger one is known."""
        present = self.locks.get(name)
        if (
            name not in self.hidden
            and mode is not LockMode.ACCESS_SHARE
            and (present is None or mode.rank > present.rank)
        ):
            self.locks[name] = mode

    def lock_index(self, name: str, mode: LockMode) -> None:
        """The same for an index."""
        present = self.index_locks.get(name)
        if present is None or mode.rank > present.rank:
            self.index_locks[name] = mode

    def scan(self, name: str, times: int = 1) -> None:
        """Note that a table is read in full."""
        if name not in self.hidden and times > 0:
            self.scans[name] += times

    def rewrite(self, name: str) -> None:
        """Note that a table's file is written anew."""
        if name not in self.hidden:
            self.rewrites.add(name)

    def require(self, version: int, what: str, state: str = "42601") -> None:
        """Refuse what older servers cannot do, with the SQLSTATE that they give."""
        if self.version < version:
            raise RefusedError(f"{state}: {what} needs PostgreSQL {version}, the target is {self.version}")

    def trace(self, error: str | None = None) -> Trace:
        """The trace."""
        detail = "; ".join(dict.fromkeys(self.unsure)) or None
        proof = Proof(level="by rule", by=f"PostgreSQL {self.version}", detail=detail)
        if error is not None:
            return Trace(error=error, proof=proof)
        return Trace(
            locks=dict(sorted(self.locks.items())),
            index_locks=dict(sorted(self.index_locks.items())),
            momentary=dict(sorted(self.momentary.items())),
            waits=self.waits,
            rewrites=tuple(sorted(self.rewrites)),
            index_rebuilds=tuple(sorted(self.rebuilds)),
            new_indexes=tuple(sorted(self.new_indexes)),
            dropped=tuple(sorted(self.dropped)),
            scans=dict(sorted(self.scans.items())),
            proof=proof,
        )
