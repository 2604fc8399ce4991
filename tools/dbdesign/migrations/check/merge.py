"""One trace from two: what the embedded server showed, and what the rules say of the target's version."""

from __future__ import annotations

from dbdesign.migrations.predict.alter_columns import ZONE
from dbdesign.model.finding import Proof
from dbdesign.model.migration import LockMode, Trace


def merged(traced: Trace | None, predicted: Trace, *, same_version: bool, known: bool, counted: bool = True) -> Trace:
    """The trace of a statement for the target.

    Args:
        traced: on the embedded server; None where nothing was executed.
        same_version: whether the target's major version is the embedded server's.
        known: whether the rules know the kind of statement.
        counted: whether the server has counted what the statement read.
    """
    if traced is None:
        return predicted
    if traced.error is not None:
        return traced
    if predicted.error is not None and (not same_version or predicted.error.startswith("42601")):
        return predicted.model_copy(update={"held": traced.held})
    if not same_version and known:
        return predicted.model_copy(update={"held": _held(predicted, traced), "new_indexes": traced.new_indexes})
    if not counted and known:
        traced = traced.model_copy(update={"scans": predicted.scans})
    return _completed(traced, predicted)


def _completed(traced: Trace, predicted: Trace) -> Trace:
    """A lock that the transaction has already is not seen to be taken again; the rules say that it would be."""
    again = {
        name: mode
        for name, mode in predicted.locks.items()
        if name not in traced.locks and name in traced.held and traced.held[name].rank >= mode.rank
    }
    zoned = ZONE in (predicted.proof.detail or "")
    rows_alone = all(mode.rank <= LockMode.ROW_EXCLUSIVE.rank for mode in traced.locks.values())
    scans = (
        {**predicted.scans, **traced.scans} if rows_alone else traced.scans
    )  # on an empty table any plan is a good one
    return traced.model_copy(
        update={
            "locks": dict(sorted({**traced.locks, **again}.items())),
            "rewrites": tuple(sorted({*traced.rewrites, *predicted.rewrites})) if zoned else traced.rewrites,
            "scans": scans,
            "momentary": predicted.momentary,
            "proof": Proof(level="executed", by=traced.proof.by, detail=traced.proof.detail),
        }
    )


def _held(predicted: Trace, traced: Trace) -> dict[str, LockMode]:
    """What the transaction holds, with the rules' word on this statement in the place of another version's."""
    held = {name: mode for name, mode in traced.held.items() if traced.locks.get(name) is not mode}
    for name, mode in predicted.locks.items():
        if name not in held or mode.rank > held[name].rank:
            held[name] = mode
    return held
