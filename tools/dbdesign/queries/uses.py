"""How statements use tables, as values: what `analysis` finds and the index advisor works with."""

from __future__ import annotations

from dataclasses import dataclass, field

from dbdesign.model.schema import Table


@dataclass(frozen=True)
class Ordering:
    """One column of an ORDER BY."""

    column: str
    descending: bool = False
    nulls: str | None = None
    """`first` or `last` where the statement says so."""


@dataclass(frozen=True)
class Condition:
    """A predicate that an index's WHERE could repeat: one column against constants.

    Attributes:
        column: of the table.
        sql: as the engine's SQL, with the column unqualified: `status = 'open'`, `deleted_at IS NULL`.
    """

    column: str
    sql: str


@dataclass(frozen=True)
class ComputedKey:
    """An expression of a table's columns that a predicate compares or an ORDER BY sorts by: `lower(email)`."""

    sql: str
    columns: tuple[str, ...]
    kind: str
    """`equal`, `range` or `order`."""


@dataclass(frozen=True)
class Containment:
    """A predicate that only an inverted index, a search tree or a trigram index serves.

    Attributes:
        column: column name, or expression SQL.
        operator: as if the column stood on its left: `@>`, `@@`, `&&`, `?`, `~~` (LIKE with a leading wildcard) …
        kind: `document`, `array`, `text search`, `pattern`, `range`, `network`, `similarity` or `geometry`.
        columns: of an expression; empty where `column` is one.
    """

    column: str
    operator: str
    kind: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Nearest:
    """A column that an ORDER BY … LIMIT asks the nearest values of, and the operator that tells how near they are."""

    column: str
    operator: str


@dataclass
class TableUse:
    """One occurrence of a table in a statement.

    Attributes:
        equal: columns compared by `=`, IN or IS NULL with constants, parameters or what is computed before.
        ranges: columns compared by `<`, BETWEEN, LIKE 'x%'.
        either: columns compared in a part of an OR only.
        joins: column → (label of the other table, its column) of equalities with columns of other tables.
        grouped: columns of GROUP BY or DISTINCT, where all of them are this table's.
        ordered: columns of ORDER BY, where the leading ones are this table's.
        used: every column that the statement reads.
        limited: whether a LIMIT may end the reading early.
        rows: columns compared together: `(a, b) > ($1, $2)`.
        prefixes: those of `ranges` of which a pattern gives the first characters.
        extremes: columns of which the least or the greatest value is asked.
        windows: orders that window functions want.
    """

    table: Table
    equal: set[str] = field(default_factory=set)
    ranges: set[str] = field(default_factory=set)
    either: set[str] = field(default_factory=set)
    joins: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    grouped: list[str] = field(default_factory=list)
    ordered: list[Ordering] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    conditions: list[Condition] = field(default_factory=list)
    computed: list[ComputedKey] = field(default_factory=list)
    contained: list[Containment] = field(default_factory=list)
    all_columns: bool = False
    limited: bool = False
    rows: list[tuple[str, ...]] = field(default_factory=list)
    prefixes: set[str] = field(default_factory=set)
    extremes: list[str] = field(default_factory=list)
    windows: list[tuple[Ordering, ...]] = field(default_factory=list)
    nearest: list[Nearest] = field(default_factory=list)

    @property
    def searched(self) -> set[str]:
        """The columns that rows are found or put in order by."""
        orders = [self.ordered, *self.windows]
        ordered = {one.column for order in orders for one in order}
        return {*self.equal, *self.ranges, *self.either, *self.joins, *self.grouped, *self.extremes} | ordered


@dataclass(frozen=True)
class Write:
    """What a statement changes.

    Attributes:
        kind: `insert`, `update`, `delete` or `merge`.
        columns: that an update sets.
    """

    table: Table
    kind: str
    columns: frozenset[str] = frozenset()


@dataclass
class StatementUse:
    """What one statement asks of the schema."""

    uses: list[TableUse] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)

    @property
    def tables(self) -> list[str]:
        """The labels of the tables that it reads or writes, each once."""
        return list(dict.fromkeys([use.table.label for use in self.uses] + [one.table.label for one in self.writes]))
