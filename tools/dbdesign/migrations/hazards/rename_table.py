"""The hazard rename-table."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.subject import Subject, first_node, script
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding
from dbdesign.readers.postgresql.libpg_query import pb


class RenameTable(Hazard):
    """Renaming a table breaks every running version of the application that knows the old name.

    ## What it does
    Reports ALTER TABLE … RENAME TO, and SET SCHEMA, of a table that stood before the migration, unless the same transaction puts a view or
    another table in its place.

    ## Why is this bad?
    Statements with the old name fail (42P01) until every instance of the application is restarted.

    ## Example
    ```sql
    CREATE TABLE client (id bigint PRIMARY KEY);
    -- migration
    SET lock_timeout = '2s';
    ALTER TABLE client RENAME TO customer;
    ```

    ## Use instead
    A view under the old name takes INSERT with ON CONFLICT, UPDATE, DELETE, FOR UPDATE and RETURNING; TRUNCATE and new foreign keys to it
    fail.
    ```sql
    CREATE TABLE client (id bigint PRIMARY KEY);
    -- migration
    BEGIN;
    SET LOCAL lock_timeout = '2s';
    ALTER TABLE client RENAME TO customer;
    CREATE VIEW client WITH (security_invoker = true) AS SELECT * FROM customer;
    COMMIT;
    ```

    ## References
    - PostgreSQL manual, [Updatable Views](https://www.postgresql.org/docs/current/sql-createview.html#SQL-CREATEVIEW-UPDATABLE-VIEWS)
    """

    severity = Severity.HIGH

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """A table that loses its name."""
        node, table = subject.node, subject.table
        renamed = subject.is_a("RenameStmt") and node is not None and node.rename_type == pb.OBJECT_TABLE
        moved = subject.is_a("AlterObjectSchemaStmt") and node is not None and node.object_type == pb.OBJECT_TABLE
        if not (renamed or moved) or node is None or table is None:
            return
        if any(_takes(one, table.name[1]) for one in subject.transaction.later):
            return
        after = (table.name[0], node.newname) if renamed else (node.newschema, table.name[1])
        options = " WITH (security_invoker = true)" if subject.version >= 15 else ""
        yield self.finding(
            f"versions of the application that know {table.label} fail from then on, those that know the new name until then",
            relation=table.label,
            safe=script(
                [
                    "BEGIN",
                    "SET LOCAL lock_timeout = '2s'",
                    subject.sql.strip(),
                    f"CREATE VIEW {subject.name(table)}{options} AS SELECT * FROM {subject.qualified(*after)}",
                    "COMMIT",
                ]
            ),
        )


def _takes(sql: str, name: str) -> bool:
    """Whether a statement makes a relation of that name."""
    node = first_node(sql)
    if node is None:
        return False
    kind = node.DESCRIPTOR.name
    if kind == "ViewStmt":
        return bool(node.view.relname == name)
    if kind == "CreateStmt":
        return bool(node.relation.relname == name)
    return kind == "RenameStmt" and bool(node.newname == name)
