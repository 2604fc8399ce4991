"""The rule set-null-on-not-null-column."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Column, Engine, ForeignKey, Table
from dbdesign.rules.base import TableRule, on_constraint
from dbdesign.rules.subject import Subject


class SetNullOnNotNullColumn(TableRule):
    """A foreign key sets a column to NULL that must not be NULL.

    ## What it does
    Reports foreign keys ON DELETE SET NULL (or ON UPDATE SET NULL) over columns that are NOT NULL.

    ## Why is this bad?
    The deletion always fails, with an error about the child's NOT NULL rather than about the reference: the declared behaviour can
    never happen.

    ## Example
    ```sql
    CREATE TABLE editor (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, pen_name text NOT NULL);
    CREATE TABLE essay (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        editor_id bigint NOT NULL REFERENCES editor (id) ON DELETE SET NULL
    );
    CREATE INDEX essay_editor_id_idx ON essay (editor_id);
    ```

    ## Use instead
    ```sql
    CREATE TABLE editor (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, pen_name text NOT NULL);
    CREATE TABLE essay (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        editor_id bigint REFERENCES editor (id) ON DELETE SET NULL
    );
    CREATE INDEX essay_editor_id_idx ON essay (editor_id);
    ```

    ## References
    - PostgreSQL manual, [Foreign Keys](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK)
    - SQLite manual, [ON DELETE and ON UPDATE Actions](https://www.sqlite.org/foreignkeys.html#fk_actions)
    """

    severity = Severity.HIGH
    engines = (Engine.POSTGRESQL, Engine.SQLITE, Engine.COCKROACHDB)

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """Every foreign key whose action its own column forbids."""
        for key in table.foreign_keys:
            if "set null" not in {key.on_delete, key.on_update}:
                continue
            strict = [one for name in _columns_set(key) if (one := table.column(name)) is not None and not one.nullable]
            if strict:
                names = ", ".join(column.name for column in strict)
                event = "deleting" if key.on_delete == "set null" else "renumbering"
                yield self.finding(
                    on_constraint(table, key),
                    f"{event} a row of {key.references} sets {names} to NULL, which is NOT NULL, so that it always fails",
                    evidence={"not_null": [column.name for column in strict], "on_delete": key.on_delete},
                    fix=_fix(key, strict, table, subject),
                )


def _fix(key: ForeignKey, strict: list[Column], table: Table, subject: Subject) -> str | None:
    """Lets the columns be NULL; where they cannot, in a primary key or by inheritance, says what happens now: RESTRICT."""
    own = table.primary_key.columns if table.primary_key else ()
    if not table.inherits and not any(column.name in own or column.identity for column in strict):
        return subject.sql.join(*(subject.sql.set_nullable(table, column, True) for column in strict))
    changes = {event: "restrict" for event in ("on_delete", "on_update") if getattr(key, event) == "set null"}
    return subject.sql.replace_foreign_key(table, key, key.model_copy(update={**changes, "set_columns": ()}))


def _columns_set(key: ForeignKey) -> tuple[str, ...]:
    return key.set_columns or key.columns
