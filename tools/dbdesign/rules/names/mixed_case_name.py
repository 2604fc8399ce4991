"""The rule mixed-case-name."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Engine, Table
from dbdesign.rules.base import TableRule, on_column
from dbdesign.rules.subject import Subject
from dbdesign.rules.words import words


class MixedCaseName(TableRule):
    """A name has capitals, so that it must be quoted wherever it is written.

    ## What it does
    Reports tables and columns of PostgreSQL and CockroachDB with capital letters in their names.

    ## Why is this bad?
    Both engines fold unquoted names to lower case: `SELECT * FROM OrderItem` looks for `orderitem`, which does not exist. Everything typed
    by hand, in psql or in a report, needs quotes around every name.

    ## Example
    ```sql
    CREATE TABLE "BlogPost" (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        "wordCount" integer NOT NULL
    );
    ```

    ## Use instead
    ```sql
    CREATE TABLE blog_post (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        word_count integer NOT NULL
    );
    ```

    ## References
    - PostgreSQL manual, [Identifiers and Key Words](https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS)
    - CockroachDB manual, [Keywords & Identifiers](https://www.cockroachlabs.com/docs/stable/keywords-and-identifiers)
    """

    severity = Severity.LOW
    engines = (Engine.POSTGRESQL, Engine.COCKROACHDB)
    repeats = "{count} names have capitals, so that everything written by hand needs quotes around them"

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """The columns first: renaming the table first would change how their fixes address it."""
        for column in table.columns:
            if column.name != column.name.lower() and column.name not in table.inherited:
                fix = subject.sql.rename_column(table, column.name, _snake(column.name))
                yield self._report(on_column(table, column), column.name, fix)
        if table.name != table.name.lower():
            yield self._report(table.label, table.name, subject.sql.rename_table(table, _snake(table.name)))

    def _report(self, target: str, name: str, fix: str | None) -> Finding:
        return self.finding(
            target,
            f"{name} has capitals, so that everything written by hand needs quotes around it",
            evidence={"instead": _snake(name)},
            fix=fix,
        )


def _snake(name: str) -> str:
    return "_".join(words(name)) or name.lower()
