"""Statements as a script for a command line client (psql, mysql, sqlite3, sqlcmd), which splits it again by its own rules."""

from __future__ import annotations

from dbdesign.migrations.writers.scripts import script_of
from dbdesign.readers.mysql.statements import COMPOUND

DELIMITERS = ("//", "$$", ";;", "//--//", "@@@")


def client_script(statements: tuple[str, ...], engine: str) -> str:
    """The script; for MySQL a stored program with semicolons inside stands between DELIMITER lines."""
    if engine not in {"mysql", "tidb"}:
        return script_of(statements, engine)
    return "".join(_delimited(one) if is_compound(one) else script_of((one,)) for one in statements)


def is_compound(statement: str) -> bool:
    """Whether it is a stored program of MySQL with semicolons inside."""
    return ";" in statement and COMPOUND.match(statement) is not None


def _delimited(statement: str) -> str:
    mark = next(one for one in DELIMITERS if one not in statement)
    return f"DELIMITER {mark}\n{statement}\n{mark}\nDELIMITER ;\n"
