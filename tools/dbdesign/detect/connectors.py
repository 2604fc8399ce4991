"""Folders of connectors: one file or folder for each of many engines, which the program opens for its users.

`query_runner/{mysql,pg,mongodb,mssql}.py`, `plugins/{mysql,redis,mongodb,dynamodb,oracledb}/` are such folders;
`store/{mysql,postgres,sqlite}` is not: alternatives to a program's own store are few, and of one family.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from dbdesign.detect.catalogue import known
from dbdesign.detect.patterns.names import DIALECTS
from dbdesign.detect.places import Scope
from dbdesign.detect.signals import Basis, Signal

_FEWEST = 5
"""Stores of at least two families, from which on a folder is one of connectors."""

_AFFIX = re.compile(
    r"(?:^(?:source|destination|plugin|node|connector|piece|tap|target|input|output|n8n-nodes|appsmith)[-_.]|"
    r"[-_.]?(?:plugin|connector|node|source|runner|driver|monitor|datasource|adapter|client|type|sql|db)s?$)",
    re.IGNORECASE,
)
_NAMES = {**DIALECTS, "cass": "cassandra", "dynamodb": "dynamodb", "microsoftsql": "sqlserver", "mongodb": "mongodb"}
_OTHERS = frozenset(
    (
        *("athena", "bigquery", "couchbase", "couchdb", "databricks", "db2", "druid", "duckdb", "exasol", "graphite"),
        *("hive", "influx", "influxdb", "loki", "neo4j", "presto", "prometheus", "rabbitmq", "redshift", "saphana"),
        *("snowflake", "spanner", "teradata", "trino", "vertica"),
    )
)
"""Stores that are not detected and that connectors reach."""

_SCOPES = frozenset({Scope.RUNTIME, Scope.OPTIONAL, Scope.PEER, Scope.DEV})
_BEARS_OUT = frozenset({Basis.DEPENDENCY, Basis.SYSTEM, Basis.IMAGE, Basis.SERVICE, Basis.ENVIRONMENT})
"""What bears out a use, and is none by itself."""


def of_connectors(signals: Iterable[Signal], paths: Iterable[str]) -> list[Signal]:
    """The signals, those from folders of connectors marked as of the users' databases; so too the packages that only these import."""
    folders = _folders(paths)
    if not folders:
        return list(signals)
    marked = [
        replace(one, scope=Scope.TARGET) if one.scope in _SCOPES and _within(one.path, folders) else one
        for one in signals
    ]
    theirs = {one.technology for one in marked if one.scope is Scope.TARGET and one.basis not in _BEARS_OUT}
    own = {one.technology for one in marked if one.scope in _SCOPES and one.basis not in _BEARS_OUT}
    return [
        replace(one, scope=Scope.TARGET)
        if one.technology in theirs - own and one.scope in _SCOPES and known()[one.technology].kind == "engine"
        else one
        for one in marked
    ]


def _folders(paths: Iterable[str]) -> frozenset[str]:
    """The folders in which many files or folders are named after engines."""
    held: dict[str, set[str]] = defaultdict(set)
    for path in paths:
        parts = path.split("/")
        for depth, part in enumerate(parts[1:], 1):
            if store := _engine(part) or _other(part):
                held["/".join(parts[:depth])].add(store)
    return frozenset(
        folder
        for folder, stores in held.items()
        if len(stores) >= _FEWEST and len({known()[name].family if name in known() else "" for name in stores}) > 1
    )


@lru_cache(maxsize=65536)
def _other(name: str) -> str | None:
    """The store, not one of those that are detected, that a file or folder is named after."""
    stem = name.partition(".")[0].lower()
    return next((one for one in (stem, _AFFIX.sub("", stem)) if one in _OTHERS), None)


@lru_cache(maxsize=65536)
def _engine(name: str) -> str | None:
    """The engine that a file or folder is named after."""
    stem = name.partition(".")[0].lower() if not name.startswith(".") else ""
    return _NAMES.get(stem) or _NAMES.get(_AFFIX.sub("", stem)) if stem else None


def _within(path: str, folders: frozenset[str]) -> bool:
    parts = path.split("/")
    return any("/".join(parts[:depth]) in folders and _engine(parts[depth]) for depth in range(1, len(parts)))
