"""Django, and the drivers of Python: lines that configure, call or choose an engine."""

from __future__ import annotations

from dbdesign.detect.patterns.base import PY, Pattern, pattern
from dbdesign.detect.signals import Basis

PATTERNS: tuple[Pattern, ...] = (
    pattern(
        PY,
        "ENGINE",
        r"[\"']ENGINE[\"']\]?\s*[:=]\s*[^\n]{0,80}?[\"'][\w.]*?\b(?:[\w]*backends?\.)?<ENGINE>(?:_backend|_tenants)?(?:\.[\w.]+)?[\"']",
    ),
    pattern(
        PY,
        "django.db.backends",
        r"backend\w*\s*=\s*[^\n]{0,80}?\b(?:fallback|default)\s*=\s*[\"']<ENGINE>[\"']",
        basis=Basis.CHOICE,
    ),
    pattern(PY, "backends.", r"[\"'][\w.]*\bbackends\.<ENGINE>\b[\w.]*[\"']", basis=Basis.CHOICE),
    pattern(
        PY,
        "django_cockroachdb¦django_tidb¦psqlextra.backend¦django_tenants.postgresql_backend¦django_mongodb_backend",
        r"[\"']django_(?P<x>cockroachdb|tidb)[\"']|[\"'](?P<y>psqlextra\.backend|django_tenants\.postgresql_backend)|[\"'](?P<z>django_mongodb_backend)[\"']",
        names={
            "cockroachdb": "cockroachdb",
            "tidb": "tidb",
            "psqlextra.backend": "postgresql",
            "django_tenants.postgresql_backend": "postgresql",
            "django_mongodb_backend": "mongodb",
        },
    ),
    pattern(
        PY,
        "django_redis¦RedisCache¦channels_redis¦django_valkey¦cacheops",
        r"[\"'](?:django_redis\.cache|django\.core\.cache\.backends\.redis|redis_cache|channels_redis\.core|django_valkey\.cache|cacheops)\b",
        "redis",
        role="cache",
    ),
    pattern(
        PY,
        "haystack¦elasticsearch_dsl",
        r"haystack\.backends\.(?:elasticsearch|opensearch)\w*|ELASTICSEARCH_DSL\b",
        "elasticsearch",
    ),
    pattern(
        PY,
        "dynamodb",
        r"\.(?:resource|client)\(\s*(?:service_name\s*=\s*)?[\"']dynamodb[\"']",
        "dynamodb",
        Basis.CONFIGURATION,
    ),
    pattern(
        PY, "sqlite3.connect¦aiosqlite.connect", r"\b(?:sqlite3|aiosqlite)\.connect\(", "sqlite", Basis.CODE, once=True
    ),
    pattern(
        PY,
        "psycopg¦asyncpg¦pymysql¦pymongo¦MongoClient¦redis",
        r"\b(?P<x>psycopg2?|asyncpg|pymysql|aiomysql|MySQLdb|pymssql)\.(?:connect|create_pool|pool)\b",
        basis=Basis.CODE,
        names={
            "psycopg": "postgresql",
            "psycopg2": "postgresql",
            "asyncpg": "postgresql",
            "pymysql": "mysql",
            "aiomysql": "mysql",
            "mysqldb": "mysql",
            "pymssql": "sqlserver",
        },
        once=True,
    ),
    pattern(PY, "MongoClient", r"\b(?:AsyncIO)?(?:Async)?M(?:ongo|otor)Client\(", "mongodb", Basis.CODE, once=True),
)
