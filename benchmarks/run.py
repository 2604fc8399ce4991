"""Speed and memory, each figure beside a baseline measured in the same run. Prints a table; asserts nothing: machines are noisy."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

HERE = Path(__file__).resolve().parent


@dataclass
class Row:
    """One line of the table; times in seconds, memory in megabytes, as the texts say."""

    what: str
    measured: str
    baseline: str
    target: str


def seconds(action: Callable[[], object], times: int = 1) -> float:
    """The median wall time of an action."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        action()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def python(code: str, **env: str) -> str:
    """Runs code in a fresh interpreter; its standard output."""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ | env, cwd=HERE
    )
    return done.stdout


READY = """
import time
began = time.perf_counter()
from dbdesign.engines.postgres import embedded
with embedded().scratch() as database:
    database.admin.execute("select 1")
print(time.perf_counter() - began)
"""

BARE = """
import time
began = time.perf_counter()
import psycopg
print(time.perf_counter() - began)
"""


def engine_rows() -> list[Row]:
    """The embedded engine: from import to the first answer of a scratch database."""
    with tempfile.TemporaryDirectory() as cache:
        first = float(python(READY, DBDESIGN_CACHE_DIR=cache))
    later = statistics.median(float(python(READY)) for _ in range(5))
    imports = statistics.median(float(python(BARE)) for _ in range(3))
    return [
        Row("embedded engine ready, first time", f"{first:.2f} s", f"psycopg's import alone {imports:.2f} s", "≤ 3 s"),
        Row(
            "embedded engine ready, afterwards", f"{later:.2f} s", f"psycopg's import alone {imports:.2f} s", "≤ 0.7 s"
        ),
    ]


PIPELINE = """
import json, resource, sys, time
sys.path.insert(0, {here!r})
from big_schema import big_schema
text = big_schema()
from dbdesign.engines.postgres import embedded
with embedded().scratch() as database:
    began = time.perf_counter()
    with database.admin.cursor() as cursor:
        database.admin.pgconn.exec_(text.encode())
    bare = time.perf_counter() - began
from dbdesign.model.design import Design
from dbdesign.readers.base import reader
from dbdesign.rules.review import review
from dbdesign.writers.base import WriteOptions, writer
steps = {{"bare load": bare}}
began = time.perf_counter()
result = reader("postgresql").read(text)
steps["read"] = time.perf_counter() - began
began = time.perf_counter()
reviewed = review(Design(schema=result.schema_, lines=result.lines, comments=result.comments))
steps["review"] = time.perf_counter() - began
began = time.perf_counter()
writer("mysql").write(result.schema_, WriteOptions())
steps["generate"] = time.perf_counter() - began
steps["tables"] = len(result.schema_.tables)
steps["foreign keys"] = sum(len(table.foreign_keys) for table in result.schema_.tables)
steps["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
steps["proof"] = str(result.proof)
print(json.dumps(steps))
"""


def pipeline_rows() -> list[Row]:
    """A 400-table, 800-foreign-key dump read, reviewed with all rules and generated for MySQL, in one fresh process."""
    runs = [json.loads(python(PIPELINE.format(here=str(HERE)))) for _ in range(3)]
    run = sorted(runs, key=lambda one: one["read"] + one["review"] + one["generate"])[1]
    total = run["read"] + run["review"] + run["generate"]
    parts = ", ".join(f"{name} {run[name]:.2f}" for name in ("read", "review", "generate"))
    what = f"{run['tables']} tables, {run['foreign keys']} foreign keys: read + review + generate"
    return [
        Row(what, f"{total:.2f} s ({parts})", f"psql-like load alone {run['bare load']:.2f} s", "≤ 3 s"),
        Row(
            "memory after it, PostgreSQL not counted",
            f"{run['memory']:.0f} MB",
            f"bare python {bare_memory():.0f} MB",
            "≤ 200 MB",
        ),
    ]


def bare_memory() -> float:
    """Megabytes of an interpreter that imports what the server's SDK needs."""
    code = "import mcp.server, resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
    return float(python(code))


def main() -> None:
    """Measure everything and print the table."""
    from server_start import rows as server_rows

    table = Table(title="dbdesign benchmarks", title_justify="left")
    for heading in ("what", "measured", "baseline, same run", "target"):
        table.add_column(heading)
    for row in [*[Row(*one) for one in server_rows()], *engine_rows(), *pipeline_rows()]:
        table.add_row(row.what, row.measured, row.baseline, row.target)
    Console(width=int(os.environ.get("COLUMNS", "150"))).print(table)


if __name__ == "__main__":
    main()
