"""The rule junction-without-unique-key."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Table
from dbdesign.rules.base import TableRule
from dbdesign.rules.meaning import payload
from dbdesign.rules.subject import Subject


class JunctionWithoutUniqueKey(TableRule):
    """A junction table lets the same two rows be linked twice.

    ## What it does
    Reports tables that do nothing but link two parents (two foreign keys, at most a surrogate key and bookkeeping columns beside
    them) and have no unique key over the two references.

    ## Why is this bad?
    A double click links the same pair twice. Every join through the table then returns duplicates, counts are wrong, and removing the
    link removes one of two.

    ## Example
    ```sql
    CREATE TABLE student (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, full_name text NOT NULL);
    CREATE TABLE course (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, title text NOT NULL);
    CREATE TABLE enrolment (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        student_id bigint NOT NULL REFERENCES student (id),
        course_id bigint NOT NULL REFERENCES course (id)
    );
    ```

    ## Use instead
    ```sql
    CREATE TABLE student (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, full_name text NOT NULL);
    CREATE TABLE course (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, title text NOT NULL);
    CREATE TABLE enrolment (
        student_id bigint NOT NULL REFERENCES student (id),
        course_id bigint NOT NULL REFERENCES course (id),
        PRIMARY KEY (student_id, course_id)
    );
    CREATE INDEX enrolment_course_id_idx ON enrolment (course_id);
    ```

    ## When it does not apply
    A table that records something each time it happens (a visit, a loan) may repeat a pair: it then has a time or another column of
    its own, and is not reported.

    ## References
    - PostgreSQL manual, [Unique Constraints](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-UNIQUE-CONSTRAINTS)
    - PostgreSQL manual, on many-to-many relationships:
      [Foreign Keys](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK)
    """

    severity = Severity.HIGH

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """A table of two references, with nothing of its own, in which a pair can repeat."""
        keys = table.foreign_keys
        if len(keys) != 2 or payload(table) or subject.relations.references_in(table.label):
            return
        linking = tuple(dict.fromkeys(name for key in keys for name in key.columns))
        own = table.primary_key.columns if table.primary_key else ()
        if len(own) > 1 and not set(own) <= set(linking):
            return
        overlapping = len(linking) < sum(len(key.columns) for key in keys)
        same_parent_once = keys[0].columns == keys[1].columns
        if overlapping or same_parent_once or table.is_unique(linking):
            return
        if table.primary_key is None:
            fix = subject.sql.add_primary_key(table, linking) or subject.sql.add_unique(table, linking)
        else:
            fix = subject.sql.add_unique(table, linking)
        yield self.finding(
            table.label,
            f"{table.label} links {keys[0].references} with {keys[1].references} but lets the same pair in twice, so that joins"
            " through it return duplicates",
            evidence={"columns": list(linking)},
            fix=fix,
        )
