"""The rule type-prefix-in-name."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Table
from dbdesign.rules.base import TableRule
from dbdesign.rules.subject import Subject

_PREFIXES = ("tbl_", "tbl", "table_", "t_")


class TypePrefixInName(TableRule):
    """A table's name says that it is a table.

    ## What it does
    Reports tables whose names begin with `tbl`, `table_` or `t_`.

    ## Why is this bad?
    The prefix says what everyone sees and pushes what matters to the right. When the table becomes a view over two others, its name lies
    or every query changes.

    ## Example
    ```sql
    CREATE TABLE tbl_orchard (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        trees integer NOT NULL
    );
    ```

    ## Use instead
    ```sql
    CREATE TABLE orchard (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        trees integer NOT NULL
    );
    ```

    ## References
    - ISO/IEC 11179-5, [Metadata registries: naming principles](https://www.iso.org/standard/60341.html)
    """

    severity = Severity.INFO
    repeats = "{count} tables say in their names that they are tables, which becomes wrong when one turns into a view"

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """A prefix that says `table`; `tbl` without an underscore only before a capital."""
        name = table.name
        prefix = next((one for one in _PREFIXES if name.lower().startswith(one)), None)
        if prefix is None or (prefix == "tbl" and not name[3:4].isupper()) or len(name) <= len(prefix):
            return
        bare = name[len(prefix) :]
        taken = subject.schema.table(bare) is not None or bare.lower() in subject.dialect.reserved
        yield self.finding(
            table.label,
            f"{table.label} says in its name that it is a table, which becomes wrong when it turns into a view",
            evidence={"prefix": prefix, "instead": bare},
            fix=None if taken else subject.sql.rename_table(table, bare),
        )
