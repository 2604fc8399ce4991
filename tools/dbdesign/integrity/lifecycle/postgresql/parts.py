"""Every concern's part for PostgreSQL, with the roles and functions that they share."""

from __future__ import annotations

from dbdesign.integrity.lifecycle.base import Concern, Part, Target, joined
from dbdesign.integrity.lifecycle.postgresql import audit, erasure, retention, soft_delete, tenant
from dbdesign.integrity.lifecycle.postgresql.spelling import (
    application,
    create_role,
    interval,
    maintenance,
    partition_functions,
)
from dbdesign.integrity.lifecycle.templates import ddl, filled
from dbdesign.model.lifecycle import Saga


def parts(target: Target) -> list[Part]:
    """In the order in which they are run."""
    return [_part(target, concern) for concern in target.lifecycle.wanted]  # type: ignore[arg-type]


def _part(target: Target, concern: Concern) -> Part:
    writers = {
        "soft_delete": soft_delete.part,
        "audit": audit.part,
        "retention": retention.part,
        "erasure": erasure.part,
        "tenant": tenant.part,
        "idempotency": _idempotency,
        "outbox": _outbox,
        "sagas": _guarded_sagas,
    }
    return writers[concern](target)


def shared(target: Target) -> str:
    """What goes before all parts: the roles, and functions about partitions where one needs them."""
    roles = target.lifecycle.roles
    made = [create_role(name, target.dialect.identifier(name)) for name in (roles.application, roles.maintenance)]
    return joined(*made, privileges(target), partition_functions(target) if _needs_partitions(target) else "")


def privileges(target: Target) -> str:
    """Of the program: rows alone, and no TRUNCATE, which no policy holds back; no DELETE where rows are marked instead."""
    app, jobs = application(target), maintenance(target)
    soft = set(target.lifecycle.soft_delete.tables) if target.lifecycle.soft_delete else set()
    lines = []
    for table in target.schema.tables:
        if table.partition_of is None:
            rights = "SELECT, INSERT, UPDATE" + ("" if table.label in soft else ", DELETE")
            lines.append(f"GRANT {rights} ON {target.table(table)} TO {app};")
            lines.append(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {target.table(table)} TO {jobs};")
    used = {one.namespace for one in target.schema.tables}
    lines += [f"GRANT USAGE ON SCHEMA {target.column(one)} TO {app}, {jobs};" for one in sorted(filter(None, used))]
    lines += [
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {target.column(one or 'public')} TO {app}, {jobs};"
        for one in sorted(used, key=str)
    ]
    return "\n".join(lines)


def _needs_partitions(target: Target) -> bool:
    life = target.lifecycle
    logged = life.audit is not None and life.audit.how == "trigger" and life.audit.keep is not None
    return logged or life.outbox is not None or any(one.how == "detach" for one in life.retention)


def role_names(target: Target) -> dict[str, str]:
    """The roles as values of the files of SQL."""
    return {"application": application(target), "maintenance": maintenance(target)}


def _idempotency(target: Target) -> Part:
    wanted = target.lifecycle.idempotency
    assert wanted is not None  # noqa: S101 - composed only where it is wanted
    values = {"operations": target.words(wanted.operations), "keep": interval(wanted.keep), **role_names(target)}
    return filled("postgresql", "idempotency", values)


def _outbox(target: Target) -> Part:
    wanted = target.lifecycle.outbox
    assert wanted is not None  # noqa: S101 - composed only where it is wanted
    check = f" CHECK (event_type IN ({target.words(wanted.events)}))" if wanted.events else ""
    values = {"event_check": check, "keep": interval(wanted.keep), "batch": str(wanted.batch), **role_names(target)}
    return filled("postgresql", "outbox", values)


def sagas(target: Target, guard: str = "") -> Part:
    """The state of sagas; `guard` is what refuses any other transition than the legal ones."""
    wanted = target.lifecycle.sagas
    timeouts = " ".join(f"WHEN {target.literal(one.name)} THEN {interval(one.timeout)}" for one in wanted)
    values = {
        "names": target.words([one.name for one in wanted]),
        "steps": ",\n".join(row for saga in wanted for row in _steps(target, saga)),
        "timeout": f"CASE :name {timeouts} END",
        "guard": f"\n{guard}" if guard else "",
        **role_names(target),
    }
    return filled("postgresql", "sagas", values)


def _guarded_sagas(target: Target) -> Part:
    return sagas(target, ddl("postgresql", "saga_guard"))


def _steps(target: Target, saga: Saga) -> list[str]:
    return [
        f"    ({target.literal(saga.name)}, {number}, {target.literal(step.name)}, "
        f"{target.literal(step.compensation) if step.compensation else 'NULL'},"
        f" {interval(step.timeout or saga.timeout)})"
        for number, step in enumerate(saga.steps, start=1)
    ]
