"""SQL expressions as text: what can be said of them without parsing."""

from __future__ import annotations

OPENING = "'\"`["
CLOSING = {"'": "'", '"': '"', "`": "`", "[": "]"}


def without_outer_parentheses(text: str, *, quotes: str = OPENING) -> str:
    """The expression without the parentheses (any number) that enclose all of it. Linear in the text.

    Args:
        quotes: what opens a string or a quoted name in the dialect.
    """
    stripped = text.strip()
    if not (stripped.startswith("(") and stripped.endswith(")")):
        return stripped
    partner = _partners(stripped, quotes)
    start, end = 0, len(stripped)
    while start < end and partner.get(start) == end - 1:
        start, end = start + 1, end - 1
        while start < end and stripped[start].isspace():
            start += 1
        while end > start and stripped[end - 1].isspace():
            end -= 1
    return stripped[start:end]


def _partners(text: str, quotes: str) -> dict[int, int]:
    """For each opening parenthesis, where it is closed."""
    partner: dict[int, int] = {}
    opened: list[int] = []
    closing = ""
    for position, character in enumerate(text):
        if closing:
            closing = "" if character == closing else closing
        elif character in quotes:
            closing = CLOSING[character]
        elif character == "(":
            opened.append(position)
        elif character == ")" and opened:
            partner[opened.pop()] = position
    return partner
