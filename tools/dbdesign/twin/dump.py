"""Reads what `pg_dump --no-data --statistics` (PostgreSQL 18) writes: the schema as statements, the statistics as values.

The statistics are calls of `pg_restore_relation_stats` and `pg_restore_attribute_stats` with names and values in turn (PostgreSQL
manual, section 9.28.11 "Statistics Manipulation Functions"). They are taken apart rather than executed, so that one that does not fit is
named instead of being a warning that nobody reads.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dbdesign.engines.postgres import Statement, split_script
from dbdesign.errors import InputError
from dbdesign.model.statistics import ColumnStatistics, RelationStatistics, Statistics

_CALL = re.compile(
    r"\s*SELECT\s+(?:\*\s+FROM\s+)?(?:pg_catalog\.)?(pg_restore_(?:relation|attribute|extended)_stats)\s*\((.*)\)\s*\Z",
    re.IGNORECASE | re.DOTALL,
)
_ARGUMENT = re.compile(
    r"\s*'(\w+)'\s*,\s*(NULL|E?'((?:[^']|'')*)'|[-+.\w]+)\s*(?:::\s*([\w .\"]+(?:\[\])?))?\s*(?:,|\Z)", re.IGNORECASE
)
_SERVER = re.compile(r"^-- Dumped from database version (\d[\w.]*)", re.MULTILINE)
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?\Z", re.IGNORECASE)
_CREATES_INDEX = re.compile(
    r"\s*(?:CREATE\s+(?:UNIQUE\s+)?INDEX\b|ALTER\s+TABLE\b.*\bADD\s+CONSTRAINT\b)", re.IGNORECASE | re.DOTALL
)

Facts = Mapping[str, str | None]


@dataclass(frozen=True)
class Dump:
    """A dump taken apart: the statements of the schema, and the statistics."""

    statements: tuple[Statement, ...]
    statistics: Statistics


def read_dump(text: str, *, name: str = "the dump") -> Dump:
    """Take a dump apart. A dump without statistics gives none, which `statistics.problems` says.

    Raises:
        SqlError: where a quotation does not end.
        InputError: where a statistics call cannot be taken apart.
    """
    schema: list[Statement] = []
    relations: dict[tuple[str, str], Facts] = {}
    columns: dict[tuple[str, str], list[ColumnStatistics]] = {}
    problems: list[str] = []
    for statement in split_script(text).statements:
        call = _CALL.match(statement.sql) if "pg_restore_" in statement.sql else None
        if call is None:
            schema.append(statement)
            continue
        facts = _arguments(call[2], f"{name}, line {statement.line}")
        relation = _relation(facts, f"{name}, line {statement.line}")
        if call[1].lower() == "pg_restore_relation_stats":
            relations[relation] = facts
        elif call[1].lower() == "pg_restore_attribute_stats":
            columns.setdefault(relation, []).append(_column(facts, f"{name}, line {statement.line}"))
        else:
            problems.append(
                f"line {statement.line}: extended statistics of {'.'.join(relation)} are not read from dumps"
            )
    for relation in columns:
        relations.setdefault(relation, {})
    if not relations:
        problems.append("the dump holds no statistics: make it with pg_dump --no-data --statistics of PostgreSQL 18")
    version = _SERVER.search(text)
    indexes = _index_names(schema)
    return Dump(
        tuple(schema),
        Statistics(
            source=f"pg_dump of PostgreSQL {version[1]}" if version else "pg_dump",
            version=version[1] if version else None,
            relations=tuple(
                _relation_statistics(key, facts, columns.get(key, []), key[1] in indexes)
                for key, facts in relations.items()
            ),
            problems=tuple(problems),
        ),
    )


def _arguments(text: str, where: str) -> Facts:
    """The names and values of a call."""
    found: dict[str, str | None] = {}
    at = 0
    while at < len(text.rstrip()):
        match = _ARGUMENT.match(text, at)
        if match is None:
            raise InputError(f"a statistics call cannot be taken apart at {text[at : at + 40].strip()!r}", where=where)
        value = match[3].replace("''", "'") if match[3] is not None else match[2]
        found[match[1].lower()] = None if match[2].upper() == "NULL" else value
        at = match.end()
    return found


def _relation(facts: Facts, where: str) -> tuple[str, str]:
    schema, relation = facts.get("schemaname"), facts.get("relname")
    if not schema or not relation:
        raise InputError("a statistics call names no relation", where=where, remedy="Use pg_dump of PostgreSQL 18")
    return schema, relation


def _index_names(statements: Sequence[Statement]) -> set[str]:
    """The names of indexes and of constraints that have one, to tell them from tables."""
    found: set[str] = set()
    for statement in statements:
        if _CREATES_INDEX.match(statement.sql):
            name = re.search(
                r"(?:INDEX\s+(?:CONCURRENTLY\s+)?(?:IF\s+NOT\s+EXISTS\s+)?|CONSTRAINT\s+)(\"(?:[^\"]|\"\")+\"|[\w$]+)",
                statement.sql,
                re.IGNORECASE,
            )
            if name:
                found.add(name[1][1:-1].replace('""', '"') if name[1].startswith('"') else name[1].lower())
    return found


def _relation_statistics(
    key: tuple[str, str], facts: Facts, columns: Sequence[ColumnStatistics], is_index: bool
) -> RelationStatistics:
    schema, name = key
    where = f"statistics of {schema}.{name}"
    tuples = _number(facts, "reltuples", where)
    return RelationStatistics(
        namespace=None if schema == "public" else schema,
        name=name,
        kind="index" if is_index else "table",
        pages=_blocks(facts, "relpages", where),
        tuples=None if tuples is not None and tuples < 0 else tuples,
        all_visible=_blocks(facts, "relallvisible", where),
        all_frozen=_blocks(facts, "relallfrozen", where),
        columns=tuple(columns),
    )


def _column(facts: Facts, where: str) -> ColumnStatistics:
    place = f"{where} ({facts.get('relname')}.{facts.get('attname') or facts.get('attnum')})"
    return ColumnStatistics(
        column=facts.get("attname"),
        position=_whole(facts, "attnum", place),
        inherited=(facts.get("inherited") or "f") in {"t", "true"},
        null_frac=_number(facts, "null_frac", place) or 0.0,
        avg_width=_whole(facts, "avg_width", place) or 0,
        n_distinct=_number(facts, "n_distinct", place) or 0.0,
        most_common_vals=facts.get("most_common_vals"),
        most_common_freqs=_numbers(facts, "most_common_freqs", place),
        histogram_bounds=facts.get("histogram_bounds"),
        correlation=_number(facts, "correlation", place),
        most_common_elems=facts.get("most_common_elems"),
        most_common_elem_freqs=_numbers(facts, "most_common_elem_freqs", place),
        elem_count_histogram=_numbers(facts, "elem_count_histogram", place),
        range_length_histogram=facts.get("range_length_histogram"),
        range_empty_frac=_number(facts, "range_empty_frac", place),
        range_bounds_histogram=facts.get("range_bounds_histogram"),
    )


def _number(facts: Facts, name: str, where: str) -> float | None:
    value = facts.get(name)
    if value is None:
        return None
    if not _NUMBER.match(value.strip()):
        raise InputError(f"{name} is {value[:40]!r}, which is not a number", where=where)
    return float(value)


def _whole(facts: Facts, name: str, where: str) -> int | None:
    value = _number(facts, name, where)
    return None if value is None else int(value)


def _blocks(facts: Facts, name: str, where: str) -> int | None:
    """A count of blocks: written as a signed number, though it is none; -1 is of partitioned tables, which have none."""
    value = _whole(facts, name, where)
    if value is None or value == -1:
        return None
    return value % 2**32


def _numbers(facts: Facts, name: str, where: str) -> tuple[float, ...]:
    value = facts.get(name)
    if not value or value == "{}":
        return ()
    try:
        return tuple(float(part) for part in value.strip("{}").split(","))
    except ValueError:
        raise InputError(f"{name} is not a list of numbers", where=where) from None
