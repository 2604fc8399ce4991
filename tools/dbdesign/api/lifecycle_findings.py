"""What a design's lifecycle asks for and its schema does not keep, as findings of a review."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dbdesign.model.finding import Finding, Severity

if TYPE_CHECKING:
    from dbdesign.api.call import Call
    from dbdesign.integrity.lifecycle.gaps import Gap
    from dbdesign.model.design import Design


def lifecycle_findings(design: Design, call: Call, path: str | None) -> tuple[list[Finding], list[str]]:
    """The findings, and a note on what was run.

    Args:
        path: of the design file, whose line the findings name.

    Raises:
        InputError: the schema cannot be made.
    """
    from dbdesign.integrity.lifecycle.review import reviewed_lifecycle

    if design.lifecycle is None:
        return [], []
    call.step(0.9, "looking for what the lifecycle asks for")
    gaps, server = reviewed_lifecycle(design)
    findings = [_finding(gap, seen, server, design.lifecycle.line, path) for gap, seen in gaps]
    if not gaps:
        return [], [
            "The schema keeps what its lifecycle asks for, as far as a schema shows it; generate_schema tries it."
        ]
    shown = sum(seen is not None for _, seen in gaps)
    by = f"{shown} of them were shown on {server}" if server else "by rule, not executed"
    return findings, [
        f"{len(gaps)} gaps of the lifecycle, {by}; generate_schema writes what closes them, and tries it."
    ]


def _finding(gap: Gap, seen: str | None, server: str | None, line: int | None, path: str | None) -> Finding:
    evidence: dict[str, Any] = {"asked for by": f"lifecycle.{gap.section}"}
    if seen is not None:
        evidence["as run on " + str(server)] = seen
    return Finding(
        rule=gap.rule,
        severity=Severity(gap.severity),
        object=gap.object,
        message=gap.message,
        evidence=evidence,
        fix=gap.fix,
        line=line,
        path=path,
    )
