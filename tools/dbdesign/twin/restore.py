"""Puts statistics into a scratch database's catalogs, and says what did not fit.

`pg_restore_relation_stats` and `pg_restore_attribute_stats` are called as the unprivileged role that owns the tables, because parsing
values calls the types' input functions, which may be the user's. What they refuse is a warning and a `false`, which is noted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql

from dbdesign.model.statistics import ColumnStatistics
from dbdesign.twin.array_literal import join_array, split_array
from dbdesign.twin.composing import verbatim
from dbdesign.twin.samples import base_type

if TYPE_CHECKING:
    from psycopg.abc import Query

    from dbdesign.twin.relations import Relation

_REAL, _REALS, _TEXT, _INT = "real", "real[]", "text", "integer"

_TEXTS = frozenset({"text", "character varying", "character", "citext", "name"})

_FACTS = (
    ("null_frac", _REAL),
    ("avg_width", _INT),
    ("n_distinct", _REAL),
    ("most_common_vals", _TEXT),
    ("most_common_freqs", _REALS),
    ("histogram_bounds", _TEXT),
    ("correlation", _REAL),
    ("most_common_elems", _TEXT),
    ("most_common_elem_freqs", _REALS),
    ("elem_count_histogram", _REALS),
    ("range_length_histogram", _TEXT),
    ("range_empty_frac", _REAL),
    ("range_bounds_histogram", _TEXT),
)
"""Names and types of the arguments, as in the attributes of `ColumnStatistics`."""


def restore_columns(
    user: psycopg.Connection[Any],
    relation: Relation,
    columns: Iterable[ColumnStatistics],
    *,
    place: str | None = None,
) -> list[str]:
    """Restore the statistics of a relation's columns; what did not fit, a sentence each, which calls the relation `place`.

    All at once; one after the other only where the server has something to say, to know of which.
    """
    columns = list(columns)
    if len(columns) > 1 and _all_at_once(user, relation, columns):
        return []
    problems: list[str] = []
    for column in columns:
        shown = f"{place or relation.label}.{column.column or f'expression {column.position}'}"
        said: list[str] = []

        def hear(diagnostic: psycopg.errors.Diagnostic, said: list[str] = said) -> None:
            said.append(diagnostic.message_primary or "refused")

        user.add_notice_handler(hear)
        try:
            column, out_of_order = _in_order(user, relation, column)
            done = user.execute(_call(relation, column)).fetchone()
            if said or not (done and done[0]):
                problems.append(f"statistics of {shown}: {'; '.join(said) or 'refused'}")
            elif out_of_order:
                problems.append(f"statistics of {shown}: {out_of_order}")
        except psycopg.Error as error:
            problems.append(f"statistics of {shown}: {str(error).splitlines()[0]}")
        finally:
            user.remove_notice_handler(hear)
    return problems


def _all_at_once(user: psycopg.Connection[Any], relation: Relation, columns: Sequence[ColumnStatistics]) -> bool:
    """Whether all columns' statistics were taken without a word."""
    said: list[str] = []

    def hear(diagnostic: psycopg.errors.Diagnostic) -> None:
        said.append(diagnostic.message_primary or "refused")

    user.add_notice_handler(hear)
    try:
        orders = [one for column in columns if (one := _order_of(relation, column)) is not None]
        if orders:
            row = user.execute(sql.SQL("select {}").format(sql.SQL(", ").join(orders))).fetchone()
            if row is None or any(found != sorted(found or ()) for found in row):
                return False
        calls = sql.SQL(", ").join(_called(relation, column) for column in columns)
        done = user.execute(sql.SQL("select {}").format(calls)).fetchone()
    except psycopg.Error:
        return False
    finally:
        user.remove_notice_handler(hear)
    return not said and done is not None and all(done)


def _call(relation: Relation, column: ColumnStatistics) -> Query:
    return sql.SQL("select {}").format(_called(relation, column))


def _called(relation: Relation, column: ColumnStatistics) -> sql.Composable:
    arguments: list[sql.Composable] = [
        sql.SQL("'schemaname', {}, 'relname', {}").format(sql.Literal(relation.namespace), sql.Literal(relation.name)),
        sql.SQL("'inherited', {}::boolean").format(sql.Literal(column.inherited)),
    ]
    if column.position is not None:
        arguments.append(sql.SQL("'attnum', {}::smallint").format(sql.Literal(column.position)))
    else:
        arguments.append(sql.SQL("'attname', {}").format(sql.Literal(column.column)))
    for name, kind in _FACTS:
        value = getattr(column, name)
        if value is None or value == ():
            continue
        literal = list(value) if isinstance(value, tuple) else value
        arguments.append(sql.SQL("{}, {}::{}").format(sql.Literal(name), sql.Literal(literal), verbatim(kind)))
    return sql.SQL("pg_catalog.pg_restore_attribute_stats({})").format(sql.SQL(", ").join(arguments))


def _order_of(relation: Relation, column: ColumnStatistics) -> sql.Composable | None:
    """The places of a histogram's bounds in the server's order; None where there is nothing to order."""
    type_name = _type_of(relation, column)
    if column.histogram_bounds is None or type_name is None:
        return None
    return sql.SQL(
        "(select array_agg(n order by v::{0}, n) from pg_catalog.unnest({1}::text[]) with ordinality as bound(v, n))"
    ).format(verbatim(type_name), sql.Literal(column.histogram_bounds))


def _in_order(
    user: psycopg.Connection[Any], relation: Relation, column: ColumnStatistics
) -> tuple[ColumnStatistics, str | None]:
    """The column with its histogram in the order of the server that it goes to, and whether it was not.

    A histogram out of order is accepted silently and makes estimates wrong. Texts come in another order from a database with
    another collation: those are sorted anew. Anything else that is out of order is damaged, and left out.
    """
    asked, type_name = _order_of(relation, column), _type_of(relation, column)
    if asked is None or column.histogram_bounds is None:
        return column, None
    row = user.execute(sql.SQL("select {}").format(asked)).fetchone()
    order = row[0] if row and row[0] else []
    if order == sorted(order):
        return column, None
    if type_name in _TEXTS:
        values = split_array(column.histogram_bounds)
        ordered = column.model_copy(update={"histogram_bounds": join_array(values[number - 1] for number in order)})
        return ordered, "the histogram is in the order of another collation and was sorted bytewise"
    return column.model_copy(update={"histogram_bounds": None}), "the histogram is out of order and was left out"


def _type_of(relation: Relation, column: ColumnStatistics) -> str | None:
    """The column's type, without its modifier: a value that is too long for it must not fail here."""
    for attribute in relation.attributes:
        if attribute.name == column.column or attribute.number == column.position:
            return base_type(attribute.type)
    return None
