"""A batch's SQL for a program: `:after` and `:last` as the placeholders of its library, one for each column of the key."""

from __future__ import annotations

import re
from collections.abc import Callable

from dbdesign.model.migration import Batches

_PARAMETER = re.compile(r"(?<![:\w]):(after|last)\b")


def batch_sql(
    batches: Batches, placeholder: Callable[[str, int, int], str], escape: Callable[[str], str] = str
) -> tuple[str, list[str]]:
    """The SQL, and the names (`after`, `last`) in the order in which their values are taken.

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
        values = []
        for column in range(len(batches.key)):
            number += 1
            values.append(_cast(placeholder(piece, column, number), batches, column))
        text += ", ".join(values)
    return text, order


def _cast(value: str, batches: Batches, column: int) -> str:
    return f"CAST({value} AS {batches.types[column]})" if batches.types else value
