"""The rule blank-padded-text."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Column, Engine, Table
from dbdesign.model.types import Kind
from dbdesign.rules.base import ColumnRule, on_column
from dbdesign.rules.subject import Subject
from dbdesign.rules.words import vocabulary, words

_FIXED = vocabulary(
    "code hash checksum digest md5 sha1 sha256 uuid guid iso flag currency country language bic isbn zip hex token id sha md crc"
)
_SHORT = 4
"""Characters up to which a fixed length is taken for a code: ISO 639, 3166 and 4217 codes have two or three."""


class BlankPaddedText(ColumnRule):
    """A text of varying length is stored in a column that pads it with blanks.

    ## What it does
    Reports `char(n)` columns longer than a short code whose name does not say a value of fixed length (a code, a hash).

    ## Why is this bad?
    Every value is filled up with blanks, which take space, vanish in some comparisons and count in others (LIKE, regular
    expressions, other programs). `char(n)` does not even enforce the length: shorter values are accepted.

    ## Example
    ```sql
    CREATE TABLE venue (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        town char(40) NOT NULL
    );
    ```

    ## Use instead
    ```sql
    CREATE TABLE venue (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        town text NOT NULL
    );
    ```

    ## References
    - PostgreSQL manual, [Character Types](https://www.postgresql.org/docs/current/datatype-character.html)
    - PostgreSQL wiki, [Don't use char(n)](https://wiki.postgresql.org/wiki/Don%27t_Do_This#Don.27t_use_char.28n.29)
    """

    severity = Severity.LOW
    engines = (Engine.POSTGRESQL, Engine.SQLSERVER, Engine.COCKROACHDB)
    kinds = frozenset({Kind.CHAR})
    repeats = "{count} columns pad texts of varying length with blanks, which some comparisons see and others do not"

    def check_column(self, column: Column, table: Table, subject: Subject) -> Iterator[Finding]:
        """A padded column that is no code."""
        data_type = subject.type_of(column)
        if data_type.kind is not Kind.CHAR or (data_type.length or 1) <= _SHORT or _FIXED & set(words(column.name)):
            return
        if column.name in subject.foreign_columns(table) or (
            table.primary_key and column.name in table.primary_key.columns
        ):
            return
        wide = (
            "text"
            if not subject.is_engine(Engine.SQLSERVER)
            else f"{'n' if data_type.national else ''}varchar({data_type.length})"
        )
        yield self.finding(
            on_column(table, column),
            f"{on_column(table, column)} pads every value to {data_type.length} characters with blanks, which some comparisons see and"
            " others do not",
            evidence={"type": data_type.native},
            fix=subject.sql.change_type(table, column, wide),
        )
