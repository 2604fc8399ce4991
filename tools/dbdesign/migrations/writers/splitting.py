"""A step's SQL as statements, by the engine's own lexical rules."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from dbdesign.engines.postgres.splitter import split_script
from dbdesign.errors import DesignError, InputError
from dbdesign.readers.mysql.statements import Script
from dbdesign.readers.sqlite.statements import split as split_sqlite
from dbdesign.readers.sqlserver.batches import split as split_batches


def statements_of(sql: str, engine: str) -> tuple[str, ...]:
    """The statements without their semicolons and the comments around them; for SQL Server the batches, for MongoDB the script.

    Raises:
        SqlError: a quotation or comment does not end.
        InputError: it holds what no server executes (psql's commands, the data of COPY).
    """
    if engine == "mongodb":  # a script of its shell
        return (sql.strip(),)
    return tuple(_without_last_comment(one, _SPLITTERS[engine]) for one in _SPLITTERS[engine](sql))


def _without_last_comment(statement: str, split: Callable[[str], tuple[str, ...]]) -> str:
    """The statement without a comment that runs to its end: what a tool puts behind it (a semicolon) would be part of it."""
    start = statement.rfind("\n") + 1
    for mark in re.finditer("--|#", statement[start:]):
        before = statement[: start + mark.start()]
        if _is_closed(before, split) and _is_closed(f"{before}{mark[0]} '", split):  # the quotation mark opens nothing
            return before.rstrip()
    return statement


def _is_closed(text: str, split: Callable[[str], tuple[str, ...]]) -> bool:
    try:
        split(text)
    except DesignError:
        return False
    return True


def _postgresql(sql: str) -> tuple[str, ...]:
    script = split_script(sql)
    if script.skipped:
        skipped = script.skipped[0]
        raise InputError(
            f"a migration tool cannot run this: {skipped.reason}",
            where=f"SQL, line {skipped.line}",
            remedy="Write it as SQL",
        )
    return tuple(one.sql for one in script.statements)


def _mysql(sql: str, *, tidb: bool = False) -> tuple[str, ...]:
    script = Script(sql, tidb)
    found: list[str] = []
    for statement in script.statements():
        if statement.unclosed:
            raise InputError(f"a {statement.unclosed} is opened and not closed", where=f"SQL, line {statement.line}")
        found.append(sql[statement.offset : statement.end].rstrip())
    return tuple(found)


def _tidb(sql: str) -> tuple[str, ...]:
    return _mysql(sql, tidb=True)


def _sqlite(sql: str) -> tuple[str, ...]:
    return tuple(one.text.strip() for one in split_sqlite(sql).statements)


def _sqlserver(sql: str) -> tuple[str, ...]:
    script = split_batches(sql)
    if script.directives:
        line, text = script.directives[0]
        raise InputError(f"{text!r} is a command of sqlcmd", where=f"SQL, line {line}", remedy="Write it as SQL")
    return tuple(sql[batch.tokens[0].start : batch.tokens[-1].end] for batch in script.batches)


_SPLITTERS: Mapping[str, Callable[[str], tuple[str, ...]]] = {
    "postgresql": _postgresql,
    "cockroachdb": _postgresql,
    "mysql": _mysql,
    "tidb": _tidb,
    "sqlite": _sqlite,
    "sqlserver": _sqlserver,
}
