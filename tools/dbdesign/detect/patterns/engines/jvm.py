"""Hibernate, JDBC, Spring, Quarkus and JHipster: lines that configure an engine."""

from __future__ import annotations

from dbdesign.detect.patterns.base import JVM, Pattern, pattern
from dbdesign.detect.patterns.names import DIALECTS
from dbdesign.detect.signals import Basis

PATTERNS: tuple[Pattern, ...] = (
    pattern(
        r"\.(?:ya?ml|properties|xml|java|kt|conf|gradle|kts|json)$",
        "dialect",
        r"org\.hibernate\.(?:spatial\.)?(?:community\.)?dialect\.(?:[\w.]*\.)?(?P<x>PostgreSQL|PostgresPlus|Postgis|MySQL|MariaDB|SQLServer|Oracle|CockroachDB|Cockroach|SQLite|TiDB)\w*",
        names={**DIALECTS, "postgresplus": "postgresql"},
    ),
    pattern(
        r"\.(?:ya?ml|properties|xml|java|kt|conf|gradle|kts|json|toml|clj|env)$",
        "Driver¦SQLServerDriver¦org.sqlite.JDBC",
        r"\b(?P<x>org\.postgresql\.(?:Driver|ds)|com\.mysql\.(?:cj\.)?jdbc\.(?:Driver|MysqlDataSource)|org\.mariadb\.jdbc\.(?:Driver|MariaDbDataSource)|com\.microsoft\.sqlserver\.jdbc|org\.sqlite\.(?:JDBC|SQLiteDataSource)|oracle\.jdbc\.(?:Oracle)?(?:driver\.Oracle)?Driver)",
        names={
            "org.postgresql.driver": "postgresql",
            "org.postgresql.ds": "postgresql",
            "com.mysql.jdbc.driver": "mysql",
            "com.mysql.cj.jdbc.driver": "mysql",
            "com.mysql.cj.jdbc.mysqldatasource": "mysql",
            "com.mysql.jdbc.mysqldatasource": "mysql",
            "org.mariadb.jdbc.driver": "mysql",
            "org.mariadb.jdbc.mariadbdatasource": "mysql",
            "com.microsoft.sqlserver.jdbc": "sqlserver",
            "org.sqlite.jdbc": "sqlite",
            "org.sqlite.sqlitedatasource": "sqlite",
            "oracle.jdbc.driver": "oracle",
            "oracle.jdbc.oracledriver": "oracle",
            "oracle.jdbc.driver.oracledriver": "oracle",
        },
    ),
    pattern(r"\.(?:properties|ya?ml|env)$", "db-kind", r"\bdb-kind\s*[=:]\s*[\"']?<ENGINE>\b"),
    pattern(
        r"\.(?:properties|ya?ml)$",
        "spring¦data",
        r"^\s*(?:spring\.)?(?:data\.)?(?P<x>redis|mongodb|elasticsearch|cassandra)(?:\.[\w.-]+\s*[=:]|:\s*$)",
        basis=Basis.CODE,
    ),
    pattern(
        r"(?:^|/)\.yo-rc\.json$",
        "prodDatabaseType¦cacheProvider¦searchEngine",
        r"\"(?:prodDatabaseType|cacheProvider|searchEngine|databaseType)\"\s*:\s*\"<ENGINE>\"",
    ),
    pattern(
        JVM,
        "EnableRedis¦EnableMongo¦EnableElasticsearch¦EnableCassandra¦EnableReactive",
        r"@Enable(?:Reactive)?(?P<x>Redis|Mongo|Elasticsearch|Cassandra)(?:HttpSession|Repositories|Auditing)",
        names={"redis": "redis", "mongo": "mongodb", "elasticsearch": "elasticsearch", "cassandra": "cassandra"},
    ),
)
