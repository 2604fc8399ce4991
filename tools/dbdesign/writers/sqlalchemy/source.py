"""What a module of models gathers while it is written: imports, definitions that come first, and notes."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

from dbdesign.writers.base import Note
from dbdesign.writers.sqlalchemy.layout import Call, Expression, call, string
from dbdesign.writers.sqlalchemy.names import free

SHOWN = 5
FIRST = ("enum", "datetime", "decimal", "typing", "uuid", "ipaddress")


@dataclass
class Source:
    """Names that are in use, imports by module, definitions in front of the classes, and what could not be said."""

    taken: set[str] = field(default_factory=set)
    imports: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    before: list[str] = field(default_factory=list)
    natives: dict[str, str] = field(default_factory=dict)
    _notes: dict[tuple[str, str | None], list[str]] = field(default_factory=dict)

    def use(self, name: str, module: str = "sqlalchemy") -> str:
        """Import a name; the name."""
        self.imports[module].add(name)
        return name

    def call(self, name: str, /, *arguments: Expression | None, **named: Expression | None) -> Call:
        """A call of something of SQLAlchemy's, which is imported."""
        return call(self.use(name), *arguments, **named)

    def of(self, module: str, name: str, /, *arguments: Expression | None, **named: Expression | None) -> Call:
        """A call of something of another module."""
        return call(self.use(name, module), *arguments, **named)

    def text(self, sql: str) -> Call:
        """`text("...")`: SQL as it is; what looks like a parameter is escaped."""
        return self.call("text", string(escaped(sql)))

    def note(self, target: str, lost: str, instead: str | None = None) -> None:
        """Says that something is lost, and what stands in its place; objects with the same loss share a note."""
        found = self._notes.setdefault((lost, instead), [])
        if target not in found:
            found.append(target)

    def notes(self) -> tuple[Note, ...]:
        """The notes, in the order in which they came up."""
        return tuple(
            Note(
                object=", ".join(objects[:SHOWN])
                + (f" and {len(objects) - SHOWN} more" if len(objects) > SHOWN else ""),
                lost=lost,
                instead=instead,
            )
            for (lost, instead), objects in self._notes.items()
        )

    def native(self, spelling: str) -> Call:
        """A class for a type that SQLAlchemy has no name for, and its object."""
        if spelling not in self.natives:
            self.natives[spelling] = spelling
            self.use("UserDefinedType", "sqlalchemy.types")
            self.use("Any", "typing")
        return call("NativeType", string(spelling))

    def keep_used(self, body: str) -> None:
        """Forget imports whose names the body does not have, for a column was said in another way in the end."""
        words = set(re.findall(r"\w+", body))
        for module in list(self.imports):
            kept = {one for one in self.imports[module] if (one or module) in words}
            if kept:
                self.imports[module] = kept
            else:
                del self.imports[module]

    def import_lines(self) -> list[str]:
        """The imports, sorted as isort does: Python's own, then the others."""
        own = sorted(one for one in self.imports if one in FIRST)
        others = sorted((one for one in self.imports if one not in FIRST), key=lambda one: (one.lower(), one))
        lines = [f"import {one}" for one in own if "" in self.imports[one]]
        lines += [_from(one, self.imports[one]) for one in own if self.imports[one] - {""}]
        found = ["\n".join(lines)] if lines else []
        return [*found, "\n".join(_from(one, self.imports[one]) for one in others)]


def escaped(sql: str) -> str:
    """SQL for `text()`, in which `:name` is a parameter."""
    return re.sub(r"(?<![:\w\\]):(?=\w+(?!:))", r"\\:", sql)


def _member_key(name: str) -> tuple[int, str, str]:
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2
    return kind, name.lower(), name


def _from(module: str, names: set[str]) -> str:
    listed = sorted(names - {""}, key=_member_key)
    line = f"from {module} import {', '.join(listed)}"
    if len(line) <= 88:
        return line
    return f"from {module} import (\n" + "".join(f"    {one},\n" for one in listed) + ")"


__all__ = ["Source", "escaped", "free"]
