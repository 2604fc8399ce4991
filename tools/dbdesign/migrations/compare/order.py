"""The order of operations: stages that hold for every schema, and within and across them what needs what."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from heapq import heapify, heappop, heappush

from dbdesign.migrations.compare.tables import parents
from dbdesign.model.migration import Operation
from dbdesign.model.relations import strongly_connected
from dbdesign.model.schema import Column, CompositeType, Domain, Routine, Schema, Sequence, Table, Trigger, View, label
from dbdesign.model.types import DataType

_WORD = re.compile(r"""(?:(?:[^\W\d][\w$]*|"(?:[^"]|"")+")\.)?(?:[^\W\d][\w$]*|"(?:[^"]|"")+")""")
_RELATIONS = {"table", "view", "sequence"}
_TYPES = {"enum", "domain", "composite"}

_STAGES: tuple[tuple[tuple[str, ...], str], ...] = (
    (("add",), "namespace extension"),
    (("rename",), "namespace extension enum domain composite sequence table view routine"),
    (("rename",), "column"),
    (("rename",), "*"),
    (("drop",), "trigger policy"),
    (("drop",), "view routine"),
    (("drop",), "foreign key"),
    (("drop",), "check exclusion index unique key"),
    (("drop",), "primary key"),
    (("drop",), "partition"),
    (("add", "alter"), "enum domain composite sequence"),
    (("add",), "carried"),
    (("add", "alter"), "table"),
    (("add", "alter"), "partitioning"),
    (("add", "alter"), "column"),
    (("alter",), "view routine"),
    (("add", "alter"), "partition"),
    (("add", "alter"), "primary key"),
    (("add", "alter"), "unique key"),
    (("add", "alter"), "exclusion index"),
    (("add", "alter"), "check"),
    (("add", "alter"), "foreign key"),
    (("add",), "view routine"),
    (("rebuild",), "column primary key unique key foreign key index check view routine"),
    (("add", "alter", "rebuild"), "trigger"),
    (("add", "alter", "rebuild"), "policy"),
    (("add", "alter", "drop"), "row security"),
    (("alter", "rebuild"), "carried"),
    (("add", "alter", "drop"), "option"),
    (("add", "alter", "drop"), "owner"),
    (("add", "alter", "drop"), "grant"),
    (("add", "alter", "drop"), "comment"),
    (("drop",), "carried"),
    (("drop",), "partitioning"),
    (("drop",), "column"),
    (("drop",), "table"),
    (("drop",), "sequence"),
    (("drop",), "domain composite enum"),
    (("drop",), "extension namespace"),
)
"""What comes first where nothing needs anything. Kinds of two words are found as a whole in the words of a stage."""


def _stages() -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    kinds = (
        "namespace", "extension", "enum", "domain", "composite", "sequence", "table", "column", "primary key", "unique key", "foreign key",
        "check", "exclusion", "index", "partitioning", "partition", "trigger", "policy", "row security", "grant", "owner", "comment",
        "option", "view", "routine", "carried",
    )  # fmt: skip
    for number, (actions, words) in enumerate(_STAGES):
        for kind in kinds:
            if words == "*" or re.search(rf"(?:^| ){kind}(?: |$)", words):
                for action in actions:
                    found.setdefault((action, kind), number)
    return found


_STAGE = _stages()


def stage(operation: Operation) -> int:
    """The stage that an operation belongs to."""
    return _STAGE.get((operation.action, operation.kind), len(_STAGES))


def ordered(operations: Iterable[Operation], after: Schema) -> tuple[list[Operation], list[str]]:
    """The operations so that each finds what it needs, and notes on those that stand in a true cycle."""
    listed = list(operations)
    needs = _Needs(listed, after).edges()
    notes = _break_cycles(listed, needs)
    following: dict[int, list[int]] = defaultdict(list)
    open_needs = {number: len(needs[number]) for number in range(len(listed))}
    for number, needed in needs.items():
        for one in needed:
            following[one].append(number)
    ready = [(stage(listed[number]), number) for number, count in open_needs.items() if not count]
    heapify(ready)
    result: list[Operation] = []
    while ready:
        _, number = heappop(ready)
        result.append(listed[number])
        for one in following[number]:
            open_needs[one] -= 1
            if not open_needs[one]:
                heappush(ready, (stage(listed[one]), one))
    return result, notes


def _break_cycles(operations: list[Operation], needs: dict[int, set[int]]) -> list[str]:
    """Takes needs out of cycles, weakest first (towards a later stage), and names who was in them."""
    notes: list[str] = []
    while True:
        graph = {str(number): [str(one) for one in needed] for number, needed in needs.items()}
        cycles = [list(map(int, group)) for group in strongly_connected(graph) if len(group) > 1]
        if not cycles:
            return notes
        for group in cycles:
            inside = set(group)
            names = ", ".join(sorted(f"{operations[one].kind} {operations[one].name}" for one in group))
            notes.append(f"these need one another, and no order suits them all: {names}")
            first = min(group, key=lambda one: (stage(operations[one]), one))
            needs[first] -= inside


class _Needs:
    """Which operation has to come behind which."""

    def __init__(self, operations: list[Operation], after: Schema) -> None:
        self._operations = operations
        self._after = after
        self._added: dict[str, list[int]] = defaultdict(list)
        self._dropped: dict[str, list[int]] = defaultdict(list)
        self._parts: dict[tuple[str, str, str], int] = {}
        for number, one in enumerate(operations):
            if one.table is None and one.kind not in {"comment", "owner", "grant", "option"}:
                name = _bare(one)
                if one.action in {"add", "alter", "rebuild"}:
                    self._added[name].append(number)
                elif one.action == "drop":
                    self._dropped[name].append(number)

    def edges(self) -> dict[int, set[int]]:
        """By an operation's number, the numbers of those before it."""
        found: dict[int, set[int]] = {number: set() for number in range(len(self._operations))}
        for number, one in enumerate(self._operations):
            if one.action in {"add", "alter", "rebuild"}:
                for name in _needed(one, one.after, self._added.keys()):
                    found[number] |= {
                        other
                        for other in self._added[name]
                        if other != number and not _overload(one, self._operations[other])
                    }
                if one.action == "add" and one.table is None:
                    found[number] |= {
                        other for other in self._dropped[_bare(one)] if _share(one, self._operations[other])
                    }
            if one.action in {"drop", "alter"}:
                for name in _needed(one, one.before, self._dropped.keys()):
                    for other in self._dropped[name]:
                        if other != number and not _overload(one, self._operations[other]):
                            found[other].add(number)
        self._columns(found)
        self._children(found)
        return found

    def _children(self, found: dict[int, set[int]]) -> None:
        """What a child's column becomes comes behind what its parent's becomes, which reaches the child."""
        by_column = {
            (one.table, one.name): number
            for number, one in enumerate(self._operations)
            if one.kind == "column" and one.action in {"add", "alter", "drop"}
        }
        for (place, name), number in by_column.items():
            table = self._after.table_by_label.get(place or "")
            for parent in parents(table) if table else ():
                if (parent, name) in by_column:
                    found[number].add(by_column[parent, name])
        for number, one in enumerate(self._operations):
            if one.kind == "table" and one.action == "add" and isinstance(one.after, Table):
                named = set(parents(one.after))
                found[number] |= {other for (place, _), other in by_column.items() if place in named}

    def _columns(self, found: dict[int, set[int]]) -> None:
        """A table goes behind everything that is done in it; its parts come behind the table."""
        by_table: dict[str, list[int]] = defaultdict(list)
        for number, one in enumerate(self._operations):
            if one.table is not None:
                by_table[one.table].append(number)
        for number, one in enumerate(self._operations):
            if one.kind in {"table", "view"} and one.action == "drop":
                gone = one.before.label if isinstance(one.before, Table | View) else one.name
                found[number] |= {other for other in by_table[gone] if self._operations[other].action == "drop"}
            elif one.kind in {"table", "view"} and one.action in {"add", "rename", "rebuild"}:
                for other in by_table[one.name]:
                    if self._operations[other].action in {"add", "alter", "rename"}:
                        found[other].add(number)


def _overload(one: Operation, other: Operation) -> bool:
    """Whether both are routines of one name."""
    return one.kind == other.kind == "routine" and _bare(one) == _bare(other)


def _share(one: Operation, other: Operation) -> bool:
    """Whether two objects cannot have one name at the same time."""
    groups = (_RELATIONS, _TYPES | {"table", "view"})
    return (one.kind == other.kind and one.name == other.name) or any(
        one.kind in group and other.kind in group for group in groups
    )


def _bare(operation: Operation) -> str:
    """The label without a routine's arguments or a carried object's kind."""
    part = operation.after if operation.after is not None else operation.before
    if isinstance(part, Routine):
        return part.label
    if operation.kind == "carried":
        return label(getattr(part, "namespace", None), getattr(part, "name", operation.name))
    return operation.name


def _needed(operation: Operation, part: object, known: Iterable[str]) -> Iterator[str]:
    """The labels of objects that a part needs, among the known ones."""
    names = known if isinstance(known, set) else set(known)
    if not names or part is None:
        return
    own = _bare(operation) if operation.table is None else None
    for name in _named(part):
        if name in names and name != own:
            yield name


def _named(part: object) -> Iterator[str]:
    """Every name in a part that may be one of an object."""
    match part:
        case Table():
            yield from _of_table(part)
        case Column():
            yield from _of_column(part)
        case Domain():
            yield from _of_type(part.type)
            yield from _words(part.default, *(one.expression for one in part.checks))
        case CompositeType():
            for field in part.fields:
                yield from _of_type(field.type)
        case View() | Routine():
            yield from part.depends_on
            yield from _words(part.definition)
        case Trigger():
            yield from _words(part.definition)
        case Sequence():
            yield (part.owned_by or "").rpartition(".")[0]
        case _:
            yield from _others(part)


def _of_table(table: Table) -> Iterator[str]:
    yield from parents(table)
    yield table.namespace or ""
    for column in table.columns:
        yield from _of_column(column)
    yield from _words(*(one.expression for one in table.checks))
    yield from _words(
        *(key.expression for one in table.indexes for key in one.keys), *(one.where for one in table.indexes)
    )


def _others(part: object) -> Iterator[str]:
    references = getattr(part, "references", None)
    if isinstance(references, str):
        yield references
    parent = getattr(part, "label", None)
    if isinstance(parent, str):
        yield parent
    for field in ("expression", "using", "check", "where", "sql"):
        text = getattr(part, field, None)
        if isinstance(text, str):
            yield from _words(text)
    for key in getattr(part, "keys", ()):
        yield from _words(getattr(key, "expression", None))


def _of_column(column: Column) -> Iterator[str]:
    yield from _of_type(column.type)
    yield from _words(column.default, column.generated.expression if column.generated else None)


def _of_type(data_type: DataType) -> Iterator[str]:
    if data_type.name is not None:
        yield str(data_type.name)
    if data_type.element is not None:
        yield from _of_type(data_type.element)


def _words(*texts: str | None) -> Iterator[str]:
    for text in texts:
        if text:
            for match in _WORD.finditer(text):
                yield match.group().replace('"', "").removeprefix("public.")
