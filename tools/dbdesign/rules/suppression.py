"""What not to report, as the schema's owner says: comments in the SQL, and the configuration.

A comment `-- dbdesign: allow rule-name[, rule-name] [reason]` holds for what is declared on its line; on a line of its own, for what
the next line declares; before a CREATE TABLE, for the table and everything in it. `-- dbdesign: allow-file rule-name` holds
for the whole text. In a program's files it is the program's comment, `# dbdesign: allow …` or `// dbdesign: allow …`: on a line of its own
it holds for the model or field that begins next, behind its decorators.

The configuration is `[tool.dbdesign.review]` in pyproject.toml or `[review]` in dbdesign.toml:

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
        path: of the comment, in a source of several files; empty for a text that is no file.
        whole_file: of a comment that holds for the whole text, or for all that its file declares.
    """

    kind: Literal["comment", "configuration"]
    rule: str
    object: str = ""
    reason: str = ""
    line: int | None = None
    path: str | None = None
    whole_file: bool = False

    def __str__(self) -> str:
        file = f"{self.path}, " if self.path else ""
        place = f"{file}line {self.line}: allow" if self.kind == "comment" else "configuration: allow"
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


def stated_suppressions(design: Design) -> tuple[list[Suppression], list[str]]:
    """The suppressions that a design's comments and remarks state, and what is wrong with those that cannot be understood."""
    found, problems = comment_suppressions(design.comments)
    for path, lines in design.remarks.items():
        more, wrong = comment_suppressions(lines, path)
        found += more
        problems += [f"{path}, {one}" if path else one for one in wrong]
    return found, problems


def comment_suppressions(comments: Mapping[int, str], path: str | None = None) -> tuple[list[Suppression], list[str]]:
    """The suppressions that comments state, of SQL or of a file of a program, and what is wrong with those that cannot be understood."""
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
                Suppression(kind="comment", rule=name, reason=reason, line=line, path=path, whole_file=verb != "allow")
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
        self._at_line: dict[tuple[str, str, int], int] = {}
        declared = _declared_lines(design)
        for number, one in enumerate(suppressions):
            if one.line is None or one.whole_file:
                self._everywhere.setdefault(one.rule, []).append(number)
            elif one.path is None:
                line = _target_line(one.line, declared.get("", set()), design.comments)
                self._at_line[one.rule, "", line] = number
            else:
                text = design.remarks[one.path][one.line]
                line = _target_of_remark(one.line, text, declared.get(one.path, set()))
                self._at_line[one.rule, one.path, line] = number

    def suppression(self, finding: Finding, lines: tuple[int | None, ...]) -> Suppression | None:
        """What suppresses this finding, if anything: a comment at one of the lines (of the object, of its table), or an entry."""
        path = finding.path or ""
        for line in lines:
            at = self._at_line.get((finding.rule, path, line)) if line is not None else None
            if at is not None:
                return self._use(at)
        for number in self._everywhere.get(finding.rule, ()):
            one = self.suppressions[number]
            if one.path not in {None, path}:
                continue
            if not one.object or fnmatchcase(finding.object, one.object):
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


FARTHEST = 12
"""How many lines a remark may stand from what it speaks of: decorators may stand between them."""


def _declared_lines(design: Design) -> dict[str, set[int]]:
    """The lines on which something is declared, by file; empty for the text of a source that is one."""
    found: dict[str, set[int]] = {}
    for label, line in design.lines.items():
        found.setdefault(design.files.get(label, ""), set()).add(line)
    return found


def _target_of_remark(line: int, text: str, declared: set[int]) -> int:
    """The line that a remark speaks of: the next declaration for one on a line of its own, else that which it stands behind."""
    if line in declared:
        return line
    own = text.startswith(("#", "//", "/*", "*"))
    near = (
        (one for one in sorted(declared) if line < one <= line + FARTHEST)
        if own
        else (one for one in sorted(declared, reverse=True) if line - FARTHEST <= one < line)
    )
    return next(near, line)
