"""Laws that hold for the review of any schema: it never fails, it is deterministic, and its fixes run whatever the names are."""

from __future__ import annotations

import psycopg
from hypothesis import HealthCheck, given, settings

from dbdesign.engines.postgres import embedded
from dbdesign.model.design import Design
from dbdesign.model.schema import Engine, Schema
from dbdesign.rules.review import review
from dbdesign.writers.base import WriteOptions, writer
from strategies import schemas

QUIET = list(HealthCheck)


@settings(max_examples=25, deadline=None, suppress_health_check=QUIET, derandomize=True, database=None)
@given(schemas())
def test_a_review_of_any_schema_for_any_engine_is_deterministic(schema: Schema) -> None:
    for engine in Engine:
        design = Design(schema=schema.model_copy(update={"engine": engine, "version": None}))
        found = review(design)
        assert found.problems == ()
        assert found == review(design.model_copy())
        assert all(one.object == one.objects[0] for one in found.findings)


@settings(max_examples=10, deadline=None, suppress_health_check=QUIET, derandomize=True, database=None)
@given(schemas())
def test_every_fix_runs_on_any_schema(schema: Schema) -> None:
    fixes = [(one.rule, one.fix) for one in review(Design(schema=schema)).findings if one.fix]
    text = writer("postgresql").write(schema, WriteOptions(prove=False)).text
    with embedded().scratch() as database:
        assert not database.run_script(text).failures
        for rule, fix in fixes:
            try:
                with database.user.transaction(force_rollback=True):
                    database.user.execute(fix.encode())
            except psycopg.Error as error:
                raise AssertionError(f"{rule}: {error}\n{fix}") from error
