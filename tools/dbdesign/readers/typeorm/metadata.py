"""Entities, columns, relations and keys, as TypeORM puts them together out of its metadata arguments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dbdesign.dialects.typeorm import NamingStrategy
from dbdesign.readers.typeorm.storage import (
    ColumnArgs,
    EmbeddedArgs,
    ExpressionArgs,
    Place,
    RelationArgs,
    TableArgs,
    Target,
)
from dbdesign.readers.typeorm.values import enum_values, is_true, number_of, sql_of, text_of
from dbdesign.readers.typescript import UNDEFINED, Value


@dataclass(eq=False)
class Embedded:
    """An embedded class inside an entity: the prefixes and the property path that lead to it."""

    args: EmbeddedArgs
    prefixes: tuple[str, ...]
    path: tuple[str, ...]
    columns: list[ColumnMetadata] = field(default_factory=list)
    relations: list[RelationMetadata] = field(default_factory=list)


@dataclass(eq=False)
class ColumnMetadata:
    """A column. `type` is as of `ColumnArgs`; `virtual` columns have no property of their own."""

    member: str
    given: str | None
    type: str | None
    options: Mapping[str, Value]
    mode: str
    target: Target | None
    place: Place
    embedded: Embedded | None = None
    nullable: bool = False
    primary: bool = False
    virtual: bool = False
    strategy: str | None = None
    referenced: ColumnMetadata | None = None
    discriminator: bool = False

    def name(self, naming: NamingStrategy) -> str:
        """In the database."""
        return naming.column(self.member, self.given, self.embedded.prefixes if self.embedded else ())

    def bare_name(self, naming: NamingStrategy) -> str:
        """Without the prefixes of embedded classes."""
        return naming.column(self.member, self.given, ())

    @property
    def path(self) -> str:
        """The property path by which keys name it."""
        path = ".".join((*self.embedded.path, self.member)) if self.embedded else self.member
        joined = self.virtual and self.referenced is not None and self.referenced.member != self.member
        return f"{path}.{self.referenced.member}" if joined and self.referenced else path

    @property
    def length(self) -> str:
        """As written; empty for none."""
        value = self.options.get("length")
        return str(value) if isinstance(value, (int, str)) and value else ""

    @property
    def enum(self) -> tuple[str, ...] | None:
        """The values of its enumeration."""
        return enum_values(self.options["enum"]) if is_true_or_enum(self.options.get("enum")) else None

    def number(self, name: str) -> int | None:
        """An option that is a number."""
        return number_of(self.options.get(name))

    def text(self, name: str) -> str | None:
        """An option that is a text."""
        return text_of(self.options.get(name)) or None

    def flag(self, name: str) -> bool:
        """An option that is true or false."""
        return is_true(self.options.get(name))


def is_true_or_enum(value: Value) -> bool:
    """Whether an option is there at all."""
    return value is not None and value is not UNDEFINED


@dataclass(eq=False)
class RelationMetadata:
    """A relation of an entity, perhaps inside an embedded class; `to` is None until it is looked up."""

    args: RelationArgs
    entity: EntityMetadata
    embedded: Embedded | None = None
    to: EntityMetadata | None = None
    inverse: RelationMetadata | None = None
    join_columns: list[ColumnMetadata] = field(default_factory=list)
    tree_parent: bool = False

    @property
    def member(self) -> str:
        """Its property's name."""
        return self.args.member

    @property
    def path(self) -> str:
        """Its property path."""
        return ".".join((*self.embedded.path, self.member)) if self.embedded else self.member

    @property
    def primary(self) -> bool:
        """Whether its columns are of the primary key (`primary: true`, TypeORM 0.2)."""
        return is_true(self.args.options.get("primary"))

    @property
    def nullable(self) -> bool:
        """Whether its columns take null."""
        return self.args.options.get("nullable") is not False and not self.primary

    def action(self, name: str) -> str | None:
        """`onDelete` or `onUpdate`, as written."""
        return text_of(self.args.options.get(name)) or None

    @property
    def constrained(self) -> bool:
        """Whether it makes foreign keys."""
        return self.args.options.get("createForeignKeyConstraints") is not False


@dataclass(eq=False)
class KeyMetadata:
    """An index or a unique constraint over columns."""

    columns: list[ColumnMetadata]
    name: str | None
    options: Mapping[str, Value]
    place: Place
    unique: bool = False
    fixed_name: str | None = None
    """Of a constraint that is named by its kind (`REL_…`), whatever the strategy says of others."""

    def text(self, name: str) -> str | None:
        """An option that is a text."""
        return sql_of(self.options.get(name)) or None

    def flag(self, name: str) -> bool:
        """An option that is true or false."""
        return is_true(self.options.get(name))


@dataclass(eq=False)
class ForeignKeyMetadata:
    """A foreign key."""

    columns: list[ColumnMetadata]
    to: EntityMetadata
    referenced: list[ColumnMetadata]
    name: str | None
    on_delete: str | None
    on_update: str | None
    deferrable: str | None
    place: Place


@dataclass(eq=False)
class EntityMetadata:
    """An entity with its table. `tree` are the classes whose decorators count: its own, those that it extends, its children's."""

    args: TableArgs
    tree: tuple[Target, ...]
    schema: str | None
    bare_table: str
    table: str
    own_columns: list[ColumnMetadata] = field(default_factory=list)
    embeddeds: list[Embedded] = field(default_factory=list)
    own_relations: list[RelationMetadata] = field(default_factory=list)
    indices: list[KeyMetadata] = field(default_factory=list)
    uniques: list[KeyMetadata] = field(default_factory=list)
    checks: list[ExpressionArgs] = field(default_factory=list)
    exclusions: list[ExpressionArgs] = field(default_factory=list)
    foreign_keys: list[ForeignKeyMetadata] = field(default_factory=list)
    parent: EntityMetadata | None = None
    database: str | None = None

    @property
    def target(self) -> Target:
        """Its class, or the name of its schema."""
        return self.args.target

    @property
    def kind(self) -> str:
        """As of `TableArgs`."""
        return self.args.kind

    @property
    def place(self) -> Place:
        """Where it is declared."""
        return self.args.place

    @property
    def synchronized(self) -> bool:
        """Whether it has a table of its own that TypeORM makes."""
        return self.kind != "entity-child" and self.args.options.get("synchronize") is not False

    @property
    def columns(self) -> list[ColumnMetadata]:
        """Its own, then those of embedded classes."""
        return [*self.own_columns, *(column for one in self.embeddeds for column in one.columns)]

    @property
    def relations(self) -> list[RelationMetadata]:
        """Its own, then those of embedded classes."""
        return [*self.own_relations, *(relation for one in self.embeddeds for relation in one.relations)]

    @property
    def primary_columns(self) -> list[ColumnMetadata]:
        """Those of the primary key, in the order of the table."""
        return [column for column in self.columns if column.primary]

    def at(self, path: str) -> list[ColumnMetadata] | None:
        """The columns of a property path: a column's, or those that a relation made."""
        for column in self.columns:
            if column.path == path:
                return [column]
        for relation in self.relations:
            if relation.member == path and relation.join_columns:
                return relation.join_columns
        return None


def column_of(args: ColumnArgs, embedded: Embedded | None, strategy: str | None) -> ColumnMetadata:
    """A column out of what its decorator says; the types that its mode and its generation bring are the driver's."""
    options = dict(args.options)
    nullable = options.get("default", UNDEFINED) is None
    if isinstance(options.get("nullable"), bool):
        nullable = bool(options["nullable"])
    return ColumnMetadata(
        member=args.member,
        given=text_of(options.get("name")) or None,
        type=args.type,
        options=options,
        mode=args.mode,
        target=args.target,
        place=args.place,
        embedded=embedded,
        nullable=nullable,
        primary=is_true(options.get("primary")),
        strategy=strategy,
    )


__all__ = [
    "ColumnMetadata",
    "Embedded",
    "EntityMetadata",
    "ForeignKeyMetadata",
    "KeyMetadata",
    "RelationMetadata",
    "column_of",
]
