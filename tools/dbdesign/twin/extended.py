"""Restores what CREATE STATISTICS collected into `pg_statistic_ext_data`, for which PostgreSQL 18 has no function.

Numbers of distinct combinations and dependencies are written in the server's own format (PostgreSQL source, `mvdistinct.c`,
`statext_ndistinct_serialize`; `dependencies.c`, `statext_dependencies_serialize`). Commonest combinations hold values of any type: the
server makes them itself from a temporary table with each combination once, and only their frequencies are written over (`mcv.c`,
`statext_mcv_serialize`). The casts that this takes are there within one transaction of our superuser only: with them, anyone could
hand damaged statistics to the planner.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql

from dbdesign.model.schema import label
from dbdesign.twin.composing import verbatim

if TYPE_CHECKING:
    from dbdesign.engines.postgres.scratch import ScratchDatabase
    from dbdesign.model.statistics import ExtendedStatistics

_NDISTINCT_MAGIC, _DEPENDENCY_MAGIC = 0xA352BFA4, 0xB4549A2C
_BASIC = 1
"""STATS_NDISTINCT_TYPE_BASIC, STATS_DEPS_TYPE_BASIC."""

_OBJECTS = """
select s.oid::bigint, n.nspname, s.stxname, s.stxrelid::bigint,
    array(select k from pg_catalog.unnest(s.stxkeys) k order by k)::integer[], s.stxkind::text[],
    array(select a.attname from pg_catalog.pg_attribute a where a.attrelid = s.stxrelid and a.attnum = any(s.stxkeys) order by a.attnum),
    array(select pg_catalog.format_type(a.atttypid, a.atttypmod) from pg_catalog.pg_attribute a
        where a.attrelid = s.stxrelid and a.attnum = any(s.stxkeys) order by a.attnum)
from pg_catalog.pg_statistic_ext s join pg_catalog.pg_namespace n on n.oid = s.stxnamespace
"""

_INSERT = b"""
insert into pg_catalog.pg_statistic_ext_data (stxoid, stxdinherit, stxdndistinct, stxddependencies, stxdmcv)
values (%s::bigint::oid, %s, %s::bytea::pg_catalog.pg_ndistinct, %s::bytea::pg_catalog.pg_dependencies, %s::bytea::pg_catalog.pg_mcv_list)
"""

_WHY_NOT = (
    " (it is kept as values of type anyarray, which cannot be written, and PostgreSQL 19 is the first with a function for it):"
    " the planner takes its defaults for them, unless an index on the expression has statistics"
)

_TYPES = ("pg_ndistinct", "pg_dependencies", "pg_mcv_list")


@dataclass(frozen=True)
class StatisticsObject:
    """An object of CREATE STATISTICS in the scratch database; keys in the order of their numbers, without expressions."""

    oid: int
    label: str
    table: int
    keys: tuple[int, ...]
    kinds: frozenset[str]
    columns: tuple[str, ...]
    types: tuple[str, ...]


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
            tuple(types),
        )
        for oid, namespace, name, table, keys, kinds, columns, types in admin.execute(_OBJECTS.encode()).fetchall()
    ]


def restore_extended(
    database: ScratchDatabase, objects: Sequence[StatisticsObject], statistics: Iterable[ExtendedStatistics]
) -> list[str]:
    """Write them; what could not be, a sentence each."""
    by_label = {one.label: one for one in objects}
    found: set[str] = set()
    problems: list[str] = []
    rows: list[tuple[Any, ...]] = []
    for one in statistics:
        name = label(one.namespace, one.name)
        target = by_label.get(name)
        found.add(name)
        if target is None:
            problems.append(f"extended statistics {name}: no such object in the schema")
            continue
        try:
            rows.append(_row(database, target, one))
        except (ValueError, KeyError, psycopg.Error) as error:
            problems.append(f"extended statistics {name}: {str(error).splitlines()[0]}")
    problems += [
        f"extended statistics {one.label}: nothing is known of what was collected (pg_dump of PostgreSQL 18 leaves it out)"
        for one in objects
        if one.label not in found
    ]
    problems += [
        f"extended statistics {one.label}: what was collected of expressions is not restored{_WHY_NOT}"
        for one in objects
        if "e" in one.kinds and one.label in found
    ]
    if rows or objects:
        _write(database.admin, [one.oid for one in objects], rows)
    return problems


def _row(database: ScratchDatabase, target: StatisticsObject, one: ExtendedStatistics) -> tuple[Any, ...]:
    texts = [text for text in (one.n_distinct, one.dependencies) if text]
    numbers = _numbers(texts, target)
    distinct = ndistinct_bytes(parsed_ndistinct(one.n_distinct, numbers)) if one.n_distinct else None
    dependencies = dependency_bytes(parsed_dependencies(one.dependencies, numbers)) if one.dependencies else None
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


def _numbers(texts: Sequence[str], target: StatisticsObject) -> Mapping[int, int]:
    """Column numbers of the source to those here: both in ascending order, since dropped columns leave gaps but change no order."""
    named = {number for text in texts for key in json.loads(text) for number in _parts(key) if number > 0}
    expressions = {number: number for text in texts for key in json.loads(text) for number in _parts(key) if number < 0}
    if len(named) != len(target.keys):
        raise ValueError(f"they are of {len(named)} columns, but the object here has {len(target.keys)}")
    return dict(zip(sorted(named), target.keys, strict=True)) | expressions


def combinations(target: StatisticsObject, text: str | None) -> list[tuple[frozenset[str], float]]:
    """How many combinations of columns there are, by name; none where the object is another one than the statistics are of."""
    try:
        numbers = _numbers([text], target) if text else {}
    except ValueError:
        return []
    names = dict(zip(target.keys, target.columns, strict=True))
    return [
        (frozenset(names[key] for key in keys), value)
        for keys, value in (parsed_ndistinct(text, numbers) if text else [])
        if all(key in names for key in keys)
    ]


def _parts(key: str) -> list[int]:
    return [int(part) for part in key.replace("=>", ",").split(",")]


def parsed_ndistinct(text: str, numbers: Mapping[int, int]) -> list[tuple[tuple[int, ...], float]]:
    """`{"1, 2": 100}` as the server's output function writes it."""
    return [(tuple(numbers[part] for part in _parts(key)), float(value)) for key, value in json.loads(text).items()]


def parsed_dependencies(text: str, numbers: Mapping[int, int]) -> list[tuple[tuple[int, ...], float]]:
    """`{"1 => 2": 0.9}`: the columns, the dependent one last."""
    return parsed_ndistinct(text, numbers)


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
    if len(combinations[0][0]) != len(target.columns):
        raise ValueError("combinations with expressions are not restored")
    user = database.user
    try:
        normal = _collect(user, target, combinations)
        made = user.execute(
            "select most_common_vals from pg_catalog.pg_stats_ext where statistics_name = 'dbdesign_combined'"
        ).fetchone()
        row = database.admin.execute(
            "select pg_catalog.pg_mcv_list_send(d.stxdmcv) from pg_catalog.pg_statistic_ext_data d "
            "join pg_catalog.pg_statistic_ext s on s.oid = d.stxoid where s.stxname = 'dbdesign_combined'"
        ).fetchone()
    finally:
        user.execute("drop table if exists pg_temp.dbdesign_combinations")
    if made is None or row is None or len(made[0]) != len(combinations):
        raise ValueError("the commonest combinations could not be made anew")
    frequencies = {values: one[1:] for values, one in zip(normal, combinations, strict=True)}
    return with_frequencies(row[0], len(target.columns), [frequencies[tuple(values)] for values in made[0]])


def _collect(
    user: psycopg.Connection[Any],
    target: StatisticsObject,
    combinations: Sequence[tuple[tuple[str | None, ...], float, float]],
) -> list[tuple[str | None, ...]]:
    """Make and analyse the temporary table; the combinations as the server shows their values, in the order given."""
    names = [sql.Identifier(name) for name in target.columns]
    every = sql.SQL(", ").join(names)
    typed = [
        sql.SQL("{0}::{1} as {0}").format(name, verbatim(kind)) for name, kind in zip(names, target.types, strict=True)
    ]
    arrays = [
        sql.SQL("{}::text[]").format(sql.Literal([one[0][place] for one in combinations]))
        for place in range(len(names))
    ]
    user.execute("set default_statistics_target = 10000")
    user.execute(
        sql.SQL("create temporary table dbdesign_combinations as select {} from unnest({}) as given({})").format(
            sql.SQL(", ").join(typed), sql.SQL(", ").join(arrays), every
        )
    )
    user.execute(
        sql.SQL("create statistics pg_temp.dbdesign_combined (mcv) on {} from pg_temp.dbdesign_combinations").format(
            every
        )
    )
    user.execute("analyze pg_temp.dbdesign_combinations")
    user.execute("reset default_statistics_target")
    shown = sql.SQL(", ").join(sql.SQL("{}::text").format(name) for name in names)
    return user.execute(sql.SQL("select {} from pg_temp.dbdesign_combinations order by ctid").format(shown)).fetchall()


def with_frequencies(mcv: bytes, columns: int, frequencies: Sequence[tuple[float, float]]) -> bytes:
    """A serialized list of combinations with other frequencies and base frequencies. The items stand at its end, each as a flag for
    NULL a column, the two frequencies, and a number of its value a column."""
    found = bytearray(mcv)
    item = columns * 3 + 16
    start = len(found) - item * len(frequencies)
    for place, pair in enumerate(frequencies):
        struct.pack_into("=dd", found, start + place * item + columns, *pair)
    return bytes(found)
