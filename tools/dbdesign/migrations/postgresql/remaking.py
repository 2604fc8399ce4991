"""Which tables must be made anew: what no ALTER does while they are in use."""

from __future__ import annotations

from dbdesign.migrations.postgresql.planning import Planning
from dbdesign.model.schema import Column, Table

_STORED = {"unlogged", "tablespace", "access_method"}


def wanted(planning: Planning) -> dict[str, str]:
    """Labels of tables that must be made anew, and why."""
    found: dict[str, str] = {}
    for one in planning.left:
        table = planning.after.table_by_label.get(one.table or "")
        if table is None or planning.old(table.label) is None or table.label in planning.added:
            continue
        if one.kind == "partitioning":
            found[table.label] = "its partitioning changes"
        elif one.kind == "exclusion" and one.action in {"add", "alter"}:
            found[table.label] = f"{one.name} excludes, which no index built beforehand can take over"
        elif one.kind == "option" and one.name.rpartition(":")[2] in _STORED and one.name.startswith("table "):
            found[table.label] = f"{one.name.rpartition(':')[2]} changes"
        elif (
            one.kind == "column"
            and isinstance(one.after, Column)
            and _computes(planning, one.action, one.after, one.changed, table)
        ):
            found[table.label] = f"{one.name} is computed, or checked by its domain, for every row"
    return {label: why for label, why in found.items() if planning.after.table_by_label[label].partition_of is None}


def _computes(planning: Planning, action: str, column: Column, changed: tuple[str, ...], table: Table) -> bool:
    from dbdesign.migrations.postgresql.added_columns import constrained_domain
    from dbdesign.migrations.postgresql.type_changes import mentions
    from dbdesign.migrations.postgresql.type_matrix import is_free

    if action == "add":
        stored = column.generated is not None and column.generated.stored
        return stored or (constrained_domain(planning, column) and column.identity is None)
    if action != "alter":
        return False
    if "generated" in changed and column.generated is not None and column.generated.stored:
        return True
    old = planning.old(table.label)
    was = old.column(planning.old_column(table.label, column.name)) if old else None
    typed = "type" in changed and was is not None and not is_free(was.type, column.type, planning.after)
    read = any(mentions(one.generated.expression, column.name) for one in table.columns if one.generated)
    return (typed and (table.partitioning is not None or read)) or ("type" in changed and read)
