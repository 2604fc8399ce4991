"""The tool `advise_indexes`: the indexes that a workload is worth, proven by PostgreSQL's planner at production scale."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, Field

from dbdesign.api.answer import Answer, paged, plural, readable_size, section, text_of
from dbdesign.api.arguments import Page
from dbdesign.api.call import Call
from dbdesign.api.dear_queries import DEAR, still_dear
from dbdesign.api.paging import Item, chosen, paginate, shortened
from dbdesign.api.recent import Recent
from dbdesign.api.twin_source import At, QueriesSource, Settings, StatisticsSource

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dbdesign.api.source import Loaded
    from dbdesign.api.twin_source import TwinInput
    from dbdesign.indexes.advice import Advice, Advised, Dropped
    from dbdesign.indexes.engines import Built
    from dbdesign.indexes.existing import Existing
    from dbdesign.model.schema import Schema, Table

Budget = Annotated[
    str | None,
    Field(description="For the new indexes together, such as 2GB; as much as pays when left out."),
]


SURE = 1.2
"""Factor up to which an index's size is told as one figure."""

LEAST_GAIN = 0.005
"""Share of the workload's cost that an index must save to be advised."""


WORTH_SAYING = 0.001
"""Share of the workload's cost from which an index's upkeep is told in words."""

MOST_NAMED = 25
"""Queries that an index is told to serve by name; per_query has the indexes of each."""


class IndexOut(BaseModel):
    """An index that is worth building."""

    ddl: str
    table: str
    size_bytes: int
    gain: float = Field(description="weighted cost that is lost again without it, the others kept")
    gain_share: float = Field(description="the same as a share of the workload's cost before")
    upkeep: float = Field(default=0.0, description="weighted cost of keeping it on the workload's writes")
    queries: list[str] = Field(description="whose plans use it")
    notes: list[str] = Field(default_factory=list)


class DropOut(BaseModel):
    """An index of the schema that may go."""

    index: str
    table: str
    size_bytes: int
    reason: str
    ddl: str | None = Field(default=None, description="that takes it away, once the advised indexes are built")


class QueryOut(BaseModel):
    """A query before and after."""

    name: str
    weight: float = Field(description="executions a second; 1 where no query has a rate")
    cost_before: float
    cost_after: float
    indexes: list[str] = Field(default_factory=list, description="that its plan uses, by name")
    error: str | None = None


class ConsideredOut(BaseModel):
    """An index that was considered and is not advised."""

    index: str
    size_bytes: int
    gain_alone: float
    reason: str


class CurveOut(BaseModel):
    """The best that a budget buys."""

    budget_bytes: int
    used_bytes: int
    cost: float
    share: float = Field(description="of the cost before")


class AdviseIndexesAnswer(Answer):
    """What `advise_indexes` answers. Costs are the planner's units, weighted by the queries' rates, upkeep included."""

    engine: str
    cost_before: float
    cost_after: float
    indexes: list[IndexOut]
    drop: list[DropOut]
    per_query: list[QueryOut]
    curve: list[CurveOut]
    considered: list[ConsideredOut]
    assumptions: list[str] = Field(default_factory=list)
    notes: list[str] = Field(default_factory=list)
    proof: str


_recent: Recent[tuple[TwinInput, Advice, str, list[str], dict[str, int]]] = Recent(2)


def advise_indexes(
    source: Annotated[
        str | None,
        Field(
            description="A design file, a schema with `queries`, or `database:<name>`; none where `statistics` is a dump with the schema."
        ),
    ] = None,
    *,
    budget: Budget = None,
    statistics: StatisticsSource = None,
    queries: QueriesSource = None,
    settings: Settings = [],  # noqa: B006 - never changed; the default that the schema shows
    at: At = None,
    least_gain: Annotated[
        float, Field(description="Share of the cost that an index must save.", ge=0, le=1)
    ] = LEAST_GAIN,
    page: Page = 1,
    call: Call | None = None,
) -> AdviseIndexesAnswer:
    """Advise the indexes that serve a workload best within a budget, proven by PostgreSQL's own planner at production scale, without data.

    Thousands of what-ifs on the production twin: DDL, sizes, costs before and after, what each index brings, which existing ones may go,
    what lost and why, what smaller budgets buy. Writes are weighed against reads.
    """
    call = call or Call()
    key = repr((source, budget, statistics, queries, settings, at, least_gain))
    found = _recent.get(key) if page > 1 else None
    if found is None:
        found = _advise(source, budget, statistics, queries, settings, at, least_gain, call)
        _recent.put(key, found)
    return _answer(*found, page, call)


def advised_ddl(
    loaded: Loaded, months: float, budget: str | None, call: Call
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The indexes advised for what a source says, as DDL, and what to know of them, a sentence each; none needs another extension.

    Raises:
        InputError: where there is no workload.
    """
    from dbdesign.api.twin_source import input_of

    given = input_of(loaded, months)
    limit = bytes_of(budget) if budget is not None else None
    _, advice, proof, problems, _ = _advised(given, limit, LEAST_GAIN, call, offer=False)
    names, schema = _names(advice, given.design.schema_), given.design.schema_
    ddl = tuple(_index_item(one, names[one.index.name], schema, advice.before).value["ddl"] for one in advice.indexes)
    notes = [f"The indexes were advised for the design's own volumes: {_summary(given, advice, proof)}"]
    notes += [f"Advised too: {one.existing.name} may go, since {one.reason} (not done here)." for one in advice.drop]
    return ddl, (*notes, *problems)


def _advise(
    source: str | None,
    budget: str | None,
    statistics: str | None,
    queries: str | None,
    settings: list[str],
    at: str | None,
    least_gain: float,
    call: Call,
) -> tuple[TwinInput, Advice, str, list[str], dict[str, int]]:
    from dbdesign.api.twin_source import twin_input

    limit = bytes_of(budget) if budget is not None else None
    given = twin_input(source, call, statistics=statistics, queries=queries, settings=settings, at=at)
    return _advised(given, limit, least_gain, call)


def _advised(
    given: TwinInput, limit: int | None, least_gain: float, call: Call, *, offer: bool = True
) -> tuple[TwinInput, Advice, str, list[str], dict[str, int]]:
    from dbdesign.indexes.advise import Advisor
    from dbdesign.indexes.existing import existing_indexes
    from dbdesign.model.statistics import BLOCK
    from dbdesign.twin.twin import production_twin

    call.step(0.1, "building the twin")
    with production_twin(given.ddl, given.statistics, settings=given.settings) as twin:
        tables = sum(twin.pages(one) for one in twin.relations.values() if not one.is_index) * BLOCK
        advisor = Advisor(
            twin,
            given.design.schema_,
            given.queries,
            least_gain=least_gain,
            offer=offer,
            tell=lambda done, said: call.step(0.15 + 0.75 * done, said),
        )
        room = limit if limit is not None else max(tables, BLOCK)
        advice = advisor.advise(room)
        dear = still_dear(advice, given, twin, room, least_gain)
        problems = [f"not in the twin: {one.message} (line {one.line})" for one in twin.failures] + list(twin.problems)
        problems = [*dear, *problems]
        sizes = {one.name: one.pages(twin) * BLOCK for one in existing_indexes(given.design.schema_)}
        return given, advice, twin.proof, problems, sizes


def _answer(
    given: TwinInput,
    advice: Advice,
    proof: str,
    problems: list[str],
    sizes: dict[str, int],
    page: int,
    call: Call,
) -> AdviseIndexesAnswer:
    schema = given.design.schema_
    items = _items(given, advice, problems, sizes)
    pages = paginate(items, call.tokens)
    items = chosen(pages, page)
    summary = paged(_summary(given, advice, proof), page, len(pages))
    by_rule = (
        "" if schema.engine.value == "postgresql" else f"; for {schema.engine.value} adapted by rule, not executed"
    )
    found = {
        "summary": summary,
        "page": page,
        "pages": len(pages),
        "engine": schema.engine.value,
        "cost_before": advice.before,
        "cost_after": advice.after,
        **{name: section(items, name) for name in _SECTIONS},
        "proof": f"{proof}, {advice.calls:,} what-ifs, no data{by_rule}",
    }
    return AdviseIndexesAnswer.model_validate(found).with_text(text_of(summary, items, _TITLES))


_SECTIONS = ("indexes", "drop", "per_query", "curve", "considered", "assumptions", "notes")
_TITLES = {
    "indexes": "Worth building",
    "drop": "May go",
    "per_query": "Queries, before → after",
    "curve": "What smaller budgets buy",
    "considered": "Considered and not advised",
}


def _items(given: TwinInput, advice: Advice, problems: list[str], sizes: dict[str, int]) -> list[Item]:
    from dbdesign.indexes.engines import trial

    schema = given.design.schema_
    names = _names(advice, schema)
    items = [_index_item(one, names[one.index.name], schema, advice.before) for one in advice.indexes]
    items += [_drop_item(one, advice, names, schema, sizes) for one in advice.drop]
    for query in advice.queries:
        used = [names.get(one, one) for one in query.indexes]
        value = {
            "name": query.name,
            "weight": query.weight,
            "cost_before": query.before,
            "cost_after": query.after,
            "indexes": used,
        }
        items.append(
            Item(
                "per_query",
                value,
                f"{query.name}: {query.before:,.0f} → {query.after:,.0f} ({', '.join(used) or 'no index'})",
            )
        )
    for name, failure in advice.failures:
        weight = next((one.rate or 1.0 for one in given.queries if one.name == name), 1.0)
        value = {"name": name, "weight": weight, "cost_before": 0.0, "cost_after": 0.0, "error": failure}
        items.append(Item("per_query", value, f"{name}: not planned: {failure}"))
    for budget, used_bytes, cost in advice.curve:
        value = {
            "budget_bytes": budget,
            "used_bytes": used_bytes,
            "cost": cost,
            "share": round(_share(cost, advice.before), 4),
        }
        items.append(
            Item(
                "curve",
                value,
                f"{readable_size(budget)}: {value['share']:.1%} of the cost with {readable_size(used_bytes)} of indexes",
            )
        )
    for one in advice.rejected:
        value = {
            "index": one.candidate.definition,
            "size_bytes": one.index.size,
            "gain_alone": one.gain,
            "reason": one.reason,
        }
        items.append(
            Item("considered", value, f"{one.candidate.definition} ({readable_size(one.index.size)}): {one.reason}")
        )
    slow = [f"{name}: {why}; what it costs with the advised indexes may be less" for name, why in advice.cut_short]
    notes = [*([how] if (how := trial(schema.engine)) and advice.indexes else []), *problems, *given.notes, *slow]
    items += [Item("notes", text, text) for text in [*shortened(notes, 500), *advice.questions]]
    return items + [Item("assumptions", text, f"assumed: {text}") for text in given.assumptions]


def _drop_item(one: Dropped, advice: Advice, names: dict[str, str], schema: Schema, sizes: dict[str, int]) -> Item:
    table, size = one.existing.candidate.label, sizes.get(one.existing.name, 0)
    share = _share(one.upkeep, advice.before)
    reason = f"{one.reason}; keeping it costs {share:.1%} of the workload" if share >= WORTH_SAYING else one.reason
    ddl = _drop(one.existing, advice, names, schema)
    value = {"index": one.existing.name, "table": table, "size_bytes": size, "reason": reason, "ddl": ddl}
    return Item("drop", value, f"{one.existing.name} on {table} ({readable_size(size)}): {reason}\n  {ddl}")


def _drop(existing: Existing, advice: Advice, names: dict[str, str], schema: Schema) -> str:
    """The statement that takes an index away."""
    from dbdesign.indexes.engines import drop

    table = schema.table_by_label[existing.candidate.label]
    for one in advice.indexes:
        if one.replaces is not None and one.replaces.replaced == existing:
            return one.replaces.ddl(names[one.index.name], table)
    return drop(existing, schema)


def _names(advice: Advice, schema: Schema) -> dict[str, str]:
    """By the twin's name of an advised index, the name that it is built under: one that the schema does not have yet."""
    from dbdesign.indexes.existing import existing_indexes

    taken = {one.name for one in existing_indexes(schema)} | {table.name for table in schema.tables}
    names: dict[str, str] = {}
    for one in advice.indexes:
        name, number = one.candidate.name, 1
        while name in taken:
            number += 1
            name = f"{one.candidate.name[:60]}{number}"
        taken.add(name)
        names[one.index.name] = name
    return names


def _index_item(one: Advised, name: str, schema: Schema, before: float) -> Item:
    from dbdesign.indexes.engines import build

    built = _buildable(build(one.candidate, name, schema), schema.table_by_label[one.candidate.label])
    named = _named(one.queries)
    value: dict[str, Any] = {
        "ddl": built.ddl,
        "table": one.candidate.label,
        "size_bytes": one.index.size,
        "gain": one.gain,
        "gain_share": round(_share(one.gain, before), 4),
        "queries": named,
    }
    if one.upkeep:
        value["upkeep"] = one.upkeep
    notes = [*built.notes, *_heap_only_lost(one, schema), *_uncertain(one)]
    if notes:
        value["notes"] = notes
    kept = f" after {_share(one.upkeep, before):.1%} for its upkeep" if one.upkeep >= WORTH_SAYING * before > 0 else ""
    saved = f"{readable_size(one.index.size)}, saves {value['gain_share']:.1%}{kept}"
    said = f"{built.ddl}  -- {saved}; {', '.join(named)}"
    return Item("indexes", value, "\n  ".join([said, *notes]))


def _heap_only_lost(one: Advised, schema: Schema) -> list[str]:
    """What the index costs the updates that were heap-only before it; of PostgreSQL alone."""
    if not one.heap_only_lost or schema.engine.value != "postgresql":
        return []
    columns = ", ".join(one.heap_only_lost)
    return [
        f"updates that set {columns} are no longer heap-only (HOT): each makes an entry in every index of the table"
    ]


def _named(queries: Sequence[str]) -> list[str]:
    """The queries that an index serves, the rest of very many as a number."""
    if len(queries) <= MOST_NAMED:
        return list(queries)
    return [*queries[:MOST_NAMED], f"{len(queries) - MOST_NAMED:,} more (see per_query)"]


def _uncertain(one: Advised) -> list[str]:
    """The range of an index's size, where it depends on how its columns hang together."""
    least, most = one.sizes
    if least * SURE >= most:
        return []
    columns = ", ".join(key.text for key in one.candidate.keys)
    said = f"its size is {readable_size(least)} to {readable_size(most)}"
    why = f"nothing tells how many combinations of ({columns}) there are"
    return [f"{said}: {why}; a foreign key or CREATE STATISTICS (ndistinct) would"]


def _buildable(built: Built, table: Table) -> Built:
    """Without CONCURRENTLY on a partitioned table, where PostgreSQL refuses it (manual, CREATE INDEX)."""
    if table.partitioning is None or " CONCURRENTLY" not in built.ddl:
        return built
    note = (
        "no index is built CONCURRENTLY on a partitioned table: to keep writes going, create it ON ONLY the table, "
        "build one CONCURRENTLY on each partition, and attach them (ALTER INDEX … ATTACH PARTITION)"
    )
    return replace(built, ddl=built.ddl.replace(" CONCURRENTLY", "", 1), notes=(*built.notes, note))


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _summary(given: TwinInput, advice: Advice, proof: str) -> str:
    size = readable_size(sum(one.index.size for one in advice.indexes))
    workload = plural(len(given.queries), "query")
    by = f"({proof}, {advice.calls:,} what-ifs over {advice.considered:,} candidates, {_within(advice.gap)})"
    if advice.indexes:
        share = f"{_share(advice.after, advice.before):.1%}"
        found = (
            f"{plural(len(advice.indexes), 'index')} of {size} bring the workload's cost to {share} of what it is {by}."
        )
    else:
        found = f"no index is worth building {by}."
    said = [f"{given.name} ({plural(len(given.design.schema_.tables), 'table')}, {workload}): {found}"]
    helped = sum(query.after < query.before * 0.99 for query in advice.queries)
    if helped:
        said.append(f"{plural(helped, 'query')} get{'s' if helped == 1 else ''} cheaper.")
    if dear := sum(query.after >= DEAR for query in advice.queries):
        said.append(f"{plural(dear, 'query')} stay{'s' if dear == 1 else ''} expensive (see per_query and notes).")
    if advice.drop:
        said.append(f"{plural(len(advice.drop), 'index')} may go.")
    if advice.failures:
        said.append(f"{plural(len(advice.failures), 'query')} could not be planned (see per_query).")
    if advice.asked < len(advice.queries):
        said.append(
            f"The choice was made by {advice.asked:,} queries that stand for those with the same shape and like estimates; "
            "costs are of every query's own plan."
        )
    if given.assumptions:
        said.append("Contents were assumed where the design does not say them (see assumptions).")
    return " ".join(said)


def _within(gap: float) -> str:
    """How good a set is, by the bound over all answers; below a thousandth answers are not told apart."""
    return f"at most {max(gap, 0.001):.1%} of the cost above the best set over all of their answers"


_UNITS = {"": 1, "b": 1, "kb": 1024, "mb": 1024**2, "gb": 1024**3, "tb": 1024**4}


def bytes_of(text: str) -> int:
    """`2GB`, `500 MB`, `1.5tb` in bytes, as PostgreSQL counts them (a GB is 1024³).

    Raises:
        InputError: where it is no size, or nothing.
    """
    from dbdesign.errors import InputError

    stripped = text.strip().lower().replace("ib", "b")
    number = stripped.rstrip("bkmgt ")
    unit = stripped[len(number) :].strip()
    try:
        size = float(number.strip()) * _UNITS[unit if unit.endswith("b") or not unit else f"{unit}b"]
    except (ValueError, KeyError):
        raise InputError(f"{text!r} is not a size", where="budget", remedy="Write 2GB or 500MB") from None
    if not 8192 <= size < 2**60:
        raise InputError(f"{text!r} leaves no room for an index", where="budget", remedy="Write 2GB or 500MB")
    return int(size)
