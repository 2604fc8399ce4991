"""What soft deletion means for references: who refers to rows that can be marked, and who is marked with them."""

from __future__ import annotations

from dbdesign.integrity.lifecycle.base import Target
from dbdesign.model.lifecycle import SoftDelete
from dbdesign.model.relations import Relation
from dbdesign.model.schema import Table


def owners(target: Target, table: Table) -> list[Relation]:
    """References to a table's rows, by tables that are no partitions."""
    return [one for one in target.relations.references_in(table.label) if target.at(one.child).partition_of is None]


def soft_children(target: Target, table: Table, wanted: SoftDelete) -> list[Relation]:
    """References by tables whose rows can be marked as well; those of others stay, and go on referring."""
    return [one for one in owners(target, table) if one.child in wanted.tables]


def cascades(relation: Relation, wanted: SoftDelete) -> bool:
    """Whether marking a parent marks the child: as asked for, or as the foreign key does with real deletions."""
    return wanted.cascade if wanted.cascade is not None else relation.foreign_key.on_delete == "cascade"
