"""The rule long-value-list."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Check, Column, Engine, Table
from dbdesign.model.types import TEXTS, Kind
from dbdesign.rules.base import ColumnRule, on_column
from dbdesign.rules.subject import Subject
from dbdesign.rules.value_lists import checks_on, listed_values
from dbdesign.rules.words import plural, words

LONG = 15
"""Values beyond which a list is data rather than structure: people then want to add, describe, order and retire its entries."""


class LongValueList(ColumnRule):
    """A long list of values is part of the schema.

    ## What it does
    Reports columns limited to more than 15 values by an enum or by a check constraint.

    ## Why is this bad?
    Every new value is a migration, values cannot be described, ordered or retired, and PostgreSQL cannot drop a value from an enum at
    all. A list that long is a table.

    ## Example
    ```sql
    CREATE TABLE sighting (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        species text NOT NULL CHECK (species IN ('ant', 'bat', 'bee', 'boar', 'cat', 'crow', 'deer', 'dog', 'duck', 'eel', 'elk', 'emu',
            'fox', 'gnu', 'hare', 'jay', 'kite', 'lynx'))
    );
    ```

    ## Use instead
    ```sql
    CREATE TABLE animal (name text PRIMARY KEY, latin_name text NOT NULL);
    CREATE TABLE sighting (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        animal_name text NOT NULL REFERENCES animal (name) ON UPDATE CASCADE
    );
    ```

    ## References
    - PostgreSQL manual, [Enumerated Types](https://www.postgresql.org/docs/current/datatype-enum.html#DATATYPE-ENUM-IMPLEMENTATION-DETAILS)
    - MySQL manual, [The ENUM Type](https://dev.mysql.com/doc/refman/8.4/en/enum.html)
    """

    severity = Severity.INFO
    kinds = TEXTS | {Kind.ENUM}
    repeats = "{count} columns are limited to long lists of values in the schema, which are data and belong in tables"

    def check_column(self, column: Column, table: Table, subject: Subject) -> Iterator[Finding]:
        """A column with a long list."""
        data_type = subject.type_of(column)
        check = next((one for one in checks_on(column, table) if listed_values(one)), None)
        values = data_type.values or (listed_values(check) if check else ())
        if len(values) <= LONG or data_type.kind is Kind.SET:
            return
        yield self.finding(
            on_column(table, column),
            f"{on_column(table, column)} is limited to {len(values)} values in the schema itself, so that each new one is a migration",
            evidence={"values": len(values), "kind": "enum" if data_type.values else "check"},
            fix=_to_table(column, values, check, table, subject),
        )


def _to_table(
    column: Column, values: tuple[str, ...], check: Check | None, table: Table, subject: Subject
) -> str | None:
    """A table of the values, filled, and a foreign key to it."""
    if not subject.is_engine(Engine.POSTGRESQL) or (check is not None and check.name is None):
        return None
    sql = subject.sql
    name = plural("_".join(words(column.name)))
    if subject.schema.table(name) is not None:
        name = f"{table.name}_{name}"
    lookup = sql.dialect.qualified(table.namespace, name)
    text = column.type.native if check else "text"
    rows = ", ".join(f"({sql.dialect.literal(value)})" for value in values)
    statements = [f"CREATE TABLE {lookup} (name {text} PRIMARY KEY);", f"INSERT INTO {lookup} VALUES {rows};"]
    own = sql.name(column.name)
    if check is not None:
        statements.append(sql.alter(table, f"DROP CONSTRAINT {sql.name(check.name or '')}"))
    else:
        if column.default is not None:
            return None
        statements.append(sql.alter(table, f"ALTER COLUMN {own} TYPE text USING {own}::text"))
    reference = f"FOREIGN KEY ({own}) REFERENCES {lookup} (name) ON UPDATE CASCADE"
    key = sql.name(sql.free_name(table, (column.name,), "fkey"))
    statements.append(sql.alter(table, f"ADD CONSTRAINT {key} {reference}"))
    return "\n".join(statements)
