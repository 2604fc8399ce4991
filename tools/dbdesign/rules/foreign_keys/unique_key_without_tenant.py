"""The rule unique-key-without-tenant."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Engine, Index, Key, Table
from dbdesign.rules.base import TableRule, on_constraint
from dbdesign.rules.subject import Subject
from dbdesign.rules.words import vocabulary, words

_CHOSEN = vocabulary("name code slug sku number no title label reference")
_GLOBAL = vocabulary("domain subdomain host hostname email username login token key uuid external")


class UniqueKeyWithoutTenant(TableRule):
    """Values that each tenant chooses for itself must be unique over all tenants.

    ## What it does
    In schemas shared by tenants, reports unique keys over names, codes, slugs and numbers in tables with the tenant's column, when the
    key does not contain it. Logins, domains and tokens, which are meant to be unique everywhere, are left alone.

    ## Why is this bad?
    The second tenant to have a project "website" gets an error about a row that it cannot see, and learns from it what others have.

    ## Example
    ```sql
    CREATE TABLE tenant (id bigint PRIMARY KEY, title text NOT NULL);
    CREATE TABLE product (
        tenant_id bigint NOT NULL REFERENCES tenant (id),
        id bigint PRIMARY KEY,
        sku text NOT NULL UNIQUE
    );
    CREATE TABLE price_list (tenant_id bigint NOT NULL REFERENCES tenant (id), id bigint PRIMARY KEY);
    CREATE INDEX product_tenant_id_idx ON product (tenant_id);
    CREATE INDEX price_list_tenant_id_idx ON price_list (tenant_id);
    ```

    ## Use instead
    ```sql
    CREATE TABLE tenant (id bigint PRIMARY KEY, title text NOT NULL);
    CREATE TABLE product (
        tenant_id bigint NOT NULL REFERENCES tenant (id),
        id bigint PRIMARY KEY,
        sku text NOT NULL,
        UNIQUE (tenant_id, sku)
    );
    CREATE TABLE price_list (tenant_id bigint NOT NULL REFERENCES tenant (id), id bigint PRIMARY KEY);
    CREATE INDEX price_list_tenant_id_idx ON price_list (tenant_id);
    ```

    ## References
    - Azure architecture, [Multitenant storage and data](https://learn.microsoft.com/azure/architecture/guide/multitenant/approaches/storage-data)
    """

    severity = Severity.MEDIUM

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """Every unique key of chosen values that spans tenants."""
        tenant = subject.tenant_column
        if tenant is None or table.column(tenant) is None:
            return
        keys: list[Key | Index] = list(table.unique_keys)
        keys += [one for one in table.indexes if one.unique and len(one.columns) == len(one.keys)]
        for key in keys:
            if tenant in key.columns or not self._is_chosen(key, table):
                continue
            columns = (tenant, *key.columns)
            drop = subject.sql.drop_unique(table, key)
            if (isinstance(key, Index) and not subject.is_engine(Engine.SQLITE)) or key.name:
                add = subject.sql.create_index(table, columns, unique=True, where=getattr(key, "where", None))
            else:
                add = subject.sql.add_unique(table, columns)
            yield self.finding(
                on_constraint(table, key),
                f"({', '.join(key.columns)}) is unique over all tenants, so that one tenant's choice is refused because of another's",
                evidence={"tenant_column": tenant, "columns": list(key.columns)},
                fix=None if subject.is_referred_to(table, key.columns) else subject.sql.join(drop, add),
            )

    @staticmethod
    def _is_chosen(key: Key | Index, table: Table) -> bool:
        """Whether the key is over chosen values alone: a key with a reference is bound to a tenant through it."""
        linking = {name for one in table.foreign_keys for name in one.columns}
        if not key.columns or linking & set(key.columns):
            return False
        parts = {word for name in key.columns for word in words(name)}
        return any(words(name)[-1:] and words(name)[-1] in _CHOSEN for name in key.columns) and not parts & _GLOBAL
