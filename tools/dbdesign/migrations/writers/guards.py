"""SQL around a step's statements: timeouts, checks that stop a migration, retries, and loops that wait."""

from __future__ import annotations

import math
import re

from dbdesign.errors import InputError
from dbdesign.migrations.writers.headers import one_line
from dbdesign.model.migration import Retry, Wait

UNITS = {"us": 0.001, "ms": 1.0, "": 1.0, "s": 1000.0, "min": 60_000.0, "h": 3_600_000.0, "d": 86_400_000.0}
"""Milliseconds by the units of PostgreSQL's settings (manual, chapter 19.1.1)."""

POSTGRESQL_LIKE = frozenset({"postgresql", "cockroachdb"})
WAITS_IN_SQL = frozenset({"postgresql"})
"""Engines whose SQL has loops outside of stored routines."""


def milliseconds(setting: str) -> int:
    """`2s` → 2000, as PostgreSQL reads a setting of time. Raises `InputError` where it is none."""
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*", setting)
    if match is None or match[2] not in UNITS:
        raise InputError(f"{setting!r} is not a time", remedy="Write it as 250ms, 2s or 15min")
    return round(float(match[1]) * UNITS[match[2]])


def timeouts(engine: str, lock: str | None, statement: str | None, *, local: bool) -> tuple[list[str], list[str]]:
    """Statements that set the limits, and those that take them back where they would outlast the step.

    Args:
        local: in a transaction, at whose end PostgreSQL takes them back; outside of one SET LOCAL does nothing but warn.
    """
    if engine in POSTGRESQL_LIKE:
        chosen = [
            (name, one) for name, one in (("lock_timeout", lock), ("statement_timeout", statement)) if one is not None
        ]
        for _, one in chosen:
            milliseconds(one)  # nothing else may stand between the quotation marks
        word = "SET LOCAL" if local else "SET"
        return [f"{word} {name} = '{one}'" for name, one in chosen], [] if local else [
            f"RESET {name}" for name, _ in chosen
        ]
    if lock is None:
        return [], []
    span = milliseconds(lock)
    if engine == "mysql":  # whole seconds, of which 0 is not allowed; DEFAULT takes the server's (8.4 manual, 7.1.8)
        seconds = max(1, math.ceil(span / 1000)) if span else 31_536_000
        return [f"SET SESSION lock_wait_timeout = {seconds}"], ["SET SESSION lock_wait_timeout = DEFAULT"]
    if engine == "sqlserver":  # -1 waits for ever
        return [f"SET LOCK_TIMEOUT {span or -1}"], ["SET LOCK_TIMEOUT -1"]
    return [], []  # TiDB's DDL takes no session's locks; SQLite's busy timeout belongs to the connection


def literal(text: str, engine: str) -> str:
    """A string literal on one line that needs no escaping in any mode of the engine."""
    plain = one_line(text).replace("\\", "/").replace("'", "''")
    return f"N'{plain}'" if engine == "sqlserver" else f"'{plain}'"


def tagged(body: str, tag: str) -> str:
    """The text between dollar quotes whose tag it does not hold."""
    number, name = 0, tag
    while f"${name}" in body or body.endswith("$"):
        if f"${name}" not in body:
            body = f"{body}\n"
            continue
        number += 1
        name = f"{tag}{number}"
    return f"${name}${body}${name}$"


def check(condition: str, message: str, engine: str) -> str:
    """A statement that fails, with the message, unless the query of one boolean is true."""
    said, query = literal(message, engine), condition.strip().rstrip(";")
    if engine == "postgresql":
        body = f"\nBEGIN\n  IF (\n{query}\n  ) IS NOT TRUE THEN\n    RAISE EXCEPTION USING MESSAGE = {said};\n  END IF;\nEND\n"
        return f"DO {tagged(body, 'check')}"
    if engine == "sqlserver":
        return f"IF ISNULL((\n{query}\n), 0) = 0 THROW 50000, {said}, 1"
    failing = {
        "cockroachdb": f"CAST({said} AS INT)",  # refused with its text, as no number
        "mysql": f"(SELECT {said} UNION ALL SELECT 'stopped')",  # error 1242: SIGNAL is for stored programs alone
        "tidb": f"(SELECT {said} UNION ALL SELECT 'stopped')",
        "sqlite": f"json({said})",  # malformed JSON: RAISE is for triggers alone
    }[engine]
    return f"SELECT CASE WHEN (\n{query}\n) THEN 1 ELSE {failing} END"


def refusal(message: str, engine: str) -> str:
    """A statement that always fails with the message."""
    if engine == "postgresql":
        return f"DO {tagged(f'BEGIN RAISE EXCEPTION USING MESSAGE = {literal(message, engine)}; END', 'refuse')}"
    if engine == "sqlserver":
        return f"THROW 50000, {literal(message, engine)}, 1"
    return check("SELECT 1 = 0", message, engine)


def retried(script: str, retry: Retry, step: str) -> str:
    """The script in a loop that tries again where lock_timeout is met (PostgreSQL).

    Each attempt is a subtransaction: undoing it gives its locks back, so that nobody queues behind it while it sleeps. EXECUTE runs a
    script of several statements one after the other.
    """
    spoken = literal(
        f"{step.replace(chr(37), chr(37) * 2)}: attempt % of {retry.attempts} met lock_timeout", "postgresql"
    )
    body = f"""
DECLARE
  pause double precision := {retry.first_wait:g};
BEGIN
  FOR attempt IN 1..{retry.attempts} LOOP
    BEGIN
      EXECUTE {tagged(chr(10) + script + chr(10), "step")};
      EXIT;
    EXCEPTION WHEN lock_not_available THEN
      IF attempt = {retry.attempts} THEN
        RAISE;
      END IF;
      RAISE NOTICE {spoken}, attempt;
      PERFORM pg_sleep(pause * (0.5 + random() / 2));
      pause := least(pause * 2, {retry.longest_wait:g});
    END;
  END LOOP;
END
"""
    return f"DO {tagged(body, 'retry')}"


def atomically(script: str) -> str:
    """The script as one statement, which is one transaction where none is open (PostgreSQL)."""
    body = f"\nBEGIN\n  EXECUTE {tagged(chr(10) + script + chr(10), 'step')};\nEND\n"
    return f"DO {tagged(body, 'once')}"


def patience(retry: Retry, lock: str, statement: str) -> str:
    """statement_timeout for a whole loop of attempts: it counts from the loop's start, so it has to allow for every wait."""
    waits, pause = 0.0, retry.first_wait
    for _ in range(retry.attempts - 1):
        waits += pause
        pause = min(pause * 2, retry.longest_wait)
    span = milliseconds(statement)
    return f"{span + retry.attempts * milliseconds(lock) + round(waits * 1000)}ms" if span else "0"


def waiting(wait: Wait) -> str:
    """A loop that ends when the query says so (PostgreSQL, outside a transaction); it holds no snapshot between two polls."""
    body = f"""
BEGIN
  WHILE (
SELECT poll.done FROM (
{wait.poll.strip().rstrip(";")}
) AS poll
  ) IS NOT TRUE LOOP
    COMMIT;
    PERFORM pg_sleep({wait.seconds:g});
  END LOOP;
END
"""
    return f"DO {tagged(body, 'wait')}"
