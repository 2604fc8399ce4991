"""ALTER TABLE by its actions.

PostgreSQL takes the strongest lock that any action needs (AlterTableGetLockLevel of tablecmds.c), goes over the catalog, and then reads
or writes each table at most once for all actions together (ATRewriteTables); indexes and foreign keys are read for by themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dbdesign.migrations.predict.alter_columns import ColumnActions
from dbdesign.migrations.predict.altered_table import AE, SRE, SUE
from dbdesign.migrations.predict.partitions import attach, detach
from dbdesign.model.migration import LockMode
from dbdesign.model.schema import label
from dbdesign.readers.postgresql import grammar_nodes as nodes
from dbdesign.readers.postgresql.libpg_query import pb

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


class AlterTable(ColumnActions):
    """One ALTER TABLE on one table and those below it."""

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
