"""The readable text of an expression, unless it would be parsed as another one.

The server deparses in two ways: fully parenthesised, and pretty. The pretty form leaves out the parentheses around an AND in an AND
(and an OR in an OR): the same truth value, but not the same expression. Nothing else that it leaves out changes how the text is
parsed (get_rule_expr in ruleutils.c); a property test holds the whole of it against the server.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_TOKEN = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|[()]|\b(?:AND|OR|BETWEEN)\b""")


MOST_PASSES = 8
"""Depth of BETWEEN inside BETWEEN that is made readable."""


def faithful(pretty: str | None, plain: str | None) -> str | None:
    """The pretty text where it says the same as the plain one, and otherwise the plain one; without parentheses around the whole."""
    if pretty is None or plain is None or pretty == plain or not any(_alike(group) for group in _groups(plain)):
        return unwrapped(pretty) if pretty else pretty
    return unwrapped(_kept_apart(_with_between(plain)))


@dataclass
class _Group:
    """A pair of parentheses (or the whole text) with the connectives directly inside it."""

    start: int
    end: int = 0
    words: set[str] = field(default_factory=set)
    inner: list[_Group] = field(default_factory=list)
    between: int = 0

    def connective(self, word: str) -> None:
        if word == "BETWEEN":
            self.between += 1
        elif word == "AND" and self.between:
            self.between -= 1
        else:
            self.words.add(word)


def _groups(text: str) -> Iterator[_Group]:
    """Every group, each after those inside it, the whole text last."""
    stack = [_Group(-1)]
    for match in _TOKEN.finditer(text):
        word = match.group()
        if word == "(":
            stack.append(_Group(match.start()))
        elif word == ")" and len(stack) > 1:
            closed = stack.pop()
            closed.end = match.start()
            stack[-1].inner.append(closed)
            yield closed
        elif word in {"AND", "OR", "BETWEEN"}:
            stack[-1].connective(word)
    yield stack[0]


def _alike(group: _Group) -> bool:
    """Whether an operand of the group has the same connective."""
    return any(group.words & one.words for one in group.inner)


def _kept_apart(text: str) -> str:
    """Text whose groups stay groups: the grammar flattens an AND that is the first operand of an AND, in parentheses or not
    (makeAndExpr in gram.y), unless something stands around it; a cast of a boolean to boolean leaves no trace.
    """
    first = (group.inner[0] for group in _groups(text) if group.inner and _flattens(group))
    for end in sorted((one.end for one in first), reverse=True):
        text = f"{text[: end + 1]}::boolean{text[end + 1 :]}"
    return text


def _flattens(group: _Group) -> bool:
    child = group.inner[0]
    return child.start == group.start + 1 and bool(child.words & group.words)


def _with_between(plain: str) -> str:
    """Fully parenthesised text in which `((x >= a) AND (x <= b))` is `(x BETWEEN a AND b)`, which makes an AND that stays a group."""
    for _ in range(MOST_PASSES):
        found: list[tuple[int, int, str]] = []
        for group in _groups(plain):
            inside = found and found[-1][0] > group.start  # what is replaced inside it must settle first
            text = None if inside else _between(plain, group)
            if text is not None:
                found.append((group.start, group.end + 1, text))
        if not found:
            break
        for start, end, text in reversed(found):
            plain = f"{plain[:start]}{text}{plain[end:]}"
    return plain


def _between(plain: str, group: _Group) -> str | None:
    if group.start < 0 or len(group.inner) != 2 or group.words != {"AND"}:
        return None
    first, second = group.inner
    joined = plain[first.end + 1 : second.start] == " AND "
    if not joined or first.start != group.start + 1 or second.end != group.end - 1:
        return None
    low, high = plain[first.start + 1 : first.end].split(" >= "), plain[second.start + 1 : second.end].split(" <= ")
    if len(low) != 2 or len(high) != 2 or low[0] != high[0] or low[1].startswith(("ANY ", "ALL ")):
        return None
    return f"({low[0]} BETWEEN {low[1]} AND {high[1]})"


def unwrapped(text: str) -> str:
    """The expression without the pair of parentheses around the whole of it."""
    while text.startswith("(") and text.endswith(")") and _closes_at_end(text):
        text = text[1:-1]
    return text


def _closes_at_end(text: str) -> bool:
    depth = 0
    for match in _TOKEN.finditer(text):
        depth += {"(": 1, ")": -1}.get(match.group(), 0)
        if depth == 0:
            return match.end() == len(text)
    return False
