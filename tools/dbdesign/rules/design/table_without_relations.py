"""The rule table-without-relations."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.rules.base import Rule
from dbdesign.rules.meaning import is_event_table
from dbdesign.rules.subject import Subject
from dbdesign.rules.words import stem, vocabulary

_ALONE = vocabulary(
    """setting settings config configuration migration migrations version schema cache session lock queue job log flag parameter
    calendar metadata staging import export outbox inbox sequence counter changelog databasechangelog databasechangeloglock"""
)
CONNECTED = 0.8
"""Share of tables with relations from which on a table without any is an exception."""
ENOUGH = 5


class TableWithoutRelations(Rule):
    """A table stands alone in a schema whose tables are otherwise connected.

    ## What it does
    In schemas of at least five tables of which at least four in five have foreign keys to or from them, reports those that have none.
    Settings, logs, queues and migration tables are left alone.

    ## Why is this bad?
    Either the references are there without being declared, so that nothing checks them, or the table is a leftover that nobody dares to
    drop.

    ## Example
    ```sql
    CREATE TABLE region (id bigint PRIMARY KEY, title text NOT NULL);
    CREATE TABLE farm (id bigint PRIMARY KEY, region_id bigint NOT NULL REFERENCES region (id));
    CREATE TABLE field (id bigint PRIMARY KEY, farm_id bigint NOT NULL REFERENCES farm (id));
    CREATE TABLE crop (id bigint PRIMARY KEY, field_id bigint NOT NULL REFERENCES field (id));
    CREATE TABLE harvest (id bigint PRIMARY KEY, crop_id bigint NOT NULL REFERENCES crop (id));
    CREATE TABLE weather (id bigint PRIMARY KEY, place text NOT NULL);
    ```

    ## Use instead
    ```sql
    CREATE TABLE region (id bigint PRIMARY KEY, title text NOT NULL);
    CREATE TABLE farm (id bigint PRIMARY KEY, region_id bigint NOT NULL REFERENCES region (id));
    CREATE TABLE field (id bigint PRIMARY KEY, farm_id bigint NOT NULL REFERENCES farm (id));
    CREATE TABLE crop (id bigint PRIMARY KEY, field_id bigint NOT NULL REFERENCES field (id));
    CREATE TABLE weather (id bigint PRIMARY KEY, region_id bigint NOT NULL REFERENCES region (id));
    CREATE INDEX farm_region_id_idx ON farm (region_id);
    CREATE INDEX field_farm_id_idx ON field (farm_id);
    CREATE INDEX crop_field_id_idx ON crop (field_id);
    CREATE INDEX weather_region_id_idx ON weather (region_id);
    ```

    ## References
    - PostgreSQL manual, [Foreign Keys](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK)
    """

    severity = Severity.INFO
    repeats = "{count} tables stand alone in a schema whose tables are otherwise connected"

    def check(self, subject: Subject) -> Iterator[Finding]:
        """Every table that stands alone."""
        relations = subject.relations
        alone = [
            table
            for table in subject.tables
            if not (relations.references_out(table.label) or relations.references_in(table.label) or table.inherits)
        ]
        total = len(subject.tables)
        if total < ENOUGH or not alone or len(alone) > total * (1 - CONNECTED):
            return
        parents = {label for table in subject.schema.tables for label in table.inherits}
        for table in alone:
            if (
                _ALONE & set(stem(table.name))
                or is_event_table(table)
                or table.label in parents
                or len(table.columns) == 1
            ):
                continue
            yield self.finding(
                table.label,
                f"{table.label} has no relation to any other table, though {total - len(alone)} of {total} tables have",
                evidence={"connected": total - len(alone), "tables": total},
            )
