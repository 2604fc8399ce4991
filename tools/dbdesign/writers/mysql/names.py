"""Names that fit MySQL: one database, 64 characters, foreign keys and checks named once a database."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256

from dbdesign.model.schema import Schema, Sequence, Table, View, label
from dbdesign.writers.mysql.context import Context


def shortened(name: str, limit: int = 64) -> str:
    """The name, cut to the limit with a digest of the whole at its end."""
    if len(name) <= limit:
        return name
    return f"{name[: limit - 9]}_{sha256(name.encode()).hexdigest()[:8]}"


class Names:
    """The new names of tables and views, and constraint names that are unique in the database."""

    def __init__(self, schema: Schema, context: Context) -> None:
        self.context = context
        self.by_label: dict[str, str] = {}
        self._taken: set[str] = set()
        self._constraints: Counter[tuple[str, str]] = Counter()
        objects: list[Table | View | Sequence] = [*schema.tables, *schema.views, *schema.sequences]
        for one in objects:
            self.by_label[one.label] = self._new(one.namespace, one.name)

    def _new(self, namespace: str | None, name: str) -> str:
        wanted = new = shortened(f"{namespace}_{name}" if namespace else name)
        number = 2
        while new.lower() in self._taken:
            new, number = shortened(f"{wanted}_{number}"), number + 1
        self._taken.add(new.lower())
        if namespace:
            self.context.note(
                label(namespace, name),
                f"MySQL has no schemas within a database; those of schema {namespace} are told apart by their names",
                f"written as {namespace}_…",
            )
        elif new != name:
            self.context.note(name, "the name is too long or differs from another in case only", f"written as {new}")
        return new

    def column(self, name: str, where: str) -> str:
        """A column's name, cut if it is too long."""
        new = shortened(name)
        if new != name:
            self.context.note(f"{where}.{name}", "the name is longer than 64 characters", f"written as {new}")
        return new

    def constraint(self, kind: str, name: str | None, table: str) -> str | None:
        """A constraint's name; with the table's in front where another table has used it (names are per database, not per table)."""
        if not name:
            return None
        chosen = shortened(name)
        if self._constraints[kind, chosen.lower()]:
            chosen = shortened(f"{table}_{name}")
        number = 2
        while self._constraints[kind, chosen.lower()]:
            chosen, number = shortened(f"{table}_{name}_{number}"), number + 1
        self._constraints[kind, chosen.lower()] += 1
        return chosen
