"""A design file, with a schema or without, as entities, relations and access patterns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dbdesign.errors import InputError

if TYPE_CHECKING:
    from dbdesign.api.call import Call
    from dbdesign.model.design import Design
    from dbdesign.model.patterns import AccessModel

QUESTION = (
    "Which entities are read and written by which attributes, how often, and how many are there? Write them under `patterns:`"
    " (each with `reads`, `inserts`, `updates` or `deletes`, and a `rate`), or give a `workload` of SQL with rates;"
    " `dbdesign schema design` prints the form"
)
"""What must be answered before anything can be designed."""


def access_of(source: str, call: Call, *, months: float = 0.0) -> tuple[AccessModel, Design | None]:
    """The access model that a source describes, and the relational design that it was derived from, where there is one.

    Raises:
        InputError: nothing is said of how the data is read and written, or what is said does not fit together, with lines.
    """
    from dbdesign.api.source import design_text, load

    text = design_text(source, call)
    if text is None:
        model, design = _derived(load(source, call).design, months)
    else:
        from dbdesign.readers.design import parse_design

        document = parse_design(text[0], name=text[1], lenient=True)
        if document.schema_source is None:
            model, design = document.access, None
        else:
            model, design = _derived(load(source, call).design, months)
            _check(model, text[1])
    if not model.patterns:
        raise InputError(
            "no access pattern is given, and a design cannot be guessed without", where="patterns", remedy=QUESTION
        )
    return model, design


def stated_version(source: str, store: str, call: Call) -> str | None:
    """The version that a design file says, `engine: mongodb 7.0`, where it is for this engine without tables."""
    from dbdesign.api.source import design_text
    from dbdesign.readers.design import parse_design

    text = design_text(source, call) if source.strip() != "-" else None
    if text is None:
        return None
    document = parse_design(text[0], name=text[1], lenient=True)
    return document.version if document.store == store else None


def _derived(design: Design, months: float) -> tuple[AccessModel, Design]:
    from dbdesign.patterns.derive import access_model

    return access_model(design, months=months), design


def _check(model: AccessModel, name: str) -> None:
    """Raises where what the file says does not fit the schema's tables."""
    from dbdesign.readers.access_patterns import check_patterns
    from dbdesign.readers.design_document import DesignFileError, Document

    document = Document(name)
    check_patterns(document, model)
    if document.problems:
        raise DesignFileError(document.problems, name)
