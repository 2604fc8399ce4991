"""What a DBML document says, as written: the parser's result, before it becomes a schema."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from dbdesign.readers.base import Unread

Name = tuple[str | None, str]
"""Namespace and name; the namespace is None where it is not written."""


@dataclass(frozen=True)
class Endpoint:
    """One side of a reference. `table` may be an alias."""

    table: Name
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Ref:
    """A reference. `operator` is `<`, `>`, `-` or `<>`."""

    left: Endpoint
    operator: str
    right: Endpoint
    line: int
    name: str | None = None
    on_delete: str | None = None
    on_update: str | None = None


@dataclass
class ColumnSyntax:
    """A column. `default` is SQL text; `type_name` is set where the type is one name, qualified or not."""

    name: str
    type_text: str
    type_name: Name | None
    line: int
    primary: bool = False
    unique: bool = False
    nullable: bool | None = None
    increment: bool = False
    default: str | None = None
    note: str | None = None
    checks: list[tuple[str, str | None]] = field(default_factory=list)


@dataclass
class IndexSyntax:
    """An index; each key is a column name or an expression."""

    keys: list[tuple[str | None, str | None]]
    line: int
    primary: bool = False
    unique: bool = False
    method: str | None = None
    name: str | None = None
    note: str | None = None


@dataclass
class TableSyntax:
    """A table, or (`partial`) a part of tables that is injected by name.

    Attributes:
        injected: names of the partials, with the number of columns that stood before each.
        stub: the writer's mark of a table that is only referenced.
    """

    name: Name
    line: int
    alias: str | None = None
    columns: list[ColumnSyntax] = field(default_factory=list)
    indexes: list[IndexSyntax] = field(default_factory=list)
    checks: list[tuple[str, str | None, int]] = field(default_factory=list)
    injected: list[tuple[str, int, int]] = field(default_factory=list)
    refs: list[Ref] = field(default_factory=list)
    note: str | None = None
    color: str | None = None
    partial: bool = False


@dataclass
class EnumSyntax:
    """An enumeration."""

    name: Name
    values: list[str]
    line: int


@dataclass
class DocumentSyntax:
    """A whole document.

    Attributes:
        skipped: what was understood and says nothing of a schema, with its lines: `TableGroup`, `Note`, `records` …
    """

    tables: list[TableSyntax] = field(default_factory=list)
    partials: list[TableSyntax] = field(default_factory=list)
    enums: list[EnumSyntax] = field(default_factory=list)
    refs: list[Ref] = field(default_factory=list)
    database_type: str | None = None
    note: str | None = None
    unread: list[Unread] = field(default_factory=list)
    skipped: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    comments: dict[int, str] = field(default_factory=dict)
    declared_tables: int = 0
