"""Lines of a text by position, cut and with their secrets hidden; and which of them are comments."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable

_LENGTH = 160
_LONG_LINE, _CUT = 4096, 400
"""Characters from which on a line is taken for generated, and how much of such a line is shown from where something was found."""

_USER_INFO = re.compile(r"(?P<scheme>\b[\w+.:-]{2,40}://)(?P<user>[^\s/@:'\"<>]*):(?P<secret>[^\s@'\"]+)@")
_NAME = (
    r"(?P<name>(?:pass(?:word|wd|phrase)?|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credential|auth)[\w.-]*"
    r"[\"']?\s*(?:=>|[:=])\s*)"
)
_QUOTED = re.compile(_NAME + r"(?P<quote>[\"'])(?P<value>(?:(?!(?P=quote)).){2,})", re.IGNORECASE)
_SECRET = re.compile(_NAME + r"(?P<quote>)(?P<value>[^\s\"';,&}{](?:[^\"';&}{\n]+(?=;)|[^\s\"';,&}{]+))", re.IGNORECASE)
_AS_ARGUMENT = re.compile(
    r"(?P<name>[?&;](?:password|pwd|passwd|user password|sslpassword|token|api_key)\s*=\s*)(?P<value>[^&;\s\"']+)",
    re.IGNORECASE,
)
_PLAIN = re.compile(
    r"^(?:\$\{?|%\(|\{\{|<|process\.env|os\.|env\(|ENV|nil\b|null\b|None\b|true\b|false\b|str\b|string\b|System\.|@|!|\*+$)",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"^\s*(?:#(?!\{|!\[|include)|//|--\s|;|\*\s|/\*|<!--|%\s|REM\s|'{3}|\"{3})")
_TRAILING = {"#": re.compile(r"(?:^|\s)#"), "//": re.compile(r"(?<!:)//")}


class Lines:
    """A text with its lines."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts: list[int] | None = None

    @property
    def starts(self) -> list[int]:
        """Position of each line's first character."""
        if self._starts is None:
            self._starts = [0, *(match.end() for match in re.finditer("\n", self.text))]
        return self._starts

    def number(self, position: int) -> int:
        """The line, from 1, of a position."""
        return bisect_right(self.starts, position)

    def whole(self, position: int) -> str:
        """The whole line at a position; of a line longer than `_LONG_LINE`, what stands there and a little after it."""
        begin = self.text.rfind("\n", max(position - _LONG_LINE, 0), position) + 1
        end = self.text.find("\n", position, position + _LONG_LINE)
        if end < 0:
            end = min(position + _LONG_LINE, len(self.text))
        if begin == 0 and position > _LONG_LINE:
            begin, end = position, min(position + _CUT, end)
        return self.text[begin:end]

    def shown(self, position: int) -> str:
        """The line at a position as evidence: trimmed, cut, without secrets."""
        return shown(self.whole(position))

    def is_comment(self, position: int) -> bool:
        """Whether the position stands in a line that is a comment, or behind a `#` or `//` in it."""
        begin = bisect_right(self.starts, position) - 1
        start = self.starts[begin]
        if _COMMENT.match(self.text[start : start + _CUT]):
            return True
        before = self.text[max(start, position - _LONG_LINE) : position]
        return any(
            mark in before and expression.search(before) and not _within_quotes(before, mark)
            for mark, expression in _TRAILING.items()
        )

    def find(self, needle: str, after: int = 0) -> int:
        """Position of a text as a word of its own, from `after` on; 0 where it is not there."""
        match = re.compile(rf"(?<![\w./@-]){re.escape(needle)}(?![\w-])").search(self.text, after)
        return match.start() if match else max(self.text.find(needle), 0)


class Spans:
    """Stretches of a text that do not overlap, in order."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        self._spans = list(spans)
        self._begins = [begin for begin, _ in self._spans]

    def hold(self, position: int) -> bool:
        """Whether a position lies in one of them."""
        at = bisect_right(self._begins, position) - 1
        return at >= 0 and position < self._spans[at][1]


def _within_quotes(before: str, mark: str) -> bool:
    head = before[: before.rfind(mark)]
    return head.count('"') % 2 == 1 or head.count("'") % 2 == 1 or head.count("`") % 2 == 1


def shown(line: str) -> str:
    """A line as evidence."""
    line = hidden(" ".join(line.split()))
    return line if len(line) <= _LENGTH else f"{line[: _LENGTH - 1]}…"


def hidden(text: str) -> str:
    """The text without what looks like a secret: passwords of URLs, and values of names that say so."""
    text = _USER_INFO.sub(lambda m: f"{m['scheme']}{m['user']}:***@", text)
    text = _AS_ARGUMENT.sub(lambda m: f"{m['name']}***", text)
    for expression in (_QUOTED, _SECRET):
        text = expression.sub(_starred, text)
    return text


def _starred(match: re.Match[str]) -> str:
    return match.group() if _PLAIN.match(match["value"]) else f"{match['name']}{match['quote']}***"
