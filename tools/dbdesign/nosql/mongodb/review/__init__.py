"""Review of collections and pipelines that exist: anti-patterns, each with evidence and remedy."""

from __future__ import annotations

from dbdesign.model.documents import DocumentSchema
from dbdesign.model.finding import Finding
from dbdesign.nosql.base import Concern
from dbdesign.nosql.mongodb.review.pipelines import pipelines
from dbdesign.nosql.mongodb.review.source import Reviewed, read
from dbdesign.nosql.mongodb.review.structure import structure


def review_text(text: str) -> tuple[Finding, ...]:
    """The findings in JSON or a script for mongosh, the gravest first.

    Raises:
        InputError: the text is of another form, with the line.
    """
    return _findings(read(text))


def review_schema(schema: DocumentSchema) -> tuple[Finding, ...]:
    """The findings in a document schema and its pipelines, the gravest first."""
    return _findings(Reviewed({one.name: one for one in schema.collections}, list(schema.pipelines)))


def review_concerns(text: str) -> tuple[Concern, ...]:
    """The findings as the concerns of a design."""
    return tuple(
        Concern(
            object=one.object,
            message=f"{one.rule} ({one.severity}): {one.message}; {', '.join(f'{name} {value}' for name, value in one.evidence.items())}",
            remedy=one.fix or "",
        )
        for one in review_text(text)
    )


def _findings(reviewed: Reviewed) -> tuple[Finding, ...]:
    found = [*structure(reviewed), *pipelines(reviewed)]
    return tuple(sorted(found, key=lambda one: -one.severity.rank))
