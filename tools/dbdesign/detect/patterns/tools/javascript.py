"""Node: lines that configure, call or make up a mapper or a migration tool."""

from __future__ import annotations

from dbdesign.detect.patterns.base import JS, SCRIPTS, Pattern, pattern
from dbdesign.detect.signals import Basis

PATTERNS: tuple[Pattern, ...] = (
    # Prisma
    pattern(
        r"\.prisma$",
        "model ¦datasource",
        r"^\s*(?:datasource|generator|model)\s+\w+\s*\{",
        "prisma",
        Basis.ARTEFACT,
        once=True,
    ),
    pattern(r"(?:^|/)migration_lock\.toml$", "provider", r"^\s*provider", "prisma-migrate", Basis.ARTEFACT),
    pattern(SCRIPTS, "prisma", r"\bprisma\s+migrate\s+(?:deploy|dev|reset|resolve)\b", "prisma-migrate", Basis.COMMAND),
    pattern(SCRIPTS, "prisma", r"\bprisma\s+db\s+push\b", "sync", Basis.COMMAND),
    # TypeORM, MikroORM, Sequelize, Knex, Kysely, Drizzle …
    pattern(JS, "typeorm", r"new\s+DataSource\(|TypeOrmModule\.forRoot|@Entity\(", "typeorm", Basis.CODE, once=True),
    pattern(
        JS,
        "MigrationInterface",
        r"implements\s+MigrationInterface|MigrationInterface\b",
        "typeorm-migrations",
        Basis.ARTEFACT,
        once=True,
    ),
    pattern(
        SCRIPTS,
        "typeorm¦migration:",
        r"\btypeorm\b[^\n\"']*migration:(?:run|generate|create)|migration:run",
        "typeorm-migrations",
        Basis.COMMAND,
    ),
    pattern(JS, "synchronize", r"\bsynchronize\s*:\s*true", "sync", Basis.CONFIGURATION),
    pattern(
        JS,
        "@mikro-orm/migrations",
        r"[\"']@mikro-orm/migrations(?:-mongodb)?[\"']",
        "mikro-orm-migrations",
        Basis.ARTEFACT,
        once=True,
    ),
    pattern(
        r"(?:^|/)[\w.-]*migrations?/(?:.*/)?\d{13}-[^/]+\.[cm]?[jt]s$",
        "igration¦queryRunner",
        r"\bclass\s+\w+?\d{13}\b",
        "typeorm-migrations",
        Basis.ARTEFACT,
        once=True,
    ),
    pattern(JS, "queryInterface", r"\bqueryInterface\b", "sequelize-migrations", Basis.ARTEFACT, once=True),
    pattern(
        r"(?:^|/)[\w.-]*migrations?/.*\.[cm]?[jt]s$",
        "QueryInterface",
        r"\bQueryInterface\b",
        "sequelize-migrations",
        Basis.ARTEFACT,
        once=True,
    ),
    pattern(r"(?:^|/)\.sequelizerc$", "", r"\S", "sequelize-migrations", Basis.ARTEFACT, once=True),
    pattern(SCRIPTS, "sequelize", r"\bsequelize(?:-cli)?\s+db:migrate", "sequelize-migrations", Basis.COMMAND),
    pattern(JS, "sequelize.sync¦.sync(", r"\bsequelize\w*\.sync\(", "sync", Basis.CODE),
    pattern(
        JS,
        "knex¦Knex",
        r"(?:exports\.up\s*=|export\s+(?:async\s+)?(?:function|const)\s+up)[^\n]{0,40}\bknex\b|\bup\s*\(\s*knex\s*:\s*Knex|(?:exports\.up\s*=|up\s*\()[^\n]{0,20}\(?\s*knex\s*[,:)]",
        "knex-migrations",
        Basis.ARTEFACT,
        once=True,
    ),
    pattern(
        r"(?:^|/)knexfile\.\w+$", "migrations", r"\bmigrations\b", "knex-migrations", Basis.CONFIGURATION, once=True
    ),
    pattern(SCRIPTS, "knex", r"\bknex\b[^\n\"']*migrate:(?:latest|up|make|rollback)", "knex-migrations", Basis.COMMAND),
    pattern(JS, "Kysely", r"\bup\s*\(\s*\w+\s*:\s*Kysely<", "kysely-migrations", Basis.ARTEFACT, once=True),
    pattern(
        JS,
        "pgm",
        r"(?:exports\.up|export\s+(?:async\s+)?(?:const|function)\s+up)[^\n]{0,40}\bpgm\b",
        "node-pg-migrate",
        Basis.ARTEFACT,
        once=True,
    ),
    pattern(JS, "dbmigrate", r"options\.dbmigrate\b|require\([\"']db-migrate", "db-migrate", Basis.ARTEFACT, once=True),
    pattern(r"(?:^|/)migrate-mongo-config\.\w+$", "", r"\S", "migrate-mongo", Basis.ARTEFACT, once=True),
    pattern(r"(?:^|/)meta/_journal\.json$", "dialect", r"\"dialect\"", "drizzle-kit", Basis.ARTEFACT),
    pattern(
        r"(?:^|/)drizzle[\w.-]*\.config\.[\w.]+$|(?:^|/)drizzle\.config",
        "schema¦dialect¦out",
        r"\b(?:schema|dialect|out)\b",
        "drizzle-kit",
        Basis.CONFIGURATION,
        once=True,
    ),
    pattern(SCRIPTS, "drizzle-kit", r"\bdrizzle-kit\s+(?:generate|migrate|up)\b", "drizzle-kit", Basis.COMMAND),
    pattern(
        JS, "drizzle-orm", r"\b(?:pgTable|mysqlTable|sqliteTable)(?:Creator)?\(", "drizzle", Basis.ARTEFACT, once=True
    ),
    pattern(JS, "objection", r"extends\s+Model\b[\s\S]{0,400}\btableName\b", "objection", Basis.CODE, once=True),
    pattern(JS, "Schema(", r"new\s+(?:mongoose\.)?Schema(?:<[^>]*>)?\(", "mongoose", Basis.CODE, once=True),
)
