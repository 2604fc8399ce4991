"""The rule table-without-transactions."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Engine, Table
from dbdesign.rules.base import TableRule
from dbdesign.rules.subject import Subject

_WITHOUT = frozenset({"myisam", "mrg_myisam", "merge", "aria", "csv", "archive", "memory", "heap", "isam"})
_ON_PURPOSE = frozenset({"memory", "heap", "csv", "archive"})


class TableWithoutTransactions(TableRule):
    """A table's storage engine knows no transactions.

    ## What it does
    Reports MySQL tables in MyISAM and other storage engines without transactions.

    ## Why is this bad?
    A crash can corrupt the table, a rollback leaves its changes in place, a single writer locks everybody out, and FOREIGN KEY clauses
    are read and ignored without a word.

    ## Example
    ```sql
    CREATE TABLE deposit (
        id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
        made_on date NOT NULL
    ) ENGINE = MyISAM;
    ```

    ## Use instead
    ```sql
    CREATE TABLE deposit (
        id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
        made_on date NOT NULL
    ) ENGINE = InnoDB;
    ```

    ## References
    - MySQL manual, [The MyISAM Storage Engine](https://dev.mysql.com/doc/refman/8.4/en/myisam-storage-engine.html)
    - MySQL manual, [FOREIGN KEY Constraint Differences](https://dev.mysql.com/doc/refman/8.4/en/ansi-diff-foreign-keys.html)
    """

    severity = Severity.HIGH
    engines = (Engine.MYSQL,)
    repeats = "{count} tables are in storage engines without transactions: a crash corrupts them, and rollbacks and foreign keys do nothing"

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """A table in such an engine; engines that are chosen for one purpose are slighter."""
        engine = table.options.get("engine", "").lower()
        if engine not in _WITHOUT:
            return
        yield self.finding(
            table.label,
            f"{table.label} is in {table.options['engine']}, which has no transactions: a crash can corrupt it, and rollbacks and"
            " foreign keys do nothing",
            severity=Severity.LOW if engine in _ON_PURPOSE else None,
            evidence={"engine": table.options["engine"]},
            fix=subject.sql.alter(table, "ENGINE = InnoDB"),
        )
