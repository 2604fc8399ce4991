"""Partitions of the MySQL family, which the model carries as the clause of CREATE TABLE."""

from __future__ import annotations

import re

from dbdesign.migrations.mysql.algorithms import IN_PLACE, Manner
from dbdesign.migrations.settings import PlanSettings
from dbdesign.model.migration import Operation, PhaseName
from dbdesign.model.schema import Partitioning

_PARTITION = re.compile(
    r"PARTITION\s+(`(?:[^`]|``)+`|\w+)\s+VALUES\s+(?:LESS\s+THAN\s+(?:MAXVALUE|\((?:[^()']|'[^']*'|\([^()]*\))*\))|IN\s*\((?:[^()']|'[^']*'|\([^()]*\))*\))[^,()]*",
    re.IGNORECASE,
)

PartitionChange = tuple[str, str | None, Manner, PhaseName]
"""Clause, way back, manner, phase."""


def partition_changes(one: Operation, settings: PlanSettings) -> list[PartitionChange] | str:
    """ADD and DROP PARTITION where the lists of partitions differ in nothing else; otherwise why not.

    RANGE and LIST partitions are added in place, at the end of a RANGE; dropping one deletes its rows
    (innodb-online-ddl-operations, "Partitioning Operations"; alter-table-partition-operations).
    """
    before, after = one.before, one.after
    if not isinstance(before, Partitioning) or not isinstance(after, Partitioning):
        return "partitioning a table, or ending that, copies it"
    old, new = _listed(before.text or ""), _listed(after.text or "")
    if _head(before.text or "") != _head(after.text or "") or not old or not new:
        return "the rule by which it is split differs"
    kept = [name for name in old if name in new]
    if any(_plain(old[name]) != _plain(new[name]) for name in kept):
        return "a partition has other bounds; REORGANIZE PARTITION copies its rows"
    added = [name for name in new if name not in old]
    if list(new)[: len(kept)] != kept and before.strategy.lower().startswith("range"):
        return "a new partition lies between others; REORGANIZE PARTITION splits the one that has its values now"
    gone = [name for name in old if name not in new]
    if gone and not settings.allow_destructive:
        return f"dropping the partitions {', '.join(gone)} deletes their rows, and nobody has agreed to that"
    found: list[PartitionChange] = []
    if added:
        clause = f"ADD PARTITION ({', '.join(new[name] for name in added)})"
        found.append((clause, f"DROP PARTITION {', '.join(added)}", IN_PLACE, "expand"))
    if gone:
        found.append((f"DROP PARTITION {', '.join(gone)}", None, IN_PLACE, "contract"))
    return found


def _listed(text: str) -> dict[str, str]:
    return {match[1]: match[0].strip() for match in _PARTITION.finditer(text)}


def _head(text: str) -> str:
    first = _PARTITION.search(text)
    return _plain(text[: first.start()] if first else text)


def _plain(text: str) -> str:
    return re.sub(r"[\s`]+", "", text).lower()
