"""The rule inheritance-without-shared-keys."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Engine
from dbdesign.rules.base import Rule
from dbdesign.rules.subject import Subject


class InheritanceWithoutSharedKeys(Rule):
    """Tables inherit from one whose keys and references do not hold for them.

    ## What it does
    Reports tables with children by INHERITS whose primary key, unique keys or foreign keys the children lack; and children without any
    primary key.

    ## Why is this bad?
    Queries of the parent return the children's rows, but no key spans them: the same identifier can be in the parent and in every
    child, and foreign keys to the parent do not see the children's rows. Declarative partitions have keys over all of them.

    ## Example
    ```sql
    CREATE TABLE measure (id bigint PRIMARY KEY, taken_on date NOT NULL);
    CREATE TABLE measure_2025 (CHECK (taken_on >= '2025-01-01')) INHERITS (measure);
    ```

    ## Use instead
    ```sql
    CREATE TABLE measure (
        id bigint NOT NULL,
        taken_on date NOT NULL,
        PRIMARY KEY (id, taken_on)
    ) PARTITION BY RANGE (taken_on);
    CREATE TABLE measure_2025 PARTITION OF measure FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
    ```

    ## References
    - PostgreSQL manual, [Inheritance: Caveats](https://www.postgresql.org/docs/current/ddl-inherit.html#DDL-INHERIT-CAVEATS)
    - PostgreSQL manual, [Table Partitioning](https://www.postgresql.org/docs/current/ddl-partitioning.html)
    """

    severity = Severity.MEDIUM
    engines = (Engine.POSTGRESQL,)

    def check(self, subject: Subject) -> Iterator[Finding]:
        """Every parent whose keys its children lack."""
        children: dict[str, list[str]] = {}
        for table in subject.tables:
            for label in table.inherits:
                children.setdefault(label, []).append(table.label)
        for label, heirs in children.items():
            parent = subject.schema.table_by_label.get(label)
            if parent is None or not (parent.primary_key or parent.unique_keys or parent.foreign_keys):
                continue
            keyless = [one for one in heirs if subject.schema.table_by_label[one].primary_key is None]
            yield self.finding(
                label,
                f"the keys of {label} do not hold for the {len(heirs)} tables that inherit from it, so that identifiers repeat among them",
                evidence={"children": heirs, "children_without_primary_key": keyless},
            )
