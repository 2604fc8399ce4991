""".NET: lines that configure, call or make up a mapper or a migration tool."""

from __future__ import annotations

from dbdesign.detect.patterns.base import CS, SCRIPTS, Pattern, pattern
from dbdesign.detect.signals import Basis

PATTERNS: tuple[Pattern, ...] = (
    pattern(
        r"\.cs$",
        "ModelSnapshot¦MigrationBuilder",
        r":\s*ModelSnapshot\b|\bMigrationBuilder\s+\w+\)",
        "ef-migrations",
        Basis.ARTEFACT,
        once=True,
    ),
    pattern(
        r"\.cs$",
        "DbMigration",
        r":\s*DbMigration\b|DbMigrationsConfiguration<",
        "ef-migrations",
        Basis.ARTEFACT,
        once=True,
    ),
    pattern(
        SCRIPTS,
        "dotnet ef¦Update-Database",
        r"\bdotnet\s+ef\s+(?:database|migrations)\b|\bUpdate-Database\b",
        "ef-migrations",
        Basis.COMMAND,
    ),
    pattern(CS, "Migrate", r"\.Database\.Migrate(?:Async)?\(", "ef-migrations", Basis.CODE, once=True),
    pattern(CS, "EnsureCreated", r"\.Database\.EnsureCreated(?:Async)?\(", "sync", Basis.CODE, once=True),
    pattern(CS, "DbContext", r":\s*(?:\w+)?DbContext\b", "ef-core", Basis.CODE, once=True),
    pattern(CS, "DeployChanges", r"\bDeployChanges\.To\b", "dbup", Basis.ARTEFACT, once=True),
    pattern(CS, "FluentMigrator", r"^\s*using\s+FluentMigrator\b", "fluentmigrator", Basis.ARTEFACT, once=True),
    pattern(r"\.sqlproj$", "<Project", r"<Project", "ssdt", Basis.ARTEFACT, once=True),
)
