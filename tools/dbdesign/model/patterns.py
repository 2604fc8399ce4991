"""Access patterns: what an application stores, how much of it, and how it reads and writes it, whatever the engine.

Designs for document, key-value and distributed stores start from these; so does the judgement of when one machine is no longer enough.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Literal

from pydantic import Field

from dbdesign.model.base import Model
from dbdesign.model.workload import Growth, LatencyTarget

AttributeType = Literal["string", "number", "decimal", "boolean", "timestamp", "date", "uuid", "binary", "json", "list"]
Operation = Literal["reads", "inserts", "updates", "deletes"]
Consistency = Literal["strong", "eventual"]


class Spread(Model):
    """How a quantity is spread over its occurrences: bytes of a value, children of a parent.

    `p99` and `maximum` are never below the part before them. None is "not said": then nothing is known beyond the average.
    """

    average: float
    p99: float | None = None
    maximum: float | None = None

    @property
    def large(self) -> float:
        """The 99th percentile, or the average where it is not said."""
        return self.p99 if self.p99 is not None else self.average

    @property
    def largest(self) -> float:
        """The maximum, or the nearest that is said."""
        return self.maximum if self.maximum is not None else self.large


class Attribute(Model):
    """A value of an entity.

    Attributes:
        size: bytes of the value itself, without its name; of a `list` or `json` of the whole. None where not said and not known by type.
        present: share of the entities that have it.
        distinct: different values among all entities.
        values: shares of the commonest values; the only ones where the shares add up to 1.
        monotonic: whether new values are greater than all before (a timestamp of creation, a sequence).
        mutable: whether it changes after the insert; None where not said: then those that a pattern changes do.
    """

    name: str
    type: AttributeType = "string"
    size: Spread | None = None
    present: float = 1.0
    distinct: float | None = None
    values: Mapping[str, float] = Field(default_factory=dict)
    monotonic: bool = False
    mutable: bool | None = None


class Entity(Model):
    """A kind of thing that is stored.

    Attributes:
        key: attributes that identify one.
        unique: further sets of attributes of which no two entities may have the same.
        count: how many there are today.
        retention_days: after which they may go; None for never.
        table: label of the table that it was derived from.
    """

    name: str
    attributes: tuple[Attribute, ...] = ()
    key: tuple[str, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    count: float | None = None
    growth: Growth | None = None
    retention_days: float | None = None
    table: str | None = None
    line: int | None = None

    @cached_property
    def attribute_by_name(self) -> Mapping[str, Attribute]:
        """The attributes by name."""
        return {one.name: one for one in self.attributes}


class Relation(Model):
    """That a parent has children, or, where `many_to_many`, that both have many of each other.

    Attributes:
        by: the child's attributes that hold the parent's key, in the order of that key.
        children: of a parent.
        parents: of a child, where `many_to_many`.
        optional: whether a child may be without a parent.
    """

    parent: str
    child: str
    by: tuple[str, ...] = ()
    children: Spread
    parents: Spread | None = None
    many_to_many: bool = False
    optional: bool = False
    line: int | None = None


class SortKey(Model):
    """An attribute by which a result is ordered."""

    attribute: str
    descending: bool = False


class AccessPattern(Model):
    """One way in which the application reads or writes.

    Attributes:
        entity: what it reads, inserts, updates or deletes.
        equal: attributes that are compared by equality.
        range: the attribute that is compared by a range.
        filter: attribute → share of what the conditions before leave that passes.
        project: attributes that are needed; empty for all.
        page: entities returned at most; None for one by its key, else for all that match.
        rate: executions per second on average; `peak` at peak, the average where not said.
        hottest: share of the executions that go to the most wanted value of `equal`; None where not said.
        together: entities in the same request, related to `entity`. Read with it; inserted with it, children as many as a parent has on
            average; deleted with it; beside an update, one row of each is inserted in the same transaction.
        changes: attributes that an update changes; empty for all but the key.
        atomic: whether `entity` and `together` must be written all or not at all.
        increments: whether an update counts up or down from the stored value.
        stale_seconds: how old an eventually consistent answer may be.
        query: name of the workload's query that it was derived from.
    """

    name: str
    operation: Operation = "reads"
    entity: str
    equal: tuple[str, ...] = ()
    range: str | None = None
    order: tuple[SortKey, ...] = ()
    filter: Mapping[str, float] = Field(default_factory=dict)
    project: tuple[str, ...] = ()
    page: int | None = None
    rate: float
    peak: float | None = None
    hottest: float | None = None
    consistency: Consistency = "eventual"
    stale_seconds: float | None = None
    together: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    atomic: bool = False
    increments: bool = False
    target: LatencyTarget | None = None
    query: str | None = None
    line: int | None = None

    @property
    def peak_rate(self) -> float:
        """Executions per second at peak."""
        return self.peak if self.peak is not None else self.rate


class AccessModel(Model):
    """Entities, their relations and all patterns.

    Attributes:
        regions: region → share of the traffic; empty for one region.
        assumptions: what was not said and therefore derived or assumed, a sentence each.
    """

    entities: tuple[Entity, ...] = ()
    relations: tuple[Relation, ...] = ()
    patterns: tuple[AccessPattern, ...] = ()
    regions: Mapping[str, float] = Field(default_factory=dict)
    assumptions: tuple[str, ...] = ()

    @cached_property
    def entity_by_name(self) -> Mapping[str, Entity]:
        """The entities by name."""
        return {one.name: one for one in self.entities}

    def relation_between(self, one: str, other: str) -> Relation | None:
        """The first relation of two entities, whichever is the parent."""
        pair = {one, other}
        return next((each for each in self.relations if {each.parent, each.child} == pair), None)
