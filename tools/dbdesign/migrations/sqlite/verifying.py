"""Executes a plan on SQLite itself: up with rows, the end against a fresh target, and down again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from dbdesign.engines.sqlite import Sqlite
from dbdesign.migrations.compare import Comparison, compare
from dbdesign.migrations.verdict import EQUAL, judged
from dbdesign.model.migration import MigrationPlan, Verification
from dbdesign.model.schema import Column, Schema, Table
from dbdesign.model.types import NUMBERS, Kind
from dbdesign.readers.sqlite import read
from dbdesign.writers.base import WriteOptions
from dbdesign.writers.sqlite.printing import identifier, statements

ROWS = 3
OURS = ("BEGIN IMMEDIATE", "BEGIN", "COMMIT", "ROLLBACK", "PRAGMA legacy_alter_table = ON", "PRAGMA legacy_alter_table = OFF",
        "PRAGMA foreign_keys = ON", "PRAGMA foreign_keys = OFF")  # fmt: skip
"""Statements of the plan that are no text of a schema's; the sandbox would refuse some."""


def verify(comparison: Comparison, plan: MigrationPlan) -> Verification | None:
    """Up, the end state, the rows, the foreign keys, and down."""
    checks: dict[str, str] = {}
    with Sqlite() as database:
        problems = _run(database, statements(comparison.before, WriteOptions(prove=False)))
        if problems:
            said = f"it does not run: {problems[0]}"
            return Verification(ok=False, summary=f"the schema before: {said}", checks={"before": said})
        rows = sum(_fill(database, table) for table in comparison.before.tables)
        counted = _counts(database)
        failed = [one for step in plan.steps for one in _run(database, _split(step.sql))]
        checks["up"] = failed[0] if failed else f"{len(plan.steps)} steps ran"
        checks["end state"] = _difference(database, comparison.after)
        checks["rows"] = _kept(database, counted, comparison)
        broken = database.rows("PRAGMA foreign_key_check")
        checks["foreign keys"] = f"{len(broken)} rows without a parent" if broken else "every row has its parent"
        checks["down"] = _down(database, comparison, plan)
    return judged(Sqlite.version, checks, _FINE, rows, partial=bool(plan.questions or plan.manual))


_FINE: dict[str, str | tuple[str, ...]] = {
    "up": "steps ran",
    "end state": EQUAL,
    "rows": "rows kept",
    "foreign keys": "every row has its parent",
    "down": ("as it was", "data is dropped"),
}


def _run(database: Sqlite, script: Iterable[str]) -> list[str]:
    failed: list[str] = []
    for one in script:
        text = one.strip().rstrip(";")
        if text in OURS:
            try:
                database.connection.execute(text)
            except sqlite3.Error as error:
                failed.append(f"{text}: {error}")
        elif (problem := database.run(one)) is not None:
            failed.append(f"{' '.join(text.split())[:120]}: {problem}")
    return failed


def _split(script: str) -> list[str]:
    """The statements of a script: a trigger's body has semicolons of its own."""
    found: list[str] = []
    waiting = ""
    for line in script.splitlines(keepends=True):
        waiting += line
        if sqlite3.complete_statement(waiting):
            found.append(waiting)
            waiting = ""
    return [*found, waiting] if waiting.strip() else found


def _fill(database: Sqlite, table: Table) -> int:
    """Rows in which every column has the row's number, as its type says it: so every reference finds its parent."""
    columns = [one for one in table.columns if one.generated is None]
    names = ", ".join(identifier(one.name) for one in columns)
    database.connection.execute("PRAGMA foreign_keys = OFF")
    made = 0
    for number in range(1, ROWS + 1):
        values = ", ".join(_value(one, number) for one in columns)
        made += database.run(f"INSERT INTO {identifier(table.name)} ({names}) VALUES ({values})") is None
    return made


def _value(column: Column, number: int) -> str:
    kind = column.type.kind
    if kind in NUMBERS or kind is Kind.BOOLEAN:
        return str(number)
    if column.type.is_time:
        return f"'2024-01-0{number}'"
    return f"x'0{number}'" if kind is Kind.BLOB else f"'{number}'"


def _counts(database: Sqlite) -> dict[str, int]:
    tables = [str(row[0]) for row in database.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {name: int(str(database.rows(f"SELECT count(*) FROM {identifier(name)}")[0][0])) for name in tables}


def _kept(database: Sqlite, before: dict[str, int], comparison: Comparison) -> str:
    after = _counts(database)
    old = {one.name: one for one in comparison.before.tables}
    renamed = dict(zip(old, (one.name for one in comparison.renamed.tables), strict=True))
    lost = [
        name
        for name, count in before.items()
        if renamed.get(name, name) in after and after[renamed.get(name, name)] != count
    ]
    return f"rows lost from {', '.join(lost)}" if lost else f"{sum(after.values())} rows kept"


def _schema(database: Sqlite) -> Schema:
    rows = database.rows(
        "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type = 'table' DESC"
    )
    text = ";\n".join(str(row[0]) for row in rows)
    return read(f"{text};").schema if text else Schema.model_validate({"engine": "sqlite"})


def _difference(database: Sqlite, wanted: Schema) -> str:
    with Sqlite() as fresh:
        problems = _run(fresh, statements(wanted, WriteOptions(prove=False)))
        if problems:
            return f"the target does not run by itself: {problems[0]}"
        target = _schema(fresh)
    left = [one for one in compare(_schema(database), target).operations if one.kind != "comment"]
    if not left:
        return EQUAL
    return "; ".join(f"{one.action} {one.kind} {one.table or ''} {one.name} {one.changed}" for one in left[:5])


def _down(database: Sqlite, comparison: Comparison, plan: MigrationPlan) -> str:
    if any(not one.reversible for one in plan.steps):
        return "not gone down: data is dropped"
    failed = [one for step in reversed(plan.steps) for one in _run(database, _split(step.rollback or ""))]
    if failed:
        return failed[0]
    said = _difference(database, comparison.before)
    return "as it was" if said == EQUAL else said
