"""Lines of a text with the numbers that they had in what was pasted."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

EXCERPT = 200
"""Characters of a piece that a note repeats."""


class Line(NamedTuple):
    """A line and its number in the original, from 1."""

    number: int
    text: str

    @property
    def indent(self) -> int:
        """Spaces at its beginning."""
        return len(self.text) - len(self.text.lstrip())


def without_nulls(text: str) -> str:
    """A text in which somebody decoded UTF-16 as if each byte were a character, put right."""
    return text.replace("\x00", "").removeprefix("ÿþ").removeprefix("þÿ") if "\x00" in text else text


def numbered(text: str) -> list[Line]:
    """The lines of a text; only line feeds end one (a literal may hold any other separator)."""
    return [Line(number, one.rstrip("\r")) for number, one in enumerate(text.split("\n"), start=1)]


def without_tabs(lines: Iterable[Line]) -> list[Line]:
    """Lines in which columns can be counted."""
    return [line._replace(text=line.text.expandtabs(8)) if "\t" in line.text else line for line in lines]


def dedented(lines: Iterable[Line]) -> list[Line]:
    """Lines without the spaces that all of them begin with."""
    found = list(lines)
    margin = min((line.indent for line in found if line.text.strip()), default=0)
    return [line._replace(text=line.text[margin:]) for line in found] if margin else found


def joined(lines: Iterable[Line]) -> str:
    """The text of some lines."""
    return "\n".join(line.text for line in lines)


def renumbered(texts: Sequence[str], first: int) -> list[Line]:
    """Lines that came out of one line or cell: numbered from that line on."""
    return [Line(first + offset, one) for offset, one in enumerate(texts)]


def python_value(text: str) -> Any:
    """The value of a Python literal, as drivers' rows are printed; None where it is none or is large."""
    text = text.strip()
    if len(text) > 1_000_000 or not re.match(r"[\[(]+\s*[(\d'\"{]", text):
        return None
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
