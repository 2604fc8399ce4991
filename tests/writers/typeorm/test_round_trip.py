"""Any schema is written as entities, the same each time."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings

from dbdesign.model.schema import Schema
from dbdesign.writers.base import WriteOptions
from dbdesign.writers.typeorm import write
from strategies import schemas


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(schemas())
def test_what_is_written_is_the_same_each_time(schema: Schema) -> None:
    assert write(schema, WriteOptions(style="active-record")) == write(schema, WriteOptions(style="active-record"))
