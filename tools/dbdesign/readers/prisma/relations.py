"""Relations: the foreign keys that hold them, and the tables that Prisma makes for many-to-many relations without one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dbdesign.dialects.prisma import constraint_name, relation_table
from dbdesign.model.schema import Action, Engine
from dbdesign.readers.prisma.models import Declarations, Model, field_names
from dbdesign.readers.prisma.syntax import Attribute, FieldSyntax

ACTIONS: dict[str, Action] = {
    "Cascade": "cascade",
    "Restrict": "restrict",
    "NoAction": "no action",
    "SetNull": "set null",
    "SetDefault": "set default",
}


@dataclass(frozen=True)
class Reference:
    """A foreign key to be."""

    name: str
    model: Model
    columns: list[str]
    referenced: Model
    referenced_columns: list[str]
    on_delete: Action
    on_update: Action
    line: int


@dataclass(frozen=True)
class ManyToMany:
    """A relation with a table of its own, between two models in the order of their names."""

    table: str
    first: Model
    second: Model
    first_field: str
    second_field: str
    line: int

    @property
    def namespace(self) -> str | None:
        """The table lies where the first model's does."""
        return self.first.namespace


def relation_name(field: FieldSyntax) -> str | None:
    """What `@relation("…")` or `@relation(name: "…")` says."""
    said = field.attribute("relation")
    return said.text("name", 0) if said else None


def references(found: Declarations) -> Iterator[Reference]:
    """The foreign keys of all models. None has views at either end."""
    for model in found.models.values():
        for field in model.relations.values():
            said = field.attribute("relation")
            if said is not None and said.argument("fields") is not None and not model.is_view:
                other = found.models[field.type]
                if not other.is_view and (key := _reference(model, field, said, other, found)):
                    yield key


def _reference(
    model: Model, field: FieldSyntax, said: Attribute, other: Model, found: Declarations
) -> Reference | None:
    fields = field_names_of(said, "fields")
    columns = model.column_names(fields)
    referenced = other.column_names(field_names_of(said, "references"))
    if not columns or not referenced or len(columns) != len(referenced):
        reason = "the fields and references of the relation do not pair columns"
        found.complain(model.block, field.line, f"{model.name}.{field.name}", reason)
        return None
    engine = found.settings.engine
    optional = field.arity == "?" and all(model.columns[one].arity == "?" for one in fields)
    usual: Action = "set null" if optional else "no action" if engine is Engine.SQLSERVER else "restrict"
    return Reference(
        name=said.text("map") or constraint_name(engine, model.table, columns, "fkey"),
        model=model,
        columns=columns,
        referenced=other,
        referenced_columns=referenced,
        on_delete=_action(said, "onDelete", usual),
        on_update=_action(said, "onUpdate", "cascade"),
        line=field.line,
    )


def field_names_of(said: Attribute, name: str) -> list[str]:
    """The names in an argument that must be said by name."""
    value = said.argument(name)
    return [one.text for one in value.items] if value else []


def _action(said: Attribute, name: str, usual: Action) -> Action:
    value = said.argument(name)
    return ACTIONS.get(value.text, usual) if value else usual


def many_to_many(found: Declarations) -> Iterator[ManyToMany]:
    """The relations with lists at both ends, once each."""
    ends: dict[tuple[str, str, str], list[tuple[Model, FieldSyntax]]] = {}
    for model in found.models.values():
        for field in model.relations.values():
            said = field.attribute("relation")
            if field.arity == "[]" and (said is None or said.argument("fields") is None):
                first, second = sorted((model.name, field.type))
                name = relation_name(field) or f"{first}To{second}"
                ends.setdefault((first, second, name), []).append((model, field))
    for (first, second, name), pair in ends.items():
        models = found.models[first], found.models[second]
        both = {model.name for model, _ in pair} == {first, second}
        if len(pair) == 2 and both and not any(one.is_view for one in models):
            yield from _relation(name, models, pair, found)


def _relation(
    name: str, models: tuple[Model, Model], pair: list[tuple[Model, FieldSyntax]], found: Declarations
) -> Iterator[ManyToMany]:
    keys = [one.identifier for one in models]
    line = min(field.line for _, field in pair)
    for model, key in zip(models, keys, strict=True):
        if len(key) != 1 or key[0] not in model.columns:
            reason = f"{model.name} has no single @id field for a many-to-many relation to refer to"
            found.complain(pair[0][0].block, line, name, reason)
            return
    table = relation_table(found.settings.engine, name)
    yield ManyToMany(table, models[0], models[1], keys[0][0], keys[1][0], line)


__all__ = ["ACTIONS", "ManyToMany", "Reference", "field_names", "many_to_many", "references", "relation_name"]
