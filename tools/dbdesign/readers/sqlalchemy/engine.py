"""Which engine a program's models are for: what its connection strings and imported dialects say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from dbdesign.model.schema import Engine

_URL = re.compile(
    r"\b(postgres(?:ql)?|mysql|mariadb|sqlite|mssql|cockroachdb|tidb)(?:\+\w+)?://|drivername\s*=\s*[\"'](postgresql|mysql|mssql|sqlite)|"
    r"PostgresDsn|MySQLDsn"
)
_DIALECT = re.compile(r"^\s*from\s+sqlalchemy\.dialects(?:\.(\w+)\S*)?\s+import\s+([^\n]*)", re.MULTILINE)
_NAMES = {
    "postgres": Engine.POSTGRESQL, "postgresql": Engine.POSTGRESQL, "mysql": Engine.MYSQL, "mariadb": Engine.MYSQL, "sqlite": Engine.SQLITE,
    "mssql": Engine.SQLSERVER, "cockroachdb": Engine.COCKROACHDB, "tidb": Engine.TIDB,
}  # fmt: skip
_KEYWORD = re.compile(
    r"\b(postgresql|mysql|mssql)_(?:where|using|ops|include|engine|charset|collate|length|clustered|partition_by)\b"
)
DIALECTS = {
    Engine.POSTGRESQL: "postgresql", Engine.MYSQL: "mysql", Engine.SQLITE: "sqlite", Engine.SQLSERVER: "mssql",
    Engine.COCKROACHDB: "postgresql", Engine.TIDB: "mysql",
}  # fmt: skip
"""SQLAlchemy's dialect for an engine."""


def engine_of(files: Mapping[str, str]) -> tuple[Engine, str]:
    """The engine, and how it was found.

    A dialect whose types the models use outweighs connection strings; SQLite counts only where nothing else is named,
    for tests use it beside
    the application's own engine.
    """
    found: Counter[Engine] = Counter()
    for text in files.values():
        for dialect, names in _DIALECT.findall(text):
            for one in [dialect, *re.findall(r"\w+", names)] if not dialect else [dialect]:
                if one in _NAMES:
                    found[_NAMES[one]] += 10
        for match in _KEYWORD.finditer(text):
            found[_NAMES[match[1]]] += 5
        for match in _URL.finditer(text):
            name = match[1] or match[2] or match[0].removesuffix("Dsn").lower()
            found[_NAMES[name]] += 1
        if "cockroachdb" in text and "sqlalchemy_cockroachdb" in text:
            found[Engine.COCKROACHDB] += 10
    others = {engine: count for engine, count in found.items() if engine is not Engine.SQLITE}
    best = max(others, key=lambda one: (others[one], one is Engine.POSTGRESQL), default=None)
    if best is not None and others[best] <= 3 * others.get(Engine.POSTGRESQL, 0):
        best = Engine.POSTGRESQL  # of several that a program runs on
    if best is not None:
        return best, f"read for {best}, which the files name"
    if found:
        return Engine.SQLITE, "read for sqlite, the only engine that the files name"
    return Engine.POSTGRESQL, "read for postgresql: the files name no engine"
