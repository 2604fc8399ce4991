"""What an edition and a version of SQL Server does online.

Sources: "Perform index operations online", "Guidelines for online index operations", CREATE INDEX, ALTER TABLE and ALTER TABLE
index_option (Transact-SQL), "Resumable add table constraints", "Editions and supported features".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dbdesign.model.schema import Column, Index
from dbdesign.model.types import Kind

LOW_PRIORITY = "WAIT_AT_LOW_PRIORITY (MAX_DURATION = 1 MINUTES, ABORT_AFTER_WAIT = SELF)"
"""Waits for its short locks behind everyone else, and gives up rather than ending what blocks it."""

RESUMABLE_CREATE_SINCE = 2019
RESUMABLE_CONSTRAINT_SINCE = 2022
PATIENT_CREATE_SINCE = 2022
"""WAIT_AT_LOW_PRIORITY of CREATE INDEX; of a rebuild since 2014."""

_LARGE = frozenset({"text", "ntext", "image", "xml", "geography", "geometry", "hierarchyid", "json"})


@dataclass(frozen=True)
class Capabilities:
    """An edition and a version."""

    edition: Literal["enterprise", "standard", "azure"]
    version: int

    @property
    def online(self) -> bool:
        """Whether index operations and ALTER COLUMN can be online."""
        return self.edition != "standard"

    def has(self, since: int) -> bool:
        """Whether the version has something; Azure has everything."""
        return self.edition == "azure" or self.version >= since

    def why_offline(self, index: Index | None = None) -> str | None:
        """Why an index is built offline; None where it is built online."""
        if not self.online:
            return f"the {self.edition} edition builds indexes offline"
        if index is not None and index.method in {"xml", "spatial", "fulltext"}:
            return f"{index.method.upper()} indexes are built offline"
        return None

    def index_options(self, index: Index | None = None) -> dict[str, str]:
        """The options of CREATE INDEX that let others work meanwhile."""
        if self.why_offline(index):
            return {}
        patient = self.has(PATIENT_CREATE_SINCE)
        found = {"online": f"ON ({LOW_PRIORITY})" if patient else "ON"}
        plain = index is None or index.method in {"btree", "clustered"}
        if plain and self.has(RESUMABLE_CREATE_SINCE):
            found |= {"resumable": "ON", "max_duration": "240 MINUTES"}
        return found

    def key_options(self) -> dict[str, str]:
        """The options of ADD PRIMARY KEY and ADD UNIQUE."""
        if not self.online:
            return {}
        resumable = self.has(RESUMABLE_CONSTRAINT_SINCE)
        return {"online": "ON", **({"resumable": "ON", "max_duration": "240 MINUTES"} if resumable else {})}

    def adds_at_once(self, column: Column) -> bool:
        """Whether ADD of a NOT NULL column with a default changes metadata alone (ALTER TABLE, "Adding NOT NULL columns as an online
        operation"): a runtime constant, no large type, and not in the standard edition.
        """
        if column.nullable:
            return True
        base = column.type.native.split("(")[0].lower()
        large = (
            base in _LARGE
            or "max" in column.type.native.lower()
            or column.type.kind in {Kind.XML, Kind.GEOMETRY, Kind.GEOGRAPHY}
        )
        return self.online and not large and column.default is not None and is_runtime_constant(column.default)


def is_runtime_constant(expression: str) -> bool:
    """Whether an expression has one value for all rows of a statement: not NEWID(), not a sequence's next value."""
    text = expression.lower().replace(" ", "")
    return not any(
        word in text for word in ("newid(", "newsequentialid(", "nextvaluefor", "rand(", "crypt_gen_random(")
    )


def widens_in_place(before: Column, after: Column) -> bool:
    """Whether a change of type changes metadata alone and leaves indexes be: a longer varchar, nvarchar or varbinary below `max`."""
    one, other = before.type, after.type
    same = one.native.split("(")[0].lower() == other.native.split("(")[0].lower()
    varying = one.kind in {Kind.VARCHAR, Kind.VARBINARY}
    return same and varying and one.length is not None and other.length is not None and other.length >= one.length
