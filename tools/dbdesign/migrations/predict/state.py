"""The schema while a migration runs, as the rules need it: statements are applied in turn, and relations are looked up.

It is the grammar reader's draft of a schema, which takes a statement in well under a millisecond.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dbdesign.engines.postgres import split_script
from dbdesign.model.schema import Engine, IndexKey, Schema, Table, View, label
from dbdesign.readers.postgresql.grammar import Finisher, GrammarRun
from dbdesign.readers.postgresql.grammar_drafts import Name, SequenceDraft, TableDraft
from dbdesign.readers.postgresql.grammar_nodes import columns_in, constant, kind_of
from dbdesign.readers.postgresql.libpg_query import ParseError, parse
from dbdesign.readers.postgresql.names import make_object_name
from dbdesign.readers.postgresql.positions import positions


@dataclass(frozen=True)
class IndexFacts:
    """An index of a table, whether a constraint owns it or not.

    Attributes:
        plain: whether it has neither expressions nor a predicate.
        columns: every column that it mentions.
        deferrable: of a constraint whose uniqueness is checked again by another scan of the table.
    """

    name: str
    columns: frozenset[str]
    plain: bool
    exclusion: bool = False
    unique: bool = False


class State:
    """A schema that statements change. `timezone` is the session's, where a statement has set it."""

    def __init__(self) -> None:
        self._run = GrammarRun(positions(""), Engine.POSTGRESQL)
        self.timezone: str | None = None

    @classmethod
    def of(cls, schema: Schema | str) -> State:
        """The state in which a migration finds a schema: a model, or SQL."""
        state = cls()
        if isinstance(schema, str):
            for statement in split_script(schema).statements:
                state.apply(statement.sql)
        else:
            _fill(state, schema)
        return state

    @property
    def drafts(self) -> Any:
        """The grammar reader's draft."""
        return self._run.drafts

    def copy(self) -> State:
        """A state that can be changed without this one."""
        return copy.deepcopy(self)

    def apply(self, sql: str) -> list[str]:
        """Change the schema as a statement does; what could not be applied, as sentences."""
        self._run.unread.clear()
        self._run.apply(sql, 1)
        self._note_timezone(sql)
        return [one.reason for one in self._run.unread]

    def _note_timezone(self, sql: str) -> None:
        if "zone" not in sql.lower():
            return
        try:
            nodes = [raw.stmt for raw in parse(sql).stmts]
        except ParseError:
            return
        for node in nodes:
            if kind_of(node) == "variable_set_stmt" and node.variable_set_stmt.name.lower() == "timezone":
                values = [constant(one) for one in node.variable_set_stmt.args]
                self.timezone = values[0] if values else None

    @property
    def schema(self) -> Schema:
        """The schema as a value."""
        return Finisher(self.drafts, Engine.POSTGRESQL, []).schema()

    # -- look-ups ----------------------------------------------------------------------------------------------------------

    def table(self, relation: Any) -> TableDraft | None:
        """The table that a RangeVar means."""
        found = self.drafts.find_relation(relation, self.drafts.tables)
        return self.drafts.tables[found] if found is not None else None

    def view(self, relation: Any) -> View | None:
        """The view or materialized view that a RangeVar means."""
        found = self.drafts.find_relation(relation, self.drafts.views)
        return self.drafts.views[found] if found is not None else None

    def named(self, name: str) -> TableDraft | None:
        """The table with a label."""
        return self._by_label().get(name)

    def _by_label(self) -> dict[str, TableDraft]:
        return {one.label: one for one in self.drafts.tables.values()}

    def value(self, table: TableDraft) -> Table:
        """A table as a value."""
        return table.finished(tuple(table.columns.values()), ())

    def children(self, table: TableDraft) -> list[TableDraft]:
        """Partitions of a table and tables that inherit from it."""
        mine = table.label
        return [
            one
            for one in self.drafts.tables.values()
            if (one.partition_of is not None and one.partition_of.label == mine) or mine in one.inherits
        ]

    def family(self, table: TableDraft) -> list[TableDraft]:
        """The table and all below it."""
        found = [table]
        for one in found:
            found += [child for child in self.children(one) if child not in found]
        return found

    def whole(self, table: TableDraft) -> list[TableDraft]:
        """The table with its partitions: keys and foreign keys do not reach tables that only inherit from it."""
        return self.family(table) if table.partitioning is not None else [table]

    def leaves(self, table: TableDraft) -> list[TableDraft]:
        """Those of the family that hold rows."""
        return [one for one in self.family(table) if one.partitioning is None]

    def parent(self, table: TableDraft) -> TableDraft | None:
        """The table of which it is a partition."""
        return self.named(table.partition_of.label) if table.partition_of is not None else None

    def above(self, table: TableDraft) -> list[TableDraft]:
        """The table and those of which it is a partition, whose checks it has as well."""
        found = [table]
        while (parent := self.parent(found[-1])) is not None and parent not in found:
            found.append(parent)
        return found

    def default_partition(self, table: TableDraft) -> TableDraft | None:
        """The partition for what no other takes."""
        for one in self.children(table):
            if one.partition_of is not None and one.partition_of.bound == "DEFAULT":
                return one
        return None

    def referencing(self, table: TableDraft) -> Iterator[tuple[TableDraft, Any]]:
        """The tables with foreign keys to this one, and the keys."""
        for one in self.drafts.tables.values():
            for key in one.foreign_keys:
                if key.references == table.label:
                    yield one, key

    def views_on(self, name: str) -> list[View]:
        """Views that read a relation, directly or through others."""
        found: list[View] = []
        wanted = {name}
        grown = True
        while grown:
            grown = False
            for view in self.drafts.views.values():
                if view not in found and wanted & set(view.depends_on):
                    found.append(view)
                    wanted.add(view.label)
                    grown = True
        return found

    def index_owner(self, name: Name) -> TableDraft | View | None:
        """The table or materialized view of an index."""
        owner = self.drafts.indexes.get(name)
        if owner is None:
            return None
        table: TableDraft | None = self.drafts.tables.get(owner)
        return table if table is not None else self.drafts.views.get(owner)

    def find_index(self, relation: Any) -> Name | None:
        """The index that a RangeVar means."""
        found: Name | None = self.drafts.find_relation(relation, self.drafts.indexes)
        return found

    def indexes(self, owner: TableDraft | View) -> list[IndexFacts]:
        """All indexes of a table, those of constraints too; a partition has its partitioned table's, under names that are not known."""
        found = list(_own_indexes(owner))
        if isinstance(owner, TableDraft) and (parent := self.parent(owner)) is not None:
            attached = {one.partition_of for one in owner.indexes if one.partition_of}
            names = {one.name for one in found}
            for one in self.indexes(parent):
                twin = label(parent.name[0], one.name)
                if twin not in attached and not any(
                    mine.columns == one.columns for mine in found if mine.name in names
                ):
                    guess = make_object_name(owner.name[1], "_".join(sorted(one.columns)), "idx")
                    found.append(IndexFacts(guess, one.columns, one.plain, one.exclusion, one.unique))
        return found


def _own_indexes(owner: TableDraft | View) -> Iterator[IndexFacts]:
    if isinstance(owner, TableDraft):
        for key in [owner.primary_key, *owner.unique_keys]:
            if key is not None:
                yield IndexFacts(key.name or "", frozenset((*key.columns, *key.include)), plain=True, unique=True)
        for exclusion in owner.exclusions:
            plain = exclusion.where is None and all(one.column for one in exclusion.keys)
            yield IndexFacts(exclusion.name or "", _mentioned(exclusion.keys, exclusion.where), plain, exclusion=True)
    for index in owner.indexes:
        if isinstance(owner, TableDraft) and owner.partitioning is not None and index.only:
            continue
        plain = index.where is None and all(one.column for one in index.keys)
        columns = _mentioned(index.keys, index.where) | set(index.include)
        yield IndexFacts(index.name or "", columns, plain, unique=index.unique)


def _mentioned(keys: tuple[IndexKey, ...], where: str | None) -> frozenset[str]:
    found = {one.column for one in keys if one.column}
    for text in [*(one.expression for one in keys), where]:
        if text:
            found.update(columns_of(text))
    return frozenset(found)


def columns_of(expression: str) -> set[str]:
    """The columns that an expression in SQL mentions; none where it does not parse."""
    try:
        tree = parse(f"SELECT {expression}")
    except ParseError:
        return set()
    return set(columns_in(tree.stmts[0].stmt.select_stmt))


def _fill(state: State, schema: Schema) -> None:
    """Lay a schema that was read elsewhere into the draft."""
    drafts = state.drafts
    drafts.namespaces.update({one.name: one for one in schema.namespaces})
    drafts.extensions.update({one.name: one for one in schema.extensions})
    for one in schema.enums:
        drafts.enums[one.namespace, one.name] = one
    for domain in schema.domains:
        drafts.domains[domain.namespace, domain.name] = domain
    for composite in schema.composites:
        drafts.composites[composite.namespace, composite.name] = composite
    for sequence in schema.sequences:
        name = (sequence.namespace, sequence.name)
        drafts.sequences[name] = SequenceDraft(name=name)
        drafts.relations.add(name)
    for table in schema.tables:
        _add_table(state, table)
    for view in schema.views:
        name = (view.namespace, view.name)
        drafts.views[name] = view
        drafts.relations.add(name)
        _add_indexes(state, name, [one.name for one in view.indexes])
    for routine in schema.routines:
        drafts.routines[routine.namespace, routine.signature] = routine
    drafts.carried.extend(schema.carried)


def _add_table(state: State, table: Table) -> None:
    drafts, name = state.drafts, (table.namespace, table.name)
    draft = TableDraft(
        name=name,
        line=0,
        columns={one.name: one for one in table.columns},
        primary_key=table.primary_key,
        unique_keys=list(table.unique_keys),
        foreign_keys=list(table.foreign_keys),
        checks=list(table.checks),
        exclusions=list(table.exclusions),
        indexes=list(table.indexes),
        partitioning=table.partitioning,
        partition_of=table.partition_of,
        inherits=list(table.inherits),
        inherited=list(table.inherited),
        triggers=list(table.triggers),
        policies=list(table.policies),
        row_security=table.row_security != "off",
        forced=table.row_security == "forced",
        comment=table.comment,
        options=dict(table.options),
    )
    drafts.tables[name] = draft
    drafts.relations.add(name)
    _add_indexes(state, name, [*(one.name for one in _own_indexes(draft)), *(one.name for one in table.indexes)])
    groups: tuple[tuple[Any, ...], ...] = (table.checks, table.foreign_keys, table.unique_keys, table.exclusions)
    drafts.constraints.update((table.namespace, one.name) for group in groups for one in group if one.name)
    for column in table.columns:
        if column.identity is not None:
            own = column.identity.sequence_name or make_object_name(table.name, column.name, "seq")
            drafts.sequences[table.namespace, own] = SequenceDraft(
                name=(table.namespace, own), owner=(name, column.name), identity=column.identity.mode != "serial"
            )
            drafts.relations.add((table.namespace, own))


def _add_indexes(state: State, owner: Name, names: list[str | None]) -> None:
    for name in names:
        if name:
            state.drafts.indexes[owner[0], name] = owner
            state.drafts.relations.add((owner[0], name))
