"""An expression with the files that it is looked for in, and the kinds of files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from dbdesign.detect.patterns.names import DIALECTS
from dbdesign.detect.signals import Basis
from dbdesign.model.detection import Role

_NAMES = "|".join(sorted((re.escape(name) for name in DIALECTS), key=len, reverse=True))


@dataclass(frozen=True, slots=True)
class Pattern:
    """An expression with the files that it is looked for in.

    Attributes:
        files: of the path, searched.
        needles: one of which the text must hold before the expression is tried.
        technology: certain, or by the expression's group `x` through `names`.
        names: from the group, lower case, to technology.
        once: whether one hit in a file is enough.
    """

    files: re.Pattern[str]
    needles: tuple[str, ...]
    expression: re.Pattern[str]
    technology: str | None
    basis: Basis
    names: Mapping[str, str]
    role: Role | None = None
    once: bool = False


def pattern(
    files: str,
    needles: str,
    expression: str,
    technology: str | None = None,
    basis: Basis = Basis.CONFIGURATION,
    *,
    names: Mapping[str, str] | None = None,
    role: Role | None = None,
    once: bool = False,
    flags: re.RegexFlag = re.IGNORECASE | re.MULTILINE,
) -> Pattern:
    """A pattern as the tables write it.

    Args:
        needles: separated by `¦`; empty where the text need hold none.
        expression: `<ENGINE>` stands for any name of an engine, as the group `x`.
        technology: where it is certain; else by the group and `names`.
    """
    return Pattern(
        re.compile(files, re.IGNORECASE),
        tuple(needles.split("¦")),
        re.compile(expression.replace("<ENGINE>", f"(?P<x>{_NAMES})"), flags),
        technology,
        basis,
        names or DIALECTS,
        role,
        once,
    )


PY, JS, CS, JVM, GO, RB, PHP, RS, EX = (
    r"\.py$",
    r"\.(?:[cm]?[jt]sx?)$",
    r"\.(?:cs|fs)$",
    r"\.(?:java|kt|scala|groovy)$",
    r"\.go$",
    r"\.rb$",
    r"\.php$",
    r"\.rs$",
    r"\.exs?$",
)
YAML = r"\.ya?ml$"
ENV = r"(?:^|/)(?:[\w.-]*\.?env(?:\.[\w.-]+)?|[\w.-]*\.env|env\.[\w.-]*(?:example|sample|dist|template)[\w.-]*|example\.env|dotenv[\w.-]*|\.envrc)$"
CONFIG = (
    r"\.(?:ya?ml|json|jsonc|toml|ini|cfg|conf|properties|env|xml|config|sh|tpl|tmpl|hcl|nix|neon)$|(?:^|/)(?:Dockerfile|Procfile|Makefile|justfile|Taskfile)[^/]*$|"
    + ENV
)
SCRIPTS = (
    r"(?:^|/)(?:package\.json|composer\.json|Makefile|GNUmakefile|justfile|Taskfile\.ya?ml|Procfile[\w.]*|Dockerfile[\w.-]*|[\w.-]*\.dockerfile|app\.json|fly\.toml|render\.ya?ml|deno\.jsonc?|"
    r"pyproject\.toml|tox\.ini|Rakefile|mix\.exs|turbo\.json|nx\.json|project\.json|mise\.toml|\.mise\.toml|railway\.(?:json|toml)|nixpacks\.toml)$|\.(?:sh|bash|ps1|bat|cmd|mk)$|(?:^|/)bin/[^./]+$|"
    r"(?:^|/)\.github/workflows/[^/]+\.ya?ml$|(?:^|/)\.gitlab-ci\.ya?ml$|(?:^|/)\.circleci/config\.ya?ml$|(?:^|/)(?:docker-)?compose[^/]*\.ya?ml$|(?:entrypoint|deploy|release|setup|start)[^/]*$"
)
TF = r"\.tf(?:\.json)?$"
