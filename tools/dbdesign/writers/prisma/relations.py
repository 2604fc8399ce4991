"""Relation fields: one on each side of a foreign key, with names that say what they are and collide with nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dbdesign.dialects.prisma import constraint_name
from dbdesign.model.schema import Action, Engine, ForeignKey
from dbdesign.writers.prisma.cascades import Cascades
from dbdesign.writers.prisma.indexes import Keys
from dbdesign.writers.prisma.layout import Row, text
from dbdesign.writers.prisma.names import camel, pascal, plural, words
from dbdesign.writers.prisma.plan import ModelPlan, Plan

ACTIONS: dict[Action, str] = {
    "cascade": "Cascade",
    "restrict": "Restrict",
    "no action": "NoAction",
    "set null": "SetNull",
    "set default": "SetDefault",
}
_KEY_WORDS = frozenset({"id", "uuid", "key", "fk", "code", "no", "nr", "pk"})


@dataclass(frozen=True)
class Relation:
    """A foreign key as two relation fields.

    Attributes:
        name: of the relation, where two models have several; None where the models tell it.
        map: the foreign key's name, where it is not the one that Prisma gives.
        acts: False where Prisma lets the relation have no action, because its cascades would meet others.
        single: whether a parent has at most one child.
    """

    child: ModelPlan
    parent: ModelPlan
    key: ForeignKey
    field: str
    back: str
    name: str | None
    map: str | None
    single: bool
    acts: bool = True


def relations(plan: Plan, keys: Mapping[str, Keys]) -> list[Relation]:
    """The relations of all foreign keys that Prisma can say; the others are noted.

    Args:
        keys: what is written of each table's keys, by its label.
    """
    sayable = [
        (model, plan.models[key.references], key)
        for model in plan.models.values()
        if model.table.label not in plan.implicit
        for key in model.table.foreign_keys
        if _is_sayable(model, key, plan, keys)
    ]
    joins = [frozenset(ends) for ends in plan.implicit.values()]
    pairs = Counter([frozenset({child.table.label, parent.table.label}) for child, parent, _ in sayable] + joins)
    per_child = Counter((child.name, parent.name) for child, parent, _ in sayable)
    found = []
    cascades = Cascades()
    taken: set[str] = set()
    for child, parent, key in sayable:
        several = per_child[child.name, parent.name] > 1
        field = child.names.free(*_forward(parent, key, several=several))
        single = key.columns in keys[child.table.label].criteria
        base = _lower_first(child.name) if single else _lower_first(plural(child.name))
        described = f"{base}As{field[0].upper()}{field[1:]}"
        back = parent.names.free(*([described] if several else [base, described]))
        pair = frozenset({child.table.label, parent.table.label})
        name = _relation_name(child, field, taken) if pairs[pair] > 1 or len(pair) == 1 else None
        usual = constraint_name(plan.engine, child.table.name, key.columns, "fkey")
        said = plan.constraint(child.table, key.name, usual, foreign=True) if plan.engine is not Engine.SQLITE else None
        acts = plan.engine is not Engine.SQLSERVER or cascades.may_act(child.table.label, key)
        plan.losses.when(not acts, f"{child.table.label} ({key.name})", _MEETING, "NoAction")
        found.append(Relation(child, parent, key, field, back, name, said, single, acts))
    return found


def _relation_name(child: ModelPlan, field: str, taken: set[str]) -> str:
    base = name = f"{child.name}{field[0].upper()}{field[1:]}"
    number = 2
    while name in taken:
        name, number = f"{base}{number}", number + 1
    taken.add(name)
    return name


def _lower_first(name: str) -> str:
    return name[0].lower() + name[1:]


def _forward(parent: ModelPlan, key: ForeignKey, *, several: bool) -> list[str]:
    """Names for the field that leads to the parent: `customer` for `customer_id`."""
    own = _lower_first(parent.name)
    by_columns = f"{own}By{pascal(' '.join(key.columns))}"
    column, *others = key.columns
    if others:
        return [by_columns, f"{by_columns}Relation"] if several else [own, by_columns]
    parts = words(column)
    if len(parts) > 1 and parts[-1].lower() in _KEY_WORDS:
        stem = camel(" ".join(parts[:-1]))
        return [stem, by_columns] if several else [stem, own, by_columns]
    whole = camel(column) or own
    described = f"{whole}Ref" if whole == own else f"{whole}{parent.name}"
    return [described, by_columns] if several else [own, described, by_columns]


def _is_usual(child: ModelPlan, key: ForeignKey, engine: Engine) -> bool:
    return key.name is None or key.name == constraint_name(engine, child.table.name, key.columns, "fkey")


def _is_sayable(child: ModelPlan, key: ForeignKey, plan: Plan, keys: Mapping[str, Keys]) -> bool:
    where = f"{child.table.label} ({key.name or ', '.join(key.columns)})"
    reason = _why_not(child, key, plan, keys)
    if reason is not None:
        plan.losses.add(
            where, f"a foreign key {reason}", "no relation was written: keep the foreign key in a migration"
        )
        return False
    losses = plan.losses
    unnamed = plan.engine is Engine.SQLITE and not _is_usual(child, key, plan.engine)
    losses.when(unnamed, where, "the name of a foreign key", "Prisma's own: it lets SQLite have no other")
    losses.when(key.deferrable, where, "that a foreign key is deferrable")
    losses.when(not key.valid or not key.enforced, where, "that a foreign key is not valid or not enforced")
    losses.when(key.match != "simple", where, "MATCH of a foreign key")
    losses.when(key.set_columns, where, "which columns ON DELETE sets")
    losses.when(key.period, where, "PERIOD of a foreign key")
    losses.when(key.comment, where, "a comment on a foreign key")
    losses.when(_action(child, key, "on_delete", plan.engine)[1], where, _UNSAYABLE, "NoAction")
    losses.when(_action(child, key, "on_update", plan.engine)[1], where, _UNSAYABLE, "NoAction")
    return True


_MEETING = "an action whose cascades form a ring or meet by two ways, which Prisma refuses on SQL Server"
_UNSAYABLE = "an action that Prisma refuses here: SET NULL of required fields, or RESTRICT on SQL Server"


def _why_not(child: ModelPlan, key: ForeignKey, plan: Plan, keys: Mapping[str, Keys]) -> str | None:
    parent = plan.models.get(key.references)
    if parent is None:
        return "to a table that is not in the schema"
    columns, others = key.columns, key.referenced_columns
    if len(set(columns)) < len(columns) or len(columns) != len(others):
        return "with a column twice"
    if any(one not in child.types for one in columns) or any(one not in parent.types for one in others):
        return "of columns that are not there"
    types = [child.types[one] for one in columns], [parent.types[one] for one in others]
    if any(not one.is_supported or one.is_list for side in types for one in side):
        return "of columns whose type is unsupported"
    if any((one.name, one.native) != (other.name, other.native) for one, other in zip(*types, strict=True)):
        return "between columns of different types"
    criteria = [sorted(one) for one in keys[parent.table.label].criteria] if parent.table.label in keys else []
    return None if sorted(others) in criteria else "to columns that are no unique criterion to Prisma"


def _is_optional(child: ModelPlan, key: ForeignKey) -> bool:
    return any((column := child.table.column(one)) is not None and column.nullable for one in key.columns)


def _action(child: ModelPlan, key: ForeignKey, which: str, engine: Engine) -> tuple[Action, bool]:
    """The action that is written, and whether it is another than the foreign key's."""
    action: Action = getattr(key, which)
    required = any((column := child.table.column(one)) is not None and not column.nullable for one in key.columns)
    refused = (action == "set null" and required and engine is not Engine.POSTGRESQL) or (
        action == "restrict" and engine is Engine.SQLSERVER
    )
    return ("no action", True) if refused else (action, False)


# Rows


def rows(model: ModelPlan, found: list[Relation], plan: Plan, ignored: frozenset[str]) -> Iterator[Row]:
    """The relation fields of a model: first those with columns of its own, then those that lead back, then the lists of joins."""
    for one in found:
        if one.child is model:
            optional = "?" if _is_optional(model, one.key) else ""
            yield _row(
                one.field, f"{one.parent.name}{optional}", _arguments(one, plan.engine), model, one.parent, ignored
            )
    for one in found:
        if one.parent is model:
            arity = "?" if one.single else "[]"
            said = [text(one.name)] if one.name else []
            yield _row(one.back, f"{one.child.name}{arity}", said, model, one.child, ignored)


def _row(name: str, kind: str, said: list[str], model: ModelPlan, other: ModelPlan, ignored: frozenset[str]) -> Row:
    attributes = [f"@relation({', '.join(said)})"] if said else []
    if other.table.label in ignored and model.table.label not in ignored:
        attributes.append("@ignore")
    return Row(name, kind, tuple(attributes))


def _arguments(one: Relation, engine: Engine) -> list[str]:
    key, child, parent = one.key, one.child, one.parent
    said = [text(one.name)] if one.name else []
    said.append(f"fields: [{', '.join(child.fields[column] for column in key.columns)}]")
    said.append(f"references: [{', '.join(parent.fields[column] for column in key.referenced_columns)}]")
    required = any((column := child.table.column(name)) is not None and not column.nullable for name in key.columns)
    usual: Action = ("no action" if engine is Engine.SQLSERVER else "restrict") if required else "set null"
    for which, argument, default in (("on_delete", "onDelete", usual), ("on_update", "onUpdate", "cascade")):
        action = _action(child, key, which, engine)[0] if one.acts else "no action"
        if action != default:
            said.append(f"{argument}: {ACTIONS[action]}")
    if one.map is not None:
        said.append(f"map: {text(one.map)}")
    return said


def joins(plan: Plan) -> dict[str, list[Row]]:
    """The lists of implicit many-to-many relations, by the label of the table whose model has them."""
    found: dict[str, list[Row]] = {}
    for label, (first, second) in plan.implicit.items():
        ends = plan.models[first], plan.models[second]
        usual = f"{ends[0].name}To{ends[1].name}"
        name = plan.models[label].table.name[1:]
        said = (
            (f"@relation({text(name)})",) if name != usual or first == second or _is_shared(plan, first, second) else ()
        )
        for model, other, suffix in ((ends[0], ends[1], "Forward"), (ends[1], ends[0], "Back")):
            base = _lower_first(plural(other.name))
            field = model.names.free(base, f"{base}Of{pascal(name)}", f"{base}Of{pascal(name)}{suffix}")
            found.setdefault(model.table.label, []).append(Row(field, f"{other.name}[]", said))
    return found


def _is_shared(plan: Plan, first: str, second: str) -> bool:
    """Whether the two models have another relation as well."""
    pair = {first, second}
    keys = sum(
        {model.table.label, key.references} == pair
        for model in plan.models.values()
        if model.table.label not in plan.implicit
        for key in model.table.foreign_keys
    )
    return keys > 0 or sum(set(ends) == pair for ends in plan.implicit.values()) > 1
