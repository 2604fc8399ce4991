"""The rule cascade-stopped-below."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Engine, ForeignKey, Table
from dbdesign.rules.base import TableRule, on_constraint
from dbdesign.rules.subject import Subject


class CascadeStoppedBelow(TableRule):
    """A deletion cascades to a table whose own children refuse it, by default rather than by decision.

    ## What it does
    Reports foreign keys with no ON DELETE action whose parent is itself deleted by cascade: grandparent → parent cascades, parent →
    child says nothing. RESTRICT, written out, is taken as a decision and not reported, where the engine keeps it apart from
    NO ACTION; nor is a child that the same deletion removes by another path. The fix writes RESTRICT out, which keeps every row; CASCADE
    is the other decision, where the children are worthless without their parent.

    ## Why is this bad?
    Deleting the grandparent works in tests and fails in production with the first child row: the cascade promises what the next key
    refuses.

    ## Example
    ```sql
    CREATE TABLE workspace (id bigint PRIMARY KEY, title text NOT NULL);
    CREATE TABLE board (
        id bigint PRIMARY KEY,
        workspace_id bigint NOT NULL REFERENCES workspace (id) ON DELETE CASCADE
    );
    CREATE TABLE card (
        id bigint PRIMARY KEY,
        board_id bigint NOT NULL REFERENCES board (id)
    );
    CREATE INDEX board_workspace_id_idx ON board (workspace_id);
    CREATE INDEX card_board_id_idx ON card (board_id);
    ```

    ## Use instead
    ```sql
    CREATE TABLE workspace (id bigint PRIMARY KEY, title text NOT NULL);
    CREATE TABLE board (
        id bigint PRIMARY KEY,
        workspace_id bigint NOT NULL REFERENCES workspace (id) ON DELETE CASCADE
    );
    CREATE TABLE card (
        id bigint PRIMARY KEY,
        board_id bigint NOT NULL REFERENCES board (id) ON DELETE RESTRICT
    );
    CREATE INDEX board_workspace_id_idx ON board (workspace_id);
    CREATE INDEX card_board_id_idx ON card (board_id);
    ```

    ## References
    - PostgreSQL manual, [Foreign Keys](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK)
    - MySQL manual, [FOREIGN KEY Constraints](https://dev.mysql.com/doc/refman/8.4/en/create-table-foreign-keys.html)
    """

    severity = Severity.LOW
    repeats = (
        "{count} foreign keys say nothing of deletion below a cascade, so that the cascade fails at their first row"
    )

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """Every reference of this table that stops a cascade from above."""
        for relation, parent in subject.parents(table):
            key = relation.foreign_key
            if key.on_delete != "no action" or parent is table:
                continue
            above = [
                one.parent
                for one in subject.relations.references_out(parent.label)
                if one.foreign_key.on_delete == "cascade"
            ]
            above = [
                one for one in above if one not in {parent.label, table.label} and not _removes(one, table, subject)
            ]
            if not above:
                continue
            yield self.finding(
                on_constraint(table, key),
                f"deleting a row of {above[0]} cascades to {parent.label} and fails there as soon as {table.label} refers to it",
                evidence={"cascade_from": above, "parent": parent.label, "on_delete": key.on_delete},
                fix=self._fix(table, key, subject),
            )

    @staticmethod
    def _fix(table: Table, key: ForeignKey, subject: Subject) -> str | None:
        """The decision that keeps every row; none where the engine does not tell RESTRICT from NO ACTION: CASCADE loses data."""
        if subject.is_engine(Engine.MYSQL, Engine.TIDB, Engine.SQLSERVER):
            return None
        return subject.sql.replace_foreign_key(table, key, key.model_copy(update={"on_delete": "restrict"}))


def _removes(ancestor: str, table: Table, subject: Subject) -> bool:
    """Whether deleting a row of the ancestor deletes rows of the table by a cascade of its own."""
    return any(
        one.parent == ancestor and one.foreign_key.on_delete == "cascade"
        for one in subject.relations.references_out(table.label)
    )
