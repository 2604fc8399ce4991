"""What the entities of a schema are called: classes, files, properties, enumerations, relations on both sides."""

from __future__ import annotations

from dataclasses import dataclass, field

from dbdesign.dialects.typeorm import DEFAULT_NAMES
from dbdesign.model.schema import Engine, EnumType, ForeignKey, Schema, Table, View
from dbdesign.writers.typeorm.names import (
    Names,
    camel,
    class_name,
    file_name,
    member_name,
    pascal,
    plural,
    property_names,
)


@dataclass
class RelationPlan:
    """A foreign key as a relation: its property, the class it leads to, and the property on the other side."""

    key: ForeignKey
    member: str
    target: EntityPlan
    one_to_one: bool
    inverse: str = ""


@dataclass
class InversePlan:
    """The other side of a relation."""

    member: str
    relation: RelationPlan
    source: EntityPlan


@dataclass
class EntityPlan:
    """A table or a view as a class."""

    table: Table | None
    view: View | None
    class_name: str
    file: str
    members: dict[str, str] = field(default_factory=dict)
    relations: list[RelationPlan] = field(default_factory=list)
    inverses: list[InversePlan] = field(default_factory=list)
    names: Names = field(default_factory=property_names)


@dataclass
class SchemaPlan:
    """All entities, and the enumerations by label."""

    entities: list[EntityPlan]
    enums: dict[str, tuple[EnumType, str]]

    def member(self, label: str, value: str) -> str | None:
        """A value of an enumeration as TypeScript names it: `OrderStatus.NEW`."""
        enum, name = self.enums[label]
        return next((f"{name}.{member}" for member, one in enum_members(enum) if one == value), None)

    def by_label(self) -> dict[str, EntityPlan]:
        """The entities of tables by their labels."""
        return {one.table.label: one for one in self.entities if one.table is not None}


def enum_members(enum: EnumType) -> list[tuple[str, str]]:
    """The members of an enumeration: name and value."""
    names = Names()
    return [(member_name(value, names), value) for value in enum.values]


def planned(schema: Schema) -> SchemaPlan:
    """Names for everything, in the order of the schema."""
    names, files = Names(), Names()
    entities = [_entity(table, None, names, files) for table in schema.tables if why_not(table) is None]
    entities += [_entity(None, view, names, files) for view in schema.views]
    enums = {enum.label: (enum, names.give(pascal(enum.name))) for enum in schema.enums}
    plan = SchemaPlan(entities, enums)
    by_label = plan.by_label()
    for entity in entities:
        _members(entity)
    for entity in entities:
        for key in entity.table.foreign_keys if entity.table else ():
            target = by_label.get(key.references)
            if target is not None:
                entity.relations.append(_relation(entity, key, target, merged=schema.engine in _MERGES))
    for entity in entities:
        for relation in entity.relations:
            _inverse(entity, relation)
    return plan


def why_not(table: Table) -> str | None:
    """Why a table is no entity; None where it is one."""
    if table.partition_of is not None or table.inherits:
        return "a table that is a partition of another, or inherits from one"
    return "a table without a primary key, which TypeORM refuses" if table.primary_key is None else None


def _entity(table: Table | None, view: View | None, names: Names, files: Names) -> EntityPlan:
    name = table.name if table is not None else view.name if view is not None else ""
    given = class_name(name, names)
    return EntityPlan(table, view, given, files.give(file_name(given)))


def _members(entity: EntityPlan) -> None:
    columns = entity.table.columns if entity.table is not None else ()
    for column in columns:
        entity.members[column.name] = entity.names.give(camel(column.name))


_MERGES = frozenset({Engine.POSTGRESQL, Engine.COCKROACHDB})
"""The engines that make one of two unique constraints over the same columns in CREATE TABLE."""


def _relation(entity: EntityPlan, key: ForeignKey, target: EntityPlan, *, merged: bool) -> RelationPlan:
    table = entity.table
    plain = (
        [one for one in table.unique_keys if not (one.deferrable or one.nulls_not_distinct or one.include)]
        if table
        else []
    )
    # TypeORM adds a constraint over the key's columns, which PostgreSQL makes one with another in the same order
    joined = joined_columns(key, target)
    made = DEFAULT_NAMES.relation(table.name, key.columns) if table is not None else None
    one_to_one = any(one.columns == joined and (merged or one.name == made) for one in plain)
    if merged and table is not None and table.primary_key is not None:
        one_to_one = one_to_one or set(table.primary_key.columns) == set(key.columns)
    return RelationPlan(key, entity.names.give(_relation_name(key, target)), target, one_to_one)


def joined_columns(key: ForeignKey, target: EntityPlan) -> tuple[str, ...]:
    """A foreign key's columns as TypeORM orders them: as the other table has its primary key's."""
    table = target.table
    primary = table.primary_key.columns if table is not None and table.primary_key is not None else ()
    order = [one.name for one in table.columns if one.name in primary] if table is not None else []
    pairs = zip(key.referenced_columns, key.columns, strict=True)
    return tuple(
        own for _, own in sorted(pairs, key=lambda pair: order.index(pair[0]) if pair[0] in order else len(order))
    )


def _relation_name(key: ForeignKey, target: EntityPlan) -> str:
    """`author_id` as `author`; the class's where there are several columns, or the name has no ending to take off."""
    if len(key.columns) == 1:
        member = camel(key.columns[0])
        for ending in ("Id", "Uuid", "Code", "Fk", "Key"):
            if member.endswith(ending) and len(member) > len(ending):
                return member[: -len(ending)]
        return f"{member}{target.class_name}" if member.lower() != target.class_name.lower() else f"{member}Ref"
    return target.class_name[:1].lower() + target.class_name[1:]


def _inverse(entity: EntityPlan, relation: RelationPlan) -> None:
    own = entity.class_name[:1].lower() + entity.class_name[1:]
    wanted = own if relation.one_to_one else plural(own)
    several = sum(one.target is relation.target for one in entity.relations) > 1
    if several:
        wanted = f"{wanted}By{relation.member[:1].upper()}{relation.member[1:]}"
    relation.inverse = relation.target.names.give(wanted)
    relation.target.inverses.append(InversePlan(relation.inverse, relation, entity))


__all__ = [
    "EntityPlan",
    "InversePlan",
    "RelationPlan",
    "SchemaPlan",
    "enum_members",
    "joined_columns",
    "planned",
    "why_not",
]
