"""The rule numbered-columns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Column, Engine, Table
from dbdesign.rules.base import TableRule, on_column
from dbdesign.rules.subject import Subject
from dbdesign.rules.words import stem, vocabulary, words

_NOT_A_LIST = vocabulary(
    """line lines address addr street md sha utf ipv oauth s x y z v h mp base crc u int float dim axis lat lon lng w
    hash iso http l b c d e f p q r t k n m i j a g o"""
)
_OFTEN_TWO = vocabulary(
    """phone email contact author tag image photo picture skill category option answer mobile url note attribute
    keyword parent guardian player team partner fax telephone"""
)
ENOUGH = 3


class NumberedColumns(TableRule):
    """A list is spread over numbered columns.

    ## What it does
    Reports three or more columns of one type that differ only in a number (tag1, tag2, tag3), and two of things of which there are often
    more (phone1, phone2). The lines of a postal address, coordinates and digests are left alone.

    ## Why is this bad?
    The third phone number needs a migration. Looking for a number means looking into every column, with an index on each; gaps and
    repetitions are nobody's business.

    ## Example
    ```sql
    CREATE TABLE helper (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        phone1 text,
        phone2 text,
        phone3 text,
        town text NOT NULL
    );
    ```

    ## Use instead
    ```sql
    CREATE TABLE helper (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        town text NOT NULL
    );
    CREATE TABLE helper_phone (
        helper_id bigint NOT NULL REFERENCES helper (id),
        position smallint NOT NULL,
        phone text NOT NULL,
        PRIMARY KEY (helper_id, position)
    );
    ```

    ## References
    - PostgreSQL manual, [Foreign Keys](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK)
    - Microsoft, [Description of normalization: first normal form](https://learn.microsoft.com/office/troubleshoot/access/database-normalization-description)
    """

    severity = Severity.MEDIUM

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """Every series of numbered columns."""
        series: dict[tuple[tuple[str, ...], object], list[tuple[int, Column]]] = defaultdict(list)
        for column in table.columns:
            parts = words(column.name)
            if (
                len(parts) > 1
                and parts[-1].isdigit()
                and parts[-2] not in _NOT_A_LIST
                and column.name not in table.inherited
            ):
                series[parts[:-1], subject.type_of(column).kind].append((int(parts[-1]), column))
        for (base, _), members in series.items():
            numbers = sorted(number for number, _ in members)
            if numbers[0] > 1 or numbers != list(range(numbers[0], numbers[0] + len(numbers))):
                continue
            if len(members) < (2 if base[-1] in _OFTEN_TWO else ENOUGH):
                continue
            columns = [column for _, column in sorted(members, key=lambda member: member[0])]
            yield self.finding(
                on_column(table, columns[0]),
                f"{columns[0].name} to {columns[-1].name} of {table.label} are one list, whose length is fixed and which no single"
                " index can search",
                evidence={"columns": [column.name for column in columns]},
                fix=_child_table("_".join(base), columns, table, subject),
            )


def _child_table(base: str, columns: list[Column], table: Table, subject: Subject) -> str | None:
    """A table of the list's entries, filled from the columns, which are then dropped."""
    sql = subject.sql
    key = table.primary_key.columns if table.primary_key else ()
    own = table.column(key[0]) if len(key) == 1 else None
    taken = {name for one in table.foreign_keys for name in one.columns} | {
        part.column or "" for index in table.indexes for part in index.keys
    }
    if own is None or taken & {column.name for column in columns} or subject.is_engine(Engine.SQLSERVER):
        return None
    name = f"{table.name}_{base}"
    child = sql.dialect.qualified(table.namespace, name)
    reference = sql.name(f"{'_'.join(stem(table.name))}_id")
    parts = (
        f"{reference} {own.type.native} NOT NULL",
        "position smallint NOT NULL",
        f"{sql.name(base)} {columns[0].type.native} NOT NULL",
        f"PRIMARY KEY ({reference}, position)",
        f"FOREIGN KEY ({reference}) REFERENCES {sql.table(table)} ({sql.name(own.name)})",
    )
    body = ",\n    ".join(parts)
    statements = [f"CREATE TABLE {child} (\n    {body}\n);"]
    for number, column in enumerate(columns, start=1):
        value = sql.name(column.name)
        statements.append(
            f"INSERT INTO {child} SELECT {sql.name(own.name)}, {number}, {value} FROM {sql.table(table)} WHERE {value} IS NOT NULL;"
        )
    statements += [sql.drop_column(table, column) for column in columns]
    return "\n".join(statements)
