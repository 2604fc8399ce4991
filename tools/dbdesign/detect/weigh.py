"""From signals to technologies: confidence, role, component, version, and what speaks against."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from dbdesign.detect.catalogue import Known, known
from dbdesign.detect.collect import Collected
from dbdesign.detect.deployment import is_ci
from dbdesign.detect.places import Scope
from dbdesign.detect.signals import WEIGHTS, Basis, Signal
from dbdesign.detect.unused import without_unused
from dbdesign.detect.versions import versions_of
from dbdesign.detect.walk import ancestors
from dbdesign.model.detection import Evidence, Role, Technology, Tier

THRESHOLD = 0.5
"""Below it a technology is not reported."""

_TEST_THRESHOLD, _TARGET_THRESHOLD = 0.5, 0.6
_STARTED_FOR_TESTS = 0.65
"""How sure it is that tests use an engine that the continuous integration starts."""

_SCOPE_OF: Mapping[Role, Scope] = {"test": Scope.TEST, "target": Scope.TARGET}
_MANY = 5
"""Engines whose drivers a program carries without configuring any: it connects to other people's databases. One fewer where they are of
several families: alternatives to a store are of its family."""

_EVIDENCE, _COUNTER = 8, 4

_SHARE: Mapping[Scope, float] = {
    Scope.RUNTIME: 1.0,
    Scope.DEV: 0.6,
    Scope.OPTIONAL: 0.92,
    Scope.PEER: 0.6,
    Scope.BOILERPLATE: 0.3,
    Scope.EXAMPLE: 0.1,
    Scope.DOCS: 0.08,
    Scope.TEST: 0.0,
    Scope.INDIRECT: 0.0,
    Scope.COMMENTED: 0.0,
    Scope.UNUSED: 0.08,
    Scope.TARGET: 0.09,
    Scope.MANAGED: 0.0,
}
"""What a signal keeps of its weight, by the circumstances in which it holds."""

_DEPENDENCY = {"orm": 0.8, "migration": 0.6, "engine": 0.55}
_IMPORTED_MAPPER = 0.6
"""A mapper that source imports is used, whichever package of another name brought it in."""

_IMPORTED_OFTEN = 0.52
"""A driver that several sources import is used, whether a manifest declares it or not."""

_STORES = frozenset({"relational", "document", "wide-column"})
_CONFIGURED = frozenset({Basis.CONFIGURATION, Basis.INFRASTRUCTURE, Basis.ARTEFACT})
_TESTED = frozenset({Basis.DEPENDENCY, Basis.CONFIGURATION, Basis.IMAGE, Basis.CODE, Basis.IMPORT, Basis.SERVICE})
"""What makes an engine one of tests."""

_RUN = frozenset({Basis.IMAGE, Basis.CHART, Basis.CONNECTION, Basis.SERVICE, *_CONFIGURED})


_SOURCES = (".py", ".js", ".ts", ".tsx", ".mjs", ".go", ".java", ".kt", ".cs", ".rb", ".rs", ".ex")
_SETTINGS = re.compile(
    r"(?:^|/)(?:settings|config|configuration)/|(?:^|/)[\w.-]*(?:settings|config|configuration|database|data-?source|knexfile|startup|program|dependency-?injection|infrastructure\w*|extensions?|registration)[\w-]*"
    r"\.\w+$",
    re.IGNORECASE,
)
"""Sources that configure the program by their name."""

_RUN_ALONE = frozenset({Basis.DEPENDENCY, Basis.IMPORT, Basis.IMAGE, Basis.INFRASTRUCTURE, Basis.ARTEFACT})


class Weighed:
    """A technology's signals, weighed.

    Attributes:
        confidence: 0 to 1 that the repository uses it at run time.
        strength: unbounded, for comparison with others: how much speaks for it.
        spread: whether several sources import it.
    """

    def __init__(self, technology: Known, signals: list[Signal]) -> None:
        self.technology = technology
        self.signals = signals
        best: dict[tuple[Basis, bool], float] = defaultdict(float)
        tests: dict[Basis, float] = defaultdict(float)
        targets: dict[Basis, float] = defaultdict(float)
        imports = {one.path for one in signals if one.basis is Basis.IMPORT and _SHARE[one.scope] >= 0.6}
        self.spread = len(imports) > 1
        for signal in signals:
            weight = self.weight(signal)
            key = (signal.basis, False)
            best[key] = max(best[key], weight * self._share(signal))
            if _of_tests(signal):
                tests[signal.basis] = max(
                    tests[signal.basis], _STARTED_FOR_TESTS if signal.basis is Basis.SERVICE else weight
                )
            elif signal.scope is Scope.DEV and signal.basis is Basis.DEPENDENCY:
                tests[signal.basis] = max(tests[signal.basis], weight * _SHARE[Scope.DEV])
            elif signal.scope is Scope.TARGET:
                targets[signal.basis] = max(targets[signal.basis], weight)
        self.confidence = _either(best.values()) * (0.5 if self._only_talked_of() else 1.0)
        self.test_confidence = _either(tests.values())
        self.target_confidence = _either(targets.values())
        counts = Counter(signal.basis for signal in signals if _SHARE[signal.scope] >= 0.6)
        self.strength = sum(best.values()) + 0.05 * sum(min(count, 6) for count in counts.values())

    def confidence_of(self, role: Role) -> float:
        """How sure it is in that role."""
        if role == "test":
            return self.test_confidence
        return max(self.confidence, self.target_confidence) if role == "target" else self.confidence

    def _only_talked_of(self) -> bool:
        """Whether only source text names it, with no package, container, or file of settings: a tool that knows of databases."""
        if self.technology.kind != "engine" or self.technology.name in {"sqlite", "dynamodb"}:
            return False
        live = [signal for signal in self.signals if _SHARE[signal.scope] >= 0.3]
        return all(
            signal.path.endswith(_SOURCES)
            and signal.basis not in _RUN_ALONE
            and not (signal.basis is Basis.CONFIGURATION and _SETTINGS.search(signal.path))
            for signal in live
        )

    def weight(self, signal: Signal) -> float:
        """A signal's weight in full, whatever its scope."""
        weight = WEIGHTS[signal.basis][0]
        if signal.basis is Basis.DEPENDENCY:
            weight = _DEPENDENCY[self.technology.kind]
        elif signal.basis is Basis.IMPORT and self.technology.kind == "orm":
            weight = _IMPORTED_MAPPER
        elif signal.basis is Basis.IMPORT and self.spread:
            weight = _IMPORTED_OFTEN
        return weight * (0.45 if signal.weak else 1.0)

    def _share(self, signal: Signal) -> float:
        if signal.scope is Scope.DEV and self.technology.kind != "engine":
            return 0.95
        if signal.scope is Scope.DEV and signal.basis is not Basis.DEPENDENCY:
            return 0.85
        return _SHARE[signal.scope]

    def has(self, bases: frozenset[Basis], *, scopes: frozenset[Scope] = frozenset({Scope.RUNTIME, Scope.DEV})) -> bool:
        """Whether it has a signal of one of these kinds in one of these scopes."""
        return any(signal.basis in bases and signal.scope in scopes and not signal.weak for signal in self.signals)

    @property
    def only_integrated(self) -> bool:
        """Whether only the continuous integration knows of it: tests run against it."""
        return all(is_ci(signal.path) for signal in self.signals if _SHARE[signal.scope] >= 0.3)

    @property
    def only_optional(self) -> bool:
        """Whether everything that speaks for it at run time is optional."""
        live = [signal for signal in self.signals if _SHARE[signal.scope] >= 0.3 and signal.basis is not Basis.SERVICE]
        declared = [signal for signal in live if signal.basis is Basis.DEPENDENCY]
        return (
            bool(declared)
            and all(signal.scope in {Scope.OPTIONAL, Scope.PEER} for signal in declared)
            and not self.has(_RUN - {Basis.SERVICE})
        )


def _either(weights: Iterable[float]) -> float:
    missed = 1.0
    for weight in weights:
        missed *= 1 - weight
    return 1 - missed


def weigh(collected: Collected) -> tuple[Technology, ...]:
    """Every technology that is sure enough, engines first, the surest first."""
    weighed = {name: Weighed(known()[name], signals) for name, signals in without_unused(collected).items()}
    _stand_ins(weighed)
    roles = _engine_roles(weighed)
    found = [
        _technology(one, role, collected)
        for name, one in weighed.items()
        if (role := _role(name, one, roles, weighed)) is not None
    ]
    found += _sync_or_none(found, weighed, collected)
    order = {"engine": 0, "orm": 1, "migration": 2}
    ranks = ("primary", "alternative", "cache", "queue", "search", "analytics", "optional", "target", "test")
    return tuple(sorted(found, key=lambda one: (order[one.kind], ranks.index(one.role), -one.confidence, one.name)))


def _stand_ins(weighed: dict[str, Weighed]) -> None:
    """CockroachDB uses PostgreSQL's drivers: where it is configured and PostgreSQL is not, the drivers are its own."""
    for name, one in list(weighed.items()):
        below = one.technology.over
        if below is None or below not in weighed or one.confidence < THRESHOLD:
            continue
        if not weighed[below].has(_RUN) and one.has(_RUN | {Basis.DEPENDENCY}):
            weighed[name] = Weighed(
                one.technology,
                [*one.signals, *(s for s in weighed[below].signals if s.basis in {Basis.DEPENDENCY, Basis.IMPORT})],
            )
            del weighed[below]


def _engine_roles(weighed: Mapping[str, Weighed]) -> dict[str, Role]:
    engines = {
        name: one
        for name, one in weighed.items()
        if one.technology.kind == "engine" and one.confidence >= THRESHOLD and not one.only_integrated
    }
    roles: dict[str, Role] = {}
    stores = {name: one for name, one in engines.items() if one.technology.family in _STORES or name == "dynamodb"}
    targets = _targets(engines)
    ranked = sorted((name for name in stores if name not in targets), key=lambda name: -_precedence(name, stores[name]))
    application = any(one.technology.kind == "migration" and one.has(_CONFIGURED) for one in weighed.values())
    for position, name in enumerate(ranked):
        if stores[name].only_optional and not (application and all(stores[other].only_optional for other in ranked)):
            roles[name] = "optional"
        else:
            roles[name] = "primary" if position == 0 else "alternative"
    roles.update(dict.fromkeys(targets, "target"))
    for name, one in engines.items():
        if name not in roles:
            roles[name] = _side_role(one, alone=not ranked)
    return roles


def _precedence(name: str, one: Weighed) -> float:
    """How likely a store is the main one; SQLite is what projects fall back on, DynamoDB holds locks and sessions."""
    strength = one.strength + (0.8 if one.has(_CONFIGURED) else 0.0) - (1.0 if one.only_optional else 0.0)
    return strength * {"sqlite": 0.6, "dynamodb": 0.75}.get(name, 1.0)


def _targets(engines: Mapping[str, Weighed]) -> set[str]:
    """Databases that the program connects to for its users: many drivers, none of them set up as its own.

    A package that says what the engine is for (a queue's) is the program's own use of it.
    """
    bare = {
        name
        for name, one in engines.items()
        if not one.has(_RUN | {Basis.CHOICE}) and not any(signal.role for signal in one.signals)
    }
    own = any(name not in bare and one.technology.family in _STORES for name, one in engines.items())
    families = {engines[name].technology.family for name in bare}
    return bare if own and (len(bare) >= _MANY or (len(bare) == _MANY - 1 and len(families) > 1)) else set()


def _side_role(one: Weighed, *, alone: bool) -> Role:
    """A cache, a queue, a search engine: as the packages that use it say."""
    if one.only_optional:
        return "optional"
    said = Counter(signal.role for signal in one.signals if signal.role and _SHARE[signal.scope] >= 0.6)
    usual = one.technology.role or "alternative"
    if alone and usual != "search":
        return "primary"
    if said and said.most_common(1)[0][0] == "queue" and not said.get("cache"):
        return "queue"
    return usual


def _role(name: str, one: Weighed, roles: Mapping[str, Role], weighed: Mapping[str, Weighed]) -> Role | None:
    if one.technology.kind == "engine":
        if name in roles:
            return roles[name]
        if one.target_confidence >= _TARGET_THRESHOLD:
            return "target"
        return "test" if one.test_confidence >= _TEST_THRESHOLD and _is_test_engine(one) else None
    if name in {"sync", "none"} or one.confidence < THRESHOLD:
        return None
    if one.only_optional:
        return "optional"
    same = [
        other
        for other in weighed.values()
        if other.technology.kind == one.technology.kind and other.technology.name not in {"sync", "none"}
    ]
    strongest = max(same, key=lambda other: (other.confidence >= THRESHOLD, other.strength))
    return "primary" if strongest is one or one.strength >= 0.5 * strongest.strength else "alternative"


def _is_test_engine(one: Weighed) -> bool:
    """Whether tests run against it: their settings or packages say so, they import its driver, or the continuous integration starts it."""
    return any(_of_tests(signal) and signal.basis in _TESTED for signal in one.signals)


def _of_tests(signal: Signal) -> bool:
    """Whether it speaks of what tests run against: it lies with them, or the continuous integration starts it."""
    return signal.scope is Scope.TEST or (signal.basis is Basis.SERVICE and signal.scope is not Scope.COMMENTED)


def _sync_or_none(found: list[Technology], weighed: Mapping[str, Weighed], collected: Collected) -> list[Technology]:
    if any(one.kind == "migration" for one in found):
        return []
    sync = weighed.get("sync")
    if sync is not None and sync.confidence >= THRESHOLD:
        return [_technology(sync, "primary", collected)]
    main = next(
        (one for one in found if one.kind == "engine" and one.role == "primary" and one.family == "relational"), None
    )
    if main is None or main.confidence < 0.8 or not weighed[main.name].has(frozenset({Basis.CODE, Basis.IMPORT})):
        return []
    return [
        Technology(
            name="none",
            family="none",
            kind="migration",
            role="primary",
            confidence=THRESHOLD,
            component=main.component,
            evidence=(
                Evidence(
                    path=main.evidence[0].path,
                    line=main.evidence[0].line,
                    text="no migration tool, no folder of migrations",
                    tier="C",
                ),
            ),
        )
    ]


def _technology(one: Weighed, role: Role, collected: Collected) -> Technology:
    told = {scope for scope, share in _SHARE.items() if share > 0.1 or scope is _SCOPE_OF.get(role)}
    live: list[Signal] = []
    against: list[Signal] = []
    for signal in one.signals:
        speaks = signal.scope in told or (role == "test" and _of_tests(signal))
        (live if speaks else against).append(signal)
    live.sort(
        key=lambda signal: (
            -one.weight(signal) * max(_SHARE[signal.scope], 0.3),
            signal.path.count("/"),
            signal.path,
            signal.line or 0,
        )
    )
    components = _components(live, collected.components)
    declared, version = versions_of(one.technology, live, collected)
    return Technology(
        name=one.technology.name,
        family=one.technology.family,
        kind=one.technology.kind,
        role=role,
        version=version,
        declared=declared,
        confidence=round(min(one.confidence_of(role), 0.99), 2),
        component=components[0] if components else ".",
        components=tuple(components[:12]) if len(components) > 1 else (),
        evidence=tuple(_evidence(signal) for signal in _varied(live, _EVIDENCE)),
        counter_evidence=tuple(_evidence(signal, why=signal.scope.value) for signal in _varied(against, _COUNTER)),
    )


def _varied(signals: list[Signal], most: int) -> list[Signal]:
    """The first of each basis, then the others, each line once."""
    seen: set[tuple[str, int | None]] = set()
    bases: Counter[Basis] = Counter()
    first: list[Signal] = []
    later: list[Signal] = []
    for signal in signals:
        place = (signal.path, signal.line)
        if place in seen:
            continue
        seen.add(place)
        bases[signal.basis] += 1
        (first if bases[signal.basis] == 1 else later).append(signal)
    return (first + later)[:most]


def _evidence(signal: Signal, why: str | None = None) -> Evidence:
    tier: Tier = WEIGHTS[signal.basis][1]
    if signal.weak and tier == "B":
        tier = "C"
    text = f"{signal.text} ({why})" if why else signal.text
    return Evidence(path=signal.path, line=signal.line, text=text, tier=tier)


def _components(live: list[Signal], known_components: set[str]) -> list[str]:
    """The packages that the evidence lies in, the one with most of it first."""
    counts: Counter[str] = Counter()
    for signal in live:
        home = next((folder for folder in ancestors(signal.path) if folder in known_components), "")
        counts[home or "."] += 2 if signal.basis in _CONFIGURED or signal.basis is Basis.DEPENDENCY else 1
    return [name for name, _ in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))]
