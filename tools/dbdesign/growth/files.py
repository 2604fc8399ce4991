"""The files of a plan: partition DDL, pg_partman's calls, what each distributed engine takes, the report and the plot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from dbdesign.growth.distributed.base import Sharded, engines
from dbdesign.growth.distributed.keyed import keyed_schema
from dbdesign.growth.load import SECONDS_PER_MONTH, arrivals
from dbdesign.growth.page import page
from dbdesign.growth.partition_proof import ddl_of
from dbdesign.growth.partitions import SQL, PartitionPlan, partitioned_schema
from dbdesign.growth.report import markdown, verdict_of

if TYPE_CHECKING:
    from dbdesign.growth.plan import GrowthPlan
    from dbdesign.growth.sharding import KeyCandidate
    from dbdesign.model.schema import Schema


def files_of(plan: GrowthPlan) -> dict[str, str]:
    """All files by path."""
    found = {"report.md": markdown(plan), "growth.html": page(plan)}
    if plan.derived:
        found["schema.sql"] = ddl_of(plan.situation.design.schema_)
        found["workload.sql"] = workload_sql(plan)
    if plan.partitions:
        found["partitions.sql"] = partitions_sql(plan)
        found |= {f"partitioned/{path}": text for path, text in targets(plan)}
        for version in ("4.7", "5"):
            if calls := list(_partman(plan, version)):
                found[f"pg_partman_{version}.sql"] = "\n".join(calls) + "\n"
    if plan.candidates:
        design = sharded(plan, plan.candidates[0])
        note = str(verdict_of(plan)["verdict"])
        for engine in engines():
            for path, text in engine.files(design).items():
                head = f"-- {note}\n" if path.endswith(".sql") else ""
                found[f"sharding/{path}"] = head + text
    return found


def workload_sql(plan: GrowthPlan) -> str:
    """The statements with their rates, as a `workload` reads them."""
    return "\n".join(
        f"-- name: {one.query.name}\n-- rate: {one.rate:g}/s\n{one.query.sql};\n" for one in plan.situation.load.queries
    )


def partitions_sql(plan: GrowthPlan) -> str:
    """The partitioned tables as they are to be, for a new database; what becomes of keys in comments."""
    parts = ["\n".join(_partitioned(plan, one)) for one in plan.partitions]
    head = (
        "-- Partitioned tables, for an empty database. A table that holds rows is brought there without downtime, one after the other, by\n"
        "-- dbdesign migrate plan OLD NEW (plan_migration): the schemas to give as NEW are in partitioned/.\n"
    )
    return head + "\n\n".join(parts) + "\n"


def targets(plan: GrowthPlan) -> Iterator[tuple[str, str]]:
    """The whole schema after each step: foreign keys that cannot be kept are dropped, a table is partitioned, then the next one.

    Each is what a migration from the one before it is planned to.
    """
    schema, before, number = plan.situation.design.schema_, "the schema as it is", 0
    for place, one in enumerate(plan.partitions, 1):
        done, earlier = plan.partitions[:place], plan.partitions[: place - 1]
        after, now = partitioned_schema(schema, done), partitioned_schema(schema, earlier)
        if (freed := _freed(now, after)) is not None:
            number += 1
            path = f"{number}_references_to_{one.changed.name}.sql"
            yield path, _target([_to(one, before), "-- without the foreign keys that cannot be kept"], freed, earlier)
            before = path
        number += 1
        path = f"{number}_{one.changed.name}.sql"
        head = [_to(one, before), *(f"-- {line}" for line in one.consequences)]
        if one.strategy == "range":
            head.append(
                f"-- {_rest(one)} takes rows outside of all bounds while they are copied; empty and drop it before a partition"
            )
            head.append("-- is detached concurrently, which a DEFAULT partition forbids.")
        yield path, _target(head, after, done)
        before = path


def _to(one: PartitionPlan, before: str) -> str:
    return f"-- {one.table}: dbdesign migrate plan OLD NEW, with {before} as OLD and this as NEW."


def _target(head: list[str], schema: Schema, done: Sequence[PartitionPlan]) -> str:
    parts = [statement for each in done for statement in each.statements]
    parts += [
        f"CREATE TABLE {_rest(each)} PARTITION OF {_named(each)} DEFAULT;" for each in done if each.strategy == "range"
    ]
    return "\n".join([*head, "", ddl_of(schema).strip(), "", *parts, ""])


def _freed(now: Schema, after: Schema) -> Schema | None:
    """The schema of now without the foreign keys that are gone afterwards; None where all are kept."""
    tables = tuple(
        table.model_copy(update={"foreign_keys": after.table_by_label[table.label].foreign_keys})
        for table in now.tables
    )
    return now.model_copy(update={"tables": tables}) if tables != now.tables else None


def _named(one: PartitionPlan) -> str:
    return SQL.qualified(one.changed.namespace, one.changed.name)


def _rest(one: PartitionPlan) -> str:
    return SQL.qualified(one.changed.namespace, f"{one.changed.name}_rest")


def _partitioned(plan: GrowthPlan, one: PartitionPlan) -> Iterator[str]:
    yield f"\n-- {one.table}: {one.why}"
    yield from (f"-- {line}" for line in one.consequences)
    yield f"-- proof: {one.proof}"
    schema = plan.situation.design.schema_
    alone = schema.model_copy(
        update={
            "tables": (one.changed.model_copy(update={"foreign_keys": ()}),),
            "views": (),
            "routines": (),
            "carried": (),
            "sequences": (),
            "enums": (),
            "domains": (),
            "composites": (),
            "extensions": (),
            "namespaces": (),
        }
    )
    yield ddl_of(alone).strip()
    for key in one.changed.foreign_keys:
        yield f"-- add its foreign key ({', '.join(key.columns)}) → {key.references} once the data is there, NOT VALID; then validate it"
    yield from one.statements
    if one.retention:
        yield "-- retention, each time the oldest has passed:"
        yield from (f"-- {line.removeprefix('-- ')}" for line in one.retention)


def _partman(plan: GrowthPlan, version: str) -> Iterator[str]:
    for one in plan.partitions:
        if one.partman is not None:
            yield f"-- {one.table}"
            yield from one.partman[version]


def sharded(plan: GrowthPlan, key: KeyCandidate) -> Sharded:
    """The design sharded by a key."""
    at = plan.situation
    tables = [table for table in at.design.schema_.tables if table.partition_of is None]
    lookups: dict[str, dict[str, float]] = {}
    for one, routing in zip(at.load.queries, key.routings, strict=True):
        for use in one.use.uses if one.use and not routing.routed else ():
            for column in sorted(use.equal):
                by_rate = lookups.setdefault(use.table.label, {})
                by_rate[column] = by_rate.get(column, 0.0) + at.load.rate(one, at.months)
    return Sharded(
        at.design.schema_,
        keyed_schema(at.design.schema_, key),
        keyed_schema(at.design.schema_, key, across=True),
        key,
        key.shards,
        {table.label: at.sizes.of_table(table.label, at.months) for table in tables},
        {
            table.label: max(
                arrivals(at.design, table, at.sizes.rows(table.label, at.months)) / SECONDS_PER_MONTH,
                at.load.written(at.months).get(table.label, 0.0),
            )
            for table in tables
        },
        {table: tuple(sorted(rates, key=lambda one: (-rates[one], one))) for table, rates in lookups.items()},
        dict(at.design.access.regions),
        {table.label: at.sizes.rows(table.label, at.months) for table in tables},
    )
