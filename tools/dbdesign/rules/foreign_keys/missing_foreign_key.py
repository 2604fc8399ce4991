"""The rule missing-foreign-key."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Column, ForeignKey, Table
from dbdesign.rules.base import TableRule, on_column
from dbdesign.rules.foreign_keys.foreign_key_type_mismatch import compare
from dbdesign.rules.subject import Subject
from dbdesign.rules.words import stem, vocabulary, words

_FAR = vocabulary("external remote foreign stripe google facebook github legacy old original session")


class MissingForeignKey(TableRule):
    """A column is named and typed as a reference to a table of the schema, and is none.

    ## What it does
    Reports columns such as `customer_id` where a table `customer` or `customers` of the same namespace (or the only one of that name)
    has a primary key of one column of the same type, and the column is in no foreign key.

    ## Why is this bad?
    Nothing keeps the referenced row from being deleted, so that joins lose rows and reports disagree. Planners and tools do not know of
    the relation either.

    ## Example
    ```sql
    CREATE TABLE supplier (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, city text NOT NULL);
    CREATE TABLE delivery (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        supplier_id bigint NOT NULL
    );
    CREATE INDEX delivery_supplier_id_idx ON delivery (supplier_id);
    ```

    ## Use instead
    ```sql
    CREATE TABLE supplier (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, city text NOT NULL);
    CREATE TABLE delivery (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        supplier_id bigint NOT NULL REFERENCES supplier (id)
    );
    CREATE INDEX delivery_supplier_id_idx ON delivery (supplier_id);
    ```

    ## When it does not apply
    References kept on purpose without a constraint: to rows in another service, in append-only logs that outlive what they mention
    (not reported), or across shards. Allow the rule there and say so in a comment on the column.

    ## References
    - PostgreSQL manual, [Foreign Keys](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK)
    - MySQL manual, [FOREIGN KEY Constraints](https://dev.mysql.com/doc/refman/8.4/en/create-table-foreign-keys.html)
    """

    severity = Severity.MEDIUM
    repeats = (
        "{count} columns are named and typed as references, but no foreign key keeps their parents from disappearing"
    )

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """Every column that should be a foreign key."""
        if {"log", "history", "audit", "archive", "event", "staging", "import", "tmp", "snapshot"} & set(
            stem(table.name)
        ):
            return
        taken = subject.foreign_columns(table)
        for column in table.columns:
            if column.name in taken or column.name in table.inherited or column.generated is not None:
                continue
            parent = referenced_table(column, table, subject)
            if parent is None or parent.primary_key is None:
                continue
            key = ForeignKey(
                columns=(column.name,),
                referenced_namespace=parent.namespace,
                referenced_table=parent.name,
                referenced_columns=parent.primary_key.columns,
            )
            yield self.finding(
                on_column(table, column),
                f"{on_column(table, column)} is named as a reference to {parent.label}, but nothing keeps the {parent.name} row from"
                " disappearing",
                severity=Severity.LOW if _without_constraints(subject) else None,
                evidence={"parent": parent.label, "type": column.type.native},
                fix=subject.sql.add_foreign_key(table, key),
            )


def _without_constraints(subject: Subject) -> bool:
    """Whether the schema does without foreign keys by and large, which is then a decision and not an oversight."""
    return len(subject.relations.all) < len(subject.tables) / 3


def referenced_table(column: Column, table: Table, subject: Subject) -> Table | None:
    """The table that the column's name means: `customer_id` → customer, customers, `sales_customers` if it is the only one."""
    parts = words(column.name)
    if len(parts) < 2 or parts[-1] != "id" or _FAR & set(parts):
        return None
    name = stem("_".join(parts[:-1]))
    found = [one for one in subject.tables_by_stem.get(name, ()) if _fits(column, table, one, subject)]
    near = [one for one in found if one.namespace == table.namespace]
    if len(near) == 1:
        return near[0]
    return found[0] if len(found) == 1 and not near else None


def _fits(column: Column, table: Table, parent: Table, subject: Subject) -> bool:
    key = parent.primary_key
    if key is None or len(key.columns) != 1 or (parent is table and key.columns[0] == column.name):
        return False
    own = table.primary_key.columns if table.primary_key else ()
    if own == (column.name,) and key.columns[0] == column.name and _is_parent_of(table, parent, subject):
        return False
    theirs = parent.column(key.columns[0])
    return theirs is not None and compare(subject.type_of(column), subject.type_of(theirs)) is None


def _is_parent_of(table: Table, child: Table, subject: Subject) -> bool:
    return any(one.parent == table.label for one in subject.relations.references_out(child.label))
