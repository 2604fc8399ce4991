"""Columns, keys, references and indexes as T-SQL: exactly what the model says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from dbdesign.dialects.sqlserver import DIALECT
from dbdesign.model.schema import Check, Column, ForeignKey, Identity, Index, IndexKey, Key, Table

STORAGE = frozenset({"filegroup", "textimage_on", "filestream_on", "partition_scheme", "partition_column"})
"""Options that stand behind ON rather than in WITH (…)."""
QUOTED_LITERALLY = frozenset({"rowguidcol", "sparse", "filestream", "hidden"})

identifier = DIALECT.identifier


def names(columns: Iterable[str]) -> str:
    """Names in parentheses."""
    return f"({', '.join(identifier(one) for one in columns)})"


def object_name(namespace: str | None, name: str) -> str:
    """`dbo.name`: SQL Server's advice is to say the schema always."""
    return f"{identifier(namespace or 'dbo')}.{identifier(name)}"


def text_literal(text: str) -> str:
    """N'…'."""
    return "N'" + text.replace("'", "''") + "'"


def constraint(name: str | None) -> str:
    """`CONSTRAINT name `, or nothing."""
    return f"CONSTRAINT {identifier(name)} " if name else ""


def with_clause(options: Mapping[str, str], skip: frozenset[str] = frozenset()) -> str:
    """` WITH (A = b, …)` of an index or key, or nothing."""
    parts = [
        f"{name.upper()} = {_option_value(value)}" for name, value in options.items() if name not in STORAGE | skip
    ]
    return f" WITH ({', '.join(parts)})" if parts else ""


def _option_value(value: str) -> str:
    return value.upper() if value.replace("_", "").replace(" ", "").isalnum() else value


def placement(options: Mapping[str, str]) -> str:
    """` ON filegroup` or ` ON scheme (column)`, or nothing."""
    if "partition_scheme" in options:
        return f" ON {identifier(options['partition_scheme'])} ({identifier(options['partition_column'])})"
    text = f" ON {identifier(options['filegroup'])}" if "filegroup" in options else ""
    for name in ("textimage_on", "filestream_on"):
        if name in options:
            text += f" {name.upper()} {identifier(options[name])}"
    return text


def column_definition(column: Column) -> str:
    """A column in a CREATE TABLE."""
    if column.generated is not None:
        return _computed(column)
    return " ".join([identifier(column.name), *_column_parts(column)])


def _computed(column: Column) -> str:
    assert column.generated is not None  # noqa: S101 - the caller has looked
    text = f"{identifier(column.name)} AS ({column.generated.expression})"
    if column.generated.stored:
        text += " PERSISTED" if column.nullable else " PERSISTED NOT NULL"
    return text


def _column_parts(column: Column) -> Iterator[str]:
    options = column.options
    yield column.type.native
    if column.collation:
        yield f"COLLATE {column.collation}"
    for name in ("filestream", "sparse"):
        if name in options:
            yield name.upper()
    if "masked" in options:
        yield f"MASKED WITH ({options['masked']})"
    if "encrypted" in options:
        yield f"ENCRYPTED WITH ({options['encrypted']})"
    if column.identity:
        yield identity_text(column.identity) + (" NOT FOR REPLICATION" if "not_for_replication" in options else "")
    if "generated" in options:
        yield f"GENERATED ALWAYS AS {options['generated'].upper()}" + (" HIDDEN" if "hidden" in options else "")
    yield "NULL" if column.nullable else "NOT NULL"
    if "rowguidcol" in options:
        yield "ROWGUIDCOL"
    if column.default is not None:
        yield f"{constraint(column.default_name)}DEFAULT {default_text(column.default)}"


def default_text(expression: str) -> str:
    """A default: parentheses around all but a sequence's next value, as SQL Server keeps it."""
    return expression if expression.upper().startswith("NEXT VALUE FOR") else f"({expression})"


def identity_text(identity: Identity) -> str:
    """`IDENTITY(seed, increment)`."""
    start, increment = identity.options.start, identity.options.increment
    return f"IDENTITY({1 if start is None else start}, {1 if increment is None else increment})"


def _clustering(clustered: bool | None) -> str:
    return "" if clustered is None else (" CLUSTERED" if clustered else " NONCLUSTERED")


def key_text(kind: str, key: Key) -> str:
    """A PRIMARY KEY or UNIQUE constraint."""
    hashed = " HASH" if "hash" in key.options else ""
    columns = index_keys(key.keys) if key.keys else names(key.columns)
    skip = frozenset({"hash", "not_enforced"})
    text = f"{constraint(key.name)}{kind}{_clustering(key.clustered)}{hashed} {columns}"
    enforced = " NOT ENFORCED" if "not_enforced" in key.options else ""
    return f"{text}{with_clause(key.options, skip)}{placement(key.options)}{enforced}"


def index_keys(keys: Iterable[IndexKey]) -> str:
    """`(a, b DESC)`."""
    return f"({', '.join(identifier(key.column or '') + (' DESC' if key.descending else '') for key in keys)})"


def foreign_key_text(key: ForeignKey) -> str:
    """A FOREIGN KEY constraint."""
    parent = object_name(key.referenced_namespace, key.referenced_table)
    text = f"{constraint(key.name)}FOREIGN KEY {names(key.columns)} REFERENCES {parent} {names(key.referenced_columns)}"
    for word, action in (("DELETE", key.on_delete), ("UPDATE", key.on_update)):
        if action not in {"no action", "restrict"}:
            text += f" ON {word} {action.upper()}"
    return text


def check_text(check: Check) -> str:
    """A CHECK constraint."""
    return f"{constraint(check.name)}CHECK ({check.expression})"


def inline_index(index: Index) -> str:
    """An index within a CREATE TABLE, as memory-optimised tables must have them."""
    unique = " UNIQUE" if index.unique else ""
    hashed = " HASH" if index.method == "hash" else ""
    clustered = " CLUSTERED" if index.clustered else ("" if index.method == "columnstore" else " NONCLUSTERED")
    store = " COLUMNSTORE" if index.method == "columnstore" else ""
    keys = "" if index.method == "columnstore" else f" {index_keys(index.keys)}"
    return f"INDEX {identifier(index.name or '')}{unique}{clustered}{store}{hashed}{keys}{with_clause(index.options)}"


def index_text(table: str, index: Index) -> str:
    """A whole CREATE INDEX of any kind; `table` is as SQL."""
    if index.method == "fulltext":
        return _fulltext(table, index)
    if index.method == "xml":
        return _xml(table, index)
    if index.method == "spatial":
        using = f" USING {index.options['using'].upper()}" if "using" in index.options else ""
        rest = f"{with_clause(index.options, frozenset({'using'}))}{placement(index.options)}"
        return f"CREATE SPATIAL INDEX {identifier(index.name or '')} ON {table} {index_keys(index.keys)}{using}{rest};"
    if index.method == "columnstore":
        return _columnstore(table, index)
    unique = "UNIQUE " if index.unique else ""
    clustered = "CLUSTERED " if index.clustered else ""
    text = f"CREATE {unique}{clustered}INDEX {identifier(index.name or '')} ON {table} {index_keys(index.keys)}"
    return f"{text}{_index_rest(index)};"


def _index_rest(index: Index) -> str:
    include = f" INCLUDE {names(index.include)}" if index.include else ""
    where = f" WHERE {index.where}" if index.where else ""
    return f"{include}{where}{with_clause(index.options, frozenset({'order'}))}{placement(index.options)}"


def _columnstore(table: str, index: Index) -> str:
    kind = "CLUSTERED" if index.clustered else "NONCLUSTERED"
    keys = f" {index_keys(index.keys)}" if index.keys else ""
    order = f" ORDER ({index.options['order']})" if "order" in index.options else ""
    return (
        f"CREATE {kind} COLUMNSTORE INDEX {identifier(index.name or '')} ON {table}{keys}{order}{_index_rest(index)};"
    )


def _xml(table: str, index: Index) -> str:
    options = index.options
    kind = "PRIMARY XML" if options.get("xml") == "primary" else "XML"
    if options.get("xml") == "selective":
        return f"CREATE XML INDEX {identifier(index.name or '')} ON {table} {index_keys(index.keys)} FOR ({options['for']});"
    using = f" USING XML INDEX {identifier(options['using'])}" if "using" in options else ""
    using += f" FOR {options['for'].upper()}" if "for" in options else ""
    rest = with_clause(options, frozenset({"xml", "using", "for"}))
    return f"CREATE {kind} INDEX {identifier(index.name or '')} ON {table} {index_keys(index.keys)}{using}{rest};"


def _fulltext(table: str, index: Index) -> str:
    options = index.options
    columns = []
    for key in index.keys:
        text = identifier(key.column or "")
        if f"type_column {key.column}" in options:
            text += f" TYPE COLUMN {identifier(options[f'type_column {key.column}'])}"
        if f"language {key.column}" in options:
            text += f" LANGUAGE {options[f'language {key.column}']}"
        if f"statistical_semantics {key.column}" in options:
            text += " STATISTICAL_SEMANTICS"
        columns.append(text)
    catalog = f" ON {_catalog(options['catalog'])}" if "catalog" in options else ""
    rest = f" WITH {options['with']}" if "with" in options else ""
    key_index = identifier(options.get("key_index", ""))
    return f"CREATE FULLTEXT INDEX ON {table} ({', '.join(columns)}) KEY INDEX {key_index}{catalog}{rest};"


def _catalog(text: str) -> str:
    return f"({text})" if "," in text or " " in text else identifier(text)


def is_memory_optimised(table: Table) -> bool:
    """Whether the table's indexes must be declared with it."""
    return table.options.get("memory_optimized") == "on"
