"""The mappers, drivers and clients of Node: lines that configure or call an engine."""

from __future__ import annotations

from dbdesign.detect.patterns.base import JS, Pattern, pattern
from dbdesign.detect.patterns.names import DIALECTS
from dbdesign.detect.signals import Basis

PATTERNS: tuple[Pattern, ...] = (
    pattern(r"\.prisma$", "provider", r"^\s*provider\s*=\s*(?:env\(\s*)?\[?\s*\"<ENGINE>\""),
    pattern(r"(?:^|/)migration_lock\.toml$", "provider", r"^\s*provider\s*=\s*\"<ENGINE>\""),
    pattern(
        r"(?:^|/)drizzle[\w.-]*\.(?:config\.)?[cm]?[jt]s(?:on)?$|drizzle\.config",
        "dialect¦driver",
        r"\b(?:dialect|driver)[\"']?\s*:\s*[\"']<ENGINE>[\"']",
    ),
    pattern(r"(?:^|/)meta/_journal\.json$", "dialect", r"\"dialect\"\s*:\s*\"<ENGINE>\""),
    pattern(
        JS,
        "drizzle-orm/",
        r"[\"']drizzle-orm/(?P<x>pg|mysql|sqlite|postgres|node-postgres|neon|vercel-postgres|mysql2|planetscale|better-sqlite3|libsql|d1|bun-sqlite|singlestore|aws-data-api/pg|pglite|xata-http|expo-sqlite|tidb)[\w-]*[\"']",
        basis=Basis.CODE,
        once=True,
        names={
            **DIALECTS,
            "node-postgres": "postgresql",
            "aws-data-api/pg": "postgresql",
            "pglite": "postgresql",
            "xata-http": "postgresql",
            "bun-sqlite": "sqlite",
            "singlestore": "mysql",
            "neon": "postgresql",
        },
    ),
    pattern(
        r"\.[cm]?[jt]s$|(?:^|/)ormconfig[\w.-]*\.(?:json|ya?ml|env)$",
        "DataSource¦TypeOrm¦createConnection¦ConnectionOptions¦ormconfig¦typeorm",
        r"\btype[\"']?\s*[:=]\s*(?:[^\n\"'`]{0,60}(?:\|\||\?\?|\?)\s*)?[\"']<ENGINE>[\"'](?!\s*\|)",
    ),
    pattern(
        r"(?:\.[cm]?[jt]s|config\.json|sequelize\w*\.json|database\.json|\.sequelizerc)$",
        "dialect",
        r"\bdialect[\"']?\s*[:=]\s*(?:[^\n\"'`,]{0,60}(?:\|\||\?\?)\s*)?[\"']<ENGINE>[\"']",
    ),
    pattern(
        JS,
        "client",
        r"\bclient[\"']?\s*:\s*(?:[^\n\"'`,]{0,60}(?:\|\||\?\?|,)\s*)?[\"'](?P<x>pg|postgres|postgresql|pg-native|pgnative|mysql2?|sqlite3?|better-sqlite3|mssql|oracledb|cockroachdb)[\"']",
    ),
    pattern(
        r"(?:^|/)(?:config|env|environments?|settings)[\w./-]*\.json$",
        "client",
        r"\"client\"\s*:\s*\"(?P<x>pg|postgres|postgresql|mysql2?|sqlite3?|better-sqlite3|mssql|oracledb|cockroachdb)\"",
    ),
    pattern(
        JS,
        "@mikro-orm/",
        r"from\s+[\"']@mikro-orm/(?P<x>postgresql|mysql|mariadb|mongodb|sqlite|better-sqlite|libsql|mssql)[\"']",
        once=True,
    ),
    pattern(r"(?:^|/)sqlc\.(?:ya?ml|json)$", "engine", r"\bengine[\"']?\s*:\s*[\"']?<ENGINE>\b"),
    pattern(
        JS,
        "provider¦Adapter¦adapter",
        r"\b(?P<x>postgres|mongoose|sqlite|vercelPostgres)Adapter\(|\b(?:provider|database)[\"']?\s*:\s*[\"'](?P<y>pg|postgresql|mysql|sqlite|mongodb)[\"']",
        basis=Basis.CONFIGURATION,
    ),
    pattern(
        JS,
        "mongoose.connect¦MongooseModule¦createConnection¦MongoClient",
        r"\bmongoose\s*\.\s*(?:connect|createConnection)\(|MongooseModule\.forRoot|new\s+MongoClient\(",
        "mongodb",
        Basis.CODE,
        once=True,
    ),
    pattern(
        JS,
        "Redis",
        r"new\s+(?:IO)?Redis(?:\.Cluster)?\(|\bcreateClient\(\s*\{[^}]{0,80}redis|RedisStore\(|RedisPubSub\(",
        "redis",
        Basis.CODE,
        once=True,
    ),
    pattern(
        JS,
        "DynamoDB",
        r"new\s+(?:AWS\.)?DynamoDB(?:\.DocumentClient|Client)?\(|DynamoDBDocument(?:Client)?\.from",
        "dynamodb",
        Basis.CONFIGURATION,
        once=True,
    ),
    pattern(r"(?:^|/)\.meteor/packages$", "mongo", r"^mongo(?:@|\s*$)", "mongodb"),
    pattern(JS, "sqlite", r"[\"'](?:node|bun):sqlite[\"']", "sqlite", Basis.CODE, once=True),
    pattern(r"(?:^|/)wrangler\.(?:toml|jsonc?)$", "d1_databases", r"d1_databases", "sqlite"),
    pattern(r"(?:^|/)wrangler\.(?:toml|jsonc?)$", "hyperdrive", r"hyperdrive", "postgresql", Basis.CODE),
    pattern(JS, "supabase", r"\bsupabase\w*(?:\(\))?\s*\.(?:from|rpc)\(\s*[\"'`]", "postgresql", Basis.CODE, once=True),
    pattern(
        r"\.(?:py|[cm]?[jt]sx?|go|rs|java|kt|cs|rb|php|exs?)$",
        "PRAGMA ",
        r"\bPRAGMA\s+(?:journal_mode|foreign_keys|synchronous|busy_timeout|user_version)\b",
        "sqlite",
        Basis.CONFIGURATION,
        once=True,
    ),
)
