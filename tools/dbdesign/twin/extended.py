"""Restores what CREATE STATISTICS collected into `pg_statistic_ext_data`, for which PostgreSQL 18 has no function.

Numbers of distinct combinations and dependencies are written in the server's own format (PostgreSQL source, `mvdistinct.c`,
`statext_ndistinct_serialize`; `dependencies.c`, `statext_dependencies_serialize`). Commonest combinations hold values of any type: the
server makes them itself from a temporary table with each combination once, and only their frequencies are written over (`mcv.c`,
`statext_mcv_serialize`). The casts that this takes are there within one transaction of our superuser only: with them, anyone could
hand damaged statistics to the planner. Distributions of expressions: `expression_statistics.py`.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql

from dbdesign.model.schema import label
from dbdesign.twin.composing import verbatim
from dbdesign.twin.expression_statistics import drop_typed_table, restore_expressions, typed_table
from dbdesign.twin.extended_texts import items, translated

if TYPE_CHECKING:
    from dbdesign.engines.postgres.scratch import ScratchDatabase
    from dbdesign.model.statistics import ExtendedStatistics
    from dbdesign.twin.relations import Relation

_NDISTINCT_MAGIC, _DEPENDENCY_MAGIC = 0xA352BFA4, 0xB4549A2C
_BASIC = 1
"""STATS_NDISTINCT_TYPE_BASIC, STATS_DEPS_TYPE_BASIC."""

_OBJECTS = """
select s.oid::bigint, n.nspname, s.stxname, s.stxrelid::bigint,
    array(select k from pg_catalog.unnest(s.stxkeys) k order by k)::integer[], s.stxkind::text[],
    array(select a.attname from pg_catalog.pg_attribute a where a.attrelid = s.stxrelid and a.attnum = any(s.stxkeys) order by a.attnum),
    coalesce(pg_catalog.pg_get_statisticsobjdef_expressions(s.oid), '{}'), array[t.nspname, c.relname]
from pg_catalog.pg_statistic_ext s join pg_catalog.pg_namespace n on n.oid = s.stxnamespace
join pg_catalog.pg_class c on c.oid = s.stxrelid join pg_catalog.pg_namespace t on t.oid = c.relnamespace
order by s.oid
"""

_INSERT = b"""
insert into pg_catalog.pg_statistic_ext_data (stxoid, stxdinherit, stxdndistinct, stxddependencies, stxdmcv)
values (%s::bigint::oid, %s, %s::bytea::pg_catalog.pg_ndistinct, %s::bytea::pg_catalog.pg_dependencies, %s::bytea::pg_catalog.pg_mcv_list)
"""

_WHAT_THEN = "the planner takes its defaults for them, unless an index on the expression has statistics"

_COMBINATIONS = "dbdesign_combinations"

_TYPES = ("pg_ndistinct", "pg_dependencies", "pg_mcv_list")


@dataclass(frozen=True)
class StatisticsObject:
    """An object of CREATE STATISTICS in the scratch database.

    Attributes:
        keys, columns: those of its columns, in the order of their numbers.
        expressions: as the server writes them, with qualified names.
        on: schema and name of its table.
    """

    oid: int
    label: str
    table: int
    keys: tuple[int, ...]
    kinds: frozenset[str]
    columns: tuple[str, ...]
    expressions: tuple[str, ...]
    on: tuple[str, str]

    @property
    def members(self) -> tuple[str, ...]:
        """Its columns, quoted, and behind them its expressions, as the server keeps them."""
        return (*(sql.Identifier(name).as_string() for name in self.columns), *self.expressions)


def read_objects(admin: psycopg.Connection[Any]) -> list[StatisticsObject]:
    """The database's statistics objects."""
    return [
        StatisticsObject(
            oid,
            label(None if namespace == "public" else namespace, name),
            table,
            tuple(keys),
            frozenset(kinds),
            tuple(columns),
            tuple(expressions),
            (on[0], on[1]),
        )
        for oid, namespace, name, table, keys, kinds, columns, expressions, on in admin.execute(
            _OBJECTS.encode()
        ).fetchall()
    ]


def restore_extended(
    database: ScratchDatabase, objects: Sequence[StatisticsObject], statistics: Iterable[ExtendedStatistics]
) -> list[str]:
    """Write them; what could not be, a sentence each."""
    by_label = {one.label: one for one in objects}
    found: set[str] = set()
    problems: list[str] = []
    rows: list[tuple[StatisticsObject, ExtendedStatistics, tuple[Any, ...]]] = []
    for one in statistics:
        name = label(one.namespace, one.name)
        target = by_label.get(name)
        found.add(name)
        if target is None:
            problems.append(f"extended statistics {name}: no such object in the schema")
            continue
        try:
            rows.append((target, one, _row(database, target, one)))
        except (ValueError, psycopg.Error) as error:
            problems.append(f"extended statistics {name}: {str(error).splitlines()[0]}")
    problems += [
        f"extended statistics {one.label}: nothing is known of what was collected (pg_dump of PostgreSQL 18 leaves it out)"
        for one in objects
        if one.label not in found
    ]
    if rows or objects:
        _write(database.admin, [one.oid for one in objects], [row for _, _, row in rows])
    for target, one, _ in rows:
        if one.expressions:
            problems += restore_expressions(database, target, one)
        elif target.expressions:
            problems.append(f"extended statistics {target.label}: nothing is known of its expressions: {_WHAT_THEN}")
    return problems


def _row(database: ScratchDatabase, target: StatisticsObject, one: ExtendedStatistics) -> tuple[Any, ...]:
    texts = [text for text in (one.n_distinct, one.dependencies) if text]
    numbers = _numbers(texts, target, one.keys)
    distinct = ndistinct_bytes(translated(one.n_distinct, numbers)) if one.n_distinct else None
    dependencies = dependency_bytes(translated(one.dependencies, numbers)) if one.dependencies else None
    common = _common_bytes(database, target, one.most_common) if one.most_common else None
    return target.oid, one.inherited, distinct, dependencies, common


def _write(admin: psycopg.Connection[Any], objects: list[int], rows: Sequence[tuple[Any, ...]]) -> None:
    with admin.transaction():
        admin.execute("delete from pg_catalog.pg_statistic_ext_data where stxoid::bigint = any(%s)", (objects,))
        for name in _TYPES:
            admin.execute(sql.SQL("create cast (bytea as pg_catalog.{}) without function").format(verbatim(name)))
        for row in rows:
            admin.execute(_INSERT, row)
        for name in _TYPES:
            admin.execute(sql.SQL("drop cast (bytea as pg_catalog.{})").format(verbatim(name)))


def _numbers(texts: Sequence[str], target: StatisticsObject, keys: Sequence[int] = ()) -> Mapping[int, int]:
    """Column numbers of the source to those here: both in ascending order, since dropped columns leave gaps but change no order.

    Args:
        keys: those of the source; where they are not known, those that the texts name are all.
    """
    parts = {part for text in texts for found, _ in items(text) for part in found}
    named = set(keys) or {part for part in parts if part > 0}
    expressions = {part: part for part in parts if part < 0}
    if -min(expressions, default=0) > len(target.expressions):
        raise ValueError(
            f"they are of expression {-min(expressions)}, but the object here has {len(target.expressions)}"
        )
    if len(named) != len(target.keys) and (named or texts):
        raise ValueError(f"they are of {len(named)} columns, but the object here has {len(target.keys)}")
    return dict(zip(sorted(named), target.keys, strict=True)) | expressions


def combinations(target: StatisticsObject, one: ExtendedStatistics | None) -> list[tuple[frozenset[str], float]]:
    """How many combinations of columns there are, by name; none where the object is another one than the statistics are of."""
    text = one.n_distinct if one else None
    try:
        found = translated(text, _numbers([text], target, one.keys)) if one and text else []
    except ValueError:
        return []
    names = dict(zip(target.keys, target.columns, strict=True))
    return [
        (frozenset(names[key] for key in keys), value) for keys, value in found if all(key in names for key in keys)
    ]


def ndistinct_bytes(items: Sequence[tuple[tuple[int, ...], float]]) -> bytes:
    """In the format of `pg_ndistinct`, without the header of a variable-length value."""
    parts = [struct.pack("=III", _NDISTINCT_MAGIC, _BASIC, len(items))]
    parts += [struct.pack(f"=di{len(keys)}h", value, len(keys), *keys) for keys, value in items]
    return b"".join(parts)


def dependency_bytes(items: Sequence[tuple[tuple[int, ...], float]]) -> bytes:
    """In the format of `pg_dependencies`."""
    parts = [struct.pack("=III", _DEPENDENCY_MAGIC, _BASIC, len(items))]
    parts += [struct.pack(f"=dh{len(keys)}h", degree, len(keys), *keys) for keys, degree in items]
    return b"".join(parts)


def _common_bytes(
    database: ScratchDatabase,
    target: StatisticsObject,
    combinations: Sequence[tuple[tuple[str | None, ...], float, float]],
) -> bytes:
    """A list of commonest combinations: made by the server as the unprivileged role, with the frequencies written over."""
    members = target.members
    if len(combinations[0][0]) != len(members):
        raise ValueError(
            f"its combinations are of {len(combinations[0][0])} values, but the object here has {len(members)}"
        )
    user = database.user
    try:
        normal = _collect(user, typed_table(user, target, members, _COMBINATIONS), combinations)
        made = user.execute(
            "select most_common_vals from pg_catalog.pg_stats_ext where statistics_name = 'dbdesign_combined'"
        ).fetchone()
        row = database.admin.execute(
            "select pg_catalog.pg_mcv_list_send(d.stxdmcv) from pg_catalog.pg_statistic_ext_data d "
            "join pg_catalog.pg_statistic_ext s on s.oid = d.stxoid where s.stxname = 'dbdesign_combined'"
        ).fetchone()
    finally:
        drop_typed_table(user, _COMBINATIONS)
    if made is None or row is None or len(made[0] or ()) != len(combinations):
        raise ValueError("the commonest combinations could not be made anew")
    frequencies = {values: one[1:] for values, one in zip(normal, combinations, strict=True)}
    if unlike := {tuple(values) for values in made[0]} - frequencies.keys():
        raise ValueError(f"the server writes a combination otherwise: {min(unlike, key=str)}")
    return with_frequencies(row[0], len(members), [frequencies[tuple(values)] for values in made[0]])


def _collect(
    user: psycopg.Connection[Any],
    table: Relation,
    combinations: Sequence[tuple[tuple[str | None, ...], float, float]],
) -> list[tuple[str | None, ...]]:
    """Fill and analyse the temporary table; the combinations as the server shows their values, in the order given."""
    names = [sql.Identifier(one.name) for one in table.attributes]
    every = sql.SQL(", ").join(names)
    typed = [
        sql.SQL("{}::{}").format(name, verbatim(one.type)) for name, one in zip(names, table.attributes, strict=True)
    ]
    arrays = [
        sql.SQL("{}::text[]").format(sql.Literal([one[0][place] for one in combinations]))
        for place in range(len(names))
    ]
    own = sql.Identifier("pg_temp", table.name)
    user.execute("set default_statistics_target = 10000")
    user.execute(
        sql.SQL("insert into {} select {} from unnest({}) as given({})").format(
            own, sql.SQL(", ").join(typed), sql.SQL(", ").join(arrays), every
        )
    )
    user.execute(sql.SQL("create statistics pg_temp.dbdesign_combined (mcv) on {} from {}").format(every, own))
    user.execute(sql.SQL("analyze {}").format(own))
    user.execute("reset default_statistics_target")
    output = "case when pg_catalog.num_nonnulls({0}) > 0 then pg_catalog.format('%s', {0}) end"  # a cast writes false where output writes f
    shown = sql.SQL(", ").join(sql.SQL(output).format(name) for name in names)
    return user.execute(sql.SQL("select {} from {} order by ctid").format(shown, own)).fetchall()


def with_frequencies(mcv: bytes, columns: int, frequencies: Sequence[tuple[float, float]]) -> bytes:
    """A serialized list of combinations with other frequencies and base frequencies. The items stand at its end, each as a flag for
    NULL a column, the two frequencies, and a number of its value a column."""
    found = bytearray(mcv)
    item = columns * 3 + 16
    start = len(found) - item * len(frequencies)
    for place, pair in enumerate(frequencies):
        struct.pack_into("=dd", found, start + place * item + columns, *pair)
    return bytes(found)
