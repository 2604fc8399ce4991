"""Plain SQL: a file a step for a person to run, scripts up and down for each release, and a run sheet.

For MongoDB the files are scripts of its shell.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from dbdesign.migrations.writers.assembly import UnitFiles, assembled
from dbdesign.migrations.writers.base import RELATIONAL, Job, MigrationWriter, WrittenMigration
from dbdesign.migrations.writers.client_scripts import client_script
from dbdesign.migrations.writers.guards import POSTGRESQL_LIKE, WAITS_IN_SQL
from dbdesign.migrations.writers.headers import commented, header, undo_header
from dbdesign.migrations.writers.run_sheet import run_sheet
from dbdesign.migrations.writers.scripts import down_statements, up_statements
from dbdesign.migrations.writers.units import Unit, slug_of

_STOP = {
    "postgresql": "\\set ON_ERROR_STOP on\n",
    "cockroachdb": "\\set errexit true\n",
    "sqlite": ".bail on\n",
    "sqlserver": ":on error exit\nSET XACT_ABORT ON;\nGO\n",
}
"""Makes the engine's client stop at the first error; mysql does by itself."""

_BEGIN = {"sqlserver": "BEGIN TRANSACTION;\nGO\n", "mysql": "START TRANSACTION;\n", "tidb": "START TRANSACTION;\n"}
_COMMIT = {"sqlserver": "COMMIT;\nGO\n"}
_CLIENTS = {
    "postgresql": 'psql --file {} "$DATABASE_URL"',
    "cockroachdb": 'cockroach sql --url "$DATABASE_URL" --file {}',
    "mysql": 'mysql --database="$DATABASE" < {}',
    "tidb": 'mysql --database="$DATABASE" < {}',
    "sqlite": 'sqlite3 "$DATABASE" < {}',
    "sqlserver": 'sqlcmd -b -d "$DATABASE" -i {}',
    "mongodb": 'mongosh "$DATABASE_URL" --file {}',
}


def write(job: Job) -> WrittenMigration:
    """A folder of the migration's name: `01_expand_1_….sql` …, `up.sql` and `down.sql` for each release, `README.md`."""
    suffix = ".js" if job.plan.engine == "mongodb" else ".sql"
    folder, width = slug_of(job.options.name), max(2, len(str(len(job.units))))
    parts: list[UnitFiles] = [
        (unit, {f"{folder}/{number:0{width}d}_{unit.slug}{suffix}": up_text(unit)})
        for number, unit in enumerate(job.units, start=1)
    ]
    client = _CLIENTS[job.plan.engine]
    ups, downs, scripts = [], [], []
    for _, group in groupby(parts, key=lambda part: part[0].release):
        members = list(group)
        up, down = (f"{folder}/{name}{suffix}" for name in _script_names(members[0][0]))
        members[0][1].update(_scripts(up, down, [unit for unit, _ in members]))
        ups.append(client.format(up))
        downs.append(client.format(down))
        scripts += [up, down]
    parts[0][1][f"{folder}/README.md"] = run_sheet(job, parts, scripts)
    return assembled(job, "sql", parts, apply=ups, revert=downs[::-1], runs_all=False)


def up_text(unit: Unit) -> str:
    """A step's file."""
    return f"{_comments(header(unit), unit.engine)}\n\n{_body(unit, _up(unit), transactional=unit.transactional)}"


def _down_text(unit: Unit) -> str:
    statements = down_statements(unit) if unit.engine != "mongodb" else (unit.step.rollback or "",)
    body = _body(unit, statements, transactional=unit.down_transactional)
    return f"{_comments(undo_header(unit), unit.engine)}\n\n{body}"


def _up(unit: Unit) -> tuple[str, ...]:
    if unit.engine == "mongodb":
        return unit.up
    if unit.kind == "wait" and unit.engine not in WAITS_IN_SQL and unit.step.wait:
        return (unit.step.wait.poll.strip().rstrip(";"),)
    return up_statements(unit)


def _body(unit: Unit, statements: tuple[str, ...], *, transactional: bool) -> str:
    if unit.engine == "mongodb":
        return "".join(f"{one}\n" for one in statements)
    script = client_script(statements, unit.engine)
    if not transactional or (len(statements) == 1 and unit.engine not in POSTGRESQL_LIKE):
        return script
    return f"{_BEGIN.get(unit.engine, 'BEGIN;' + chr(10))}{script}{_COMMIT.get(unit.engine, 'COMMIT;' + chr(10))}"


def _comments(lines: list[str], engine: str) -> str:
    return commented(lines, "//" if engine == "mongodb" else "--")


def _script_names(unit: Unit) -> tuple[str, str]:
    mark = f"_{unit.release}" if unit.releases > 1 else ""
    return f"up{mark}", f"down{mark}"


def _scripts(up: str, down: str, units: Sequence[Unit]) -> dict[str, str]:
    stop = _STOP.get(units[0].engine, "")
    back = [_down_text(one) for one in reversed(units) if one.kind != "wait"]
    return {up: stop + "\n".join(["", *map(up_text, units)]), down: stop + "\n".join(["", *back])}


WRITER = MigrationWriter("sql", "plain SQL", RELATIONAL | {"mongodb"}, write)
