"""ALTER TABLE by its parse tree, one method a kind of action."""

from __future__ import annotations

from collections.abc import Callable

from dbdesign.dialects.postgresql import DIALECT
from dbdesign.model.schema import Carried, Check, Generated, Identity, Index, IndexKey, Key, PartitionOf, label
from dbdesign.readers.postgresql import grammar_nodes as nodes
from dbdesign.readers.postgresql.grammar_constraints import collation_of, distinct
from dbdesign.readers.postgresql.grammar_drafts import Drafts, Refused, TableDraft
from dbdesign.readers.postgresql.grammar_nodes import Node
from dbdesign.readers.postgresql.grammar_tables import TableBuilder, bound, default_of, key_name, set_numbers
from dbdesign.readers.postgresql.libpg_query import parse, pb
from dbdesign.readers.postgresql.names import joined_columns, make_object_name

Action = Callable[["TableActions", Node], None]
_ENABLED = {
    pb.AT_EnableTrig: "enabled",
    pb.AT_DisableTrig: "disabled",
    pb.AT_EnableAlwaysTrig: "always",
    pb.AT_EnableReplicaTrig: "replica",
    pb.AT_EnableTrigAll: "enabled",
    pb.AT_DisableTrigAll: "disabled",
    pb.AT_EnableTrigUser: "enabled",
    pb.AT_DisableTrigUser: "disabled",
}
_RULE_STATES = {
    pb.AT_EnableRule: "ENABLE",
    pb.AT_DisableRule: "DISABLE",
    pb.AT_EnableAlwaysRule: "ENABLE ALWAYS",
    pb.AT_EnableReplicaRule: "ENABLE REPLICA",
}
_IGNORED = {pb.AT_ChangeOwner, pb.AT_SetTableSpace, pb.AT_DropOids, pb.AT_DropCluster}


class TableActions:
    """Applies the actions of one ALTER TABLE to its table. Names that are not there raise `Refused`."""

    def __init__(self, drafts: Drafts, table: TableDraft) -> None:
        self.drafts = drafts
        self.table = table

    def apply(self, command: Node) -> None:
        """One action."""
        action = _ACTIONS.get(command.subtype)
        if action is not None:
            action(self, command)
        elif command.subtype in _ENABLED:
            self._set_triggers(command)
        elif command.subtype in _RULE_STATES:
            self._set_rule(command)
        elif command.subtype not in _IGNORED:
            kind = pb.AlterTableType.Name(command.subtype).removeprefix("AT_")
            raise Refused(f"ALTER TABLE: the action {kind} cannot be applied without a server")

    def _column(self, name: str) -> None:
        if name not in self.table.columns:
            raise Refused(f'"{self.table.label}" has no column "{name}"')

    def _change(self, name: str, **changes: object) -> None:
        self._column(name)
        self.table.columns[name] = self.table.columns[name].model_copy(update=changes)

    def add_column(self, command: Node) -> None:
        """ADD COLUMN."""
        node = getattr(command, "def").column_def
        if node.colname in self.table.columns:
            if command.missing_ok:
                return
            raise Refused(f'"{self.table.label}" has a column "{node.colname}" already')
        builder = TableBuilder(self.drafts, self.table)
        builder.column(node)
        builder.finish()

    def drop_column(self, command: Node) -> None:
        """DROP COLUMN, with what depends on it."""
        table, name = self.table, command.name
        if name not in table.columns:
            if command.missing_ok:
                return
            raise Refused(f'"{table.label}" has no column "{name}"')
        del table.columns[name]
        if table.primary_key and name in table.primary_key.columns:
            table.primary_key = None
        table.unique_keys[:] = [key for key in table.unique_keys if name not in key.columns]
        table.foreign_keys[:] = [key for key in table.foreign_keys if name not in key.columns]
        table.checks[:] = [check for check in table.checks if name not in referenced(check.expression)]
        table.indexes[:] = [index for index in table.indexes if name not in index_columns(index)]
        for key in [key for key, one in self.drafts.sequences.items() if one.owner == (table.name, name)]:
            del self.drafts.sequences[key]
        for other in self.drafts.tables.values():
            other.foreign_keys[:] = [
                key for key in other.foreign_keys if key.references != table.label or name not in key.referenced_columns
            ]

    def set_default(self, command: Node) -> None:
        """SET DEFAULT and DROP DEFAULT."""
        given = command.HasField("def")
        self._change(command.name, default=default_of(getattr(command, "def")) if given else None)

    def set_not_null(self, command: Node) -> None:
        """SET NOT NULL."""
        self._change(command.name, nullable=False)

    def drop_not_null(self, command: Node) -> None:
        """DROP NOT NULL."""
        self._change(command.name, nullable=True, not_null_name=None, not_null_valid=True)

    def set_type(self, command: Node) -> None:
        """TYPE; an owned sequence of serial keeps its own type, as in PostgreSQL."""
        node = getattr(command, "def").column_def
        collation = collation_of(nodes.strings(node.coll_clause.collname)) if node.HasField("coll_clause") else None
        self._change(command.name, type=self.drafts.data_type(node.type_name), collation=collation)

    def set_expression(self, command: Node) -> None:
        """SET EXPRESSION of a generated column."""
        self._column(command.name)
        before = self.table.columns[command.name].generated
        expression = nodes.expression(getattr(command, "def"))
        self._change(command.name, generated=Generated(expression=expression, stored=before is None or before.stored))

    def drop_expression(self, command: Node) -> None:
        """DROP EXPRESSION."""
        self._change(command.name, generated=None)

    def set_option(self, command: Node) -> None:
        """SET STORAGE, COMPRESSION, STATISTICS of a column."""
        self._column(command.name)
        name = {
            pb.AT_SetStorage: "storage",
            pb.AT_SetCompression: "compression",
            pb.AT_SetStatistics: "statistics",
        }[command.subtype]
        value = nodes.constant(getattr(command, "def")).lower()
        options = {key: old for key, old in self.table.columns[command.name].options.items() if key != name}
        if value not in {"default", "-1"}:
            options[name] = value
        self._change(command.name, options=options)

    def set_column_options(self, command: Node) -> None:
        """SET (n_distinct = …) and RESET of a column."""
        self._column(command.name)
        options = dict(self.table.columns[command.name].options)
        _merge(options, command)
        self._change(command.name, options=options)

    def set_table_options(self, command: Node) -> None:
        """SET (fillfactor = …) and RESET of the table."""
        _merge(self.table.options, command)

    def set_logged(self, command: Node) -> None:
        """SET LOGGED and UNLOGGED."""
        self.table.options.pop("unlogged", None)
        if command.subtype == pb.AT_SetUnLogged:
            self.table.options["unlogged"] = "true"

    def set_access_method(self, command: Node) -> None:
        """SET ACCESS METHOD."""
        self.table.options.pop("access_method", None)
        if command.name and command.name != "heap":
            self.table.options["access_method"] = command.name

    def add_identity(self, command: Node) -> None:
        """ADD GENERATED … AS IDENTITY."""
        self._column(command.name)
        builder = TableBuilder(self.drafts, self.table)
        builder.identity(command.name, getattr(command, "def").constraint)

    def set_identity(self, command: Node) -> None:
        """SET GENERATED …, SET sequence options."""
        self._column(command.name)
        for item in getattr(command, "def").list.items:
            if item.def_elem.defname == "generated":
                mode = "always" if chr(item.def_elem.arg.integer.ival) == "a" else "by_default"
                self._change(command.name, identity=Identity(mode=mode))
            for sequence in self.drafts.sequences.values():
                if sequence.owner == (self.table.name, command.name):
                    set_numbers(sequence, [item])

    def drop_identity(self, command: Node) -> None:
        """DROP IDENTITY."""
        self._change(command.name, identity=None)
        owned = [key for key, one in self.drafts.sequences.items() if one.owner == (self.table.name, command.name)]
        for key in owned:
            del self.drafts.sequences[key]

    def add_constraint(self, command: Node) -> None:
        """ADD CONSTRAINT, ADD PRIMARY KEY and so on."""
        builder = TableBuilder(self.drafts, self.table)
        builder.add_constraint(getattr(command, "def").constraint)
        builder.finish()

    def validate(self, command: Node) -> None:
        """VALIDATE CONSTRAINT."""
        self._edit_constraint(command.name, {"valid": True})
        for column in list(self.table.columns.values()):
            usual = make_object_name(self.table.name[1], column.name, "not_null")
            if not column.not_null_valid and command.name == (column.not_null_name or usual):
                self._change(column.name, not_null_valid=True)

    def alter_constraint(self, command: Node) -> None:
        """ALTER CONSTRAINT: deferrability and enforcement."""
        node = getattr(command, "def").atalter_constraint
        changes: dict[str, object] = {}
        if node.alter_deferrability:
            changes |= {"deferrable": node.deferrable, "initially_deferred": node.initdeferred}
        if node.alter_enforceability:
            changes["enforced"] = node.is_enforced
        self._edit_constraint(node.conname, changes)

    def _edit_constraint(self, name: str, changes: dict[str, object]) -> None:
        for at, check in enumerate(self.table.checks):
            if check.name == name:
                known = {key: value for key, value in changes.items() if key in Check.model_fields}
                self.table.checks[at] = check.model_copy(update=known)
        for at, key in enumerate(self.table.foreign_keys):
            if key.name == name:
                self.table.foreign_keys[at] = key.model_copy(update=changes)

    def drop_constraint(self, command: Node) -> None:
        """DROP CONSTRAINT."""
        table, name = self.table, command.name
        found = drop_constraint(table, name)
        self.drafts.constraints.discard((table.name[0], name))
        if found == "key":
            self.drafts.relations.discard((table.name[0], name))
        if not found and not command.missing_ok:
            raise Refused(f'"{table.label}" has no constraint "{name}"')

    def row_security(self, command: Node) -> None:
        """ENABLE, DISABLE, FORCE, NO FORCE ROW LEVEL SECURITY."""
        if command.subtype in {pb.AT_EnableRowSecurity, pb.AT_DisableRowSecurity}:
            self.table.row_security = command.subtype == pb.AT_EnableRowSecurity
        else:
            self.table.forced = command.subtype == pb.AT_ForceRowSecurity

    def replica_identity(self, command: Node) -> None:
        """REPLICA IDENTITY."""
        node = getattr(command, "def").replica_identity_stmt
        options = self.table.options
        options.pop("replica_identity", None)
        options.pop("replica_identity_index", None)
        if node.identity_type == "i":
            options["replica_identity_index"] = node.name
        elif node.identity_type in {"f", "n"}:
            options["replica_identity"] = {"f": "full", "n": "nothing"}[node.identity_type]

    def cluster_on(self, command: Node) -> None:
        """CLUSTER ON."""
        self.table.options["cluster_on"] = command.name

    def inherit(self, command: Node) -> None:
        """INHERIT and NO INHERIT."""
        parent = self.drafts.table(getattr(command, "def").range_var)
        if command.subtype == pb.AT_AddInherit:
            self.table.inherits.append(parent.label)
        elif parent.label in self.table.inherits:
            self.table.inherits.remove(parent.label)

    def attach_partition(self, command: Node) -> None:
        """ATTACH PARTITION."""
        node = getattr(command, "def").partition_cmd
        child = self.drafts.table(node.name)
        namespace, name = self.table.name
        child.partition_of = PartitionOf(namespace=namespace, table=name, bound=bound(node.bound))
        child.inherited[:] = [column for column in child.columns if column in self.table.columns]
        for column in self.table.columns.values():
            mine = child.columns.get(column.name)
            if mine is None:
                continue
            changes: dict[str, object] = {}
            if not mine.nullable:
                own = mine.not_null_name or make_object_name(child.name[1], column.name, "not_null")
                theirs = column.not_null_name or make_object_name(name, column.name, "not_null")
                changes["not_null_name"] = None if own == theirs else own
            if column.identity is not None and mine.identity is None:
                changes |= {"identity": Identity(mode=column.identity.mode), "nullable": False}
            child.columns[column.name] = mine.model_copy(update=changes)
        child.checks[:] = [one for one in child.checks if one.name not in {mine.name for mine in self.table.checks}]
        for index in list(self.table.indexes):
            twin = next((one for one in child.indexes if _alike(one, index)), None)
            if twin is not None and not index.only:
                attach_index(self.drafts, (self.table.name[0], index.name or ""), (child.name[0], twin.name or ""))

    def detach_partition(self, command: Node) -> None:
        """DETACH PARTITION: the table stands alone again, its columns its own."""
        child = self.drafts.table(getattr(command, "def").partition_cmd.name)
        child.partition_of = None
        child.inherited.clear()

    def _set_rule(self, command: Node) -> None:
        namespace, table = self.table.name
        drafts = self.drafts
        drafts.carried[:] = [one for one in drafts.carried if (one.kind, one.name) != ("rule state", command.name)]
        if command.subtype != pb.AT_EnableRule:
            state, name = _RULE_STATES[command.subtype], DIALECT.identifier(command.name)
            sql = f"ALTER TABLE {DIALECT.qualified(namespace, table)} {state} RULE {name}"
            drafts.carried.append(Carried(kind="rule state", namespace=namespace, name=command.name, sql=sql))

    def _set_triggers(self, command: Node) -> None:
        state = _ENABLED[command.subtype]
        for at, trigger in enumerate(self.table.triggers):
            if command.name in {"", trigger.name}:
                self.table.triggers[at] = trigger.model_copy(update={"enabled": state})


_ACTIONS: dict[int, Action] = {
    pb.AT_AddColumn: TableActions.add_column,
    pb.AT_DropColumn: TableActions.drop_column,
    pb.AT_ColumnDefault: TableActions.set_default,
    pb.AT_SetNotNull: TableActions.set_not_null,
    pb.AT_DropNotNull: TableActions.drop_not_null,
    pb.AT_AlterColumnType: TableActions.set_type,
    pb.AT_SetExpression: TableActions.set_expression,
    pb.AT_DropExpression: TableActions.drop_expression,
    pb.AT_SetStorage: TableActions.set_option,
    pb.AT_SetCompression: TableActions.set_option,
    pb.AT_SetStatistics: TableActions.set_option,
    pb.AT_SetOptions: TableActions.set_column_options,
    pb.AT_ResetOptions: TableActions.set_column_options,
    pb.AT_SetRelOptions: TableActions.set_table_options,
    pb.AT_ResetRelOptions: TableActions.set_table_options,
    pb.AT_SetLogged: TableActions.set_logged,
    pb.AT_SetUnLogged: TableActions.set_logged,
    pb.AT_SetAccessMethod: TableActions.set_access_method,
    pb.AT_AddIdentity: TableActions.add_identity,
    pb.AT_SetIdentity: TableActions.set_identity,
    pb.AT_DropIdentity: TableActions.drop_identity,
    pb.AT_AddConstraint: TableActions.add_constraint,
    pb.AT_ValidateConstraint: TableActions.validate,
    pb.AT_AlterConstraint: TableActions.alter_constraint,
    pb.AT_DropConstraint: TableActions.drop_constraint,
    pb.AT_EnableRowSecurity: TableActions.row_security,
    pb.AT_DisableRowSecurity: TableActions.row_security,
    pb.AT_ForceRowSecurity: TableActions.row_security,
    pb.AT_NoForceRowSecurity: TableActions.row_security,
    pb.AT_ReplicaIdentity: TableActions.replica_identity,
    pb.AT_ClusterOn: TableActions.cluster_on,
    pb.AT_AddInherit: TableActions.inherit,
    pb.AT_DropInherit: TableActions.inherit,
    pb.AT_AttachPartition: TableActions.attach_partition,
    pb.AT_DetachPartition: TableActions.detach_partition,
}


def attach_index(drafts: Drafts, parent: tuple[str | None, str], child: tuple[str | None, str]) -> None:
    """ALTER INDEX … ATTACH PARTITION: an index that is what PostgreSQL would have made of the parent's is left out, as made with it."""
    owner, own = drafts.tables[drafts.indexes[child]], drafts.tables[drafts.indexes[parent]]
    _count_attached(drafts, parent, child, own)
    for key in (owner.primary_key, *owner.unique_keys):
        if key is not None and key.name == child[1]:
            _leave_out_key(owner, key)
            return
    for at, one in enumerate(owner.indexes):
        if one.name == child[1]:
            columns = distinct(key_name(key) for key in one.keys)
            usual = make_object_name(owner.name[1], joined_columns([*columns, *one.include]), "idx")
            if one.name == usual and one.comment is None:
                del owner.indexes[at]
            else:
                owner.indexes[at] = one.model_copy(update={"partition_of": label(*parent)})
            return


def _alike(one: Index, other: Index) -> bool:
    """Whether ATTACH PARTITION takes one index for the other's part of the partition (CompareIndexInfo in index.c)."""
    fields = ("keys", "unique", "method", "include", "where", "nulls_not_distinct")
    return one.partition_of is None and all(getattr(one, name) == getattr(other, name) for name in fields)


def _count_attached(
    drafts: Drafts, parent: tuple[str | None, str], child: tuple[str | None, str], own: TableDraft
) -> None:
    """An index ON ONLY a partitioned table is whole once every partition has its part, whole itself (validatePartitionedIndex)."""
    attached = drafts.attached.setdefault(parent, set())
    if not any(one.name == child[1] and one.only for one in drafts.tables[drafts.indexes[child]].indexes):
        attached.add(child)
    partitions = sum(1 for one in drafts.tables.values() if one.partition_of and one.partition_of.label == own.label)
    for at, index in enumerate(own.indexes):
        if index.name == parent[1] and index.only and len(attached) >= partitions:
            own.indexes[at] = index.model_copy(update={"only": False})


def _leave_out_key(owner: TableDraft, key: Key) -> None:
    if key is owner.primary_key:
        if key.name == make_object_name(owner.name[1], None, "pkey"):
            owner.primary_key = None
    elif key.name == make_object_name(owner.name[1], joined_columns(key.columns), "key"):
        owner.unique_keys.remove(key)


def drop_constraint(table: TableDraft, name: str) -> str:
    """Takes a constraint away; says `key` for one with an index, `other` for another, nothing where there is none."""
    if table.primary_key and table.primary_key.name == name:
        table.primary_key = None
        return "key"
    for group in (table.unique_keys, table.exclusions):
        for one in group:
            if one.name == name:
                group.remove(one)  # type: ignore[arg-type]
                return "key"
    for other in (table.foreign_keys, table.checks):
        for each in other:
            if each.name == name:
                other.remove(each)  # type: ignore[arg-type]
                return "other"
    for column in list(table.columns.values()):
        if not column.nullable and name == (
            column.not_null_name or make_object_name(table.name[1], column.name, "not_null")
        ):
            table.columns[column.name] = column.model_copy(update={"nullable": True, "not_null_name": None})
            return "other"
    return ""


def referenced(expression: str) -> set[str]:
    """The columns that an expression names."""

    return set(nodes.columns_in(parse(f"SELECT {expression}").stmts[0].stmt))


def index_columns(index: Index) -> set[str]:
    """Every column that an index needs."""
    found = {key.column for key in index.keys if key.column} | set(index.include)
    for text in [*(key.expression for key in index.keys), index.where]:
        if text:
            found |= referenced(text)
    return found


def _merge(options: dict[str, str], command: Node) -> None:
    given = nodes.options_of(getattr(command, "def").list.items)
    for name, value in given.items():
        if command.subtype in {pb.AT_ResetOptions, pb.AT_ResetRelOptions}:
            options.pop(name, None)
        else:
            options[name] = value


__all__ = ["IndexKey", "TableActions", "attach_index", "drop_constraint", "index_columns", "referenced"]
