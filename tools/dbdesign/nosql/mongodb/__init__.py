"""A design for MongoDB: collections, validators, indexes and the request of each pattern, computed from access patterns."""

from __future__ import annotations

from dbdesign.model.patterns import AccessModel
from dbdesign.nosql.base import Designer, DesignOptions, StoreDesign


def design(model: AccessModel, options: DesignOptions) -> StoreDesign:
    """See `mongodb.design`."""
    from dbdesign.nosql.mongodb.design import design as whole

    return whole(model, options)


DESIGNER = Designer(
    name="mongodb",
    title="MongoDB",
    design=design,
    settings={
        "review": "a file, or text, of existing collections and pipelines (JSON, or a script for mongosh): their anti-patterns come first",
    },
)
