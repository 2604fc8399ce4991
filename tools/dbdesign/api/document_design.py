"""A design file for MongoDB: collections that a file declares, or those computed from access patterns, and the queries on them.

```yaml
engine: mongodb 8.0
schema: src/models            # Mongoose, NestJS, Prisma or TypeORM; validators in JSON; a script for mongosh; or collections, here
pipelines: queries.js         # or, here, each by its name: {collection: orders, rate: 300, pipeline: [{$match: …}]}
```

Without `schema` it is the design that `entities`, `relations` and `patterns` lead to.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from dbdesign.api.source import SAMPLE, Asked, Loaded, as_design, beside, decoded_file, is_inline, key_of, load_as
from dbdesign.errors import InputError

if TYPE_CHECKING:
    from dbdesign.api.call import Call
    from dbdesign.model.documents import Collection, DocumentSchema, Pipeline
    from dbdesign.nosql.mongodb.review.source import Reviewed

_FOR_MONGODB = re.compile(r"^[ {]*[\"']?engine[\"']?\s*:\s*[\"']?mongo(?:db)?\b", re.IGNORECASE | re.MULTILINE)
KEYS = {"engine", "schema", "format", "pipelines", "targets"}


def read_document_design(text: str, name: str, call: Call, asked: Asked) -> Loaded | None:
    """The collections and queries of a design file for MongoDB; None where it is for another engine.

    Raises:
        DesignError: what it says cannot be, with the line.
    """
    if _FOR_MONGODB.search(text[:SAMPLE]) is None:
        return None
    said = _said(text, name)
    if said.get("schema") is None:
        if "pipelines" in said or not said.get("patterns"):
            raise InputError(
                "has `pipelines` and no `schema`"
                if "pipelines" in said
                else "has neither a `schema` nor access patterns",
                where=name,
                remedy="Name a file with models or validators under `schema`, or write `entities` and `patterns` alone",
            )
        return _loaded(_computed(text, name), None, name, text)
    inner = _schema(said, name, call, asked)
    documents = inner.result.documents
    if documents is None:
        raise InputError(
            "engine is mongodb, and the schema is one of tables",
            where=name,
            remedy="`dbdesign nosql DESIGN --engine mongodb` makes collections of tables and a workload",
        )
    queries = _pipelines(said.get("pipelines"), name, call)
    return _loaded(_with(documents, queries), inner, name, text)


def _said(text: str, name: str) -> dict[str, Any]:
    """The document, after it was seen to be a mapping with known keys and no bomb."""
    import yaml

    from dbdesign.readers.access_patterns import SECTIONS
    from dbdesign.readers.design_document import DesignFileError, Document

    document = Document(name)
    document.mapping(document.compose(text), {*KEYS, *SECTIONS}, "the design file")
    if document.problems:
        raise DesignFileError(document.problems, name)
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def _schema(said: Mapping[str, Any], name: str, call: Call, asked: Asked) -> Loaded:
    schema = said["schema"]
    if isinstance(schema, Mapping):
        schema = json.dumps(schema, default=str)
    if not isinstance(schema, str):
        raise InputError("`schema` is neither a path nor collections by name", where=name)
    place = schema if is_inline(schema) else beside(schema, name)
    if place == name:
        raise InputError(
            "the design file names itself as its schema", where=name, remedy="Name the file with the models"
        )
    return load_as(place, call, Asked(said.get("format"), asked.engine))


def _pipelines(said: Any, name: str, call: Call) -> Reviewed:
    from dbdesign.nosql.mongodb.review.source import Reviewed, queries_of, read

    if said is None:
        return Reviewed()
    if isinstance(said, Mapping):
        return Reviewed(queries=list(queries_of(said)))
    if not isinstance(said, str):
        raise InputError("`pipelines` is neither a path nor pipelines by name", where=name)
    if is_inline(said):
        return read(said)
    place = beside(said, name)
    found = read(decoded_file(place, call))
    found.queries = [one.model_copy(update={"path": place}) for one in found.queries]
    return found


def _with(documents: DocumentSchema, more: Reviewed) -> DocumentSchema:
    """The schema with the queries, and with what the script says of its collections."""
    known = {one.name: one for one in documents.collections}
    for name, one in more.collections.items():
        known[name] = _joined(known[name], one) if name in known else one
    pipelines = (*documents.pipelines, *more.queries)
    return documents.model_copy(update={"collections": tuple(known.values()), "pipelines": pipelines})


def _joined(first: Collection, second: Collection) -> Collection:
    fields = first.fields or second.fields
    validation = first.validation if first.validation != "off" else second.validation
    indexes = (*first.indexes, *second.indexes)
    return first.model_copy(update={"fields": fields, "validation": validation, "indexes": indexes})


def _computed(text: str, name: str) -> DocumentSchema:
    """What the designer makes of the access patterns, with the commands of each as queries."""
    from dbdesign.model.documents import DocumentSchema
    from dbdesign.nosql.base import DesignOptions, designer
    from dbdesign.readers.design import parse_design

    document = parse_design(text, name=name, lenient=True)
    design = designer("mongodb").design(document.access, DesignOptions(version=document.version)).design
    rates = {one.name: one.rate for one in document.access.patterns}
    pipelines = tuple(one for key, each in design["requests"].items() for one in _commands(key, each, rates[key]))
    schema = DocumentSchema.model_validate(design["documents"])
    return schema.model_copy(update={"pipelines": pipelines})


def _commands(name: str, request: Mapping[str, Any], rate: float | None) -> Iterator[Pipeline]:
    from dbdesign.model.documents import Pipeline

    for command in request["commands"]:
        stages = command.get("pipeline")
        if stages is None and "filter" in command:
            stages = [{"$match": command["filter"]}]
            stages += [{f"${key}": command[key]} for key in ("sort", "limit") if key in command]
        if stages:
            yield Pipeline(name=name, collection=command["collection"], stages=tuple(stages), rate=rate)


def _loaded(documents: DocumentSchema, inner: Loaded | None, name: str, text: str) -> Loaded:
    """The result of the schema's own reader, where there is one, with the documents in place of its own."""
    from dbdesign.api.source_forms import documents_read

    if inner is None:
        result = documents_read(documents)
        return Loaded(as_design(result), result, name, "design", name, key_of("design", text))
    result = inner.result.model_copy(update={"documents": documents})
    key = key_of(f"design of {inner.key}", text + documents.model_dump_json()) if inner.key else None
    return Loaded(as_design(result), result, name, "design", inner.lines_of, key)
