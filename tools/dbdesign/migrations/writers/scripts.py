"""A unit as SQL statements, guards included: for tools that run statements, in a transaction of theirs or outside of any."""

from __future__ import annotations

from dbdesign.migrations.writers.guards import (
    POSTGRESQL_LIKE,
    WAITS_IN_SQL,
    atomically,
    check,
    patience,
    refusal,
    retried,
    timeouts,
    waiting,
)
from dbdesign.migrations.writers.units import Unit

NOTHING = "SELECT 1"
"""A statement for a file that has none: MySQL refuses an empty query (error 1065)."""


PLANNED_ANEW = "plan_cache_mode = force_custom_plan"


def up_statements(unit: Unit, *, retry: bool = True, guards: bool = True) -> tuple[str, ...]:
    """Everything that runs on the way up, in order.

    Args:
        retry: whether retries are written as a loop in SQL, where the engine has one.
        guards: without them only the statements themselves, for a tool that runs one a file.
    """
    if unit.kind == "wait":
        assert unit.step.wait is not None  # noqa: S101 - a unit of this kind is made from one
        return (waiting(unit.step.wait),) if unit.engine in WAITS_IN_SQL else (NOTHING,)
    if unit.kind == "sql" and not unit.up:
        return (NOTHING,)
    if not guards:
        return unit.up or _checks(unit) or (NOTHING,)
    before, after = surroundings(unit, retry=retry, program=False)
    return (*before, *_body(unit, retry=retry), *after) or (NOTHING,)


def surroundings(unit: Unit, *, retry: bool = False, program: bool = True) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What runs before and after a step's statements: limits and checks; `retry` as for `up_statements`.

    Args:
        program: whether a program walks over the batches, which may prepare their statement.
    """
    settings, resets = _settings(unit, unit.transactional, retry=retry)
    if (
        program and unit.step.batches and unit.engine == "postgresql"
    ):  # a prepared statement would read the index from its beginning each time
        settings, resets = [*settings, f"SET {PLANNED_ANEW}"], [*resets, "RESET plan_cache_mode"]
    return (*settings, *_checks(unit, after=False)), (*_checks(unit, before=False), *resets)


def down_statements(unit: Unit, *, guards: bool = True) -> tuple[str, ...]:
    """Everything that runs on the way down; a statement that fails and says why where the step cannot be taken back."""
    if unit.down is None:
        return (refusal(f"{unit.id} ({unit.title}) cannot be taken back", unit.engine),)
    if not unit.down or not guards:
        return unit.down or (NOTHING,)
    settings, resets = timeouts(unit.engine, unit.step.lock_timeout, None, local=unit.down_transactional)
    return (*settings, *unit.down, *resets)


def retries_in_sql(unit: Unit) -> bool:
    """Whether the step's retries are a loop in its SQL: it must be one transaction, of a server that has DO and subtransactions."""
    return bool(
        unit.step.retry and unit.step.lock_timeout and unit.transactional and unit.up and unit.engine == "postgresql"
    )


def own_up(unit: Unit) -> tuple[str, ...]:
    """What runs on the way up where the tool opens no transaction for the file; a step that wants one gets its own.

    For PostgreSQL that is one statement, a DO block: BEGIN and COMMIT could each get another connection of a pool, and after an error
    between them the connection would be of no use to the tool, which has a lock to give back.
    """
    if not unit.transactional or not unit.up or unit.engine not in POSTGRESQL_LIKE:
        return up_statements(unit)
    if unit.engine != "postgresql":
        return _one_query(up_statements(unit))
    body = _body(unit, retry=True) if retries_in_sql(unit) else once(unit.up)
    settings, resets = _settings(unit, local=False, retry=True)
    return (*settings, *_checks(unit, after=False), *body, *_checks(unit, before=False), *resets)


def own_down(unit: Unit) -> tuple[str, ...]:
    """The same for the way down."""
    if not unit.down_transactional or not unit.down or unit.engine not in POSTGRESQL_LIKE:
        return down_statements(unit)
    if unit.engine != "postgresql":
        return _one_query(down_statements(unit))
    settings, resets = timeouts(unit.engine, unit.step.lock_timeout, None, local=False)
    return (*settings, *once(unit.down), *resets)


def once(statements: tuple[str, ...]) -> tuple[str, ...]:
    """The statements as one, which is one transaction where none is open (PostgreSQL)."""
    return statements if len(statements) == 1 else (atomically(script_of(statements).rstrip("\n")),)


def _one_query(statements: tuple[str, ...]) -> tuple[str, ...]:
    return statements if len(statements) < 2 else (f"BEGIN;\n{script_of(statements)}COMMIT",)


def script_of(statements: tuple[str, ...], engine: str = "postgresql") -> str:
    """The statements as a script: each with a semicolon, on a line of its own where a comment would hide it; GO between batches."""
    if engine == "sqlserver":
        return "\nGO\n".join(statements) + "\nGO\n"
    return "".join(f"{one}{_end(one)}\n" for one in statements)


def _end(statement: str) -> str:
    """The semicolon; a comment on the last line would swallow it."""
    last = statement.rsplit("\n", 1)[-1]
    return "\n;" if "--" in last or "#" in last else ";"


def _body(unit: Unit, *, retry: bool) -> tuple[str, ...]:
    step = unit.step
    if retry and step.retry and retries_in_sql(unit):
        return (retried(script_of(unit.up).rstrip("\n"), step.retry, unit.id),)
    return unit.up


def _settings(unit: Unit, local: bool, *, retry: bool) -> tuple[list[str], list[str]]:
    step = unit.step
    statement = step.statement_timeout
    if retry and step.retry and step.lock_timeout and statement and retries_in_sql(unit):
        statement = patience(step.retry, step.lock_timeout, statement)
    if unit.kind == "command":
        return [], []
    return timeouts(unit.engine, step.lock_timeout, statement, local=local)


def _checks(unit: Unit, *, before: bool = True, after: bool = True) -> tuple[str, ...]:
    step, found = unit.step, []
    if before and step.precondition:
        found.append(check(step.precondition, f"{unit.id}: its precondition does not hold", unit.engine))
    if after and step.postcondition:
        said = f"run by hand first: {step.command}" if step.command else "its postcondition does not hold"
        found.append(check(step.postcondition, f"{unit.id}: {said}", unit.engine))
    return tuple(found)
