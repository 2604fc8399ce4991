"""The rule reserved-word-as-name."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Table
from dbdesign.rules.base import TableRule, on_column
from dbdesign.rules.subject import POSTGRESQL_LIKE, Subject
from dbdesign.rules.words import plural, stem

_FUNCTIONS = frozenset(
    {"user", "current_user", "session_user", "current_date", "current_time", "current_timestamp", "current_role"}
)


class ReservedWordAsName(TableRule):
    """A table or a column is named by a reserved word.

    ## What it does
    Reports names that the schema's engine reserves, so that they must be quoted wherever they are written.

    ## Why is this bad?
    Every query and every tool must quote the name, and the one that forgets gets a syntax error. PostgreSQL's `user` is worse: without
    quotes, `SELECT user FROM …` is the name of the current role, and no error says so.

    ## Example
    ```sql
    CREATE TABLE "user" (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        full_name text NOT NULL
    );
    ```

    ## Use instead
    ```sql
    CREATE TABLE app_user (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        full_name text NOT NULL
    );
    ```

    ## References
    - PostgreSQL manual, [SQL Key Words](https://www.postgresql.org/docs/current/sql-keywords-appendix.html)
    - MySQL manual, [Keywords and Reserved Words](https://dev.mysql.com/doc/refman/8.4/en/keywords.html)
    - SQL Server manual, [Reserved keywords](https://learn.microsoft.com/sql/t-sql/language-elements/reserved-keywords-transact-sql)
    """

    severity = Severity.LOW
    repeats = "{count} names are reserved words, which every query must quote"

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """The names of the columns, and then the table's: renamed first, it would not be found under its old name."""
        reserved = subject.dialect.reserved
        for column in table.columns:
            if column.name.lower() not in reserved or column.name in table.inherited:
                continue
            ending = "_id" if column.name in subject.foreign_columns(table) else ""
            new = f"{column.name}_id" if ending else f"{'_'.join(stem(table.name))}_{column.name}"
            fix = subject.sql.rename_column(
                table, column.name, new.lower() if subject.dialect.folds == "lower" else new
            )
            yield self._report(on_column(table, column), column.name, fix, subject)
        if table.name.lower() in reserved:
            yield self._report(
                table.label, table.name, subject.sql.rename_table(table, _other_name(table, subject)), subject
            )

    def _report(self, target: str, name: str, fix: str | None, subject: Subject) -> Finding:
        misread = subject.is_engine(*POSTGRESQL_LIKE) and name.lower() in _FUNCTIONS
        return self.finding(
            target,
            f"{name} is a reserved word of {subject.dialect.title}"
            + (", and means the current role where it is not quoted" if misread else ", which every query must quote"),
            severity=Severity.MEDIUM if misread else None,
            evidence={"word": name.lower()},
            fix=fix,
        )


def _other_name(table: Table, subject: Subject) -> str:
    """The plural, if nothing else has it."""
    many = plural(table.name.lower())
    taken = (
        many in subject.dialect.reserved or many == table.name.lower() or not subject.sql.is_free(table.namespace, many)
    )
    return f"app_{table.name.lower()}" if taken else many
