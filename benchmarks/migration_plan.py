"""A plan of fifty operations on a schema of 400 tables, executed up and down: wall and processor time beside the target.

python benchmarks/migration_plan.py [version]
"""

from __future__ import annotations

import os
import re
import resource
import sys
import time
from pathlib import Path

from big_schema import big_schema

SECONDS = 20.0
KINDS = (
    "ALTER TABLE {table} ADD COLUMN added_{number} integer",
    "ALTER TABLE {table} ADD COLUMN stamped_{number} timestamptz NOT NULL DEFAULT now()",
    "CREATE INDEX planned_{number} ON {table} ({column})",
    "ALTER TABLE {table} ADD CONSTRAINT checked_{number} CHECK ({column} IS NOT NULL OR {column} IS NULL)",
    "COMMENT ON TABLE {table} IS 'planned {number}'",
)
OPERATIONS = 50


def schemas() -> tuple[str, str]:
    """Before and after."""
    before = big_schema()
    tables = re.findall(r"CREATE TABLE (\S+) \(\s*(\S+)", before)
    step = max(len(tables) // OPERATIONS, 1)
    changes = [
        KINDS[number % len(KINDS)].format(
            table=tables[number * step][0], column=tables[number * step][1], number=number
        )
        for number in range(OPERATIONS)
    ]
    return before, before + "\n" + ";\n".join(changes) + ";\n"


def server_time(folder: Path) -> float:
    """Seconds of processor time that a server's ended sessions have used."""
    postmaster = (folder / "postmaster.pid").read_text().split()[0]
    fields = Path(f"/proc/{postmaster}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def main(arguments: list[str]) -> int:
    """Plan it, and print what it took."""
    from dbdesign.engines.postgres import embedded_for
    from dbdesign.migrations.plan import plan_migration
    from dbdesign.migrations.settings import PlanSettings
    from dbdesign.readers.base import reader

    version = arguments[0] if arguments else "18"
    before, after = (reader("postgresql").read(text).schema_ for text in schemas())
    server = embedded_for(version)
    before_server = server_time(server.data_folder)
    began, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    plan = plan_migration(before, after, PlanSettings(version=version))
    taken = time.perf_counter() - began
    now = resource.getrusage(resource.RUSAGE_SELF)
    processor = now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime
    server_used = server_time(server.data_folder) - before_server
    said = plan.verification.summary if plan.verification else "not executed"
    print(
        f"{len(before.tables)} tables, {len(plan.operations)} operations, {len(plan.steps)} steps on PostgreSQL {server.version}: "
        f"{taken:.1f} s; processor: {processor:.1f} s here, {server_used:.1f} s there (target {SECONDS:g} s): {said}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
