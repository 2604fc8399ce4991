"""Writes `redis.conf`: memory, eviction and persistence by the role that the server has."""

from __future__ import annotations

from dbdesign.nosql.redis import memory
from dbdesign.nosql.redis.estimate import Memory
from dbdesign.nosql.redis.plan import Plan
from dbdesign.nosql.redis.sharding import Sharding
from dbdesign.nosql.redis.store import Settings

HEADROOM = 1.1
"""`maxmemory` over the data expected at the horizon: what is above it is refused or evicted."""
MEBIBYTE = 2**20


def maxmemory(needed: Memory, sharding: Sharding) -> int:
    """Bytes of data that a shard may hold."""
    return max(round(needed.then / sharding.shards * HEADROOM / MEBIBYTE), 64) * MEBIBYTE


def persistence(plan: Plan, settings: Settings) -> dict[str, str]:
    """Persistence and eviction, with why."""
    if settings.role == "cache":
        return {"appendonly": "no", "save": '""', "maxmemory-policy": "allkeys-lfu"}
    found = {
        "appendonly": "yes", "appendfsync": "everysec", "aof-use-rdb-preamble": "yes", "save": '""',
        "maxmemory-policy": "noeviction", "min-replicas-to-write": "1", "min-replicas-max-lag": "10",
    }  # fmt: skip
    if any(one.consistency == "strong" and one.operation != "reads" for one in plan.model.patterns):
        found["appendfsync"] = "always"
    return found


def write_configuration(plan: Plan, settings: Settings, needed: Memory, sharding: Sharding) -> str:
    """The text of `redis.conf`."""
    limit = maxmemory(needed, sharding)
    lines = [
        f"# Redis {settings.version}, {settings.role}: {sharding.shards} shard(s), this file is for each. Written by dbdesign.",
        f"# The machine needs {needed.resident / sharding.shards / 1e9:,.2f} GB: data at the horizon, fragmentation, forks, buffers.",
        f"maxmemory {limit}",
        *_why(plan, settings),
        *(f"{name} {value}" for name, value in persistence(plan, settings).items()),
        "",
        "# Freeing large keys must not stop everything else.",
        *(f"lazyfree-lazy-{one} yes" for one in ("eviction", "expire", "server-del", "user-del")),
        "repl-backlog-size 64mb",
        "client-output-buffer-limit replica 256mb 64mb 60",
        "activedefrag no",
        "",
        "# Where small structures end: the sizes of the design hold for these.",
        f"hash-max-listpack-entries {memory.HASH_ENTRIES}",
        f"hash-max-listpack-value {memory.HASH_VALUE}",
        f"zset-max-listpack-entries {memory.ZSET_ENTRIES}",
        f"zset-max-listpack-value {memory.ZSET_VALUE}",
        f"set-max-intset-entries {memory.INTSET_ENTRIES}",
        "list-max-listpack-size -2",
        f"stream-node-max-bytes {memory.STREAM_BYTES}",
        f"stream-node-max-entries {memory.STREAM_ENTRIES}",
        "",
        "# What to look at: SLOWLOG GET, LATENCY LATEST.",
        "slowlog-log-slower-than 10000",
        "latency-monitor-threshold 50",
        "tcp-keepalive 60",
        "protected-mode yes",
    ]
    if plan.cluster:
        lines += [
            "",
            "cluster-enabled yes",
            "cluster-config-file nodes.conf",
            "cluster-node-timeout 15000",
            "cluster-require-full-coverage no",
        ]
        lines += ["cluster-allow-reads-when-down no", "cluster-migration-barrier 1"]
    return "\n".join(lines) + "\n"


def _why(plan: Plan, settings: Settings) -> list[str]:
    if settings.role == "cache":
        return ["# A cache: nothing is kept over a restart, and what is asked for least goes first."]
    always = persistence(plan, settings)["appendfsync"] == "always"
    said = (
        "every write is on disk before it is answered, since a pattern is strongly consistent"
        if always
        else (
            "a crash loses up to a second of writes; `always` loses none and costs a disk's flush for each event loop"
        )
    )
    return [
        f"# The source of truth: never evicts, refuses writes when full; {said}.",
        "# Without a replica in time, writes are refused.",
    ]
