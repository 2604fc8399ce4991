"""One technology's signals, weighed: how sure it is that the program uses it, that tests do, that it opens it for its users."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from dbdesign.detect.catalogue import Known
from dbdesign.detect.deployment import is_ci
from dbdesign.detect.places import Scope
from dbdesign.detect.signals import WEIGHTS, Basis, Signal
from dbdesign.model.detection import Role

THRESHOLD = 0.5
"""Below it a technology is not reported."""

_STARTED_FOR_TESTS = 0.65
"""How sure it is that tests use an engine that the continuous integration starts."""

SHARE: Mapping[Scope, float] = {
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

CONFIGURED = frozenset({Basis.CONFIGURATION, Basis.INFRASTRUCTURE, Basis.ARTEFACT})
RUN = frozenset({Basis.IMAGE, Basis.CHART, Basis.CONNECTION, Basis.SERVICE, *CONFIGURED})

_SOURCES = (".py", ".js", ".ts", ".tsx", ".mjs", ".go", ".java", ".kt", ".cs", ".rb", ".rs", ".ex")
_SETTINGS = re.compile(
    r"(?:^|/)(?:settings|config|configuration)/|"
    r"(?:^|/)[\w.-]*(?:settings|config|configuration|database|data-?source|knexfile|startup|program|"
    r"dependency-?injection|infrastructure\w*|extensions?|registration)[\w-]*\.\w+$",
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
        best: dict[Basis, float] = defaultdict(float)
        tests: dict[Basis, float] = defaultdict(float)
        targets: dict[Basis, float] = defaultdict(float)
        imports = {one.path for one in signals if one.basis is Basis.IMPORT and SHARE[one.scope] >= 0.6}
        self.spread = len(imports) > 1
        for signal in signals:
            weight = self.weight(signal)
            best[signal.basis] = max(best[signal.basis], weight * self._share(signal))
            if of_tests(signal):
                tests[signal.basis] = max(
                    tests[signal.basis], _STARTED_FOR_TESTS if signal.basis is Basis.SERVICE else weight
                )
            elif signal.scope is Scope.DEV and signal.basis is Basis.DEPENDENCY:
                tests[signal.basis] = max(tests[signal.basis], weight * SHARE[Scope.DEV])
            elif signal.scope is Scope.TARGET:
                targets[signal.basis] = max(targets[signal.basis], weight)
        self.confidence = _either(best.values()) * (0.5 if self._only_talked_of() else 1.0)
        self.test_confidence = _either(tests.values())
        self.target_confidence = _either(targets.values())
        counts = Counter(signal.basis for signal in signals if SHARE[signal.scope] >= 0.6)
        self.strength = sum(best.values()) + 0.05 * sum(min(count, 6) for count in counts.values())

    def confidence_of(self, role: Role) -> float:
        """How sure it is in that role."""
        if role == "test":
            return self.test_confidence or self.confidence
        return max(self.confidence, self.target_confidence) if role == "target" else self.confidence

    def _only_talked_of(self) -> bool:
        """Whether only source text names it, with no package, container, or file of settings: a tool that knows of databases."""
        if self.technology.kind != "engine" or self.technology.name in {"sqlite", "dynamodb"}:
            return False
        live = [signal for signal in self.signals if SHARE[signal.scope] >= 0.3]
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
        return SHARE[signal.scope]

    def has(self, bases: frozenset[Basis], *, scopes: frozenset[Scope] = frozenset({Scope.RUNTIME, Scope.DEV})) -> bool:
        """Whether it has a signal of one of these kinds in one of these scopes."""
        return any(signal.basis in bases and signal.scope in scopes and not signal.weak for signal in self.signals)

    @property
    def only_integrated(self) -> bool:
        """Whether only the continuous integration knows of it: tests run against it."""
        return all(is_ci(signal.path) for signal in self.signals if SHARE[signal.scope] >= 0.3)

    @property
    def only_optional(self) -> bool:
        """Whether everything that speaks for it at run time is optional; developers install what is optional for its tests."""
        live = [signal for signal in self.signals if SHARE[signal.scope] >= 0.3 and signal.basis is not Basis.SERVICE]
        declared = [signal for signal in live if signal.basis is Basis.DEPENDENCY]
        chosen = [signal for signal in declared if signal.scope is not Scope.DEV] or declared
        return (
            bool(declared)
            and all(signal.scope in {Scope.OPTIONAL, Scope.PEER} for signal in chosen)
            and not self.has(RUN - {Basis.SERVICE})
        )


def _either(weights: Iterable[float]) -> float:
    missed = 1.0
    for weight in weights:
        missed *= 1 - weight
    return 1 - missed


def of_tests(signal: Signal) -> bool:
    """Whether it speaks of what tests run against: it lies with them, or the continuous integration starts it."""
    return signal.scope is Scope.TEST or (signal.basis is Basis.SERVICE and signal.scope is not Scope.COMMENTED)
