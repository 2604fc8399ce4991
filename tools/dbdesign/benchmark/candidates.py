"""Texts that may satisfy a check which is not understood: made from what it says, and tried by executing it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from random import Random
from typing import Any

from dbdesign.benchmark.checks import Condition, Pattern
from dbdesign.benchmark.quoting import literal

MOST = 400
"""Candidates that are tried for one column."""

_STRING = re.compile(r"'((?:[^']|'')*)'")
_NUMBER = re.compile(r"(?<![\w.'])-?\d+(?:\.\d+)?(?![\w.'])")
_ALWAYS = (
    "", "a", "A", "ab", "abc", "ABC", "abcdef", "0", "1", "2", "5", "10", "100", "-1", "0.5", "t", "f", "user@example.com", "https://example.com/a",
    "2026-01-31", "2020-06-15", "12:00", "+15551234567", "DE", "en", "en-GB", "12345", "1.2.3",
    "{}", "[]", '{"a": 1}', '[1]', '"a"', "null", "{1}",
    "00000000-0000-4000-8000-000000000000", "#aabbcc", "a-b", "a_b", "{a}", "10.0.0.1", "\\x00", "127.0.0.0/8",
)  # fmt: skip
_CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_. "


def candidates(conditions: list[Condition], known: tuple[str, ...], seed: int, default: str | None = None) -> list[str]:
    """Values to try, the most likely first.

    Args:
        known: values that the column is said to have.
    """
    found: dict[str, None] = dict.fromkeys(known)
    if default and (match := _STRING.match(default.lstrip("("))):
        found[match[1].replace("''", "'")] = None
    for one in conditions:
        found |= dict.fromkeys(_of_patterns(one, seed))
        found |= dict.fromkeys(text.replace("''", "'") for text in _STRING.findall(one.sql))
        for number in _NUMBER.findall(one.sql):
            value = float(number)
            found |= dict.fromkeys([number, f"{value - 1:g}", f"{value + 1:g}", f"{value / 2:g}", f"{value * 2:g}"])
        for number in _NUMBER.findall(one.sql):
            if number.isdigit() and 0 < int(number) <= 200:
                found |= dict.fromkeys(["a" * int(number), "1" * int(number), "A" * int(number)])
    found |= dict.fromkeys(_ALWAYS)
    return list(found)[:MOST]


def _of_patterns(condition: Condition, seed: int) -> Iterator[str]:
    random = Random(seed)  # noqa: S311 - reproducible, not secret
    texts = [(fact.text, fact.like) for fact in (*condition.facts, *condition.maybe) if isinstance(fact, Pattern)]
    texts += [
        (text.replace("''", "'"), False) for text in _STRING.findall(condition.sql) if re.search(r"[\^\[\\$+*]", text)
    ]
    for text, like in texts:
        if like:
            yield text.replace("%", "").replace("_", "a")
            yield from (text.replace("%", f"x{number}").replace("_", "a") for number in range(50))
        else:
            yield from matching(text, random)


def _parsed(pattern: str) -> Any:
    """The syntax tree that Python's `re` makes of a pattern; None where it cannot read it."""
    try:
        return import_module("re._parser").parse(
            pattern.replace("[[:alpha:]]", "[a-z]").replace("[[:digit:]]", "[0-9]")
        )
    except (re.error, OverflowError, RecursionError):
        return None


def matching(pattern: str, random: Random, count: int = 150) -> Iterator[str]:
    """Texts that a regular expression matches, as far as Python reads it as PostgreSQL does."""
    tree = _parsed(pattern)
    if tree is None:
        return
    for number in range(count):
        yield _one(tree, random, number)


def counted(pattern: str, n: str, limit: int | None = None) -> str | None:
    """SQL of text number `n` that a regular expression matches, a different one for each number as far as the pattern has room.

    Every place of the pattern that may have several characters is a digit of the number. None where the pattern is not understood
    or asks for more characters than `limit`.
    """
    tree = _parsed(pattern)
    if tree is None:
        return None
    places: list[list[str]] | None = None
    for more in range(6, -1, -1):
        places = _places(tree, more)
        if places is None or limit is None or sum(len(place[0]) for place in places) <= limit:
            break
    if not places or (limit is not None and sum(len(place[0]) for place in places) > limit):
        return None
    parts, radix = [], 1
    for place in reversed(places):
        if len(place) == 1:
            parts.append(literal(place[0]))
            continue
        digit = f"1 + (({n}) / {radix} % {len(place)})::int"
        parts.append(f"substr({literal(''.join(place))}, {digit}, 1)" if radix < 2**62 else literal(place[0]))
        radix *= len(place)
    return f"concat({', '.join(reversed(parts))})"


def _places(tree: Any, more: int) -> list[list[str]] | None:
    """For each character of a matching text, those that may stand there; `more` characters than the least where they repeat."""
    found: list[list[str]] = []
    for code, value in tree:
        match str(code):
            case "LITERAL":
                found.append([chr(value)])
            case "ANY":
                found.append(list(_CHARACTERS[:36]))
            case "IN":
                if not (allowed := _allowed(value)):
                    return None
                found.append(allowed)
            case "AT":
                continue
            case "MAX_REPEAT" | "MIN_REPEAT" | "SUBPATTERN" | "BRANCH":
                part = _places(_inner(str(code), value), more)
                if part is None:
                    return None
                found += part * (_times(value, more) if str(code).endswith("REPEAT") else 1)
            case _:
                return None
    return found


def _inner(code: str, value: Any) -> Any:
    """What a group, a repetition, or the first branch of an alternative has inside."""
    return value[1][0] if code == "BRANCH" else value[-1]


def _times(value: Any, more: int) -> int:
    least, most = int(value[0]), int(value[1])
    return min(most, max(least, min(least + more, 12)))


def _one(tree: Any, random: Random, generous: int) -> str:
    return "".join(_node(str(code), value, random, generous) for code, value in tree)


def _node(code: str, value: Any, random: Random, generous: int) -> str:
    match code:
        case "LITERAL":
            return chr(value)
        case "NOT_LITERAL":
            return next(one for one in random.sample(_CHARACTERS, 3) if ord(one) != value)
        case "ANY":
            return random.choice(_CHARACTERS[:36])
        case "IN":
            return _of_set(value, random)
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            least, most, inner = value
            times = random.randint(least, min(int(most), least + 3 + generous % 5))
            return "".join(_one(inner, random, generous) for _ in range(times))
        case "SUBPATTERN":
            return _one(value[-1], random, generous)
        case "BRANCH":
            return _one(random.choice(value[1]), random, generous)
        case _:
            return ""


def _of_set(items: Any, random: Random) -> str:
    allowed = _allowed(items)
    return random.choice(allowed) if allowed else ""


def _allowed(items: Any) -> list[str]:
    """The characters of a set."""
    allowed: list[str] = []
    negated = False
    for code, value in items:
        match str(code):
            case "NEGATE":
                negated = True
            case "LITERAL":
                allowed.append(chr(value))
            case "RANGE":
                allowed += [chr(one) for one in range(value[0], min(value[1], value[0] + 128) + 1)]
            case "CATEGORY":
                allowed += list(
                    {"CATEGORY_DIGIT": "0123456789", "CATEGORY_SPACE": " "}.get(str(value), _CHARACTERS[:36])
                )
    return [one for one in _CHARACTERS if one not in allowed] if negated else list(dict.fromkeys(allowed))
