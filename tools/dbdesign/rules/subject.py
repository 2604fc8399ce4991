"""A design under review: the schema with the look-ups that rules share, each computed once and only if asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from dbdesign.dialects.base import dialect
from dbdesign.model.design import Design
from dbdesign.model.relations import Relation, Relations
from dbdesign.model.schema import Column, Engine, Schema, Table
from dbdesign.model.types import DataType, Kind
from dbdesign.rules import meaning
from dbdesign.rules.access_paths import SMALL_TABLE, missing_indexes
from dbdesign.rules.statements import Statements
from dbdesign.rules.words import stem, words

if TYPE_CHECKING:
    from dbdesign.rules.queries import ParsedQuery

POSTGRESQL_LIKE = (Engine.POSTGRESQL, Engine.COCKROACHDB)
MYSQL_LIKE = (Engine.MYSQL, Engine.TIDB)


class Subject:
    """What rules look at.

    Attributes:
        tables: all but partitions, which share their parent's defects, and the tables of migration tools, which are not ours to change.
        version: of the engine as a tuple; the newest that its dialect knows, if the schema does not say.
    """

    def __init__(self, design: Design) -> None:
        self.design = design
        self.schema: Schema = design.schema_
        self.engine = self.schema.engine
        self.dialect = dialect(self.engine)
        self.version = self.dialect.version_tuple(self.schema.version)
        self.tables = tuple(
            table
            for table in self.schema.tables
            if table.partition_of is None and table.name.lower() not in meaning.TOOLS_OWN
        )
        self.sql = Statements(self.schema, self.dialect, self.version)

    def at_least(self, *version: int) -> bool:
        """Whether the engine is of this version or newer."""
        return self.version >= version

    def is_engine(self, *engines: Engine) -> bool:
        """Whether the schema is for one of these."""
        return self.engine in engines

    @property
    def relations(self) -> Relations:
        """The graph of foreign keys."""
        return self.design.relations

    def rows(self, table: Table) -> float | None:
        """The rows of a table today, where the design says."""
        return self.design.workload.rows(table.label)

    def type_of(self, column: Column) -> DataType:
        """The type under any domains."""
        return column.type if column.type.name is None else self.schema.resolve_type(column.type)

    @cached_property
    def columns(self) -> tuple[tuple[Table, Column, Kind], ...]:
        """Every column but those that a table inherits, with its table and its kind under any domains."""
        return tuple(
            (table, column, self.type_of(column).kind)
            for table in self.tables
            for column in table.columns
            if column.name not in table.inherited
        )

    @cached_property
    def protected(self) -> int:
        """The number of tables with row security."""
        return sum(table.row_security != "off" for table in self.tables)

    def label_order(self, label: str) -> int:
        """The place of a table in the source; unknown labels come last."""
        return self._positions.get(label, len(self._positions))

    @cached_property
    def _positions(self) -> Mapping[str, int]:
        return {table.label: number for number, table in enumerate(self.schema.tables)}

    @cached_property
    def views_by_label(self) -> frozenset[str]:
        """The labels of the views."""
        return frozenset(view.label for view in self.schema.views)

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Every word in the name of a table or of a column."""
        found = {word for table in self.schema.tables for word in stem(table.name)}
        found.update(word for table in self.schema.tables for column in table.columns for word in words(column.name))
        return frozenset(found)

    @cached_property
    def tables_by_stem(self) -> Mapping[tuple[str, ...], list[Table]]:
        """Tables by the words of their name in the singular: `order_items` is under (order, item)."""
        found: dict[tuple[str, ...], list[Table]] = {}
        for table in self.tables:
            found.setdefault(stem(table.name), []).append(table)
        return found

    def is_referred_to(self, table: Table, columns: tuple[str, ...]) -> bool:
        """Whether a foreign key refers to exactly these columns, so that no statement can drop their key alone."""
        wanted = set(columns)
        return any(
            set(one.foreign_key.referenced_columns) == wanted for one in self.relations.references_in(table.label)
        )

    def foreign_columns(self, table: Table) -> frozenset[str]:
        """The columns of a table that belong to some foreign key."""
        return frozenset(name for key in table.foreign_keys for name in key.columns)

    def is_lookup(self, table: Table) -> bool:
        """Whether the table is a short list of values: by its volume if known, otherwise by its shape."""
        found = self._lookups.get(table.label)
        if found is None:
            found = self._lookups[table.label] = self._looks_like_lookup(table)
        return found

    @cached_property
    def _lookups(self) -> dict[str, bool]:
        return {}

    def _looks_like_lookup(self, table: Table) -> bool:
        rows = self.rows(table)
        if rows is not None:
            return rows < SMALL_TABLE
        if self.relations.references_out(table.label):
            return False
        return meaning.has_lookup_shape(table)

    @cached_property
    def tenant_column(self) -> str | None:
        """The column that says whose a row is in a schema shared by tenants; None for a schema that is not shared."""
        return meaning.tenant_column(self.tables)

    @cached_property
    def queries(self) -> list[ParsedQuery]:
        """The workload's queries, parsed; those that cannot be parsed are left out (`unparsed_queries`)."""
        return self._parsed[0]

    @cached_property
    def unparsed_queries(self) -> list[str]:
        """The names of the queries that the engine's grammar (sqlglot's) did not take."""
        return self._parsed[1]

    @cached_property
    def missing_indexes(self) -> Mapping[tuple[str, tuple[str, ...]], list[ParsedQuery]]:
        """The queries that look for an index and do not find it, by the table's label and the columns of the index."""
        return missing_indexes(self)

    @cached_property
    def _parsed(self) -> tuple[list[ParsedQuery], list[str]]:
        if not self.design.workload.queries:
            return [], []
        from dbdesign.rules.queries import parse_queries  # sqlglot is heavy: only designs with a workload pay for it

        return parse_queries(self.design.workload.queries, self.schema, self.dialect.sqlglot)

    def parents(self, table: Table) -> Iterable[tuple[Relation, Table]]:
        """Each foreign key of a table with the table that it references."""
        for relation in self.relations.references_out(table.label):
            yield relation, self.schema.table_by_label[relation.parent]

    def children(self, table: Table) -> Iterable[tuple[Relation, Table]]:
        """Each foreign key to a table with the table that holds it, partitions left out."""
        for relation in self.relations.references_in(table.label):
            child = self.schema.table_by_label[relation.child]
            if child.partition_of is None:
                yield relation, child
