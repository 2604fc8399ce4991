"""Placeholders of a query, `$1`, `?`, `:name`, `@name`, all written as `$n`."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""(?P<skip>[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|/\*.*?\*/|(?P<tag>\$(?:[A-Za-z_]\w*)?\$).*?(?P=tag)|::)
    |\$(?P<number>\d+)
    |(?<![\w:]):(?P<colon>[A-Za-z_]\w*)
    |(?<![\w@<>!~&|])@(?P<at>[A-Za-z_]\w*)
    |(?P<question>\?)(?![|&?])
    |(?P<word>[A-Za-z_]\w*|\d+(?:\.\d+)?)
    |(?P<other>\S)""",
    re.VERBOSE | re.DOTALL,
)
_EXPECTS_A_VALUE = frozenset({
    "limit", "offset", "in", "like", "ilike", "between", "and", "or", "not", "where", "select", "values", "set",
    "interval", "when", "then", "else", "returning", "on", "having", "any", "some", "all", "is", "by", "from",
    "similar", "to", "case", "using", "distinct", "rows", "first", "next", "escape",
})  # fmt: skip


@dataclass(frozen=True)
class Parameterised:
    """A query with numbered placeholders. `names[n - 1]` is what `$n` was called."""

    sql: str
    names: tuple[str, ...]


def numbered(sql: str) -> Parameterised:
    """The query with `$n` for every placeholder; the same name has the same number.

    A `?` after a name, a literal or a closing bracket is PostgreSQL's operator, not a placeholder.
    """
    names: list[str] = []
    direct = re.search(r"\$\d+", sql) is not None
    parts: list[str] = []
    place, before = 0, ""
    for token in _TOKEN.finditer(sql):
        called = token["colon"] or token["at"]
        if token["number"]:
            while len(names) < int(token["number"]):
                names.append(f"${len(names) + 1}")
        elif called:
            if called not in names:
                names.append(called)
            parts += [sql[place : token.start()], f"${names.index(called) + 1}"]
            place = token.end()
        elif token["question"] and not direct and _is_expected(before):
            names.append(f"?{len(names) + 1}")
            parts += [sql[place : token.start()], f"${len(names)}"]
            place = token.end()
        before = token[0]
    return Parameterised("".join([*parts, sql[place:]]), tuple(names))


def _is_expected(before: str) -> bool:
    """Whether a value may stand behind this token, so that a `?` there is a placeholder."""
    if before.lower() in _EXPECTS_A_VALUE:
        return True
    return not (before[-1:].isalnum() or before[-1:] in "_)]'\"$")
