"""A schema and what a form's writer makes of it drift in nothing that no note names: the laws of writers, readers and drift in one."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from dbdesign.api.compare_schemas import drift_between
from dbdesign.api.drift import Difference, Side
from dbdesign.model.schema import Schema
from dbdesign.readers.base import ReadResult, source_readers
from dbdesign.writers.base import WriteOptions, writer
from sqlalchemy_sayable import single, without_row_types
from strategies import schemas

ELSEWHERE = {"comment", "option", "namespace", "sequence"}
"""Kinds whose objects notes name in another way, or with their tables."""


def _is_named(one: Difference, objects: set[str]) -> bool:
    table = one.object.partition(" (")[0]
    return (
        one.kind in ELSEWHERE
        or bool({one.object, table, one.object.rpartition(".")[0]} & objects)
        or _has_key(one, objects)
    )


def _has_key(one: Difference, objects: set[str]) -> bool:
    """A primary key under a name that the database made up is the one that a note names."""
    table = one.object.partition(" (")[0]
    return one.kind in {"primary key", "foreign key"} and any(name.startswith(f"{table} (") for name in objects)


@pytest.mark.parametrize("form", ["prisma", "sqlalchemy", "django", "typeorm", "drizzle"])
@settings(
    max_examples=3, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
)
@given(schema=schemas())
def test_what_a_form_is_written_as_drifts_in_nothing_but_what_notes_name(form: str, schema: Schema) -> None:
    schema = without_row_types(schema)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dbdesign.writers.sqlalchemy.source.SHOWN", 1000)  # notes that name all their objects
        written = writer(form).write(schema, WriteOptions(prove=False))
    placed = form == "django" and any(one.namespace for one in schema.tables)  # Django's tables have no schema
    if placed or not any(one.partition_of is None and one.primary_key for one in schema.tables):
        return
    files = written.parts or {f"app/models{writer(form).suffix}": written.text}
    made = source_readers()[form].read(files, engine=schema.engine)
    found, _, _ = drift_between(Side("postgresql", ReadResult(schema=schema, proof=made.proof)), Side(form, made), [])
    objects = {one.object for one in single(written.notes)}
    assert [one for one in found.differences if not _is_named(one, objects)] == []
