"""CREATE TABLE with what is said beside it, and what must wait until other tables are there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from dbdesign.dialects.postgresql import chosen_name
from dbdesign.model.schema import Column, ForeignKey, Key, Schema, Table, label
from dbdesign.writers.postgresql.clauses import (
    STORAGE_KEYWORDS,
    WIDE,
    check_clause,
    exclusion_clause,
    foreign_key_clause,
    index_statement,
    is_plain_key,
    is_short_serial,
    key_clause,
    named,
    not_null_clause,
    reference_clause,
    sequence_name,
    serial_default,
    type_clause,
    usual_foreign_key_name,
    usual_key_name,
    value_clause,
)
from dbdesign.writers.postgresql.spelling import (
    INDENT,
    default,
    identifier,
    index_key,
    qualified,
    sequence_clauses,
    statement,
    storage,
)

_NOT_STORAGE = {
    "unlogged", "tablespace", "access_method", "of_type", "replica_identity", "replica_identity_index", "cluster_on", "force_row_security",
}  # fmt: skip


@dataclass
class Written:
    """What one table needs: statements before it, for it, and later ones, once every table is there."""

    before: list[str] = field(default_factory=list)
    now: list[str] = field(default_factory=list)
    later: list[str] = field(default_factory=list)


class TableWriter:
    """Writes the tables of one schema, in the order in which it is asked for them."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._done: set[str] = set()
        self._late_trees = set(_trees_with_own_indexes(schema))

    def write(self, table: Table) -> Written:
        """The statements for one table."""
        written = Written()
        self._done.add(table.label)
        written.before += self._sequences(table)
        written.now.append(self._create(table))
        written.now += self._owned_sequences(table)
        written.now += self._attach(table)
        written.now += self._inherited_differences(table)
        written.now += _column_settings(table)
        (written.later if self._root(table) in self._late_trees else written.now).extend(_indexes(table))
        written.later += self._waiting(table)
        written.later += _index_choices(table)
        return written

    def attached_indexes(self, tables: Iterable[Table]) -> Iterator[str]:
        """Attaches partitions' indexes to indexes that were made ON ONLY their table."""
        only = {
            label(table.namespace, index.name or ""): qualified(table.namespace, index.name or "")
            for table in self._schema.tables
            for index in table.indexes
            if index.only
        }
        for table in tables:
            for index in table.indexes:
                if index.partition_of in only and index.name:
                    own = qualified(table.namespace, index.name)
                    yield f"ALTER INDEX {only[index.partition_of]} ATTACH PARTITION {own}"

    def _root(self, table: Table) -> str:
        seen = 0
        while (
            table.partition_of and (parent := self._schema.table_by_label.get(table.partition_of.label)) and seen < 64
        ):
            table, seen = parent, seen + 1
        return table.label

    def _create(self, table: Table) -> str:
        head = "CREATE UNLOGGED TABLE" if "unlogged" in table.options else "CREATE TABLE"
        name = qualified(table.namespace, table.name)
        parent = self._parent(table)
        if parent is not None and self._is_plain_partition(table, parent):
            entries = [*_own_defaults(table, parent), *self._constraints(table)]
            body = _body(entries) if entries else ""
            bound = table.partition_of.bound if table.partition_of else ""
            head = statement(head, name, "PARTITION OF", qualified(parent.namespace, parent.name)) + body
            apart = f"\n{INDENT}" if body or len(head) + len(bound) > WIDE else " "
            return statement(f"{head}{apart}{bound}", _tail(table))
        if "of_type" in table.options:
            entries = [*self._typed_columns(table), *self._constraints(table)]
            return statement(
                head, name, "OF", table.options["of_type"] + (_body(entries) if entries else ""), _tail(table)
            )
        entries = [*self._columns(table), *self._constraints(table), *self._ancestors_checks(table)]
        parents = filter(None, map(self._schema.table_by_label.get, table.inherits))
        inherits = ", ".join(qualified(one.namespace, one.name) for one in parents)
        return (
            statement(head, name)
            + _body(entries)
            + (f" INHERITS ({inherits})" if inherits else "")
            + _prefixed(_tail(table))
        )

    def _parent(self, table: Table) -> Table | None:
        return self._schema.table_by_label.get(table.partition_of.label) if table.partition_of else None

    def _is_plain_partition(self, table: Table, parent: Table) -> bool:
        """Whether PARTITION OF says all of its columns and keys, so that it need not be made alone and attached."""
        theirs = {key.columns for key in parent.unique_keys}
        keys = (table.primary_key and parent.primary_key) or any(key.columns in theirs for key in table.unique_keys)
        same = [_comparable(column) for column in table.columns] == [_comparable(column) for column in parent.columns]
        return same and not keys and not (table.exclusions and parent.exclusions)

    def _columns(self, table: Table) -> Iterator[str]:
        attached = table.partition_of is not None
        for column in table.columns:
            if attached or column.name not in table.inherited:
                yield self._column(table, column, attached=attached)

    def _column(self, table: Table, column: Column, *, attached: bool = False) -> str:
        if attached:
            column = self._as_attached(table, column)
        key = table.primary_key if table.primary_key and _stands_inline(table, table.primary_key, column.name) else None
        inline_keys = [one for one in table.unique_keys if _stands_inline(table, one, column.name)]
        return statement(
            identifier(column.name),
            type_clause(column),
            value_clause(table, column),
            not_null_clause(column, implied=key is not None),
            key_clause(table, key, inline=True) if key else "",
            *(key_clause(table, one, inline=True) for one in inline_keys),
            *(reference_clause(one) for one in table.foreign_keys if self._is_inline(table, one, column.name)),
        )

    def _as_attached(self, table: Table, column: Column) -> Column:
        """A column that becomes a partition's: the identity is its parent's, and so is the name of its NOT NULL."""
        identity = column.identity if column.identity and column.identity.mode == "serial" else None
        name = column.not_null_name
        parent = self._parent(table)
        theirs = parent.column(column.name) if parent else None
        if parent and theirs and name is None and not column.nullable and not theirs.nullable:
            name = self._not_null_name(parent, theirs)
        return column.model_copy(update={"identity": identity, "not_null_name": name})

    def _not_null_name(self, table: Table, column: Column) -> str:
        if column.not_null_name:
            return column.not_null_name
        parent = self._parent(table)
        theirs = parent.column(column.name) if parent else None
        if parent and theirs and not theirs.nullable:
            return self._not_null_name(parent, theirs)
        return chosen_name(table.name, column.name, "not_null")

    def _typed_columns(self, table: Table) -> Iterator[str]:
        """Columns of a table OF a type: only what differs from the type."""
        for column in table.columns:
            text = self._column(table, column.model_copy(update={"collation": None}))
            rest = text.removeprefix(f"{identifier(column.name)} {column.type.native}").strip()
            if rest:
                yield f"{identifier(column.name)} WITH OPTIONS {rest}"

    def _is_inline(self, table: Table, key: ForeignKey, column: str) -> bool:
        """Beside its column: a key of one column, with the name that the server gives."""
        if key.columns != (column,) or key.set_columns:
            return False
        return key.name in (None, usual_foreign_key_name(table, key)) and self._can_now(table, key)

    def _can_now(self, table: Table, key: ForeignKey) -> bool:
        """Whether a foreign key can stand in CREATE TABLE: its parent is there, with the key that it refers to."""
        parent = self._schema.table_by_label.get(key.references)
        if parent is None or key.references not in self._done or not key.valid:
            return False
        if table.partition_of and self._root(table) == self._root(parent):
            return False
        keys = (one for one in keys_of(parent) if not _is_repeated(parent, one))
        return any(set(one.columns) == set(key.referenced_columns) for one in keys)

    def _constraints(self, table: Table) -> Iterator[str]:
        lines = self._written_columns(table)
        for key in keys_of(table):
            if not _is_repeated(table, key) and not any(_stands_inline(table, key, column) for column in lines):
                yield key_clause(table, key)
        for reference in table.foreign_keys:
            inline = any(self._is_inline(table, reference, column) for column in lines)
            if not inline and self._can_now(table, reference):
                yield foreign_key_clause(table, reference)
        yield from (check_clause(check) for check in table.checks if check.valid)
        yield from (exclusion_clause(exclusion) for exclusion in table.exclusions)

    def _written_columns(self, table: Table) -> set[str]:
        """The columns that have a line of their own."""
        parent = self._parent(table)
        if parent is not None:
            return set() if self._is_plain_partition(table, parent) else set(table.column_by_name)
        return set(table.column_by_name) - set(table.inherited)

    def _ancestors_checks(self, table: Table) -> Iterator[str]:
        """What a table must already say before it can be attached as a partition."""
        own = {check.name for check in table.checks}
        parent = self._parent(table)
        while parent is not None:
            for check in parent.checks:
                if not check.no_inherit and check.name not in own:
                    own.add(check.name)
                    yield check_clause(check)
            parent = self._parent(parent)

    def _sequences(self, table: Table) -> Iterator[str]:
        for column in _long_serials(table):
            assert column.identity is not None  # noqa: S101 - by _long_serials
            clauses = sequence_clauses(column.identity.options)
            if column.identity.options.data_type is None and column.type.native != "bigint":
                clauses.insert(0, f"AS {column.type.native}")
            elif column.identity.options.data_type == "bigint":
                clauses = clauses[1:]
            name = qualified(table.namespace, sequence_name(table, column, column.identity))
            yield statement(_unlogged(table, "SEQUENCE"), name, *clauses)

    def _owned_sequences(self, table: Table) -> Iterator[str]:
        for column in _long_serials(table):
            assert column.identity is not None  # noqa: S101 - by _long_serials
            name = qualified(table.namespace, sequence_name(table, column, column.identity))
            yield f"ALTER SEQUENCE {name} OWNED BY {qualified(table.namespace, table.name)}.{identifier(column.name)}"

    def _attach(self, table: Table) -> Iterator[str]:
        parent = self._parent(table)
        if parent is None or table.partition_of is None or self._is_plain_partition(table, parent):
            return
        own = qualified(table.namespace, table.name)
        yield f"ALTER TABLE ONLY {qualified(parent.namespace, parent.name)} ATTACH PARTITION {own}\n{INDENT}{table.partition_of.bound}"

    def _inherited_differences(self, table: Table) -> Iterator[str]:
        """What an inherited column has otherwise than its parent."""
        for column in table.columns:
            if column.name not in table.inherited or table.partition_of:
                continue
            parent = next(
                (
                    one
                    for one in map(self._schema.table_by_label.get, table.inherits)
                    if one and one.column(column.name)
                ),
                None,
            )
            if parent is None:
                continue
            theirs = parent.column_by_name[column.name]
            alter = f"ALTER TABLE ONLY {qualified(table.namespace, table.name)}"
            before = _effective_default(parent, theirs)
            after = _effective_default(table, column)
            if before != after and not column.generated:
                change = f"SET DEFAULT {default(after)}" if after is not None else "DROP DEFAULT"
                yield f"{alter} ALTER COLUMN {identifier(column.name)} {change}"
            if not column.nullable and theirs.nullable and column.not_null_valid and not _in_primary_key(table, column):
                yield f"{alter} ALTER COLUMN {identifier(column.name)} SET NOT NULL"

    def _waiting(self, table: Table) -> Iterator[str]:
        """Constraints that can only be added once the rows, or the other tables, are there."""
        name = qualified(table.namespace, table.name)
        for column in table.columns:
            if not column.nullable and not column.not_null_valid and column.name not in table.inherited:
                clause = named(column.not_null_name, f"NOT NULL {identifier(column.name)} NOT VALID")
                yield f"ALTER TABLE {name}\n{INDENT}ADD {clause}"
        for one in keys_of(table):
            if _is_repeated(table, one):
                yield f"ALTER TABLE {name}\n{INDENT}ADD {key_clause(table, one)}"
        for check in table.checks:
            if not check.valid:
                yield f"ALTER TABLE {name}\n{INDENT}ADD {check_clause(check)} NOT VALID"
        for key in table.foreign_keys:
            if not self._can_now(table, key):
                clause = foreign_key_clause(table, key, explicit=True)
                yield f"ALTER TABLE {name}\n{INDENT}ADD {clause}{'' if key.valid else ' NOT VALID'}"


def _trees_with_own_indexes(schema: Schema) -> Iterator[str]:
    """Partitioned tables whose partitions have indexes of their own name: these must exist before their parent's."""
    for table in schema.tables:
        if table.partition_of and any(index.partition_of for index in table.indexes):
            seen: set[str] = set()
            while table.partition_of and table.label not in seen:
                seen.add(table.label)
                table = schema.table_by_label.get(table.partition_of.label, table)
            yield table.label


def _stands_inline(table: Table, key: Key, column: str) -> bool:
    """Beside its column: a key of one column, with the name that the server gives."""
    if key.columns != (column,) or not is_plain_key(key) or _is_repeated(table, key):
        return False
    return key.name in (None, usual_key_name(table, key))


def keys_of(table: Table) -> list[Key]:
    """The primary key, if there is one, and the unique keys."""
    return ([table.primary_key] if table.primary_key else []) + list(table.unique_keys)


def _is_repeated(table: Table, key: Key) -> bool:
    """Whether an earlier key has the same columns: in one CREATE TABLE the server makes one of the two (transformIndexConstraints)."""
    first = next(one for one in keys_of(table) if one.columns == key.columns)
    return first is not key


def _comparable(column: Column) -> Column:
    """What a partition's column must share with its parent's to be made by PARTITION OF."""
    beside: dict[str, object] = {
        "comment": None,
        "options": {},
        "identity": None,
        "not_null_comment": None,
        "default": None,
    }
    return column.model_copy(update=beside)


def _own_defaults(table: Table, parent: Table) -> Iterator[str]:
    """Defaults that a partition has otherwise than its parent; NULL for none."""
    for column, theirs in zip(table.columns, parent.columns, strict=True):
        before, after = _effective_default(parent, theirs), _effective_default(table, column)
        if before != after and not column.generated:
            yield f"{identifier(column.name)} DEFAULT {default(after) if after is not None else 'NULL'}"


def _effective_default(table: Table, column: Column) -> str | None:
    if column.identity and column.identity.mode == "serial":
        return serial_default(table, column, column.identity)
    return column.default


def _in_primary_key(table: Table, column: Column) -> bool:
    return table.primary_key is not None and column.name in table.primary_key.columns


def _long_serials(table: Table) -> Iterator[Column]:
    for column in table.columns:
        if column.identity and column.identity.mode == "serial" and not is_short_serial(column):
            yield column


def _unlogged(table: Table, kind: str) -> str:
    return f"CREATE UNLOGGED {kind}" if "unlogged" in table.options else f"CREATE {kind}"


def _body(entries: Iterable[str]) -> str:
    lines = ",\n".join(f"{INDENT}{entry}" for entry in entries)
    return f" (\n{lines}\n)" if lines else " ()"


def _prefixed(tail: str) -> str:
    return f" {tail}" if tail else ""


def _tail(table: Table) -> str:
    """What follows the columns: how it is split and stored."""
    partition = ""
    if table.partitioning:
        keys = ", ".join(index_key(key) for key in table.partitioning.keys)
        partition = f"PARTITION BY {table.partitioning.strategy.upper()} ({keys})"
    parameters = {name: value for name, value in table.options.items() if name not in _NOT_STORAGE}
    return statement(
        partition,
        f"USING {identifier(table.options['access_method'])}" if "access_method" in table.options else "",
        storage(parameters).strip(),
        f"TABLESPACE {identifier(table.options['tablespace'])}" if "tablespace" in table.options else "",
    )


def _indexes(table: Table) -> Iterator[str]:
    name = qualified(table.namespace, table.name)
    for index in table.indexes:
        yield index_statement(name, index)
        if index.name:
            for entry in filter(None, index.options.get("statistics", "").split(",")):
                number, _, target = entry.partition(":")
                yield f"ALTER INDEX {qualified(table.namespace, index.name)} ALTER COLUMN {number} SET STATISTICS {target}"


def _column_settings(table: Table) -> Iterator[str]:
    """Storage, compression and statistics targets."""
    alter = f"ALTER TABLE ONLY {qualified(table.namespace, table.name)} ALTER COLUMN"
    for column in table.columns:
        for keyword in sorted(STORAGE_KEYWORDS & set(column.options)):
            value = column.options[keyword]
            yield f"{alter} {identifier(column.name)} SET {keyword.upper()} {value.upper() if keyword == 'storage' else value}"
        rest = {name: value for name, value in column.options.items() if name in {"n_distinct", "n_distinct_inherited"}}
        if rest:
            yield f"{alter} {identifier(column.name)} SET{storage(rest).removeprefix(' WITH')}"


def _index_choices(table: Table) -> Iterator[str]:
    alter = f"ALTER TABLE ONLY {qualified(table.namespace, table.name)}"
    if "replica_identity" in table.options:
        yield f"{alter} REPLICA IDENTITY {table.options['replica_identity'].upper()}"
    if "replica_identity_index" in table.options:
        yield f"{alter} REPLICA IDENTITY USING INDEX {identifier(table.options['replica_identity_index'])}"
    if "cluster_on" in table.options:
        yield f"ALTER TABLE {qualified(table.namespace, table.name)} CLUSTER ON {identifier(table.options['cluster_on'])}"
