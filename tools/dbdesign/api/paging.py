"""How an answer is kept within a budget of tokens: counted, packed into pages, and cut where a single value is too long.

Nothing is lost: what does not fit on a page is on a later one, and a text that is cut says by how much.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from dbdesign.errors import InputError

CHARACTERS_PER_TOKEN = 3.2
"""Of SQL and JSON in ASCII; tokenisers in use give 3.3 to 4, so the count errs on the long side."""

TOKENS_PER_OTHER_CHARACTER = 1.5
"""Of characters beyond ASCII: one or two tokens each."""

HEAD_TOKENS = 700
"""Kept back on each page for the summary, the counts and the punctuation."""

_ASCII_ONLY = re.compile(r"[\x00-\x7f]+")
_STATEMENT = re.compile(
    r"--|(?:create|alter|comment|set|grant|revoke|drop|insert|select|go|use|pragma|begin|commit|exec|if|table|ref|enum)\b",
    re.IGNORECASE,
)
_DOLLAR = re.compile(r"\$(?:[A-Za-z_]\w*)?\$")


@dataclass(frozen=True)
class Item:
    """One entry of an answer.

    Attributes:
        section: the field of the answer that it goes to.
        value: what the structure gets: JSON, or a piece of text.
        text: what the readable form gets.
    """

    section: str
    value: Any
    text: str

    @property
    def tokens(self) -> float:
        """What the entry costs in both forms together."""
        return tokens(json.dumps(self.value, ensure_ascii=False)) + tokens(self.text) + 2


def tokens(text: str) -> float:
    """A conservative count of the tokens of a text."""
    if text.isascii():
        return len(text) / CHARACTERS_PER_TOKEN
    other = len(_ASCII_ONLY.sub("", text))
    return (len(text) - other) / CHARACTERS_PER_TOKEN + other * TOKENS_PER_OTHER_CHARACTER


def paginate(items: Sequence[Item], budget: int | None) -> list[list[Item]]:
    """The entries in order, on as few pages as hold them; always at least one page. No budget: one page.

    An entry that is larger than a page stands alone; `pieces` keeps that from happening.
    """
    if budget is None:
        return [list(items)]
    room = budget - HEAD_TOKENS
    pages: list[list[Item]] = [[]]
    used = 0.0
    for item in items:
        cost = item.tokens
        if pages[-1] and used + cost > room:
            pages.append([])
            used = 0.0
        pages[-1].append(item)
        used += cost
    return pages


def chosen(pages: Sequence[list[Item]], page: int) -> list[Item]:
    """The page with this number, from 1.

    Raises:
        InputError: where there is none.
    """
    if not 1 <= page <= len(pages):
        raise InputError(f"there is no page {page}", where="page", remedy=f"Pages are 1 to {len(pages)}")
    return pages[page - 1]


def statements(text: str, longest: int) -> Iterator[str]:
    """The text in pieces that end between statements, none longer than `longest` characters; together they are the text.

    A boundary is a line that begins a statement after a line that ends one, outside dollar quotes. A statement that is longer
    than `longest` is cut between lines, and a line that is longer still is cut anywhere.
    """
    piece = ""
    for statement in _statements(text):
        if piece and len(piece) + len(statement) > longest:
            yield piece
            piece = ""
        if len(statement) > longest:
            *whole, statement = _hard_cut(statement, longest)
            yield from whole
        piece += statement
    if piece:
        yield piece


def _statements(text: str) -> Iterator[str]:
    """Single statements with what stands between them."""
    current: list[str] = []
    quoted: str | None = None
    ended = True
    for line in text.splitlines(keepends=True):
        if current and ended and quoted is None and _STATEMENT.match(line):
            yield "".join(current)
            current = []
        for mark in _DOLLAR.findall(line):
            quoted = mark if quoted is None else None if mark == quoted else quoted
        if line.strip():
            ended = line.rstrip().endswith((";", "}")) or line.strip().upper() == "GO" or line.startswith("--")
        current.append(line)
    if current:
        yield "".join(current)


def _hard_cut(statement: str, longest: int) -> list[str]:
    cut: list[str] = [""]
    for line in statement.splitlines(keepends=True):
        for start in range(0, len(line), longest):
            part = line[start : start + longest]
            if len(cut[-1]) + len(part) > longest:
                cut.append("")
            cut[-1] += part
    return cut


def shortened(value: Any, longest: int) -> Any:
    """The JSON value with every text beyond `longest` characters cut; a cut text says by how much."""
    if isinstance(value, str) and len(value) > longest:
        return f"{value[:longest]}… [{len(value) - longest} more characters]"
    if isinstance(value, list):
        return [shortened(one, longest) for one in value]
    if isinstance(value, dict):
        return {key: shortened(one, longest) for key, one in value.items()}
    return value


def pieces(value: dict[str, Any], limit: float) -> list[dict[str, Any]]:
    """An entry that costs more than `limit` tokens as several: each has the `name`, further ones `continued`, and lists are dealt out."""
    if _cost(value) <= limit:
        return [value]
    value = shortened(value, 2000)
    if _cost(value) <= limit:
        return [value]
    for longest in (600, 120, 40):
        if max((_cost(one) for _, one in _parts(value)), default=0) <= limit / 2:
            break
        value = shortened(value, longest)
    return list(_dealt(value, limit))


def _cost(value: Any) -> float:
    return tokens(json.dumps(value, ensure_ascii=False))


def _parts(value: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, field in value.items():
        for one in field if isinstance(field, list) else [field]:
            yield key, one


def _dealt(value: dict[str, Any], limit: float) -> Iterable[dict[str, Any]]:
    name = value.get("name")
    piece: dict[str, Any] = {}
    used = 0.0
    for key, field in value.items():
        if not isinstance(field, list) or not field:
            piece[key] = field
            used += _cost({key: field})
            continue
        for one in field:
            cost = _cost(one) + _cost(key)
            if used + cost > limit and len(piece) > 1:
                yield piece
                piece, used = {"name": name, "continued": True}, _cost(name) + 10
            piece.setdefault(key, []).append(one)
            used += cost
    yield piece
