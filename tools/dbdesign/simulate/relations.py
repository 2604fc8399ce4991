"""The relations of a twin by the names that plans use, which leave the namespace out."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dbdesign.twin.relations import Relation
    from dbdesign.twin.settings import ServerSettings
    from dbdesign.twin.twin import Twin


@dataclass
class Catalog:
    """What plans are read against."""

    twin: Twin
    _by_name: dict[str, list[Relation]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for one in self.twin.relations.values():
            self._by_name.setdefault(one.name, []).append(one)

    @property
    def by_oid(self) -> dict[int, Relation]:
        """All relations by oid."""
        return self.twin.relations

    @cached_property
    def settings(self) -> ServerSettings:
        """The planner's settings, as they are in force."""
        return self.twin.settings

    @cached_property
    def leader(self) -> bool:
        """Whether the leader of a parallel plan works too."""
        return self.settings.values["parallel_leader_participation"][0] == "on"

    def table(self, name: str, wanted: frozenset[str] = frozenset()) -> Relation | None:
        """The table of that name; where several namespaces have one, the one that the statement names."""
        found = [one for one in self._by_name.get(name, ()) if not one.is_index]
        return next((one for one in found if one.label in wanted), found[0] if found else None)

    def index(self, name: str, table: object = None, wanted: frozenset[str] = frozenset()) -> Relation | None:
        """The index of that name, on a table of that name where it is given."""
        found = [one for one in self._by_name.get(name, ()) if one.is_index]
        for one in found:
            owner = self.by_oid.get(one.table or 0)
            if owner and (owner.label in wanted or (len(found) > 1 and owner.name == table)):
                return one
        return found[0] if found else None

    def indexes(self, table: Relation) -> list[Relation]:
        """The indexes of a table."""
        return self._indexes.get(table.oid, [])

    @cached_property
    def _indexes(self) -> dict[int, list[Relation]]:
        found: dict[int, list[Relation]] = {}
        for one in self.by_oid.values():
            if one.is_index and one.table is not None:
                found.setdefault(one.table, []).append(one)
        return found

    def leaves(self, table: Relation) -> list[Relation]:
        """The partitions of a partitioned table that hold rows, those of its partitions counted in."""
        found: list[Relation] = []
        for one in self._heirs.get(table.oid, ()):
            found += self.leaves(one) if one.kind == "p" else [one]
        return found

    @cached_property
    def _heirs(self) -> dict[int, list[Relation]]:
        found: dict[int, list[Relation]] = {}
        for one in self.by_oid.values():
            if not one.is_index:
                for parent in one.parents:
                    found.setdefault(parent, []).append(one)
        return found

    def root(self, table: Relation) -> Relation:
        """The partitioned table that a table is a part of, or itself."""
        for oid in table.parents:
            parent = self.by_oid.get(oid)
            if parent is not None and parent.kind == "p":
                return self.root(parent)
        return table
