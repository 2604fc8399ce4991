"""What the parts of the writer share: the names given out, what must be imported, the types to define, the notes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from dbdesign.model.schema import Column, Engine, Schema, Table
from dbdesign.writers.drizzle.columns_vocabulary import CORE_NAMES
from dbdesign.writers.javascript.naming import Names, camel
from dbdesign.writers.javascript.syntax import Arrow, Call, Node, Obj, Raw, Str, Template, template_text
from dbdesign.writers.postgresql.notes import Notes

Core = Literal["pg", "mysql", "sqlite"]
CORES: Mapping[Engine, Core] = {
    Engine.POSTGRESQL: "pg",
    Engine.MYSQL: "mysql",
    Engine.TIDB: "mysql",
    Engine.SQLITE: "sqlite",
}

TABLE_MEMBERS = frozenset({"_", "$inferSelect", "$inferInsert", "enableRLS", "getSQL", "shouldOmitSQLParens"})
"""What a table of Drizzle has itself (`Table` and `SQLWrapper` in drizzle-orm): no keys for columns."""


@dataclass
class Context:
    """One writing."""

    schema: Schema
    core: Core
    notes: Notes = field(default_factory=Notes)
    imports: set[str] = field(default_factory=set)
    orm_imports: set[str] = field(default_factory=set)
    custom: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Types that the core lacks: as the engine spells them → (constant, TypeScript type)."""
    tables: dict[str, str] = field(default_factory=dict)
    """Labels → constants."""
    columns: dict[str, dict[str, str]] = field(default_factory=dict)
    """Labels → names of columns → keys."""
    enums: dict[str, str] = field(default_factory=dict)
    namespaces: dict[str, str] = field(default_factory=dict)
    circles: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Labels of tables that refer to one another in a circle → all of that circle."""
    grants: bool = True
    options_comments: bool = True
    names: Names = field(default_factory=lambda: Names(CORE_NAMES))

    def use(self, name: str) -> str:
        """The name of something in the core, which is then imported."""
        self.imports.add(name)
        return name

    def sql(self, text: str) -> Template:
        """SQL as it stands."""
        self.orm_imports.add("sql")
        return Template("sql", template_text(text))

    def custom_type(self, native: str, data: str) -> str:
        """The constant for a type that the core lacks."""
        if native not in self.custom:
            word = camel(native.split("(")[0])
            self.custom[native] = (self.names.new(word, f"{word}Type"), data)
        return self.custom[native][0]

    def custom_definition(self, native: str) -> Node:
        """`customType<{ data: string }>({ dataType: () => "citext" })`."""
        _, data = self.custom[native]
        return Call(f"{self.use('customType')}<{{ data: {data} }}>", [Obj([("dataType", Arrow("()", Str(native)))])])

    def name_everything(self) -> None:
        """Give out all names before anything is written, in the order in which they will stand."""
        schema = self.schema
        for namespace in self._namespaces():
            self.namespaces[namespace] = self.names.new(f"{camel(namespace)}Schema")
        for enum in schema.enums:
            self.enums[enum.label] = self.names.new(camel(enum.name), f"{camel(enum.label)}Enum")
        for table in schema.tables:
            self.tables[table.label] = self.names.new(
                camel(table.name), camel(table.label), f"{camel(table.label)}Table"
            )
            self.columns[table.label] = column_keys(table.columns)

    def _namespaces(self) -> list[str]:
        named = [one.name for one in self.schema.namespaces]
        used = [
            *(one.namespace for one in self.schema.tables),
            *(one.namespace for one in self.schema.enums),
            *(one.namespace for one in self.schema.sequences),
            *(one.namespace for one in self.schema.views),
        ]
        return list(dict.fromkeys([*named, *(name for name in used if name)]))

    def key(self, table: Table, column: str) -> str:
        """The key of a column in its table."""
        return self.columns[table.label].get(column, camel(column))

    def member(self, table: Table, column: str, of: str = "table") -> Raw:
        """`table.key`."""
        return Raw(f"{of}.{self.key(table, column)}")


def column_keys(columns: tuple[Column, ...]) -> dict[str, str]:
    """The keys for some columns, by their names."""
    names = Names(TABLE_MEMBERS, keys=True)
    return {column.name: names.new(camel(column.name), f"{camel(column.name)}_") for column in columns}
