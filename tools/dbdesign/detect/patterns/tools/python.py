"""Python: lines that configure, call or make up a mapper or a migration tool."""

from __future__ import annotations

from dbdesign.detect.patterns.base import PY, SCRIPTS, Pattern, pattern
from dbdesign.detect.signals import Basis

PATTERNS: tuple[Pattern, ...] = (
    pattern(r"(?:^|/)alembic\.ini$", "[alembic]", r"^\[alembic\]", "alembic", Basis.ARTEFACT, once=True),
    pattern(
        PY,
        "alembic",
        r"^from\s+alembic\s+import\s+(?:op|context)|^import\s+alembic",
        "alembic",
        Basis.ARTEFACT,
        once=True,
    ),
    pattern(r"(?:^|/)pyproject\.toml$", "[tool.al", r"^\[tool\.(?:alembic)\b", "alembic", Basis.CONFIGURATION),
    pattern(
        SCRIPTS,
        "alembic¦flask db",
        r"\balembic\s+(?:-c\s+\S+\s+)?(?:upgrade|revision|stamp)\b|\bflask\s+db\s+(?:upgrade|migrate)\b",
        "alembic",
        Basis.COMMAND,
    ),
    pattern(
        PY,
        "migrations.Migration",
        r"class\s+Migration\(migrations\.Migration\)",
        "django-migrations",
        Basis.ARTEFACT,
        once=True,
    ),
    pattern(
        PY,
        "SchemaMigration",
        r"class\s+Migration\((?:Schema|Data)Migration\)",
        "django-migrations",
        Basis.ARTEFACT,
        once=True,
    ),
    pattern(
        SCRIPTS,
        "manage.py¦django-admin",
        r"(?:manage\.py|django-admin)\s+migrate\b",
        "django-migrations",
        Basis.COMMAND,
    ),
    pattern(PY, "models.Model", r"class\s+\w+\([^)]*\bmodels\.Model\b", "django-orm", Basis.CODE, once=True),
    pattern(PY, "create_all", r"\bmetadata\.create_all\b|\bdb\.create_all\(", "sync", Basis.CODE, once=True),
    pattern(
        PY,
        "generate_schemas¦generate_mapping¦create_tables",
        r"generate_schemas\s*(?:=\s*True|\()|generate_mapping\(create_tables=True|\.create_tables\(\[",
        "sync",
        Basis.CODE,
        once=True,
    ),
    pattern(
        PY,
        "declarative_base¦DeclarativeBase¦mapped_column¦SQLModel¦Column(",
        r"declarative_base\(|\(DeclarativeBase\)|\bmapped_column\(|\(SQLModel,\s*table\s*=\s*True|\bdb\.Model\)",
        "sqlalchemy",
        Basis.CODE,
        once=True,
    ),
    pattern(
        PY,
        "__tablename__¦table=True¦table = True¦db.Model¦Table(",
        r"^\s+__tablename__\s*[:=]|\(\w*(?:SQLModel|Base)\w*,\s*table\s*=\s*True|\bdb\.Model\)|^\w+\s*=\s*(?:sa\.|sqlalchemy\.|db\.)?Table\(\s*[\"']",
        "sqlalchemy",
        Basis.CODE,
        once=True,
    ),
    pattern(
        r"(?:^|/)pyproject\.toml$|(?:^|/)aerich\.ini$",
        "aerich",
        r"^\[(?:tool\.)?aerich\]",
        "aerich",
        Basis.CONFIGURATION,
    ),
    pattern(
        r"(?:^|/)yoyo\.ini$|\.py$",
        "yoyo",
        r"^from\s+yoyo\s+import\s+step|^migration_table",
        "yoyo",
        Basis.ARTEFACT,
        once=True,
    ),
)
