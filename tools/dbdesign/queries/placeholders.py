"""Placeholders of every client library, `?`, `:name`, `@name`, `%s`, `%(name)s`, as PostgreSQL's `$1`, `$2` …"""

from __future__ import annotations

import re

_QUOTED = r"E?'(?:[^'\\]|\\.|'')*'|\"(?:[^\"]|\"\")*\"|(?P<dollar>\$\w*\$).*?(?P=dollar)|--[^\n]*|/\*.*?\*/"
_NAMED = re.compile(
    rf"{_QUOTED}|::|(?<![\w:]):([A-Za-z_]\w*)|(?<![\w@<>!~|&])@([A-Za-z_]\w*)|%\((\w+)\)s|(%s)", re.DOTALL
)
_MARKS = re.compile(rf"{_QUOTED}|(?<!@)(\?)", re.DOTALL)
"""Not the one of `@?`, which asks a jsonpath of a document."""

_NUMBERED = re.compile(r"\$\d+")
_CROWDED = re.compile(r"(\$\d+)(?=[^\s\w])")


def spaced(sql: str) -> str:
    """A statement for sqlglot, which takes `$1,$2` for the beginning of a dollar-quoted text: with a blank behind each parameter."""
    return _CROWDED.sub(r"\1 ", sql)


def numbered(sql: str) -> str:
    """The statement with `$1`, `$2` … for its placeholders; a name that occurs twice is one parameter."""
    names: dict[str, int] = {name: number for number, name in enumerate(sorted(set(_NUMBERED.findall(sql))), 1)}
    found = len(names)

    def named(match: re.Match[str]) -> str:
        nonlocal found
        name = match[2] or match[3] or match[4]
        if name is None and match[5] is None:
            return match[0]
        if name is None or name not in names:
            found += 1
            names[name or f"%{found}"] = found
        return f"${names[name] if name is not None else found}"

    said = _NAMED.sub(named, sql)

    def mark(match: re.Match[str]) -> str:
        nonlocal found
        if match[2] is None:
            return match[0]
        before = said[: match.start()].rstrip()
        after = said[match.end() :].lstrip()
        if _is_operator(before, after):
            return match[0]
        found += 1
        return f"${found}"

    return _MARKS.sub(mark, said) if "?" in said else said


_ENDS_OPERAND = re.compile(r"(?:[\w$\"\])]|')\Z")
_KEYWORD = re.compile(
    r"\b(?:and|or|not|in|like|ilike|between|limit|offset|values|set|select|where|when|then|else|is|by|on|any|all|interval|returning)\Z",
    re.IGNORECASE,
)
_BEGINS_OPERAND = re.compile(r"['\"$(\w|&]")
_CLOSES = re.compile(
    r"(?:and|or|order|group|limit|offset|returning|as|then|else|end|union|for|on|where|from|between|having|fetch|is|collate|asc|desc)\b",
    re.IGNORECASE,
)


def _is_operator(before: str, after: str) -> bool:
    """Whether a question mark stands between two operands."""
    if not _ENDS_OPERAND.search(before) or _KEYWORD.search(before):
        return False
    return bool(_BEGINS_OPERAND.match(after)) and not _CLOSES.match(after)
