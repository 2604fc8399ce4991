"""The rule same-column-different-types."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Column, Table
from dbdesign.model.types import BINARIES, INTEGERS, NUMBERS, TEXTS, TIMES, Kind
from dbdesign.rules.base import Rule, on_column
from dbdesign.rules.subject import Subject
from dbdesign.rules.words import vocabulary, words

_GROUPS = (NUMBERS, TEXTS, TIMES, BINARIES, frozenset({Kind.JSON, Kind.JSONB}))
_KEYS = vocabulary("id code number no key uuid")
COMMON = 3
"""Tables that must agree on a type before another one is the odd one out."""


class SameColumnDifferentTypes(Rule):
    """A column that is joined on has another type in one table than in the others.

    ## What it does
    Reports columns named as keys of something (`customer_id`, `country_code`) whose type is of another kind, or an integer of another
    width, than that of at least three columns of the same name elsewhere, which agree with each other. Columns in foreign keys are
    the business of foreign-key-type-mismatch.

    ## Why is this bad?
    Joins between the tables convert every value, or fail. Values that fit in one table do not in another.

    ## Example
    ```sql
    CREATE TABLE sale (id bigint PRIMARY KEY, shop_code text NOT NULL);
    CREATE TABLE stock (id bigint PRIMARY KEY, shop_code text NOT NULL);
    CREATE TABLE shift (id bigint PRIMARY KEY, shop_code text NOT NULL);
    CREATE TABLE target (id bigint PRIMARY KEY, shop_code integer NOT NULL);
    ```

    ## Use instead
    ```sql
    CREATE TABLE sale (id bigint PRIMARY KEY, shop_code text NOT NULL);
    CREATE TABLE stock (id bigint PRIMARY KEY, shop_code text NOT NULL);
    CREATE TABLE shift (id bigint PRIMARY KEY, shop_code text NOT NULL);
    CREATE TABLE target (id bigint PRIMARY KEY, shop_code text NOT NULL);
    ```

    ## References
    - PostgreSQL manual, [Type Conversion](https://www.postgresql.org/docs/current/typeconv.html)
    - MySQL manual, [Type Conversion in Expression Evaluation](https://dev.mysql.com/doc/refman/8.4/en/type-conversion.html)
    """

    severity = Severity.MEDIUM

    def check(self, subject: Subject) -> Iterator[Finding]:
        """Every odd one out."""
        by_name: dict[str, list[tuple[Table, Column]]] = defaultdict(list)
        for table in subject.tables:
            for column in table.columns:
                parts = words(column.name)
                if len(parts) > 1 and parts[-1] in _KEYS and column.name not in table.inherited:
                    by_name[column.name.lower()].append((table, column))
        for places in by_name.values():
            if len(places) > COMMON:
                yield from self._odd_ones(places, subject)

    def _odd_ones(self, places: list[tuple[Table, Column]], subject: Subject) -> Iterator[Finding]:
        counts = Counter(_nature(column, subject) for _, column in places)
        (common, count), *rest = counts.most_common()
        if not rest or count < COMMON or count <= 2 * sum(number for _, number in rest):
            return
        model = next(column for _, column in places if _nature(column, subject) == common)
        for table, column in places:
            if _nature(column, subject) == common or column.name in subject.foreign_columns(table):
                continue
            using = f"{subject.sql.name(column.name)}::{model.type.native}"
            yield self.finding(
                on_column(table, column),
                f"{on_column(table, column)} is {column.type.native}, but {model.type.native} in {count} other tables, so that joins"
                " convert or fail",
                evidence={"type": column.type.native, "elsewhere": model.type.native, "tables": count},
                fix=subject.sql.change_type(table, column, model.type.native, using=using),
            )


def _nature(column: Column, subject: Subject) -> object:
    """What must agree: the width of integers, the kind of everything else."""
    kind = subject.type_of(column).kind
    if kind in INTEGERS:
        return kind
    return next((number for number, group in enumerate(_GROUPS) if kind in group), kind)
