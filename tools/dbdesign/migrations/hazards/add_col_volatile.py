"""The hazard add-col-volatile."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.rewrites import add_column, backfill, without
from dbdesign.migrations.check.subject import Subject
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.migrations.predict.new_column import NewColumn
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding, LockMode
from dbdesign.readers.postgresql import grammar_nodes as nodes
from dbdesign.readers.postgresql.libpg_query import pb


class AddColVolatile(Hazard):
    """A column is added with a default that differs from row to row, so that the table is written anew.

    ## What it does
    Reports ADD COLUMN with a default that is volatile once the bodies of SQL functions are put in the place of their calls: `random()`,
    `gen_random_uuid()`, `clock_timestamp()`, `nextval()`, a PL/pgSQL function that is not declared otherwise.

    ## Why is this bad?
    It holds ACCESS EXCLUSIVE while every row and every index is written anew. A default that is computed once costs nothing (11 and later):
    constants, `now()`, `current_user`, functions that are STABLE or IMMUTABLE, a VOLATILE SQL function that returns a constant.

    ## Example
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY);
    -- migration
    SET lock_timeout = '2s';
    ALTER TABLE orders ADD COLUMN token uuid DEFAULT gen_random_uuid();
    ```

    ## Use instead
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY);
    -- migration
    SET lock_timeout = '2s';
    ALTER TABLE orders ADD COLUMN token uuid;
    ALTER TABLE orders ALTER COLUMN token SET DEFAULT gen_random_uuid();
    ```
    The rows that are there are filled in batches afterwards.

    ## References
    - PostgreSQL manual, [Modifying Tables: Adding a Column](https://www.postgresql.org/docs/current/ddl-alter.html#DDL-ALTER-ADDING-A-COLUMN)
    """

    severity = Severity.HIGH

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """Each column with such a default."""
        for command, definition in subject.added_columns():
            table, new = subject.table, NewColumn(definition, subject.state)
            if table is None or not new.volatile or new.serial or new.identity:
                continue
            default = next(
                one.constraint.raw_expr for one in definition.constraints if one.constraint.contype == pb.CONSTR_DEFAULT
            )
            column, value = subject.quoted(definition.colname), nodes.expression(default)
            steps = [
                add_column(subject, without(definition, pb.CONSTR_DEFAULT, pb.CONSTR_NOTNULL)),
                subject.alter(table, f"ALTER COLUMN {column} SET DEFAULT {value}"),
                backfill(subject, table, f"{column} = {value}", f"{column} IS NULL"),
                *required_steps(subject, new, definition),
            ]
            work = subject.work("rewrite", table) + subject.work(
                "index build", table, len(subject.state.indexes(table))
            )
            yield self.blocking(
                subject,
                table.label,
                LockMode.ACCESS_EXCLUSIVE,
                f"{value} differs from row to row, so the table and its indexes are written anew",
                work,
                safe=subject.instead_of(command, steps),
            )


def required_steps(subject: Subject, new: NewColumn, definition: object) -> list[str]:
    """NOT NULL for a column that was added without it."""
    from dbdesign.migrations.check.rewrites import not_null

    assert subject.table is not None  # noqa: S101 - the caller looked
    return not_null(subject, subject.table, definition.colname) if new.required else []  # type: ignore[attr-defined]
