"""What is stored about a person: which tables are reached from his row, in which order, and what becomes of their rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from dbdesign.errors import LimitError
from dbdesign.integrity.lifecycle.base import Target
from dbdesign.model.lifecycle import Erasure
from dbdesign.model.relations import Relation
from dbdesign.model.schema import Column, Table
from dbdesign.model.types import BINARIES, NUMBERS, TEXTS, Kind
from dbdesign.writers.base import Note

MOST_PATHS = 64
"""Ways from the person to one table that are followed."""
MOST_FOLLOWED = 5_000
"""References that are followed in all."""


@dataclass(frozen=True)
class Action:
    """What becomes of the rows of a table.

    Attributes:
        does: `delete` them, `overwrite` columns of them, or `unlink` them.
        condition: which rows, as SQL over the alias `t`, with `:subject` for the person.
        sets: column → expression.
    """

    table: Table
    does: str
    condition: str
    sets: Mapping[str, str]


class Person:
    """The graph below a subject.

    Args:
        argument: how the person's key column is written in SQL, by the column's name.
    """

    def __init__(self, target: Target, erasure: Erasure, argument: Mapping[str, str]) -> None:
        self.target, self.erasure, self.argument = target, erasure, argument
        self.subject = target.at(erasure.subject)
        self.notes: list[Note] = []
        self.blocked: list[str] = []
        self.unlinked: list[Relation] = []
        self._edges: dict[str, list[Relation]] = {}
        self._followed = 0
        self._walk()
        self._keep_parents()
        self._look_for_blocks()

    def _look_for_blocks(self) -> None:
        for relation in self.unlinked:
            if not self.cuttable(relation):
                named = ", ".join(relation.foreign_key.columns)
                self.blocked.append(f"{relation.child} ({named}) cannot be emptied: it is NOT NULL")

    def _walk(self) -> None:
        """From the subject down every foreign key whose rows are the person's own."""
        work, seen = [self.subject.label], {self.subject.label}
        while work:
            label = work.pop(0)
            if label in self.erasure.keep and label != self.subject.label:
                continue  # what hangs from rows that stay, stays with them
            for relation in self.target.relations.references_in(label):
                if self.target.at(relation.child).partition_of is not None:
                    continue
                if self._is_cut(relation):
                    self.unlinked.append(relation)
                    continue
                self._edges.setdefault(relation.child, []).append(relation)
                if relation.child not in seen:
                    seen.add(relation.child)
                    work.append(relation.child)
        self.reached = [table for table in self.target.relations.load_order() if table.label in seen]

    def _is_cut(self, relation: Relation) -> bool:
        """Whether a reference says of somebody else's row that it has to do with the person."""
        named = any(f"{relation.child}.{name}" in self.erasure.unlink for name in relation.foreign_key.columns)
        loose = relation.foreign_key.on_delete in {"set null", "set default"} and bool(self.cuttable(relation))
        to_itself = relation.child == relation.parent
        return (named or loose or to_itself) and relation.child not in self._only_kept(relation)

    def _only_kept(self, relation: Relation) -> frozenset[str]:
        """A table that is kept is the person's own, also by a loose reference."""
        return (
            frozenset({relation.child})
            if relation.child in self.erasure.keep and relation.child != relation.parent
            else frozenset()
        )

    def _keep_parents(self) -> None:
        """Rows that rows which stay must refer to, stay as well, overwritten."""
        self.kept = {label for label in self.erasure.keep if label in {table.label for table in self.reached}}
        work = list(self.kept)
        while work:
            for relation in self._edges.get(work.pop(), []):
                if not self.cuttable(relation) and relation.parent not in self.kept:
                    self.kept.add(relation.parent)
                    work.append(relation.parent)
                    self.notes.append(
                        Note(
                            object=relation.parent,
                            lost=f"its row cannot be deleted: {relation.child} is kept and must refer to it",
                            instead="the row stays, everything in it but keys is overwritten",
                        )
                    )

    def cuttable(self, relation: Relation) -> tuple[str, ...]:
        """The columns of a reference that can be emptied."""
        child = self.target.at(relation.child)
        return tuple(
            name for name in relation.foreign_key.columns if (one := child.column(name)) is not None and one.nullable
        )

    @cached_property
    def actions(self) -> tuple[Action, ...]:
        """In the order in which they are done: cut and overwritten first, then deleted, children before parents."""
        children_first = list(reversed(self.reached))
        first = [
            *self._unlinks(),
            *(one for table in children_first if table.label in self.kept for one in self._overwrite(table)),
        ]
        gone = [
            Action(table, "delete", self.condition(table), {})
            for table in children_first
            if table.label not in self.kept
        ]
        return (*first, *gone)

    def _unlinks(self) -> Iterator[Action]:
        for relation in self.unlinked:
            child, columns = self.target.at(relation.child), self.cuttable(relation)
            if not columns:
                continue
            yield Action(child, "unlink", self._through(relation, "t", ()), dict.fromkeys(columns, "NULL"))

    def _overwrite(self, table: Table) -> Iterator[Action]:
        said = self.erasure.keep.get(table.label)
        names = list(said) if said is not None else [one.name for one in table.columns if self._is_personal(table, one)]
        sets = {name: (said or {}).get(name) or self._neutral(table, name) for name in names}
        for relation in self._edges.get(table.label, []):
            if relation.parent not in self.kept:
                sets |= dict.fromkeys(self.cuttable(relation), "NULL")
        if sets:
            yield Action(table, "overwrite", self.condition(table), sets)

    def _is_personal(self, table: Table, column: Column) -> bool:
        keys = {name for key in table.foreign_keys for name in key.columns} | set(
            table.primary_key.columns if table.primary_key else ()
        )
        tenant = self.target.lifecycle.tenant
        others = {tenant.column} if tenant else set()
        moment = column.type.kind in {Kind.TIMESTAMP, Kind.TIMESTAMPTZ}
        return column.name not in keys | others and column.generated is None and column.identity is None and not moment

    def _neutral(self, table: Table, name: str) -> str:
        """NULL where a column may be empty; else a value that says nothing, its own for each row where it must be unique."""
        column = table.column(name)
        if column is None or column.nullable:
            return "NULL"
        kind = self.target.schema.resolve_type(column.type).kind
        if kind in TEXTS:
            unique = any(name in columns for columns, _ in table.unique_column_sets) or any(
                i.unique and name in i.columns for i in table.indexes
            )
            return self._unique_text(table) if unique else self.target.literal("erased")
        if kind in NUMBERS:
            return "0"
        neutral = {
            Kind.BOOLEAN: "false", Kind.DATE: "'1900-01-01'", Kind.JSON: "'{}'", Kind.JSONB: "'{}'", Kind.INET: "'0.0.0.0'",
            Kind.UUID: "'00000000-0000-0000-0000-000000000000'", Kind.ARRAY: "'{}'",
        }  # fmt: skip
        return neutral.get(kind, "''" if kind in BINARIES else "'1900-01-01'" if column.type.is_time else "''")

    def _unique_text(self, table: Table) -> str:
        from dbdesign.model.schema import Engine

        key = self.target.column(table.primary_key.columns[0]) if table.primary_key else "''"
        if self.target.engine in {Engine.MYSQL, Engine.TIDB}:
            return f"CONCAT('erased-', {key})"
        if self.target.engine is Engine.SQLSERVER:
            return f"CONCAT('erased-', {key})"
        return f"'erased-' || {key}"

    def condition(self, table: Table, alias: str = "t") -> str:
        """Which rows of a table are the person's."""
        found = list(self._conditions(table, alias, ()))
        if len(found) > MOST_PATHS:
            self.notes.append(
                Note(
                    object=table.label,
                    lost=f"is reached from {self.subject.label} in more than {MOST_PATHS} ways",
                    instead="the shortest",
                )
            )
        return " OR ".join(found[:MOST_PATHS]) or "FALSE"

    def _conditions(self, table: Table, alias: str, path: tuple[str, ...]) -> Iterator[str]:
        if table.label == self.subject.label:
            yield " AND ".join(f"{alias}.{self.target.column(name)} = {given}" for name, given in self.argument.items())
            return
        for relation in self._edges.get(table.label, []):
            if self._followed > MOST_FOLLOWED:
                raise LimitError(
                    f"{self.subject.label} is referred to in more ways than can be followed",
                    where="lifecycle.erasure",
                    remedy="Name references that are not the person's own in erasure.unlink",
                )
            if relation.parent not in path and relation.parent != table.label:
                yield self._through(relation, alias, (*path, table.label))

    def _through(self, relation: Relation, alias: str, path: tuple[str, ...]) -> str:
        self._followed += 1
        key, parent = relation.foreign_key, self.target.at(relation.parent)
        pairs = list(zip(key.columns, key.referenced_columns, strict=True))
        if parent.label == self.subject.label and set(self.argument) <= {theirs for _, theirs in pairs}:
            return " AND ".join(
                f"{alias}.{self.target.column(ours)} = {self.argument[theirs]}"
                for ours, theirs in pairs
                if theirs in self.argument
            )
        inner = f"p{len(path)}"
        same = " AND ".join(
            f"{inner}.{self.target.column(theirs)} = {alias}.{self.target.column(ours)}" for ours, theirs in pairs
        )
        below = list(self._conditions(parent, inner, path))[:MOST_PATHS]
        belongs = " OR ".join(below) or "FALSE"
        belongs = f"({belongs})" if len(below) > 1 else belongs
        return f"EXISTS (SELECT 1 FROM {self.target.table(parent)} {inner} WHERE {same} AND {belongs})"

    def references(self, table: Table) -> list[Relation]:
        """The references by which a table's rows are the person's."""
        return self._edges.get(table.label, [])
