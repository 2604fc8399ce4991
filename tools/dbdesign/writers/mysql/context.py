"""What one run of the writer knows and collects: the target, its version, the notes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from dbdesign.dialects.base import Dialect, dialect
from dbdesign.model.schema import Engine
from dbdesign.writers.base import Note, WriteOptions

SHOWN = 3
"""How many objects a note on several names before it counts the rest."""


@dataclass
class Context:
    """One run. Notes with the same text are grouped into one that names their objects."""

    target: Engine
    version: str
    options: WriteOptions
    _notes: dict[tuple[str, str | None], list[str]] = field(default_factory=dict)

    @property
    def dialect(self) -> Dialect:
        """The target's facts."""
        return dialect(self.target)

    def has(self, feature: str) -> bool:
        """Whether the target version has a feature."""
        return self.dialect.has(feature, self.version)

    def note(self, where: str, lost: str, instead: str | None = None) -> None:
        """Notes that something is said otherwise or not at all."""
        self._notes.setdefault((lost, instead), []).append(where)

    def notes(self) -> tuple[Note, ...]:
        """The notes, one a cause, in the order in which the causes came up."""
        return tuple(
            Note(object=_together(objects), lost=lost, instead=instead)
            for (lost, instead), objects in self._notes.items()
        )


def _together(objects: Iterable[str]) -> str:
    distinct = list(dict.fromkeys(objects))
    rest = len(distinct) - SHOWN
    shown = ", ".join(distinct[:SHOWN])
    return f"{shown} and {rest} more" if rest > 0 else shown
