"""Database engines: their drivers and client libraries by ecosystem, container images, URL schemes and charts.

Sources: the registries' own descriptions of the packages (npm, PyPI, pkg.go.dev, Maven Central, NuGet, RubyGems, Packagist, crates.io,
Hex) and the drivers' lists of each vendor's documentation.
"""

from __future__ import annotations

from dbdesign.detect.catalogue import Known
from dbdesign.detect.catalogue.relational import RELATIONAL

ENGINES = (
    *RELATIONAL,
    Known(
        "mongodb",
        "MongoDB",
        "document",
        "engine",
        {
            "npm": "mongodb mongoose mongoist monk mongojs @nestjs/mongoose @typegoose/typegoose connect-mongo "
            "connect-mongodb-session agenda "
            "@mikro-orm/mongodb @payloadcms/db-mongodb migrate-mongo papr @fastify/mongodb @auth/mongodb-adapter "
            "mongoskin @keyv/mongo mongodb-legacy feathers-mongodb @feathersjs/mongodb sails-mongo "
            "loopback-connector-mongodb @langchain/mongodb "
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
            "org.reactivemongo:* org.mongojack:* org.jongo:jongo org.mongodb.morphia:* io.github.kirill5k:mongo4cats-* "
            "org.springframework.boot:spring-boot-starter-data-mongodb* "
            "org.springframework.data:spring-data-mongodb io.quarkus:quarkus-mongodb-* "
            "org.litote.kmongo:* dev.morphia.morphia:* io.vertx:vertx-mongo-client io.micronaut.mongodb:* io.mongock:* "
            "de.flapdoodle.embed:*#test org.testcontainers:mongodb#test "
            "org.testcontainers:testcontainers-mongodb#test de.bwaldvogel:mongo-java-server#test",
            "nuget": "MongoDB.Driver MongoDB.Driver.* MongoDB.Bson~ MongoDB.EntityFrameworkCore MongoFramework "
            "MassTransit.MongoDb OpenIddict.MongoDb AspNetCore.Identity.MongoDbCore "
            "Hangfire.Mongo Aspire.MongoDB* Aspire.Hosting.MongoDB "
            "MongoDB.Entities Volo.Abp.MongoDB Microsoft.Extensions.Caching.MongoDB Mongo2Go#test "
            "EphemeralMongo*#test Testcontainers.MongoDb#test",
            "gem": "mongo mongoid mongo_mapper mongoid-* mongoid_rails_migrations",
            "composer": "mongodb/mongodb ext-mongodb jenssegers/mongodb mongodb/laravel-mongodb doctrine/mongodb-odm "
            "doctrine/mongodb-odm-bundle "
            "alcaeus/mongo-php-adapter",
            "cargo": "mongodb wither rocket_db_pools[mongodb]",
            "hex": "mongodb mongodb_driver mongodb_ecto",
            "swift": "mongodb/mongo-swift-driver mongodb/mongodb-vapor orlandos-nl/mongokitten openkitten/mongokitten "
            "vapor/fluent-mongo-driver",
            "pub": "mongo_dart",
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
            "@hapi/catbox-redis apollo-server-cache-redis nestjs-redis @songkeys/nestjs-redis "
            "redis-semaphore rsmq@queue @bull-board/*~@queue "
            "redlock @fastify/redis @liaoliaots/nestjs-redis @nestjs-modules/ioredis node-resque@queue "
            "graphql-redis-subscriptions "
            "@vercel/kv redis-om @types/ioredis~ ioredis-mock#test redis-mock#test redis-memory-server#test "
            "@testcontainers/redis#test",
            "pypi": "redis aioredis hiredis django-redis redis-py-cluster celery[redis]@queue rq@queue django-rq@queue "
            "arq@queue saq@queue channels-redis "
            "flask-redis kombu[redis]@queue walrus coredis redis-om dramatiq[redis]@queue taskiq-redis@queue "
            "valkey valkey-glide django-cacheops "
            "rq-scheduler@queue flask-limiter[redis] flask-session[redis] slowapi[redis] redisvl "
            "django-redis-cache redis-sentinel-url aiocache[redis] limits[redis] huey[redis]@queue "
            "fastapi-limiter fastapi-cache2[redis] "
            "python-redis-lock celery-redbeat@queue pottery channels-valkey django-valkey fakeredis#test "
            "birdisle#test pytest-redis#test "
            "testcontainers[redis]#test",
            "go": "github.com/go-redis/redis github.com/go-redis/redis/* github.com/redis/go-redis/* "
            "github.com/gomodule/redigo github.com/garyburd/redigo "
            "github.com/hibiken/asynq@queue github.com/redis/rueidis github.com/redis/rueidis/* "
            "github.com/adjust/rmq@queue github.com/adjust/rmq/*@queue github.com/mna/redisc "
            "github.com/valkey-io/valkey-glide/* "
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
            "ohm redis-mutex redis-lock flipper-redis anycable-rails~ "
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
            "swift": "swift-server/redistack vapor/redis vapor/queues-redis-driver@queue valkey-io/valkey-swift",
            "pub": "redis",
        },
        images="redis valkey/valkey valkey/valkey-bundle bitnami/redis bitnamilegacy/redis bitnami/valkey bitnami/redis-cluster "
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
        images="amazon/dynamodb-local aws-dynamodb-local/aws-dynamodb-local aaronshaf/dynamodb-admin instructure/dynamo-local-admin",
        schemes="dynamodb",
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
            "com.outworkers:phantom-* com.datastax.dse:* "
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
            "com.sksamuel.elastic4s:* nl.gn0s1s:elastic4s-* "
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
