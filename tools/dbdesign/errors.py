"""What goes wrong, said so that the reader can act: what was wrong, where, and what to do about it.

Every error that dbdesign raises on purpose is a `DesignError`. The command line prints it on one line and exits with 2; the
MCP server passes its text to the model. Anything else that escapes is a defect of dbdesign.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Self

_UNNAMED = re.compile(r"(?:SQL|DBML)(?=, line |\Z)")
"""What stands for a text that has no name, in the place of an error."""

_ALSO_KNOWN_AS = {
    "mssql": "sqlserver",
    "tsql": "sqlserver",
    "pg": "postgresql",
    "psql": "postgresql",
    "mariadb": "mysql",
    "crdb": "cockroachdb",
    "graphviz": "dot",
    "sqlmodel": "sqlalchemy",
    "django-orm": "django",
}
"""Names in use beside those that are known here, and that are not spelt like them."""


def _words(name: str) -> list[str]:
    return sorted(re.split(r"[\W_]+", name.lower()))


class DesignError(Exception):
    """Something that the caller can put right.

    Args:
        what: what was wrong, as a sentence without a full stop.
        where: the place: a file, a line, an object, an argument.
        remedy: what to do, in the imperative.
    """

    def __init__(self, what: str, *, where: str | None = None, remedy: str | None = None) -> None:
        self.what = what
        self.where = where
        self.remedy = remedy
        super().__init__(self._text())

    def within(self, name: str) -> Self:
        """This error, its place named: a reader knows the text, not what it is called."""
        if self.where is None or _UNNAMED.match(self.where):
            self.where = name + _UNNAMED.sub("", self.where or "")
            self.args = (self._text(),)
        return self

    def _text(self) -> str:
        place = f"{self.where}: " if self.where else ""
        advice = f". {self.remedy}" if self.remedy else ""
        return " ".join(f"{place}{self.what}{advice}".split())


class InputError(DesignError):
    """The text, file or argument given cannot be used as it is."""


class UnknownNameError(DesignError):
    """A name (target, rule, table, configured database …) that does not exist."""

    @classmethod
    def among(cls, kind: str, name: str, known: Iterable[str], *, where: str | None = None) -> Self:
        """An error that names the nearest of the `known` names, or lists them (at most 20) if none is near.

        Nearest is what the name is also known as, then the same words in another order, then what is spelt like it.
        """
        names = sorted(set(known))
        near = [one for one in names if one == _ALSO_KNOWN_AS.get(name.lower()) or _words(one) == _words(name)]
        near = near or get_close_matches(name, names, n=3, cutoff=0.6)
        if near:
            remedy = f"Did you mean {' or '.join(near)}?"
        elif names:
            remedy = f"Known: {', '.join(names[:20])}{', …' if len(names) > 20 else ''}"
        else:
            remedy = "There are none"
        return cls(f"no {kind} named {name!r}", where=where, remedy=remedy)


class AccessError(DesignError):
    """A file outside the allowed roots, or a database that is not configured or not allowed."""


class EngineError(DesignError):
    """A database engine could not be started, reached or used."""


class SqlError(DesignError):
    """A statement that an engine or a grammar refused; `line` counts from 1 in the text that was given."""

    def __init__(
        self,
        what: str,
        *,
        line: int | None = None,
        sqlstate: str | None = None,
        statement: str | None = None,
        where: str | None = None,
        remedy: str | None = None,
    ) -> None:
        self.line = line
        self.sqlstate = sqlstate
        self.statement = statement
        place = where if line is None else f"{where or 'SQL'}, line {line}"
        super().__init__(what, where=place, remedy=remedy)


class LimitError(DesignError):
    """A limit on time, size, disk or memory was reached; the work was stopped."""
