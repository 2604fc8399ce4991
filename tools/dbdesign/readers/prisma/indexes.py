"""Indexes and keys: what `@id`, `@unique`, `@@index` and their arguments become in SQL."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from dbdesign.dialects.prisma import INDEX_TYPES, constraint_name, operator_class
from dbdesign.model.schema import Engine
from dbdesign.readers.prisma.columns import quoted
from dbdesign.readers.prisma.defaults import literal
from dbdesign.readers.prisma.models import Declarations, Model
from dbdesign.readers.prisma.soundness import is_predicate
from dbdesign.readers.prisma.syntax import Argument, Attribute, Expression, FieldSyntax

_CLASS = re.compile(r"[A-Za-z_][\w.]*(?:\s*\([\w\s=,.']*\))?\Z")
SORTS = {"Asc": "ASC", "Desc": "DESC"}


@dataclass(frozen=True)
class IndexDraft:
    """An index to be; `keys` is SQL."""

    name: str
    keys: list[str]
    line: int
    kind: str = ""
    method: str | None = None
    where: str | None = None
    clustered: bool | None = None
    columns: list[str] = field(default_factory=list)


class Indexes:
    """Makes the indexes of models."""

    def __init__(self, found: Declarations) -> None:
        self.found = found
        self.engine = found.settings.engine

    def primary_key(self, model: Model) -> IndexDraft | None:
        """The primary key, which has a name where the engine lets it have one."""
        for name, one in model.columns.items():
            said = one.attribute("id")
            if said is not None:
                key = Expression("call", name, said.arguments)
                return self._draft(model, said, [key], "pkey")
        whole = model.block.attribute("id")
        listed = whole.argument("fields", 0) if whole else None
        return self._draft(model, whole, list(listed.items), "pkey") if whole and listed else None

    def others(self, model: Model) -> Iterator[IndexDraft]:
        """The other indexes: those of single fields, then those of the model."""
        for name, one in model.columns.items():
            said = one.attribute("unique")
            if said is not None:
                key = Expression("call", name, said.arguments)
                if draft := self._draft(model, said, [key], "key"):
                    yield draft
        for said in model.block.every("index", "unique", "fulltext"):
            listed = said.argument("fields", 0)
            if listed is None:
                self.complain(model, said, "an index without fields")
            elif draft := self._draft(model, said, list(listed.items), "key" if said.name == "unique" else "idx"):
                yield draft

    def _draft(self, model: Model, said: Attribute, listed: list[Expression], suffix: str) -> IndexDraft | None:
        fields = [one.text for one in listed]
        columns = model.column_names(fields)
        if not columns:
            self.complain(
                model, said, f"not every one of {', '.join(fields) or 'no fields'} is a column of {model.name}"
            )
            return None
        name = said.text("map") or (said.text("name") if said.name in {"index", "fulltext"} else None)
        if (
            name is None
        ):  # `name` of a unique key is the client's; of an index it is what `map` was called before Prisma 3
            name = constraint_name(self.engine, model.table, [] if suffix == "pkey" else columns, suffix)
        clustered = said.argument("clustered")
        return IndexDraft(
            name=name,
            keys=[self._key(model, said, one, column) for one, column in zip(listed, columns, strict=True)],
            line=said.line,
            kind={"pkey": "PRIMARY KEY", "key": "UNIQUE"}.get(suffix, "FULLTEXT" if said.name == "fulltext" else ""),
            method=self._method(model, said),
            where=self._where(model, said),
            clustered=clustered.text == "true" if clustered else None,
            columns=columns,
        )

    def _method(self, model: Model, said: Attribute) -> str | None:
        method = said.argument("type")
        if method is None:
            return None
        if method.text in INDEX_TYPES.get(self.engine, ()):
            return method.text.lower() if method.text != "BTree" else None
        self.complain(model, said, f"{self.found.settings.provider} has no indexes of type {method.text}")
        return None

    def _key(self, model: Model, said: Attribute, key: Expression, column: str) -> str:
        text = quoted(self.engine, column)
        length, sort, ops = key.argument("length"), key.argument("sort"), key.argument("ops")
        if length is not None and length.text.isdecimal() and self.engine is Engine.MYSQL:
            text += f"({length.text})"
        if ops is not None and (name := self._class(model, said, ops)):
            text += f" {name}"
        return f"{text} {SORTS[sort.text]}" if sort is not None and sort.text in SORTS else text

    def _class(self, model: Model, said: Attribute, ops: Expression) -> str | None:
        if ops.kind == "name":
            return operator_class(ops.text)
        raw = ops.argument("map", 0)
        if raw is not None and _CLASS.match(raw.text):
            return raw.text
        self.complain(model, said, "the operator class is no name")
        return None

    # Partial indexes (preview feature `partialIndexes`)

    def _where(self, model: Model, said: Attribute) -> str | None:
        condition = said.argument("where")
        if condition is None:
            return None
        if condition.kind == "object":
            parts = [self._condition(model, one) for one in condition.arguments]
            text = " AND ".join(one for one in parts if one)
            if parts and all(parts):
                return text
        raw = condition.argument("sql", 0) if condition.kind == "call" else None
        if raw is not None and is_predicate(self.engine, raw.text):
            return raw.text
        self.complain(model, said, "the condition of a partial index is not understood: read as an index of all rows")
        return None

    def _condition(self, model: Model, member: Argument) -> str | None:
        column: FieldSyntax | None = model.columns.get(member.name or "")
        if column is None:
            return None
        left, value, operator = quoted(self.engine, column.mapped), member.value, "="
        if value.kind == "object" and len(value.arguments) == 1 and value.arguments[0].name == "not":
            value, operator = value.arguments[0].value, "<>"
        if value.kind == "name" and value.text == "null":
            return f"{left} IS {'NOT ' if operator == '<>' else ''}NULL"
        operator = "!=" if operator == "<>" else operator
        if value.kind in {"text", "name"} and value.text not in {"true", "false"}:
            return f"{left} {operator} {literal(value.text)}"
        return f"{left} {operator} {value.text}"

    def complain(self, model: Model, said: Attribute, reason: str) -> None:
        """Note an index that could not be read as it stands."""
        self.found.complain(model.block, said.line, f"{model.name} @{said.name}", reason)
