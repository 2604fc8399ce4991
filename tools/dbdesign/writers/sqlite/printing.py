"""Prints a schema that is SQLite's: exactly what the model says, nothing invented."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from dbdesign.dialects.sqlite import DIALECT
from dbdesign.model.schema import Check, Column, ForeignKey, Index, IndexKey, Key, Schema, Table, View
from dbdesign.writers.base import WriteOptions

BARE_DEFAULT = re.compile(
    r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|0x[0-9a-f]+|x?'(?:[^']|'')*'|[A-Za-z_]\w*|\"(?:[^\"]|\"\")*\"",
    re.IGNORECASE | re.DOTALL,
)
"""Defaults that take no parentheses (lang_createtable.html): literals, CURRENT_TIMESTAMP and its like, and words taken for texts."""

identifier = DIALECT.identifier


def names(columns: Iterable[str]) -> str:
    """Names in parentheses."""
    return f"({', '.join(identifier(one) for one in columns)})"


def statements(schema: Schema, options: WriteOptions) -> Iterator[str]:
    """Every statement, in an order that loads."""
    yield "PRAGMA foreign_keys = ON;"
    for table in schema.tables:
        yield create_table(table, options)
        for index in table.indexes:
            yield create_index(table.name, index)
    for view in schema.views:
        yield create_view(view, options)
    for carried in schema.carried:
        yield f"{carried.sql};"
    owners: list[Table | View] = [*schema.tables, *schema.views]
    for owner in owners:
        for trigger in owner.triggers:
            yield f"{trigger.definition};"


def remark(text: str | None, options: WriteOptions) -> str:
    """A comment at the end of a line; SQLite keeps it in the text of the table."""
    return f"  -- {' '.join(text.split())}" if text and options.comments else ""


def create_table(table: Table, options: WriteOptions) -> str:
    """CREATE TABLE, with every constraint in line: SQLite has no ALTER TABLE … ADD CONSTRAINT."""
    inline = inline_key(table)
    lines = [(column_definition(column, inline), column.comment) for column in table.columns]
    lines += [(text, None) for text in _constraints(table, inline)]
    last = len(lines) - 1
    body = "\n".join(
        f"  {text}{'' if number == last else ','}{remark(comment, options)}"
        for number, (text, comment) in enumerate(lines)
    )
    return f"CREATE TABLE {identifier(table.name)} ({remark(table.comment, options)}\n{body}\n){_suffix(table)};"


def _suffix(table: Table) -> str:
    words = [word for name, word in (("without_rowid", "WITHOUT ROWID"), ("strict", "STRICT")) if name in table.options]
    return f" {', '.join(words)}" if words else ""


def inline_key(table: Table) -> tuple[str, Key] | None:
    """The column that carries PRIMARY KEY itself: the rowid's alias, where AUTOINCREMENT and the direction must stand there."""
    key = table.primary_key
    if key is None or len(key.columns) != 1:
        return None
    column = table.column(key.columns[0])
    descending = bool(key.keys and key.keys[0].descending)
    is_alias = column is not None and column.identity is not None
    if is_alias == descending or (key.keys and key.keys[0].collation):
        return None
    return key.columns[0], key


def _constraint(name: str | None) -> str:
    return f"CONSTRAINT {identifier(name)} " if name else ""


def _conflict(resolution: str | None) -> str:
    return f" ON CONFLICT {resolution.upper()}" if resolution else ""


def column_definition(column: Column, inline: tuple[str, Key] | None) -> str:
    """A column with what only a column can say; named constraints stand behind the columns."""
    parts = [identifier(column.name)]
    if column.type.native:
        parts.append(column.type.native)
    carries_key = inline is not None and inline[0] == column.name
    if not column.nullable and not (carries_key and column.identity):
        parts.append("NOT NULL" + _conflict(column.options.get("not_null_on_conflict")))
    if carries_key and inline is not None:
        parts.append(_inline_primary_key(inline[1], column))
    if column.collation:
        parts.append(f"COLLATE {identifier(column.collation)}")
    if column.default is not None:
        parts.append(f"DEFAULT {default_text(column.default)}")
    if column.generated:
        kind = "STORED" if column.generated.stored else "VIRTUAL"
        parts.append(f"GENERATED ALWAYS AS ({column.generated.expression}) {kind}")
    return " ".join(parts)


def _inline_primary_key(key: Key, column: Column) -> str:
    descending = " DESC" if key.keys and key.keys[0].descending else ""
    automatic = " AUTOINCREMENT" if column.identity and column.identity.mode == "auto_increment" else ""
    return f"{_constraint(key.name)}PRIMARY KEY{descending}{_conflict(key.on_conflict)}{automatic}"


def default_text(expression: str) -> str:
    """A default, in parentheses unless SQLite takes it bare."""
    return expression if BARE_DEFAULT.fullmatch(expression) else f"({expression})"


def _constraints(table: Table, inline: tuple[str, Key] | None) -> Iterator[str]:
    if table.primary_key and inline is None:
        yield f"{_constraint(table.primary_key.name)}PRIMARY KEY {_key_columns(table.primary_key)}"
    for key in table.unique_keys:
        yield f"{_constraint(key.name)}UNIQUE {_key_columns(key)}"
    for foreign_key in table.foreign_keys:
        yield foreign_key_text(foreign_key)
    for check in table.checks:
        yield check_text(check)


def _key_columns(key: Key) -> str:
    columns = f"({', '.join(key_text(one) for one in key.keys)})" if key.keys else names(key.columns)
    return columns + _conflict(key.on_conflict)


def check_text(check: Check) -> str:
    """A CHECK."""
    return f"{_constraint(check.name)}CHECK ({check.expression})"


def foreign_key_text(key: ForeignKey) -> str:
    """A FOREIGN KEY."""
    parent = f"{identifier(key.referenced_table)} {names(key.referenced_columns)}"
    text = f"{_constraint(key.name)}FOREIGN KEY {names(key.columns)} REFERENCES {parent}"
    if key.on_delete != "no action":
        text += f" ON DELETE {key.on_delete.upper()}"
    if key.on_update != "no action":
        text += f" ON UPDATE {key.on_update.upper()}"
    if key.deferrable:
        text += " DEFERRABLE INITIALLY DEFERRED" if key.initially_deferred else " DEFERRABLE"
    return text


def key_text(key: IndexKey) -> str:
    """One key of an index or constraint."""
    text = identifier(key.column) if key.column is not None else f"({key.expression})"
    if key.collation:
        text += f" COLLATE {identifier(key.collation)}"
    return f"{text} DESC" if key.descending else text


def create_index(table: str, index: Index) -> str:
    """CREATE INDEX."""
    unique = "UNIQUE " if index.unique else ""
    keys = ", ".join(key_text(key) for key in index.keys)
    where = f"\n  WHERE {index.where}" if index.where else ""
    return f"CREATE {unique}INDEX {identifier(index.name or '')} ON {identifier(table)} ({keys}){where};"


def create_view(view: View, options: WriteOptions) -> str:
    """CREATE VIEW."""
    columns = f" {names(view.columns)}" if view.columns else ""
    comment = remark(view.comment, options)
    return f"CREATE VIEW {identifier(view.name)}{columns} AS{comment}\n{view.definition};"
