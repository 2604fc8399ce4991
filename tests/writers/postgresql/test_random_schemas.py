"""The law that reader and writer keep: model → DDL → server → model is the identity."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, given, note, settings

from dbdesign.engines.postgres import embedded
from dbdesign.model.schema import Schema
from dbdesign.readers.postgresql.catalog import read_whole_catalog
from dbdesign.writers.base import WriteOptions
from dbdesign.writers.postgresql import write
from postgresql_comparison import differences
from strategies import schemas


@settings(
    max_examples=40,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
@given(schemas())
def test_a_random_schema_comes_back_from_the_server_as_it_was(schema: Schema) -> None:
    text = write(schema, WriteOptions(prove=False)).text
    note(text)
    with embedded().scratch() as database:
        outcome = database.run_script(text)
        assert not outcome.failures
        again = read_whole_catalog(database.admin, facts=False).schema
    assert differences(schema, again) == []
