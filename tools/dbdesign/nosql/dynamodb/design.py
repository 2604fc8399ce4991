"""The design of an access model for DynamoDB: decides, checks, prices, and writes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from dbdesign.errors import InputError
from dbdesign.model.finding import Proof
from dbdesign.model.patterns import AccessModel, Relation
from dbdesign.nosql.base import Coverage, DesignOptions, OneWayDoor, StoreDesign, Unserved
from dbdesign.nosql.dynamodb import check
from dbdesign.nosql.dynamodb.aggregates import collectable, embeddable, embedded
from dbdesign.nosql.dynamodb.alternatives import Option, alternatives
from dbdesign.nosql.dynamodb.artefacts import artefacts, tables_of
from dbdesign.nosql.dynamodb.choice import SENTINEL
from dbdesign.nosql.dynamodb.costing import Costs, Load, costs, loads
from dbdesign.nosql.dynamodb.definitions import create_table
from dbdesign.nosql.dynamodb.functions import request_text, unique_table
from dbdesign.nosql.dynamodb.heat import concerns, questions
from dbdesign.nosql.dynamodb.limits import GLOBAL_INDEXES
from dbdesign.nosql.dynamodb.plan import Plan, Planner
from dbdesign.nosql.dynamodb.prices import SETTINGS as PRICE_SETTINGS
from dbdesign.nosql.dynamodb.prices import Prices, prices_of
from dbdesign.nosql.dynamodb.repair import counters_of, duplicates
from dbdesign.nosql.dynamodb.serve import Serving, Step, servings
from dbdesign.nosql.dynamodb.validity import check_model, check_plan

SETTINGS = {
    "layout": "multi (a table for each aggregate, the default) or single (one table for all entities)",
    "keys": "composite (global indexes with several key attributes, the default) or joined (one attribute that joins them by #)",
    "table": "name of the single table; `app` when left out",
    **dict.fromkeys(PRICE_SETTINGS.values(), "dollars, in the place of the dated price"),
}


@dataclass(frozen=True)
class Evaluated:
    """A plan with how it serves the patterns and what it costs."""

    plan: Plan
    servings: tuple[Serving, ...]
    loads: tuple[Load, ...]
    costs: Costs

    @property
    def order(self) -> tuple[int, float]:
        """The better the lower: patterns that are not served, then dollars."""
        return sum(one.unserved is not None for one in self.servings), self.costs.total


def design(model: AccessModel, options: DesignOptions) -> StoreDesign:
    """The design.

    Raises:
        InputError: what is asked for cannot be, or exceeds the engine's limits. UnknownNameError: no prices for the region.
    """
    maker, chosen, best, other, tried = decide(model, options)
    check_plan(chosen.plan)
    return maker.said(chosen, best, other, tried)


def decide(model: AccessModel, options: DesignOptions) -> tuple[Maker, Evaluated, Evaluated, Evaluated, list[Option]]:
    """What is chosen, the best with several tables, that in one table, and what was tried on the way.

    Raises: as `design`.
    """
    check_model(model)
    regions = sorted(model.regions, key=lambda name: -model.regions[name])
    prices = prices_of(options.region or (regions[0] if regions else None), options.settings)
    if regions and prices.region in regions:
        regions = [prices.region, *(one for one in regions if one != prices.region)]
    layout = _choice(options, "layout", ("multi", "single"))
    planner = Planner(prices, several=_choice(options, "keys", ("composite", "joined")) == "composite")
    maker = Maker(planner, prices, options.months, tuple(regions) or (prices.region,))
    best, tried = maker.best(model)
    other = maker.evaluated(planner.single(best.plan, options.settings.get("table", "app")))
    return maker, other if layout == "single" else best, best, other, tried


def _choice(options: DesignOptions, name: str, known: Sequence[str]) -> str:
    value = options.settings.get(name, known[0])
    if value not in known:
        raise InputError(f"{value!r} is not a choice", where=name, remedy=f"Write {' or '.join(known)}")
    return value


@dataclass(frozen=True)
class Maker:
    """Makes a design: evaluates plans and says what it found."""

    planner: Planner
    prices: Prices
    months: float
    regions: tuple[str, ...]

    def evaluated(self, plan: Plan) -> Evaluated:
        """A plan with its costs."""
        served = servings(plan)
        found = tuple(loads(plan, served, self.months, len(self.regions)).values())
        return Evaluated(plan, served, found, costs(found, self.prices))

    def best(self, model: AccessModel) -> tuple[Evaluated, list[Option]]:
        """The cheapest of parents and children as one item, as a collection, and apart, relation by relation."""
        best = self.evaluated(self.planner.plan(model))
        tried: list[Option] = []
        for relation in list(embeddable(best.plan.model)):
            if relation in list(embeddable(best.plan.model)):
                other = self.evaluated(self.planner.plan(embedded(best.plan.model, relation)))
                best = self._better(best, other, relation, "one item", tried)
        collected: tuple[Relation, ...] = ()
        for relation in list(collectable(best.plan.model)):
            if any(relation.child in (one.parent, one.child) or relation.parent == one.child for one in collected):
                continue
            other = self.evaluated(self.planner.plan(best.plan.model, (*collected, relation)))
            kept = best
            best = self._better(best, other, relation, "item collection", tried)
            collected = best.plan.collected if best is not kept else collected
        return best, tried

    def _better(
        self, best: Evaluated, other: Evaluated, relation: Relation, how: str, tried: list[Option]
    ) -> Evaluated:
        wins = other.order < best.order
        tried.append(Option(relation, how, other.costs, best.costs, taken=wins))
        return other if wins else best

    def said(self, chosen: Evaluated, multi: Evaluated, single: Evaluated, tried: list[Option]) -> StoreDesign:
        """The design in words and files."""
        plan, served = chosen.plan, chosen.servings
        tables = tables_of(plan, served)
        definitions = [create_table(one) for one in tables]
        if unfit := list(_verified(served, definitions)):
            raise AssertionError("; ".join(unfit))
        if wrong := [text for one in definitions for text in check.definition_problems(one)]:
            raise InputError(
                "; ".join(wrong),
                where="design",
                remedy=f"A table has at most {GLOBAL_INDEXES} global indexes: leave out patterns that are seldom used, or split the entity",
            )
        unserved = tuple(_unserved(served))
        return StoreDesign(
            engine="dynamodb",
            summary=self._summary(chosen, tables, unserved),
            design={
                "tables": definitions,
                "entities": {name: _placed(chosen, name) for name in plan.placements},
                "capacity": [_load(one) for one in chosen.loads],
                "regions": list(self.regions),
            },
            coverage=tuple(_coverage(one) for one in served if one.unserved is None),
            cannot_serve=unserved,
            alternatives=tuple(alternatives(multi, single, tried, self.prices, chosen is single)),
            one_way_doors=tuple(_doors(chosen, tried)),
            duplicates=tuple(duplicates(plan, served)),
            concerns=tuple(concerns(plan, served, chosen.loads, self.regions)),
            questions=tuple(questions(plan, served)),
            cost=_dollars(chosen),
            assumptions=(*plan.model.assumptions, f"{self.prices}: check them before you decide"),
            files=artefacts(plan, served, tables, self.regions),
            proof=Proof(level="by rule", detail="each key condition checked against the definitions"),
        )

    def _summary(self, chosen: Evaluated, tables: Sequence[Any], unserved: Sequence[Unserved]) -> str:
        count = len(chosen.servings)
        indexes = sum(len(one.indexes) for one in tables)
        cost = chosen.costs
        text = (
            f"{len(tables)} table{'s' * (len(tables) != 1)} with {indexes} index{'es' * (indexes != 1)}"
            f" serve {count - len(unserved)} of {count} patterns for ${cost.total:,.0f} a month on demand"
            f" (${cost.on_demand:,.0f} requests, ${cost.storage:,.0f} storage) in {self.prices.place};"
            f" ${cost.provisioned + cost.storage:,.0f} with capacity that follows the load."
        )
        if unserved:
            text += f" Not served: {', '.join(one.pattern for one in unserved)}."
        return text


def _verified(served: Sequence[Serving], definitions: Sequence[dict[str, Any]]) -> Iterator[str]:
    """What the checker, which knows only definitions and requests, finds wrong with a claimed key condition."""
    by_name = {one["TableName"]: one for one in definitions}
    for serving in served:
        for step in serving.steps:
            if step.request is not None:
                for text in check.problems(step.request.operation, step.request.plain(), by_name):
                    yield f"pattern {serving.pattern.name!r}: {text}"


def _coverage(serving: Serving) -> Coverage:
    pattern = serving.pattern
    rru, wru = serving.rru, serving.wru
    cost = {
        "rru": rru.average,
        "rru_p99": rru.large,
        "wru": wru.average,
        "wru_p99": wru.large,
        "rru_per_second_at_peak": rru.average * pattern.peak_rate,
        "wru_per_second_at_peak": wru.average * pattern.peak_rate,
    }
    return Coverage(
        pattern=pattern.name,
        served_by="; ".join(_served_by(one) for one in serving.steps),
        request="; ".join(_requested(one, serving) for one in serving.steps),
        cost={name: value for name, value in cost.items() if value},
        notes=tuple(_notes(serving)),
    )


def _served_by(step: Step) -> str:
    table = step.placement.table
    if step.counter is not None:
        return f"{step.counter.table}: counter of {step.counter.shards} shards"
    if step.kind == SENTINEL:
        return f"{unique_table(step.placement.entity)}, then {table}: key"
    if step.request is not None:
        where = table if step.path.kind == "table" else f"{table}.{step.path.name}"
        names = step.request.fields.get("ExpressionAttributeNames", {})
        condition = str(step.request.fields.get("KeyConditionExpression", "")) or ", ".join(
            f"#{name} = :{name}" for name in step.request.fields.get("Key", {})
        )
        for placeholder in sorted(names, key=len, reverse=True):
            condition = condition.replace(placeholder, names[placeholder])
        condition = condition.replace("#", "")
        made = step.request.fields.get("ExpressionAttributeValues", {})
        for placeholder in sorted(made, key=len, reverse=True):
            value = made[placeholder].text
            if value != "{" + placeholder[1:] + "}":
                condition = condition.replace(placeholder, repr(value))
        return f"{where}: {condition or 'Scan'}"
    return f"{table}: {step.kind} by {', '.join(step.placement.base_names)}"


def _requested(step: Step, serving: Serving) -> str:
    if step.request is not None:
        text = request_text(step)
        if step.fetch:
            text += f", then BatchGetItem of {step.placement.table}"
        return text
    entity, table = step.placement.entity, step.placement.table
    if step.kind == SENTINEL:
        return f"GetItem {unique_table(entity)} (unique_value), then GetItem {table} by the owner's key"
    if step.counter is not None:
        return f"UpdateItem {step.counter.table} ADD total :by on a shard taken at random"
    operation = {"insert": "Put", "update": "Update", "delete": "Delete"}[step.kind]
    if not serving.transaction:
        guard = {"insert": ", if it is not there", "update": ", if it is there", "delete": ""}[step.kind]
        return f"{operation}Item {table}{_set(step)}{guard}"
    unique = f" and {len(entity.unique)} in {unique_table(entity)}" * bool(entity.unique and step.kind != "update")
    return f"TransactWriteItems: {operation} {table}{f' ({step.rows:,.3g})' if step.relation else ''}{unique}"


def _set(step: Step) -> str:
    """What an update sets: attributes, and keys that are made from them."""
    if step.kind != "update":
        return ""
    names = step.pattern.changes or tuple(one.name for one in step.placement.entity.attributes)
    keys = [one.name for one in step.placement.made if set(one.sources) & set(names)]
    return (
        f" {'ADD' if step.pattern.increments and len(names) == 1 and not keys else 'SET'} {', '.join((*names, *keys))}"
    )


def _notes(serving: Serving) -> Iterator[str]:
    beside = [one.pattern.entity for one in serving.steps if one.kind == "insert"]
    if serving.pattern.operation == "updates" and beside:
        yield f"one {' and one '.join(beside)} is inserted with each update, all or nothing: the tables' write units count twice"
    for step in serving.steps:
        if step.match is None:
            continue
        if step.match.fan_out > 1:
            yield f"{step.match.fan_out} queries, one a shard, merged"
        if not step.match.ordered:
            yield "sorted by the reader, who must read all that match"
        if step.match.filtered or step.match.tested:
            yield f"after reading, {', '.join((*step.match.filtered, *step.match.tested))} is tested: what does not pass is paid for too"
        if step.path.kind == "GSI":
            yield "eventually consistent: usually behind by less than a second"
        if step.placement.entity.retention_days is not None:
            yield "items may stay for days after their expiry: expires_at is tested"


def _unserved(served: Sequence[Serving]) -> Iterator[Unserved]:
    for one in served:
        if one.unserved is not None:
            instead = (
                "Allow it to be eventually consistent, or make what it compares the key or a unique value"
                if one.pattern.consistency == "strong"
                else "Export the table to an object store (or stream it to a search or analytics engine) and ask there"
            )
            yield Unserved(pattern=one.pattern.name, reason=one.unserved, instead=instead)


def _placed(chosen: Evaluated, name: str) -> dict[str, Any]:
    placement = chosen.plan.placements[name]
    found: dict[str, Any] = {"table": placement.table, "key": str(placement.base)}
    if placement.indexes:
        found["indexes"] = {one.name: f"{one.kind} {one}" for one in placement.indexes}
    if placement.entity.unique:
        found["unique_values"] = unique_table(placement.entity)
    if placement.entity.retention_days is not None:
        found["expires_after_days"] = placement.entity.retention_days
    return found


def _load(load: Load) -> dict[str, Any]:
    return {
        "name": load.name,
        "rru_per_second": round(load.reads, 2),
        "wru_per_second": round(load.writes, 2),
        "rru_per_second_at_peak": round(load.reads_peak, 2),
        "wru_per_second_at_peak": round(load.writes_peak, 2),
        "rru_per_second_at_peak_p99": round(load.reads_large, 2),
        "wru_per_second_at_peak_p99": round(load.writes_large, 2),
        "bytes": round(load.size),
        "bytes_then": round(load.then),
        "partitions": load.partitions,
    }


def _dollars(chosen: Evaluated) -> dict[str, float]:
    found = chosen.costs
    return {
        "dollars_a_month_on_demand": found.on_demand,
        "dollars_a_month_provisioned": found.provisioned,
        "dollars_a_month_provisioned_for_peak": found.fixed,
        "dollars_a_month_storage": found.storage,
        "dollars_a_month_storage_then": found.storage_then,
        "bytes": sum(one.size for one in chosen.loads),
        "bytes_then": sum(one.then for one in chosen.loads),
    }


def _doors(chosen: Evaluated, tried: Sequence[Option]) -> Iterator[OneWayDoor]:
    move = "a new table, double writes, a backfill from an export, and a switch of the reads"
    for placement in chosen.plan.placements.values():
        yield OneWayDoor(
            decision=f"{placement.entity.name} is kept in {placement.table} by {placement.base}",
            why="a table's key cannot be changed, nor an item's key values",
            undo=move,
        )
        for path in placement.indexes:
            if path.kind == "LSI":
                yield OneWayDoor(
                    decision=f"{placement.table}.{path.name} is a local index",
                    why="it can only be made with the table, and limits a partition key value to 10 GB",
                    undo=move,
                )
            if path.shards > 1:
                yield OneWayDoor(
                    decision=f"{placement.table}.{path.name} has {path.shards} shards",
                    why="every item's shard is in its key; readers ask all of them",
                    undo="a second index with more shards, a rewrite of every item, and a switch of the reads",
                )
    for one in tried:
        if one.taken:
            child, parent = one.relation.child, one.relation.parent
            yield OneWayDoor(
                decision=f"{child} and {parent} are kept together, as one {one.how.removeprefix('one ')}",
                why=f"{child} has no key of its own: whatever comes to be asked of it alone goes through {parent}",
                undo=move,
            )
    for counter in counters_of(chosen.servings):
        yield OneWayDoor(
            decision=f"{counter.attribute} of {counter.entity} is counted in {counter.shards} shards",
            why="the shards hold the number; the attribute is their copy",
            undo="more shards can be added at any time; fewer need the rest to be added up into one",
        )
