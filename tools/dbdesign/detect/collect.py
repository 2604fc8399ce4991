"""Goes over a repository's files once and gathers what each says."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice

from dbdesign.detect.artefacts import artefacts
from dbdesign.detect.catalogue import Package, packages
from dbdesign.detect.connections import connections
from dbdesign.detect.connectors import of_connectors
from dbdesign.detect.deployment import deployed, is_ci
from dbdesign.detect.documents import UnreadableError
from dbdesign.detect.implied import implied
from dbdesign.detect.imports import LANGUAGES, go_packages, imported, line_of
from dbdesign.detect.lines import Lines, shown
from dbdesign.detect.manifests import Dependency, Manifest, manifest_of
from dbdesign.detect.monitored import of_exporters, watching, without_watched
from dbdesign.detect.patterns.table import matched, patterns_for
from dbdesign.detect.places import Scope, scope_of
from dbdesign.detect.properties import BUILD_FILES, assigned
from dbdesign.detect.purposes import with_purpose
from dbdesign.detect.signals import Basis, Signal
from dbdesign.detect.walk import Tree, decoded

_TEXT = re.compile(
    r"\.(?:ya?ml|json|jsonc|toml|ini|cfg|conf|properties|env|xml|config|sh|bash|ps1|bat|cmd|mk|tf|hcl|nomad|tpl|tmpl|dist|example|sample|template|sql|prisma|gradle|kts|neon|nix|dockerfile|"
    r"[cm]?[jt]sx?|vue|svelte|py|go|java|kt|scala|groovy|cs|fs|vb|rb|erb|rake|php|rs|exs?|clj|edn|sqlproj|cql|j2|plan|sum)$|"
    r"(?:^|/)(?:[\w.-]*Dockerfile[\w.-]*|Containerfile|Procfile[\w.]*|Makefile|GNUmakefile|justfile|Rakefile|Gemfile|Jenkinsfile|\.env[\w.-]*|env\.[\w.-]+|\.sequelizerc|\.yo-rc\.json|\.envrc|Aptfile|"
    r"Brewfile|\.meteor/packages|bin/[\w-]+|[\w-]*entrypoint[\w-]*|app\.json)$",
    re.IGNORECASE,
)
_LONG_FILE = 512 * 1024
"""Of larger sources only so much is looked at: they are generated or bundled."""

_MOST_HITS = 200
"""Of one expression in one file: more say nothing new."""

_GENERATED = re.compile(
    r"(?:\.min\.(?:js|css)|\.bundle\.js|\.d\.ts|-lock\.json|\.lock|\.map|\.snap|\.pb\.go|_pb2\.py|\.designer\.cs|\.g\.cs)$|(?:^|/)(?:package-lock\.json|pnpm-lock\.yaml|go\.sum)$",
    re.IGNORECASE,
)
_SOURCE_SUFFIXES = frozenset(LANGUAGES)
_SETTING = re.compile(r"^\.|^setup\.py$|\.config\.\w+$|\.kts$|^\w*[Cc]onfig\.\w+$")
"""Sources that set something up, by name: a package may be used although they do not import it."""


@dataclass(slots=True)
class Collected:
    """What a repository's files say, before it is weighed.

    Attributes:
        components: folders that hold a manifest of a package.
        declared: versions that manifests declare, by ecosystem and package.
        ranks: how far from the program's own manifest each of these stands.
        assigned: versions that build files give names to, which others refer to.
        scope: in which circumstances a file is used.
        sources: files of source that are not of tests, by the ecosystem of their language.
    """

    scope: Callable[[str], Scope] = scope_of
    signals: list[Signal] = field(default_factory=list)
    components: set[str] = field(default_factory=set)
    declared: dict[tuple[str, str], str] = field(default_factory=dict)
    ranks: dict[tuple[str, str], tuple[bool, int]] = field(default_factory=dict)
    packages_of: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    locked: dict[tuple[str, str], str] = field(default_factory=dict)
    assigned: dict[str, str] = field(default_factory=dict)
    sources: Counter[str] = field(default_factory=Counter)


_OF_OTHERS = frozenset({Scope.MANAGED, Scope.INDIRECT, Scope.TEST})
_OWN = frozenset({Scope.RUNTIME, Scope.DEV})
"""Scopes whose version gives way to another's; places of manifests whose do not."""

_NO_COMPONENT = frozenset(
    {
        "pnpm-workspace.yaml",
        "pnpm-workspace.yml",
        ".yarnrc.yml",
        "Directory.Build.props",
        "Directory.Packages.props",
        "Directory.Build.targets",
        "import_map.json",
    }
)


def collect(tree: Tree) -> Collected:
    """Every signal of a repository."""
    found = Collected(tree.scope)
    aliases = _manifests(tree, found)
    _aliased(found, aliases)
    _inherited(found, aliases)
    for path, size in tree.sizes.items():
        if _TEXT.search(path) and not _GENERATED.search(path):
            _file(tree, path, size, found)
    found.signals += artefacts(tree, _declared_by_choice(found))
    found.signals += implied(found.signals)
    found.signals = of_connectors(found.signals, tree.sizes)
    found.signals = [with_purpose(signal) for signal in without_watched(found.signals, tree)]
    return found


def _declared_by_choice(found: Collected) -> set[str]:
    """Technologies that manifests declare themselves. Go's sqlx has only its name in common with Rust's, which has migrations."""
    uses = {
        signal.technology
        for signal in found.signals
        if signal.basis is Basis.DEPENDENCY and signal.scope not in {Scope.COMMENTED, Scope.INDIRECT}
    }
    return uses if ("cargo", "sqlx") in found.packages_of.get("sqlx", ()) else uses - {"sqlx"}


@dataclass(slots=True)
class _Aliases:
    """Gradle's catalogue entries and the uses of them; and dependencies of Cargo that a workspace declares."""

    modules: dict[str, Dependency] = field(default_factory=dict)
    bundles: dict[str, tuple[str, ...]] = field(default_factory=dict)
    uses: list[tuple[str, Lines, Dependency]] = field(default_factory=list)
    features: dict[str, tuple[str, ...]] = field(default_factory=dict)
    members: list[tuple[str, Lines, Dependency]] = field(default_factory=list)


def _manifests(tree: Tree, found: Collected) -> _Aliases:
    aliases = _Aliases()
    for path in list(tree.sizes):
        if BUILD_FILES.search(path):
            found.assigned.update(assigned(tree.text(path)))
        manifest = manifest_of(path)
        if manifest is None:
            continue
        lines = Lines(tree.text(path))
        if path.rpartition("/")[2] not in _NO_COMPONENT:
            found.components.add(path.rpartition("/")[0])
        try:
            for dependency in manifest.read(path, lines):
                _take(path, lines, dependency, manifest, found, aliases)
        except UnreadableError as error:
            tree.skip(path, str(error))
    return aliases


def _take(
    path: str, lines: Lines, dependency: Dependency, manifest: Manifest, found: Collected, aliases: _Aliases
) -> None:
    if dependency.ecosystem == "gradle-alias":
        aliases.uses.append((path, lines, dependency))
        return
    if dependency.ecosystem == "gradle-bundle":
        aliases.bundles[f"bundles.{_accessor(dependency.name)}"] = dependency.extras
        return
    if dependency.ecosystem == "cargo" and dependency.scope is Scope.MANAGED:
        aliases.features[dependency.name] = dependency.extras
    if dependency.ecosystem == "cargo" and dependency.version == "workspace":
        aliases.members.append((path, lines, dependency))
        return
    if dependency.scope is Scope.MANAGED and dependency.extras and manifest.ecosystem == "maven":
        aliases.modules[_accessor(dependency.extras[0])] = dependency
    _note_version(path, dependency, found)
    found.signals += _declared(path, lines, dependency, found)


def _note_version(path: str, dependency: Dependency, found: Collected) -> None:
    """Keep the version that the outermost manifest of the program itself declares."""
    version = dependency.version
    if not version or dependency.scope is Scope.COMMENTED or re.match(r"catalog:|workspace:", version):
        return
    key = (dependency.ecosystem, dependency.name)
    rank = (dependency.scope in _OF_OTHERS or found.scope(path) not in _OWN, path.count("/"))
    if key not in found.declared or rank < found.ranks[key]:
        found.declared[key], found.ranks[key] = version, rank


def _aliased(found: Collected, aliases: _Aliases) -> None:
    """`implementation(libs.postgresql)` is a use of what the catalogue names so; a bundle, of all that are in it."""
    for path, lines, use in aliases.uses:
        accessor = _accessor(use.name)
        for name in aliases.bundles.get(accessor, (accessor,)):
            if module := aliases.modules.get(_accessor(name)):
                found.signals += _declared(
                    path, lines, Dependency("maven", module.name, module.version, use.scope, use.position), found
                )


def _inherited(found: Collected, aliases: _Aliases) -> None:
    """`sqlx = { workspace = true }` has the features that the workspace gives it, beside its own."""
    for path, lines, member in aliases.members:
        extras = tuple(dict.fromkeys((*member.extras, *aliases.features.get(member.name, ()))))
        found.signals += _declared(path, lines, replace(member, version=None, extras=extras), found)


def _accessor(alias: str) -> str:
    return re.sub(r"[-_.]", ".", alias).lower()


def _declared(path: str, lines: Lines, dependency: Dependency, found: Collected) -> Iterator[Signal]:
    if dependency.scope is Scope.MANAGED:
        return
    for package in _known(dependency):
        scope = _scoped(found.scope(path), dependency, package)
        position = dependency.position
        found.packages_of.setdefault(package.technology, set()).add((dependency.ecosystem, dependency.name))
        yield Signal(
            package.technology,
            Basis.DEPENDENCY,
            scope,
            path,
            lines.number(position),
            lines.shown(position),
            weak=package.weak,
            version=dependency.version,
            role=package.role,
        )


def _known(dependency: Dependency) -> tuple[Package, ...]:
    """What a dependency speaks for: its name, and its extras or features."""
    names = [dependency.name, *(f"{dependency.name}[{extra}]" for extra in dependency.extras)]
    found: dict[str, Package] = {}
    for name in names:
        known = go_packages(name) if dependency.ecosystem == "go" else packages(dependency.ecosystem, name)
        for one in known:
            if one.technology not in found or found[one.technology].weak:
                found[one.technology] = one
    return tuple(found.values())


def _scoped(place: Scope, dependency: Dependency, package: Package) -> Scope:
    if dependency.scope in {Scope.COMMENTED, Scope.INDIRECT}:
        return dependency.scope
    if package.test or place is Scope.TEST:
        return Scope.TEST
    if place in {Scope.EXAMPLE, Scope.DOCS, Scope.BOILERPLATE}:
        return place
    return place if dependency.scope is Scope.RUNTIME and place is Scope.DEV else dependency.scope


def _file(tree: Tree, path: str, size: int, found: Collected) -> None:
    name = path.rpartition("/")[2]
    suffix = name[name.rfind(".") :].lower() if "." in name else ""
    scope = tree.scope(path)
    if (
        scope is Scope.DOCS
        and suffix not in _SOURCE_SUFFIXES
        and "compose" not in name.lower()
        and not name.startswith(".env")
    ):
        return
    content = tree.read(path)
    if size > _LONG_FILE:
        content = content[:_LONG_FILE]
    if b"\0" in content[:4096] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return
    source = suffix in _SOURCE_SUFFIXES
    before = len(found.signals)
    if source:
        if scope is Scope.RUNTIME and content and not _SETTING.search(name):
            found.sources[LANGUAGES[suffix][0]] += 1
        for position, technology in imported(suffix, content):
            number, text = line_of(content, position)
            found.signals.append(Signal(technology, Basis.IMPORT, scope, path, number, text))
    if not is_ci(path):
        _connected(path, content, scope, source=source, found=found)
    lines = Lines(decoded(content))
    found.signals += deployed(path, lines, scope)
    for pattern in patterns_for(path, lines.text):
        for position, technology in islice(matched(pattern, lines.text), _MOST_HITS):
            found.signals.append(_of_pattern(path, lines, position, technology, scope, pattern.basis, pattern.role))
    if "yml" in suffix + name or "yaml" in name:
        found.signals[before:] = of_exporters(found.signals[before:], lines)
        found.signals += watching(path, lines)


_LONG_LINE, _CUT = 4096, 400
"""Bytes from which on a line is taken for generated, and how much of it is looked at from the connection string on."""


def _line_at(content: bytes, position: int) -> tuple[str, bool]:
    """The line at a position in bytes, and whether the position is in a comment."""
    begin = content.rfind(b"\n", 0, position) + 1
    end = content.find(b"\n", position)
    end = end if end >= 0 else len(content)
    if end - begin > _LONG_LINE:
        return content[position : min(position + _CUT, end)].decode("utf-8", errors="replace"), False
    line = content[begin:end].decode("utf-8", errors="replace")
    return line, Lines(line).is_comment(len(content[begin:position].decode("utf-8", errors="replace")))


def _connected(path: str, content: bytes, scope: Scope, *, source: bool, found: Collected) -> None:
    seen: set[str] = set()
    for position, technology in connections(content):
        if technology in seen:
            continue
        line, commented = _line_at(content, position)
        if not commented:
            seen.add(technology)
        used = Scope.COMMENTED if commented else scope
        number = content.count(b"\n", 0, position) + 1
        weak = source and not _OPENS.search(line)
        found.signals.append(Signal(technology, Basis.CONNECTION, used, path, number, shown(line), weak=weak))


_OPENS = re.compile(
    r"create_(?:async_)?engine|connect|return\s+[fF]?[\"']|DATABASE|DSN|\bdsn\b|config\(|Pool\(|\.Open\(|getConnection|ConnectionString|setJdbcUrl|\burl\b|\bURL\b|_URI\b|\bURI\b|(?i:\w*(?:url|uri|dsn)\s*[:=][^=])"
)
"""Words of a source line that uses a connection string, rather than talks of one."""


def _of_pattern(
    path: str, lines: Lines, position: int, technology: str, scope: Scope, basis: Basis, role: object
) -> Signal:
    if basis is not Basis.ARTEFACT and lines.is_comment(position) and not path.endswith(".sql"):
        scope = Scope.COMMENTED
    elif _in_test_section(path, lines, position):
        scope = Scope.TEST
    if basis is Basis.COMMAND and scope is Scope.DEV:
        scope = Scope.RUNTIME
    if basis is Basis.ARTEFACT and scope is Scope.DOCS:
        scope = Scope.RUNTIME if path.endswith((".sql", ".rb", ".py", ".ts", ".js")) else scope
    return Signal(technology, basis, scope, path, lines.number(position), lines.shown(position), role=role)  # type: ignore[arg-type]


def _in_test_section(path: str, lines: Lines, position: int) -> bool:
    """Whether a line stands in the `test:` part of a Rails or Sequelize configuration."""
    if not re.search(
        r"(?:database|mongoid|cable)[\w.-]*\.ya?ml|config/config\.json|(?:sequelize|database)[\w.-]*\.(?:json|js)$|knexfile\.\w+$",
        path,
    ):
        return False
    heads = list(
        re.finditer(
            r"^[ \t]{0,4}[\"']?(?P<name>test|testing|ci|development|production|staging|default)[\"']?\s*:",
            lines.text[:position],
            re.MULTILINE,
        )
    )
    return bool(heads) and heads[-1]["name"] in {"test", "testing", "ci"}
