"""The hazard rename-column."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.rewrites import backfill, follow
from dbdesign.migrations.check.subject import TIMEOUT, Subject, first_node, script
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding
from dbdesign.readers.postgresql.grammar_drafts import TableDraft
from dbdesign.readers.postgresql.libpg_query import pb
from dbdesign.readers.postgresql.names import make_object_name


class RenameColumn(Hazard):
    """Renaming a column breaks every running version of the application that knows the old name.

    ## What it does
    Reports RENAME COLUMN on a table that stood before the migration, unless the same transaction gives the old name to another column.

    ## Why is this bad?
    The statement itself is short, but between it and the last restart of the application one of the two fails: statements with the old name
    (42703), or those with the new one.

    ## Example
    ```sql
    CREATE TABLE person (id bigint PRIMARY KEY, surname text);
    -- migration
    SET lock_timeout = '2s';
    ALTER TABLE person RENAME COLUMN surname TO family_name;
    ```

    ## Use instead
    A second column that a trigger keeps alike, until no version uses the old one; or a view under the old table's name:
    ```sql
    CREATE TABLE person (id bigint PRIMARY KEY, surname text);
    -- migration
    SET lock_timeout = '2s';
    ALTER TABLE person ADD COLUMN family_name text;
    ```

    ## References
    - Martin Fowler, [Parallel Change](https://martinfowler.com/bliki/ParallelChange.html)
    """

    severity = Severity.HIGH

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """A column that loses its name."""
        node, table = subject.node, subject.table
        if not subject.is_a("RenameStmt") or node is None or node.rename_type != pb.OBJECT_COLUMN or table is None:
            return
        if node.subname not in table.columns or any(_takes(one, node.subname) for one in subject.transaction.later):
            return
        if any(_takes(one, node.subname, table) for one in subject.transaction.earlier):
            return
        yield self.finding(
            f"versions of the application that know {table.label}.{node.subname} fail from then on, those that know "
            f"{node.newname} until then",
            relation=table.label,
            safe=script(_both(subject, table, node.subname, node.newname)),
        )


def _takes(sql: str, name: str, table: TableDraft | None = None) -> bool:
    """Whether a statement gives a column's old name to another column; with a table, whether it took it from one before."""
    node = first_node(sql)
    if node is None or node.DESCRIPTOR.name != "RenameStmt" or node.rename_type != pb.OBJECT_COLUMN:
        return False
    return bool(node.newname == name) if table is None else bool(node.relation.relname == table.name[1])


def _both(subject: Subject, table: TableDraft, old: str, new: str) -> list[str]:
    column = table.columns[old]
    one, other = subject.quoted(old), subject.quoted(new)
    trigger = subject.free(table, make_object_name(table.name[1], new, "follow"))
    body = (
        f"IF TG_OP = 'INSERT' THEN NEW.{other} := coalesce(NEW.{other}, NEW.{one}); NEW.{one} := NEW.{other}; "
        f"ELSIF NEW.{other} IS DISTINCT FROM OLD.{other} THEN NEW.{one} := NEW.{other}; ELSE NEW.{other} := NEW.{one}; END IF;"
    )
    return [
        TIMEOUT,
        subject.alter(table, f"ADD COLUMN {other} {column.type.native}"),
        *follow(subject, table, trigger, body),
        backfill(subject, table, f"{other} = {one}", f"{other} IS NULL AND {one} IS NOT NULL"),
        f"-- once no version uses {old}: drop the trigger {trigger} and the column",
    ]
