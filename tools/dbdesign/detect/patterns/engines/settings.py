"""Environments, an application's own settings, and system packages: lines that choose an engine."""

from __future__ import annotations

import re

from dbdesign.detect.patterns.base import CONFIG, ENV, Pattern, pattern
from dbdesign.detect.patterns.names import PREFIXES
from dbdesign.detect.signals import Basis

PATTERNS: tuple[Pattern, ...] = (
    pattern(
        CONFIG,
        "DB_¦DATABASE_¦TYPEORM_¦DIALECT¦ADAPTER¦CLIENT¦db_¦database",
        r"(?:^|[\s\"'{,])(?:\w*(?:DB|DATABASE|TYPEORM|SQL|STORE|STORAGE|DATASTORE)_(?:TYPE|CLIENT|DIALECT|ENGINE|CONNECTION|DRIVER|ADAPTER|VENDOR|PROVIDER|KIND|BACKEND|FLAVOU?R|SERVER_TYPE)|DBTYPE|DB__?(?:CLIENT|TYPE)|database__client|[\w]*DATABASE__(?:CLIENT|DB_TYPE|TYPE))[\"']?\s*[:=]\s*(?:\$\{\w+:-)?[\"']?<ENGINE>[\"'}]?\s*(?:$|[#,;}])",
        basis=Basis.CONFIGURATION,
    ),
    pattern(
        CONFIG,
        "driver¦Driver¦dialect¦DIALECT",
        r"^\s*(?:database|db|sql|store|storage)?[._]?(?:driver|dialect|engine)(?:Name)?[\"']?\s*[:=]\s*[\"']?(?P<x>postgres|postgresql|pgx|mysql|sqlite3?|mssql|sqlserver|cockroachdb?|tidb)[\"']?\s*(?:$|[#,;])",
        basis=Basis.CODE,
    ),
    pattern(
        ENV + r"|(?:^|/)phpunit[^/]*\.xml[^/]*$",
        "CACHE_¦QUEUE_¦SESSION_¦BROADCAST_",
        r"(?:CACHE_(?:DRIVER|STORE)|SESSION_DRIVER|BROADCAST_(?:DRIVER|CONNECTION))\s*=\s*redis\b",
        "redis",
        role="cache",
    ),
    pattern(ENV, "QUEUE_", r"QUEUE_(?:CONNECTION|DRIVER)\s*=\s*redis\b", "redis", role="queue"),
    pattern(
        CONFIG,
        "_HOST¦_URL¦_URI¦_USER¦_PASSWORD¦_DB¦_PORT¦_DSN¦_TABLE¦_ENDPOINT¦_DATABASE¦_NODE",
        r"(?:^|[\s\"'{(,$])(?:[A-Z0-9]+_){0,3}(?P<x>POSTGRES(?:QL)?|PG|MYSQL|MARIADB|MSSQL|SQLSERVER|MONGO(?:DB)?|REDIS|VALKEY|DYNAMODB|COCKROACH(?:DB)?|TIDB|CASSANDRA|SCYLLA|ELASTIC(?:SEARCH)?|OPENSEARCH|CLICKHOUSE|ORACLE)_?(?:HOST(?:NAME)?S?|URLS?|URI|USER(?:NAME)?|PASSWORD|DB|DATABASE|PORT|DSN|TABLE(?:_NAME)?|ENDPOINT|NODES?|INITDB_\w+|ROOT_PASSWORD|SERVER|CONNECTION_STRING|ADDR(?:ESS)?)\b",
        basis=Basis.ENVIRONMENT,
        names=PREFIXES,
        flags=re.MULTILINE,
    ),
    pattern(
        r"(?:^|/)(?:Dockerfile[\w.-]*|[\w.-]*\.dockerfile|Aptfile|apt\.txt|[\w.-]*\.sh|\.travis\.ya?ml|shell\.nix|flake\.nix|Brewfile|devbox\.json)$",
        "libpq¦postgresql¦mysqlclient¦mariadb¦sqlite¦freetds¦msodbcsql¦redis¦pdo_¦mongodb",
        r"\b(?:(?P<a>libpq-dev|libpq5|postgresql-client(?:-\d+)?|postgresql-dev|postgresql-libs|pdo_pgsql)|(?P<b>default-libmysqlclient-dev|libmysqlclient-dev|mariadb-(?:client|dev|connector-c(?:-dev)?)|mysql-client|default-mysql-client|pdo_mysql|mysqli)|(?P<c>freetds-dev|msodbcsql\d*|pdo_sqlsrv)|(?P<d>libsqlite3-dev|sqlite-dev|sqlite-libs)|(?P<e>redis-tools|redis-server))\b",
        basis=Basis.SYSTEM,
        names={"a": "postgresql", "b": "mysql", "c": "sqlserver", "d": "sqlite", "e": "redis"},
    ),
)
