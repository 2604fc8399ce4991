"""What is said to one kind of server: how rows are sent, counted and hashed there, and how a query is explained."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from dbdesign.model.schema import Engine

if TYPE_CHECKING:
    from dbdesign.engines.new_namespace import Namespace

Protocol = Literal["postgresql", "mysql"]


@dataclass(frozen=True)
class Source:
    """A column on the embedded PostgreSQL: the name of its type, domains resolved, and the type's category in pg_type.

    Attributes:
        sql: the expression that gives its value, where the table is called `t`.
    """

    sql: str
    type: str
    category: str


@dataclass(frozen=True)
class Target:
    """A column on the server, as its information_schema has it: the type in small letters, digits after the point."""

    name: str
    type: str
    scale: int | None = None


@dataclass(frozen=True)
class Pair:
    """A column on both sides."""

    source: Source
    target: Target


@dataclass(frozen=True)
class Script:
    """A design's schema in a server's words.

    Attributes:
        tables: statements before the rows.
        later: statements after them: foreign keys, where rows could not be sent with them.
        indexes: of the second run.
        added: expressions for columns that only the server has, by table and column; the table is called `t` in them.
        notes: what is not as in the design, a sentence each.
    """

    tables: tuple[str, ...]
    later: tuple[str, ...] = ()
    indexes: tuple[str, ...] = ()
    added: Mapping[tuple[str, str], str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


Comparison = Literal["hash", "sum", "none"]


@dataclass(frozen=True)
class Canonical:
    """How a column is compared between the servers: as a text that both write alike, as a sum, or not at all."""

    how: Comparison
    source: str = ""
    target: str = ""


@dataclass(frozen=True)
class Server:
    """One kind of server.

    Attributes:
        engine: whose SQL it speaks.
        quote: a name, quoted.
        columns: the columns of the schema's tables that take values: table, column, type, scale.
        literal: the expression on the embedded server that writes a column's value as the server reads it; of PostgreSQL's protocol,
            as COPY sends it.
        canonical: how a column is compared.
        hashes: the sum of the checksums of a text expression, on the embedded server and here.
        explain: commands before a query, the best first; the next is tried where one is refused.
        analyze: the statement that collects a table's statistics.
        limit: the statement that lets later ones take so long, with `{ms}` or `{s}` in it.
        reading: the statement after which a session only reads; empty where the server has none.
        begins: how a transaction that is rolled back begins, for a query that reads and for one that writes.
    """

    name: str
    title: str
    engine: Engine
    protocol: Protocol
    quote: Callable[[str], str]
    columns: str
    literal: Callable[[Pair], str]
    canonical: Callable[[Pair], Canonical]
    hashes: tuple[str, str]
    explain: tuple[str, ...]
    analyze: str
    limit: str
    reading: str
    begins: tuple[str, str]
    float_sum: tuple[str, str] = ("sum({0})::float8", "SUM({0})")

    def columns_of(self, namespace: Namespace) -> dict[str, list[Target]]:
        """By table, its columns that take values."""
        found: dict[str, list[Target]] = {}
        for table, column, kind, scale in namespace.session.rows(self.columns.format(namespace.name)):
            name = kind.decode() if isinstance(kind, bytes) else str(kind)
            found.setdefault(str(table), []).append(
                Target(str(column), name.lower(), None if scale is None else int(scale))
            )
        return found


def joined(texts: Sequence[str], with_: str) -> str:
    """Text expressions of PostgreSQL with a text between each two; concat_ws takes no more than 100."""
    return f" || '{with_}' || ".join(texts) if texts else "''"
