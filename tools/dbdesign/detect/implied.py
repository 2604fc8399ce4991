"""What follows from two packages together: Rails with a relational driver is Active Record, whatever else Rails may do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from dbdesign.detect.catalogue import known
from dbdesign.detect.manifests import manifest_of
from dbdesign.detect.places import Scope
from dbdesign.detect.signals import Basis, Signal

_LIVE = frozenset({Scope.RUNTIME, Scope.DEV, Scope.OPTIONAL})


def implied(signals: Iterable[Signal]) -> Iterator[Signal]:
    """Signals that others make certain."""
    held = list(signals)
    if any(one.technology == "mongoid" and one.scope in _LIVE for one in held):
        return
    if any(_relational_of_ruby(one) for one in held):
        yield from (
            replace(one, weak=False)
            for one in held
            if one.technology == "activerecord" and one.weak and one.basis is Basis.DEPENDENCY and one.scope in _LIVE
        )


def _relational_of_ruby(signal: Signal) -> bool:
    """Whether it is a relational driver that a Gemfile declares, or that Rails is set up with."""
    technology = known().get(signal.technology)
    if (
        technology is None
        or technology.kind != "engine"
        or technology.family != "relational"
        or signal.scope not in {*_LIVE, Scope.TEST}
    ):
        return False
    if signal.basis is Basis.CONFIGURATION:
        return "config/database" in signal.path
    manifest = manifest_of(signal.path)
    return signal.basis is Basis.DEPENDENCY and manifest is not None and manifest.ecosystem == "gem"
