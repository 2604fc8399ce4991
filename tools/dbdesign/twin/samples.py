"""What the sampled values in statistics say beyond what the planner asks: how long values are, and what expressions make of them."""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import psycopg
from psycopg import sql

from dbdesign.twin.array_literal import split_array
from dbdesign.twin.composing import verbatim
from dbdesign.twin.widths import numeric_width

if TYPE_CHECKING:
    from dbdesign.model.statistics import ColumnStatistics

SAMPLE = 200
"""Values by which an expression is judged."""

_TEXTS = ("text", "character varying", "character", "citext", "name")
_NEAR = 1.5
"""Bytes by which the sample's mean width may miss the recorded one; stand-ins of a redacted snapshot miss it by more."""


def base_type(name: str) -> str:
    """A type's name without its modifier: `numeric(12,2)` is `numeric`, `character varying(20)[]` is `character varying[]`."""
    base, _, rest = name.partition("(")
    return f"{base}{rest.partition(')')[2]}" if rest else base


def stored_width(value: str, type_name: str) -> int | None:
    """Bytes of a value of variable length as stored, with its header; None for types whose text does not say."""
    base = base_type(type_name)
    if base in _TEXTS:
        length = len(value.encode())
    elif base == "bytea" and value.startswith("\\x"):
        length = (len(value) - 2) // 2
    elif base == "numeric":
        return numeric_width(value)
    else:
        return None
    return length + (1 if length < 127 else 4)


def widths(column: ColumnStatistics, type_name: str) -> tuple[tuple[float, int], ...]:
    """Shares and widths of a column's values by its sample; nothing where the sample does not agree with the recorded width."""
    return _widths(_Sample.of(column), column.avg_width, type_name)


@lru_cache(maxsize=4096)
def _widths(sample: _Sample, average: int, type_name: str) -> tuple[tuple[float, int], ...]:
    known: dict[int, float] = {}
    for share, value in sample.weighted():
        width = stored_width(value, type_name)
        if width is None:
            return ()
        known[width] = known.get(width, 0.0) + share
    total = sum(known.values())
    if not known or abs(sum(width * share for width, share in known.items()) / total - average) > _NEAR:
        return ()
    return tuple((share / total, width) for width, share in known.items())


class _Sample(NamedTuple):
    """What statistics keep of a column's values."""

    common: str | None
    shares: tuple[float, ...]
    bounds: str | None
    nulls: float

    @classmethod
    def of(cls, column: ColumnStatistics) -> _Sample:
        return cls(column.most_common_vals, column.most_common_freqs, column.histogram_bounds, column.null_frac)

    def weighted(self) -> Iterator[tuple[float, str]]:
        common, bounds = _elements(self.common), _elements(self.bounds)
        yield from zip(self.shares, common, strict=False)
        rest = max(0.0, 1 - self.nulls - sum(self.shares))
        if bounds and rest:
            yield from ((rest / len(bounds), value) for value in bounds)


def weighted(column: ColumnStatistics) -> Iterator[tuple[float, str]]:
    """The sampled values with the share of the rows that each stands for."""
    return _Sample.of(column).weighted()


def _elements(literal: str | None) -> list[str]:
    try:
        return [value for value in split_array(literal or "{}") if value is not None]
    except ValueError:
        return []


def spread_sample(column: ColumnStatistics) -> list[str | None]:
    """`SAMPLE` values as often as they come, NULLs among them."""
    found: list[str | None] = [None] * round(column.null_frac * SAMPLE)
    reached, values = 0.0, list(weighted(column))
    total = sum(share for share, _ in values) or 1.0
    room = SAMPLE - len(found)
    for share, value in values:
        reached += share / total * room
        found += [value] * (round(reached) + SAMPLE - room - len(found))
    return found


def evaluated(
    user: psycopg.Connection[Any], expression: str, columns: Sequence[tuple[str, str, ColumnStatistics]]
) -> tuple[list[str | None], int] | None:
    """What an expression makes of the sample, as texts, and how many different inputs it had; None where it cannot be computed.

    Args:
        user: the unprivileged role's connection, since the expression may call what a user wrote.
        columns: names, types and statistics of those that it may name.
    """
    samples = [(name, type_name, spread_sample(column)) for name, type_name, column in columns]
    if not samples or not all(any(values) for _, _, values in samples):
        return None
    parts = sql.SQL(", ").join(sql.SQL("{}::text[]").format(sql.Literal(values)) for _, _, values in samples)
    names = sql.SQL(", ").join(sql.SQL("{}").format(sql.Identifier(name)) for name, _, _ in samples)
    typed = sql.SQL(", ").join(
        sql.SQL("{0}::{1} as {0}").format(sql.Identifier(name), verbatim(type_name)) for name, type_name, _ in samples
    )
    query = sql.SQL("select ({})::text from (select {} from unnest({}) as s({})) sample").format(
        verbatim(expression),
        typed,
        parts,
        names,
    )
    try:
        rows = user.execute(query).fetchall()
    except psycopg.Error:
        return None
    inputs = len(set(zip(*(values for _, _, values in samples), strict=False)))
    return [row[0] for row in rows], inputs


def share_of(
    user: psycopg.Connection[Any], condition: str, columns: Sequence[tuple[str, str, ColumnStatistics]]
) -> float | None:
    """The share of pairs of two columns' sampled values for which a condition holds, each value of the one with each of the other; None
    where it cannot be computed. Arguments as of `evaluated`.
    """
    samples = [
        sql.SQL("(select v::{} as {} from unnest({}::text[]) v)").format(
            verbatim(type_name), sql.Identifier(name), sql.Literal(spread_sample(column))
        )
        for name, type_name, column in columns
    ]
    query = sql.SQL("select avg(coalesce(({})::int, 0))::float8 from {} one, {} other").format(
        verbatim(condition), samples[0], samples[1]
    )
    try:
        row = user.execute(query).fetchone()
    except psycopg.Error:
        return None
    return None if row is None else row[0]


def keys(column: ColumnStatistics, type_name: str, operator_class: str) -> list[tuple[float, float]]:
    """How many keys there are in so large a share of the rows: of arrays and text search vectors as recorded, of trigrams and documents by
    the sample; nothing for others.

    How many there are beside those seen is estimated from those seen once and twice (Chao, "Nonparametric Estimation of the Number of
    Classes in a Population", 1984).
    """
    if column.most_common_elem_freqs and (column.elem_count_histogram or type_name == "tsvector"):
        shares = list(column.most_common_elem_freqs[:-2])
        rest = (column.elem_count_histogram[-1] if column.elem_count_histogram else 0.0) - sum(shares)
        least = min(shares) / 2
        return [*((1.0, share) for share in shares), *([(rest / least, least)] if rest > least > 0 else [])]
    if operator_class == "gin_trgm_ops":
        taken = [(share, trigrams(value)) for share, value in weighted(column)]
    elif type_name == "jsonb":
        taken = [(share, _tokens(value, paths=operator_class == "jsonb_path_ops")) for share, value in weighted(column)]
    else:
        return []
    shares_of: Counter[str] = Counter()
    times: Counter[str] = Counter()
    for share, found in taken:
        times.update(found)
        shares_of.update(dict.fromkeys(found, share))
    often = [float(share) for key, share in shares_of.items() if times[key] > 2]
    once, twice = (sum(count == number for count in times.values()) for number in (1, 2))
    rare = once + twice + once * (once - 1) / (2 * (twice + 1))
    rest = sum(shares_of.values()) - sum(often)
    return [*((1.0, share) for share in often), *([(rare, rest / rare)] if rare else [])]


def trigrams(text: str) -> set[str]:
    """The trigrams of a text, as `pg_trgm` takes them: words in lower case, two blanks before and one behind."""
    words = "".join(character if character.isalnum() else " " for character in text.lower()).split()
    return {f"  {word} "[at : at + 3] for word in words for at in range(len(word) + 1)}


def _tokens(value: str, *, paths: bool) -> set[str]:
    """The keys that a GIN index takes from a document: keys and scalars (jsonb_ops), or scalars with what leads to them."""
    found: set[str] = set()

    def walk(part: Any, path: str) -> None:
        if isinstance(part, dict):
            for name, inner in part.items():
                if not paths:
                    found.add(f"K{name}")
                walk(inner, f"{path}.{name}" if paths else "")
        elif isinstance(part, list):
            for inner in part:
                walk(inner, path)
        else:
            found.add(f"{path}V{part}")

    with contextlib.suppress(ValueError, RecursionError):
        walk(json.loads(value), "")
    return found
