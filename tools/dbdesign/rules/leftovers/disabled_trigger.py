"""The rule disabled-trigger."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Engine, Table
from dbdesign.rules.base import TableRule, on_column
from dbdesign.rules.subject import Subject


class DisabledTrigger(TableRule):
    """A trigger is switched off.

    ## What it does
    Reports triggers that are disabled.

    ## Why is this bad?
    Someone switched it off for a load and forgot. The audit trail has a gap, the counter stands still, and nothing says so; whoever reads
    the schema believes that the trigger works.

    ## Example
    ```sql
    CREATE TABLE dossier (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, title text NOT NULL);
    CREATE FUNCTION keep_title() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.title := trim(NEW.title); RETURN NEW; END';
    CREATE TRIGGER dossier_title BEFORE INSERT ON dossier FOR EACH ROW EXECUTE FUNCTION keep_title();
    ALTER TABLE dossier DISABLE TRIGGER dossier_title;
    ```

    ## Use instead
    ```sql
    CREATE TABLE dossier (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, title text NOT NULL);
    CREATE FUNCTION keep_title() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.title := trim(NEW.title); RETURN NEW; END';
    CREATE TRIGGER dossier_title BEFORE INSERT ON dossier FOR EACH ROW EXECUTE FUNCTION keep_title();
    ```

    ## References
    - PostgreSQL manual, [ALTER TABLE: DISABLE TRIGGER](https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-DISABLE-ENABLE-TRIGGER)
    - SQL Server manual, [DISABLE TRIGGER](https://learn.microsoft.com/sql/t-sql/statements/disable-trigger-transact-sql)
    """

    severity = Severity.MEDIUM
    engines = (Engine.POSTGRESQL, Engine.SQLSERVER)

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """Every trigger that is off; one that fires on replicas only is meant to."""
        for trigger in table.triggers:
            if trigger.enabled.lower() not in {"disabled", "d"}:
                continue
            name = subject.sql.name(trigger.name)
            server = subject.is_engine(Engine.SQLSERVER)
            yield self.finding(
                on_column(table, trigger.name),
                f"the trigger {trigger.name} of {table.label} is switched off, so that what it keeps up is not kept up",
                evidence={"events": list(trigger.events)},
                fix=f"ENABLE TRIGGER {name} ON {subject.sql.table(table)};"
                if server
                else subject.sql.alter(table, f"ENABLE TRIGGER {name}"),
            )
