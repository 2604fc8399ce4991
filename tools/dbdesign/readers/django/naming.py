"""The names that Django gives to tables, indexes and constraints that the project does not name.

Source: `truncate_name` and `names_digest` of django.db.backends.utils, `_create_index_name` of django.db.backends.base.schema,
`set_name_with_model` of django.db.models.indexes (all versions from 3.2 on).
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import md5

from dbdesign.model.schema import Engine

_MAXIMUM = {Engine.POSTGRESQL: 63, Engine.COCKROACHDB: 63, Engine.MYSQL: 64, Engine.TIDB: 64, Engine.SQLSERVER: 128}
_UNLIMITED = 200
"""What Django takes for an engine without a limit (SQLite)."""


def digest(*parts: str, length: int) -> str:
    """The first characters of a digest of names, as Django computes it."""
    value = md5(usedforsecurity=False)
    for one in parts:
        value.update(one.encode(errors="surrogatepass"))
    return value.hexdigest()[:length]


@dataclass(frozen=True)
class NameRules:
    """Names for one engine; `maximum` is the longest that it keeps, None for no limit."""

    maximum: int | None

    @classmethod
    def of(cls, engine: Engine) -> NameRules:
        """The rules for an engine."""
        return cls(_MAXIMUM.get(engine))

    def shortened(self, name: str) -> str:
        """A table's name, cut to the engine's limit with four characters of digest."""
        if self.maximum is None or len(name) <= self.maximum:
            return name
        return f"{name[: self.maximum - 4]}{digest(name, length=4)}"

    def index(self, table: str, columns: list[str], suffix: str = "") -> str:
        """`table_columns_digest` and a suffix (`_uniq`, `_like`, `_fk_customer_id`), within the limit."""
        table = bare(table)
        maximum = self.maximum or _UNLIMITED
        ending = f"{digest(table, *columns, length=8)}{suffix}"
        joined = "_".join(columns)
        name = f"{table}_{joined}_{ending}"
        if len(name) <= maximum:
            return name
        if len(ending) > maximum / 3:
            ending = ending[: maximum // 3]
        room = (maximum - len(ending)) // 2 - 1
        name = f"{table[:room]}_{joined[:room]}_{ending}"
        return f"D{name[:-1]}" if name[0] == "_" or name[0].isdigit() else name


def meta_index(table: str, columns: list[tuple[str, bool]], suffix: str) -> str:
    """The name of an index of `Meta.indexes` that has none; `columns` with whether they descend."""
    table = bare(table)
    ordered = [f"-{name}" if descending else name for name, descending in columns]
    ending = f"{digest(table, *ordered, suffix, length=6)}_{suffix}"
    name = f"{table[:11]}_{columns[0][0][:7]}_{ending}"
    return f"D{name[1:]}" if name[0] == "_" or name[0].isdigit() else name


def bare(table: str) -> str:
    """A table's name without its namespace: `"schema"."table"` is split as Django splits it."""
    name = table.strip('"')
    return name.rpartition('"."')[2] if '"."' in name else name
