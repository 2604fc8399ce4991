"""MongoDB's explain as the shell, Compass and drivers give it: find, aggregate, sharded, run or not; and slow queries of its log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dbdesign.errors import InputError
from dbdesign.model.plan import Plan, PlanEngine, PlanNode
from dbdesign.plans.base import Content, Form, Found
from dbdesign.plans.mongodb.log_entries import explain_of
from dbdesign.plans.mongodb.stages import KINDS, document, number, slot_based, stage

ASK = "Run it with .explain('executionStats') and give the whole output"
ABOUT = (
    "explainVersion",
    "serverInfo",
    "ok",
    "indexFilterSet",
    "planCacheKey",
    "queryHash",
    "planCacheShapeHash",
    "mergeType",
    "shellVersion",
)


def _statements(content: Content) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for found in content.documents:
        for one in found.value if isinstance(found.value, list) else [found.value]:
            if isinstance(one, Mapping):
                inner = one.get("explainOutput") or one.get("explain") or one
                yield found.line, _whole(inner if isinstance(inner, Mapping) else one)


def _whole(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """An explain of which only `executionStats` was given, or an entry of the log, as a whole one."""
    if "executionStages" in raw and "executionStats" not in raw:
        return {"executionStats": raw}
    return explain_of(raw) or raw


def _is_explain(raw: Mapping[str, Any]) -> bool:
    if "queryPlanner" in raw or "executionStats" in raw or ("stage" in raw and isinstance(raw["stage"], str)):
        return True
    stages = raw.get("stages")
    if isinstance(stages, list):
        return any(isinstance(one, Mapping) and ("$cursor" in one or "$geoNearCursor" in one) for one in stages)
    shards = raw.get("shards")
    return isinstance(shards, Mapping) and any(isinstance(one, Mapping) and _is_explain(one) for one in shards.values())


def _recognise(content: Content) -> float:
    return 0.95 if any(_is_explain(raw) for _, raw in _statements(content)) else 0.0


def _read(content: Content) -> Found:
    return Found([_plan(raw, line) for line, raw in _statements(content) if _is_explain(raw)])


def _plan(raw: Mapping[str, Any], line: int) -> Plan:
    root = _root(raw)
    stats = _stats(raw)
    planner = _planner(raw)
    command = raw.get("command")
    about = {key: raw[key] for key in ABOUT if key in raw}
    about |= {key: planner[key] for key in ABOUT if key in planner}
    about |= {
        key: stats[key]
        for key in ("nReturned", "totalKeysExamined", "totalDocsExamined", "executionSuccess")
        if key in stats
    }
    return Plan(
        root=root,
        line=line,
        analyzed=any(node.loops is not None for node in root.walk()),
        planning_ms=number(planner.get("optimizationTimeMillis")),
        execution_ms=number(stats.get("executionTimeMillis")),
        query=document(command if command is not None else planner["parsedQuery"])
        if command is not None or "parsedQuery" in planner
        else None,
        query_id=None if planner.get("queryHash") is None else str(planner["queryHash"]),
        rejected=tuple(_rejected(raw, planner)),
        extra=about,
    )


def _cursor(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """Where the query's own planner and statistics stand: at the top, or in an aggregation's first stage."""
    stages = raw.get("stages")
    if isinstance(stages, list) and stages and isinstance(stages[0], Mapping):
        inner = stages[0].get("$cursor") or stages[0].get("$geoNearCursor")
        return inner if isinstance(inner, Mapping) else {}
    return raw


def _planner(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    planner = _cursor(raw).get("queryPlanner")
    return planner if isinstance(planner, Mapping) else {}


def _stats(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    stats = _cursor(raw).get("executionStats")
    return stats if isinstance(stats, Mapping) else {}


def _collection(planner: Mapping[str, Any]) -> str | None:
    namespace = planner.get("namespace")
    return None if namespace is None else str(namespace).partition(".")[2] or str(namespace)


def _shards_collection(planner: Mapping[str, Any]) -> str | None:
    """The collection that the shards name, where the router does not."""
    winning = planner.get("winningPlan")
    shards = winning.get("shards") if isinstance(winning, Mapping) else None
    found = (_collection(one) for one in shards if isinstance(one, Mapping)) if isinstance(shards, list) else ()
    return next((one for one in found if one is not None), None)


def _root(raw: Mapping[str, Any]) -> PlanNode:
    shards = raw.get("shards")
    if isinstance(shards, Mapping) and shards and "queryPlanner" not in raw:
        parts = [_shard(str(name), one) for name, one in shards.items() if isinstance(one, Mapping)]
        merged = PlanNode(type="SHARD_MERGE", kind="exchange", children=tuple(parts), extra=_merge(raw))
        split = raw.get("splitPipeline")
        merger = split.get("mergerPart") if isinstance(split, Mapping) else None
        return _pipeline(merged, merger if isinstance(merger, list) else [])
    stages = raw.get("stages")
    if isinstance(stages, list) and stages:
        first = stages[0]
        bottom = _query(_cursor(raw))
        about = {key: first[key] for key in ("nReturned", "executionTimeMillisEstimate") if key in first}
        cursor = _pipeline_stage("$cursor", {}, about, bottom)
        return _pipeline(cursor, stages[1:])
    if "stage" in raw:
        return stage(raw, None, {})
    return _query(raw)


def _merge(raw: Mapping[str, Any]) -> dict[str, Any]:
    return {key: raw[key] for key in ("mergeType", "mergeShardId") if key in raw}


def _shard(name: str, raw: Mapping[str, Any]) -> PlanNode:
    return PlanNode(type=name, kind="exchange", children=(_root(raw),), extra={"shardName": name})


def _query(raw: Mapping[str, Any]) -> PlanNode:
    """The stages that ran, or else those of the winning plan; of the slot-based engine, the plan's stages with what ran."""
    planner, stats = raw.get("queryPlanner") or {}, raw.get("executionStats") or {}
    collection = _collection(planner) or _shards_collection(planner)
    winning, ran = planner.get("winningPlan"), stats.get("executionStages")
    if isinstance(winning, Mapping) and isinstance(winning.get("queryPlan"), Mapping):
        counted = slot_based(ran) if isinstance(ran, Mapping) else {}
        return stage(winning["queryPlan"], collection, counted)
    for plan in (ran, winning):
        if isinstance(plan, Mapping) and plan:
            return stage(plan, collection, {})
    raise InputError("this is MongoDB's explain, but it has neither a winning plan nor execution stages", remedy=ASK)


def _pipeline(bottom: PlanNode, stages: list[Any]) -> PlanNode:
    """The stages of a pipeline over its cursor, the last on top."""
    root = bottom
    for one in stages:
        if not isinstance(one, Mapping):
            continue
        name = next((key for key in one if key.startswith("$")), "?")
        about = {key: value for key, value in one.items() if key != name}
        root = _pipeline_stage(name, one.get(name), about, root)
    return root


def _pipeline_stage(name: str, options: Any, about: Mapping[str, Any], below: PlanNode) -> PlanNode:
    rows, time = number(about.get("nReturned")), number(about.get("executionTimeMillisEstimate"))
    memory = number(about.get("totalDataSizeSortedBytesEstimate"))
    foreign = options.get("from") if isinstance(options, Mapping) and name in {"$lookup", "$graphLookup"} else None
    indexes = about.get("indexesUsed")
    return PlanNode(
        type=name,
        kind=KINDS.get(name, "other"),
        actual_rows=rows,
        loops=None if rows is None else 1,
        total_ms=time,
        rows_examined=number(about.get("totalDocsExamined")),
        keys_examined=number(about.get("totalKeysExamined")),
        memory_bytes=None if memory is None else int(memory),
        relation=None if foreign is None else str(foreign),
        index=str(indexes[0]) if isinstance(indexes, list) and indexes else None,
        filter=document(options) if name == "$match" else None,
        flags=("usedDisk",) if about.get("usedDisk") is True else (),
        extra={**about, **({"options": options} if options not in (None, {}) else {})},
        children=(below,),
    )


def _rejected(raw: Mapping[str, Any], planner: Mapping[str, Any]) -> Iterator[PlanNode]:
    """Other plans; with allPlansExecution, as far as they ran."""
    collection = _collection(planner)
    trials = _stats(raw).get("allPlansExecution")
    ran = [one.get("executionStages") for one in trials if isinstance(one, Mapping)] if isinstance(trials, list) else []
    plans = planner.get("rejectedPlans")
    for one in plans if isinstance(plans, list) else []:
        if isinstance(one, Mapping):
            inner = one.get("queryPlan")
            yield stage(inner if isinstance(inner, Mapping) else one, collection, {})
    for trial in ran:
        if isinstance(trial, Mapping):
            yield stage(trial, collection, {}).model_copy(update={"flags": ("trial",)})


FORMS = (Form(PlanEngine.MONGODB, "json", "MongoDB's explain", _recognise, _read),)
