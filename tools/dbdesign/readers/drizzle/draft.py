"""What was found in modules of Drizzle, before it becomes statements."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Core = Literal["pg", "mysql", "sqlite"]


@dataclass
class ColumnDraft:
    """A column: its SQL type and the clauses that stand behind it, as drizzle-kit writes them."""

    name: str
    type: str
    line: int
    key: str = ""
    """In the table's object; default names of unique constraints are made of it, whatever the casing."""
    not_null: bool = False
    primary: bool = False
    default: str | None = None
    generated: str | None = None
    generated_mode: str = "stored"
    identity: str | None = None
    autoincrement: bool = False
    on_update: bool = False
    unique: str | None = None
    """The constraint's name; empty for the default one."""
    nulls_not_distinct: bool = False
    references: list[tuple[object, object, int]] = field(default_factory=list)
    """What is referred to (a function's value), the actions, the line."""


@dataclass
class TableDraft:
    """A table. Constraints and indexes are whole clauses or statements with their names and lines."""

    name: str
    namespace: str | None
    path: str
    line: int
    keys: dict[str, str] = field(default_factory=dict)
    """Keys of the object → names of columns."""
    columns: list[ColumnDraft] = field(default_factory=list)
    primary: tuple[str, list[str]] | None = None
    uniques: list[tuple[str, list[str], bool]] = field(default_factory=list)
    checks: list[tuple[str, str]] = field(default_factory=list)
    foreign_keys: list[ForeignKeyDraft] = field(default_factory=list)
    indexes: list[tuple[str, str]] = field(default_factory=list)
    """Name → what stands behind `CREATE`, from `INDEX` or `UNIQUE INDEX` on."""
    policies: list[tuple[str, str]] = field(default_factory=list)
    row_security: bool = False
    lines: dict[str, int] = field(default_factory=dict)
    """Of constraints and indexes, by name."""

    @property
    def label(self) -> str:
        """`namespace.name`."""
        return f"{self.namespace}.{self.name}" if self.namespace else self.name

    def column(self, name: str) -> ColumnDraft | None:
        """The column of that name."""
        return next((one for one in self.columns if one.name == name), None)


@dataclass
class ForeignKeyDraft:
    """A foreign key."""

    name: str
    columns: list[str]
    target: TableDraft
    target_columns: list[str]
    on_delete: str | None
    on_update: str | None
    line: int


@dataclass
class Statement:
    """A statement that is whole, of an enumeration, a sequence or a view."""

    label: str
    sql: str
    path: str
    line: int


@dataclass
class ModulesDraft:
    """Everything of one core."""

    core: Core
    namespaces: list[str] = field(default_factory=list)
    enums: list[Statement] = field(default_factory=list)
    sequences: list[Statement] = field(default_factory=list)
    tables: list[TableDraft] = field(default_factory=list)
    views: list[Statement] = field(default_factory=list)
