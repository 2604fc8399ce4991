"""A design: a schema with the workload and the volumes that it must carry."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from pydantic import Field

from dbdesign.model.base import Model
from dbdesign.model.lifecycle import Lifecycle
from dbdesign.model.patterns import AccessModel
from dbdesign.model.relations import Relations
from dbdesign.model.schema import Schema
from dbdesign.model.workload import Workload


class Design(Model):
    """What a review looks at.

    Attributes:
        access: entities, relations and access patterns as the design file says them; those that follow from the schema and the workload are
            not in it.
        lifecycle: of the rows, by the labels of the schema; None where the design file has no such section.
        lines: where objects are declared in the text that was read: `orders`, `orders.customer_id`, `orders.orders_pkey` → line, from 1.
        files: of a source of several files: where objects are declared, by the same names → path; `lines` counts within it.
        comments: SQL comments by line, for suppression (`-- dbdesign: allow rule-name`).
        remarks: the same of a program's files: lines that hold one, by path (empty for a text that is no file) and line.
    """

    schema_: Schema = Field(alias="schema")
    workload: Workload = Workload()
    access: AccessModel = AccessModel()
    lifecycle: Lifecycle | None = None
    lines: Mapping[str, int] = Field(default_factory=dict)
    files: Mapping[str, str] = Field(default_factory=dict)
    comments: Mapping[int, str] = Field(default_factory=dict)
    remarks: Mapping[str, Mapping[int, str]] = Field(default_factory=dict)

    @property
    def schema(self) -> Schema:  # type: ignore[override]
        """The schema (pydantic's deprecated class method of this name is shadowed on purpose)."""
        return self.schema_

    @cached_property
    def relations(self) -> Relations:
        """The graph of foreign keys."""
        return Relations(self.schema_)
