"""The hazard mass-update."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dbdesign.migrations.check.batches import in_batches, walked_key
from dbdesign.migrations.check.subject import Subject, script
from dbdesign.migrations.hazards.base import Hazard, for_how_long, graded
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding, LockMode
from dbdesign.readers.postgresql import grammar_nodes as nodes
from dbdesign.readers.postgresql.grammar_drafts import TableDraft


class MassUpdate(Hazard):
    """UPDATE or DELETE goes over a whole table in one transaction.

    ## What it does
    Reports UPDATE and DELETE of a table that stood before the migration without a condition on a key.

    ## Why is this bad?
    Every changed row stays locked until the end: writers of the same rows wait for the whole run. The table grows by as many dead rows,
    nothing is vacuumed meanwhile, and replicas fall behind.

    ## Example
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY, state text);
    -- migration
    UPDATE orders SET state = 'new' WHERE state IS NULL;
    ```

    ## Use instead
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY, state text);
    -- migration
    DO $$
    DECLARE
      after orders.id%TYPE := 0;
      upto orders.id%TYPE;
    BEGIN
      LOOP
        SELECT max(b.id) INTO upto FROM (SELECT id FROM orders WHERE id > after ORDER BY id LIMIT 1000) AS b;
        EXIT WHEN upto IS NULL;
        UPDATE orders SET state = 'new' WHERE id > after AND id <= upto AND state IS NULL;
        COMMIT;
        after := upto;
      END LOOP;
    END
    $$;
    ```

    ## References
    - PostgreSQL manual, [Routine Vacuuming](https://www.postgresql.org/docs/current/routine-vacuuming.html)
    """

    severity = Severity.LOW

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """A statement over all rows."""
        node, table = subject.node, subject.table
        if not subject.is_a("UpdateStmt", "DeleteStmt") or node is None or table is None:
            return
        if not any(one.label in subject.trace.scans for one in subject.state.family(table)):
            return
        duration = subject.durations.total(subject.durations.of_work(*one) for one in subject.work("update", table))
        severity = graded(LockMode.SHARE, duration, self.severity)
        yield self.finding(
            f"all rows of {table.label} are changed in one transaction, each locked to its end: writers of the same rows wait "
            f"{for_how_long(duration)}",
            relation=table.label,
            severity=Severity.MEDIUM if severity is Severity.HIGH and subject.is_a("DeleteStmt") else severity,
            safe=_batched(subject, table),
        )


def _batched(subject: Subject, table: TableDraft) -> str | None:
    node = subject.node
    assert node is not None  # noqa: S101 - the caller looked
    joined = len(node.from_clause) if subject.is_a("UpdateStmt") else len(node.using_clause)
    if joined or node.HasField("with_clause") or node.relation.HasField("alias") or subject.state.children(table):
        return None
    condition = f"({nodes.expression(node.where_clause)})" if node.HasField("where_clause") else "true"
    bare = subject.changed(_without_condition)
    if subject.is_a("DeleteStmt"):
        return script([in_batches(subject, table, bare, condition)])
    changed = _assigned(node)
    if changed & _read(node) and not walked_key(table, changed):
        return None  # without a key a row could be met twice
    return script([in_batches(subject, table, bare, condition, changed=changed)])


def _assigned(node: Any) -> set[str]:
    return {one.res_target.name for one in node.target_list}


def _read(node: Any) -> set[str]:
    """The columns that an UPDATE's values are made of; all that it assigns where a query makes them."""
    values = [one.res_target.val for one in node.target_list]
    if any(one.WhichOneof("node") == "multi_assign_ref" for one in values):
        return _assigned(node)
    return {column for one in values for column in nodes.columns_in(one)}


def _without_condition(copy: Any) -> None:
    copy.ClearField("where_clause")
    for name in ("returning_list", "returning_clause"):
        if name in copy.DESCRIPTOR.fields_by_name:
            copy.ClearField(name)
