"""What a hazard looks at: one statement, in the state that the earlier ones left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from dbdesign.dialects.base import dialect
from dbdesign.migrations.durations import Durations, Work
from dbdesign.migrations.predict.state import State
from dbdesign.model.migration import Trace
from dbdesign.model.schema import Engine, Schema, label
from dbdesign.readers.postgresql import grammar_nodes as nodes
from dbdesign.readers.postgresql.grammar_drafts import TableDraft
from dbdesign.readers.postgresql.libpg_query import ParseError, parse, pb

TIMEOUT = "SET lock_timeout = '2s'"


@dataclass
class Session:
    """What the statements of one migration have set and made so far.

    Attributes:
        lock_timeout: as it was set; None where it was not, or is 0.
        new: labels of the relations that the migration made.
        invalid: labels of indexes that a failed build left behind.
        told: hazards that are told once for a migration and have been.
        foreign_key_checks: MySQL's setting.
    """

    lock_timeout: str | None = None
    new: set[str] = field(default_factory=set)
    invalid: set[str] = field(default_factory=set)
    told: set[str] = field(default_factory=set)
    foreign_key_checks: bool = True


@dataclass
class Transaction:
    """The transaction block that a statement stands in; none where `inside` is False.

    Attributes:
        earlier, later: its other statements, in order.
    """

    inside: bool = False
    earlier: list[str] = field(default_factory=list)
    later: list[str] = field(default_factory=list)


@dataclass
class Subject:
    """One statement.

    Attributes:
        state: the schema before it (PostgreSQL); `schema` for other engines.
        trace: what it does; for engines without one an empty trace.
        version: major version of the target; `release` is the whole, as numbers.
        line: of its file.
    """

    sql: str
    engine: Engine
    release: tuple[int, ...]
    state: State
    trace: Trace
    durations: Durations = field(default_factory=Durations)
    session: Session = field(default_factory=Session)
    transaction: Transaction = field(default_factory=Transaction)
    schema: Schema | None = None

    @property
    def version(self) -> int:
        """The target's major version."""
        return self.release[0]

    @cached_property
    def node(self) -> Any | None:
        """The statement by PostgreSQL's grammar, as the message inside its `Node`; None where it does not parse."""
        return first_node(self.sql)

    @cached_property
    def kind(self) -> str:
        """Which message `node` is: `AlterTableStmt`; empty for none."""
        return str(self.node.DESCRIPTOR.name) if self.node is not None else ""

    def is_a(self, *kinds: str) -> bool:
        """Whether the statement is of one of these kinds."""
        return self.kind in kinds

    # -- relations ---------------------------------------------------------------------------------------------------------

    def is_new(self, name: str) -> bool:
        """Whether the migration itself made the relation: nobody else uses it yet."""
        return name in self.session.new

    def existing(self, relation: Any) -> TableDraft | None:
        """The table that a RangeVar means, if it stood before the migration."""
        table = self.state.table(relation)
        return None if table is None or self.is_new(table.label) else table

    @cached_property
    def table(self) -> TableDraft | None:
        """The table that an ALTER TABLE, CREATE INDEX, CREATE TRIGGER … is about, if it stood before the migration."""
        if self.node is None:
            return None
        for name in ("relation", "table"):
            if name in self.node.DESCRIPTOR.fields_by_name and self.node.HasField(name):
                return self.existing(getattr(self.node, name))
        return None

    def commands(self, *subtypes: int) -> Iterator[Any]:
        """The actions of an ALTER TABLE on a table that stood before the migration: all, or those of some kinds."""
        if (
            self.is_a("AlterTableStmt")
            and self.node is not None
            and self.node.objtype == pb.OBJECT_TABLE
            and self.table is not None
        ):
            for item in self.node.cmds:
                if not subtypes or item.alter_table_cmd.subtype in subtypes:
                    yield item.alter_table_cmd

    def constraints(self, *kinds: int) -> Iterator[tuple[Any, Any]]:
        """The actions ADD CONSTRAINT with their constraints, of some kinds."""
        for command in self.commands(pb.AT_AddConstraint):
            constraint = getattr(command, "def").constraint
            if constraint.contype in kinds:
                yield command, constraint

    def added_columns(self) -> Iterator[tuple[Any, Any]]:
        """The actions ADD COLUMN with their column definitions; none for a column that is there already, and stays."""
        for command in self.commands(pb.AT_AddColumn):
            definition = getattr(command, "def").column_def
            if self.table is not None and (definition.colname not in self.table.columns or self.replaces(definition)):
                yield command, definition

    def replaces(self, definition: Any) -> bool:
        """Whether the statement drops a column and adds another of its name: what is dropped goes first, wherever it stands."""
        return any(command.name == definition.colname for command in self.commands(pb.AT_DropColumn))

    def work(self, kind: Work, table: TableDraft, times: int = 1) -> list[tuple[Work, str, int]]:
        """Some work on a table, or on those of its partitions that hold rows, for `Durations`."""
        if self.durations.rows(table.label) is not None:
            return [(kind, table.label, times)]
        return [(kind, one.label, times) for one in self.state.leaves(table)]

    # -- SQL ---------------------------------------------------------------------------------------------------------------

    def name(self, table: Any) -> str:
        """A table or view as SQL."""
        namespace, name = table.name if isinstance(table.name, tuple) else (table.namespace, table.name)
        return self.qualified(namespace, name)

    def qualified(self, namespace: str | None, name: str) -> str:
        """`namespace.name` as SQL."""
        return dialect(self.engine).qualified(namespace, name)

    def quoted(self, name: str) -> str:
        """An identifier as SQL."""
        return dialect(self.engine).identifier(name)

    def free(self, table: Any, wanted: str) -> str:
        """A relation's name that is not taken in a table's namespace."""
        namespace = table.name[0]
        number, name = 0, wanted[:60]
        while (namespace, name) in self.state.drafts.relations or (namespace, name) in self.state.drafts.constraints:
            number += 1
            name = f"{wanted[:58]}{number}"
        return name

    def instead_of(
        self, command: Any, statements: Sequence[str], *, late: Sequence[str] = (), timeout: bool = True
    ) -> str | None:
        """The ALTER TABLE with one action done by other statements: the actions before it, those statements, the actions after it.

        What is dropped goes behind a column that is added: rows are filled by the key that they still have.

        None where it cannot be added before another of its name is dropped.

        Args:
            late: statements behind all actions, as for a key in the place of one that is dropped.
        """
        assert self.node is not None  # noqa: S101 - there is an action
        cmds = self.node.cmds
        at = next(number for number, item in enumerate(cmds) if item.alter_table_cmd == command)
        adds = command.subtype == pb.AT_AddColumn
        if adds and self.replaces(getattr(command, "def").column_def):
            return None
        dropped = [one for one in range(at) if adds and cmds[one].alter_table_cmd.subtype in _DROPS]
        first = [one for one in range(at) if one not in dropped]
        last = [*dropped, *range(at + 1, len(cmds))]
        parts = [*self._rest(first), *statements, *self._rest(last), *late]
        return script([TIMEOUT, *parts] if timeout else parts)

    def _rest(self, kept: Sequence[int]) -> list[str]:
        """The ALTER TABLE with some of its actions alone."""
        if not len(kept):
            return []
        node = pb.Node()
        node.alter_table_stmt.CopyFrom(self.node)
        del node.alter_table_stmt.cmds[:]
        for number in kept:
            node.alter_table_stmt.cmds.append(self.node.cmds[number])  # type: ignore[union-attr]
        return [nodes.statement(node)]

    def changed(self, change: Any) -> str:
        """The statement after `change` has worked on a copy of its message."""
        node = pb.Node()
        field_name = _field_of(self.node)
        getattr(node, field_name).CopyFrom(self.node)
        change(getattr(node, field_name))
        return nodes.statement(node)

    def alter(self, table: Any, action: str) -> str:
        """An ALTER TABLE with an action in SQL."""
        return f"ALTER TABLE {self.name(table)} {action}"


_DROPS = frozenset({pb.AT_DropColumn, pb.AT_DropConstraint})


def first_node(sql: str) -> Any | None:
    """The first statement of a text as a message of PostgreSQL's grammar; None where it does not parse."""
    try:
        tree = parse(sql)
    except ParseError:
        return None
    return nodes.unwrap(tree.stmts[0].stmt) if tree.stmts else None


def _field_of(message: Any) -> str:
    """The field of `Node` that holds a message."""
    kind = message.DESCRIPTOR.name
    return next(
        str(one.name)
        for one in pb.Node.DESCRIPTOR.fields
        if one.message_type is not None and one.message_type.name == kind
    )


def script(statements: Sequence[str]) -> str:
    """Statements as a script; a comment line stays as it is."""
    return "\n".join(one if one.startswith("--") else f"{one};" for one in statements)


def relation_label(relation: Any) -> str:
    """The label of a RangeVar as it is written."""
    return label(nodes.plain(relation.schemaname or None), relation.relname)
