"""Object mappers and query layers, by ecosystem. Sources: the registries' descriptions of the packages."""

from __future__ import annotations

from dbdesign.detect.catalogue import Known


def _orm(name: str, title: str, family: str, **packages: str) -> Known:
    return Known(name, title, family, "orm", packages)


ORMS = (
    _orm(
        "prisma",
        "Prisma",
        "javascript",
        npm="prisma @prisma/client @prisma/extension-accelerate @prisma/nextjs-monorepo-workaround-plugin "
        "nestjs-prisma zenstack @zenstackhq/runtime "
        "prisma-extension-* @prisma/adapter-*",
        pypi="prisma",
        go="github.com/steebchen/prisma-client-go github.com/prisma/prisma-client-go",
    ),
    _orm(
        "typeorm",
        "TypeORM",
        "javascript",
        npm="typeorm @nestjs/typeorm typeorm-naming-strategies typeorm-transactional typeorm-extension "
        "typeorm-fixtures-cli~ nestjs-typeorm-paginate connect-typeorm",
    ),
    _orm(
        "drizzle", "Drizzle", "javascript", npm="drizzle-orm drizzle-zod drizzle-typebox drizzle-valibot drizzle-kit~"
    ),
    _orm(
        "sequelize",
        "Sequelize",
        "javascript",
        npm="sequelize sequelize-typescript @nestjs/sequelize @sequelize/core @sequelize/* "
        "connect-session-sequelize sequelize-cli~ feathers-sequelize",
    ),
    _orm(
        "knex",
        "Knex",
        "javascript",
        npm="knex objection bookshelf nestjs-knex knex-stringcase feathers-knex connect-session-knex",
    ),
    _orm("objection", "Objection.js", "javascript", npm="objection"),
    _orm("bookshelf", "Bookshelf.js", "javascript", npm="bookshelf"),
    _orm(
        "mikro-orm",
        "MikroORM",
        "javascript",
        npm="@mikro-orm/core @mikro-orm/nestjs @mikro-orm/knex @mikro-orm/reflection @mikro-orm/postgresql "
        "@mikro-orm/mysql @mikro-orm/mariadb "
        "@mikro-orm/mongodb @mikro-orm/sqlite @mikro-orm/better-sqlite @mikro-orm/libsql @mikro-orm/mssql "
        "mikro-orm @mikro-orm/sql",
    ),
    _orm(
        "kysely",
        "Kysely",
        "javascript",
        npm="kysely kysely-codegen~ kysely-* @tidbcloud/kysely nestjs-kysely prisma-kysely "
        "prisma-extension-kysely @kysely/* @tidbcloud/kysely",
    ),
    _orm(
        "mongoose",
        "Mongoose",
        "javascript",
        npm="mongoose @nestjs/mongoose @typegoose/typegoose mongoose-* @typegoose/auto-increment "
        "nestjs-typegoose @m8a/nestjs-typegoose feathers-mongoose",
    ),
    _orm("waterline", "Waterline", "javascript", npm="waterline sails-hook-orm"),
    _orm("lucid", "Lucid", "javascript", npm="@adonisjs/lucid"),
    _orm("orchid-orm", "Orchid ORM", "javascript", npm="orchid-orm"),
    _orm("dynamoose", "Dynamoose", "javascript", npm="dynamoose nestjs-dynamoose"),
    _orm("electrodb", "ElectroDB", "javascript", npm="electrodb"),
    _orm(
        "sqlalchemy",
        "SQLAlchemy",
        "python",
        pypi="sqlalchemy flask-sqlalchemy sqlmodel sqlalchemy-utils geoalchemy2 fastapi-users[sqlalchemy] "
        "fastapi-users-db-sqlalchemy "
        "advanced-alchemy sqlalchemy[*] zope-sqlalchemy sqlalchemy-continuity sqlalchemy-cockroachdb sqlalchemy-tidb "
        "quart-sqlalchemy flask-sqlalchemy-lite gino elixir sqlalchemy-mixins sqlalchemy-json sqlakeyset",
    ),
    _orm(
        "django-orm",
        "Django ORM",
        "python",
        pypi="django djangorestframework~ django-tenants django-polymorphic django-mptt django-simple-history "
        "django-model-utils wagtail django-cms "
        "django-guardian django[*]",
    ),
    _orm(
        "mongoengine",
        "MongoEngine",
        "python",
        pypi="mongoengine flask-mongoengine django-mongoengine flask-mongoengine-3",
    ),
    _orm("beanie", "Beanie", "python", pypi="beanie"),
    _orm("odmantic", "ODMantic", "python", pypi="odmantic"),
    _orm("pynamodb", "PynamoDB", "python", pypi="pynamodb pynamodb-attributes"),
    _orm("peewee", "Peewee", "python", pypi="peewee peewee-async flask-peewee peewee-migrate peewee-db-evolve"),
    _orm("tortoise", "Tortoise ORM", "python", pypi="tortoise-orm tortoise-orm[*] aerich"),
    _orm("pony", "Pony ORM", "python", pypi="pony"),
    _orm("piccolo", "Piccolo", "python", pypi="piccolo piccolo[*]"),
    _orm("ormar", "ormar", "python", pypi="ormar"),
    _orm(
        "activerecord",
        "Active Record",
        "ruby",
        gem="activerecord rails~ sinatra-activerecord activerecord-import activerecord-* standalone_migrations "
        "otr-activerecord padrino-activerecord delayed_job_active_record flipper-active_record",
    ),
    _orm("mongoid", "Mongoid", "ruby", gem="mongoid mongoid-*"),
    _orm("sequel", "Sequel", "ruby", gem="sequel sequel-rails sequel_pg hanami-model"),
    _orm("rom", "ROM", "ruby", gem="rom rom-sql hanami-db"),
    _orm("dynamoid", "Dynamoid", "ruby", gem="dynamoid"),
    _orm(
        "hibernate",
        "Hibernate / JPA",
        "java",
        maven="org.hibernate:hibernate-core org.hibernate:hibernate-entitymanager "
        "org.hibernate:hibernate-jpamodelgen org.hibernate:hibernate-envers "
        "org.hibernate.orm:* org.hibernate.reactive:* org.hibernate.search:* "
        "org.hibernate:hibernate-annotations org.hibernate:hibernate-core-jakarta "
        "org.hibernate:hibernate-spatial org.hibernate:hibernate-jcache org.hibernate:hibernate-ehcache "
        "org.hibernate:hibernate-hikaricp org.hibernate:hibernate-c3p0 org.grails.plugins:hibernate5 "
        "org.springframework.boot:spring-boot-starter-data-jpa org.springframework.data:spring-data-jpa "
        "jakarta.persistence:jakarta.persistence-api javax.persistence:* org.hibernate.javax.persistence:* "
        "org.eclipse.persistence:* "
        "org.apache.openjpa:* io.quarkus:quarkus-hibernate-* io.micronaut.data:micronaut-data-hibernate-jpa "
        "io.micronaut.sql:micronaut-hibernate-jpa "
        "com.vladmihalcea:hibernate-types-* io.hypersistence:hypersistence-utils-hibernate-*",
    ),
    _orm(
        "mybatis",
        "MyBatis",
        "java",
        maven="org.mybatis:mybatis org.mybatis:mybatis-spring org.mybatis.spring.boot:* com.baomidou:mybatis-plus* "
        "com.baomidou:dynamic-datasource* tk.mybatis:* "
        "com.mybatis-flex:* org.mybatis.dynamic-sql:* com.github.pagehelper:* org.mybatis.generator:*~ "
        "org.mybatis.caches:* org.mybatis.scripting:* "
        "com.github.yulichang:mybatis-plus-join*",
    ),
    _orm(
        "jooq",
        "jOOQ",
        "java",
        maven="org.jooq:* org.jooq.pro:* org.jooq.trial:* org.springframework.boot:spring-boot-starter-jooq "
        "nu.studer.jooq:* io.quarkiverse.jooq:* io.micronaut.sql:micronaut-jooq",
    ),
    _orm(
        "spring-data-jdbc",
        "Spring Data JDBC / R2DBC",
        "java",
        maven="org.springframework.boot:spring-boot-starter-data-jdbc org.springframework.data:spring-data-jdbc "
        "org.springframework.boot:spring-boot-starter-data-r2dbc org.springframework.data:spring-data-r2dbc "
        "org.springframework.data:spring-data-relational",
    ),
    _orm(
        "micronaut-data",
        "Micronaut Data",
        "java",
        maven="io.micronaut.data:micronaut-data-jdbc io.micronaut.data:micronaut-data-r2dbc "
        "io.micronaut.data:micronaut-data-mongodb io.micronaut.data:micronaut-data-processor~",
    ),
    _orm("jdbi", "JDBI", "java", maven="org.jdbi:* io.dropwizard:dropwizard-jdbi3"),
    _orm("exposed", "Exposed", "kotlin", maven="org.jetbrains.exposed:*"),
    _orm("ktorm", "Ktorm", "kotlin", maven="org.ktorm:*"),
    _orm("room", "Room", "kotlin", maven="androidx.room:*"),
    _orm("sqldelight", "SQLDelight", "kotlin", maven="app.cash.sqldelight:* com.squareup.sqldelight:*"),
    _orm("ebean", "Ebean", "java", maven="io.ebean:*"),
    _orm(
        "slick",
        "Slick",
        "scala",
        maven="com.typesafe.slick:* com.typesafe.play:play-slick* org.playframework:play-slick* "
        "com.github.takezoe:blocking-slick*",
    ),
    _orm(
        "fluent",
        "Fluent",
        "swift",
        swift="vapor/fluent vapor/fluent-kit vapor/fluent-postgres-driver vapor/fluent-mysql-driver "
        "vapor/fluent-sqlite-driver vapor/fluent-mongo-driver vapor/fluent-postgresql vapor/fluent-mysql "
        "vapor/fluent-sqlite vapor/fluent-provider",
    ),
    _orm("drift", "Drift", "dart", pub="drift drift_flutter drift_postgres drift_dev~ moor moor_flutter"),
    _orm("doobie", "doobie", "scala", maven="org.tpolecat:doobie-* org.typelevel:doobie-*"),
    _orm("skunk", "Skunk", "scala", maven="org.tpolecat:skunk-core org.tpolecat:skunk-*"),
    _orm("quill", "Quill", "scala", maven="io.getquill:*"),
    _orm("scalikejdbc", "ScalikeJDBC", "scala", maven="org.scalikejdbc:*"),
    _orm("anorm", "Anorm", "scala", maven="org.playframework.anorm:* com.typesafe.play:anorm"),
    _orm(
        "ef-core",
        "EF Core",
        "dotnet",
        nuget="Microsoft.EntityFrameworkCore Microsoft.EntityFrameworkCore.* "
        "Npgsql.EntityFrameworkCore.PostgreSQL* Pomelo.EntityFrameworkCore.MySql* "
        "MySql.EntityFrameworkCore Oracle.EntityFrameworkCore EFCore.* MongoDB.EntityFrameworkCore "
        "Microsoft.AspNetCore.Identity.EntityFrameworkCore "
        "Microsoft.AspNetCore.Diagnostics.EntityFrameworkCore Aspire.Npgsql.EntityFrameworkCore.* "
        "Aspire.Microsoft.EntityFrameworkCore.* Aspire.Pomelo.EntityFrameworkCore.* "
        "Aspire.Oracle.EntityFrameworkCore "
        "Volo.Abp.EntityFrameworkCore* Z.EntityFramework.Extensions.EFCore Z.EntityFramework.Plus.EFCore "
        "Microting.EntityFrameworkCore.MySql Finbuckle.MultiTenant.EntityFrameworkCore "
        "IdentityServer4.EntityFramework* Duende.IdentityServer.EntityFramework* OpenIddict.EntityFrameworkCore* "
        "MassTransit.EntityFrameworkCore "
        "ErikEJ.EntityFrameworkCore.* Ardalis.Specification.EntityFrameworkCore",
    ),
    _orm(
        "entity-framework",
        "Entity Framework 6",
        "dotnet",
        nuget="EntityFramework EntityFramework.* EntityFramework6.* EFCodeFirst",
    ),
    _orm("dapper", "Dapper", "dotnet", nuget="Dapper Dapper.*"),
    _orm("nhibernate", "NHibernate", "dotnet", nuget="NHibernate NHibernate.* FluentNHibernate"),
    _orm("linq2db", "LINQ to DB", "dotnet", nuget="linq2db linq2db.*"),
    _orm("sqlsugar", "SqlSugar", "dotnet", nuget="SqlSugarCore SqlSugar SqlSugar.*"),
    _orm("freesql", "FreeSql", "dotnet", nuget="FreeSql FreeSql.*"),
    _orm("npoco", "NPoco", "dotnet", nuget="NPoco NPoco.*"),
    _orm("petapoco", "PetaPoco", "dotnet", nuget="PetaPoco PetaPoco.*"),
    _orm("repodb", "RepoDB", "dotnet", nuget="RepoDb RepoDb.*"),
    _orm("marten", "Marten", "dotnet", nuget="Marten Marten.* WolverineFx.Marten"),
    _orm(
        "gorm",
        "GORM",
        "go",
        go="gorm.io/gorm gorm.io/driver/* gorm.io/gen gorm.io/plugin/* github.com/jinzhu/gorm "
        "github.com/jinzhu/gorm/* gorm.io/datatypes",
    ),
    _orm(
        "ent", "ent", "go", go="entgo.io/ent entgo.io/contrib github.com/facebook/ent github.com/facebookincubator/ent"
    ),
    _orm("sqlc", "sqlc", "go", go="github.com/sqlc-dev/sqlc github.com/kyleconroy/sqlc"),
    _orm("sqlx", "sqlx", "go", go="github.com/jmoiron/sqlx", cargo="sqlx"),
    _orm("xorm", "xorm", "go", go="xorm.io/xorm github.com/go-xorm/xorm xorm.io/builder"),
    _orm("bun", "Bun", "go", go="github.com/uptrace/bun github.com/uptrace/bun/*"),
    _orm("go-pg", "go-pg", "go", go="github.com/go-pg/pg github.com/go-pg/pg/*"),
    _orm(
        "sqlboiler",
        "SQLBoiler",
        "go",
        go="github.com/volatiletech/sqlboiler github.com/volatiletech/sqlboiler/* github.com/aarondl/sqlboiler/*",
    ),
    _orm("beego-orm", "Beego ORM", "go", go="github.com/beego/beego/v2/client/orm github.com/astaxie/beego/orm"),
    _orm("pop", "Pop", "go", go="github.com/gobuffalo/pop github.com/gobuffalo/pop/*"),
    _orm("go-jet", "Jet", "go", go="github.com/go-jet/jet github.com/go-jet/jet/*"),
    _orm("bob", "Bob", "go", go="github.com/stephenafamo/bob github.com/stephenafamo/bob/*"),
    _orm("gorp", "gorp", "go", go="github.com/go-gorp/gorp github.com/go-gorp/gorp/* gopkg.in/gorp.*"),
    _orm("goqu", "goqu", "go", go="github.com/doug-martin/goqu github.com/doug-martin/goqu/*"),
    _orm("upper", "upper/db", "go", go="github.com/upper/db github.com/upper/db/*"),
    _orm("ecto", "Ecto", "elixir", hex="ecto ecto_sql phoenix_ecto ecto_sqlite3 mongodb_ecto ash_postgres"),
    _orm("diesel", "Diesel", "rust", cargo="diesel diesel-async diesel_migrations~ diesel-derive-enum"),
    _orm("sea-orm", "SeaORM", "rust", cargo="sea-orm sea-orm-migration sea-orm-cli~ loco-rs[with-db]"),
    _orm("rbatis", "rbatis", "rust", cargo="rbatis rbdc-*"),
    _orm(
        "eloquent",
        "Eloquent",
        "php",
        composer="laravel/framework illuminate/database laravel/lumen-framework jenssegers/mongodb "
        "mongodb/laravel-mongodb",
    ),
    _orm(
        "doctrine",
        "Doctrine",
        "php",
        composer="doctrine/orm doctrine/doctrine-bundle symfony/orm-pack doctrine/mongodb-odm "
        "doctrine/mongodb-odm-bundle laravel-doctrine/orm doctrine/dbal~ "
        "nettrine/orm gedmo/doctrine-extensions stof/doctrine-extensions-bundle scienta/doctrine-json-functions",
    ),
    _orm("propel", "Propel", "php", composer="propel/propel"),
    _orm("cakephp-orm", "CakePHP ORM", "php", composer="cakephp/cakephp cakephp/orm"),
    _orm("yii-activerecord", "Yii Active Record", "php", composer="yiisoft/yii2 yiisoft/active-record"),
    _orm("think-orm", "ThinkORM", "php", composer="topthink/think-orm topthink/framework~"),
    _orm("cycle", "Cycle ORM", "php", composer="cycle/orm spiral/cycle-bridge"),
)
