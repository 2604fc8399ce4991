"""A hash table does not fit into memory and is worked off in batches on disk."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Severity
from dbdesign.simulate.findings.base import PlanFinding, PlanRule, Subject
from dbdesign.simulate.findings.sort_beyond_memory import row_bytes
from dbdesign.simulate.latency import count, size

ENTRY = 16
"""Bytes of a bucket and a pointer to an entry, about (`ExecChooseHashTableSize`, `hash_agg_entry_size`)."""


class HashBeyondMemory(PlanRule):
    """The inner side of a hash join, or the groups of a hash aggregate, take more than work_mem × hash_mem_multiplier."""

    severity = Severity.LOW

    def check(self, subject: Subject) -> Iterator[PlanFinding]:
        """Every hash table."""
        for node in subject.plan.nodes:
            aggregate = node.type == "Aggregate" and node.raw.get("Strategy") == "Hashed"
            if node.type != "Hash" and not aggregate:
                continue
            parallel = bool(node.raw.get("Parallel Aware"))
            rows = node.rows if parallel else node.rows / max(node.processes, 1.0)
            memory = subject.hash_memory * (max(node.processes, 1.0) if parallel else 1.0)
            taken = rows * (row_bytes(node.width) + ENTRY)
            if taken <= memory:
                continue
            what = "groups" if aggregate else "rows"
            yield self.finding(
                node,
                f"keeps {count(rows)} {what}, {size(taken)}; work_mem × hash_mem_multiplier is {size(memory)}: in batches through the disk",
                f"work_mem × hash_mem_multiplier of at least {size(taken)} for this query, or fewer rows before the {node.type.lower()}",
                severity=Severity.MEDIUM if taken > 20 * memory else Severity.LOW,
                bytes=taken,
                hash_memory=memory,
            )
