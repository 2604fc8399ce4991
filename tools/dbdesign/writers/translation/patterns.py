"""Simple regular expressions as the patterns of LIKE (SQL Server) and GLOB (SQLite): fixed shapes, and texts made of one class.

`^[A-Z]{2}\\d{4}$` is `[A-Z][A-Z][0-9][0-9][0-9][0-9]`; `^[a-z0-9_-]+$` is "begins so, and holds nothing else". Anything beyond is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from dbdesign.writers.translation.context import UntranslatableError

PART = re.compile(
    r"(?:\[(?P<class>\^?[A-Za-z0-9_ .,:;/@#+-]+)\]|(?P<digit>\\d)|\\(?P<escaped>[.^$*+?()\[\]{}|\\/-])|(?P<any>\.)"
    r"|(?P<plain>[^\\^$.|?*+()\[\]{}]))(?P<count>\{\d{1,2}\}|[+*])?"
)
MAX_PARTS = 64
"""Of the pattern that comes out."""


@dataclass(frozen=True)
class Wildcards:
    """How a dialect writes any text, any character, and characters that must not be wildcards."""

    text: str
    character: str
    special: str

    def literal(self, character: str) -> str:
        """The character itself."""
        return f"[{character}]" if character in self.special else character


LIKE = Wildcards("%", "_", "%_[")
GLOB = Wildcards("*", "?", "*?[")


def shapes(pattern: str, wildcards: Wildcards, *, insensitive: bool) -> tuple[str, str | None]:
    """What a text must be like, and what it must not be like, to match; lower-cased where the case is to be ignored.

    Raises:
        UntranslatableError: where the pattern is beyond these shapes.
    """
    if insensitive:
        pattern = re.sub(r"\\.|[A-Z]", lambda one: one[0] if one[0].startswith("\\") else one[0].lower(), pattern)
    anchored, ended = pattern.startswith("^"), pattern.endswith("$") and not pattern.endswith("\\$")
    inner = pattern[anchored : len(pattern) - ended]
    parts = list(_parts(inner))
    if anchored and ended and len(parts) == 1 and parts[0]["count"] in {"+", "*"} and not parts[0]["any"]:
        return _of_one_class(parts[0], wildcards)
    text = "".join(_shape(part, wildcards) for part in parts)
    if len(text) > MAX_PARTS * 8:
        raise UntranslatableError("regular expression")
    return f"{'' if anchored else wildcards.text}{text}{'' if ended else wildcards.text}", None


def _parts(inner: str) -> list[re.Match[str]]:
    found, position = [], 0
    while position < len(inner):
        part = PART.match(inner, position)
        if part is None:
            raise UntranslatableError("regular expression")
        found.append(part)
        position = part.end()
    if not 0 < len(found) <= MAX_PARTS:
        raise UntranslatableError("regular expression")
    return found


def _one(part: re.Match[str], wildcards: Wildcards) -> str:
    if part["class"]:
        return f"[{_members(part['class'])}]"
    if part["digit"]:
        return "[0-9]"
    if part["any"]:
        return wildcards.character
    return wildcards.literal(part["escaped"] or part["plain"])


def _members(text: str) -> str:
    """The members of a class with the hyphen first, where it stands for itself in every dialect."""
    negated, members = text.startswith("^"), text.lstrip("^")
    ranges = re.findall(r"[A-Za-z0-9]-[A-Za-z0-9]|.", members)
    hyphen = "-" if "-" in ranges else ""
    return ("^" if negated else "") + hyphen + "".join(one for one in ranges if one != "-")


def _shape(part: re.Match[str], wildcards: Wildcards) -> str:
    count = part["count"]
    if count is None:
        return _one(part, wildcards)
    if count in {"+", "*"}:
        if not part["any"]:
            raise UntranslatableError("regular expression")
        return wildcards.text if count == "*" else wildcards.character + wildcards.text
    return _one(part, wildcards) * int(count[1:-1])


def _of_one_class(part: re.Match[str], wildcards: Wildcards) -> tuple[str, str]:
    one = _one(part, wildcards)
    members = one[1:-1] if one.startswith("[") else one
    other = members[1:] if members.startswith("^") else f"^{members}"
    begins = wildcards.text if part["count"] == "*" else one + wildcards.text
    return begins, f"{wildcards.text}[{other}]{wildcards.text}"
