"""A schema while it is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from dbdesign.model.documents import DocumentField, DocumentIndex
from dbdesign.readers.typescript import Value

Say = Callable[[str, int, str, str], None]
"""Takes a problem: path, line, text, reason."""


@dataclass
class SchemaDraft:
    """What a schema declares.

    Attributes:
        fields: by name, in order.
        path_indexes: that paths declare, of nested schemas as well, with their dotted paths; `own_indexes` those of `index()`.
        options: constant options of the schema.
        has_id: whether documents get an `_id` of their own.
        variants: of embedded discriminators: path → key field and value → fields.
        lines: of fields, by dotted path.
    """

    path: str
    line: int
    fields: dict[str, DocumentField] = field(default_factory=dict)
    path_indexes: list[DocumentIndex] = field(default_factory=list)
    own_indexes: list[DocumentIndex] = field(default_factory=list)
    options: dict[str, Any] = field(default_factory=dict)
    has_id: bool = True
    lines: dict[str, int] = field(default_factory=dict)
    raw_options: Value = None
    is_class: bool = False

    @property
    def indexes(self) -> tuple[DocumentIndex, ...]:
        """All indexes in the order in which Mongoose's `schema.indexes()` lists them."""
        return (*self.path_indexes, *self.own_indexes)

    def timestamps(self) -> tuple[str | None, str | None]:
        """The names of created and updated."""
        return timestamp_names(self.options.get("timestamps"))


def timestamp_names(option: Any) -> tuple[str | None, str | None]:
    """What a `timestamps` option adds (`handleTimestampOption`)."""
    if option is True:
        return "createdAt", "updatedAt"
    if not isinstance(option, dict):
        return None, None
    names: list[str | None] = []
    for key in ("createdAt", "updatedAt"):
        value = option.get(key, True)
        names.append(key if value is True else value if isinstance(value, str) else None)
    return names[0], names[1]
