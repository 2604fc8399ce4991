"""Constraints and indexes: from parse-tree nodes to the model, with the names that PostgreSQL would choose."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from dbdesign.dialects.postgresql import DIALECT
from dbdesign.model.schema import Action, Check, Exclusion, ForeignKey, Index, IndexKey, Key
from dbdesign.readers.postgresql import grammar_nodes as nodes
from dbdesign.readers.postgresql.grammar_drafts import Drafts, Refused, TableDraft
from dbdesign.readers.postgresql.grammar_nodes import Node
from dbdesign.readers.postgresql.libpg_query import pb
from dbdesign.readers.postgresql.names import choose_name, joined_columns, make_object_name

ACTIONS: dict[str, Action] = {
    "": "no action",
    "a": "no action",
    "r": "restrict",
    "c": "cascade",
    "n": "set null",
    "d": "set default",
}
ATTRIBUTES = {
    pb.CONSTR_ATTR_DEFERRABLE: {"deferrable": True},
    pb.CONSTR_ATTR_NOT_DEFERRABLE: {"deferrable": False},
    pb.CONSTR_ATTR_DEFERRED: {"deferrable": True, "initially_deferred": True},
    pb.CONSTR_ATTR_IMMEDIATE: {"initially_deferred": False},
    pb.CONSTR_ATTR_ENFORCED: {"enforced": True},
    pb.CONSTR_ATTR_NOT_ENFORCED: {"enforced": False},
}
_MATCH: dict[str, Any] = {"f": "full", "p": "partial"}


@dataclass
class Pending:
    """A constraint that waits for its turn: PostgreSQL makes checks, then keys, then foreign keys."""

    node: Node
    columns: list[str] = field(default_factory=list)
    attributes: dict[str, Any] = field(default_factory=dict)


class Constraints:
    """Adds constraints and indexes to a table."""

    def __init__(self, drafts: Drafts, table: TableDraft) -> None:
        self._drafts = drafts
        self._table = table

    def add(self, pending: Iterable[Pending]) -> None:
        """Adds constraints in the order in which PostgreSQL does."""
        waiting = list(pending)
        for one in waiting:
            if one.node.contype == pb.CONSTR_CHECK:
                self._table.checks.append(self._check(one))
        keys = [
            one for one in waiting if one.node.contype in {pb.CONSTR_PRIMARY, pb.CONSTR_UNIQUE, pb.CONSTR_EXCLUSION}
        ]
        for one in sorted(keys, key=lambda one: one.node.contype != pb.CONSTR_PRIMARY):
            self._key_or_exclusion(one)
        for one in waiting:
            if one.node.contype == pb.CONSTR_FOREIGN:
                self._table.foreign_keys.append(self._foreign_key(one))

    def _constraint_name(self, given: str, second: str | None, suffix: str) -> str:
        namespace, table = self._table.name
        taken = self._drafts.constraints
        name = given or choose_name(table, second, suffix, lambda one: (namespace, one) in taken)
        taken.add((namespace, name))
        return name

    def _index_name(self, given: str, second: str | None, suffix: str, *, constraint: bool) -> str:
        namespace, table = self._table.name
        drafts = self._drafts
        taken = drafts.relation_taken(namespace, drafts.constraints) if constraint else drafts.relation_taken(namespace)
        name = given or choose_name(table, second, suffix, taken)
        drafts.relations.add((namespace, name))
        drafts.indexes[namespace, name] = self._table.name
        if constraint:
            drafts.constraints.add((namespace, name))
        return name

    def _check(self, one: Pending) -> Check:
        node = one.node
        used = [name for name in nodes.columns_in(node.raw_expr) if name in self._table.columns]
        enforced = one.attributes.get("enforced", node.is_enforced)
        return Check(
            name=self._constraint_name(node.conname, used[0] if len(used) == 1 else None, "check"),
            expression=nodes.expression(node.raw_expr),
            valid=node.initially_valid or not node.skip_validation or not enforced,
            enforced=enforced,
            no_inherit=node.is_no_inherit,
        )

    def _foreign_key(self, one: Pending) -> ForeignKey:
        node = one.node
        drafts, relation = self._drafts, node.pktable
        columns = one.columns or nodes.strings(node.fk_attrs)
        target = drafts.find_relation(relation, drafts.tables)
        if target is None and (relation.schemaname == "" and relation.relname == self._table.name[1]):
            target = self._table.name
        namespace = target[0] if target else nodes.plain(relation.schemaname) if relation.schemaname else drafts.here
        enforced = one.attributes.get("enforced", node.is_enforced)
        return ForeignKey(
            name=self._constraint_name(node.conname, joined_columns(columns), "fkey"),
            columns=tuple(columns),
            referenced_namespace=namespace,
            referenced_table=target[1] if target else relation.relname,
            referenced_columns=tuple(nodes.strings(node.pk_attrs)),
            on_delete=ACTIONS[node.fk_del_action],
            on_update=ACTIONS[node.fk_upd_action],
            match=_MATCH.get(node.fk_matchtype, "simple"),
            deferrable=one.attributes.get("deferrable", node.deferrable),
            initially_deferred=one.attributes.get("initially_deferred", node.initdeferred),
            valid=not node.skip_validation or node.initially_valid or not enforced,
            enforced=enforced,
            set_columns=tuple(nodes.strings(node.fk_del_set_cols)),
            period=node.fk_with_period,
        )

    def _key_or_exclusion(self, one: Pending) -> None:
        node = one.node
        if node.contype == pb.CONSTR_EXCLUSION:
            self._table.exclusions.append(self._exclusion(one))
            return
        if node.indexname:
            self._adopt_index(one)
            return
        primary = node.contype == pb.CONSTR_PRIMARY
        columns = one.columns or nodes.strings(node.keys)
        twin = self._same_key(columns, one)
        if twin is not None and not primary:
            return
        second = None if primary else joined_columns([*columns, *nodes.strings(node.including)])
        name = self._index_name(node.conname, second, "pkey" if primary else "key", constraint=True)
        self._put(self._key(one, name, columns), primary=primary)

    def _same_key(self, columns: list[str], one: Pending) -> Key | None:
        """A key over the same columns that the same statement makes: PostgreSQL keeps one (transformIndexConstraints)."""
        table = self._table
        mine = [key for key in (table.primary_key, *table.unique_keys) if key is not None]
        wanted = (tuple(columns), one.node.nulls_not_distinct, one.attributes.get("deferrable", one.node.deferrable))
        for key in mine:
            same = (key.columns, key.nulls_not_distinct, key.deferrable) == wanted
            if same and not key.include and not one.node.including and not one.node.conname:
                return key
        return None

    def _key(self, one: Pending, name: str, columns: list[str]) -> Key:
        node = one.node
        options = nodes.options_of(node.options)
        if node.indexspace:
            options["tablespace"] = node.indexspace
        return Key(
            name=name,
            columns=tuple(columns),
            include=tuple(nodes.strings(node.including)),
            nulls_not_distinct=node.nulls_not_distinct,
            deferrable=one.attributes.get("deferrable", node.deferrable),
            initially_deferred=one.attributes.get("initially_deferred", node.initdeferred),
            without_overlaps=node.without_overlaps,
            options=_without_place(options),
        )

    def _put(self, key: Key, *, primary: bool) -> None:
        table = self._table
        if not primary:
            table.unique_keys.append(key)
            return
        if table.primary_key is not None:
            raise Refused(f'table "{table.label}" has two primary keys')
        table.primary_key = key
        for name in key.columns:
            if name in table.columns:
                table.columns[name] = table.columns[name].model_copy(update={"nullable": False})

    def _adopt_index(self, one: Pending) -> None:
        """ADD CONSTRAINT … USING INDEX: the index becomes the constraint's, and takes its name."""
        node, table = one.node, self._table
        index = next((index for index in table.indexes if index.name == node.indexname), None)
        if index is None:
            raise Refused(f'table "{table.label}" has no index "{node.indexname}"')
        table.indexes.remove(index)
        drafts, namespace = self._drafts, table.name[0]
        name = node.conname or node.indexname
        drafts.relations.discard((namespace, node.indexname))
        drafts.indexes.pop((namespace, node.indexname), None)
        self._index_name(name, None, "", constraint=True)
        key = self._key(one, name, list(index.columns)).model_copy(
            update={
                "include": index.include,
                "nulls_not_distinct": index.nulls_not_distinct,
                "options": index.options,
                "comment": index.comment,
            }
        )
        self._put(key, primary=node.contype == pb.CONSTR_PRIMARY)

    def _exclusion(self, one: Pending) -> Exclusion:
        node = one.node
        keys: list[IndexKey] = []
        figured: list[str] = []
        for pair in node.exclusions:
            element, operator = pair.list.items
            parts = nodes.names_of(operator)
            spelt = parts[-1] if len(parts) == 1 or parts[0] == "pg_catalog" else f"OPERATOR({'.'.join(parts)})"
            keys.append(self.index_key(element.index_elem).model_copy(update={"operator": spelt}))
            figured.append(_figured(element.index_elem))
        second = joined_columns(distinct([*figured, *nodes.strings(node.including)]))
        options = nodes.options_of(node.options)
        return Exclusion(
            name=self._index_name(node.conname, second, "excl", constraint=True),
            keys=tuple(keys),
            method=node.access_method or "gist",
            include=tuple(nodes.strings(node.including)),
            where=nodes.optional(node, "where_clause"),
            deferrable=node.deferrable,
            initially_deferred=node.initdeferred,
            options=_without_place(options),
        )

    def index_key(self, element: Node) -> IndexKey:
        """One key of an index."""
        descending, nulls = nodes.index_order(element)
        opclass = ".".join(part for part in nodes.strings(element.opclass) if part != "pg_catalog") or None
        settings = nodes.options_of(element.opclassopts)
        if settings:
            listed = ", ".join(f"{name}={value}" for name, value in settings.items())
            opclass = f"{opclass or ''}({listed})"
        return IndexKey(
            column=element.name or None,
            expression=nodes.expression(element.expr) if element.HasField("expr") else None,
            descending=descending,
            nulls=nulls,
            opclass=opclass,
            collation=collation_of(nodes.strings(element.collation)),
        )

    def index(self, statement: Node) -> Index:
        """An index from CREATE INDEX."""
        elements = [node.index_elem for node in statement.index_params]
        included = [node.index_elem.name for node in statement.index_including_params]
        columns = distinct([*(_figured(element) for element in elements), *included])
        options = nodes.options_of(statement.options)
        if statement.table_space:
            options["tablespace"] = statement.table_space
        partitioned = self._table.partitioning is not None
        return Index(
            name=self._index_name(statement.idxname, joined_columns(columns), "idx", constraint=False),
            keys=tuple(self.index_key(element) for element in elements),
            unique=statement.unique,
            method=statement.access_method or "btree",
            include=tuple(included),
            where=nodes.optional(statement, "where_clause"),
            nulls_not_distinct=statement.nulls_not_distinct,
            only=partitioned and not statement.relation.inh,
            options=_without_place(options),
        )


def _without_place(options: dict[str, str]) -> dict[str, str]:
    """Storage parameters alone: a tablespace is a place on the server, not part of the design (the executed reader agrees)."""
    return {name: value for name, value in options.items() if name != "tablespace"}


def _figured(element: Node) -> str:
    if element.name:
        return str(element.name)
    return element.indexcolname or nodes.figured_name(element.expr) or "expr"


def distinct(names: Iterable[str]) -> list[str]:
    """Index column names as PostgreSQL makes them differ: with a number after the repeated one (ChooseIndexColumnNames)."""
    found: list[str] = []
    for name in names:
        number, candidate = 0, name
        while candidate in found:
            number += 1
            candidate = f"{name}{number}"
        found.append(candidate)
    return found


def collation_of(parts: list[str]) -> str | None:
    """A collation as SQL; None for none and for `default`."""
    own = [part for part in parts if part != "pg_catalog"]
    if not own or own == ["default"]:
        return None
    return ".".join(DIALECT.identifier(part) for part in own)


def chosen_primary_name(table: str) -> str:
    """The name of a primary key that has none."""
    return make_object_name(table, None, "pkey")
