"""What else is written of a design for a document database, by writers that its designer may not know of."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dbdesign.api.call import Call
    from dbdesign.nosql.base import StoreDesign


def with_models(design: StoreDesign) -> StoreDesign:
    """The design with Mongoose models among its files, where it is one of documents."""
    documents = design.design.get("documents")
    if design.engine != "mongodb" or not isinstance(documents, dict):
        return design
    from dbdesign.model.documents import DocumentSchema
    from dbdesign.writers.mongoose import write

    text = write(DocumentSchema.model_validate(documents)).text
    return design.model_copy(update={"files": {**design.files, "models.ts": text}})


def reviewed_text(value: str, call: Call) -> str:
    """What is to be reviewed: the text itself, or that of the file."""
    from dbdesign.api.source import decoded_file

    is_text = value.lstrip().startswith(("{", "[", "db.", "db[", "//", "/*")) or "\n" in value
    return value if is_text else decoded_file(value, call)
