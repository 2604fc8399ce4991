"""Types and bases of packages beside SQLAlchemy, by what they make in a database: SQLAlchemy-Utils, pgvector, GeoAlchemy 2, FastAPI Users …

Sources: the packages' own code (sqlalchemy_utils/types/*.py 0.42, pgvector/sqlalchemy/*.py 0.4, geoalchemy2/types/__init__.py 0.17,
fastapi_users_db_sqlalchemy 7, sqlalchemy_json 0.7, citext 1.8).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import declared_attr
from sqlalchemy.types import UserDefinedType

from dbdesign.readers.sqlalchemy.values import IGNORED, Native


class Verbatim(UserDefinedType[Any]):
    """A type of which only the spelling is known."""

    cache_ok = True

    def __init__(self, text: str = "text") -> None:
        self.text = text

    def get_col_spec(self, **_: Any) -> str:
        """The spelling."""
        return self.text


class Spatial(Verbatim):
    """GeoAlchemy's column, which has an index of its own unless that is declined."""

    def __init__(self, text: str = "geometry", *, indexed: bool = True) -> None:
        super().__init__(text)
        self.indexed = indexed


def _fixed(make: Callable[[], Any]) -> Native:
    return Native(lambda *_, **__: make(), is_type=True)


def _uuid(binary: bool = True, native: bool = True) -> Any:
    there = sa.BINARY(16) if binary else sa.CHAR(32)
    return there.with_variant(postgresql.UUID(), "postgresql") if native else there


def _choice(_choices: Any = (), impl: Any = None, **_: Any) -> Any:
    return impl if impl is not None else sa.Unicode(255)


def _first_type(*arguments: Any, **_: Any) -> Any:
    kinds = [
        one
        for one in arguments
        if isinstance(one, sa.types.TypeEngine) or (isinstance(one, type) and issubclass(one, sa.types.TypeEngine))
    ]
    return kinds[0] if kinds else sa.LargeBinary()


def _vector(name: str) -> Native:
    return Native(lambda dim=None, *_, **__: Verbatim(f"{name}({int(dim)})" if dim is not None else name), is_type=True)


def _spatial(name: str) -> Native:
    def make(
        geometry_type: Any = "GEOMETRY",
        srid: Any = -1,
        _dimension: Any = None,
        spatial_index: Any = True,
        *_: Any,
        **__: Any,
    ) -> Any:
        kind = f"({geometry_type},{int(srid)})" if geometry_type else ""
        return Spatial(f"{name}{kind}", indexed=bool(spatial_index) and name != "raster")

    return Native(make, is_type=True)


SPATIAL: Mapping[str, Any] = {
    "Geometry": _spatial("geometry"),
    "Geography": _spatial("geography"),
    "Raster": _fixed(lambda: Spatial("raster")),
}
VECTORS: Mapping[str, Any] = {
    "Vector": _vector("VECTOR"), "VECTOR": _vector("VECTOR"), "HALFVEC": _vector("HALFVEC"), "HalfVector": _vector("HALFVEC"),
    "SPARSEVEC": _vector("SPARSEVEC"), "BIT": Native(lambda length=None: postgresql.BIT(length)),
}  # fmt: skip


class Timestamp:
    """SQLAlchemy-Utils' mixin."""

    created = sa.Column(sa.DateTime, nullable=False)
    updated = sa.Column(sa.DateTime, nullable=False)


UTILS: Mapping[str, Any] = {
    "UUIDType": Native(_uuid, is_type=True), "EmailType": Native(lambda length=255, *_, **__: sa.Unicode(length), is_type=True),
    "PasswordType": Native(lambda max_length=1094, **_: sa.VARBINARY(max_length).with_variant(postgresql.BYTEA(),
    "postgresql"), is_type=True),
    "ChoiceType": Native(_choice), "JSONType": _fixed(lambda: sa.UnicodeText().with_variant(postgresql.JSON(), "postgresql")),
    "ArrowType": Native(lambda **_: sa.DateTime(), is_type=True), "EnrichedDateTimeType": Native(lambda **_: sa.DateTime(), is_type=True),
    "URLType": _fixed(sa.UnicodeText), "PhoneNumberType": Native(lambda *_, max_length=20, **__: sa.Unicode(max_length), is_type=True),
    "IPAddressType": Native(lambda max_length=50, **_: sa.Unicode(max_length), is_type=True), "TSVectorType": _fixed(postgresql.TSVECTOR),
    "LtreeType": _fixed(lambda: Verbatim("LTREE")), "LQUERY": _fixed(lambda: Verbatim("LQUERY")),
    "CountryType": _fixed(lambda: sa.String(2)), "CurrencyType": _fixed(lambda: sa.String(3)),
    "LocaleType": _fixed(lambda: sa.Unicode(10)), "ColorType": Native(lambda max_length=20, **_: sa.Unicode(max_length), is_type=True),
    "TimezoneType": _fixed(lambda: sa.Unicode(50)), "ScalarListType": _fixed(sa.UnicodeText),
    "WeekDaysType": _fixed(lambda: postgresql.BIT(7)),
    "EncryptedType": _fixed(sa.LargeBinary), "StringEncryptedType": Native(lambda *_, length=None, **__: sa.String(length), is_type=True),
    "IntRangeType": _fixed(postgresql.INT4RANGE), "Int8RangeType": _fixed(postgresql.INT8RANGE),
    "NumericRangeType": _fixed(postgresql.NUMRANGE),
    "DateRangeType": _fixed(postgresql.DATERANGE), "DateTimeRangeType": _fixed(postgresql.TSRANGE),
    "Timestamp": Timestamp, "generic_repr": Native(lambda *names: names[0] if names and isinstance(names[0],
    type) else Native(lambda cls: cls)),
}  # fmt: skip


def _guid() -> Any:
    return sa.CHAR(36).with_variant(postgresql.UUID(), "postgresql")


class FastApiUser:
    """FastAPI Users' mixin."""

    @declared_attr.directive
    def __tablename__(self) -> str:
        return "user"

    email = sa.Column(sa.String(320), unique=True, index=True, nullable=False)
    hashed_password = sa.Column(sa.String(1024), nullable=False)
    is_active = sa.Column(sa.Boolean, nullable=False)
    is_superuser = sa.Column(sa.Boolean, nullable=False)
    is_verified = sa.Column(sa.Boolean, nullable=False)


class FastApiUserById(FastApiUser):
    """The same with an UUID as its key."""

    id = sa.Column(_guid(), primary_key=True)


FASTAPI_USERS: Mapping[str, Any] = {
    "SQLAlchemyBaseUserTable": FastApiUser,
    "SQLAlchemyBaseUserTableUUID": FastApiUserById,
    "GUID": _fixed(_guid),
}
_JSON = Native(lambda dbtype=None, *_, **__: dbtype if dbtype is not None else sa.JSON())
PACKAGES: Mapping[str, Mapping[str, Any]] = {
    "sqlalchemy_utils": UTILS,
    "geoalchemy2": SPATIAL,
    "pgvector": VECTORS,
    "fastapi_users_db_sqlalchemy": FASTAPI_USERS,
    "fastapi_users": FASTAPI_USERS,
    "sqlalchemy_json": {"mutable_json_type": _JSON, "MutableJson": sa.JSON, "NestedMutableJson": sa.JSON},
    "citext": {"CIText": postgresql.CITEXT},
    "sqlalchemy_utc": {"UtcDateTime": _fixed(lambda: sa.DateTime(timezone=True)), "utcnow": Native(sa.func.now)},
    "sqlalchemy_mixins": {},
    "sqlmodel.sql.sqltypes": {},
}

OLD_NAMES: Mapping[str, Any] = {"Binary": sa.LargeBinary, "BIGINT": sa.BIGINT}
"""Names of SQLAlchemy before 1.4 that are gone."""


def member(package: str, last: str, otherwise: Any) -> Any:
    """A name of a package, or `otherwise`."""
    names = PACKAGES.get(package.partition(".")[0])
    if names is None:
        return otherwise
    found = names.get(last, otherwise)
    return otherwise if found is IGNORED else found
