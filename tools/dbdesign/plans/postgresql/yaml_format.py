"""EXPLAIN (FORMAT YAML) to the objects of its JSON.

explain.c writes a small part of YAML: block maps and lists, and scalars that are JSON strings or bare numbers and words. Reading just that
is fast, has no aliases to expand, and gives what was read of a text that was cut off.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dbdesign.plans.lines import Line
from dbdesign.plans.server_log import DURATION_LABEL

ENTRY = re.compile(r"""("(?:[^"\\]|\\.)*"|[^:"]+?):(?: +(.*))?$""", re.DOTALL)
NAMES = {DURATION_LABEL: "Execution Time"}
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")


@dataclass
class _Open:
    """A map or list that is being filled: at what indentation its entries stand, and where it is to be put."""

    indent: int
    value: dict[str, Any] | list[Any]


def read_yaml(lines: Sequence[Line]) -> tuple[list[Any], list[Line]]:
    """The top-level items and the lines that were not understood. `_line` of each item is where it begins."""
    top: list[Any] = []
    opened: list[_Open] = [_Open(-1, top)]
    pending: tuple[dict[str, Any], str, int] | None = None
    unread: list[Line] = []
    for line in lines:
        text = line.text.strip()
        if not text or text == "---":
            continue
        indent = line.indent
        if pending is not None and indent > pending[2]:
            holder, key, _ = pending
            value: dict[str, Any] | list[Any] = [] if text.startswith("- ") or text == "-" else {}
            holder[key] = value
            opened.append(_Open(indent, value))
        pending = None
        while len(opened) > 1 and indent < opened[-1].indent:
            opened.pop()
        if text.startswith("- "):
            target = opened[-1].value
            if len(opened) == 1:
                opened[0].indent = indent
            if not isinstance(target, list):
                unread.append(line)
                continue
            text, indent = text[2:].lstrip(), indent + 2
            entry = ENTRY.match(text)
            if entry is None or (text.startswith('"') and not _is_key(text)):
                target.append(_scalar(text))
                continue
            item: dict[str, Any] = {"_line": line.number} if len(opened) == 1 else {}
            target.append(item)
            opened.append(_Open(indent, item))
        elif len(opened) == 1 or text.startswith(DURATION_LABEL):
            opened = [opened[0], _Open(indent, _statement(top, line))]  # auto_explain writes no list
        entry, target = ENTRY.match(text), opened[-1].value
        if entry is None or not isinstance(target, dict):
            unread.append(line)
            continue
        key = _scalar(entry[1]) if entry[1].startswith('"') else entry[1]
        if entry[2] is None or not entry[2].strip():
            target[str(key)] = None
            pending = (target, str(key), indent)
        else:
            target[NAMES.get(str(key), str(key))] = _scalar(
                entry[2].strip().removesuffix(" ms") if key in NAMES else entry[2].strip()
            )
    return top, unread


def _statement(top: list[Any], line: Line) -> dict[str, Any]:
    item: dict[str, Any] = {"_line": line.number}
    top.append(item)
    return item


def _is_key(text: str) -> bool:
    return re.match(r'"(?:[^"\\]|\\.)*":', text) is not None


def _scalar(text: str) -> Any:
    if text.startswith('"') and "\\" not in text and text.endswith('"') and len(text) > 1:
        return text[1:-1]
    if text.startswith(('"', "[")):
        try:
            return json.loads(text, strict=False)
        except ValueError:
            return text.strip('"')
    if NUMBER.fullmatch(text):
        return float(text) if "." in text or "e" in text.lower() else int(text)
    return {"true": True, "false": False, "null": None}.get(text, text)
