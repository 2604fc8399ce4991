"""By which key to shard, if it ever comes to that: candidates with their score, vetoes, cross-shard share, fan-out and skew.

Score, 0 to 100: 35 L + 15 C + 20 B + 20 J + 10 G. L: cost-weighted share of the statements that give the key,
inserts aside, which any key routes. C: clamp(log10(different
values ÷ shards) ÷ 2). B: 1 − clamp(largest shard ÷ mean − 1), by hashing the values with their frequencies into the shards. J: share of the
joins, or where there are none of the foreign keys, that stay on one shard. G: 0 where the key changes, 0.3 for points in time, else 1.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from dbdesign.growth.load import QueryLoad
from dbdesign.growth.machine import GB
from dbdesign.twin.distribution import zipf_sum

if TYPE_CHECKING:
    from dbdesign.growth.limits import Situation
    from dbdesign.model.profile import ColumnProfile, Profile
    from dbdesign.model.schema import Column, Table

Role = Literal["distributed", "key to be added", "reference", "apart"]

SHARD = 250 * GB
"""Bytes of a shard: Vitess's advice (vitess.io, "Sharding: recommended shard size"), so that a copy takes minutes and not hours."""
FEWEST = 8
REFERENCE = 1 * GB
"""Bytes up to which a table may be copied to every node."""
WRITES_A_NODE = 10_000.0
"""Rows a second that one node writes durably, in orders of magnitude."""
NODE_BUSY = 0.7
"""Share of a node's processor beyond which requests queue."""
RANKS = 20_000
"""Values that are hashed one by one; the others are spread evenly."""
MOST_CANDIDATES = 12


@dataclass(frozen=True)
class Routing:
    """How a statement finds its shards.

    Attributes:
        shards: that it touches.
        share: of the weighted load.
    """

    query: str
    routed: bool
    shards: int
    share: float
    reason: str


@dataclass(frozen=True)
class KeyCandidate:
    """One way to shard.

    Attributes:
        key: `customers.id`: the column whose values the key has.
        columns: table → the column that holds it.
        roles: table → what becomes of it.
        parts: L, C, B, J, G, each 0 to 1.
        skew: largest shard ÷ mean, in rows.
        largest: share of the rows that the commonest value has.
        vetoes: why it must not be; `prices` what it costs where the engine cannot keep something.
    """

    key: str
    table: str
    columns: Mapping[str, str]
    roles: Mapping[str, Role]
    shards: int
    distinct: float
    parts: Mapping[str, float]
    score: float
    skew: float
    largest: float
    cross_shard: float
    fan_out: float
    vetoes: tuple[str, ...]
    prices: tuple[str, ...]
    routings: tuple[Routing, ...]


def candidates(at: Situation, profile: Profile) -> list[KeyCandidate]:
    """All candidates, those without veto first, the best first."""
    shards = future_shards(at)
    found = [_judged(at, profile, key, table, columns, shards) for key, table, columns in _groups(at)[:MOST_CANDIDATES]]
    return sorted(found, key=lambda one: (bool(one.vetoes), -round(one.score, 1), one.key))


def future_shards(at: Situation) -> int:
    """Shards at the horizon: by bytes, by processor, and a power of two of at least eight."""
    by_size = at.stored(at.months) / SHARD
    by_work = at.load.processor(at.months) / (at.machine.cores * 0.7)
    return max(FEWEST, 1 << math.ceil(math.log2(max(by_size, by_work, 1.0))))


def _groups(at: Situation) -> list[tuple[str, str, dict[str, str]]]:
    """Keys that several tables hold: columns that foreign keys, through any number of tables, say are equal; without such, columns of one
    name; and what leads a primary key.
    """
    tables = [table for table in at.design.schema_.tables if table.partition_of is None]
    found: dict[str, tuple[str, dict[str, str]]] = {}
    for root, members in same_columns(tables).items():
        columns = {label: _chosen(at, label, names) for label, names in _by_table(at, members).items()}
        if columns:
            found[f"{root[0]}.{root[1]}"] = root[0] if root[0] in columns else next(iter(columns)), columns
    taken = {(label, name) for _, columns in found.values() for label, name in columns.items()}
    by_name: dict[str, dict[str, str]] = {}
    for table in tables:
        leading = table.primary_key.columns[:1] if table.primary_key else ()
        for column in table.columns:
            named = column.name.endswith("_id") or column.name in leading
            if named and not column.nullable and (table.label, column.name) not in taken:
                by_name.setdefault(column.name, {})[table.label] = column.name
    for name, columns in by_name.items():
        largest = max(columns, key=lambda one: at.sizes.of_table(one, at.months))
        found[f"{largest}.{name}"] = largest, columns
    weight = {key: sum(at.sizes.of_table(one, at.months) for one in columns) for key, (_, columns) in found.items()}
    total = max(at.sizes.total(at.months), 1.0)
    ordered = sorted(found, key=lambda key: (-weight[key] / total, key))
    return [(key, *found[key]) for key in ordered if weight[key] > 0.1 * total]


Place = tuple[str, str]


def same_columns(tables: Sequence[Table]) -> dict[Place, list[Place]]:
    """Columns that foreign keys say hold the same values, by the one that all of them come from."""
    source: dict[Place, Place] = {}
    for table in tables:
        for key in table.foreign_keys:
            for here, there in zip(key.columns, key.referenced_columns, strict=False):
                source.setdefault((table.label, here), (key.references, there))

    def root(place: Place) -> Place:
        seen = {place}
        while (above := source.get(place)) is not None and above not in seen:
            place = above
            seen.add(place)
        return place if above is None else min(seen)

    found: dict[Place, list[Place]] = {}
    for place in source:
        found.setdefault(root(place), []).append(place)
    for one, members in found.items():
        if one not in members:
            members.insert(0, one)
    return found


def _by_table(at: Situation, members: Sequence[Place]) -> dict[str, list[str]]:
    """Those that are never NULL, by table."""
    found: dict[str, list[str]] = {}
    for label, name in members:
        if not _nullable(at, label, name):
            found.setdefault(label, []).append(name)
    return found


def _chosen(at: Situation, label: str, names: Sequence[str]) -> str:
    """Of several columns of a table that hold the same key (who follows, who is followed): what most statements give."""
    table = at.design.schema_.table_by_label[label]
    leading = table.primary_key.columns[:1] if table.primary_key else ()

    def given(name: str) -> tuple[float, bool]:
        rate = sum(
            at.load.rate(one, at.months)
            for one in at.load.queries
            if one.use and any(use.table.label == label and name in use.equal for use in one.use.uses)
        )
        return rate, name in leading

    return max(names, key=given)


def _judged(
    at: Situation, profile: Profile, key: str, table: str, columns: dict[str, str], shards: int
) -> KeyCandidate:
    roles = _roles(at, columns)
    routings = [_routing(at, one, columns, roles, shards) for one in at.load.queries]
    every = sum(one.share for one in routings) or 1.0
    routed = sum(one.share for one in routings if one.routed) / every
    asking = [routing for one, routing in zip(at.load.queries, routings, strict=True) if not _only_inserts(one)]
    asked = sum(one.share for one in asking)
    heaviest = max(columns, key=lambda one: at.sizes.of_table(one, at.months))
    column = profile.tables[heaviest].columns.get(columns[heaviest]) if heaviest in profile.tables else None
    own = profile.tables[table].columns.get(key.rsplit(".", 1)[1]) if table in profile.tables else None
    distinct = max([one.distinct for one in (column, own) if one is not None], default=1.0)
    skew, largest = skew_of(column, shards) if column else (1.0, 1.0)
    mutable = _changes(at, columns)
    timed = _column(at, table, key.rsplit(".", 1)[1])
    parts = {
        "L": sum(one.share for one in asking if one.routed) / asked if asked else 1.0,
        "C": _clamp(math.log10(max(distinct / shards, 1.0)) / 2),
        "B": 1 - _clamp(skew - 1),
        "J": _together(at, columns, roles, routings),
        "G": 0.0 if mutable else (0.3 if timed is not None and timed.type.is_time else 1.0),
    }
    score = 35 * parts["L"] + 15 * parts["C"] + 20 * parts["B"] + 20 * parts["J"] + 10 * parts["G"]
    rates = [(at.load.rate(one, at.months), routing) for one, routing in zip(at.load.queries, routings, strict=True)]
    executions = sum(rate for rate, _ in rates) or 1.0
    return KeyCandidate(
        key,
        table,
        columns,
        roles,
        shards,
        distinct,
        parts,
        score,
        skew,
        largest,
        1 - routed,
        sum(rate * routing.shards for rate, routing in rates) / executions,
        (
            *_vetoes(at, shards, distinct, largest, mutable, heaviest),
            *_hot(at, columns, shards),
            *_timed(timed),
        ),
        tuple(_prices(at, columns, roles)),
        tuple(routings),
    )


def _roles(at: Situation, columns: Mapping[str, str]) -> dict[str, Role]:
    """What becomes of each table: those that hold the key are distributed; small ones are copied to every node; those that belong to a
    distributed one need the key; the others stand apart."""
    roles: dict[str, Role] = {}
    written = at.load.written(at.months)
    tables = [table for table in at.design.schema_.tables if table.partition_of is None]
    for table in tables:
        if table.label in columns:
            roles[table.label] = "distributed"
        elif at.sizes.of_table(table.label, at.months) <= REFERENCE and written.get(table.label, 0.0) < 10:
            roles[table.label] = "reference"
    for _ in tables:
        before = len(roles)
        for table in tables:
            parents = [key.references for key in table.foreign_keys if key.references != table.label]
            if table.label not in roles and any(
                roles.get(one) in {"distributed", "key to be added"} for one in parents
            ):
                roles[table.label] = "key to be added"
        if len(roles) == before:
            break
    return {table.label: roles.get(table.label, "apart") for table in tables}


def _routing(
    at: Situation, one: QueryLoad, columns: Mapping[str, str], roles: Mapping[str, Role], shards: int
) -> Routing:
    share = at.load.rate(one, at.months) * at.load.cost(one, at.months).processor
    if one.use is None:
        return Routing(one.query.name, False, shards, share, "could not be analysed")
    inserted = [write.table.label for write in one.use.writes if write.kind == "insert"]
    read = [use for use in one.use.uses if roles.get(use.table.label) not in {None, "reference"}]
    if not read:
        if any(roles.get(write.table.label) == "reference" for write in one.use.writes):
            return Routing(one.query.name, False, shards, share, "writes a table that is copied to every node")
        where = f"inserts into {inserted[0]}" if inserted else "reads copies only"
        return Routing(one.query.name, True, 1, share, where)
    apart = sorted({use.table.label for use in read if roles[use.table.label] == "apart"})
    if apart:
        return Routing(one.query.name, False, shards, share, f"{', '.join(apart)} does not hold the key")
    given = [use for use in read if columns.get(use.table.label) in use.equal]
    if not given:
        return Routing(one.query.name, False, shards, share, "does not give the key")
    reached = {id(use) for use in given}
    labels = {use.table.label for use in given}
    for _ in read:
        for use in read:
            tied = any(other in labels for ties in use.joins.values() for other, _ in ties)
            if id(use) not in reached and (tied or _joined_from(read, use, labels)):
                reached.add(id(use))
                labels.add(use.table.label)
    loose = sorted({use.table.label for use in read if id(use) not in reached})
    if loose:
        return Routing(one.query.name, False, shards, share, f"{', '.join(loose)} is not joined on the key")
    return Routing(one.query.name, True, 1, share, f"gives {given[0].table.label}.{columns[given[0].table.label]}")


def _joined_from(read: Sequence[object], use: object, labels: set[str]) -> bool:
    """Whether one that is reached joins to it."""
    name = use.table.label  # type: ignore[attr-defined]
    return any(
        other.table.label in labels and any(target == name for ties in other.joins.values() for target, _ in ties)  # type: ignore[attr-defined]
        for other in read
    )


def _together(
    at: Situation, columns: Mapping[str, str], roles: Mapping[str, Role], routings: Sequence[Routing]
) -> float:
    """Share of the joins that stay on one shard; of the foreign keys between large tables where nothing joins."""
    apart = together = 0.0
    for one, routing in zip(at.load.queries, routings, strict=True):
        large = {
            use.table.label for use in (one.use.uses if one.use else ()) if roles.get(use.table.label) != "reference"
        }
        if len(large) > 1:
            held = all(roles.get(label) in {"distributed", "key to be added"} for label in large)
            together += routing.share * (held and (routing.routed or all(label in columns for label in large)))
            apart += routing.share
    if apart:
        return together / apart
    keys = [
        roles[key.references] in {"distributed", "key to be added"}
        and roles[table.label] in {"distributed", "key to be added"}
        for table in at.design.schema_.tables
        for key in table.foreign_keys
        if roles.get(table.label) not in {None, "reference"} and roles.get(key.references) not in {None, "reference"}
    ]
    return sum(keys) / len(keys) if keys else 1.0


def skew_of(column: ColumnProfile, shards: int) -> tuple[float, float]:
    """Largest shard ÷ mean, and the share of the commonest value: the values by rank with their frequencies, hashed into the shards."""
    held = [0.0] * shards
    common = [share for _, share in column.common]
    for text, share in column.common:
        held[_place(text, shards)] += share
    rest = max(round(column.distinct) - len(common), 0)
    left = max(1 - column.nulls - sum(common), 0.0)
    if rest:
        total = zipf_sum(rest, column.skew)
        shares = [left * (rank + 1) ** -column.skew / total for rank in range(min(rest, RANKS))]
        even = max(left - sum(shares), 0.0) / shards
        held = [one + even for one in held]
        for place, share in zip(_places(shards), shares, strict=False):
            held[place] += share
        common += shares[:1]
    mean = sum(held) / shards
    return (max(held) / mean if mean else 1.0), max(common, default=0.0)


def _place(text: str, shards: int) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") % shards


@lru_cache(maxsize=8)
def _places(shards: int) -> tuple[int, ...]:
    """The shards that values without a name fall into, by rank."""
    return tuple(_place(f"rank {rank}", shards) for rank in range(RANKS))


def _vetoes(
    at: Situation,
    shards: int,
    distinct: float,
    largest: float,
    mutable: bool,
    heaviest: str,
) -> Iterator[str]:
    if distinct < 10 * shards:
        yield f"{distinct:,.0f} different values for {shards} shards: fewer than ten each"
    if largest > 2 / shards:
        yield f"the commonest value has {largest:.1%} of the rows: more than two of {shards} shards' worth"
    writes = at.load.written(at.months).get(heaviest, 0.0)
    if largest * writes > WRITES_A_NODE:
        yield f"the commonest value is written {largest * writes:,.0f} times a second: more than one node's {WRITES_A_NODE:,.0f}"
    if largest * at.sizes.of_table(heaviest, at.months) > SHARD:
        held = largest * at.sizes.of_table(heaviest, at.months) / GB
        yield f"the commonest value alone holds {held:,.0f} GB at the horizon: more than a shard"
    if mutable:
        yield "statements change it: a row would move between shards"


def _hot(at: Situation, columns: Mapping[str, str], shards: int) -> Iterator[str]:
    """Where the statements themselves crowd on one value, as their patterns say, whatever the rows do."""
    hottest = {one.query or one.name: one for one in at.design.access.patterns if one.hottest}
    every = hot = 0.0
    for one in at.load.queries:
        pattern = hottest.get(one.query.name)
        cores = at.load.rate(one, at.months) * at.load.cost(one, at.months).processor / 1000
        every += cores
        key = columns.get(pattern.entity) if pattern is not None else None
        if pattern is not None and (key in pattern.equal or (pattern.operation == "inserts" and key is not None)):
            hot += cores * (pattern.hottest or 0.0)
    if every and hot / every > 2 / shards and hot > at.machine.cores * NODE_BUSY:
        yield (
            f"the most wanted value takes {hot:,.1f} cores, {hot / every:.0%} of the load: more than one node's {at.machine.cores:g} serve"
        )


def _timed(column: Column | None) -> Iterator[str]:
    if column is not None and column.type.is_time:
        yield "a point in time: by range all new rows go to one shard, by hash every range is asked of all"


def _only_inserts(one: QueryLoad) -> bool:
    """Whether it only inserts, and so goes to one shard by any key."""
    return one.use is not None and bool(one.use.writes) and all(write.kind == "insert" for write in one.use.writes)


def _prices(at: Situation, columns: Mapping[str, str], roles: Mapping[str, Role]) -> Iterator[str]:
    """What the key costs: unique keys that do not hold it, tables that need it."""
    added = [label for label, role in roles.items() if role == "key to be added"]
    if added:
        yield f"{', '.join(added[:6])}{' …' if len(added) > 6 else ''} must get the key as a column"
    for label, role in roles.items():
        table = at.design.schema_.table_by_label[label]
        if role == "distributed":
            for unique in natural_keys(table):
                if columns[label] not in unique:
                    yield (
                        f"UNIQUE ({', '.join(sorted(unique))}) of {label} does not hold it: Citus cannot keep it, Vitess needs a lookup "
                        "vindex; "
                        "CockroachDB, TiDB and YugabyteDB keep it and look on another shard"
                    )


def natural_keys(table: Table) -> Iterator[frozenset[str]]:
    """The unique sets of columns beside the primary key."""
    yield from (columns for columns, _ in table.unique_column_sets)


def _changes(at: Situation, columns: Mapping[str, str]) -> bool:
    return any(
        columns.get(write.table.label) in write.columns and write.kind == "update"
        for one in at.load.queries
        for write in (one.use.writes if one.use else ())
    )


def _nullable(at: Situation, table: str, name: str) -> bool:
    column = _column(at, table, name)
    return column is None or column.nullable


def _column(at: Situation, table: str, name: str) -> Column | None:
    found = at.design.schema_.table_by_label.get(table)
    return found.column(name) if found else None


def _clamp(number: float) -> float:
    return min(max(number, 0.0), 1.0)
