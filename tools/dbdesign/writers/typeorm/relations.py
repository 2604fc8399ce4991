"""Foreign keys as relations, on both sides."""

from __future__ import annotations

from dbdesign.dialects.typeorm import DEFAULT_NAMES
from dbdesign.model.schema import ForeignKey, Table
from dbdesign.writers.typeorm.columns import Property
from dbdesign.writers.typeorm.context import Context
from dbdesign.writers.typeorm.plan import EntityPlan, InversePlan, RelationPlan, joined_columns
from dbdesign.writers.typeorm.printing import Code, Printed, call


def relation_property(relation: RelationPlan, entity: EntityPlan, context: Context) -> Property:
    """The side that has the columns."""
    table = entity.table
    assert table is not None  # noqa: S101 - relations belong to tables
    key, target = relation.key, relation.target
    decorator = "OneToOne" if relation.one_to_one else "ManyToOne"
    for name in (decorator, "JoinColumn", "Relation"):
        context.use(name)
    _beyond(key, table, context)
    _order(relation, table, context)
    variable = target.class_name[:1].lower() + target.class_name[1:]
    args: list[Printed] = [
        Code(f"() => {target.class_name}"),
        Code(f"({_safe(variable)}) => {_safe(variable)}.{relation.inverse}"),
    ]
    options = _options(key)
    nullable = all(column.nullable for column in table.columns if column.name in key.columns)
    if options:
        args.append(options)
    joins = [_join(key, position, relation, table) for position in range(len(key.columns))]
    join: Printed = joins[0] if len(joins) == 1 else joins
    kind = f"Relation<{target.class_name}>" + (" | null" if nullable else "")
    decorators = [call(f"@{decorator}", args, 2), call("@JoinColumn", [join], 2)]
    return Property(decorators, f"{relation.member}!: {kind};")


def _safe(variable: str) -> str:
    from dbdesign.writers.typeorm.names import is_reserved

    return f"{variable}_" if is_reserved(variable) else variable


def _options(key: ForeignKey) -> dict[str, Printed]:
    options: dict[str, Printed] = {}
    if key.on_delete != "no action":
        options["onDelete"] = key.on_delete.upper()
    if key.on_update != "no action":
        options["onUpdate"] = key.on_update.upper()
    if key.deferrable:
        options["deferrable"] = "INITIALLY DEFERRED" if key.initially_deferred else "INITIALLY IMMEDIATE"
    return options


def _join(key: ForeignKey, position: int, relation: RelationPlan, table: Table) -> dict[str, Printed]:
    referenced = relation.target.members[key.referenced_columns[position]]
    join: dict[str, Printed] = {"name": key.columns[position], "referencedColumnName": referenced}
    if position == 0 and key.name is not None and key.name != DEFAULT_NAMES.foreign_key(table.name, key.columns):
        join["foreignKeyConstraintName"] = key.name
    return join


def _beyond(key: ForeignKey, table: Table, context: Context) -> None:
    place = f"{table.label} ({key.name})"
    if key.match != "simple" or key.set_columns or key.period:
        context.note(place, "MATCH, the columns that are set, or PERIOD of a foreign key", "a plain one is written")
    if not key.valid or not key.enforced:
        context.note(place, "that it is not valid or not enforced", "it is made whole")


def lost_relations(entity: EntityPlan, context: Context) -> None:
    """Foreign keys to tables that are no entities."""
    table = entity.table
    kept = [one.key for one in entity.relations]
    for key in table.foreign_keys if table is not None else ():
        if table is not None and key not in kept:
            context.note(f"{table.label} ({key.name})", f"a foreign key to {key.references}, which is no entity")


def _order(relation: RelationPlan, table: Table, context: Context) -> None:
    """TypeORM puts the columns in the order in which the other table has its primary key's."""
    key = relation.key
    if joined_columns(key, relation.target) != key.columns:
        context.note(
            f"{table.label} ({key.name})", "the order of its columns", "that of the other table's key is written"
        )


def inverse_property(inverse: InversePlan, context: Context) -> Property:
    """The other side."""
    relation, source = inverse.relation, inverse.source
    decorator = "OneToOne" if relation.one_to_one else "OneToMany"
    for name in (decorator, "Relation"):
        context.use(name)
    variable = _safe(source.class_name[:1].lower() + source.class_name[1:])
    args: list[Printed] = [Code(f"() => {source.class_name}"), Code(f"({variable}) => {variable}.{relation.member}")]
    many = "" if relation.one_to_one else "[]"
    kind = f"Relation<{source.class_name}{many}>" + (" | null" if relation.one_to_one else "")
    return Property([call(f"@{decorator}", args, 2)], f"{inverse.member}!: {kind};")


__all__ = ["inverse_property", "lost_relations", "relation_property"]
