"""The groups of properties that belong together: buffers, I/O timings, WAL, sorts, hash tables, JIT."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dbdesign.model.plan import (
    BitmapBlocks,
    Buffers,
    HashAggregate,
    HashTable,
    IoTimings,
    Jit,
    MemoizeCache,
    SortGroups,
    SortSpace,
    Wal,
)

BLOCKS = {
    f"{kind} {what} Blocks": f"{kind.lower()}_{what.lower()}"
    for kind in ("Shared", "Local", "Temp")
    for what in ("Hit", "Read", "Dirtied", "Written")
    if kind != "Temp" or what in {"Read", "Written"}
}
TIMINGS = {
    "I/O Read Time": "shared_read_ms",
    "I/O Write Time": "shared_write_ms",
    **{
        f"{kind} I/O {what} Time": f"{kind.lower()}_{what.lower()}_ms"
        for kind in ("Shared", "Local", "Temp")
        for what in ("Read", "Write")
    },
}
"""Before 17 the times of shared and local pages were one, without a name (release notes of 17, E.5.3.1.3)."""
WAL = {
    "WAL Records": "records",
    "WAL FPI": "fpi",
    "WAL Bytes": "bytes",
    "WAL Buffers Full": "buffers_full",
    "WAL FPI Bytes": "fpi_bytes",
}
SORT = {"Sort Method", "Sort Space Used", "Sort Space Type"}
BITMAP = {"Exact Heap Blocks": "exact", "Lossy Heap Blocks": "lossy"}
CACHE = {"Cache Hits": "hits", "Cache Misses": "misses", "Cache Evictions": "evictions", "Cache Overflows": "overflows"}
TABLE = {
    "Hash Buckets": "buckets",
    "Original Hash Buckets": "original_buckets",
    "Hash Batches": "batches",
    "Original Hash Batches": "original_batches",
}
AGGREGATE = {"Planned Partitions": "planned_partitions", "HashAgg Batches": "batches", "Disk Usage": "disk_kb"}
MEMORY = "Peak Memory Usage"


def whole(value: Any) -> int:
    """An integer, also where a format wrote it as text or with decimals."""
    return value if type(value) is int else int(float(value))


def boolean(value: Any) -> bool:
    """True for what any of the formats writes for it."""
    return value is True or str(value).lower() in {"true", "yes", "1"}


def _counts(raw: Mapping[str, Any], names: Mapping[str, str], used: set[str]) -> dict[str, int]:
    if names.keys().isdisjoint(raw):
        return {}
    used.update(names)
    return {field: whole(raw[name]) for name, field in names.items() if name in raw}


def buffers(raw: Mapping[str, Any], used: set[str]) -> Buffers | None:
    """Pages touched, where the plan says."""
    found = _counts(raw, BLOCKS, used)
    return Buffers(**found) if found else None


def io_timings(raw: Mapping[str, Any], used: set[str]) -> IoTimings | None:
    """I/O times, where the plan says."""
    if TIMINGS.keys().isdisjoint(raw):
        return None
    used.update(TIMINGS)
    return IoTimings(**{field: float(raw[name]) for name, field in TIMINGS.items() if name in raw})


def wal(raw: Mapping[str, Any], used: set[str]) -> Wal | None:
    """WAL written, where the plan says."""
    found = _counts(raw, WAL, used)
    return Wal(**found) if found else None


def shared(raw: Mapping[str, Any], used: set[str]) -> dict[str, Any]:
    """What nodes, workers, planning and serialization may all have."""
    found = {"buffers": buffers(raw, used), "io": io_timings(raw, used), "wal": wal(raw, used)}
    if isinstance(raw.get("JIT"), Mapping):
        used.add("JIT")
        found["jit"] = jit(raw["JIT"])  # type: ignore[assignment]
    return {name: value for name, value in found.items() if value is not None}


def of_node(node_type: str, raw: Mapping[str, Any], used: set[str]) -> dict[str, Any]:
    """What only some types of node have."""
    found: dict[str, Any] = {}
    if "Sort Method" in raw:
        found["sort"] = _sort(raw, used)
    for name, field in (("Full-sort Groups", "full_sort_groups"), ("Pre-sorted Groups", "presorted_groups")):
        if isinstance(raw.get(name), Mapping):
            used.add(name)
            found[field] = _groups(raw[name])
    if blocks := _counts(raw, BITMAP, used):
        found["bitmap"] = BitmapBlocks(**blocks)
    if "Cache Hits" in raw:
        found["memoize"] = MemoizeCache(**_counts(raw, CACHE, used), memory_kb=_memory(raw, used))
    elif "Hash Buckets" in raw:
        found["hash_table"] = HashTable(**({"batches": 1} | _counts(raw, TABLE, used)), memory_kb=_memory(raw, used))
    elif node_type in {"Aggregate", "SetOp"} and (MEMORY in raw or any(name in raw for name in AGGREGATE)):
        found["aggregate"] = HashAggregate(**_counts(raw, AGGREGATE, used), memory_kb=_memory(raw, used))
    return found


def _memory(raw: Mapping[str, Any], used: set[str]) -> int | None:
    used.add(MEMORY)
    return whole(raw[MEMORY]) if MEMORY in raw else None


def _sort(raw: Mapping[str, Any], used: set[str]) -> SortSpace:
    used.update(SORT)
    return SortSpace(
        method=str(raw["Sort Method"]),
        space_kb=whole(raw.get("Sort Space Used", 0)),
        space_type=str(raw.get("Sort Space Type", "Memory")),
    )


def _groups(raw: Mapping[str, Any]) -> SortGroups:
    methods = raw.get("Sort Methods Used", ())
    values: dict[str, Any] = {
        "count": whole(raw.get("Group Count", 0)),
        "methods": (methods,) if isinstance(methods, str) else tuple(str(one) for one in methods),
    }
    for name, field in (("Sort Space Memory", "memory"), ("Sort Space Disk", "disk")):
        space = raw.get(name)
        if isinstance(space, Mapping):
            values[f"average_{field}_kb"] = whole(space.get("Average Sort Space Used", 0))
            values[f"peak_{field}_kb"] = whole(space.get("Peak Sort Space Used", 0))
    return SortGroups(**values)


def jit(raw: Mapping[str, Any]) -> Jit:
    """Just-in-time compilation, of a plan or of a worker."""
    options, timing = raw.get("Options") or {}, raw.get("Timing") or {}
    values: dict[str, Any] = {
        field: boolean(options[name])
        for name, field in (
            ("Inlining", "inlining"),
            ("Optimization", "optimization"),
            ("Expressions", "expressions"),
            ("Deforming", "deforming"),
        )
        if name in options
    }
    generation = timing.get("Generation", 0.0)
    if isinstance(generation, Mapping):
        values["deform_ms"] = float(generation["Deform"]) if "Deform" in generation else None
        generation = generation.get("Total", 0.0)
    return Jit(
        functions=whole(raw.get("Functions", 0)),
        generation_ms=float(generation),
        inlining_ms=float(timing.get("Inlining", 0.0)),
        optimization_ms=float(timing.get("Optimization", 0.0)),
        emission_ms=float(timing.get("Emission", 0.0)),
        total_ms=float(timing.get("Total", 0.0)),
        **values,
    )
