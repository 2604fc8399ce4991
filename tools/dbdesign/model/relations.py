"""Look-ups over a schema's foreign keys: who references whom, how many to how many, junction tables, cycles, neighbourhoods."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property

from dbdesign.model.base import Model
from dbdesign.model.schema import ForeignKey, Schema, Table


class Relation(Model):
    """A foreign key with its two ends and the cardinalities that follow from nullability and uniqueness.

    Attributes:
        child, parent: labels of the referencing and the referenced table.
        parent_optional: a child row may have no parent (some referencing column is nullable).
        child_unique: a parent row has at most one child (the referencing columns are unique).
    """

    child: str
    parent: str
    foreign_key: ForeignKey
    parent_optional: bool
    child_unique: bool

    @property
    def cardinality(self) -> str:
        """Parent to child: `1:1`, `1:0..1`, `1:N`, `0..1:N` …: parent side first; the child side is never below zero."""
        return f"{'0..1' if self.parent_optional else '1'}:{'0..1' if self.child_unique else 'N'}"


class Relations:
    """The graph of a schema's foreign keys. Built once, then looked up in constant time.

    Foreign keys to tables that the schema does not have are in `dangling`, not in the graph.
    """

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.all: list[Relation] = []
        self.dangling: list[tuple[Table, ForeignKey]] = []
        self._outgoing: dict[str, list[Relation]] = defaultdict(list)
        self._incoming: dict[str, list[Relation]] = defaultdict(list)
        for table in schema.tables:
            for key in table.foreign_keys:
                self._add(table, key)

    def _add(self, table: Table, key: ForeignKey) -> None:
        parent = self.schema.table_by_label.get(key.references)
        if parent is None:
            self.dangling.append((table, key))
            return
        columns = [table.column(name) for name in key.columns]
        relation = Relation(
            child=table.label,
            parent=parent.label,
            foreign_key=key,
            parent_optional=any(column is None or column.nullable for column in columns),
            child_unique=table.is_unique(key.columns),
        )
        self.all.append(relation)
        self._outgoing[relation.child].append(relation)
        self._incoming[relation.parent].append(relation)

    def references_out(self, label: str) -> list[Relation]:
        """The relations in which this table is the child."""
        return self._outgoing.get(label, [])

    def references_in(self, label: str) -> list[Relation]:
        """The relations in which this table is the parent."""
        return self._incoming.get(label, [])

    def is_junction(self, table: Table) -> bool:
        """Whether the table links two or more parents: its foreign keys to different rows together form a candidate key, or cover all but
        its own surrogate key and bookkeeping columns.
        """
        out = self.references_out(table.label)
        if len(out) < 2:
            return False
        linking = frozenset(name for relation in out for name in relation.foreign_key.columns)
        if any(key <= linking and len(key) > 1 for key in table.candidate_keys):
            return True
        own = frozenset(table.primary_key.columns) if table.primary_key else frozenset()
        rest = [c for c in table.columns if c.name not in linking | own and not c.type.is_time and c.default is None]
        return not rest and not self.references_in(table.label)

    @cached_property
    def junctions(self) -> list[Table]:
        """Every junction table."""
        return [table for table in self.schema.tables if self.is_junction(table)]

    def neighbourhood(self, labels: Iterable[str], hops: int) -> set[str]:
        """The labels within `hops` foreign keys, in either direction, of the given ones."""
        reached = {label for label in labels if label in self.schema.table_by_label}
        frontier = set(reached)
        for _ in range(hops):
            near = {r.parent for label in frontier for r in self.references_out(label)}
            near |= {r.child for label in frontier for r in self.references_in(label)}
            frontier = near - reached
            reached |= frontier
        return reached

    def _parents(self) -> dict[str, list[str]]:
        return {table.label: [r.parent for r in self.references_out(table.label)] for table in self.schema.tables}

    @cached_property
    def cycles(self) -> list[list[str]]:
        """Strongly connected groups of two or more tables, each sorted; self-references are not cycles."""
        return [sorted(group) for group in strongly_connected(self._parents()) if len(group) > 1]

    def load_order(self) -> list[Table]:
        """The tables, parents before children where there is no cycle; stable for equal schemas."""
        graph = self._parents()
        for table in self.schema.tables:
            if table.partition_of:
                graph[table.label].append(table.partition_of.label)
            graph[table.label].extend(table.inherits)
        position = {table.label: number for number, table in enumerate(self.schema.tables)}
        ordered: list[Table] = []
        for group in strongly_connected(graph):
            ordered += [
                self.schema.table_by_label[one]
                for one in sorted(group, key=lambda one: position.get(one, -1))
                if one in position
            ]
        return ordered


def strongly_connected(graph: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """Tarjan's algorithm without recursion: the groups, each after the groups it points to. Unknown targets are ignored."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    groups: list[list[str]] = []
    for root in graph:
        if root in index:
            continue
        work = [(root, iter(graph[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, successors = work[-1]
            for successor in successors:
                if successor not in graph:
                    continue
                if successor not in index:
                    index[successor] = low[successor] = len(index)
                    stack.append(successor)
                    on_stack.add(successor)
                    work.append((successor, iter(graph[successor])))
                    break
                if successor in on_stack:
                    low[node] = min(low[node], index[successor])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    group: list[str] = []
                    while True:
                        member = stack.pop()
                        on_stack.discard(member)
                        group.append(member)
                        if member == node:
                            break
                    groups.append(group)
    return groups
