"""Ruby: lines that configure, call or make up a mapper or a migration tool."""

from __future__ import annotations

from dbdesign.detect.patterns.base import RB, SCRIPTS, Pattern, pattern
from dbdesign.detect.signals import Basis

PATTERNS: tuple[Pattern, ...] = (
    pattern(
        r"(?:^|/)(?:db|migrations?|migrate)/.*\.rb$",
        "ActiveRecord::",
        r"ActiveRecord::Migration\b",
        "activerecord-migrations",
        Basis.ARTEFACT,
        once=True,
    ),
    pattern(
        r"(?:^|/)(?:\w+_)?schema\.rb$",
        "ActiveRecord::Schema",
        r"ActiveRecord::Schema\b",
        "activerecord-migrations",
        Basis.ARTEFACT,
        once=True,
    ),
    pattern(
        r"\.rb$",
        "ApplicationRecord¦ActiveRecord::Base",
        r"<\s*(?:ApplicationRecord|ActiveRecord::Base)\b",
        "activerecord",
        Basis.CODE,
        once=True,
    ),
    pattern(RB, "Mongoid::Document", r"include\s+Mongoid::Document", "mongoid", Basis.ARTEFACT, once=True),
    pattern(RB, "Sequel.migration", r"\bSequel\.migration\b", "sequel-migrations", Basis.ARTEFACT, once=True),
    pattern(RB, "ROM::SQL.migration", r"\bROM::SQL\.migration\b", "rom", Basis.ARTEFACT, once=True),
    pattern(
        SCRIPTS,
        "db:",
        r"\b(?:rails|rake|bin/rails)\s+db:(?:migrate|prepare|setup|schema:load)",
        "activerecord-migrations",
        Basis.COMMAND,
    ),
)
