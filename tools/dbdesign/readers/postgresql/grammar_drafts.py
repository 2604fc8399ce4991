"""The schema while it is being read: drafts that statements change, and the look-ups that PostgreSQL's own catalogues would give."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Literal

from dbdesign.model.schema import (
    Carried,
    Check,
    Column,
    CompositeType,
    Domain,
    EnumType,
    Exclusion,
    Extension,
    ForeignKey,
    Grant,
    Index,
    Key,
    Namespace,
    Partitioning,
    PartitionOf,
    Policy,
    Routine,
    Table,
    Trigger,
    View,
    label,
)
from dbdesign.model.types import DataType, Kind, TypeName
from dbdesign.readers.postgresql import grammar_nodes as nodes
from dbdesign.readers.postgresql.grammar_grants import Privileges
from dbdesign.readers.postgresql.grammar_nodes import Node, plain

_NEXTVAL = re.compile(r"""nextval\('((?:[^']|'')+)'(?:::(?:pg_catalog\.)?regclass|::text(?:::regclass)?)?\)\Z""")
_NAME_PART = re.compile(r'"((?:[^"]|"")+)"|([^".]+)')
Name = tuple[str | None, str]
TEMPORARY = "pg_temp"


class Refused(Exception):  # noqa: N818 - it never leaves the reader: it becomes an `Unread`
    """A statement that cannot be applied; its text is the reason."""


@dataclass
class TableDraft:
    """A table that statements still change; see `Table` for the fields."""

    name: Name
    line: int
    columns: dict[str, Column] = field(default_factory=dict)
    primary_key: Key | None = None
    unique_keys: list[Key] = field(default_factory=list)
    foreign_keys: list[ForeignKey] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    exclusions: list[Exclusion] = field(default_factory=list)
    indexes: list[Index] = field(default_factory=list)
    partitioning: Partitioning | None = None
    partition_of: PartitionOf | None = None
    inherits: list[str] = field(default_factory=list)
    inherited: list[str] = field(default_factory=list)
    triggers: list[Trigger] = field(default_factory=list)
    policies: list[Policy] = field(default_factory=list)
    row_security: bool = False
    forced: bool = False
    comment: str | None = None
    options: dict[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """As `Table.label`."""
        return label(*self.name)

    def finished(self, columns: tuple[Column, ...], grants: tuple[Grant, ...]) -> Table:
        """The table as a value."""
        security: Literal["off", "enabled", "forced"] = "off"
        if self.row_security:
            security = "forced" if self.forced else "enabled"
        return Table(
            namespace=self.name[0],
            name=self.name[1],
            columns=columns,
            primary_key=self.primary_key,
            unique_keys=tuple(self.unique_keys),
            foreign_keys=tuple(self.foreign_keys),
            checks=tuple(self.checks),
            exclusions=tuple(self.exclusions),
            indexes=tuple(self.indexes),
            partitioning=self.partitioning,
            partition_of=self.partition_of,
            inherits=tuple(self.inherits),
            inherited=tuple(self.inherited),
            triggers=tuple(sorted(self.triggers, key=lambda one: one.name.encode())),
            policies=tuple(sorted(self.policies, key=lambda one: one.name.encode())),
            row_security=security,
            grants=grants,
            comment=self.comment,
            options=self.options,
        )


@dataclass
class SequenceDraft:
    """A sequence with what decides whether a column stands for it."""

    name: Name
    line: int = 0
    numbers: dict[str, int] = field(default_factory=dict)
    data_type: str = "bigint"
    cycle: bool = False
    unlogged: bool = False
    owner: tuple[Name, str] | None = None
    identity: bool = False
    comment: str | None = None


@dataclass
class Drafts:
    """Everything read so far.

    `relations` are the names that tables, views, indexes, sequences and composite types share in a namespace; `constraints` those of
    constraints. Both decide the numbers in chosen names.
    """

    search_path: list[str | None] = field(default_factory=lambda: [None])
    namespaces: dict[str, Namespace] = field(default_factory=dict)
    extensions: dict[str, Extension] = field(default_factory=dict)
    enums: dict[Name, EnumType] = field(default_factory=dict)
    domains: dict[Name, Domain] = field(default_factory=dict)
    composites: dict[Name, CompositeType] = field(default_factory=dict)
    ranges: set[Name] = field(default_factory=set)
    other_types: set[Name] = field(default_factory=set)
    sequences: dict[Name, SequenceDraft] = field(default_factory=dict)
    tables: dict[Name, TableDraft] = field(default_factory=dict)
    views: dict[Name, View] = field(default_factory=dict)
    routines: dict[tuple[str | None, str], Routine] = field(default_factory=dict)
    carried: list[Carried] = field(default_factory=list)
    relations: set[Name] = field(default_factory=set)
    constraints: set[Name] = field(default_factory=set)
    indexes: dict[Name, Name] = field(default_factory=dict)
    argument_types: dict[tuple[str | None, str], list[str]] = field(default_factory=dict)
    attached: dict[Name, set[Name]] = field(default_factory=dict)
    privileges: Privileges = field(default_factory=Privileges)
    notes: list[str] = field(default_factory=list)
    line: int = 0
    index_names_of_table: bool = False
    """Whether two tables may have indexes of one name, as in CockroachDB."""

    @property
    def here(self) -> str | None:
        """The namespace that unqualified objects are made in."""
        return self.search_path[0] if self.search_path else None

    def new_name(self, relation: Node) -> Name:
        """The name of an object that is being made, from its RangeVar."""
        if relation.relpersistence == "t":
            return TEMPORARY, relation.relname
        return (plain(relation.schemaname) if relation.schemaname else self.here), relation.relname

    def find(self, namespace: str | None, name: str, among: Any) -> Name | None:
        """The object that a name means: qualified, or the first on the search path, or the only one of that name."""
        if namespace:
            wanted = (plain(namespace), name)
            return wanted if wanted in among else None
        for place in (TEMPORARY, *self.search_path, None):
            if (place, name) in among:
                return place, name
        return None

    def find_relation(self, relation: Node, among: Any) -> Name | None:
        """As `find`, from a RangeVar."""
        return self.find(relation.schemaname or None, relation.relname, among)

    def table(self, relation: Node) -> TableDraft:
        """The table that a RangeVar means; `Refused` where there is none."""
        found = self.find_relation(relation, self.tables)
        if found is None:
            raise Refused(f'table "{dotted(relation)}" is not declared before this statement')
        return self.tables[found]

    def sequence_of(self, default: str | None) -> Name | None:
        """The sequence that a default of the form `nextval('…')` reads, if the default is of that form and the sequence is there."""
        match = _NEXTVAL.match(default or "")
        if match is None:
            return None
        parts = [
            quoted.replace('""', '"') or bare.lower()
            for quoted, bare in _NAME_PART.findall(match.group(1).replace("''", "'"))
        ]
        return self.find(parts[-2] if len(parts) > 1 else None, parts[-1], self.sequences)

    def relation_taken(self, namespace: str | None, *also: set[Name]) -> Any:
        """Whether a relation's name is taken in a namespace."""
        return lambda name: (namespace, name) in self.relations or any((namespace, name) in one for one in also)

    def data_type(self, node: Node) -> DataType:
        """The data type that a TypeName node means here."""
        names = nodes.strings(node.names)
        if nodes.is_built_in(names):
            base = nodes.built_in_type(names[-1], node)
        else:
            base = self._own_type(names) or nodes.extension_type(names, node)
        if node.array_bounds:
            return DataType(kind=Kind.ARRAY, native=f"{base.native}[]", element=base)
        return base

    def _own_type(self, names: list[str]) -> DataType | None:
        namespace = names[-2] if len(names) > 1 else None
        registries: tuple[tuple[Any, Kind], ...] = (
            (self.enums, Kind.ENUM),
            (self.domains, Kind.DOMAIN),
            (self.composites, Kind.COMPOSITE),
            (self.ranges, Kind.RANGE),
            (self.other_types, Kind.OTHER),
            (self.tables, Kind.COMPOSITE),
        )
        for registry, kind in registries:
            found = self.find(namespace, names[-1], registry)
            if found is not None:
                spelt = nodes.type_name(*found)
                return DataType(kind=kind, native=spelt, name=TypeName(namespace=found[0], name=found[1]))
        return None


def dotted(relation: Node) -> str:
    """`namespace.name` of a RangeVar as written."""
    return f"{relation.schemaname}.{relation.relname}" if relation.schemaname else str(relation.relname)
