"""The actions of ALTER TABLE on columns: what each locks, writes, reads and builds anew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dbdesign.migrations.predict import types
from dbdesign.migrations.predict.alter_constraints import ConstraintActions
from dbdesign.migrations.predict.altered_table import AE
from dbdesign.migrations.predict.effects import RefusedError
from dbdesign.migrations.predict.new_column import NewColumn
from dbdesign.migrations.predict.state import columns_of
from dbdesign.model.migration import LockMode
from dbdesign.model.schema import Column, label
from dbdesign.model.types import Kind
from dbdesign.readers.postgresql import grammar_nodes as nodes
from dbdesign.readers.postgresql.grammar_drafts import TableDraft
from dbdesign.readers.postgresql.libpg_query import pb

ZONE = "the rows stay as they are where the session's time zone is UTC"


@dataclass(frozen=True)
class IndexAgain:
    """An index that is made again when a column changes; its file stays where `reused`."""

    name: str
    reused: bool
    exclusion: bool


class ColumnActions(ConstraintActions):
    """Columns that are added, dropped or changed; a new one may bring constraints."""

    def add_column(self, command: Any, _mode: LockMode) -> None:
        """ADD COLUMN."""
        node = getattr(command, "def").column_def
        if node.colname in self.table.columns and node.colname not in self._named_in(pb.AT_DropColumn):
            if command.missing_ok:
                return
            raise RefusedError(f'42701: column "{node.colname}" of relation "{self.table.name[1]}" already exists')
        new = NewColumn(node, self.state)
        if new.virtual:
            self.effects.require(18, "a virtual generated column")
        if pb.CONSTR_IDENTITY in new.kinds and self.table.partitioning is not None:
            self.effects.require(17, "an identity column added to a partitioned table", "42P16")
        if new.rewrites:
            self._rewrite()
        if pb.CONSTR_CHECK in new.kinds or (new.required and (new.virtual or not new.filled)):
            self._verify()
        for constraint in new.constraints:
            if constraint.contype in {pb.CONSTR_UNIQUE, pb.CONSTR_PRIMARY}:
                self._new_key(constraint, [node.colname])
            elif constraint.contype == pb.CONSTR_FOREIGN:
                self._foreign_key(constraint, [node.colname], empty=not (new.filled or new.stored))

    def drop_column(self, command: Any, _mode: LockMode) -> None:
        """DROP COLUMN, with its indexes, its foreign keys and, by CASCADE, what depends on it."""
        name = command.name
        if name not in self.table.columns:
            if command.missing_ok:
                return
            raise RefusedError(f'42703: column "{name}" of relation "{self.table.name[1]}" does not exist')
        for one in self.below:
            for index in self.state.indexes(one):
                if name in index.columns:
                    self._drop_index(one, index.name)
            for key in one.foreign_keys:
                if name in key.columns:
                    self._lock_referenced(key)
        if command.behavior == pb.DROP_CASCADE:
            self._drop_dependants(name)

    def _drop_dependants(self, name: str) -> None:
        for child, key in self.state.referencing(self.table):
            if name in key.referenced_columns:
                self.effects.lock(child.label, AE)
        for view in self.state.views_on(self.table.label):
            if _mentions(view.definition, name):
                self.effects.lock(view.label, AE)
                self.effects.dropped.add(view.label)

    def change_type(self, command: Any, _mode: LockMode) -> None:
        """ALTER COLUMN TYPE, with the indexes, checks and foreign keys that are made again."""
        node = getattr(command, "def").column_def
        column = self._column(command.name)
        new = self.state.drafts.data_type(node.type_name)
        if any(_mentions(view.definition, command.name) for view in self.state.views_on(self.table.label)):
            raise RefusedError("0A000: cannot alter type of a column used by a view or rule")
        keeps = self.keeps_rows(node, column, new)
        if not keeps:
            self._rewrite()
            if {column.type.kind, new.kind} == {Kind.TIMESTAMP, Kind.TIMESTAMPTZ}:
                self.effects.unsure.append(ZONE)
        dropped = self._named_in(pb.AT_DropConstraint)
        checks = [check for one in self.below for check in one.checks if check.name not in dropped]
        if any(command.name in columns_of(check.expression) for check in checks):
            self._verify()
        for one in self.below:
            for index in self.indexes_over(one, column, node, new, keeps):
                self._drop_index(one, index.name, 0 if index.reused else 2 if index.exclusion else 1)
                self.effects.new_indexes.add(label(one.name[0], index.name))
        self._foreign_keys_again(command.name, new, keeps)

    def _named_in(self, subtype: int) -> set[str]:
        """What the statement drops by actions of a kind, which is done before others, wherever they stand."""
        commands = [one.alter_table_cmd for one in self.node.cmds]
        return {one.name for one in commands if one.subtype == subtype}

    def keeps_rows(self, node: Any, column: Column, new: Any) -> bool:
        """Whether the rows stay as they are when a column gets the type of a column definition."""
        return self._using_is_plain(node, column.name, new) and types.keeps_rows(column.type, new, self.state)

    def indexes_over(self, table: TableDraft, column: Column, node: Any, new: Any, keeps: bool) -> list[IndexAgain]:
        """The indexes of a table over a column that gets another type, and whether their files can stay (CheckIndexCompatible)."""
        collation = nodes.strings(node.coll_clause.collname)[-1] if node.HasField("coll_clause") else None
        alike = keeps and collation == column.collation and _same_operators(column, new, self)
        return [
            IndexAgain(index.name, alike and index.plain and not index.exclusion, index.exclusion)
            for index in self.state.indexes(table)
            if column.name in index.columns
        ]

    def _using_is_plain(self, node: Any, name: str, new: Any) -> bool:
        """Whether there is no USING, or one that casts the column to the new type."""
        if not node.HasField("raw_default"):
            return True
        using = node.raw_default
        while nodes.kind_of(using) == "type_cast":
            if self.state.drafts.data_type(using.type_cast.type_name) != new:
                return False
            using = using.type_cast.arg
        return nodes.kind_of(using) == "column_ref" and list(nodes.columns_in(using)) == [name]

    def _foreign_keys_again(self, name: str, new: Any, keeps: bool) -> None:
        """Foreign keys over the column are dropped and made again; both tables are read for them where rows are rewritten."""
        for table in self.below:
            for key in table.foreign_keys:
                if name in key.columns:
                    self._lock_referenced(key)
                    self._compare(key, new, name)
                    if not keeps and key.valid:
                        self._check_reads(table, key.references)
        for child, key in list(self.state.referencing(self.table)):
            if name in key.referenced_columns:
                self.effects.lock(child.label, AE)
                if not keeps and key.valid:
                    self._check_reads(child, self.table.label)

    def _compare(self, key: Any, new: Any, name: str) -> None:
        """Refuse a type that cannot be compared with the referenced column's through its index."""
        referenced = self.state.named(key.references)
        target = (
            referenced.columns.get(key.referenced_columns[key.columns.index(name)])
            if referenced and key.referenced_columns
            else None
        )
        if target is not None and not types.comparable(new, target.type, self.state):
            raise RefusedError(f'42804: foreign key constraint "{key.name}" cannot be implemented')

    def set_not_null(self, command: Any, _mode: LockMode) -> None:
        """SET NOT NULL: read unless the column is NOT NULL, or a valid check proves it."""
        self._not_null(command.name)

    def set_expression(self, command: Any, _mode: LockMode) -> None:
        """SET EXPRESSION of a generated column."""
        self.effects.require(17, "SET EXPRESSION")
        generated = self._column(command.name).generated
        if generated is None or generated.stored:
            self._rewrite()

    def drop_expression(self, _command: Any, _mode: LockMode) -> None:
        """DROP EXPRESSION."""
        self.effects.require(13, "DROP EXPRESSION")

    def set_compression(self, _command: Any, _mode: LockMode) -> None:
        """SET COMPRESSION."""
        self.effects.require(14, "SET COMPRESSION")


def _mentions(text: str, name: str) -> bool:
    """Whether the query of a view mentions a column's name, or all columns."""
    from dbdesign.readers.postgresql.libpg_query import ParseError, parse

    try:
        tree = parse(text)
    except ParseError:
        return True
    return name in set(nodes.columns_in(tree.stmts[0].stmt)) or "*" in text.partition(" FROM ")[0]


def _same_operators(old: Column, new: Any, run: ColumnActions) -> bool:
    """Whether an index's operators stay: for texts and for a domain over the same type."""
    one, other = types.base_of(old.type, run.state), types.base_of(new, run.state)
    if types.base_name(one) == types.base_name(other):
        return True
    pair = {types.base_name(one), types.base_name(other)}
    return pair in ({"character varying", "text"}, {"cidr", "inet"})
