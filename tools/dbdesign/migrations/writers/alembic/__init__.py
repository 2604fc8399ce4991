"""Alembic: a revision a unit, chained to the project's head. Source: Alembic's documentation of `autocommit_block` and its tutorial."""

from __future__ import annotations

from dbdesign.migrations.writers.alembic.history import History
from dbdesign.migrations.writers.alembic.naming import FileNames, revision_ids
from dbdesign.migrations.writers.alembic.revision import revision_text
from dbdesign.migrations.writers.assembly import assembled
from dbdesign.migrations.writers.base import RELATIONAL, Job, MigrationWriter, WrittenMigration

_TABS = "alembic upgrade --sql writes tabs as four spaces, inside of strings too; without --sql they stay"
_OFFLINE = "alembic upgrade --sql writes the steps without their retries, and a backfill as one statement"


def write(job: Job) -> WrittenMigration:
    """Revisions from the head on; the first one names all heads where they are to be merged."""
    history = History.read(job.folder)
    parents: tuple[str, ...] = history.parents(job.options)
    names, parts = FileNames.of(job), []
    revisions = revision_ids(job, history, parents)
    for number, (unit, revision) in enumerate(zip(job.units, revisions, strict=True)):
        path = history.prefix + names.of_revision(unit, revision, number)
        parts.append((unit, {path: revision_text(unit, revision, parents, job.options, number)}))
        parents = (revision,)
    notes = [_TABS] if any("\t" in one for unit in job.units for one in [*unit.up, *(unit.down or ())]) else []
    notes += [_OFFLINE] if any(unit.step.retry or unit.step.batches for unit in job.units) else []
    before = history.parents(job.options)
    last = {unit.release: revision for unit, revision in zip(job.units, revisions, strict=True)}
    return assembled(
        job,
        "alembic",
        parts,
        apply=[f"alembic upgrade {revision}" for revision in last.values()],
        revert=[f"alembic downgrade {before[0] if before else 'base'}"],
        notes=notes,
        code=True,
    )


WRITER = MigrationWriter("alembic", "Alembic", RELATIONAL, write)
