"""The names that MySQL gives to keys that have none: a program's models must say them, or its tools would make the keys anew.

Sources: https://dev.mysql.com/doc/refman/8.4/en/create-index.html (an index is called as its first column, with `_2`, `_3`, …), and
https://dev.mysql.com/doc/refman/8.4/en/create-table-foreign-keys.html (`table_ibfk_1`).
"""

from __future__ import annotations

from itertools import count
from typing import TypeVar

from dbdesign.model.schema import Engine, Index, Key, Schema, Table

Named = TypeVar("Named", Key, Index)


def with_chosen_names(schema: Schema) -> Schema:
    """The schema of MySQL or TiDB with all keys named; another engine's as it is."""
    if schema.engine not in {Engine.MYSQL, Engine.TIDB}:
        return schema
    return schema.model_copy(update={"tables": tuple(map(_with_names, schema.tables))})


def _with_names(table: Table) -> Table:
    names = [*(key.name for key in table.unique_keys), *(index.name for index in table.indexes)]
    taken = {name.lower() for name in names if name}
    numbers = count(1)
    references = tuple(
        key if key.name else key.model_copy(update={"name": f"{table.name}_ibfk_{next(numbers)}"})
        for key in table.foreign_keys
    )
    return table.model_copy(
        update={
            "unique_keys": tuple(_named(one, taken) for one in table.unique_keys),
            "indexes": tuple(_named(one, taken) for one in table.indexes),
            "foreign_keys": references,
        }
    )


def _named(one: Named, taken: set[str]) -> Named:
    if one.name is not None or not one.columns:
        return one
    name, number = one.columns[0], 1
    while name.lower() in taken:
        number += 1
        name = f"{one.columns[0]}_{number}"
    taken.add(name.lower())
    return one.model_copy(update={"name": name})
