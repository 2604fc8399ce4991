"""Any language: lines that configure, call or make up a mapper or a migration tool."""

from __future__ import annotations

from dbdesign.detect.patterns.base import Pattern, pattern
from dbdesign.detect.signals import Basis

PATTERNS: tuple[Pattern, ...] = (
    pattern(r"(?:^|/)sqitch\.(?:plan|conf)$", "", r"\S", "sqitch", Basis.ARTEFACT, once=True),
)
