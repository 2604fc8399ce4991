"""The hazard brief-lock."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.subject import TIMEOUT, Subject, script
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding, LockMode
from dbdesign.readers.postgresql.libpg_query import pb

_STATEMENTS = {
    "CreateTrigStmt": "creating a trigger",
    "CreatePolicyStmt": "creating a policy",
    "AlterPolicyStmt": "changing a policy",
    "RuleStmt": "creating a rule",
}
_DROPPED = {
    pb.OBJECT_TRIGGER: "dropping a trigger",
    pb.OBJECT_POLICY: "dropping a policy",
    pb.OBJECT_RULE: "dropping a rule",
}
_ACTIONS = {
    pb.AT_EnableRowSecurity: "enabling row security",
    pb.AT_DisableRowSecurity: "disabling row security",
    pb.AT_ForceRowSecurity: "forcing row security",
    pb.AT_NoForceRowSecurity: "no longer forcing row security",
    pb.AT_ReplicaIdentity: "changing the replica identity",
    pb.AT_EnableTrig: "enabling a trigger",
    pb.AT_DisableTrig: "disabling a trigger",
    pb.AT_EnableTrigAll: "enabling all triggers",
    pb.AT_DisableTrigAll: "disabling all triggers",
}


class BriefLock(Hazard):
    """A trigger, policy, rule or replica identity is changed without a limit on the wait for its lock.

    ## What it does
    Reports CREATE and DROP of triggers, policies and rules, ENABLE ROW LEVEL SECURITY, REPLICA IDENTITY and ENABLE or DISABLE TRIGGER on a
    table that stood before the migration, where no `lock_timeout` was set.

    ## Why is this bad?
    The lock is short (SHARE ROW EXCLUSIVE for creating or switching a trigger, ACCESS EXCLUSIVE for the others), but the statement waits
    for
    every transaction on the table, and whatever comes after waits behind it.

    ## Example
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY, tenant int);
    -- migration
    ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
    ```

    ## Use instead
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY, tenant int);
    -- migration
    SET lock_timeout = '2s';
    ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
    ```
    Try again when it is reached (55P03).

    ## References
    - PostgreSQL manual, [lock_timeout](https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-LOCK-TIMEOUT)
    """

    severity = Severity.LOW

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """A statement of these kinds that may wait for ever."""
        what = described(subject)
        if what is None or subject.session.lock_timeout:
            return
        for name, mode in subject.trace.locks.items():
            if mode.rank >= LockMode.SHARE.rank and not subject.is_new(name):
                yield self.finding(
                    f"{what} takes {mode.name.replace('_', ' ')} on {name}: short, but {mode.blocks} queue while it waits for it",
                    relation=name,
                    safe=script([TIMEOUT, subject.sql.strip()]),
                )
                return


def described(subject: Subject) -> str | None:
    """What the statement does, if it is of these kinds."""
    if subject.node is None:
        return None
    if subject.kind in _STATEMENTS:
        return _STATEMENTS[subject.kind]
    if subject.is_a("DropStmt"):
        return _DROPPED.get(subject.node.remove_type)
    actions = [one.subtype for one in subject.commands()]
    return _ACTIONS[actions[0]] if actions and all(one in _ACTIONS for one in actions) else None
