"""A check of migrations as SARIF 2.1.0, for code-scanning services (OASIS standard, `sarif-v2.1.0-os`)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

from dbdesign.migrations.check.checker import Checked
from dbdesign.migrations.hazards.base import Hazard, hazards, page, sections
from dbdesign.model.migration import HazardFinding
from dbdesign.rules.sarif import LEVELS, SCHEMA

REFUSED = "refused"
"""The rule's id of statements that the server refuses."""


def sarif(checked: Sequence[Checked], *, uri_of: Callable[[str], str], version: str) -> dict[str, Any]:
    """The check as a SARIF log with one run.

    Args:
        uri_of: from a file's name to its URI, relative to the repository's root, with forward slashes.
        version: of dbdesign.
    """
    used = sorted({one.hazard for entry in checked for one in (*entry.findings, *entry.allowed)})
    position = {name: number for number, name in enumerate(used)}
    results = [_result(entry, one, position, uri_of, allowed=False) for entry in checked for one in entry.findings]
    results += [_result(entry, one, position, uri_of, allowed=True) for entry in checked for one in entry.allowed]
    results += [_refused(entry, uri_of) for entry in checked if entry.error]
    driver = {
        "name": "dbdesign",
        "semanticVersion": version,
        "rules": [_descriptor(hazards()[name]) for name in used],
    }
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}],
    }


def _descriptor(hazard: Hazard) -> dict[str, Any]:
    parts = sections(hazard)
    return {
        "id": hazard.id,
        "name": "".join(word.capitalize() for word in hazard.id.split("-")),
        "shortDescription": {"text": " ".join(parts[""].split())},
        "fullDescription": {"text": " ".join(parts["What it does"].split())},
        "help": {"text": parts["Why is this bad?"], "markdown": page(hazard)},
        "defaultConfiguration": {"level": LEVELS[hazard.severity]},
        "properties": {"tags": ["database", "migration"], "precision": "high"},
    }


def _location(entry: Checked, uri_of: Callable[[str], str]) -> dict[str, Any]:
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": uri_of(entry.file)},
            "region": {"startLine": entry.statement.line},
        }
    }


def _result(
    entry: Checked,
    finding: HazardFinding,
    position: dict[str, int],
    uri_of: Callable[[str], str],
    *,
    allowed: bool,
) -> dict[str, Any]:
    location = _location(entry, uri_of)
    if finding.relation:
        location["logicalLocations"] = [{"fullyQualifiedName": finding.relation, "kind": "object"}]
    result: dict[str, Any] = {
        "ruleId": finding.hazard,
        "ruleIndex": position[finding.hazard],
        "level": LEVELS[finding.severity],
        "message": {"text": finding.message + (f" Instead:\n{finding.safe}" if finding.safe else "")},
        "locations": [location],
        "partialFingerprints": {"dbdesign/v1": _fingerprint(entry, finding.hazard)},
        "properties": {
            "severity": finding.severity.value,
            "locks": {name: mode.value for name, mode in entry.trace.locks.items()},
        },
    }
    if allowed:
        result["suppressions"] = [{"kind": "inSource", "status": "accepted"}]
    return result


def _refused(entry: Checked, uri_of: Callable[[str], str]) -> dict[str, Any]:
    return {
        "ruleId": REFUSED,
        "level": "error",
        "message": {"text": f"The server refuses the statement: {entry.error}"},
        "locations": [_location(entry, uri_of)],
        "partialFingerprints": {"dbdesign/v1": _fingerprint(entry, REFUSED)},
    }


def _fingerprint(entry: Checked, name: str) -> str:
    """What makes the finding the same one in the next version of the file: the hazard and the statement, not its line."""
    statement = " ".join(entry.statement.sql.split())
    return hashlib.sha256(f"{name}\n{entry.file}\n{statement}".encode()).hexdigest()[:32]
