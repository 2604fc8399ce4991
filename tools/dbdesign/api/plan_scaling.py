"""The tool `plan_scaling`: what a design will weigh, which limit it meets when, and the ladder of measures, sharding at its end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from dbdesign.api.answer import Answer, paged, plural, section, text_of
from dbdesign.api.arguments import Overwrite, Page
from dbdesign.api.call import Call
from dbdesign.api.paging import Item, chosen, paginate
from dbdesign.api.recent import Recent
from dbdesign.errors import AccessError, InputError

if TYPE_CHECKING:
    from dbdesign.growth.plan import GrowthPlan
    from dbdesign.model.design import Design
    from dbdesign.model.statistics import Statistics


class Entry(BaseModel):
    """One thing said."""

    model_config = ConfigDict(extra="allow")


class SizeOut(Entry):
    """A table or an index; bytes of a table are with what is out of line."""

    object: str
    kind: str
    bytes_now: int
    bytes_then: int


class MeasureOut(Entry):
    """A rung of the ladder."""

    measure: str
    threshold: str
    when: str


class PlanScalingAnswer(Answer):
    """What `plan_scaling` answers."""

    months: float
    machine: str
    sizes: list[SizeOut] = Field(default_factory=list, description="the largest first")
    curve: list[Entry] = Field(default_factory=list, description="bytes of tables and indexes by month")
    limits: list[Entry] = Field(default_factory=list, description="what is met first stands first; `month` 0 is today")
    ladder: list[MeasureOut] = Field(default_factory=list)
    partitions: list[Entry] = Field(default_factory=list, description="tables to partition, with what EXPLAIN proved")
    column_order: list[Entry] = Field(default_factory=list, description="orders of columns that save space")
    sharding: dict[str, Any] = Field(default_factory=dict)
    shard_keys: list[Entry] = Field(default_factory=list)
    unsupported: list[Entry] = Field(
        default_factory=list, description="what a distributed engine does not have, by engine"
    )
    assumptions: list[str] = Field(default_factory=list)
    problems: list[str] = Field(default_factory=list)
    files: list[str] = Field(default_factory=list, description="written, or their names where write_to is not given")
    proof: str


_recent: Recent[tuple[GrowthPlan, list[str]]] = Recent(2)
TITLES = {
    "limits": "Limits, the first to be met first",
    "ladder": "Measures",
    "sizes": "Sizes",
    "curve": "Growth",
    "partitions": "Partitioning",
    "column_order": "Order of columns",
    "shard_keys": "Keys to shard by",
    "unsupported": "What distributed engines lack",
    "assumptions": "Assumed",
    "problems": "Problems",
}
SHOWN_KEYS = 4
NEARLY_ALL = 0.999
"""Share of the bytes that the relations make up whose sizes an assistant is told one by one."""

MOST_A_SECOND = 1e9
"""Executions a second beyond which a rate is a mistake."""


def plan_scaling(
    source: Annotated[str, Field(description="A design file.")],
    *,
    horizon: Annotated[str, Field(description="How far.")] = "36mo",
    machine: Annotated[str | None, Field(description="Such as 16 vCPU, 64 GB, 1 TB.")] = None,
    write_to: Annotated[str | None, Field(description="A folder.")] = None,
    overwrite: Overwrite = False,
    page: Page = 1,
    call: Call | None = None,
) -> PlanScalingAnswer:
    """Plan growth: sizes, the month of each limit, measures up to sharding, DDL, plot."""
    call = call or Call()
    key = repr((source, horizon, machine, write_to))
    found = _recent.get(key) if page > 1 else None
    if found is None:
        found = _planned(source, horizon, machine, write_to, overwrite=overwrite, call=call)
        _recent.put(key, found)
    return _answer(*found, written=write_to is not None, page=page, call=call)


def _planned(
    source: str, horizon: str, machine: str | None, write_to: str | None, *, overwrite: bool, call: Call
) -> tuple[GrowthPlan, list[str]]:
    from dbdesign.growth.files import files_of
    from dbdesign.growth.machine import parse_machine
    from dbdesign.growth.plan import plan_growth
    from dbdesign.patterns.relational.design import with_relational

    months, server = _months(horizon), parse_machine(machine)
    given, name = _design(source, call)
    design, derived = with_relational(given)
    if not design.schema_.tables:
        raise InputError("there is no table", where=name, remedy="Give a design file with a schema, or with `entities`")
    if not any(volume.rows for volume in design.workload.volumes.values()):
        raise InputError(
            "nothing is said of how much there is: how many rows does each large table have today, and how does it grow?",
            where=name,
            remedy="Add `volumes:` with `rows: 2e9` and `growth: 3% per month`, or a `count` to each entity, to the design file",
        )
    impossible = [one for one in design.workload.queries if max(one.rate or 0.0, one.peak or 0.0) > MOST_A_SECOND]
    if impossible:
        raise InputError(
            f"{impossible[0].name!r} runs {max(impossible[0].rate or 0.0, impossible[0].peak or 0.0):g} times a second",
            where=name,
            remedy=f"Check the unit: no system answers more than {MOST_A_SECOND:,.0f} a second",
        )
    ddl, statistics = _today(design)
    plan = plan_growth(design, ddl, statistics, server, months, date.today(), call.step, derived=derived)
    texts = files_of(plan)
    return plan, _written(texts, write_to, call, overwrite=overwrite) if write_to is not None else list(texts)


def _design(source: str, call: Call) -> tuple[Design, str]:
    """The design and its name, with an empty schema where it has entities and patterns alone.

    Raises:
        InputError: what it says does not fit together; there are entities and neither patterns nor queries.
    """
    from dbdesign.api.access_source import QUESTION
    from dbdesign.api.source import design_text, load
    from dbdesign.model.design import Design
    from dbdesign.patterns.relational.design import only_patterns
    from dbdesign.readers.design import parse_design

    text = design_text(source, call)
    document = parse_design(text[0], name=text[1], lenient=True) if text else None
    if text is None or document is None or document.schema_source is not None:
        loaded = load(source, call, lenient=True)
        _check(loaded.design, loaded.name)
        return loaded.design, loaded.name
    if document.access.entities and not document.access.patterns:
        raise InputError(
            "no access pattern is given, and load cannot be guessed without", where="patterns", remedy=QUESTION
        )
    if document.engine is not None and document.engine.value not in {"postgresql", "cockroachdb"}:
        raise InputError(
            f"a schema is derived from entities for PostgreSQL, not for {document.engine.value}",
            where="engine",
            remedy="Leave the engine out, or give the schema",
        )
    schema = only_patterns(document.version)
    return Design(schema=schema, workload=document.workload, access=document.access), text[1]


def _check(design: Design, name: str) -> None:
    """Raises where patterns name what neither the tables nor the entities have."""
    from dbdesign.patterns.derive import access_model
    from dbdesign.readers.access_patterns import check_patterns
    from dbdesign.readers.design_document import DesignFileError, Document

    if not design.access.patterns:
        return
    alone = design.model_copy(update={"workload": design.workload.model_copy(update={"queries": ()})})
    document = Document(name)
    check_patterns(document, access_model(alone))
    if document.problems:
        raise DesignFileError(document.problems, name)


def _today(design: Design) -> tuple[str, Statistics]:
    """The schema as PostgreSQL's DDL, and the statistics of today."""
    from dbdesign.growth.partition_proof import ddl_of
    from dbdesign.twin.profiles import resolve
    from dbdesign.twin.volumes import as_statistics

    return ddl_of(design.schema_), as_statistics(resolve(design), design.schema_)


def _months(horizon: str) -> float:
    from dbdesign.growth.sizes import FAR
    from dbdesign.model import quantity

    try:
        months = quantity.months(horizon)
    except ValueError as error:
        raise InputError(str(error), where="horizon") from None
    if months > FAR:
        raise InputError(
            f"{horizon!r} lies more than {FAR:g} months ahead", where="horizon", remedy="Write 120mo or less"
        )
    return round(months, 2)


def _written(texts: dict[str, str], write_to: str, call: Call, *, overwrite: bool) -> list[str]:
    folder = write_to.rstrip("/")
    if not folder:
        raise InputError("is empty", where="write_to", remedy="Name a folder")
    paths = {f"{folder}/{path}": text for path, text in texts.items()}
    there = [path for path in paths if not overwrite and call.access.exists(path)]
    if there:
        raise AccessError(
            "the file exists already",
            where=", ".join(there[:5]),
            remedy="Choose another folder, or say overwrite=true (--overwrite)",
        )
    return [call.access.write_text(path, text, overwrite=overwrite) for path, text in paths.items()]


def _answer(plan: GrowthPlan, files: list[str], *, written: bool, page: int, call: Call) -> PlanScalingAnswer:
    from dbdesign.growth.report import summary_of, verdict_of

    pages = paginate(list(_items(plan, brief=call.tokens is not None)), call.tokens)
    items = chosen(pages, page)
    said = summary_of(plan)
    if files and not written:
        said += f" {plural(len(files), 'file')} can be written with write_to: {', '.join(files[:12])}."
    summary = paged(said, page, len(pages))
    found: dict[str, Any] = {
        "summary": summary,
        "page": page,
        "pages": len(pages),
        "months": plan.months,
        "machine": plan.situation.machine.said,
        **{name: section(items, name) for name in TITLES},
        "sharding": verdict_of(plan) if page == 1 else {},
        "files": files if page == 1 else [],
        "proof": plan.proof,
    }
    verdict = f"\nSharding: {verdict_of(plan)['verdict']}" if page == 1 else ""
    readable = text_of(summary + verdict, items, TITLES) + "".join(f"\nWritten: {file}" for file in files if written)
    return PlanScalingAnswer.model_validate(found).with_text(readable)


def _items(plan: GrowthPlan, *, brief: bool) -> Iterator[Item]:
    """The parts in the order of their weight; briefly, only what weighs: the large relations, and of sharding what is due."""
    from dbdesign.growth.report import (
        curve_of,
        limit_lines,
        measure_lines,
        order_lines,
        partition_lines,
        shard_key_lines,
        size_lines,
        unsupported_lines,
    )

    unsharded = brief and not plan.shards and not plan.full
    for name, lines in (
        ("limits", limit_lines(plan)),
        ("ladder", measure_lines(plan)),
        ("partitions", partition_lines(plan)),
        ("sizes", _largest(size_lines(plan)) if brief else size_lines(plan)),
        ("curve", curve_of(plan)),
        ("column_order", order_lines(plan)),
        ("shard_keys", () if unsharded else shard_key_lines(plan, SHOWN_KEYS)),
        ("unsupported", () if unsharded else unsupported_lines(plan)),
    ):
        for value, text in lines:
            yield Item(name, value, text)
    for text in plan.problems:
        yield Item("problems", text, text)
    for text in plan.assumptions:
        yield Item("assumptions", text, text)


def _largest(lines: Iterable[tuple[dict[str, Any], str]]) -> Iterator[tuple[dict[str, Any], str]]:
    """Those that make up nearly all of the bytes, and how many there are beside them."""
    every = list(lines)
    total, seen = sum(value["bytes_then"] for value, _ in every), 0
    for number, (value, text) in enumerate(every):
        if seen >= total * NEARLY_ALL and number < len(every) - 1:
            rest = {name: sum(one[name] for one, _ in every[number:]) for name in ("bytes_now", "bytes_then")}
            smaller = {"object": f"{len(every) - number} smaller ones", "kind": "tables and indexes", **rest}
            yield (
                smaller,
                f"{smaller['object']}, {rest['bytes_then'] / max(total, 1):.1%} of the bytes; report.md has them",
            )
            return
        seen += value["bytes_then"]
        yield value, text
