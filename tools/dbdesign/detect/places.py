"""What a path says of a file: whether it is a test's, an example's, documentation, or a template for others."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from enum import StrEnum
from functools import lru_cache


class Scope(StrEnum):
    """In which circumstances something is used."""

    RUNTIME = "runtime"
    DEV = "development"
    TEST = "test"
    OPTIONAL = "optional"
    PEER = "peer"
    EXAMPLE = "example"
    DOCS = "documentation"
    INDIRECT = "indirect"
    COMMENTED = "commented"
    TARGET = "opened for the users"
    UNUSED = "declared, never imported"
    BOILERPLATE = "boilerplate"
    MANAGED = "managed"
    """Versions that other files may refer to: a dependency management section, a version catalogue."""


_TEST = re.compile(
    r"^\.?ci/|(?:^|/)(?:tests?|__tests__|__mocks__|specs?|testdata|test[-_]data|fixtures?|e2e|cypress|playwright|testing|test[-_]?(?:suite|app|project|utils|helpers|support|"
    r"resources|fixtures|integration)s?|integration[-_]?tests?|unit[-_]?tests?|(?:[\w.]+[-_.])?tests?|[\w.]+\.(?:Unit|Integration|Functional|E2E|Acceptance)?Tests?(?:\.\w+)?|benchmarks?|bench|"
    r"load[-_]?tests?|perf)/"
    r"|(?:^|/)(?:test_[^/]+\.py|[^/]+_test\.(?:py|go|exs|rb|dart)|[^/]+\.(?:test|spec|e2e|e2e-spec|stories)\.[cm]?[jt]sx?|[^/]+_spec\.rb|conftest\.py|"
    r"[^/]+(?-i:Tests?|IT|Spec)\.(?:java|kt|scala|cs|php|groovy)|jest\.config\.\w+|vitest\.config\.\w+|(?:docker-)?compose[-._]?(?:\w+[-._])?(?:tests?|ci|e2e|integration)(?:[-._]\w+)*\.ya?ml|"
    r"\.env\.(?:test|ci|testing)[^/]*|\.env\.[^/]*\.test|application-(?:test|it|ci|integration)[^/]*\.(?:ya?ml|properties)|phpunit[^/]*\.xml(?:\.dist)?|tox\.ini|noxfile\.py|"
    r"(?:test|ci|testing)[-_]requirements[^/]*\.txt|requirements[-_/](?:tests?|ci|testing)[^/]*\.(?:txt|in)|"
    r"settings[-_/](?:tests?|ci|testing)\.py|(?:test|ci)_settings\.py|test\.exs)$",
    re.IGNORECASE,
)
_EXAMPLE = re.compile(
    r"(?:^|/)(?:examples?|samples?|demos?|tutorials?|playgrounds?|sandbox(?:es)?|quickstarts?|showcases?|_examples?|starter[-_]?(?:kit|template)s?|example[-_]apps?|"
    r"(?:[\w.]+[-_.])(?:examples?|samples?|demos?)|(?:examples?|samples?|demo)[-_.][\w.-]+|storybook)/",
    re.IGNORECASE,
)
_TEMPLATE = re.compile(
    r"(?:^|/)(?:templates?|boilerplates?|scaffolds?|scaffolding|generators?|stubs?|skeletons?|create-[\w-]+)/",
    re.IGNORECASE,
)
_DOCS = re.compile(
    r"(?:^|/)(?:docs?|documentation|\.changeset)/|(?:^|/)(?:wiki|adr|rfcs?|i18n|locales?|translations?|lang)/(?:.*/)?[^/]*\.(?:json|ya?ml|toml|properties|xml|js|ts|php|rb)$"
    r"|\.(?:md|mdx|rst|adoc|txt|svg|html?|po|pot|ipynb)$|(?:^|/)(?:CHANGELOG|README|CHANGES|HISTORY|NEWS|CONTRIBUTING|LICENSE|NOTICE)[^/]*$",
    re.IGNORECASE,
)
_MANIFEST_TEXT = re.compile(
    r"(?:^|/)(?:requirements[^/]*\.(?:txt|in)|[^/]*requirements\.(?:txt|in)|CMakeLists\.txt|constraints[^/]*\.txt)$|(?:^|/)requirements/(?:[\w.-]+/)*[^/]+\.(?:txt|in)$",
    re.IGNORECASE,
)
_DEV = re.compile(
    r"(?:^|/)(?:\.devcontainer|\.github|\.gitlab|\.circleci|\.vscode|\.idea|scripts?/dev|dev[-_]?(?:tools?|env|scripts?)?|local[-_]?dev|development|hack)/"
    r"|(?:^|/)(?:requirements[-_/]?(?:dev|local|lint|docs?|typing|development)[^/]*\.(?:txt|in)|(?:dev|docs?|lint|local|development)[-_]requirements[^/]*\.(?:txt|in))$",
    re.IGNORECASE,
)


_PACKAGE = re.compile(r"(?:^|/)src/(?:\w+[mM]ain|main)/(?:java|kotlin|scala|groovy)/(?P<package>.*/)")
"""Folders below a source root of the JVM: they spell a name (`com/example/demo`), and say nothing of what is in them."""

_SOURCE = re.compile(
    r"\.(?:[cm]?[jt]sx?|vue|svelte|py|go|java|kt|scala|groovy|cs|fs|vb|rb|php|rs|exs?|clj|tf|swift|dart|c|cc|cpp|h|lua|pl|hs|ml|nim|zig)$"
)
_SETTING_UP = re.compile(
    r"^\.|^[\w.-]+\.config\.\w+$|^(?:setup|conftest|noxfile|tasks|gulpfile|Gruntfile)\.\w+$|^vite[\w.-]*\.\w+$"
)


def only_examples(paths: Iterable[str], is_manifest: Callable[[str], bool]) -> bool:
    """Whether all sources and manifests lie in folders of examples, demos or templates: then these are the program."""
    beside = False
    for path in paths:
        name = path.rpartition("/")[2]
        if (_SOURCE.search(name) and not _SETTING_UP.search(name)) or is_manifest(path):
            scope = scope_of(path)
            if scope in {Scope.RUNTIME, Scope.DEV}:
                return False
            beside = beside or scope in {Scope.EXAMPLE, Scope.BOILERPLATE}
    return beside


@lru_cache(maxsize=65536)
def scope_of(path: str) -> Scope:
    """What the path says of a file, strongest first: test, example, documentation, template, development."""
    if package := _PACKAGE.search(path):
        path = path[: package.start("package")] + path[package.end("package") :]
    if _TEST.search(path):
        return Scope.TEST
    if _EXAMPLE.search(path):
        return Scope.EXAMPLE
    if _DOCS.search(path) and not _MANIFEST_TEXT.search(path):
        return Scope.DOCS
    if (
        _TEMPLATE.search(path)
        and not path.startswith(("templates/", "deploy/", "charts/", "helm/"))
        and "/templates/" not in path
    ):
        return Scope.BOILERPLATE
    if _DEV.search(path):
        return Scope.DEV
    return Scope.RUNTIME
