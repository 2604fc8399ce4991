"""What migrations in JavaScript and TypeScript share: lines that run a unit, and the functions that they bring along.

A runner is an expression for the statements of one connection: `queryRunner.query` (TypeORM) or `knex.raw` (Knex). The functions take
`run(sql, parameters)`, which gives rows as objects.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from dbdesign.migrations.writers.batches import batch_sql, pace
from dbdesign.migrations.writers.guards import POSTGRESQL_LIKE
from dbdesign.migrations.writers.literals import typescript_string
from dbdesign.migrations.writers.scripts import NOTHING, down_statements, surroundings, up_statements
from dbdesign.migrations.writers.splitting import statements_of
from dbdesign.migrations.writers.units import Unit

Escape = Callable[[str], str]
"""From SQL to what the library has to be given for it."""

Placeholders = Callable[[int], str]
"""The library's placeholder by its number, from 1."""

_KEPT = re.compile(
    r"(?:small|big)?int(?:eger|\d)?\b|serial|numeric|decimal|text|(?:character )?varying|varchar|char|uuid",
    re.IGNORECASE,
)
"""Types whose values a JavaScript program gives back as it got them; a Date has no microseconds, and a time zone of its own."""

_TYPES = re.compile(
    r"(\w+): (?:Run|any\[\]|any|string|string\[\]|string \| null|number)(?=[,)\n]| =)|(?<=\)): Promise<void>"
)

_SLEEP = """const sleep = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));"""

_LOCK_TIMEOUT = """// SQLSTATE 55P03: lock_timeout was met.
const isLockTimeout = (error: any) => (error?.driverError ?? error)?.code === "55P03";"""

_RETRY_IN_SAVEPOINTS = """// Runs the statements; where lock_timeout is met undoes them, which gives their locks back, and tries again.
async function retryInSavepoints(run: Run, statements: string[], attempts: number, pause: number, longest: number): Promise<void> {
    for (let left = attempts - 1; ; left--) {
        await run("SAVEPOINT attempt");
        try {
            for (const statement of statements) await run(statement);
            await run("RELEASE SAVEPOINT attempt");
            return;
        } catch (error) {
            if (left === 0 || !isLockTimeout(error)) throw error;
            await run("ROLLBACK TO SAVEPOINT attempt");
            await run("RELEASE SAVEPOINT attempt");
        }
        await sleep(pause * (0.5 + Math.random() / 2));
        pause = Math.min(pause * 2, longest);
    }
}"""

_RETRY_WITH_CLEANUP = """// Runs the statements; where lock_timeout is met tries again, once what the failed attempt left is removed;
// which can meet it, too.
async function retryWithCleanup(
    run: Run, statements: string[], cleanup: string[], attempts: number, pause: number, longest: number
): Promise<void> {
    const clean = async () => {
        for (const statement of cleanup) await run(statement);
    };
    for (let left = attempts - 1; ; left--) {
        try {
            if (left < attempts - 1) await clean();
            for (const statement of statements) await run(statement);
            return;
        } catch (error) {
            if (left === 0 || !isLockTimeout(error)) {
                await clean().catch(() => undefined);
                throw error;
            }
        }
        await sleep(pause * (0.5 + Math.random() / 2));
        pause = Math.min(pause * 2, longest);
    }
}"""

_BACKFILL = """// Walks over the key in batches, each a transaction of its own, as large as is done in so many seconds; rests after each.
async function backfill(
    run: Run, first: string, last: string, batch: string, order: string[], throttle: string | null, pace: any
): Promise<void> {
    const row = (rows: any[]) => (rows.length ? Object.values(rows[rows.length - 1]) : []);
    const bound = row(await run(last));
    let after = row(await run(first));
    let size = pace.rows;
    while (bound.length && after.length) {
        const values: any = { after, last: bound, rows: [size] };
        const begun = Date.now();
        after = row(await run(batch, order.flatMap((name) => values[name])));
        const taken = (Date.now() - begun) / 1000;
        if (pace.seconds !== null) {
            const wanted = size * Math.min(Math.max(pace.seconds / Math.max(taken, 0.001), 0.5), 2);
            size = Math.round(Math.min(Math.max(wanted, pace.fewest), pace.most));
        }
        await sleep(Math.max(pace.pause, taken * pace.rest));
        while (throttle !== null && row(await run(throttle))[0]) await sleep(Math.max(1, pace.pause));
    }
}"""

_WAIT_UNTIL = """// Asks until the column `done` is true.
async function waitUntil(run: Run, poll: string, seconds: number): Promise<void> {
    while (!(await run(poll))[0].done) await sleep(seconds);
}"""

_FUNCTIONS = {
    "retryInSavepoints": [_SLEEP, _LOCK_TIMEOUT, _RETRY_IN_SAVEPOINTS],
    "retryWithCleanup": [_SLEEP, _LOCK_TIMEOUT, _RETRY_WITH_CLEANUP],
    "backfill": [_SLEEP, _BACKFILL],
    "waitUntil": [_SLEEP, _WAIT_UNTIL],
}


def functions_for(lines: list[str], *, typed: bool) -> list[str]:
    """The functions that the lines call, with what those need; `typed` ones use a type `Run`."""
    text = "\n".join(lines)
    needed = [one for name, some in _FUNCTIONS.items() if f"{name}(" in text for one in some]
    found = list(dict.fromkeys(needed))
    return found if typed else [_untyped(one) for one in found]


def up_lines(unit: Unit, escape: Escape, placeholder: Placeholders) -> list[str]:
    """Statements of the program for the way up; they call `run`."""
    before, after = surroundings(unit)
    if unit.kind == "wait":
        return list(_waited(unit, escape))
    if unit.kind == "command" and up_statements(unit) == (NOTHING,):
        return ["// run by hand"]
    if unit.step.batches and (not unit.up or all(_KEPT.match(one) for one in unit.step.batches.types)):
        body = list(_batched(unit, escape, placeholder))
    elif unit.step.retry and unit.step.lock_timeout and unit.engine == "postgresql":
        body = list(_retried(unit, escape))
    else:
        body = [_run(one, escape) for one in unit.up]
    return [*[_run(one, escape) for one in before], *body, *[_run(one, escape) for one in after]]


def down_lines(unit: Unit, escape: Escape) -> list[str]:
    """The same for the way down."""
    statements = down_statements(unit)
    return [] if statements == (NOTHING,) else [_run(one, escape) for one in statements]


def _run(statement: str, escape: Escape) -> str:
    return f"await run({typescript_string(escape(statement))});"


def _retried(unit: Unit, escape: Escape) -> Iterator[str]:
    retry = unit.step.retry
    assert retry is not None  # noqa: S101 - asked before
    yield f"await {'retryInSavepoints' if unit.transactional else 'retryWithCleanup'}(run, ["
    yield from (f"    {typescript_string(escape(one))}," for one in unit.up)
    cleanup = statements_of(unit.step.cleanup, unit.engine) if unit.step.cleanup else ()
    some = "" if unit.transactional else f"[{', '.join(typescript_string(escape(one)) for one in cleanup)}], "
    yield f"], {some}{retry.attempts}, {retry.first_wait:g}, {retry.longest_wait:g});"


def _batched(unit: Unit, escape: Escape, placeholder: Placeholders) -> Iterator[str]:
    batches = unit.step.batches
    assert batches is not None  # noqa: S101 - asked before
    text, order = batch_sql(batches, lambda _, __, number: placeholder(number), escape)
    yield "await backfill("
    yield "    run,"
    yield f"    {typescript_string(escape(batches.first))},"
    yield f"    {typescript_string(escape(batches.last))},"
    yield f"    {typescript_string(text)},"
    yield f"    [{', '.join(repr(one).replace(chr(39), chr(34)) for one in order)}],"
    yield f"    {typescript_string(escape(batches.throttle)) if batches.throttle else 'null'},"
    yield f"    {{ {', '.join(f'{name}: {value}' for name, value in pace(batches).items())} }},"
    yield ");"


def _waited(unit: Unit, escape: Escape) -> Iterator[str]:
    wait = unit.step.wait
    assert wait is not None  # noqa: S101 - a unit of this kind is made from one
    yield f"await waitUntil(run, {typescript_string(escape(wait.poll))}, {wait.seconds:g});"


def takes_savepoints(unit: Unit) -> bool:
    """Whether the direction that wants a transaction can have one of its own in a migration that has none."""
    return unit.engine in POSTGRESQL_LIKE or unit.engine in {"sqlite", "sqlserver"}


def _untyped(text: str) -> str:
    """The function without its types."""
    return _TYPES.sub(lambda match: match[1] or "", text)
