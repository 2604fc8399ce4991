"""What of a schema becomes which model, field and enum, and under which name, before anything is written."""

from __future__ import annotations

from dataclasses import dataclass, field

from dbdesign.dialects.prisma import ENUMS, MAX_IDENTIFIER, clipped, relation_table, relation_table_name
from dbdesign.model.schema import Engine, ForeignKey, Schema, Table
from dbdesign.model.types import Kind
from dbdesign.writers.dbml.losses import Losses
from dbdesign.writers.prisma.names import RESERVED_MODELS, Names, camel, model_name, pascal, value_name
from dbdesign.writers.prisma.types import FieldType, field_type, provider_engine


@dataclass
class EnumPlan:
    """An enumeration. `table` is the stored name where the database has a type of it."""

    name: str
    stored: str | None
    namespace: str | None
    values: dict[str, str]
    comment: str | None = None


@dataclass
class ModelPlan:
    """A model: its name, and its fields by column."""

    table: Table
    name: str
    fields: dict[str, str] = field(default_factory=dict)
    types: dict[str, FieldType] = field(default_factory=dict)
    names: Names = field(default_factory=Names)

    def usable(self, columns: tuple[str, ...]) -> bool:
        """Whether the columns can identify a row to Prisma: there, supported, and never null."""
        return all(
            (column := self.table.column(one)) is not None
            and not column.nullable
            and self.types[one].is_supported
            and not self.types[one].is_list
            for one in columns
        )


@dataclass
class Plan:
    """The plan of a schema.

    Attributes:
        implicit: labels of the tables of implicit many-to-many relations, which are written as two lists.
    """

    schema: Schema
    engine: Engine
    losses: Losses
    models: dict[str, ModelPlan] = field(default_factory=dict)
    enums: dict[str, EnumPlan] = field(default_factory=dict)
    implicit: dict[str, tuple[str, str]] = field(default_factory=dict)
    taken: set[tuple[str, str]] = field(default_factory=set)

    def constraint(self, table: Table, name: str | None, usual: str, *, foreign: bool = False) -> str | None:
        """The name that a key, index or foreign key has to be given; None where Prisma's own is right.

        Prisma wants names to differ: of keys and indexes in a schema (in a table, on MySQL and SQL Server), and of foreign keys from
        those of their table. A name that is taken gets a number.
        """
        globally = self.engine in {Engine.POSTGRESQL, Engine.COCKROACHDB, Engine.SQLITE} and not foreign
        scopes = [f"schema {table.namespace or ''}"] if globally else []
        if self.engine is Engine.MYSQL and foreign:
            scopes.append("foreign keys")
        else:
            scopes.append(f"table {table.label}")
        room = MAX_IDENTIFIER[self.engine]
        wanted = free = clipped(name or usual, room)
        number = 2
        while any((scope, free) in self.taken for scope in scopes):
            suffix = f"_{number}"
            free, number = f"{clipped(wanted, room - len(suffix))}{suffix}", number + 1
        self.taken |= {(scope, free) for scope in scopes}
        where, changed = f"{table.label} ({name})", name is not None and free != name
        self.losses.when(
            changed and free == wanted, where, f"a name of more than {room} bytes, which Prisma refuses", "cut"
        )
        self.losses.when(changed and free != wanted, where, "a name that another constraint has too", "a numbered one")
        return free if free != usual else None

    @property
    def namespaced(self) -> bool:
        """Whether models must say which schema they belong to."""
        tables, enums = self.schema.tables, self.schema.enums
        return (
            bool(self.schema.namespaces) or any(one.namespace for one in tables) or any(one.namespace for one in enums)
        )


def plan(schema: Schema, losses: Losses) -> Plan:
    """Names for everything. Equal schemas get equal names."""
    found = Plan(schema, provider_engine(schema.engine), losses)
    names = Names(RESERVED_MODELS)
    tables = [one for one in schema.tables if one.partition_of is None and one.columns]
    for table in tables:
        base = model_name(table.name)
        qualified = f"{pascal(table.namespace or '')}{base}" if table.namespace else base
        found.models[table.label] = ModelPlan(table, names.free(base, qualified))
    _plan_enums(found, names, tables)
    enum_names = {key: one.name for key, one in found.enums.items()}
    for model in found.models.values():
        for column in model.table.columns:
            base = camel(column.name) or "field"
            model.fields[column.name] = model.names.free(base)
            place = f"{model.table.label}.{column.name}"
            model.types[column.name] = field_type(column, schema, enum_names, place)
    for table in tables:
        if ends := _implicit(table, found):
            found.implicit[table.label] = ends
    return found


def _plan_enums(found: Plan, names: Names, tables: list[Table]) -> None:
    if found.engine not in ENUMS:
        return
    for enum in found.schema.enums:
        if not enum.values:
            found.losses.add(enum.label, "an enum without values", "its columns are Unsupported")
            continue
        base = pascal(enum.name) or "Enum"
        name = names.free(base, f"{pascal(enum.namespace or '')}{base}", f"{base}Enum")
        found.enums[enum.label] = EnumPlan(name, enum.name, enum.namespace, _values(enum.values), enum.comment)
    for table in tables:
        for column in table.columns:
            if column.type.kind is Kind.ENUM and column.type.name is None and column.type.values:
                base = f"{found.models[table.label].name}{pascal(column.name)}"
                name = names.free(base, f"{base}Enum")
                key = f"{table.label}.{column.name}"
                found.enums[key] = EnumPlan(name, None, None, _values(column.type.values))


def _values(values: tuple[str, ...]) -> dict[str, str]:
    """Stored value → name. Names of values may differ in case alone."""
    taken: set[str] = set()
    named: dict[str, str] = {}
    for value in values:
        base = name = value_name(value)
        number = 2
        while name in taken or (name != value and name in values):
            name, number = f"{base}_{number}", number + 1
        taken.add(name)
        named[value] = name
    return named


# Implicit relations


def _implicit(table: Table, found: Plan) -> tuple[str, str] | None:
    """The labels of the two tables that a table joins as Prisma's own would, in every particular; None for any other table."""
    if (
        not table.name.startswith("_")
        or [one.name for one in table.columns] != ["A", "B"]
        or len(table.foreign_keys) != 2
    ):
        return None
    first, second = sorted(table.foreign_keys, key=lambda one: one.columns)
    plain = not (
        table.comment or table.checks or table.triggers or table.policies or any(one.comment for one in table.columns)
    )
    if not plain or not _keyed(table, found) or not all(_is_end(table, one, found) for one in (first, second)):
        return None
    if (first.columns, second.columns) != (("A",), ("B",)) or first.referenced_namespace != table.namespace:
        return None
    names = found.models[first.references].name, found.models[second.references].name
    if names[0] > names[1] or table.name != relation_table(found.engine, table.name[1:]):
        return None
    return first.references, second.references


def _is_end(table: Table, key: ForeignKey, found: Plan) -> bool:
    model = found.models.get(key.references)
    action = (
        "no action"
        if len({one.references for one in table.foreign_keys}) == 1 and found.engine is Engine.SQLSERVER
        else "cascade"
    )
    column = table.column(key.columns[0])
    primary = model.table.primary_key if model else None
    other = model.table.column(key.referenced_columns[0]) if model else None
    return (
        primary is not None
        and other is not None
        and column is not None
        and model is not None
        and primary.columns == key.referenced_columns
        and model.usable(primary.columns)
        and column.type == other.type
        and not column.nullable
        and column.default is None
        and column.identity is None
        and {key.on_delete, key.on_update} == {action}
        and key.name == relation_table_name(found.engine, table.name, f"{key.columns[0]}_fkey")
    )


def _keyed(table: Table, found: Plan) -> bool:
    """Whether it has the key and the index of an implicit relation, and no other."""
    unique = relation_table_name(found.engine, table.name, "AB_unique")
    indexes = {one.name: one for one in table.indexes}
    keys = {one.name: one for one in table.unique_keys}
    backward = indexes.pop(relation_table_name(found.engine, table.name, "B_index"), None)
    if backward is None or backward.columns != ("B",) or backward.unique:
        return False
    primary = table.primary_key
    if found.engine is Engine.POSTGRESQL:
        named = primary is not None and primary.name == relation_table_name(found.engine, table.name, "AB_pkey")
        return named and primary is not None and primary.columns == ("A", "B") and not indexes and not keys
    found_unique = indexes.pop(unique, None) or keys.pop(unique, None)
    columns = found_unique.columns if found_unique is not None else ()
    return columns == ("A", "B") and primary is None and not indexes and not keys
