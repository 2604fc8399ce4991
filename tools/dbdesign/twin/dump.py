"""Reads what `pg_dump --no-data --statistics` (PostgreSQL 18 and later) writes: the schema as statements, the statistics as values.

The statistics are calls of `pg_restore_relation_stats` and `pg_restore_attribute_stats`, since 19 of `pg_restore_extended_stats` too, with
names and values in turn (PostgreSQL manual, section 9.28.11 "Statistics Manipulation Functions"). They are taken apart rather than
executed, so that one that does not fit is named instead of being a warning that nobody reads.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from pydantic import ValidationError

from dbdesign.engines.postgres import Script, Statement, split_script
from dbdesign.errors import InputError
from dbdesign.model.statistics import ColumnStatistics, ExtendedStatistics, RelationStatistics, Statistics
from dbdesign.twin import dump_extended
from dbdesign.twin.statistics_document import ColumnDocument

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

_INDEX = re.compile(r"\s*CREATE\s+(?:UNIQUE\s+)?INDEX\b", re.IGNORECASE)
_KEY = re.compile(
    r"\s*ALTER\s+TABLE\s+(?:ONLY\s+)?\S+\s+ADD\s+CONSTRAINT\s+(?:\"(?:[^\"]|\"\")+\"|\S+)\s+(?:PRIMARY\s+KEY|UNIQUE)\b[^;]*\Z",
    re.IGNORECASE,
)

MOST_ROWS = 1e15
"""Rows beyond which a count is damaged: 32 TB of blocks hold 1.3e12."""

_OF_EVERY_CALL = frozenset({"version", "schemaname", "relname"})
_OF_RELATIONS = _OF_EVERY_CALL | {"relpages", "reltuples", "relallvisible", "relallfrozen"}
_OF_COLUMNS = _OF_EVERY_CALL | {
    *("attname", "attnum", "inherited", "null_frac", "avg_width", "n_distinct", "correlation"),
    *("most_common_vals", "most_common_freqs", "histogram_bounds"),
    *("most_common_elems", "most_common_elem_freqs", "elem_count_histogram"),
    *("range_length_histogram", "range_empty_frac", "range_bounds_histogram"),
}
"""Names of arguments, as PostgreSQL 18 knows them."""

Facts = Mapping[str, str | None]


@dataclass(frozen=True)
class Dump:
    """A dump taken apart: the statements of the schema, and the statistics."""

    statements: tuple[Statement, ...]
    statistics: Statistics


class _Calls:
    """Collects what the statistics calls of a dump say, and what of it cannot be used."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.relations: dict[tuple[str, str], RelationStatistics] = {}
        self.columns: dict[tuple[str, str], list[ColumnStatistics]] = {}
        self.extended: list[ExtendedStatistics] = []
        self.problems: list[str] = []

    def take(self, function: str, arguments: str, line: int) -> None:
        """One call. One that says something impossible is a problem; the others go on."""
        where = f"{self.name}, line {line}"
        try:
            facts = _arguments(arguments, where)
            relation = _relation(facts, where)
            if function == "pg_restore_relation_stats":
                self._say_unknown(facts, _OF_RELATIONS, where)
                self.relations[relation] = _relation_statistics(relation, facts, where)
            elif function == "pg_restore_attribute_stats":
                self._say_unknown(facts, _OF_COLUMNS, where)
                self.columns.setdefault(relation, []).append(_column(facts, where))
            else:
                self._say_unknown(facts, dump_extended.KNOWN, where)
                self.extended.append(dump_extended.extended_statistics(facts, where, _column))
        except InputError as error:
            self.problems.append(str(error))

    def _say_unknown(self, facts: Facts, known: frozenset[str], where: str) -> None:
        if unknown := sorted(facts.keys() - known):
            self.problems.append(f"{where}: {', '.join(unknown)} not known, and left out")

    def collected(self, indexes: Set[str]) -> tuple[RelationStatistics, ...]:
        """The relations with their columns."""
        for key in self.columns:
            if key not in self.relations:
                self.relations[key] = _relation_statistics(key, {}, self.name)
        return tuple(
            one.model_copy(
                update={
                    "kind": "index" if key[1] in indexes else "table",
                    "columns": tuple(self.columns.get(key, ())),
                }
            )
            for key, one in self.relations.items()
        )


def read_dump(text: str, *, name: str = "the dump") -> Dump:
    """Take a dump apart. What cannot be used of the statistics, and that there are none, is in `statistics.problems`.

    Raises:
        SqlError: where a quotation does not end.
    """
    script = split_script(text)
    schema: list[Statement] = []
    calls = _Calls(name)
    for statement in script.statements:
        call = _CALL.match(statement.sql) if "pg_restore_" in statement.sql else None
        if call is None:
            schema.append(statement)
        else:
            calls.take(call[1].lower(), call[2], statement.line)
    relations = calls.collected(_index_names(schema))
    if not relations:
        calls.problems.append(
            "the dump holds no statistics: make it with pg_dump --no-data --statistics of PostgreSQL 18"
        )
    version = _SERVER.search(text)
    return Dump(
        keys_first(schema),
        Statistics(
            source=f"pg_dump of PostgreSQL {version[1]}" if version else "pg_dump",
            version=version[1] if version else None,
            relations=relations,
            extended=tuple(calls.extended),
            problems=(*_left_out(script, name), *calls.problems),
        ),
    )


def keys_first(schema: Sequence[Statement]) -> tuple[Statement, ...]:
    """The statements with keys before the first index that is none: tables are made with their keys, indexes are added later, while a
    dump mixes them by their names. The planner looks at a table's indexes in the order in which they were made, and so two plans
    of one cost, or the two sides of a join clause (`create_join_clause` of PostgreSQL's equivclass.c), may change places.
    """
    first = next((at for at, one in enumerate(schema) if _INDEX.match(one.sql)), None)
    if first is None:
        return tuple(schema)
    later = schema[first:]
    keys = [one for one in later if _KEY.match(one.sql)]
    return (*schema[:first], *keys, *(one for one in later if one not in keys))


def _left_out(script: Script, name: str) -> Iterator[str]:
    """What a dump holds beside SQL: the twin runs none of it and holds no rows."""
    commands = [
        one
        for one in script.skipped
        if one.text.startswith("\\") and not one.text.startswith(("\\restrict", "\\unrestrict"))
    ]
    if commands:
        more = f" and {len(commands) - 3} more" if len(commands) > 3 else ""
        shown = ", ".join(f"line {one.line} {one.text.split(None, 1)[0][:20]}" for one in commands[:3])
        yield f"{name}: commands of psql are not executed: {shown}{more}"
    if script.copied_rows:
        yield f"{name}: {script.copied_rows:,} rows of COPY are left out, since the twin holds none"


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


def _relation_statistics(key: tuple[str, str], facts: Facts, where: str) -> RelationStatistics:
    schema, name = key
    place = f"{where} ({schema}.{name})"
    tuples = _number(facts, "reltuples", place)
    if tuples is not None and (tuples < -1 or tuples > MOST_ROWS):
        raise InputError(f"reltuples is {tuples:g}, which no table has", where=place)
    return RelationStatistics(
        namespace=None if schema == "public" else schema,
        name=name,
        pages=_blocks(facts, "relpages", place),
        tuples=None if tuples == -1 else tuples,
        all_visible=_blocks(facts, "relallvisible", place),
        all_frozen=_blocks(facts, "relallfrozen", place),
    )


def _column(facts: Facts, where: str) -> ColumnStatistics:
    place = f"{where} ({facts.get('relname')}.{facts.get('attname') or facts.get('attnum')})"
    found = ColumnStatistics(
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
    try:
        ColumnDocument.model_validate(found.model_dump())
    except ValidationError as error:
        said = error.errors(include_url=False, include_input=False)[0]
        name = ".".join(map(str, said["loc"]))
        message = said["msg"].removeprefix("Value error, ")
        raise InputError(f"{name}: {message}" if name else message, where=place) from None
    return found


def _number(facts: Facts, name: str, where: str) -> float | None:
    value = facts.get(name)
    if value is None:
        return None
    if not _NUMBER.match(value.strip()) or not math.isfinite(float(value)):
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
    if not -(2**31) <= value < 2**32:
        raise InputError(f"{name} is {value}, which no table has", where=where)
    return value % 2**32


def _numbers(facts: Facts, name: str, where: str) -> tuple[float, ...]:
    value = facts.get(name)
    if not value or value == "{}":
        return ()
    try:
        return tuple(float(part) for part in value.strip("{}").split(","))
    except ValueError:
        raise InputError(f"{name} is not a list of numbers", where=where) from None
