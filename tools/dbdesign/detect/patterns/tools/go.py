"""Go: lines that configure, call or make up a mapper or a migration tool."""

from __future__ import annotations

from dbdesign.detect.patterns.base import GO, SCRIPTS, Pattern, pattern
from dbdesign.detect.signals import Basis

PATTERNS: tuple[Pattern, ...] = (
    pattern(GO, "AutoMigrate", r"\.AutoMigrate\(", "sync", Basis.CODE, once=True),
    pattern(GO, "Schema.Create", r"\.Schema\.Create\(", "sync", Basis.CODE, once=True),
    pattern(
        r"\.(?:sql|go)$",
        "+goose¦goose.",
        r"^--\s*\+goose\s+Up|goose\.AddMigration(?:Context|NoTx)?\(",
        "goose",
        Basis.ARTEFACT,
        once=True,
    ),
    pattern(GO, "goose.", r"\bgoose\.(?:Up|SetDialect|NewProvider|Run)\w*\(", "goose", Basis.CODE, once=True),
    pattern(
        SCRIPTS, "goose", r"\bgoose\s+(?:-\w+\s+\S+\s+)*(?:\S+\s+\S+\s+)?(?:up|create|status)\b", "goose", Basis.COMMAND
    ),
    pattern(GO, "migrate.New", r"\bmigrate\.New(?:With\w+)?\(", "golang-migrate", Basis.CODE, once=True),
    pattern(
        SCRIPTS,
        "migrate ",
        r"(?<![\w:.-])migrate\s+(?:-\w+\s+\S+\s+)*(?:-(?:path|source|database)\b|create\s+-ext)",
        "golang-migrate",
        Basis.COMMAND,
    ),
    pattern(r"\.sql$", "+migrate", r"^--\s*\+migrate\s+Up", "sql-migrate", Basis.ARTEFACT, once=True),
    pattern(r"\.sql$", "migrate:up", r"^--\s*migrate:up\b", "dbmate", Basis.ARTEFACT, once=True),
    pattern(
        SCRIPTS,
        "dbmate",
        r"\bdbmate\s+(?:-\w+\s+\S+\s+|--[\w-]+(?:[= ]\S+)?\s+)*(?:up|migrate|new|wait)\b",
        "dbmate",
        Basis.COMMAND,
    ),
    pattern(r"(?:^|/)atlas\.hcl$", "", r"\S", "atlas", Basis.ARTEFACT, once=True),
    pattern(r"(?:^|/)atlas\.sum$", "", r"\S", "atlas", Basis.ARTEFACT, once=True),
    pattern(SCRIPTS, "atlas ", r"\batlas\s+(?:migrate|schema)\s+(?:apply|diff|lint|hash)", "atlas", Basis.COMMAND),
    pattern(r"(?:^|/)sqlc\.(?:ya?ml|json)$", "", r"\S", "sqlc", Basis.ARTEFACT, once=True),
    pattern(r"(?:^|/)ent/(?:schema/)?[^/]+\.go$", "entgo.io/ent", r"entgo\.io/ent\b", "ent", Basis.ARTEFACT, once=True),
    pattern(GO, "gormigrate.", r"\bgormigrate\.New\(", "gormigrate", Basis.CODE, once=True),
)
