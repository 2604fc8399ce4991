"""The rule leftover-table."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Table
from dbdesign.rules.base import TableRule
from dbdesign.rules.subject import Subject
from dbdesign.rules.words import vocabulary, words

_LAST = vocabulary("old bak backup bkp copy orig obsolete deprecated unused del")
_FIRST = vocabulary("tmp temp old bak zz del backup")


class LeftoverTable(TableRule):
    """A table looks like the copy that someone made before a change.

    ## What it does
    Reports tables named as a copy (`orders_old`, `customer_bak`, `tmp_import`, `orders_20240131`) of another table of the schema, or as
    something temporary, when nothing refers to them.

    ## Why is this bad?
    The copy keeps data that should have been erased, is backed up and vacuumed for nothing, and sooner or later a report reads it instead
    of the real one.

    ## Example
    ```sql
    CREATE TABLE shipment (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        label text NOT NULL
    );
    CREATE TABLE shipment_old (
        id bigint PRIMARY KEY,
        label text NOT NULL
    );
    ```

    ## Use instead
    ```sql
    CREATE TABLE shipment (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        label text NOT NULL
    );
    ```

    ## References
    - PostgreSQL manual, [DROP TABLE](https://www.postgresql.org/docs/current/sql-droptable.html)
    """

    severity = Severity.LOW
    repeats = "{count} tables look like copies that someone made before a change"

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """A copy that nothing refers to; whether it may be dropped is for its owner to say, and the fix sets it aside only."""
        parts = words(table.name)
        if len(parts) < 2 or subject.relations.references_in(table.label):
            return
        original = _original(table, parts, subject)
        if original is None and parts[0] not in {"tmp", "temp", "zz"}:
            return
        yield self.finding(
            table.label,
            f"{table.label} looks like a copy of {original.label}"
            if original
            else f"{table.label} looks temporary, and is still there",
            evidence={"original": original.label if original else "unknown"},
            fix=f"DROP TABLE {subject.sql.table(table)};",
        )


def _original(table: Table, parts: tuple[str, ...], subject: Subject) -> Table | None:
    """The table of which this one is a copy by its name."""
    dated = parts[-1].isdigit() and len(parts[-1]) in {6, 8} and parts[-1].startswith(("19", "20"))
    bare: tuple[str, ...] = ()
    if parts[-1] in _LAST or dated:
        bare = parts[:-1]
    elif parts[0] in _FIRST:
        bare = parts[1:]
    found = subject.schema.table_by_label.get(
        f"{table.namespace}.{'_'.join(bare)}" if table.namespace else "_".join(bare)
    )
    return found if found is not table else None
