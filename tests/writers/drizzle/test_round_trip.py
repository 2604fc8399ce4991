"""Random PostgreSQL schemas written as Drizzle and read again differ in nothing that Drizzle can say."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, assume, given, settings

from dbdesign.migrations.compare import compare
from dbdesign.model.schema import Schema, SequenceOptions
from dbdesign.readers.drizzle import read
from dbdesign.writers.drizzle import write
from drizzle_sayable import sayable
from strategies import schemas


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],  # each comparison that fails asks the server: shrinking would take minutes
    suppress_health_check=list(HealthCheck),
)
@given(schemas())
def test_a_schema_written_as_drizzle_reads_back(schema: Schema) -> None:
    assume(not _counts_in_a_way_of_its_own(schema))
    result = read({"schema.ts": write(schema).text})
    assert result.unread == ()
    assert compare(sayable(schema), sayable(result.schema)).operations == ()


def _counts_in_a_way_of_its_own(schema: Schema) -> bool:
    """A serial column whose sequence has options: written as a default, and noted."""
    identities = [column.identity for table in schema.tables for column in table.columns if column.identity]
    return any(one.mode == "serial" and (one.options != SequenceOptions() or one.sequence_name) for one in identities)
