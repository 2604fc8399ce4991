"""The pieces of a source text in Ruby: names, labels, strings with what they mean, heredocs with their bodies."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from dbdesign.errors import SqlError

_TOKEN = re.compile(
    r"""(?P<space>[ \t\r]+|\\\n|\#[^\n]*)
    |(?P<newline>\n|;)
    |(?P<heredoc><<[~-]?(?P<quote>['"`]?)(?P<mark>[A-Z_]\w*)(?P=quote))
    |(?P<label>[A-Za-z_]\w*[?!]?:(?![:\w])|[A-Za-z_]\w*:(?=\w)(?!:))
    |(?P<symbol>:[A-Za-z_]\w*[?!=]?)
    |(?P<quoted>:?"(?:[^"\\]|\\.)*":?|:?'(?:[^'\\]|\\.)*':?)
    |(?P<words>%[wiWIqQ]?(?:\[[^\]]*\]|\([^)]*\)|\{[^}]*\}|<[^>]*>|\|[^|]*\|))
    |(?P<number>\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?)
    |(?P<name>@{0,2}\$?[A-Za-z_]\w*[?!]?)
    |(?P<operator>->|=>|&\.|::|\*\*|\|\||&&|==|!=|<=|>=|<<|[-+*/%<>=!&|^~?:.,()\[\]{}])""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPES = {"n": "\n", "t": "\t", "\n": ""}


@dataclass(frozen=True)
class Token:
    """A piece of the text: `value` of strings and symbols is what they mean; `spaced` where a space stands before it."""

    kind: str
    text: str
    line: int
    value: Any = None
    spaced: bool = False


@dataclass(frozen=True)
class Unknown:
    """What only Ruby can tell."""

    text: str
    line: int


class RubyError(SqlError):
    """Text that cannot be taken apart."""


def tokens(text: str) -> list[Token]:
    """The pieces of a source text. Raises RubyError where a string does not end."""
    found: list[Token] = []
    waiting: list[tuple[int, str, str]] = []
    at, line, spaced = 0, 1, False
    while at < len(text):
        if text.startswith("=begin", at) and (at == 0 or text[at - 1] == "\n"):
            end = text.find("\n=end", at)
            stop = len(text) if end < 0 else end + 5
            line += text.count("\n", at, stop)
            at = stop
            continue
        if text.startswith("__END__", at) and (at == 0 or text[at - 1] == "\n"):
            break
        match = _TOKEN.match(text, at)
        if match is None:
            if text[at] in "\"'":
                raise RubyError("a string does not end", where=f"line {line}")
            found.append(Token("operator", text[at], line, spaced=spaced))
            at += 1
            continue
        kind, piece = match.lastgroup or "", match[0]
        if kind in {"quote", "mark"}:
            kind = "heredoc"
        at = match.end()
        if kind == "space":
            spaced = True
        elif kind == "heredoc":
            waiting.append((len(found), match["mark"], piece))
            found.append(Token("string", piece, line, "", spaced))
        elif kind == "newline":
            found.append(Token("newline", piece, line))
            if piece == "\n" and waiting:
                at = _heredocs(text, at, found, waiting)
                waiting = []
        else:
            found.append(_token(kind, piece, line, spaced))
        line += text.count("\n", match.start(), at)
        spaced = kind in {"space", "newline"}
    return found


def _heredocs(text: str, at: int, found: list[Token], waiting: list[tuple[int, str, str]]) -> int:
    """Give heredocs their bodies; where the text goes on."""
    for place, mark, piece in waiting:
        end = re.compile(rf"^[ \t]*{mark}[ \t\r]*$", re.MULTILINE).search(text, at)
        if end is None:
            raise RubyError(f"the text up to {mark} does not end", where=f"line {found[place].line}")
        body = text[at : end.start()]
        if piece.startswith("<<~"):
            depths = [len(one) - len(one.lstrip()) for one in body.splitlines() if one.strip()]
            cut = min(depths, default=0)
            body = "".join(one[cut:] if one.strip() else one.lstrip(" \t") for one in body.splitlines(keepends=True))
        token = found[place]
        value: Any = Unknown(piece, token.line) if "#{" in body and "'" not in piece else body
        found[place] = Token("string", piece, token.line, value, token.spaced)
        at = end.end()
    return at


def _token(kind: str, piece: str, line: int, spaced: bool) -> Token:
    if kind == "label":
        return Token("label", piece, line, piece[:-1], spaced)
    if kind == "symbol":
        return Token("string", piece, line, piece[1:], spaced)
    if kind == "number":
        plain = piece.replace("_", "")
        return Token("value", piece, line, float(plain) if re.search(r"[.eE]", plain) else int(plain), spaced)
    if kind == "words":
        inner = piece[piece.index(piece[2] if piece[1].isalpha() else piece[1]) + 1 : -1]
        if piece[1] in "wiWI":
            return Token("value", piece, line, inner.split(), spaced)
        return Token("string", piece, line, inner if "#{" not in inner else Unknown(piece, line), spaced)
    if kind == "quoted":
        label = piece.endswith(":")
        inner = piece.strip(":")
        value: Any = _unescaped(inner)
        if inner.startswith('"') and "#{" in inner:
            value = Unknown(piece, line)
        return Token("label" if label else "string", piece, line, value, spaced)
    return Token(kind, piece, line, spaced=spaced)


def _unescaped(quoted: str) -> str:
    inner = quoted[1:-1]
    if quoted.startswith("'"):
        return re.sub(r"\\(['\\])", r"\1", inner)
    return re.sub(r"\\(.)", lambda match: _ESCAPES.get(match[1], match[1]), inner, flags=re.DOTALL)
