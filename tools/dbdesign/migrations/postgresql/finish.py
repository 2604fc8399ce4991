"""From drafts to steps: numbers, timeouts, durations from the volumes, deploy conditions."""

from __future__ import annotations

from dbdesign.migrations.postgresql.draft import Draft
from dbdesign.migrations.postgresql.planning import Planning
from dbdesign.model.migration import MigrationPlan, Phase, PhaseName, Step

CONDITIONS: dict[PhaseName, str] = {
    "expand": "The version that runs now keeps running; nothing that it uses changes. Nothing has to be deployed before.",
    "backfill": "The version that runs now keeps running; rows are written in small batches.",
    "validate": "The version that runs now keeps running, and must already keep to the new constraints: rows that break them are refused "
    "from here on.",
    "switch": "The old version may still run, and works with what is there afterwards. Deploy the new version behind this phase.",
    "contract": "Only once no instance of the old version runs any more, and none will be rolled back to.",
}


def finished(planning: Planning) -> MigrationPlan:
    """The plan."""
    phases = tuple(_phase(name, drafts) for name, drafts in planning.in_order())
    return MigrationPlan(
        engine="postgresql",
        version=str(planning.major),
        operations=planning.operations,
        phases=phases,
        manual=tuple(planning.manual),
        questions=tuple(planning.questions),
        notes=tuple(dict.fromkeys(planning.notes)),
    )


def _phase(name: PhaseName, drafts: list[Draft]) -> Phase:
    steps = tuple(_step(f"{name}-{number}", draft) for number, draft in enumerate(drafts, 1))
    return Phase(
        name=name,
        deploy_condition=CONDITIONS[name],
        steps=steps,
        point_of_no_return=name == "contract" and any(not one.reversible for one in steps),
    )


def script(statements: list[str]) -> str:
    """Statements with their semicolons."""
    return "\n".join(f"{one};" for one in statements)


def _step(identity: str, draft: Draft) -> Step:
    manner = draft.manner
    return Step(
        id=identity,
        title=draft.title,
        sql=script(draft.up),
        transactional=manner.transactional,
        lock_timeout=manner.lock_timeout,
        statement_timeout=manner.statement_timeout,
        retry=manner.retry,
        precondition=draft.precondition,
        postcondition=draft.postcondition,
        cleanup=draft.cleanup,
        rollback=script(draft.down) or None,
        rollback_transactional=draft.down_transactional,
        reversible=draft.reversible,
        wait=draft.wait,
        batches=draft.batches,
        notes=tuple(draft.notes),
    )
