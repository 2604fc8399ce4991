"""Vitess 22: a sharded keyspace with its VSchema, and an unsharded one with sequences, look-ups and the source of copied tables.

Sources: vitess.io/docs/22.0, "VSchema", "Vindexes" (cost: identity 0, functional 1, unique look-up 10, look-up 20), "Sequences", "Reference
tables".
"""

from __future__ import annotations

import json
from typing import Any

from dbdesign.growth.distributed.base import MYSQL, DistributedEngine, Sharded
from dbdesign.growth.distributed.keyed import lost_references
from dbdesign.model.schema import Schema, Table
from dbdesign.writers.base import WriteOptions, writer

VERSION = "22.0"
HASHES = {"integer": "xxhash", "other": "unicode_loose_xxhash"}
MOST_LOOKUPS = 3
"""Look-up vindexes of a table: each is a row more to write."""


def files(design: Sharded) -> dict[str, str]:
    """DDL and VSchema of both keyspaces."""
    keyed = _without_sequences(design.keyed)
    written = writer("mysql").write(keyed, WriteOptions(grants=False, comments=False, prove=False))
    lost = [
        f"-- not kept: the foreign key {one} crosses shards" for one in lost_references(design.schema, design.keyed)
    ]
    notes = [
        f"-- {one.object}: {one.lost}{f'; instead: {one.instead}' if one.instead else ''}" for one in written.notes
    ]
    return {
        "vitess/sharded.sql": "\n".join([written.text.strip(), "", *lost, *notes]) + "\n",
        "vitess/sharded.vschema.json": _json(_sharded(design)),
        "vitess/unsharded.sql": "\n".join(_unsharded_ddl(design)) + "\n",
        "vitess/unsharded.vschema.json": _json(_unsharded(design)),
    }


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _without_sequences(schema: Schema) -> Schema:
    """Numbers come from Vitess's sequences: AUTO_INCREMENT would repeat them in each shard."""
    tables = []
    for table in schema.tables:
        columns = tuple(one.model_copy(update={"identity": None}) for one in table.columns)
        tables.append(table.model_copy(update={"columns": columns}))
    return schema.model_copy(update={"tables": tuple(tables)})


def _sharded(design: Sharded) -> dict[str, Any]:
    found: dict[str, Any] = {"sharded": True, "vindexes": {"hash": {"type": _hash(design)}}, "tables": {}}
    for label in design.key.roles:
        table = design.keyed.table_by_label[label]
        role = design.key.roles[label]
        if role == "reference":
            found["tables"][table.name] = {"type": "reference", "source": f"unsharded.{table.name}"}
            continue
        primary = (
            design.column(label) if role != "apart" else (table.primary_key.columns[0] if table.primary_key else None)
        )
        if primary is None:
            continue
        vindexes: list[dict[str, Any]] = [{"column": primary, "name": "hash"}]
        for name, column, unique in _lookups(design, table, primary):
            found["vindexes"][name] = {
                "type": "consistent_lookup_unique" if unique else "consistent_lookup",
                "params": {"table": f"unsharded.{name}", "from": column, "to": "keyspace_id"},
                "owner": table.name,
            }
            vindexes.append({"column": column, "name": name})
        entry: dict[str, Any] = {"column_vindexes": vindexes}
        if sequence := _sequence(design, label):
            entry["auto_increment"] = {"column": sequence, "sequence": f"unsharded.{table.name}_seq"}
        found["tables"][table.name] = entry
    return found


def _hash(design: Sharded) -> str:
    column = design.schema.table_by_label[design.key.table].column(design.key.key.rsplit(".", 1)[1])
    return HASHES["integer" if column is not None and column.type.is_integer else "other"]


def _lookups(design: Sharded, table: Table, primary: str) -> list[tuple[str, str, bool]]:
    """Look-ups for the columns by which statements find rows without the key, the most frequent first, and for natural keys."""
    source = design.schema.table_by_label[table.label]
    unique = {next(iter(columns)) for columns, _ in source.unique_column_sets if len(columns) == 1}
    if source.primary_key and len(source.primary_key.columns) == 1:
        unique.add(source.primary_key.columns[0])
    wanted = [one for one in design.lookups.get(table.label, ()) if one != primary]
    natural = [next(iter(columns)) for columns, _ in source.unique_column_sets if len(columns) == 1]
    chosen = [one for one in dict.fromkeys([*wanted, *natural]) if one != primary]
    return [(f"{table.name}_by_{one}", one, one in unique) for one in chosen[:MOST_LOOKUPS]]


def _sequence(design: Sharded, label: str) -> str | None:
    table = design.schema.table_by_label[label]
    return next((column.name for column in table.columns if column.identity is not None), None)


def _unsharded_ddl(design: Sharded) -> list[str]:
    lines = []
    for label in design.key.roles:
        table = design.keyed.table_by_label[label]
        if _sequence(design, label) and design.key.roles[label] != "reference":
            name = MYSQL.identifier(f"{table.name}_seq")
            lines.append(
                f"CREATE TABLE {name} (id bigint, next_id bigint, cache bigint, PRIMARY KEY (id)) COMMENT 'vitess_sequence';"
            )
            lines.append(f"INSERT INTO {name} (id, next_id, cache) VALUES (0, 1, 1000);")
    for name, vindex in _sharded(design)["vindexes"].items():
        if "owner" in vindex:
            column = vindex["params"]["from"]
            key = (
                MYSQL.identifier(column)
                if vindex["type"].endswith("unique")
                else f"{MYSQL.identifier(column)}, keyspace_id"
            )
            kind = _type(design, vindex["owner"], column)
            lines.append(
                f"CREATE TABLE {MYSQL.identifier(name)} ({MYSQL.identifier(column)} {kind} NOT NULL, "
                f"keyspace_id varbinary(128) NOT NULL, PRIMARY KEY ({key}));"
            )
    return lines


def _type(design: Sharded, table: str, name: str) -> str:
    owner = next(one for one in design.keyed.tables if one.name == table)
    column = owner.column(name)
    if column is not None and column.type.is_integer:
        return "bigint"
    return "varbinary(255)"


def _unsharded(design: Sharded) -> dict[str, Any]:
    found: dict[str, Any] = {"sharded": False, "tables": {}}
    for label in design.key.roles:
        table = design.keyed.table_by_label[label]
        if design.key.roles[label] == "reference":
            found["tables"][table.name] = {}
        elif _sequence(design, label):
            found["tables"][f"{table.name}_seq"] = {"type": "sequence"}
    for name, vindex in _sharded(design)["vindexes"].items():
        if "owner" in vindex:
            found["tables"][name] = {}
    return found


ENGINE = DistributedEngine("vitess", "Vitess", VERSION, files)
