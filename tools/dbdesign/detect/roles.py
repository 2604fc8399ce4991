"""What an engine or a tool is for: the program's main store, an alternative to it, a cache, a database of its users, of its tests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from dbdesign.detect.signals import Basis
from dbdesign.detect.weighed import CONFIGURED, RUN, SHARE, THRESHOLD, Weighed, of_tests
from dbdesign.model.detection import Role

_TEST_THRESHOLD, _TARGET_THRESHOLD = 0.5, 0.6

_MANY = 5
"""Engines whose drivers a program carries without configuring any: it connects to other people's databases. One fewer where they are of
several families: alternatives to a store are of its family."""

_STORES = frozenset({"relational", "document", "wide-column"})
_TESTED = frozenset({Basis.DEPENDENCY, Basis.CONFIGURATION, Basis.IMAGE, Basis.CODE, Basis.IMPORT, Basis.SERVICE})
"""What makes an engine one of tests."""


def engine_roles(weighed: Mapping[str, Weighed]) -> dict[str, Role]:
    """The roles of the engines that are sure enough."""
    engines = {
        name: one
        for name, one in weighed.items()
        if one.technology.kind == "engine" and one.confidence >= THRESHOLD and not one.only_integrated
    }
    roles: dict[str, Role] = {}
    mapped = any(one.technology.kind == "orm" and one.confidence >= THRESHOLD for one in weighed.values())
    stores = {name: one for name, one in engines.items() if one.technology.family in _STORES or name == "dynamodb"}
    targets = _targets(engines, mapped=mapped) | _never_opened(engines, weighed)
    ranked = sorted((name for name in stores if name not in targets), key=lambda name: -_precedence(name, stores[name]))
    application = any(one.technology.kind == "migration" and one.has(CONFIGURED) for one in weighed.values())
    for position, name in enumerate(ranked):
        if stores[name].only_optional and not (application and all(stores[other].only_optional for other in ranked)):
            roles[name] = "optional"
        else:
            roles[name] = "primary" if position == 0 else "alternative"
    roles.update(dict.fromkeys(targets, "target"))
    for name, one in engines.items():
        if name not in roles:
            roles[name] = _side_role(one, alone=not ranked and not mapped)
    return roles


def _precedence(name: str, one: Weighed) -> float:
    """How likely a store is the main one; SQLite is what projects fall back on, DynamoDB holds locks and sessions."""
    strength = one.strength + (0.8 if one.has(CONFIGURED) else 0.0) - (1.0 if one.only_optional else 0.0)
    return strength * {"sqlite": 0.6, "dynamodb": 0.75}.get(name, 1.0)


def _targets(engines: Mapping[str, Weighed], *, mapped: bool) -> set[str]:
    """Databases that the program connects to for its users: many drivers, none of them set up as its own.

    A package that says what the engine is for (a queue's), or a call that opens a cache, is the program's own use of it. Where the
    program has a mapper, drivers of one family are those that the mapper may use.
    """
    bare = {
        name
        for name, one in engines.items()
        if not one.has(RUN | {Basis.CHOICE})
        and not any(signal.role for signal in one.signals)
        and not (one.technology.role and one.has(frozenset({Basis.CODE})))
    }
    own = len(bare) >= 2 * _MANY or any(
        name not in bare and one.technology.family in _STORES for name, one in engines.items()
    )
    families = {engines[name].technology.family for name in bare}
    various = len(families) > 1
    many = (len(bare) >= _MANY and (various or not mapped)) or (len(bare) == _MANY - 1 and various)
    return bare if own and many else set()


def _never_opened(engines: Mapping[str, Weighed], weighed: Mapping[str, Weighed]) -> set[str]:
    """Engines that are declared and no more, where the program opens several others for its users."""
    opened = [
        name for name, one in weighed.items() if one.target_confidence >= _TARGET_THRESHOLD and name not in engines
    ]
    if len(opened) < _MANY - 2:
        return set()
    return {
        name
        for name, one in engines.items()
        if one.technology.family in {*_STORES, "analytics"}
        and all(signal.basis is Basis.DEPENDENCY for signal in one.signals if SHARE[signal.scope] >= 0.3)
    }


def _side_role(one: Weighed, *, alone: bool) -> Role:
    """A cache, a queue, a search engine: as the packages that use it say."""
    if one.only_optional:
        return "optional"
    said = Counter(signal.role for signal in one.signals if signal.role and SHARE[signal.scope] >= 0.6)
    usual = one.technology.role or "alternative"
    if said and said.most_common(1)[0][0] == "queue" and not said.get("cache"):
        return "queue"
    return "primary" if alone and usual != "search" and not said else usual


def role_of(name: str, one: Weighed, roles: Mapping[str, Role], weighed: Mapping[str, Weighed]) -> Role | None:
    """The role of a technology; None where it is not sure enough."""
    if one.technology.kind == "engine":
        if name in roles:
            return roles[name]
        if one.target_confidence >= _TARGET_THRESHOLD:
            return "target"
        tested = one.test_confidence >= _TEST_THRESHOLD and _is_test_engine(one)
        return "test" if tested or (one.only_integrated and one.confidence >= THRESHOLD) else None
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
    return any(of_tests(signal) and signal.basis in _TESTED for signal in one.signals)
