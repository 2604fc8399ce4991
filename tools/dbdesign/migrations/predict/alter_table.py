"""ALTER TABLE by its actions.

PostgreSQL takes the strongest lock that any action needs (AlterTableGetLockLevel of tablecmds.c), goes over the catalog, and then reads
or writes each table at most once for all actions together (ATRewriteTables); indexes and foreign keys are read for by themselves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dbdesign.migrations.predict import implied, types
from dbdesign.migrations.predict.effects import Effects, RefusedError
from dbdesign.migrations.predict.new_column import NewColumn
from dbdesign.migrations.predict.partitions import attach, detach
from dbdesign.migrations.predict.state import State, columns_of
from dbdesign.model.migration import LockMode
from dbdesign.model.schema import Column, label
from dbdesign.model.types import Kind
from dbdesign.readers.postgresql import grammar_nodes as nodes
from dbdesign.readers.postgresql.grammar_drafts import TableDraft
from dbdesign.readers.postgresql.libpg_query import pb
from dbdesign.readers.postgresql.names import joined_columns, make_object_name

AE, SRE, SUE = LockMode.ACCESS_EXCLUSIVE, LockMode.SHARE_ROW_EXCLUSIVE, LockMode.SHARE_UPDATE_EXCLUSIVE
_WEAK = {
    pb.AT_SetStatistics,
    pb.AT_ClusterOn,
    pb.AT_DropCluster,
    pb.AT_SetOptions,
    pb.AT_ResetOptions,
    pb.AT_ValidateConstraint,
}
_TRIGGERS = {
    pb.AT_EnableTrig, pb.AT_EnableAlwaysTrig, pb.AT_EnableReplicaTrig, pb.AT_EnableTrigAll, pb.AT_EnableTrigUser, pb.AT_DisableTrig,
    pb.AT_DisableTrigAll, pb.AT_DisableTrigUser,
}  # fmt: skip
_RECURSES = {
    pb.AT_AddColumn, pb.AT_DropColumn, pb.AT_AlterColumnType, pb.AT_SetNotNull, pb.AT_DropNotNull, pb.AT_ColumnDefault, pb.AT_SetStatistics,
    pb.AT_SetStorage, pb.AT_SetCompression, pb.AT_SetExpression, pb.AT_DropExpression, pb.AT_AddIdentity, pb.AT_DropIdentity,
    pb.AT_SetIdentity,
}  # fmt: skip
_STRONG_OPTIONS = {"user_catalog_table"}
"""Storage parameters that need ACCESS EXCLUSIVE; the others need SHARE UPDATE EXCLUSIVE (reloptions.c)."""


@dataclass(frozen=True)
class IndexAgain:
    """An index that is made again when a column changes; its file stays where `reused`."""

    name: str
    reused: bool
    exclusion: bool


ZONE = "the rows stay as they are where the session's time zone is UTC"


class AlterTable:
    """One ALTER TABLE on one table and those below it."""

    def __init__(self, node: Any, table: TableDraft, state: State, effects: Effects) -> None:
        self.node, self.table, self.state, self.effects = node, table, state, effects
        self.below = state.family(table) if node.relation.inh else [table]
        self.rewritten: set[str] = set()
        self.verified: set[str] = set()
        self.builds: Counter[str] = Counter()
        self.partition_builds: Counter[str] = Counter()
        """Of them, on partitions, where an index is built before a rewrite and once more by it."""
        self.again: dict[str, tuple[str, int]] = {}
        """Indexes that are dropped and made again, or dropped: the table, and the scans that making them takes where it keeps its rows."""

    def run(self) -> None:
        """All actions."""
        commands = [one.alter_table_cmd for one in self.node.cmds]
        mode = max((self._level(one) for one in commands), key=lambda one: one.rank)
        self.effects.lock(self.table.label, mode)
        for command in commands:
            if command.subtype in _RECURSES:
                self._lock_below(mode)
            action = _ACTIONS.get(command.subtype)
            if action is not None:
                action(self, command, mode)
        self._work()

    def _lock_below(self, mode: LockMode) -> None:
        for one in self.below:
            self.effects.lock(one.label, mode)

    def _level(self, command: Any) -> LockMode:
        kind = command.subtype
        if kind in _WEAK or kind == pb.AT_AttachPartition:
            return SUE
        if kind in _TRIGGERS:
            return SRE
        if kind == pb.AT_AddConstraint and getattr(command, "def").constraint.contype == pb.CONSTR_FOREIGN:
            return SRE
        if kind in {pb.AT_SetRelOptions, pb.AT_ResetRelOptions}:
            names = nodes.options_of(getattr(command, "def").list.items)
            return AE if _STRONG_OPTIONS & set(names) else SUE
        if kind == pb.AT_DetachPartitionFinalize or (
            kind == pb.AT_DetachPartition and getattr(command, "def").partition_cmd.concurrent
        ):
            return SUE
        return AE

    def _work(self) -> None:
        """What is read and written once all actions are known."""
        for one in self.below:
            if one.partitioning is not None:
                continue
            name, effects = one.label, self.effects
            indexes = [index for index in self.state.indexes(one) if index.name not in self.again]
            if name in self.rewritten:
                effects.rewrite(name)
                made = sum(max(scans, 1) for table, scans in self.again.values() if table == name and scans >= 0)
                effects.scan(name, 1 + len(indexes) + made + self.builds[name] + self.partition_builds[name])
                for index in indexes:
                    effects.rebuilds.add(label(one.name[0], index.name))
                    effects.lock_index(label(one.name[0], index.name), AE)
            else:
                made = sum(scans for table, scans in self.again.values() if table == name and scans > 0)
                effects.scan(name, self.builds[name] + made + (name in self.verified))

    def _each(self) -> list[TableDraft]:
        return [one for one in self.below if one.partitioning is None]

    def _rewrite(self) -> None:
        self.rewritten.update(one.label for one in self._each())

    def _verify(self) -> None:
        self.verified.update(one.label for one in self._each())

    def _build(self, times: int = 1) -> None:
        for one in self._each():
            self.builds[one.label] += times

    # -- columns -----------------------------------------------------------------------------------------------------------

    def add_column(self, command: Any, _mode: LockMode) -> None:
        """ADD COLUMN."""
        node = getattr(command, "def").column_def
        if node.colname in self.table.columns:
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

    def _lock_referenced(self, key: Any) -> None:
        referenced = self.state.named(key.references)
        if referenced is None:
            self.effects.lock(key.references, AE)
            return
        for one in self.state.family(referenced):
            self.effects.lock(one.label, AE)

    def _drop_index(self, table: TableDraft, name: str, scans: int = -1) -> None:
        """Note an index that is dropped, and the scans that making it again takes; -1 where it is not."""
        if self.again.get(name, ("", 0))[1] >= 0:  # what is dropped stays so: that is done first
            self.again[name] = (table.label, scans)
        self.effects.lock_index(label(table.name[0], name), AE)
        self.effects.dropped.add(label(table.name[0], name))

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
        checks = [check for one in self.below for check in one.checks if check.name not in self._dropped()]
        if any(command.name in columns_of(check.expression) for check in checks):
            self._verify()
        for one in self.below:
            for index in self.indexes_over(one, column, node, new, keeps):
                self._drop_index(one, index.name, 0 if index.reused else 2 if index.exclusion else 1)
                self.effects.new_indexes.add(label(one.name[0], index.name))
        self._foreign_keys_again(command.name, new, keeps)

    def _dropped(self) -> set[str]:
        """The constraints that the statement drops, which is done before types change."""
        commands = [one.alter_table_cmd for one in self.node.cmds]
        return {one.name for one in commands if one.subtype == pb.AT_DropConstraint}

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

    def _check_reads(self, table: TableDraft, referenced: str, columns: list[str] | None = None) -> None:
        """What RI_Initial_Check reads: before 16, the referenced table once for each partition.

        Args:
            columns: of a new key; partitions that have a valid one like it are not read (tryAttachPartitionForeignKey).
        """
        leaves = [one for one in self.state.whole(table) if one.partitioning is None]
        if columns is not None:
            leaves = [one for one in leaves if not _has_key(one, columns, referenced)]
        if not leaves:
            return
        for one in leaves:
            self.effects.scan(one.label)
        target = self.state.named(referenced)
        for one in self.state.whole(target) if target is not None else []:
            if one.partitioning is not None:
                continue
            self.effects.scan(one.label, 1 if self.effects.version >= 16 else len(leaves))

    def _column(self, name: str) -> Column:
        try:
            return self.table.columns[name]
        except KeyError:
            raise RefusedError(f'42703: column "{name}" of relation "{self.table.name[1]}" does not exist') from None

    def set_not_null(self, command: Any, _mode: LockMode) -> None:
        """SET NOT NULL: read unless the column is NOT NULL, or a valid check proves it."""
        self._not_null(command.name)

    def _not_null(self, name: str) -> None:
        self._column(name)
        for one in self._each():
            column = one.columns.get(name)
            settled = column is not None and not column.nullable and column.not_null_valid
            proven = any(implied.not_null_is_proven(each, name) for each in self.state.above(one))
            if not settled and not (self.effects.version >= 12 and proven):
                self.verified.add(one.label)

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

    # -- constraints -------------------------------------------------------------------------------------------------------

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
        if referenced is not None and any(_has_key(one, columns, target) for one in self.below[1:]):
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

    # -- the table ---------------------------------------------------------------------------------------------------------

    def set_logged(self, command: Any, _mode: LockMode) -> None:
        """SET LOGGED, SET UNLOGGED: nothing where it is so already."""
        if ("unlogged" in self.table.options) != (command.subtype == pb.AT_SetUnLogged):
            self._rewrite()

    def set_access_method(self, command: Any, _mode: LockMode) -> None:
        """SET ACCESS METHOD."""
        self.effects.require(15, "SET ACCESS METHOD")
        if (command.name or "heap") != self.table.options.get("access_method", "heap"):
            self._rewrite()

    def set_tablespace(self, command: Any, _mode: LockMode) -> None:
        """SET TABLESPACE: the files are copied."""
        if command.name not in {self.table.options.get("tablespace", "pg_default"), "pg_default"}:
            self.effects.rewrite(self.table.label)

    def set_triggers(self, _command: Any, mode: LockMode) -> None:
        """ENABLE and DISABLE TRIGGER, on partitions that have the trigger too (15)."""
        everywhere = self.effects.version >= 15 and self.table.partitioning is not None and self.table.triggers
        for one in self.below if everywhere else [self.table]:
            self.effects.lock(one.label, mode)

    def inherit(self, command: Any, _mode: LockMode) -> None:
        """INHERIT: the parent is locked too."""
        parent = self.state.table(getattr(command, "def").range_var)
        if parent is not None and command.subtype == pb.AT_AddInherit:
            self.effects.lock(parent.label, SUE)


def _mentions(text: str, name: str) -> bool:
    """Whether the query of a view mentions a column's name, or all columns."""
    from dbdesign.readers.postgresql.libpg_query import ParseError, parse

    try:
        tree = parse(text)
    except ParseError:
        return True
    return name in set(nodes.columns_in(tree.stmts[0].stmt)) or "*" in text.partition(" FROM ")[0]


def _same_operators(old: Column, new: Any, run: AlterTable) -> bool:
    """Whether an index's operators stay: for texts and for a domain over the same type."""
    one, other = types.base_of(old.type, run.state), types.base_of(new, run.state)
    if types.base_name(one) == types.base_name(other):
        return True
    pair = {types.base_name(one), types.base_name(other)}
    return pair in ({"character varying", "text"}, {"cidr", "inet"})


def _has_key(table: TableDraft, columns: list[str], referenced: str) -> bool:
    return any(
        list(key.columns) == columns and key.references == referenced and key.valid for key in table.foreign_keys
    )


def _exclusion_columns(node: Any) -> list[str]:
    return [one.list.items[0].index_elem.name or "expr" for one in node.exclusions]


_ACTIONS: dict[int, Callable[[AlterTable, Any, LockMode], None]] = {
    pb.AT_AddColumn: AlterTable.add_column,
    pb.AT_DropColumn: AlterTable.drop_column,
    pb.AT_AlterColumnType: AlterTable.change_type,
    pb.AT_SetNotNull: AlterTable.set_not_null,
    pb.AT_SetExpression: AlterTable.set_expression,
    pb.AT_DropExpression: AlterTable.drop_expression,
    pb.AT_SetCompression: AlterTable.set_compression,
    pb.AT_AddConstraint: AlterTable.add_constraint,
    pb.AT_ValidateConstraint: AlterTable.validate,
    pb.AT_DropConstraint: AlterTable.drop_constraint,
    pb.AT_AlterConstraint: AlterTable.alter_constraint,
    pb.AT_SetLogged: AlterTable.set_logged,
    pb.AT_SetUnLogged: AlterTable.set_logged,
    pb.AT_SetAccessMethod: AlterTable.set_access_method,
    pb.AT_SetTableSpace: AlterTable.set_tablespace,
    pb.AT_AddInherit: AlterTable.inherit,
    pb.AT_AttachPartition: lambda run, command, _: attach(run.table, command, run.state, run.effects),
    pb.AT_DetachPartition: lambda run, command, _: detach(run.table, command, run.state, run.effects),
    **dict.fromkeys(_TRIGGERS, AlterTable.set_triggers),
}
