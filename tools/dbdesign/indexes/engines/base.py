"""What the writers of indexes share: an order for one, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from dbdesign.dialects.base import dialect
from dbdesign.indexes.candidate import Candidate, KeyPart
from dbdesign.model.schema import Column, Schema, Table


@dataclass(frozen=True)
class Built:
    """A statement, and what differs from the index that was advised."""

    ddl: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Order:
    """An index to be written for an engine."""

    candidate: Candidate
    name: str
    table: Table
    schema: Schema

    @property
    def relation(self) -> str:
        """The table's name, quoted where it must be."""
        return dialect(self.schema.engine).qualified(self.table.namespace, self.table.name)

    @property
    def index(self) -> str:
        """The index's name, quoted where it must be."""
        return identifier(self.name, self.schema)

    @property
    def primary(self) -> tuple[str, ...]:
        """The columns of the primary key."""
        return self.table.primary_key.columns if self.table.primary_key else ()

    def column(self, name: str | None) -> Column | None:
        """A column of the table."""
        return self.table.column(name) if name else None

    def quoted(self, name: str) -> str:
        """A column's name, quoted where it must be."""
        return identifier(name, self.schema)

    def plain(self, key: KeyPart) -> str:
        """A key that is a column, with its direction."""
        return f"{self.quoted(key.column or '')}{' DESC' if key.descending else ''}"

    def without_clustered_key(self, names: Iterable[str], clustered: Iterable[str]) -> list[str]:
        """Carried columns without those that every index of the table carries anyway."""
        held = set(clustered)
        return [name for name in names if name not in held]


def identifier(name: str, schema: Schema) -> str:
    """A name for the engine of a schema."""
    return dialect(schema.engine).identifier(name)


def translated(sql: str, target: str) -> str | None:
    """An expression of PostgreSQL in a dialect of sqlglot's; None where it cannot be said there."""
    import sqlglot
    from sqlglot.errors import ErrorLevel, SqlglotError

    try:
        return sqlglot.transpile(sql, read="postgres", write=target, unsupported_level=ErrorLevel.RAISE)[0]
    except (SqlglotError, RecursionError):
        return None


def comparisons(where: str, target: str) -> str | None:
    """A partial index's predicate as comparisons of columns with constants, joined by AND; None where it is anything else.

    That is all that SQL Server's filtered indexes take (CREATE INDEX, <filter_predicate>), and what a query repeats in so many words.
    """
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    from dbdesign.dialects.negations import plainly_negated

    try:
        tree = plainly_negated(sqlglot.parse_one(where, read="postgres"))
    except (SqlglotError, RecursionError):
        return None
    said = [_comparison(one, target) for one in (tree.flatten() if isinstance(tree, exp.And) else [tree])]
    return " AND ".join(one for one in said if one) if all(said) else None


def _comparison(node: Any, target: str) -> str | None:
    from sqlglot import exp

    node = node.unnest()
    if isinstance(node, exp.Column):
        return f"{node.sql(target)} = {_true(target)}"
    if isinstance(node, exp.Not):
        inner = node.this.unnest()
        if isinstance(inner, exp.Column):
            return f"{inner.sql(target)} = {_false(target)}"
        if isinstance(inner, exp.Is) and isinstance(inner.expression, exp.Null):
            return f"{inner.this.sql(target)} IS NOT NULL"
        return None
    if isinstance(node, exp.Is):
        return _is(node, target)
    if isinstance(node, exp.EQ) and isinstance(node.expression, exp.Any):
        array = node.expression.find(exp.Array)
        values = [one.sql(target) for one in array.expressions] if array else []
        return f"{node.this.sql(target)} IN ({', '.join(values)})" if values else None
    plain = isinstance(node, (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.In))
    if plain and isinstance(node.this, exp.Column) and not node.find(exp.Func, exp.Query):
        return str(node.sql(target))
    return None


def _is(node: Any, target: str) -> str | None:
    from sqlglot import exp

    if isinstance(node.expression, exp.Boolean):
        value = _true(target) if node.expression.this else _false(target)
        return f"{node.this.sql(target)} = {value}"
    return f"{node.this.sql(target)} IS NULL" if isinstance(node.expression, exp.Null) else None


def _true(target: str) -> str:
    return "1" if target in {"tsql", "sqlite", "mysql"} else "TRUE"


def _false(target: str) -> str:
    return "0" if target in {"tsql", "sqlite", "mysql"} else "FALSE"
