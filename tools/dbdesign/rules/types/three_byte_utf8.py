"""The rule three-byte-utf8."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Engine, Table
from dbdesign.rules.base import TableRule
from dbdesign.rules.subject import Subject

_NARROW = frozenset({"utf8", "utf8mb3"})


class ThreeByteUtf8(TableRule):
    """Texts are in a character set that cannot hold all of Unicode.

    ## What it does
    Reports MySQL tables and columns in `utf8` (which is `utf8mb3`, three bytes a character) or in `latin1`.

    ## Why is this bad?
    Emoji, many Chinese characters and mathematical letters need four bytes: inserting them fails, or cuts the text where the SQL mode is
    lax. `utf8mb3` is deprecated and to be removed.

    ## Example
    ```sql
    CREATE TABLE message (
        id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
        body text NOT NULL
    ) DEFAULT CHARSET = utf8mb3;
    ```

    ## Use instead
    ```sql
    CREATE TABLE message (
        id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
        body text NOT NULL
    ) DEFAULT CHARSET = utf8mb4;
    ```

    ## References
    - MySQL manual, [The utf8mb3 Character Set](https://dev.mysql.com/doc/refman/8.4/en/charset-unicode-utf8mb3.html)
    - MySQL manual, [Converting Between 3-Byte and 4-Byte Unicode](https://dev.mysql.com/doc/refman/8.4/en/charset-unicode-conversion.html)
    """

    severity = Severity.MEDIUM
    engines = (Engine.MYSQL, Engine.TIDB)
    repeats = "{count} tables hold texts in a character set that refuses or cuts emoji and other four-byte characters"

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """A table whose texts cannot hold all characters; columns kept in ASCII on purpose (codes, hashes) are not counted."""
        whole = (table.options.get("charset") or subject.schema.options.get("charset") or "").lower()
        texts = [column for column in table.columns if column.type.is_text]
        narrow = [column.name for column in texts if (column.charset or whole).lower() in _NARROW]
        latin = [column.name for column in texts if (column.charset or whole).lower() == "latin1"]
        found = narrow or latin
        if not found:
            return
        charset = "utf8mb3" if narrow else "latin1"
        yield self.finding(
            table.label,
            f"{table.label} holds texts in {charset}, which refuses or cuts emoji and other four-byte characters",
            severity=None if narrow else Severity.LOW,
            evidence={"charset": charset, "columns": found},
            fix=subject.sql.alter(table, "CONVERT TO CHARACTER SET utf8mb4"),
        )
