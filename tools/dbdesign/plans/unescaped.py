"""MariaDB's JSON, in which conditions stand as they are: quotes and backslashes within them are not escaped."""

from __future__ import annotations

import json
import re

MEMBER = re.compile(r'([ \t]*"\w+": ")(.*)("[ \t]*,?[ \t]*\r?)\Z')
"""A line with one name and its text, as MariaDB lays its plans out."""


def with_quotes_escaped(text: str) -> str:
    """The text, in which the lines are JSON that were none for the quotes and backslashes in their value alone; as many lines as before."""
    return "\n".join(map(_mended, text.split("\n"))) if '"query_block"' in text else text


def _mended(line: str) -> str:
    match = MEMBER.match(line)
    if match is None or _is_json(match[2]):
        return line
    return f"{match[1]}{json.dumps(match[2], ensure_ascii=False)[1:-1]}{match[3]}"


def _is_json(inner: str) -> bool:
    try:
        return isinstance(json.loads(f'"{inner}"', strict=False), str)
    except ValueError:
        return False
