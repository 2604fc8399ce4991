"""The section `lifecycle` of a design file: what it means, and what is refused, with the line."""

from __future__ import annotations

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import dbdesign.readers.lifecycle as reader
from dbdesign.model.lifecycle import Erasure, Lifecycle, Period, Retention, Saga, SagaStep, TenantIsolation
from dbdesign.readers.design import DesignFileError, parse_design
from dbdesign.readers.design_schema import DESIGN_SCHEMA

EXAMPLE = (reader.__doc__ or "").partition("```yaml\n")[2].partition("```")[0]


def parsed(text: str) -> Lifecycle:
    found = parse_design(text).lifecycle
    assert found is not None
    return found


def test_the_example_is_read_whole() -> None:
    found = parsed(EXAMPLE)
    assert found.tenant == TenantIsolation(column="tenant_id", shared=("countries",))
    assert found.retention == (Retention(table="events", after=Period(count=13, unit="month"), by="created_at"),)
    assert found.erasure == Erasure(
        subject="users",
        keep={"invoices": {"billing_name": None, "billing_address": None}},
        unlink=("tickets.assignee_id",),
        hold="users.legal_hold",
    )
    assert found.sagas == (
        Saga(
            name="place order",
            steps=(
                SagaStep(name="reserve stock", compensation="release stock"),
                SagaStep(name="charge card", compensation="refund card"),
                SagaStep(name="ship"),
            ),
        ),
    )
    assert found.wanted == ("soft_delete", "audit", "retention", "erasure", "idempotency", "outbox", "sagas", "tenant")


def test_the_example_is_valid_by_the_json_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(DESIGN_SCHEMA)
    assert list(jsonschema.Draft202012Validator(DESIGN_SCHEMA).iter_errors(yaml.safe_load(EXAMPLE))) == []


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ("tenant: {tables: all}", "line 2: lifecycle.tenant has no `column`"),
        ("tenant: {colum: a}", "line 2: lifecycle.tenant has no entry 'colum'; did you mean column?"),
        ("tenant: {column: a, setting: tenant}", "'tenant' is not a setting; write two words with a dot: app.tenant_id"),
        ("audit: {how: sometimes}", "'sometimes' is not one of trigger, history"),
        ("audit: {keep: forever}", "'forever' is not a period; write it as 13mo, 90 days, 24h or 2 years"),
        ("audit: {keep: 0d}", "'0d' is not a period"),
        ("retention: {a: {by: b}}", "lifecycle.retention.a has no `after`"),
        ("retention: {a: {after: 1d, by: b, batch: 0}}", "'0' is not a number of rows"),
        ("erasure: {keep: {}}", "lifecycle.erasure has no `subject`"),
        ("idempotency: {keep: 24h}", "lifecycle.idempotency has no `operations`"),
        ("outbox: {events: [a'b]}", "is not a name of letters, digits, spaces"),
        ("sagas: [{name: a}]", "lifecycle.sagas: 1 needs a `name` and `steps`"),
        ("sagas: [{name: a, steps: [{name: b}, {name: b}]}]", "two sagas, or two steps of 'a', have the same name"),
        ("roles: {application: a, maintenance: a}", "the application may not be its own maintenance"),
        ("roles: {application: a}", "lifecycle asks for nothing"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(section: str, said: str) -> None:
    with pytest.raises(DesignFileError) as caught:
        parse_design(f"lifecycle:\n  {section}\n")
    assert said in " ".join(map(str, caught.value.problems))


@given(st.integers(1, 999_999), st.sampled_from(["second", "minute", "hour", "day", "week", "month", "year"]))
def test_a_period_is_read_as_it_is_written(count: int, unit: str) -> None:
    assert str(reader.period(str(Period.model_validate({"count": count, "unit": unit})))) == str(
        Period.model_validate({"count": count, "unit": unit})
    )
