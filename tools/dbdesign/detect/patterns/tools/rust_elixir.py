"""Rust and Elixir: lines that configure, call or make up a mapper or a migration tool."""

from __future__ import annotations

from dbdesign.detect.patterns.base import EX, RS, SCRIPTS, Pattern, pattern
from dbdesign.detect.signals import Basis

PATTERNS: tuple[Pattern, ...] = (
    # Rust
    pattern(r"(?:^|/)diesel\.toml$", "", r"\S", "diesel-migrations", Basis.ARTEFACT, once=True),
    pattern(RS, "embed_migrations!", r"\bembed_migrations!", "diesel-migrations", Basis.ARTEFACT, once=True),
    pattern(SCRIPTS, "diesel", r"\bdiesel\s+(?:migration|setup|database)\b", "diesel-migrations", Basis.COMMAND),
    pattern(
        RS,
        "diesel",
        r"\bdiesel::table!|#\[derive\([^)]*(?:Queryable|Insertable|Selectable)",
        "diesel",
        Basis.ARTEFACT,
        once=True,
    ),
    pattern(
        RS,
        "MigrationTrait¦MigratorTrait",
        r"impl\s+Migrat(?:ion|or)Trait\s+for",
        "sea-orm-migration",
        Basis.ARTEFACT,
        once=True,
    ),
    pattern(RS, "sqlx::migrate", r"\bsqlx::migrate!|\bmigrate!\(", "sqlx-migrations", Basis.ARTEFACT, once=True),
    pattern(SCRIPTS, "sqlx ", r"\bsqlx\s+(?:migrate|database|mig)\b", "sqlx-migrations", Basis.COMMAND),
    pattern(
        RS,
        "refinery",
        r"refinery::embed_migrations!|embed_migrations!\(\"[^\"]*\"\)",
        "refinery",
        Basis.ARTEFACT,
        once=True,
    ),
    # Elixir
    pattern(EX, "Ecto.Migration", r"\buse\s+Ecto\.Migration\b", "ecto-migrations", Basis.ARTEFACT, once=True),
    pattern(EX, "Ecto.Schema", r"\buse\s+Ecto\.Schema\b", "ecto", Basis.CODE, once=True),
    pattern(SCRIPTS, "ecto.", r"\becto\.(?:migrate|setup|reset)\b", "ecto-migrations", Basis.COMMAND),
    pattern(r"(?:^|/)mix\.exs$", "ecto.migrate", r"\becto\.migrate\b", "ecto-migrations", Basis.COMMAND),
)
