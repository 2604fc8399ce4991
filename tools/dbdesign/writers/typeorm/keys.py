"""Unique constraints, indexes, checks and exclusions as decorators of the class."""

from __future__ import annotations

from dbdesign.dialects.base import dialect
from dbdesign.dialects.typeorm import DEFAULT_NAMES
from dbdesign.model.schema import Engine, Exclusion, Index, Key, Table
from dbdesign.writers.typeorm.context import Context
from dbdesign.writers.typeorm.plan import EntityPlan
from dbdesign.writers.typeorm.printing import Printed, call


def class_decorators(entity: EntityPlan, context: Context) -> list[str]:
    """The decorators of a table's keys."""
    table = entity.table
    if table is None:
        return []
    found = [text for key in table.unique_keys for text in _unique(key, entity, table, context)]
    found += [_index(index, entity, table, context) for index in table.indexes]
    for check in table.checks:
        if not check.valid or not check.enforced or check.no_inherit:
            context.note(f"{table.label} ({check.name})", "that it is not valid, not enforced or not inherited")
        context.use("Check")
        found.append(call("@Check", [check.name, check.expression] if check.name else [check.expression], 0))
    found += [_exclusion(one, table, context) for one in table.exclusions]
    primary = table.primary_key
    if primary is not None and (primary.include or primary.deferrable or primary.without_overlaps or primary.options):
        context.note(f"{table.label} ({primary.name})", "more of the primary key than its columns")
    in_order = [one.name for one in table.columns if primary and one.name in primary.columns]
    if primary is not None and tuple(in_order) != primary.columns:
        context.note(f"{table.label} ({primary.name})", "the order of its columns", "that of the table is TypeORM's")
    return found


def _unique(key: Key, entity: EntityPlan, table: Table, context: Context) -> list[str]:
    place = f"{table.label} ({key.name})"
    relation = any(one.one_to_one and set(one.key.columns) == set(key.columns) for one in entity.relations)
    if relation and key.name == DEFAULT_NAMES.relation(table.name, key.columns):
        return []  # the relation makes it
    if key.nulls_not_distinct or key.include or key.without_overlaps or key.options:
        context.note(
            place,
            "NULLS NOT DISTINCT, INCLUDE, WITHOUT OVERLAPS or storage of a unique constraint",
            "a plain one is written",
        )
    primary = table.primary_key  # its columns stand as in the table
    others = [one.columns for one in table.unique_keys if one is not key]
    in_order = tuple(one.name for one in table.columns if primary and one.name in primary.columns)
    if key.columns in (*others, in_order):
        context.note(
            place, "a second key over the same columns", "PostgreSQL makes one of the two as it creates the table"
        )
    context.use("Unique")
    args: list[Printed] = [key.name] if key.name else []
    args.append([entity.members[one] for one in key.columns])
    if key.deferrable:
        args.append({"deferrable": "INITIALLY DEFERRED" if key.initially_deferred else "INITIALLY IMMEDIATE"})
    return [call("@Unique", args, 0)]


def _index(index: Index, entity: EntityPlan, table: Table, context: Context) -> str:
    context.use("Index")
    reason = _beyond(index, context.engine)
    name: list[Printed] = [index.name] if index.name else []
    if reason is not None:
        context.note(
            f"{table.label} ({index.name or ''})",
            f"an index with {reason}",
            "it is named with synchronize: false, so that it is left alone",
        )
        return call("@Index", [*name, {"synchronize": False}], 0)
    options: dict[str, Printed] = {}
    if index.unique:
        options["unique"] = True
    if index.where is not None:
        options["where"] = index.where
    if index.method in {"spatial", "fulltext"}:
        options[index.method] = True
    elif index.method != "btree":
        options["type"] = index.method
    columns = [entity.members[one] for one in index.columns]
    return call("@Index", [*name, columns, *([options] if options else [])], 0)


def _beyond(index: Index, engine: Engine) -> str | None:
    """What of an index TypeORM cannot say."""
    if len(index.columns) != len(index.keys):
        return "an expression"
    if any(key.descending or key.nulls for key in index.keys):
        return "an order of its own"
    if any(key.opclass or key.collation or key.length or key.operator for key in index.keys):
        return "an operator class, a collation or a prefix"
    if index.include or index.nulls_not_distinct or index.options or index.clustered:
        return "INCLUDE, NULLS NOT DISTINCT or options"
    if not index.valid or not index.visible or index.only or index.partition_of:
        return "a state of its own"
    known = (
        {"btree", "brin", "gin", "gist", "hash", "spgist"}
        if engine is Engine.POSTGRESQL
        else {"btree", "spatial", "fulltext"}
    )
    return None if index.method in known else f"the method {index.method}"


def _exclusion(one: Exclusion, table: Table, context: Context) -> str:
    context.use("Exclusion")
    if one.include or one.options:
        context.note(f"{table.label} ({one.name})", "INCLUDE or storage of an exclusion constraint")
    quote = dialect(context.engine).identifier
    elements = []
    for key in one.keys:
        text = quote(key.column) if key.column is not None else f"({key.expression})"
        text += f" COLLATE {key.collation}" if key.collation else ""
        text += f" {key.opclass}" if key.opclass else ""
        text += " DESC" if key.descending else ""
        elements.append(f"{text} WITH {key.operator}")
    where = f" WHERE ({one.where})" if one.where else ""
    args: list[Printed] = [one.name] if one.name else []
    args.append(f"USING {one.method} ({', '.join(elements)}){where}")
    if one.deferrable:
        args.append({"deferrable": "INITIALLY DEFERRED" if one.initially_deferred else "INITIALLY IMMEDIATE"})
    return call("@Exclusion", args, 0)


__all__ = ["class_decorators"]
