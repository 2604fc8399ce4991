"""Refuses models that no design serves, with what to change."""

from __future__ import annotations

import math

from dbdesign.errors import InputError
from dbdesign.model.patterns import AccessModel, AccessPattern, Attribute, Entity

LARGEST = 512 * 2**20
"""Bytes of a string at most (proto-max-bulk-len)."""
FASTEST = 1e9
"""Executions per second that no deployment of Redis has shown (its cluster's published record is 200 million)."""


def check(model: AccessModel) -> None:
    """Refuse what cannot be designed for.

    Raises:
        InputError: no patterns, unknown names, keys that change, impossible rates, values beyond the limit.
    """
    if not model.patterns:
        raise InputError(
            "there are no access patterns",
            where="patterns",
            remedy="Say what is read and written how often: `patterns: [{name, reads: entity, equal: attribute, rate: 300/s}]`",
        )
    for entity in model.entities:
        if not entity.key:
            raise InputError(
                f"{entity.name} has no key",
                where=f"entities.{entity.name}",
                remedy="Name the attributes that identify one",
            )
        for attribute in entity.attributes:
            _check_size(entity, attribute)
    for pattern in model.patterns:
        _check_pattern(pattern, model)


def _check_size(entity: Entity, attribute: Attribute) -> None:
    if attribute.size is not None and attribute.size.largest > LARGEST:
        raise InputError(
            f"{attribute.name} of up to {attribute.size.largest:,.0f} B is above the {LARGEST:,} B of a Redis string",
            where=f"entities.{entity.name}",
            remedy="Keep it in object storage and its address here",
        )


def _check_pattern(pattern: AccessPattern, model: AccessModel) -> None:
    where = f"pattern {pattern.name!r}"
    entity = model.entity_by_name.get(pattern.entity)
    if entity is None:
        raise InputError(
            f"names {pattern.entity!r}, which is no entity",
            where=where,
            remedy=f"Known: {', '.join(model.entity_by_name)}",
        )
    inherited = {name for one in model.relations if one.child == entity.name for name in one.by}
    known = {*entity.attribute_by_name, *inherited}
    ordered = (one.attribute for one in pattern.order)
    named = (
        *pattern.equal,
        *pattern.filter,
        *pattern.project,
        *pattern.changes,
        *ordered,
        *filter(None, [pattern.range]),
    )
    unknown = [name for name in named if name not in known]
    if unknown:
        raise InputError(
            f"names {', '.join(unknown)}, which {entity.name} does not have",
            where=where,
            remedy=f"Known: {', '.join(sorted(known))}",
        )
    if not all(math.isfinite(one) and 0 <= one <= FASTEST for one in (pattern.rate, pattern.peak_rate)):
        raise InputError(
            f"a rate of {pattern.peak_rate:g}/s cannot be",
            where=where,
            remedy="Say executions per second, on average and at peak",
        )
    if pattern.peak_rate < pattern.rate:
        raise InputError("its peak is below its average", where=where, remedy="Give the higher rate as the peak")
    if pattern.consistency == "strong" and pattern.stale_seconds:
        raise InputError("is strongly consistent and may be stale", where=where, remedy="Leave out one of them")
    moved = sorted(set(pattern.changes) & set(entity.key))
    if moved:
        raise InputError(
            f"changes {', '.join(moved)}, the key of {entity.name}", where=where, remedy="Delete it and insert another"
        )
    for other in pattern.together:
        if other not in model.entity_by_name or model.relation_between(entity.name, other) is None:
            raise InputError(
                f"handles {other} together with {entity.name}, but no relation joins them",
                where=where,
                remedy="Add the relation",
            )
