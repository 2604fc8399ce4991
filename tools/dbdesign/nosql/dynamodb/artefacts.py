"""The files of a design."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from dbdesign.nosql.dynamodb import runtime, samples
from dbdesign.nosql.dynamodb.definitions import boto3_file, create_table
from dbdesign.nosql.dynamodb.functions import function_name, layouts, module, unique_table
from dbdesign.nosql.dynamodb.infrastructure import cdk_python, cdk_typescript, cloudformation, terraform
from dbdesign.nosql.dynamodb.layout import PhysicalTable, physical_tables
from dbdesign.nosql.dynamodb.plan import Plan
from dbdesign.nosql.dynamodb.repair import counters_of, repair_script
from dbdesign.nosql.dynamodb.serve import Serving
from dbdesign.nosql.dynamodb.workbench import workbench

SAMPLED = 4


def tables_of(plan: Plan, servings: Sequence[Serving]) -> tuple[PhysicalTable, ...]:
    """All tables: of entities, of unique values, of counters."""
    counters = counters_of(servings)
    found = list(physical_tables(plan.placements.values()))
    found += [
        PhysicalTable(unique_table(one.entity), ("unique_value", "S"), None)
        for one in plan.placements.values()
        if one.entity.unique
    ]
    found += [PhysicalTable(one.table, ("counter", "S"), None, stream=True) for one in counters]
    return tuple(found)


def items_of(plan: Plan, rows: Mapping[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """Rows by entity as items by table, those that keep unique values included."""
    found: dict[str, list[dict[str, Any]]] = {}
    described = layouts(plan)
    before = dict(runtime.ENTITIES)
    runtime.ENTITIES.update(described)
    try:
        for name, of_entity in rows.items():
            layout = described[name]
            for row in of_entity:
                item = runtime.item_of(name, {**row, **_expiry(layout)})
                found.setdefault(layout["table"], []).append(item)
                for names in layout["unique"]:
                    if all(row.get(one) is not None for one in names):
                        found.setdefault(layout["unique_table"], []).append(runtime.unique_item(name, names, row))
    finally:
        runtime.ENTITIES.clear()
        runtime.ENTITIES.update(before)
    return found


FAR = 4_102_444_800
"""The expiry of sample items: 1 January 2100, so that none disappears."""


def _expiry(layout: Mapping[str, Any]) -> dict[str, int]:
    return {layout["expires"][0]: FAR} if layout["expires"] else {}


def artefacts(
    plan: Plan, servings: Sequence[Serving], tables: Sequence[PhysicalTable], regions: Sequence[str]
) -> dict[str, str]:
    """Every file by its path."""
    items = items_of(plan, samples.sample(plan.model, SAMPLED))
    return {
        "create_tables.py": boto3_file(tables, list(regions)),
        "access_patterns.py": module(plan, servings),
        "repair.py": repair_script(plan, servings),
        "tables.json": json.dumps([create_table(one) for one in tables], indent=2) + "\n",
        "requests.json": json.dumps(_requests(servings), indent=2, ensure_ascii=False) + "\n",
        "cloudformation.yaml": cloudformation(tables, regions),
        "cdk/tables-stack.ts": cdk_typescript(tables, regions),
        "cdk/tables_stack.py": cdk_python(tables, regions),
        "terraform/tables.tf": terraform(tables, regions),
        "nosql_workbench.json": workbench(tables, items),
        "sample_items.json": samples.items_file(items),
    }


def _requests(servings: Sequence[Serving]) -> list[dict[str, Any]]:
    found = []
    for one in servings:
        if one.unserved is None:
            shown = [
                {"operation": step.request.operation, "request": step.request.plain()}
                if step.request is not None
                else {"operation": step.kind}
                for step in one.steps
            ]
            found.append({"pattern": one.pattern.name, "function": function_name(one), "requests": shown})
    return found
