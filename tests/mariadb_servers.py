"""The private MariaDB server that tests share in a process, and how two dumps of it are compared."""

from __future__ import annotations

import os
import re

import pytest

from dbdesign.engines.mariadb import MariaDbServer, find_mariadb, mariadb

SUBSTITUTES = {
    "utf8mb4_0900_as_cs": "utf8mb4_uca1400_as_cs",
    "utf8mb4_0900_as_ci": "utf8mb4_uca1400_as_ci",
}
"""MySQL's collations by Unicode 9 and what MariaDB has in their place."""

UUID_TO_BIN = re.compile(r"UUID_TO_BIN\(((?:UUID\(\))|'[^']*')\)")
"""A function that MariaDB lacks."""


def server() -> MariaDbServer:
    """The server; a visible skip where MariaDB is not installed, but a failure where CI has it to be."""
    if find_mariadb() is None:
        reason = "MariaDB is not installed (mariadb-server)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return mariadb()


def for_mariadb(sql: str) -> str:
    """MySQL DDL as MariaDB takes it: the two things in what is written that only MySQL has are said in MariaDB's words."""
    for collation, substitute in SUBSTITUTES.items():
        sql = sql.replace(collation, substitute)
    return UUID_TO_BIN.sub(r"UNHEX(REPLACE(\1, '-', ''))", sql)


def dump_of(sql: str, database: str) -> str:
    """What mariadb-dump says, normalised, of a database in which a script was run and nothing else."""
    running = server()
    with running.database(database) as name:
        running.run(sql, name)
        return normalised(running.dump(name))


def normalised(dump: str) -> str:
    """A dump without what depends on the order of writing or is chosen by the server.

    The lines of a table's body are sorted; checks written in line with a column (MariaDB keeps that) become constraints; constraints that
    the server named lose their names; the SQL mode, which belongs to the session, is left out.
    """
    dump = re.sub(r"(?m)^/\*!50003 SET sql_mode.*\n|^-- .*\n", "", dump)
    return re.sub(
        r"(?ms)^(CREATE TABLE `[^\n]*\(\n)(.*?)(^\) )",
        lambda match: f"{match[1]}{_sorted_body(match[2])}{match[3]}",
        dump,
    )


def _sorted_body(body: str) -> str:
    lines: list[str] = []
    for line in body.splitlines():
        text = line.rstrip(",")
        check = re.match(r"(  `.*?) CHECK \((.*)\)$", text)
        if check:
            text = check[1]
            lines.append(f"  CHECK ({check[2]})")
        lines.append(re.sub(r"^  CONSTRAINT `CONSTRAINT_\d+` ", "  ", text))
    columns = [line for line in lines if line.startswith("  `")]
    return "\n".join([*columns, *sorted(line for line in lines if not line.startswith("  `"))]) + "\n"
