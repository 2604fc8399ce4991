"""The rule foreign-key-to-nothing."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Engine, ForeignKey, Table
from dbdesign.rules.base import TableRule, on_constraint
from dbdesign.rules.subject import Subject


class ForeignKeyToNothing(TableRule):
    """A foreign key refers to a table, a column or a key that does not exist.

    ## What it does
    Reports foreign keys whose parent table is not in the schema, whose parent columns do not exist, or whose parent columns are
    not unique.

    ## Why is this bad?
    SQLite, and MySQL with `foreign_key_checks` off, accept such a declaration and fail when rows are written; elsewhere the script fails
    when it is run. A parent that is not unique leaves open which row is meant.

    ## Example
    ```sql
    CREATE TABLE booking (
        id INTEGER PRIMARY KEY,
        guest_id INTEGER NOT NULL REFERENCES guest (id)
    );
    CREATE INDEX booking_guest_id_idx ON booking (guest_id);
    ```

    ## Use instead
    ```sql
    CREATE TABLE guest (id INTEGER PRIMARY KEY, full_name TEXT NOT NULL);
    CREATE TABLE booking (
        id INTEGER PRIMARY KEY,
        guest_id INTEGER NOT NULL REFERENCES guest (id)
    );
    CREATE INDEX booking_guest_id_idx ON booking (guest_id);
    ```

    ## When it does not apply
    A script that holds only part of a database: allow the rule for the file.

    ## References
    - SQLite manual, [Required and Suggested Database Indexes](https://www.sqlite.org/foreignkeys.html#fk_indexes)
    - MySQL manual, [FOREIGN KEY Constraints](https://dev.mysql.com/doc/refman/8.4/en/create-table-foreign-keys.html)
    """

    severity = Severity.HIGH
    engines = (Engine.SQLITE, Engine.MYSQL, Engine.SQLSERVER, Engine.COCKROACHDB, Engine.TIDB, Engine.POSTGRESQL)

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """Every foreign key of the table that has no proper parent."""
        for key in table.foreign_keys:
            missing = self._missing(key, subject)
            if missing is not None:
                yield self.finding(
                    on_constraint(table, key),
                    f"({', '.join(key.columns)}) refers to {missing}, so that {_consequence(subject)}",
                    evidence={"references": key.references, "columns": list(key.referenced_columns)},
                    fix=self._fix(key, subject),
                )

    @staticmethod
    def _missing(key: ForeignKey, subject: Subject) -> str | None:
        parent = subject.schema.table_by_label.get(key.references)
        if parent is None:
            return f"{key.references}, which does not exist"
        absent = [name for name in key.referenced_columns if _column(parent, name, subject) is None]
        if absent:
            return f"{key.references}.{absent[0]}, which does not exist"
        return (
            None
            if _unique(parent, key)
            else f"({', '.join(key.referenced_columns)}) of {key.references}, which is not unique"
        )

    @staticmethod
    def _fix(key: ForeignKey, subject: Subject) -> str | None:
        parent = subject.schema.table_by_label.get(key.references)
        if parent is None or any(_column(parent, name, subject) is None for name in key.referenced_columns):
            return None
        return subject.sql.add_unique(parent, key.referenced_columns)


def _column(parent: Table, name: str, subject: Subject) -> object:
    if parent.column(name) or not subject.is_engine(Engine.SQLITE, Engine.MYSQL, Engine.TIDB, Engine.SQLSERVER):
        return parent.column(name)
    return next((one for one in parent.columns if one.name.lower() == name.lower()), None)


def _unique(parent: Table, key: ForeignKey) -> bool:
    wanted = {name.lower() for name in key.referenced_columns}
    keys = [parent.primary_key.columns] if parent.primary_key else []
    keys += [tuple(unique) for unique, _ in parent.unique_column_sets]
    return key.period or any({name.lower() for name in one} == wanted for one in keys)


def _consequence(subject: Subject) -> str:
    if subject.is_engine(Engine.SQLITE):
        return "with foreign keys on, writing to either table fails with a foreign key mismatch"
    return "the constraint cannot hold"
