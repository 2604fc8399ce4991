"""The review of collections of documents and of the queries on them, with the same settings and suppressions as that of tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dbdesign.errors import UnknownNameError
from dbdesign.model.finding import Finding, Severity

if TYPE_CHECKING:
    from dbdesign.api.source import Loaded
    from dbdesign.model.documents import DocumentSchema
    from dbdesign.rules.review import Review, SuppressedFinding
    from dbdesign.rules.suppression import ReviewConfig, Suppressor

OF_QUERIES = frozenset(
    {
        "collection-scan", "sort-without-index", "skip-paging", "unanchored-regex", "case-insensitive-regex", "javascript-in-query",
        "lookup-without-index", "many-lookups", "late-match", "late-limit", "large-in-list", "unwind-explosion", "unwind-and-regroup",
    }
)  # fmt: skip
"""Anti-patterns of pipelines; the others are of collections."""


def review_documents(
    loaded: Loaded, only: Sequence[str], ignore: Sequence[str], minimum: Severity | None, config: ReviewConfig | None
) -> Review:
    """The anti-patterns of a source of documents.

    Args:
        only, ignore: anti-patterns, or `documents` for all of them.

    Raises:
        UnknownNameError: `only` or `ignore` names something else.
    """
    from dbdesign.nosql.mongodb.review import review_schema
    from dbdesign.nosql.mongodb.review.catalogue import pages
    from dbdesign.rules.review import Review
    from dbdesign.rules.suppression import (
        ReviewConfig,
        Suppressor,
        config_suppressions,
        stated_suppressions,
        unknown_rules,
    )

    documents = loaded.result.documents
    assert documents is not None  # noqa: S101 - the caller has seen that there are some
    config = config or ReviewConfig()
    skipped = _skipped(documents, set(_named(only)), {*_named(ignore), *config.ignore})
    stated, problems = stated_suppressions(loaded.design)
    suppressor = Suppressor(loaded.design, [*stated, *config_suppressions(config)])
    gate = _Gate(loaded, suppressor, config, minimum or config.minimum or Severity.INFO)
    kept = [one for found in review_schema(documents) if found.rule not in skipped and (one := gate.admit(found))]
    return Review(
        findings=tuple(sorted(_grouped(kept), key=lambda one: -one.severity.rank)),
        suppressed=tuple(gate.suppressed),
        below_minimum=dict(sorted(gate.below.items())),
        skipped=skipped,
        problems=(*problems, *unknown_rules(stated, pages())),
        unused=tuple(one for one in suppressor.unused() if one.rule in pages()),
        rules_run=len(pages()) - len(skipped),
    )


def without_documents(config: ReviewConfig | None) -> ReviewConfig | None:
    """The settings without what they say of documents' anti-patterns, which a review of tables does not know."""
    from dbdesign.nosql.mongodb.review.catalogue import DOCUMENTS, pages

    if config is None:
        return None
    ours = {DOCUMENTS, *pages()}
    return config.model_copy(
        update={
            "ignore": tuple(one for one in config.ignore if one not in ours),
            "severity": {name: level for name, level in config.severity.items() if name not in ours},
            "allow": tuple(one for one in config.allow if one.rule not in ours),
        }
    )


def _named(given: Sequence[str]) -> Iterator[str]:
    from dbdesign.nosql.mongodb.review.catalogue import DOCUMENTS, pages

    for name in given:
        if name == DOCUMENTS:
            yield from pages()
        elif name in pages():
            yield name
        else:
            raise UnknownNameError.among("rule", name, [*pages(), DOCUMENTS])


def _skipped(documents: DocumentSchema, only: set[str], ignored: set[str]) -> dict[str, str]:
    from dbdesign.nosql.mongodb.review.catalogue import pages

    found = {}
    for name in pages():
        if name in ignored:
            found[name] = "ignored"
        elif only and name not in only:
            found[name] = "not asked for"
        elif name in OF_QUERIES and not documents.pipelines:
            found[name] = "no queries were given"
    return found


@dataclass
class _Gate:
    """Gives each finding its line and severity, and keeps back those that are suppressed or too slight."""

    loaded: Loaded
    suppressor: Suppressor
    config: ReviewConfig
    minimum: Severity
    suppressed: list[SuppressedFinding] = field(default_factory=list)
    below: Counter[str] = field(default_factory=Counter)

    def admit(self, finding: Finding) -> Finding | None:
        from dbdesign.rules.review import SuppressedFinding

        finding = self._placed(finding)
        by = self.suppressor.suppression(finding, (finding.line, self._line(finding.object.partition(".")[0])))
        if by is not None:
            self.suppressed.append(SuppressedFinding(finding=finding, by=by))
            return None
        if finding.severity.rank < self.minimum.rank:
            self.below[finding.rule] += 1
            return None
        return finding

    def _placed(self, finding: Finding) -> Finding:
        result = self.loaded.result
        changes: dict[str, object] = {}
        if finding.line is None:
            owner = finding.object.partition(" ")[0]
            own = owner if owner in result.lines else owner.partition(".")[0]
            changes = {"line": self._line(own), "path": result.files.get(own)}
        if finding.rule in self.config.severity:
            changes["severity"] = self.config.severity[finding.rule]
        return finding.model_copy(update=changes)

    def _line(self, name: str) -> int | None:
        return self.loaded.result.lines.get(name)


MOST_ALONE = 3
"""Findings of one anti-pattern that stand for themselves; more are one finding."""


def _grouped(found: list[Finding]) -> Iterator[Finding]:
    """Those with the same cause and no evidence of their own as one: collections without a validator, arrays without a limit."""
    by_cause: dict[tuple[str, Severity, str], list[Finding]] = {}
    for one in found:
        by_cause.setdefault((one.rule, one.severity, one.message), []).append(one)
    for group in by_cause.values():
        if len(group) <= MOST_ALONE:
            yield from group
        else:
            yield group[0].model_copy(update={"objects": tuple(one.object for one in group)})
