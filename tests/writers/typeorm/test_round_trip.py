"""Any schema is written as entities that the reader reads as the same schema, but for what the notes name."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings

from dbdesign.migrations.compare import compare
from dbdesign.model.schema import Schema
from dbdesign.readers.typeorm import read
from dbdesign.writers.base import Note, WriteOptions
from dbdesign.writers.typeorm import write
from strategies import schemas

WITHOUT_PLACE = {
    "view",
    "schema",
    "extension",
    "grant",
    "privilege",
    "routine",
    "carried",
    "domain",
    "sequence",
    "composite",
    "policy",
    "trigger",
    "comment",
}


PLACED = {"column", "primary key", "unique key", "foreign key", "index", "check", "exclusion"}


def unsaid(before: Schema, after: Schema, notes: tuple[Note, ...]) -> list[str]:
    """The differences that no note names."""
    objects = {one.object for one in notes}
    missing = {table.label for table in before.tables} - {table.label for table in after.tables}
    found = []
    for one in compare(before, after, execute=False).operations:
        own = {f"{one.table}.{one.name}", f"{one.table} ({one.name})", one.name}
        hanging = one.table in objects and one.kind not in PLACED
        covered = own & objects or hanging or one.table in missing & objects or one.kind in WITHOUT_PLACE
        if not covered and not (one.kind == "table" and one.name in objects) and not _same_text(one):
            found.append(f"{one.action} {one.kind} {one.name} of {one.table} {one.changed}")
    return found


def _same_text(operation: object) -> bool:
    """Whether only expressions differ, which TypeORM writes with other casts; the applied schemas are compared elsewhere."""
    changed = set(getattr(operation, "changed", ()))
    return bool(changed) and changed <= {"default", "expression", "where", "generated", "comment"}


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(schemas())
def test_what_is_written_is_read_as_it_was(schema: Schema) -> None:
    written = write(schema, WriteOptions())
    parts = written.parts or {}
    if not any("@Entity(" in text for text in parts.values()):
        return
    found = read(parts)
    assert [(one.path, one.text, one.reason) for one in found.unread] == []
    assert unsaid(schema, found.schema, written.notes) == []


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(schemas())
def test_what_is_written_is_the_same_each_time(schema: Schema) -> None:
    assert write(schema, WriteOptions(style="active-record")) == write(schema, WriteOptions(style="active-record"))
