"""The queries of a program that uses Prisma's client: `prisma.order.findMany({ where, orderBy, take })` as the SQL that it sends.

What is told of each call is what decides about indexes: conditions, order, limit, and the rows of relations that are read with it, which
Prisma fetches with queries of their own (its manual, "Relation queries", load strategy `query`). Conditions that are added only
sometimes (`...(role && { role })`) make a query of their own each, beside the one without them. Nothing is guessed: a call whose filter
is known only when the program runs is listed as such.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dbdesign.model.workload import Query
from dbdesign.readers.prisma.filters import Conditions, NotKnownError
from dbdesign.readers.prisma.models import Declarations, Model
from dbdesign.readers.prisma.syntax import FieldSyntax
from dbdesign.readers.typescript import UNDEFINED, ObjectValue, Program, Value, is_constant
from dbdesign.readers.typescript.syntax import argument_of, call_of_method, line_of
from dbdesign.readers.typescript.values import Operation, Spread

if TYPE_CHECKING:
    from tree_sitter import Node

_READS = (
    "findUnique",
    "findUniqueOrThrow",
    "findFirst",
    "findFirstOrThrow",
    "findMany",
    "count",
    "aggregate",
    "groupBy",
)
_WRITES = ("updateMany", "update", "deleteMany", "delete", "upsert")
_ARGUMENTS = frozenset(
    ("where", "data", "select", "include", "omit", "orderBy", "take", "skip", "cursor", "distinct", "by", "having", "create", "update",
     "_count", "_sum", "_avg", "_min", "_max")
)  # fmt: skip
_ONE = frozenset(("findUnique", "findUniqueOrThrow", "findFirst", "findFirstOrThrow"))
MOST_OPTIONAL = 3
"""Conditions that are added only sometimes, each of which is taken for a query of its own."""
MOST_QUERIES = 5_000
DEEPEST_INCLUDE = 6


@dataclass
class Calls:
    """What is found.

    Attributes:
        queries: named by model, method and place: `order.findMany src/orders.ts:12`.
        unknown: places of calls whose filter or order is known only when the program runs.
    """

    queries: list[Query] = field(default_factory=list)
    unknown: list[tuple[str, int]] = field(default_factory=list)


def read_calls(program: Program, found: Declarations) -> Calls:
    """The queries of all files, those with the same text once."""
    return _Reading(program, found).read()


class _Reading:
    def __init__(self, program: Program, found: Declarations) -> None:
        self.program = program
        self.found = found
        self.models = {f"{one.name[:1].lower()}{one.name[1:]}": one for one in found.models.values()}
        names = "|".join(map(re.escape, sorted(self.models, key=len, reverse=True))) or "(?!)"
        self.call = re.compile(rf"\.\s*({names})\s*[?!]?\s*\.\s*({'|'.join((*_READS, *_WRITES))})\s*(?=[<(])".encode())
        self.calls = Calls()
        self.texts: set[str] = set()

    def read(self) -> Calls:
        for path in self.program.paths:
            text = self.program.files[path].removeprefix("\ufeff").encode("utf-8", "surrogatepass")
            places = [(one.start(2), one[1].decode(), one[2].decode()) for one in self.call.finditer(text)]
            root = self.program.module(path).syntax.root if places else None
            for start, model, method in places if root is not None else ():
                call = call_of_method(root.descendant_for_byte_range(start, start + 1)) if root else None
                if call is not None and len(self.calls.queries) < MOST_QUERIES:
                    self._call(path, call, self.models[model], model, method)
        return self.calls

    def _call(self, path: str, call: Node, model: Model, name: str, method: str) -> None:
        first = argument_of(call, 0)
        value: Value = self.program.scope_at(path, call).evaluate(first) if first is not None else ObjectValue()
        place = f"{path}:{line_of(call)}"
        if not isinstance(value, ObjectValue) or not set(value) <= _ARGUMENTS:
            if not isinstance(value, ObjectValue) and not is_constant(value):
                self.calls.unknown.append((path, line_of(call)))
            return
        try:
            statements = list(self._statements(model, method, value))
        except NotKnownError:
            self.calls.unknown.append((path, line_of(call)))
            return
        for number, (label, sql) in enumerate(statements):
            if sql not in self.texts:
                self.texts.add(sql)
                more = f" ({label})" if label else f" ({number + 1})" if number else ""
                self.calls.queries.append(Query(name=f"{name}.{method} {place}{more}", sql=sql))

    def _statements(self, model: Model, method: str, said: ObjectValue) -> Iterator[tuple[str, str]]:
        for where in _filters(said.get("where", UNDEFINED)):
            yield "", self._statement(model, method, said, where)
        if method in _READS:
            yield from self._related(model, said, 0)

    def _statement(self, model: Model, method: str, said: ObjectValue, where: ObjectValue) -> str:
        writer = Conditions(self.found)
        table, condition = writer.table(model), writer.where(model, where, "t0")
        filtered = f" WHERE {condition}" if condition else ""
        if method in {"delete", "deleteMany"}:
            return f"DELETE FROM {table} AS t0{filtered}"
        if method in {"update", "updateMany"} and (changed := self._changed(model, said.get("data"), writer)):
            return f"UPDATE {table} AS t0 SET {changed}{filtered}"
        if method == "groupBy":
            keys = ", ".join(f"t0.{writer.name(one.mapped)}" for one in self._grouped(model, said.get("by")))
            return f"SELECT {keys}, count(*) FROM {table} AS t0{filtered} GROUP BY {keys}"
        if method in {"count", "aggregate"}:
            return f"SELECT count(*) FROM {table} AS t0{filtered}"
        order = writer.order(model, said.get("orderBy", UNDEFINED), "t0")
        limit = " LIMIT 1" if method in _ONE else writer.limit(said.get("take", UNDEFINED), said.get("skip", UNDEFINED))
        return f"SELECT {self._columns(model, said.get('select'), writer)} FROM {table} AS t0{filtered}{order}{limit}"

    def _columns(self, model: Model, chosen: Value, writer: Conditions) -> str:
        if not isinstance(chosen, ObjectValue) or chosen.spreads:
            return "t0.*"
        names = [model.columns[one].mapped for one in chosen if one in model.columns]
        return ", ".join(f"t0.{writer.name(one)}" for one in names) or "t0.*"

    def _changed(self, model: Model, data: Value, writer: Conditions) -> str:
        fields = [one for one in data if one in model.columns] if isinstance(data, ObjectValue) else []
        return ", ".join(f"{writer.name(model.columns[one].mapped)} = {writer.parameter()}" for one in fields)

    def _grouped(self, model: Model, by: Value) -> list[FieldSyntax]:
        listed = by if isinstance(by, list) else [by]
        if not listed or any(not isinstance(one, str) or one not in model.columns for one in listed):
            raise NotKnownError
        return [model.columns[str(one)] for one in listed]

    # --- rows of relations ---

    def _related(self, model: Model, said: ObjectValue, depth: int) -> Iterator[tuple[str, str]]:
        """Queries for the rows of relations that are lists; single ones are read by their keys."""
        chosen = said.get("include", UNDEFINED) if "include" in said else said.get("select", UNDEFINED)
        for name, inner in chosen.items() if isinstance(chosen, ObjectValue) and depth < DEEPEST_INCLUDE else ():
            if name not in model.relations or inner is False or inner is UNDEFINED:
                continue
            relation = model.relations[name]
            other = self.found.models[relation.type]
            options = inner if isinstance(inner, ObjectValue) else ObjectValue()
            if relation.arity == "[]" and (sql := self._of_parent(model, name, other, options)):
                yield f"{name} of {model.name}", sql
            yield from self._related(other, options, depth + 1)

    def _of_parent(self, model: Model, name: str, other: Model, options: ObjectValue) -> str | None:
        writer = Conditions(self.found)
        held = writer.held_by(model, name)
        if held is None:
            return None
        keys = " AND ".join(f"t0.{writer.name(one)} {writer.among()}" for one, _ in held)
        (where, *_) = _filters(options.get("where", UNDEFINED))
        condition = writer.where(other, where, "t0")
        order = writer.order(other, options.get("orderBy", UNDEFINED), "t0")
        return f"SELECT t0.* FROM {writer.table(other)} AS t0 WHERE {keys}{f' AND {condition}' if condition else ''}{order}"


def _filters(value: Value) -> list[ObjectValue]:
    """The filters that a `where` stands for: without what is added sometimes, and with each of it alone."""
    if value is UNDEFINED or value is None:
        return [ObjectValue()]
    if not isinstance(value, ObjectValue):
        raise NotKnownError
    base = ObjectValue(value.line)
    base.update(value)
    optional = [_sometimes(one) for one in value.spreads]
    found = [base]
    for extra in optional[:MOST_OPTIONAL]:
        if extra:
            both = ObjectValue(value.line)
            both.update(base)
            both.update(extra)
            found.append(both)
    return found


def _sometimes(value: Value) -> ObjectValue:
    """What a spread adds when it adds something. Raises `NotKnownError` where it may always add something that is not known."""
    if isinstance(value, Spread):
        return _sometimes(value.value)
    if isinstance(value, Operation) and value.operator == "&&":
        return value.operands[-1] if isinstance(value.operands[-1], ObjectValue) else ObjectValue()
    if isinstance(value, Operation) and value.operator == "?":
        branches = [one for one in value.operands[1:] if isinstance(one, ObjectValue)]
        if any(not one and not one.spreads for one in branches):
            return next((one for one in branches if one), ObjectValue())
    raise NotKnownError


def queries_of(files: Mapping[str, str]) -> Calls:
    """The queries of a program's files, by the schema among them (`.prisma`).

    Raises:
        InputError: no model is declared in them, or they are for MongoDB.
    """
    from dbdesign.errors import InputError
    from dbdesign.readers.prisma.models import declarations
    from dbdesign.readers.prisma.parser import parse
    from dbdesign.readers.prisma.roots import one_schema
    from dbdesign.readers.prisma.settings import settings

    schemas, _ = one_schema({path: text for path, text in files.items() if path.endswith(".prisma")}, None)
    document = parse(schemas)
    said = settings(document, {}, None)
    found = declarations(document, said)
    if not found.models or said.is_document:
        raise InputError(
            "no model of a relational database is declared by Prisma here",
            remedy="Give the folder that holds schema.prisma and the sources, or the queries as SQL",
        )
    return read_calls(Program({path: text for path, text in files.items() if not path.endswith(".prisma")}), found)
