"""What a reader of one form of plan takes and gives."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from dbdesign.model.plan import Plan, PlanEngine, PlanNote
from dbdesign.plans.lines import Line, joined, python_value
from dbdesign.plans.server_log import DURATION_LABEL
from dbdesign.plans.shell_json import ShellJsonError, read_shell_json
from dbdesign.plans.tables import Table, tables
from dbdesign.plans.unescaped import with_quotes_escaped

TABLE = re.compile(r"select_type|operator info|\bdetail\b|\bdescription\b", re.IGNORECASE)
"""A column that each of the tables has which are plans."""
OPENING = re.compile(r"^[ \t]*(?=[\[{])", re.MULTILINE)


@dataclass(frozen=True)
class Document:
    """A JSON value and the line that it begins on. `relaxed`: it is a shell's, with bare keys and constructors."""

    line: int
    value: Any
    relaxed: bool = False


@dataclass
class Content:
    """A text without its wrappers, and what it may be seen as. Nothing is computed that no form asks for."""

    lines: Sequence[Line]
    json_fault: tuple[int, str] | None = None

    @cached_property
    def text(self) -> str:
        """The whole text."""
        return joined(self.lines)

    @cached_property
    def head(self) -> str:
        """Its beginning: enough to recognise it by."""
        return self.text[:200_000]

    @cached_property
    def documents(self) -> list[Document]:
        """The JSON values in it, in order. What begins as one and is none stands in `json_fault`."""
        found: list[Document] = []
        position, text = 0, self.text
        if re.match(r"\s*[\[(]\s*\(", self.head) and (value := python_value(text)) is not None:
            return [Document(self.lines[0].number, value)]
        while opening := OPENING.search(text, position):
            begin = opening.end()
            line = self._line_at(begin, text)
            try:
                value, position = json.JSONDecoder(strict=False).raw_decode(text, begin)
                found.append(Document(line, value))
            except RecursionError:
                self.json_fault = (line, "it is nested too deeply")
                break
            except ValueError as error:
                try:
                    value, position = read_shell_json(text, begin)
                    found.append(Document(line, value, relaxed=True))
                except ShellJsonError as fault:
                    quoted = text[:begin] + with_quotes_escaped(text[begin:])
                    if quoted == text:
                        self._fault(error, fault, begin, text)
                        break
                    position, text = begin, quoted
        return found

    def duration_before(self, line: int) -> float | None:
        """Milliseconds that a log gives for the plan that begins on a line; None where it is no log."""
        before = [one for one in self._durations if one[0] <= line]
        return before[-1][1] if before else None

    @cached_property
    def _durations(self) -> list[tuple[int, float]]:
        if DURATION_LABEL not in self.text:
            return []
        marks = ((line.number, line.text.partition(f"{DURATION_LABEL}: ")) for line in self.lines)
        return [(number, float(rest.split()[0])) for number, (_, label, rest) in marks if label]

    def _fault(self, error: ValueError, fault: ShellJsonError, begin: int, text: str) -> None:
        """Keep the error of the reading that came further."""
        strict = error.pos if isinstance(error, json.JSONDecodeError) else begin
        where, what = (
            (strict, str(error).partition(":")[0]) if strict >= fault.position else (fault.position, fault.what)
        )
        ended = where >= len(text.rstrip()) - 1
        self.json_fault = (self._line_at(where, text), "the text ends within it" if ended else what)

    def _line_at(self, position: int, text: str) -> int:
        before = text.count("\n", 0, position)
        return self.lines[min(before, len(self.lines) - 1)].number

    @cached_property
    def tables(self) -> list[Table]:
        """The tables of several columns in it; none where no header of a known one is in its beginning."""
        return tables(self.lines) if TABLE.search(self.head) else []


@dataclass
class Found:
    """What was read of a text in one form."""

    plans: list[Plan]
    notes: list[PlanNote] = field(default_factory=list)


@dataclass(frozen=True)
class Form:
    """One form of plan.

    Attributes:
        format: `text`, `json`, `yaml`, `xml`, `table`, `tree`.
        title: for messages: `PostgreSQL's EXPLAIN (FORMAT JSON)`.
        recognise: how sure it is, 0 to 1, that a text is in this form.
        read: its plans, not measured; raises InputError where there is none that can be read.
    """

    engine: PlanEngine
    format: str
    title: str
    recognise: Callable[[Content], float]
    read: Callable[[Content], Found]
