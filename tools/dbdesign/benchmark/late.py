"""Foreign keys of cycles, and of tables to themselves: set when all tables have their rows."""

from __future__ import annotations

from collections.abc import Sequence

from dbdesign.benchmark.checks import Condition
from dbdesign.benchmark.numbering import Choice, Spread, chance, is_null, permuted, seed_of
from dbdesign.benchmark.order import own_columns
from dbdesign.benchmark.parents import Numbered, Parents
from dbdesign.benchmark.quoting import name, relation
from dbdesign.benchmark.session import Session
from dbdesign.benchmark.statement import parent_number
from dbdesign.model.profile import TableProfile
from dbdesign.model.schema import ForeignKey, Table


def refer_later(
    session: Session,
    parents: Parents,
    table: Table,
    key: ForeignKey,
    profile: TableProfile | None,
    seed: int,
    conditions: Sequence[Condition] = (),
) -> list[str]:
    """Let the rows of a table refer to their parents; what went wrong, a sentence each.

    Columns that an earlier foreign key has settled stay, and those of the table's own key. Rows that refer to their own table refer to
    an earlier row of it, so that there is no circle; the first refers to none, or to itself where it must refer. A row that would not
    satisfy `conditions` then stays as it is.
    """
    import psycopg

    try:
        session.execute(_update(session, parents, table, key, profile, seed, conditions))
    except psycopg.Error as error:
        return [f"{table.label} ({', '.join(key.columns)}): {error.diag.message_primary or error}"]
    return []


def _update(
    session: Session,
    parents: Parents,
    table: Table,
    key: ForeignKey,
    profile: TableProfile | None,
    seed: int,
    conditions: Sequence[Condition],
) -> str:
    settled = {
        column
        for other in table.foreign_keys
        if other is not key and len(other.columns) < len(key.columns)
        for column in other.columns
    }
    settled |= own_columns(key, table)
    bound = tuple(place for place, column in enumerate(key.columns) if column in settled)
    if len(bound) == len(key.columns):
        bound = ()
    free = [place for place in range(len(key.columns)) if place not in bound]
    parent = parents.numbered(key, bound)
    seed = seed_of(seed, table.label, *key.columns)
    column_profile = profile.columns.get(key.columns[free[0]]) if profile else None
    nullable = all((column := table.column(key.columns[place])) is not None and column.nullable for place in free)
    nulls = column_profile.nulls if column_profile and nullable else 0.0
    wanted = f"NOT ({is_null(nulls, seed, 'x.dbdesign_i')})" if nulls else "true"
    # names that no column of the table has
    rows = (
        "(SELECT tableoid AS dbdesign_o, ctid AS dbdesign_c, row_number() OVER (ORDER BY tableoid, ctid) - 1 AS dbdesign_i, * "
        f"FROM {relation(table)}) x"
    )
    if parent.first is not None:
        number = _number(session, table, key, parent.count, column_profile, seed, parent.first)
        source, chosen = rows, {free[0]: f"{parent.first} + ({number})"}
        condition = f"{wanted} AND ({number}) IS NOT NULL"
    else:
        joined = " AND ".join([f"h.c{place} = x.{name(key.columns[place])}" for place in bound] or ["true"])
        if bound and key.references == table.label:
            drawn, rows = _earlier_within(table, key, seed, nullable=nullable), _own(rows, key, parent)
        elif bound:
            drawn = f"h.n = floor({chance(seed, 'x.dbdesign_i')} * h.total)::bigint"
        else:
            drawn = f"h.n = ({_number(session, table, key, parent.count, column_profile, seed, None)})"
        source, chosen = (
            f"{rows} JOIN {parent.table} h ON {joined} AND {drawn}",
            {place: f"h.c{place}" for place in free},
        )
        condition = wanted
    sets = ", ".join(f"{name(key.columns[place])} = s.{name(key.columns[place])}" for place in free)
    values = {key.columns[place]: value for place, value in chosen.items()}
    columns = ", ".join(f"{values.get(one.name, f'x.{name(one.name)}')} AS {name(one.name)}" for one in table.columns)
    changed = f"SELECT x.dbdesign_o, x.dbdesign_c, {columns} FROM {source} WHERE {condition}"
    accepted = (
        " AND ".join(f"({one.sql}) IS NOT FALSE" for one in conditions if values.keys() & set(one.columns)) or "true"
    )
    return (
        f"UPDATE {relation(table)} t SET {sets} FROM (SELECT * FROM ({changed}) AS {name(table.name)} WHERE {accepted}) s "
        "WHERE t.tableoid = s.dbdesign_o AND t.ctid = s.dbdesign_c"
    )


def _own(rows: str, key: ForeignKey, parent: Numbered) -> str:
    """The rows with their own number among those that agree with them in the settled columns."""
    same = " AND ".join(f"o.c{place} = x.{name(column)}" for place, column in enumerate(key.referenced_columns))
    return f"(SELECT x.*, o.n AS dbdesign_n FROM {rows} JOIN {parent.table} o ON {same}) x"


def _earlier_within(table: Table, key: ForeignKey, seed: int, *, nullable: bool) -> str:
    """Which row of the same table is referred to, among those that agree in the settled columns: an earlier one."""
    any_before = f"floor({chance(seed, 'x.dbdesign_i')} * x.dbdesign_n)::bigint"
    chosen = "x.dbdesign_n - 1" if table.is_unique(key.columns) else any_before
    return f"h.n = {chosen} AND x.dbdesign_n > 0" if nullable else f"h.n = greatest({chosen}, 0)"


def _number(
    session: Session, table: Table, key: ForeignKey, count: int, profile: object, seed: int, first: int | None
) -> str:
    from dbdesign.model.profile import ColumnProfile

    if key.references == table.label:
        return _earlier(table, key, seed, first)
    if table.is_unique(key.columns):
        return (
            permuted(f"(x.dbdesign_i % {max(count, 1)})", max(count, 1), seed)
            + f" + CASE WHEN x.dbdesign_i < {count} THEN 0 END"
        )
    known = profile if isinstance(profile, ColumnProfile) else None
    values = max(min(int(known.distinct), count), 1) if known else max(count, 1)
    rows = int(session.rows(f"SELECT count(*) FROM {relation(table)}")[0][0])
    choice = Choice((), values, known.skew if known else 0.0)
    return parent_number(values, max(count, 1), f"({choice.number(Spread(max(rows, 1), seed), 'x.dbdesign_i')})")


def _earlier(table: Table, key: ForeignKey, seed: int, first: int | None) -> str:
    """The number of an earlier row of the same table; of none for the first where it may be."""
    nullable = all((column := table.column(one)) is not None and column.nullable for one in key.columns)
    none = "NULL" if nullable else "0"
    own = f"(x.{name(key.referenced_columns[0])} - {first})" if first is not None else "x.dbdesign_i"
    if table.is_unique(key.columns):
        return f"CASE WHEN {own} = 0 THEN {none} ELSE {own} - 1 END"
    return f"CASE WHEN {own} = 0 THEN {none} ELSE floor({chance(seed, 'x.dbdesign_i')} * {own})::bigint END"
