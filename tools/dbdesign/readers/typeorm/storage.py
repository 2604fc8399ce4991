"""What decorators and `EntitySchema` objects say, before it is put together: TypeORM's metadata arguments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dbdesign.readers.base import Unread
from dbdesign.readers.typescript import ClassNode, Value

Target = ClassNode | str
"""A class, or the name of an `EntitySchema` that has none."""


@dataclass(frozen=True)
class Place:
    """Where something is declared."""

    path: str
    line: int


@dataclass(eq=False)
class TableArgs:
    """An entity. `kind` is `regular`, `view`, `entity-child`, or of this reader's own making `junction`, `closure`."""

    target: Target
    kind: str
    options: Mapping[str, Value]
    place: Place
    name: str | None = None

    @property
    def class_name(self) -> str:
        """Of the class or the schema."""
        return self.target if isinstance(self.target, str) else self.target.name


@dataclass(eq=False)
class ColumnArgs:
    """A column. `type` is an SQL type, or `#Number`, `#String`, `#Date`, `#Boolean`, `#Buffer` … for JavaScript's own constructors."""

    target: Target
    member: str
    mode: str
    options: dict[str, Value]
    type: str | None
    place: Place


@dataclass(eq=False)
class RelationArgs:
    """A relation. `kind` is `many-to-one`, `one-to-one`, `one-to-many`, `many-to-many`."""

    target: Target
    member: str
    kind: str
    to: Value
    inverse: str | None
    options: Mapping[str, Value]
    place: Place


@dataclass(eq=False)
class KeyArgs:
    """An index or a unique constraint. `columns` are property paths."""

    target: Target
    name: str | None
    columns: tuple[str, ...]
    options: Mapping[str, Value]
    place: Place


@dataclass(eq=False)
class ExpressionArgs:
    """A check or an exclusion."""

    target: Target
    name: str | None
    expression: str
    options: Mapping[str, Value]
    place: Place


@dataclass(eq=False)
class EmbeddedArgs:
    """An embedded class. `prefix` is None where none is given."""

    target: Target
    member: str
    type: Target
    prefix: str | bool | None
    place: Place
    is_array: bool = False


@dataclass(eq=False)
class JoinArgs:
    """A join column: what it is called, which property of the other side it takes, what its constraint is called."""

    name: str | None = None
    referenced: str | None = None
    constraint: str | None = None


@dataclass(eq=False)
class JoinTableArgs:
    """A join table; None for columns that are not said."""

    name: str | None = None
    schema: str | None = None
    columns: tuple[JoinArgs, ...] | None = None
    inverse_columns: tuple[JoinArgs, ...] | None = None
    synchronize: bool = True


@dataclass(eq=False)
class ForeignKeyArgs:
    """A foreign key without a relation (`@ForeignKey`)."""

    target: Target
    to: Value
    columns: tuple[str, ...]
    referenced: tuple[str, ...]
    options: Mapping[str, Value]
    place: Place


@dataclass
class Storage:
    """Everything that was said, in the order in which TypeORM would hear it."""

    tables: list[TableArgs] = field(default_factory=list)
    columns: list[ColumnArgs] = field(default_factory=list)
    relations: list[RelationArgs] = field(default_factory=list)
    indices: list[KeyArgs] = field(default_factory=list)
    uniques: list[KeyArgs] = field(default_factory=list)
    checks: list[ExpressionArgs] = field(default_factory=list)
    exclusions: list[ExpressionArgs] = field(default_factory=list)
    embeddeds: list[EmbeddedArgs] = field(default_factory=list)
    foreign_keys: list[ForeignKeyArgs] = field(default_factory=list)
    generations: dict[tuple[Target, str], str] = field(default_factory=dict)
    join_columns: dict[tuple[Target, str], list[JoinArgs]] = field(default_factory=dict)
    join_tables: dict[tuple[Target, str], JoinTableArgs] = field(default_factory=dict)
    inheritances: dict[Target, Mapping[str, Value]] = field(default_factory=dict)
    discriminators: dict[Target, Value] = field(default_factory=dict)
    trees: dict[Target, tuple[str, Mapping[str, Value]]] = field(default_factory=dict)
    tree_parents: set[tuple[Target, str]] = field(default_factory=set)
    unread: list[Unread] = field(default_factory=list)
    missing: dict[str, list[str]] = field(default_factory=dict)
    """Base classes that were not given → the classes that extend them."""

    def skip(self, place: Place, text: str, reason: str) -> None:
        """Something that was not understood."""
        self.unread.append(Unread(line=place.line, text=text[:200], reason=reason, path=place.path))


__all__ = [
    "ColumnArgs",
    "EmbeddedArgs",
    "ExpressionArgs",
    "ForeignKeyArgs",
    "JoinArgs",
    "JoinTableArgs",
    "KeyArgs",
    "Place",
    "RelationArgs",
    "Storage",
    "TableArgs",
    "Target",
]
