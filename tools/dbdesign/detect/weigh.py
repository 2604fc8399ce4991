"""From signals to technologies: confidence, role, component, version, and what speaks against."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from dbdesign.detect.catalogue import known
from dbdesign.detect.collect import Collected
from dbdesign.detect.places import Scope
from dbdesign.detect.roles import engine_roles, role_of
from dbdesign.detect.signals import WEIGHTS, Basis, Signal
from dbdesign.detect.unused import without_unused
from dbdesign.detect.versions import versions_of
from dbdesign.detect.walk import ancestors
from dbdesign.detect.weighed import CONFIGURED, RUN, SHARE, THRESHOLD, Weighed, of_tests
from dbdesign.model.detection import Evidence, Role, Technology, Tier

_SCOPE_OF: Mapping[Role, Scope] = {"test": Scope.TEST, "target": Scope.TARGET}
_EVIDENCE, _COUNTER = 8, 4


def weigh(collected: Collected) -> tuple[Technology, ...]:
    """Every technology that is sure enough, engines first, the surest first."""
    weighed = {name: Weighed(known()[name], signals) for name, signals in without_unused(collected).items()}
    _stand_ins(weighed)
    roles = engine_roles(weighed)
    found = [
        _technology(one, role, collected)
        for name, one in weighed.items()
        if (role := role_of(name, one, roles, weighed)) is not None
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
        if not weighed[below].has(RUN) and one.has(RUN | {Basis.DEPENDENCY}):
            weighed[name] = Weighed(
                one.technology,
                [*one.signals, *(s for s in weighed[below].signals if s.basis in {Basis.DEPENDENCY, Basis.IMPORT})],
            )
            del weighed[below]


def _sync_or_none(found: list[Technology], weighed: Mapping[str, Weighed], collected: Collected) -> list[Technology]:
    if any(one.kind == "migration" for one in found):
        return []
    sync = weighed.get("sync")
    if sync is not None and sync.confidence >= THRESHOLD and any(one.kind == "orm" for one in found):
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
    told = {scope for scope, share in SHARE.items() if share > 0.1 or scope is _SCOPE_OF.get(role)}
    live: list[Signal] = []
    against: list[Signal] = []
    for signal in one.signals:
        speaks = signal.scope in told or (role == "test" and of_tests(signal))
        (live if speaks else against).append(signal)
    live.sort(
        key=lambda signal: (
            -one.weight(signal) * max(SHARE[signal.scope], 0.3),
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
        counts[home or "."] += 2 if signal.basis in CONFIGURED or signal.basis is Basis.DEPENDENCY else 1
    return [name for name, _ in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))]
