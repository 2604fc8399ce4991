"""EF Core, ADO.NET and Aspire: lines that configure or call an engine."""

from __future__ import annotations

from dbdesign.detect.patterns.base import CS, Pattern, pattern
from dbdesign.detect.patterns.names import DIALECTS, DOTNET
from dbdesign.detect.signals import Basis

PATTERNS: tuple[Pattern, ...] = (
    pattern(CS, "Use¦Add", r"\.Use(?P<x>Npgsql|SqlServer|AzureSql|Sqlite|MySql|Oracle|MongoDB)\(", names=DOTNET),
    pattern(
        CS,
        "Add",
        r"\bbuilder\.Add(?P<x>Azure(?:Postgres(?:FlexibleServer)?|SqlServer|Redis|ManagedRedis)|PostgreSQL|Postgres|SqlServer|MySql|Redis|Valkey|Garnet|MongoDB|Oracle|Elasticsearch|AWSServiceDynamoDB|ClickHouse|Npgsql)(?:Client|Container|DbContext|DataSource|OutputCache|DistributedCache)?(?:<[^>]*>)?\(",
        names={**DOTNET, "azurepostgres": "postgresql"},
    ),
    pattern(
        CS,
        "AddStackExchangeRedis¦ConnectionMultiplexer",
        r"AddStackExchangeRedis(?:Cache)?\(|ConnectionMultiplexer\.Connect",
        "redis",
    ),
    pattern(
        CS,
        "Storage(",
        r"\.Use(?P<x>PostgreSql|SqlServer|SQLite|MySql|Redis|Mongo)Storage\(",
        basis=Basis.CODE,
        names={
            "postgresql": "postgresql",
            "sqlserver": "sqlserver",
            "sqlite": "sqlite",
            "mysql": "mysql",
            "redis": "redis",
            "mongo": "mongodb",
        },
    ),
    pattern(
        CS,
        "Connection(",
        r"new\s+(?P<x>Npgsql|Sql|Sqlite|SQLite|MySql|Oracle)Connection\(",
        basis=Basis.CODE,
        names={"npgsql": "postgresql", "sql": "sqlserver", "sqlite": "sqlite", "mysql": "mysql", "oracle": "oracle"},
        once=True,
    ),
    pattern(
        CS,
        "DeployChanges",
        r"\.To\s*\.?\s*(?P<x>Postgresql|Sql|SQLite|MySql|Oracle)Database\(",
        names={
            "postgresql": "postgresql",
            "sql": "sqlserver",
            "sqlite": "sqlite",
            "mysql": "mysql",
            "oracle": "oracle",
        },
    ),
    pattern(
        CS,
        "Runner¦.Add",
        r"\.Add(?P<x>Postgres|SqlServer|SQLite|MySql5|MySql8|Oracle)(?:\d+(?:_\d+)?)?\(\)",
        names={**DIALECTS, "postgres": "postgresql"},
        basis=Basis.CHOICE,
    ),
    pattern(CS, "MongoClient", r"new\s+MongoClient\(", "mongodb", Basis.CODE, once=True),
    pattern(
        CS,
        "AmazonDynamoDB",
        r"AmazonDynamoDBClient|IAmazonDynamoDB|DynamoDBContext\(",
        "dynamodb",
        Basis.CODE,
        once=True,
    ),
    pattern(
        r"(?:^|/)appsettings[\w.-]*\.json$",
        "Provider¦provider¦DBProvider¦DbType¦DatabaseType",
        r"\"(?:\w*(?:Provider|DbType|DatabaseType|DatabaseProvider|DBProvider))\"\s*:\s*\"<ENGINE>\"",
    ),
    pattern(r"\.sqlproj$", "<Project", r"<Project", "sqlserver", Basis.ARTEFACT, once=True),
)
