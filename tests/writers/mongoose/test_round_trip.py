"""Collections written as Mongoose and read again are the same."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings

from dbdesign.model.documents import DocumentSchema
from dbdesign.readers.mongoose import read
from dbdesign.writers.base import WriteOptions
from dbdesign.writers.mongoose import write
from document_strategies import document_schemas
from postgresql_comparison import _differences

SLOW = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@SLOW
@given(document_schemas())
def test_schemas_of_mongoose_read_back_as_the_collections_that_were_written(schema: DocumentSchema) -> None:
    written = write(schema)
    result = read({"models.ts": written.text})
    assert (result.unread, written.notes) == ((), ())
    assert _different(schema, result.documents) == []


def _different(schema: DocumentSchema, other: DocumentSchema | None) -> list[str]:
    assert other is not None
    return list(_differences("", schema.model_dump(mode="json"), other.model_dump(mode="json")))


@SLOW
@given(document_schemas())
def test_classes_of_nest_read_back_as_the_collections_that_were_written(schema: DocumentSchema) -> None:
    plain = DocumentSchema(
        collections=tuple(one.model_copy(update={"variants": {}, "discriminator": None}) for one in schema.collections)
    )
    written = write(plain, WriteOptions(style="nestjs"))
    result = read({"models.ts": written.text})
    assert (result.unread, written.notes) == ((), ())
    assert _different(plain, result.documents) == []
