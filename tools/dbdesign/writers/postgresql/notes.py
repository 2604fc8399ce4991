"""Gathers what PostgreSQL cannot say: one note for each loss, with all the objects that it concerns."""

from __future__ import annotations

from dbdesign.writers.base import Note

SHOWN = 5


class Notes:
    """Notes with the same loss and remedy become one."""

    def __init__(self) -> None:
        self._objects: dict[tuple[str, str | None], list[str]] = {}

    def add(self, target: str, lost: str, instead: str | None = None) -> None:
        """Says that something of `target` is lost, and what stands in its place."""
        found = self._objects.setdefault((lost, instead), [])
        if target not in found:
            found.append(target)

    def all(self) -> tuple[Note, ...]:
        """The notes, in the order in which they first came up."""
        return tuple(
            Note(object=_listed(objects), lost=lost, instead=instead)
            for (lost, instead), objects in self._objects.items()
        )


def _listed(objects: list[str]) -> str:
    more = len(objects) - SHOWN
    return ", ".join(objects[:SHOWN]) + (f" and {more} more" if more > 0 else "")
