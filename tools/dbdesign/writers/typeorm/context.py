"""What the writing of a file collects: imports, enumerations that it uses, notes."""

from __future__ import annotations

from dataclasses import dataclass, field

from dbdesign.model.schema import Engine
from dbdesign.writers.base import Note, WriteOptions
from dbdesign.writers.typeorm.plan import SchemaPlan


@dataclass
class Context:
    """Of one schema; `imports` and `enums` are of the file that is being written."""

    plan: SchemaPlan
    options: WriteOptions
    engine: Engine
    active_record: bool
    notes: list[Note] = field(default_factory=list)
    imports: set[str] = field(default_factory=set)
    enums: set[str] = field(default_factory=set)
    used_enums: set[str] = field(default_factory=set)

    def note(self, place: str, lost: str, instead: str | None = None) -> None:
        """Something that cannot be said."""
        found = Note(object=place, lost=lost, instead=instead)
        if found not in self.notes:
            self.notes.append(found)

    def use(self, name: str) -> None:
        """A name of TypeORM that the file imports."""
        self.imports.add(name)

    def use_enum(self, name: str) -> None:
        """An enumeration that the file imports."""
        self.enums.add(name)
        self.used_enums.add(name)


__all__ = ["Context"]
