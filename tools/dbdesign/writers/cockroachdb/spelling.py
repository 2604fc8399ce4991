"""How names and expressions are spelt in CockroachDB where PostgreSQL spells them otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from dbdesign.dialects.cockroachdb import DIALECT

INDENT = "    "
identifier = DIALECT.identifier
qualified = DIALECT.qualified
literal = DIALECT.literal

_TOKEN = re.compile(
    r"""(?P<keep>[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\w*)\$.*?\$\2\$)"""
    r"""|(?P<like>!?~~\*?)"""
    r"""|(?<![\w.$])(?P<word>index|nothing|family)(?![\w$(])"""
    r"""|(?P<catalog>\bpg_catalog\.)""",
    re.DOTALL,
)
_LIKE = {"~~": "LIKE", "!~~": "NOT LIKE", "~~*": "ILIKE", "!~~*": "NOT ILIKE"}
_OPERATOR = re.compile(r"\bOPERATOR\(([^\w\s()]+)\)")
_PLAIN = re.compile(
    r"""(?:-?\d+(?:\.\d+)?|E?'(?:[^']|'')*'|true|false|null|current_(?:date|timestamp|time|user))"""
    r"""(?:::[\w ."]+(?:\([\d,]+\))?(?:\[\])?)*\Z""",
    re.IGNORECASE,
)
_CALL = re.compile(
    r"""(?:[a-z_][\w$]*\.)?[a-z_][\w$]*\((?:[^()']|'(?:[^']|'')*'|\((?:[^()']|'(?:[^']|'')*')*\))*\)\Z""", re.IGNORECASE
)


def identifiers(names: Iterable[str]) -> str:
    """Names with commas."""
    return ", ".join(identifier(name) for name in names)


class Expressions:
    """Spells expressions of PostgreSQL's as CockroachDB takes them.

    The operators `~~` that stand for LIKE in PostgreSQL's own deparsed text are unknown to its lexer, and three more words are
    reserved (docs/generated/sql/bnf/stmt_block.bnf). Casts to types that it has not are casts to what stands in their place.

    Args:
        casts: by the name of a type as PostgreSQL spells it, the type that stands in its place.
    """

    def __init__(self, casts: Mapping[str, str]) -> None:
        self._casts = {name.removeprefix("public."): native for name, native in casts.items()}
        names = "|".join(sorted(map(re.escape, self._casts), key=len, reverse=True))
        self._cast = re.compile(rf"::(?:public\.)?({names})(?![\w$.])") if names else None

    def __call__(self, text: str) -> str:
        """The expression as CockroachDB takes it."""
        if self._cast is not None:
            text = self._cast.sub(lambda match: f"::{self._casts[match[1]]}", text)
        return _OPERATOR.sub(r"\1", _TOKEN.sub(_spelt, text))


def _spelt(match: re.Match[str]) -> str:
    if match["like"]:
        return _LIKE[match["like"]]
    if match["word"]:
        return f'"{match["word"]}"'
    return "" if match["catalog"] else match.group()


def default(text: str) -> str:
    """An expression as DEFAULT takes it."""
    return text if _PLAIN.match(text) or _CALL.match(text) else f"({text})"


def is_call(text: str) -> bool:
    """Whether an index takes it without parentheses of its own."""
    return _CALL.match(text) is not None


def joined(*parts: str) -> str:
    """Parts joined by spaces, empty ones left out."""
    return " ".join(part for part in parts if part)
