"""Lines that configure, call or make up a mapper or a migration tool, by ecosystem."""

from __future__ import annotations

from dbdesign.detect.patterns.base import Pattern
from dbdesign.detect.patterns.tools import dotnet, go, javascript, jvm, php, python, ruby, rust_elixir, sql

TOOL_PATTERNS: tuple[Pattern, ...] = (
    *javascript.PATTERNS,
    *python.PATTERNS,
    *ruby.PATTERNS,
    *jvm.PATTERNS,
    *dotnet.PATTERNS,
    *go.PATTERNS,
    *rust_elixir.PATTERNS,
    *php.PATTERNS,
    *sql.PATTERNS,
)
