"""Row-level security by tenant: policies for reading and writing, forced for the owner too, safe where no tenant is set."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.integrity.lifecycle.base import Part, Statement, Target, joined
from dbdesign.integrity.lifecycle.postgresql.spelling import application, maintenance, setting
from dbdesign.integrity.lifecycle.tenants import registry, tenant_tables
from dbdesign.model.lifecycle import TenantIsolation
from dbdesign.model.schema import Table
from dbdesign.writers.base import Note

SECURITY_INVOKER = (15,)
"""CREATE VIEW … WITH (security_invoker): release notes of 15."""
POLICY = "tenant_isolation"


def part(target: Target) -> Part:
    """Policies, privileges, and what the program sends at the beginning of each transaction."""
    tenant = target.lifecycle.tenant
    assert tenant is not None  # noqa: S101 - composed only where it is wanted
    protected = list(protected_tables(target, tenant))
    sql = joined(
        *(_protect(target, table, column, tenant) for table, column in protected),
        *_views(target, tenant),
    )
    return Part(concern="tenant", sql=sql, statements=tuple(_statements(tenant)), notes=tuple(_notes(target, tenant)))


def protected_tables(target: Target, tenant: TenantIsolation) -> Iterator[tuple[Table, str]]:
    """Each table with the column that names its tenant; the table of the tenants has its key."""
    of_tenants = registry(target.schema, tenant)
    labels = set(tenant_tables(target.schema, tenant))
    for table in target.schema.tables:
        if table.label == of_tenants and table.primary_key and of_tenants not in tenant.shared:
            yield table, table.primary_key.columns[0]
        elif table.label in labels or (table.partition_of is not None and table.partition_of.label in labels):
            yield table, tenant.column


def current_tenant(table: Table, column: str, tenant: TenantIsolation) -> str:
    """The tenant that the session works for; computed once a statement, NULL (which is nobody) where none is set."""
    found = table.column(column)
    native = found.type.native if found is not None else "text"
    cast = "" if native in {"text", "character varying"} else f"::{native}"
    return f"(SELECT {setting(tenant.setting)}{cast})"


def _protect(target: Target, table: Table, column: str, tenant: TenantIsolation) -> str:
    name, jobs = target.table(table), maintenance(target)
    lines = [
        f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY;",
        f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY;",
    ]
    others = [policy for policy in table.policies if policy.permissive]
    if (
        table.partition_of is None
    ):  # a partition that is named directly shows nothing: its parent's policies do not hold there
        condition = f"{target.column(column)} = {current_tenant(table, column, tenant)}"
        restrictive = " AS RESTRICTIVE" if others else ""
        lines += [
            f"CREATE POLICY {POLICY} ON {name}{restrictive}\n  USING ({condition})\n  WITH CHECK ({condition});",
        ]
    if not others:
        lines.append(f"CREATE POLICY {POLICY}_jobs ON {name} TO {jobs} USING (true) WITH CHECK (true);")
    return "\n".join(lines)


def _views(target: Target, tenant: TenantIsolation) -> Iterator[str]:
    """A view reads with its caller's rights, so that the policies hold for him."""
    protected = {table.label for table, _ in protected_tables(target, tenant)}
    for view in target.schema.views:
        if not protected & set(view.depends_on):
            continue
        name = target.dialect.qualified(view.namespace, view.name)
        if view.materialized:
            yield f"REVOKE ALL ON {name} FROM PUBLIC, {application(target)};"
        elif target.at_least(*SECURITY_INVOKER):
            yield f"ALTER VIEW {name} SET (security_invoker = true);"
        if not view.materialized:
            yield f"GRANT SELECT ON {name} TO {application(target)}, {maintenance(target)};"


def _statements(tenant: TenantIsolation) -> Iterator[Statement]:
    yield Statement(
        concern="tenant",
        name="say for whom a transaction works",
        sql=f"BEGIN;\nSELECT set_config('{tenant.setting}', :tenant, true);",
        when="First in every transaction. The third argument makes it SET LOCAL, which ends with the transaction: a"
        " pooled connection"
        " (PgBouncer in transaction mode) then never carries a tenant over to the next request. Outside a"
        " transaction it has no effect,"
        " and nothing is seen.",
    )
    yield Statement(
        concern="tenant",
        name="tables with the tenant's column and no policy",
        sql="SELECT c.oid::regclass FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
        f" WHERE a.attname = '{tenant.column}' AND c.relkind IN ('r', 'p') AND NOT (c.relrowsecurity AND"
        " c.relforcerowsecurity)",
        when="In CI, after the migrations: it must return nothing.",
    )


def _notes(target: Target, tenant: TenantIsolation) -> Iterator[Note]:
    yield Note(
        object=tenant.setting,
        lost="the setting is the program's word: whoever may send SQL of his own may set it",
        instead=(
            "policies guard against forgotten conditions; against SQL injection, bind parameters, and a role a tenant"
            " where it must be"
        ),
    )
    yield Note(
        object=POLICY,
        lost=(
            "conditions with functions that are not leakproof (LIKE, most functions on text) are not used in an index"
            " before the policy"
        ),
        instead="every index begins with the tenant's column, so that the policy itself finds the rows",
    )
    protected = {table.label for table, _ in protected_tables(target, tenant)}
    for view in target.schema.views:
        if protected & set(view.depends_on):
            if view.materialized:
                yield Note(
                    object=view.label,
                    lost="row security does not hold for what a materialised view stores",
                    instead="taken from the program's role; a table with the tenant's column and a policy",
                )
            elif not target.at_least(*SECURITY_INVOKER):
                yield Note(
                    object=view.label,
                    lost="views read with their owner's rights before PostgreSQL 15",
                    instead=(
                        "the policies are forced for the owner too and read the caller's setting: it sees his tenant"
                    ),
                )
