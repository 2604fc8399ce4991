"""Which foreign keys may cascade: SQL Server refuses a second path, or a cycle, of cascading actions (error 1785).

"No table can appear more than one time in the list of all cascading referential actions that result from the DELETE or UPDATE"
(Primary and foreign key constraints: cascading referential integrity).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from dbdesign.model.schema import Action, ForeignKey, Table

CASCADING: tuple[Action, ...] = ("cascade", "set null", "set default")
"""In the order in which they are kept: losing a cascade changes more than losing a SET NULL."""
Edge = tuple[str, int]


class CascadePaths:
    """The cascading actions that a schema can keep.

    `deletes` and `updates` hold (table label, position of the foreign key) of the actions that must become NO ACTION.
    """

    def __init__(self, tables: Iterable[Table]) -> None:
        self.tables = list(tables)
        self.deletes = self._refused("on_delete")
        self.updates = self._refused("on_update")

    def _refused(self, event: str) -> set[Edge]:
        graph, refused = _Forest(), set()
        wanted = [
            (CASCADING.index(getattr(key, event)), (table.label, number), key)
            for table in self.tables
            for number, key in enumerate(table.foreign_keys)
            if getattr(key, event) in CASCADING and _is_kept(key)
        ]
        for _, edge, key in sorted(wanted, key=lambda one: one[0]):
            if not graph.add(key.references, edge[0]):
                refused.add(edge)
        return refused


def _is_kept(key: ForeignKey) -> bool:
    return key.enforced


class _Forest:
    """A graph from parents to children in which there is at most one path between any two tables."""

    def __init__(self) -> None:
        self.children: dict[str, set[str]] = defaultdict(set)
        self.parents: dict[str, set[str]] = defaultdict(set)

    def add(self, parent: str, child: str) -> bool:
        """Add an edge, unless it would make a cycle or a second path."""
        below = _reached([child], self.children)
        above = _reached([parent], self.parents)
        if parent in below or above & _reached(below, self.parents):
            return False
        self.children[parent].add(child)
        self.parents[child].add(parent)
        return True


def _reached(starts: Iterable[str], graph: dict[str, set[str]]) -> set[str]:
    found, frontier = set(starts), list(starts)
    while frontier:
        for one in graph.get(frontier.pop(), ()):
            if one not in found:
                found.add(one)
                frontier.append(one)
    return found
