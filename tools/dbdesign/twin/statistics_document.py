"""The JSON document of statistics (`{"dbdesign": "statistics", "format": 1, …}`): its shape, its limits, and what it means.

`snapshot.sql` writes it on the user's server; the live reader runs the same query; `write_snapshot` writes it from values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated, Literal

from pydantic import Field, ValidationError, model_validator

from dbdesign.errors import InputError, LimitError
from dbdesign.model.base import Model
from dbdesign.model.schema import label
from dbdesign.model.statistics import (
    BLOCK,
    ColumnStatistics,
    ExtendedStatistics,
    GinStatistics,
    RelationStatistics,
    Statistics,
)
from dbdesign.twin.array_literal import split_array

LARGEST = 256_000_000
"""Characters of a document: the statistics of 10,000 columns with targets of 1,000 and values of 20 characters."""

MOST_BLOCKS = 2**32 - 2
"""Blocks that a relation can have (MaxBlockNumber of PostgreSQL's block.h)."""

MOST_LISTED = 10_000
"""The highest statistics target (ALTER TABLE … SET STATISTICS, the manual)."""

LEFT_OUT = "redacted, and of a type without stand-ins, so that the values are left out"
"""How a problem of redaction begins."""

DEFAULT_NAMESPACE = "public"

Share = Annotated[float, Field(ge=0, le=1.0001, allow_inf_nan=False)]
"""A part of a whole; single precision may exceed 1 by a rounding."""
Finite = Annotated[float, Field(allow_inf_nan=False)]
Name = Annotated[str, Field(min_length=1, max_length=1000)]
Blocks = Annotated[int, Field(ge=0, le=MOST_BLOCKS)]


class ColumnDocument(Model):
    """One row of `pg_stats`.

    Attributes:
        left_out: values that redaction has no stand-in for.
        no_ranges: it is of ranges, and `pg_stats` shows their histograms since PostgreSQL 17 only.
    """

    column: Name | None = None
    position: Annotated[int, Field(ge=1, le=1600)] | None = None
    inherited: bool = False
    null_frac: Share = 0.0
    avg_width: Annotated[int, Field(ge=0, le=2**31 - 1)] = 4
    n_distinct: Annotated[float, Field(ge=-1, allow_inf_nan=False)] = 0.0
    most_common_vals: str | None = None
    most_common_freqs: tuple[Share, ...] = ()
    histogram_bounds: str | None = None
    correlation: Annotated[float, Field(ge=-1.0001, le=1.0001, allow_inf_nan=False)] | None = None
    most_common_elems: str | None = None
    most_common_elem_freqs: tuple[Share, ...] = ()
    elem_count_histogram: tuple[Annotated[float, Field(ge=0, allow_inf_nan=False)], ...] = ()
    range_length_histogram: str | None = None
    range_empty_frac: Share | None = None
    range_bounds_histogram: str | None = None
    left_out: bool = False
    no_ranges: bool = False

    @model_validator(mode="after")
    def _agrees(self) -> ColumnDocument:
        if (self.column is None) == (self.position is None):
            raise ValueError("needs either a column or a position")
        values = _counted("most_common_vals", self.most_common_vals)
        if values != len(self.most_common_freqs):
            raise ValueError(f"{values} most_common_vals, but {len(self.most_common_freqs)} most_common_freqs")
        elements = _counted("most_common_elems", self.most_common_elems)
        extra = len(self.most_common_elem_freqs) - elements
        if (elements or self.most_common_elem_freqs) and extra not in {2, 3}:
            raise ValueError(f"{elements} most_common_elems need 2 or 3 most_common_elem_freqs more, not {extra}")
        if sum(self.most_common_freqs) + self.null_frac > 1.001:
            raise ValueError("the shares of the commonest values and of nulls exceed 1")
        for name in ("histogram_bounds", "range_length_histogram", "range_bounds_histogram"):
            if _counted(name, getattr(self, name)) == 1:
                raise ValueError(f"{name} has one bound: a histogram needs two")
        return self


def _counted(name: str, literal: str | None) -> int:
    if literal is None:
        return 0
    try:
        items = split_array(literal)
    except ValueError as error:
        raise ValueError(f"{name} is not an array literal: {error}") from None
    if None in items:
        raise ValueError(f"{name} holds a null")
    if len(items) > 10 * MOST_LISTED + 1:
        raise ValueError(f"{name} has {len(items)} elements; the most that a server collects is {10 * MOST_LISTED}")
    return len(items)


class GinDocument(Model):
    """What `gin_metapage_info` says of a GIN index."""

    total_pages: Blocks
    entry_pages: Blocks
    data_pages: Blocks
    entries: Annotated[int, Field(ge=0, le=2**63 - 1)]
    pending_pages: Blocks = 0


class RelationDocument(Model):
    """A row of `pg_class`. `pages` is the file's size now; `relpages` and `reltuples` are of the last ANALYZE or VACUUM."""

    namespace: Name | None = None
    name: Name
    kind: Literal["table", "index", "materialized view"] = "table"
    partitioned: bool = False
    pages: Blocks | None = None
    relpages: Annotated[int, Field(ge=-(2**31), le=MOST_BLOCKS)] | None = None
    reltuples: Annotated[float, Field(ge=-1, le=1e15, allow_inf_nan=False)] | None = None
    all_visible: Annotated[int, Field(ge=-(2**31), le=MOST_BLOCKS)] | None = None
    all_frozen: Annotated[int, Field(ge=-(2**31), le=MOST_BLOCKS)] | None = None
    height: Annotated[int, Field(ge=0, le=32)] | None = None
    gin: GinDocument | None = None
    table_namespace: Name | None = None
    table: Name | None = None
    locked: bool = False
    hidden_columns: Annotated[int, Field(ge=0)] = 0
    row_security: bool = False
    columns: tuple[ColumnDocument, ...] = ()

    @property
    def shown(self) -> str:
        """The label by which messages name it."""
        return label(namespace_of(self.namespace), self.name)

    @model_validator(mode="after")
    def _agrees(self) -> RelationDocument:
        keys = [(column.column, column.position, column.inherited) for column in self.columns]
        if len(set(keys)) < len(keys):
            raise ValueError("a column is there twice")
        return self


Combination = tuple[tuple[str | None, ...], Share, Share]


class ExtendedDocument(Model):
    """A row of `pg_stats_ext` with those of `pg_stats_ext_exprs`.

    Attributes:
        keys: numbers of its columns.
        unseen: there is no row.
        own: whether the reader's role could have seen one.
        expressions: whether it has expressions; their distributions are `expression_statistics`, by position.
    """

    namespace: Name | None = None
    name: Name
    inherited: bool = False
    keys: tuple[Annotated[int, Field(ge=1, le=1600)], ...] = ()
    n_distinct: str | None = None
    dependencies: str | None = None
    most_common: tuple[Combination, ...] = ()
    left_out: bool = False
    unseen: bool = False
    own: bool = False
    expressions: bool = False
    expression_statistics: tuple[ColumnDocument, ...] = ()

    @property
    def shown(self) -> str:
        """The label by which messages name it."""
        return label(namespace_of(self.namespace), self.name)

    @model_validator(mode="after")
    def _agrees(self) -> ExtendedDocument:
        if len({len(values) for values, _, _ in self.most_common}) > 1:
            raise ValueError("the combinations of most_common have different lengths")
        if len(self.most_common) > MOST_LISTED:
            raise ValueError(f"most_common has {len(self.most_common)} combinations, more than {MOST_LISTED}")
        positions = [one.position for one in self.expression_statistics]
        if None in positions or len(set(positions)) < len(positions):
            raise ValueError("each of expression_statistics needs a position of its own")
        return self


class StatisticsDocument(Model):
    """The whole document. `settled`: its problems are all said, as sentences; `write_snapshot` says so."""

    dbdesign: Literal["statistics"]
    format: Literal[1]
    server_version: Annotated[str, Field(pattern=r"^\d{1,3}(\.\d+)*\w*$", max_length=40)] | None = None
    server_version_num: Annotated[int, Field(ge=0)] | None = None
    block_size: Annotated[int, Field(ge=1024, le=32768)] = BLOCK
    redacted: bool | None = None
    settled: bool = False
    settings: dict[str, str] = Field(default_factory=dict)
    relations: tuple[RelationDocument, ...] = ()
    extended: tuple[ExtendedDocument, ...] = ()
    foreign_tables: tuple[tuple[str, str], ...] = ()
    assumptions: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def namespace_of(name: str | None) -> str | None:
    """A schema as the model names it: None for the default one."""
    return None if name == DEFAULT_NAMESPACE else name


def parse_document(text: str, *, where: str) -> StatisticsDocument:
    """A document's text, checked.

    Raises:
        LimitError: it is too long.
        InputError: it is not JSON, not such a document, or says something impossible; the text names the place.
    """
    if len(text) > LARGEST:
        raise LimitError(
            f"the document has {len(text):,} characters, more than {LARGEST:,}",
            where=where,
            remedy="Leave schemas out of it, or lower the statistics targets",
        )
    try:
        document = StatisticsDocument.model_validate_json(text.removeprefix("\ufeff").strip().encode(), strict=True)
    except UnicodeEncodeError:
        raise InputError("the text is not Unicode", where=where) from None
    except ValidationError as error:
        raise _refusal(error, where) from None
    _check_names(document, where)
    return document


def _refusal(error: ValidationError, where: str) -> InputError:
    errors = error.errors(include_url=False, include_input=False)
    first = next((one for one in errors if one["loc"] and one["loc"][0] in {"dbdesign", "format"}), errors[0])
    place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in first["loc"]).lstrip(".")
    remedy = "Make it with dbdesign's snapshot.sql: psql -XAtq -f snapshot.sql > snapshot.json"
    if first["type"] == "json_invalid":
        return InputError(
            f"this is not JSON: {first['msg'].removeprefix('Invalid JSON: ')}", where=where, remedy=remedy
        )
    if place in {"", "dbdesign", "format"}:
        return InputError(
            "this is not a document of statistics of format 1"
            if place != "format"
            else "the document is of a format that is not known; 1 is",
            where=where,
            remedy=remedy,
        )
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    return InputError(first["msg"].removeprefix("Value error, ") + more, where=f"{where}, {place}")


def _check_names(document: StatisticsDocument, where: str) -> None:
    seen: set[str] = set()
    for number, relation in enumerate(document.relations):
        if relation.shown in seen:
            raise InputError(f"{relation.shown} is there twice", where=f"{where}, relations[{number}]")
        seen.add(relation.shown)
    objects: set[tuple[str, bool]] = set()
    for number, one in enumerate(document.extended):
        if (one.shown, one.inherited) in objects:
            raise InputError(f"{one.shown} is there twice", where=f"{where}, extended[{number}]")
        objects.add((one.shown, one.inherited))


def interpret(document: StatisticsDocument, *, source: str) -> Statistics:
    """What a document says, as values, with its problems as sentences."""
    assumptions = () if document.settled else tuple(_assumptions(document))
    problems = () if document.settled else tuple(_problems(document))
    return Statistics(
        source=source,
        version=document.server_version,
        relations=tuple(_relation(one, document) for one in document.relations),
        extended=tuple(_extended(one) for one in document.extended if not one.unseen),
        settings=document.settings,
        assumptions=(*document.assumptions, *assumptions),
        problems=(*document.problems, *problems),
    )


def _relation(one: RelationDocument, document: StatisticsDocument) -> RelationStatistics:
    pages = one.pages
    if pages is not None and document.block_size != BLOCK:
        pages = -(-pages * document.block_size // BLOCK)
    return RelationStatistics(
        namespace=namespace_of(one.namespace),
        name=one.name,
        kind=one.kind,
        pages=pages,
        tuples=tuples_now(one, document.server_version_num),
        all_visible=one.all_visible,
        all_frozen=one.all_frozen,
        height=one.height,
        gin=GinStatistics(**one.gin.model_dump()) if one.gin else None,
        table=label(namespace_of(one.table_namespace), one.table) if one.table else None,
        columns=_columns(one.columns),
    )


def _columns(columns: tuple[ColumnDocument, ...]) -> tuple[ColumnStatistics, ...]:
    return tuple(ColumnStatistics(**column.model_dump(exclude={"left_out", "no_ranges"})) for column in columns)


def tuples_now(one: RelationDocument, version: int | None) -> float | None:
    """The rows that the planner counts with: those of the last ANALYZE, scaled to the file's size now.

    As `estimate_rel_size` of PostgreSQL's plancat.c does it, which leaves the metapage of an index out.
    """
    if one.reltuples is None or never_counted(one, version):
        return None
    if one.partitioned or one.pages is None or not one.relpages or one.relpages in {-1, one.pages}:
        return one.reltuples
    then, now = one.relpages % 2**32, one.pages
    if one.kind == "index":
        then, now = then - 1, max(now - 1, 0)
    return one.reltuples if then <= 0 else float(round(one.reltuples / then * now))


def never_counted(one: RelationDocument, version: int | None) -> bool:
    """Whether no ANALYZE or VACUUM counted the rows: -1 since PostgreSQL 14, no pages and no rows before."""
    if one.reltuples is None or one.reltuples < 0:
        return one.reltuples is not None
    return version is not None and version < 140000 and not one.reltuples and not one.relpages and bool(one.pages)


def _extended(one: ExtendedDocument) -> ExtendedStatistics:
    return ExtendedStatistics(
        namespace=namespace_of(one.namespace),
        **one.model_dump(include={"name", "inherited", "keys", "n_distinct", "dependencies", "most_common"}),
        expressions=_columns(one.expression_statistics),
    )


def _assumptions(document: StatisticsDocument) -> Iterator[str]:
    grown = [
        one.shown
        for one in document.relations
        if (tuples := tuples_now(one, document.server_version_num)) is not None and tuples != one.reltuples
    ]
    if grown:
        yield f"rows scaled from the last ANALYZE to the present size, as the planner does it, of {listed(grown)}"
    locked = [one.shown for one in document.relations if one.locked]
    if locked:
        yield f"pages as of the last ANALYZE, because it was locked: {listed(locked)}"


def _problems(document: StatisticsDocument) -> Iterator[str]:
    version = document.server_version_num
    tables = [one for one in document.relations if one.kind != "index"]
    checks: tuple[tuple[str, Callable[[RelationDocument], bool]], ...] = (
        ("never analysed, so that the planner guesses", lambda one: never_counted(one, version)),
        (
            "its rows were counted but its columns never analysed",
            lambda one: (
                (one.reltuples or 0) > 0 and not one.columns and not one.hidden_columns and not one.row_security
            ),
        ),
        ("statistics of its columns not visible, because of row security", lambda one: one.row_security),
    )
    for sentence, holds in checks:
        if found := [one.shown for one in tables if holds(one)]:
            yield f"{sentence}: {listed(found)}"
    if hidden := [f"{one.shown} ({one.hidden_columns})" for one in document.relations if one.hidden_columns]:
        yield f"statistics of columns not visible, because the role may not SELECT them: {listed(hidden)}"
    yield from _problems_of_values(document)
    yield from _problems_of_objects(document)


def _problems_of_values(document: StatisticsDocument) -> Iterator[str]:
    columns = [
        (f"{one.shown}.{column.column or column.position}", column)
        for one in document.relations
        for column in one.columns
    ] + [
        (f"{one.shown}.expression {column.position}", column)
        for one in document.extended
        for column in one.expression_statistics
    ]
    left_out = [shown for shown, column in columns if column.left_out]
    left_out += [one.shown for one in document.extended if one.left_out]
    if left_out:
        yield f"{LEFT_OUT}: {listed(left_out)}"
    if ranges := [shown for shown, column in columns if column.no_ranges]:
        yield f"histograms of ranges are shown by PostgreSQL 17 and later only: {listed(ranges)}"


def _problems_of_objects(document: StatisticsDocument) -> Iterator[str]:
    empty = [one.shown for one in document.extended if one.unseen and one.own]
    if empty:
        yield f"extended statistics never collected: {listed(empty)}"
    if unseen := [one.shown for one in document.extended if one.unseen and not one.own]:
        yield f"extended statistics not visible, because the role does not own the table, or never collected: {listed(unseen)}"
    without = (one for one in document.extended if one.expressions and not one.unseen and not one.expression_statistics)
    if expressions := dict.fromkeys(one.shown for one in without):
        yield f"statistics of expressions in extended statistics are not in the document: {listed(list(expressions))}"
    if document.foreign_tables:
        names = [label(namespace_of(namespace), name) for namespace, name in document.foreign_tables]
        yield f"foreign tables are left out: {listed(names)}"
    if document.block_size != BLOCK:
        yield f"the server's blocks have {document.block_size} bytes: pages are converted to {BLOCK}"


def listed(names: list[str]) -> str:
    """At most ten names, and how many more there are."""
    more = f" and {len(names) - 10} more" if len(names) > 10 else ""
    return ", ".join(names[:10]) + more


__all__ = ["StatisticsDocument", "interpret", "parse_document"]
