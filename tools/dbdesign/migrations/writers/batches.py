"""A batch's SQL for a program: `:after` and `:last` as the placeholders of its library, one for each column of the key, and `:rows`."""

from __future__ import annotations

import re
from collections.abc import Callable

from dbdesign.model.migration import Batches

_PARAMETER = re.compile(r"(?<![:\w]):(after|last|rows)\b")


def batch_sql(
    batches: Batches, placeholder: Callable[[str, int, int], str], escape: Callable[[str], str] = str
) -> tuple[str, list[str]]:
    """The SQL, and the names (`after`, `last`, `rows`) in the order in which their values are taken.

    Args:
        placeholder: of the parameter's name, the number of the key's column from 0, and the number of the value from 1.
        escape: what the library needs for the SQL between.
    """
    text, order, number = "", [], 0
    for index, piece in enumerate(_PARAMETER.split(batches.batch)):
        if index % 2 == 0:
            text += escape(piece)
            continue
        order.append(piece)
        if piece == "rows":
            number += 1
            text += placeholder(piece, 0, number)
            continue
        values = []
        for column in range(len(batches.key)):
            number += 1
            values.append(_cast(placeholder(piece, column, number), batches, column))
        text += ", ".join(values)
    return text, order


def _cast(value: str, batches: Batches, column: int) -> str:
    return f"CAST({value} AS {batches.types[column]})" if batches.types else value


PACE = ("rows", "fewest", "most", "seconds", "pause", "rest")
"""The fields of `Batches` that say how fast a walk goes."""


def pace(batches: Batches) -> dict[str, str]:
    """How fast a walk goes, as literals that JSON has too: `null` for no value."""
    values = {name: getattr(batches, name) for name in PACE}
    return {
        name: "null" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
        for name, value in values.items()
    }


def keyword_arguments(batches: Batches) -> str:
    """`rows=1000, fewest=50, …` for Python."""
    return ", ".join(f"{name}={'None' if value == 'null' else value}" for name, value in pace(batches).items())
