"""The rule status-without-check."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Column, Table
from dbdesign.model.types import TEXTS, Kind
from dbdesign.rules.base import ColumnRule, on_column
from dbdesign.rules.subject import Subject
from dbdesign.rules.value_lists import is_bound
from dbdesign.rules.words import vocabulary, words

_STATES = frozenset({"status", "state"})
_PLACES = vocabulary("city zip zipcode postal postcode street country county province address town")
_FREE = vocabulary("text message reason note description code http json data old new prev previous")
LONGEST = 64
"""Characters up to which a text is taken for a word from a list."""


class StatusWithoutCheck(ColumnRule):
    """A status may be any text.

    ## What it does
    Reports text columns named as a status or a state that neither an enum, a check constraint, a domain nor a foreign key limits. The
    state of a postal address, and statuses that another system sends (HTTP codes, messages), are left alone.

    ## Why is this bad?
    "paid", "Paid" and "payed" are three statuses, and every query by status misses two of them. What the application takes for
    impossible gets in by the first script or import.

    ## Example
    ```yaml
    engine: postgresql
    schema: |
      CREATE TABLE claim (
          id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
          status text NOT NULL DEFAULT 'open'
      );
    volumes:
      claim:
        rows: 1e6
        columns:
          status: {values: {open: 0.1, settled: 0.85, rejected: 0.05}}
    ```

    ## Use instead
    ```sql
    CREATE TABLE claim (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'settled', 'rejected'))
    );
    ```

    ## References
    - PostgreSQL manual, [Check Constraints](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-CHECK-CONSTRAINTS)
    - MySQL manual, [CHECK Constraints](https://dev.mysql.com/doc/refman/8.4/en/create-table-check-constraints.html)
    """

    severity = Severity.LOW
    kinds = TEXTS
    repeats = "{count} statuses may be any text, so that a misspelt one is stored and no query finds it"

    def check_column(self, column: Column, table: Table, subject: Subject) -> Iterator[Finding]:
        """A status that nothing limits."""
        parts = words(column.name)
        data_type = subject.type_of(column)
        if (
            parts[-1:] == ()
            or parts[-1] not in _STATES
            or _FREE & set(parts)
            or data_type.kind not in {Kind.VARCHAR, Kind.TEXT, Kind.CHAR}
        ):
            return
        if ((data_type.length or 0) > LONGEST and data_type.length != 255) or is_bound(column, table, subject.schema):
            return
        if parts[-1] == "state" and any(_PLACES & set(words(other.name)) for other in table.columns):
            return
        yield self.finding(
            on_column(table, column),
            f"{on_column(table, column)} may be any text, so that a misspelt status is stored and no query finds it",
            evidence={"type": data_type.native, "default": column.default or "none"},
            fix=self._fix(column, table, subject),
        )

    @staticmethod
    def _fix(column: Column, table: Table, subject: Subject) -> str | None:
        """A check over the values that the design's volumes list; without them only the owner knows the values."""
        volume = subject.design.workload.volumes.get(table.label)
        values = volume.columns[column.name].values if volume and column.name in volume.columns else {}
        if not values:
            return None
        listed = ", ".join(subject.dialect.literal(value) for value in values)
        return subject.sql.add_check(table, (column.name,), f"{subject.sql.name(column.name)} IN ({listed})")
