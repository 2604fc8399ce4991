"""A table and what belongs to it: columns, keys, checks, indexes, partitions, triggers, policies; and grants.

`dbdesign.model.schema` says what every reader and writer keeps, and has these names too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Literal

from pydantic import Field

from dbdesign.model.base import Model
from dbdesign.model.types import DataType

Action = Literal["no action", "restrict", "cascade", "set null", "set default"]


def label(namespace: str | None, name: str) -> str:
    """How an object is named to people and in arguments: `orders`, `sales.orders`."""
    return f"{namespace}.{name}" if namespace else name


class Grant(Model):
    """Privileges on an object. `columns` is empty for the whole object.

    `revoked`: the engine grants these by itself (EXECUTE to PUBLIC, everything to the owner), and they were taken away.
    """

    privileges: tuple[str, ...]
    grantee: str
    columns: tuple[str, ...] = ()
    grantable: bool = False
    revoked: bool = False


class SequenceOptions(Model):
    """What a sequence counts by. None is the engine's default.

    `data_type` is the sequence's integer type where it is not its column's (PostgreSQL: a bigint sequence of an integer column).
    """

    start: int | None = None
    increment: int | None = None
    minimum: int | None = None
    maximum: int | None = None
    cache: int | None = None
    cycle: bool = False
    data_type: str | None = None


class Identity(Model):
    """How an engine numbers a column by itself.

    Attributes:
        mode: `always` and `by_default` are the standard's; `serial` is a PostgreSQL column whose default reads a sequence that it owns;
            `auto_increment` MySQL, TiDB and SQLite (with the keyword); `identity` SQL Server; `auto_random` TiDB;
            `rowid` an SQLite INTEGER PRIMARY KEY without the keyword; `unique_rowid` CockroachDB.
        sequence_name: where the sequence's name is not the one the engine would choose.
        shard_bits: of TiDB's AUTO_RANDOM.
        grants, comment: on the sequence behind it (PostgreSQL).
    """

    mode: Literal[
        "always", "by_default", "serial", "auto_increment", "identity", "auto_random", "rowid", "unique_rowid"
    ]
    options: SequenceOptions = SequenceOptions()
    sequence_name: str | None = None
    shard_bits: int | None = None
    grants: tuple[Grant, ...] = ()
    comment: str | None = None


class Generated(Model):
    """A column that the engine computes from others."""

    expression: str
    stored: bool = True


class Column(Model):
    """A column.

    Attributes:
        default: an expression; None for none. Defaults that `identity` stands for are not repeated here.
        default_name: SQL Server names its default constraints.
        on_update: MySQL's ON UPDATE CURRENT_TIMESTAMP, CockroachDB's ON UPDATE expression.
        not_null_name: of a PostgreSQL 18 NOT NULL constraint whose name is not the default one.
        not_null_valid: False for a PostgreSQL 18 NOT NULL ... NOT VALID.
        not_null_no_inherit: PostgreSQL 18: NOT NULL ... NO INHERIT.
        not_null_comment: on the NOT NULL constraint (PostgreSQL 18).
        options: whatever else the engine lets one say of a column, by its own keyword (`storage`, `compression`, `statistics`,
            `invisible`, `sparse`, `rowguidcol`, `srid` …).
    """

    name: str
    type: DataType
    nullable: bool = True
    default: str | None = None
    default_name: str | None = None
    identity: Identity | None = None
    generated: Generated | None = None
    on_update: str | None = None
    charset: str | None = None
    collation: str | None = None
    not_null_name: str | None = None
    not_null_valid: bool = True
    not_null_no_inherit: bool = False
    not_null_comment: str | None = None
    comment: str | None = None
    options: Mapping[str, str] = Field(default_factory=dict)


class IndexKey(Model):
    """One key of an index: a column or an expression, with its order.

    Attributes:
        nulls: None where the engine's default for the direction holds.
        length: MySQL's prefix length in characters (bytes for binaries).
        opclass: PostgreSQL operator class, with its options in parentheses if any.
        operator: of an exclusion constraint's element.
    """

    column: str | None = None
    expression: str | None = None
    descending: bool = False
    nulls: Literal["first", "last"] | None = None
    length: int | None = None
    opclass: str | None = None
    collation: str | None = None
    operator: str | None = None


class Key(Model):
    """A primary or unique key constraint.

    Attributes:
        include: columns carried in the index only.
        clustered: SQL Server and TiDB; None is the engine's default.
        keys: per-column order, prefix length and so on, when it is not plain ascending; empty otherwise.
        method: SQLite/MySQL `btree`/`hash` where said.
        without_overlaps: PostgreSQL 18: the last column is a period.
        on_conflict: SQLite's conflict clause.
        options: storage parameters, tablespace, CockroachDB's hash buckets (`bucket_count`), by the engine's own keywords.
    """

    name: str | None = None
    columns: tuple[str, ...]
    include: tuple[str, ...] = ()
    nulls_not_distinct: bool = False
    deferrable: bool = False
    initially_deferred: bool = False
    clustered: bool | None = None
    keys: tuple[IndexKey, ...] = ()
    method: str | None = None
    without_overlaps: bool = False
    on_conflict: str | None = None
    comment: str | None = None
    options: Mapping[str, str] = Field(default_factory=dict)


class ForeignKey(Model):
    """A foreign key. `referenced_columns` is never empty: readers resolve a bare REFERENCES to the referenced primary key.

    Attributes:
        set_columns: PostgreSQL 15+: the columns that ON DELETE SET NULL/DEFAULT sets; empty for all.
        valid: False for NOT VALID (PostgreSQL) or WITH NOCHECK (SQL Server).
        enforced: False for NOT ENFORCED (PostgreSQL 18, MySQL never) or NOCHECK CONSTRAINT (SQL Server).
        period: PostgreSQL 18: the last column is a period.
    """

    name: str | None = None
    columns: tuple[str, ...]
    referenced_namespace: str | None = None
    referenced_table: str
    referenced_columns: tuple[str, ...]
    on_delete: Action = "no action"
    on_update: Action = "no action"
    match: Literal["simple", "full", "partial"] = "simple"
    deferrable: bool = False
    initially_deferred: bool = False
    valid: bool = True
    enforced: bool = True
    set_columns: tuple[str, ...] = ()
    period: bool = False
    comment: str | None = None

    @property
    def references(self) -> str:
        """The label of the referenced table."""
        return label(self.referenced_namespace, self.referenced_table)


class Check(Model):
    """A check constraint; a column's own and a table's are the same thing."""

    name: str | None = None
    expression: str
    valid: bool = True
    enforced: bool = True
    no_inherit: bool = False
    comment: str | None = None


class Exclusion(Model):
    """A PostgreSQL exclusion constraint; each key has an `operator`."""

    name: str | None = None
    keys: tuple[IndexKey, ...]
    method: str = "gist"
    include: tuple[str, ...] = ()
    where: str | None = None
    deferrable: bool = False
    initially_deferred: bool = False
    comment: str | None = None
    options: Mapping[str, str] = Field(default_factory=dict)


class Index(Model):
    """An index that no constraint owns.

    Attributes:
        method: `btree`, `hash`, `gin`, `gist`, `spgist`, `brin`, `fulltext`, `spatial`, `columnstore`, `inverted`, `xml`, or an
            extension's (`hnsw`, `ivfflat`, `bloom`).
        include: columns carried only (INCLUDE, CockroachDB STORING).
        valid: False for an index left behind by a failed concurrent build.
        visible: False for MySQL INVISIBLE, CockroachDB NOT VISIBLE, SQL Server disabled.
        clustered: SQL Server.
        only: on a partitioned table: not yet on its partitions (ON ONLY).
        partition_of: label of the partitioned index that this one is attached to, when it was not made with it.
        options: storage parameters, tablespace, parser, hash buckets (`bucket_count`), by the engine's own keywords.
    """

    name: str | None = None
    keys: tuple[IndexKey, ...]
    unique: bool = False
    method: str = "btree"
    include: tuple[str, ...] = ()
    where: str | None = None
    nulls_not_distinct: bool = False
    valid: bool = True
    visible: bool = True
    clustered: bool = False
    only: bool = False
    partition_of: str | None = None
    comment: str | None = None
    options: Mapping[str, str] = Field(default_factory=dict)

    @property
    def columns(self) -> tuple[str, ...]:
        """The key columns up to the first expression."""
        leading: list[str] = []
        for key in self.keys:
            if key.column is None:
                break
            leading.append(key.column)
        return tuple(leading)


class Partitioning(Model):
    """How a partitioned table is split.

    Attributes:
        keys: columns or expressions (with collation and opclass for PostgreSQL).
        text: MySQL's, TiDB's and SQL Server's clause verbatim, partitions included, where `Partition` cannot say it.
    """

    strategy: str
    keys: tuple[IndexKey, ...] = ()
    text: str | None = None


class PartitionOf(Model):
    """That a table is a partition of another, and of which values: `FOR VALUES FROM (…) TO (…)` or `DEFAULT`."""

    namespace: str | None = None
    table: str
    bound: str

    @property
    def label(self) -> str:
        """The label of the partitioned table."""
        return label(self.namespace, self.table)


class Trigger(Model):
    """A trigger, carried verbatim; `definition` is a whole CREATE TRIGGER."""

    name: str
    definition: str
    timing: str | None = None
    events: tuple[str, ...] = ()
    function: str | None = None
    enabled: str = "enabled"
    comment: str | None = None


class Policy(Model):
    """A row-security policy (PostgreSQL, CockroachDB)."""

    name: str
    command: Literal["all", "select", "insert", "update", "delete"] = "all"
    permissive: bool = True
    roles: tuple[str, ...] = ("public",)
    using: str | None = None
    check: str | None = None
    comment: str | None = None


class Table(Model):
    """A table.

    Attributes:
        inherits: labels of parent tables (PostgreSQL INHERITS). Inherited columns are listed in `columns` and named in `inherited`.
        inherited: names of the columns that come from a parent alone (not declared again).
        row_security: PostgreSQL: off, enabled, or forced for the owner too.
        options: by the engine's own keyword: `unlogged`, `tablespace`, storage parameters, `engine`, `charset`, `collation`,
            `row_format`, `strict`, `without_rowid`, `system_versioned`, `locality`, `ttl_…`, `access_method`, `of_type` …
    """

    namespace: str | None = None
    name: str
    columns: tuple[Column, ...] = ()
    primary_key: Key | None = None
    unique_keys: tuple[Key, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    checks: tuple[Check, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    indexes: tuple[Index, ...] = ()
    partitioning: Partitioning | None = None
    partition_of: PartitionOf | None = None
    inherits: tuple[str, ...] = ()
    inherited: tuple[str, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    policies: tuple[Policy, ...] = ()
    row_security: Literal["off", "enabled", "forced"] = "off"
    grants: tuple[Grant, ...] = ()
    owner: str | None = None
    comment: str | None = None
    options: Mapping[str, str] = Field(default_factory=dict)

    @property
    def label(self) -> str:
        """`namespace.name`, or the name alone in the default namespace."""
        return label(self.namespace, self.name)

    @cached_property
    def column_by_name(self) -> Mapping[str, Column]:
        """The columns by name."""
        return {column.name: column for column in self.columns}

    def column(self, name: str) -> Column | None:
        """The column of that name, if there is one."""
        return self.column_by_name.get(name)

    @cached_property
    def candidate_keys(self) -> tuple[frozenset[str], ...]:
        """Minimal sets of columns that identify a row.

        From the primary key, unique keys over NOT NULL columns (or NULLS NOT DISTINCT) and unique indexes without predicate or
        expression. A set that contains another is left out.
        """
        sets: list[frozenset[str]] = []
        if self.primary_key:
            sets.append(frozenset(self.primary_key.columns))
        for columns, lax in self.unique_column_sets:
            if not lax:
                sets.append(columns)
        distinct = list(dict.fromkeys(sets))
        return tuple(one for one in distinct if not any(other < one for other in distinct))

    @cached_property
    def unique_column_sets(self) -> tuple[tuple[frozenset[str], bool], ...]:
        """Each unique set of columns beside the primary key, and whether a NULL in it lets a row repeat."""
        found = [
            (frozenset(key.columns), not key.nulls_not_distinct and self._any_nullable(key.columns))
            for key in self.unique_keys
        ]
        for index in self.indexes:
            whole = index.unique and index.valid and index.where is None and len(index.columns) == len(index.keys)
            if whole and not any(key.length for key in index.keys):
                found.append(
                    (frozenset(index.columns), not index.nulls_not_distinct and self._any_nullable(index.columns))
                )
        return tuple(found)

    def _any_nullable(self, names: tuple[str, ...]) -> bool:
        return any((column := self.column(name)) is None or column.nullable for name in names)

    def is_unique(self, columns: tuple[str, ...] | frozenset[str]) -> bool:
        """Whether at most one row can hold given non-null values of these columns."""
        wanted = frozenset(columns)
        primary = self.primary_key is not None and frozenset(self.primary_key.columns) <= wanted
        return primary or any(unique <= wanted for unique, _ in self.unique_column_sets)

    def index_prefixes(self) -> Iterator[tuple[str, ...]]:
        """The leading columns of every full B-tree-like access path: primary key, unique keys, indexes without predicate."""
        if self.primary_key:
            yield self.primary_key.columns
        for key in self.unique_keys:
            yield key.columns
        for index in self.indexes:
            if index.where is None and index.valid and index.method in {"btree", "clustered"}:
                yield index.columns

    def has_index_on(self, columns: tuple[str, ...]) -> bool:
        """Whether some index begins with these columns in any order (an equality look-up on all of them can use it)."""
        wanted = set(columns)
        return any(
            len(prefix) >= len(columns) and set(prefix[: len(columns)]) == wanted for prefix in self.index_prefixes()
        )
