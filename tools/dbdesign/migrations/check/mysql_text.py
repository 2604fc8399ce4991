"""What the MySQL hazards say and recommend alike: explicit algorithms, gh-ost's command line, and how long a copy takes."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from dbdesign.migrations.check.mysql_actions import ActionWay
from dbdesign.migrations.check.statement_text import StatementText
from dbdesign.migrations.check.subject import Subject
from dbdesign.migrations.durations import Work
from dbdesign.model.finding import Severity
from dbdesign.model.migration import Duration, HazardFinding, LockMode

if TYPE_CHECKING:
    from dbdesign.migrations.hazards.base import Hazard


def explicit(subject: Subject, algorithm: str, lock: str) -> str:
    """The statement with its ALGORITHM and LOCK, in the place of those that it has."""
    text = StatementText(subject.sql, subject.engine)
    options = [f"ALGORITHM={algorithm}", *([f"LOCK={lock}"] if lock else [])]
    if text.alters_table:
        kept = [one for one in text.actions if not one.upper().startswith(("ALGORITHM", "LOCK"))]
        return f"ALTER TABLE {text.written_table} {', '.join([*kept, *options])}"
    return f"{text.sql} {' '.join(options)}"


def gh_ost(subject: Subject) -> str:
    """A command line that copies the table in the background. gh-ost wants a unique key without NULL, no foreign keys, and row-based
    replication (its documentation, "Requirements and limitations").
    """
    text = StatementText(subject.sql, subject.engine)
    kept = ", ".join(one for one in text.actions if not one.upper().startswith(("ALGORITHM", "LOCK")))
    return f"-- gh-ost --database=… --table={shlex.quote(text.table or '')} --alter={shlex.quote(kept)} --max-lag-millis=1500 --execute"


def grade(hazard: Hazard, subject: Subject, work: Work) -> tuple[Duration, Severity]:
    """How long some work on the statement's table takes, and how bad it is that writes wait for it."""
    from dbdesign.migrations.hazards.base import graded

    text = StatementText(subject.sql, subject.engine)
    duration = subject.durations.of_work(work, text.table or "")
    return duration, graded(LockMode.SHARE, duration, hazard.severity)


def copied_finding(hazard: Hazard, subject: Subject, action: ActionWay, *, writes_go_on: bool = False) -> HazardFinding:
    """A finding about an action that writes the table anew."""
    from dbdesign.migrations.hazards.base import for_how_long

    duration, severity = grade(hazard, subject, "rewrite")
    text = StatementText(subject.sql, subject.engine)
    if writes_go_on:
        severity = min(severity, Severity.MEDIUM, key=lambda one: one.rank)
    if not action.sure:
        severity = min(severity, Severity.MEDIUM, key=lambda one: one.rank)
    waiting = "writes go on, replicas wait" if writes_go_on else "writes wait"
    known = "" if action.sure else " (the schema before the migration would tell)"
    return hazard.finding(
        f"{action.why}{known}: {waiting} {for_how_long(duration)}",
        relation=text.table,
        severity=severity,
        safe=gh_ost(subject) if text.alters_table else None,
    )
