"""What all drivers share: how a column of an entity becomes a column of a table, and the usual statements.

Sources of the drivers: TypeORM's `Driver` and `QueryRunner` classes (https://github.com/typeorm/typeorm/tree/master/src/driver).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from dbdesign.dialects.typeorm import NamingStrategy
from dbdesign.readers.typeorm.drivers.tables import (
    SqlTable,
    TableColumn,
    TableExpression,
    TableForeignKey,
    TableIndex,
    TableUnique,
)
from dbdesign.readers.typeorm.metadata import (
    ColumnMetadata,
    EntityMetadata,
    ForeignKeyMetadata,
    KeyMetadata,
)
from dbdesign.readers.typeorm.values import json_text, sql_of
from dbdesign.readers.typescript import UNDEFINED, FunctionNode, ObjectValue, Value, text_value


class Driver:
    """An engine as TypeORM knows it. Subclasses give the tables of types and what differs."""

    quote = '"'
    types: ClassVar[Mapping[str, str]] = {}
    """Names that are written otherwise: `int` → `integer`, `#Number` → …"""
    dates = ("timestamp", "now()")
    """Type and default of created and updated dates."""
    date_precision: int | None = None
    version_type = "int4"
    closure_action = "CASCADE"
    updates_dates = False
    """Whether ON UPDATE is said for updated dates."""
    uniques_are_indices = False
    defers_foreign_keys = False
    defers_uniques = False
    materializes_views = False
    true_false = ("true", "false")

    def __init__(self, naming: NamingStrategy, uuid_extension: str = "uuid-ossp") -> None:
        self.naming = naming
        self.uuid_extension = uuid_extension

    # --- entities ---

    def place_key(self, entity: EntityMetadata, key: KeyMetadata, *, constraint: bool) -> None:
        """Put a key where the engine keeps it: among the indexes, or among the unique constraints."""
        if constraint and self.uniques_are_indices and key.name is None:
            key.name = self.naming.index(entity.table, self._names(key.columns))
        if constraint and not self.uniques_are_indices:
            entity.uniques.append(key)
        else:
            entity.indices.append(key)

    def index_foreign_key(self, entity: EntityMetadata, key: ForeignKeyMetadata) -> None:
        """CockroachDB indexes every foreign key."""

    def carry_length(self, referenced: ColumnMetadata, options: ObjectValue) -> None:
        """MySQL keeps a UUID in 36 characters."""

    def implied_type(self, column: ColumnMetadata) -> str | None:
        """The type that a column's mode or generation brings, where it has none of its own."""
        if column.mode in {"createDate", "updateDate", "deleteDate"}:
            return column.type or self.dates[0]
        if column.mode in {"version", "treeLevel"}:
            return self.version_type
        if column.type is None and column.strategy is not None:
            return {"uuid": "uuid", "rowid": "int"}.get(column.strategy, "#Number")
        return column.type

    def table(self, entity: EntityMetadata) -> SqlTable:
        """The table of an entity."""
        table = SqlTable(
            entity.table,
            entity.schema,
            comment=_text(entity.args.options.get("comment")),
            engine=_text(entity.args.options.get("engine")),
            without_rowid=entity.args.options.get("withoutRowid") is True,
            line=entity.place.line,
        )
        table.columns = [self.column(one, entity) for one in _distinct(entity.columns, self.naming)]
        indices = {one.name: one for one in (self._index(key, entity) for key in reversed(entity.indices))}
        table.indices = list(reversed(indices.values()))
        table.uniques = [
            TableUnique(
                self._names(one.columns),
                one.name or self.naming.unique(entity.table, self._names(one.columns)),
                one.text("deferrable"),
                one.place.line,
            )
            for one in entity.uniques
        ]
        table.checks = [
            TableExpression(
                one.expression, one.name or self.naming.check(entity.table, one.expression), None, one.place.line
            )
            for one in entity.checks
        ]
        table.exclusions = [
            TableExpression(
                one.expression,
                one.name or self.naming.exclusion(entity.table, one.expression),
                _text(one.options.get("deferrable")),
                one.place.line,
            )
            for one in entity.exclusions
        ]
        table.foreign_keys = [self._foreign_key(one, entity) for one in entity.foreign_keys]
        return table

    def column(self, column: ColumnMetadata, entity: EntityMetadata) -> TableColumn:
        """A column of a table."""
        kind = self.implied_type(column)
        precision, date = column.number("precision"), column.mode in {"createDate", "updateDate", "deleteDate"}
        if (
            date
            and "precision" not in column.options
            and column.type in {None, self.dates[0]}
            and column.options.get("precision") is None
        ):
            precision = self.date_precision
        found = TableColumn(
            name=column.name(self.naming),
            type=self.normal_type(kind),
            length=self.length(column, kind),
            precision=precision,
            scale=column.number("scale"),
            default=self.default(column, kind),
            nullable=column.nullable
            or (column.mode == "deleteDate" and column.options.get("nullable") is not False)
            or column.mode == "deleteDate",
            primary=column.primary,
            generated=column.strategy,
            identity=column.text("generatedIdentity"),
            array=column.flag("array"),
            enum=column.enum,
            enum_name=column.text("enumName"),
            primary_key_name=column.text("primaryKeyConstraintName"),
            unsigned=column.flag("unsigned"),
            charset=column.text("charset"),
            collation=column.text("collation"),
            comment=column.text("comment"),
            on_update=column.text("onUpdate"),
            as_expression=sql_of(column.options.get("asExpression")),
            generated_type=column.text("generatedType"),
            spatial=column.text("spatialFeatureType"),
            srid=column.number("srid"),
            line=column.place.line,
        )
        if found.as_expression and not found.generated_type:
            found.generated_type = "VIRTUAL"
        if column.mode == "updateDate" and self.updates_dates and found.on_update is None:
            found.on_update = self.dates[1]
        if found.enum is not None and any(key.columns == [column] for key in entity.uniques):
            found.unique = True
        return found

    def normal_type(self, kind: str | None) -> str:
        """A type as the driver writes it."""
        return self.types.get(kind or "", (kind or "").removeprefix("#"))

    def known_type(self, kind: str | None) -> bool:
        """Whether TypeORM takes a type for this engine at all: of JavaScript's own only those that it knows."""
        return bool(kind) and (not str(kind).startswith("#") or kind in self.types)

    def length(self, column: ColumnMetadata, kind: str | None) -> str:
        """A column's length; empty for none."""
        del kind
        return column.length

    def default(self, column: ColumnMetadata, kind: str | None) -> str | None:
        """A column's default as SQL; None for none."""
        value = column.options.get("default", UNDEFINED)
        if value is UNDEFINED and column.mode in {"createDate", "updateDate"}:
            return self.dates[1]
        return self.default_of(value, kind, column)

    def default_of(self, value: Value, kind: str | None, column: ColumnMetadata) -> str | None:
        """A default that is given as SQL; None for none, and for one that is not constant."""
        if value is None or value is UNDEFINED:
            return None
        if isinstance(value, FunctionNode):
            return sql_of(value)
        if isinstance(value, list) and column.flag("array"):
            return "'{" + ",".join(text_value(one) for one in value) + "}'"
        if isinstance(value, bool) and kind not in {"enum", "simple-enum"}:
            return self.true_false[0] if value else self.true_false[1]
        if isinstance(value, (str, int, float)):
            plain = text_value(value)
            return quoted(plain) if plain.count("'") % 2 else f"'{plain}'"
        text = json_text(value) if isinstance(value, (list, ObjectValue)) else None
        return "'" + text.replace("'", "''") + "'" if text is not None else None

    def _names(self, columns: Iterable[ColumnMetadata]) -> tuple[str, ...]:
        return tuple(column.name(self.naming) for column in columns)

    def _index(self, key: KeyMetadata, entity: EntityMetadata) -> TableIndex:
        columns, where = self._names(key.columns), key.text("where")
        return TableIndex(
            columns,
            key.name or self.naming.index(entity.table, columns, where),
            key.unique,
            where,
            key.flag("spatial"),
            key.flag("fulltext"),
            key.text("parser"),
            key.text("type"),
            key.flag("concurrent"),
            key.place.line,
        )

    def _foreign_key(self, key: ForeignKeyMetadata, entity: EntityMetadata) -> TableForeignKey:
        columns = self._names(key.columns)
        return TableForeignKey(
            columns,
            key.to.table,
            self._names(key.referenced),
            key.name or self.naming.foreign_key(entity.table, columns),
            key.to.schema,
            key.on_delete,
            key.on_update,
            key.deferrable,
            key.place.line,
        )

    # --- statements ---

    def named(self, name: str) -> str:
        """A quoted name."""
        return f"{self.quote}{name.replace(self.quote, self.quote * 2)}{self.quote}"

    def path(self, name: str, schema: str | None) -> str:
        """A quoted name with its schema."""
        return f"{self.named(schema)}.{self.named(name)}" if schema else self.named(name)

    def listed(self, names: Iterable[str]) -> str:
        """Quoted names in a row."""
        return ", ".join(map(self.named, names))

    def prologue(self, tables: list[SqlTable]) -> list[str]:
        """What is made before the tables."""
        del tables
        return []

    def full_type(self, column: TableColumn) -> str:
        """A type with its arguments."""
        if column.length:
            return f"{column.type}({column.length})"
        if column.precision is not None and column.scale is not None:
            return f"{column.type}({column.precision},{column.scale})"
        return f"{column.type}({column.precision})" if column.precision is not None else column.type

    def column_sql(self, table: SqlTable, column: TableColumn) -> str:
        """A column's definition."""
        raise NotImplementedError

    def create_table(self, table: SqlTable) -> list[str]:
        """A table with its keys and comments, without foreign keys and indexes where the engine has them apart."""
        raise NotImplementedError

    def create_index(self, table: SqlTable, index: TableIndex) -> str:
        """An index."""
        unique = "UNIQUE " if index.unique else ""
        where = f" WHERE {index.where}" if index.where else ""
        name = self.named(index.name or self.naming.index(table.name, index.columns, index.where))
        return f"CREATE {unique}INDEX {name} ON {self.path(table.name, table.schema)} ({self.listed(index.columns)}){where}"

    def create_foreign_key(self, table: SqlTable, key: TableForeignKey) -> str:
        """A foreign key of a table that is there."""
        return f"ALTER TABLE {self.path(table.name, table.schema)} ADD {self.foreign_key_sql(table, key)}"

    def foreign_key_sql(self, table: SqlTable, key: TableForeignKey) -> str:
        """A foreign key's clause."""
        name = self.named(key.name or self.naming.foreign_key(table.name, key.columns))
        target = self.path(key.table, key.schema)
        sql = f"CONSTRAINT {name} FOREIGN KEY ({self.listed(key.columns)}) REFERENCES {target} ({self.listed(key.referenced)})"
        if key.on_delete:
            sql += f" ON DELETE {key.on_delete}"
        if key.on_update:
            sql += f" ON UPDATE {key.on_update}"
        return f"{sql} DEFERRABLE {key.deferrable}" if key.deferrable and self.defers_foreign_keys else sql

    def create_view(self, name: str, schema: str | None, expression: str, *, materialized: bool = False) -> str:
        """A view."""
        kind = "MATERIALIZED VIEW" if materialized and self.materializes_views else "VIEW"
        return f"CREATE {kind} {self.path(name, schema)} AS {expression}"

    def primary_key_sql(self, table: SqlTable) -> str | None:
        """A primary key's clause with its name; None for none."""
        columns = [one for one in table.columns if one.primary]
        if not columns:
            return None
        names = [one.name for one in columns]
        name = columns[0].primary_key_name or self.naming.primary_key(table.name, names)
        return f"CONSTRAINT {self.named(name)} PRIMARY KEY ({self.listed(names)})"

    def unique_sql(self, table: SqlTable, unique: TableUnique) -> str:
        """A unique constraint's clause."""
        name = unique.name or self.naming.unique(table.name, unique.columns)
        deferrable = f" DEFERRABLE {unique.deferrable}" if unique.deferrable and self.defers_uniques else ""
        return f"CONSTRAINT {self.named(name)} UNIQUE ({self.listed(unique.columns)}){deferrable}"

    def check_sql(self, table: SqlTable, check: TableExpression) -> str:
        """A check's clause."""
        name = check.name or self.naming.check(table.name, check.expression)
        return f"CONSTRAINT {self.named(name)} CHECK ({check.expression})"

    def all_uniques(self, table: SqlTable) -> list[TableUnique]:
        """The unique constraints, with those that columns ask for by `isUnique`."""
        known = {unique.columns for unique in table.uniques}
        added = [TableUnique((one.name,)) for one in table.columns if one.unique and (one.name,) not in known]
        return [*table.uniques, *added]


def quoted(text: str) -> str:
    """An SQL string."""
    return "'" + text.replace("'", "''") + "'"


def _text(value: Value) -> str | None:
    return value if isinstance(value, str) and value else None


def _distinct(columns: list[ColumnMetadata], naming: NamingStrategy) -> list[ColumnMetadata]:
    """Columns that are not computed, the first of each name."""
    found: dict[str, ColumnMetadata] = {}
    for column in columns:
        if column.mode != "virtual-property":
            found.setdefault(column.name(naming), column)
    return list(found.values())


__all__ = ["Driver", "quoted"]
