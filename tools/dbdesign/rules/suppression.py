"""What not to report, as the schema's owner says: comments in the SQL, and the configuration.

A comment `-- dbdesign: allow rule-name[, rule-name] [reason]` holds for what is declared on its line; on a line of its own, for what
the next line declares; before a CREATE TABLE, for the table and everything in it. `-- dbdesign: allow-file rule-name` holds
for the whole text. The configuration is `[tool.dbdesign.review]` in pyproject.toml or `[review]` in dbdesign.toml:

```toml
[review]
ignore = ["arbitrary-varchar-limit"]
minimum = "low"
[review.severity]
serial-instead-of-identity = "info"
[[review.allow]]
rule = "table-without-primary-key"
object = "staging.*"
reason = "loaded and dropped within a job"
```
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import Any, Literal

from pydantic import Field, ValidationError

from dbdesign.errors import InputError
from dbdesign.model.base import Model
from dbdesign.model.design import Design
from dbdesign.model.finding import Finding, Severity

_DIRECTIVE = re.compile(
    r"dbdesign:[ \t]*(?P<verb>[a-z-]*)[ \t]*(?P<rules>[\w-]+(?:[ \t]*,[ \t]*[\w-]+)*)?[ \t:]*(?P<reason>[^\n]*)",
    re.IGNORECASE,
)


class Suppression(Model):
    """One reason not to report a rule.

    Attributes:
        kind: `comment`, or `configuration`.
        rule: its name.
        object: glob pattern of the objects, for the configuration; empty for a comment.
        line: of the comment.
        whole_file: of a comment that holds for the whole text.
    """

    kind: Literal["comment", "configuration"]
    rule: str
    object: str = ""
    reason: str = ""
    line: int | None = None
    whole_file: bool = False

    def __str__(self) -> str:
        place = f"line {self.line}: allow" if self.kind == "comment" else "configuration: allow"
        return f"{place} {self.rule}{f' on {self.object}' if self.object else ''}"


class Allowance(Model):
    """An entry `[[review.allow]]`: a rule, and a glob pattern of the objects on which it is not reported."""

    rule: str
    object: str = "*"
    reason: str = ""


class ReviewConfig(Model):
    """The table `review` of the configuration."""

    ignore: tuple[str, ...] = ()
    severity: Mapping[str, Severity] = Field(default_factory=dict)
    minimum: Severity | None = None
    allow: tuple[Allowance, ...] = ()


def read_config(text: str, *, where: str) -> ReviewConfig:
    """The review's part of a pyproject.toml (`[tool.dbdesign.review]`) or dbdesign.toml (`[review]`); empty if there is none.

    Raises:
        InputError: for text that is no TOML, with the line, and for keys and values that are not understood.
    """
    try:
        document: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"not TOML: {error}", where=where) from None
    section = document.get("tool", {}).get("dbdesign", {}) if "tool" in document else document
    try:
        return ReviewConfig.model_validate(section.get("review", {}))
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in ("review", *first["loc"]))
        known = ", ".join(ReviewConfig.model_fields)
        raise InputError(f"{key}: {first['msg']}", where=where, remedy=f"The keys are {known}") from None


def config_suppressions(config: ReviewConfig) -> list[Suppression]:
    """The entries `[[review.allow]]` as suppressions."""
    return [
        Suppression(kind="configuration", rule=one.rule, object=one.object, reason=one.reason) for one in config.allow
    ]


def comment_suppressions(comments: Mapping[int, str]) -> tuple[list[Suppression], list[str]]:
    """The suppressions that SQL comments state, and what is wrong with those that cannot be understood."""
    found: list[Suppression] = []
    problems: list[str] = []
    for start, text in sorted(comments.items()):
        if "dbdesign:" not in text.lower():
            continue
        for match in _DIRECTIVE.finditer(text):
            line = start + text.count("\n", 0, match.start())
            verb = match["verb"].lower()
            if verb not in {"allow", "allow-file"} or not match["rules"]:
                problems.append(f"line {line}: write `dbdesign: allow <rule>` or `dbdesign: allow-file <rule>`")
                continue
            reason = match["reason"].removesuffix("*/").strip()
            names = [name.strip().lower() for name in match["rules"].split(",")]
            found += [
                Suppression(kind="comment", rule=name, reason=reason, line=line, whole_file=verb != "allow")
                for name in names
            ]
    return found, problems


def unknown_rules(suppressions: list[Suppression], known: Mapping[str, object]) -> list[str]:
    """What to say of suppressions of rules that do not exist, with the nearest name."""
    said = []
    for one in suppressions:
        if one.rule not in known:
            near = get_close_matches(one.rule, list(known), n=1)
            said.append(f"{one}: no such rule{f'; did you mean {near[0]}?' if near else ''}")
    return said


class Suppressor:
    """Decides whether a finding is suppressed, and remembers which suppressions were of use."""

    def __init__(self, design: Design, suppressions: list[Suppression]) -> None:
        self.suppressions = suppressions
        self.used: set[int] = set()
        self._everywhere: dict[str, list[int]] = {}
        self._at_line: dict[tuple[str, int], int] = {}
        declared = set(design.lines.values())
        for number, one in enumerate(suppressions):
            if one.line is None or one.whole_file:
                self._everywhere.setdefault(one.rule, []).append(number)
            else:
                self._at_line[one.rule, _target_line(one.line, declared, design.comments)] = number

    def suppression(self, finding: Finding, lines: tuple[int | None, ...]) -> Suppression | None:
        """What suppresses this finding, if anything: a comment at one of the lines (of the object, of its table), or an entry."""
        for line in lines:
            at = self._at_line.get((finding.rule, line)) if line is not None else None
            if at is not None:
                return self._use(at)
        for number in self._everywhere.get(finding.rule, ()):
            pattern = self.suppressions[number].object
            if not pattern or fnmatchcase(finding.object, pattern):
                return self._use(number)
        return None

    def _use(self, number: int) -> Suppression:
        self.used.add(number)
        return self.suppressions[number]

    def unused(self) -> tuple[Suppression, ...]:
        """The suppressions that suppressed nothing."""
        return tuple(one for number, one in enumerate(self.suppressions) if number not in self.used)


def _target_line(line: int, declared: set[int], comments: Mapping[int, str]) -> int:
    """The line that a comment speaks of: its own if something is declared there, otherwise the first after the block of comments."""
    if line in declared:
        return line
    start = max((at for at in comments if at <= line), default=line)
    while True:
        following = start + comments.get(start, "").count("\n") + 1
        if following in declared or following not in comments:
            return following
        start = following
