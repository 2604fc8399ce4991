"""What every distributed engine is given, and how the engines are found: a module here that defines `ENGINE`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

import dbdesign.growth.distributed
from dbdesign.dialects.base import dialect
from dbdesign.model.schema import Engine, Schema

if TYPE_CHECKING:
    from dbdesign.growth.sharding import KeyCandidate

POSTGRESQL = dialect(Engine.POSTGRESQL)
MYSQL = dialect(Engine.MYSQL)


@dataclass(frozen=True)
class Sharded:
    """A sharded design.

    Attributes:
        schema: as it is.
        keyed: with the key in every distributed table, its keys and its foreign keys, for engines whose shards know nothing of each other.
        across: the same for engines that keep unique and foreign keys across shards.
        key: the chosen candidate.
        nodes: servers at the horizon, without their copies.
        bytes: of each table with its indexes, at the horizon.
        rates: rows inserted a second by table.
        lookups: table → columns beside the key by which statements find a row, the most frequent first.
        regions: region → share of the traffic.
        rows: of each table at the horizon.
    """

    schema: Schema
    keyed: Schema
    across: Schema
    key: KeyCandidate
    nodes: int
    bytes: Mapping[str, float]
    rates: Mapping[str, float]
    lookups: Mapping[str, tuple[str, ...]]
    regions: Mapping[str, float]
    rows: Mapping[str, float]

    def tables(self, *roles: str) -> list[str]:
        """Labels of the tables with one of these roles, in the order of the schema."""
        return [label for label, role in self.key.roles.items() if role in roles]

    def column(self, table: str) -> str:
        """The column that holds the key, or that is to be added for it."""
        return self.key.columns.get(table, added_name(self.key))


def added_name(key: KeyCandidate) -> str:
    """What the key is called in tables to which it is added: as most tables that refer to it call it."""
    names = [name for table, name in key.columns.items() if table != key.table]
    if names:
        return max(sorted(set(names)), key=names.count)
    name = key.key.rsplit(".", 1)[1]
    table = key.table.rsplit(".", 1)[-1]
    return name if name != "id" else f"{table.removesuffix('s')}_id"


@dataclass(frozen=True)
class DistributedEngine:
    """One engine.

    Attributes:
        version: that the files are for.
        files: what it takes, by path.
    """

    name: str
    title: str
    version: str
    files: Callable[[Sharded], Mapping[str, str]]


@cache
def engines() -> Sequence[DistributedEngine]:
    """All of them, in alphabetical order."""
    found = []
    for module in sorted(one.name for one in iter_modules(dbdesign.growth.distributed.__path__)):
        engine = getattr(import_module(f"dbdesign.growth.distributed.{module}"), "ENGINE", None)
        if isinstance(engine, DistributedEngine):
            found.append(engine)
    return tuple(found)
