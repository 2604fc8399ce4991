"""The names that PostgreSQL gives to constraints, indexes and sequences that the source does not name.

Source: ChooseRelationName, ChooseIndexColumnNames, ChooseConstraintName and makeObjectName of PostgreSQL 18
(src/backend/commands/indexcmds.c and src/backend/catalog/pg_constraint.c).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from dbdesign.readers.postgresql.tokens import cut

MAXIMUM = 63
SUFFIXES = {
    "primary": "pkey",
    "unique": "key",
    "exclusion": "excl",
    "index": "idx",
    "foreign": "fkey",
    "check": "check",
}


def make_object_name(first: str, second: str | None, suffix: str) -> str:
    """`first_second_suffix` in 63 bytes: the longer of the two names is cut first, byte by byte, to whole characters."""
    room = MAXIMUM - len(suffix.encode()) - 1 - (1 if second else 0)
    one, two = len(first.encode()), len((second or "").encode())
    while one + two > room:
        if one > two:
            one -= 1
        else:
            two -= 1
    parts = [cut(first, one), cut(second, two) if second else None, suffix]
    return "_".join(part for part in parts if part is not None)


def choose_name(first: str, second: str | None, suffix: str, taken: Callable[[str], bool]) -> str:
    """The name that PostgreSQL would choose: with a number after the suffix, from 1, until it is free."""
    number = 0
    while taken(name := make_object_name(first, second, f"{suffix}{number or ''}")):
        number += 1
    return name


def joined_columns(names: Iterable[str]) -> str:
    """The columns' part of an index's or foreign key's name: joined with underscores until 64 bytes are reached."""
    text = ""
    for name in names:
        text = f"{text}_{name}" if text else name
        if len(text.encode()) > MAXIMUM:
            break
    return text


def note_of_cut_names(lines: Mapping[str, int]) -> Iterator[str]:
    """A note on names that are longer than PostgreSQL keeps, for all of them; `lines` says where each is first written."""
    if not lines:
        return
    shown = [f"{cut(name)} is what is kept of {name[:200]} (line {line})" for name, line in list(lines.items())[:3]]
    others = f"; and {len(lines) - len(shown)} more" if len(lines) > len(shown) else ""
    what = "1 name is" if len(lines) == 1 else f"{len(lines)} names are"
    yield f"{what} longer than the {MAXIMUM} bytes that PostgreSQL keeps, and cut: {'; '.join(shown)}{others}"
