"""A review: every applicable rule over a design, once; suppressed, graded, grouped and sorted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from pydantic import Field

from dbdesign.errors import UnknownNameError
from dbdesign.model.base import Model
from dbdesign.model.design import Design
from dbdesign.model.finding import Finding, Severity
from dbdesign.rules.base import Rule, families, rules
from dbdesign.rules.grouping import by_name, group
from dbdesign.rules.subject import Subject
from dbdesign.rules.suppression import (
    ReviewConfig,
    Suppression,
    Suppressor,
    comment_suppressions,
    config_suppressions,
    unknown_rules,
)


class SuppressedFinding(Model):
    """A finding that is not reported, and why."""

    finding: Finding
    by: Suppression


class Review(Model):
    """What a review found.

    Attributes:
        findings: worst first, then in the order of the schema's tables; repeats of one cause are one finding.
        suppressed: what comments and configuration asked not to report, ungrouped.
        below_minimum: number of findings below the least severity asked for, by rule.
        skipped: rules that were not run, and why: another engine, an older version, no workload, ignored.
        problems: what is wrong with suppressions and settings: rules that do not exist, comments that cannot be understood.
        unused: suppressions that suppressed nothing.
        rules_run: how many rules looked at the schema.
    """

    findings: tuple[Finding, ...] = ()
    suppressed: tuple[SuppressedFinding, ...] = ()
    below_minimum: Mapping[str, int] = Field(default_factory=dict)
    skipped: Mapping[str, str] = Field(default_factory=dict)
    problems: tuple[str, ...] = ()
    unused: tuple[Suppression, ...] = ()
    rules_run: int = 0

    @property
    def suppressed_by_rule(self) -> dict[str, int]:
        """How many findings were suppressed, by rule."""
        return by_name(Counter(one.finding.rule for one in self.suppressed))

    @property
    def counts(self) -> dict[Severity, int]:
        """How many findings there are by severity, worst first; severities without any are left out."""
        counted = Counter(finding.severity for finding in self.findings)
        return {severity: counted[severity] for severity in reversed(Severity) if counted[severity]}

    def worst(self) -> Severity | None:
        """The highest severity found."""
        return next(iter(self.counts), None)


def review(
    design: Design,
    *,
    only: Iterable[str] = (),
    ignore: Iterable[str] = (),
    severities: Mapping[str, Severity] | None = None,
    minimum: Severity | None = None,
    config: ReviewConfig | None = None,
) -> Review:
    """Runs the rules over a design.

    Args:
        only: rules or families to run; all if empty.
        ignore: rules or families not to run, beside those that the configuration ignores.
        severities: by rule, in place of the rule's own judgement; they win over the configuration's.
        minimum: the least severity to report; the configuration's, or `info`, if None.
        config: of the project.

    Raises:
        UnknownNameError: if an argument names a rule or family that does not exist. Names in the configuration and in comments
            that do not exist are `problems` of the result.
    """
    config = config or ReviewConfig()
    subject = Subject(design)
    selection = _Selection(subject, only, ignore, severities or {}, config)
    suppressions, problems = comment_suppressions(design.comments)
    suppressions += config_suppressions(config)
    suppressor = Suppressor(design, suppressions)
    gate = _Gate(subject, suppressor, selection.severities, minimum or config.minimum or Severity.INFO)
    reported = [(rule, kept) for rule in selection.run for one in rule.check(subject) if (kept := gate.admit(one))]
    unparsed = [f"query {name!r} could not be parsed" for name in subject.unparsed_queries if selection.uses_workload]
    return Review(
        findings=tuple(sorted(group(_in_order(reported, subject), subject.engine), key=lambda one: -one.severity.rank)),
        suppressed=tuple(gate.suppressed),
        below_minimum=by_name(gate.below),
        skipped=selection.skipped,
        problems=(*problems, *unknown_rules(suppressions, rules()), *selection.problems, *unparsed),
        unused=tuple(one for one in suppressor.unused() if one.rule in rules()),
        rules_run=len(selection.run),
    )


class _Selection:
    """Which rules to run with which severities."""

    def __init__(
        self,
        subject: Subject,
        only: Iterable[str],
        ignore: Iterable[str],
        severities: Mapping[str, Severity],
        config: ReviewConfig,
    ) -> None:
        self.problems: list[str] = []
        chosen = set(self._expand(only))
        ignored = set(self._expand(ignore)) | set(self._lenient(config.ignore))
        self.severities = {name: level for name, level in config.severity.items() if list(self._lenient((name,)))}
        self.severities.update({name: level for given, level in severities.items() for name in self._expand((given,))})
        self.run: list[Rule] = []
        self.skipped: dict[str, str] = {}
        for name, rule in rules().items():
            reason = self._reason(rule, subject, chosen, ignored)
            if reason is None:
                self.run.append(rule)
            else:
                self.skipped[name] = reason

    @staticmethod
    def _reason(rule: Rule, subject: Subject, chosen: set[str], ignored: set[str]) -> str | None:
        if rule.name in ignored:
            return "ignored"
        if chosen and rule.name not in chosen:
            return "not asked for"
        return rule.inapplicable(subject)

    @staticmethod
    def _expand(names: Iterable[str]) -> Iterator[str]:
        for name in names:
            if name in rules():
                yield name
            elif name in families():
                yield from (rule.name for rule in rules().values() if rule.family == name)
            else:
                raise UnknownNameError.among("rule", name, [*rules(), *families()])

    def _lenient(self, names: Iterable[str]) -> Iterator[str]:
        for name in names:
            try:
                yield from self._expand((name,))
            except UnknownNameError as error:
                self.problems.append(f"configuration: {error}")

    @property
    def uses_workload(self) -> bool:
        return any(rule.needs_workload for rule in self.run)


class _Gate:
    """Gives each finding its line and severity, and keeps back those that are suppressed or too slight."""

    def __init__(
        self, subject: Subject, suppressor: Suppressor, severities: Mapping[str, Severity], minimum: Severity
    ) -> None:
        self.subject = subject
        self.suppressor = suppressor
        self.severities = severities
        self.minimum = minimum
        self.suppressed: list[SuppressedFinding] = []
        self.below: Counter[str] = Counter()

    def admit(self, finding: Finding) -> Finding | None:
        """The finding as it is to be reported, or None."""
        lines = self.subject.design.lines
        label = table_label(finding.object, self.subject)
        table_line = lines.get(label)
        own_line = lines.get(_line_key(finding.object), table_line)
        changes: dict[str, object] = {} if own_line is None else {"line": own_line, "path": self._path(finding, label)}
        if finding.rule in self.severities:
            changes["severity"] = self.severities[finding.rule]
        if changes:
            finding = finding.model_copy(update=changes)
        by = self.suppressor.suppression(finding, (own_line, table_line))
        if by is not None:
            self.suppressed.append(SuppressedFinding(finding=finding, by=by))
            return None
        if finding.severity.rank < self.minimum.rank:
            self.below[finding.rule] += 1
            return None
        return finding

    def _path(self, finding: Finding, label: str) -> str | None:
        files = self.subject.design.files
        return files.get(_line_key(finding.object)) or files.get(label)


def _line_key(target: str) -> str:
    """`orders (orders_pkey)` → `orders.orders_pkey`; columns of an unnamed constraint → the first column."""
    head, bracket, rest = target.partition(" (")
    return f"{head}.{rest.removesuffix(')').split(', ')[0]}" if bracket else target


def table_label(target: str, subject: Subject) -> str:
    """The label of the table (or view, routine …) that a finding's object belongs to."""
    head = target.partition(" (")[0]
    if head in subject.schema.table_by_label or "." not in head:
        return head
    owner = head.rpartition(".")[0]
    return owner if owner in subject.schema.table_by_label else head


def _in_order(found: list[tuple[Rule, Finding]], subject: Subject) -> list[tuple[Rule, Finding]]:
    """Sorted by table as in the source, then by rule; findings of one rule in one table stay as the rule gave them."""
    return sorted(found, key=lambda pair: (subject.label_order(table_label(pair[1].object, subject)), pair[0].name))
