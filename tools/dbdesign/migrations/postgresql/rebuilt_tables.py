"""A table and the new one that is made beside it: their names, until the switch and behind it."""

from __future__ import annotations

from dataclasses import dataclass

from dbdesign.migrations.postgresql.copies import Copied
from dbdesign.migrations.postgresql.not_null import NAMED_SINCE
from dbdesign.migrations.postgresql.planning import Planning, temporary
from dbdesign.migrations.postgresql.statements import (
    not_null_name,
)
from dbdesign.model.schema import Index, Key, Table
from dbdesign.writers.postgresql.clauses import sequence_name
from dbdesign.writers.postgresql.spelling import qualified


@dataclass
class Rebuilt:
    """One table and the new one beside it.

    Attributes:
        old: under its names after the renames.
        interim: the new table under its interim names.
        pairs: columns that are copied, by name, with how the value is computed from the old row.
    """

    label: str
    old: Table
    final: Table
    interim: Table
    members: list[Table]
    pairs: Copied

    @property
    def here(self) -> str:
        """The table in use, as SQL."""
        return qualified(self.final.namespace, self.final.name)

    @property
    def new(self) -> str:
        """The new table, as SQL, until the switch."""
        return qualified(self.interim.namespace, self.interim.name)

    @property
    def parked(self) -> str:
        """The old table, as SQL, behind the switch."""
        return qualified(self.final.namespace, temporary(self.final.name, "old"))

    @property
    def function(self) -> str:
        """The trigger function, as SQL."""
        return qualified(self.final.namespace, temporary(self.final.name, "copy"))

    @property
    def trigger(self) -> str:
        """The trigger's name."""
        return temporary(self.final.name, "copy")


def interim_table(planning: Planning, final: Table) -> Table:
    """The new table with names that nothing else has; constraints that are not indexes have their final ones."""

    def key(one: Key) -> Key:
        return one.model_copy(update={"name": temporary(one.name or "", "new")})

    columns = []
    for column in final.columns:
        change: dict[str, object] = {}
        if column.identity is not None:
            own = sequence_name(final, column, column.identity)
            change["identity"] = column.identity.model_copy(
                update={"sequence_name": temporary(own, "new"), "grants": (), "comment": None}
            )
        if not column.nullable and planning.major >= NAMED_SINCE:
            change["not_null_name"] = not_null_name(final, column)
        columns.append(column.model_copy(update=change))
    return final.model_copy(
        update={
            "name": temporary(final.name, "new"),
            "columns": tuple(columns),
            "primary_key": key(final.primary_key) if final.primary_key else None,
            "unique_keys": tuple(map(key, final.unique_keys)),
            "exclusions": tuple(
                one.model_copy(update={"name": temporary(one.name or "", "new")}) for one in final.exclusions
            ),
            "indexes": tuple(
                one.model_copy(update={"name": temporary(one.name or "", "new")}) for one in final.indexes
            ),
            "foreign_keys": (),
            "triggers": (),
            "policies": (),
            "row_security": "off",
        }
    )


def index_names(table: Table) -> list[str]:
    """Names of a table's indexes, those behind its constraints too."""
    parts: list[Key | Index] = [*([table.primary_key] if table.primary_key else []), *table.unique_keys, *table.indexes]
    return [one.name for one in parts if one.name] + [one.name for one in table.exclusions if one.name]
