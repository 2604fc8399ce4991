"""The hazard unique."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dbdesign.migrations.check.rewrites import add_column, key_by_index, without
from dbdesign.migrations.check.subject import Subject
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding, LockMode
from dbdesign.readers.postgresql import grammar_nodes as nodes
from dbdesign.readers.postgresql.grammar_drafts import TableDraft
from dbdesign.readers.postgresql.libpg_query import pb


class Unique(Hazard):
    """A unique constraint stops reads and writes while its index is built.

    ## What it does
    Reports ADD UNIQUE without USING INDEX on a table that stood before the migration, also in the definition of a column that is added.

    ## Why is this bad?
    It holds ACCESS EXCLUSIVE while it reads and sorts all rows.

    ## Example
    ```sql
    CREATE TABLE account (id bigint PRIMARY KEY, email text NOT NULL);
    -- migration
    SET lock_timeout = '2s';
    ALTER TABLE account ADD CONSTRAINT account_email_key UNIQUE (email);
    ```

    ## Use instead
    ```sql
    CREATE TABLE account (id bigint PRIMARY KEY, email text NOT NULL);
    -- migration
    CREATE UNIQUE INDEX CONCURRENTLY account_email_key ON account (email);
    SET lock_timeout = '2s';
    ALTER TABLE account ADD CONSTRAINT account_email_key UNIQUE USING INDEX account_email_key;
    ```

    ## References
    - PostgreSQL manual, [ALTER TABLE: ADD table_constraint_using_index](https://www.postgresql.org/docs/current/sql-altertable.html)
    """

    severity = Severity.HIGH

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """Each unique constraint that builds its index."""
        table = subject.table
        if table is None:
            return
        for command, constraint in subject.constraints(pb.CONSTR_UNIQUE):
            if not constraint.indexname and not _is_only_attached_to(subject):
                steps = key_by_index(subject, table, constraint, nodes.strings(constraint.keys))
                yield self._found(subject, subject.instead_of(command, steps))
        for command, definition in subject.added_columns():
            unique = [one.constraint for one in definition.constraints if one.constraint.contype == pb.CONSTR_UNIQUE]
            if unique:
                yield self._found(subject, subject.instead_of(command, _apart(subject, table, definition, unique[0])))

    def _found(self, subject: Subject, safe: str | None) -> HazardFinding:
        table = subject.table
        assert table is not None  # noqa: S101 - the caller looked
        work = subject.work("index build", table)
        return self.blocking(
            subject, table.label, LockMode.ACCESS_EXCLUSIVE, "the constraint's index is built", work, safe=safe
        )


def _is_only_attached_to(subject: Subject) -> bool:
    """ALTER TABLE ONLY a partitioned table builds nothing: the partitions' indexes are attached to it."""
    table, node = subject.table, subject.node
    return table is not None and node is not None and table.partitioning is not None and not node.relation.inh


def _apart(subject: Subject, table: TableDraft, definition: Any, unique: Any) -> list[str]:
    """The column alone, and then its unique constraint."""
    column = add_column(subject, without(definition, pb.CONSTR_UNIQUE))
    return [column, *key_by_index(subject, table, unique, [definition.colname])]
