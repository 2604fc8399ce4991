"""Laws of comparing: nothing differs from itself; making the operations of a comparison makes the other schema; and back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from dbdesign.migrations.compare import Comparison, apply, compare
from dbdesign.model.schema import Schema
from dbdesign.readers.base import reader
from postgresql_comparison import differences
from real_schemas import read_real, real_sql
from schema_changes import changed
from strategies import schemas

SETTINGS = settings(
    max_examples=60,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # whole schemas shrink for minutes
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def read(entry: dict[str, Any]) -> Schema:
    return reader(entry["dialect"]).read(read_real(entry), execute=False).schema


def said(comparison: Comparison) -> list[str]:
    """The operations, in short."""
    return [f"{one.action} {one.kind} {one.table} {one.name} {one.changed}" for one in comparison.operations]


def unordered(schema: Schema) -> Schema:
    """The schema with its columns by name."""
    tables = (
        one.model_copy(
            update={
                "columns": tuple(sorted(one.columns, key=lambda column: column.name)),
                "inherited": tuple(sorted(one.inherited)),
            }
        )
        for one in schema.tables
    )
    return schema.model_copy(update={"tables": tuple(tables)})


def objects(operations: Any) -> set[tuple[str, str, str | None]]:
    return {(one.kind, one.name, one.table) for one in operations}


@SETTINGS
@given(schemas())
def test_nothing_differs_from_itself(schema: Schema) -> None:
    assert compare(schema, schema).operations == ()


@SETTINGS
@given(schemas(), schemas())
def test_making_the_operations_between_two_schemas_makes_the_second(before: Schema, after: Schema) -> None:
    comparison = compare(before, after, execute=False)
    assert said(compare(apply(before, comparison.operations), after, execute=False)) == []


@SETTINGS
@given(schemas(), st.randoms(use_true_random=False))
def test_making_the_operations_of_some_changes_makes_the_changed_schema(before: Schema, random: Any) -> None:
    after = changed(before, random, count=6)
    comparison = compare(before, after, execute=False)
    made = apply(before, comparison.operations)
    assert said(compare(made, after, execute=False)) == []
    assert differences(unordered(made), unordered(after)) == []


@SETTINGS
@given(schemas(), st.randoms(use_true_random=False))
def test_the_way_back_is_on_the_same_objects(before: Schema, random: Any) -> None:
    after = changed(before, random, count=4)
    there = [one for one in compare(before, after, execute=False).operations if one.action not in {"rename", "rebuild"}]
    back = [one for one in compare(after, before, execute=False).operations if one.action not in {"rename", "rebuild"}]
    renamed = any(one.action == "rename" for one in compare(before, after, execute=False).operations)
    assert renamed or objects(there) == objects(back)


@pytest.mark.parametrize("entry", real_sql("postgresql", "mysql", "sqlserver", "cockroachdb", "sqlite"))
def test_real_schemas_differ_from_themselves_in_nothing_and_are_made_from_nothing(entry: dict[str, Any]) -> None:
    schema = read(entry)
    nothing = Schema(engine=schema.engine, version=schema.version)
    assert compare(schema, schema).operations == ()
    made = apply(nothing, compare(nothing, schema).operations)
    assert compare(made, schema).operations == ()
    assert {one.label for one in made.tables} == {one.label for one in schema.tables}
    assert objects(compare(nothing, schema).operations) == objects(compare(schema, nothing).operations)


@pytest.mark.parametrize("entry", real_sql("postgresql"))
def test_a_real_schema_read_by_grammar_differs_in_nothing_from_itself_executed(entry: dict[str, Any]) -> None:
    text = read_real(entry)
    parsed, executed = (reader("postgresql").read(text, execute=execute).schema for execute in (False, True))
    assert said(compare(parsed, executed)) == []
    assert said(compare(executed, parsed)) == []
