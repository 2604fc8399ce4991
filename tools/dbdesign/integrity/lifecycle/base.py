"""What a part of the lifecycle is made of, and how names and literals of the target engine are written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Literal

from dbdesign.dialects.base import Dialect, dialect
from dbdesign.model.base import Model
from dbdesign.model.lifecycle import Lifecycle
from dbdesign.model.relations import Relations
from dbdesign.model.schema import Engine, Schema, Table
from dbdesign.writers.base import Note

Concern = Literal["tenant", "audit", "soft_delete", "retention", "erasure", "idempotency", "outbox", "sagas"]
TITLES: dict[Concern, str] = {
    "soft_delete": "Soft delete",
    "audit": "Audit trail",
    "retention": "Retention",
    "erasure": "Erasure",
    "idempotency": "Idempotency keys",
    "outbox": "Outbox and inbox",
    "sagas": "Sagas",
    "tenant": "Tenant isolation",
}
"""In the order in which they are written: policies last, so that nothing before them is held back by one."""


class Statement(Model):
    """A statement that the program, a job or a person sends.

    Attributes:
        when: at which moment, by whom, and what its result means.
        sql: with `:name` placeholders.
    """

    concern: Concern
    name: str
    sql: str
    when: str


class Part(Model):
    """What one concern adds to the schema, and what is sent afterwards."""

    concern: Concern
    sql: str = ""
    statements: tuple[Statement, ...] = ()
    notes: tuple[Note, ...] = ()


class Step(Model):
    """Something that was tried on the embedded server.

    Attributes:
        claim: what is to hold.
        executed: what was run, in short.
        seen: what came of it.
    """

    concern: Concern
    claim: str
    executed: str
    seen: str
    holds: bool


@dataclass(frozen=True)
class Target:
    """The engine that is written for, and the schema as it is there, with the columns and keys that the lifecycle needs."""

    engine: Engine
    version: tuple[int, ...]
    schema: Schema
    lifecycle: Lifecycle

    @cached_property
    def dialect(self) -> Dialect:
        """Of the engine."""
        return dialect(self.engine)

    @cached_property
    def relations(self) -> Relations:
        """The graph of foreign keys."""
        return Relations(self.schema)

    def at_least(self, *version: int) -> bool:
        """Whether the engine's version is this or a later one."""
        return self.version >= version

    def name(self, *parts: str) -> str:
        """A name made of parts, as SQL; one that is too long is cut, and ends in a digest."""
        return self.dialect.identifier(self.bare_name(*parts))

    def bare_name(self, *parts: str) -> str:
        """The same, not quoted."""
        whole = "_".join(parts)
        if self.dialect.fits(whole):
            return whole
        digest = sha256(whole.encode()).hexdigest()[:8]
        kept = whole.encode()[: self.dialect.max_identifier - 9].decode(errors="ignore")
        return f"{kept}_{digest}"

    def beside(self, table: Table, *parts: str) -> str:
        """A name in the namespace of a table, made of its name and more."""
        return self.dialect.qualified(table.namespace, self.bare_name(table.name, *parts))

    def full_beside(self, table: Table, *parts: str) -> str:
        """The same with the namespace, also the default one, for code that has no search path."""
        return self.full(table.namespace, self.bare_name(table.name, *parts))

    def full(self, namespace: str | None, name: str) -> str:
        """A name with its namespace, also the default one."""
        return self.dialect.qualified(namespace or self.dialect.default_namespace, name)

    def table(self, table: Table) -> str:
        """A table as SQL."""
        return self.dialect.qualified(table.namespace, table.name)

    def column(self, name: str) -> str:
        """A column as SQL."""
        return self.dialect.identifier(name)

    def columns(self, names: Sequence[str], alias: str = "") -> str:
        """`a, b`, or `t.a, t.b`."""
        prefix = f"{alias}." if alias else ""
        return ", ".join(f"{prefix}{self.column(one)}" for one in names)

    def literal(self, text: str) -> str:
        """A text as SQL."""
        return self.dialect.literal(text)

    def words(self, values: Sequence[str]) -> str:
        """`'a', 'b'`."""
        return ", ".join(self.literal(one) for one in values)

    def label(self, table: Table) -> str:
        """How logs name a table: always with its namespace."""
        return f"{table.namespace or self.dialect.default_namespace}.{table.name}"

    def at(self, label: str) -> Table:
        """The table of a label that is known to be there."""
        return self.schema.table_by_label[label]


def whole_tables(schema: Schema) -> list[Table]:
    """The tables that are not partitions of another."""
    return [table for table in schema.tables if table.partition_of is None]


def audited(lifecycle: Lifecycle, schema: Schema) -> list[Table]:
    """The tables whose changes are recorded."""
    if lifecycle.audit is None:
        return []
    wanted = lifecycle.audit.tables
    return [table for table in whole_tables(schema) if wanted is None or table.label in wanted]


def joined(*statements: str) -> str:
    """Statements as one text, a blank line between them."""
    return "\n\n".join(one.strip() for one in statements if one.strip())
