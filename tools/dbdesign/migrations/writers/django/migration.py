"""One migration's Python."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.writers.batches import batch_sql, keyword_arguments
from dbdesign.migrations.writers.headers import header
from dbdesign.migrations.writers.literals import python_string
from dbdesign.migrations.writers.scripts import NOTHING, down_statements, own_down, own_up, surroundings, up_statements
from dbdesign.migrations.writers.splitting import statements_of
from dbdesign.migrations.writers.units import Unit

_ROW = '''def row(cursor, sql, parameters=None):
    """The last row of a query; None where there is none."""
    cursor.execute(sql, parameters)
    rows = cursor.fetchall()
    return rows[-1] if rows else None'''

_BACKFILL = '''def backfill(apps, schema_editor):
    """Walk over the key in batches, each a transaction of its own and as large as is done in so many seconds, and rest behind each."""
    with schema_editor.connection.cursor() as cursor:
        for statement in BEFORE:
            cursor.execute(statement)
        last, after, rows = row(cursor, LAST), row(cursor, FIRST), PACE["rows"]
        while last is not None and after is not None:
            values, begun = {"after": after, "last": last, "rows": (rows,)}, time.monotonic()
            after = row(cursor, BATCH, [value for name in ORDER for value in values[name]])
            taken = time.monotonic() - begun
            if PACE["seconds"] is not None:
                wanted = rows * min(max(PACE["seconds"] / max(taken, 0.001), 0.5), 2)
                rows = round(min(max(wanted, PACE["fewest"]), PACE["most"]))
            time.sleep(max(PACE["pause"], taken * PACE["rest"]))
            while THROTTLE is not None and row(cursor, THROTTLE)[0]:
                time.sleep(max(1.0, PACE["pause"]))
        for statement in AFTER:
            cursor.execute(statement)'''

_WAIT = '''def wait(apps, schema_editor):
    """Ask until the column `done` is true."""
    with schema_editor.connection.cursor() as cursor:
        while True:
            cursor.execute(POLL)
            if dict(zip((column[0] for column in cursor.description), cursor.fetchone()))["done"]:
                return
            time.sleep(SECONDS)'''


_RETRIED = '''class RetriedSQL(migrations.RunSQL):
    """Tries again where lock_timeout is met: from a savepoint, which gives the locks back; outside of a transaction once
    what the failed attempt left is removed, which can meet it, too."""

    def __init__(self, sql, *, cleanup, attempts, pause, longest, **others):
        super().__init__(sql, **others)
        self.cleanup, self.attempts, self.pause, self.longest = cleanup, attempts, pause, longest

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        delay = self.pause
        for left in range(self.attempts - 1, -1, -1):
            if schema_editor.collect_sql:
                return super().database_forwards(app_label, schema_editor, from_state, to_state)
            try:
                if left < self.attempts - 1:
                    self._run_sql(schema_editor, self.cleanup)
                with transaction.atomic(schema_editor.connection.alias) if schema_editor.atomic_migration else contextlib.nullcontext():
                    return super().database_forwards(app_label, schema_editor, from_state, to_state)
            except OperationalError as error:
                states = (getattr(error.__cause__, "sqlstate", None), getattr(error.__cause__, "pgcode", None))
                if not left or "55P03" not in states:
                    raise
            time.sleep(delay * random.uniform(0.5, 1))
            delay = min(delay * 2, self.longest)'''


def migration_text(unit: Unit, app: str, parents: tuple[str, ...], state: list[str]) -> str:
    """The file's text.

    Args:
        state: Python source of the state operations that this migration carries.
    """
    functions = list(_functions(unit))
    text = "\n".join([*functions, *state])
    imports = [f"import {one}" for one in ("contextlib", "random", "time") if f"{one}." in text]
    used = {"OperationalError": "OperationalError", "models": "models.", "transaction": "transaction."}
    names = sorted(["migrations", *[name for name, word in used.items() if word in text]])
    lines = [
        *([*imports, ""] if imports else []),
        f"from django.db import {', '.join(names)}",
        "",
        *[f"# {line}" for line in header(unit)],
        "",
        "",
        *[f"{one}\n\n" for one in functions],
        "class Migration(migrations.Migration):",
        *(["    atomic = False", ""] if unit.runs_outside else []),
        "    dependencies = [",
        *[f"        ({app!r}, {one!r})," for one in parents],
        "    ]",
        "",
        "    operations = [",
        *_operations(unit, state),
        "    ]",
        "",
    ]
    return "\n".join(lines)


def _is_retried(unit: Unit) -> bool:
    """Whether the tool's own loop makes the attempts: not where a step has a transaction of its own in a migration without one."""
    step = unit.step
    own = unit.transactional and unit.runs_outside
    return bool(
        step.retry and step.lock_timeout and unit.up and not step.batches and unit.engine == "postgresql" and not own
    )


def _functions(unit: Unit) -> Iterator[str]:
    step = unit.step
    if _is_retried(unit):
        yield _RETRIED
    if unit.kind == "wait" and step.wait:
        yield f"POLL = {python_string(step.wait.poll)}\nSECONDS = {step.wait.seconds:g}"
        yield _WAIT
    elif step.batches:
        batches = step.batches
        before, after = surroundings(unit)
        batch, order = batch_sql(batches, lambda *_: "%s", lambda sql: sql.replace("%", "%%"))
        throttle = python_string(batches.throttle) if batches.throttle else "None"
        yield "\n".join(
            [
                f"FIRST = {python_string(batches.first)}",
                f"LAST = {python_string(batches.last)}",
                f"BATCH = {python_string(batch)}",
                f"ORDER = {order!r}",
                f"THROTTLE = {throttle}",
                f"PACE = dict({keyword_arguments(batches)})",
                f"BEFORE = {_list(before)}",
                f"AFTER = {_list(after)}",
            ]
        )
        yield _ROW
        yield _BACKFILL


def _operations(unit: Unit, state: list[str]) -> Iterator[str]:
    if unit.kind == "wait":
        yield "        migrations.RunPython(wait, migrations.RunPython.noop),"
        return
    if unit.step.batches:
        yield f"        migrations.RunPython(backfill, {'None' if unit.down is None else 'migrations.RunPython.noop'}),"
        if not unit.down and not state:
            return
    yield f"        {'RetriedSQL' if _is_retried(unit) else 'migrations.RunSQL'}("
    yield f"            sql={_sql(_up(unit))},"
    if _is_retried(unit) and unit.step.retry:
        retry, cleanup = unit.step.retry, None if unit.transactional else unit.step.cleanup
        yield f"            cleanup={_list(statements_of(cleanup, unit.engine) if cleanup else ())},"
        yield f"            attempts={retry.attempts},"
        yield f"            pause={retry.first_wait:g},"
        yield f"            longest={retry.longest_wait:g},"
    if unit.down is not None:
        yield f"            reverse_sql={_sql(_down(unit))},"
    if state:
        yield "            state_operations=["
        yield from (f"                {one}," for one in state)
        yield "            ],"
    yield "        ),"


def _up(unit: Unit) -> tuple[str, ...]:
    if unit.step.batches:
        return ()
    if _is_retried(unit):
        return up_statements(unit, retry=False)
    return own_up(unit) if unit.runs_outside else up_statements(unit)


def _down(unit: Unit) -> tuple[str, ...]:
    statements = own_down(unit) if unit.runs_outside else down_statements(unit)
    return () if statements == (NOTHING,) else statements


def _sql(statements: tuple[str, ...]) -> str:
    return _list(statements) if statements else "migrations.RunSQL.noop"


def _list(statements: tuple[str, ...]) -> str:
    """A list: Django runs its entries as they are, without splitting and without reading percent signs."""
    return f"[{', '.join(python_string(one) for one in statements)}]"
