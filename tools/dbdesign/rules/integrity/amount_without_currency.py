"""The rule amount-without-currency."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Table
from dbdesign.rules.base import TableRule, on_column
from dbdesign.rules.meaning import is_money
from dbdesign.rules.subject import Subject
from dbdesign.rules.words import vocabulary, words

_CURRENCY = vocabulary("currency currencies iso4217")
_FAR = 2
"""Foreign keys that one follows upwards to find whose currency an amount is in: an item's is its order's, or its order's account's."""


class AmountWithoutCurrency(TableRule):
    """An amount of money has no currency in a schema that knows several.

    ## What it does
    In schemas that mention currencies somewhere, reports tables with amounts of money that have no currency of their own and no
    parent, or parent's parent, that has one.

    ## Why is this bad?
    100 is not an amount. Sums over rows of different currencies are wrong without an error, and after the fact nobody can tell which row
    was in which.

    ## Example
    ```sql
    CREATE TABLE wallet (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        currency_code char(3) NOT NULL,
        balance numeric(18, 2) NOT NULL
    );
    CREATE TABLE voucher (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        price numeric(18, 2) NOT NULL
    );
    ```

    ## Use instead
    ```sql
    CREATE TABLE wallet (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        currency_code char(3) NOT NULL,
        balance numeric(18, 2) NOT NULL
    );
    CREATE TABLE voucher (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        currency_code char(3) NOT NULL,
        price numeric(18, 2) NOT NULL
    );
    ```

    ## When it does not apply
    A schema in which the word currency does not occur is taken to hold one currency, and nothing is reported.

    ## References
    - ISO, [ISO 4217 currency codes](https://www.iso.org/iso-4217-currency-codes.html)
    """

    severity = Severity.MEDIUM
    repeats = "{count} tables hold amounts without a currency, though the schema knows several, so that sums mix them"

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """A table of amounts that no currency can be found for."""
        if not _CURRENCY & subject.vocabulary:
            return
        amounts = [column for column in table.columns if is_money(column, table, subject.type_of(column))]
        if not amounts or self._has_currency(table, subject, _FAR):
            return
        yield self.finding(
            on_column(table, amounts[0]),
            f"{', '.join(one.name for one in amounts)} of {table.label} has no currency, though the schema knows several, so that sums mix"
            " them",
            evidence={"amounts": [one.name for one in amounts]},
            fix=subject.sql.add_column(table, f"{subject.sql.name('currency_code')} char(3)"),
        )

    def _has_currency(self, table: Table, subject: Subject, far: int) -> bool:
        if any(_CURRENCY & set(words(name)) for name in (table.name, *table.column_by_name)):
            return True
        return far > 0 and any(self._has_currency(parent, subject, far - 1) for _, parent in subject.parents(table))
