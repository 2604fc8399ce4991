"""The hazard add-col-stored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dbdesign.migrations.check.rewrites import add_column, backfill, follow, new_row, without
from dbdesign.migrations.check.subject import Subject
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.migrations.predict.new_column import NewColumn
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding, LockMode
from dbdesign.readers.postgresql import grammar_nodes as nodes
from dbdesign.readers.postgresql.grammar_drafts import TableDraft
from dbdesign.readers.postgresql.libpg_query import pb
from dbdesign.readers.postgresql.names import make_object_name


class AddColStored(Hazard):
    """A stored generated column is added, so that the table is written anew.

    ## What it does
    Reports ADD COLUMN … GENERATED ALWAYS AS (…) STORED on a table that stood before the migration.

    ## Why is this bad?
    It holds ACCESS EXCLUSIVE while every row is computed and written. A VIRTUAL one (18) changes the catalog alone.

    ## Example
    ```sql
    CREATE TABLE line (id bigint PRIMARY KEY, price numeric, amount int);
    -- migration
    SET lock_timeout = '2s';
    ALTER TABLE line ADD COLUMN total numeric GENERATED ALWAYS AS (price * amount) STORED;
    ```

    ## Use instead
    ```sql
    CREATE TABLE line (id bigint PRIMARY KEY, price numeric, amount int);
    -- migration
    SET lock_timeout = '2s';
    ALTER TABLE line ADD COLUMN total numeric GENERATED ALWAYS AS (price * amount) VIRTUAL;
    ```
    Before 18, or where it is to be indexed: a plain column that a trigger fills, and the rows that are there in batches.

    ## References
    - PostgreSQL manual, [Generated Columns](https://www.postgresql.org/docs/current/ddl-generated-columns.html)
    """

    severity = Severity.HIGH

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """Each stored column."""
        for command, definition in subject.added_columns():
            table = subject.table
            if table is None or not NewColumn(definition, subject.state).stored:
                continue
            steps = (
                [_virtual(subject, definition)] if subject.version >= 18 else _by_trigger(subject, table, definition)
            )
            yield self.blocking(
                subject,
                table.label,
                LockMode.ACCESS_EXCLUSIVE,
                f"{definition.colname} is computed for every row, so the table and its indexes are written anew",
                subject.work("rewrite", table) + subject.work("index build", table, len(subject.state.indexes(table))),
                safe=subject.instead_of(command, steps),
            )


def _virtual(subject: Subject, definition: Any) -> str:
    changed = without(definition)
    for one in changed.constraints:
        if one.constraint.contype == pb.CONSTR_GENERATED:
            one.constraint.generated_kind = "v"
    return add_column(subject, changed)


def _by_trigger(subject: Subject, table: TableDraft, definition: Any) -> list[str]:
    generated = next(one.constraint for one in definition.constraints if one.constraint.contype == pb.CONSTR_GENERATED)
    expression, column = nodes.expression(generated.raw_expr), subject.quoted(definition.colname)
    name = subject.free(table, make_object_name(table.name[1], definition.colname, "fill"))
    return [
        add_column(subject, without(definition, pb.CONSTR_GENERATED, pb.CONSTR_NOTNULL)),
        *follow(subject, table, name, f"NEW.{column} := {new_row(expression, table)};"),
        backfill(subject, table, f"{column} = {expression}", f"{column} IS NULL"),
    ]
