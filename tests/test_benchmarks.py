"""The benchmarks' code runs: figures are for `make bench`, a benchmark that fails is for the tests."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

BENCHMARKS = Path(__file__).resolve().parent.parent / "benchmarks"


def test_the_pipeline_of_a_big_schema_runs_in_a_process_of_its_own() -> None:
    code = "import run; print(run.python(run.PIPELINE.format(here=str(run.HERE))))"
    done = subprocess.run([sys.executable, "-c", code], cwd=BENCHMARKS, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    steps = json.loads(done.stdout)
    assert (steps["tables"], steps["foreign keys"]) == (400, 800)
    assert steps["proof"].startswith("executed on PostgreSQL")
