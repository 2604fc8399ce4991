"""Which keys and indexes of a table are unique over whole columns and all rows."""

from __future__ import annotations

from dbdesign.model.schema import Index, Key, Table


def unique_over_columns(table: Table) -> list[Key | Index]:
    """Unique constraints, and unique indexes without expressions or a predicate."""
    found: list[Key | Index] = list(table.unique_keys)
    found += [
        index
        for index in table.indexes
        if index.unique and index.where is None and len(index.columns) == len(index.keys)
    ]
    return found
