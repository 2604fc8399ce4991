"""Names of constraints and indexes: every one has a name that a migration can use, unique where SQL Server asks for it."""

from __future__ import annotations

from hashlib import blake2s

from dbdesign.dialects.sqlserver import DIALECT
from dbdesign.model.schema import Schema, Sequence, Table, View
from dbdesign.writers.mysql.context import Context


class Names:
    """Names in use by namespace: tables, views, sequences and constraints share one space there (sys.objects)."""

    def __init__(self, schema: Schema, tables: list[Table], context: Context) -> None:
        self.context = context
        self.taken: dict[str, set[str]] = {}
        objects: list[Table | View | Sequence] = [*tables, *schema.views, *schema.sequences]
        for one in objects:
            self._space(one.namespace).add(one.name.lower())

    def _space(self, namespace: str | None) -> set[str]:
        return self.taken.setdefault(namespace or "dbo", set())

    def constraint(self, table: Table, name: str | None, invented: str) -> str:
        """A constraint's own name, or one in the usual form; the table's name is put before one that is taken."""
        space = self._space(table.namespace)
        wanted = fitting(name or invented)
        candidate, number = wanted, 1
        while candidate.lower() in space:
            prefix = f"{table.name}_{wanted}" if name else wanted
            number += 1
            candidate = fitting(prefix if name and number == 2 else f"{prefix}_{number}")
        space.add(candidate.lower())
        if name and candidate != name:
            self.context.note(
                f"{table.label} ({name})",
                "a constraint name that another object of the schema has too, or that is too long",
                "the table's name before it",
            )
        return candidate


def fitting(name: str) -> str:
    """The name within 128 characters; what is cut off is told apart by a hash."""
    if len(name) <= DIALECT.max_identifier:
        return name
    return f"{name[: DIALECT.max_identifier - 9]}_{blake2s(name.encode(), digest_size=4).hexdigest()}"
