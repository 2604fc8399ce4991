"""EXPLAIN's text format, 9.6 to 18, to the objects that its JSON format has.

The tree is read off the columns of the arrows, so that any indentation that a paste adds to all lines does no harm.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from dbdesign.errors import InputError
from dbdesign.model.plan import PlanNote
from dbdesign.plans.lines import EXCERPT, Line
from dbdesign.plans.lists import split_list
from dbdesign.plans.postgresql import text_properties as properties
from dbdesign.plans.postgresql.text_completion import complete, incomplete_nodes
from dbdesign.plans.postgresql.text_heads import ARROW, COST, NUMBER, ROOT, RUN, head, run, target_table
from dbdesign.plans.postgresql.text_statements import LABEL, PLAN_LABELS, SUBPLAN, TRIGGER, WORKER, Logical, logical

Raw = dict[str, Any]

MILLISECONDS = re.compile(rf"({NUMBER}) ?ms")
TIMES = {
    "Planning Time": "Planning Time",
    "Execution Time": "Execution Time",
    "Planning time": "Planning Time",
    "Execution time": "Execution Time",
    "Total runtime": "Execution Time",
}
"""Before 10 in lower case; before 9.4 the last alone."""
DURATION = re.compile(rf"Duration of the statement: ({NUMBER}) ms")
"""What `server_log` puts before the plans of a log."""
OPENING = re.compile(r"\s*(?:Query Text: |Duration of the statement: )")
"""What stands between two plans of a log."""
FIGURES = re.compile(r"\((?:cost=|actual )")


@dataclass
class Draft:
    """A plan being read.

    Attributes:
        raw: the statement's object, as the JSON format has it.
        stack: arrow columns and nodes from the root to the node that was read last.
        groups: indentations and objects that properties further to the right belong to: a worker, `Planning:`, `JIT:`.
        columns: of every arrow.
        subplan: the last `InitPlan 1` line, whose node is still to come.
    """

    line: int
    raw: Raw
    stack: list[tuple[int, Raw]]
    groups: list[tuple[int, Raw]] = field(default_factory=list)
    subplan: str | None = None
    ended: bool = False
    cut: str | None = None
    last: int = 0
    columns: list[int] = field(default_factory=list)

    @property
    def node(self) -> Raw:
        """The node that was read last."""
        return self.stack[-1][1]

    @property
    def column(self) -> int:
        """Where the root begins."""
        return self.stack[0][0]


class TextPlans:
    """Reads the plans of a text; `drafts` and `notes` are what it found."""

    def __init__(self) -> None:
        self.drafts: list[Draft] = []
        self.notes: list[PlanNote] = []
        self.prelude: list[Logical] = []
        self.between = False

    def read(self, lines: Sequence[Line]) -> None:
        """Read all lines, then complete what the text format leaves out."""
        for line in logical(lines):
            self._line(line)
        self._unread(self.prelude, "this is no line of the plan")
        for draft in self.drafts:
            complete(draft.raw["Plan"])
            self._look_at_end(draft)

    def _line(self, line: Logical) -> None:
        draft = self.drafts[-1] if self.drafts else None
        arrow = ARROW.match(line.text)
        if OPENING.match(line.text):
            self.between = True
        if self.between and not (ROOT.match(line.text) and FIGURES.search(line.text)):
            self.prelude.append(line)
        elif draft is not None and arrow:
            self._child(draft, line, arrow.end(), line.text.index("->"))
        elif self._is_root(line, draft):
            self._root(line)
        elif draft is None or not self._belongs(draft, line):
            self.prelude.append(line)

    def _is_root(self, line: Logical, draft: Draft | None) -> bool:
        if not ROOT.match(line.text):
            return draft is None and bool(FIGURES.search(line.text)) and not LABEL.match(line.text)
        return (
            draft is None
            or self.between
            or line.indent <= draft.column
            or (draft.ended and bool(COST.search(line.text)))
        )

    def _root(self, line: Logical) -> None:
        text = line.text
        arrow = ARROW.match(text)
        raw, whole = head(text[arrow.end() :] if arrow else text)
        raw["_line"] = line.number
        statement: Raw = {"Plan": raw}
        if self.prelude:
            statement |= self._query()
        draft = Draft(line.number, statement, [(line.indent, raw)], last=line.number)
        if not whole:
            draft.cut = text
        self.drafts.append(draft)
        self.between = False

    def _query(self) -> Raw:
        """What stood before the plan: the query of auto_explain, or words that are no part of it."""
        lines, self.prelude = self.prelude, []
        found: Raw = {}
        for position, line in enumerate(lines):
            label = LABEL.match(line.text)
            if label and label[1] == "Query Text":
                texts = [line.text[label.end() :], *(one.text for one in lines[position + 1 :])]
                query, _, parameters = "\n".join(texts).partition("\nQuery Parameters: ")
                found["Query Text"] = query.strip()
                if parameters:
                    found["Query Parameters"] = parameters
                break
            if milliseconds := DURATION.match(line.text):
                found["Execution Time"] = float(milliseconds[1])
            else:
                self._unread([line], "before the plan")
        return found

    def _child(self, draft: Draft, line: Logical, begin: int, column: int) -> None:
        raw, whole = head(line.text[begin:])
        raw["_line"] = line.number
        while len(draft.stack) > 1 and draft.stack[-1][0] >= column:
            draft.stack.pop()
        draft.columns.append(column)
        parent = draft.node
        if draft.subplan is not None:
            raw["Subplan Name"], draft.subplan = draft.subplan, None
        parent.setdefault("Plans", []).append(raw)
        draft.stack.append((column, raw))
        draft.groups.clear()
        draft.cut = None if whole else line.text
        draft.last = line.number

    def _belongs(self, draft: Draft, line: Logical) -> bool:
        """Put a line into the plan; False where it is no part of it."""
        draft.last = line.number
        draft.cut = None
        if subplan := SUBPLAN.match(line.text):
            while len(draft.stack) > 1 and draft.stack[-1][0] >= line.indent:  # it belongs beside the inputs above it
                draft.stack.pop()
            draft.subplan = subplan[1].strip()
            return True
        while draft.groups and draft.groups[-1][0] >= line.indent:
            draft.groups.pop()
        if worker := WORKER.match(line.text):
            self._worker(draft, line, int(worker[1]), line.text[worker.end() :])
            return True
        if TRIGGER.match(line.text):
            draft.raw.setdefault("Triggers", []).append(_trigger(line.text.strip()))
            draft.ended = True
            return True
        table = target_table(line.text)
        if table is not None and draft.node.get("Operation"):
            draft.node.setdefault("Target Tables", []).append(dict(table))
            return True
        label = LABEL.match(line.text)
        if label is None:
            return False
        return self._labelled(draft, line, label[1], line.text[label.end() :].strip(" "))

    def _labelled(self, draft: Draft, line: Logical, label: str, value: str) -> bool:
        of_plan = label in PLAN_LABELS and not draft.groups and (label not in properties.KNOWN)
        if of_plan and (line.indent <= draft.column + 1 or label not in {"JIT", "Memory"}):
            return self._of_plan(draft, line, label, value)
        if draft.groups:
            return self._grouped(draft, line, label, value)
        if label == "JIT":
            self._open(draft, line, draft.node.setdefault("JIT", {}))
            return True
        if value.count("(") != value.count(")") and label not in properties.COMPOSED:
            draft.cut = line.text
        self._property(draft.node, line, label, value)
        return True

    def _property(self, raw: Raw, line: Logical, label: str, value: str) -> None:
        if label in {"Hash Key", "Group Key", "Sort Key"} and raw.get("Node Type") == "Aggregate":
            _grouping(raw, label, value)
        elif not properties.add(label, value, raw):
            self._unread([line], "this value is not of the form that its label has")

    def _open(self, draft: Draft, line: Logical, group: Raw) -> None:
        draft.groups.append((line.indent, group))

    def _of_plan(self, draft: Draft, line: Logical, label: str, value: str) -> bool:
        draft.ended = True
        if label in TIMES:
            milliseconds = MILLISECONDS.search(value)
            if milliseconds is None:
                return False
            draft.raw[TIMES[label]] = float(milliseconds[1])
        elif label in {"Planning", "JIT"}:
            self._open(draft, line, draft.raw.setdefault(label, {}))
        elif label == "Serialization":
            self._open(draft, line, draft.raw.setdefault(label, _serialization(value)))
        elif label == "Settings":
            draft.raw["Settings"] = dict(properties.settings(value))
        else:
            draft.raw[label] = value
        return True

    def _grouped(self, draft: Draft, line: Logical, label: str, value: str) -> bool:
        group = draft.groups[-1][1]
        if label == "JIT":
            self._open(draft, line, group.setdefault("JIT", {}))
        elif label == "Options":
            group[label] = properties.jit_options(value)
        elif label == "Timing":
            group[label] = properties.jit_timing(value)
        elif label == "Memory":
            for name, size in re.findall(r"(used|allocated)=(\d+)", value):
                group[f"Memory {name.title()}"] = int(size)
        else:
            self._property(group, line, label, value)
        return True

    def _worker(self, draft: Draft, line: Logical, number: int, rest: str) -> None:
        workers = draft.node.setdefault("Workers", [])
        worker = next((one for one in workers if one["Worker Number"] == number), None)
        if worker is None:
            worker = {"Worker Number": number}
            workers.append(worker)
        self._open(draft, line, worker)
        if ran := RUN.match(rest):
            worker |= run(ran)
        elif label := LABEL.match(rest):
            self._grouped(draft, line, label[1], rest[label.end() :].strip())
        elif rest.strip() not in {"", "never executed"}:
            self._unread([line], "this is not known of a worker")

    def _unread(self, lines: Iterable[Logical], reason: str) -> None:
        self.notes.extend(PlanNote(reason=reason, line=one.number, text=one.text.strip()[:EXCERPT]) for one in lines)

    def _look_at_end(self, draft: Draft) -> None:
        missing = incomplete_nodes(draft.raw["Plan"])
        open_nodes = {id(node) for _, node in draft.stack}
        if len(set(draft.columns)) == 1 and any(id(node) not in open_nodes for node in missing):
            raise InputError(
                "this PostgreSQL plan has lost its indentation, which alone says what belongs below what",
                where=f"line {draft.line}",
                remedy="Copy it as it stands (into a code block), or give the output of EXPLAIN (FORMAT JSON)",
            )
        if draft.cut is None and not missing:
            return
        draft.raw["_truncated"] = True
        why = f"{missing[0]['Node Type']} lacks an input" if missing else "the last line is not whole"
        self.notes.append(
            PlanNote(
                reason=f"the plan stops here: {why}; what was read until here is in the tree",
                line=draft.last,
                text=draft.cut.strip()[:EXCERPT] if draft.cut else None,
            )
        )


def _trigger(text: str) -> Raw:
    """`Trigger for constraint x on t: time=1.2 calls=3`, `Trigger name on t: calls=1`."""
    match = re.fullmatch(rf"Trigger (.*?): (?:time=({NUMBER}) )?calls=(\d+).*", text, re.DOTALL)
    if match is None:
        return {"Trigger Name": text, "Calls": 0}
    name, found = match[1], {"Calls": int(match[3])}
    raw: Raw = {**found, **({"Time": float(match[2])} if match[2] else {})}
    if " on " in name:
        name, _, raw["Relation"] = name.rpartition(" on ")
    constraint = re.match(r"(?:(.*) )?for constraint (.*)", name)
    if constraint:
        raw["Constraint Name"] = constraint[2]
        name = constraint[1] or ""
    if name:
        raw["Trigger Name"] = name
    return raw


def _serialization(value: str) -> Raw:
    """`time=0.1 ms  output=1kB  format=text`."""
    found: Raw = {}
    for name, key, convert in (("time", "Time", float), ("output", "Output Volume", int)):
        if match := re.search(rf"{name}=({NUMBER})", value):
            found[key] = convert(match[1])
    form = re.search(r"format=(\w+)", value)
    return {**found, "Format": form[1] if form else "text"}


def _grouping(raw: Raw, label: str, value: str) -> None:
    """The keys of an Aggregate. One Group Key alone is simple grouping; anything more is grouping sets, a Sort Key beginning a new one."""
    keys = [] if value == "()" else split_list(value)
    sets: list[Raw] = raw.setdefault("_sets", [])
    if label == "Sort Key":
        sets.append({"Sort Key": keys})
        return
    kind = f"{label}s"
    if not sets or (kind not in sets[-1] and len(sets[-1]) > ("Sort Key" in sets[-1])) or kind == "Hash Keys":
        sets.append({})
    sets[-1].setdefault(kind, []).append(keys)
