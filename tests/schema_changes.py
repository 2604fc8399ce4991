"""Random changes of a schema, as people make them between two releases: one function a kind, drawn by `changed`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import Random
from typing import Any

from dbdesign.migrations.compare.renaming import Renames, renamed
from dbdesign.model.schema import Check, Column, EnumType, Grant, Index, IndexKey, Key, Policy, Schema, Sequence, Table
from dbdesign.model.types import DataType, Kind

TEXT = DataType(kind=Kind.TEXT, native="text")
BIGINT = DataType(kind=Kind.INT64, native="bigint")


def changed(schema: Schema, random: Random, count: int) -> Schema:
    """The schema after up to `count` random changes."""
    for _ in range(count):
        schema = random.choice(CHANGES)(schema, random)
    return schema


def _with(schema: Schema, table: Table, **fields: Any) -> Schema:
    tables = tuple(table.model_copy(update=fields) if one is table else one for one in schema.tables)
    return schema.model_copy(update={"tables": tables})


def _table(schema: Schema, random: Random) -> Table | None:
    plain = [one for one in schema.tables if not one.partition_of and not one.inherits]
    return random.choice(plain) if plain else None


def _free_columns(schema: Schema, table: Table) -> list[Column]:
    """Columns that nothing but their table holds."""
    used = {name for key in (table.primary_key, *table.unique_keys) if key for name in (*key.columns, *key.include)}
    used |= {name for key in table.foreign_keys for name in key.columns}
    used |= {
        name
        for one in schema.tables
        for key in one.foreign_keys
        if key.references == table.label
        for name in key.referenced_columns
    }
    texts = [one.expression for one in table.checks] + [one.where or "" for one in table.indexes]
    texts += [key.expression or "" for one in table.indexes for key in one.keys]
    texts += [one.generated.expression for one in table.columns if one.generated]
    used |= {key.column for one in (*table.indexes, *table.exclusions) for key in one.keys if key.column}
    used |= {name for one in table.indexes for name in one.include}
    if table.partitioning:
        used |= {key.column for key in table.partitioning.keys if key.column}
    children = any(
        table.label in one.inherits or (one.partition_of and one.partition_of.label == table.label)
        for one in schema.tables
    )
    free = [one for one in table.columns if one.name not in used and not any(one.name in text for text in texts)]
    return [] if children else free


def _new_name(taken: Iterable[str], random: Random, word: str) -> str:
    names = set(taken)
    return next(
        name for number in range(1, 10_000) if (name := f"{word}_{random.randrange(10**6)}_{number}") not in names
    )


def add_table(schema: Schema, random: Random) -> Schema:
    key = Key(name=None, columns=("id",))
    table = Table(
        name=_new_name((one.name for one in schema.tables), random, "added"),
        columns=(Column(name="id", type=BIGINT, nullable=False), Column(name="note", type=TEXT, comment="why")),
        primary_key=key,
    )
    return schema.model_copy(update={"tables": (*schema.tables, table)})


def drop_table(schema: Schema, random: Random) -> Schema:
    table = _table(schema, random)
    held = {key.references for one in schema.tables if one is not table for key in one.foreign_keys}
    held |= {parent for one in schema.tables for parent in one.inherits}
    held |= {one.partition_of.label for one in schema.tables if one.partition_of}
    if table is None or table.label in held:
        return schema
    views = tuple(one for one in schema.views if table.label not in one.depends_on)
    return schema.model_copy(update={"tables": tuple(one for one in schema.tables if one is not table), "views": views})


def add_column(schema: Schema, random: Random) -> Schema:
    table = _table(schema, random)
    if table is None or _children(schema, table):
        return schema
    column = Column(name=_new_name((one.name for one in table.columns), random, "col"), type=TEXT, default="'x'::text")
    columns = list(table.columns)
    columns.insert(random.randrange(len(columns) + 1), column)
    return _with(schema, table, columns=tuple(columns))


def _children(schema: Schema, table: Table) -> bool:
    return any(
        table.label in one.inherits or (one.partition_of and one.partition_of.label == table.label)
        for one in schema.tables
    )


def drop_column(schema: Schema, random: Random) -> Schema:
    table = _table(schema, random)
    free = _free_columns(schema, table) if table else []
    if table is None or not free or len(table.columns) < 2:
        return schema
    gone = random.choice(free)
    return _with(schema, table, columns=tuple(one for one in table.columns if one is not gone))


def _column(change: Callable[[Column, Random], dict[str, Any]]) -> Callable[[Schema, Random], Schema]:
    def made(schema: Schema, random: Random) -> Schema:
        table = _table(schema, random)
        free = _free_columns(schema, table) if table else []
        if table is None or not free:
            return schema
        one = random.choice(free)
        columns = tuple(
            other.model_copy(update=change(one, random)) if other is one else other for other in table.columns
        )
        return _with(schema, table, columns=columns)

    return made


def rename_column(schema: Schema, random: Random) -> Schema:
    table = _table(schema, random)
    if table is None or not table.columns:
        return schema
    column = random.choice(table.columns)
    new = _new_name((one.name for one in table.columns), random, column.name[:20])
    return renamed(schema, Renames(columns={table.label: {column.name: new}}))


def rename_table(schema: Schema, random: Random) -> Schema:
    table = _table(schema, random)
    if table is None:
        return schema
    new = _new_name((one.name for one in schema.tables), random, table.name[:20])
    return renamed(schema, Renames(tables={table.label: (table.namespace, new)}))


def _list(field: str, make: Callable[[Table, Random], Any] | None) -> Callable[[Schema, Random], Schema]:
    """Adds what `make` makes to a list of a table, or takes one away where there is no `make`."""

    def made(schema: Schema, random: Random) -> Schema:
        table = _table(schema, random)
        if table is None:
            return schema
        parts = getattr(table, field)
        if make is not None:
            return _with(schema, table, **{field: (*parts, make(table, random))})
        gone = random.choice(parts) if parts else None
        return _with(schema, table, **{field: tuple(one for one in parts if one is not gone)})

    return made


def change_enum(schema: Schema, random: Random) -> Schema:
    if not schema.enums:
        name = _new_name((), random, "enum")
        return schema.model_copy(update={"enums": (EnumType(name=name, values=("a", "b")),)})
    enum = random.choice(schema.enums)
    values = list(enum.values)
    values.insert(random.randrange(len(values) + 1), _new_name(values, random, "value"))
    enums = tuple(one.model_copy(update={"values": tuple(values)}) if one is enum else one for one in schema.enums)
    return schema.model_copy(update={"enums": enums})


def add_sequence(schema: Schema, random: Random) -> Schema:
    return schema.model_copy(update={"sequences": (*schema.sequences, Sequence(name=_new_name((), random, "seq")))})


def change_view(schema: Schema, random: Random) -> Schema:
    if not schema.views:
        return schema
    view = random.choice(schema.views)
    views = tuple(
        one.model_copy(update={"definition": f"{one.definition}\n LIMIT {random.randrange(9)}"}) if one is view else one
        for one in schema.views
    )
    return schema.model_copy(update={"views": views})


def _field(name: str, value: Callable[[Table, Random], Any]) -> Callable[[Schema, Random], Schema]:
    def made(schema: Schema, random: Random) -> Schema:
        table = _table(schema, random)
        return schema if table is None else _with(schema, table, **{name: value(table, random)})

    return made


def _index(table: Table, random: Random) -> Index:
    name = _new_name((one.name or "" for one in table.indexes), random, "ix")
    return Index(
        name=name, keys=(IndexKey(column=random.choice(table.columns).name, descending=random.random() < 0.3),)
    )


CHANGES: list[Callable[[Schema, Random], Schema]] = [
    add_table,
    drop_table,
    add_column,
    drop_column,
    _column(lambda one, _: {"type": BIGINT if one.type.kind is Kind.TEXT else TEXT, "default": None, "generated": None, "identity": None, "collation": None}),
    _column(lambda one, _: {"nullable": not one.nullable, "not_null_name": None}),
    _column(lambda one, random: {"default": None if one.default or one.generated or one.identity else "'y'::text"}),
    _column(lambda one, random: {"comment": None if one.comment else f"said {random.random()}"}),
    _column(lambda one, random: {"options": {} if one.options else {"statistics": str(random.randrange(1, 999))}}),
    rename_column,
    rename_table,
    _list("indexes", _index),
    _list("indexes", None),
    _list("unique_keys", lambda table, random: Key(name=_new_name((), random, "uq"), columns=(random.choice(table.columns).name,))),
    _list("unique_keys", None),
    _list("checks", lambda table, random: Check(name=_new_name((), random, "ck"), expression=f"{random.randrange(9)} < 10")),
    _list("checks", None),
    _list("foreign_keys", None),
    _list("exclusions", None),
    _list("policies", lambda table, random: Policy(name=_new_name((), random, "po"), using="true")),
    _list("policies", None),
    _field("row_security", lambda table, random: random.choice(["off", "enabled", "forced"])),
    _field("comment", lambda table, random: None if table.comment else f"said {random.random()}"),
    _field("options", lambda table, random: {} if table.options else {"fillfactor": str(random.randrange(10, 99))}),
    _field("grants", lambda table, random: () if table.grants else (Grant(privileges=("SELECT",), grantee=f"r{random.randrange(9)}"),)),
    _field("primary_key", lambda table, random: None),
    change_enum,
    add_sequence,
    change_view,
]  # fmt: skip
