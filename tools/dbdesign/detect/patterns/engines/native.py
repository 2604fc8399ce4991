"""Go, Rust, Elixir and PHP: lines that configure or call an engine."""

from __future__ import annotations

import re

from dbdesign.detect.patterns.base import EX, GO, PHP, RS, Pattern, pattern
from dbdesign.detect.patterns.names import DIALECTS
from dbdesign.detect.signals import Basis

PATTERNS: tuple[Pattern, ...] = (
    pattern(
        GO,
        "Open¦Connect¦NewDB",
        r"\b(?:sqlx?|gorm|xorm|otelsql|sqltrace|sqlx|dbx)\.(?:Open|Connect|MustConnect|MustOpen|NewEngine|ConnectContext|Register)(?:DB)?\(\s*(?:ctx,\s*)?[\"`](?P<x>postgres|pgx|postgresql|mysql|sqlite3?|sqlserver|mssql|oracle|godror|clickhouse)[\"`]",
        names=DIALECTS,
        basis=Basis.CODE,
    ),
    pattern(GO, ".Open(", r"\b(?P<x>postgres|mysql|sqlite|sqlserver|clickhouse)\.(?:Open|New)\(", basis=Basis.CODE),
    pattern(
        GO,
        "pgx¦pgxpool",
        r"\bpgx(?:pool)?\.(?:Connect|New|NewWithConfig|ParseConfig)(?:Config)?\(",
        "postgresql",
        Basis.CODE,
        once=True,
    ),
    pattern(
        GO,
        "redis.¦asynq.",
        r"\bredis\.(?:NewClient|NewUniversalClient|NewClusterClient|NewFailoverClient|ParseURL)\(|asynq\.NewClient\(|redis\.Pool\{",
        "redis",
        Basis.CODE,
        once=True,
    ),
    pattern(GO, "mongo.Connect", r"\bmongo\.(?:Connect|NewClient)\(", "mongodb", Basis.CODE, once=True),
    pattern(GO, "dynamodb.New", r"\bdynamodb\.New(?:FromConfig)?\(", "dynamodb", Basis.CONFIGURATION, once=True),
    pattern(
        RS,
        "Pool¦Connection",
        r"\b(?P<x>Pg|MySql|MySQL|Sqlite)(?:Pool|Connection|PoolOptions|ConnectOptions)\b",
        basis=Basis.CODE,
        names={"pg": "postgresql", "mysql": "mysql", "sqlite": "sqlite"},
        once=True,
        flags=re.MULTILINE,
    ),
    pattern(
        r"(?:^|/)(?:\.sqlx/query-[^/]+|sqlx-data)\.json$",
        'db_name¦"db"',
        r"\"(?:db_name|db)\"\s*:\s*\"<ENGINE>\"",
        once=True,
    ),
    pattern(RS, "Database::connect", r"Database::connect\(", "sea-orm", Basis.CODE, once=True),
    pattern(
        EX,
        "Ecto.Adapters¦Adapters",
        r"Ecto\.Adapters\.(?P<x>Postgres|MyXQL|MySQL|Tds|SQLite3|LibSql|ClickHouse)\b",
        names={
            "postgres": "postgresql",
            "myxql": "mysql",
            "mysql": "mysql",
            "tds": "sqlserver",
            "sqlite3": "sqlite",
            "libsql": "sqlite",
            "clickhouse": "clickhouse",
        },
    ),
    pattern(EX, "Redix", r"\bRedix\.|\bRedix,", "redis", Basis.CODE, once=True),
    pattern(
        r"(?:^|/)config/database\.php$",
        "default",
        r"['\"]default['\"]\s*=>\s*env\(\s*['\"]\w+['\"]\s*,\s*['\"]<ENGINE>['\"]",
        basis=Basis.CHOICE,
    ),
    pattern(
        PHP,
        "new PDO¦new \\PDO¦mysqli¦pg_connect¦new SQLite3",
        r"new\s+\\?PDO\(\s*[\"'](?P<x>mysql|pgsql|sqlite|sqlsrv|oci)\b|(?P<y>mysqli?)_(?:connect|real_connect)\(|new\s+\\?(?P<z>mysqli|SQLite3)\(|(?P<w>pg)_p?connect\(",
        basis=Basis.CODE,
        names={**DIALECTS, "mysql": "mysql", "oci": "oracle"},
        once=True,
    ),
    pattern(
        r"^(?!.*config/database\.php$).*\.(?:ya?ml|php|neon|env|xml|ini)(?:[.-]?dist|[.-]?example|[.-]?sample)?$",
        "driver¦dbdriver¦DBDriver",
        r"\b(?:\w{1,20}_)?(?:db)?driver[\"']?\s*(?:=>|[:=])\s*[\"']?(?:%\w+%)?(?P<x>pdo_mysql|pdo_pgsql|pdo_sqlite|pdo_sqlsrv|mysqli|postgre|sqlsrv|oci8|pgsql|SQLite3|MySQLi|Postgre)\b",
        names={**DIALECTS, "postgre": "postgresql"},
    ),
    pattern(
        r"(?:^|/)(?:doctrine|dbal)\.ya?ml$",
        "dbal",
        r"^\s*driver:\s*['\"]?(?P<x>pdo_\w+|mysqli|oci8|sqlite3|pgsql)",
        names=DIALECTS,
    ),
)
