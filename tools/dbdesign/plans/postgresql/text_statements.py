"""Physical lines of a pasted text plan to logical ones: what a terminal, a mail or a literal broke is put together again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from dbdesign.plans.lines import Line
from dbdesign.plans.postgresql.text_heads import ACTUAL, ARROW, COST, ROOT, target_table
from dbdesign.plans.postgresql.text_properties import KNOWN

LABEL = re.compile(r"\s*([A-Z][A-Za-z0-9 /_()-]{0,60}?):(?= |$)")
SUBPLAN = re.compile(r"\s*(CTE \S.*|(?:InitPlan|SubPlan) \S+(?: \(returns [^)]*\))?|AlternativeSubPlan.*)\s*$")
WORKER = re.compile(r"\s*Worker (\d+):(?:\s+|$)")
TRIGGER = re.compile(r"\s*Trigger .*: (?:time=\S+ )?calls=\d+")
PLAN_LABELS = frozenset(
    {
        "Planning", "Planning Time", "Execution Time", "Planning time", "Execution time", "Total runtime", "JIT", "Settings",
        "Query Identifier", "Serialization", "Query Text", "Query Parameters", "Functions", "Options", "Timing", "Memory", "Buffers",
        "I/O Timings",
    }
)  # fmt: skip
COMPLETE = re.compile(r"\s*(?:Planning [Tt]ime|Execution [Tt]ime|Total runtime): [\d.]+ ms\s*$")
"""What no line goes on after."""
QUERY = re.compile(r"\s*Query Text:")
FOOTER = re.compile(r"\s*\(\d+ (?:rows?|строк\w*|Zeilen?|lignes?|filas?|行)\)\s*$")
FAR = 500
"""Physical lines of which a logical one consists at most, and within which a literal must end to be believed one."""


@dataclass
class Logical:
    """A line as EXPLAIN wrote it, where it began, and of how many physical lines it was put together."""

    number: int
    text: str
    pieces: int = 1

    @property
    def indent(self) -> int:
        """Spaces at its beginning."""
        return len(self.text) - len(self.text.lstrip())


def begins(text: str) -> bool:
    """Whether a physical line begins a logical one, going by its form."""
    label = LABEL.match(text)
    if label is not None and _label(label[1]):
        return True
    if ARROW.match(text) or ROOT.match(text) or SUBPLAN.match(text) or WORKER.match(text) or TRIGGER.match(text):
        return True
    return target_table(text) is not None


def _label(name: str) -> bool:
    """A label that EXPLAIN has, or one of an extension, which is words of letters."""
    return name in KNOWN or name in PLAN_LABELS or re.fullmatch(r"[A-Z][a-z]+(?:[ -][A-Za-z]+){0,5}", name) is not None


def logical(lines: Sequence[Line]) -> list[Logical]:
    """The logical lines. A line that begins nothing continues the one before."""
    found: list[Logical] = []
    starts = [begins(line.text) for line in lines]
    width = _wrap_width(lines, starts)
    position = 0
    while position < len(lines):
        line = lines[position]
        position += 1
        if not line.text.strip() or FOOTER.match(line.text):
            continue
        if QUERY.match(line.text):
            after = next((at for at in range(position, len(lines)) if _after_query(lines[at].text)), len(lines))
            found.append(Logical(line.number, "\n".join([line.text, *(one.text for one in lines[position:after])])))
            position = after
            continue
        if found and found[-1].pieces < FAR and not starts[position - 1] and not COMPLETE.match(found[-1].text):
            found[-1].pieces += 1
            found[-1].text = _continued(found[-1].text, line.text, lines[position - 2].text, width)
            continue
        text = line.text
        if open_literal(text) and (end := _literal_end(text, lines, position)):
            text = "\n".join([text, *(one.text for one in lines[position:end])])
            position = end
        found.append(Logical(line.number, text))
    return found


def _after_query(text: str) -> bool:
    """Whether a line ends the query that auto_explain prints: the root of the plan, with its cost."""
    return bool(ROOT.match(text)) and "(cost=" in text


def _wrap_width(lines: Sequence[Line], starts: Sequence[bool]) -> int | None:
    """The column at which a terminal broke lines: the greatest length, where most lines that go on have it; words break at any."""
    longest = max((len(line.text) for line in lines), default=0)
    pairs = zip(pairwise(lines), starts[1:], strict=False)
    broken = [
        len(line.text) for (line, after), begun in pairs if not begun and line.text.strip() and after.text.strip()
    ]
    return longest if broken and 2 * sum(one in {longest, longest - 1} for one in broken) > len(broken) else None


def _continued(text: str, more: str, before: str, width: int | None) -> str:
    if width is not None and len(before) in {width, width - 1}:
        hard = text + (" " if len(before) < width else "") + more
        soft = f"{text.rstrip()} {more.strip()}"
        return soft if _figured(soft) and not _figured(hard) else hard
    tight, spaced = text.rstrip() + more.strip(), f"{text.rstrip()} {more.strip()}"
    return tight if _figured(tight) and not _figured(spaced) else spaced


def _figured(text: str) -> bool:
    """Whether the figures of a node can be read; of a line that is none it does not matter."""
    return ("(cost=" not in text or bool(COST.search(text))) and ("(actual" not in text or bool(ACTUAL.search(text)))


def open_literal(text: str) -> bool:
    """Whether a text ends inside a literal in single quotes; quotes inside quoted names do not count."""
    return _quote(text) == "'"


def _quote(text: str, quote: str = "") -> str:
    """The quote that is open after a text, if `quote` was open before it."""
    if "'" not in text and '"' not in text:
        return quote
    for character in text:
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
    return quote


def _literal_end(text: str, lines: Sequence[Line], position: int) -> int | None:
    """The position after the line with which an open literal ends; None where it was cut off rather than broken."""
    depth = text.count("(") - text.count(")")
    quote = "'"
    for end in range(position, min(len(lines), position + FAR)):
        quote = _quote(lines[end].text, quote)
        if quote != "'":
            whole = "\n".join([text, *(one.text for one in lines[position : end + 1])])
            return end + 1 if depth <= 0 or _balanced(whole) else None
    return None


def _balanced(text: str) -> bool:
    bare = re.sub(r"'[^']*'|\"[^\"]*\"", "", text)
    return bare.count("(") == bare.count(")")
