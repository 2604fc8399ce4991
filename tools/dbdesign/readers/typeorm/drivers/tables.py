"""Tables as TypeORM's schema builder and its migrations have them: types and defaults are SQL already."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class TableColumn:
    """A column. `generated` is `increment`, `uuid`, `rowid` or `identity`; None for a column that is not."""

    name: str
    type: str
    length: str = ""
    precision: int | None = None
    scale: int | None = None
    default: str | None = None
    nullable: bool = False
    primary: bool = False
    unique: bool = False
    generated: str | None = None
    identity: str | None = None
    array: bool = False
    enum: tuple[str, ...] | None = None
    enum_name: str | None = None
    primary_key_name: str | None = None
    unsigned: bool = False
    charset: str | None = None
    collation: str | None = None
    comment: str | None = None
    on_update: str | None = None
    as_expression: str | None = None
    generated_type: str | None = None
    spatial: str | None = None
    srid: int | None = None
    line: int = 0


@dataclass
class TableIndex:
    """An index; `name` None for the strategy's."""

    columns: tuple[str, ...]
    name: str | None = None
    unique: bool = False
    where: str | None = None
    spatial: bool = False
    fulltext: bool = False
    parser: str | None = None
    type: str | None = None
    concurrent: bool = False
    line: int = 0


@dataclass
class TableUnique:
    """A unique constraint."""

    columns: tuple[str, ...]
    name: str | None = None
    deferrable: str | None = None
    line: int = 0


@dataclass
class TableExpression:
    """A check or an exclusion."""

    expression: str
    name: str | None = None
    deferrable: str | None = None
    line: int = 0


@dataclass
class TableForeignKey:
    """A foreign key. `table` may be `schema.table`."""

    columns: tuple[str, ...]
    table: str
    referenced: tuple[str, ...]
    name: str | None = None
    schema: str | None = None
    on_delete: str | None = None
    on_update: str | None = None
    deferrable: str | None = None
    line: int = 0


@dataclass
class SqlTable:
    """A table; `name` without its schema."""

    name: str
    schema: str | None = None
    columns: list[TableColumn] = field(default_factory=list)
    indices: list[TableIndex] = field(default_factory=list)
    uniques: list[TableUnique] = field(default_factory=list)
    checks: list[TableExpression] = field(default_factory=list)
    exclusions: list[TableExpression] = field(default_factory=list)
    foreign_keys: list[TableForeignKey] = field(default_factory=list)
    comment: str | None = None
    engine: str | None = None
    without_rowid: bool = False
    line: int = 0

    def key_lines(self) -> dict[str, int]:
        """Where its keys are declared, by name."""
        found = {one.name: one.line for one in self.indices}
        found.update({one.name: one.line for one in self.uniques})
        found.update({one.name: one.line for one in (*self.checks, *self.exclusions)})
        found.update({one.name: one.line for one in self.foreign_keys})
        return {name: line for name, line in found.items() if name}

    def column(self, name: str) -> TableColumn | None:
        """The column of that name."""
        return next((one for one in self.columns if one.name == name), None)


__all__ = [
    "SqlTable",
    "TableColumn",
    "TableExpression",
    "TableForeignKey",
    "TableIndex",
    "TableUnique",
]
