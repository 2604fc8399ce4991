"""The rule card-data-stored."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Column, Table
from dbdesign.rules.base import ColumnRule, on_column
from dbdesign.rules.subject import Subject
from dbdesign.rules.words import vocabulary, words

_CODES = frozenset({"cvv", "cvc", "cvv2", "cvc2", "cvn"})
_NUMBERS = frozenset(
    {("card", "number"), ("card", "no"), ("credit", "card"), ("cc", "number"), ("card", "num"), ("pan",)}
)
_HARMLESS = vocabulary(
    "last last4 masked mask token hash encrypted id type brand suffix bin check result verified required expiry"
)


class CardDataStored(ColumnRule):
    """Payment card data is stored that must not be.

    ## What it does
    Reports columns for the security code of a payment card, and for its whole number unless the name says that it is masked, encrypted or
    a token.

    ## Why is this bad?
    PCI DSS forbids keeping the security code after authorisation, in any form. A stored card number puts the database, its backups
    and everything that can reach them under the whole of the standard.

    ## Example
    ```sql
    CREATE TABLE payment_method (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        provider_token text NOT NULL,
        cvv text
    );
    ```

    ## Use instead
    ```sql
    CREATE TABLE payment_method (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        provider_token text NOT NULL,
        card_last4 char(4) NOT NULL
    );
    ```

    ## References
    - PCI Security Standards Council, [PCI DSS, requirement 3](https://www.pcisecuritystandards.org/document_library/)
    """

    severity = Severity.HIGH

    def check_column(self, column: Column, table: Table, subject: Subject) -> Iterator[Finding]:
        """A security code or a card number. Where the code stands, the fix takes it away; a number needs a provider's token first."""
        parts = words(column.name)
        if (
            _HARMLESS & set(parts)
            or column.type.kind.value == "boolean"
            or column.name in subject.foreign_columns(table)
        ):
            return
        whole = "".join(parts)
        is_code = bool(_CODES & {*parts, whole}) or (parts[-2:] == ("security", "code") and "card" in parts)
        is_number = any(parts[-len(pair) :] == pair for pair in _NUMBERS) and "gift" not in parts and "id" not in parts
        if not is_code and not is_number:
            return
        what = "a card's security code, which PCI DSS forbids to keep in any form" if is_code else "whole card numbers"
        yield self.finding(
            on_column(table, column),
            f"{on_column(table, column)} stores {what}",
            severity=None if is_code else Severity.MEDIUM,
            evidence={"type": column.type.native},
            fix=subject.sql.drop_column(table, column) if is_code else None,
        )
