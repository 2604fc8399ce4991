"""Python's names for tables, columns, types and relationships: valid, idiomatic and free of collisions."""

from __future__ import annotations

import keyword
import re
import unicodedata

RESERVED = frozenset(
    [
        "metadata",
        "registry",
        "model_config",
        "model_fields",
        "json",
        "dict",
        "copy",
        "schema",
        "construct",
        "validate",
        "parse_obj",
    ]
)
"""Attributes that declarative bases and SQLModel have for themselves."""

_PLURALS = (("ies", "y"), ("sses", "ss"), ("shes", "sh"), ("ches", "ch"), ("xes", "x"))
_NOT_PLURALS = ("ss", "us", "is", "os", "news", "series", "species", "as")


def singular(word: str) -> str:
    """`orders` → `order`, `categories` → `category`; a word that is none stays."""
    lower = word.lower()
    if lower.endswith(_NOT_PLURALS):
        return word
    for ending, instead in _PLURALS:
        if lower.endswith(ending):
            return word[: -len(ending)] + instead
    return word[:-1] if lower.endswith("s") and len(word) > 2 else word


def plural(word: str) -> str:
    """`order` → `orders`; a word that is one already stays."""
    if singular(word) != word:
        return word
    if word.endswith("y") and word[-2:-1] not in {"a", "e", "i", "o", "u", ""}:
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "x", "ch", "sh")) else "s")


def identifier(text: str, otherwise: str = "name") -> str:
    """A text as a name of Python's, in its own case."""
    plain = unicodedata.normalize("NFKC", text)
    name = re.sub(r"\W+", "_", plain).strip("_") or otherwise
    name = f"_{name}"[1:] if name[0].isalpha() or name[0] == "_" else f"{otherwise}_{name}"
    if not name.isidentifier():
        name = re.sub(r"[^0-9A-Za-z_]", "_", name).strip("_") or otherwise
        name = name if name.isidentifier() else f"{otherwise}_{name}"
    return f"{name}_" if keyword.iskeyword(name) or name in {"None", "True", "False"} else name


def attribute(column: str) -> str:
    """A column's attribute."""
    name = identifier(column, "column")
    name = name.lstrip("_") or "column"
    name = name if name.isidentifier() and not keyword.iskeyword(name) else f"column_{name}"
    return f"{name}_" if name in RESERVED else name


def class_name(table: str) -> str:
    """`order_lines` → `OrderLine`."""
    words = [one for one in re.split(r"[\W_]+", unicodedata.normalize("NFKC", table)) if one]
    if not words:
        return "Table"
    words[-1] = singular(words[-1])
    name = identifier("".join(one[:1].upper() + one[1:] for one in words), "Table")
    return name if name[0].isupper() or not name[0].isascii() else f"{name[0].upper()}{name[1:]}"


def free(name: str, taken: set[str]) -> str:
    """A name that is not taken, which is then taken."""
    found, number = name, 1
    while found in taken:
        number += 1
        found = f"{name}{number}" if name[-1:].isdigit() is False else f"{name}_{number}"
    taken.add(found)
    return found
