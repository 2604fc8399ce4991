"""What a repository's `.gitignore` files leave out, as git itself would (gitignore(5))."""

from __future__ import annotations

import re
from dataclasses import dataclass

_STAR = r"[^/]*"
_MOST_PATTERNS, _MOST_DEEP = 5_000, 4
"""Of one file, and of `**` in one pattern: each makes the time grow by a power of the path's depth."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One line of a `.gitignore`.

    Attributes:
        keeps: whether it begins with `!`.
        folders_only: whether it ends in `/`.
    """

    matches: re.Pattern[str]
    keeps: bool
    folders_only: bool


def patterns(text: str) -> tuple[Pattern, ...]:
    """The patterns of a `.gitignore`; lines that are not patterns, or that no expression can say, are left out."""
    found = (_pattern(line) for line in text.splitlines()[:_MOST_PATTERNS])
    return tuple(one for one in found if one is not None)


def ignored(path: str, *, folder: bool, chain: list[tuple[str, tuple[Pattern, ...]]]) -> bool:
    """Whether a path is left out.

    Args:
        path: relative to the root.
        chain: patterns by the folder that holds their file (`` for the root, else ending in `/`), outermost first; the last that
            matches decides.
    """
    for base, held in reversed(chain):
        inside = path[len(base) :]
        for one in reversed(held):
            if (folder or not one.folders_only) and one.matches.match(inside):
                return not one.keeps
    return False


def _pattern(line: str) -> Pattern | None:
    line = re.sub(r"(?<!\\)\s+$", "", line)
    if not line or line.startswith("#"):
        return None
    keeps = line.startswith("!")
    line = line[1:] if keeps else line
    folders_only = line.endswith("/")
    line = re.sub(r"(?:\*\*/)+", "**/", line.rstrip("/"))
    if not line or line.count("**") > _MOST_DEEP or len(line) > 1_000:
        return None
    anchored = "/" in line
    try:
        expression = ("" if anchored else r"(?:.*/)?") + _translated(line.removeprefix("/")) + r"\Z"
        return Pattern(re.compile(expression, re.DOTALL), keeps, folders_only)
    except re.error:
        return None


def _translated(glob: str) -> str:
    """The regular expression of a glob in which `*` stops at `/` and `**` does not.

    What stands between two `*` of one name is taken where it comes first, and never given back: the last `*` of the name makes up for
    it, so that no glob takes longer than its length times the path's.
    """
    out: list[str] = []
    position = 0
    while position < len(glob):
        rest = glob[position:]
        if rest.startswith("**/"):
            out.append(r"(?:.*/)?")
            position += 3
        elif rest == "**":
            out.append(r".*")
            position += 2
        elif rest.startswith("/**/"):
            out.append(r"/(?:.*/)?")
            position += 4
        elif rest[0] == "*":
            out.append(_STAR)
            position += len(rest) - len(rest.lstrip("*"))
        elif rest[0] == "?":
            out.append(r"[^/]")
            position += 1
        elif rest[0] == "[" and (closed := re.match(r"\[([!^]?)(\]?(?:[^\]\\]|\\.)*)\]", rest)):
            out.append(f"[{'^' if closed.group(1) else ''}{closed.group(2)}]")
            position += closed.end()
        elif rest[0] == "\\" and len(rest) > 1:
            out.append(re.escape(rest[1]))
            position += 2
        else:
            out.append(re.escape(rest[0]))
            position += 1
    return _without_giving_back(out)


def _without_giving_back(parts: list[str]) -> str:
    """The parts joined, each `*` that another follows in the same name closed in with what stands between them."""
    out: list[str] = []
    held: list[str] | None = None
    for part in parts:
        if part == _STAR:
            out += _closed_in(held) if held is not None else ()
            held = []
        elif held is None:
            out.append(part)
        elif part.startswith(("/", ".*", "(?:.*/)")):
            out += [_STAR, *held, part]
            held = None
        else:
            held.append(part)
    return "".join([*out, _STAR, *held] if held is not None else out)


def _closed_in(held: list[str]) -> list[str]:
    return ["(?>[^/]*?", *held, ")"]
