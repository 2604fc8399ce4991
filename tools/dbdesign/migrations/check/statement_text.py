"""DDL of any engine taken apart by its words: the table of an ALTER TABLE and its actions, without a grammar for each engine."""

from __future__ import annotations

import re
from functools import cached_property

from dbdesign.model.schema import Engine

_NAME = r"(?:`(?:[^`]|``)+`|\[(?:[^\]]|\]\])+\]|\"(?:[^\"]|\"\")+\"|[\w$#]+)"
_QUALIFIED = rf"{_NAME}(?:\s*\.\s*{_NAME}){{0,3}}"
_ALTER = re.compile(
    rf"\s*ALTER\s+(?:IGNORE\s+)?TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?(?P<table>{_QUALIFIED})\s*(?P<rest>.*)\Z",
    re.IGNORECASE | re.DOTALL,
)
_CREATE = re.compile(
    rf"\s*CREATE\s+(?:TEMPORARY\s+|GLOBAL\s+|LOCAL\s+)*TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(?P<table>{_QUALIFIED})",
    re.IGNORECASE,
)
_INDEX = re.compile(
    rf"\s*CREATE\s+(?P<kind>(?:\w+\s+)*?)INDEX\s+(?:CONCURRENTLY\s+)?(?:IF\s+NOT\s+EXISTS\s+)?(?:{_QUALIFIED}\s+)?"
    rf"(?:USING\s+\w+\s+)?ON\s+(?P<table>{_QUALIFIED})",
    re.IGNORECASE,
)
_SPECIAL = re.compile(
    r"'(?:[^'\\]|\\.|'')*'|\"(?:[^\"]|\"\")*\"|`(?:[^`]|``)*`|\[[^\]]*\]|--[^\n]*|/\*.*?\*/|[(),]", re.DOTALL
)


def unquoted(name: str) -> str:
    """The last part of a qualified name, without its quotation marks."""
    last = re.findall(_NAME, name)[-1]
    if last[0] in '`"[':
        return str(last[1:-1])
    return str(last)


def split_actions(text: str) -> list[str]:
    """The parts between commas that stand outside parentheses, strings and comments."""
    parts, depth, start = [], 0, 0
    for match in _SPECIAL.finditer(text):
        mark = match[0]
        if mark in "()":
            depth += 1 if mark == "(" else -1
        elif mark == "," and depth <= 0:
            parts.append(text[start : match.start()])
            start = match.end()
    parts.append(text[start:])
    return [one.strip() for one in parts if one.strip()]


class StatementText:
    """A statement of DDL by its words."""

    def __init__(self, sql: str, engine: Engine) -> None:
        self.sql, self.engine = sql.strip().rstrip(";").strip(), engine

    @cached_property
    def _alter(self) -> re.Match[str] | None:
        return _ALTER.match(self.sql)

    @cached_property
    def _index(self) -> re.Match[str] | None:
        return _INDEX.match(self.sql)

    @property
    def creates_table(self) -> bool:
        """Whether it is a CREATE TABLE."""
        return _CREATE.match(self.sql) is not None

    @property
    def creates_index(self) -> bool:
        """Whether it is a CREATE INDEX."""
        return self._index is not None

    @property
    def index_kind(self) -> str:
        """The words between CREATE and INDEX: `UNIQUE`, `FULLTEXT`, `CLUSTERED` …, in capitals."""
        return " ".join(self._index["kind"].upper().split()) if self._index else ""

    @property
    def alters_table(self) -> bool:
        """Whether it is an ALTER TABLE."""
        return self._alter is not None

    @cached_property
    def table(self) -> str | None:
        """The name of the table that it creates, alters or indexes, without its namespace."""
        found = self._alter or self._index or _CREATE.match(self.sql)
        return unquoted(found["table"]) if found else None

    @cached_property
    def written_table(self) -> str:
        """The same as it is written."""
        found = self._alter or self._index or _CREATE.match(self.sql)
        return str(found["table"]) if found else ""

    @cached_property
    def actions(self) -> list[str]:
        """The actions of an ALTER TABLE, as they are written."""
        return split_actions(self._alter["rest"]) if self._alter else []

    def with_option(self, clause: str) -> str:
        """The statement with a clause at its end."""
        return f"{self.sql}{clause}"
