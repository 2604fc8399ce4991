"""The rule view-bypasses-row-security."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Engine, View
from dbdesign.rules.base import Rule
from dbdesign.rules.subject import Subject


class ViewBypassesRowSecurity(Rule):
    """A view shows rows of a table with row security as its owner sees them.

    ## What it does
    Reports views without `security_invoker` over tables with row security, and materialised views over them.

    ## Why is this bad?
    A view reads with the rights of its owner, for whom row security usually does not apply: whoever may select from the view sees
    every tenant's rows, past all policies.

    ## Example
    ```sql
    CREATE TABLE salary_slip (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        employee text NOT NULL
    );
    ALTER TABLE salary_slip ENABLE ROW LEVEL SECURITY;
    CREATE POLICY own_slips ON salary_slip USING (employee = (SELECT current_user));
    CREATE VIEW slips AS SELECT id, employee FROM salary_slip;
    ```

    ## Use instead
    ```sql
    CREATE TABLE salary_slip (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        employee text NOT NULL
    );
    ALTER TABLE salary_slip ENABLE ROW LEVEL SECURITY;
    CREATE POLICY own_slips ON salary_slip USING (employee = (SELECT current_user));
    CREATE VIEW slips WITH (security_invoker = true) AS SELECT id, employee FROM salary_slip;
    ```

    ## References
    - PostgreSQL manual, [CREATE VIEW: security_invoker](https://www.postgresql.org/docs/current/sql-createview.html)
    - Supabase, [Database advisors: security definer view](https://supabase.com/docs/guides/database/database-advisors)
    """

    severity = Severity.HIGH
    engines = (Engine.POSTGRESQL,)

    def check(self, subject: Subject) -> Iterator[Finding]:
        """Every view that reads past row security."""
        protected = {table.label for table in subject.tables if table.row_security != "off"}
        for view in subject.schema.views:
            past = sorted(protected & set(view.depends_on))
            if not past or view.options.get("security_invoker", "").lower() in {"true", "on", "1", "yes"}:
                continue
            yield self.finding(
                view.label,
                f"{view.label} shows {', '.join(past)} with its owner's rights, past row security",
                evidence={"tables": past, "materialized": view.materialized},
                severity=Severity.MEDIUM if view.materialized else None,
                fix=self._fix(view, subject),
            )

    @staticmethod
    def _fix(view: View, subject: Subject) -> str | None:
        """From PostgreSQL 15 on; a materialised view has only grants to protect it."""
        if view.materialized or not subject.at_least(15):
            return None
        return f"ALTER VIEW {subject.dialect.qualified(view.namespace, view.name)} SET (security_invoker = true);"
