"""Names taken apart: `customerID` and `customer_id` are both the words customer and id."""

from __future__ import annotations

import re
from functools import lru_cache

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\WA-Z\d_]+|\d+")


def vocabulary(text: str) -> frozenset[str]:
    """A set of words, as one reads them."""
    return frozenset(text.split())


_IRREGULAR = {
    "addresses": "address",
    "aliases": "alias",
    "analyses": "analysis",
    "batches": "batch",
    "children": "child",
    "companies": "company",
    "criteria": "criterion",
    "feet": "foot",
    "indices": "index",
    "men": "man",
    "movies": "movie",
    "people": "person",
    "statuses": "status",
    "taxes": "tax",
    "women": "woman",
}
_SAME = vocabulary(
    """access address alias analysis analytics basis bonus business bus campus canvas census class cors credentials dns
    gas goods gps https lens media metadata news process progress series settings staff species statistics stats
    status tls various virus data information equipment"""
)
_PLURAL = {one: many for many, one in _IRREGULAR.items()}


@lru_cache(maxsize=65536)
def words(name: str) -> tuple[str, ...]:
    """The words of a name in lower case, digits apart: `addressLine2` → (address, line, 2)."""
    return tuple(word.lower() for word in _WORD.findall(name))


@lru_cache(maxsize=65536)
def singular(word: str) -> str:
    """The singular of an English word in lower case; a word that is none already stays."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word in _SAME or len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is", "os")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zzes")):
        return word[:-2]
    return word[:-1]


@lru_cache(maxsize=4096)
def plural(word: str) -> str:
    """The plural of an English word in lower case; a word that is one already stays."""
    if word in _SAME or singular(word) != word:
        return word
    if word in _PLURAL:
        return _PLURAL[word]
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "x", "z", "ch", "sh")) else "s")


@lru_cache(maxsize=65536)
def stem(name: str) -> tuple[str, ...]:
    """The words of a table's name with the last one in the singular: `order_items` → (order, item)."""
    parts = words(name)
    return (*parts[:-1], singular(parts[-1])) if parts else ()
