"""What people paste around a plan, taken away: code fences, quotes, client tables, escaped strings, server logs.

Each wrapper is a function that gives the lines inside it, or None where the text is not wrapped in it. They are tried until none
fits, since people wrap what is wrapped already: a psql table in a chat message in a JSON string.
"""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from dbdesign.model.plan import PlanNote
from dbdesign.plans.lines import Line, joined, python_value, renumbered
from dbdesign.plans.server_log import log_entries
from dbdesign.plans.tables import is_rule

ROUNDS = 8
"""Wrappers around each other that are taken off at most."""

ENDS = 20_000
"""Characters at the beginning and the end of a text in which the signs of a wrapper are looked for."""

FENCE = re.compile(r"\s*(?:```+|~~~+)\s*[\w+-]*\s*$")
HEADER = re.compile(
    r"\W*(?:QUERY PLAN|EXPLAIN|ANALYZE|Plan|info|explain_output|Execution plan|Explain)\W*$", re.IGNORECASE
)
FOOTER = re.compile(r"\s*\(?\d+ (?:rows?|строк\w*|Zeilen?|lignes?|filas?|righe|行)\)?(?: in set.*| affected.*)?\s*$")
PLAN_SIGNS = re.compile(r"->|\(cost=|QUERY PLAN|query_block|Node Type|queryPlanner|<ShowPlanXML|<explain|- Plan:|• ")
PROMPT = re.compile(r"\S{0,40}(?:=[#>*!^]+|mysql>|sqlite>|MariaDB \[.*\]>) ")
STATEMENT = re.compile(r"[ \t]*(?:EXPLAIN|ANALYZE|DESCRIBE|DESC|SET|BEGIN|PREPARE|EXECUTE)\b[^:|]", re.IGNORECASE)
PLAN_BEGINS = re.compile(r"\s*(?:->|[A-Z][A-Za-z ]+(?: on .*)?  \(cost=|[\[{<])")
FAR = 300
"""Lines within which an echoed statement must end."""
RECORD = re.compile(r"[-─*]+[\[( ]+(?:RECORD \d+|\d+\. row)")
COMMENT = re.compile(r"^\s*(?:--|#|//) ?")
FIELD = re.compile(r"(?:\s*([A-Za-z_][\w ]{0,60}?))?\s*[|│] ?(.*)$")
"""psql's `name | value`, and `| value` for its further lines."""
MYSQL_FIELD = re.compile(r"\s*(EXPLAIN|ANALYZE): ?(.*)$")
PLAN_FIELDS = frozenset({"query plan", "explain", "plan", "plan_text", "query_plan"})
MARKS = ("+", "↵")
"""What psql puts at the end of a line that a line feed in the value ends."""


@dataclass
class Pasted:
    """The lines inside, what they were wrapped in (outermost first), and what was left out."""

    lines: list[Line]
    wrappers: list[str] = field(default_factory=list)
    notes: list[PlanNote] = field(default_factory=list)


def unwrapped(lines: list[Line]) -> Pasted:
    """The innermost lines."""
    pasted = Pasted(lines)
    for _ in range(ROUNDS):
        text = joined(pasted.lines)
        ends = text if len(text) <= 2 * ENDS else f"{text[:ENDS]}\n{text[-ENDS:]}"
        for name, sign, unwrap in WRAPPERS:
            signed = sign in text if isinstance(sign, str) else sign.search(ends)
            inside = unwrap(pasted.lines, pasted.notes) if signed else None
            if inside is not None:
                pasted.lines = inside
                pasted.wrappers.append(name)
                break
        else:
            break
    return pasted


def _fenced(lines: Sequence[Line], notes: list[PlanNote]) -> list[Line] | None:
    if not any(FENCE.match(line.text) for line in lines):
        return None
    inside: list[Line] = []
    outside: list[Line] = []
    within = False
    for line in lines:
        if FENCE.match(line.text):
            within = not within
        else:
            (inside if within else outside).append(line)
    if not any(line.text.strip() for line in inside):
        return None
    words = [line for line in outside if line.text.strip()]
    if words:
        notes.append(PlanNote(reason=f"{len(words)} lines outside the code block are no plan", line=words[0].number))
    return inside


def _quoted(lines: Sequence[Line], _notes: list[PlanNote]) -> list[Line] | None:
    """Mail and Markdown quotes: every line begins with `>`."""
    filled = [line for line in lines if line.text.strip()]
    if len(filled) < 2 or not all(re.match(r"\s?>(?: |$)", line.text) for line in filled):
        return None
    return [line._replace(text=re.sub(r"^\s?> ?", "", line.text)) for line in lines]


def _html(lines: Sequence[Line], _notes: list[PlanNote]) -> list[Line] | None:
    text = "\n".join(line.text for line in lines)
    if not re.search(
        r"-&gt;|&lt;(?:explain|ShowPlanXML|\?xml)|&quot;(?:Plan|query_block|queryPlanner)", text[:200_000]
    ):
        return None
    return [line._replace(text=html.unescape(line.text).replace("\xa0", " ")) for line in lines]


def _prompt(lines: Sequence[Line], _notes: list[PlanNote]) -> list[Line] | None:
    """The statement typed at a prompt, or echoed, before the plan, and what the client says after it."""
    kept = list(lines)
    while kept and (not kept[0].text.strip() or PROMPT.match(kept[0].text) or _statement(kept)):
        whole = _statement(kept)
        first = kept.pop(0)
        while first.text.strip() and not _ends(first.text) and kept and (whole or _goes_on(kept[0].text)):
            first = kept.pop(0)
    while kept and re.match(r"Time: [\d.,]+ ms|\S{0,40}=[#>]\s*$|\s*$|\d+ rows? in set.*", kept[-1].text):
        kept.pop()
    filled = [sum(bool(line.text.strip()) for line in some) for some in (kept, lines)]
    return kept if 0 < filled[0] < filled[1] else None


def _ends(text: str) -> bool:
    return text.rstrip().endswith((";", "\\g", "\\G"))


def _statement(lines: Sequence[Line]) -> bool:
    """Whether a statement begins here that ends before anything else begins."""
    if not STATEMENT.match(lines[0].text):
        return False
    for line in lines[:FAR]:
        if _ends(line.text):
            return True
        if PLAN_BEGINS.match(line.text) or is_rule(line.text):
            return False
    return False


def _goes_on(text: str) -> bool:
    return re.match(r"\S{0,40}[-('\"*][#>] |\s+->\s(?!\s)", text) is not None or (
        not PLAN_SIGNS.search(text) and not is_rule(text)
    )


def _client_table(lines: Sequence[Line], _notes: list[PlanNote]) -> list[Line] | None:
    """A table of one column: psql's frames in any border and line style, its `+` and `.` marks, Markdown's bars; also without a frame."""
    head = next((position for position, line in enumerate(lines) if _is_header(lines, position)), None)
    if head is None:
        return None
    title = lines[head].text.strip()
    framed = title.startswith(("|", "│", "║"))
    cut: list[Line] = []
    for line in lines[head + 1 :]:
        text = line.text
        if is_rule(text) or FOOTER.match(text) or text.strip() == title:
            continue
        cut.append(line._replace(text=_unframed(text)) if framed else line)
    return [*_before(lines[:head]), *_marks_removed(cut)]


def _is_header(lines: Sequence[Line], position: int) -> bool:
    """A column's name over or under a rule, or `QUERY PLAN` alone, unless it is SQLite's."""
    text = lines[position].text
    if not HEADER.match(text):
        return False
    if any(0 <= near < len(lines) and is_rule(lines[near].text) for near in (position - 1, position + 1)):
        return True
    below = next((line.text for line in lines[position + 1 :] if line.text.strip()), "")
    return text.strip() == "QUERY PLAN" and not re.match(r"\s*(?:[|`+\\]--|[├└])", below)


def _before(lines: Sequence[Line]) -> list[Line]:
    return [line for line in lines if line.text.strip() and not is_rule(line.text)]


def _unframed(text: str) -> str:
    """A line without its bars and the space inside them; a mark of a line that goes on stays at its very end."""
    text = re.sub(r"^\s*[|│║] ?", "", text)
    text = re.sub(r"[|│║]\s*$", "", text)
    return text if text.endswith(WRAP_MARKS) else text.rstrip()


WRAP_MARKS = (".", "…")


def _marks_removed(lines: Sequence[Line]) -> list[Line]:
    """Without psql's mark of a line feed in a value (`+`, `↵`) and its mark of a line that it wrapped (`.`, `…`)."""
    marked = sum(line.text.endswith(MARKS) for line in lines)
    if marked >= 1 and marked >= len(lines) // 2:
        lines = [_unmarked(line) for line in lines]
    found: list[Line] = []
    for line in lines:
        text = line.text
        if found and found[-1].text.endswith(WRAP_MARKS) and text.startswith(WRAP_MARKS):
            found[-1] = found[-1]._replace(text=found[-1].text[:-1] + text[1:])
        else:
            found.append(line)
    return found


def _marked(lines: Sequence[Line], _notes: list[PlanNote]) -> list[Line] | None:
    """A value of several lines that psql printed without a header: every line but the last ends in its mark."""
    filled = [line for line in lines if line.text.strip()]
    if len(filled) < 2 or not all(line.text.endswith(MARKS) for line in filled[:-1]):
        return None
    return [_unmarked(line) for line in lines]


def _unmarked(line: Line) -> Line:
    return line._replace(text=line.text[:-1].rstrip()) if line.text.endswith(MARKS) else line


def _expanded(lines: Sequence[Line], notes: list[PlanNote]) -> list[Line] | None:
    """psql's `\\x` and mysql's `\\G`: `-[ RECORD 1 ]-` with `QUERY PLAN | …`, `*** 1. row ***` with `EXPLAIN: …`."""
    if not any(RECORD.match(line.text) for line in lines):
        return None
    if any(re.match(r"\s*(?:select_type|possible_keys|estRows)\s*[:|] ", line.text) for line in lines):
        return None
    pattern = FIELD if any("RECORD" in line.text for line in lines if RECORD.match(line.text)) else MYSQL_FIELD
    fields: list[tuple[str, list[Line]]] = []
    for line in lines:
        if RECORD.match(line.text) or FOOTER.match(line.text):
            continue
        named = pattern.match(line.text)
        if not fields or (named and named[1]):
            fields.append((named[1].strip() if named and named[1] else "", []))
        fields[-1][1].append(line._replace(text=named[2]) if named else line)
    chosen = [within for name, within in fields if name.lower() in PLAN_FIELDS]
    chosen = chosen or [within for _, within in fields if PLAN_SIGNS.search(joined(within))]
    if not chosen:
        return None
    if others := sorted({name for name, within in fields if within not in chosen and name}):
        notes.append(
            PlanNote(reason=f"other fields of the record are no plan: {', '.join(others)}", line=lines[0].number)
        )
    return _marks_removed([line for within in chosen for line in within])


def _double_quoted(lines: Sequence[Line], _notes: list[PlanNote]) -> list[Line] | None:
    """pgAdmin's grid and CSV of one column: every row in double quotes, inner ones doubled, with or without a header."""
    text = joined(lines).strip()
    first = text.split("\n", 1)[0].strip()
    quoted = first.startswith('"') or '\n"' in text
    if not quoted or not PLAN_SIGNS.search(text):
        return None
    if re.match(r'"[\w ]+":\s', text):
        return None
    rows = list(csv.reader(io.StringIO(text)))
    if not rows or any(len([cell for cell in row if cell.strip()]) > 1 for row in rows if row):
        return None
    cells = [row[0] for row in rows if row]
    if HEADER.match(cells[0]):
        cells = cells[1:]
    found: list[Line] = []
    for cell in cells:
        found += renumbered(cell.split("\n"), lines[0].number + len(found))
    return found if found and joined(found).strip() != text else None


def _string_literals(lines: Sequence[Line], _notes: list[PlanNote]) -> list[Line] | None:
    """A JSON document or Python value whose strings are the plan: `"Seq Scan …\\n"`, `[["…"], ["…"]]`, `[{"QUERY PLAN": "…"}]`."""
    text = joined(lines).strip()
    if not text or text[0] not in "[{\"'(" or len(text) > 20_000_000:
        return None
    try:
        value = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        value = python_value(text)
    strings = _plan_strings(value)
    return renumbered(strings, lines[0].number) if strings else None


def _plan_strings(value: Any) -> list[str] | None:
    """The text in a value that is rows of one column; a column that holds objects gives them as JSON again."""
    if isinstance(value, dict) and set(value) & {"rows", "data", "result"} and "Plan" not in value:
        value = next(value[name] for name in ("rows", "data", "result") if name in value)
    if isinstance(value, str):
        return value.split("\n") if PLAN_SIGNS.search(value) else None
    if not isinstance(value, (list, tuple)) or not value:
        return None
    cells = [_cell(row) for row in value]
    if any(cell is None for cell in cells):
        return None
    if all(isinstance(cell, str) for cell in cells):
        return [one for cell in cells for one in str(cell).split("\n")]
    return [one for cell in cells for one in json.dumps(cell).split("\n")]


def _cell(row: Any) -> Any:
    if isinstance(row, str):
        return row
    if isinstance(row, (list, tuple)) and len(row) == 1 and not isinstance(row[0], dict):
        return row[0]
    if isinstance(row, (list, tuple)) and len(row) == 1 and set(row[0]) & {"QUERY PLAN", "EXPLAIN"}:
        return _cell(row[0])
    if (
        isinstance(row, dict)
        and len(row) == 1
        and next(iter(row)) in {"QUERY PLAN", "EXPLAIN", "info", "Plan text", "?column?"}
    ):
        return next(iter(row.values()))
    return None


LOGGED = ("textPayload", "message", "log", "msg", "MESSAGE", "line", "body")
"""What collectors of logs call the text of an entry."""


def _log_objects(lines: Sequence[Line], _notes: list[PlanNote]) -> list[Line] | None:
    """Entries of a collector of logs, one JSON object a line, whose text is the server's."""
    found: list[Line] = []
    for line in lines:
        if not line.text.strip():
            continue
        if not line.text.lstrip().startswith("{") or len(line.text) > 5_000_000:
            return None
        try:
            entry = json.loads(line.text)
        except (ValueError, RecursionError):
            return None
        if "error_severity" in entry:  # PostgreSQL's own, which is read as a log
            return None
        text = next((entry[name] for name in LOGGED if isinstance(entry.get(name), str)), None)
        if text is not None:
            found += [Line(line.number, one) for one in text.expandtabs(8).split("\n")]
    return found if PLAN_SIGNS.search(joined(found)) else None


def _escaped(lines: Sequence[Line], _notes: list[PlanNote]) -> list[Line] | None:
    r"""One line in which `\n`, `\t` and `\"` stand for what they mean."""
    filled = [line for line in lines if line.text.strip() and not HEADER.match(line.text)]
    if len(filled) != 1 or filled[0].text.count("\\n") < 2 or not PLAN_SIGNS.search(filled[0].text):
        return None
    text = filled[0].text.strip().strip("'\"")
    text = re.sub(
        r"\\(n|r|t|\"|'|\\)", lambda match: {"n": "\n", "r": "", "t": "        "}.get(match[1], match[1]), text
    )
    return renumbered(text.split("\n"), filled[0].number)


def _margin(lines: Sequence[Line], _notes: list[PlanNote]) -> list[Line] | None:
    """A margin that every line has: line numbers, a bar, a comment mark."""
    filled = [line for line in lines if line.text.strip()]
    if len(filled) < 2:
        return None
    for pattern in (r"\s*(\d+)\s?[|│:]", r"\s*(?:--|#|//) ?", r"\s*[|│](?=.*[^|│]\s*$)"):
        found = [match for line in filled if (match := re.match(pattern, line.text))]
        if len(found) == len(filled) and (not found[0].groups() or _rising([int(match[1]) for match in found])):
            return [line._replace(text=re.sub(f"^{pattern}", "", line.text)) for line in lines]
    return None


def _commented(lines: Sequence[Line], notes: list[PlanNote]) -> list[Line] | None:
    """A plan in the comments of a program or script: the lines with figures are all comments; what is none is no plan."""
    figured = [line for line in lines if re.search(r"\((?:cost=|actual )", line.text)]
    if not figured or not all(COMMENT.match(line.text) for line in figured):
        return None
    inside = [line for line in lines if COMMENT.match(line.text)]
    if len(inside) < len(lines):
        notes.append(
            PlanNote(reason=f"{len(lines) - len(inside)} lines outside the comments are no plan", line=lines[0].number)
        )
    return [line._replace(text=COMMENT.sub("", line.text, count=1)) for line in inside]


def _rising(numbers: Sequence[int]) -> bool:
    return all(after == before + 1 for before, after in pairwise(numbers))


def _in_log(lines: Sequence[Line], notes: list[PlanNote]) -> list[Line] | None:
    entries = log_entries(lines)
    if not entries:
        return None
    others = len(lines) - sum(entry.lines_used for entry in entries)
    if others > 0:
        notes.append(PlanNote(reason=f"{others} lines of the log belong to no plan", line=lines[0].number))
    return [line for entry in entries for line in entry.lines]


Unwrap = Callable[[Sequence[Line], list[PlanNote]], list[Line] | None]
WRAPPERS: tuple[tuple[str, re.Pattern[str] | str, Unwrap], ...] = (
    ("code block", "```", _fenced),
    ("code block", "~~~", _fenced),
    ("quote", re.compile(r"\A\s*>"), _quoted),
    ("html", re.compile(r"&gt;|&lt;|&quot;"), _html),
    ("log entries", re.compile(r"\A\s*\{.*\"(?:textPayload|message|log|msg|MESSAGE|line|body)\"\s*:"), _log_objects),
    ("string", re.compile(r"\A\s*[\[{\"'(]"), _string_literals),
    ("escaped string", re.compile(r"\\n"), _escaped),
    ("log", "ms  plan:", _in_log),
    ("prompt", re.compile(rf"(?m)^{PROMPT.pattern}|^Time: |rows? in set|^{STATEMENT.pattern}", re.IGNORECASE), _prompt),
    ("record", re.compile(r"(?m)^[-─*]+[\[( ]+(?:RECORD|\d+\. row)"), _expanded),
    ("table", re.compile(r"[-─━═=]{2,}|QUERY PLAN"), _client_table),
    ("marked lines", re.compile(r"(?m)[+↵]$"), _marked),
    ("quoted rows", re.compile(r"(?m)^\""), _double_quoted),
    ("margin", re.compile(r"\A\s*(?:\d+\s?[|│:]|--|#|//|[|│])"), _margin),
    ("comment", re.compile(r"(?m)^[ \t]*(?:--|#|//) ?\S"), _commented),
)
"""Name, a sign without which it is not tried (a string anywhere, a pattern near the ends of the text), and the function."""
