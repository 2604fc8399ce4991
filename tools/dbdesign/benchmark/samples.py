"""Real values for a query's parameters, from rows of the loaded tables: hot keys as often as they occur."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from dbdesign.benchmark.parameters import Parameter
from dbdesign.benchmark.quoting import name, relation
from dbdesign.benchmark.session import Session
from dbdesign.model.schema import Schema, Table

SETS = 500
"""Different sets of values for a query."""

NARROWEST, WIDEST = 0.01, 0.25
"""Shares of a column's rows that lie between two bounds."""

_BY_TYPE: Mapping[str, tuple[str, ...]] = {
    "smallint": ("1", "2", "5"),
    "integer": ("1", "10", "100"),
    "bigint": ("1", "10", "100"),
    "numeric": ("1", "10", "100"),
    "real": ("1", "10"),
    "double precision": ("1", "10"),
    "boolean": ("t", "f"),
    "date": ("2026-01-01",),
    "timestamp without time zone": ("2026-01-01 00:00:00",),
    "timestamp with time zone": ("2026-01-01 00:00:00+00",),
    "interval": ("1 day", "7 days"),
    "uuid": ("00000000-0000-4000-8000-000000000001",),
    "json": ("{}",),
    "jsonb": ("{}",),
    "inet": ("10.0.0.1",),
}
_TEXTS = {"text", "character varying", "character", "citext", "name", "bpchar"}
_NUMBERS = {"smallint", "integer", "bigint", "numeric", "real", "double precision"}


def value_sets(
    session: Session,
    schema: Schema,
    parameters: Sequence[Parameter],
    types: Sequence[str],
    rows: Mapping[str, int],
    seed: int,
) -> list[tuple[str | None, ...]]:
    """Sets of values for the parameters, as texts.

    Args:
        types: what the server takes the parameters for.
        rows: of each table.
    """
    random = Random(seed)  # noqa: S311 - reproducible, not secret
    if not parameters:
        return [()]
    drawn = _drawn(session, schema, parameters, rows, seed)
    sets = [tuple(_value(one, types, drawn, random, number, schema) for one in parameters) for number in range(SETS)]
    spans = [
        (low, high, _in_order(drawn.get(parameters[low].alias or "", []), parameters[low].column or ""))
        for low, high in _spans(parameters)
    ]
    return [_spanned(one, spans, random) for one in sets]


Drawn = dict[str, list[dict[str, str]]]


def _drawn(
    session: Session, schema: Schema, parameters: Sequence[Parameter], rows: Mapping[str, int], seed: int
) -> Drawn:
    """For each alias, rows with the columns that its parameters need."""
    needed: dict[str, tuple[str, list[str]]] = {}
    for one in parameters:
        if one.table and one.alias and one.column:
            columns = needed.setdefault(one.alias, (one.table, []))[1]
            if one.column not in columns:
                columns.append(one.column)
    return {
        alias: _rows(session, schema.table_by_label[label], columns, rows, seed)
        for alias, (label, columns) in needed.items()
    }


def _rows(
    session: Session, table: Table, columns: list[str], rows: Mapping[str, int], seed: int
) -> list[dict[str, str]]:
    size = max(rows.get(table.label, 0), 1)
    share = min(100.0, 100.0 * 4 * SETS / size)
    listed = ", ".join(f"{name(column)}::text" for column in columns)
    present = " AND ".join(f"{name(column)} IS NOT NULL" for column in columns)
    found: list[tuple[Any, ...]] = []
    for part in (share, 100.0):
        sample = f" TABLESAMPLE BERNOULLI ({part:.6g}) REPEATABLE ({seed % 100_000})" if part < 100 else ""
        found = session.rows(f"SELECT {listed} FROM {relation(table)}{sample} WHERE {present} LIMIT {20 * SETS}")
        if len(found) >= min(SETS, size) // 4 or part >= 100:
            break
    Random(seed).shuffle(found)  # noqa: S311
    return [dict(zip(columns, row, strict=True)) for row in found[: 4 * SETS]]


def _value(
    one: Parameter, types: Sequence[str], drawn: Drawn, random: Random, number: int, schema: Schema
) -> str | None:
    kind = types[one.number - 1] if one.number <= len(types) else "text"
    base = kind.removesuffix("[]").split("(")[0]
    if one.role == "limit":
        return "20"
    if one.role == "offset":
        return "0"
    rows = drawn.get(one.alias or "", [])
    table = schema.table_by_label.get(one.table or "")
    if not rows or table is None or one.column is None or not _agree(table, one.column, base, one.role, schema):
        return _by_type(kind, base, random)
    text = rows[number % len(rows)][one.column]
    if one.role == "insert" and _must_differ(table, one.column):
        return _fresh(base, text, number + SETS * (one.number - 1))
    if one.role == "array" or (one.role == "contains" and kind.endswith("[]")):
        return _as_array(one, rows, text, number)
    if one.role == "like":
        return f"{text[: max(len(text) // 2, 3)]}%"
    if one.role == "search":
        return _word(text, random)
    if one.role == "contains" and base == "jsonb":
        return _part_of_json(text)
    return text


def _agree(table: Table, column: str, base: str, role: str, schema: Schema) -> bool:
    """Whether a value of the column is one of the parameter's type too."""
    found = table.column(column)
    if found is None:
        return False
    if role in {"like", "search"} or base in _TEXTS:
        return True
    resolved = schema.resolve_type(found.type)
    native = resolved.native.removesuffix("[]").split("(")[0].strip()
    return (
        native == base
        or (native in _NUMBERS and base in _NUMBERS)
        or bool(resolved.values)
        or role == "contains"
        or (found.type.native == base)
        or (native.startswith("time") and base.startswith("time"))
        or resolved.kind.value in {"enum", "domain"}
    )


def _by_type(kind: str, base: str, random: Random) -> str:
    value = random.choice(_BY_TYPE.get(base, ("a",)))
    return f"{{{value}}}" if kind.endswith("[]") else value


def _as_array(one: Parameter, rows: list[dict[str, str]], text: str, number: int) -> str:
    if one.role == "contains" and text.startswith("{"):
        return f"{{{text.strip('{}').split(',')[0]}}}"
    some = [rows[(number + step) % len(rows)][one.column or ""] for step in range(10)]
    quoted = ['"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' for value in dict.fromkeys(some)]
    return f"{{{','.join(quoted)}}}"


def _word(text: str, random: Random) -> str:
    """A word of a text or of a text search vector."""
    words = [part.split("':")[0].strip("'") for part in text.split() if any(one.isalpha() for one in part)]
    return random.choice(words) if words else text[:20]


def _part_of_json(text: str) -> str:
    import json

    value = json.loads(text)
    if isinstance(value, dict) and value:
        key = "group" if "group" in value else next(iter(value))
        return json.dumps({key: value[key]})
    return json.dumps(value[:1] if isinstance(value, list) else value)


def _must_differ(table: Table, column: str) -> bool:
    """Whether an inserted row needs a value of its own: in a key, and not referring to another table."""
    referring = any(column in key.columns for key in table.foreign_keys)
    keys = [table.primary_key.columns] if table.primary_key else []
    keys += [tuple(columns) for columns, _ in table.unique_column_sets]
    return not referring and any(column in key for key in keys)


def _fresh(base: str, text: str, number: int) -> str:
    """A value that no row has: the rows of one INSERT differ, as do those of different sets."""
    if base == "smallint":
        return str(20_000 + number % 12_000)
    if base in _NUMBERS:
        return str(1_000_000_000 + number)
    if base == "uuid":
        return f"ffffffff-ffff-4fff-8fff-{number:012x}"
    return f"{text} new {number}" if base in _TEXTS else text


def _spans(parameters: Sequence[Parameter]) -> list[tuple[int, int]]:
    """Places of the parameters that bound one column from below and from above."""
    return [
        (low, high)
        for low, one in enumerate(parameters)
        for high, other in enumerate(parameters)
        if one.column
        and (one.role, other.role) == ("least", "most")
        and (one.alias, one.column) == (other.alias, other.column)
    ]


def _in_order(rows: Sequence[Mapping[str, str]], column: str) -> list[str]:
    return sorted((row[column] for row in rows if column in row), key=_key)


def _spanned(
    values: tuple[str | None, ...], spans: Sequence[tuple[int, int, list[str]]], random: Random
) -> tuple[str | None, ...]:
    """With bounds that leave a share of the column's rows: from a hundredth to a quarter, all sizes alike frequent."""
    changed = list(values)
    for low, high, ordered in spans:
        if changed[low] not in ordered:  # a value of the type, since the column's own did not fit
            continue
        width = max(round(len(ordered) * NARROWEST * (WIDEST / NARROWEST) ** random.random()), 1)
        start = random.randrange(max(len(ordered) - width, 1))
        changed[low], changed[high] = ordered[start], ordered[min(start + width, len(ordered) - 1)]
    return tuple(changed)


def _key(text: str) -> tuple[float, str]:
    try:
        return float(text), ""
    except ValueError:
        return 0.0, text
