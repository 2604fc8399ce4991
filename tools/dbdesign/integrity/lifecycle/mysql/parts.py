"""Every concern's part for MySQL and MariaDB."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dbdesign.integrity.lifecycle.base import Part, Target
from dbdesign.integrity.lifecycle.mysql import audit, erasure, retention, soft_delete, tenant
from dbdesign.integrity.lifecycle.mysql.spelling import compound, interval, seconds
from dbdesign.integrity.lifecycle.templates import ddl, filled
from dbdesign.model.lifecycle import Saga
from dbdesign.writers.base import Note

SKIP_LOCKED = " FOR UPDATE SKIP LOCKED"
"""MySQL 8.0.1, MariaDB 10.6."""


def parts(target: Target) -> list[Part]:
    """In the order in which they are run."""
    return [WRITERS[concern](target) for concern in target.lifecycle.wanted]


def shared(_target: Target) -> str:
    """Nothing goes before the parts: who may do what is granted to accounts of the installation."""
    return ""


def idempotency(target: Target) -> Part:
    """The table of the keys."""
    wanted = target.lifecycle.idempotency
    assert wanted is not None  # noqa: S101 - composed only where it is wanted
    return filled(
        "mysql", "idempotency", {"operations": target.words(wanted.operations), "keep": interval(wanted.keep)}
    )


def outbox(target: Target, skip_locked: str = SKIP_LOCKED) -> Part:
    """Outbox and inbox."""
    wanted = target.lifecycle.outbox
    assert wanted is not None  # noqa: S101 - composed only where it is wanted
    check = f" CHECK (event_type IN ({target.words(wanted.events)}))" if wanted.events else ""
    values = {
        "event_check": check,
        "keep": interval(wanted.keep),
        "batch": str(wanted.batch),
        "skip_locked": skip_locked,
    }
    part = filled("mysql", "outbox", values)
    note = Note(
        object="outbox",
        lost=(
            "published events are deleted in batches, not with a partition: a unique key would have to hold the"
            " partition's column"
        ),
        instead="DELETE … LIMIT by the index on published_at",
    )
    return part.model_copy(update={"notes": (note,)})


def sagas(target: Target, skip_locked: str = SKIP_LOCKED, *, guarded: bool = True) -> Part:
    """The state of sagas, with triggers that refuse any other transition than the legal ones."""
    wanted = target.lifecycle.sagas
    timeouts = " ".join(f"WHEN {target.literal(one.name)} THEN {seconds(one.timeout)}" for one in wanted)
    guard = compound(ddl("mysql", "saga_guard")) if guarded else ""
    values = {
        "names": target.words([one.name for one in wanted]),
        "steps": ",\n".join(row for saga in wanted for row in _steps(target, saga)),
        "timeout": f"INTERVAL CASE :name {timeouts} END SECOND",
        "skip_locked": skip_locked,
        "guard": f"\n\n{guard}" if guard else "",
    }
    return filled("mysql", "sagas", values)


def _steps(target: Target, saga: Saga) -> list[str]:
    return [
        f"    ({target.literal(saga.name)}, {number}, {target.literal(step.name)}, "
        f"{target.literal(step.compensation) if step.compensation else 'NULL'},"
        f" {seconds(step.timeout or saga.timeout)})"
        for number, step in enumerate(saga.steps, start=1)
    ]


WRITERS: Mapping[str, Callable[[Target], Part]] = {
    "soft_delete": soft_delete.part,
    "audit": audit.part,
    "retention": retention.part,
    "erasure": erasure.part,
    "tenant": tenant.part,
    "idempotency": idempotency,
    "outbox": outbox,
    "sagas": sagas,
}
"""By concern."""
