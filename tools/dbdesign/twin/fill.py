"""Fills the catalogs and stretches the files of a scratch database, so that its planner takes it for the production."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from dbdesign.dialects.expressions import without_outer_parentheses
from dbdesign.errors import LimitError
from dbdesign.model.schema import label
from dbdesign.model.statistics import BLOCK, ColumnStatistics, GinStatistics, RelationStatistics, Statistics
from dbdesign.twin import pages as page_images
from dbdesign.twin.array_literal import split_array
from dbdesign.twin.combinations import Joins, referred
from dbdesign.twin.composing import verbatim
from dbdesign.twin.distribution import TARGET
from dbdesign.twin.endpoints import ends, entry
from dbdesign.twin.extended import combinations, read_objects, restore_extended
from dbdesign.twin.index_sizes import IndexSizes, Meeting, TableFacts
from dbdesign.twin.restore import restore_columns
from dbdesign.twin.sizes import MAX_BLOCKS, heap_pages

if TYPE_CHECKING:
    from dbdesign.engines.postgres.scratch import ScratchDatabase
    from dbdesign.twin.extended import StatisticsObject
    from dbdesign.twin.relations import Relation

NEVER_ANALYSED = -1.0
"""`reltuples` of a table that was never analysed."""

HYPOTHETICAL = "dbdesign_what_if_"
"""How the names of indexes begin that exist on the twin alone."""

_FOREIGN_KEYS = b"""
select k.conrelid::bigint, k.confrelid::bigint,
    array(select a.attname::text from pg_catalog.pg_attribute a where a.attrelid = k.conrelid and a.attnum = any(k.conkey))
from pg_catalog.pg_constraint k where k.contype = 'f' order by k.oid
"""


@dataclass(frozen=True)
class _ForeignKey:
    """A declared reference from one table's columns to another table, by oids."""

    table: int
    referenced: int
    columns: tuple[str, ...]


@dataclass(frozen=True)
class _Size:
    """What a relation is to look like; `height` of B-trees."""

    pages: int
    tuples: float
    all_visible: int
    height: int | None = None


class Filler:
    """Knows the sizes and distributions of a scratch database's tables, and makes its relations look so."""

    def __init__(
        self, database: ScratchDatabase, relations: Mapping[int, Relation], problems: list[str], schema: str
    ) -> None:
        self._database = database
        self._schema = schema  # made by our superuser, with pg_buffercache in it
        self._relations = relations
        self._problems = problems
        self._known: dict[str, RelationStatistics] = {}
        self._sizes: dict[int, _Size] = {}
        self._columns: dict[int, dict[str, ColumnStatistics]] = {}
        self._groups: dict[int, list[tuple[frozenset[str], float]]] = {}
        self._expressions: dict[int, dict[str, ColumnStatistics]] = {}
        self._referred: dict[int, dict[frozenset[str], int]] = {}
        self._foreign_keys: list[_ForeignKey] = []
        self._collected = False
        self._indexes: dict[int, IndexSizes] = {}

    def fill(self, statistics: Statistics) -> None:
        """Statistics of tables first, then of indexes, whose sizes rest on them."""
        self._known = {one.label: one for one in statistics.relations}
        here = {relation.label for relation in self._relations.values()}
        self._problems += statistics.problems
        self._problems += [
            f"statistics of {name}: no such relation in the schema" for name in self._known if name not in here
        ]
        tables = [one for one in self._relations.values() if not one.is_index]
        for table in tables:
            self._fill_table(table)
        self._write_sizes(tables)
        objects = read_objects(self._database.admin)
        self._problems += restore_extended(self._database, objects, statistics.extended)
        rows = self._database.admin.execute(_FOREIGN_KEYS).fetchall()
        self._foreign_keys = [_ForeignKey(table, referenced, tuple(names)) for table, referenced, names in rows]
        self._collected = statistics.version is not None
        self._groups = self._combinations(objects, statistics)
        self._expressions = self._known_expressions(objects, statistics)
        self._indexes.clear()
        self.stretch_tables()
        self.fill_indexes([one for one in self._relations.values() if one.is_index])

    def size(self, oid: int) -> int:
        """Blocks of a relation."""
        return self._sizes[oid].pages

    def rows(self, oid: int) -> float:
        """Rows of a table, or entries of an index."""
        return max(0.0, self._sizes[oid].tuples)

    def column(self, table: int, name: str) -> ColumnStatistics | None:
        """The statistics of a table's column."""
        return self._columns.get(table, {}).get(name)

    def _combinations(
        self, objects: Iterable[StatisticsObject], statistics: Statistics
    ) -> dict[int, list[tuple[frozenset[str], float]]]:
        """Groups of columns by table, with how many combinations of their values there can be: by extended statistics, and by
        foreign keys, which have no more than the referenced table has rows."""
        found: dict[int, list[tuple[frozenset[str], float]]] = {}
        known = {label(one.namespace, one.name): one for one in statistics.extended}
        for one in objects:
            for columns, number in combinations(one, known.get(one.label)):
                found.setdefault(one.table, []).append((columns, number))
        for key in self._foreign_keys:
            if self._rows_of(key.referenced):
                found.setdefault(key.table, []).append((frozenset(key.columns), self._rows_of(key.referenced)))
        return found

    def _rows_of(self, table: int) -> float:
        return max(0.0, self._sizes[table].tuples) if table in self._sizes else 0.0

    def _known_expressions(
        self, objects: Iterable[StatisticsObject], statistics: Statistics
    ) -> dict[int, dict[str, ColumnStatistics]]:
        """Distributions of expressions by table and text: of extended statistics, and before them of indexes on all rows, as the planner
        looks them up (`examine_variable`, src/backend/utils/adt/selfuncs.c)."""
        found: dict[int, dict[str, ColumnStatistics]] = {}
        known = {label(one.namespace, one.name): one for one in statistics.extended}
        for one in objects:
            columns = known[one.label].expressions if one.label in known else ()
            texts = dict(enumerate(map(without_outer_parentheses, one.expressions), 1))
            own = {texts[column.position]: column for column in columns if column.position in texts}
            found.setdefault(one.table, {}).update(own)
        for index in self._relations.values():
            if index.table and index.label in self._known and not index.predicate:
                columns = self._known[index.label].columns
                texts = {
                    one.number: without_outer_parentheses(one.expression) for one in index.attributes if one.expression
                }
                own = {texts[column.position]: column for column in columns if column.position in texts}
                found.setdefault(index.table, {}).update(own)
        return found

    def _expected(self, index: Relation) -> list[ColumnStatistics]:
        """What ANALYZE will collect of a hypothetical index's expressions, as far as it is known of others that are the same."""
        known = self._expressions.get(index.table or 0, {})
        if index.predicate or not index.name.startswith(HYPOTHETICAL):
            return []
        texts = {one.number: without_outer_parentheses(one.expression) for one in index.attributes if one.expression}
        return [
            known[text].model_copy(update={"column": None, "position": number, "inherited": False})
            for number, text in texts.items()
            if text in known
        ]

    def stretch_tables(self) -> None:
        """Make the tables' files as long as they are to look."""
        for relation in self._relations.values():
            if relation.files and not relation.is_index and relation.oid in self._sizes:
                relation.files.stretch(self._sizes[relation.oid].pages)

    def _fill_table(self, table: Relation) -> None:
        known = self._known.get(table.label)
        columns = known.columns if known else ()
        self._problems += restore_columns(self._database.user, table, columns)
        by_name: dict[str, ColumnStatistics] = {}
        for column in sorted(columns, key=lambda one: not one.inherited):  # its own rather than its heirs'
            if column.column:
                by_name[column.column] = column
        self._columns[table.oid] = by_name
        self._sizes[table.oid] = self._table_size(table, known)

    def _table_size(self, table: Relation, known: RelationStatistics | None) -> _Size:
        if known is None or (known.tuples is None and known.pages is None):
            return _Size(0, NEVER_ANALYSED, 0)
        if table.files is None:
            return _Size(known.pages or 0, NEVER_ANALYSED if known.tuples is None else known.tuples, 0)
        tuples = NEVER_ANALYSED if known.tuples is None else known.tuples
        pages = known.pages
        if pages is None:
            facts = TableFacts(table, tuples, 0, self._columns[table.oid])
            fields = [facts.stored(attribute) for attribute in table.attributes]
            pages = heap_pages(tuples, fields, table.fillfactor or 100)
        if pages > MAX_BLOCKS:
            raise LimitError(
                f"it would take {pages * BLOCK / 1e12:,.0f} TB; a table ends at 32 TB",
                where=f"table {table.label}",
                remedy="Partition the table, or lower its rows or widths",
            )
        visible = pages if known.all_visible is None else min(known.all_visible, pages)
        return _Size(pages, tuples, visible)

    def fill_indexes(self, indexes: Iterable[Relation]) -> None:
        """Statistics, size and first blocks of indexes whose tables are filled."""
        filled = [index for index in indexes if index.files is not None and index.table in self._sizes]
        self._evict(filled)  # so that the metapages that CREATE INDEX made are in their files
        for index in filled:
            known = self._known.get(index.label)
            columns = known.columns if known else self._expected(index)
            self._problems += restore_columns(self._database.user, index, columns)
            self._sizes[index.oid] = self._index_size(index, known)
        self._write_sizes(filled)
        self._evict(filled)  # the planner may have read them meanwhile
        for index in filled:
            self._write_file(index)

    def _index_size(self, index: Relation, known: RelationStatistics | None) -> _Size:
        table = self._relations[index.table or 0]
        rows = max(0.0, self._sizes[table.oid].tuples)
        if known and known.tuples is not None:
            entries = known.tuples
        else:
            entries = rows * self._selectivity(table, index) if index.predicate else rows
        if known and known.pages is not None:
            pages, height = known.pages, known.height
            if height is None and index.method == "btree":
                height = self._sizes_of(table.oid).height(index, entries, pages)
        else:
            pages, height = self._sizes_of(table.oid).pages(index, entries)
        return _Size(pages, entries, 0, height)

    def _sizes_of(self, table: int) -> IndexSizes:
        """What computes the sizes of a table's indexes."""
        if table not in self._indexes:
            facts = TableFacts(
                self._relations[table],
                self.rows(table),
                self._sizes[table].pages,
                self._columns.get(table, {}),
                self._groups.get(table, []) + self._joined(table),
                self._keys(table),
                self._expressions.get(table, {}),
                _sampled(self._columns.get(table, {}).values()) if self._collected else 0.0,
                self._parents(table),
                self._said(table),
            )
            self._indexes[table] = IndexSizes(facts, lambda: self._database.user)
        return self._indexes[table]

    def pages_if(self, index: Relation, meeting: Meeting) -> int:
        """Blocks of an index if the values of its columns meet in this way, as far as nothing is known of them together."""
        entries, pages = self.rows(index.oid), self.size(index.oid)
        if index.method != "btree" or index.key_count < 2:
            return pages
        return self._sizes_of(index.table or 0).btree(index, entries, meeting).pages

    def learn_joins(self, joins: Iterable[tuple[str, Joins]]) -> None:
        """Reckon with what queries equate: by label of a table, its columns with those of others. Sizes that are known already stay."""
        by_label = {one.label: one for one in self._relations.values() if not one.is_index}
        keys = {name: [*self._keys(one.oid), *self._unrepeated(one.oid)] for name, one in by_label.items()}
        for label_, equated in joins:
            table = by_label.get(label_)
            for columns, other, key in referred(equated, keys) if table else ():
                if table and not (other == label_ and columns == key):
                    self._referred.setdefault(table.oid, {})[columns] = by_label[other].oid
        self._indexes.clear()

    def _unrepeated(self, table: int) -> list[frozenset[str]]:
        """Columns in which ANALYZE saw no value twice."""
        return [frozenset({name}) for name, one in self._columns.get(table, {}).items() if one.n_distinct == -1]

    def _joined(self, table: int) -> list[tuple[frozenset[str], float]]:
        """Groups of columns that queries join with another table's key, with its rows."""
        known = self._referred.get(table, {}).items()
        return [(columns, rows) for columns, other in known if len(columns) > 1 and (rows := self._rows_of(other))]

    def _parents(self, table: int) -> dict[str, float]:
        """Columns that refer to another table's key, as declared or as queries join them, with its rows."""
        declared = ((frozenset(one.columns), one.referenced) for one in self._foreign_keys if one.table == table)
        known = (*self._referred.get(table, {}).items(), *declared)
        return {
            name: rows
            for columns, other in known
            for name in columns
            if len(columns) == 1 and (rows := self._rows_of(other))
        }

    def _said(self, table: int) -> list[tuple[str, str]]:
        """Pairs of references of which the first says the second: the row that the first refers to has a column of the second's name that
        refers to the same table, as an invoice's order says its customer."""
        single = [one for one in self._foreign_keys if len(one.columns) == 1]
        of = {(one.table, one.columns[0], one.referenced) for one in single}
        return [
            (first.columns[0], second.columns[0])
            for first in single
            for second in single
            if first.table == second.table == table
            and first.referenced != table
            and (first.referenced, second.columns[0], second.referenced) in of
        ]

    def _keys(self, table: int) -> list[frozenset[str]]:
        """The columns of a table's unique keys, those without predicates and expressions."""
        return [
            frozenset(str(one.table_column) for one in index.attributes[: index.key_count])
            for index in self._relations.values()
            if index.table == table
            and index.unique
            and not index.name.startswith(HYPOTHETICAL)
            and not index.predicate
            and all(one.table_column for one in index.attributes[: index.key_count])
        ]

    def _selectivity(self, table: Relation, index: Relation) -> float:
        """The share of a table's rows that a partial index covers, by the planner's own estimate."""
        rows = self._sizes[table.oid].tuples
        if rows <= 0:
            return 1.0
        query = sql.SQL("explain (format json) select from {} where {}").format(
            sql.Identifier(table.namespace, table.name),
            verbatim(index.predicate or "true"),
        )
        try:
            row = self._database.user.execute(query).fetchone()
        except psycopg.Error as error:
            self._problems.append(
                f"index {index.label}: its predicate could not be estimated: {str(error).splitlines()[0]}"
            )
            return 1.0
        estimated = float(row[0][0]["Plan"]["Plan Rows"]) if row else rows
        return min(1.0, estimated / rows * self._sizes_of(table.oid).comparisons(index.predicate or ""))

    def _write_sizes(self, relations: Iterable[Relation]) -> None:
        rows = [(one.oid, self._sizes[one.oid]) for one in relations if one.oid in self._sizes]
        self._database.admin.execute(
            b"update pg_catalog.pg_class c set relpages = v.pages, reltuples = v.tuples, relallvisible = v.visible "
            b"from unnest(%s::bigint[], %s::bigint[], %s::real[], %s::bigint[]) v(oid, pages, tuples, visible) "
            b"where c.oid = v.oid::oid",
            (
                [oid for oid, _ in rows],
                [_signed(size.pages) for _, size in rows],
                [size.tuples for _, size in rows],
                [_signed(size.all_visible) for _, size in rows],
            ),
        )

    def _write_file(self, index: Relation) -> None:
        files, size = index.files, self._sizes[index.oid]
        if files is None:
            return
        if index.method == "btree":
            files.write(page_images.btree(files.read_block(), size.height or 0, self._ends(index)))
        elif index.method == "brin":
            heap = self._sizes[index.table or 0].pages
            ranges = math.ceil(max(heap, 1) / (index.pages_per_range or 128))
            files.write(page_images.brin(files.read_block(), math.ceil(ranges / 1360)))
        elif index.method == "gin":
            files.write(page_images.gin(files.read_block(), self._gin(index, size)))
        files.stretch(max(size.pages, (size.height or 0) + 2 if index.method == "btree" else 1))

    def _gin(self, index: Relation, size: _Size) -> GinStatistics:
        """What a GIN index says of itself: as it was read, or as it is computed, in proportion to its blocks where they are known."""
        known = self._known.get(index.label)
        if known and known.gin:
            return known.gin
        gin = self._sizes_of(index.table or 0).gin(index, size.tuples)
        return GinStatistics(
            total_pages=size.pages,
            entry_pages=min(size.pages, max(1, round(gin.entry_pages * size.pages / gin.pages))),
            data_pages=round(gin.data_pages * size.pages / gin.pages),
            entries=gin.entries,
        )

    def _ends(self, index: Relation) -> list[bytes]:
        """The first and the last entry of a B-tree on all rows, where more is known of them than the histogram says."""
        first, table = index.attributes[0], self._relations[index.table or 0]
        column = self.column(table.oid, first.table_column or "")
        if column is None or index.predicate or table.files is None:
            return []
        found = ends(column, first.type, self.rows(table.oid))
        if found is None:
            return []
        table.files.write_visibility(page_images.all_visible())
        ordered = sorted(found, reverse=first.descending)
        return [entry(value, first.type, len(index.attributes)) for value in ordered]

    def _evict(self, indexes: list[Relation]) -> None:
        """Write out and forget the cached blocks of indexes whose files are about to be read and changed."""
        self._database.admin.execute(
            sql.SQL("select {}.pg_buffercache_evict_relation(oid::oid::regclass) from unnest(%s::bigint[]) oid").format(
                sql.Identifier(self._schema)
            ),
            ([index.oid for index in indexes],),
        )


def _sampled(columns: Iterable[ColumnStatistics]) -> float:
    """Rows that ANALYZE reads of a table: 300 for each step of its longest histogram (`std_typanalyze`)."""
    bounds = (column.histogram_bounds for column in columns)
    return 300.0 * max([TARGET, *(len(split_array(literal)) - 1 for literal in bounds if literal)])


def _signed(pages: int) -> int:
    """A count of blocks as pg_class holds it: an int4 whose bits are those of the unsigned number."""
    return pages - 2**32 if pages >= 2**31 else pages
