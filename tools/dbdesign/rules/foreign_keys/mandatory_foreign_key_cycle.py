"""The rule mandatory-foreign-key-cycle."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.relations import Relation, strongly_connected
from dbdesign.model.schema import Engine
from dbdesign.rules.base import Rule, on_constraint
from dbdesign.rules.subject import Subject


class MandatoryForeignKeyCycle(Rule):
    """Tables refer to each other in a circle in which every reference is mandatory and checked at once.

    ## What it does
    Reports circles of foreign keys of which none is nullable and none can be deferred. Circles with an optional or a
    deferrable reference can be written and are not reported.

    ## Why is this bad?
    No first row can be inserted into any of the tables: each needs a row of the next one to exist.

    ## Example
    ```sql
    CREATE TABLE department (
        id bigint PRIMARY KEY,
        head_id bigint NOT NULL
    );
    CREATE TABLE professor (
        id bigint PRIMARY KEY,
        department_id bigint NOT NULL REFERENCES department (id)
    );
    ALTER TABLE department ADD CONSTRAINT department_head_fkey FOREIGN KEY (head_id) REFERENCES professor (id);
    CREATE INDEX professor_department_id_idx ON professor (department_id);
    CREATE INDEX department_head_id_idx ON department (head_id);
    ```

    ## Use instead
    ```sql
    CREATE TABLE department (
        id bigint PRIMARY KEY,
        head_id bigint NOT NULL
    );
    CREATE TABLE professor (
        id bigint PRIMARY KEY,
        department_id bigint NOT NULL REFERENCES department (id)
    );
    ALTER TABLE department ADD CONSTRAINT department_head_fkey FOREIGN KEY (head_id) REFERENCES professor (id)
        DEFERRABLE INITIALLY DEFERRED;
    CREATE INDEX professor_department_id_idx ON professor (department_id);
    CREATE INDEX department_head_id_idx ON department (head_id);
    ```

    ## References
    - PostgreSQL manual, [SET CONSTRAINTS](https://www.postgresql.org/docs/current/sql-set-constraints.html)
    - SQLite manual, [Deferred Foreign Key Constraints](https://www.sqlite.org/foreignkeys.html#fk_deferred)
    """

    severity = Severity.HIGH

    def check(self, subject: Subject) -> Iterator[Finding]:
        """Every circle of mandatory references that are checked at once."""
        binding = [one for one in subject.relations.all if self._binds(one)]
        graph: dict[str, list[str]] = {table.label: [] for table in subject.schema.tables}
        for relation in binding:
            graph[relation.child].append(relation.parent)
        for group in strongly_connected(graph):
            if len(group) < 2:
                continue
            members = sorted(group, key=subject.label_order)
            inside = [one for one in binding if one.child in group and one.parent in group]
            yield self._report(members, min(inside, key=lambda one: _ease(one, subject)), subject)

    @staticmethod
    def _binds(relation: Relation) -> bool:
        key = relation.foreign_key
        return relation.child != relation.parent and not (relation.parent_optional or key.deferrable) and key.enforced

    def _report(self, members: list[str], relation: Relation, subject: Subject) -> Finding:
        table, key = subject.schema.table_by_label[relation.child], relation.foreign_key
        column = table.column(key.columns[0])
        if subject.is_engine(Engine.POSTGRESQL) and key.name:
            fix: str | None = subject.sql.alter(
                table, f"ALTER CONSTRAINT {subject.sql.name(key.name)} DEFERRABLE INITIALLY DEFERRED"
            )
        else:
            in_key = table.primary_key is not None and key.columns[0] in table.primary_key.columns
            fix = subject.sql.set_nullable(table, column, True) if column and not in_key else None
        return self.finding(
            on_constraint(table, key),
            f"{', '.join(members)} refer to each other in a circle of mandatory references, so that no first row can be inserted",
            evidence={"tables": members},
            fix=fix,
        )


def _ease(relation: Relation, subject: Subject) -> tuple[bool, int]:
    """Which reference of a circle to loosen: one outside the primary key, which is never NULL; else the first."""
    primary = subject.schema.table_by_label[relation.child].primary_key
    in_key = primary is not None and bool(set(primary.columns) & set(relation.foreign_key.columns))
    return in_key, subject.label_order(relation.child)
