"""The actions of ALTER TABLE on constraints: what each locks, reads and builds."""

from __future__ import annotations

from typing import Any

from dbdesign.migrations.predict.altered_table import AE, SRE, SUE, AlteredTable, has_key
from dbdesign.migrations.predict.effects import RefusedError
from dbdesign.model.migration import LockMode
from dbdesign.model.schema import label
from dbdesign.readers.postgresql import grammar_nodes as nodes
from dbdesign.readers.postgresql.grammar_drafts import TableDraft
from dbdesign.readers.postgresql.libpg_query import pb
from dbdesign.readers.postgresql.names import joined_columns, make_object_name


class ConstraintActions(AlteredTable):
    """Keys, foreign keys, checks and exclusions."""

    def add_constraint(self, command: Any, mode: LockMode) -> None:
        """ADD CONSTRAINT of any kind."""
        node = getattr(command, "def").constraint
        if not node.is_enforced and node.contype in {pb.CONSTR_CHECK, pb.CONSTR_FOREIGN}:
            self.effects.require(18, "NOT ENFORCED")
        if node.contype == pb.CONSTR_CHECK:
            self._lock_below(mode)
            if node.is_enforced and not node.skip_validation:
                self._verify()
        elif node.contype == pb.CONSTR_NOTNULL:
            self.effects.require(18, "a NOT NULL constraint of its own")
            self._lock_below(mode)
            if not node.skip_validation:
                self._not_null(node.keys[0].string.sval)
        elif node.contype == pb.CONSTR_FOREIGN:
            for one in self.state.whole(self.table):
                self.effects.lock(one.label, mode)
            self._foreign_key(node, nodes.strings(node.fk_attrs), empty=False)
        elif node.contype in {pb.CONSTR_UNIQUE, pb.CONSTR_PRIMARY}:
            self._new_key(node, nodes.strings(node.keys))
        elif node.contype == pb.CONSTR_EXCLUSION:
            if self.table.partitioning is not None:
                self.effects.require(17, "an exclusion constraint on a partitioned table", "0A000")
                self._build_below()
            self._build(2)
            name = node.conname or make_object_name(
                self.table.name[1], joined_columns(_exclusion_columns(node)), "excl"
            )
            self.effects.new_indexes.add(label(self.table.name[0], name))

    def _new_key(self, node: Any, columns: list[str]) -> None:
        """A primary or unique key: an index is built, unless one is used; a primary key's columns become NOT NULL."""
        primary = node.contype == pb.CONSTR_PRIMARY
        if node.nulls_not_distinct:
            self.effects.require(15, "NULLS NOT DISTINCT")
        if node.indexname:
            self._use_index(node, primary)
            return
        nullable = [one for one in columns if one in self.table.columns and self.table.columns[one].nullable]
        for one in nullable if primary else ():
            self._not_null(one)
        for each in self._build_below(alter=primary and bool(nullable)):
            if each.partitioning is None:
                self.builds[each.label] += 1
                self.partition_builds[each.label] += each is not self.table
        suffix = None if primary else joined_columns([*columns, *nodes.strings(node.including)])
        name = node.conname or make_object_name(self.table.name[1], suffix, "pkey" if primary else "key")
        if self.table.partitioning is None:
            self.effects.new_indexes.add(label(self.table.name[0], name))

    def _build_below(self, *, alter: bool = False) -> list[TableDraft]:
        """The table and those on which it builds the same index, with their locks; `alter` where their columns change as well."""
        below = self.state.whole(self.table)[1:] if self.node.relation.inh else []
        for one in below:
            self.effects.lock(one.label, AE if self.effects.version >= 18 or alter else LockMode.SHARE)
        return [self.table, *below]

    def _use_index(self, node: Any, primary: bool) -> None:
        self.effects.lock_index(label(self.table.name[0], node.indexname), SUE)
        found = next((one for one in self.table.indexes if one.name == node.indexname), None)
        if found is not None and not found.valid:
            raise RefusedError(f'55000: index "{node.indexname}" is not valid')
        if primary and found is not None:
            for name in found.columns:
                self._not_null(name)

    def _foreign_key(self, node: Any, columns: list[str], *, empty: bool) -> None:
        """A foreign key locks both tables and all their partitions; both are read unless it is NOT VALID or the column is all NULL."""
        effects, state = self.effects, self.state
        if node.skip_validation and self.table.partitioning is not None and effects.version < 18:
            raise RefusedError(
                f'42809: cannot add NOT VALID foreign key on partitioned table "{self.table.name[1]}" '
                f'referencing relation "{node.pktable.relname}"'
            )
        for one in state.whole(self.table):
            effects.lock(one.label, SRE)
        referenced = state.table(node.pktable)
        for one in state.whole(referenced) if referenced is not None else []:
            effects.lock(one.label, SRE)
        if node.skip_validation or empty or not node.is_enforced:
            return
        target = referenced.label if referenced is not None else node.pktable.relname
        if referenced is not None and any(has_key(one, columns, target) for one in self.below[1:]):
            effects.lock(target, AE)  # the triggers of the partitions' own keys are dropped
        self._check_reads(self.table, target, columns)

    def validate(self, command: Any, mode: LockMode) -> None:
        """VALIDATE CONSTRAINT: nothing where it is valid already."""
        for one in self.below:
            for key in one.foreign_keys:
                if key.name == command.name and not key.valid:
                    self._validate_foreign_key(one, key, mode)
            if any(check.name == command.name and not check.valid for check in one.checks):
                self._lock_below(mode)
                self._verify()
            for column in one.columns.values():
                usual = make_object_name(one.name[1], column.name, "not_null")
                if not column.not_null_valid and command.name == (column.not_null_name or usual):
                    self._lock_below(mode)
                    self._verify()

    def _validate_foreign_key(self, table: TableDraft, key: Any, mode: LockMode) -> None:
        for one in self.state.family(table):
            self.effects.lock(one.label, mode)
        referenced = self.state.named(key.references)
        for one in self.state.family(referenced) if referenced is not None else []:
            self.effects.lock(one.label, LockMode.ROW_SHARE)
        self._check_reads(table, key.references)

    def drop_constraint(self, command: Any, _mode: LockMode) -> None:
        """DROP CONSTRAINT: a foreign key's locks the referenced table too, a key's drops its index."""
        for one in self.below:
            for key in one.foreign_keys:
                if key.name == command.name:
                    self._lock_below(AE)
                    self._lock_referenced(key)
            if any(check.name == command.name for check in one.checks):
                self._lock_below(AE)
            keys = [one.primary_key, *one.unique_keys, *one.exclusions]
            for own in keys:
                if own is not None and own.name == command.name:
                    self._lock_below(AE)
                    self._drop_index(one, command.name)
                    self._drop_references(own, command)

    def _drop_references(self, own: Any, command: Any) -> None:
        """The foreign keys that rest on a key go with it, by CASCADE."""
        if command.behavior == pb.DROP_CASCADE and hasattr(own, "columns"):
            for child, key in self.state.referencing(self.table):
                if set(key.referenced_columns) == set(own.columns):
                    self.effects.lock(child.label, AE)

    def alter_constraint(self, command: Any, _mode: LockMode) -> None:
        """ALTER CONSTRAINT of a foreign key."""
        node = getattr(command, "def").atalter_constraint
        if node.alter_enforceability:
            self.effects.require(18, "ALTER CONSTRAINT … ENFORCED")


def _exclusion_columns(node: Any) -> list[str]:
    return [one.list.items[0].index_elem.name or "expr" for one in node.exclusions]
