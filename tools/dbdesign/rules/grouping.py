"""One finding per cause: repeats of a rule with the same severity become one, with every object and a joint fix."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Engine
from dbdesign.rules.base import Evidence, Rule

SHOWN_VALUES = 8
"""Different values of one fact that a group's evidence lists before it says how many more there are."""

_JOINABLE = ("ALTER COLUMN ", "MODIFY ", "ADD CONSTRAINT ", "DROP COLUMN ", "ADD COLUMN ", "VALIDATE CONSTRAINT ")


def group(findings: Iterable[tuple[Rule, Finding]], engine: Engine) -> list[Finding]:
    """The findings in order of first appearance, repeats joined."""
    gathered: dict[tuple[str, Severity, int], tuple[Rule, list[Finding]]] = {}
    for number, (rule, finding) in enumerate(findings):
        key = (finding.rule, finding.severity, -1 if rule.repeats else number)
        gathered.setdefault(key, (rule, []))[1].append(finding)
    return [_joined(rule, repeats, engine) for rule, repeats in gathered.values()]


def _joined(rule: Rule, repeats: Sequence[Finding], engine: Engine) -> Finding:
    first = repeats[0]
    objects = tuple(finding.object for finding in repeats)
    if len(repeats) == 1 or rule.repeats is None:
        return first.model_copy(update={"objects": objects})
    fixes = [finding.fix for finding in repeats if finding.fix]
    unfixed = [finding.object for finding in repeats if not finding.fix] if fixes else []
    evidence = {"count": len(repeats), **_common_evidence([finding.evidence for finding in repeats])}
    if unfixed:
        evidence["without_fix"] = unfixed
    return first.model_copy(
        update={
            "objects": objects,
            "message": rule.repeats.format(count=len(repeats)),
            "evidence": evidence,
            "fix": "\n".join(join_alters(fixes, engine)) or None,
        }
    )


def _common_evidence(facts: Sequence[Evidence]) -> Evidence:
    """Facts that all share as they are; others as the list of their values."""
    names = list(dict.fromkeys(name for one in facts for name in one))
    merged: dict[str, str | int | float | bool | list[str]] = {}
    for name in names:
        values = list(dict.fromkeys(_as_text(one[name]) for one in facts if name in one))
        if len(values) == 1 and all(name in one for one in facts):
            merged[name] = facts[0][name]
        elif len(values) > SHOWN_VALUES:
            merged[name] = [*values[:SHOWN_VALUES], f"and {len(values) - SHOWN_VALUES} more"]
        else:
            merged[name] = values
    return merged


def _as_text(value: str | float | bool | list[str]) -> str:
    if isinstance(value, list):
        return ", ".join(value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def join_alters(fixes: Iterable[str], engine: Engine) -> list[str]:
    """Statements with those that alter one table joined into one, where the engine takes several actions at once: a table is then
    rewritten once, not once a column. Equal statements are kept once.
    """
    lines = list(dict.fromkeys(fixes))
    if engine not in {Engine.POSTGRESQL, Engine.MYSQL}:
        return lines
    actions: dict[str, list[str]] = {}
    rest: list[str] = []
    for line in lines:
        head, action = _split_alter(line)
        if head is None:
            rest.append(line)
        else:
            actions.setdefault(head, []).append(action)
    return [head + ",\n    ".join(some) + ";" for head, some in actions.items()] + rest


def _split_alter(statement: str) -> tuple[str | None, str]:
    """`ALTER TABLE t ` and its single action; None if the statement is anything else."""
    if not statement.startswith("ALTER TABLE ") or "\n" in statement:
        return None, statement
    places = [at for action in _JOINABLE if (at := statement.find(f" {action}")) > 0]
    if not places:
        return None, statement
    at = min(places) + 1
    return statement[:at], statement[at:].removesuffix(";")


def by_name(counts: Mapping[str, int]) -> dict[str, int]:
    """Counts sorted by name."""
    return {name: counts[name] for name in sorted(counts)}
