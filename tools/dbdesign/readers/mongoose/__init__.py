"""Schemas of Mongoose, and classes of @nestjs/mongoose, read statically into collections whose nesting is kept."""

from __future__ import annotations

import re
from collections.abc import Mapping

from dbdesign.model.schema import Engine
from dbdesign.readers.base import ReadResult, SourceReader

_PACKAGE = re.compile(r"""(?:from|require\()\s*["'](?:mongoose|@nestjs/mongoose)["']""")
_SCHEMA = re.compile(r"\bSchema\s*(?:<[^;{]*>)?\s*\(|\bcreateForClass\s*\(|@Schema\s*\(")


def declares(text: str) -> float:
    """How sure it is that a text declares a schema of Mongoose."""
    if not _PACKAGE.search(text):
        return 0.3 if "mongoose" in text and _SCHEMA.search(text) else 0.0
    return 0.95 if _SCHEMA.search(text) else 0.2


def read(files: Mapping[str, str], *, engine: Engine | None = None) -> ReadResult:  # noqa: ARG001 - every source reader's signature
    """Read the schemas that models are made of, and those that nothing here uses.

    Returns:
        A result whose `documents` has the collections; `schema` is empty.

    Raises:
        InputError: nothing of Mongoose is declared.
    """
    from dbdesign.readers.mongoose.reading import read_files

    return read_files(files)


SOURCE_READER = SourceReader(
    name="mongoose",
    title="Mongoose",
    suffixes=(".ts", ".tsx", ".mts", ".cts", ".js", ".mjs", ".cjs", ".jsx"),
    declares=declares,
    read=read,
)
