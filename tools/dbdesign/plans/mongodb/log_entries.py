"""What MongoDB writes of a slow query, in its log and its profiler, as an explain: the plan's summary with the counts of the whole."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_SUMMARY = re.compile(r"(?P<stage>[A-Z][A-Z_]+)(?:\s*(?P<keys>\{[^}]*\}))?")
_KEY = re.compile(r"[\"']?([\w$.*-]+)[\"']?\s*:\s*(-?\d+|[\"']\w+[\"'])")
_OF_INDEXES = frozenset({"IXSCAN", "EXPRESS_IXSCAN", "DISTINCT_SCAN", "COUNT_SCAN"})
_FETCHING = frozenset({"IXSCAN", "EXPRESS_IXSCAN"})


def explain_of(entry: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """An explain with the same figures; None where the entry is of something else.

    An entry of the log has them in `attr`, a document of `system.profile` at its top. The time is the whole query's; which stage took
    how much of it is not said, unless there is but one.
    """
    said = entry.get("attr") if isinstance(entry.get("attr"), Mapping) else entry
    if not isinstance(said, Mapping) or not isinstance(said.get("planSummary"), str):
        return None
    command = _command(said)
    ran = said.get("execStats")
    top = ran if isinstance(ran, Mapping) and ran.get("stage") else _stages(said, command)
    if top is None:
        return None
    return {
        "queryPlanner": {"namespace": str(said.get("ns", "")), "queryHash": said.get("queryHash")},
        "executionStats": {
            "nReturned": said.get("nreturned"),
            "executionTimeMillis": said.get("durationMillis", said.get("millis")),
            "totalKeysExamined": said.get("keysExamined"),
            "totalDocsExamined": said.get("docsExamined"),
            "executionStages": top,
        },
        "command": command or None,
    }


def _command(said: Mapping[str, Any]) -> Mapping[str, Any]:
    """The command that made the plan: of a later batch, the one that opened the cursor."""
    found = said.get("originatingCommand") or said.get("command")
    return (
        {key: one for key, one in found.items() if key not in {"lsid", "$clusterTime"}}
        if isinstance(found, Mapping)
        else {}
    )


def _stages(said: Mapping[str, Any], command: Mapping[str, Any]) -> dict[str, Any] | None:
    leaves = list(_leaves(said, command))
    if not leaves:
        return None
    top = leaves[0] if len(leaves) == 1 else {"stage": "OR", "inputStages": leaves}
    if said.get("hasSortStage") is True:
        top = {"stage": "SORT", "sortPattern": command.get("sort"), "inputStage": top}
    top["nReturned"] = said.get("nreturned", said.get("nModified", said.get("ndeleted")))
    if top["stage"] == "COLLSCAN":
        top["executionTimeMillisEstimate"] = said.get("durationMillis", said.get("millis"))
    return top


def _leaves(said: Mapping[str, Any], command: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    found = list(_SUMMARY.finditer(str(said["planSummary"])[:10_000]))
    alone = len(found) == 1
    condition = command.get("filter") or command.get("query") or command.get("q")
    for match in found:
        leaf: dict[str, Any] = {"stage": match["stage"]}
        if match["keys"]:
            leaf["keyPattern"] = {name: _way(way) for name, way in _KEY.findall(match["keys"])}
        if alone and match["stage"] in _OF_INDEXES:
            leaf["keysExamined"] = said.get("keysExamined")
        elif alone:
            leaf["docsExamined"] = said.get("docsExamined")
        if match["stage"] == "COLLSCAN" and isinstance(condition, Mapping):
            leaf["filter"] = condition
        if alone and match["stage"] in _FETCHING and said.get("docsExamined"):
            leaf = {"stage": "FETCH", "docsExamined": said["docsExamined"], "inputStage": leaf}
        yield leaf


def _way(said: str) -> int | str:
    return said.strip("\"'") if said[:1] in "\"'" else int(said)
