"""Tables of several columns as clients print them: framed, tab-separated, Markdown, CSV, and MySQL's `\\G`."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from dbdesign.plans.lines import Line

RULE_CHARACTERS = frozenset("-─━═=+┼┬┴|:├└┌╟╠╔╚┤┘┐╢╣╗╝╪╫╬ \t")
BAR = re.compile(r"\s*[|│║]")
BARRED = re.compile(r"\s[|│]\s|\S\s*[|│]\s*\S")
RECORD = re.compile(r"\*+ (\d+)\. row \*+\s*$|-\[ RECORD (\d+) \][-+]*\s*$")
FIELD = re.compile(r"\s*([A-Za-z_][\w ]{0,60}?)\s*(?::|\|)(?: (.*))?$")
MISSING = frozenset({"NULL", "null", "<null>", "(null)", "[NULL]", "None", "\\N"})


@dataclass
class Row:
    """One row: cells by column name as they stand there, and the line that it begins on."""

    line: int
    cells: dict[str, str]

    def get(self, *names: str) -> str | None:
        """The first of these columns that there is; None where it is NULL or empty."""
        for name in names:
            if name in self.cells:
                cell = self.cells[name].strip()
                return None if cell in MISSING or not cell else cell
        return None

    def raw(self, name: str) -> str:
        """A cell with the spaces before its text, which draw trees."""
        return self.cells.get(name, "")


@dataclass
class Table:
    """Column names as written, lower case keys being the caller's affair, and rows."""

    columns: list[str]
    rows: list[Row] = field(default_factory=list)

    def has(self, *names: str) -> bool:
        """Whether it has all of these columns."""
        return set(names) <= set(self.columns)


def is_rule(text: str) -> bool:
    """Whether a line is a rule of a frame: nothing but its characters, two of which follow each other."""
    return RULE_CHARACTERS.issuperset(text) and any(pair in text for pair in ("--", "──", "━━", "══", "=="))


def tables(lines: Sequence[Line]) -> list[Table]:
    """Every table in a text."""
    return _records(lines) or [table for block in _blocks(lines) if (table := _table(block))] or _separated(lines)


def _blocks(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Runs of lines that are framed by bars or rules."""
    block: list[Line] = []
    for line in lines:
        if BAR.match(line.text) or is_rule(line.text) or BARRED.search(line.text):
            block.append(line)
        else:
            if block:
                yield block
            block = []
    if block:
        yield block


def _table(block: Sequence[Line]) -> Table | None:
    rows = [line for line in block if not is_rule(line.text)]
    if not rows:
        return None
    bars = "|" if "|" in rows[0].text else "│" if "│" in rows[0].text else "║"
    framed = rows[0].text.strip().startswith(bars)
    head = _cells(rows[0].text, bars, framed, None)
    if len(head) < 2 or not all(re.match(r"\s*[A-Za-z_][\w ().%]*\s*$", one) for one in head):
        return None
    table = Table([one.strip() for one in head])
    edges = [position for position, character in enumerate(rows[0].text) if character == bars]
    for line in rows[1:]:
        if line.text.strip() == rows[0].text.strip():
            continue
        cells = _cells(line.text, bars, framed, edges)
        if len(cells) < len(head):
            cells += [""] * (len(head) - len(cells))
        if len(cells) == len(head):
            _add(table, line, cells)
    return table


def _add(table: Table, line: Line, cells: Sequence[str]) -> None:
    """A row; or, where the first column is blank and the client wrapped cells, more of the row before."""
    row = dict(zip(table.columns, cells, strict=True))
    first = table.columns[0]
    if table.rows and not row[first].strip() and _continues(table, row):
        before = table.rows[-1].cells
        for name, cell in row.items():
            if cell.strip():
                before[name] = f"{before[name].rstrip().removesuffix('+').rstrip()} {cell.strip()}"
        return
    table.rows.append(Row(line.number, row))


def _continues(table: Table, row: dict[str, str]) -> bool:
    return sum(bool(cell.strip()) for cell in row.values()) < len(table.columns) and "task" in table.columns


def _cells(text: str, bar: str, framed: bool, edges: Sequence[int] | None) -> list[str]:
    """The cells of a line; by the header's columns where a value contains the bar."""
    cells = text.rstrip().split(bar)
    if framed:
        cells = cells[1:-1] if text.rstrip().endswith(bar) else cells[1:]
    if (
        edges
        and len(cells) > len(edges) - (1 if framed else -1)
        and all(text[edge : edge + 1] == bar for edge in edges)
    ):
        bounds = list(edges) if framed else [-1, *edges, len(text)]
        cells = [text[begin + 1 : end] for begin, end in pairwise(bounds)]
    return cells


def _records(lines: Sequence[Line]) -> list[Table]:
    """`*** 1. row ***` with `name: value` lines."""
    if not any(RECORD.match(line.text.strip()) for line in lines):
        return []
    rows: list[Row] = []
    last = ""
    for line in lines:
        if RECORD.match(line.text.strip()):
            rows.append(Row(line.number, {}))
            last = ""
        elif rows and (match := FIELD.match(line.text)):
            last = match[1].strip()
            rows[-1].cells[last] = match[2] or ""
        elif rows and last and line.text.strip():
            rows[-1].cells[last] += f"\n{line.text}"
    found: list[Table] = []
    for row in rows:
        if not found or set(found[-1].columns) != set(row.cells):
            found.append(Table(list(row.cells)))
        found[-1].rows.append(row)
    return found


def _separated(lines: Sequence[Line]) -> list[Table]:
    """Tab-separated (tabs have become two or more spaces) and comma-separated rows under a header."""
    filled = [line for line in lines if line.text.strip()]
    if len(filled) < 2:
        return []
    for split in (_commas, _spaces):
        head = split(filled[0].text)
        if len(head) >= 3 and all(re.fullmatch(r"[A-Za-z_][\w ]*", one) for one in head):
            table = Table(head)
            for line in filled[1:]:
                cells = split(line.text)
                if len(cells) == len(head):
                    table.rows.append(Row(line.number, dict(zip(head, cells, strict=True))))
            if table.rows:
                return [table]
    return _worded(filled)


SELECT_TYPE = re.compile(r"(?<=\s)(DEPENDENT|UNCACHEABLE|UNION|LATERAL) (SUBQUERY|UNION|DERIVED|RESULT)(?=\s)")


def _worded(filled: Sequence[Line]) -> list[Table]:
    """MySQL's rows as a web page or a chat leaves them, one space between the cells; the last column is the rest of the line."""
    head = filled[0].text.split()
    if head[:3] != ["id", "select_type", "table"]:
        return []
    table = Table(head)
    for line in filled[1:]:
        cells = SELECT_TYPE.sub("\\1\u00a0\\2", line.text.strip()).split(" ", len(head) - 1)
        if len(cells) in {len(head) - 1, len(head)} and re.fullmatch(r"\d+|NULL", cells[0]):
            whole = [one.replace("\u00a0", " ") for one in (*cells, "")][: len(head)]
            table.rows.append(Row(line.number, dict(zip(head, whole, strict=True))))
    return [table] if table.rows else []


def _commas(text: str) -> list[str]:
    for row in csv.reader(io.StringIO(text), delimiter=";" if text.count(";") > text.count(",") else ","):
        return [cell.strip() for cell in row]
    return []


def _spaces(text: str) -> list[str]:
    if "\t" in text:
        return [cell.strip() for cell in text.split("\t")]
    return [cell.strip() for cell in re.split(r" {2,}", text.strip())]
