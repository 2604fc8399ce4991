"""Plans a module: which table is a class and which a `Table`, how classes and attributes are called, and which relationships join them."""

from __future__ import annotations

from dataclasses import dataclass, field

from dbdesign.model.schema import ForeignKey, Schema, Table
from dbdesign.writers.sqlalchemy.arguments import has_dot
from dbdesign.writers.sqlalchemy.names import attribute, class_name, free, identifier, plural, singular
from dbdesign.writers.sqlalchemy.source import Source


@dataclass(frozen=True)
class Relation:
    """A relationship of a class.

    Attributes:
        many: whether it holds a list.
        optional: whether a single one may be missing.
        keys: the columns of the foreign key as `Class.attribute`, where they must be said.
        remote: the columns at its other end, where it leads back to its own table.
        through: the association table's label, of a relationship of many to many.
    """

    name: str
    target: str
    other: str
    many: bool
    optional: bool = False
    keys: tuple[str, ...] = ()
    remote: tuple[str, ...] = ()
    through: str | None = None
    overlaps: tuple[str, ...] = ()


@dataclass
class Model:
    """A table as a class."""

    table: Table
    name: str
    attributes: dict[str, str]
    taken: set[str]
    relations: list[Relation] = field(default_factory=list)


@dataclass
class Plan:
    """The models, by label, and the tables that are written as `Table`, by label, with their variables."""

    models: dict[str, Model] = field(default_factory=dict)
    tables: dict[str, str] = field(default_factory=dict)
    associations: dict[str, tuple[ForeignKey, ForeignKey]] = field(default_factory=dict)


def plan(schema: Schema, source: Source, *, links: bool = False) -> Plan:
    """The plan for a schema; with `links` association tables are classes too."""
    found = Plan()
    known = schema.table_by_label
    tables = [one for one in schema.tables if one.partition_of is None]
    for table in tables:
        pair = association(table, known)
        if pair is not None:
            found.associations[table.label] = pair
        if (pair is not None and not links) or table.primary_key is None:
            found.tables[table.label] = ""
    columns = {attribute(one.name) for table in tables for one in table.columns}
    for label in found.tables:
        name = identifier(known[label].name.lower(), "table")
        found.tables[label] = free(f"{name}_table" if name in columns or name in source.taken else name, source.taken)
    variables = set(found.tables.values())
    for table in tables:
        if table.label not in found.tables:
            taken: set[str] = set(variables)
            attributes = {one.name: free(attribute(one.name), taken) for one in table.columns}
            found.models[table.label] = Model(table, free(class_name(table.name), source.taken), attributes, taken)
    for table in tables:
        _relate(table, found)
    for label, pair in found.associations.items():
        _associate(label, pair, found)
    return found


def association(table: Table, known: object) -> tuple[ForeignKey, ForeignKey] | None:
    """The two foreign keys of a table that is nothing more than pairs: its columns are theirs, and its primary key."""
    if (
        len(table.foreign_keys) != 2
        or any(map(has_dot, table.foreign_keys))
        or table.primary_key is None
        or table.indexes
        or table.unique_keys
        or table.checks
    ):
        return None
    first, second = table.foreign_keys
    columns = [*first.columns, *second.columns]
    whole = sorted(columns) == sorted(one.name for one in table.columns) == sorted(table.primary_key.columns)
    plain = all(
        one.default is None and one.identity is None and one.comment is None and one.generated is None
        for one in table.columns
    )
    return (
        (first, second) if whole and plain and len(set(columns)) == len(columns) and isinstance(known, dict) else None
    )


def _relate(table: Table, found: Plan) -> None:
    model = found.models.get(table.label)
    if model is None or table.label in found.associations:
        return
    for key in table.foreign_keys:
        other = found.models.get(key.references)
        if other is None or has_dot(key):
            continue
        several = sum(one.references == key.references for one in table.foreign_keys) > 1
        own = model is other
        name = free(_name_of_one(key, other, model), model.taken)
        single = table.is_unique(key.columns)
        back = free(_name_of_many(key, table, model, several or own, single), other.taken)
        keys = tuple(f"{model.name}.{model.attributes[one]}" for one in key.columns) if several or own else ()
        remote = tuple(f"{other.name}.{other.attributes[one]}" for one in key.referenced_columns) if own else ()
        optional = any(column is None or column.nullable for column in map(table.column, key.columns))
        model.relations.append(Relation(name, other.name, back, False, optional, keys, remote))
        far = tuple(f"{model.name}.{model.attributes[one]}" for one in key.columns) if own else ()
        other.relations.append(Relation(back, model.name, name, not single, single, keys, far))


def _name_of_one(key: ForeignKey, other: Model, model: Model) -> str:
    if len(key.columns) == 1:
        name = model.attributes[key.columns[0]]
        for ending in ("_id", "_uuid", "_fk", "Id", "ID"):
            if name.endswith(ending) and len(name) > len(ending):
                return attribute(name[: -len(ending)])
    return attribute(singular(identifier(other.table.name.lower(), "parent")))


def _name_of_many(key: ForeignKey, table: Table, model: Model, several: bool, single: bool) -> str:
    name = identifier(table.name.lower(), "children")
    base = singular(name) if single else plural(name)
    if not several:
        return attribute(base)
    by = model.attributes[key.columns[0]] if len(key.columns) == 1 else "_".join(key.columns)
    return attribute(identifier(f"{base}_by_{by.removesuffix('_id')}".lower()))


def _associate(label: str, pair: tuple[ForeignKey, ForeignKey], found: Plan) -> None:
    first, second = (found.models.get(one.references) for one in pair)
    if first is None or second is None or first is second:
        return
    there = free(attribute(plural(identifier(second.table.name.lower()))), first.taken)
    back = free(attribute(plural(identifier(first.table.name.lower()))), second.taken)
    first.relations.append(Relation(there, second.name, back, True, through=label))
    second.relations.append(Relation(back, first.name, there, True, through=label))
