"""The rule unique-key-implied-by-another."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Index, Key, Table
from dbdesign.rules.base import TableRule, on_constraint
from dbdesign.rules.subject import Subject
from dbdesign.rules.uniqueness import unique_over_columns


class UniqueKeyImpliedByAnother(TableRule):
    """A unique key contains another unique key, and so forbids nothing more.

    ## What it does
    Reports unique keys whose columns include all columns of the primary key or of a narrower unique key, unless a foreign key refers to
    exactly these columns.

    ## Why is this bad?
    If `id` is unique, so is every pair with it: the wider key can reject no row. It costs an index on every write, and usually stands
    where another rule was meant.

    ## Example
    ```sql
    CREATE TABLE badge (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        holder text NOT NULL,
        CONSTRAINT badge_id_holder_key UNIQUE (id, holder)
    );
    ```

    ## Use instead
    ```sql
    CREATE TABLE badge (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        holder text NOT NULL UNIQUE
    );
    ```

    ## When it does not apply
    A composite foreign key needs a unique key over exactly the columns that it refers to, so that keys with a referring foreign
    key are not reported.

    ## References
    - PostgreSQL manual, [Unique Constraints](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-UNIQUE-CONSTRAINTS)
    """

    severity = Severity.LOW
    repeats = "{count} unique keys forbid nothing, since a part of each is unique by itself"

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """Every unique key with a narrower one inside."""
        targets = {
            frozenset(one.foreign_key.referenced_columns) for one in subject.relations.references_in(table.label)
        }
        for key in unique_over_columns(table):
            narrower = _inside(key, table)
            if narrower is None or frozenset(key.columns) in targets or key.include:
                continue
            yield self.finding(
                on_constraint(table, key),
                f"({', '.join(key.columns)}) forbids nothing, since ({', '.join(sorted(narrower))}) is unique by itself",
                evidence={"columns": list(key.columns), "implied_by": sorted(narrower)},
                fix=subject.sql.drop_unique(table, key),
            )


def _inside(key: Key | Index, table: Table) -> frozenset[str] | None:
    own = frozenset(key.columns)
    return next((one for one in table.candidate_keys if one < own), None)
