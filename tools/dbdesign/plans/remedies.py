"""Remedies as statements of the engine whose plan it is: indexes, statistics."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from dbdesign.dialects.base import dialect
from dbdesign.model.plan import PlanEngine, PlanNode

_DIALECT = {
    PlanEngine.POSTGRESQL: "postgresql",
    PlanEngine.COCKROACHDB: "cockroachdb",
    PlanEngine.MYSQL: "mysql",
    PlanEngine.MARIADB: "mysql",
    PlanEngine.TIDB: "tidb",
    PlanEngine.SQLSERVER: "sqlserver",
    PlanEngine.SQLITE: "sqlite",
}
_NOT_IN_A_NAME = re.compile(r"\W+")


@dataclass(frozen=True)
class NewIndex:
    """An index that a finding proposes.

    Attributes:
        keys: column names, in order; with `expressions`, SQL that is put into the statement as it is.
        include: columns that are only carried.
        where: a predicate, as the engine's SQL.
    """

    relation: str
    keys: tuple[str, ...]
    schema: str | None = None
    include: tuple[str, ...] = ()
    where: str | None = None
    descending: frozenset[str] = frozenset()
    expressions: bool = False

    def statement(self, engine: PlanEngine) -> str:
        """The statement that makes it, without blocking writes where the engine can."""
        if engine is PlanEngine.MONGODB:
            keys = {key: -1 if key in self.descending else 1 for key in self.keys}
            collection = (
                f"getCollection({json.dumps(self.relation)})" if not self.relation.isidentifier() else self.relation
            )
            return f"db.{collection}.createIndex({json.dumps(keys)})"
        concurrently = " CONCURRENTLY" if engine is PlanEngine.POSTGRESQL else ""
        name = "" if engine in {PlanEngine.POSTGRESQL, PlanEngine.COCKROACHDB} else f" {self._name(engine)}"
        online = " WITH (ONLINE = ON)" if engine is PlanEngine.SQLSERVER else ""
        return f"CREATE INDEX{concurrently}{name} {self.definition(engine)}{online}"

    def definition(self, engine: PlanEngine) -> str:
        """From `ON` on, as the twin takes it."""
        spoken = dialect(_DIALECT[engine])
        keys = ", ".join(self._key(key, engine) for key in self.keys)
        carried = ", ".join(spoken.identifier(one) for one in self.include)
        word = "STORING" if engine is PlanEngine.COCKROACHDB else "INCLUDE"
        include = f" {word} ({carried})" if carried else ""
        where = f" WHERE {self.where}" if self.where else ""
        return f"ON {spoken.qualified(self.schema, self.relation)} ({keys}){include}{where}"

    def _key(self, key: str, engine: PlanEngine) -> str:
        if self.expressions:
            return (
                key
                if key.endswith(")") and "(" in key and not key.startswith("(") and engine is PlanEngine.POSTGRESQL
                else f"({key})"
            )
        written = dialect(_DIALECT[engine]).identifier(key)
        return f"{written} DESC" if key in self.descending else written

    def _name(self, engine: PlanEngine) -> str:
        spoken = dialect(_DIALECT[engine])
        words = "_".join(_NOT_IN_A_NAME.sub("_", one).strip("_").lower() for one in (self.relation, *self.keys))
        return spoken.identifier(f"{words[: spoken.max_identifier - 4]}_idx")


def index_on(node: PlanNode, keys: Sequence[str], *, include: Sequence[str] = ()) -> NewIndex | None:
    """An index on the table that a node reads; None where the plan does not name it or no column is known."""
    columns = tuple(dict.fromkeys(key for key in keys if key))
    if not node.relation or not columns:
        return None
    return NewIndex(node.relation, columns, node.relation_schema, tuple(one for one in include if one not in columns))


def analyse(engine: PlanEngine, node: PlanNode) -> str:
    """The statement that collects the statistics of a node's table anew."""
    if not node.relation:
        return "ANALYZE"
    if engine is PlanEngine.MONGODB:
        return f"db.{node.relation}.getPlanCache().clear()"
    name = dialect(_DIALECT[engine]).qualified(node.relation_schema, node.relation)
    return {
        PlanEngine.MYSQL: f"ANALYZE TABLE {name}",
        PlanEngine.MARIADB: f"ANALYZE TABLE {name} PERSISTENT FOR ALL",
        PlanEngine.TIDB: f"ANALYZE TABLE {name}",
        PlanEngine.SQLSERVER: f"UPDATE STATISTICS {name} WITH FULLSCAN",
        PlanEngine.COCKROACHDB: f"CREATE STATISTICS refreshed FROM {name}",
    }.get(engine, f"ANALYZE {name}")


def identifier(engine: PlanEngine, name: str) -> str:
    """A name as the engine's SQL."""
    return name if engine is PlanEngine.MONGODB else dialect(_DIALECT[engine]).identifier(name)


def table(engine: PlanEngine, node: PlanNode) -> str:
    """The table of a node as the engine's SQL."""
    if engine is PlanEngine.MONGODB or not node.relation:
        return node.relation or "the table"
    return dialect(_DIALECT[engine]).qualified(node.relation_schema, node.relation)
