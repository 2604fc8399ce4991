"""Any schema is written as entities, the same each time; what they are read back as differs in nothing that no note names."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, assume, given, settings

from dbdesign.model.schema import Schema
from dbdesign.readers.typeorm import read
from dbdesign.writers.base import WriteOptions
from dbdesign.writers.typeorm import write
from strategies import schemas
from typeorm_comparison import unsaid


@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(schemas())
def test_a_schema_written_as_entities_reads_back_but_for_what_the_notes_name(schema: Schema) -> None:
    written = write(schema, WriteOptions(style="active-record"))
    assert write(schema, WriteOptions(style="active-record")) == written
    parts = written.parts or {}
    assume(any("@Entity" in text for text in parts.values()))
    found = read(parts)
    assert found.unread == ()
    assert unsaid(schema, found.schema, written.notes, execute=False) == []
