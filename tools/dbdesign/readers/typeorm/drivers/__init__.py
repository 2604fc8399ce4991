"""What TypeORM makes of a table on each engine: types, defaults, statements."""

from __future__ import annotations

from dbdesign.dialects.typeorm import NamingStrategy
from dbdesign.model.schema import Engine
from dbdesign.readers.typeorm.drivers.base import Driver
from dbdesign.readers.typeorm.drivers.mysql import MySqlDriver
from dbdesign.readers.typeorm.drivers.postgres import CockroachDriver, PostgresDriver
from dbdesign.readers.typeorm.drivers.sqlite import SqliteDriver
from dbdesign.readers.typeorm.drivers.sqlserver import SqlServerDriver

_DRIVERS: dict[Engine, type[Driver]] = {
    Engine.POSTGRESQL: PostgresDriver,
    Engine.COCKROACHDB: CockroachDriver,
    Engine.MYSQL: MySqlDriver,
    Engine.TIDB: MySqlDriver,
    Engine.SQLITE: SqliteDriver,
    Engine.SQLSERVER: SqlServerDriver,
}


def driver_for(engine: Engine, naming: NamingStrategy, *, uuid_extension: str = "uuid-ossp") -> Driver:
    """The driver of an engine."""
    return _DRIVERS[engine](naming, uuid_extension)


__all__ = ["Driver", "driver_for"]
