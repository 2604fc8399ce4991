"""Indexes of other engines as SQL Server's: filtered, covering, and over computed columns in place of expressions."""

from __future__ import annotations

from dbdesign.dialects.sqlserver import MAX_KEY_COLUMNS
from dbdesign.model.schema import Column, Engine, Generated, Index, IndexKey, Table
from dbdesign.model.types import DataType, Kind
from dbdesign.writers.mysql.context import Context
from dbdesign.writers.sqlserver.clauses import identifier
from dbdesign.writers.sqlserver.filters import is_filter
from dbdesign.writers.sqlserver.naming import fitting
from dbdesign.writers.sqlserver.types import key_bytes
from dbdesign.writers.translate import Kinds, translate

OTHER_METHODS = {
    "fulltext": "CREATE FULLTEXT INDEX … KEY INDEX, once there is a full-text catalog",
    "gin": "CREATE FULLTEXT INDEX for texts; computed columns over JSON_VALUE for JSON",
    "inverted": "CREATE FULLTEXT INDEX for texts; computed columns over JSON_VALUE for JSON",
    "spatial": "CREATE SPATIAL INDEX with the bounding box of the data",
    "gist": "CREATE SPATIAL INDEX for places; two columns for ranges",
    "spgist": "CREATE SPATIAL INDEX for places",
    "brin": "a clustered columnstore index, or partitions",
    "hnsw": "SQL Server 2025 has CREATE VECTOR INDEX",
    "ivfflat": "SQL Server 2025 has CREATE VECTOR INDEX",
}
NULLS_DIFFER = frozenset({Engine.POSTGRESQL, Engine.COCKROACHDB, Engine.MYSQL, Engine.TIDB, Engine.SQLITE})


class IndexAdaptation:
    """Collects a table's indexes, and the computed columns that they need.

    Attributes:
        indexes, columns: what has been collected.
    """

    def __init__(self, source: Table, adapted: Table, kinds: Kinds, engine: Engine, context: Context) -> None:
        self.source = source
        self.adapted = adapted
        self.kinds = kinds
        self.engine = engine
        self.context = context
        self.indexes: list[Index] = []
        self.columns: list[Column] = []
        self.taken: set[str] = set()

    def add_unique(self, name: str, columns: tuple[str, ...], nullable: list[str], comment: str | None) -> None:
        """A unique index of the rows that have no NULL in the columns."""
        keys = tuple(IndexKey(column=one) for one in columns)
        self.indexes.append(
            Index(name=self._name(name), keys=keys, unique=True, where=_not_null(nullable), comment=comment)
        )

    def add_all(self, indexes: tuple[Index, ...]) -> None:
        """Adapt and collect."""
        for index in indexes:
            adapted = self._index(index)
            if adapted is not None:
                self.indexes.append(adapted)

    def _name(self, wanted: str) -> str:
        """Unique within the table."""
        candidate, number = fitting(wanted), 1
        while candidate.lower() in self.taken:
            number += 1
            candidate = fitting(f"{wanted}_{number}")
        self.taken.add(candidate.lower())
        return candidate

    def _index(self, index: Index) -> Index | None:
        name = index.name or f"IX_{self.source.name}_{'_'.join(index.columns or ('expression',))}"
        where = f"{self.source.label} ({name})"
        if index.method not in {"btree", "hash", "clustered"}:
            self.context.note(where, f"an index of the kind {index.method}", OTHER_METHODS.get(index.method, "none"))
            return None
        usable, predicate = self._predicate(index, where)
        keys = self._keys(index, name, where) if usable else None
        if keys is None:
            return None
        include = tuple(one for one in index.include if one not in {key.column for key in keys})
        self._note_keys(index, where)
        return Index(
            name=self._name(name),
            keys=tuple(keys),
            unique=index.unique,
            include=include,
            where=predicate,
            comment=index.comment,
            visible=True,
        )

    def _predicate(self, index: Index, where: str) -> tuple[bool, str | None]:
        """Whether the index can be made, and its filter."""
        predicate = None
        if index.where:
            predicate = translate(
                index.where, self.engine, Engine.SQLSERVER, predicate=True, immutable=True, kinds=self.kinds
            )
            if predicate is None or not is_filter(predicate):
                if index.unique:
                    self.context.note(where, f"uniqueness where {index.where}", "none; check it in a trigger")
                    return False, None
                self.context.note(
                    where, f"an index where {index.where}, which no filtered index can say", "an index of all rows"
                )
                predicate = None
        if index.unique and not index.nulls_not_distinct and self.engine in NULLS_DIFFER:
            predicate = self._without_nulls(index, predicate, where)
        return True, predicate

    def _without_nulls(self, index: Index, predicate: str | None, where: str) -> str | None:
        said = predicate or ""
        nullable = [
            key.column
            for key in index.keys
            if key.column and (column := self.source.column(key.column)) is not None and column.nullable
            and f"{identifier(key.column)} IS NOT NULL" not in said
        ]  # fmt: skip
        if not nullable:
            return predicate
        self.context.note(
            where,
            "a unique index that takes many NULLs, where SQL Server's takes one",
            "a unique index of the rows without NULL",
        )
        return " AND ".join(part for part in (predicate, _not_null(nullable)) if part)

    def _keys(self, index: Index, name: str, where: str) -> list[IndexKey] | None:
        found: list[IndexKey] = []
        for number, key in enumerate(index.keys, start=1):
            adapted = (
                self._column_key(key, where) if key.column else self._expression_key(key, index, name, number, where)
            )
            if adapted is None:
                return None
            found.append(adapted)
        if len(found) > MAX_KEY_COLUMNS:
            self.context.note(
                where, f"{len(found)} key columns; SQL Server takes {MAX_KEY_COLUMNS}", "the first of them"
            )
        distinct = {key.column: key for key in reversed(found[:MAX_KEY_COLUMNS])}
        return [key for key in found[:MAX_KEY_COLUMNS] if distinct.get(key.column) is key]

    def _column_key(self, key: IndexKey, where: str) -> IndexKey | None:
        column = self.adapted.column(key.column or "")
        if column is not None and column.generated is None and key_bytes(column.type.native) is None:
            self.context.note(
                where, f"an index on {key.column}, a {column.type.native}, which no index key may have", "none"
            )
            return None
        return IndexKey(column=key.column, descending=key.descending)

    def _expression_key(self, key: IndexKey, index: Index, name: str, number: int, where: str) -> IndexKey | None:
        expression = key.expression or ""
        text = translate(expression, self.engine, Engine.SQLSERVER, predicate=False, immutable=True, kinds=self.kinds)
        if text is None:
            self.context.note(
                where, f"an index on {expression}, which T-SQL does not know", "none; compute a column and index it"
            )
            return None
        if (
            index.unique
            and self.engine in NULLS_DIFFER
            and any(column.nullable and column.name in text for column in self.source.columns)
        ):
            self.context.note(
                where, f"uniqueness of {expression}, which may be NULL many times", "uniqueness that takes one NULL"
            )
        column = fitting(f"{name}_key{number if len(index.keys) > 1 else ''}")
        self.columns.append(
            Column(
                name=column,
                type=DataType(kind=Kind.OTHER, native=""),
                generated=Generated(expression=text, stored=False),
            )
        )
        self.context.note(where, f"an index on the expression {expression}", "an index on a computed column")
        return IndexKey(column=column, descending=key.descending)

    def _note_keys(self, index: Index, where: str) -> None:
        if any(key.length for key in index.keys):
            self.context.note(where, "indexes a prefix of a column", "the whole column")
        if any(key.nulls for key in index.keys):
            self.context.note(where, "the place of NULLs in the index", "NULLs first, ascending")
        if not index.visible:
            self.context.note(where, "an index that the planner does not see", "one that it sees")


def _not_null(columns: list[str]) -> str:
    return " AND ".join(f"{identifier(one)} IS NOT NULL" for one in columns)
