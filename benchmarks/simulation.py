"""Simulates 200 queries on a design of 100 tables at a billion rows each: wall time and disk, beside the targets.

python benchmarks/simulation.py [--profile]
"""

from __future__ import annotations

import contextlib
import cProfile
import pstats
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Self

TABLES, QUERIES, ROWS = 100, 200, "1e9"
SECONDS, MEGABYTES = 10.0, 100.0


def ddl() -> str:
    """A hundred tables in ten families: parents, children that refer to them, indexes of the usual kinds."""
    texts = []
    for number in range(TABLES):
        parent = f"t{number - 1}" if number % 10 else None
        reference = f"    parent_id bigint NOT NULL REFERENCES {parent},\n" if parent else ""
        texts.append(
            f"CREATE TABLE t{number} (\n    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,\n{reference}"
            "    account_id bigint NOT NULL,\n    status text NOT NULL CHECK (status IN ('open', 'paid', 'sent', 'void')),\n"
            "    code text NOT NULL,\n    amount numeric(12, 2) NOT NULL,\n    note text,\n    flags integer,\n"
            "    created_at timestamptz NOT NULL DEFAULT now(),\n    updated_at timestamptz\n);\n"
            f"CREATE INDEX ON t{number} (account_id, created_at DESC);\nCREATE INDEX ON t{number} (code);\n"
            + (f"CREATE INDEX ON t{number} (parent_id);\n" if parent else "")
            + (f"CREATE INDEX ON t{number} (created_at) WHERE status = 'open';\n" if number % 3 == 0 else "")
        )
    return "".join(texts)


def queries() -> list[tuple[str, str]]:
    """Two hundred statements: look-ups, lists, joins, reports, writes."""
    found = []
    for number in range(QUERIES):
        one = f"t{number % TABLES}"
        child = f"t{number % TABLES + 1}" if number % 10 != 9 else f"t{number % TABLES}"
        key = "parent_id" if child != one else "id"
        forms = [
            f"select * from {one} where id = $1",
            f"select id, code, amount from {one} where account_id = $1 order by created_at desc limit 20",
            f"select p.code, c.amount from {one} p join {child} c on c.{key} = p.id where p.account_id = $1 and p.created_at >= $2",
            f"select status, count(*), sum(amount) from {one} where created_at >= $1 and created_at < $2 group by status",
            f"select id from {one} where status = 'open' and created_at < now() - interval '30 days' order by created_at limit 100",
            f"update {one} set status = $1, updated_at = now() where id = $2",
            f"select count(*) from {one} where flags = $1",
        ]
        found.append((f"q{number}", forms[number % len(forms)]))
    return found


def design() -> str:
    """The design file."""
    lines = ["engine: postgresql 18", "schema: schema.sql", "targets:", "  latency: p95 50ms", "workload:"]
    for name, sql in queries():
        lines += [f"  - name: {name}", f'    sql: "{sql}"', "    rate: 10/s"]
    lines.append("volumes:")
    for number in range(TABLES):
        lines.append(f"  t{number}:\n    rows: {ROWS}\n    growth: 2% per month")
        lines.append("    columns:\n      account_id: {distinct: 5M, skew: zipf 1.05}")
        lines.append("      status: {values: {paid: 0.9, open: 0.02}}")
    return "\n".join(lines) + "\n"


class Disk(threading.Thread):
    """Measures the blocks that the server's folder takes, above what it took before, five times a second."""

    def __init__(self, folder: Path) -> None:
        super().__init__(daemon=True)
        self.folder, self.most, self.going = folder, 0, True

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.going = False
        self.join()

    def run(self) -> None:
        from dbdesign.engines.postgres.sandbox import blocks

        before = blocks(self.folder)
        while self.going:
            self.most = max(self.most, blocks(self.folder) - before)
            time.sleep(0.2)


def main() -> None:
    """Run it twice, the server up: once timed, once with an eye on the disk, whose reading takes as long as the rest."""
    from dbdesign.api.simulate_queries import simulate_queries
    from dbdesign.engines.postgres import embedded
    from processor import Meter

    folder = Path(tempfile.mkdtemp())
    (folder / "schema.sql").write_text(ddl())
    (folder / "design.yaml").write_text(design())
    with embedded().scratch() as database:
        database.admin.execute("select 1")
        data = database.server.data_folder
    profile = cProfile.Profile() if "--profile" in sys.argv else contextlib.nullcontext()
    meter = Meter(data)
    with profile:
        answer = simulate_queries(str(folder / "design.yaml"))
    taken = str(meter)
    with Disk(data) as disk:
        simulate_queries(str(folder / "design.yaml"))
    planned = sum(one.error is None for one in answer.queries)
    print(f"{TABLES} tables of {ROWS} rows, {planned} of {QUERIES} queries planned ({answer.proof})")
    print(f"{taken} (target {SECONDS:g} s wall)")
    print(f"disk {disk.most / 1e6:.0f} MB in blocks (target {MEGABYTES:g} MB)")
    if isinstance(profile, cProfile.Profile):
        pstats.Stats(profile).sort_stats("cumtime").print_stats(50)


if __name__ == "__main__":
    main()
