"""What can be seen of a statement's work: locks of its backend, and what changed in pg_class and in the counters of scans."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dbdesign.model.migration import LockMode
from dbdesign.model.schema import label

FIRST_USER_OID = 16384
"""FirstNormalObjectId: below it are the catalogs."""

TABLES = frozenset("rpmf")
VIEWS = frozenset("v")
INDEXES = frozenset("iI")

_COLUMNS = """c.oid::bigint, n.nspname::text, c.relname::text, c.relkind::text, c.relfilenode::bigint, coalesce(i.indrelid, 0)::bigint,
    coalesce(i.indisvalid, true), c.relnatts::integer"""
_FROM = f"""FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
    WHERE c.relkind IN ('r', 'p', 'm', 'f', 'v', 'i', 'I') AND c.oid >= {FIRST_USER_OID} AND n.nspname <> 'pg_toast'"""
_ALL = f"SELECT {_COLUMNS} {_FROM}"
_LOOK = f"""WITH held AS MATERIALIZED (
        SELECT l.relation, l.mode FROM pg_catalog.pg_locks l
        WHERE l.pid = pg_catalog.pg_backend_pid() AND l.locktype = 'relation' AND l.granted AND l.relation >= {FIRST_USER_OID})
    SELECT 'relation', {_COLUMNS}, pg_catalog.pg_stat_get_xact_numscans(c.oid) {_FROM}
        AND (c.xmin::text::bigint >= %(since)s OR i.xmin::text::bigint >= %(since)s
             OR c.oid IN (SELECT relation FROM held WHERE mode = 'AccessExclusiveLock')
             OR pg_catalog.pg_stat_get_xact_numscans(c.oid) > 0)
    UNION ALL SELECT 'lock', relation::bigint, NULL, mode, NULL, NULL, NULL, NULL, NULL, NULL FROM held
    UNION ALL SELECT 'key', conrelid::bigint, NULL, NULL, NULL, confrelid::bigint, NULL, NULL, NULL,
        (SELECT min(n) FROM pg_catalog.unnest(conkey) n) FROM pg_catalog.pg_constraint k
        WHERE contype = 'f' AND convalidated AND xmin::text::bigint >= %(since)s
    UNION ALL SELECT 'end', coalesce(pg_catalog.pg_current_xact_id_if_assigned()::text::bigint, 0), NULL,
        pg_catalog.pg_stat_force_next_flush()::text, NULL,
        pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())::text::bigint, NULL, NULL, NULL, NULL"""
_FLUSH = "pg_catalog.pg_stat_force_next_flush()"
COUNTS_REPORTED_SINCE = 15
"""The first version whose sessions can be told to report their counters at once."""
_LOCKS = f"""SELECT l.relation::bigint, l.mode, l.granted FROM pg_locks l
    WHERE l.pid = %s AND l.locktype = 'relation' AND l.relation >= {FIRST_USER_OID}"""
_WAITING = "SELECT 1 FROM pg_locks WHERE pid = %s AND NOT granted LIMIT 1"
_NEXT_XID = "SELECT pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())::text::bigint"
_PENDING = f"""SELECT c.oid::bigint, pg_catalog.pg_stat_get_xact_numscans(c.oid) FROM pg_catalog.pg_class c
    WHERE c.relkind IN ('r', 'm') AND c.oid >= {FIRST_USER_OID} AND pg_catalog.pg_stat_get_xact_numscans(c.oid) > 0"""
_SCANS = f"""SELECT c.oid::bigint, pg_stat_get_numscans(c.oid) FROM pg_class c
    WHERE c.relkind IN ('r', 'm') AND c.oid >= {FIRST_USER_OID} AND pg_stat_get_numscans(c.oid) > 0"""


@dataclass(frozen=True, slots=True)
class Relation:
    """A row of pg_class: of an index, `table` is the oid of its table."""

    oid: int
    namespace: str
    name: str
    kind: str
    file: int
    table: int = 0
    valid: bool = True
    columns: int = 0
    """How many it has ever had."""

    @property
    def label(self) -> str:
        """As the model names it: without the default namespace."""
        return label(None if self.namespace == "public" else self.namespace, self.name)


Relations = Mapping[int, Relation]


@dataclass(frozen=True)
class View:
    """What a session sees inside its transaction.

    Attributes:
        relations: all, by oid.
        scans: of the transaction so far, by oid.
        held: its locks on relations.
        foreign_keys: (table, referenced table) of the valid ones that the transaction wrote over columns that were there before.
        next_xid: a transaction id that no later transaction is below.
    """

    relations: dict[int, Relation]
    scans: dict[int, int]
    held: frozenset[tuple[int, LockMode]] = frozenset()
    foreign_keys: tuple[tuple[int, int], ...] = ()
    next_xid: int = 0


def spelt(query: str, major: int) -> str:
    """A query of ours as a server of this version knows it (release notes of 13 and 15)."""
    if major < COUNTS_REPORTED_SINCE:
        query = query.replace(f"{_FLUSH}::text", "NULL")
    if major < 13:
        query = query.replace(
            "pg_catalog.pg_current_xact_id_if_assigned()::text::bigint", "pg_catalog.txid_current_if_assigned()"
        )
        query = query.replace(
            "pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())::text::bigint",
            "pg_catalog.txid_snapshot_xmax(pg_catalog.txid_current_snapshot())",
        )
    return query


def _major(connection: Any) -> int:
    return int(connection.info.server_version) // 10_000


def relations(connection: Any) -> dict[int, Relation]:
    """All relations of users, as a connection sees them now."""
    return {row[0]: Relation(*row) for row in connection.execute(_ALL)}


def next_transaction(admin: Any) -> int:
    """A transaction id that no transaction so far has had, and that every later one reaches."""
    return int(admin.execute(spelt(_NEXT_XID, _major(admin)).encode()).fetchone()[0])


def look(connection: Any, before: Relations, since: int) -> View:
    """What the session sees, in one query; its counters are reported to the server when its transaction ends.

    Args:
        connection: the session's own.
        before: relations as they stood before its transaction.
        since: a transaction id from before it; only rows written since then are fetched.
    """
    found = dict(before)
    scans: dict[int, int] = {}
    held: set[tuple[int, LockMode]] = set()
    keys: list[tuple[int, int]] = []
    present: set[int] = set()
    next_xid = since
    query = spelt(_LOOK, _major(connection)).encode()
    for kind, oid, namespace, name, relkind, file, table, valid, columns, count in connection.execute(
        query, {"since": since}
    ):
        if kind == "relation":
            present.add(oid)
            found[oid] = Relation(oid, namespace, name, relkind, file, table, valid, columns)
            if count:
                scans[oid] = count
        elif kind == "lock":
            held.add((oid, LockMode(name)))
        elif kind == "key":
            if oid in before and count <= before[oid].columns:
                keys.append((oid, file))
        else:
            next_xid = max(oid + 1, file)
    for oid, mode in held:
        if mode is LockMode.ACCESS_EXCLUSIVE and oid not in present:
            found.pop(oid, None)
    return View(found, scans, frozenset(held), tuple(keys), next_xid)


def locks(admin: Any, backend: int, *, awaited: bool = False) -> set[tuple[int, LockMode]]:
    """The locks that a backend has on relations; with those that it waits for."""
    return {(oid, LockMode(mode)) for oid, mode, granted in admin.execute(_LOCKS, (backend,)) if granted or awaited}


def is_waiting(admin: Any, backend: int) -> bool:
    """Whether a backend waits for another."""
    return admin.execute(_WAITING, (backend,)).fetchone() is not None


def flushing(major: int) -> tuple[str, ...]:
    """The statement that lets a session report its counters at once; none where there is no such."""
    return (f"SELECT {_FLUSH}",) if major >= COUNTS_REPORTED_SINCE else ()


def flush(connection: Any) -> None:
    """Let the session report its counters at once, where it can be told to."""
    for statement in flushing(_major(connection)):
        connection.execute(statement.encode())


def pending_scans(connection: Any) -> dict[int, int]:
    """What the session has counted before its transaction and not yet reported: nothing, where it can be told to report."""
    if _major(connection) >= COUNTS_REPORTED_SINCE:
        return {}
    return dict(connection.execute(_PENDING).fetchall())


def all_scans(admin: Any) -> dict[int, int]:
    """How often each table was ever scanned, by all sessions that have reported it."""
    return dict(admin.execute(_SCANS).fetchall())


def strongest(found: Iterable[tuple[int, LockMode]], known: Relations, kinds: frozenset[str]) -> dict[str, LockMode]:
    """The strongest lock on each relation of some kinds, by label; ACCESS SHARE is left out."""
    best: dict[str, LockMode] = {}
    for oid, mode in found:
        relation = known.get(oid)
        if relation is None or relation.kind not in kinds or mode is LockMode.ACCESS_SHARE:
            continue
        present = best.get(relation.label)
        if present is None or mode.rank > present.rank:
            best[relation.label] = mode
    return dict(sorted(best.items()))
