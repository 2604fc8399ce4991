"""Names of constraints and indexes: every one has a name that a migration can use, unique where SQL Server asks for it."""

from __future__ import annotations

from hashlib import blake2s

from dbdesign.dialects.sqlserver import DIALECT
from dbdesign.model.schema import Schema, Sequence, Table, View, label
from dbdesign.writers.mysql.context import Context

Objects = list[Table | View | Sequence]


def told_apart(schema: Schema, context: Context) -> tuple[Schema, dict[str, str]]:
    """The schema without names that differ in case only, and the new labels of what has another name, by the old ones.

    SQL Server compares names by the database's collation, which ignores case unless somebody chose another (Database identifiers).
    """
    renames: dict[str, str] = {}
    names: dict[str, str] = {}
    taken: dict[tuple[str, str], str] = {}
    whole = [table for table in schema.tables if table.partition_of is None]
    objects: Objects = [*whole, *schema.views, *schema.sequences]
    for one in objects:
        taken.setdefault(_folded(one.namespace, one.name), one.label)
    for one in objects:
        holder = taken[_folded(one.namespace, one.name)]
        if holder == one.label:
            continue
        name, number = one.name, 1
        while _folded(one.namespace, name) in taken:
            number += 1
            name = f"{fitting(one.name)[: DIALECT.max_identifier - 4]}_{number}"
        names[one.label] = name
        renames[one.label] = taken[_folded(one.namespace, name)] = label(one.namespace, name)
        lost = f"the name differs from {holder} in case only, which SQL Server does not tell apart by default"
        context.note(one.label, lost, f"written as {renames[one.label]}")
    return (_renamed(schema, names) if names else schema), renames


def _folded(namespace: str | None, name: str) -> tuple[str, str]:
    return (namespace or "dbo").lower(), name.lower()


def _renamed(schema: Schema, names: dict[str, str]) -> Schema:
    tables = [
        table.model_copy(
            update={
                "name": names.get(table.label, table.name),
                "foreign_keys": tuple(
                    key.model_copy(update={"referenced_table": names.get(key.references, key.referenced_table)})
                    for key in table.foreign_keys
                ),
            }
        )
        for table in schema.tables
    ]
    views = [one.model_copy(update={"name": names.get(one.label, one.name)}) for one in schema.views]
    sequences = [one.model_copy(update={"name": names.get(one.label, one.name)}) for one in schema.sequences]
    return schema.model_copy(update={"tables": tuple(tables), "views": tuple(views), "sequences": tuple(sequences)})


class Names:
    """Names in use by namespace: tables, views, sequences and constraints share one space there (sys.objects)."""

    def __init__(self, schema: Schema, tables: list[Table], context: Context) -> None:
        self.context = context
        self.taken: dict[str, set[str]] = {}
        objects: Objects = [*tables, *schema.views, *schema.sequences]
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
