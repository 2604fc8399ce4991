"""Restores what ANALYZE collected of the expressions of CREATE STATISTICS (`pg_statistic_ext_data.stxdexpr`).

It is kept as rows of `pg_statistic`, whose values are of type anyarray, which has no input function; PostgreSQL 19 is the first that
restores it. So the unprivileged role makes an empty temporary table with a column for each expression and restores the statistics of its
columns, and our superuser copies the rows that this made, without what they belong to, as ANALYZE stores them
(`serialize_expr_stats` of src/backend/statistics/extended_stats.c). Where nothing was collected the element is NULL, as there.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql

from dbdesign.twin.composing import verbatim
from dbdesign.twin.relations import Attribute, Relation
from dbdesign.twin.restore import restore_columns

if TYPE_CHECKING:
    from dbdesign.engines.postgres.scratch import ScratchDatabase
    from dbdesign.model.statistics import ColumnStatistics, ExtendedStatistics
    from dbdesign.twin.extended import StatisticsObject

_NAME = "dbdesign_expressions"

_COPY = """
update pg_catalog.pg_statistic_ext_data set stxdexpr = (
    select array_agg(case when s.starelid is not null then row(0::oid, 0::smallint, false, {facts})::pg_catalog.pg_statistic end order by n)
    from pg_catalog.generate_series(1, %s) n left join pg_catalog.pg_statistic s on s.starelid = %s::bigint::oid and s.staattnum = n
) where stxoid = %s::bigint::oid and stxdinherit = %s
"""

_COLUMNS = b"""
select attrelid::bigint, attnum, attname, pg_catalog.format_type(atttypid, atttypmod), attlen
from pg_catalog.pg_attribute where attrelid = pg_catalog.to_regclass(%s) and attnum > 0 order by attnum
"""


@cache
def _facts() -> str:
    """The columns of `pg_statistic` behind its key (src/include/catalog/pg_statistic.h)."""
    slots = [
        f"s.{name}{slot}" for name in ("stakind", "staop", "stacoll", "stanumbers", "stavalues") for slot in range(1, 6)
    ]
    return ", ".join(["s.stanullfrac", "s.stawidth", "s.stadistinct", *slots])


def typed_table(user: psycopg.Connection[Any], target: StatisticsObject, members: Sequence[str], name: str) -> Relation:
    """An empty temporary table with a column for each member of a statistics object, of the member's type and collation.

    Args:
        members: columns as quoted names, and expressions.

    Raises:
        psycopg.Error: a member's type is none that a column can have, or it has no collation of its own.
    """
    listed = sql.SQL(", ").join(
        sql.SQL("{} as {}").format(verbatim(one), sql.Identifier(f"c{number}")) for number, one in enumerate(members, 1)
    )
    user.execute(
        sql.SQL("create temporary table {} as select {} from {} with no data").format(
            sql.Identifier(name), listed, sql.Identifier(*target.on)
        )
    )
    row = user.execute("select pg_catalog.pg_my_temp_schema()::pg_catalog.regnamespace::text").fetchone()
    columns = user.execute(_COLUMNS, (f"pg_temp.{name}",)).fetchall()
    attributes = tuple(Attribute(number, column, kind, length, 1, True) for _, number, column, kind, length in columns)
    return Relation(
        columns[0][0], row[0] if row else "pg_temp", name, "r", "heap", None, None, None, attributes=attributes
    )


def drop_typed_table(user: psycopg.Connection[Any], name: str) -> None:
    """Forget it, also where it was not made."""
    user.execute(sql.SQL("drop table if exists pg_temp.{}").format(sql.Identifier(name)))


def restore_expressions(database: ScratchDatabase, target: StatisticsObject, one: ExtendedStatistics) -> list[str]:
    """Add the statistics of its expressions to a row that is already in `pg_statistic_ext_data`; what did not fit, a sentence each."""
    place = f"extended statistics {target.label}"
    most = max((column.position or 0 for column in one.expressions), default=0)
    if most > len(target.expressions):
        return [f"{place}: statistics are of expression {most}, but the object here has {len(target.expressions)}"]
    try:
        table = typed_table(database.user, target, target.expressions, _NAME)
        problems = restore_columns(database.user, table, [_own(column) for column in one.expressions], place=place)
        facts = _COPY.replace("{facts}", _facts()).encode()
        database.admin.execute(facts, (len(target.expressions), table.oid, target.oid, one.inherited))
    except psycopg.Error as error:
        return [f"{place}: {str(error).splitlines()[0]}"]
    finally:
        drop_typed_table(database.user, _NAME)
    return problems


def _own(column: ColumnStatistics) -> ColumnStatistics:
    """As the temporary table's own: whether heirs are counted in is said by the object's row."""
    return column.model_copy(update={"column": None, "inherited": False})
