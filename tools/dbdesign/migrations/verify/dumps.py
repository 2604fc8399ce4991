"""When two pg_dumps say the same: the order of statements, columns and constraints aside."""

from __future__ import annotations

import re
from collections import Counter

_END = re.compile(r";(?:\n\n+|\n(?=GRANT |REVOKE |COMMENT ))")
_NOT_NULL = re.compile(r'CONSTRAINT (?:"(?:[^"]|"")+"|\S+) NOT NULL')
_ROLES = re.compile(r"(CREATE POLICY .*? TO )(.+?)( (?:USING|WITH CHECK) .*)?\Z", re.DOTALL)


def statements(dump: str) -> Counter[str]:
    """The statements of a pg_dump, without comments and settings, each in one spelling."""
    text = "\n".join(line for line in dump.splitlines() if not line.startswith("--"))
    found = (one.strip() for one in _END.split(text))
    settings = ("SET ", "SELECT pg_catalog.set_config")
    return Counter(_tidy(one.rstrip(";")) for one in found if one and not one.startswith(settings))


def _tidy(statement: str) -> str:
    if roles := _ROLES.match(statement):  # listed as the roles were made
        statement = f"{roles[1]}{', '.join(sorted(roles[2].split(', ')))}{roles[3] or ''}"
    if not statement.startswith(("CREATE TABLE", "CREATE UNLOGGED TABLE")):
        return statement
    head, *lines = statement.splitlines()
    inner = sorted(line.rstrip(",") for line in lines if line.startswith("    "))
    return "\n".join([head, *inner, *(line for line in lines if not line.startswith("    "))])


def difference(found: str, wanted: str, *, names_of_not_null: bool = True) -> list[str]:
    """What one dump says that the other does not, as lines of a diff; empty where they say the same.

    Without `names_of_not_null` these do not count: before 18 there are none, and the server that the plan runs on gives some.
    """
    if not names_of_not_null:
        found, wanted = _NOT_NULL.sub("NOT NULL", found), _NOT_NULL.sub("NOT NULL", wanted)
    one, other = statements(found), statements(wanted)
    return [f"- {text}" for text in (one - other).elements()] + [f"+ {text}" for text in (other - one).elements()]
