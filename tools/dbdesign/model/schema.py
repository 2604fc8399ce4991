"""A relational schema as values: tables and what belongs to them, types, views, and what is carried verbatim.

Conventions that every reader keeps and every writer relies on:

- `namespace` is None for the engine's default one (`public`, `dbo`, the MySQL database itself, `main`).
- Expressions (defaults, checks, predicates, generated columns, view bodies) are SQL text in the dialect of `Schema.engine`,
  without an outer pair of parentheses that the syntax supplies anyway.
- Names are as stored by the engine: unquoted, case as the engine folds it.
- A constraint's or index's `name` is None only where the source does not name it and the engine was not asked.
- Order is the source's: columns by position, tables and constraints as written or as the catalog lists them.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property
from typing import Literal

from pydantic import Field

from dbdesign.model.base import Model
from dbdesign.model.table import (
    Action,
    Check,
    Column,
    Exclusion,
    ForeignKey,
    Generated,
    Grant,
    Identity,
    Index,
    IndexKey,
    Key,
    Partitioning,
    PartitionOf,
    Policy,
    SequenceOptions,
    Table,
    Trigger,
    label,
)
from dbdesign.model.types import DataType, TypeName


class Engine(StrEnum):
    """The database engines that a schema can be for."""

    POSTGRESQL = "postgresql"
    MYSQL = "mysql"
    SQLSERVER = "sqlserver"
    SQLITE = "sqlite"
    COCKROACHDB = "cockroachdb"
    TIDB = "tidb"


class EnumType(Model):
    """A named enumeration, values in their sort order."""

    namespace: str | None = None
    name: str
    values: tuple[str, ...]
    comment: str | None = None
    grants: tuple[Grant, ...] = ()
    owner: str | None = None

    @property
    def label(self) -> str:
        """`namespace.name`, or the name alone."""
        return label(self.namespace, self.name)


class Domain(Model):
    """A named type over another, with constraints."""

    namespace: str | None = None
    name: str
    type: DataType
    nullable: bool = True
    default: str | None = None
    collation: str | None = None
    checks: tuple[Check, ...] = ()
    comment: str | None = None
    grants: tuple[Grant, ...] = ()
    owner: str | None = None

    @property
    def label(self) -> str:
        """`namespace.name`, or the name alone."""
        return label(self.namespace, self.name)


class CompositeType(Model):
    """A named row type."""

    namespace: str | None = None
    name: str
    fields: tuple[Column, ...]
    comment: str | None = None
    grants: tuple[Grant, ...] = ()
    owner: str | None = None

    @property
    def label(self) -> str:
        """`namespace.name`, or the name alone."""
        return label(self.namespace, self.name)


class Sequence(Model):
    """A sequence that no identity or serial column stands for. `owned_by` is `table.column` by label."""

    namespace: str | None = None
    name: str
    type: DataType | None = None
    options: SequenceOptions = SequenceOptions()
    owned_by: str | None = None
    comment: str | None = None
    grants: tuple[Grant, ...] = ()
    owner: str | None = None
    unlogged: bool = False

    @property
    def label(self) -> str:
        """`namespace.name`, or the name alone."""
        return label(self.namespace, self.name)


class View(Model):
    """A view. `definition` is the query alone, without a final semicolon.

    Attributes:
        columns: names (and types where the reader knows them: live or executed sources).
        depends_on: labels of the tables, views and functions that it reads, where known.
        column_comments: comments on its columns, by column.
        options: `security_barrier`, `check_option`, `with_no_data`, `schemabinding`, `algorithm`, `definer` …
    """

    namespace: str | None = None
    name: str
    definition: str
    materialized: bool = False
    recursive: bool = False
    columns: tuple[str, ...] = ()
    column_types: tuple[DataType, ...] = ()
    column_comments: Mapping[str, str] = Field(default_factory=dict)
    indexes: tuple[Index, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    depends_on: tuple[str, ...] = ()
    grants: tuple[Grant, ...] = ()
    owner: str | None = None
    comment: str | None = None
    options: Mapping[str, str] = Field(default_factory=dict)

    @property
    def label(self) -> str:
        """`namespace.name`, or the name alone."""
        return label(self.namespace, self.name)


class Routine(Model):
    """A function, procedure or aggregate, carried verbatim; `definition` is a whole CREATE without a final semicolon.

    `signature` is the name with its argument types, `lower_slug(text)`, as DROP FUNCTION takes it.
    """

    namespace: str | None = None
    name: str
    kind: Literal["function", "procedure", "aggregate"] = "function"
    signature: str
    definition: str
    language: str | None = None
    returns: str | None = None
    depends_on: tuple[str, ...] = ()
    options: Mapping[str, str] = Field(default_factory=dict)
    grants: tuple[Grant, ...] = ()
    owner: str | None = None
    comment: str | None = None

    @property
    def label(self) -> str:
        """`namespace.name`, or the name alone."""
        return label(self.namespace, self.name)


class Extension(Model):
    """An extension that the schema needs."""

    name: str
    namespace: str | None = None
    version: str | None = None


class Carried(Model):
    """An object that dbdesign does not look into, carried verbatim so that it is not lost.

    Attributes:
        kind: as the engine's manual names it: `operator`, `rule`, `text search configuration`, `statistics`, `event`, `synonym` …
        sql: the whole statement without a final semicolon.
        before_tables: whether tables may need it (a type, an operator) or it needs them (a rule, statistics).
    """

    kind: str
    namespace: str | None = None
    name: str
    sql: str
    before_tables: bool = False


class Namespace(Model):
    """A schema in the SQL sense, other than the default one."""

    name: str
    owner: str | None = None
    comment: str | None = None
    grants: tuple[Grant, ...] = ()


class Schema(Model):
    """A whole schema, for one engine.

    `options` has what is said of the database itself: `charset`, `collation`, `comment`.
    """

    engine: Engine
    version: str | None = None
    namespaces: tuple[Namespace, ...] = ()
    extensions: tuple[Extension, ...] = ()
    enums: tuple[EnumType, ...] = ()
    domains: tuple[Domain, ...] = ()
    composites: tuple[CompositeType, ...] = ()
    sequences: tuple[Sequence, ...] = ()
    tables: tuple[Table, ...] = ()
    views: tuple[View, ...] = ()
    routines: tuple[Routine, ...] = ()
    carried: tuple[Carried, ...] = ()
    options: Mapping[str, str] = Field(default_factory=dict)

    @cached_property
    def table_by_label(self) -> Mapping[str, Table]:
        """The tables by label."""
        return {table.label: table for table in self.tables}

    @cached_property
    def enum_by_label(self) -> Mapping[str, EnumType]:
        """The named enumerations by label."""
        return {enum.label: enum for enum in self.enums}

    @cached_property
    def domain_by_label(self) -> Mapping[str, Domain]:
        """The domains by label."""
        return {domain.label: domain for domain in self.domains}

    @cached_property
    def _tables_by_lower_name(self) -> Mapping[str, tuple[Table, ...]]:
        found: dict[str, tuple[Table, ...]] = {}
        for table in self.tables:
            for known in {table.name.lower(), table.label.lower()}:
                found[known] = (*found.get(known, ()), table)
        return found

    def table(self, name: str) -> Table | None:
        """The table with this label; failing that, the only table with this bare name, case-insensitively."""
        exact = self.table_by_label.get(name)
        if exact is not None:
            return exact
        near = self._tables_by_lower_name.get(name.lower(), ())
        return near[0] if len(near) == 1 else None

    def resolve_type(self, data_type: DataType) -> DataType:
        """The type under any domains; an enum by name is returned with its values."""
        seen = 0
        while data_type.name is not None and (domain := self.domain_by_label.get(str(data_type.name))) and seen < 32:
            data_type, seen = domain.type, seen + 1
        if data_type.name is not None and (enum := self.enum_by_label.get(str(data_type.name))):
            return data_type.model_copy(update={"values": enum.values})
        return data_type


__all__ = [
    "Action",
    "Carried",
    "Check",
    "Column",
    "CompositeType",
    "DataType",
    "Domain",
    "Engine",
    "EnumType",
    "Exclusion",
    "Extension",
    "ForeignKey",
    "Generated",
    "Grant",
    "Identity",
    "Index",
    "IndexKey",
    "Key",
    "Namespace",
    "PartitionOf",
    "Partitioning",
    "Policy",
    "Routine",
    "Schema",
    "Sequence",
    "SequenceOptions",
    "Table",
    "Trigger",
    "TypeName",
    "View",
    "label",
]
