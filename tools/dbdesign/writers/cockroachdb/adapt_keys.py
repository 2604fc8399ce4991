"""PostgreSQL's constraints and indexes as CockroachDB's."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbdesign.dialects.cockroachdb import DIALECT
from dbdesign.model.schema import Check, Column, ForeignKey, Index, IndexKey, Key, Table
from dbdesign.model.types import Kind
from dbdesign.writers.cockroachdb.spelling import Expressions
from dbdesign.writers.postgresql.notes import Notes

NUMBERED = {"always", "by_default"}
_INVERTED_TYPES = {Kind.JSONB, Kind.JSON, Kind.ARRAY, Kind.TSVECTOR, Kind.GEOMETRY, Kind.GEOGRAPHY, Kind.HSTORE}
_STRANGE = {Kind.RANGE, Kind.MULTIRANGE, Kind.XML, Kind.HSTORE, Kind.MACADDR}
_TRIGRAMS = {"gin_trgm_ops", "gist_trgm_ops"}
_VECTOR_METHODS = {"hnsw", "ivfflat", "vector"}
_VECTOR_OPERATORS = {"vector_l2_ops", "vector_cosine_ops", "vector_ip_ops"}
# Operator classes that only make comparisons byte by byte, which is how CockroachDB compares anyway.
_BYTEWISE = {"text_pattern_ops", "varchar_pattern_ops", "bpchar_pattern_ops"}
_WORDS = re.compile(r"""'(?:[^']|'')*'|"((?:[^"]|"")*)"|([A-Za-z_][\w$]*)""")
SHARDED = {"hash_sharded": "true"}


class KeyAdapter:
    """Adapts the constraints and indexes of one schema for one version."""

    def __init__(self, version: str, notes: Notes, expressions: Expressions) -> None:
        self._version = version
        self._expression = expressions
        self._notes = notes

    def primary_key(self, table: Table) -> Key | None:
        """The primary key, sharded where it counts up."""
        key = table.primary_key
        if key is None:
            self._notes.add(
                table.label, "a table without a primary key", "CockroachDB adds a hidden column rowid as its key"
            )
            return None
        plain = self._key(table, key)
        first = table.column(key.columns[0])
        if len(key.columns) == 1 and first is not None and _counts_up(first) and not plain.options:
            self._notes.add(
                table.label,
                "a primary key that counts up sends every insert to one range",
                "USING HASH spreads them over buckets and makes range scans by key dearer; a key by gen_random_uuid() needs none",
            )
            return plain.model_copy(update={"options": SHARDED})
        return plain

    def _key(self, table: Table, key: Key) -> Key:
        target = f"{table.label} ({key.name or 'key'})"
        if key.deferrable:
            self._notes.add(target, "DEFERRABLE", "checked at once, at each statement")
        if key.nulls_not_distinct:
            self._notes.add(
                target,
                "NULLS NOT DISTINCT: rows with NULL may repeat",
                "a partial unique index WHERE … IS NULL beside it",
            )
        if key.without_overlaps:
            self._notes.add(target, "WITHOUT OVERLAPS", "a plain key: overlapping periods are not refused")
        if key.include and key is table.primary_key:
            self._notes.add(
                target, "INCLUDE of a primary key", "nothing is needed: the primary index holds every column"
            )
        return Key(
            name=key.name,
            columns=key.columns,
            include=() if key is table.primary_key else key.include,
            keys=tuple(IndexKey(column=one.column, descending=one.descending) for one in key.keys),
            comment=key.comment,
        )

    def unique_keys(self, table: Table) -> tuple[Key, ...]:
        """The unique constraints."""
        return tuple(self._key(table, key) for key in table.unique_keys)

    def foreign_keys(self, table: Table, written: set[str]) -> Iterator[ForeignKey]:
        """The foreign keys to tables that are written."""
        for key in table.foreign_keys:
            target = f"{table.label} ({key.name or 'foreign key'})"
            if key.references not in written:
                self._notes.add(target, f"a foreign key to {key.references}, which is not written", None)
                continue
            if not key.enforced:
                self._notes.add(target, "a foreign key that is NOT ENFORCED", None)
                continue
            if key.deferrable:
                self._notes.add(target, "DEFERRABLE", "checked at once, at each statement")
            if key.set_columns:
                self._notes.add(
                    target, f"ON DELETE {key.on_delete.upper()} of some columns", "of all columns of the key"
                )
            if key.period:
                self._notes.add(target, "PERIOD of a foreign key", None)
                continue
            yield key.model_copy(
                update={"deferrable": False, "initially_deferred": False, "set_columns": (), "period": False}
            )

    def checks(self, table: Table) -> Iterator[Check]:
        """The check constraints."""
        strange = strange_columns(table)
        for check in table.checks:
            target = f"{table.label} ({check.name or 'check'})"
            if words(check.expression) & strange:
                self._notes.add(target, f"CHECK ({check.expression}), on a type that is another here", None)
            elif not check.enforced:
                self._notes.add(target, "a check that is NOT ENFORCED", None)
            else:
                yield check.model_copy(update={"expression": self._expression(check.expression), "no_inherit": False})
        for exclusion in table.exclusions:
            listed = ", ".join(f"{key.column or key.expression} WITH {key.operator}" for key in exclusion.keys)
            self._notes.add(
                f"{table.label} ({exclusion.name or 'exclusion'})",
                f"an exclusion constraint ({listed})",
                "a SERIALIZABLE transaction that looks before it writes",
            )

    def indexes(self, table: Table) -> Iterator[Index]:
        """The indexes; one with several inverted columns becomes several."""
        for index in table.indexes:
            yield from self._index(table, index)

    def _index(self, table: Table, index: Index) -> Iterator[Index]:
        target = f"{table.label} ({index.name or 'index'})"
        computed = {column.name for column in table.columns if column.generated is not None}
        strange = strange_columns(table)
        if any(words(text) & strange for text in (*(key.expression or "" for key in index.keys), index.where or "")):
            self._notes.add(target, "an index on an expression over a type that is another here", None)
            return
        if any(key.expression and words(key.expression) & computed for key in index.keys):
            self._notes.add(
                target, "an index on an expression over a computed column", "index the computed column itself"
            )
            return
        if index.nulls_not_distinct:
            self._notes.add(
                target,
                "NULLS NOT DISTINCT: rows with NULL may repeat",
                "a partial unique index WHERE … IS NULL beside it",
            )
        if index.method in _VECTOR_METHODS:
            yield from self._vector(index, target)
        elif index.method in {"gin", "gist", "spgist", "inverted"} and self._is_inverted(table, index):
            yield from self._inverted(index, target)
        elif index.method in {"btree", "hash", "brin", "spgist"}:
            if index.method != "btree":
                larger = ", which is much larger" if index.method == "brin" else ""
                self._notes.add(target, f"the index method {index.method}", f"a plain ordered index{larger}")
            yield self._plain(index, target)
        else:
            self._notes.add(target, f"the index method {index.method} on these columns", None)

    def _is_inverted(self, table: Table, index: Index) -> bool:
        return all(
            (key.opclass or "").partition("(")[0] in _TRIGRAMS
            or key.expression is not None
            or ((column := table.column(key.column or "")) is not None and column.type.kind in _INVERTED_TYPES)
            for key in index.keys
        )

    def _plain(self, index: Index, target: str) -> Index:
        return Index(
            name=index.name,
            keys=tuple(self._element(key, target) for key in index.keys),
            unique=index.unique,
            include=index.include,
            where=self._expression(index.where) if index.where else None,
            visible=index.visible,
            comment=index.comment,
        )

    def _element(self, key: IndexKey, target: str) -> IndexKey:
        if key.opclass and key.opclass not in _BYTEWISE:
            self._notes.add(target, f"the operator class {key.opclass}", "the type's own order")
        if key.nulls:
            self._notes.add(
                target, f"NULLS {key.nulls.upper()} in an index", "NULLs come first, and last where descending"
            )
        if key.collation and key.collation.strip('"') not in {"C", "POSIX", "ucs_basic", "pg_c_utf8"}:
            self._notes.add(target, f"the collation {key.collation} of an index", "byte order")
        return IndexKey(
            column=key.column,
            expression=self._expression(key.expression) if key.expression else None,
            descending=key.descending,
        )

    def _inverted(self, index: Index, target: str) -> Iterator[Index]:
        if index.include:
            self._notes.add(target, "columns stored in an inverted index", "without them")
        if len(index.keys) > 1:
            self._notes.add(target, "one inverted index on several columns", "one for each column")
        for key in index.keys:
            trigrams = "gin_trgm_ops" if key.opclass and key.opclass.partition("(")[0] in _TRIGRAMS else None
            if key.opclass and trigrams is None:
                self._notes.add(target, f"the operator class {key.opclass}", "the inverted index's own")
            suffix = f"_{key.column or 'expr'}" if len(index.keys) > 1 else ""
            yield Index(
                name=f"{index.name}{suffix}" if index.name else None,
                keys=(
                    IndexKey(
                        column=key.column,
                        expression=self._expression(key.expression) if key.expression else None,
                        opclass=trigrams,
                    ),
                ),
                method="inverted",
                where=self._expression(index.where) if index.where else None,
                visible=index.visible,
                comment=index.comment,
            )

    def _vector(self, index: Index, target: str) -> Iterator[Index]:
        operators = {key.opclass for key in index.keys if key.opclass}
        if not DIALECT.has("vector_index", self._version):
            self._notes.add(target, "a vector index, which is there from 25.2 on", None)
        elif operators - _VECTOR_OPERATORS:
            self._notes.add(target, f"a vector index by {', '.join(sorted(operators))}", None)
        else:
            if index.method != "vector":
                self._notes.add(
                    target, f"the index method {index.method}", "VECTOR INDEX, which has parameters of its own"
                )
            keys = tuple(
                IndexKey(column=key.column, opclass=None if key.opclass == "vector_l2_ops" else key.opclass)
                for key in index.keys
            )
            yield Index(name=index.name, keys=keys, method="vector", visible=index.visible, comment=index.comment)


def _counts_up(column: Column) -> bool:
    """Whether a column's values come from a sequence."""
    if column.identity is not None:
        return column.identity.mode in NUMBERED
    return column.default is not None and column.default.startswith("nextval(")


def strange_columns(table: Table) -> set[str]:
    """The columns whose type CockroachDB has not: what is computed from them would mean something else."""
    return {column.name for column in table.columns if column.type.kind in _STRANGE}


def words(text: str) -> set[str]:
    """The names in an expression."""
    return {match[1] or match[2] for match in _WORDS.finditer(text) if match[1] or match[2]}
