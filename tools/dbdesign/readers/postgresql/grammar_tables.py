"""CREATE TABLE by its parse tree: columns, LIKE, INHERITS, PARTITION OF, OF, constraints and partitioning."""

from __future__ import annotations

from collections.abc import Iterable

from dbdesign.dialects.postgresql import DIALECT, INTEGER_MAXIMUM
from dbdesign.model.schema import (
    Check,
    Column,
    Generated,
    Identity,
    Index,
    IndexKey,
    Key,
    Partitioning,
    PartitionOf,
    label,
)
from dbdesign.model.types import DataType
from dbdesign.readers.postgresql import grammar_nodes as nodes
from dbdesign.readers.postgresql.grammar_constraints import ATTRIBUTES, Constraints, Pending, collation_of, distinct
from dbdesign.readers.postgresql.grammar_drafts import TEMPORARY, Drafts, Refused, SequenceDraft, TableDraft, dotted
from dbdesign.readers.postgresql.grammar_nodes import Node
from dbdesign.readers.postgresql.libpg_query import pb
from dbdesign.readers.postgresql.names import choose_name, joined_columns, make_object_name

_STRATEGIES = {
    pb.PARTITION_STRATEGY_LIST: "list",
    pb.PARTITION_STRATEGY_RANGE: "range",
    pb.PARTITION_STRATEGY_HASH: "hash",
}
_RAISED = {pb.CONSTR_CHECK, pb.CONSTR_PRIMARY, pb.CONSTR_UNIQUE, pb.CONSTR_EXCLUSION, pb.CONSTR_FOREIGN}
# TableLikeOption of nodes/parsenodes.h.
_COMMENTS, _COMPRESSION, _CONSTRAINTS, _DEFAULTS, _GENERATED, _IDENTITY, _INDEXES, _STATISTICS, _STORAGE = (
    1 << bit for bit in range(9)
)
_STORAGE_OF_TYPE = {
    "int2": "plain", "int4": "plain", "int8": "plain", "numeric": "main", "text": "extended", "varchar": "extended",
    "bytea": "extended", "json": "extended", "jsonb": "extended", "bpchar": "extended", "xml": "extended", "inet": "main", "cidr": "main",
}  # fmt: skip


def create_table(statement: Node, drafts: Drafts, line: int) -> None:
    """Adds the table of a CREATE TABLE. Raises `Refused` for a second table of the name."""
    relation = statement.relation
    name = drafts.new_name(relation)
    before = drafts.tables.get(name)
    if before is not None or name in drafts.relations:
        if statement.if_not_exists:
            drafts.notes.append(f"line {line}: {label(*name)} exists already, so IF NOT EXISTS leaves it as it is")
            return
        first = f"first declared on line {before.line}" if before else "declared before"
        raise Refused(f'"{label(*name)}" is declared twice: {first}, again on line {line}; the first is kept')
    table = TableDraft(name=name, line=line)
    _options(statement, table)
    builder = TableBuilder(drafts, table)
    builder.parents(statement)
    builder.elements(statement.table_elts)
    if statement.HasField("partspec"):
        table.partitioning = partitioning(statement.partspec)
    drafts.relations.add(name)
    drafts.tables[name] = table
    builder.finish()


def _options(statement: Node, table: TableDraft) -> None:
    table.options = {key: value for key, value in nodes.options_of(statement.options).items() if key != "oids"}
    if statement.relation.relpersistence == "u":
        table.options["unlogged"] = "true"
    if statement.access_method and statement.access_method != "heap":
        table.options["access_method"] = statement.access_method


class TableBuilder:
    """Fills one table; also used by ALTER TABLE … ADD COLUMN."""

    def __init__(self, drafts: Drafts, table: TableDraft) -> None:
        self.drafts = drafts
        self.table = table
        self._pending: list[Pending] = []
        self._after: list[tuple[TableDraft, int]] = []

    def parents(self, statement: Node) -> None:
        """What INHERITS, PARTITION OF and OF bring."""
        for node in statement.inh_relations:
            parent = self.drafts.table(node.range_var)
            if not statement.HasField("partbound"):
                self.table.inherits.append(parent.label)
            self._inherit(parent, partition=statement.HasField("partbound"))
            if statement.HasField("partbound"):
                self.table.partition_of = PartitionOf(
                    namespace=parent.name[0], table=parent.name[1], bound=bound(statement.partbound)
                )
        if statement.HasField("of_typename"):
            self._of_type(statement.of_typename)

    def _inherit(self, parent: TableDraft, *, partition: bool) -> None:
        for column in parent.columns.values():
            identity = Identity(mode=column.identity.mode) if partition and column.identity else None
            if column.name not in self.table.columns:
                self.table.inherited.append(column.name)
                changes = {"identity": identity, "comment": None, "not_null_name": None, "not_null_comment": None}
                self.table.columns[column.name] = column.model_copy(update=changes)
            elif not column.nullable:
                self._change(column.name, nullable=False)

    def _of_type(self, node: Node) -> None:
        data_type = self.drafts.data_type(node)
        found = (data_type.name.namespace, data_type.name.name) if data_type.name else None
        if found is None or found not in self.drafts.composites:
            raise Refused(f'type "{data_type.native}" is not a composite type that is declared before')
        for one in self.drafts.composites[found].fields:
            self.table.columns[one.name] = one.model_copy(update={"comment": None})
        self.table.options["of_type"] = data_type.native

    def elements(self, elements: Iterable[Node]) -> None:
        """Columns, constraints and LIKE, in order."""
        for node in elements:
            which = nodes.kind_of(node)
            if which == "column_def":
                self.column(node.column_def)
            elif which == "constraint":
                self._table_constraint(node.constraint)
            elif which == "table_like_clause":
                self._like(node.table_like_clause)

    def finish(self) -> None:
        """Adds the constraints that waited, once the table and all columns are there."""
        Constraints(self.drafts, self.table).add(self._pending)
        for source, options in self._after:
            self._copy_indexes(source, options)

    def column(self, node: Node) -> None:
        """Adds a column, or what a typed table or partition says of one that it has."""
        if not node.HasField("type_name"):
            if node.colname not in self.table.columns:
                raise Refused(f'"{self.table.label}" has no column "{node.colname}"')
        else:
            self._new_column(node)
        self._column_constraints(node)
        collation = collation_of(nodes.strings(node.coll_clause.collname)) if node.HasField("coll_clause") else None
        if collation:
            self._change(node.colname, collation=collation)

    def _new_column(self, node: Node) -> None:
        name, type_name = node.colname, node.type_name
        names = nodes.strings(type_name.names)
        serial = nodes.SERIALS.get(names[-1]) if len(names) == 1 else None
        data_type = nodes.built_in_type(serial, pb.TypeName()) if serial else self.drafts.data_type(type_name)
        merged = name in self.table.inherited
        if name in self.table.columns and not merged:
            raise Refused(f'column "{name}" is declared twice')
        if merged:
            self.table.inherited.remove(name)
            self._change(name, options=_column_options(node))
        else:
            self.table.columns[name] = Column(name=name, type=data_type, options=_column_options(node))
        if serial:
            self._serial(name, data_type)

    def _serial(self, column: str, data_type: DataType) -> None:
        sequence = self._own_sequence(column, data_type.native)
        self._change(column, nullable=False, default=nextval(sequence))

    def _own_sequence(
        self, column: str, data_type: str, *, name: tuple[str | None, str] | None = None
    ) -> tuple[str | None, str]:
        namespace, table = self.table.name
        if name is None:
            name = (
                namespace,
                choose_name(table, column, "seq", self.drafts.relation_taken(namespace, {self.table.name})),
            )
        self.drafts.relations.add(name)
        self.drafts.sequences[name] = SequenceDraft(
            name=name,
            line=self.table.line,
            data_type=data_type,
            owner=(self.table.name, column),
            unlogged="unlogged" in self.table.options,
        )
        return name

    def identity(self, column: str, node: Node) -> None:
        """GENERATED … AS IDENTITY, with the sequence behind it."""
        native = self.table.columns[column].type.native
        wanted = next((one.def_elem.arg for one in node.options if one.def_elem.defname == "sequence_name"), None)
        parts = nodes.names_of(wanted) if wanted is not None else []
        given = (nodes.plain(parts[-2]) if len(parts) > 1 else self.table.name[0], parts[-1]) if parts else None
        sequence = self.drafts.sequences[self._own_sequence(column, native, name=given)]
        sequence.identity = True
        set_numbers(sequence, node.options)
        mode = Identity(mode="always" if node.generated_when == "a" else "by_default")
        self._change(column, identity=mode, nullable=False)

    def _change(self, column: str, **changes: object) -> None:
        self.table.columns[column] = self.table.columns[column].model_copy(update=changes)

    def _column_constraints(self, node: Node) -> None:
        name = node.colname
        for wrapped in node.constraints:
            constraint = wrapped.constraint
            kind = constraint.contype
            if kind in ATTRIBUTES:
                if self._pending:
                    self._pending[-1].attributes |= ATTRIBUTES[kind]
            elif kind in _RAISED:
                columns = [] if kind == pb.CONSTR_CHECK else [name]
                self._pending.append(Pending(constraint, columns))
            else:
                self._column_property(name, kind, constraint)

    def _column_property(self, name: str, kind: int, node: Node) -> None:
        if kind == pb.CONSTR_NOTNULL:
            self.not_null(name, node)
        elif kind == pb.CONSTR_DEFAULT:
            self._change(name, default=default_of(node.raw_expr))
        elif kind == pb.CONSTR_GENERATED:
            expression = nodes.expression(node.raw_expr)
            self._change(name, generated=Generated(expression=expression, stored=node.generated_kind != "v"))
        elif kind == pb.CONSTR_IDENTITY:
            self.identity(name, node)

    def not_null(self, name: str, node: Node) -> None:
        """NOT NULL, which has a name since PostgreSQL 18."""
        usual = make_object_name(self.table.name[1], name, "not_null")
        self._change(
            name,
            nullable=False,
            not_null_name=node.conname if node.conname and node.conname != usual else None,
            not_null_valid=node.initially_valid or not node.skip_validation,
            not_null_no_inherit=node.is_no_inherit,
        )
        if node.conname:
            self.drafts.constraints.add((self.table.name[0], node.conname))

    def _table_constraint(self, node: Node) -> None:
        if node.contype == pb.CONSTR_NOTNULL:
            self.not_null(node.keys[0].string.sval, node)
        elif node.contype in ATTRIBUTES:
            if self._pending:
                self._pending[-1].attributes |= ATTRIBUTES[node.contype]
        else:
            self._pending.append(Pending(node))

    def add_constraint(self, node: Node) -> None:
        """ALTER TABLE … ADD CONSTRAINT."""
        self._table_constraint(node)

    def _like(self, clause: Node) -> None:
        found = self.drafts.find_relation(clause.relation, self.drafts.tables)
        if found is None:
            raise Refused(f'"{dotted(clause.relation)}" of LIKE is not declared before this statement')
        source, options = self.drafts.tables[found], clause.options
        for column in source.columns.values():
            if column.name in self.table.columns:
                raise Refused(f'column "{column.name}" is declared twice')
            changes = _like_changes(column, options) | self._like_not_null(source, column)
            self.table.columns[column.name] = column.model_copy(update=changes)
            if options & _IDENTITY and column.identity:
                self._like_identity(source, column)
        if options & _CONSTRAINTS:
            for check in sorted(source.checks, key=lambda one: (one.name or "").encode()):
                self.table.checks.append(check if options & _COMMENTS else check.model_copy(update={"comment": None}))
                self.drafts.constraints.add((self.table.name[0], check.name or ""))
        if options & _INDEXES:
            self._after.append((source, options))

    def _like_not_null(self, source: TableDraft, column: Column) -> dict[str, object]:
        """A NOT NULL constraint is copied with its name (PostgreSQL 18)."""
        if column.nullable:
            return {}
        name = column.not_null_name or make_object_name(source.name[1], column.name, "not_null")
        return {
            "not_null_name": None if name == make_object_name(self.table.name[1], column.name, "not_null") else name
        }

    def _like_identity(self, source: TableDraft, column: Column) -> None:
        name = self._own_sequence(column.name, column.type.native)
        sequence = self.drafts.sequences[name]
        sequence.identity = True
        original = next(
            (one for one in self.drafts.sequences.values() if one.owner == (source.name, column.name)), None
        )
        if original:
            sequence.numbers, sequence.cycle = dict(original.numbers), original.cycle

    def _copy_indexes(self, source: TableDraft, options: int) -> None:
        """LIKE … INCLUDING INDEXES: keys and indexes again, under names of their own."""
        namespace, name = self.table.name
        drafts = self.drafts
        changes = {} if options & _COMMENTS else {"comment": None}

        def fresh(second: str | None, suffix: str) -> str:
            chosen = choose_name(name, second, suffix, drafts.relation_taken(namespace, drafts.constraints))
            drafts.relations.add((namespace, chosen))
            drafts.indexes[namespace, chosen] = self.table.name
            return chosen

        def key(one: Key, suffix: str) -> Key:
            second = None if suffix == "pkey" else joined_columns([*one.columns, *one.include])
            return one.model_copy(update={"name": fresh(second, suffix), **changes})

        if source.primary_key:
            self.table.primary_key = key(source.primary_key, "pkey")
        self.table.unique_keys += [key(one, "key") for one in source.unique_keys]
        for exclusion in source.exclusions:
            columns = distinct(key_name(one) for one in exclusion.keys)
            named = fresh(joined_columns(columns), "excl")
            self.table.exclusions.append(exclusion.model_copy(update={"name": named, **changes}))
        for index in source.indexes:
            self.table.indexes.append(self._copied(index, fresh, changes))

    def _copied(self, index: Index, fresh: object, changes: dict[str, None]) -> Index:
        columns = distinct([*(key_name(one) for one in index.keys), *index.include])
        named = fresh(joined_columns(columns), "idx")  # type: ignore[operator]
        return index.model_copy(update={"name": named, "partition_of": None, "only": False, **changes})


def _like_changes(column: Column, options: int) -> dict[str, object]:
    keep = {"default": _DEFAULTS, "generated": _GENERATED, "identity": _IDENTITY, "comment": _COMMENTS}
    changes: dict[str, object] = {name: None for name, bit in keep.items() if not options & bit}
    wanted = {"storage": _STORAGE, "compression": _COMPRESSION}
    changes["options"] = {name: value for name, value in column.options.items() if options & wanted.get(name, 0)}
    return changes | {"not_null_comment": None}


def _column_options(node: Node) -> dict[str, str]:
    options: dict[str, str] = {}
    usual = _STORAGE_OF_TYPE.get(nodes.strings(node.type_name.names)[-1], "") if node.HasField("type_name") else ""
    if node.storage_name and node.storage_name.lower() not in {"default", usual}:
        options["storage"] = node.storage_name.lower()
    if node.compression and node.compression != "default":
        options["compression"] = node.compression.lower()
    return options


def default_of(node: Node) -> str | None:
    """A default; None for `DEFAULT NULL`, which is none."""
    if nodes.kind_of(node) == "a_const" and node.a_const.isnull:
        return None
    return nodes.expression(node)


def set_numbers(sequence: SequenceDraft, options: Iterable[Node]) -> None:
    """What sequence options say, laid over what the sequence has."""
    for node in options:
        element = node.def_elem
        name = element.defname
        if name == "cycle":
            sequence.cycle = element.arg.boolean.boolval
        elif name == "as":
            native = nodes.native_type(element.arg.type_name)
            if native not in INTEGER_MAXIMUM:
                raise Refused(f"a sequence cannot be of type {native}")
            sequence.data_type = native
        elif name in {"start", "increment", "minvalue", "maxvalue", "cache"}:
            value = nodes.integer(element.arg) if element.HasField("arg") else None
            if value is None:
                sequence.numbers.pop(name, None)
            else:
                sequence.numbers[name] = value


def nextval(name: tuple[str | None, str]) -> str:
    """The default that reads a sequence."""
    text = DIALECT.qualified(*name).replace("'", "''")
    return f"nextval('{text}'::regclass)"


def key_name(key: IndexKey) -> str:
    """What PostgreSQL calls an index's column when it copies the index."""
    return key.column or nodes.figured_text(key.expression or "") or "expr"


def partitioning(spec: Node) -> Partitioning:
    """PARTITION BY."""
    keys = [
        IndexKey(
            column=node.partition_elem.name or None,
            expression=nodes.optional(node.partition_elem, "expr"),
            opclass=".".join(nodes.strings(node.partition_elem.opclass)) or None,
            collation=collation_of(nodes.strings(node.partition_elem.collation)),
        )
        for node in spec.part_params
    ]
    return Partitioning(strategy=_STRATEGIES[spec.strategy], keys=tuple(keys))


def bound(spec: Node) -> str:
    """A partition's bound as `pg_get_expr` spells it."""
    if spec.is_default:
        return "DEFAULT"
    if spec.strategy == "h":
        return f"FOR VALUES WITH (modulus {spec.modulus}, remainder {spec.remainder})"
    if spec.strategy == "l":
        return f"FOR VALUES IN ({_datums(spec.listdatums)})"
    return f"FOR VALUES FROM ({_datums(spec.lowerdatums)}) TO ({_datums(spec.upperdatums)})"


def _datums(datums: Iterable[Node]) -> str:
    return ", ".join(_datum(node) for node in datums)


def _datum(node: Node) -> str:
    text = nodes.expression(node)
    return text.upper() if text.lower() in {"minvalue", "maxvalue"} else text


__all__ = ["TEMPORARY", "Check", "TableBuilder", "bound", "create_table", "default_of", "partitioning", "set_numbers"]
