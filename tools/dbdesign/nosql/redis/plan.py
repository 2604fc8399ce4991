"""What a Redis design consists of: where entities are kept, which indexes stand beside them, and what serves each pattern."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from dbdesign.model.patterns import AccessModel, AccessPattern, Entity, Spread

Form = Literal["hash", "json", "bucket", "stream", "edge"]
IndexKind = Literal["sorted set", "lexicographic set", "set", "list", "bitmap", "hyperloglog"]
By = Literal["key", "unique", "bucket", "stream", "index"]
SCORES = {"number", "decimal", "timestamp", "date", "boolean"}
"""Types of attributes that a sorted set's score holds."""


@dataclass(frozen=True)
class Record:
    """How the entities of a kind are kept.

    Attributes:
        tag: attributes in the hash tag: what has the same is in the same slot.
        per_key: entities in one key; 1 but for buckets and streams.
        per_tag: entities with the same tag.
        why: the numbers that decided.
    """

    entity: Entity
    form: Form
    prefix: str
    tag: tuple[str, ...]
    per_key: Spread
    per_tag: Spread
    why: str
    ttl: int | None = None

    @property
    def rest(self) -> tuple[str, ...]:
        """Attributes of the key that are not in the tag."""
        return tuple(name for name in self.entity.key if name not in self.tag)

    @property
    def pattern(self) -> str:
        """The key with its attributes' names."""
        if self.form == "edge":
            return "in its indexes alone"
        rest = "" if self.form in {"bucket", "stream"} else "".join(f":<{name}>" for name in self.rest)
        return f"{self.prefix}:{{{':'.join(f'<{name}>' for name in self.tag)}}}{rest}"


@dataclass(frozen=True)
class IndexPlan:
    """A structure that lists the entities which have the same values of `tag` and `rest`, in order.

    Attributes:
        where: attribute → the only value that it lists.
        share: of the entities that stand in it.
        members: in one key.
        keys: how many, per entity.
    """

    name: str
    entity: str
    kind: IndexKind
    prefix: str
    tag: tuple[str, ...]
    rest: tuple[str, ...]
    member: tuple[str, ...]
    order: str | None
    where: Mapping[str, str]
    share: float
    members: Spread
    keep: int | None = None
    trim: bool = False

    @property
    def attributes(self) -> set[str]:
        """Attributes on which its entries depend."""
        return {*self.tag, *self.rest, *self.member, *self.where, *((self.order,) if self.order else ())}

    @property
    def pattern(self) -> str:
        """The key with its attributes' names."""
        tag = f":{{{':'.join(f'<{name}>' for name in self.tag)}}}" if self.tag else ""
        return self.prefix + tag + "".join(f":<{name}>" for name in self.rest)


@dataclass(frozen=True)
class Use:
    """What serves a pattern, or finds what it changes.

    Attributes:
        filters: attributes that are compared after reading.
        share: of what is read that passes them.
        sorted_after: an attribute by which the result is sorted after reading it whole.
        covered: whether the index says all that is asked for.
    """

    pattern: AccessPattern
    by: By
    index: str | None = None
    unique: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    share: float = 1.0
    sorted_after: str | None = None
    covered: bool = False


@dataclass
class Plan:
    """The whole design, as it grows."""

    model: AccessModel
    prefix: str
    records: dict[str, Record] = field(default_factory=dict)
    indexes: dict[str, IndexPlan] = field(default_factory=dict)
    uses: dict[str, Use] = field(default_factory=dict)
    cluster: bool = False

    def of(self, entity: str) -> list[IndexPlan]:
        """Indexes of an entity."""
        return [one for one in self.indexes.values() if one.entity == entity]
