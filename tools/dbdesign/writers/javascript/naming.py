"""Names of databases as names of JavaScript, each once."""

from __future__ import annotations

import re
from collections.abc import Iterable

from dbdesign.writers.javascript.syntax import RESERVED

_WORDS = re.compile(r"[^\W_]+")


def words(name: str) -> list[str]:
    """The words of a name that its separators part."""
    return _WORDS.findall(name)


def camel(name: str) -> str:
    """`created_at` → `createdAt`; a name that has no letters → `_`."""
    parts = words(name)
    if not parts:
        return "_"
    first = parts[0].lower() if parts[0].isupper() else parts[0][0].lower() + parts[0][1:]
    return _begun(first + "".join(_capital(part) for part in parts[1:]))


def pascal(name: str) -> str:
    """`order_items` → `OrderItems`."""
    return _begun("".join(_capital(part) for part in words(name)) or "_")


def _capital(word: str) -> str:
    word = word.lower() if word.isupper() and len(word) > 1 else word
    return word[0].upper() + word[1:]


def _begun(name: str) -> str:
    return name if name.isidentifier() else f"_{name}"


def singular(name: str) -> str:
    """The English singular of a name's last word, by the commonest endings; a name that has none stays as it is."""
    for plural, ending in (
        ("ies", "y"),
        ("sses", "ss"),
        ("shes", "sh"),
        ("ches", "ch"),
        ("xes", "x"),
        ("ses", "se"),
        ("s", ""),
    ):
        if (
            name.lower().endswith(plural)
            and len(name) > len(plural) + 1
            and not name.lower().endswith(("ss", "us", "is"))
        ):
            return name[: -len(plural)] + ending
    return name


class Names:
    """Gives names out, each once. Names of constants may be no words of the language; keys of objects (`keys`) may be any."""

    def __init__(self, taken: Iterable[str] = (), *, keys: bool = False) -> None:
        self._taken = set(taken) | (frozenset() if keys else RESERVED)

    def new(self, *wishes: str) -> str:
        """The first wish that is free; the last one numbered where none is."""
        for wish in wishes:
            if wish not in self._taken:
                return self._take(wish)
        number = 2
        while f"{wishes[-1]}{number}" in self._taken:
            number += 1
        return self._take(f"{wishes[-1]}{number}")

    def _take(self, name: str) -> str:
        self._taken.add(name)
        return name
