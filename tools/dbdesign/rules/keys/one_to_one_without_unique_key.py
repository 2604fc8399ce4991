"""The rule one-to-one-without-unique-key."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Table
from dbdesign.rules.base import TableRule, on_column
from dbdesign.rules.subject import Subject
from dbdesign.rules.words import stem, vocabulary, words

_EXTENSIONS = vocabulary("profile setting settings preference preferences config configuration")
_ROWS_OF_PAIRS = vocabulary("key name setting option property attribute code type kind scope")


class OneToOneWithoutUniqueKey(TableRule):
    """A table that extends another one row by row may hold several rows for it.

    ## What it does
    Reports tables named as the extension of a parent (user_profile of user, account_settings of account) whose reference to it is not
    unique. Tables of key–value pairs are left alone.

    ## Why is this bad?
    The application reads *the* profile of a user. With two of them it shows one at random, updates another, and joins double the users.

    ## Example
    ```sql
    CREATE TABLE member (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, full_name text NOT NULL);
    CREATE TABLE member_profile (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        member_id bigint NOT NULL REFERENCES member (id),
        biography text NOT NULL
    );
    CREATE INDEX member_profile_member_id_idx ON member_profile (member_id);
    ```

    ## Use instead
    ```sql
    CREATE TABLE member (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, full_name text NOT NULL);
    CREATE TABLE member_profile (
        member_id bigint PRIMARY KEY REFERENCES member (id),
        biography text NOT NULL
    );
    ```

    ## References
    - PostgreSQL manual, [Unique Constraints](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-UNIQUE-CONSTRAINTS)
    """

    severity = Severity.MEDIUM

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """The reference of an extension to its parent, if it is not unique."""
        name = stem(table.name)
        if not name or name[-1] not in _EXTENSIONS or _holds_pairs(table):
            return
        for relation, parent in subject.parents(table):
            columns = relation.foreign_key.columns
            if name[:-1] != stem(parent.name)[-len(name[:-1]) :] or len(name) < 2 or _in_some_key(table, columns):
                continue
            yield self.finding(
                on_column(table, columns[0]),
                f"{table.label} extends {parent.label} one row by row, but several of its rows may refer to the same one, so that"
                " joins double it",
                evidence={"parent": parent.label, "columns": list(columns)},
                fix=subject.sql.add_unique(table, columns),
            )


def _holds_pairs(table: Table) -> bool:
    return any(words(column.name)[-1:] and words(column.name)[-1] in _ROWS_OF_PAIRS for column in table.columns)


def _in_some_key(table: Table, columns: tuple[str, ...]) -> bool:
    """Whether the columns are unique, or unique together with others: then there are several rows for a parent on purpose."""
    wanted = set(columns)
    keys = [set(table.primary_key.columns)] if table.primary_key else []
    keys += [set(unique) for unique, _ in table.unique_column_sets]
    return any(wanted <= key for key in keys) or any(
        index.unique and wanted & {key.column for key in index.keys} for index in table.indexes
    )
