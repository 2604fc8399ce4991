"""What the parts of the Django writer share: names of models and fields, imports, notes."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from dbdesign.model.relations import Relations
from dbdesign.model.schema import Column, Engine, ForeignKey, Schema, Table
from dbdesign.model.types import DataType
from dbdesign.writers.base import Note, WriteOptions
from dbdesign.writers.django.layout import Imports
from dbdesign.writers.django.names import class_name, field_name


@dataclass
class TableNames:
    """A table's model, and its columns' fields."""

    model: str
    fields: dict[str, str]
    relations: dict[str, ForeignKey]
    """Columns that are written as foreign keys."""


@dataclass
class Context:
    """One writing."""

    schema: Schema
    options: WriteOptions
    imports: Imports = field(default_factory=Imports)
    notes: list[Note] = field(default_factory=list)
    names: dict[str, TableNames] = field(default_factory=dict)
    enums: dict[str, str] = field(default_factory=dict)
    foreign_names: int = 0
    relation_names: set[str] = field(default_factory=set)
    """Tables and indexes share their names: none that is made up may be one of these."""

    @cached_property
    def relations(self) -> Relations:
        """Who refers to whom."""
        return Relations(self.schema)

    @property
    def is_postgresql(self) -> bool:
        """Whether django.contrib.postgres is at hand."""
        return self.schema.engine in {Engine.POSTGRESQL, Engine.COCKROACHDB}

    def note(self, subject: str, lost: str, instead: str | None = None) -> None:
        """Say what Django cannot."""
        one = Note(object=subject, lost=lost, instead=instead)
        if one not in self.notes[-1:]:
            self.notes.append(one)

    def base_type(self, column: Column) -> DataType:
        """A column's type under its domains."""
        return self.schema.resolve_type(column.type)

    def fields_of(self, table: Table) -> dict[str, str]:
        """Columns → fields of a table's model."""
        return self.names[table.label].fields


def name_everything(context: Context, tables: list[Table]) -> None:
    """Choose the names of all models and fields, so that relations can refer to each other."""
    taken: set[str] = set()
    for table in context.schema.tables:
        context.relation_names.add(table.name)
        own = [
            *(one.name for one in table.indexes),
            *(one.name for one in table.unique_keys),
            *(one.name for one in table.checks),
        ]
        context.relation_names |= {one for one in own if one}
    for table in tables:
        context.names[table.label] = TableNames(class_name(table.name, taken), {}, {})
    for table in tables:
        names = context.names[table.label]
        relations: dict[str, ForeignKey] = {}
        for key in table.foreign_keys:
            if _can_be_said(context, table, key):
                relations.setdefault(key.columns[0], key)
                if relations[key.columns[0]] is not key:
                    context.note(
                        f"{table.label} ({key.name or 'foreign key'})", "a second foreign key of the same column"
                    )
        names.relations = relations
    _cut_circles(context, tables)
    for table in tables:
        names = context.names[table.label]
        relations = names.relations
        used: set[str] = set()
        if table.primary_key is None or len(table.primary_key.columns) != 1:
            used.add("id" if table.primary_key is None else "pk")
        for column in sorted(table.columns, key=lambda one: one.name in relations):
            names.fields[column.name] = field_name(column.name, used, relation=column.name in relations)
            if column.name in relations:
                used.add(f"{names.fields[column.name]}_id")


def _cut_circles(context: Context, tables: list[Table]) -> None:
    """A column whose type is told by a key that leads back to itself, in any number of steps, is no ForeignKey of Django's."""
    for table in tables:
        for column in list(context.names[table.label].relations):
            place: tuple[str, str] | None = (table.label, column)
            seen: set[tuple[str, str]] = set()
            while place is not None and place not in seen:
                seen.add(place)
                key = context.names[place[0]].relations.get(place[1])
                place = (key.references, key.referenced_columns[0]) if key is not None else None
            if place == (table.label, column):
                key = context.names[table.label].relations.pop(column)
                context.note(
                    f"{table.label} ({key.name or 'foreign key'})",
                    "a foreign key that leads back to its own column",
                    _run_sql("ALTER TABLE … ADD CONSTRAINT"),
                )


def _can_be_said(context: Context, table: Table, key: ForeignKey) -> bool:
    """Whether a foreign key is a ForeignKey of Django's: one column, of the type that Django gives it, to a key of one column."""
    target = context.schema.table_by_label.get(key.references)
    if len(key.columns) != 1 or target is None or key.references not in context.names:
        context.note(
            f"{table.label} ({key.name or 'foreign key'})",
            "a foreign key of several columns, or to a table that is not here",
            _run_sql("ALTER TABLE … ADD CONSTRAINT"),
        )
        return False
    column, other = table.column(key.columns[0]), target.column(key.referenced_columns[0])
    reason = None
    if column is None or other is None or column.generated is not None:
        reason = "a foreign key of a generated column"
    elif context.base_type(column).native != context.base_type(other).native:
        reason = f"a foreign key between different types ({column.type.native} and {other.type.native})"
    elif not _is_key(target, other.name):
        reason = "a foreign key to columns that are unique together with others only, or by an index"
    elif column.identity is not None or (column.default is not None and "nextval" in column.default):
        reason = "a foreign key of a column that numbers itself"
    elif (column.collation or None) != (other.collation or None):
        reason = "a foreign key between different collations"
    elif _may_be_made_too_early(context, table, key):
        reason = "a foreign key in a composite primary key that makemigrations may make before the field of the foreign key, and fail"
    if reason is not None:
        context.note(f"{table.label} ({key.name or 'foreign key'})", reason, _run_sql("ALTER TABLE … ADD CONSTRAINT"))
    return reason is None


def _may_be_made_too_early(context: Context, table: Table, key: ForeignKey) -> bool:
    """Whether makemigrations may make a model with a composite key before a field of that key, which then fails.

    It makes all models by name, adds relations and indexes, and then moves a model behind what its relations lead to where nothing in
    between refers to it; an operation on an index counts as if it did (`MigrationOptimizer` and `Operation.references_model`).
    """
    primary = table.primary_key
    if primary is None or len(primary.columns) < 2 or key.columns[0] not in primary.columns:
        return False
    own, other = (context.names[one].model.lower() for one in (table.label, key.references))
    referred = any(
        one.child != table.label and len(one.foreign_key.columns) == 1
        for one in context.relations.references_in(table.label)
    )
    others = (one for one in context.schema.tables if one is not table)
    indexed = any(one.indexes or one.unique_keys or one.checks or one.exclusions for one in others)
    return referred or (other > own and indexed)


def _is_key(table: Table, column: str) -> bool:
    primary = table.primary_key is not None and table.primary_key.columns == (column,)
    return primary or any(
        key.columns == (column,) and not key.include and not key.deferrable for key in table.unique_keys
    )


def _run_sql(statement: str) -> str:
    return f"a plain field; add the constraint by migrations.RunSQL ({statement})"
