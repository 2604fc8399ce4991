"""Migration tools, by ecosystem. Their artefacts (folders, file names, contents) stand in `artefacts.py`."""

from __future__ import annotations

from dbdesign.detect.catalogue import Known


def _tool(name: str, title: str, family: str, images: str = "", **packages: str) -> Known:
    return Known(name, title, family, "migration", packages, images=images)


MIGRATIONS = (
    _tool(
        "flyway",
        "Flyway",
        "sql",
        "flyway/flyway redgate/flyway boxfuse/flyway",
        maven="org.flywaydb:* com.github.flyway:* io.quarkus:quarkus-flyway* io.micronaut.flyway:* "
        "io.dropwizard.modules:dropwizard-flyway* org.flywaydb.flyway:* "
        "org.springframework.boot:spring-boot-starter-flyway io.github.davidmc24.gradle.plugin:* "
        "org.flywaydb:flyway-play* com.github.sbt:flyway-sbt "
        "org.springframework.boot:spring-boot-flyway",
        npm="node-flywaydb",
    ),
    _tool(
        "liquibase",
        "Liquibase",
        "sql",
        "liquibase/liquibase",
        maven="org.liquibase:* org.liquibase.ext:* io.quarkus:quarkus-liquibase* io.micronaut.liquibase:* "
        "io.dropwizard:dropwizard-migrations org.liquibase.gradle:* "
        "org.springframework.boot:spring-boot-starter-liquibase org.springframework.boot:spring-boot-liquibase",
        npm="liquibase node-liquibase",
        pypi="pyliquibase",
    ),
    _tool(
        "alembic",
        "Alembic",
        "python",
        pypi="alembic flask-migrate quart-db~ alembic-utils pytest-alembic~ alembic-postgresql-enum",
    ),
    _tool("prisma-migrate", "Prisma Migrate", "javascript"),
    _tool("django-migrations", "Django migrations", "python", pypi="south"),
    _tool("typeorm-migrations", "TypeORM migrations", "javascript"),
    _tool("drizzle-kit", "Drizzle Kit", "javascript", npm="drizzle-kit"),
    _tool("sequelize-migrations", "Sequelize migrations", "javascript", npm="sequelize-cli @sequelize/cli umzug~"),
    _tool("knex-migrations", "Knex migrations", "javascript"),
    _tool(
        "mikro-orm-migrations",
        "MikroORM migrations",
        "javascript",
        npm="@mikro-orm/migrations @mikro-orm/migrations-mongodb",
    ),
    _tool("kysely-migrations", "Kysely migrations", "javascript", npm="kysely-ctl kysely-migration-cli"),
    _tool("node-pg-migrate", "node-pg-migrate", "javascript", npm="node-pg-migrate"),
    _tool("db-migrate", "db-migrate", "javascript", npm="db-migrate db-migrate-*"),
    _tool("migrate-mongo", "migrate-mongo", "javascript", npm="migrate-mongo"),
    _tool("postgres-migrations", "postgres-migrations", "javascript", npm="postgres-migrations"),
    _tool("graphile-migrate", "Graphile Migrate", "javascript", npm="graphile-migrate"),
    _tool("lucid-migrations", "Lucid migrations", "javascript"),
    _tool("sqlalchemy-migrate", "sqlalchemy-migrate", "python", pypi="sqlalchemy-migrate"),
    _tool("aerich", "Aerich", "python", pypi="aerich"),
    _tool("yoyo", "yoyo-migrations", "python", pypi="yoyo-migrations"),
    _tool("peewee-migrate", "peewee-migrate", "python", pypi="peewee-migrate peewee-migrations"),
    _tool(
        "golang-migrate",
        "golang-migrate",
        "go",
        "migrate/migrate",
        go="github.com/golang-migrate/migrate github.com/golang-migrate/migrate/* github.com/mattes/migrate",
    ),
    _tool(
        "goose",
        "goose",
        "go",
        "gomicro/goose kukymbr/goose-docker",
        go="github.com/pressly/goose github.com/pressly/goose/* bitbucket.org/liamstask/goose",
    ),
    _tool("sql-migrate", "sql-migrate", "go", go="github.com/rubenv/sql-migrate"),
    _tool("tern", "tern", "go", go="github.com/jackc/tern github.com/jackc/tern/*"),
    _tool(
        "atlas", "Atlas", "go", "arigaio/atlas", go="ariga.io/atlas ariga.io/atlas-go-sdk ariga.io/atlas-provider-gorm"
    ),
    _tool(
        "dbmate",
        "dbmate",
        "sql",
        "amacneil/dbmate",
        npm="dbmate",
        go="github.com/amacneil/dbmate github.com/amacneil/dbmate/*",
        pypi="dbmate",
    ),
    _tool("bun-migrations", "Bun migrations", "go"),
    _tool("pop-migrations", "Pop migrations", "go"),
    _tool("morph", "morph", "go", go="github.com/mattermost/morph"),
    _tool(
        "gormigrate", "Gormigrate", "go", go="github.com/go-gormigrate/gormigrate github.com/go-gormigrate/gormigrate/*"
    ),
    _tool("xormigrate", "Xormigrate", "go", go="src.techknowlogick.com/xormigrate"),
    _tool(
        "activerecord-migrations",
        "Active Record migrations",
        "ruby",
        gem="standalone_migrations strong_migrations~ sinatra-activerecord~",
    ),
    _tool("sequel-migrations", "Sequel migrations", "ruby"),
    _tool(
        "ef-migrations",
        "EF Core migrations",
        "dotnet",
        nuget="Microsoft.EntityFrameworkCore.Design~ Microsoft.EntityFrameworkCore.Tools~",
    ),
    _tool("dbup", "DbUp", "dotnet", nuget="dbup dbup-core dbup-* DbUp DbUp-* DbUp.*"),
    _tool("fluentmigrator", "FluentMigrator", "dotnet", nuget="FluentMigrator FluentMigrator.*"),
    _tool("evolve", "Evolve", "dotnet", nuget="Evolve Evolve.*"),
    _tool("grate", "grate", "dotnet", "grate-devs/grate erikbra/grate", nuget="grate grate.*"),
    _tool("roundhouse", "RoundhousE", "dotnet", nuget="roundhouse"),
    _tool("ssdt", "SQL Server database project", "dotnet", nuget="Microsoft.Build.Sql MSBuild.Sdk.SqlProj"),
    _tool("diesel-migrations", "Diesel migrations", "rust", cargo="diesel_migrations diesel-migrations"),
    _tool("sea-orm-migration", "SeaORM migrations", "rust", cargo="sea-orm-migration"),
    _tool("sqlx-migrations", "sqlx migrations", "rust"),
    _tool("refinery", "Refinery", "rust", cargo="refinery"),
    _tool("rusqlite-migration", "rusqlite_migration", "rust", cargo="rusqlite_migration"),
    _tool("ecto-migrations", "Ecto migrations", "elixir"),
    _tool("phinx", "Phinx", "php", composer="robmorgan/phinx cakephp/migrations cakephp/phinx"),
    _tool("laravel-migrations", "Laravel migrations", "php"),
    _tool(
        "doctrine-migrations",
        "Doctrine Migrations",
        "php",
        composer="doctrine/migrations doctrine/doctrine-migrations-bundle laravel-doctrine/migrations "
        "nettrine/migrations",
    ),
    _tool("yii-migrations", "Yii migrations", "php"),
    _tool("sqitch", "Sqitch", "sql", "sqitch/sqitch"),
    _tool("supabase-migrations", "Supabase CLI migrations", "sql"),
    _tool("migratus", "Migratus", "clojure", maven="migratus:migratus"),
    _tool("ragtime", "Ragtime", "clojure", maven="ragtime:ragtime dev.weavejester:ragtime*"),
    _tool("play-evolutions", "Play evolutions", "scala"),
    _tool("mongock", "Mongock", "java", maven="io.mongock:* com.github.cloudyrock.mongock:*"),
    _tool("sync", "schema made from the models at start", "none"),
    _tool("none", "no migration tool", "none"),
)
