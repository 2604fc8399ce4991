"""A schema without what the notes of SQLAlchemy's writers say is lost: what is left must come back as it is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dbdesign.model.base import Model
from dbdesign.model.schema import Domain, Schema, Table
from dbdesign.model.types import DataType, Kind
from dbdesign.writers.base import Note

LOST: dict[str, dict[str, Any]] = {
    "triggers": {"triggers": ()},
    "row security and policies": {"policies": (), "row_security": "off"},
    "grants": {"grants": ()},
    "inheritance of tables": {"inherits": (), "inherited": ()},
    "the owner, comment or grants of a sequence": {"owned_by": None, "comment": None, "grants": (), "unlogged": False},
    "that a sequence belongs to its column": {"identity": None, "default": None},
    "the name, comment or state of a NOT NULL constraint": {
        "not_null_name": None, "not_null_comment": None, "not_null_valid": True, "not_null_no_inherit": False
    },
    "settings of a column": {"options": {}},
    "NOT VALID or NOT ENFORCED": {"valid": True, "enforced": True},
    "NO INHERIT, NOT VALID or NOT ENFORCED of a check": {"no_inherit": False, "valid": True, "enforced": True},
    "the comment on": {"comment": None},
    "the name of a check of a domain": {"checks": "unnamed"},
    "a foreign key to a name with a dot in it": {"gone": True},
    "a unique key that says what another key says": {"gone": True},
}  # fmt: skip
"""By the beginning of a note, the fields of its object that it gives up, with what they come back as."""

Losses = dict[str, dict[str, Any]]


def single(notes: Iterable[Note]) -> tuple[Note, ...]:
    """The notes, one an object."""
    return tuple(note.model_copy(update={"object": one}) for note in notes for one in note.object.split(", "))


def said(schema: Schema, notes: Iterable[Note]) -> dict[str, Any]:
    """The tables, enumerations and domains by label, without what the notes give up, all that has no order sorted."""
    losses: Losses = {}
    for note in notes:
        fields = next((LOST[one] for one in LOST if note.lost.startswith(one)), {})
        losses[note.object] = losses.get(note.object, {}) | fields
    tables = {one.label: _table(one, losses) for one in schema.tables if one.partition_of is None}
    enums = {f"enum {one.label}": _kept(one, one.label, losses) for one in schema.enums}
    domains = {f"domain {one.label}": _domain(one, losses) for one in schema.domains}
    return (
        tables | enums | domains | {f"sequence {one.label}": _kept(one, one.label, losses) for one in schema.sequences}
    )


def _table(table: Table, losses: Losses) -> dict[str, Any]:
    found = _kept(table, table.label, losses)
    found["columns"] = [_kept(one, f"{table.label}.{one.name}", losses) for one in table.columns]
    for name in ("unique_keys", "foreign_keys", "checks", "exclusions", "indexes"):
        parts = [_kept(one, f"{table.label} ({one.name})", losses) for one in getattr(table, name)]
        found[name] = sorted((one for one in parts if "gone" not in one), key=lambda one: str(one["name"]))
    if table.primary_key is not None:
        found["primary_key"] = _kept(table.primary_key, f"{table.label} ({table.primary_key.name})", losses)
    return found


def _domain(domain: Domain, losses: Losses) -> dict[str, Any]:
    found = _kept(domain, domain.label, losses)
    if found["checks"] == "unnamed":
        found["checks"] = [one.model_copy(update={"name": None}).model_dump() for one in domain.checks]
    return found


def _kept(one: Model, target: str, losses: Losses) -> dict[str, Any]:
    return one.model_dump() | losses.get(target, {})


def without_row_types(schema: Schema) -> Schema:
    """Columns of row types are texts: SQLAlchemy creates no row types, and the server would refuse their tables."""
    text = DataType(kind=Kind.TEXT, native="text")
    tables = []
    for table in schema.tables:
        columns = (
            one.model_copy(update={"type": text}) if one.type.kind is Kind.COMPOSITE else one for one in table.columns
        )
        tables.append(table.model_copy(update={"columns": tuple(columns)}))
    return schema.model_copy(update={"tables": tuple(tables), "composites": ()})
