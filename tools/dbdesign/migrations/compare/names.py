"""How alike two names are, as people shorten and vary them: `usr_nm` and `user_name`, `OrderLine` and `order_lines`."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import lru_cache

_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+|[^\W\d_A-Za-z]+")
_ABBREVIATES = 0.85
_LEAST_RATIO = 0.75
"""Below this share of common characters two words have nothing to do with each other (`state` and `status` have 0.73)."""


@lru_cache(maxsize=16384)
def words(name: str) -> tuple[str, ...]:
    """The words of a name, lower case, without a plural's s: `OrderLines` → order, line."""
    return tuple(_singular(word.lower()) for word in _WORD.findall(name)) or (name.lower(),)


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3 else word


@lru_cache(maxsize=65536)
def alike(one: str, other: str) -> float:
    """0 for names with nothing in common to 1 for names that differ in case, plural and separators at most."""
    first, second = words(one), words(other)
    if first == second or "".join(first) == "".join(second):
        return 1.0
    left = list(second)
    total = 0.0
    for word in first:
        best = max(((_words_alike(word, rest), rest) for rest in left), default=(0.0, ""))
        if best[0]:
            total += best[0]
            left.remove(best[1])
    return 2 * total / (len(first) + len(second))


@lru_cache(maxsize=65536)
def _words_alike(one: str, other: str) -> float:
    if one == other:
        return 1.0
    short, long = sorted((one, other), key=len)
    if _abbreviates(short, long):
        return _ABBREVIATES
    ratio = SequenceMatcher(None, one, other, autojunk=False).ratio()
    return ratio if ratio >= _LEAST_RATIO else 0.0


def _abbreviates(short: str, long: str) -> bool:
    """Whether a word is another without some letters, the first kept: `qty` of quantity, `nm` of name."""
    if len(short) < 2 or len(short) == len(long) or short[0] != long[0] or short.isdigit() or long.isdigit():
        return False
    letters = iter(long)
    return all(letter in letters for letter in short)
