"""The files of the entities: one a class, the enumerations, an index; and notes on whatever has no place in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dbdesign.dialects.mysql_names import with_chosen_names
from dbdesign.dialects.typeorm import DEFAULT_NAMES
from dbdesign.errors import UnknownNameError
from dbdesign.model.finding import Proof
from dbdesign.model.schema import Schema, Table, View
from dbdesign.writers.base import WriteOptions, WriteResult
from dbdesign.writers.typeorm.columns import Property, column_property
from dbdesign.writers.typeorm.context import Context
from dbdesign.writers.typeorm.keys import class_decorators
from dbdesign.writers.typeorm.names import camel
from dbdesign.writers.typeorm.plan import EntityPlan, enum_members, planned, why_not
from dbdesign.writers.typeorm.printing import Code, Printed, call, imports, string
from dbdesign.writers.typeorm.relations import inverse_property, lost_relations, relation_property

STYLES = ("data-mapper", "active-record")
_ENUMS = "enums.ts"


def write_files(schema: Schema, options: WriteOptions) -> WriteResult:
    """Every file of a schema's entities."""
    style = options.style or STYLES[0]
    if style not in STYLES:
        raise UnknownNameError.among("style of TypeORM", style, STYLES)
    schema = with_chosen_names(schema)
    plan = planned(schema)
    context = Context(plan, options, schema.engine, style == "active-record")
    parts: dict[str, str] = {}
    for entity in plan.entities:
        parts[entity.file] = _file(entity, schema, context)
    if context.used_enums:
        parts[_ENUMS] = _enums(context)
    parts["index.ts"] = _index(plan.entities, bool(context.used_enums))
    _notes(schema, context)
    text = "\n".join(f"// {path}\n{content}" for path, content in parts.items())
    return WriteResult(text=text, notes=tuple(context.notes), proof=Proof(level="by rule"), parts=parts)


def _file(entity: EntityPlan, schema: Schema, context: Context) -> str:
    context.imports, context.enums = set(), set()
    head = [_entity_decorator(entity, context), *class_decorators(entity, context)]
    if entity.table is not None:
        properties = [column_property(one, entity, schema, context) for one in entity.table.columns]
    else:
        properties = _view_columns(entity, context)
    properties += [relation_property(one, entity, context) for one in entity.relations]
    properties += [inverse_property(one, context) for one in entity.inverses]
    lost_relations(entity, context)
    base = " extends BaseEntity" if context.active_record else ""
    if base:
        context.use("BaseEntity")
    body = "\n\n".join(_property(one) for one in properties)
    cls = (
        f"export class {entity.class_name}{base} {{\n{body}\n}}"
        if body
        else f"export class {entity.class_name}{base} {{}}"
    )
    return f"{_imports(entity, context)}\n\n" + "\n".join(head) + f"\n{cls}\n"


def _property(one: Property) -> str:
    return "\n".join(f"  {line}" for line in [*one.decorators, one.declaration])


def _imports(entity: EntityPlan, context: Context) -> str:
    lines = [imports(sorted(context.imports, key=str.lower), "typeorm")]
    if context.enums:
        lines.append(imports(sorted(context.enums), "./enums.js"))
    others = {one.target.class_name: one.target.file for one in entity.relations}
    others |= {one.source.class_name: one.source.file for one in entity.inverses}
    others |= {one.class_name: one.file for one in _views_read(entity, context)}
    others.pop(entity.class_name, None)
    lines += [imports([name], f"./{file.removesuffix('.ts')}.js") for name, file in sorted(others.items())]
    return "\n".join(lines)


def _entity_decorator(entity: EntityPlan, context: Context) -> str:
    if entity.view is not None:
        return _view_decorator(entity, entity.view, context)
    table = entity.table
    assert table is not None  # noqa: S101 - an entity is a table or a view
    context.use("Entity")
    options: dict[str, Printed] = {}
    if table.namespace:
        options["schema"] = table.namespace
    if table.comment and context.options.comments:
        options["comment"] = table.comment
    name: list[Printed] = [] if DEFAULT_NAMES.table(entity.class_name, None) == table.name else [table.name]
    return call("@Entity", [*name, *([options] if options else [])], 0)


def _view_decorator(entity: EntityPlan, view: View, context: Context) -> str:
    context.use("ViewEntity")
    options: dict[str, Printed] = {}
    if DEFAULT_NAMES.table(entity.class_name, None) != view.name:
        options["name"] = view.name
    if view.namespace:
        options["schema"] = view.namespace
    if view.materialized:
        options["materialized"] = True
    options["expression"] = Code(string(view.definition.rstrip().rstrip(";")))
    read = [one.class_name for one in _views_read(entity, context)]
    if read:
        options["dependsOn"] = Code(f"[{', '.join(read)}]")
    return call("@ViewEntity", [options], 0)


def _views_read(entity: EntityPlan, context: Context) -> list[EntityPlan]:
    """The views that a view reads, which TypeORM must make before it."""
    read = set(entity.view.depends_on) if entity.view is not None else set()
    return [one for one in context.plan.entities if one.view is not None and one.view.label in read]


def _view_columns(entity: EntityPlan, context: Context) -> list[Property]:
    view, names = entity.view, entity.names
    found = []
    for name in view.columns if view is not None else ():
        context.use("ViewColumn")
        member = names.give(camel(name))
        args: list[Printed] = [] if member == name else [{"name": name}]
        found.append(Property([call("@ViewColumn", args, 2)], f"{member}!: unknown;"))
    return found


def _enums(context: Context) -> str:
    found = []
    for enum, name in context.plan.enums.values():
        if name in context.used_enums:
            lines = [f"  {member} = {string(value)}," for member, value in enum_members(enum)]
            found.append(f"export enum {name} {{\n" + "\n".join(lines) + "\n}\n")
    return "\n".join(found)


def _index(entities: Iterable[EntityPlan], enums: bool) -> str:
    files = sorted(one.file for one in entities) + ([_ENUMS] if enums else [])
    names = [file.removesuffix(".ts") for file in files]
    return "".join(f'export * from "./{name}.js";\n' for name in names) or "export {};\n"


def _notes(schema: Schema, context: Context) -> None:
    for enum, name in context.plan.enums.values():
        if enum.comment:
            context.note(enum.label, "its comment", "say it in a migration")
        if name not in context.used_enums:
            context.note(enum.label, "an enumeration that no column has")
    for table in schema.tables:
        _table_notes(table, context)
    _namespace_notes(schema, context)
    for view in schema.views:
        if view.comment or view.column_comments:
            context.note(view.label, "comments on a view and its columns", "say them in a migration")
        if getattr(view, "indexes", ()):
            context.note(view.label, "the indexes of a materialised view")
    for kind in ("domains", "composites", "sequences", "routines", "carried", "extensions"):
        for one in getattr(schema, kind):
            name = getattr(one, "label", None) or one.name
            context.note(name, f"{kind.rstrip('s')}: TypeORM has no such object", "make it in a migration")


def _namespace_notes(schema: Schema, context: Context) -> None:
    used = {one.table.namespace for one in context.plan.entities if one.table is not None}
    for space in schema.namespaces:
        if space.name not in used:
            context.note(space.name, "a schema in which no entity is", "make it in a migration")
        if space.comment:
            context.note(space.name, "its comment", "say it in a migration")


def _comments(table: Table) -> Iterator[tuple[str | None, str | None]]:
    """The keys and indexes of a table: name, comment."""
    if table.primary_key is not None:
        yield table.primary_key.name, table.primary_key.comment
    yield from ((one.name, one.comment) for one in table.unique_keys)
    yield from ((one.name, one.comment) for one in table.foreign_keys)
    yield from ((one.name, one.comment) for one in table.checks)
    yield from ((one.name, one.comment) for one in table.exclusions)
    yield from ((one.name, one.comment) for one in table.indexes)


def _table_notes(table: Table, context: Context) -> None:
    said = {
        "that it is partitioned": table.partitioning or table.partition_of,
        "that it inherits from another table": table.inherits,
        "triggers": table.triggers,
        "row security": table.policies or table.row_security != "off",
        "privileges": table.grants and context.options.grants,
        "options of its storage": table.options,
    }
    for lost, given in said.items():
        if given:
            context.note(table.label, lost, "say it in a migration")
    for name, comment in _comments(table):
        if comment:
            context.note(f"{table.label} ({name})", "its comment", "say it in a migration")
    for column in table.columns:
        if column.not_null_comment:
            context.note(f"{table.label}.{column.name}", "a comment on its NOT NULL")
    reason = why_not(table)
    if reason is not None:
        context.note(table.label, reason, "no entity is written for it")


__all__ = ["STYLES", "write_files"]
