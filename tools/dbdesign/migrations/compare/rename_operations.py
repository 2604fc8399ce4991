"""Renames as operations, and the questions about those of an enum's values."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from dbdesign.migrations.compare.detecting import Detection, Found
from dbdesign.migrations.compare.enums import enum_changes
from dbdesign.model.migration import Operation, Question
from dbdesign.model.schema import EnumType, Schema, label

CONFIRMED = ("the caller confirms it",)


def rename_operations(before: Schema, between: Schema, after: Schema, detection: Detection) -> Iterator[Operation]:
    """One operation a rename; `before` carries the old names."""
    found = {one.argument: one for one in detection.found}
    renames = detection.renames
    for one, now in zip(before.tables, between.tables, strict=True):
        target = after.table_by_label.get(now.label)
        if one.label in renames.tables:
            yield _rename("table", now.label, one, target or now, found.get(one.label))
        for old, new in renames.columns.get(one.label, {}).items():
            becomes = (target and target.column(new)) or now.column(new)
            yield _rename("column", new, one.column(old), becomes, found.get(f"{one.label}.{old}"), table=now.label)
    yield from _others(before, between, renames.types, renames.others)


def _others(
    before: Schema, between: Schema, types: Mapping[str, Any], others: Mapping[tuple[str, str], Any]
) -> Iterator[Operation]:
    equal = ("the two are equal but for the name",)
    groups = (
        ("enum", "enums"),
        ("domain", "domains"),
        ("composite", "composites"),
        ("sequence", "sequences"),
        ("view", "views"),
    )
    for kind, group in groups:
        for one, now in zip(getattr(before, group), getattr(between, group), strict=True):
            place = types.get(one.label) if kind in {"enum", "domain", "composite"} else others.get((kind, one.label))
            if place is not None:
                yield Operation.model_validate(
                    {
                        "action": "rename",
                        "kind": kind,
                        "name": label(*place),
                        "before": one,
                        "after": now,
                        "evidence": equal,
                    }
                )


def _rename(kind: Any, name: str, before: Any, after: Any, found: Found | None, table: str | None = None) -> Operation:
    evidence = found.evidence.sentences if found else CONFIRMED
    certain = found is None or found.certain
    return Operation(
        action="rename",
        kind=kind,
        table=table,
        name=name,
        before=before,
        after=after,
        evidence=evidence,
        certain=certain,
    )


def with_values(
    operations: Iterable[Operation], confirmed: Mapping[str, Mapping[str, str]], drops: Collection[str]
) -> tuple[list[Operation], list[Question]]:
    """The operations, enums' with their renamed values; and the questions about the doubtful ones."""
    result, questions = list[Operation](), list[Question]()
    for one in operations:
        before, after = one.before, one.after
        if one.action != "alter" or not isinstance(before, EnumType) or not isinstance(after, EnumType):
            result.append(one)
            continue
        gone = [value for value in before.values if f"{before.label}.{value}" in drops]
        changes = enum_changes(before.values, after.values, renames=confirmed.get(before.label), drops=gone)
        renamed = {**changes.renamed, **changes.doubtful}
        loss = f"values are no longer among it: {', '.join(changes.removed)}" if changes.removed else None
        result.append(
            one.model_copy(
                update={
                    "renamed_values": renamed,
                    "certain": not changes.doubtful,
                    "destructive": bool(changes.removed),
                    "evidence": (loss,) if loss else (),
                }
            )
        )
        questions += [_question(before, old, new) for old, new in changes.doubtful.items()]
    return result, questions


def _question(enum: EnumType, old: str, new: str) -> Question:
    about = f"{enum.label}.{old}"
    return Question(
        about=about,
        text=f"Is {new!r} the value {old!r} of {enum.label} under a new name, or is {old!r} removed and {new!r} new? "
        "For a rename speaks that it stands at the same place.",
        answers={
            f"rename={about}:{new}": "rows keep the value under its new name",
            f"drop={about}": f"rows must have another value before {old!r} is removed",
        },
    )
