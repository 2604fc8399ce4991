"""MySQL's and MariaDB's access types, and what they do."""

from __future__ import annotations

from collections.abc import Mapping

from dbdesign.model.plan import NodeKind

ACCESS: Mapping[str, NodeKind] = {
    "ALL": "table scan",
    "system": "lookup",
    "const": "index scan",
    "eq_ref": "index scan",
    "ref": "index scan",
    "ref_or_null": "index scan",
    "range": "index scan",
    "index": "index scan",
    "index_merge": "bitmap heap scan",
    "fulltext": "index scan",
    "unique_subquery": "index scan",
    "index_subquery": "index scan",
    "hash": "hash join",
    "hash_ALL": "hash join",
    "hash_range": "hash join",
    "hash_index": "hash join",
    "hash_index_merge": "hash join",
}
"""MySQL 8.4 manual 10.8.2, "EXPLAIN Join Types"; MariaDB adds the hash ones and writes `index_merge` alike."""


def access_kind(access: str, covering: bool, table: str) -> NodeKind:
    """What a table's access type does; tables in angle brackets are results of other blocks."""
    if table.startswith("<"):
        return "row source"
    kind = ACCESS.get(access, "row source" if not access else "other")
    return "index only scan" if covering and kind == "index scan" else kind
