"""PHP: lines that configure, call or make up a mapper or a migration tool."""

from __future__ import annotations

from dbdesign.detect.patterns.base import PHP, SCRIPTS, Pattern, pattern
from dbdesign.detect.signals import Basis

PATTERNS: tuple[Pattern, ...] = (
    pattern(
        PHP,
        "Illuminate\\Database\\Migrations",
        r"Illuminate\\Database\\Migrations\\Migration",
        "laravel-migrations",
        Basis.ARTEFACT,
        once=True,
    ),
    pattern(SCRIPTS, "artisan", r"\bartisan\s+migrate\b", "laravel-migrations", Basis.COMMAND),
    pattern(
        PHP,
        "Doctrine\\Migrations¦Doctrine\\DBAL\\Migrations",
        r"Doctrine\\(?:DBAL\\)?Migrations\\AbstractMigration",
        "doctrine-migrations",
        Basis.ARTEFACT,
        once=True,
    ),
    pattern(
        r"(?:^|/)[Cc]onfig/.*\.ya?ml$",
        "doctrine_migrations",
        r"^doctrine_migrations:",
        "doctrine-migrations",
        Basis.CONFIGURATION,
    ),
    pattern(SCRIPTS, "doctrine:", r"\bdoctrine:migrations:migrate\b", "doctrine-migrations", Basis.COMMAND),
    pattern(
        PHP,
        "Phinx\\Migration¦use Migrations\\",
        r"Phinx\\Migration\\AbstractMigration|use\s+Migrations\\(?:Abstract|Base)Migration",
        "phinx",
        Basis.ARTEFACT,
        once=True,
    ),
    pattern(r"(?:^|/)phinx\.(?:php|ya?ml|json)$", "", r"\S", "phinx", Basis.ARTEFACT, once=True),
    pattern(PHP, "yii\\db\\Migration", r"yii\\db\\Migration", "yii-migrations", Basis.ARTEFACT, once=True),
    pattern(PHP, "ORM\\", r"#\[ORM\\Entity|@ORM\\Entity", "doctrine", Basis.ARTEFACT, once=True),
    pattern(PHP, "Eloquent\\Model", r"Illuminate\\Database\\Eloquent\\Model", "eloquent", Basis.CODE, once=True),
)
