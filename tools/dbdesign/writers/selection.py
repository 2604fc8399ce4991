"""Which tables, columns and relations a diagram shows, decided once for every diagram writer.

Partitions are folded into the table that they belong to, foreign keys that lead out of the selection end in a named stub,
and the order is the schema's, so that equal schemas give equal diagrams.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import translate
from functools import lru_cache

from dbdesign.dialects.base import dialect
from dbdesign.errors import InputError, UnknownNameError
from dbdesign.model.relations import Relations
from dbdesign.model.schema import Column, ForeignKey, Schema, Table
from dbdesign.model.types import DataType
from dbdesign.writers.base import Note, WriteOptions

NOT_IN_SCHEMA = "not in the schema"
NOT_SHOWN = "not shown"

_SPELLINGS = (
    (re.compile(r"\bcharacter varying\b"), "varchar"),
    (re.compile(r"\bcharacter\b"), "char"),
    (re.compile(r"\bbit varying\b"), "varbit"),
    (re.compile(r"\btimestamp(\(\d+\))? with time zone"), r"timestamptz\1"),
    (re.compile(r"\btimestamp(\(\d+\))? without time zone"), r"timestamp\1"),
    (re.compile(r"\btime(\(\d+\))? with time zone"), r"timetz\1"),
    (re.compile(r"\btime(\(\d+\))? without time zone"), r"time\1"),
)


@dataclass(frozen=True)
class Field:
    """A column as shown. `unique` says that it is unique by itself."""

    column: Column
    primary: bool
    foreign: bool
    unique: bool

    @property
    def marks(self) -> tuple[str, ...]:
        """`PK`, `FK`, `UK`, those that hold."""
        held = (("PK", self.primary), ("FK", self.foreign), ("UK", self.unique and not self.primary))
        return tuple(mark for mark, holds in held if holds)


@dataclass(frozen=True)
class Entity:
    """A table as shown.

    Attributes:
        hidden: number of columns left out.
        folded: labels of its partitions (declarative, or by inheritance without columns of their own).
    """

    table: Table
    fields: tuple[Field, ...]
    hidden: int = 0
    folded: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The table's label."""
        return self.table.label

    @property
    def title(self) -> str:
        """The label, and the number of partitions if there are any."""
        count = len(self.folded)
        return f"{self.label} ({count} partition{'s' if count > 1 else ''})" if count else self.label


@dataclass(frozen=True)
class Link:
    """A line of the diagram: a foreign key, or (`foreign_key` None) PostgreSQL inheritance.

    Attributes:
        child, parent: labels of shown tables or of stubs (the parent only).
        parent_optional, child_unique: as in `Relation`.
        identifying: the foreign key is part of the child's primary key.
    """

    child: str
    parent: str
    parent_optional: bool
    child_unique: bool
    identifying: bool
    foreign_key: ForeignKey | None = None

    @property
    def role(self) -> str:
        """The referencing columns, or `inherits`."""
        return ", ".join(self.foreign_key.columns) if self.foreign_key else "inherits"


@dataclass(frozen=True)
class Stub:
    """A referenced table that is named and not shown; `where` says why, or names the diagram that has it."""

    label: str
    where: str


@dataclass(frozen=True)
class Picture:
    """What a diagram shows, in the schema's order."""

    entities: tuple[Entity, ...]
    links: tuple[Link, ...]
    stubs: tuple[Stub, ...] = ()
    notes: tuple[Note, ...] = ()
    namespaces: tuple[str | None, ...] = field(default=())

    @property
    def labels(self) -> list[str]:
        """The labels of the tables shown."""
        return [entity.label for entity in self.entities]

    def part(self, labels: Iterable[str], where: Mapping[str, str]) -> Picture:
        """The part with these tables alone; what they reference outside becomes a stub that says `where` it is."""
        inside = set(labels)
        links = tuple(link for link in self.links if link.child in inside)
        outside = dict.fromkeys(link.parent for link in links if link.parent not in inside)
        why = {stub.label: stub.where for stub in self.stubs} | {label: f"see {name}" for label, name in where.items()}
        return replace(
            self,
            entities=tuple(entity for entity in self.entities if entity.label in inside),
            links=links,
            stubs=tuple(Stub(label, why[label]) for label in outside),
            notes=(),
        )


class Folding:
    """Which table each partition is drawn as."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self.root = {table.label: self._root(table) for table in schema.tables}
        self.members: dict[str, list[Table]] = defaultdict(list)
        for table in schema.tables:
            self.members[self.root[table.label]].append(table)

    def _parent(self, table: Table) -> Table | None:
        if table.partition_of:
            return self._schema.table_by_label.get(table.partition_of.label)
        own = {column.name for column in table.columns} - set(table.inherited)
        if len(table.inherits) == 1 and table.columns and not own:
            return self._schema.table_by_label.get(table.inherits[0])
        return None

    def _root(self, table: Table) -> str:
        seen = {table.label}
        while (parent := self._parent(table)) is not None and parent.label not in seen:
            table = parent
            seen.add(parent.label)
        return table.label


def select(schema: Schema, options: WriteOptions) -> Picture:
    """What a diagram of this schema shows under these options.

    Raises:
        UnknownNameError: a focus table that does not exist, with the nearest.
        InputError: an `include` pattern that no table matches, negative `hops`, or nothing left to show.
    """
    folding = Folding(schema)
    shown = _shown(schema, options, folding)
    links = _links(schema, folding, shown)
    entities = tuple(
        _entity(schema.table_by_label[one], folding, options.keys_only, links.get(one, [])) for one in shown
    )
    flat = tuple(link for one in shown for link in links.get(one, []))
    outside = dict.fromkeys(link.parent for link in flat if link.parent not in shown)
    stubs = tuple(Stub(one, NOT_SHOWN if one in folding.root else NOT_IN_SCHEMA) for one in outside)
    return Picture(
        entities=entities,
        links=flat,
        stubs=stubs,
        notes=tuple(_notes(entities, stubs)),
        namespaces=tuple(dict.fromkeys(entity.table.namespace for entity in entities)),
    )


def _shown(schema: Schema, options: WriteOptions, folding: Folding) -> dict[str, None]:
    """The labels to show, as an ordered set."""
    if options.hops < 0:
        raise InputError("hops must not be negative", where="hops", remedy="Use 0 for the focus tables alone")
    focus = {folding.root[_focused(schema, name).label] for name in options.focus}
    near = _neighbourhood(schema, focus, options.hops, folding) if focus else set(folding.root.values())
    default = dialect(schema.engine).default_namespace if options.include or options.exclude else ""
    included = near
    if options.include:
        included = {folding.root[label] for label in _matching(schema, options.include, default, must="include")}
    excluded = _matching(schema, options.exclude, default, must="exclude") if options.exclude else set()
    kept = focus | (near & included - excluded)
    shown = {table.label: None for table in schema.tables if table.label in kept}
    if schema.tables and not shown:
        raise InputError("no table is left to draw", where="include/exclude", remedy="Widen include or narrow exclude")
    return shown


def _focused(schema: Schema, name: str) -> Table:
    table = schema.table(name)
    if table is None:
        raise UnknownNameError.among("table", name, schema.table_by_label, where="focus")
    return table


def _neighbourhood(schema: Schema, focus: set[str], hops: int, folding: Folding) -> set[str]:
    relations = Relations(schema)
    reached = focus
    for _ in range(hops):
        members = [member.label for one in reached for member in folding.members[one]]
        wider = {folding.root[label] for label in relations.neighbourhood(members, 1)}
        if wider == reached:
            break
        reached = wider
    return reached


def _matching(schema: Schema, patterns: tuple[str, ...], default: str, *, must: str) -> set[str]:
    """Labels that match a glob; a table of the default namespace also matches as `public.name`."""
    found: set[str] = set()
    for pattern in patterns:
        matches = re.compile(translate(pattern)).match
        hits = {
            table.label
            for table in schema.tables
            if matches(table.label) or (table.namespace is None and matches(f"{default}.{table.name}"))
        }
        if not hits:
            raise InputError(
                f"no table matches {pattern!r}", where=must, remedy="Use a glob on table names: sales.*, order*"
            )
        found |= hits
    return found


def _links(schema: Schema, folding: Folding, shown: Iterable[str]) -> dict[str, list[Link]]:
    """The lines that leave each shown table, each foreign key once for a table and its partitions."""
    links: dict[str, list[Link]] = {}
    for one in shown:
        root = schema.table_by_label[one]
        seen: dict[tuple[object, ...], Link] = {}
        for member in folding.members[one]:
            for key in member.foreign_keys:
                parent = folding.root.get(key.references, key.references)
                seen.setdefault((key.columns, parent, key.referenced_columns), _link(root, key, parent))
        for label in root.inherits:
            parent = folding.root.get(label, label)
            if parent != one:
                seen.setdefault((parent,), Link(one, parent, False, True, False))
        links[one] = list(seen.values())
    return links


def _link(child: Table, key: ForeignKey, parent: str) -> Link:
    columns = [child.column(name) for name in key.columns]
    primary = set(child.primary_key.columns) if child.primary_key else set()
    return Link(
        child=child.label,
        parent=parent,
        parent_optional=any(column is None or column.nullable for column in columns),
        child_unique=child.is_unique(key.columns),
        identifying=set(key.columns) <= primary,
        foreign_key=key,
    )


def _entity(table: Table, folding: Folding, keys_only: bool, links: list[Link]) -> Entity:
    primary = set(table.primary_key.columns) if table.primary_key else set()
    foreign = {name for link in links if link.foreign_key for name in link.foreign_key.columns}
    unique = [columns for columns, _ in table.unique_column_sets]
    alone = {name for columns in unique if len(columns) == 1 for name in columns}
    keyed = primary | foreign | {name for columns in unique for name in columns}
    fields = tuple(
        Field(column, column.name in primary, column.name in foreign, column.name in alone)
        for column in table.columns
        if not keys_only or column.name in keyed
    )
    return Entity(
        table=table,
        fields=fields,
        hidden=len(table.columns) - len(fields),
        folded=tuple(one.label for one in folding.members[table.label] if one is not table),
    )


def _notes(entities: tuple[Entity, ...], stubs: tuple[Stub, ...]) -> Iterable[Note]:
    for entity in entities:
        keys = entity.table.foreign_keys
        repeated = len(keys) - len({(key.columns, key.references, key.referenced_columns) for key in keys})
        if repeated:
            what = f"{repeated} foreign key{'s' if repeated > 1 else ''} between the same columns as another"
            yield Note(object=entity.label, lost=what, instead="one line is drawn for all of them")
        if entity.folded:
            count = len(entity.folded)
            yield Note(
                object=entity.label,
                lost=f"{count} partition{'s are' if count > 1 else ' is'} not drawn",
                instead="its title says how many it has",
            )
    for stub in stubs:
        if stub.where == NOT_IN_SCHEMA:
            yield Note(
                object=stub.label,
                lost="is referenced by a foreign key and is not in the schema",
                instead="a stub with its name was drawn",
            )


def short_type(data_type: DataType) -> str:
    """The type in the width of a diagram: `varchar(20)`, `timestamptz`, `enum`; `native` where that is short already."""
    if data_type.values and data_type.name is None:
        return data_type.native.split("(", 1)[0].strip() or data_type.kind.value
    return (
        short_spelling(data_type.native or data_type.kind.value).replace("double precision", "double").replace('"', "")
    )


@lru_cache(maxsize=1024)
def short_spelling(native: str) -> str:
    """PostgreSQL's other, shorter spelling of the standard's long type names; every other spelling as it is."""
    for pattern, short in _SPELLINGS:
        native = pattern.sub(short, native)
    return native
