"""A node's property lines in EXPLAIN's text, `Label: value`, by the names and kinds that the structured formats give them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from dbdesign.plans.lists import split_list
from dbdesign.plans.postgresql.text_heads import NUMBER

Raw = dict[str, Any]

LISTS = frozenset(
    {
        "Output",
        "Sort Key",
        "Presorted Key",
        "Group Key",
        "Params Evaluated",
        "Conflict Arbiter Indexes",
        "Order By Keys",
    }
)
WHOLE = frozenset(
    {
        "Heap Fetches", "Index Searches", "Rows Removed by Filter", "Rows Removed by Join Filter", "Rows Removed by Index Recheck",
        "Rows Removed by Conflict Filter", "Workers Planned", "Workers Launched", "Subplans Removed", "Tuples Inserted",
        "Conflicting Tuples",
    }
)  # fmt: skip
SWITCHES = frozenset({"Single Copy", "Inner Unique", "Disabled"})
TEXTS = frozenset(
    {
        "Filter", "Join Filter", "Index Cond", "Recheck Cond", "Hash Cond", "Merge Cond", "One-Time Filter", "TID Cond", "Order By",
        "Run Condition", "Conflict Filter", "Conflict Resolution", "Cache Key", "Cache Mode", "Function Call", "Table Function Call",
        "Window", "Remote SQL", "Relations", "Foreign File", "Foreign Table",
    }
)  # fmt: skip


def add(label: str, value: str, raw: Raw) -> bool:
    """Put a property into a node's, a worker's or a group's properties. False where its value is not of its kind."""
    if label in TEXTS:
        raw[label] = value
    elif label in LISTS:
        raw[label] = split_list(value) if value else []
    elif label in WHOLE:
        return _whole(label, value, raw)
    elif label in SWITCHES:
        raw[label] = value.strip().lower() in {"true", "yes", "on"}
    elif label in COMPOSED:
        return COMPOSED[label](value, raw)
    else:
        raw[label] = _number(value)
    return True


def _whole(label: str, value: str, raw: Raw) -> bool:
    try:
        raw[label] = float(value) if "." in value else int(value)
    except ValueError:
        return False
    return True


def _number(value: str) -> Any:
    return int(value) if re.fullmatch(r"-?\d{1,18}", value) else value


def _buffers(value: str, raw: Raw) -> bool:
    for kind, words in re.findall(r"(shared|local|temp)((?: \w+=\d+)+)", value):
        for name, count in re.findall(r"(\w+)=(\d+)", words):
            raw[f"{kind.title()} {name.title()} Blocks"] = int(count)
    return value.startswith(("shared", "local", "temp"))


def _timings(value: str, raw: Raw) -> bool:
    """`shared read=1.2 write=0.1, temp read=3` since 15, `read=1.2 write=0.1` before."""
    for part in value.split(","):
        kind = re.match(r"\s*(?:(shared(?:/local)?|local|temp) )?", part)
        word = (kind[1] if kind else None) or ""
        prefix = {"": "", "shared/local": "Shared "}.get(word, f"{word.title()} ")
        for name, milliseconds in re.findall(rf"(read|write)=({NUMBER})", part):
            raw[f"{prefix}I/O {name.title()} Time"] = float(milliseconds)
    return "=" in value


WAL_NAMES = {
    "records": "WAL Records", "fpi": "WAL FPI", "bytes": "WAL Bytes", "buffers full": "WAL Buffers Full", "full": "WAL Buffers Full",
    "fpi bytes": "WAL FPI Bytes",
}  # fmt: skip


def _wal(value: str, raw: Raw) -> bool:
    for name, count in re.findall(r"(fpi bytes|buffers full|\w+)=(\d+)", value):
        raw[WAL_NAMES.get(name, f"WAL {name.title()}")] = int(count)
    return "=" in value


SORT = re.compile(r"(.+?)\s+(Memory|Disk): (\d+)kB")


def _sort(value: str, raw: Raw) -> bool:
    match = SORT.fullmatch(value)
    if match:
        raw["Sort Method"], raw["Sort Space Type"], raw["Sort Space Used"] = match[1], match[2], int(match[3])
    else:
        raw["Sort Method"] = value
    return bool(match)


def _groups(label: str) -> Callable[[str, Raw], bool]:
    """`143  Sort Methods: quicksort, top-N heapsort  Average Memory: 26kB  Peak Memory: 26kB  Average Disk: …`."""

    def read(value: str, raw: Raw) -> bool:
        count = re.match(r"\d+", value)
        if count is None:
            return False
        found: Raw = {"Group Count": int(count[0])}
        if methods := re.search(r"Sort Methods?: (.+?)(?=  |$)", value):
            found["Sort Methods Used"] = methods[1].split(", ")
        for space in ("Memory", "Disk"):
            if sizes := re.search(rf"Average {space}: (\d+)kB\s+Peak {space}: (\d+)kB", value):
                found[f"Sort Space {space}"] = {
                    "Average Sort Space Used": int(sizes[1]),
                    "Peak Sort Space Used": int(sizes[2]),
                }
        raw[label] = found
        return True

    return read


def _buckets(value: str, raw: Raw) -> bool:
    """`2048 (originally 1024)  Batches: 4 (originally 1)  Memory Usage: 57kB`."""
    match = re.match(
        r"(\d+)(?: \(originally (\d+)\))?\s+Batches: (\d+)(?: \(originally (\d+)\))?(?:\s+Memory Usage: (\d+)kB)?",
        value,
    )
    if match is None:
        return False
    raw["Hash Buckets"], raw["Hash Batches"] = int(match[1]), int(match[3])
    raw["Original Hash Buckets"], raw["Original Hash Batches"] = int(match[2] or match[1]), int(match[4] or match[3])
    if match[5]:
        raw["Peak Memory Usage"] = int(match[5])
    return True


AGGREGATE = {"Planned Partitions": "Planned Partitions", "Batches": "HashAgg Batches"}


def _aggregate(label: str) -> Callable[[str, Raw], bool]:
    """`Planned Partitions: 4  Batches: 5  Memory Usage: 129kB  Disk Usage: 224kB`, from any of them on."""

    def read(value: str, raw: Raw) -> bool:
        found = re.findall(r"(?:^|  )([A-Z][\w ]*?): (\d+)", f"{label}: {value}")
        for name, count in found:
            raw[AGGREGATE.get(name, "Peak Memory Usage" if name == "Memory Usage" else name)] = int(count)
        return bool(found)

    return read


def _memoize(value: str, raw: Raw) -> bool:
    """`980  Misses: 20  Evictions: 0  Overflows: 0  Memory Usage: 3kB`."""
    found = dict(re.findall(r"(Hits|Misses|Evictions|Overflows|Memory Usage): (\d+)", f"Hits: {value}"))
    for name in ("Hits", "Misses", "Evictions", "Overflows"):
        raw[f"Cache {name}"] = int(found.get(name, 0))
    if "Memory Usage" in found:
        raw["Peak Memory Usage"] = int(found["Memory Usage"])
    return len(found) > 1


def _heap_blocks(value: str, raw: Raw) -> bool:
    for name, count in re.findall(r"(exact|lossy)=(\d+)", value):
        raw[f"{name.title()} Heap Blocks"] = int(count)
    return "=" in value


def _storage(value: str, raw: Raw) -> bool:
    match = re.match(r"(\w+)(?:\s+Maximum Storage: (\d+)kB)?", value)
    if match is None:
        return False
    raw["Storage"] = match[1]
    if match[2]:
        raw["Maximum Storage"] = int(match[2])
    return True


def _sampling(value: str, raw: Raw) -> bool:
    """`system ('50'::real) REPEATABLE ('7'::double precision)`."""
    match = re.fullmatch(r"(\S+) \((.*?)\)(?: REPEATABLE \((.*)\))?", value, re.DOTALL)
    if match is None:
        return False
    raw["Sampling Method"], raw["Sampling Parameters"] = match[1], split_list(match[2])
    if match[3]:
        raw["Repeatable Seed"] = match[3]
    return True


def _tuples(value: str, raw: Raw) -> bool:
    for name, count in re.findall(r"(\w+)=(\d+)", value):
        raw[f"Tuples {name.title()}"] = int(count)
    return "=" in value


COMPOSED: dict[str, Callable[[str, Raw], bool]] = {
    "Buffers": _buffers,
    "I/O Timings": _timings,
    "WAL": _wal,
    "Sort Method": _sort,
    "Full-sort Groups": _groups("Full-sort Groups"),
    "Pre-sorted Groups": _groups("Pre-sorted Groups"),
    "Presorted Groups": _groups("Pre-sorted Groups"),
    "Buckets": _buckets,
    "Batches": _aggregate("Batches"),
    "Memory Usage": _aggregate("Memory Usage"),
    "Planned Partitions": _aggregate("Planned Partitions"),
    "Hits": _memoize,
    "Heap Blocks": _heap_blocks,
    "Storage": _storage,
    "Sampling": _sampling,
    "Tuples": _tuples,
}
KNOWN = frozenset({*LISTS, *WHOLE, *SWITCHES, *TEXTS, *COMPOSED, "Hash Key"})


def jit_options(value: str) -> Raw:
    """`Inlining false, Optimization true, Expressions true, Deforming true`."""
    return {name: word == "true" for name, word in re.findall(r"(\w+) (true|false)", value)}


def jit_timing(value: str) -> Raw:
    """`Generation 1.2 ms (Deform 0.3 ms), Inlining 0 ms, Optimization 2 ms, Emission 3 ms, Total 6 ms`."""
    found: Raw = {name: float(ms) for name, ms in re.findall(rf"(\w+) ({NUMBER}) ms", value)}
    if "Deform" in found:
        found["Generation"] = {"Deform": found.pop("Deform"), "Total": found.get("Generation", 0.0)}
    return found


def settings(value: str) -> Iterator[tuple[str, str]]:
    """`work_mem = '64kB', search_path = 'a, b'`."""
    for name, setting in re.findall(r"([\w.]+) = '((?:[^']|'')*)'", value):
        yield name, setting.replace("''", "'")
