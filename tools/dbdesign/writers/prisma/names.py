"""Names as Prisma's users choose them: models in PascalCase and singular, fields in camelCase, lists in the plural."""

from __future__ import annotations

import re
import unicodedata

from dbdesign.dialects.prisma import SCALARS

RESERVED_MODELS = SCALARS | {
    "Prisma",
    "PrismaClient",
    "Promise",
    "Date",
    "Object",
    "Array",
    "Unsupported",
    "Symbol",
    "Function",
    "Error",
}
"""Types of the language, and names that the generated client needs."""
RESERVED_VALUES = frozenset({"true", "false", "null"})

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_OTHER = re.compile(r"[^A-Za-z0-9_]+")
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")
_UNCOUNTED = frozenset(
    {"data", "news", "series", "species", "media", "metadata", "information", "equipment", "status", "address", "sms"}
)


def words(name: str) -> list[str]:
    """The words of a name in any convention; accents are dropped, and what has no Latin letters is left out."""
    return _WORD.findall(_latin(name))


def _latin(name: str) -> str:
    return unicodedata.normalize("NFKD", name.replace("ß", "ss")).encode("ascii", "ignore").decode()


def pascal(name: str) -> str:
    """`order_items` → `OrderItems`; empty where nothing is left."""
    joined = "".join(one[0].upper() + one[1:].lower() for one in words(name))
    return f"N{joined}" if joined[:1].isdigit() else joined


def camel(name: str) -> str:
    """`order_id` → `orderId`; empty where nothing is left."""
    first, *rest = words(name) or [""]
    joined = first.lower() + "".join(one[0].upper() + one[1:].lower() for one in rest)
    return f"n{joined}" if joined[:1].isdigit() else joined


def model_name(table: str) -> str:
    """`order_items` → `OrderItem`."""
    found = words(table)
    if not found:
        return "Model"
    return pascal(" ".join([*found[:-1], singular(found[-1])]))


def singular(word: str) -> str:
    """`categories` → `category`; a word that is no plural as it is."""
    lower = word.lower()
    if lower in _UNCOUNTED or lower.endswith(("ss", "us", "is")) or not lower.endswith("s") or len(lower) < 4:
        return word
    if lower.endswith("ies") and len(lower) > 4:
        return word[:-3] + "y"
    if lower.endswith(("sses", "shes", "ches", "xes", "zes", "uses")) and not lower.endswith("auses"):
        return word[:-2]
    return word[:-1]


def plural(name: str) -> str:
    """`category` → `categories`, of a name's last word."""
    lower = name.lower()
    if lower.endswith(tuple(_UNCOUNTED - {"status", "address"})):
        return name
    if lower.endswith("y") and lower[-2:-1] not in {"a", "e", "i", "o", "u", ""}:
        return name[:-1] + "ies"
    return name + ("es" if lower.endswith(("s", "x", "z", "ch", "sh")) else "s")


def value_name(value: str) -> str:
    """What a value of an enumeration is called: as it is, where it can be."""
    if _PLAIN.match(value) and value not in RESERVED_VALUES:
        return value
    joined = _OTHER.sub("_", _latin(value)).strip("_")
    if not joined:
        return "EMPTY" if not value.strip() else "VALUE"
    joined = f"n{joined}" if joined[0].isdigit() else joined
    return f"{joined}_" if joined in RESERVED_VALUES else joined


class Names:
    """Gives names that differ, also from names in another case."""

    def __init__(self, taken: frozenset[str] = frozenset()) -> None:
        self._taken = {one.lower() for one in taken}
        self._numbers: dict[str, int] = {}

    def free(self, *candidates: str) -> str:
        """The first of the candidates that is free, or the last with a number; it is taken then."""
        for candidate in candidates:
            if candidate and candidate.lower() not in self._taken:
                self._taken.add(candidate.lower())
                return candidate
        last = candidates[-1]
        number = self._numbers.get(last, 1) + 1
        while f"{last}{number}".lower() in self._taken:
            number += 1
        self._numbers[last] = number
        return self.free(f"{last}{number}")
