"""Names for models and fields: Python's, Django's (no `__`, no trailing `_`), and no two alike."""

from __future__ import annotations

import keyword
import re
import unicodedata

_RESERVED_FIELDS = frozenset(
    {"check", "clean", "clean_fields", "date_error_message", "delete", "full_clean", "from_db", "get_constraints", "get_deferred_fields",
     "objects", "pk", "prepare_database_save", "refresh_from_db", "save", "save_base", "serializable_value", "unique_error_message",
     "validate_constraints", "validate_unique", "adelete", "arefresh_from_db", "asave", "DoesNotExist", "MultipleObjectsReturned", "Meta"}
)  # fmt: skip
"""Attributes of django.db.models.Model."""
_RESERVED_CLASSES = frozenset(
    {
        "F",
        "Q",
        "Func",
        "Value",
        "Case",
        "When",
        "Cast",
        "Lower",
        "Upper",
        "Length",
        "models",
        "ArrayField",
        "Exact",
        "Coalesce",
    }
)
_IRREGULAR = {"people": "person", "children": "child", "men": "man", "women": "woman", "data": "data", "media": "media", "news": "news",
              "series": "series", "status": "status", "address": "address"}  # fmt: skip


def class_name(table: str, taken: set[str]) -> str:
    """`order_items` → `OrderItem`, free among `taken` (lower case: Django does not tell models apart by case)."""
    words = [one for one in re.split(r"[^0-9a-zA-Z]+", _plain(table)) if one]
    if words:
        words[-1] = singular(words[-1])
    name = "".join(one[:1].upper() + one[1:] for one in words) or "Table"
    if name[0].isdigit():
        name = f"Table{name}"
    if keyword.iskeyword(name) or name in _RESERVED_CLASSES:
        name = f"{name}Model"
    return _free(name, taken)


def singular(word: str) -> str:
    """The singular of an English word, where its form tells it."""
    lower = word.lower()
    if lower in _IRREGULAR:
        return _IRREGULAR[lower]
    if len(word) > 4 and lower.endswith("ies"):
        return f"{word[:-3]}y"
    if lower.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    if len(word) > 3 and lower.endswith("s") and not lower.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def field_name(column: str, taken: set[str], *, relation: bool = False) -> str:
    """A field's name for a column; a relation loses its `_id`. `taken` grows."""
    plain = _plain(column)
    if relation and plain.lower().endswith("_id") and len(plain) > 3:
        plain = plain[:-3]
    name = re.sub(r"_+", "_", re.sub(r"\W+", "_", plain, flags=re.ASCII)).strip("_").lower() or "field"
    if name[0].isdigit():
        name = f"number_{name}"
    if keyword.iskeyword(name) or name in _RESERVED_FIELDS or (relation and name == "id"):
        name = f"{name}_field"
    return _free(name, taken)


def member_name(value: str, taken: set[str]) -> str:
    """A member of a TextChoices for a value."""
    name = re.sub(r"_+", "_", re.sub(r"\W+", "_", _plain(value), flags=re.ASCII)).strip("_").upper() or "EMPTY"
    if name[0].isdigit():
        name = f"VALUE_{name}"
    if name.lower() in {"choices", "labels", "values", "names", "name", "value", "label", "mro"} or keyword.iskeyword(
        name
    ):
        name = f"{name}_"
    return _free(name, taken)


def _plain(name: str) -> str:
    """The name in ASCII letters, as far as they are letters with marks."""
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()


def _free(name: str, taken: set[str]) -> str:
    free, number = name, 1
    while free.lower() in taken:
        number += 1
        free = f"{name}{number}" if not name.endswith("_") else f"{name}{number}_"
    taken.add(free.lower())
    return free
