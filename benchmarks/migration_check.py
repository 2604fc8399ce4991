"""Checks a history of a thousand statements on a schema that grows to 200 tables: wall time beside the target.

python benchmarks/migration_check.py [--profile] [--by-rule]
"""

from __future__ import annotations

import cProfile
import pstats
import sys
import time

STATEMENTS, TABLES, SECONDS = 1000, 200, 10.0


def history() -> list[tuple[str, str]]:
    """Files of ten statements, as a project writes them: tables, then what is changed on them."""
    files: list[tuple[str, str]] = []
    made = 0
    number = 0
    while sum(text.count(";") for _, text in files) < STATEMENTS:
        number += 1
        lines = []
        if made < TABLES:
            for _ in range(2):
                parent = f"t{made - 1}" if made else None
                reference = f", parent_id bigint REFERENCES {parent} (id)" if parent else ""
                lines.append(
                    f"CREATE TABLE t{made} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, code varchar(20), amount int{reference});"
                )
                made += 1
        one = f"t{(number * 7) % made}"
        lines += [
            f"ALTER TABLE {one} ADD COLUMN c{number} int DEFAULT {number};",
            f"ALTER TABLE {one} ADD COLUMN d{number} timestamptz DEFAULT clock_timestamp();",
            f"ALTER TABLE {one} ADD CONSTRAINT k{number} CHECK (c{number} >= 0) NOT VALID;",
            f"ALTER TABLE {one} VALIDATE CONSTRAINT k{number};",
            f"CREATE INDEX i{number} ON {one} (c{number});",
            f"ALTER TABLE {one} ALTER COLUMN c{number} SET NOT NULL;",
            f"UPDATE {one} SET c{number} = 1 WHERE c{number} IS NULL;",
            f"COMMENT ON COLUMN {one}.c{number} IS 'number {number}';",
        ]
        if number % 5 == 0:
            lines.append(f"CREATE INDEX CONCURRENTLY j{number} ON {one} (d{number});")
        if number % 9 == 0:
            lines.append(f"ALTER TABLE {one} DROP COLUMN d{number};")
        files.append((f"V{number}__step.sql", "\n".join(lines) + "\n"))
    return files


def main(arguments: list[str]) -> int:
    """Check it, and print what it took."""
    from dbdesign.migrations.check.run import run_check
    from dbdesign.migrations.files import read_migrations
    from dbdesign.migrations.files.source_file import SourceFile

    files = [SourceFile(name, text) for name, text in history()]
    profile = cProfile.Profile()
    began = time.perf_counter()
    if "--profile" in arguments:
        profile.enable()
    reading = read_migrations(files, tool="sql")
    result = run_check(reading.migrations, execute="--by-rule" not in arguments)
    profile.disable()
    taken = time.perf_counter() - began
    findings = sum(len(one.findings) for one in result.checked)
    errors = [one for one in result.checked if one.error]
    print(
        f"{len(result.checked):,} statements in {len(files)} files, {result.proof}: {taken:.1f} s (target {SECONDS:g} s), "
        f"{findings:,} findings, {len(errors)} refused"
    )
    for one in errors[:3]:
        print(f"  {one.file}:{one.statement.line} {one.error}")
    if "--profile" in arguments:
        pstats.Stats(profile).sort_stats("cumulative").print_stats(45)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
