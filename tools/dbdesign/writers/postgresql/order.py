"""In which order objects are made: what others need first, and otherwise as a reader expects them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from dbdesign.model.relations import Relations
from dbdesign.model.schema import (
    Carried,
    CompositeType,
    Domain,
    EnumType,
    Routine,
    Schema,
    Sequence,
    Table,
    View,
    label,
)
from dbdesign.model.types import DataType

Creatable = Carried | CompositeType | Domain | EnumType | Routine | Sequence | Table | View
_WORD = re.compile(r"""(?:(?:[^\W\d][\w$]*|"(?:[^"]|"")+")\.)?(?:[^\W\d][\w$]*|"(?:[^"]|"")+")""")
_ROW_TYPE = re.compile(r"""((?:[^\W\d][\w$]*\.)?[^\W\d][\w$]*)%(?:rowtype|type)""", re.IGNORECASE)
_BODY = re.compile(r"\bAS\s+(?:\$|'|E')|\bBEGIN\s+ATOMIC\b|\bRETURN\b", re.IGNORECASE)
_DOLLAR = re.compile(r"\$\w*\$")
_STRING_BODY = re.compile(r"\bAS\s+(?:\$|'|E')", re.IGNORECASE)
# Made after everything that they could fire on, apply to or speak of.
_LAST = ("publication", "event trigger", "comment", "grant", "default privileges")


@dataclass
class Plan:
    """The objects in order; `loose_bodies` if an SQL function must be made before something that its body names."""

    objects: list[Creatable] = field(default_factory=list)
    last: list[Carried] = field(default_factory=list)
    loose_bodies: bool = False


def plan(schema: Schema, *, carried: bool = True) -> Plan:
    """Depth first over what each object needs, in the order in which a person would list them.

    Without `carried`, routines and carried objects come only where a type, table or view needs them.
    """
    return _Planner(schema).plan(carried=carried)


class _Planner:
    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._by_label: dict[str, list[Creatable]] = defaultdict(list)
        self._listed = list(self._in_usual_order())
        for one in self._listed:
            if not isinstance(one, Carried) or one.kind == "range type":
                self._by_label[label(one.namespace, one.name)].append(one)
        self._routines = {one.label for one in schema.routines}
        self._done: set[int] = set()
        self._open: set[int] = set()
        self._result = Plan()

    def plan(self, *, carried: bool) -> Plan:
        for one in self._listed:
            if carried or not isinstance(one, Routine | Carried) or one.kind in {"collation", "range type"}:
                self._visit(one)
        if not carried:
            return self._result
        last = (one for one in self._schema.carried if one.kind in _LAST)
        self._result.last = sorted(last, key=lambda one: _LAST.index(one.kind))
        return self._result

    def _in_usual_order(self) -> Iterator[Creatable]:
        schema = self._schema
        yield from (one for one in schema.carried if one.kind == "collation")
        yield from schema.enums
        yield from (one for one in schema.carried if one.kind == "range type")
        yield from schema.composites
        yield from schema.domains
        yield from schema.sequences
        apart = {"collation", "range type", *_LAST}
        yield from (one for one in schema.carried if one.before_tables and one.kind not in apart)
        yield from Relations(schema).load_order()
        yield from schema.views
        yield from (one for one in schema.routines if one.kind != "aggregate")
        yield from (one for one in schema.routines if one.kind == "aggregate")
        yield from (one for one in schema.carried if not one.before_tables and one.kind not in _LAST)

    def _visit(self, start: Creatable) -> None:
        """Without recursion: views may stand on views a thousand deep."""
        stack: list[tuple[Creatable, Iterator[Creatable]]] = []
        self._enter(start, stack)
        while stack:
            one, needed = stack[-1]
            following = next(needed, None)
            if following is None:
                stack.pop()
                self._open.discard(id(one))
                self._done.add(id(one))
                self._result.objects.append(one)
            elif id(following) in self._open:
                self._result.loose_bodies |= any(isinstance(item, Routine) for item, _ in stack)
            else:
                self._enter(following, stack)

    def _enter(self, one: Creatable, stack: list[tuple[Creatable, Iterator[Creatable]]]) -> None:
        if id(one) not in self._done and id(one) not in self._open:
            self._open.add(id(one))
            stack.append((one, iter(self._needed(one))))

    def _needed(self, one: Creatable) -> list[Creatable]:
        labels = dict.fromkeys(self._labels_needed(one))
        found = [other for name in labels for other in self._by_label.get(name, ()) if other is not one]
        if isinstance(one, Routine):  # overloads of its own name are no reason to wait
            found = [other for other in found if not (isinstance(other, Routine) and other.label == one.label)]
        return found

    def _labels_needed(self, one: Creatable) -> Iterator[str]:
        if isinstance(one, Table):
            yield from self._of_table(one)
        elif isinstance(one, Domain):
            yield from type_labels(one.type)
            yield from self._called(check.expression for check in one.checks)
            yield from self._called([one.default or ""])
        elif isinstance(one, CompositeType):
            for field_ in one.fields:
                yield from type_labels(field_.type)
        elif isinstance(one, View):
            yield from one.depends_on or self._words(one.definition)
            yield from self._called([one.definition])
        elif isinstance(one, Routine):
            yield from self._of_routine(one)
        elif isinstance(one, Carried):
            yield from self._words(one.sql)

    def _of_table(self, table: Table) -> Iterator[str]:
        for column in table.columns:
            yield from type_labels(column.type)
        if "of_type" in table.options:
            yield from self._words(table.options["of_type"])
        yield from table.inherits
        if table.partition_of:
            yield table.partition_of.label
        yield from self._called(_expressions(table))

    def _of_routine(self, routine: Routine) -> Iterator[str]:
        yield from routine.depends_on
        if routine.kind == "aggregate":
            yield from self._words(routine.definition)
            return
        body = _BODY.search(routine.definition)
        if not routine.depends_on:
            head = routine.definition[: body.start() if body else None]  # its arguments may be named like routines
            yield from (name for name in self._words(head) if name not in self._routines)
        text = _STRING_BODY.search(routine.definition)
        if routine.language == "sql" and text:
            yield from self._words(_DOLLAR.sub(" ", routine.definition[text.start() :]))
        elif routine.language == "plpgsql":
            yield from (match.group(1) for match in _ROW_TYPE.finditer(routine.definition))

    def _words(self, text: str) -> Iterator[str]:
        """Every word of a text that names something of this schema."""
        for match in _WORD.finditer(text):
            name = match.group().replace('"', "").removeprefix("public.")
            if name in self._by_label:
                yield name

    def _called(self, expressions: Iterable[str]) -> Iterator[str]:
        """The schema's routines that expressions call."""
        if self._routines:
            for text in expressions:
                yield from (name for name in self._words(text) if name in self._routines)


def type_labels(data_type: DataType) -> Iterator[str]:
    """The named types that a type is made of."""
    if data_type.name is not None:
        yield str(data_type.name)
    if data_type.element is not None:
        yield from type_labels(data_type.element)


def _expressions(table: Table) -> Iterator[str]:
    for column in table.columns:
        yield from filter(None, (column.default, column.generated.expression if column.generated else None))
    yield from (check.expression for check in table.checks)
    for index in table.indexes:
        yield from filter(None, (index.where, *(key.expression for key in index.keys)))
    for exclusion in table.exclusions:
        yield from filter(None, (exclusion.where, *(key.expression for key in exclusion.keys)))
    if table.partitioning:
        yield from (key.expression for key in table.partitioning.keys if key.expression)
