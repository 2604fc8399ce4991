"""Which changesets Liquibase runs: database, properties, and preconditions as far as the changelogs themselves tell.

A precondition on what exists (`tableExists`, `columnExists` …) is answered from the statements that came before it; one that asks the
database (`sqlCheck`) is not answered, and its changeset is run, with a note. Sources: Liquibase documentation, "Preconditions", "Changelog
property substitution", the attribute `dbms`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

DBMS = "postgresql"
_PROPERTY = re.compile(r"\$\{([^}]+)\}")
_NAME = r"(?:IF\s+(?:NOT\s+)?EXISTS\s+)?(?:ONLY\s+)?(?P<name>(?:\"[^\"]+\"|[\w.])+)"
_CREATED = re.compile(
    rf"\s*CREATE\s+(?:OR\s+REPLACE\s+|UNIQUE\s+|UNLOGGED\s+|TEMP(?:ORARY)?\s+|MATERIALIZED\s+)*(?P<kind>TABLE|INDEX|SEQUENCE|VIEW)\s+(?:CONCURRENTLY\s+)?{_NAME}",
    re.IGNORECASE,
)
_DROPPED = re.compile(rf"\s*DROP\s+(?P<kind>TABLE|INDEX|SEQUENCE|VIEW)\s+{_NAME}", re.IGNORECASE)
_ALTERED = re.compile(rf"\s*ALTER\s+TABLE\s+{_NAME}\s+(?P<rest>.*)", re.IGNORECASE | re.DOTALL)
_COLUMN = re.compile(
    r"(?P<verb>ADD|DROP)\s+(?:COLUMN\s+)?(?:IF\s+(?:NOT\s+)?EXISTS\s+)?(?P<name>\"[^\"]+\"|\w+)", re.IGNORECASE
)
_CONSTRAINT = re.compile(r"CONSTRAINT\s+(?P<name>\"[^\"]+\"|\w+)", re.IGNORECASE)
_RENAMED = re.compile(
    r"RENAME\s+(?P<column>COLUMN\s+(?P<old>\"[^\"]+\"|\w+)\s+)?TO\s+(?P<new>\"[^\"]+\"|\w+)", re.IGNORECASE
)
_KEYWORDS = {"constraint", "primary", "unique", "foreign", "check", "exclude", "like"}


def runs_on(dbms: object) -> bool:
    """Whether an attribute `dbms` (`postgresql, h2`, `!oracle`, `all`, `none`) takes in PostgreSQL."""
    if dbms is None or not str(dbms).strip():
        return True
    names = {one.strip().lower() for one in str(dbms).split(",")}
    if "none" in names:
        return False
    if f"!{DBMS}" in names:
        return False
    wanted = {one for one in names if not one.startswith("!")}
    return not wanted or "all" in wanted or DBMS in wanted


class Properties:
    """Values of `${name}`; the first that is said holds, as in Liquibase."""

    def __init__(self) -> None:
        self._values: dict[str, str] = {}
        self.missing: dict[str, None] = {}

    def add(self, body: Mapping[str, Any]) -> None:
        """Take in a `property` element; one for another database is none."""
        if body.get("name") is not None and body.get("value") is not None and runs_on(body.get("dbms")):
            self._values.setdefault(str(body["name"]), str(body["value"]))

    def filled(self, value: Any) -> Any:
        """The value with every property in it; one that is not known stays as it stands, as in Liquibase."""
        return self._filled(value, {})

    def _filled(self, value: Any, done: dict[int, Any]) -> Any:
        """What YAML's aliases share is filled once: written out it could be larger than any memory."""
        if isinstance(value, str):
            return _PROPERTY.sub(self._value, value) if "${" in value else value
        if not isinstance(value, Mapping | list):
            return value
        if id(value) not in done:
            done[id(value)] = value  # in case it holds itself
            if isinstance(value, Mapping):
                done[id(value)] = {key: self._filled(one, done) for key, one in value.items()}
            else:
                done[id(value)] = [self._filled(one, done) for one in value]
        return done[id(value)]

    def _value(self, match: re.Match[str]) -> str:
        name = match[1].strip()
        if name.startswith(":"):  # `${:name}` is `${name}` as it stands
            return f"${{{name[1:]}}}"
        if name not in self._values:
            self.missing[name] = None
        return self._values.get(name, match[0])


class Existing:
    """The tables, columns and names that the statements so far have made."""

    def __init__(self) -> None:
        self.tables: dict[str, set[str]] = {}
        self.names: set[tuple[str, str]] = set()

    def take(self, sql: str) -> None:
        """What a statement makes or drops."""
        if match := _CREATED.match(sql):
            self._created(match["kind"].lower(), _plain(match["name"]), sql[match.end() :])
        elif match := _DROPPED.match(sql):
            kind, name = match["kind"].lower(), _plain(match["name"])
            self.tables.pop(name, None) if kind == "table" else self.names.discard((kind, name))
        elif match := _ALTERED.match(sql):
            self._altered(_plain(match["name"]), match["rest"])

    def _created(self, kind: str, name: str, rest: str) -> None:
        if kind == "table":
            self.tables[name] = {_plain(one) for one in _first_words(rest)} - _KEYWORDS
            self.names |= {("constraint", _plain(one["name"])) for one in _CONSTRAINT.finditer(rest)}
        else:
            self.names.add((kind, name))

    def _altered(self, name: str, rest: str) -> None:
        columns = self.tables.setdefault(name, set())
        if renamed := _RENAMED.match(rest):
            if renamed["column"]:
                columns.discard(_plain(renamed["old"]))
                columns.add(_plain(renamed["new"]))
            else:
                self.tables[_plain(renamed["new"])] = self.tables.pop(name)
            return
        self.names |= {("constraint", _plain(one["name"])) for one in _CONSTRAINT.finditer(rest)}
        for one in _COLUMN.finditer(rest):
            column = _plain(one["name"])
            if column not in _KEYWORDS:
                columns.discard(column) if one["verb"].upper() == "DROP" else columns.add(column)

    def holds(self, kind: str, said: Mapping[str, Any]) -> bool | None:
        """Whether a precondition holds; None where only the database knows."""
        table = _plain(str(said.get("tableName") or said.get("foreignKeyTableName") or ""))
        match kind:
            case "tableExists":
                return table in self.tables
            case "columnExists":
                return _plain(str(said.get("columnName", ""))) in self.tables.get(table, set())
            case "indexExists" if said.get("indexName"):
                return ("index", _plain(str(said["indexName"]))) in self.names
            case "viewExists" | "sequenceExists":
                what = kind.removesuffix("Exists")
                return (what, _plain(str(said.get(f"{what}Name", "")))) in self.names
            case "foreignKeyConstraintExists" if said.get("foreignKeyName"):
                return ("constraint", _plain(str(said["foreignKeyName"]))) in self.names
            case "uniqueConstraintExists" if said.get("constraintName"):
                return ("constraint", _plain(str(said["constraintName"]))) in self.names
            case "dbms":
                return runs_on(said.get("type"))
            case _:
                return None


def holds(conditions: Any, existing: Existing) -> bool | None:
    """Whether preconditions hold, all of them; None where that is not known."""
    return _all(_each(conditions, existing))


def _each(conditions: Any, existing: Existing) -> Iterable[bool | None]:
    for one in conditions if isinstance(conditions, list) else [conditions]:
        for kind, said in one.items() if isinstance(one, Mapping) else ():
            if kind == "not":
                inner = _all(_each(said, existing))
                yield None if inner is None else not inner
            elif kind == "or":
                yield _any(_each(said, existing))
            elif kind in {"and", "preConditions"}:
                yield _all(_each(said, existing))
            elif isinstance(said, Mapping):
                yield existing.holds(str(kind), said)


def _all(found: Iterable[bool | None]) -> bool | None:
    values = list(found)
    if any(one is False for one in values):
        return False
    return None if any(one is None for one in values) else True


def _any(found: Iterable[bool | None]) -> bool | None:
    values = list(found)
    if any(values):
        return True
    return None if any(one is None for one in values) else not values


def on_fail(conditions: Any) -> str:
    """What a changeset does where its preconditions fail: HALT unless said."""
    for one in conditions if isinstance(conditions, list) else [conditions]:
        if isinstance(one, Mapping) and isinstance(one.get("onFail"), str):
            return str(one["onFail"]).upper()
    return "HALT"


def _plain(name: str) -> str:
    return name.rpartition(".")[2].strip('"').lower()


def _first_words(rest: str) -> Iterable[str]:
    """The first word of each part between commas, outside brackets."""
    depth, start = 0, None
    for at, letter in enumerate(rest):
        if letter == "(":
            depth += 1
            if depth == 1:
                start = at + 1
        elif letter == ")":
            depth -= 1
        if start is not None and ((letter == "," and depth == 1) or (letter == ")" and depth == 0)):
            if word := re.match(r"\s*(\"[^\"]+\"|\w+)", rest[start:at]):
                yield word[1]
            start = at + 1 if depth else None
