"""`Gemfile` with its groups, and gemspecs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbdesign.detect.lines import Lines
from dbdesign.detect.manifests import Dependency, Manifest
from dbdesign.detect.places import Scope

_LINE = re.compile(
    r"^(?P<indent>[ \t]*)(?:(?P<comment>#\s*)?gem[\s(]+[\"'](?P<name>[\w.-]+)[\"'](?P<rest>[^\n]*)|group[\s(]+(?P<groups>[^\n]*?)\)?\s+do\b|(?P<block>(?:if|unless|platforms?|source|case|"
    r"install_if|path|git|begin|def|eval_gemfile)\b[^\n]*)|(?P<end>end)\b)[^\n]*$",
    re.MULTILINE,
)
_SPEC = re.compile(
    r"^(?P<comment>\s*#\s*)?[^\n#]*\.add_(?P<kind>development_|runtime_)?dependency[\s(]+[\"'](?P<name>[\w.-]+)[\"'](?:\.freeze)?(?P<rest>[^\n]*)$",
    re.MULTILINE,
)
_VERSION = re.compile(r"[\"']((?:[~><=!]+\s*)?\d[\w.]*)[\"']")


def _gemfile(_path: str, lines: Lines) -> Iterator[Dependency]:
    stack: list[Scope] = []
    for match in _LINE.finditer(lines.text):
        if match["groups"] is not None:
            stack.append(_of_groups(match["groups"], stack[-1] if stack else Scope.RUNTIME))
        elif match["block"] is not None:
            if re.search(r"\bdo\b|^(?:if|unless|case|def|begin)\b", match["block"]) and not re.search(
                r"\bend\b", match["block"]
            ):
                stack.append(stack[-1] if stack else Scope.RUNTIME)
        elif match["end"]:
            if stack:
                stack.pop()
        elif match["name"]:
            inline = re.search(r"groups?:?\s*(?:=>)?\s*(\[[^\]]*\]|%i\[[^\]]*\]|:\w+)", match["rest"])
            current = stack[-1] if stack else Scope.RUNTIME
            scope = Scope.COMMENTED if match["comment"] else _of_groups(inline.group(1), current) if inline else current
            version = _VERSION.search(match["rest"])
            yield Dependency("gem", match["name"], version.group(1) if version else None, scope, match.start("name"))


def _of_groups(text: str, otherwise: Scope) -> Scope:
    names = set(re.findall(r"\w+", text)) - {"i", "optional", "true", "group", "groups"}
    if not names or names - {"test", "development", "dev", "ci", "lint", "debug", "metrics", "doc", "docs"}:
        return otherwise
    return Scope.TEST if names & {"test", "ci"} else Scope.DEV


def _gemspec(_path: str, lines: Lines) -> Iterator[Dependency]:
    for match in _SPEC.finditer(lines.text):
        version = _VERSION.search(match["rest"])
        scope = Scope.COMMENTED if match["comment"] else Scope.DEV if match["kind"] == "development_" else Scope.RUNTIME
        yield Dependency("gem", match["name"], version.group(1) if version else None, scope, match.start("name"))


MANIFESTS = (
    Manifest("gem", ("Gemfile", "gems.rb", "*.gemfile", "Gemfile.*.rb"), _gemfile),
    Manifest("gem", ("*.gemspec",), _gemspec),
)
