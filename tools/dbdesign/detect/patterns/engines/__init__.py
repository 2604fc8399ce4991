"""Lines that configure, call or choose an engine, by ecosystem."""

from __future__ import annotations

from dbdesign.detect.patterns.base import Pattern
from dbdesign.detect.patterns.engines import dotnet, infrastructure, javascript, jvm, native, python, ruby, settings

ENGINE_PATTERNS: tuple[Pattern, ...] = (
    *python.PATTERNS,
    *ruby.PATTERNS,
    *javascript.PATTERNS,
    *dotnet.PATTERNS,
    *jvm.PATTERNS,
    *native.PATTERNS,
    *settings.PATTERNS,
    *infrastructure.PATTERNS,
)
