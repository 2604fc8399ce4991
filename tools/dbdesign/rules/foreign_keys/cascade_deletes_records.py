"""The rule cascade-deletes-records."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Table
from dbdesign.rules.base import TableRule, on_constraint
from dbdesign.rules.meaning import is_person_table
from dbdesign.rules.subject import Subject
from dbdesign.rules.words import stem, vocabulary

_RECORDS = vocabulary("invoice payment order transaction ledger refund payout receipt journal posting")
_AUDIT = vocabulary("audit ledger")
_DRAFTS = vocabulary("cart draft intent method request sort queue")


class CascadeDeletesRecords(TableRule):
    """Deleting a person or an account deletes the business records that name them.

    ## What it does
    Reports foreign keys ON DELETE CASCADE from records of business (invoices, payments, orders, ledgers, audit trails) to users,
    customers or accounts.

    ## Why is this bad?
    One DELETE of a customer takes with it the invoices that the law wants kept for years and the trail that says who did it. No
    statement warns, and revenue of past months changes.

    ## Example
    ```sql
    CREATE TABLE customer (id bigint PRIMARY KEY, full_name text NOT NULL);
    CREATE TABLE invoice (
        id bigint PRIMARY KEY,
        customer_id bigint NOT NULL REFERENCES customer (id) ON DELETE CASCADE
    );
    CREATE INDEX invoice_customer_id_idx ON invoice (customer_id);
    ```

    ## Use instead
    ```sql
    CREATE TABLE customer (id bigint PRIMARY KEY, full_name text NOT NULL);
    CREATE TABLE invoice (
        id bigint PRIMARY KEY,
        customer_id bigint NOT NULL REFERENCES customer (id) ON DELETE RESTRICT
    );
    CREATE INDEX invoice_customer_id_idx ON invoice (customer_id);
    ```

    ## References
    - PostgreSQL manual, [Foreign Keys](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK)
    """

    severity = Severity.MEDIUM
    repeats = (
        "{count} foreign keys let the deletion of a person or an account silently delete records that are to be kept"
    )

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """Every cascade from a person to this table, if its rows are records."""
        name = stem(table.name)
        is_record = (name[-1:] != () and name[-1] in _RECORDS) or bool(_AUDIT & set(name))
        if not is_record or _DRAFTS & set(name):
            return
        for relation, parent in subject.parents(table):
            key = relation.foreign_key
            if key.on_delete != "cascade" or not is_person_table(parent):
                continue
            kept = key.model_copy(update={"on_delete": "set null" if relation.parent_optional else "restrict"})
            yield self.finding(
                on_constraint(table, key),
                f"deleting a row of {parent.label} silently deletes its rows of {table.label}, which are records to be kept",
                evidence={"parent": parent.label, "on_delete": key.on_delete},
                fix=subject.sql.replace_foreign_key(table, key, kept),
            )
