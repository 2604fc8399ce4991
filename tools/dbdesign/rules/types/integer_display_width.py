"""The rule integer-display-width."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Column, Engine, Table
from dbdesign.rules.base import ColumnRule, on_column
from dbdesign.rules.subject import Subject

_WIDTH = re.compile(r"\b(tinyint|smallint|mediumint|int|integer|bigint)\s*\((\d+)\)", re.IGNORECASE)
_FLOAT = re.compile(r"\b(float|double)\s*\(\s*\d+\s*,\s*\d+\s*\)", re.IGNORECASE)


class IntegerDisplayWidth(ColumnRule):
    """A number's type says how wide it is shown, which has no effect and is deprecated.

    ## What it does
    Reports MySQL's `int(11)` and other display widths, `ZEROFILL`, and `float(M,D)`. `tinyint(1)`, which means a boolean, is left alone.

    ## Why is this bad?
    `int(5)` holds as large a number as `int`: whoever reads the schema believes in a limit that is not there. All of these are
    deprecated since 8.0.17, and newer servers leave the width out of SHOW CREATE TABLE, so that comparisons of schemas differ for nothing.

    ## Example
    ```sql
    CREATE TABLE seat (
        id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
        row_no int(5) NOT NULL
    );
    ```

    ## Use instead
    ```sql
    CREATE TABLE seat (
        id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
        row_no int NOT NULL
    );
    ```

    ## References
    - MySQL manual, [Numeric Type Attributes](https://dev.mysql.com/doc/refman/8.4/en/numeric-type-attributes.html)
    """

    severity = Severity.INFO
    engines = (Engine.MYSQL, Engine.TIDB)
    repeats = "{count} columns have a display width, ZEROFILL or float(M,D), which are deprecated"

    def check_column(self, column: Column, table: Table, subject: Subject) -> Iterator[Finding]:
        """A width or ZEROFILL."""
        native = column.type.native
        width = _WIDTH.search(native)
        plain = _FLOAT.sub(r"\1", _WIDTH.sub(r"\1", native)).replace(" zerofill", "").replace(" ZEROFILL", "")
        if plain == native or (width and width[1].lower() == "tinyint" and width[2] == "1"):
            return
        linked = column.name in subject.foreign_columns(table) or any(
            column.name in relation.foreign_key.referenced_columns for relation, _ in subject.children(table)
        )
        yield self.finding(
            on_column(table, column),
            f"{on_column(table, column)} is {native}, {_why(native)}",
            evidence={"type": native},
            fix=None if linked else subject.sql.change_type(table, column, plain),
        )


def _why(native: str) -> str:
    if _FLOAT.search(native):
        return "whose digits round what is stored, and are deprecated: decimal says them exactly"
    if not _WIDTH.search(native):
        return "whose ZEROFILL pads what is shown and is deprecated"
    return "whose display width limits nothing and is deprecated"
