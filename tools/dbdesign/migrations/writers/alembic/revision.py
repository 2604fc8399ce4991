"""One revision's Python.

Alembic by default runs all revisions of a command in one transaction. Every step is one of its own here, whatever `env.py` says: entering
`autocommit_block` commits what ran before. Retries are savepoints; backfills and waits are loops on an autocommitting connection.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from dbdesign.migrations.writers.alembic import snippets
from dbdesign.migrations.writers.base import MigrationOptions
from dbdesign.migrations.writers.batches import batch_sql, keyword_arguments
from dbdesign.migrations.writers.headers import header, one_line
from dbdesign.migrations.writers.literals import python_string
from dbdesign.migrations.writers.scripts import NOTHING, down_statements, surroundings, up_statements
from dbdesign.migrations.writers.splitting import statements_of
from dbdesign.migrations.writers.units import Unit
from dbdesign.migrations.writers.versions import clock
from dbdesign.model.migration import Batches

_PARAMETER = re.compile(r"(?<![:\w\\]):(\w+)(?!:)")
_ESCAPED = re.compile(r"\\(:\w*)(?![:\w])")
"""How `sqlalchemy.text` finds parameters and escaped colons (TextClause, SQLCompiler.visit_textclause)."""


def revision_text(unit: Unit, revision: str, parents: tuple[str, ...], options: MigrationOptions, number: int) -> str:
    """The file's text."""
    step, upgrade, downgrade = list(_step(unit)), list(_upgrade(unit)), list(_downgrade(unit))
    helpers = [text for name, text in snippets.FUNCTIONS.items() if any(one.startswith(f"@{name}(") for one in step)]
    imports = [one for one in ("contextlib", "random", "time") if any(f"{one}." in text for text in helpers)]
    down = f"{parents[0]!r}" if len(parents) == 1 else repr(parents) if parents else "None"
    title = one_line(f"{options.name}: {unit.title}").replace("\\", "/").replace('"', "'")
    return "\n".join(
        [
            f'"""{title}',
            "",
            f"Revision ID: {revision}",
            f"Revises: {', '.join(parents)}",
            f"Create Date: {clock(options) + timedelta(seconds=number)}",
            '"""',
            "",
            *[f"import {one}" for one in imports],
            *([""] if imports else []),
            *(["import sqlalchemy as sa"] if helpers else []),
            "from alembic import op",
            "",
            f"revision = {revision!r}",
            f"down_revision = {down}",
            "branch_labels = None",
            "depends_on = None",
            "",
            *[f"# {line}" for line in header(unit)],
            "",
            "",
            *[f"{one}\n\n" for one in helpers],
            *([*step, "", ""] if step else []),
            "def upgrade() -> None:",
            *_indented(upgrade),
            "",
            "",
            "def downgrade() -> None:",
            *_indented(downgrade),
            "",
        ]
    )


def bound(sql: str) -> str:
    """The SQL for `sqlalchemy.text`, which takes `:name` for a parameter and drops a backslash before a colon."""
    some = re.sub(r"\\:|(?<![:\w\\]):(?=\w)", lambda match: f"\\{match[0]}", sql)
    return next((one for one in (sql, some) if _is_read_as(one, sql)), sql.replace(":", "\\:"))


def _is_read_as(text: str, sql: str) -> bool:
    return not _PARAMETER.search(text) and _ESCAPED.sub(r"\1", text) == sql


def _step(unit: Unit) -> Iterator[str]:
    """The function that a decorator runs otherwise than once from top to bottom; none where that is enough."""
    decorator = _decorator(unit)
    if not decorator:
        return
    statements = up_statements(unit, retry=False) if unit.kind == "wait" else unit.up
    yield from decorator
    yield "def step():"
    lines = [] if statements == (NOTHING,) else [_execute(one) for one in statements]
    yield from _indented(lines or ["pass  # has no loops in SQL"])


def _decorator(unit: Unit) -> list[str]:
    step = unit.step
    if unit.kind == "wait" and step.wait:
        return [f"@waiting(poll={python_string(bound(step.wait.poll))}, seconds={step.wait.seconds:g})"]
    if step.batches:
        return _batched(step.batches)
    if step.retry and step.lock_timeout and unit.up and unit.engine == "postgresql":
        limits = f"attempts={step.retry.attempts}, pause={step.retry.first_wait:g}, longest={step.retry.longest_wait:g}"
        if unit.transactional:
            return [f"@retried({limits})"]
        cleanup = statements_of(step.cleanup, unit.engine) if step.cleanup else ()
        said = ", ".join(python_string(bound(one)) for one in cleanup)
        return [f"@retried_with_cleanup(cleanup=[{said}], {limits})"]
    return []


def _batched(batches: Batches) -> list[str]:
    batch, _ = batch_sql(batches, lambda name, column, _: f":{name}_{column}", bound)
    return [
        "@batched(",
        f"    first={python_string(bound(batches.first))},",
        f"    last={python_string(bound(batches.last))},",
        f"    batch={python_string(batch)},",
        f"    throttle={python_string(bound(batches.throttle)) if batches.throttle else None},",
        f"    {keyword_arguments(batches)},",
        ")",
    ]


def _upgrade(unit: Unit) -> Iterator[str]:
    if not _decorator(unit):
        statements = up_statements(unit, retry=False)
        by_hand = unit.kind == "command" and statements == (NOTHING,)
        lines = [] if by_hand else [_execute(one) for one in statements]
        yield from _block(unit.transactional, lines, unit.engine) if lines else ["pass  # run by hand"]
        return
    before, after = surroundings(unit) if unit.kind == "sql" else ((), ())
    lines = [*[_execute(one) for one in before], "step()", *[_execute(one) for one in after]]
    yield from _block(unit.transactional, lines, unit.engine)


def _downgrade(unit: Unit) -> Iterator[str]:
    statements = down_statements(unit)
    if statements == (NOTHING,):
        yield "pass"
        return
    yield from _block(unit.down_transactional, [_execute(one) for one in statements], unit.engine)


def _block(transactional: bool, lines: list[str], engine: str) -> Iterator[str]:
    if not transactional:
        yield from _outside(lines)
        return
    if engine not in {"mysql", "tidb"}:  # their DDL commits by itself
        yield from _committed()
    yield from lines


def _committed() -> Iterator[str]:
    yield "with op.get_context().autocommit_block():"
    yield "    pass  # commits what ran before: this step is a transaction of its own"


def _outside(lines: list[str]) -> Iterator[str]:
    yield "with op.get_context().autocommit_block():"
    yield from _indented(lines)


def _execute(statement: str) -> str:
    return f"op.execute({python_string(bound(statement))})"


def _indented(lines: list[str]) -> list[str]:
    """Lines four spaces in; the inner lines of a string stay where they are, as they are part of it."""
    return [f"    {line}" for line in lines]
