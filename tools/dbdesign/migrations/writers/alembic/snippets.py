"""Functions that a revision brings along where it needs them: Alembic has neither retries nor batches.

They are decorators of a function that holds the plain `op.execute` calls: so the statements stand in the revision as a person would write
them, readable by programs that do not run it, and `alembic upgrade --sql` writes them.
"""

from __future__ import annotations

_IS_LOCK_TIMEOUT = '''def is_lock_timeout(error):
    """Whether lock_timeout was met (SQLSTATE 55P03), as any of the drivers says it."""
    return "55P03" in (getattr(error.orig, "sqlstate", None), getattr(error.orig, "pgcode", None))'''

_RETRIED = '''def retried(*, attempts, pause, longest):
    """Where lock_timeout is met undo the step, which gives its locks back, and try again."""

    def decorated(step):
        def run():
            delay = pause
            for left in range(attempts - 1, -1, -1):
                if op.get_context().as_sql:
                    return step()
                try:
                    with op.get_bind().begin_nested():
                        return step()
                except sa.exc.DBAPIError as error:
                    if not left or not is_lock_timeout(error):
                        raise
                time.sleep(delay * random.uniform(0.5, 1))
                delay = min(delay * 2, longest)

        return run

    return decorated'''

_RETRIED_WITH_CLEANUP = '''def retried_with_cleanup(*, cleanup, attempts, pause, longest):
    """Where lock_timeout is met try again, once what the failed attempt left is removed; which can meet it, too."""

    def clean():
        for statement in cleanup:
            op.execute(statement)

    def decorated(step):
        def run():
            delay = pause
            for left in range(attempts - 1, -1, -1):
                try:
                    if left < attempts - 1:
                        clean()
                    return step()
                except sa.exc.DBAPIError as error:
                    if not left or not is_lock_timeout(error):
                        with contextlib.suppress(sa.exc.DBAPIError):
                            clean()
                        raise
                time.sleep(delay * random.uniform(0.5, 1))
                delay = min(delay * 2, longest)

        return run

    return decorated'''

_BATCHED = '''def batched(*, first, last, batch, throttle, rows, fewest, most, seconds, pause, rest):
    """Walk over the key in batches, each a transaction of its own and as large as is done in so many seconds, and rest behind each;
    the function does the same in one go, for --sql."""

    def walk():
        connection, size = op.get_bind(), rows
        bound = connection.execute(sa.text(last)).first()
        after = connection.execute(sa.text(first)).first()
        while bound is not None and after is not None:
            values = {f"last_{number}": value for number, value in enumerate(bound)}
            values |= {f"after_{number}": value for number, value in enumerate(after)}
            begun = time.monotonic()
            found = connection.execute(sa.text(batch), values | {"rows_0": size}).all()
            taken = time.monotonic() - begun
            after = found[-1] if found else None
            if seconds is not None:
                size = round(min(max(size * min(max(seconds / max(taken, 0.001), 0.5), 2), fewest), most))
            time.sleep(max(pause, taken * rest))
            while throttle and connection.execute(sa.text(throttle)).scalar():
                time.sleep(max(1.0, pause))

    return lambda script: lambda: script() if op.get_context().as_sql else walk()'''

_WAITING = '''def waiting(*, poll, seconds):
    """Ask until the column `done` is true; the function does the same in SQL, for --sql."""

    def ask():
        while not op.get_bind().execute(sa.text(poll)).mappings().one()["done"]:
            time.sleep(seconds)

    return lambda script: lambda: script() if op.get_context().as_sql else ask()'''

FUNCTIONS = {
    "retried": f"{_IS_LOCK_TIMEOUT}\n\n\n{_RETRIED}",
    "retried_with_cleanup": f"{_IS_LOCK_TIMEOUT}\n\n\n{_RETRIED_WITH_CLEANUP}",
    "batched": _BATCHED,
    "waiting": _WAITING,
}
"""By the decorator's name; each with what it needs."""
