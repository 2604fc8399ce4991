"""Imports in source: which drivers, mappers and migration tools the code itself takes in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

from dbdesign.detect.catalogue import Package, packages
from dbdesign.detect.lines import Lines

_JS = re.compile(rb"""(?:\bfrom|\brequire\(|\bimport\(?)\s*['"]((?:npm:)?[@\w][^'"\n]{0,100})['"]""")
_PYTHON = re.compile(
    rb"^[ \t]*(?:lazy[ \t]+)?(?:from|import)[ \t]+([\w.]+)"
    rb"|\b(?:import_module|__import__|importlater|LazyLoader|LazyImport|LazyModule|lazy_import|lazy_load)\(\s*"
    rb"(?:\w+\s*,\s*|[\"']\w+[\"']\s*,\s*globals\(\)\s*,\s*)?[\"']([\w.]+)[\"']",
    re.MULTILINE,
)
_LAZY_MODULE = re.compile(rb"^def __getattr__\(|^__getattr__\b[^\n]*=", re.MULTILINE)
_LAZY_NAME = re.compile(
    rb"""[:=]\s*[(\[]?\s*["']([A-Za-z_]\w*\.[\w.]+)["']|[(\[]\s*["']([A-Za-z_][\w.]*)["']\s*,\s*["']\w+["']\s*[)\]]"""
)
"""Modules that PEP 562's `__getattr__` imports on first use: written as values of a mapping, dotted or with the name they hold."""
_GO = re.compile(
    rb"""^[ \t]*(?:import[ \t]+)?(?:[\w.]+[ \t]+)?"([\w.-]+\.[a-z]+/[^"\s]+)"[ \t]*(?://.*)?$""", re.MULTILINE
)
_JVM = re.compile(rb"^[ \t]*import[ \t]+(?:static[ \t]+)?([\w.]+)", re.MULTILINE)
_DOTNET = re.compile(rb"^[ \t]*(?:global[ \t]+)?(?:using|open|Imports)[ \t]+(?:static[ \t]+)?([\w.]+)", re.MULTILINE)
_RUBY = re.compile(rb"""^[ \t]*require[ \t(]+['"]([\w/-]+)['"]""", re.MULTILINE)
_PHP = re.compile(rb"^[ \t]*use[ \t]+\\?([\w\\]+)", re.MULTILINE)
_RUST = re.compile(rb"^[ \t]*(?:pub[ \t]+)?use[ \t]+(?:::)?(\w+)(?:::(\w+))?", re.MULTILINE)

LANGUAGES: dict[str, tuple[str, re.Pattern[bytes]]] = {
    **dict.fromkeys((".js", ".mjs", ".cjs", ".jsx", ".ts", ".tsx", ".mts", ".cts", ".vue", ".svelte"), ("npm", _JS)),
    ".py": ("pypi", _PYTHON),
    ".go": ("go", _GO),
    **dict.fromkeys((".java", ".kt", ".scala", ".groovy", ".kts"), ("maven", _JVM)),
    **dict.fromkeys((".cs", ".fs", ".vb"), ("nuget", _DOTNET)),
    ".rb": ("gem", _RUBY),
    ".php": ("composer", _PHP),
    ".rs": ("cargo", _RUST),
}
"""By suffix: the ecosystem whose packages are imported, and the expression that finds the imports."""

_MODULES: dict[str, str] = {
    "pypi": "psycopg2:postgresql psycopg:postgresql asyncpg:postgresql aiopg:postgresql pg8000:postgresql "
    "pgvector:postgresql pymysql:mysql MySQLdb:mysql "
    "mysql.connector:mysql aiomysql:mysql asyncmy:mysql mariadb:mysql pymssql:sqlserver pytds:sqlserver "
    "sqlite3:sqlite aiosqlite:sqlite "
    "cx_Oracle:oracle oracledb:oracle pymongo:mongodb motor:mongodb mongoengine:mongodb,mongoengine "
    "beanie:mongodb,beanie odmantic:mongodb,odmantic redis:redis aioredis:redis rq:redis "
    "pynamodb:dynamodb,pynamodb cassandra:cassandra elasticsearch:elasticsearch "
    "elasticsearch_dsl:elasticsearch opensearchpy:elasticsearch "
    "clickhouse_driver:clickhouse clickhouse_connect:clickhouse sqlalchemy:sqlalchemy "
    "sqlmodel:sqlalchemy,sqlmodel flask_sqlalchemy:sqlalchemy "
    "django.db:django-orm peewee:peewee playhouse:peewee tortoise:tortoise pony.orm:pony piccolo:piccolo "
    "alembic:alembic flask_migrate:alembic "
    "yoyo:yoyo prisma:prisma sqlalchemy_cockroachdb:cockroachdb tidb_vector:tidb pytidb:tidb",
    "maven": "org.postgresql:postgresql com.mysql:mysql org.mariadb:mysql com.microsoft.sqlserver:sqlserver "
    "org.sqlite:sqlite oracle.jdbc:oracle oracle.sql:oracle "
    "com.mongodb:mongodb org.bson:mongodb org.springframework.data.mongodb:mongodb,spring-data-mongodb "
    "org.litote.kmongo:mongodb dev.morphia:mongodb redis.clients.jedis:redis "
    "io.lettuce:redis org.redisson:redis org.springframework.data.redis:redis "
    "software.amazon.awssdk.services.dynamodb:dynamodb "
    "software.amazon.awssdk.enhanced.dynamodb:dynamodb com.amazonaws.services.dynamodbv2:dynamodb "
    "com.datastax:cassandra "
    "org.springframework.data.cassandra:cassandra org.elasticsearch:elasticsearch co.elastic.clients:elasticsearch "
    "org.springframework.data.elasticsearch:elasticsearch org.opensearch:elasticsearch "
    "com.clickhouse:clickhouse jakarta.persistence:hibernate "
    "javax.persistence:hibernate org.hibernate.annotations:hibernate org.hibernate.Session:hibernate "
    "org.hibernate.SessionFactory:hibernate "
    "org.springframework.data.jpa:hibernate org.apache.ibatis:mybatis com.baomidou.mybatisplus:mybatis "
    "tk.mybatis:mybatis org.jooq:jooq org.jdbi:jdbi "
    "org.springframework.data.jdbc:spring-data-jdbc org.springframework.data.r2dbc:spring-data-jdbc "
    "org.jetbrains.exposed:exposed org.ktorm:ktorm "
    "androidx.room:room,sqlite slick:slick doobie:doobie io.ebean:ebean org.flywaydb:flyway "
    "liquibase:liquibase io.mongock:mongock",
    "nuget": "Npgsql:postgresql MySql.Data:mysql MySqlConnector:mysql Microsoft.Data.SqlClient:sqlserver "
    "System.Data.SqlClient:sqlserver Microsoft.Data.Sqlite:sqlite "
    "System.Data.SQLite:sqlite Oracle.ManagedDataAccess:oracle MongoDB.Driver:mongodb "
    "MongoDB.Bson:mongodb StackExchange.Redis:redis Amazon.DynamoDBv2:dynamodb "
    "Cassandra:cassandra Nest:elasticsearch Elastic.Clients:elasticsearch Elasticsearch.Net:elasticsearch "
    "OpenSearch.Client:elasticsearch ClickHouse:clickhouse "
    "Microsoft.EntityFrameworkCore:ef-core System.Data.Entity:entity-framework Dapper:dapper "
    "NHibernate:nhibernate LinqToDB:linq2db Marten:marten DbUp:dbup "
    "FluentMigrator:fluentmigrator",
    "gem": "pg:postgresql mysql2:mysql trilogy:mysql tiny_tds:sqlserver sqlite3:sqlite mongo:mongodb "
    "mongoid:mongodb,mongoid redis:redis sidekiq:redis "
    "aws-sdk-dynamodb:dynamodb elasticsearch:elasticsearch active_record:activerecord sequel:sequel",
    "composer": "MongoDB:mongodb Predis:redis Elasticsearch:elasticsearch Elastic\\Elasticsearch:elasticsearch "
    "Elastica:elasticsearch OpenSearch:elasticsearch "
    "Aws\\DynamoDb:dynamodb Doctrine\\ORM:doctrine Illuminate\\Database\\Eloquent:eloquent "
    "Doctrine\\Migrations:doctrine-migrations Phinx:phinx Cake\\ORM:cakephp-orm "
    "yii\\db\\ActiveRecord:yii-activerecord Cycle:cycle Propel:propel",
    "cargo": "tokio_postgres:postgresql postgres:postgresql deadpool_postgres:postgresql sqlx::postgres:postgresql "
    "sqlx::PgPool:postgresql sqlx::Postgres:postgresql "
    "diesel::pg:postgresql mysql:mysql mysql_async:mysql sqlx::mysql:mysql sqlx::MySqlPool:mysql "
    "rusqlite:sqlite sqlx::sqlite:sqlite sqlx::SqlitePool:sqlite "
    "diesel::sqlite:sqlite tiberius:sqlserver mongodb:mongodb redis:redis fred:redis deadpool_redis:redis "
    "bb8_redis:redis aws_sdk_dynamodb:dynamodb scylla:cassandra "
    "elasticsearch:elasticsearch clickhouse:clickhouse diesel:diesel sea_orm:sea-orm sqlx:sqlx "
    "sea_orm_migration:sea-orm-migration",
}
"""Modules by the beginnings of their names; for npm and Go the package's own name is what is imported."""


@cache
def _modules(ecosystem: str) -> Mapping[str, tuple[str, ...]]:
    return {
        name: tuple(technologies.split(","))
        for name, _, technologies in (word.rpartition(":") for word in _MODULES.get(ecosystem, "").split())
    }


def imported(suffix: str, content: bytes) -> Iterator[tuple[int, str]]:
    """Positions (in bytes) and technologies of a source file's imports, each technology once."""
    ecosystem, expression = LANGUAGES[suffix]
    seen: set[str] = set()
    lazy = _LAZY_NAME if suffix == ".py" and _LAZY_MODULE.search(content) and b"{__name__}" not in content else None
    for match in (*expression.finditer(content), *(lazy.finditer(content) if lazy else ())):
        for technology in _technologies(ecosystem, match):
            if technology not in seen:
                seen.add(technology)
                yield match.start(match.lastindex or 1), technology


def _technologies(ecosystem: str, match: re.Match[bytes]) -> tuple[str, ...]:
    name = (match.group(match.lastindex or 1) if ecosystem == "pypi" else match.group(1)).decode(
        "utf-8", errors="replace"
    )
    if ecosystem == "npm":
        return _of_packages("npm", _package_of(name))
    if ecosystem == "go":
        return _go(name)
    if ecosystem == "cargo" and match.group(2):
        whole = f"{name}::{match.group(2).decode('utf-8', errors='replace')}"
        return _prefixed(ecosystem, whole, "::")
    return _prefixed(ecosystem, name, "\\" if ecosystem == "composer" else "/" if ecosystem == "gem" else ".")


@cache
def _of_packages(ecosystem: str, name: str) -> tuple[str, ...]:
    if name in {"node:sqlite", "bun:sqlite"}:
        return ("sqlite",)
    return tuple(one.technology for one in packages(ecosystem, name) if not one.weak and not one.test)


@cache
def _package_of(specifier: str) -> str:
    """`pg/lib/x` → `pg`, `@scope/name/x` → `@scope/name`."""
    specifier = specifier.removeprefix("npm:")
    parts = specifier.split("/")
    return "/".join(parts[:2]) if specifier.startswith("@") else parts[0]


@cache
def _go(path: str) -> tuple[str, ...]:
    """The package or the longest of its parents that is known."""
    parts = path.split("/")
    for length in range(len(parts), 1, -1):
        if found := go_packages("/".join(parts[:length])):
            return tuple(one.technology for one in found if not one.weak and not one.test)
    return ()


def go_packages(path: str) -> tuple[Package, ...]:
    """A Go module without its major version: `github.com/jackc/pgx/v5` is `github.com/jackc/pgx`."""
    return packages("go", path) or packages("go", re.sub(r"/v\d+$", "", path))


def _prefixed(ecosystem: str, name: str, joint: str) -> tuple[str, ...]:
    modules = _modules(ecosystem)
    parts = name.split(joint)
    for length in range(len(parts), 0, -1):
        if found := modules.get(joint.join(parts[:length])):
            return found
    return ()


def line_of(content: bytes, position: int) -> tuple[int, str]:
    """The number and text of the line at a position in bytes."""
    number = content.count(b"\n", 0, position) + 1
    begin = content.rfind(b"\n", 0, position) + 1
    end = content.find(b"\n", position)
    line = content[begin : end if end >= 0 else len(content)].decode("utf-8", errors="replace")
    return number, Lines(line).shown(0)
