"""The rule tenant-missing-from-foreign-key."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import ForeignKey, Table
from dbdesign.rules.base import TableRule, on_constraint
from dbdesign.rules.subject import Subject


class TenantMissingFromForeignKey(TableRule):
    """A reference between two tables of one tenant does not say that both rows are the same tenant's.

    ## What it does
    In schemas shared by tenants (a `tenant_id` in several tables), reports foreign keys between two tables that both have the
    tenant's column, when the key does not contain it.

    ## Why is this bad?
    Nothing keeps an order of one tenant from referring to the customer of another. The first wrong identifier in a request, or the
    first bug in an import, shows one customer's data to another.

    ## Example
    ```sql
    CREATE TABLE tenant (id bigint PRIMARY KEY, title text NOT NULL);
    CREATE TABLE client (
        tenant_id bigint NOT NULL REFERENCES tenant (id),
        id bigint PRIMARY KEY,
        full_name text NOT NULL
    );
    CREATE TABLE estimate (
        tenant_id bigint NOT NULL REFERENCES tenant (id),
        id bigint PRIMARY KEY,
        client_id bigint NOT NULL REFERENCES client (id)
    );
    CREATE INDEX client_tenant_id_idx ON client (tenant_id);
    CREATE INDEX estimate_tenant_id_idx ON estimate (tenant_id);
    CREATE INDEX estimate_client_id_idx ON estimate (client_id);
    ```

    ## Use instead
    ```sql
    CREATE TABLE tenant (id bigint PRIMARY KEY, title text NOT NULL);
    CREATE TABLE client (
        tenant_id bigint NOT NULL REFERENCES tenant (id),
        id bigint NOT NULL,
        full_name text NOT NULL,
        PRIMARY KEY (tenant_id, id)
    );
    CREATE TABLE estimate (
        tenant_id bigint NOT NULL REFERENCES tenant (id),
        id bigint NOT NULL,
        client_id bigint NOT NULL,
        PRIMARY KEY (tenant_id, id),
        FOREIGN KEY (tenant_id, client_id) REFERENCES client (tenant_id, id)
    );
    CREATE INDEX estimate_client_idx ON estimate (tenant_id, client_id);
    ```

    ## References
    - Azure architecture, [Multitenant storage and data](https://learn.microsoft.com/azure/architecture/guide/multitenant/approaches/storage-data)
    - PostgreSQL manual, [Foreign Keys](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK), on several columns
    """

    severity = Severity.MEDIUM
    repeats = (
        "{count} foreign keys do not contain the tenant, so that a row of one tenant can refer to a row of another"
    )

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """Every reference of this table that can leave its tenant."""
        tenant = subject.tenant_column
        if tenant is None or table.column(tenant) is None:
            return
        bound = [one for one in table.foreign_keys if tenant in one.columns and len(one.columns) > 1]
        for relation, parent in subject.parents(table):
            key = relation.foreign_key
            if parent.column(tenant) is None or tenant in key.columns or (parent is table and len(key.columns) > 1):
                continue
            if any(one.references == key.references and set(key.columns) < set(one.columns) for one in bound):
                continue
            yield self.finding(
                on_constraint(table, key),
                f"({', '.join(key.columns)}) does not contain {tenant}, so that a row of {table.label} can refer to another tenant's"
                f" {parent.label}",
                evidence={"tenant_column": tenant},
                fix=self._fix(key, tenant, table, parent, subject),
            )

    @staticmethod
    def _fix(key: ForeignKey, tenant: str, table: Table, parent: Table, subject: Subject) -> str | None:
        wide = key.model_copy(
            update={"columns": (tenant, *key.columns), "referenced_columns": (tenant, *key.referenced_columns)}
        )
        if key.on_delete in {"set null", "set default"}:
            if not subject.at_least(15):
                return None
            wide = wide.model_copy(update={"set_columns": key.columns})
        wanted = frozenset(wide.referenced_columns)
        has_key = any(unique == wanted for unique, _ in parent.unique_column_sets)
        add = None if has_key else subject.sql.add_unique(parent, wide.referenced_columns)
        replace = subject.sql.replace_foreign_key(table, key, wide)
        return replace if add is None or replace is None else f"{add}\n{replace}"
