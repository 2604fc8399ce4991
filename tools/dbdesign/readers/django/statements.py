"""SQL statements with the line of Python that each comes from, and what could not be said."""

from __future__ import annotations

from dataclasses import dataclass, field

from dbdesign.readers.base import Unread


@dataclass
class Statements:
    """Statements in three turns: tables, then what refers to other tables, then indexes and comments.

    Attributes:
        places: for each statement, by its text's position in `tables`, `keys` or `later`: path and line.
        labels: `table`, `table.column`, `table.constraint` → path and line.
    """

    tables: list[tuple[str, tuple[str, int]]] = field(default_factory=list)
    keys: list[tuple[str, tuple[str, int]]] = field(default_factory=list)
    later: list[tuple[str, tuple[str, int]]] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    labels: dict[str, tuple[str, int]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    extensions: set[str] = field(default_factory=set)

    def miss(self, place: tuple[str, int], text: str, reason: str) -> None:
        """Note what was not understood."""
        self.unread.append(Unread(path=place[0], line=place[1], text=text[:200], reason=reason))

    def in_order(self) -> list[tuple[str, tuple[str, int]]]:
        """All statements, as they can be run."""
        return [*self.tables, *self.keys, *self.later]

    def flush(self) -> None:
        """Close a turn: what was deferred comes before whatever follows."""
        self.tables += [*self.keys, *self.later]
        self.keys, self.later = [], []
