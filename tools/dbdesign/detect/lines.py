"""Lines of a text by position, cut and with their secrets hidden; and which of them are comments."""

from __future__ import annotations

import re
from bisect import bisect_right

_LENGTH = 160
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
        """The whole line at a position."""
        begin = self.text.rfind("\n", 0, position) + 1
        end = self.text.find("\n", position)
        return self.text[begin : end if end >= 0 else len(self.text)]

    def shown(self, position: int) -> str:
        """The line at a position as evidence: trimmed, cut, without secrets."""
        return shown(self.whole(position))

    def is_comment(self, position: int) -> bool:
        """Whether the position stands in a line that is a comment, or behind a `#` or `//` in it."""
        begin = self.text.rfind("\n", 0, position) + 1
        line = self.whole(position)
        if _COMMENT.match(line):
            return True
        before = self.text[begin:position]
        return any(
            mark in before and expression.search(before) and not _within_quotes(before, mark)
            for mark, expression in _TRAILING.items()
        )

    def find(self, needle: str, after: int = 0) -> int:
        """Position of a text as a word of its own, from `after` on; 0 where it is not there."""
        match = re.compile(rf"(?<![\w./@-]){re.escape(needle)}(?![\w-])").search(self.text, after)
        return match.start() if match else max(self.text.find(needle), 0)


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
