"""Tables whose foreign keys form circles: TypeScript cannot infer the types of their constants from one another."""

from __future__ import annotations

from collections.abc import Mapping

from dbdesign.model.relations import strongly_connected
from dbdesign.model.schema import Schema


def circles(schema: Schema) -> Mapping[str, frozenset[str]]:
    """For each table in a circle, the labels of all tables of it; a table that refers to itself is a circle of one."""
    graph = {
        table.label: [key.references for key in table.foreign_keys if key.references in schema.table_by_label]
        for table in schema.tables
    }
    found: dict[str, frozenset[str]] = {}
    for component in strongly_connected(graph):
        if len(component) > 1 or component[0] in graph[component[0]]:
            found.update(dict.fromkeys(component, frozenset(component)))
    return found
