"""The calls of TypeORM's query runner as SQL: `createTable(new Table({…}))`, `addColumn`, `createIndex` and the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dbdesign.dialects.typeorm import NamingStrategy
from dbdesign.migrations.files.javascript import NotStaticError, constant_text, is_member_of
from dbdesign.readers.typeorm.drivers.postgres import PostgresDriver
from dbdesign.readers.typeorm.drivers.tables import (
    SqlTable,
    TableColumn,
    TableExpression,
    TableForeignKey,
    TableIndex,
    TableUnique,
)
from dbdesign.readers.typeorm.values import enum_values, is_true, names_of, number_of, options_of, sql_of, text_of
from dbdesign.readers.typescript import UNDEFINED, CallNode, Value

_IGNORED = {"hasTable", "hasColumn", "getTable", "getTables", "getView", "connect", "release", "clearSqlMemory"}


class Api:
    """Remembers the tables that were made, since some calls need what was there."""

    def __init__(self) -> None:
        self.driver = PostgresDriver(NamingStrategy())
        self.tables: dict[str, SqlTable] = {}

    def statements(self, call: CallNode, runner: str) -> list[str] | None:
        """The SQL of a call; None where it is not the query runner's. Raises `NotStaticError`."""
        if not is_member_of(call.callee, runner):
            return None
        name = call.name
        if name == "query":
            parameters = call.arg(1)
            if parameters is not UNDEFINED and parameters != []:
                raise NotStaticError("a query with parameters is known only by executing it")
            return [constant_text(call.arg(0))]
        if name in _IGNORED:
            return []
        if name in {"startTransaction", "commitTransaction"}:
            return ["BEGIN" if name == "startTransaction" else "COMMIT"]
        handler = _HANDLERS.get(name)
        return handler(self, call) if handler is not None else None

    def table(self, value: Value) -> SqlTable:
        """A table by name, or by `new Table({…})`; one that no migration made has its name alone."""
        options = _made(value)
        name = text_of(options.get("name")) if options else constant_text(value)
        if not name:
            raise NotStaticError("a table whose name is known only by executing it")
        schema, _, base = name.rpartition(".")
        found = self.tables.get(name) if not options else None
        return found or SqlTable(base, schema or text_of(options.get("schema")) or None)

    def path(self, table: SqlTable) -> str:
        """A table's quoted name."""
        return self.driver.path(table.name, table.schema)


def _made(value: Value) -> Mapping[str, Value]:
    """The options of `new Table({…})`, or an object as it stands."""
    if isinstance(value, CallNode) and value.new:
        return options_of(value.arg(0))
    return options_of(value)


def _list(value: Value) -> list[Mapping[str, Value]]:
    items = value if isinstance(value, list) else [] if value is UNDEFINED or value is None else [value]
    return [_made(one) for one in items]


def _column(options: Mapping[str, Value]) -> TableColumn:
    name, kind = text_of(options.get("name")), text_of(options.get("type"))
    if not name or not kind:
        raise NotStaticError("a column whose name or type is known only by executing it")
    generated = (
        text_of(options.get("generationStrategy")) or "increment" if is_true(options.get("isGenerated")) else None
    )
    length = options.get("length")
    return TableColumn(
        name=name,
        type="enum" if kind == "simple-enum" else kind,
        length=str(length) if isinstance(length, (int, str)) and length else "",
        precision=number_of(options.get("precision")),
        scale=number_of(options.get("scale")),
        default=_default(options),
        nullable=is_true(options.get("isNullable")),
        primary=is_true(options.get("isPrimary")),
        unique=is_true(options.get("isUnique")),
        generated=generated,
        identity=text_of(options.get("generatedIdentity")),
        array=is_true(options.get("isArray")),
        enum=enum_values(options["enum"]) if "enum" in options else None,
        enum_name=text_of(options.get("enumName")),
        primary_key_name=text_of(options.get("primaryKeyConstraintName")),
        collation=text_of(options.get("collation")),
        comment=text_of(options.get("comment")),
        as_expression=sql_of(options.get("asExpression")),
        generated_type=text_of(options.get("generatedType")),
        spatial=text_of(options.get("spatialFeatureType")),
        srid=number_of(options.get("srid")),
    )


def _default(options: Mapping[str, Value]) -> str | None:
    value = options.get("default", UNDEFINED)
    if value is UNDEFINED or value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    found = sql_of(value)
    if found is None:
        raise NotStaticError("a default that is known only by executing it")
    return found


def _columns(options: Mapping[str, Value], name: str = "columnNames") -> tuple[str, ...]:
    value = options.get(name)
    return names_of(value) if isinstance(value, list) else ()


def _index(options: Mapping[str, Value]) -> TableIndex:
    return TableIndex(
        _columns(options),
        text_of(options.get("name")),
        is_true(options.get("isUnique")),
        text_of(options.get("where")),
        is_true(options.get("isSpatial")),
        type=text_of(options.get("type")),
        concurrent=is_true(options.get("isConcurrent")),
    )


def _foreign_key(options: Mapping[str, Value]) -> TableForeignKey:
    target = text_of(options.get("referencedTableName"))
    if not target:
        raise NotStaticError("a foreign key whose table is known only by executing it")
    schema, _, base = target.rpartition(".")
    return TableForeignKey(
        _columns(options),
        base,
        _columns(options, "referencedColumnNames"),
        text_of(options.get("name")),
        schema or text_of(options.get("referencedSchema")),
        text_of(options.get("onDelete")),
        text_of(options.get("onUpdate")),
        text_of(options.get("deferrable")),
    )


def _unique(options: Mapping[str, Value]) -> TableUnique:
    return TableUnique(_columns(options), text_of(options.get("name")), text_of(options.get("deferrable")))


def _expression(options: Mapping[str, Value]) -> TableExpression:
    text = sql_of(options.get("expression"))
    if text is None:
        raise NotStaticError("an expression that is known only by executing it")
    return TableExpression(text, text_of(options.get("name")))


def _create_table(api: Api, call: CallNode) -> list[str]:
    options = _made(call.arg(0))
    table = api.table(call.arg(0))
    table.columns = [_column(one) for one in _list(options.get("columns", UNDEFINED))]
    table.indices = [_index(one) for one in _list(options.get("indices", UNDEFINED))]
    table.uniques = [_unique(one) for one in _list(options.get("uniques", UNDEFINED))]
    table.checks = [_expression(one) for one in _list(options.get("checks", UNDEFINED))]
    table.exclusions = [_expression(one) for one in _list(options.get("exclusions", UNDEFINED))]
    table.foreign_keys = [_foreign_key(one) for one in _list(options.get("foreignKeys", UNDEFINED))]
    table.comment = text_of(options.get("comment"))
    api.tables[f"{table.schema}.{table.name}" if table.schema else table.name] = table
    found = api.driver.create_table(table)
    if call.arg(2) is not False:
        found += [api.driver.create_foreign_key(table, one) for one in table.foreign_keys]
    if call.arg(3) is not False:
        found += [api.driver.create_index(table, one) for one in table.indices]
    return found


def _drop_table(api: Api, call: CallNode) -> list[str]:
    exists = "IF EXISTS " if call.arg(1) is True else ""
    table = api.table(call.arg(0))
    api.tables.pop(f"{table.schema}.{table.name}" if table.schema else table.name, None)
    return [f"DROP TABLE {exists}{api.path(table)}"]


def _rename_table(api: Api, call: CallNode) -> list[str]:
    table = api.table(call.arg(0))
    new = constant_text(call.arg(1)).rpartition(".")[2]
    return [f"ALTER TABLE {api.path(table)} RENAME TO {api.driver.named(new)}"]


def _add_columns(api: Api, call: CallNode) -> list[str]:
    table, found = api.table(call.arg(0)), list[str]()
    for options in _list(call.arg(1)):
        column = _column(options)
        if column.type == "enum" and column.enum is not None:
            found.append(api.driver.create_enum(table, column))
        found.append(f"ALTER TABLE {api.path(table)} ADD {api.driver.column_sql(table, column)}")
        if column.unique:
            unique = api.driver.unique_sql(table, TableUnique((column.name,)))
            found.append(f"ALTER TABLE {api.path(table)} ADD {unique}")
        table.columns.append(column)
    return found


def _drop_columns(api: Api, call: CallNode) -> list[str]:
    table, given = api.table(call.arg(0)), call.arg(1)
    items = given if isinstance(given, list) else [given]
    names = [text_of(_made(one).get("name")) or constant_text(one) for one in items]
    table.columns = [one for one in table.columns if one.name not in names]
    return [f"ALTER TABLE {api.path(table)} DROP COLUMN {api.driver.named(name)}" for name in names]


def _rename_column(api: Api, call: CallNode) -> list[str]:
    table = api.table(call.arg(0))
    old = text_of(_made(call.arg(1)).get("name")) or constant_text(call.arg(1))
    new = text_of(_made(call.arg(2)).get("name")) or constant_text(call.arg(2))
    for column in table.columns:
        column.name = new if column.name == old else column.name
    return [f"ALTER TABLE {api.path(table)} RENAME COLUMN {api.driver.named(old)} TO {api.driver.named(new)}"]


def _change_column(api: Api, call: CallNode) -> list[str]:
    """As TypeORM: another type or length drops the column and adds it; null and default are altered."""
    table = api.table(call.arg(0))
    old_options = _made(call.arg(1))
    name = text_of(old_options.get("name")) or constant_text(call.arg(1))
    before = table.column(name) or (_column(old_options) if old_options else None)
    after = _column(_made(call.arg(2)))
    if before is None:
        raise NotStaticError(f"the column {name} before it is changed is known only by executing it")
    path = api.path(table)
    table.columns = [after if one.name == name else one for one in table.columns]
    if (before.type, before.length, before.array) != (after.type, after.length, after.array):
        dropped = f"ALTER TABLE {path} DROP COLUMN {api.driver.named(name)}"
        return [dropped, f"ALTER TABLE {path} ADD {api.driver.column_sql(table, after)}"]
    found = []
    if before.name != after.name:
        found.append(f"ALTER TABLE {path} RENAME COLUMN {api.driver.named(name)} TO {api.driver.named(after.name)}")
    alter = f"ALTER TABLE {path} ALTER COLUMN {api.driver.named(after.name)}"
    if (before.precision, before.scale) != (after.precision, after.scale):
        found.append(f"{alter} TYPE {api.driver.full_type(after)}")
    if before.nullable != after.nullable:
        found.append(f"{alter} {'DROP' if after.nullable else 'SET'} NOT NULL")
    if before.default != after.default:
        found.append(f"{alter} SET DEFAULT {after.default}" if after.default is not None else f"{alter} DROP DEFAULT")
    return found


def _each(make: Callable[[Api, SqlTable, Mapping[str, Value]], str]) -> Callable[[Api, CallNode], list[str]]:
    def handler(api: Api, call: CallNode) -> list[str]:
        table = api.table(call.arg(0))
        return [make(api, table, one) for one in _list(call.arg(1))]

    return handler


def _add(api: Api, table: SqlTable, clause: str) -> str:
    return f"ALTER TABLE {api.path(table)} ADD {clause}"


def _constraint_name(api: Api, table: SqlTable, value: Value, kind: str) -> str:
    options = _made(value)
    if not options:
        return constant_text(value)
    naming, columns = api.driver.naming, _columns(options)
    names = {"unique": naming.unique, "foreign key": naming.foreign_key, "index": naming.index}
    name = text_of(options.get("name")) or (names[kind](table.name, columns) if kind in names else None)
    if not name:
        raise NotStaticError("a constraint whose name is known only by executing it")
    return name


def _drops(kind: str) -> Callable[[Api, CallNode], list[str]]:
    def handler(api: Api, call: CallNode) -> list[str]:
        table, given = api.table(call.arg(0)), call.arg(1)
        items = given if isinstance(given, list) else [given]
        names = [_constraint_name(api, table, one, kind) for one in items]
        if kind == "index":
            return [f"DROP INDEX {api.driver.path(name, table.schema)}" for name in names]
        return [f"ALTER TABLE {api.path(table)} DROP CONSTRAINT {api.driver.named(name)}" for name in names]

    return handler


def _primary_key(api: Api, call: CallNode) -> list[str]:
    table = api.table(call.arg(0))
    columns = names_of(call.arg(1)) if isinstance(call.args[1] if len(call.args) > 1 else None, list) else ()  # type: ignore[arg-type]
    name = text_of(call.arg(2)) or api.driver.naming.primary_key(table.name, columns)
    return [_add(api, table, f"CONSTRAINT {api.driver.named(name)} PRIMARY KEY ({api.driver.listed(columns)})")]


def _drop_primary_key(api: Api, call: CallNode) -> list[str]:
    table = api.table(call.arg(0))
    columns = [one.name for one in table.columns if one.primary]
    name = text_of(call.arg(1)) or (api.driver.naming.primary_key(table.name, columns) if columns else None)
    if name is None:
        raise NotStaticError("a primary key whose name is known only by executing it")
    return [f"ALTER TABLE {api.path(table)} DROP CONSTRAINT {api.driver.named(name)}"]


def _schema(api: Api, call: CallNode) -> list[str]:
    creates, second = call.name == "createSchema", call.arg(1) is True
    exists = ("IF NOT EXISTS " if creates else "IF EXISTS ") if second else ""
    cascade = " CASCADE" if not creates and call.arg(2) is True else ""
    return [f"{'CREATE' if creates else 'DROP'} SCHEMA {exists}{api.driver.named(constant_text(call.arg(0)))}{cascade}"]


def _view(api: Api, call: CallNode) -> list[str]:
    options = _made(call.arg(0))
    name = text_of(options.get("name")) or constant_text(call.arg(0))
    schema, _, base = name.rpartition(".")
    if call.name == "dropView":
        return [f"DROP VIEW {api.driver.path(base, schema or None)}"]
    materialized = is_true(options.get("materialized"))
    return [api.driver.create_view(base, schema or None, _expression(options).expression, materialized=materialized)]


_INDEX = _each(lambda api, table, options: api.driver.create_index(table, _index(options)))
_FOREIGN = _each(lambda api, table, options: api.driver.create_foreign_key(table, _foreign_key(options)))
_UNIQUE = _each(lambda api, table, options: _add(api, table, api.driver.unique_sql(table, _unique(options))))
_CHECK = _each(lambda api, table, options: _add(api, table, api.driver.check_sql(table, _expression(options))))

_HANDLERS: dict[str, Callable[[Api, CallNode], list[str]]] = {
    "createTable": _create_table,
    "dropTable": _drop_table,
    "renameTable": _rename_table,
    "addColumn": _add_columns,
    "addColumns": _add_columns,
    "dropColumn": _drop_columns,
    "dropColumns": _drop_columns,
    "renameColumn": _rename_column,
    "changeColumn": _change_column,
    "createIndex": _INDEX,
    "createIndices": _INDEX,
    "dropIndex": _drops("index"),
    "dropIndices": _drops("index"),
    "createForeignKey": _FOREIGN,
    "createForeignKeys": _FOREIGN,
    "dropForeignKey": _drops("foreign key"),
    "dropForeignKeys": _drops("foreign key"),
    "createUniqueConstraint": _UNIQUE,
    "createUniqueConstraints": _UNIQUE,
    "dropUniqueConstraint": _drops("unique"),
    "dropUniqueConstraints": _drops("unique"),
    "createCheckConstraint": _CHECK,
    "createCheckConstraints": _CHECK,
    "dropCheckConstraint": _drops("check"),
    "dropCheckConstraints": _drops("check"),
    "createPrimaryKey": _primary_key,
    "dropPrimaryKey": _drop_primary_key,
    "createSchema": _schema,
    "dropSchema": _schema,
    "createView": _view,
    "dropView": _view,
    "clearTable": lambda api, call: [f"TRUNCATE TABLE {api.path(api.table(call.arg(0)))}"],
}

__all__ = ["Api"]
