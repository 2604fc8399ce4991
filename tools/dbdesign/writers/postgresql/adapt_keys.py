"""Keys, checks and indexes of other engines as PostgreSQL's."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.schema import Check, Engine, ForeignKey, Index, IndexKey, Key, Schema, Table
from dbdesign.model.types import TEXTS, WITHOUT_PREFIX, Kind
from dbdesign.writers.postgresql.notes import Notes
from dbdesign.writers.postgresql.spelling import identifier
from dbdesign.writers.translate import Kinds, column_kinds, translate

_METHODS = {
    "btree": "btree",
    "hash": "hash",
    "inverted": "gin",
    "spatial": "gist",
    "gin": "gin",
    "gist": "gist",
    "brin": "brin",
    "hnsw": "hnsw",
}
# Options that mean nothing in PostgreSQL and whose loss nobody notices.
_SILENT = {"tablespace", "key_block_size", "pad_index", "statistics_norecompute", "ignore_dup_key", "allow_row_locks",
           "allow_page_locks", "optimize_for_sequential_key", "filegroup", "parser", "data_compression", "fillfactor",
           "sort_in_tempdb", "online"}  # fmt: skip


class KeyAdapter:
    """Adapts the keys, checks and indexes of one schema's tables."""

    def __init__(self, schema: Schema, notes: Notes) -> None:
        self._schema = schema
        self._engine = schema.engine
        self._notes = notes

    def key(self, table: Table, key: Key) -> Key:
        """A primary or unique key on whole columns."""
        target = f"{table.label} ({key.name or 'key'})"
        if key.clustered is not None and key.clustered != (key is table.primary_key):
            self._notes.add(
                target, "which index the rows are clustered by", "heaps have no order; CLUSTER orders one once"
            )
        for name, value in key.options.items():
            if name not in _SILENT:
                self._notes.add(target, f"the key option {name} {value}".rstrip(), None)
        own_name = None if key.name == "PRIMARY" else key.name
        nulls = key.nulls_not_distinct or (key is not table.primary_key and self._equates_nulls(table, key.columns))
        return Key(
            name=own_name, columns=key.columns, include=key.include, nulls_not_distinct=nulls, comment=key.comment
        )

    def _equates_nulls(self, table: Table, columns: tuple[str, ...]) -> bool:
        """SQL Server takes two NULLs for equal in a unique index."""
        nullable = (column is None or column.nullable for column in map(table.column, columns))
        return self._engine is Engine.SQLSERVER and any(nullable)

    def unique_keys(self, table: Table) -> tuple[Key, ...]:
        """The unique keys that can stay keys."""
        return tuple(self.key(table, key) for key in table.unique_keys if not _has_prefix(key.keys))

    def foreign_keys(self, table: Table) -> Iterator[ForeignKey]:
        """Those whose parent is there and whose referenced columns are unique."""
        for key in table.foreign_keys:
            target = f"{table.label} ({key.name or ', '.join(key.columns)})"
            parent = self._schema.table_by_label.get(key.references)
            if parent is None:
                self._notes.add(target, f"a foreign key to {key.references}, which the schema does not have", None)
            elif not _is_exactly_unique(parent, key.referenced_columns):
                self._notes.add(
                    target, "a foreign key to columns that are not unique", "make them unique, or check by trigger"
                )
            else:
                match = "simple" if key.match == "partial" else key.match
                yield key.model_copy(update={"match": match})

    def checks(self, table: Table) -> Iterator[Check]:
        """The check constraints that can be translated."""
        kinds = column_kinds(table.columns, self._schema)
        for check in table.checks:
            expression = translate(check.expression, self._engine, Engine.POSTGRESQL, predicate=True, kinds=kinds)
            if expression is None:
                self._notes.add(f"{table.label} ({check.name or 'check'})", f"CHECK ({check.expression})", None)
            else:
                yield check.model_copy(update={"expression": expression})

    def indexes(self, table: Table) -> Iterator[Index]:
        """The indexes, and the unique keys on prefixes of columns."""
        prefixed = (
            Index(
                name=key.name,
                keys=key.keys,
                unique=True,
                nulls_not_distinct=key.nulls_not_distinct,
                comment=key.comment,
            )
            for key in table.unique_keys
            if _has_prefix(key.keys)
        )
        kinds = column_kinds(table.columns, self._schema)
        for index in (*prefixed, *table.indexes):
            adapted = self._index(table, index, kinds)
            if adapted is not None:
                yield adapted

    def _index(self, table: Table, index: Index, kinds: Kinds) -> Index | None:
        target = f"{table.label} ({index.name or 'index'})"
        if index.method == "fulltext":
            return self._fulltext(table, index, target)
        method = "gist" if _is_spatial(index, kinds) else _METHODS.get(index.method, "btree")
        if index.method in {"columnstore", "xml", "json"}:
            self._notes.add(target, f"a {index.method} index", None)
            return None
        self._say_options(index, target)
        where = index.where and translate(
            index.where, self._engine, Engine.POSTGRESQL, predicate=True, immutable=True, kinds=kinds
        )
        keys = [self._key(key, kinds) for key in index.keys]
        if (index.where and where is None) or None in keys:
            self._notes.add(target, f"an index on {_described(index)}", None)
            return None
        return Index(
            name=index.name,
            keys=tuple(key for key in keys if key),
            unique=index.unique,
            method="btree" if method == "hash" and (len(keys) > 1 or index.unique) else method,
            include=index.include if method in {"btree", "gist", "spgist"} else (),
            where=where or None,
            nulls_not_distinct=index.nulls_not_distinct or (index.unique and self._equates_nulls(table, index.columns)),
            comment=index.comment,
        )

    def _key(self, key: IndexKey, kinds: Kinds) -> IndexKey | None:
        plain = IndexKey(column=key.column, descending=key.descending, nulls=key.nulls)
        if key.length and key.column:
            kind = dict(kinds).get(key.column)
            if kind in WITHOUT_PREFIX:
                return plain
            call = "left" if kind in TEXTS or kind is None else "substring"
            arguments = (
                f"{identifier(key.column)}, {key.length}"
                if call == "left"
                else f"{identifier(key.column)}, 1, {key.length}"
            )
            return plain.model_copy(update={"column": None, "expression": f"{call}({arguments})"})
        if key.expression is None:
            return plain
        found = translate(key.expression, self._engine, Engine.POSTGRESQL, immutable=True, kinds=kinds)
        return None if found is None else plain.model_copy(update={"expression": found})

    def _fulltext(self, table: Table, index: Index, target: str) -> Index:
        self._notes.add(target, "a FULLTEXT index", "a GIN index on to_tsvector('english', …); MATCH becomes @@")
        texts = []
        for name in index.columns:
            column = table.column(name)
            plain = column is not None and not column.nullable
            texts.append(identifier(name) if plain and len(index.columns) == 1 else f"coalesce({identifier(name)}, '')")
        document = " || ' ' || ".join(texts)
        expression = f"to_tsvector('english', {document})"
        return Index(name=index.name, keys=(IndexKey(expression=expression),), method="gin", comment=index.comment)

    def _say_options(self, index: Index, target: str) -> None:
        if index.clustered:
            self._notes.add(
                target, "a clustered index, by which the rows are stored", "a plain index; CLUSTER orders a table once"
            )
        if not index.visible:
            self._notes.add(target, "an invisible or disabled index", "an index that the planner uses")
        for name, value in index.options.items():
            if name not in _SILENT:
                self._notes.add(target, f"the index option {name} {value}".rstrip(), None)


def _is_spatial(index: Index, kinds: Kinds) -> bool:
    """CockroachDB's inverted index of shapes; PostGIS has GiST for them."""
    shapes = {name for name, kind in kinds if kind in {Kind.GEOMETRY, Kind.GEOGRAPHY}}
    return index.method == "inverted" and bool(shapes & set(index.columns))


def _has_prefix(keys: tuple[IndexKey, ...]) -> bool:
    return any(key.length for key in keys)


def _described(index: Index) -> str:
    keys = ", ".join(key.column or key.expression or "" for key in index.keys)
    return f"{keys} WHERE {index.where}" if index.where else keys


def _is_exactly_unique(parent: Table, columns: tuple[str, ...]) -> bool:
    wanted = frozenset(columns)
    primary = parent.primary_key is not None and frozenset(parent.primary_key.columns) == wanted
    return primary or any(unique == wanted for unique, _ in parent.unique_column_sets)
