"""The layout of Prisma schemas, as `prisma format` makes it: fields in columns, attributes in a fixed order."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

ORDER = ("id", "unique", "default", "updatedAt", "map", "relation", "db", "ignore")
"""Of a field's attributes; `db` is any native type."""
BLOCK_ORDER = ("id", "unique", "index", "fulltext", "map", "ignore", "schema")


@dataclass(frozen=True)
class Row:
    """A field or a value of an enumeration. An empty name is an empty line, which begins a new set of columns.

    Attributes:
        attributes: without order, `@` and all.
    """

    name: str = ""
    type: str = ""
    attributes: tuple[str, ...] = ()
    comment: str | None = None


def text(value: str) -> str:
    """A text in quotation marks."""
    return json.dumps(value, ensure_ascii=False)


def block(kind: str, name: str, rows: Iterable[Row], attributes: Iterable[str], comment: str | None = None) -> str:
    """A model, view or enum."""
    lines = [*comment_lines(comment, ""), f"{kind} {name} {{"]
    group: list[Row] = []
    for row in (*rows, Row()):
        if row.name:
            group.append(row)
        elif group:
            lines += ["", *_aligned(group)] if lines[-1] != f"{kind} {name} {{" else _aligned(group)
            group = []
    said = sorted(attributes, key=lambda one: BLOCK_ORDER.index(one[2:].partition("(")[0]))
    lines += ["", *(f"  {one}" for one in said)] if said else []
    return "\n".join([*lines, "}"]) + "\n"


def settings(kind: str, name: str, pairs: Iterable[tuple[str, str]]) -> str:
    """A datasource or generator; values are written as they are."""
    known = list(pairs)
    width = max(len(key) for key, _ in known)
    return "\n".join([f"{kind} {name} {{", *(f"  {key.ljust(width)} = {value}" for key, value in known), "}"]) + "\n"


def comment_lines(comment: str | None, indent: str) -> list[str]:
    """Documentation, a line each."""
    return [f"{indent}/// {line}".rstrip() for line in comment.splitlines()] if comment else []


def _aligned(rows: list[Row]) -> list[str]:
    names = max(len(row.name) for row in rows)
    types = max(len(row.type.encode()) for row in rows)
    lines: list[str] = []
    for row in rows:
        attributes = " ".join(sorted(row.attributes, key=_place))
        cells = [_padded(row.name, names), *([_padded(row.type, types)] if types else []), attributes]
        lines += [*comment_lines(row.comment, "  "), f"  {' '.join(cells)}".rstrip(" ")]
    return lines


def _padded(cell: str, width: int) -> str:
    """Columns are as wide as their longest cell in bytes."""
    return cell + " " * (width - len(cell.encode()))


def _place(attribute: str) -> int:
    return ORDER.index(attribute[1:].partition("(")[0].partition(".")[0])
