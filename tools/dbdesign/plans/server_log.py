"""Plans in a server's log: what auto_explain writes, whatever `log_line_prefix` says, as plain text, syslog, CSV or JSON.

A plan begins with `duration: 12.3 ms  plan:`. Its further lines begin with a tab; syslog and log collectors put their prefix before it
(and `#011` for it), which is recognised by being followed by the tab.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from dbdesign.plans.lines import Line, renumbered

BEGIN = re.compile(r"duration: ([\d.]+) ms  plan:\s?")
TAB = "\t"
"""What further lines of an entry begin with; syslog writes it `#011`."""
CARRIED = re.compile(r"^(?P<prefix>.{0,400}?)(?:#011|\t)")
DURATION_LABEL = "Duration of the statement"
"""What is put before each plan of a log."""
LEVEL = re.compile(r"\b(?:LOG|DEBUG\d?|INFO|NOTICE|WARNING|ERROR|DETAIL|HINT|STATEMENT|CONTEXT|FATAL|PANIC):  ")


@dataclass
class Entry:
    """One plan of a log: its lines without prefixes, and how many lines of the log it took."""

    lines: list[Line]
    lines_used: int
    duration_ms: float


def log_entries(lines: Sequence[Line]) -> list[Entry]:
    """Every plan of a log; none where it is no log."""
    if not any("ms  plan:" in line.text for line in lines):
        return []
    return _csv(lines) or _json(lines) or _plain(lines)


def _plain(lines: Sequence[Line]) -> list[Entry]:
    found: list[Entry] = []
    position = 0
    while position < len(lines):
        begin = BEGIN.search(lines[position].text)
        if begin is None:
            position += 1
            continue
        entry = Entry([_duration(lines[position].number, begin[1])], 1, float(begin[1]))
        if rest := lines[position].text[begin.end() :].strip():
            entry.lines.append(Line(lines[position].number, rest))
        first, position = position, position + 1
        while position < len(lines) and (text := _carried(lines[position].text, lines[first].text)) is not None:
            entry.lines.append(lines[position]._replace(text=text))
            position += 1
        entry.lines_used = position - first
        found.append(entry)
    return found


def _duration(number: int, milliseconds: str) -> Line:
    return Line(number, f"{DURATION_LABEL}: {milliseconds} ms")


def _carried(text: str, first: str) -> str | None:
    """A further line of an entry without its prefix and tab; None where it is none."""
    if text.startswith(TAB):
        return text[len(TAB) :]
    if LEVEL.search(text) or BEGIN.search(text):
        return None
    if "#011" in text:
        return text.partition("#011")[2].replace("#011", TAB)
    prefix = _common(text, first)
    if prefix and (match := re.match(r"[^\t]{0,40}?\t", text[prefix:])):
        return text[prefix + match.end() :]
    if not text.strip():
        return ""
    return text if prefix == 0 and re.match(r"\s*(?:->|\w[\w ]*:)|\s{2,}", text) else None


def _common(text: str, first: str) -> int:
    """How long the prefix of a collector is: as far as two lines are equal but for digits."""
    shape = [re.sub(r"\d", "0", one) for one in (text, first)]
    same = 0
    for ours, theirs in zip(*shape, strict=False):
        if ours != theirs:
            break
        same += 1
    return same if same >= 8 else 0


def _message(number: int, message: str) -> Entry | None:
    begin = BEGIN.search(message)
    if begin is None:
        return None
    body = message[begin.end() :].lstrip("\n")
    texts = [one.removeprefix("\t") for one in body.split("\n")]
    return Entry(
        [_duration(number, begin[1]), *renumbered(texts, number + 1)], message.count("\n") + 1, float(begin[1])
    )


def _csv(lines: Sequence[Line]) -> list[Entry]:
    """csvlog: the message is one of some 25 fields."""
    if not re.match(r'\d{4}-\d\d-\d\d [^,]*,(?:"[^"]*"|[^,]*),', lines[0].text):
        return []
    rows = csv.reader(io.StringIO("\n".join(line.text for line in lines)))
    found: list[Entry] = []
    try:
        messages = ((lines[0].number + rows.line_num - 1, row[13]) for row in rows if len(row) >= 14)
        found.extend(entry for number, message in messages if (entry := _message(number, message)))
    except csv.Error:
        return []
    return found


def _json(lines: Sequence[Line]) -> list[Entry]:
    """jsonlog, and collectors that write a JSON object a line."""
    found: list[Entry] = []
    for line in lines:
        if not line.text.lstrip().startswith("{") or "ms  plan:" not in line.text:
            continue
        try:
            value = json.loads(line.text, strict=False)
        except (ValueError, RecursionError):
            continue
        texts = [one for one in value.values() if isinstance(one, str)] if isinstance(value, dict) else []
        found += [replaced(entry) for one in texts if (entry := _message(line.number, one))]
    return found


def replaced(entry: Entry) -> Entry:
    """An entry that stood in one line of the log."""
    entry.lines_used = 1
    return entry
