"""A column as a decorated property: type, options, default, generation."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dbdesign.dialects.typeorm import DEFAULT_NAMES
from dbdesign.model.schema import Column, Engine, Schema, Table, label
from dbdesign.model.types import DataType, Kind
from dbdesign.writers.typeorm.context import Context
from dbdesign.writers.typeorm.plan import EntityPlan
from dbdesign.writers.typeorm.printing import Code, Printed, call, string
from dbdesign.writers.typeorm.types import Typed, typed

_TEXT = re.compile(r"'((?:[^'\\]|'')*)'(?:::[\w\s\".]+(?:\(\d+\))?)?\Z")
_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,15})?\Z")
_MOMENT = re.compile(r"(?:CURRENT_(?:TIMESTAMP|DATE|TIME)|LOCALTIME(?:STAMP)?)(?:\(\d+\))?\Z", re.IGNORECASE)


@dataclass
class Property:
    """A property of an entity: its decorators, and its declaration."""

    decorators: list[str]
    declaration: str


def column_property(column: Column, entity: EntityPlan, schema: Schema, context: Context) -> Property:
    """The property of a column."""
    table = entity.table
    assert table is not None  # noqa: S101 - columns belong to tables
    member = entity.members[column.name]
    kind = _typed(column, table, schema, context)
    options: dict[str, Printed] = {}
    if member != column.name:
        options["name"] = column.name
    options |= kind.options
    primary = table.primary_key is not None and column.name in table.primary_key.columns
    if column.nullable and not primary:
        options["nullable"] = True
    _further(column, table, options, context)
    if primary:
        _primary_name(table, options)
    decorators = _decorators(column, primary, kind, options, table, context)
    typescript = (
        f"{kind.typescript} | null"
        if column.nullable and not primary and kind.typescript != "unknown"
        else kind.typescript
    )
    return Property(decorators, f"{member}!: {typescript};")


def _typed(column: Column, table: Table, schema: Schema, context: Context) -> Typed:
    place = f"{table.label}.{column.name}"
    data_type, array = column.type, False
    if data_type.kind is Kind.ARRAY and data_type.element is not None:
        data_type, array = data_type.element, True
    enum = context.plan.enums.get(str(data_type.name)) if data_type.name is not None else None
    if enum is not None:
        return _enum(enum[0].namespace, enum[0].name, enum[1], table, array, context, place)
    if data_type.kind in {Kind.ENUM, Kind.SET} and data_type.values:
        name = "set" if data_type.kind is Kind.SET else "enum"
        return Typed(name, {"enum": list(data_type.values)}, " | ".join(string(one) for one in data_type.values))
    resolved = schema.resolve_type(column.type)
    if resolved != column.type and data_type.kind is Kind.DOMAIN:
        context.note(
            place, f"the domain {data_type.name}", f"its type {resolved.native} is written, without its checks"
        )
    kind = typed(_without_domain(column.type, schema), schema.engine)
    if kind.lost is not None:
        context.note(place, kind.lost, f"{kind.name} is written")
    return kind


def _without_domain(data_type: DataType, schema: Schema) -> DataType:
    if data_type.element is not None:
        return data_type.model_copy(update={"element": schema.resolve_type(data_type.element)})
    return schema.resolve_type(data_type)


def _enum(
    namespace: str | None, name: str, class_name: str, table: Table, array: bool, context: Context, place: str
) -> Typed:
    context.use_enum(class_name)
    if namespace != table.namespace:
        lost, instead = f"that {name} is in another schema than its table", "TypeORM looks for it beside the table"
        context.note(place, lost, instead)
        for one in (label(namespace, name), label(table.namespace, name)):
            context.note(one, lost, instead)
    if "." in name:
        for one in (place, label(namespace, name), label(table.namespace, name), name):
            context.note(one, "a dot in the name of an enumeration", "TypeORM takes what stands before it for a schema")
    options: dict[str, Printed] = {"enum": Code(class_name), "enumName": name}
    if array:
        options["array"] = True
    return Typed("enum", options, f"{class_name}[]" if array else class_name)


def _further(column: Column, table: Table, options: dict[str, Printed], context: Context) -> None:
    place = f"{table.label}.{column.name}"
    if column.generated is not None:
        if not column.generated.stored and context.engine is Engine.POSTGRESQL:
            context.note(place, "a generated column that is not stored", "a stored one is written")
        stored = column.generated.stored or context.engine is Engine.POSTGRESQL
        options["generatedType"] = "STORED" if stored else "VIRTUAL"
        options["asExpression"] = column.generated.expression
    elif _reads_sequence(column):
        context.note(
            place, "a default that reads a sequence which is not the column's own", "a sequence of its own is written"
        )
    elif column.default is not None and not _is_uuid(column):
        options["default"] = _default(column, context)
    if column.charset is not None:
        options["charset"] = column.charset
    if column.collation is not None:
        options["collation"] = column.collation.strip('"')
    if column.comment and context.options.comments:
        options["comment"] = column.comment
    if column.on_update is not None:
        options["onUpdate"] = column.on_update
    for what, given in (("options of its storage", column.options), ("a name of its NOT NULL", column.not_null_name)):
        if given:
            context.note(place, what)


def _default(column: Column, context: Context) -> Printed:
    """A constant where it is one, else a function that gives SQL."""
    sql = column.default or ""
    if context.engine is Engine.POSTGRESQL:
        match = _TEXT.match(sql)
        element = column.type.element or column.type
        if match is not None and str(element.name) in context.plan.enums:
            member = context.plan.member(str(element.name), match[1].replace("''", "'"))
            quoted = f"'{match[1]}'"
            plain = member is not None and column.type.element is None and "'" not in match[1]
            return Code(member) if plain and member else Code(f"() => {string(quoted)}")
        if match is not None and column.type.is_text and "\\" not in sql:
            value = match[1].replace("''", "'")
            if "'" not in value:  # TypeORM quotes it, and does not double quotes
                return value
        if column.type.kind in {Kind.INT16, Kind.INT32} and _NUMBER.match(sql) and "." not in sql:
            return int(sql)
        if column.type.kind is Kind.BOOLEAN and sql.lower() in {"true", "false"}:
            return sql.lower() == "true"
    if context.engine in {Engine.POSTGRESQL, Engine.COCKROACHDB} and _MOMENT.match(
        sql
    ):  # TypeORM writes these as casts of 'now', unless they stand in parentheses
        sql = f"({sql})"
    return Code(f"() => {string(sql)}")


def _reads_sequence(column: Column) -> bool:
    return column.type.is_integer and (column.default or "").lower().startswith("nextval(")


def _is_uuid(column: Column) -> bool:
    return column.type.kind is Kind.UUID and (column.default or "").lower() == "uuid_generate_v4()"


def _primary_name(table: Table, options: dict[str, Printed]) -> None:
    """A constraint's name that is not TypeORM's own stands at every column of the key: TypeORM wants them equal."""
    key = table.primary_key
    if key is not None and key.name is not None and key.name != DEFAULT_NAMES.primary_key(table.name, key.columns):
        options["primaryKeyConstraintName"] = key.name


def _decorators(
    column: Column, primary: bool, kind: Typed, options: dict[str, Printed], table: Table, context: Context
) -> list[str]:
    strategy = _strategy(column, options, table, context)
    composite = table.primary_key is not None and len(table.primary_key.columns) > 1
    if primary and strategy is not None and not composite:
        context.use("PrimaryGeneratedColumn")
        typed_options = options if kind.name in {"int", "uuid"} else {"type": kind.name, **options}
        leading: list[Printed] = [] if strategy == "increment" else [strategy]
        return [call("@PrimaryGeneratedColumn", [*leading, *([typed_options] if typed_options else [])], 2)]
    name = "PrimaryColumn" if primary else "Column"
    context.use(name)
    decorators = [call(f"@{name}", [{"type": kind.name, **options} if options else kind.name], 2)]
    if strategy is not None:
        context.use("Generated")
        decorators.append(call("@Generated", [strategy], 2))
    return decorators


def _strategy(column: Column, options: dict[str, Printed], table: Table, context: Context) -> str | None:
    if _is_uuid(column):
        return "uuid"
    identity = column.identity
    if identity is None:
        return "increment" if _reads_sequence(column) else None
    place = f"{table.label}.{column.name}"
    if identity.options.model_dump(exclude_defaults=True) or identity.sequence_name:
        context.note(place, "how its sequence counts, or what it is called")
    if identity.mode == "always":
        options["generatedIdentity"] = "ALWAYS"
    return "identity" if identity.mode in {"always", "by_default"} else "increment"


__all__ = ["Property", "column_property"]
