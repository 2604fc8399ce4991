"""An UPDATE or DELETE of many rows in batches with a commit after each, whose time grows with the rows and not with their square.

A batch is a range: of a key, between two of its values, which the key's index finds; of pages, where a table has no key, by their
number. Both are planned with their values (`plan_cache_mode`): planned without, each batch would read from the beginning.
"""

from __future__ import annotations

from collections.abc import Collection

from dbdesign.migrations.check.subject import Subject
from dbdesign.migrations.pages import pages_condition
from dbdesign.model.schema import Index
from dbdesign.readers.postgresql.grammar_drafts import TableDraft

BATCH = 1000
"""Rows of a batch along a key."""

PAGES = 32
"""Pages of a batch where there is no key: 256 kB, some 1,000 rows of 200 bytes."""

_PLANNED_ANEW = "PERFORM set_config('plan_cache_mode', 'force_custom_plan', true);"


def in_batches(
    subject: Subject, table: TableDraft, statement: str, condition: str, *, changed: Collection[str] = ()
) -> str:
    """An UPDATE or DELETE without its WHERE, in batches over the rows that meet a condition.

    Args:
        changed: the columns that the statement assigns: a row must not move forward in the key while that is walked along.
    """
    key = walked_key(table, changed)
    if key:
        return _by_key(subject, table, key, statement, condition)
    return _by_pages(subject, table, statement, condition)


def walked_key(table: TableDraft, changed: Collection[str] = ()) -> tuple[str, ...]:
    """The columns of a key without NULL whose index has its rows in order; empty where a table has none."""
    keys = [*([table.primary_key] if table.primary_key is not None else []), *table.unique_keys]
    found = [key.columns for key in keys if not key.without_overlaps]
    found += [index.columns for index in table.indexes if _is_in_order(index)]
    for columns in found:
        known = [table.columns.get(one) for one in columns]
        if all(one is not None and not one.nullable for one in known) and not set(columns) & set(changed):
            return columns
    return ()


def _is_in_order(index: Index) -> bool:
    """Whether it has every row once, in the order in which rows are compared."""
    plain = all(one.column and not (one.opclass or one.collation or one.descending or one.nulls) for one in index.keys)
    return plain and index.unique and index.valid and index.where is None and index.method == "btree"


def _by_key(subject: Subject, table: TableDraft, key: tuple[str, ...], statement: str, condition: str) -> str:
    name = subject.name(table)
    columns = [subject.quoted(one) for one in key]
    numbers = [""] if len(key) == 1 else [f"_{number}" for number in range(1, len(key) + 1)]
    after, upto = ([_variable(table, f"{word}{number}") for number in numbers] for word in ("after", "upto"))
    kept = [f"k{number}" for number in numbers]
    declared = "\n".join(
        f"  {variable} {name}.{column}%TYPE;"
        for variables in (after, upto)
        for variable, column in zip(variables, columns, strict=True)
    )
    begun = f"({after[0]} IS NULL OR {_row(columns)} > {_row(after)})"
    read = ", ".join(f"{column} AS {alias}" for column, alias in zip(columns, kept, strict=True))
    last = ", ".join(f"b.{alias} DESC" for alias in kept)
    moved = "\n".join(f"    {one} := {other};" for one, other in zip(after, upto, strict=True))
    return f"""DO $batches$
DECLARE
{declared}
BEGIN
  LOOP
    {_PLANNED_ANEW}
    SELECT {", ".join(f"b.{alias}" for alias in kept)} INTO {", ".join(upto)}
    FROM (SELECT {read} FROM {name} WHERE {begun} ORDER BY {", ".join(columns)} LIMIT {BATCH}) AS b
    ORDER BY {last} LIMIT 1;
    EXIT WHEN NOT FOUND;
    {statement} WHERE {begun} AND {_row(columns)} <= {_row(upto)} AND {condition};
    COMMIT;
{moved}
  END LOOP;
END
$batches$"""


def _row(values: list[str]) -> str:
    return values[0] if len(values) == 1 else f"({', '.join(values)})"


def _variable(table: TableDraft, wanted: str) -> str:
    """A variable's name that no column has: between the two PL/pgSQL could not tell."""
    return wanted if wanted not in table.columns else _variable(table, f"{wanted}_")


def _by_pages(subject: Subject, table: TableDraft, statement: str, condition: str) -> str:
    """Over the pages that a table has at the beginning, of all its partitions at once.

    A row that somebody else changes meanwhile may move to a page that was passed: where a condition tells which rows are still to be
    done, the pages are walked over again until none is found, three times at most.
    """
    page, pages, done, time = (_variable(table, one) for one in ("page", "pages", "done", "time"))
    again = f"FOR {time} IN 1..{1 if condition == 'true' else 3} LOOP"
    return f"""DO $batches$
DECLARE
  {page} bigint;
  {pages} bigint;
  {done} boolean;
BEGIN
  {again}
    {page} := 0;
    {done} := true;
    {_size(subject, table, pages)};
    WHILE {page} < {pages} LOOP
      {_PLANNED_ANEW}
      {statement} WHERE {pages_condition("ctid", page, str(PAGES), subject.version)} AND {condition};
      {done} := {done} AND NOT FOUND;
      COMMIT;
      {page} := {page} + {PAGES};
    END LOOP;
    EXIT WHEN {done};
  END LOOP;
END
$batches$"""


def _size(subject: Subject, table: TableDraft, into: str) -> str:
    literal = subject.name(table).replace("'", "''")
    block = "current_setting('block_size')::bigint"
    if not subject.state.children(table) and table.partitioning is None:
        return f"{into} := pg_relation_size('{literal}'::regclass) / {block}"
    return (
        f"WITH RECURSIVE part AS (SELECT '{literal}'::regclass::oid AS relid UNION ALL "
        "SELECT inhrelid FROM pg_inherits JOIN part ON inhparent = relid) "
        f"SELECT max(pg_relation_size(relid)) / {block} INTO {into} FROM part"
    )
