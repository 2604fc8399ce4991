"""The value that Django gives the rows that are there where it adds a column: a default for the length of one statement.

Source: `BaseDatabaseSchemaEditor.effective_default` and `add_field`, django/db/backends/base/schema.py of Django 5.2.
"""

from __future__ import annotations

from collections.abc import Mapping

from dbdesign.model.schema import Engine
from dbdesign.readers.django.fields import FieldState
from dbdesign.readers.django.literals import literal
from dbdesign.readers.django.state import UnsayableError

_EMPTY_TEXTS = frozenset({"CharField", "TextField", "SlugField", "FileField", "ImageField", "EmailField", "URLField"})

STAND_INS: Mapping[str, str] = {
    "bool": "false",
    "varchar": "''",
    "text": "''",
    "uuid": "'00000000-0000-0000-0000-000000000000'",
    "json": "'{}'",
    "timestamp": "CURRENT_TIMESTAMP",
    "date": "CURRENT_DATE",
    "time": "CURRENT_TIME",
    "interval": "'0'",
}
"""By the beginning of a type: what a function of Python's would give, which is called once: to the database it is a constant."""


def first_value(one: FieldState, resolved: FieldState, data_type: str) -> str | None:
    """The value as SQL; None where the rows get none.

    Args:
        resolved: the field whose values the column holds: of a foreign key the key that it refers to.
        data_type: of the column.
    """
    if "db_default" in one.arguments or one.kind == "GeneratedField":
        return None
    value = one.get("default")
    if "default" in one.arguments:
        if value is None:
            return None
        try:
            return literal(value, Engine.POSTGRESQL, resolved)
        except UnsayableError:
            return _stand_in(data_type)
    if one.flag("auto_now") or one.flag("auto_now_add"):
        return _stand_in(data_type)
    empty = one.flag("blank") and not one.flag("null") and one.kind in _EMPTY_TEXTS
    return "''" if empty else None


def _stand_in(data_type: str) -> str:
    if data_type.endswith("]"):
        return "'{}'"
    return next((value for name, value in STAND_INS.items() if data_type.lower().startswith(name)), "0")
