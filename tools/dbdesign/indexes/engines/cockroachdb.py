"""Indexes of CockroachDB.

Sources: "CREATE INDEX" (STORING, inverted indexes, NOT VISIBLE), "Hash-sharded indexes", "Partial indexes", "Indexes" (each secondary index
holds the primary key, which STORING must not name again).
"""

from __future__ import annotations

from dbdesign.indexes.candidate import KeyPart
from dbdesign.indexes.engines.base import Built, Order

TRIAL = (
    "by rule: CockroachDB's own planner was not asked. Try an index before other sessions take it: create it NOT VISIBLE, "
    "SET optimizer_use_not_visible_indexes = on, EXPLAIN, then ALTER INDEX … VISIBLE or drop it"
)


def build(order: Order) -> Built:
    """Inverted for GIN, STORING for INCLUDE, sharded by a hash where keys grow with the rows."""
    candidate, notes = order.candidate, list[str]()
    inverted = candidate.method == "gin"
    if candidate.method not in {"btree", "gin"}:
        notes.append(f"there is no {candidate.method} index: a plain one is written")
    sharded, leading = "", order.column(candidate.keys[0].column)
    if leading is not None and not inverted and (leading.identity or leading.type.is_time):
        sharded = " USING HASH"
        notes.append(
            f"{leading.name} grows with the rows: the index is hash-sharded, so that writes do not meet in one range; "
            "a scan of a range of it then reads every shard"
        )
    keys = ", ".join(_key(key, order) for key in candidate.keys)
    carried = order.without_clustered_key(candidate.include, order.primary)
    storing = f" STORING ({', '.join(map(order.quoted, carried))})" if carried and not inverted else ""
    where = f" WHERE {candidate.where}" if candidate.where else ""
    kind = "INVERTED INDEX" if inverted else "INDEX"
    return Built(f"CREATE {kind} {order.index} ON {order.relation} ({keys}){sharded}{storing}{where};", tuple(notes))


def _key(key: KeyPart, order: Order) -> str:
    if key.column is None:
        return f"({key.expression}){' DESC' if key.descending else ''}"
    return order.plain(key)
