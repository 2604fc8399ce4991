"""The rule column-repeats-parent."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.relations import Relation
from dbdesign.model.schema import Table
from dbdesign.rules.base import TableRule, on_column
from dbdesign.rules.meaning import is_bookkeeping_name
from dbdesign.rules.subject import Subject
from dbdesign.rules.words import stem, vocabulary

_ATTRIBUTES = vocabulary(
    """address location contact image photo picture file media attachment language currency country city place unit phone email
    timezone template category type status"""
)
"""What two rows may each have one of: a customer's address is not its shop's."""
_ACTORS = vocabulary("user staff employee member author person people agent operator actor admin reviewer")
"""Who acts on a row: whoever writes a comment is seldom who wrote the article."""


class ColumnRepeatsParent(TableRule):
    """A table repeats a reference that its mandatory parent has already, and nothing keeps the two equal.

    ## What it does
    Reports a reference (`customer_id`) of a table whose mandatory parent has a reference of the same name to the same table, unless a
    composite foreign key binds the two, or a key holds both, as in a junction table. Tenants, and who created or changed a row, are
    left alone.

    ## Why is this bad?
    The customer of a line follows from its order: the table is not in third normal form. When the order's customer is corrected
    and the line's is not, two reports name two customers.

    ## Example
    ```sql
    CREATE TABLE client (id bigint PRIMARY KEY, town text NOT NULL);
    CREATE TABLE matter (id bigint PRIMARY KEY, client_id bigint NOT NULL REFERENCES client (id));
    CREATE TABLE document (
        id bigint PRIMARY KEY,
        matter_id bigint NOT NULL REFERENCES matter (id),
        client_id bigint NOT NULL REFERENCES client (id)
    );
    CREATE INDEX matter_client_id_idx ON matter (client_id);
    CREATE INDEX document_client_id_idx ON document (client_id);
    CREATE INDEX document_matter_id_idx ON document (matter_id);
    ```

    ## Use instead
    ```sql
    CREATE TABLE client (id bigint PRIMARY KEY, town text NOT NULL);
    CREATE TABLE matter (id bigint PRIMARY KEY, client_id bigint NOT NULL REFERENCES client (id));
    CREATE TABLE document (
        id bigint PRIMARY KEY,
        matter_id bigint NOT NULL REFERENCES matter (id)
    );
    CREATE INDEX matter_client_id_idx ON matter (client_id);
    CREATE INDEX document_matter_id_idx ON document (matter_id);
    ```

    ## When it does not apply
    Where the two may differ on purpose (who ordered and who pays), give them different names. Where the copy is there for speed, bind it:
    a unique key over both columns of the parent and a foreign key to it, as the fix does.

    ## References
    - PostgreSQL manual, [Foreign Keys](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK)
    - Microsoft, [Description of normalization: third normal form](https://learn.microsoft.com/office/troubleshoot/access/database-normalization-description)
    """

    severity = Severity.LOW
    repeats = "{count} references repeat one that the mandatory parent has, and nothing keeps the two equal"

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """Every reference that can be followed through a parent as well."""
        if table.inherits:
            return
        direct = {
            (one.foreign_key.columns[0], one.parent): one
            for one in subject.relations.references_out(table.label)
            if len(one.foreign_key.columns) == 1
        }
        reported: set[str] = set()
        for relation, parent in subject.parents(table):
            if relation.parent_optional or parent is table:
                continue
            for above in subject.relations.references_out(parent.label):
                name = above.foreign_key.columns[0]
                if (name, above.parent) not in direct or len(above.foreign_key.columns) != 1 or name in reported:
                    continue
                if self._is_meant(name, relation, above, table, subject):
                    continue
                reported.add(name)
                yield self.finding(
                    on_column(table, name),
                    f"{on_column(table, name)} repeats {on_column(parent, name)}, which {table.label} has through"
                    f" {', '.join(relation.foreign_key.columns)}, and nothing keeps the two equal",
                    evidence={"parent": parent.label, "refers_to": above.parent},
                    fix=_bind(name, relation, table, parent, subject),
                )

    @staticmethod
    def _is_meant(name: str, relation: Relation, above: Relation, table: Table, subject: Subject) -> bool:
        if (
            name == subject.tenant_column
            or is_bookkeeping_name(name)
            or name.endswith("_by")
            or name in relation.foreign_key.columns
        ):
            return True
        target = subject.schema.table_by_label[above.parent]
        if (_ATTRIBUTES | _ACTORS) & set(stem(target.name)[-1:]):
            return True
        if above.parent in {table.label, relation.parent} or subject.is_lookup(target):
            return True
        wanted = {name, *relation.foreign_key.columns}
        keys = (*((table.primary_key,) if table.primary_key else ()), *table.unique_keys)
        if any(wanted <= set(key.columns) for key in keys):
            return True  # many-to-many: several of them go with one parent, which names but one
        return any(wanted <= set(key.columns) and key.references == relation.parent for key in table.foreign_keys)


def _bind(name: str, relation: Relation, table: Table, parent: Table, subject: Subject) -> str | None:
    """A composite foreign key in place of the one to the parent."""
    key = relation.foreign_key
    wide = key.model_copy(
        update={"columns": (*key.columns, name), "referenced_columns": (*key.referenced_columns, name)}
    )
    wanted = frozenset(wide.referenced_columns)
    has_key = any(unique == wanted for unique, _ in parent.unique_column_sets)
    add = "" if has_key else f"{subject.sql.add_unique(parent, wide.referenced_columns)}\n"
    replace = subject.sql.replace_foreign_key(table, key, wide)
    return f"{add}{replace}" if replace else None
