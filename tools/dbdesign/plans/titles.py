"""What the engines whose plans are read are called."""

from __future__ import annotations

TITLES = {
    "postgresql": "PostgreSQL",
    "mysql": "MySQL",
    "mariadb": "MariaDB",
    "sqlserver": "SQL Server",
    "sqlite": "SQLite",
    "cockroachdb": "CockroachDB",
    "tidb": "TiDB",
    "mongodb": "MongoDB",
}
"""How the engines are spoken of."""
