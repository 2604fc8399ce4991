"""Designs for the tests of profiles, and their statistics on a real server."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, LiteralString, cast

import psycopg

from dbdesign.model.design import Design
from dbdesign.model.profile import Profile
from dbdesign.model.statistics import ColumnStatistics, RelationStatistics
from dbdesign.readers.base import ReadResult
from dbdesign.readers.design import read_design
from dbdesign.readers.postgresql import READER
from dbdesign.twin.profiles import resolve

TODAY = date(2026, 11, 1)
MARKETPLACE = Path(__file__).resolve().parents[1] / "examples" / "marketplace"


@lru_cache(maxsize=64)
def read(ddl: str) -> ReadResult:
    return READER.read(ddl)


def design(ddl: str, volumes: str = "{}") -> Design:
    """A design of DDL and the `volumes` of a design file."""
    return read_design(f"schema: here\nvolumes: {volumes}", lambda source, form: read(ddl))[0]


def marketplace() -> Design:
    ddl = (MARKETPLACE / "schema.sql").read_text()
    return read_design((MARKETPLACE / "design.yaml").read_text(), lambda source, form: read(ddl))[0]


def resolved(ddl: str, volumes: str = "{}", months: float = 0.0) -> Profile:
    return resolve(design(ddl, volumes), months=months, today=TODAY)


def restore(connection: psycopg.Connection[Any], relation: RelationStatistics, *, pages: int = 1) -> None:
    """Give a relation its statistics; fails on every warning of the server."""
    warnings: list[str] = []
    connection.add_notice_handler(lambda notice: warnings.append(notice.message_primary or ""))
    pairs: list[tuple[str, object, str]] = [
        ("schemaname", relation.namespace or "public", "text"),
        ("relname", relation.name, "text"),
    ]
    if relation.tuples is not None:
        sized = [*pairs, ("relpages", pages, "integer"), ("reltuples", relation.tuples, "real")]
        assert _call(connection, "pg_restore_relation_stats", sized), (relation.label, warnings)
    for column in relation.columns:
        assert _call(connection, "pg_restore_attribute_stats", [*pairs, *_attribute(column, connection, relation)]), (
            relation.label,
            column,
            warnings,
        )
    assert not warnings, (relation.label, warnings)


def _attribute(
    column: ColumnStatistics, connection: psycopg.Connection[Any], relation: RelationStatistics
) -> list[tuple[str, object, str]]:
    place: tuple[str, object, str] = ("attname", column.column, "text")
    if column.position is not None:
        place = ("attnum", column.position, "smallint")
    values: list[tuple[str, object, str]] = [
        place,
        ("inherited", column.inherited, "boolean"),
        ("null_frac", column.null_frac, "real"),
        ("avg_width", column.avg_width, "integer"),
        ("n_distinct", column.n_distinct, "real"),
        ("most_common_vals", column.most_common_vals, "text"),
        ("most_common_freqs", list(column.most_common_freqs) or None, "real[]"),
        ("histogram_bounds", column.histogram_bounds, "text"),
        ("correlation", column.correlation, "real"),
        ("most_common_elems", column.most_common_elems, "text"),
        ("most_common_elem_freqs", list(column.most_common_elem_freqs) or None, "real[]"),
        ("elem_count_histogram", list(column.elem_count_histogram) or None, "real[]"),
        ("range_length_histogram", column.range_length_histogram, "text"),
        ("range_empty_frac", column.range_empty_frac, "real"),
        ("range_bounds_histogram", column.range_bounds_histogram, "text"),
    ]
    return [one for one in values if one[1] is not None]


def _call(connection: psycopg.Connection[Any], function: str, pairs: list[tuple[str, object, str]]) -> bool:
    arguments = ", ".join(f"'{name}', %s::{kind}" for name, _, kind in pairs)
    row = connection.execute(
        cast(LiteralString, f"SELECT pg_catalog.{function}({arguments})"), [value for _, value, _ in pairs]
    ).fetchone()
    return bool(row and row[0])
