"""Snapshots: the statistics of a production database as a file that its owner makes with one SQL script and can read before sending."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dbdesign.twin.catalog_statistics import snapshot_script
from dbdesign.twin.redaction import redact
from dbdesign.twin.statistics_document import DEFAULT_NAMESPACE, StatisticsDocument, interpret, parse_document

if TYPE_CHECKING:
    from dbdesign.model.statistics import ExtendedStatistics, RelationStatistics, Statistics

SNAPSHOT_SQL = snapshot_script()
"""The script: `psql -XAtq -f snapshot.sql > snapshot.json`; with `-v values=1` the values are in it, otherwise stand-ins."""


def read_snapshot(text: str, *, name: str) -> Statistics:
    """The statistics of a snapshot.

    Args:
        text: the JSON document, up to 256 million characters.
        name: of the file, for people.

    Raises:
        LimitError: it is too long.
        InputError: it is no such document, or says something impossible; the text names the place.
    """
    document = parse_document(text, where=name)
    server = f" of PostgreSQL {document.server_version}" if document.server_version else ""
    return interpret(document, source=f"{'redacted ' if document.redacted else ''}snapshot {name}{server}")


def write_snapshot(statistics: Statistics) -> str:
    """The document that `read_snapshot` reads; only the source's name is not in it."""
    tables = {one.label: one for one in statistics.relations}
    document = StatisticsDocument.model_validate(
        {
            "dbdesign": "statistics",
            "format": 1,
            "server_version": statistics.version,
            "settled": True,
            "settings": dict(statistics.settings),
            "relations": tuple(_relation(one, tables) for one in statistics.relations),
            "extended": tuple(_extended(one) for one in statistics.extended),
            "assumptions": statistics.assumptions,
            "problems": statistics.problems,
        }
    )
    return document.model_dump_json(exclude_defaults=True) + "\n"


def _relation(one: RelationStatistics, tables: Mapping[str, RelationStatistics]) -> dict[str, Any]:
    shared = _in_namespace(one.model_dump(exclude={"tuples", "table"}))
    of: dict[str, Any] = {}
    if one.table:
        known = tables.get(one.table)
        namespace, name = (known.namespace, known.name) if known else _taken_apart(one.table)
        of = {"table": name, "table_namespace": namespace or DEFAULT_NAMESPACE}
    return {**shared, **of, "relpages": one.pages, "reltuples": one.tuples}


def _extended(one: ExtendedStatistics) -> dict[str, Any]:
    shared = _in_namespace(one.model_dump(exclude={"expressions"}))
    return {**shared, "expression_statistics": tuple(column.model_dump() for column in one.expressions)}


def _taken_apart(shown: str) -> tuple[str | None, str]:
    namespace, dot, name = shown.partition(".")
    return (namespace, name) if dot and name else (None, shown)


def _in_namespace(shared: dict[str, Any]) -> dict[str, Any]:
    return {**shared, "namespace": shared["namespace"] or DEFAULT_NAMESPACE}


__all__ = ["SNAPSHOT_SQL", "read_snapshot", "redact", "write_snapshot"]
