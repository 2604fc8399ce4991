"""The rule inconsistent-naming."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Table
from dbdesign.rules.base import Rule
from dbdesign.rules.subject import Subject
from dbdesign.rules.words import plural, singular, vocabulary, words

ENOUGH = 6
"""Tables that must show a habit before another one breaks it."""
FEW = 0.25
"""Share of tables that may break a habit and still be exceptions; above it there is no habit."""

_MASSES = vocabulary(
    "log history audit inventory stock mail cache queue outbox inbox archive ledger content text config journal hours"
)
"""Words that name a whole, in the singular, whatever the habit."""


class InconsistentNaming(Rule):
    """Some tables are named in the singular and others in the plural.

    ## What it does
    Where at least three in four tables, and at least six, are named in the singular (or in the plural), reports the others. Words that
    have no plural (news, status, staff) are left alone.

    ## Why is this bad?
    Nobody can write a query without looking the name up. Generators of code and people both guess, and half of the guesses are wrong.

    ## Example
    ```sql
    CREATE TABLE owls (id bigint PRIMARY KEY, ring text NOT NULL);
    CREATE TABLE nests (id bigint PRIMARY KEY, tree text NOT NULL);
    CREATE TABLE eggs (id bigint PRIMARY KEY, laid_on date NOT NULL);
    CREATE TABLE chicks (id bigint PRIMARY KEY, hatched_on date NOT NULL);
    CREATE TABLE feathers (id bigint PRIMARY KEY, colour text NOT NULL);
    CREATE TABLE pellets (id bigint PRIMARY KEY, content text NOT NULL);
    CREATE TABLE burrow (id bigint PRIMARY KEY, depth_cm integer NOT NULL);
    ```

    ## Use instead
    ```sql
    CREATE TABLE owls (id bigint PRIMARY KEY, ring text NOT NULL);
    CREATE TABLE nests (id bigint PRIMARY KEY, tree text NOT NULL);
    CREATE TABLE eggs (id bigint PRIMARY KEY, laid_on date NOT NULL);
    CREATE TABLE chicks (id bigint PRIMARY KEY, hatched_on date NOT NULL);
    CREATE TABLE feathers (id bigint PRIMARY KEY, colour text NOT NULL);
    CREATE TABLE pellets (id bigint PRIMARY KEY, content text NOT NULL);
    CREATE TABLE burrows (id bigint PRIMARY KEY, depth_cm integer NOT NULL);
    ```

    ## References
    - ISO/IEC 11179-5, [Metadata registries: naming principles](https://www.iso.org/standard/60341.html)
    """

    severity = Severity.INFO
    repeats = "{count} tables break the naming habit of the others, so that nobody can guess a name"

    def check(self, subject: Subject) -> Iterator[Finding]:
        """The tables that break the habit; links between two tables are named in many ways and do not count."""
        counted = [table for table in subject.tables if not subject.relations.is_junction(table) and _has_number(table)]
        many = [table for table in counted if _is_plural(table)]
        one = [table for table in counted if not _is_plural(table)]
        odd, habit = (one, "plural") if len(many) > len(one) else (many, "singular")
        if not odd or len(counted) - len(odd) < ENOUGH or len(odd) > FEW * len(counted):
            return
        for table in odd:
            new = _renamed(table, habit)
            yield self.finding(
                table.label,
                f"{table.label} is named in the {'singular' if habit == 'plural' else 'plural'}, {len(counted) - len(odd)} other tables in"
                f" the {habit}",
                evidence={"habit": habit, "instead": new},
                fix=None if subject.schema.table(new) else subject.sql.rename_table(table, new),
            )


def _last(table: Table) -> str:
    parts = words(table.name)
    return next((part for part in reversed(parts) if not part.isdigit()), "")


def _has_number(table: Table) -> bool:
    """Whether the word has a singular and a plural that differ."""
    last = _last(table)
    return len(last) > 2 and last not in _MASSES and singular(last) != plural(last)


def _is_plural(table: Table) -> bool:
    last = _last(table)
    return singular(last) != last


def _renamed(table: Table, habit: str) -> str:
    last = _last(table)
    new = plural(last) if habit == "plural" else singular(last)
    head, _, tail = table.name.lower().rpartition(last)
    kept = table.name[: len(head)]
    written = table.name[len(head) : len(head) + len(last)]
    return kept + (new.capitalize() if written[:1].isupper() else new) + tail
