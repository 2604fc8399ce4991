"""The rule password-in-clear."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Column, Engine, Table
from dbdesign.model.types import TEXTS, Kind
from dbdesign.rules.base import ColumnRule, on_column
from dbdesign.rules.subject import Subject
from dbdesign.rules.words import vocabulary, words

_PASSWORDS = vocabulary("password passwd pwd passphrase passcode")
_HARMLESS = vocabulary(
    """hash hashed digest encrypted crypt salt salted reset changed expires expiry at hint policy length min max count attempts
    history id required token type algorithm question rule date enabled last change temp must force protected"""
)
SHORTEST_HASH = 59
"""Characters. bcrypt's are 60 (59 without the final padding), argon2's and scrypt's more."""


class PasswordInClear(ColumnRule):
    """A password column does not say, or cannot be, a hash.

    ## What it does
    Reports text columns named as a password whose name does not say that it is a hash. Where the column is shorter than any password hash
    in use, it cannot hold one.

    ## Why is this bad?
    Whoever reads the table, a backup or a log of statements has everyone's password, which most people use elsewhere too. A column of 40
    characters holds at best an unsalted SHA-1, which is as good as clear text.

    ## Example
    ```sql
    CREATE TABLE login_account (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        password varchar(40) NOT NULL
    );
    ```

    ## Use instead
    ```sql
    CREATE TABLE login_account (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        password_hash text NOT NULL
    );
    ```

    ## When it does not apply
    Frameworks that store hashes in a column `password` (Django, Laravel): the finding is slight there, since the column is long enough.

    ## References
    - OWASP, [Password Storage Cheat Sheet](https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html)
    - PostgreSQL manual, [pgcrypto: Password Hashing Functions](https://www.postgresql.org/docs/current/pgcrypto.html#PGCRYPTO-PASSWORD-HASHING-FUNCS)
    """

    severity = Severity.HIGH
    kinds = TEXTS
    repeats = "{count} password columns do not say, or cannot be, hashes"

    def check_column(self, column: Column, table: Table, subject: Subject) -> Iterator[Finding]:
        """A password that is no hash by its name."""
        parts = words(column.name)
        data_type = subject.type_of(column)
        if (
            not _PASSWORDS & set(parts)
            or _HARMLESS & set(parts)
            or data_type.kind not in {Kind.CHAR, Kind.VARCHAR, Kind.TEXT}
        ):
            return
        short = data_type.length is not None and data_type.length < SHORTEST_HASH
        new = f"{column.name}_hash"
        rename = None if table.column(new) else subject.sql.rename_column(table, column.name, new)
        renamed = column.model_copy(update={"name": new})
        widen = subject.sql.change_type(
            table, renamed, "varchar(255)" if subject.is_engine(Engine.MYSQL, Engine.TIDB) else "text"
        )
        if subject.is_engine(Engine.SQLSERVER):
            widen = subject.sql.change_type(table, renamed, "varchar(255)")
        yield self.finding(
            on_column(table, column),
            f"{on_column(table, column)} "
            + (
                f"has room for {data_type.length} characters, and no password hash in use is as short"
                if short
                else "does not say that it is a hash"
            ),
            severity=Severity.HIGH if short else Severity.LOW,
            evidence={"type": data_type.native, "shortest_hash": SHORTEST_HASH},
            fix=subject.sql.join(rename, widen) if short else rename,
        )
