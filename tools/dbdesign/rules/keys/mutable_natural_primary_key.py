"""The rule mutable-natural-primary-key."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Table
from dbdesign.rules.base import TableRule, on_column
from dbdesign.rules.subject import Subject
from dbdesign.rules.words import stem, vocabulary, words

_CHANGING = vocabulary("email name username login phone title slug label")
_FIXED = vocabulary("country currency language role type status kind permission tag category")


class MutableNaturalPrimaryKey(TableRule):
    """A value that people change is the primary key, and other tables refer to it.

    ## What it does
    Reports primary keys of one text column named as something that changes (email, name, phone, slug) to which foreign keys refer
    without ON UPDATE CASCADE. Codes, and names of short lists, are left alone.

    ## Why is this bad?
    When the person changes their address, the row cannot follow while anything refers to it, so that a rename becomes a
    migration.

    ## Example
    ```sql
    CREATE TABLE author (email text PRIMARY KEY, full_name text NOT NULL);
    CREATE TABLE article (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        author_email text NOT NULL REFERENCES author (email)
    );
    CREATE INDEX article_author_email_idx ON article (author_email);
    ```

    ## Use instead
    ```sql
    CREATE TABLE author (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        email text NOT NULL UNIQUE,
        full_name text NOT NULL
    );
    CREATE TABLE article (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        author_id bigint NOT NULL REFERENCES author (id)
    );
    CREATE INDEX article_author_id_idx ON article (author_id);
    ```

    ## References
    - PostgreSQL manual, [Foreign Keys](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK), on ON UPDATE
    - MySQL manual, [FOREIGN KEY Constraints](https://dev.mysql.com/doc/refman/8.4/en/create-table-foreign-keys.html)
    """

    severity = Severity.LOW

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """A primary key that changes under the foreign keys that refer to it."""
        key = table.primary_key.columns if table.primary_key else ()
        column = table.column(key[0]) if len(key) == 1 else None
        if column is None or not column.type.is_text or not self._changes(column.name, table):
            return
        fixed = [
            (child, relation.foreign_key)
            for relation, child in subject.children(table)
            if relation.foreign_key.on_update in {"no action", "restrict"}
        ]
        if not fixed:
            return
        replaced = (
            subject.sql.replace_foreign_key(child, one, one.model_copy(update={"on_update": "cascade"}))
            for child, one in fixed
        )
        yield self.finding(
            on_column(table, column),
            f"{on_column(table, column)} is a value that changes, and {len(fixed)} foreign keys that refer to it forbid the change",
            evidence={"referred_to_by": [child.label for child, _ in fixed]},
            fix=subject.sql.join(*replaced),
        )

    @staticmethod
    def _changes(name: str, table: Table) -> bool:
        return words(name)[-1:] != () and words(name)[-1] in _CHANGING and not _FIXED & set(stem(table.name))
