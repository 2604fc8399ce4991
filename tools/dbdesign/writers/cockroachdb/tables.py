"""CREATE TABLE in CockroachDB's idiom, as SHOW CREATE TABLE prints it: indexes and named constraints in line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from dbdesign.model.schema import Check, Column, ForeignKey, Identity, Index, IndexKey, Key, SequenceOptions, Table
from dbdesign.writers.cockroachdb.spelling import (
    INDENT,
    default,
    identifier,
    identifiers,
    is_call,
    joined,
    literal,
    qualified,
)

_SHARDING = {"hash_sharded", "bucket_count", "partition"}
_SAID_APART = {*_SHARDING, "without_index"}


@dataclass
class WrittenTable:
    """A table's statement, and what must wait until all tables are there."""

    now: str
    later: list[str] = field(default_factory=list)


def table(one: Table, known: set[str]) -> WrittenTable:
    """CREATE TABLE; foreign keys to tables that are not in `known` yet, and constraints that are NOT VALID, come later."""
    name = qualified(one.namespace, one.name)
    known = known | {one.label}
    elements = [column_clause(column, one) for column in one.columns]
    if one.primary_key:
        elements.append(key_clause(one.primary_key, "PRIMARY KEY"))
    elements += [key_clause(key, "UNIQUE") for key in one.unique_keys]
    elements += [inline_index(index) for index in one.indexes]
    elements += [check_clause(check) for check in one.checks if check.valid]
    elements += [foreign_key(key) for key in one.foreign_keys if key.valid and key.references in known]
    elements += list(_families(one))
    body = f",\n{INDENT}".join(elements)
    text = f"CREATE TABLE {name} (\n{INDENT}{body}\n)" if elements else f"CREATE TABLE {name} ()"
    written = WrittenTable(joined(text, *_after(one)))
    written.later += [
        f"ALTER TABLE {name} ADD {check_clause(check)} NOT VALID" for check in one.checks if not check.valid
    ]
    for key in one.foreign_keys:
        if not key.valid or key.references not in known:
            written.later.append(joined(f"ALTER TABLE {name} ADD {foreign_key(key)}", "" if key.valid else "NOT VALID"))
    return written


def column_clause(column: Column, owner: Table) -> str:
    """A column of CREATE TABLE or ADD COLUMN."""
    in_key = owner.primary_key is not None and column.name in owner.primary_key.columns
    collate = f"COLLATE {column.collation}" if column.collation else ""
    return joined(
        identifier(column.name),
        column.type.native,
        collate,
        "NOT VISIBLE" if "invisible" in column.options else "",
        "NOT NULL" if not column.nullable or in_key else "",
        _value(column),
        f"ON UPDATE {default(column.on_update)}" if column.on_update else "",
    )


def _value(column: Column) -> str:
    if column.identity is not None:
        return _identity(column.identity)
    if column.generated is not None:
        return f"AS ({column.generated.expression}) {'STORED' if column.generated.stored else 'VIRTUAL'}"
    return f"DEFAULT {default(column.default)}" if column.default is not None else ""


def _identity(identity: Identity) -> str:
    if identity.mode == "unique_rowid":
        return "DEFAULT unique_rowid()"
    clauses = sequence_clauses(identity.options)
    mode = "ALWAYS" if identity.mode == "always" else "BY DEFAULT"
    return f"GENERATED {mode} AS IDENTITY" + (f" ({' '.join(clauses)})" if clauses else "")


def sequence_clauses(options: SequenceOptions) -> list[str]:
    """What a sequence does differently from a plain one."""
    values = (
        ("START WITH", options.start),
        ("INCREMENT BY", options.increment),
        ("MINVALUE", options.minimum),
        ("MAXVALUE", options.maximum),
        ("CACHE", options.cache),
    )
    return [f"{keyword} {value}" for keyword, value in values if value is not None]


def _named(name: str | None, clause: str) -> str:
    return f"CONSTRAINT {identifier(name)} {clause}" if name else clause


def key_clause(key: Key, word: str) -> str:
    """A primary or unique key as a table constraint."""
    descending = {one.column for one in key.keys if one.descending}
    listed = ", ".join(f"{identifier(name)} DESC" if name in descending else identifier(name) for name in key.columns)
    how = f"{word} WITHOUT INDEX" if "without_index" in key.options else word
    return _named(
        key.name, joined(f"{how} ({listed})", sharding(key.options), _storing(key.include), storage(key.options))
    )


def sharding(options: Mapping[str, str]) -> str:
    """USING HASH."""
    if "hash_sharded" not in options and "bucket_count" not in options:
        return ""
    buckets = options.get("bucket_count")
    return f"USING HASH WITH (bucket_count = {buckets})" if buckets else "USING HASH"


def _storing(columns: tuple[str, ...]) -> str:
    return f"STORING ({identifiers(columns)})" if columns else ""


def storage(options: Mapping[str, str]) -> str:
    """WITH (…) of an index."""
    listed = [f"{name} = {_option(value)}" for name, value in options.items() if name not in _SAID_APART]
    return f"WITH ({', '.join(listed)})" if listed else ""


def _option(value: str) -> str:
    plain = value in {"true", "false"} or value.replace(".", "", 1).lstrip("-").isdigit()
    return value if plain else literal(value)


def index_key(key: IndexKey) -> str:
    """A column or expression of an index."""
    if key.column is not None:
        text = identifier(key.column)
    else:
        text = key.expression or ""
        text = text if is_call(text) else f"({text})"
    return joined(text, key.opclass or "", "DESC" if key.descending else "")


def _index_words(index: Index) -> str:
    kind = {"inverted": "INVERTED INDEX", "gin": "INVERTED INDEX", "vector": "VECTOR INDEX"}.get(index.method, "INDEX")
    return f"UNIQUE {kind}" if index.unique else kind


def _index_rest(index: Index) -> str:
    return joined(
        f"({', '.join(index_key(key) for key in index.keys)})",
        sharding(index.options),
        _storing(index.include),
        index.options.get("partition", ""),
        storage(index.options),
        f"WHERE {index.where}" if index.where else "",
        "" if index.visible else "NOT VISIBLE",
    )


def inline_index(index: Index) -> str:
    """An index as an element of CREATE TABLE."""
    return joined(_index_words(index), identifier(index.name) if index.name else "", _index_rest(index))


def index_statement(name: str, index: Index) -> str:
    """CREATE INDEX; `name` is the table's or view's as SQL."""
    words = _index_words(index)
    return joined(f"CREATE {words}", identifier(index.name) if index.name else "", f"ON {name}", _index_rest(index))


def check_clause(check: Check) -> str:
    """A check as a table constraint."""
    return _named(check.name, f"CHECK ({check.expression})")


def foreign_key(key: ForeignKey) -> str:
    """A foreign key as a table constraint."""
    text = f"FOREIGN KEY ({identifiers(key.columns)}) REFERENCES "
    text += f"{qualified(key.referenced_namespace, key.referenced_table)} ({identifiers(key.referenced_columns)})"
    return _named(
        key.name,
        joined(
            text,
            "" if key.match == "simple" else f"MATCH {key.match.upper()}",
            "" if key.on_delete == "no action" else f"ON DELETE {key.on_delete.upper()}",
            "" if key.on_update == "no action" else f"ON UPDATE {key.on_update.upper()}",
        ),
    )


def _families(one: Table) -> Iterator[str]:
    for name, columns in one.options.items():
        if name.startswith("family "):
            yield f"FAMILY {identifier(name.removeprefix('family '))} ({columns})"


def _after(one: Table) -> Iterator[str]:
    if one.partitioning and one.partitioning.text:
        yield one.partitioning.text
    own = {name: value for name, value in one.options.items() if not name.startswith("family ") and name != "locality"}
    if own:
        yield f"WITH ({', '.join(f'{name} = {_option(value)}' for name, value in own.items())})"
    if "locality" in one.options:
        yield f"LOCALITY {one.options['locality']}"
