"""A review as SARIF 2.1.0, for code-scanning services (OASIS standard, `sarif-v2.1.0-os`)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from dbdesign.model.finding import Finding, Severity
from dbdesign.rules.base import Rule, rules, sections
from dbdesign.rules.pages import page
from dbdesign.rules.review import Review, SuppressedFinding

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "note", Severity.INFO: "note"}
"""SARIF 2.1.0, section 3.27.10: `none` is for results that are no problem, so that information is a note."""
SECURITY_SEVERITY = {Severity.HIGH: "8.0", Severity.MEDIUM: "5.0", Severity.LOW: "3.0", Severity.INFO: "1.0"}
"""The property by which GitHub grades results of rules tagged `security`: over 7.0 is high, over 4.0 medium."""


def sarif(
    review: Review,
    *,
    uri: str,
    version: str,
    uri_of: Callable[[str], str] = lambda path: path,
    pages: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, Any]:
    """The review as a SARIF log with one run.

    Args:
        uri: of the file reviewed, relative to the repository's root, with forward slashes.
        version: of dbdesign.
        uri_of: the same for a path that a finding names, where the source has several files.
        pages: of findings that no rule makes, by name, as Markdown with the headings of a rule's page.
    """
    place = _Place(uri, uri_of)
    used = sorted({one.rule for one in review.findings} | {one.finding.rule for one in review.suppressed})
    position = {name: number for number, name in enumerate(used)}
    results = [_result(one, position, place) for one in review.findings]
    results += [_suppressed(one, position, place) for one in review.suppressed]
    driver = {
        "name": "dbdesign",
        "semanticVersion": version,
        "rules": [_described(name, pages[name]) if name in pages else _descriptor(rules()[name]) for name in used],
    }
    run: dict[str, Any] = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    if review.problems:
        run["invocations"] = [
            {
                "executionSuccessful": True,
                "toolConfigurationNotifications": [
                    {"level": "warning", "message": {"text": problem}} for problem in review.problems
                ],
            }
        ]
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


@dataclass(frozen=True)
class _Place:
    """Which file a finding is in."""

    uri: str
    uri_of: Callable[[str], str]

    def of(self, finding: Finding) -> str:
        return self.uri_of(finding.path) if finding.path else self.uri


_LINE = re.compile(r"^Family: (?P<family>[\w ]+)\. Severity: (?P<severity>\w+)", re.MULTILINE)


def _described(name: str, page: str) -> dict[str, Any]:
    """The descriptor of what has a page and no rule: the first paragraph, the line with family and severity, the parts by heading."""
    head, *parts = page.split("\n## ")
    said = {title: body.strip() for title, _, body in (part.partition("\n") for part in parts)}
    match = _LINE.search(head)
    return {
        "id": name,
        "name": _title(name),
        "shortDescription": {"text": " ".join(head.split("\n\n")[1].split())},
        "fullDescription": {"text": " ".join(said["What it does"].split())},
        "help": {"text": said["Why is this bad?"], "markdown": page},
        "defaultConfiguration": {"level": LEVELS[Severity(match["severity"]) if match else Severity.MEDIUM]},
        "properties": {"tags": ["database", match["family"] if match else "schema"], "precision": "high"},
    }


def _title(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("-"))


def _descriptor(rule: Rule) -> dict[str, Any]:
    parts = sections(rule)
    tags = ["database", rule.family]
    properties: dict[str, Any] = {"tags": tags, "precision": "high"}
    if rule.family == "security":
        properties["security-severity"] = SECURITY_SEVERITY[rule.severity]
    return {
        "id": rule.name,
        "name": _title(rule.name),
        "shortDescription": {"text": " ".join(parts[""].split())},
        "fullDescription": {"text": " ".join(parts["What it does"].split())},
        "help": {"text": parts["Why is this bad?"], "markdown": page(rule)},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": properties,
    }


def _result(finding: Finding, position: dict[str, int], place: _Place) -> dict[str, Any]:
    message = finding.message + (f" Fix:\n{finding.fix}" if finding.fix else "")
    objects = finding.objects or (finding.object,)
    physical: dict[str, Any] = {"artifactLocation": {"uri": place.of(finding)}}
    if finding.line is not None:
        physical["region"] = {"startLine": finding.line}
    return {
        "ruleId": finding.rule,
        "ruleIndex": position[finding.rule],
        "level": LEVELS[finding.severity],
        "message": {"text": message},
        "locations": [
            {
                "physicalLocation": physical,
                "logicalLocations": [{"fullyQualifiedName": one, "kind": "object"} for one in objects],
            }
        ],
        "partialFingerprints": {"dbdesign/v1": fingerprint(finding)},
        "properties": {"severity": finding.severity.value, "evidence": dict(finding.evidence)},
    }


def _suppressed(one: SuppressedFinding, position: dict[str, int], place: _Place) -> dict[str, Any]:
    entry = {"kind": "inSource" if one.by.kind == "comment" else "external", "status": "accepted"}
    if one.by.reason:
        entry["justification"] = one.by.reason
    return _result(one.finding, position, place) | {"suppressions": [entry]}


def fingerprint(finding: Finding) -> str:
    """What makes the finding the same one in the next version of the file: its rule and first object, not its line or its count."""
    return hashlib.sha256(f"{finding.rule}\n{finding.object}".encode()).hexdigest()[:32]
