"""What each form of a schema cannot say, so that its silence is not taken for a difference.

A Prisma schema cannot declare a CHECK constraint: that a database has one says nothing of drift. Each gap has the library's own
documentation as its source; the versions are those of the documentation read: Prisma 7, TypeORM 1.1, SQLAlchemy 2.1, Django 5.2, Drizzle
0.45, DBML 3.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dbdesign.model.migration import Kind
from dbdesign.model.schema import Column, ForeignKey, Index, Key, Table
from dbdesign.model.types import Kind as DataKind


@dataclass(frozen=True)
class Gap:
    """Something that a form cannot say.

    Attributes:
        kind: of the object.
        reason: why its absence means nothing, as a sentence without a full stop.
        source: the documentation.
        fields: of the object that cannot be said; empty where the whole object cannot.
        fixed: whether the form says always the same of them, and has no words for anything else.
        applies: whether an object (its other side's) is one that cannot be said.
        own: what the form says instead, given it and the other side's object; for gaps in fields.
        made: whether the form makes such an object by itself, so that it is on its side alone; `applies` is of that object then.
    """

    kind: Kind
    reason: str
    source: str
    fields: frozenset[str] = frozenset()
    applies: Callable[[Any], bool] = lambda _part: True
    fixed: bool = False
    own: Callable[[Any, Any], bool] = lambda _own, _other: True
    made: bool = False


_PRISMA = "https://www.prisma.io/docs/orm/reference/database-features"
_PRISMA_INDEX = "https://www.prisma.io/docs/orm/prisma-schema/data-model/indexes"
_TYPEORM = "https://typeorm.io/docs/indexes"
_TYPEORM_ENTITY = "https://typeorm.io/docs/entity/entities"
_SQLALCHEMY = "https://docs.sqlalchemy.org/en/21/core/metadata.html"
_DJANGO = "https://docs.djangoproject.com/en/5.2/ref/models/fields/"
_DJANGO_META = "https://docs.djangoproject.com/en/5.2/ref/models/options/"
_DRIZZLE = "https://orm.drizzle.team/docs/indexes-constraints"
_DRIZZLE_SCHEMA = "https://orm.drizzle.team/docs/sql-schema-declaration"
_DBML = "https://dbml.dbdiagram.io/docs/"


def _has_expression(part: Any) -> bool:
    return isinstance(part, Index) and any(key.column is None for key in part.keys)


def _composite(part: Any) -> bool:
    return isinstance(part, ForeignKey) and len(part.columns) > 1


def _generated(part: Any) -> bool:
    return isinstance(part, Column) and part.generated is not None


def _numbered(part: Any) -> bool:
    return isinstance(part, Column) and (part.identity is not None or "nextval" in (part.default or ""))


def _ordered(part: Any) -> bool:
    return isinstance(part, Index) and any(key.descending or key.nulls or key.opclass for key in part.keys)


def _whole(source: str, form: str, *kinds: Kind) -> tuple[Gap, ...]:
    """Kinds of objects that a form knows nothing of."""
    return tuple(Gap(kind, f"{form} has no {_PLURALS.get(kind, kind + 's')}", source) for kind in kinds)


def _tables(source: str, form: str) -> tuple[Gap, ...]:
    """What a table may have that a form's does not."""
    return (
        Gap("table", f"{form} does not inherit from another table", source, frozenset({"inherits"})),
        Gap(
            "column",
            f"{form} has no domains: their columns have the type beneath",
            source,
            frozenset({"type"}),
            _of_domain,
        ),
    )


def _of_domain(part: Any) -> bool:
    return isinstance(part, Column) and part.type.kind is DataKind.DOMAIN


_DJANGO_NAME = re.compile(r"_[0-9a-f]{8}(?:_uniq|_like)?\Z|_key\Z")
"""How names end that Django, or PostgreSQL for it, makes up: `BaseDatabaseSchemaEditor._create_index_name`."""

_LIKE_INDEX = re.compile(r"_[0-9a-f]{8}_like\Z")


def _for_like(part: Any) -> bool:
    return isinstance(part, Index) and bool(part.name) and _LIKE_INDEX.search(part.name or "") is not None


def _refused_as_name(part: Any) -> bool:
    name = getattr(part, "name", None) or ""
    return len(name) > 30 or name[:1] == "_" or name[:1].isdigit()


_NEAREST: Mapping[DataKind, frozenset[DataKind]] = {
    DataKind.YEAR: frozenset({DataKind.INT16}),
    DataKind.SET: frozenset({DataKind.VARCHAR, DataKind.TEXT}),
    DataKind.TIMESTAMP: frozenset({DataKind.TIMESTAMPTZ}),
    DataKind.TIMETZ: frozenset({DataKind.TIME}),
    DataKind.CHAR: frozenset({DataKind.VARCHAR, DataKind.TEXT}),
    DataKind.ENUM: frozenset({DataKind.VARCHAR, DataKind.TEXT}),
    DataKind.FLOAT32: frozenset({DataKind.FLOAT64}),
    DataKind.JSON: frozenset({DataKind.JSONB}),
}
"""Types that no field of Django has, and those that its fields have (`DatabaseWrapper.data_types`)."""

_OF_MYSQL: Mapping[str, tuple[str, ...]] = {
    "datetime(6)": ("datetime", "timestamp"),
    "time(6)": ("time",),
    "longtext": ("tinytext", "text", "mediumtext"),
    "longblob": ("tinyblob", "blob", "mediumblob", "binary", "varbinary"),
}
"""The one type of MySQL that Django has for several, which it has no field for."""


def _nearest_of_django(own: Any, other: Any) -> bool:
    if not isinstance(own, Column):
        return False
    twin = re.sub(r"\(\d+\)\Z", "", other.type.native.lower()) in _OF_MYSQL.get(own.type.native.lower(), ())
    return twin or own.type.kind in _NEAREST.get(other.type.kind, frozenset())


def _without_field(part: Any) -> bool:
    return isinstance(part, Column)


def _is_child(part: Any) -> bool:
    return isinstance(part, Table) and bool(part.inherits or part.partition_of)


def _is_partition(part: Any) -> bool:
    return isinstance(part, Table) and part.partition_of is not None


def _without_primary_key(part: Any) -> bool:
    return isinstance(part, Table) and part.primary_key is None and part.partition_of is None


def _of_words(part: Any) -> bool:
    return isinstance(part, Index) and part.method in {"fulltext", "spatial"}


def _unsigned(part: Any) -> bool:
    return isinstance(part, Column) and part.type.unsigned


def _signed_twin(own: Any, other: Any) -> bool:
    """Whether it is a key that Django numbers, or a reference to one: their columns end in `_id` (`ForeignKey.get_attname`)."""
    whole = isinstance(own, Column) and own.type.is_integer and other.type.is_integer and not own.type.unsigned
    return whole and (own.identity is not None or own.name.endswith("_id"))


_CASTS = re.compile(
    r"(?<=\d)\+00(?='::timestamp)"
    r"|::(?:timestamp(?:\(\d\))? with(?:out)? time zone|bpchar|text|character varying)(?:\(\d+\))?"
)


def _same_but_for_types(own: Any, other: Any) -> bool:
    """Whether two conditions differ in the types of their constants alone, which are those of the columns."""
    texts = [
        _CASTS.sub("", getattr(part, "expression", "") or "").replace("(", "").replace(")", "") for part in (own, other)
    ]
    return texts[0] == texts[1] != ""


_NAMED_BY_DJANGO: tuple[Kind, ...] = ("unique key", "index")


def _named_by_django(part: Any) -> bool:
    return bool(part.name) and _DJANGO_NAME.search(part.name) is not None


_PLURALS: Mapping[str, str] = {
    "policy": "row security policies",
    "row security": "row security",
    "partitioning": "partitioning",
    "partition": "partitions",
    "check": "CHECK constraints",
    "exclusion": "exclusion constraints",
    "composite": "composite types",
    "owner": "owners",
    "carried": "such objects",
    "grant": "privileges",
    "option": "storage options",
    "index": "indexes",
}

_BESIDE: tuple[Kind, ...] = ("owner", "grant", "trigger", "routine", "carried", "partition", "option")
"""What none of the forms in a program has."""

GAPS: Mapping[str, tuple[Gap, ...]] = {
    "prisma": (
        Gap("table", "a model of a Prisma schema is no partition of another table", _PRISMA, applies=_is_partition),
        Gap("option", "Prisma Migrate gives each table utf8mb4, a Prisma schema has no words for another", _PRISMA, made=True),
        *_tables(_PRISMA, "a Prisma schema"),
        *_whole(_PRISMA, "a Prisma schema", *_BESIDE),
        *_whole(
            _PRISMA, "a Prisma schema", "check", "exclusion", "policy", "row security", "partitioning", "domain", "composite",
            "sequence",
        ),
        Gap("view", "views are in a Prisma schema only with the preview feature views", _PRISMA),
        Gap("extension", "extensions are in a Prisma schema only with the preview feature postgresqlExtensions", _PRISMA),
        Gap("comment", "a Prisma schema's /// comments are not the database's", _PRISMA),
        Gap("comment", "a Prisma schema's /// comments are not the database's", _PRISMA, made=True),
        Gap("index", "a Prisma index has columns, not expressions", _PRISMA_INDEX, applies=_has_expression),
        Gap(
            "index", "a Prisma index has no covered columns, no NULLS order and no NULLS NOT DISTINCT", _PRISMA_INDEX,
            frozenset({"include", "nulls_not_distinct", "visible", "valid"}),
        ),
        Gap("index", "the condition of a partial index is in a Prisma schema from version 7 on", _PRISMA_INDEX, frozenset({"where"})),
        Gap(
            "foreign key", "a Prisma relation is neither deferrable nor MATCH FULL nor NOT VALID", _PRISMA,
            frozenset({"deferrable", "initially_deferred", "match", "valid", "enforced", "set_columns"}),
        ),
        Gap(
            "unique key", "a Prisma unique key is neither deferrable nor NULLS NOT DISTINCT nor covering", _PRISMA,
            frozenset({"nulls_not_distinct", "deferrable", "initially_deferred", "include"}),
        ),
        Gap(
            "column", "a Prisma schema has no collations and no generated columns", _PRISMA,
            frozenset({"collation", "generated", "on_update"}),
        ),
        Gap(
            "column", "autoincrement() does not tell an identity column from a serial one", _PRISMA,
            frozenset({"identity", "default"}), _numbered,
        ),
    ),
    "typeorm": (
        Gap("table", "a TypeORM entity has a primary column", _TYPEORM_ENTITY, applies=_without_primary_key),
        Gap("primary key", "a TypeORM entity does not say that its key is not clustered", _TYPEORM_ENTITY, frozenset({"clustered"})),
        Gap("view", "a TypeORM view has an expression, and none of MySQL's options", "https://typeorm.io/docs/entity/view-entities",
            frozenset({"options"})),
        Gap("table", "a TypeORM entity is no partition and does not inherit from another table", _TYPEORM_ENTITY, applies=_is_child),
        Gap(
            "column", "a TypeORM entity has increment and identity columns, and none that count by a sequence apart", _TYPEORM_ENTITY,
            frozenset({"identity", "default"}), _numbered,
        ),
        *_tables(_TYPEORM_ENTITY, "a TypeORM entity"),
        *_whole(_TYPEORM_ENTITY, "a TypeORM entity", *_BESIDE),
        *_whole(
            _TYPEORM_ENTITY, "a TypeORM entity", "policy", "row security", "partitioning", "domain", "composite", "sequence", "extension"
        ),
        Gap(
            "index", "a TypeORM index has columns, not expressions (synchronize: false leaves such an index alone)", _TYPEORM,
            applies=_has_expression,
        ),
        Gap(
            "index", "a TypeORM index has neither an order nor operator classes (synchronize: false leaves such an index alone)", _TYPEORM,
            applies=_ordered,
        ),
        Gap(
            "index", "a TypeORM index has neither an order nor operator classes nor covered columns", _TYPEORM,
            frozenset({"keys", "include", "nulls_not_distinct", "visible", "valid"}), _ordered,
        ),
        Gap(
            "foreign key", "a TypeORM relation is neither MATCH FULL nor NOT VALID", _TYPEORM_ENTITY,
            frozenset({"match", "valid", "enforced", "set_columns"}),
        ),
        Gap("unique key", "a TypeORM @Unique covers no further columns", _TYPEORM_ENTITY, frozenset({"nulls_not_distinct", "include"})),
    ),
    "sqlalchemy": (
        Gap("table", "a table of SQLAlchemy's metadata is no partition of another", _SQLALCHEMY, applies=_is_partition),
        Gap(
            "table", "mapped classes do not inherit the database's way, but for the option postgresql_inherits",
            "https://docs.sqlalchemy.org/en/21/dialects/postgresql.html#postgresql-table-options", frozenset({"inherits"}),
        ),
        *_whole(_SQLALCHEMY, "SQLAlchemy's metadata", "owner", "grant", "trigger", "routine", "carried", "partition"),
        *_whole(_SQLALCHEMY, "SQLAlchemy's metadata", "view", "policy", "row security", "extension", "composite"),
        Gap("foreign key", "NOT VALID is no part of SQLAlchemy's metadata", _SQLALCHEMY, frozenset({"valid", "enforced"})),
        Gap("check", "NOT VALID is no part of SQLAlchemy's metadata", _SQLALCHEMY, frozenset({"valid", "enforced", "no_inherit"})),
        Gap("index", "an index's validity is no part of SQLAlchemy's metadata", _SQLALCHEMY, frozenset({"valid", "visible"})),
    ),
    "django": (
        Gap("table", "a Django model is no partition of another table", _DJANGO_META, applies=_is_partition),
        Gap("index", "a Django index is neither FULLTEXT nor SPATIAL", _DJANGO_META, applies=_of_words),
        Gap("column", "Django has no ON UPDATE CURRENT_TIMESTAMP", _DJANGO, frozenset({"on_update"})),
        Gap("column", "no automatic key of Django is unsigned, nor what refers to it", _DJANGO, frozenset({"type"}), _unsigned,
            fixed=True, own=_signed_twin),
        Gap("check", "DateTimeField has a time zone, and CharField is varchar", _DJANGO, frozenset({"expression"}), fixed=True,
            own=_same_but_for_types),
        Gap("primary key", "a Django model does not say that its key is not clustered", _DJANGO_META, frozenset({"clustered"})),
        Gap("column", "Django has one way to number the rows of a table on each engine", _DJANGO, frozenset({"identity", "default"}),
            _numbered),
        *_tables(_DJANGO_META, "a Django model"),
        *_whole(_DJANGO_META, "a Django model", *_BESIDE),
        *_whole(
            _DJANGO_META, "a Django model", "view", "policy", "row security", "partitioning", "domain", "composite", "sequence",
            "extension", "enum",
        ),
        Gap(
            "foreign key", "Django acts on_delete itself, the database's key is left at NO ACTION (before 6.1's DB_CASCADE)",
            f"{_DJANGO}#django.db.models.ForeignKey.on_delete",
            frozenset({"on_delete", "on_update", "match", "valid", "enforced", "set_columns"}),
        ),
        Gap("foreign key", "a Django ForeignKey has one column", _DJANGO, applies=_composite),
        Gap(
            "foreign key", "Django makes up a key's name, and defers its checks where the database can",
            "https://github.com/django/django/blob/stable/5.2.x/django/db/backends/base/schema.py",
            frozenset({"name", "deferrable", "initially_deferred"}), fixed=True,
        ),
        Gap(
            "primary key", "Django leaves the primary key's name to the database",
            "https://github.com/django/django/blob/stable/5.2.x/django/db/backends/base/schema.py", frozenset({"name"}), fixed=True,
        ),
        *(
            Gap(
                kind, "Django makes up the names of unique=True and db_index=True",
                "https://github.com/django/django/blob/stable/5.2.x/django/db/backends/base/schema.py",
                frozenset({"name"}), _named_by_django, fixed=True,
            )
            for kind in _NAMED_BY_DJANGO
        ),
        Gap(
            "column", "Django's default= is the program's; the database's is db_default= (from 5.0)", f"{_DJANGO}#db-default",
            frozenset({"default"}),
        ),
        Gap("index", "an index's validity is no part of a Django model", _DJANGO_META, frozenset({"valid", "visible"})),
        Gap(
            "index", "the name of a Django index has 30 characters at most and begins with a letter",
            "https://docs.djangoproject.com/en/5.2/ref/models/indexes/#name", frozenset({"name"}), _refused_as_name, fixed=True,
        ),
        Gap(
            "index", "Django makes an index for LIKE beside that of a unique or indexed text column",
            "https://github.com/django/django/blob/stable/5.2.x/django/db/backends/postgresql/schema.py", applies=_for_like, made=True,
        ),
        Gap(
            "column", "no field of Django has this type: DateTimeField has a time zone, FloatField double precision, CharField varchar",
            "https://github.com/django/django/blob/stable/5.2.x/django/db/backends/postgresql/base.py",
            frozenset({"type"}), _without_field, fixed=True, own=_nearest_of_django,
        ),
    ),
    "drizzle": (
        Gap("view", "a Drizzle view has no definer", "https://orm.drizzle.team/docs/views", frozenset({"options"})),
        Gap("index", "a Drizzle index is neither FULLTEXT nor SPATIAL", _DRIZZLE, applies=_of_words),
        *_tables(_DRIZZLE_SCHEMA, "a Drizzle schema"),
        *_whole(_DRIZZLE_SCHEMA, "a Drizzle schema", *_BESIDE),
        *_whole(_DRIZZLE_SCHEMA, "a Drizzle schema", "exclusion", "partitioning", "domain", "composite", "extension"),
        Gap("comment", "a Drizzle schema has no comments", _DRIZZLE_SCHEMA),
        Gap(
            "column", "a Drizzle column has no collation", "https://github.com/drizzle-team/drizzle-orm/issues/638",
            frozenset({"collation"}),
        ),
        Gap(
            "foreign key", "a Drizzle foreign key is neither deferrable nor MATCH FULL nor NOT VALID",
            "https://github.com/drizzle-team/drizzle-orm/issues/1429",
            frozenset({"deferrable", "initially_deferred", "match", "valid", "enforced", "set_columns"}),
        ),
        Gap(
            "unique key", "a Drizzle unique constraint is not deferrable", "https://github.com/drizzle-team/drizzle-orm/issues/1429",
            frozenset({"deferrable", "initially_deferred", "include"}),
        ),
        Gap(
            "index", "a Drizzle index covers no further columns", _DRIZZLE,
            frozenset({"include", "nulls_not_distinct", "valid", "visible"}),
        ),
    ),
    "dbml": (
        *_tables(_DBML, "DBML"),
        *_whole(_DBML, "DBML", *_BESIDE),
        *_whole(
            _DBML, "DBML", "exclusion", "view", "policy", "row security", "partitioning", "domain", "composite", "sequence", "extension"
        ),
        Gap("index", "a DBML index has no condition", _DBML, frozenset({"where", "include", "nulls_not_distinct", "valid", "visible"})),
        Gap("column", "a DBML column has no collation and is not generated", _DBML, frozenset({"collation", "generated", "on_update"})),
        Gap(
            "foreign key", "a DBML reference is neither deferrable nor MATCH FULL nor NOT VALID", _DBML,
            frozenset({"deferrable", "initially_deferred", "match", "valid", "enforced", "set_columns"}),
        ),
    ),
}  # fmt: skip
"""What each form cannot say, by the reader's name. A form that is not listed says everything that its engine does."""

ALIASES: Mapping[str, str] = {
    "sqlmodel": "sqlalchemy",
    "sqlalchemy-import": "sqlalchemy",
    "django-migrations": "django",
}

TOOL_TABLES: Mapping[str, str] = {
    "alembic_version": "Alembic's own record",
    "_prisma_migrations": "Prisma Migrate's own record",
    "django_migrations": "Django's own record of migrations",
    "flyway_schema_history": "Flyway's own record",
    "schema_version": "Flyway's own record (before version 5)",
    "databasechangelog": "Liquibase's own record",
    "databasechangeloglock": "Liquibase's own lock",
    "schema_migrations": "the own record of golang-migrate, dbmate or ActiveRecord",
    "goose_db_version": "goose's own record",
    "knex_migrations": "Knex's own record",
    "knex_migrations_lock": "Knex's own lock",
    "typeorm_metadata": "TypeORM's own record of views and generated columns",
    "__drizzle_migrations": "Drizzle Kit's own record",
    "drizzle.__drizzle_migrations": "Drizzle Kit's own record",
    "ar_internal_metadata": "ActiveRecord's own record",
    "__EFMigrationsHistory": "EF Core's own record",
    "gorp_migrations": "sql-migrate's own record",
    "SequelizeMeta": "Sequelize's own record",
    "migrations": "TypeORM's own record",
}
"""Tables that migration tools keep for themselves, lower case, and whose they are."""

DJANGO_TABLES = ("auth_", "django_", "account_", "socialaccount_", "authtoken_", "sites_")
"""How the tables of Django's contrib apps and of its commonest packages begin, whose models are not in a project's source."""


def gaps(form: str) -> tuple[Gap, ...]:
    """What a form cannot say."""
    return GAPS.get(ALIASES.get(form, form), ())


def unsaid(form: str, kind: Kind, part: Any) -> Gap | None:
    """The gap by which a form lacks a whole object that the other side has."""
    return _whole_gap(form, kind, part, made=False)


def made_by(form: str, kind: Kind, part: Any) -> Gap | None:
    """The gap by which a form has an object that nobody wrote, or that is none of the database's."""
    return _whole_gap(form, kind, part, made=True)


def _whole_gap(form: str, kind: Kind, part: Any, *, made: bool) -> Gap | None:
    whole = (one for one in gaps(form) if one.kind == kind and not one.fields and one.made is made)
    return next((one for one in whole if one.applies(part)), None)


def unsaid_fields(form: str, kind: Kind, part: Any, own: Any = None) -> Mapping[str, Gap]:
    """The fields of an object that a form cannot say, as the other side has them (and as the form has them, where that matters)."""
    found: dict[str, Gap] = {}
    for one in gaps(form):
        if one.kind == kind and one.fields and one.applies(part) and one.own(own, part):
            found.update(dict.fromkeys(one.fields, one))
    return found


ONE_UNIQUENESS: Mapping[str, str] = {
    "prisma": "a Prisma schema does not tell a unique constraint from a unique index",
    "django": "a Django model has unique constraints, and no unique index of whole columns",
}
"""The forms that have one way alone to say that columns are unique, and how that reads."""


def unique_twin(form: str, part: Any) -> str | None:
    """Why the form does not tell this unique key, or unique index, from the other; None where it does."""
    plain = isinstance(part, Key) or (isinstance(part, Index) and part.unique and part.where is None)
    return ONE_UNIQUENESS.get(ALIASES.get(form, form)) if plain else None
