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


RENAMES = """
import json, random
from big_schema import big_schema
from dbdesign.readers.base import readers
from rename_detection import Counts, change, judge
schema, counts = readers()["postgresql"].read(big_schema(60, 120), execute=False).schema, Counts()
for seed in range(5):
    judge(schema, *change(schema, random.Random(seed), share=0.3), counts)
print(json.dumps([counts.renamed, counts.certain, counts.certain_right, counts.asked_right, counts.wrong]))
"""


def test_renames_that_are_taken_for_certain_are_right_and_few_are_missed() -> None:
    done = subprocess.run([sys.executable, "-c", RENAMES], cwd=BENCHMARKS, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    renamed, certain, right, asked_right, wrong = json.loads(done.stdout)
    assert renamed > 100
    assert right / certain >= 0.98, wrong
    assert (right + asked_right) / renamed >= 0.9


ONLINE = """
import online_migration
online_migration.WARMING = 0.3
online_migration.main(["3000", "split", "drop column"])
"""


def test_planned_migrations_under_load_lose_no_write() -> None:
    done = subprocess.run([sys.executable, "-c", ONLINE], cwd=BENCHMARKS, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "split table" in done.stdout
    assert "drop column" in done.stdout
