"""The advised indexes as each engine builds them. PostgreSQL's planner chose them; for another engine they are adapted by rule."""

from __future__ import annotations

from dbdesign.indexes.candidate import Candidate
from dbdesign.indexes.engines import cockroachdb, mysql, postgresql, sqlite, sqlserver
from dbdesign.indexes.engines.base import Built, Order, identifier
from dbdesign.indexes.existing import Existing
from dbdesign.model.schema import Engine, Schema

__all__ = ["Built", "build", "drop", "has_method", "trial"]

_MAKERS = {
    Engine.POSTGRESQL: postgresql.build,
    Engine.MYSQL: mysql.build,
    Engine.TIDB: mysql.build,
    Engine.SQLSERVER: sqlserver.build,
    Engine.COCKROACHDB: cockroachdb.build,
    Engine.SQLITE: sqlite.build,
}
_METHODS = {Engine.COCKROACHDB: frozenset({"btree", "gin"})}
"""Access methods that there are a counterpart of; of engines that are not named, B-trees alone."""


def build(candidate: Candidate, name: str, schema: Schema) -> Built:
    """An advised index for the engine of a schema."""
    return _MAKERS[schema.engine](Order(candidate, name, schema.table_by_label[candidate.label], schema))


def has_method(method: str, engine: Engine) -> bool:
    """Whether an engine has an index of PostgreSQL's access method, or one that is alike."""
    return engine is Engine.POSTGRESQL or method in _METHODS.get(engine, frozenset({"btree"}))


def trial(engine: Engine) -> str | None:
    """How an index is tried on the engine before it is relied on, where its planner is not PostgreSQL's; None where it cannot be."""
    return {Engine.MYSQL: mysql.TRIAL, Engine.TIDB: mysql.TRIAL_OF_TIDB, Engine.COCKROACHDB: cockroachdb.TRIAL}.get(
        engine
    )


def drop(existing: Existing, schema: Schema) -> str:
    """The statement that takes an index of the schema away, without stopping writes where the engine can."""
    table = schema.table_by_label[existing.candidate.label]
    name, relation = identifier(existing.name, schema), Order(existing.candidate, "", table, schema).relation
    if schema.engine in {Engine.MYSQL, Engine.TIDB}:
        return f"ALTER TABLE {relation} DROP INDEX {name};"
    if schema.engine is Engine.SQLSERVER:
        return f"DROP INDEX {name} ON {relation};"
    if schema.engine is Engine.COCKROACHDB:
        return f"DROP INDEX {relation}@{name};"
    if schema.engine is Engine.SQLITE:
        return f"DROP INDEX {name};"
    return postgresql.drop(existing, table)
