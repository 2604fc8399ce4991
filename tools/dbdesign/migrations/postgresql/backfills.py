"""Backfills: batches along a key, each in its own short transaction, bounded at the greatest key of the start and throttled.

A batch locks its rows in the order of the key, so that two batches never wait for each other in a circle, and an application's
statement waits for one batch at most. The same walk is written twice: as `Batches` for a runner, and as a DO block for a script.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dbdesign.migrations.pages import pages_condition
from dbdesign.migrations.postgresql.planning import Planning
from dbdesign.migrations.settings import Pace
from dbdesign.model.migration import Batches
from dbdesign.model.schema import Table
from dbdesign.writers.postgresql.spelling import identifier, identifiers

PAGES, FEWEST_PAGES, MOST_PAGES = 32, 1, 512
"""Pages of 8 kB in a batch where a table has no key to walk over: in the first, and at least and at most in the others."""


@dataclass(frozen=True)
class Walk:
    """How the rows of a table are walked over: `key` is empty where only their physical order can be used."""

    table: Table
    place: str
    key: tuple[str, ...]


def walk(planning: Planning, table: Table, place: str) -> Walk:
    """Over the primary key, or a unique key without NULL; failing these over the pages."""
    chosen: tuple[str, ...] = ()
    if table.primary_key:
        chosen = table.primary_key.columns
    else:
        for key in table.unique_keys:
            if all((column := table.column(name)) is not None and not column.nullable for name in key.columns):
                chosen = key.columns
                break
    if not chosen:
        planning.notes.append(f"{table.label} has no key: its backfill walks over the pages.")
    return Walk(table, place, chosen)


def update(of: Walk, assignments: str, where: str) -> str:
    """The statement of a batch that updates the rows of `batch`, with the alias `t`.

    An array of keys is looked up in the index; a join would read the whole table for each batch where the planner takes that for cheaper.
    """
    if len(of.key) == 1:
        match = f"t.{identifier(of.key[0])} = ANY (ARRAY(SELECT key_1 FROM batch))"
        return f"UPDATE {of.place} AS t SET {assignments} WHERE {match} AND ({where})"
    match = " AND ".join(f"t.{identifier(one)} = batch.key_{number}" for number, one in enumerate(of.key, 1))
    return f"UPDATE {of.place} AS t SET {assignments} FROM batch WHERE {match} AND ({where})"


LOCKED_ROWS = "batch CROSS JOIN LATERAL (SELECT (batch.locked).*) AS t"
"""The rows of a batch as they were when they were locked, for a statement that reads them: what it would read of the table itself
is older where another transaction has changed a row just before."""


def copy(of: Walk, work: str, pace: Pace) -> tuple[str, Batches | None]:
    """A backfill of another table from the rows of this one, which may be read meanwhile and not written; `work` reads `LOCKED_ROWS`."""
    return backfill(of, work, pace, lock="FOR SHARE", whole=True)


def arbiter(table: Table, columns: Iterable[str]) -> str | None:
    """`ON CONFLICT (…) DO NOTHING` by a key of the table that includes these columns: a row that a trigger has written is left alone.

    None where no key does. Without a target it would also pass over rows that another constraint refuses.
    """
    wanted = set(columns)
    for key in (*([table.primary_key] if table.primary_key else []), *table.unique_keys):
        if wanted <= set(key.columns) and not key.deferrable:
            return f"ON CONFLICT ({identifiers(key.columns)}) DO NOTHING"
    return None


def backfill(
    of: Walk, work: str, pace: Pace, *, lock: str = "FOR NO KEY UPDATE", whole: bool = False
) -> tuple[str, Batches | None]:
    """The script of a backfill, and its batches.

    Args:
        work: a statement on the rows of `batch`, which has the key's columns as `key_1`, `key_2` ….
        lock: how the rows of a batch are locked while it works.
        whole: whether `batch` also has the whole row, as `locked`.
    """
    keys = ", ".join(f"t.{identifier(one)}" for one in of.key)
    order = keys
    descending = ", ".join(f"{identifier(one)} DESC" for one in of.key)
    named = ", ".join(f"key_{number}" for number in range(1, len(of.key) + 1))
    batch = (
        f"WITH batch ({named}{', locked' if whole else ''}) AS MATERIALIZED (\n"
        f"    SELECT {keys}{', t' if whole else ''} FROM {of.place} AS t\n"
        f"    WHERE (num_nulls({{after}}) > 0 OR ({keys}) > ({{after}})) AND ({keys}) <= ({{last}})\n"
        f"    ORDER BY {order} LIMIT {{rows}} {lock}\n"
        f"), work AS (\n    {work}\n)\nSELECT {named} {{into}}FROM batch ORDER BY {named.replace(', ', ' DESC, ')} DESC LIMIT 1"
    )
    last = f"SELECT {identifiers(of.key)} {{into}}FROM {of.place} ORDER BY {descending} LIMIT 1"
    nulls = ", ".join(f"NULL::{_type(of.table, one)}" for one in of.key)
    batches = Batches(
        table=of.table.label,
        key=of.key,
        types=tuple(_type(of.table, one) for one in of.key),
        first=f"SELECT {nulls}",
        last=last.format(into=""),
        batch=batch.format(after=":after", last=":last", rows=":rows", into=""),
        rows=pace.rows,
        fewest=pace.fewest,
        most=pace.most,
        seconds=pace.seconds,
        pause=pace.pause,
        rest=pace.rest,
        throttle=pace.throttle,
    )
    return _script(of, batch, last, pace), batches


def _type(table: Table, name: str) -> str:
    column = table.column(name)
    return column.type.native if column else "text"


_PLANNED_ANEW = "        PERFORM set_config('plan_cache_mode', 'force_custom_plan', true);\n"
"""Each batch is planned with its values: planned without, the condition on the key before it becomes a filter, and each reads the index
from its beginning. num_nulls() of constants is one; `ROW(…) IS NULL` is not, and does the same."""


def _script(of: Walk, batch: str, last: str, pace: Pace) -> str:
    after = ", ".join(f"after_{number}" for number in range(1, len(of.key) + 1))
    bound = ", ".join(f"last_{number}" for number in range(1, len(of.key) + 1))
    declared = "\n".join(
        f"    after_{number} {_type(of.table, one)};\n    last_{number} {_type(of.table, one)};"
        for number, one in enumerate(of.key, 1)
    )
    rows = "batch_rows" if pace.seconds else str(pace.rows)
    body = batch.format(after=after, last=bound, rows=rows, into=f"INTO {after} ")
    return (
        f"DO $backfill$\nDECLARE\n{declared}\n{_declared(pace, 'batch_rows', pace.rows)}BEGIN\n"
        f"    {last.format(into=f'INTO {bound} ')};\n    LOOP\n{_timed(pace)}{_PLANNED_ANEW}"
        f"{_indented(body, 8)};\n        EXIT WHEN NOT FOUND;\n        COMMIT;\n"
        f"{_adapted(pace, 'batch_rows', pace.fewest, pace.most)}{_pause(pace)}    END LOOP;\nEND\n$backfill$"
    )


def _declared(pace: Pace, name: str, value: int) -> str:
    """The variables of a walk whose batches are as large as can be done in the time that one may take."""
    if not pace.seconds:
        return ""
    return f"    {name} bigint := {value};\n    batch_begun timestamptz;\n    batch_took double precision;\n"


def _timed(pace: Pace) -> str:
    return "        batch_begun := clock_timestamp();\n" if pace.seconds else ""


def _adapted(pace: Pace, name: str, fewest: int, most: int) -> str:
    """The next batch: as `Batches.following` says."""
    if not pace.seconds:
        return ""
    share = f"least(greatest({pace.seconds:g} / greatest(batch_took, 0.001), 0.5), 2)"
    return (
        "        batch_took := extract(epoch FROM clock_timestamp() - batch_begun);\n"
        f"        {name} := least(greatest({name} * {share}, {fewest}), {most});\n"
    )


def _pause(pace: Pace) -> str:
    lines = ""
    if pace.throttle:
        lines += f"        WHILE ({pace.throttle}) LOOP\n            COMMIT;\n            PERFORM pg_sleep(1);\n        END LOOP;\n"
    if pace.seconds and pace.rest:
        return f"{lines}        PERFORM pg_sleep(greatest({pace.pause:g}, batch_took * {pace.rest:g}));\n"
    return lines + (f"        PERFORM pg_sleep({pace.pause:g});\n" if pace.pause else "")


def _indented(text: str, by: int) -> str:
    return "\n".join(" " * by + line for line in text.splitlines())


def by_pages(of: Walk, work: str, pace: Pace, version: int) -> str:
    """A walk over the pages: `work` is a statement with `{pages}` for its condition on the rows `t`.

    New versions of rows go to later pages; the number of pages is read once, so that the walk ends.
    """
    step = "batch_pages" if pace.seconds else str(PAGES)
    condition = pages_condition("t.ctid", "page", step, version)
    declared = _declared(pace, "batch_pages", PAGES)
    literal = of.place.replace("'", "''")
    return (
        f"DO $backfill$\nDECLARE\n    page bigint := 0;\n    pages bigint;\n{declared}BEGIN\n"
        f"    SELECT pg_relation_size('{literal}'::regclass) / current_setting('block_size')::bigint INTO pages;\n"
        f"    WHILE page <= pages LOOP\n{_timed(pace)}"
        f"{_indented(work.format(pages=condition), 8)};\n        page := page + {step};\n        COMMIT;\n"
        f"{_adapted(pace, 'batch_pages', FEWEST_PAGES, MOST_PAGES)}{_pause(pace)}"
        "    END LOOP;\nEND\n$backfill$"
    )


def update_script(
    planning: Planning, table: Table, place: str, assignments: str, where: str
) -> tuple[str, Batches | None]:
    """A backfill that updates rows in place. In `assignments` and `where` the table's alias is `t`."""
    of = walk(planning, table, place)
    pace = planning.settings.pace
    if of.key:
        return backfill(of, update(of, assignments, where), pace)
    return by_pages(
        of, f"UPDATE {place} AS t SET {assignments} WHERE {{pages}} AND ({where})", pace, planning.major
    ), None
