"""Which patterns a file may hold, and what they find in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from dbdesign.detect.patterns.base import CONFIG, ENV, SCRIPTS, Pattern
from dbdesign.detect.patterns.engines import ENGINE_PATTERNS
from dbdesign.detect.patterns.names import RESOURCES
from dbdesign.detect.patterns.tools import TOOL_PATTERNS

_BY_NAME = frozenset({SCRIPTS, CONFIG, ENV})
"""Of many names, none of them a source file's."""

_SOURCE = frozenset(
    (
        *(".py", ".go", ".rs", ".java", ".kt", ".scala", ".cs", ".fs", ".php", ".rb", ".ex", ".exs", ".vue", ".svelte"),
        *(".sql", ".js", ".ts", ".mjs", ".cjs", ".mts", ".cts", ".jsx", ".tsx"),
    )
)

_OPEN_ENDED = (r"\w+$", r"[\w.]+$", r"[^/]*$", r"[^/]+$", r"[^./]+$", r"\w+\.", r"[\w.-]*", r"[\w.-]+", r"\w*")


@cache
def _candidates(suffix: str) -> tuple[Pattern, ...]:
    """The patterns that a file of this suffix may be one of: those whose expression names it, or leaves it open."""
    every = (*ENGINE_PATTERNS, *TOOL_PATTERNS)
    words = _WORDS.get(suffix)
    if words is None:
        return every
    return tuple(
        one
        for one in every
        if one.files.search(f"a{suffix}")
        or (
            not (suffix in _SOURCE and one.files.pattern in _BY_NAME)
            and "(?:^|/)" in one.files.pattern
            and any(word in one.files.pattern for word in (*words, *_OPEN_ENDED))
        )
    )


_WORDS = {
    **{
        suffix: (suffix[1:],)
        for suffix in (
            ".py",
            ".go",
            ".rs",
            ".java",
            ".kt",
            ".scala",
            ".cs",
            ".fs",
            ".php",
            ".rb",
            ".ex",
            ".exs",
            ".vue",
            ".svelte",
            ".sql",
            ".json",
            ".xml",
            ".properties",
            ".toml",
            ".tf",
        )
    },
    **dict.fromkeys((".js", ".ts", ".mjs", ".cjs", ".mts", ".cts", ".jsx", ".tsx"), ("[jt]s", "ts", "js")),
    **dict.fromkeys((".yml", ".yaml"), ("ya?ml",)),
}
"""How the expressions of files name a suffix; for others every pattern is tried."""


Gate = tuple[str, tuple[tuple[str, tuple[Pattern, ...]], ...]]
"""A few letters that several needles have in common, and the needles with their patterns."""


@cache
def _by_needle(suffix: str) -> tuple[tuple[Gate, ...], tuple[Pattern, ...]]:
    """A suffix's patterns by what the text must hold, and those that need no such thing."""
    table: dict[str, list[Pattern]] = {}
    for one in _candidates(suffix):
        for needle in one.needles:
            table.setdefault(needle, []).append(one)
    bare = tuple(table.pop("", ()))
    return tuple(
        (gate, tuple((needle, tuple(table[needle])) for needle in needles)) for gate, needles in _gates(list(table))
    ), bare


_GATE = 4
"""Letters of a gate: fewer stand in too many texts, more are common to too few needles."""


def _gates(needles: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Needles by letters that they share, the most shared first: most texts hold few of these, so half as many searches will do."""
    left = dict.fromkeys(needles)
    while left:
        shared: dict[str, list[str]] = {}
        for needle in left:
            for part in {needle[begin : begin + _GATE] for begin in range(len(needle) - _GATE + 1)}:
                shared.setdefault(part, []).append(needle)
        gate, held = max(shared.items(), key=lambda pair: (len(pair[1]), pair[0]), default=("", []))
        if len(held) < 2:
            yield from ((needle, [needle]) for needle in left)
            return
        yield gate, held
        for needle in held:
            del left[needle]


def patterns_for(path: str, text: str) -> list[Pattern]:
    """The patterns that may find something in a file: its path is one of theirs, and the text holds one of their needles."""
    name = path.rpartition("/")[2]
    suffix = name[name.rfind(".") :].lower() if "." in name[1:] else ""
    gates, bare = _by_needle(suffix)
    found: dict[int, Pattern] = {}
    for gate, held in gates:
        if gate in text:
            for needle, ones in held:
                if needle in text:
                    found.update((id(one), one) for one in ones)
    return [one for one in (*found.values(), *bare) if one.files.search(path)]


def matched(pattern: Pattern, text: str) -> Iterator[tuple[int, str]]:
    """Positions and technologies that a pattern finds."""
    for match in pattern.expression.finditer(text):
        if technology := pattern.technology or _named(pattern, match):
            yield match.start() + (len(match.group()) - len(match.group().lstrip())), technology
            if pattern.once:
                return


def _named(pattern: Pattern, match: re.Match[str]) -> str | None:
    for group, value in match.groupdict().items():
        if value is None:
            continue
        if group in pattern.names:
            known = pattern.names[group]
            return _resource(value) if known in {"azurerm", "other"} else known
        lower = value.lower()
        found = pattern.names.get(lower) or pattern.names.get(lower.partition("::")[0])
        return (
            found
            or pattern.names.get(lower.rstrip("0123456789_").replace("sqlserver_standard", "sqlserver"))
            or _started(lower)
        )
    return None


def _resource(value: str) -> str | None:
    return next((technology for beginning, technology in RESOURCES if value.startswith(beginning)), None)


def _started(lower: str) -> str | None:
    """`sqlserver_2019_standard`, `oracle-ee`: by how they begin."""
    return next(
        (
            technology
            for beginning, technology in (
                ("sqlserver", "sqlserver"),
                ("oracle", "oracle"),
                ("postgres", "postgresql"),
                ("mysql", "mysql"),
            )
            if lower.startswith(beginning)
        ),
        None,
    )
