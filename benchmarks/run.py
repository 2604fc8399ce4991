"""Every figure that the product claims, each beside a baseline or a target of the same run. Asserts nothing: machines are noisy.

    python benchmarks/run.py [--only WORD]

What takes long is run in a short form here; the command of the whole is printed with it. The benchmarks on TPC-H and TPC-DS need the
extra `bench` (`pip install -e '.[bench]'`; `make bench` installs it).
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
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


@dataclass(frozen=True)
class Long:
    """A benchmark of its own.

    Attributes:
        target: what the whole is to show.
        short: the command of the short form, `{statistics}` being a small TPC-H's; empty where there is none.
        whole: the command of the whole.
    """

    title: str
    target: str
    short: tuple[str, ...]
    whole: str


NEEDS_GENERATORS = {"fidelity.py", "index_sizes.py", "index_quality.py", "what_if_speed.py", "real_run.py"}

LONG = (
    Long(
        "fidelity: plans on the twin against the loaded database",
        "121 of 121 equal with primary keys and with all indexes, each exception explained; hypothetical indexes: "
        "same shape ≥ 95 %, cost within 2 % in the median",
        ("fidelity.py", "0.02"),
        "python benchmarks/fidelity.py 1",
    ),
    Long(
        "sizes of indexes that are not built, of columns that hang together too",
        "at scale 1: median within 2 %, nine of ten within a tenth, none off by more than a half",
        ("index_sizes.py", "0.02"),
        "python benchmarks/index_sizes.py 1",
    ),
    Long(
        "quality of the advised indexes at a budget, beside Extend and the exact optimum",
        "at or under every published algorithm at every budget, within 1 % of the optimum, a tenth of the what-ifs; "
        "TPC-H ≤ 6 s, TPC-DS ≤ 120 s",
        ("index_quality.py", "tpch", "{statistics}", "--budgets", "0.01,0.03,0.05", "--algorithms", "extend"),
        "python benchmarks/tpc.py tpch 10 > tpch.sql && python benchmarks/index_quality.py tpch tpch.sql (the same with tpcds)",
    ),
    Long(
        "what-ifs a second, beside HypoPG",
        "as many as HypoPG, which needs the rows",
        ("what_if_speed.py", "0.02"),
        "python benchmarks/what_if_speed.py 0.1",
    ),
    Long(
        "a real run: the advised indexes against none",
        "all queries together many times faster",
        ("real_run.py", "0.02", "--budget", "20MB", "--limit", "5"),
        "python benchmarks/real_run.py 1 --budget 1GB --limit 120",
    ),
    Long(
        "simulation of 100 tables of a billion rows and 200 queries",
        "≤ 10 s, ≤ 100 MB of disk",
        ("simulation.py",),
        "python benchmarks/simulation.py",
    ),
    Long(
        "ten changes to a table under load: the naive migration, and the planned one",
        "planned: no statement waits 250 ms beyond its usual 99th percentile, none fails; naive beside it",
        ("online_migration.py",),
        "python benchmarks/online_migration.py 5000000",
    ),
    Long(
        "a history of a thousand statements checked",
        "≤ 10 s",
        ("migration_check.py",),
        "python benchmarks/migration_check.py",
    ),
    Long(
        "a migration of fifty operations on 400 tables, verified",
        "at most 20 s",
        (),
        "python benchmarks/migration_plan.py",
    ),
    Long(
        "locks and plans on PostgreSQL 12 to 18",
        "no difference",
        (),
        "python benchmarks/postgres_versions.py --locks --pairs",
    ),
    Long("technologies detected", "as its table says", (), "python benchmarks/detection.py"),
    Long("renames told from drops", "as its table says", (), "python benchmarks/rename_detection.py"),
)


def run_long(one: Long, folder: Path, console: Console) -> None:
    """Run the short form, and print what it says as it says it."""
    console.rule(one.title)
    console.print(f"target: {one.target}\nthe whole: {one.whole}\n", markup=False, highlight=False)
    if not one.short:
        return
    command = list(one.short)
    if "{statistics}" in command:
        statistics_ = folder / "tpch.sql"
        with statistics_.open("w") as file:
            subprocess.run([sys.executable, "tpc.py", "tpch", "0.1"], stdout=file, check=True, cwd=HERE)
        command[command.index("{statistics}")] = str(statistics_)
    began = time.perf_counter()
    done = subprocess.run([sys.executable, *command], check=False, cwd=HERE)
    said = f"the short form took {time.perf_counter() - began:.0f} s"
    console.print(said if done.returncode == 0 else f"[red]it failed with {done.returncode}[/red]; {said}")


def main(arguments: Sequence[str]) -> None:
    """Measure everything and print it."""
    from access_models import rows as model_rows
    from server_start import rows as server_rows

    console = Console(width=int(os.environ.get("COLUMNS", "150")))
    wanted = arguments[1] if len(arguments) > 1 and arguments[0] == "--only" else ""
    if wanted in "speed and memory":
        table = Table(title="speed and memory", title_justify="left")
        for heading in ("what", "measured", "baseline, same run", "target"):
            table.add_column(heading)
        for row in [*[Row(*one) for one in (*server_rows(), *model_rows())], *engine_rows(), *pipeline_rows()]:
            table.add_row(row.what, row.measured, row.baseline, row.target)
        console.print(table)
    if find_spec("duckdb") is None:
        console.print("TPC-H and TPC-DS are left out: they need the extra bench (make bench installs it)")
    with tempfile.TemporaryDirectory() as folder:
        for one in LONG:
            if wanted in one.title and (find_spec("duckdb") or not NEEDS_GENERATORS & set(one.short)):
                run_long(one, Path(folder), console)


if __name__ == "__main__":
    main(sys.argv[1:])
