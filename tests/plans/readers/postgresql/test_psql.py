"""What psql prints, in each of its frames, styles and widths: read as the plan that the server sent."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import Any

import psycopg
import pytest

from dbdesign.plans.read import read_plans
from plan_corpus import CASES, Case, comparable, explain

OPTIONS = "ANALYZE, TIMING OFF, BUFFERS OFF, VERBOSE, SUMMARY OFF"
"""Without buffers: a new session reads the first pages of indexes once more."""
NAMES = (
    "two conditions",
    "a text literal of two lines",
    "a literal with a colon and unicode",
    "three tables",
    "sorted grouping sets",
    "a common table expression read twice",
    "a scalar subquery that runs once",
    "odd names with an alias",
    "json operators that look like arrows",
)
CHOSEN = [case for case in CASES if case.name in NAMES]
STYLES = {
    "plain": [],
    "border 0": ["-P", "border=0"],
    "border 2": ["-P", "border=2"],
    "unicode": ["-P", "border=2", "-P", "linestyle=unicode"],
    "old ascii": ["-P", "border=1", "-P", "linestyle=old-ascii"],
    "wrapped": ["-P", "format=wrapped", "-P", "columns=80"],
    "wrapped in a unicode frame": [
        "-P",
        "format=wrapped",
        "-P",
        "columns=70",
        "-P",
        "border=2",
        "-P",
        "linestyle=unicode",
    ],
    "unaligned": ["-A"],
    "tuples only": ["-t"],
    "csv": ["--csv"],
    "expanded": ["-x"],
    "echoed": ["-a"],
}


def psql(connection: psycopg.Connection[Any], style: list[str], case: Case, form: str) -> str:
    """psql's output for an EXPLAIN."""
    program = shutil.which("psql")
    if program is None:
        pytest.skip("psql is not installed (postgresql-client)")
    about = connection.info
    settings = "".join(f"SET {name} = '{value}';" for name, value in case.settings)
    script = f"{settings}EXPLAIN ({OPTIONS}, FORMAT {form}) {case.sql};"
    done = subprocess.run(
        [program, "-X", "-q", *style, "-d", about.dbname, "-h", about.host, "-p", str(about.port), "-U", about.user],
        input=script, env={**os.environ, "PGPASSWORD": about.password, "PGCLIENTENCODING": "UTF8"},
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert done.stderr == ""
    return done.stdout


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("case", CHOSEN, ids=lambda case: case.name)
def test_a_plan_from_psql_is_the_servers(shop: psycopg.Connection[Any], case: Case, style: str) -> None:
    if "wrapped" in style and case.name == "a text literal of two lines":
        pytest.skip(
            "psql's marks for a wrapped line and for a line feed in a value cannot be told from the value's own text"
        )
    expected = comparable(read_plans(explain(shop, case, "text", OPTIONS)).plans[0])
    read = read_plans(psql(shop, STYLES[style], case, "text"))
    assert read.notes == ()
    assert comparable(read.plans[0]) == expected


@pytest.mark.parametrize("style", [style for style in STYLES if "wrapped" not in style])
@pytest.mark.parametrize("form", ["json", "yaml", "xml"])
def test_a_structured_plan_from_psql_is_the_servers(shop: psycopg.Connection[Any], form: str, style: str) -> None:
    """These are one row whose line feeds psql marks."""
    case = next(case for case in CASES if case.name == "three tables")
    expected = comparable(read_plans(explain(shop, case, "json", OPTIONS)).plans[0])
    read = read_plans(psql(shop, STYLES[style], case, form))
    assert (read.format, read.notes) == (form, ())
    assert comparable(read.plans[0]) == expected
